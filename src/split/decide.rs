//! Whether a sentence ends at a mark.

use super::chars::{
    first_word, is_closing_bracket, is_closing_quote, is_number, is_opening_bracket,
    is_opening_quote, is_roman, last_word, single_letter, trim_near,
};
use super::letters;
use super::mark::{Mark, gap};
use super::next::{Class, Next};
use super::numbers::{
    is_counted, is_frontal, is_list_number, is_lone_item, is_numbered, is_rate, is_section,
};
use super::speech::{inside_title, speaks};
use super::table::{Kinds, Table};

/// What is known of a mark beyond the words around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// Where the last quotation mark before it is; 0 for none.
    pub quoted: usize,
    /// Whether the text is one paragraph.
    pub lone: bool,
}

/// Whether the sentence that begins at `begin` ends at `mark`.
pub(super) fn ends(table: &Table, text: &str, begin: usize, mark: &Mark, context: Context) -> bool {
    if mark.next == mark.end {
        return mark.wide && !text[mark.end..].starts_with(is_closing_quote)
            || lost_space(table, text, mark);
    }
    let next = Next::read(&text[mark.next..]);
    if next.class == Class::Tie || mark.alone && !mark.again && !mark.noted {
        return false;
    }
    // `“Ready?” – Anna nodded.`: the dash belongs to whoever speaks.
    if mark.quote && next.dash && !next.quote && next.class == Class::Upper {
        return false;
    }
    if context.quoted > begin
        && next.class != Class::Lower
        && inside_title(table, text, begin, context.quoted, mark)
    {
        return false;
    }
    if mark.again && next.class != Class::Lower {
        return true;
    }
    if mark.face {
        return next.class == Class::Upper && !next.dash && !next.bracket;
    }
    if mark.strong {
        return strong(table, text, mark, &next);
    }
    if mark.ellipsis {
        let elision = text[..mark.start].ends_with(char::is_whitespace);
        return match next.class {
            Class::Lower => false,
            Class::Digit => !elision,
            _ => true,
        };
    }
    let before = &text[begin..mark.start];
    if is_list_number(before) && next.class != Class::Lower {
        return context.lone
            && table.numbers
            && begin == 0
            && is_lone_item(before, &text[mark.end..]);
    }
    dot(table, before, mark, &next)
}

/// After an exclamation or question mark.
fn strong(table: &Table, text: &str, mark: &Mark, next: &Next<'_>) -> bool {
    let stops = &text[mark.start..];
    let word = last_word(&text[..mark.start]);
    let marked = stops.chars().next().map_or(0, char::len_utf8) + word.len();
    if table.is_marked_name(&text[mark.start - word.len()..][..marked]) {
        return false;
    }
    if word.is_empty() && is_mention(table, &text[..mark.start]) {
        return false;
    }
    match next.class {
        Class::Lower => {
            table.informal && !mark.quote && !mark.bracket && !next.dash && !next.bracket
        }
        Class::Upper => !mark.quote || next.quote || next.dash || !speaks(table, next),
        _ => true,
    }
}

/// Whether a mark is spoken of: `Type a ? to see the list.`
fn is_mention(table: &Table, before: &str) -> bool {
    let near = trim_near(before);
    let kinds = table.word(last_word(near));
    near.len() < before.len() && kinds.has(Kinds::DETERMINER.and(Kinds::ORDINAL))
}

/// After a single full stop and white space.
fn dot(table: &Table, before: &str, mark: &Mark, next: &Next<'_>) -> bool {
    let word = last_word(before);
    let front = &before[..before.len() - word.len()];
    let (kinds, counted) = table.abbreviation_behind(front, word);
    if next.class == Class::Lower {
        return small(table, before, kinds, mark, next);
    }
    if word.is_empty() || kinds.is_none() && !next.dotted() && is_plain(word) {
        // Behind a closing mark, a space, or a word as most are: nothing is shortened.
        return true;
    }
    if is_numbered(table, before) || is_phrase(table, word, next) {
        return false;
    }
    if next.dotted() && table.goes_on(word, next.word) {
        return false;
    }
    if is_rate(table, front) {
        return true;
    }
    if !kinds.is_none() && next.bracket && is_inserted(next) {
        return false;
    }
    if kinds.has(Kinds::NEVER.and(Kinds::TITLE).and(Kinds::SELDOM).and(Kinds::OFTEN))
        || kinds.has(Kinds::UNIT) && is_measure(table, word, counted)
        || kinds.has(Kinds::NUMBER) && next.is_number(table)
    {
        return abbreviation(table, kinds, word, counted, mark, next);
    }
    if is_number_sign(table, word, front, next) {
        return false;
    }
    if let Some(letter) = single_letter(word) {
        if let Some(ends) = letters::word(table, letter, front, mark, next) {
            return ends;
        }
        return single(table, letter, front, mark, next);
    }
    if is_number(word) {
        if table.word(next.word).has(Kinds::ACT) && is_section(table, before) {
            return false;
        }
        return number(table, word, front, next);
    }
    // `23rd. May`
    if is_english_ordinal(word) && table.word(next.word).has(Kinds::MONTH) {
        return false;
    }
    if is_roman(word) && table.ordinals {
        return next.class != Class::Upper || next.starts(table);
    }
    true
}

/// Whether a word is none of those that are looked at closely: a number, a numeral,
/// a letter, `no`.
fn is_plain(word: &str) -> bool {
    /// Bytes; two Cyrillic letters, or a letter and its accents, have fewer.
    const SHORTEST: usize = 5;
    word.len() >= SHORTEST
        && word.starts_with(|c: char| !c.is_ascii_digit() && !c.is_ascii_uppercase())
}

fn abbreviation(
    table: &Table,
    kinds: Kinds,
    word: &str,
    front: &str,
    mark: &Mark,
    next: &Next<'_>,
) -> bool {
    if mark.bracket || kinds.has(Kinds::NEVER) {
        return false;
    }
    let starts = next.starts(table);
    if kinds.has(Kinds::UNIT) && is_measure(table, word, front) {
        let ends = match next.class {
            Class::Upper => true,
            // `5 ft. 3 in.`
            Class::Digit => table.informal && !kinds.has(Kinds::NUMBER),
            _ => next.dash,
        };
        return ends && (starts || !is_frontal(table, front, word));
    }
    if kinds.has(Kinds::NUMBER) && next.is_number(table) {
        return false;
    }
    if kinds.has(Kinds::OFTEN) {
        return !next.is_zone(table);
    }
    if kinds.has(Kinds::SELDOM) {
        let quoted = next.quote && !next.bracket && next.class == Class::Upper;
        // `3 Mio. Menschen leben`, `H. Müller`, `Hale & Co. Printers closed`
        let joined = kinds.has(Kinds::AMOUNT) && table.word(next.word).has(Kinds::COUNTED)
            || table.ordinals && single_letter(word).is_some()
            || trim_near(front).ends_with('&');
        return starts || quoted || next.dash || !joined && next.is_clause(table);
    }
    if kinds.has(Kinds::TITLE) {
        let street = || is_named(front) && next.is_clause(table);
        return starts && !next.quote || next.dash || street();
    }
    true
}

/// Whether a name stands in front of a title, so that it is none: `on Elm St.`
fn is_named(front: &str) -> bool {
    let front = trim_near(front);
    let name = last_word(front);
    name.starts_with(char::is_uppercase) && front.len() > name.len()
}

/// Whether `no.` is the sign of a number: `item no. 5`, but not
/// `The answer is no. 5 people came.`
fn is_number_sign(table: &Table, word: &str, front: &str, next: &Next<'_>) -> bool {
    if !matches!(word, "no" | "nos") || !table.informal {
        return false;
    }
    // `no. AB-12`
    let coded = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    if next.class != Class::Digit {
        return coded(next.word);
    }
    let behind = next.rest.trim_start();
    let counted = first_word(behind);
    let plural = behind.len() < next.rest.len() && is_plural(counted)
        || table.word(counted).has(Kinds::COUNTED);
    !plural || table.word(last_word(trim_near(front))).has(Kinds::DETERMINER)
}

/// Whether a word may be a plural in English: `votes`, but not `is`, `less`.
fn is_plural(word: &str) -> bool {
    const SHORTEST: usize = 4;
    word.len() >= SHORTEST && word.ends_with('s') && !word.ends_with("ss")
}

/// `1st`, `23rd`
fn is_english_ordinal(word: &str) -> bool {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let figures = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    is_number(figures) && matches!(&word[figures.len()..], "st" | "nd" | "rd" | "th")
}

/// Whether a unit measures something: behind a figure. A letter behind a year is
/// an initial: `In 1990 J. Hale came.`
fn is_measure(table: &Table, word: &str, front: &str) -> bool {
    const YEARS: std::ops::Range<usize> = 1500..2100;
    let figure = last_word(trim_near(front));
    let year = single_letter(word).is_some_and(char::is_uppercase)
        && figure.len() == 4
        && figure.parse().is_ok_and(|year| YEARS.contains(&year));
    !year && is_counted(table, front)
}

/// After a letter that stands alone: an initial, a label, or the last of an
/// abbreviation such as `U.S.`
fn single(table: &Table, letter: char, front: &str, mark: &Mark, next: &Next<'_>) -> bool {
    if mark.bracket {
        return false;
    }
    let starts = next.starts(table);
    if front.ends_with('.') {
        return starts || next.dash || letter.is_uppercase() && next.class == Class::Symbol;
    }
    // `km/h.`, `°C.`: part of a unit.
    if front.ends_with(['/', '°']) {
        return next.class == Class::Upper;
    }
    let near = trim_near(front);
    let front_word = last_word(near);
    let label = table.word(front_word).has(Kinds::LABEL) || is_listed(front);
    // Nobody is called X: the letter is a name by itself, or stands for a value.
    let name = matches!(letter, 'x' | 'X') && front_word.starts_with(char::is_lowercase);
    // An initial is a capital.
    let small = letter.is_lowercase() && table.informal && !near.ends_with('.');
    if letter.is_uppercase() && label || name || small {
        return next.class == Class::Upper || name && next.class == Class::Symbol;
    }
    // In German a surname and a verb's participle look like a clause as well.
    let clause =
        || table.informal && front_word.starts_with(char::is_lowercase) && next.is_clause(table);
    (starts || clause()) && !next.quote && !next.bracket
}

/// Whether a letter in front of a conjunction shows that the one behind is a
/// label too: `the points A, B and `. An initial would have its stop.
fn is_listed(front: &str) -> bool {
    const LONGEST: usize = 4;
    let front = trim_near(front);
    let conjunction = last_word(front);
    let joined =
        conjunction.chars().all(char::is_lowercase) && conjunction.chars().count() <= LONGEST;
    let before = trim_near(&front[..front.len() - conjunction.len()]);
    let first = last_word(before);
    // A sentence may begin with a preposition or conjunction of one letter.
    let starts = before.len() == first.len();
    let upper = single_letter(first).is_some_and(|c| c.is_uppercase() && !matches!(c, 'I' | 'Я'));
    joined && !conjunction.is_empty() && !starts && upper
}

/// Whether a bracket behind an abbreviation stands inside the sentence: a year,
/// or words after which a small letter or a mark follows: `et al. (2020) show`
fn is_inserted(next: &Next<'_>) -> bool {
    /// Characters of what such a bracket holds, at most.
    const LONGEST: usize = 80;
    let mut inside = next.rest.char_indices().take(LONGEST);
    let Some((at, close)) = inside.find(|&(_, c)| is_closing_bracket(c) || is_opening_bracket(c))
    else {
        return false;
    };
    if is_opening_bracket(close) {
        return false;
    }
    let figures = is_number(next.word) && at <= 1;
    let behind = &next.rest[at + close.len_utf8()..];
    let behind = behind[gap(behind)..].chars().next();
    figures || behind.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | ':' | '.'))
}

/// Whether the word behind an abbreviation is a part of the same name or
/// amount, though it has a capital: `дол. США`
fn is_phrase(table: &Table, word: &str, next: &Next<'_>) -> bool {
    !next.quote && !next.bracket && !next.dash && table.is_phrase(word, next.word)
}

/// After a number: a cardinal may end a sentence, an ordinal does not.
fn number(table: &Table, word: &str, front: &str, next: &Next<'_>) -> bool {
    const LONGEST: usize = 3;
    if !table.ordinals || word.len() > LONGEST || front.ends_with([',', ':']) {
        return true;
    }
    if next.class == Class::Digit || next.starts(table) {
        return next.class != Class::Digit;
    }
    let near = trim_near(front);
    let before = last_word(near);
    if table.word(before).has(Kinds::ORDINAL) {
        return false;
    }
    if next.class != Class::Upper {
        return true;
    }
    if table.word(next.word).has(Kinds::MONTH.and(Kinds::RANKED)) {
        return false;
    }
    if front.ends_with('.') {
        return !is_date(front, word) || next.is_clause(table);
    }
    if near.ends_with('.') {
        // `Abs. 2. Firmen`: what is numbered goes before a cardinal.
        let inner = near.trim_end_matches('.');
        let word = last_word(inner);
        return table.abbreviation(&inner[..inner.len() - word.len()], word).has(Kinds::NUMBER);
    }
    // `Klasse 3. Lehrer`, `§ 5. Firmen`, but not `In 3. Lesung`
    let noun = before.starts_with(char::is_uppercase) && !table.word(before).has(Kinds::STARTER);
    if near.ends_with('§') || noun {
        return true;
    }
    !before.is_empty() && next.is_clause(table)
}

/// Whether `word`, behind the stop that `front` ends with, may be a month's
/// number: `3.10`, but not `1.20`
fn is_date(front: &str, word: &str) -> bool {
    let day = last_word(front.trim_end_matches('.'));
    let within = |figures: &str, most| figures.parse().is_ok_and(|n| (1..=most).contains(&n));
    within(day, 31u32) && within(word, 12)
}

/// Whether a sentence begins with a small letter: in brackets, or where writers
/// are careless.
fn small(table: &Table, before: &str, kinds: Kinds, mark: &Mark, next: &Next<'_>) -> bool {
    const SHORTEST: usize = 2;
    let word = last_word(before);
    let front = &before[..before.len() - word.len()];
    if next.dash || next.quote || mark.quote || mark.bracket || front.ends_with('.') {
        return false;
    }
    // `(ex. names`: what opens a bracket leads to what is in it.
    if front.ends_with(is_opening_bracket) || is_consonants(word) {
        return false;
    }
    let plain = kinds.is_none()
        && word.chars().count() >= SHORTEST
        && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’');
    if next.bracket {
        return plain && word.ends_with(char::is_lowercase) || front.ends_with(is_closing_bracket);
    }
    let begins = table.word(next.word).has(Kinds::SMALL);
    let other = word.is_empty() || is_number(word) && !is_list_number(before);
    if table.vowels {
        let known = table.word(word).has(Kinds::SMALL);
        let vowels = ['а', 'е', 'є', 'и', 'і', 'ї', 'о', 'у', 'ю', 'я'];
        return plain && (known || word.ends_with(vowels) || is_inflected(word));
    }
    table.informal && (plain && (begins || word.starts_with(char::is_lowercase)) || other && begins)
}

/// Whether a word has no vowel, in small letters: `dept` has, `mgmt` has none.
fn is_consonants(word: &str) -> bool {
    !word.is_empty()
        && word.bytes().all(|b| {
            b.is_ascii_lowercase() && !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
        })
}

/// Whether a long Ukrainian word has an ending that no abbreviation is cut
/// behind: `іменем`, `нових`
fn is_inflected(word: &str) -> bool {
    /// Letters of such a word, at least.
    const SHORTEST: usize = 6;
    const ENDINGS: [&str; 11] = ["ів", "їв", "их", "іх", "ий", "ам", "ям", "ом", "ем", "ах", "ях"];
    word.chars().count() >= SHORTEST && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Whether a small letter begins a sentence behind a question or exclamation
/// mark without a space: `is it?thanks`. An address has no such word.
fn careless(text: &str, mark: &Mark, opened: &str, next: &str) -> bool {
    const SHORTEST: usize = 3;
    let word = last_word(&text[..mark.start]);
    let plain =
        |word: &str| word.chars().count() >= SHORTEST && word.chars().all(char::is_lowercase);
    let behind = opened[next.len()..].chars().next();
    plain(word)
        && plain(next)
        && behind.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | '.'))
        && text[..mark.start - word.len()].ends_with(char::is_whitespace)
}

/// Whether a space was left out after the stop: `end.Next`. Addresses, file
/// names and versions look alike, so both words must be plain.
fn lost_space(table: &Table, text: &str, mark: &Mark) -> bool {
    const SHORTEST: usize = 3;
    /// How the names of hosts end, where they are written with capitals.
    const HOSTS: [&str; 7] = ["Com", "Net", "Org", "Info", "De", "Ua", "Edu"];
    if mark.wide || mark.face {
        return false;
    }
    let rest = &text[mark.end..];
    let opened = rest.trim_start_matches(is_opening_quote);
    if rest.len() - opened.len() > 3 {
        return false;
    }
    let next = first_word(opened);
    let mut letters = next.chars();
    if HOSTS.contains(&next) {
        return false;
    }
    let capital = letters.next().is_some_and(char::is_uppercase);
    if mark.strong && table.informal && !capital && !mark.quote && !mark.bracket {
        return careless(text, mark, opened, next);
    }
    if !capital || !letters.next().is_none_or(char::is_lowercase) {
        return false;
    }
    let behind = opened[next.len()..].chars().next();
    if behind.is_some_and(|c| matches!(c, '@' | '/' | '_' | '=' | '(' | '.')) {
        return false;
    }
    let word = last_word(&text[..mark.start]);
    let front = &text[..mark.start - word.len()];
    if mark.quote || mark.bracket || mark.noted {
        return !mark.quote || mark.strong || word.chars().count() >= SHORTEST;
    }
    if word.is_empty() {
        // `(late).She`, but not a call in a program: `late().She`
        let inside = front.trim_end_matches(|c| is_closing_bracket(c) || is_closing_quote(c));
        return inside.len() < front.len() && inside.ends_with(char::is_alphabetic);
    }
    // A question mark is no part of a file's or a host's name.
    word.chars().count() >= SHORTEST - usize::from(mark.strong)
        && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')
        && word.ends_with(char::is_lowercase)
        && table.abbreviation(front, word).is_none()
        && !front.ends_with(['.', '/', '@', '_', '=', '#', '\\', ':'])
}
