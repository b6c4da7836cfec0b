//! Finds the words and expressions of `data/surzhyk.tsv` in a text.
//!
//! The list is read once, into a tree whose edges are words. A text is scanned once: from each word, the tree is
//! followed as far as the words allow, and the longest entry counts. The depth of the tree is a small constant, so the
//! time is linear in the text.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::words::Words;

const LIST: &str = include_str!("../../data/surzhyk.tsv");

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    /// No word of Ukrainian.
    Surzhyk,
    /// An expression after a Russian model.
    Calque,
}

/// The list as a tree.
#[derive(Default)]
pub(super) struct FaultList {
    words: FxHashMap<String, u32>,
    /// The next node by node and word; node 0 is the root.
    edges: FxHashMap<(u32, u32), u32>,
    /// The entry that ends at a node.
    ends: Vec<Option<usize>>,
    entries: Vec<Entry>,
}

struct Entry {
    kind: FaultKind,
    /// Words that make it right directly before or after it.
    unless: Vec<u32>,
}

/// The number of words in faults of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FaultCounts {
    pub(super) surzhyk: usize,
    pub(super) calques: usize,
}

impl FaultList {
    /// The list of the crate.
    pub(super) fn get() -> &'static FaultList {
        static READ: OnceLock<FaultList> = OnceLock::new();
        READ.get_or_init(|| FaultList::read(LIST))
    }

    /// Reads a list. The tests check that all lines of the crate's list are well formed; others are left out.
    fn read(list: &str) -> FaultList {
        let mut found = FaultList { ends: vec![None], ..FaultList::default() };
        let mut paradigms: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            if let (Some(name), Some(endings)) = (columns[0].strip_prefix('='), columns.get(1)) {
                paradigms.insert(name, endings.split(' ').collect());
                continue;
            }
            let kind = match columns[0] {
                "word" => FaultKind::Surzhyk,
                "calque" => FaultKind::Calque,
                _ => continue,
            };
            let unless = columns.get(5).into_iter().flat_map(|words| words.split(' '));
            let unless = unless.map(|word| found.word_id(word)).collect();
            let entry = found.entries.len();
            found.entries.push(Entry { kind, unless });
            for expression in columns.get(1).into_iter().flat_map(|forms| forms.split(", ")) {
                found.insert(expression, &paradigms, entry);
            }
        }
        found
    }

    fn insert(&mut self, expression: &str, paradigms: &FxHashMap<&str, Vec<&str>>, entry: usize) {
        let mut nodes = vec![0];
        for choice in expression.split([' ', '-']) {
            let forms = forms(choice, paradigms);
            let ids: Vec<u32> = forms.iter().map(|form| self.word_id(form)).collect();
            let mut next = Vec::with_capacity(nodes.len() * ids.len());
            for node in nodes {
                for &id in &ids {
                    let new = self.ends.len() as u32;
                    let reached = *self.edges.entry((node, id)).or_insert(new);
                    if reached == new {
                        self.ends.push(None);
                    }
                    next.push(reached);
                }
            }
            nodes = next;
        }
        for node in nodes {
            self.ends[node as usize].get_or_insert(entry);
        }
    }

    fn word_id(&mut self, word: &str) -> u32 {
        let new = self.words.len() as u32;
        *self.words.entry(word.to_string()).or_insert(new)
    }

    /// Counts the words of a text that belong to a fault.
    pub(super) fn count(&self, words: &Words) -> FaultCounts {
        let mut counts = FaultCounts::default();
        let places = words.places();
        let id = |at: usize| self.words.get(words.word(places[at])).copied();
        let mut at = 0;
        while at < places.len() {
            let Some((entry, end)) = self.longest(words, at) else {
                at += 1;
                continue;
            };
            let Entry { kind, unless } = &self.entries[entry];
            let neighbours = [at.checked_sub(1), Some(end).filter(|end| *end < places.len())];
            let is_right = !unless.is_empty()
                && neighbours.into_iter().flatten().filter_map(id).any(|id| unless.contains(&id));
            match kind {
                _ if is_right => {}
                FaultKind::Surzhyk if places[at].may_be_name => {}
                FaultKind::Surzhyk => counts.surzhyk += end - at,
                FaultKind::Calque => counts.calques += end - at,
            }
            at = end;
        }
        counts
    }

    /// The longest entry that starts at a word, and the word after it.
    fn longest(&self, words: &Words, start: usize) -> Option<(usize, usize)> {
        let (mut node, mut found) = (0, None);
        for (at, &place) in words.places().iter().enumerate().skip(start) {
            if at > start && !place.is_joined {
                break;
            }
            let id = self.words.get(words.word(place));
            let Some(&next) = id.and_then(|&id| self.edges.get(&(node, id))) else { break };
            node = next;
            if let Some(entry) = self.ends[node as usize] {
                found = Some((entry, at + 1));
            }
        }
        found
    }
}

/// The forms of a word of the list, such as `вів|вела` or `получа/ти`.
fn forms(choice: &str, paradigms: &FxHashMap<&str, Vec<&str>>) -> Vec<String> {
    let mut forms = Vec::new();
    for word in choice.split('|') {
        match word.split_once('/') {
            None => forms.push(word.to_string()),
            Some((stem, name)) => {
                let endings = paradigms.get(name).into_iter().flatten();
                forms.extend(endings.map(|ending| format!("{stem}{}", ending.trim_matches('_'))));
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn entries() -> Vec<Vec<&'static str>> {
        let lines = LIST.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '=']));
        lines.map(|line| line.split('\t').collect()).collect()
    }

    fn counts(text: &str) -> (usize, usize) {
        let found = FaultList::get().count(&Words::of(text));
        (found.surzhyk, found.calques)
    }

    #[test]
    fn every_line_has_its_columns_and_at_least_400_are_entries() {
        let entries = entries();
        assert!(entries.len() >= 400, "{}", entries.len());
        for columns in &entries {
            assert!((5..=6).contains(&columns.len()), "{columns:?}");
            assert!(["word", "calque"].contains(&columns[0]), "{columns:?}");
            assert!(columns.iter().all(|column| !column.trim().is_empty()), "{columns:?}");
            let sources = ["ВЕСУМ", "АД", "own"];
            assert!(columns[4].split(", ").all(|source| sources.contains(&source)), "{columns:?}");
            let form = |c: char| {
                c.is_lowercase() && !c.is_ascii() || matches!(c, ' ' | ',' | '/' | '|' | '\'' | '-')
            };
            assert!(columns[1].chars().all(form), "not Cyrillic in small letters: {columns:?}");
        }
    }

    /// Also that all paradigms exist, and that a form is in one entry only.
    #[test]
    fn every_form_is_found_where_it_stands_alone() {
        let paradigms = LIST.lines().filter_map(|line| line.strip_prefix('=')?.split_once('\t'));
        let paradigms: FxHashMap<&str, Vec<&str>> =
            paradigms.map(|(name, endings)| (name, endings.split(' ').collect())).collect();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (at, columns) in entries().iter().enumerate() {
            for expression in columns[1].split(", ") {
                let words: Vec<Vec<String>> = expression
                    .split([' ', '-'])
                    .map(|choice| {
                        let names = choice.split('|').filter_map(|word| word.split_once('/'));
                        names.for_each(|(_, name)| assert!(paradigms.contains_key(name), "{name}"));
                        forms(choice, &paradigms)
                    })
                    .collect();
                let mut whole = vec![String::new()];
                for forms in words {
                    let longer = |start: &String| {
                        let start = start.clone();
                        forms
                            .iter()
                            .map(move |form| format!("{start} {form}").trim_start().to_string())
                            .collect::<Vec<_>>()
                    };
                    whole = whole.iter().flat_map(longer).collect();
                }
                for text in whole {
                    let (surzhyk, calques) = counts(&text);
                    let found = if columns[0] == "word" { surzhyk } else { calques };
                    assert!(found > 0, "{text} of {columns:?} is not found");
                    let other = *seen.entry(text.clone()).or_insert(at);
                    assert_eq!(other, at, "{text} is in two entries");
                }
            }
        }
    }

    #[test]
    fn expressions_end_at_marks_and_names_are_no_faults() {
        assert_eq!(counts("Вони приймають участь."), (0, 2));
        assert_eq!(counts("Це те, що вони приймають. Участь безкоштовна."), (0, 0));
        assert_eq!(counts("На днях приїде слідуючий гість"), (1, 2));
        assert_eq!(counts("Приїхав Олег Врач, і врач теж."), (1, 0));
        assert_eq!(counts("Стукав по плану."), (0, 2));
        assert_eq!(counts("Удар по плану."), (0, 0));
    }
}
