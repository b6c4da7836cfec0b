//! What a text goes on with behind a mark.

use super::chars::{
    first_word, is_closing_bracket, is_dash, is_opening_bracket, is_opening_quote, is_roman,
    is_stop, single_letter,
};
use super::mark::gap;
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
    pub quote: bool,
    pub bracket: bool,
    pub dash: bool,
}

impl<'a> Next<'a> {
    #[inline]
    pub fn read(text: &'a str) -> Next<'a> {
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

    pub fn is_number(&self, table: &Table) -> bool {
        self.class == Class::Digit || is_roman(self.word) && !self.starts(table)
    }

    /// `b) `: the letter of a list's item.
    fn is_item(&self) -> bool {
        let letter = !self.bracket && single_letter(self.word).is_some();
        letter && self.rest.starts_with(')') && !self.rest[1..].starts_with(char::is_alphanumeric)
    }

    pub fn dotted(&self) -> bool {
        self.rest.starts_with('.')
    }

    /// Whether it goes on after a time of day: a zone, a weekday, a date, or
    /// the time of a place: `3 p.m. New York time`
    pub fn is_zone(&self, table: &Table) -> bool {
        const NAMES: usize = 3;
        let kinds = table.word(self.word);
        if kinds.has(Kinds::ZONE) {
            return true;
        }
        let mut rest = self.rest;
        if kinds.has(Kinds::MONTH) {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            return rest[gap(rest)..].starts_with(|c: char| c.is_ascii_digit());
        }
        for _ in 0..NAMES {
            let space = gap(rest);
            let word = first_word(&rest[space..]);
            if space == 0 || word.is_empty() {
                return false;
            }
            if matches!(word, "time" | "Time") {
                return !table.word(self.word).has(Kinds::STARTER);
            }
            if !word.starts_with(char::is_uppercase) {
                return false;
            }
            rest = &rest[space + word.len()..];
        }
        false
    }

    /// Whether it begins a clause with a bare noun and its verb: in English a
    /// plural before a small letter (`Users complained`), in German a noun
    /// before a verb of the plural (`Kunden klagen`).
    pub fn is_clause(&self, table: &Table) -> bool {
        const SHORTEST: usize = 3;
        /// What German participles in `-en` begin with.
        const PREFIXES: [&str; 10] =
            ["ge", "ver", "be", "ent", "er", "zer", "emp", "miss", "über", "unter"];
        let kinds = table.word(self.word);
        let mut letters = self.word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        if self.class != Class::Upper
            || self.quote
            || self.bracket
            || !capital
            || !letters.all(char::is_lowercase)
            || self.word.len() < SHORTEST
            || kinds.has(Kinds::NAME)
        {
            return false;
        }
        let space = gap(self.rest);
        let verb = first_word(&self.rest[space..]);
        if space == 0 || !verb.starts_with(char::is_lowercase) {
            return false;
        }
        if kinds.has(Kinds::SUBJECT) {
            return true;
        }
        if table.informal {
            let stem = self.word.strip_suffix('s');
            return stem.is_some_and(|stem| !stem.ends_with(['s', 'u', 'i']));
        }
        let plural = self.word.ends_with(['e', 'n', 'r', 's']) || self.word.ends_with("el");
        if !table.ordinals || !plural || table.word(verb).has(Kinds::PARTICLE) {
            return false;
        }
        // `Nach 3 Std. Fahrt erreichten wir`: the subject is behind the verb.
        let behind = &self.rest[space + verb.len()..];
        let subject = first_word(&behind[gap(behind)..]);
        if matches!(subject, "wir" | "sie" | "Sie") {
            return false;
        }
        // `von der Fa. Huber übernommen.`: a participle ends the clause that it is in.
        let prefixed = PREFIXES.iter().any(|prefix| verb.starts_with(prefix));
        let participle = prefixed && behind.starts_with(['.', ',', ';', '!', '?']);
        (verb.ends_with("en") || verb.ends_with("ern") || verb.ends_with("eln") || verb == "sind")
            && !participle
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn clauses_without_an_article() {
        let clause = |language, text| Next::read(text).is_clause(Table::of(language));
        for text in ["Users complained.", "Police stopped him.", "Boxes of food fell."] {
            assert!(clause(Language::ENGLISH, text), "{text}");
        }
        for text in ["Edwards said so.", "Congress passed it.", "Users Group", "“Users said"] {
            assert!(!clause(Language::ENGLISH, text), "{text}");
        }
        for text in ["Kunden klagen.", "Gäste warteten lange.", "Leute sind da."] {
            assert!(clause(Language::GERMAN, text), "{text}");
        }
        for text in ["Huber erworben.", "Fahrt erreichten wir", "Lang kam.", "Kunden in Ulm"] {
            assert!(!clause(Language::GERMAN, text), "{text}");
        }
        assert!(!clause(Language::UKRAINIAN, "Люди йшли."));
    }

    #[test]
    fn what_follows_a_time_of_day() {
        let zone = |text| Next::read(text).is_zone(Table::of(Language::ENGLISH));
        for text in ["EST today", "Kyiv time.", "New York time.", "March 5.", "Dec. 3.", "Monday"] {
            assert!(zone(text), "{text}");
        }
        for text in ["March was cold.", "Fans came.", "The time came.", "New York slept."] {
            assert!(!zone(text), "{text}");
        }
    }
}
