//! Letters that stand alone and are no initials, where initials are Cyrillic
//! capitals: words, variables, labels, and the initials behind a surname.

use super::chars::{is_number, last_word, single_letter, trim_near};
use super::mark::Mark;
use super::next::{Class, Next};
use super::table::Table;

/// Whether a sentence ends behind the letter; none where nothing shows it.
/// `front` is the text before the letter.
pub(super) fn word(
    table: &Table,
    letter: char,
    front: &str,
    mark: &Mark,
    next: &Next<'_>,
) -> Option<bool> {
    if !table.cyrillic || next.class == Class::Digit {
        return None;
    }
    let cyrillic = next.word.starts_with(|c: char| !c.is_ascii());
    // `Ctrl+B.`, `main.c.`
    let part = front.ends_with('+') || front.ends_with('.') && letter.is_ascii_lowercase();
    if part && cyrillic {
        return Some(true);
    }
    if let Some(initial) = trim_near(front).strip_suffix('.') {
        return is_behind_surname(table, initial, next).then_some(true);
    }
    if !front.ends_with(|c: char| c.is_whitespace() || "«\"“„(".contains(c)) {
        return None;
    }
    // `«Океан Е.»`, `я.`, `X.`: the last is Latin, and so is no initial.
    let named = mark.quote || letter.is_lowercase() || is_latin(letter) && cyrillic;
    (named || is_numbered_letter(front)).then_some(true)
}

/// Whether a capital is Latin and none of those that writers take for the
/// Cyrillic letter of the same shape.
fn is_latin(letter: char) -> bool {
    letter.is_ascii_uppercase() && !"ABCEHIKMOPT".contains(letter)
}

/// `у будинку 5 А`: the letter belongs to the number, which is no year.
fn is_numbered_letter(front: &str) -> bool {
    /// Figures of such a number, at most.
    const LONGEST: usize = 3;
    let front = trim_near(front);
    let number = last_word(front);
    let noun = trim_near(&front[..front.len() - number.len()]);
    // `буд. 5 А`, `напруга 220 В`, but not `на 20 А. Коваль`
    let noun = last_word(noun.strip_suffix('.').unwrap_or(noun));
    is_number(number) && number.len() <= LONGEST && noun.chars().count() >= LONGEST
}

/// Whether the initials, the first of which `front` ends with, belong to the
/// surname in front of them rather than to one behind: `директор Петренко І. І.`
fn is_behind_surname(table: &Table, front: &str, next: &Next<'_>) -> bool {
    let initial = last_word(front);
    let surname = last_word(trim_near(&front[..front.len() - initial.len()]));
    single_letter(initial).is_some_and(char::is_uppercase)
        && table.is_surname(surname)
        && next.class == Class::Upper
        && !table.is_surname(next.word)
        && !next.rest.starts_with('.')
}
