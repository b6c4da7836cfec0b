//! Rules for single letters before a stop in languages whose initials are
//! Cyrillic capitals. Such a letter may also be a word, a variable, a label, or
//! an initial after its surname.

use super::super::chars::{is_number, last_word, single_letter, trim_end_near};
use super::super::lexicon::Lexicon;
use super::following::{FirstCharacter, Following};
use super::stop::Stop;

/// Whether a sentence ends after the letter and its stop; `None` if these rules
/// do not apply. `front` is the text before the letter.
pub(super) fn ends_sentence(
    lexicon: &Lexicon,
    letter: char,
    front: &str,
    stop: &Stop,
    next: &Following<'_>,
) -> Option<bool> {
    if !lexicon.cyrillic_initials || next.first == FirstCharacter::Digit {
        return None;
    }
    let cyrillic = next.word.starts_with(|c: char| !c.is_ascii());
    // `Ctrl+B.`, `main.c.`
    let part = front.ends_with('+') || front.ends_with('.') && letter.is_ascii_lowercase();
    if part && cyrillic {
        return Some(true);
    }
    if let Some(initial) = trim_end_near(front).strip_suffix('.') {
        return follows_surname(lexicon, initial, next).then_some(true);
    }
    if !front.ends_with(|c: char| c.is_whitespace() || "«\"“„(".contains(c)) {
        return None;
    }
    // `«Океан Е.»`, `я.`, or the Latin `X.`, which cannot be an initial.
    let named = stop.closes_quote || letter.is_lowercase() || is_latin(letter) && cyrillic;
    (named || is_numbered_letter(front)).then_some(true)
}

/// Whether a capital is Latin and has no Cyrillic look-alike: writers confuse
/// those that have.
fn is_latin(letter: char) -> bool {
    letter.is_ascii_uppercase() && !"ABCEHIKMOPT".contains(letter)
}

/// Whether the letter belongs to a number before it that is no year, as in
/// `у будинку 5 А`.
fn is_numbered_letter(front: &str) -> bool {
    const MAX_DIGITS: usize = 3;
    const MIN_NOUN_CHARS: usize = 3;
    let front = trim_end_near(front);
    let number = last_word(front);
    let noun = trim_end_near(&front[..front.len() - number.len()]);
    // `буд. 5 А`, `напруга 220 В`, but not `на 20 А. Коваль`
    let noun = last_word(noun.strip_suffix('.').unwrap_or(noun));
    is_number(number) && number.len() <= MAX_DIGITS && noun.chars().count() >= MIN_NOUN_CHARS
}

/// Whether initials belong to the surname before them, not to one after them, as
/// in `директор Петренко І. І.` The first initial is at the end of `front`.
fn follows_surname(lexicon: &Lexicon, front: &str, next: &Following<'_>) -> bool {
    let initial = last_word(front);
    let surname = last_word(trim_end_near(&front[..front.len() - initial.len()]));
    single_letter(initial).is_some_and(char::is_uppercase)
        && lexicon.is_surname(surname)
        && next.first == FirstCharacter::Upper
        && !lexicon.is_surname(next.word)
        && !next.rest.starts_with('.')
}
