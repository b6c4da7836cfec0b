//! Texts as lists of word ids, and pairs of texts grouped by source.

use rustc_hash::FxHashMap;

use super::super::error::TrainError;
use super::files::read_text;
use super::inputs::{PairFile, WordFile};
use crate::Language;
use crate::embed::static_model::word::{WordStyle, words};

/// The pairs of one source. A batch is drawn from one group.
pub(in crate::train) struct PairGroup {
    pub(in crate::train) name: String,
    pub(in crate::train) languages: [Language; 2],
    pub(in crate::train) weight: f64,
    pub(in crate::train) max_joined: usize,
    /// The ids of both texts of each pair.
    pub(in crate::train) pairs: Vec<[u32; 2]>,
}

/// A set of texts as lists of word ids. Equal lists are one text.
#[derive(Default)]
pub(in crate::train) struct Corpus {
    pub(in crate::train) words: Vec<String>,
    ids: FxHashMap<String, u32>,
    tokens: Vec<u32>,
    ends: Vec<usize>,
    texts: FxHashMap<Vec<u32>, u32>,
}

impl Corpus {
    /// Adds a text and returns its id; `None` if it has no words.
    pub(in crate::train) fn add(&mut self, text: &str, buffer: &mut String) -> Option<u32> {
        let mut list = Vec::new();
        words(text, WordStyle::Folded, buffer, |word| list.push(self.word(word)));
        if list.is_empty() {
            return None;
        }
        if let Some(&known) = self.texts.get(&list) {
            return Some(known);
        }
        let id = self.ends.len() as u32;
        self.tokens.extend(&list);
        self.ends.push(self.tokens.len());
        self.texts.insert(list, id);
        Some(id)
    }

    /// The id of a word, which is added if it is new.
    pub(in crate::train) fn word(&mut self, word: &str) -> u32 {
        if let Some(&known) = self.ids.get(word) {
            return known;
        }
        let id = self.words.len() as u32;
        self.words.push(word.to_string());
        self.ids.insert(word.to_string(), id);
        id
    }

    /// The word ids of a text.
    pub(in crate::train) fn text(&self, id: u32) -> &[u32] {
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.tokens[start..self.ends[id as usize]]
    }

    /// The number of texts.
    pub(in crate::train) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Reads a file of pairs and groups them by source. Sources with fewer than
    /// `min_pairs` pairs are merged into one group. It ignores pairs of the sources
    /// in `skipped` and pairs with a text without words.
    pub(in crate::train) fn read_pairs(
        &mut self,
        file: &PairFile,
        min_pairs: usize,
        skipped: &[String],
    ) -> Result<Vec<PairGroup>, TrainError> {
        let text = read_text(&file.path)?;
        let mut order: Vec<&str> = Vec::new();
        let mut by_source: FxHashMap<&str, Vec<[u32; 2]>> = FxHashMap::default();
        let mut buffer = String::new();
        for (at, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let (source, a, b) = match fields[..] {
                [source, a, b] => (source, a, b),
                [a, b] => ("", a, b),
                _ => {
                    let reason = format!(
                        "{} columns instead of 2 or 3 that are separated by tabs",
                        fields.len()
                    );
                    return Err(TrainError::Line { path: file.path.clone(), line: at + 1, reason });
                }
            };
            if skipped.iter().any(|name| name == source) {
                continue;
            }
            if let (Some(a), Some(b)) = (self.add(a, &mut buffer), self.add(b, &mut buffer)) {
                let pairs = by_source.entry(source).or_insert_with(|| {
                    order.push(source);
                    Vec::new()
                });
                pairs.push([a, b]);
            }
        }
        let codes = file.languages.map(|language| language.to_string()).join("-");
        let group = |name: &str, pairs: Vec<[u32; 2]>| PairGroup {
            name: format!("{codes} {name}"),
            languages: file.languages,
            weight: file.weight,
            max_joined: file.max_joined.max(1),
            pairs,
        };
        let (mut groups, mut rest) = (Vec::new(), Vec::new());
        for source in order {
            let pairs = by_source.remove(source).unwrap_or_default();
            if pairs.len() >= min_pairs {
                groups.push(group(source, pairs));
            } else {
                rest.extend(pairs);
            }
        }
        if !rest.is_empty() {
            groups.push(group("(small sources)", rest));
        }
        Ok(groups)
    }

    /// Reads a word list and returns the relative frequency of each word.
    pub(in crate::train) fn read_words(
        &mut self,
        file: &WordFile,
    ) -> Result<Vec<(u32, f64)>, TrainError> {
        let text = read_text(&file.path)?;
        let mut all = Vec::new();
        let mut buffer = String::new();
        for (at, line) in text.lines().enumerate() {
            let read = line.split_once('\t').and_then(|(word, frequency)| {
                let frequency = frequency.trim().parse::<f64>().ok()?;
                (frequency.is_finite() && frequency >= 0.0).then_some((word, frequency))
            });
            let Some((word, frequency)) = read else {
                let reason = "not a word and its frequency, separated by a tab".to_string();
                return Err(TrainError::Line { path: file.path.clone(), line: at + 1, reason });
            };
            words(word, WordStyle::Folded, &mut buffer, |word| {
                all.push((self.word(word), frequency))
            });
        }
        let sum: f64 = all.iter().map(|(_, frequency)| frequency).sum();
        all.iter_mut().for_each(|(_, frequency)| *frequency /= sum.max(f64::MIN_POSITIVE));
        Ok(all)
    }
}

/// The index of a language among those of a run.
pub(in crate::train) fn language_index(languages: &[Language], language: Language) -> usize {
    languages.iter().position(|known| *known == language).unwrap_or_default()
}
