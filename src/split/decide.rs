//! Whether a sentence ends at a mark.

use super::chars::{
    first_word, is_closing_bracket, is_closing_quote, is_dash, is_number, is_opening_bracket,
    is_opening_quote, is_roman, is_stop, last_word, single_letter, trim_near,
};
use super::letters;
use super::mark::{Mark, gap};
use super::numbers::{
    is_counted, is_frontal, is_list_number, is_lone_item, is_numbered, is_rate, section,
};
use super::table::{Kinds, Table};

/// What a text goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Lower,
    /// A capital, or a letter of a script that has none.
    Upper,
    Digit,
    Symbol,
    /// A mark that belongs to the sentence before.
    Tie,
}

/// What follows a mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next<'a> {
    pub class: Class,
    /// The first word, without the marks in front of it.
    pub word: &'a str,
    /// What follows that word.
    pub rest: &'a str,
    quote: bool,
    bracket: bool,
    dash: bool,
}

impl<'a> Next<'a> {
    fn read(text: &'a str) -> Next<'a> {
        const OPENERS: usize = 6;
        let mut next = Next {
            class: Class::Tie,
            word: "",
            rest: text,
            quote: false,
            bracket: false,
            dash: false,
        };
        let mut rest = text;
        let letter = text.starts_with(|c: char| c.is_ascii_alphabetic());
        for _ in 0..if letter { 0 } else { OPENERS } {
            let Some(c) = rest.chars().next() else { break };
            if is_opening_quote(c) {
                next.quote = true;
            } else if is_opening_bracket(c) {
                next.bracket = true;
            } else if is_dash(c) {
                next.dash = true;
            } else if !matches!(c, '¿' | '¡' | '•' | '·' | '*') {
                break;
            }
            rest = &rest[c.len_utf8()..];
            rest = &rest[gap(rest)..];
        }
        next.word = first_word(rest);
        next.rest = &rest[next.word.len()..];
        next.class = match rest.chars().next() {
            None => Class::Tie,
            // A remark at the end of a bracket: `(so he said. — Ed.)`
            Some(_) if next.dash && closes(rest) => Class::Tie,
            Some(c) if c.is_lowercase() && !is_brand(next.word) && !next.is_item() => Class::Lower,
            Some(c) if c.is_alphabetic() => Class::Upper,
            Some(c) if c.is_numeric() || matches!(c, '№' | '§' | '#') => Class::Digit,
            Some(',' | ';' | ':' | '%' | '/' | '=' | '|') => Class::Tie,
            Some(c) if is_closing_bracket(c) || is_stop(c) => Class::Tie,
            Some(_) => Class::Symbol,
        };
        next
    }

    /// Whether it begins with a word that shows that a sentence begins.
    pub fn starts(&self, table: &Table) -> bool {
        !self.dotted() && !self.rest.starts_with('-') && table.word(self.word).has(Kinds::STARTER)
    }

    fn is_number(&self, table: &Table) -> bool {
        self.class == Class::Digit || is_roman(self.word) && !self.starts(table)
    }

    /// `b) `: the letter of a list's item.
    fn is_item(&self) -> bool {
        let letter = !self.bracket && single_letter(self.word).is_some();
        letter && self.rest.starts_with(')') && !self.rest[1..].starts_with(char::is_alphanumeric)
    }

    fn dotted(&self) -> bool {
        self.rest.starts_with('.')
    }
}

/// Whether a bracket that did not open in it closes near the start of a text,
/// before a sentence ends there.
fn closes(text: &str) -> bool {
    const REACH: usize = 24;
    let mut stopped = false;
    for c in text.chars().take(REACH) {
        match c {
            ')' | ']' => return true,
            '(' | '[' => return false,
            c if stopped && c.is_whitespace() => return false,
            c => stopped = is_stop(c),
        }
    }
    false
}

/// `iPhone`, `eBay`: a name whose capital is not its first letter.
fn is_brand(word: &str) -> bool {
    let mut letters = word.chars();
    // A small Cyrillic letter before a capital begins a unit: `кВт`
    letters.next().is_some_and(|first| first.is_ascii())
        && letters.next().is_some_and(char::is_uppercase)
}

/// Whether the sentence that begins at `begin` ends at `mark`.
/// `lone`: the text is one paragraph, and this is it.
pub(super) fn ends(table: &Table, text: &str, begin: usize, mark: &Mark, lone: bool) -> bool {
    if mark.next == mark.end {
        return mark.wide && !text[mark.end..].starts_with(is_closing_quote)
            || lost_space(table, text, mark);
    }
    let next = Next::read(&text[mark.next..]);
    if next.class == Class::Tie || mark.alone && !mark.again && !mark.noted {
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
        return lone && table.numbers && begin == 0 && is_lone_item(before, &text[mark.end..]);
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
    match next.class {
        Class::Lower => {
            table.informal && !mark.quote && !mark.bracket && !next.dash && !next.bracket
        }
        Class::Upper => !mark.quote || next.quote || next.dash || !speaks(table, next),
        _ => true,
    }
}

/// Whether a speaker follows a quotation: up to four names and a verb of
/// speaking.
fn speaks(table: &Table, next: &Next<'_>) -> bool {
    const NAMES: usize = 4;
    let mut rest = next.rest;
    if next.word != "I" && next.starts(table) {
        return false;
    }
    for _ in 0..NAMES {
        let stop = usize::from(rest.starts_with('.'));
        let space = gap(&rest[stop..]);
        rest = &rest[stop + space..];
        let word = first_word(rest);
        if space == 0 || word.is_empty() {
            return false;
        }
        if table.word(word).has(Kinds::SAYS) {
            return true;
        }
        if !word.starts_with(char::is_uppercase) {
            return false;
        }
        rest = &rest[word.len()..];
    }
    false
}

/// After a single full stop and white space.
fn dot(table: &Table, before: &str, mark: &Mark, next: &Next<'_>) -> bool {
    let word = last_word(before);
    let front = &before[..before.len() - word.len()];
    let (kinds, counted) = table.abbreviation_behind(front, word);
    if next.class == Class::Lower {
        return small(table, before, kinds, mark, next);
    }
    if word.is_empty() {
        // Behind a closing mark or a space; nothing there is shortened.
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
        || kinds.has(Kinds::UNIT) && is_counted(table, counted)
        || kinds.has(Kinds::NUMBER) && next.is_number(table)
    {
        return abbreviation(table, kinds, counted, mark, next);
    }
    if let Some(letter) = single_letter(word) {
        if let Some(ends) = letters::word(table, letter, front, mark, next) {
            return ends;
        }
        return single(table, letter, front, mark, next);
    }
    if is_number(word) {
        if section(table, before) {
            return next.starts(table) || next.class != Class::Upper;
        }
        return number(table, word, front, next);
    }
    if is_roman(word) && table.ordinals {
        return next.class != Class::Upper || next.starts(table);
    }
    true
}

fn abbreviation(table: &Table, kinds: Kinds, front: &str, mark: &Mark, next: &Next<'_>) -> bool {
    if mark.bracket || kinds.has(Kinds::NEVER) || table.word(next.word).has(Kinds::ZONE) {
        return false;
    }
    let starts = next.starts(table);
    if kinds.has(Kinds::UNIT) && is_counted(table, front) {
        return (next.class == Class::Upper || next.dash) && (starts || !is_frontal(table, front));
    }
    if kinds.has(Kinds::NUMBER) && next.is_number(table) {
        return false;
    }
    if kinds.has(Kinds::OFTEN) {
        return true;
    }
    if kinds.has(Kinds::SELDOM) {
        let quoted = next.quote && !next.bracket && next.class == Class::Upper;
        return starts || quoted || next.dash;
    }
    if kinds.has(Kinds::TITLE) {
        return starts && !next.quote || next.dash;
    }
    true
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
    let label = table.word(last_word(trim_near(front))).has(Kinds::LABEL) || is_listed(front);
    if letter.is_uppercase() && label {
        return next.class == Class::Upper;
    }
    starts && !next.quote && !next.bracket
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

/// After a number.
fn number(table: &Table, word: &str, front: &str, next: &Next<'_>) -> bool {
    const LONGEST: usize = 3;
    if !table.ordinals || word.len() > LONGEST || front.ends_with([',', ':']) {
        return true;
    }
    if next.class == Class::Digit || next.starts(table) {
        return next.class != Class::Digit;
    }
    let determined = table.word(last_word(trim_near(front))).has(Kinds::ORDINAL);
    !(determined || next.class == Class::Upper)
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
        return plain && (known || word.ends_with(vowels));
    }
    table.informal && (plain && (begins || word.starts_with(char::is_lowercase)) || other && begins)
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
