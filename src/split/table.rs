//! A language's abbreviations and words, read from its data file.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

use super::chars::last_word;
use super::debris::Folded;
use crate::Language;
use crate::text::find;

/// What is known of an abbreviation or a word; the heads of the data files
/// say what each kind means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u32);

impl Kinds {
    pub const NEVER: Kinds = Kinds(1);
    pub const TITLE: Kinds = Kinds(1 << 1);
    pub const SELDOM: Kinds = Kinds(1 << 2);
    pub const OFTEN: Kinds = Kinds(1 << 3);
    pub const NUMBER: Kinds = Kinds(1 << 4);
    pub const UNIT: Kinds = Kinds(1 << 5);
    pub const STARTER: Kinds = Kinds(1 << 6);
    pub const SAYS: Kinds = Kinds(1 << 7);
    pub const ZONE: Kinds = Kinds(1 << 8);
    pub const LABEL: Kinds = Kinds(1 << 9);
    pub const ORDINAL: Kinds = Kinds(1 << 10);
    /// A starter without its capital; no kind of the files.
    pub const SMALL: Kinds = Kinds(1 << 11);
    pub const WEAK: Kinds = Kinds(1 << 12);
    pub const OPENS: Kinds = Kinds(1 << 13);
    pub const CLOSES: Kinds = Kinds(1 << 14);
    pub const FRONT: Kinds = Kinds(1 << 15);
    pub const QUANTITY: Kinds = Kinds(1 << 16);
    pub const MONTH: Kinds = Kinds(1 << 17);
    pub const NUMBERED: Kinds = Kinds(1 << 18);
    pub const SUBJECT: Kinds = Kinds(1 << 19);
    pub const NAME: Kinds = Kinds(1 << 20);
    pub const RANKED: Kinds = Kinds(1 << 21);
    pub const COUNTED: Kinds = Kinds(1 << 22);
    pub const TAG: Kinds = Kinds(1 << 23);
    pub const DETERMINER: Kinds = Kinds(1 << 24);
    pub const PARTICLE: Kinds = Kinds(1 << 25);
    pub const CLIPPED: Kinds = Kinds(1 << 26);
    pub const AMOUNT: Kinds = Kinds(1 << 27);
    /// The kinds of abbreviations.
    pub const ACT: Kinds = Kinds(1 << 28);

    const ABBREVIATIONS: Kinds = Kinds(0x3f | 1 << 26 | 1 << 27);

    const NAMES: [(&str, Kinds); 28] = [
        ("never", Kinds::NEVER),
        ("title", Kinds::TITLE),
        ("seldom", Kinds::SELDOM),
        ("often", Kinds::OFTEN),
        ("number", Kinds::NUMBER),
        ("unit", Kinds::UNIT),
        ("starter", Kinds::STARTER),
        ("says", Kinds::SAYS),
        ("zone", Kinds::ZONE),
        ("label", Kinds::LABEL),
        ("ordinal", Kinds::ORDINAL),
        ("weak", Kinds::WEAK),
        ("opens", Kinds::OPENS),
        ("closes", Kinds::CLOSES),
        ("front", Kinds::FRONT),
        ("quantity", Kinds::QUANTITY),
        ("month", Kinds::MONTH),
        ("act", Kinds::ACT),
        ("numbered", Kinds::NUMBERED),
        ("subject", Kinds::SUBJECT),
        ("name", Kinds::NAME),
        ("ranked", Kinds::RANKED),
        ("counted", Kinds::COUNTED),
        ("tag", Kinds::TAG),
        ("determiner", Kinds::DETERMINER),
        ("particle", Kinds::PARTICLE),
        ("clipped", Kinds::CLIPPED),
        ("amount", Kinds::AMOUNT),
    ];

    /// Reads `title,unit`; none for a kind that does not exist.
    fn parse(names: &str) -> Option<Kinds> {
        let mut kinds = Kinds::default();
        for name in names.split(',') {
            kinds = kinds.and(Kinds::NAMES.iter().find(|(known, _)| *known == name)?.1);
        }
        Some(kinds)
    }

    pub fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Whether it is any of `other`.
    pub fn has(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_none(self) -> bool {
        self == Kinds::default()
    }

    fn is_abbreviation(self) -> bool {
        self.has(Kinds::ABBREVIATIONS)
    }
}

/// An abbreviation by its last part; `before` holds the parts in front of it,
/// the nearest first.
#[derive(Debug)]
struct Abbreviation {
    before: Vec<String>,
    kinds: Kinds,
}

/// The rules of a language.
#[derive(Debug, Default)]
pub(super) struct Table {
    abbreviations: HashMap<String, Vec<Abbreviation>, FxBuildHasher>,
    /// Abbreviations that end a longer word: `-str` of `Lindenstr.`
    endings: Vec<(String, Kinds)>,
    /// Pairs of parts that follow each other inside an abbreviation.
    inner: HashMap<String, HashSet<String, FxBuildHasher>, FxBuildHasher>,
    words: HashMap<String, Kinds, FxBuildHasher>,
    /// A number with a stop may be an ordinal.
    pub ordinals: bool,
    /// A sentence may begin with a small letter.
    pub informal: bool,
    /// One may after a word that ends in a vowel.
    pub vowels: bool,
    /// The number in front of a text of one item is a sentence of its own.
    pub numbers: bool,
    /// Initials are Cyrillic capitals, and Latin letters are none.
    pub cyrillic: bool,
    /// How surnames end.
    surnames: Vec<String>,
    /// Capitalised words that go on after an abbreviation: `США` after `дол.`
    phrases: HashMap<String, Vec<String>, FxBuildHasher>,
    /// A semicolon before the capital of a sentence's first word ends one.
    pub semicolons: bool,
    /// A dash before such a word ends an utterance that was broken off.
    pub interrupted: bool,
    /// Lines that are no part of an article, folded as [`fold`] does.
    debris: HashSet<String, FxBuildHasher>,
    /// The first words of such lines, to leave out most others soon.
    debris_heads: HashSet<String, FxBuildHasher>,
    /// How long such words of ASCII are, by their first letter: a bit a length.
    debris_lengths: [u64; 26],
    /// The beginnings of such lines.
    debris_starts: Vec<String>,
}

impl Table {
    /// The table of a language; an empty one for those without a data file.
    pub fn of(language: Language) -> &'static Table {
        static ENGLISH: LazyLock<Table> =
            LazyLock::new(|| Table::parse(include_str!("data/en.txt")));
        static UKRAINIAN: LazyLock<Table> =
            LazyLock::new(|| Table::parse(include_str!("data/uk.txt")));
        static GERMAN: LazyLock<Table> =
            LazyLock::new(|| Table::parse(include_str!("data/de.txt")));
        static OTHER: LazyLock<Table> = LazyLock::new(Table::default);
        match language.primary() {
            "en" => &ENGLISH,
            "uk" => &UKRAINIAN,
            "de" => &GERMAN,
            _ => &OTHER,
        }
    }

    /// Reads a data file. A line that is not understood is passed over: the
    /// files are part of the crate, and a test reads every line of them.
    fn parse(file: &str) -> Table {
        let mut table = Table::default();
        for line in file.lines() {
            if let Some((names, entry)) = entry(line) {
                table.add(names, entry);
            }
        }
        for (_, word) in file.lines().filter_map(entry).filter(|(names, _)| *names == "plain") {
            table.abbreviations.remove(word);
        }
        table
    }

    fn add(&mut self, names: &str, entry: &str) -> Option<()> {
        if names == "option" {
            match entry {
                "ordinals" => self.ordinals = true,
                "informal" => self.informal = true,
                "vowels" => self.vowels = true,
                "numbers" => self.numbers = true,
                "cyrillic" => self.cyrillic = true,
                "semicolons" => self.semicolons = true,
                "interrupted" => self.interrupted = true,
                _ => return None,
            }
            return Some(());
        }
        if let Some(known) = self.add_special(names, entry) {
            return known;
        }
        if names == "debris" {
            let mut folded = Folded::default();
            let (phrase, start) = match entry.strip_suffix('…') {
                Some(phrase) => (phrase, true),
                None => (entry, false),
            };
            // Folding takes the marks at the end away; in front of `…` a colon
            // is what tells a list of tags from a sentence.
            let colon = if start && phrase.ends_with(':') { ":" } else { "" };
            let phrase = format!("{}{colon}", folded.fold(phrase)?);
            let head = phrase.split(' ').next().unwrap_or_default();
            let head = head.trim_end_matches(|c: char| !c.is_alphanumeric());
            if let Some((letter, length)) = shape(head) {
                self.debris_lengths[letter] |= length;
            }
            self.debris_heads.insert(head.to_string());
            match start {
                true => self.debris_starts.push(phrase),
                false => _ = self.debris.insert(phrase),
            }
            return Some(());
        }
        let kinds = Kinds::parse(names)?;
        if let Some(ending) = entry.strip_prefix('-') {
            self.endings.push((ending.strip_suffix('.')?.to_string(), kinds));
        } else if kinds.is_abbreviation() {
            self.add_abbreviation(kinds, entry);
        } else {
            let known = self.words.entry(entry.to_string()).or_default();
            *known = known.and(kinds);
            if kinds.has(Kinds::STARTER) && (self.informal || self.vowels) {
                let known = self.words.entry(entry.to_lowercase()).or_default();
                *known = known.and(Kinds::SMALL);
            }
        }
        Some(())
    }

    /// Adds a line of a kind that is neither an abbreviation nor a word; none
    /// for the other kinds, and none inside where the line is malformed.
    fn add_special(&mut self, names: &str, entry: &str) -> Option<Option<()>> {
        match names {
            // Taken out behind all other lines.
            "plain" => {}
            "surname" => match entry.strip_prefix('-') {
                Some(ending) => self.surnames.push(ending.to_string()),
                None => return Some(None),
            },
            "phrase" => match entry.split_once(". ") {
                Some((short, next)) => {
                    self.phrases.entry(short.into()).or_default().push(next.into());
                }
                None => return Some(None),
            },
            _ => return None,
        }
        Some(Some(()))
    }

    fn add_abbreviation(&mut self, kinds: Kinds, entry: &str) {
        let parts: Vec<String> =
            entry.split(['.', ' ']).filter(|part| !part.is_empty()).map(str::to_string).collect();
        let mut variants = vec![parts];
        // A single letter with a capital is an initial: `с.` but not `С.`
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
                self.inner.entry(pair[0].clone()).or_default().insert(pair[1].clone());
            }
            let Some(last) = parts.pop() else { continue };
            parts.reverse();
            let known = self.abbreviations.entry(last).or_default();
            match known.iter_mut().find(|other| other.before == parts) {
                Some(other) => other.kinds = other.kinds.and(kinds),
                None => known.push(Abbreviation { before: parts, kinds }),
            }
            known.sort_by_key(|entry| std::cmp::Reverse(entry.before.len()));
        }
    }

    /// The kinds of the abbreviation whose last part is `word`, and which
    /// follows `before`; the one of the most parts, where there are several.
    pub fn abbreviation(&self, before: &str, word: &str) -> Kinds {
        self.abbreviation_behind(before, word).0
    }

    /// As [`Table::abbreviation`], with the text in front of all of its parts.
    pub fn abbreviation_behind<'t>(&self, before: &'t str, word: &str) -> (Kinds, &'t str) {
        let Some(known) = self.abbreviations.get(word) else {
            // `BT-Drs.` is what `Drs.` is.
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
                let rest = entry.before.iter().try_fold(before, |rest, part| {
                    let rest = rest.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
                    let rest = rest.strip_suffix('.').unwrap_or(rest);
                    let rest = rest.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
                    (last_word(rest) == part).then(|| &rest[..rest.len() - part.len()])
                });
                // `s.` of `mailboxes.s.` is not the abbreviation.
                let rest = rest.filter(|rest| !rest.ends_with('.') || !entry.before.is_empty());
                Some((entry.kinds, rest?))
            })
            .unwrap_or((Kinds::default(), before))
    }

    fn ending(&self, word: &str) -> Kinds {
        let found = self.endings.iter().find(|(ending, _)| word.ends_with(ending.as_str()));
        found.map_or(Kinds::default(), |(_, kinds)| *kinds)
    }

    /// Whether an abbreviation goes on from `word` to `next`: `z.` to `B.`
    pub fn goes_on(&self, word: &str, next: &str) -> bool {
        self.inner.get(word).is_some_and(|follows| follows.contains(next))
    }

    /// Whether the capitalised word `next` goes on after the abbreviation `word`.
    pub fn is_phrase(&self, word: &str, next: &str) -> bool {
        self.phrases.get(word).is_some_and(|nexts| nexts.iter().any(|known| known == next))
    }

    /// Whether a capitalised word ends as surnames do.
    pub fn is_surname(&self, word: &str) -> bool {
        word.starts_with(char::is_uppercase)
            && self.surnames.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    /// Whether a name ends with the mark that stands behind it: `Yahoo!`
    pub fn is_marked_name(&self, name: &str) -> bool {
        self.abbreviations.get(name).is_some_and(|known| !known.is_empty())
    }

    /// Whether a line that is known to be no part of an article may have this
    /// word at its start.
    pub fn may_begin_debris(&self, head: &str) -> bool {
        shape(head).is_none_or(|(letter, length)| self.debris_lengths[letter] & length != 0)
    }

    /// Whether a line that is known to be no part of an article has this word,
    /// folded, at its start.
    pub fn begins_debris(&self, head: &str) -> bool {
        self.debris_heads.contains(head)
    }

    /// Whether a folded phrase, with a colon behind it, stands in front of what a site
    /// recommends, or of a list of its own.
    pub fn is_lead_in(&self, folded: &str) -> bool {
        self.debris.contains(folded)
            || self.debris_starts.iter().any(|start| start.strip_suffix(':') == Some(folded))
    }

    /// Whether a folded line is known to be no part of an article.
    pub fn is_debris(&self, folded: &str) -> bool {
        self.debris.contains(folded)
            || self.debris_starts.iter().any(|start| folded.starts_with(start.as_str()))
    }

    /// The kinds of a word.
    pub fn word(&self, word: &str) -> Kinds {
        self.words.get(word).copied().unwrap_or_default()
    }
}

/// The number of a word's first letter and a bit for its length; none for
/// words that are not of ASCII letters alone, and for long ones.
fn shape(word: &str) -> Option<(usize, u64)> {
    let letter = usize::from(word.bytes().next()?.to_ascii_lowercase().checked_sub(b'a')?);
    let other = |byte: u8| (byte | 0x20).wrapping_sub(b'a') >= 26;
    let plain = word.len() < 64 && find(word.as_bytes(), other).is_none();
    plain.then(|| (letter, 1 << word.len()))
}

/// The kinds and the entry of a line; none for a remark.
fn entry(line: &str) -> Option<(&str, &str)> {
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
    use super::super::chars::PART_REACH;
    use super::*;

    #[test]
    fn every_line_is_understood() {
        for (code, file) in [
            ("en", include_str!("data/en.txt")),
            ("uk", include_str!("data/uk.txt")),
            ("de", include_str!("data/de.txt")),
        ] {
            let mut table = Table::default();
            for line in file.lines() {
                match entry(line) {
                    Some((names, entry)) => {
                        assert!(table.add(names, entry).is_some(), "{code}: {line}");
                        let is_word = Kinds::parse(names).is_some_and(|k| !k.is_abbreviation());
                        assert!(!is_word || !entry.ends_with('.'), "{code}: {line}");
                        // What is longer than the scan looks back is never found.
                        let near = names == "debris" || entry.chars().count() < PART_REACH;
                        assert!(near, "{code}: {line}");
                    }
                    None => assert!(line.is_empty() || line.starts_with('#'), "{code}: {line}"),
                }
            }
        }
    }

    #[test]
    fn abbreviations_of_several_parts() {
        let table = Table::of(Language::GERMAN);
        assert!(table.abbreviation("gilt z. ", "B").has(Kinds::NEVER));
        assert!(table.abbreviation("gilt z.", "B").has(Kinds::NEVER));
        assert!(table.abbreviation("z.\u{202f}", "B").has(Kinds::NEVER));
        // Alone it is at most a unit, or the letter behind a house's number.
        assert_eq!(table.abbreviation("gilt ", "B"), Kinds::UNIT);
        assert!(table.goes_on("z", "B"));
        assert!(table.goes_on("Z", "B"));
        assert!(!table.goes_on("z", "C"));
    }

    #[test]
    fn first_words_of_debris_are_told_by_their_shape() {
        let table = Table::of(Language::ENGLISH);
        assert!(table.may_begin_debris("Share") && table.may_begin_debris("SHARE"));
        assert!(!table.may_begin_debris("Zebra"));
        assert!(!table.may_begin_debris("Shareholders"));
        // What is not of letters alone, or long, is left to the table itself.
        for word in ["", "12", "(Share", "Більше", &"a".repeat(64), &"é".repeat(64)] {
            assert!(table.may_begin_debris(word), "{word}");
        }
    }

    #[test]
    fn other_languages_have_no_table() {
        let other: Language = "fr".parse().unwrap_or(Language::ENGLISH);
        assert!(Table::of(other).abbreviation("", "Mr").is_none());
        assert!(Table::of(other).word("The").is_none());
    }
}
