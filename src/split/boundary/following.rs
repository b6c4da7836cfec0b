//! Reads the text that follows a stop.

use super::super::chars::{
    first_word, is_closing_bracket, is_dash, is_opening_bracket, is_opening_quote, is_roman,
    is_stop, single_letter,
};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;
use super::stop::white_space_len;

/// The class of the first character, without quotes, brackets and dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstCharacter {
    Lower,
    /// A capital, or a letter of a script that has none.
    Upper,
    Digit,
    Symbol,
    /// Punctuation that continues the sentence, or the end of the text.
    Continuation,
}

/// The first word after a stop and the marks before that word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Following<'a> {
    pub first: FirstCharacter,
    /// The first word, without the marks before it.
    pub word: &'a str,
    /// The text after that word.
    pub rest: &'a str,
    pub opens_quote: bool,
    pub opens_bracket: bool,
    pub dash: bool,
}

impl<'a> Following<'a> {
    /// Reads the text after the white space that follows a stop.
    #[inline]
    pub fn read(text: &'a str) -> Following<'a> {
        const MAX_OPENING_MARKS: usize = 6;
        let mut next = Following {
            first: FirstCharacter::Continuation,
            word: "",
            rest: text,
            opens_quote: false,
            opens_bracket: false,
            dash: false,
        };
        let mut rest = text;
        let letter = text.starts_with(|c: char| c.is_ascii_alphabetic());
        for _ in 0..if letter { 0 } else { MAX_OPENING_MARKS } {
            let Some(c) = rest.chars().next() else { break };
            if is_opening_quote(c) {
                next.opens_quote = true;
            } else if is_opening_bracket(c) {
                next.opens_bracket = true;
            } else if is_dash(c) {
                next.dash = true;
            } else if !matches!(c, '¿' | '¡' | '•' | '·' | '*') {
                break;
            }
            rest = &rest[c.len_utf8()..];
            rest = &rest[white_space_len(rest)..];
        }
        next.word = first_word(rest);
        next.rest = &rest[next.word.len()..];
        next.first = match rest.chars().next() {
            None => FirstCharacter::Continuation,
            // A remark before a closing bracket: `(so he said. — Ed.)`
            Some(_) if next.dash && closes_outer_bracket(rest) => FirstCharacter::Continuation,
            Some(c) if is_lowercase(c) && !is_brand(next.word) && !next.is_item() => {
                FirstCharacter::Lower
            }
            Some(c) if c.is_alphabetic() => FirstCharacter::Upper,
            Some(c) if c.is_numeric() || matches!(c, '№' | '§' | '#') => FirstCharacter::Digit,
            Some(',' | ';' | ':' | '%' | '/' | '=' | '|') => FirstCharacter::Continuation,
            Some(c) if is_closing_bracket(c) || is_stop(c) => FirstCharacter::Continuation,
            Some(_) => FirstCharacter::Symbol,
        };
        next
    }

    /// Whether the first word is a `starter`, which shows that a sentence begins.
    pub fn starts(&self, lexicon: &Lexicon) -> bool {
        !self.dotted()
            && !self.rest.starts_with('-')
            && lexicon.word(self.word).has(WordKinds::STARTER)
    }

    /// Whether the text begins with a number in digits or Roman numerals.
    pub fn is_number(&self, lexicon: &Lexicon) -> bool {
        self.first == FirstCharacter::Digit || is_roman(self.word) && !self.starts(lexicon)
    }

    /// Whether the text begins with the letter of a list item: `b) `
    fn is_item(&self) -> bool {
        let letter = !self.opens_bracket && single_letter(self.word).is_some();
        letter && self.rest.starts_with(')') && !self.rest[1..].starts_with(char::is_alphanumeric)
    }

    /// Whether a full stop follows the first word.
    pub fn dotted(&self) -> bool {
        self.rest.starts_with('.')
    }

    /// Whether the text continues a time of day: with a time zone, a weekday, a
    /// date, or the time of a place (`3 p.m. New York time`).
    pub fn is_zone(&self, lexicon: &Lexicon) -> bool {
        const MAX_PLACE_WORDS: usize = 3;
        let kinds = lexicon.word(self.word);
        if kinds.has(WordKinds::ZONE) {
            return true;
        }
        let mut rest = self.rest;
        if kinds.has(WordKinds::MONTH) {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            return rest[white_space_len(rest)..].starts_with(|c: char| c.is_ascii_digit());
        }
        for _ in 0..MAX_PLACE_WORDS {
            let space = white_space_len(rest);
            let word = first_word(&rest[space..]);
            if space == 0 || word.is_empty() {
                return false;
            }
            if matches!(word, "time" | "Time") {
                return !lexicon.word(self.word).has(WordKinds::STARTER);
            }
            if !word.starts_with(char::is_uppercase) {
                return false;
            }
            rest = &rest[space + word.len()..];
        }
        false
    }

    /// Whether the text begins with a noun without an article and its verb. In
    /// English, that is a plural before a lowercase word (`Users complained`), in
    /// German a noun before a verb in the plural (`Kunden klagen`).
    pub fn is_clause(&self, lexicon: &Lexicon) -> bool {
        const MIN_NOUN_BYTES: usize = 3;
        /// Prefixes of German participles that end with `-en`.
        const PREFIXES: [&str; 10] =
            ["ge", "ver", "be", "ent", "er", "zer", "emp", "miss", "über", "unter"];
        let kinds = lexicon.word(self.word);
        let mut letters = self.word.chars();
        let capital = letters.next().is_some_and(char::is_uppercase);
        if self.first != FirstCharacter::Upper
            || self.opens_quote
            || self.opens_bracket
            || !capital
            || !letters.all(char::is_lowercase)
            || self.word.len() < MIN_NOUN_BYTES
            || kinds.has(WordKinds::NAME)
        {
            return false;
        }
        let space = white_space_len(self.rest);
        let verb = first_word(&self.rest[space..]);
        if space == 0 || !verb.starts_with(char::is_lowercase) {
            return false;
        }
        if kinds.has(WordKinds::SUBJECT) {
            return true;
        }
        if lexicon.lowercase_starts {
            let stem = self.word.strip_suffix('s');
            return stem.is_some_and(|stem| !stem.ends_with(['s', 'u', 'i']));
        }
        let plural = self.word.ends_with(['e', 'n', 'r', 's']) || self.word.ends_with("el");
        if !lexicon.dotted_ordinals || !plural || lexicon.word(verb).has(WordKinds::PARTICLE) {
            return false;
        }
        // `Nach 3 Std. Fahrt erreichten wir`: the subject follows the verb.
        let behind = &self.rest[space + verb.len()..];
        let subject = first_word(&behind[white_space_len(behind)..]);
        if matches!(subject, "wir" | "sie" | "Sie") {
            return false;
        }
        // `von der Fa. Huber übernommen.`: a participle at the end of a clause.
        let prefixed = PREFIXES.iter().any(|prefix| verb.starts_with(prefix));
        let participle = prefixed && behind.starts_with(['.', ',', ';', '!', '?']);
        (verb.ends_with("en") || verb.ends_with("ern") || verb.ends_with("eln") || verb == "sind")
            && !participle
    }
}

/// Whether a bracket that was opened before the text closes near its start,
/// before the first sentence ends.
fn closes_outer_bracket(text: &str) -> bool {
    const MAX_CHARS: usize = 24;
    let mut stopped = false;
    for c in text.chars().take(MAX_CHARS) {
        match c {
            ')' | ']' => return true,
            '(' | '[' => return false,
            c if stopped && c.is_whitespace() => return false,
            c => stopped = is_stop(c),
        }
    }
    false
}

/// Whether a letter is in lower case. Georgian letters do not count: sentences begin with them.
fn is_lowercase(c: char) -> bool {
    c.is_lowercase() && !matches!(c, '\u{10d0}'..='\u{10ff}')
}

/// Whether the second letter of a word is a capital, as in the names `iPhone` and
/// `eBay`.
fn is_brand(word: &str) -> bool {
    let mut letters = word.chars();
    // A lowercase Cyrillic letter before a capital begins a unit: `кВт`
    letters.next().is_some_and(|first| first.is_ascii())
        && letters.next().is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn clauses_without_an_article_are_recognised() {
        let clause = |language, text| Following::read(text).is_clause(Lexicon::of(language));
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
    fn continuations_of_a_time_of_day_are_recognised() {
        let zone = |text| Following::read(text).is_zone(Lexicon::of(Language::ENGLISH));
        for text in ["EST today", "Kyiv time.", "New York time.", "March 5.", "Dec. 3.", "Monday"] {
            assert!(zone(text), "{text}");
        }
        for text in ["March was cold.", "Fans came.", "The time came.", "New York slept."] {
            assert!(!zone(text), "{text}");
        }
    }
}
