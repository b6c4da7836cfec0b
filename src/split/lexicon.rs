//! The lexicon of a language: its abbreviations, words, options and boilerplate
//! phrases, read from `data/*.txt`.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, OnceLock};

use rustc_hash::FxBuildHasher;

use super::chars::last_word;
use super::folded_line::FoldedLine;
use super::word_kinds::WordKinds;
use crate::Language;
use crate::text::find;

/// The sections of languages that have no data file of their own.
const OTHER_LANGUAGES: &str = include_str!("data/other.txt");

/// The data files by language code.
const DATA_FILES: [(&str, &str); 3] = [
    ("en", include_str!("data/en.txt")),
    ("uk", include_str!("data/uk.txt")),
    ("de", include_str!("data/de.txt")),
];

/// An abbreviation, stored under its last part.
#[derive(Debug)]
struct Abbreviation {
    /// The parts before the last one, from right to left.
    preceding_parts: Vec<String>,
    kinds: WordKinds,
}

/// The abbreviations, words, options and boilerplate phrases of a language.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// Abbreviations by their last part.
    abbreviations: HashMap<String, Vec<Abbreviation>, FxBuildHasher>,
    /// Abbreviated ends of longer words: `-str` as in `Lindenstr.`
    endings: Vec<(String, WordKinds)>,
    /// Pairs of parts that follow each other inside an abbreviation: `z`, `B`.
    adjacent_parts: HashMap<String, HashSet<String, FxBuildHasher>, FxBuildHasher>,
    /// The kinds of words that are not abbreviations.
    words: HashMap<String, WordKinds, FxBuildHasher>,
    /// Whether a number with a stop may be an ordinal.
    pub dotted_ordinals: bool,
    /// Whether a sentence may begin with a lowercase letter.
    pub lowercase_starts: bool,
    /// Whether it may do so after a word that ends with a vowel.
    pub lowercase_after_vowels: bool,
    /// Whether the number before a text with a single list item is a sentence.
    pub separate_item_numbers: bool,
    /// Whether initials are Cyrillic capitals. Latin letters are then no initials.
    pub cyrillic_initials: bool,
    /// Endings of surnames.
    surnames: Vec<String>,
    /// Capitalised words that continue an abbreviation: `США` after `дол.`
    fixed_phrases: HashMap<String, Vec<String>, FxBuildHasher>,
    /// Whether a semicolon ends a sentence before a capitalised `starter`.
    pub semicolon_ends: bool,
    /// Whether a dash before such a word ends an interrupted utterance.
    pub dash_ends: bool,
    /// Whether a semicolon is a question mark, as in Greek.
    pub semicolon_asks: bool,
    /// Whether an article that is joined by an apostrophe may precede an abbreviation: `l'art.`
    pub elision: bool,
    /// Whether sentences may follow each other without a space, after any stop.
    pub unspaced: bool,
    /// Whether a space may end a sentence, because the language has no stops.
    pub spaces_end: bool,
    /// Boilerplate lines, folded by [`FoldedLine::fold`].
    boilerplate_lines: HashSet<String, FxBuildHasher>,
    /// The first words of boilerplate lines. Most lines begin with another word
    /// and need no further lookup.
    boilerplate_heads: HashSet<String, FxBuildHasher>,
    /// The lengths of those first words that consist of ASCII letters: for each
    /// initial letter, bit *n* is set if a word has *n* bytes.
    boilerplate_head_lengths: [u64; 26],
    /// The beginnings of boilerplate lines.
    boilerplate_prefixes: Vec<String>,
}

impl Lexicon {
    /// The lexicon of a language. It is empty if the language has no data file and no section in
    /// `other.txt`.
    pub fn of(language: Language) -> &'static Lexicon {
        static LEXICONS: [OnceLock<Lexicon>; DATA_FILES.len()] =
            [const { OnceLock::new() }; DATA_FILES.len()];
        static OTHERS: LazyLock<Vec<(Vec<&'static str>, Lexicon)>> =
            LazyLock::new(|| sections(OTHER_LANGUAGES).map(Lexicon::parse_section).collect());
        static EMPTY: LazyLock<Lexicon> = LazyLock::new(Lexicon::default);
        let code = language.primary();
        match DATA_FILES.iter().position(|(known, _)| *known == code) {
            Some(at) => LEXICONS[at].get_or_init(|| Lexicon::parse(DATA_FILES[at].1)),
            None => (OTHERS.iter().find(|(codes, _)| codes.contains(&code)))
                .map_or_else(|| &*EMPTY, |(_, lexicon)| lexicon),
        }
    }

    /// Whether there is a data file or a section for a language.
    pub fn exists(language: Language) -> bool {
        let code = language.primary();
        DATA_FILES.iter().any(|(known, _)| *known == code)
            || sections(OTHER_LANGUAGES).any(|(codes, _)| codes.split(' ').any(|one| one == code))
    }

    /// Parses a section of `other.txt`: the codes of its languages and their lexicon.
    fn parse_section((codes, lines): (&'static str, &str)) -> (Vec<&'static str>, Lexicon) {
        let mut lexicon = Lexicon::default();
        for (names, entries) in lines.lines().filter_map(parse_line) {
            for entry in entries.split(" | ") {
                lexicon.add(names, entry);
            }
        }
        (codes.split(' ').collect(), lexicon)
    }

    /// Parses a data file. It skips invalid lines: the files are part of the
    /// crate, and a test checks every line.
    fn parse(file: &str) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for line in file.lines() {
            if let Some((names, entry)) = parse_line(line) {
                lexicon.add(names, entry);
            }
        }
        for (_, word) in file.lines().filter_map(parse_line).filter(|(names, _)| *names == "plain")
        {
            lexicon.abbreviations.remove(word);
        }
        lexicon
    }

    fn add(&mut self, names: &str, entry: &str) -> Option<()> {
        match names {
            "option" => return self.add_option(entry),
            "boilerplate" => return self.add_boilerplate(entry),
            // `parse` removes these words after it has read all other lines.
            "plain" => return Some(()),
            "surname" => {
                self.surnames.push(entry.strip_prefix('-')?.to_string());
                return Some(());
            }
            "phrase" => {
                let (short, next) = entry.split_once(". ")?;
                self.fixed_phrases.entry(short.into()).or_default().push(next.into());
                return Some(());
            }
            _ => {}
        }
        let kinds = WordKinds::parse(names)?;
        if let Some(ending) = entry.strip_prefix('-') {
            self.endings.push((ending.strip_suffix('.')?.to_string(), kinds));
        } else if kinds.is_abbreviation() {
            self.add_abbreviation(kinds, entry);
        } else {
            let known = self.words.entry(entry.to_string()).or_default();
            *known = known.or(kinds);
            if kinds.has(WordKinds::STARTER)
                && (self.lowercase_starts || self.lowercase_after_vowels)
            {
                let known = self.words.entry(entry.to_lowercase()).or_default();
                *known = known.or(WordKinds::LOWERCASE_STARTER);
            }
        }
        Some(())
    }

    fn add_option(&mut self, name: &str) -> Option<()> {
        let option = match name {
            "dotted-ordinals" => &mut self.dotted_ordinals,
            "lowercase-starts" => &mut self.lowercase_starts,
            "lowercase-after-vowels" => &mut self.lowercase_after_vowels,
            "separate-item-numbers" => &mut self.separate_item_numbers,
            "cyrillic-initials" => &mut self.cyrillic_initials,
            "semicolon-ends" => &mut self.semicolon_ends,
            "dash-ends" => &mut self.dash_ends,
            "semicolon-asks" => &mut self.semicolon_asks,
            "elision" => &mut self.elision,
            "unspaced" => &mut self.unspaced,
            "spaces-end" => &mut self.spaces_end,
            _ => return None,
        };
        *option = true;
        Some(())
    }

    fn add_boilerplate(&mut self, entry: &str) -> Option<()> {
        let mut folded = FoldedLine::default();
        let (phrase, is_prefix) = match entry.strip_suffix('…') {
            Some(phrase) => (phrase, true),
            None => (entry, false),
        };
        // Folding removes punctuation at the end. A prefix keeps its colon, which
        // distinguishes a list of tags from a sentence.
        let colon = if is_prefix && phrase.ends_with(':') { ":" } else { "" };
        let phrase = format!("{}{colon}", folded.fold(phrase)?);
        let head = phrase.split(' ').next().unwrap_or_default();
        let head = head.trim_end_matches(|c: char| !c.is_alphanumeric());
        if let Some((letter, length)) = initial_and_length_bit(head) {
            self.boilerplate_head_lengths[letter] |= length;
        }
        self.boilerplate_heads.insert(head.to_string());
        if is_prefix {
            self.boilerplate_prefixes.push(phrase);
        } else {
            self.boilerplate_lines.insert(phrase);
        }
        Some(())
    }

    fn add_abbreviation(&mut self, kinds: WordKinds, entry: &str) {
        let parts: Vec<String> =
            entry.split(['.', ' ']).filter(|part| !part.is_empty()).map(str::to_string).collect();
        let mut variants = vec![parts];
        // A capital letter alone is an initial, so `с.` does not imply `С.`
        let Some(first) = variants[0].first().cloned() else { return };
        let capital = capitalized(&first);
        if (first.chars().count() > 1 || variants[0].len() > 1) && capital != first {
            let mut variant = variants[0].clone();
            variant[0] = capital;
            variants.push(variant);
        }
        if variants[0].len() == 1 && first.chars().count() > 1 {
            variants.push(vec![first.to_uppercase()]);
        }
        variants.dedup();
        for mut parts in variants {
            for pair in parts.windows(2) {
                self.adjacent_parts.entry(pair[0].clone()).or_default().insert(pair[1].clone());
            }
            let Some(last) = parts.pop() else { continue };
            parts.reverse();
            let known = self.abbreviations.entry(last).or_default();
            match known.iter_mut().find(|other| other.preceding_parts == parts) {
                Some(other) => other.kinds = other.kinds.or(kinds),
                None => known.push(Abbreviation { preceding_parts: parts, kinds }),
            }
            known.sort_by_key(|entry| std::cmp::Reverse(entry.preceding_parts.len()));
        }
    }

    /// The kinds of the abbreviation that ends with `word`. The text before it
    /// ends with the abbreviation's other parts. If several abbreviations match,
    /// the longest wins.
    pub fn abbreviation(&self, before: &str, word: &str) -> WordKinds {
        self.abbreviation_and_front(before, word).0
    }

    /// Like [`Lexicon::abbreviation`]; it also returns the text before the whole
    /// abbreviation.
    pub fn abbreviation_and_front<'t>(&self, before: &'t str, word: &str) -> (WordKinds, &'t str) {
        let Some(known) = self.abbreviations.get(word) else {
            if let Some(at) = word.rfind(['\'', '’']).filter(|_| self.elision) {
                let bare = word[at..].trim_start_matches(['\'', '’']);
                return (self.abbreviation("", bare), before);
            }
            // `BT-Drs.` has the kinds of `Drs.`
            let capital = word.starts_with(|c: char| c.is_ascii_uppercase());
            let hyphen = if capital { word.bytes().rposition(|byte| byte == b'-') } else { None };
            let last = hyphen.map(|at| &word[at + 1..]).filter(|last| last.len() > 2);
            return match last.filter(|last| self.abbreviations.contains_key(*last)) {
                Some(last) => (self.abbreviation("", last), before),
                None => (self.ending(word), before),
            };
        };
        known
            .iter()
            .find_map(|entry| {
                let rest = entry.preceding_parts.iter().try_fold(before, |rest, part| {
                    let rest = rest.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
                    let rest = rest.strip_suffix('.').unwrap_or(rest);
                    let rest = rest.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
                    (last_word(rest) == part).then(|| &rest[..rest.len() - part.len()])
                });
                // The `s.` in `mailboxes.s.` is not the abbreviation.
                let rest =
                    rest.filter(|rest| !rest.ends_with('.') || !entry.preceding_parts.is_empty());
                Some((entry.kinds, rest?))
            })
            .unwrap_or((WordKinds::default(), before))
    }

    fn ending(&self, word: &str) -> WordKinds {
        let found = self.endings.iter().find(|(ending, _)| word.ends_with(ending.as_str()));
        found.map_or(WordKinds::default(), |(_, kinds)| *kinds)
    }

    /// Whether an abbreviation continues with `next` after `word`: `B.` after `z.`
    pub fn continues_abbreviation(&self, word: &str, next: &str) -> bool {
        self.adjacent_parts.get(word).is_some_and(|follows| follows.contains(next))
    }

    /// Whether the capitalised word `next` belongs to the abbreviation `word`.
    pub fn is_fixed_phrase(&self, word: &str, next: &str) -> bool {
        self.fixed_phrases.get(word).is_some_and(|nexts| nexts.iter().any(|known| known == next))
    }

    /// Whether a capitalised word ends like a surname.
    pub fn is_surname(&self, word: &str) -> bool {
        word.starts_with(char::is_uppercase)
            && self.surnames.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    /// Whether a word with its exclamation or question mark is a name: `Yahoo!`
    pub fn is_marked_name(&self, name: &str) -> bool {
        self.abbreviations.get(name).is_some_and(|known| !known.is_empty())
    }

    /// Whether a boilerplate line may begin with this word, judged by its first
    /// letter and its length. It may return true for other words as well.
    pub fn may_start_boilerplate(&self, head: &str) -> bool {
        initial_and_length_bit(head)
            .is_none_or(|(letter, length)| self.boilerplate_head_lengths[letter] & length != 0)
    }

    /// Whether a boilerplate line begins with this folded word.
    pub fn starts_boilerplate(&self, head: &str) -> bool {
        self.boilerplate_heads.contains(head)
    }

    /// Whether a folded phrase with a colon introduces a teaser or a list of the
    /// site: `read also:`.
    pub fn is_lead_in(&self, folded: &str) -> bool {
        self.boilerplate_lines.contains(folded)
            || self.boilerplate_prefixes.iter().any(|start| start.strip_suffix(':') == Some(folded))
    }

    /// Whether a folded line is boilerplate.
    pub fn is_boilerplate(&self, folded: &str) -> bool {
        self.boilerplate_lines.contains(folded)
            || self.boilerplate_prefixes.iter().any(|start| folded.starts_with(start.as_str()))
    }

    /// The kinds of a word.
    pub fn word(&self, word: &str) -> WordKinds {
        self.words.get(word).copied().unwrap_or_default()
    }
}

/// The index of a word's first letter, and a number whose only set bit is the
/// word's length. `None` if the word is long or has other characters than ASCII
/// letters.
fn initial_and_length_bit(word: &str) -> Option<(usize, u64)> {
    let letter = usize::from(word.bytes().next()?.to_ascii_lowercase().checked_sub(b'a')?);
    let other = |byte: u8| (byte | 0x20).wrapping_sub(b'a') >= 26;
    let plain = word.len() < 64 && find(word.as_bytes(), other).is_none();
    plain.then(|| (letter, 1 << word.len()))
}

/// The sections of a file: the codes in square brackets, and the lines that follow.
fn sections(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.split("\n[").skip(1).filter_map(|section| section.split_once(']'))
}

/// Splits a line into its kinds and its entry; `None` for a comment.
fn parse_line(line: &str) -> Option<(&str, &str)> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let (names, entry) = line.split_once(' ')?;
    Some((names, entry.trim()))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::chars::MAX_WORD_CHARS;
    use super::*;

    #[test]
    fn every_line_of_the_data_files_is_valid() {
        for (code, file) in DATA_FILES {
            let mut lexicon = Lexicon::default();
            for line in file.lines() {
                match parse_line(line) {
                    Some((names, entry)) => {
                        assert!(lexicon.add(names, entry).is_some(), "{code}: {line}");
                        let is_word = WordKinds::parse(names).is_some_and(|k| !k.is_abbreviation());
                        assert!(!is_word || !entry.ends_with('.'), "{code}: {line}");
                        // The scan would never find a longer entry.
                        let near = names == "boilerplate" || entry.chars().count() < MAX_WORD_CHARS;
                        assert!(near, "{code}: {line}");
                    }
                    None => assert!(line.is_empty() || line.starts_with('#'), "{code}: {line}"),
                }
            }
        }
    }

    #[test]
    fn every_entry_of_other_languages_is_valid() {
        let mut seen = Vec::new();
        for (codes, lines) in sections(OTHER_LANGUAGES) {
            for code in codes.split(' ') {
                assert!(!seen.contains(&code), "{code}");
                assert_eq!(code.parse::<Language>().unwrap().primary(), code);
                seen.push(code);
            }
            let mut lexicon = Lexicon::default();
            for (names, entries) in lines.lines().filter_map(parse_line) {
                for entry in entries.split(" | ") {
                    assert!(lexicon.add(names, entry).is_some(), "{codes}: {names} {entry}");
                    let is_short = WordKinds::parse(names).is_some_and(|k| k.is_abbreviation());
                    let dotted = entry.ends_with('.') || matches!(entry, "№" | "§");
                    assert_eq!(is_short, dotted, "{codes}: {names} {entry}");
                    assert!(entry.chars().count() < MAX_WORD_CHARS, "{codes}: {entry}");
                }
            }
        }
        assert!(Lexicon::exists(Language::FRENCH) && Lexicon::exists(Language::ENGLISH));
    }

    #[test]
    fn abbreviations_of_several_parts_are_found() {
        let lexicon = Lexicon::of(Language::GERMAN);
        assert!(lexicon.abbreviation("gilt z. ", "B").has(WordKinds::NEVER));
        assert!(lexicon.abbreviation("gilt z.", "B").has(WordKinds::NEVER));
        assert!(lexicon.abbreviation("z.\u{202f}", "B").has(WordKinds::NEVER));
        // Alone, `B` is at most a unit, or the letter of a house number.
        assert_eq!(lexicon.abbreviation("gilt ", "B"), WordKinds::UNIT);
        assert!(lexicon.continues_abbreviation("z", "B"));
        assert!(lexicon.continues_abbreviation("Z", "B"));
        assert!(!lexicon.continues_abbreviation("z", "C"));
    }

    #[test]
    fn first_words_of_boilerplate_are_prefiltered_by_initial_and_length() {
        let lexicon = Lexicon::of(Language::ENGLISH);
        assert!(lexicon.may_start_boilerplate("Share") && lexicon.may_start_boilerplate("SHARE"));
        assert!(!lexicon.may_start_boilerplate("Zebra"));
        assert!(!lexicon.may_start_boilerplate("Shareholders"));
        // Long words and words with other characters are never excluded.
        for word in ["", "12", "(Share", "Більше", &"a".repeat(64), &"é".repeat(64)] {
            assert!(lexicon.may_start_boilerplate(word), "{word}");
        }
    }

    #[test]
    fn languages_without_a_data_file_have_an_empty_lexicon() {
        let other: Language = "eo".parse().unwrap_or(Language::ENGLISH);
        assert!(!Lexicon::exists(other));
        assert!(Lexicon::of(other).abbreviation("", "Mr").is_none());
        assert!(Lexicon::of(other).word("The").is_none());
    }
}
