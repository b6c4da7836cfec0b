//! What a model is trained on: texts as words, and pairs of texts.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::TrainError;
use crate::Language;
use crate::embed::word::{WordStyle, words};

/// A file of pairs to train on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairFile {
    /// The languages of its two texts.
    pub languages: [Language; 2],
    /// TSV: `source`, text, text; or text, text. Pairs of one source go into one
    /// batch, so that the kind of text is no help in telling them apart.
    pub path: PathBuf,
    /// How often its pairs are drawn, beside 1 for those of other files.
    pub weight: f64,
    /// Up to so many pairs are joined into one, drawn anew each time: 1 for
    /// sentences; more for terms, which alone are no texts.
    pub join: usize,
}

/// Texts in one language, for the vocabulary and for what a teacher knows of them.
///
/// ```
/// use bitext::train::{Inputs, TextFile, WordFile};
///
/// let polish: bitext::Language = "pl".parse()?;
/// let mut inputs = Inputs::default();
/// inputs.texts.push(TextFile::new(polish, "news.pl.txt"));
/// inputs.words.push(WordFile::new(polish, "polish.tsv"));
/// assert_eq!(inputs.texts[0].language, inputs.words[0].language);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TextFile {
    /// The language of the texts.
    pub language: Language,
    /// One text a line, best a sentence.
    pub path: PathBuf,
}

/// A list of words with their frequencies, for the vocabulary.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WordFile {
    /// The language of the words.
    pub language: Language,
    /// TSV: word, frequency.
    pub path: PathBuf,
}

impl WordFile {
    /// A list of words of a language.
    pub fn new(language: Language, path: impl Into<PathBuf>) -> WordFile {
        WordFile { language, path: path.into() }
    }
}

impl PairFile {
    /// A file whose pairs are sentences, drawn as often as those of others.
    ///
    /// ```
    /// use bitext::{Language, train::PairFile};
    ///
    /// let mut terms = PairFile::new([Language::ENGLISH, Language::GERMAN], "terms.tsv");
    /// assert_eq!((terms.weight, terms.join), (1.0, 1));
    /// // Terms alone are no texts: up to four of them are.
    /// (terms.weight, terms.join) = (0.3, 4);
    /// ```
    pub fn new(languages: [Language; 2], path: impl Into<PathBuf>) -> PairFile {
        PairFile { languages, path: path.into(), weight: 1.0, join: 1 }
    }

    pub(crate) fn content(&self) -> Result<String, TrainError> {
        read(&self.path)
    }
}

impl TextFile {
    /// Texts of a language.
    pub fn new(language: Language, path: impl Into<PathBuf>) -> TextFile {
        TextFile { language, path: path.into() }
    }

    pub(crate) fn content(&self) -> Result<String, TrainError> {
        read(&self.path)
    }
}

/// Pairs from which a batch is drawn.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) languages: [Language; 2],
    pub(crate) weight: f64,
    pub(crate) join: usize,
    /// Ids of texts.
    pub(crate) pairs: Vec<[u32; 2]>,
}

/// Texts as lists of words; equal lists are one text.
#[derive(Default)]
pub(crate) struct Corpus {
    pub(crate) words: Vec<String>,
    ids: FxHashMap<String, u32>,
    tokens: Vec<u32>,
    ends: Vec<usize>,
    texts: FxHashMap<Vec<u32>, u32>,
}

impl Corpus {
    /// Adds a text; `None` if it has no words.
    pub(crate) fn add(&mut self, text: &str, buffer: &mut String) -> Option<u32> {
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

    /// The id of a word.
    pub(crate) fn word(&mut self, word: &str) -> u32 {
        if let Some(&known) = self.ids.get(word) {
            return known;
        }
        let id = self.words.len() as u32;
        self.words.push(word.to_string());
        self.ids.insert(word.to_string(), id);
        id
    }

    /// The words of a text.
    pub(crate) fn text(&self, id: u32) -> &[u32] {
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.tokens[start..self.ends[id as usize]]
    }

    /// Number of texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Reads a file of pairs into groups by source; sources with fewer than
    /// `least` pairs are one group. Pairs of the sources in `skip`, and those with
    /// a side without words, are left out.
    pub(crate) fn read_pairs(
        &mut self,
        file: &PairFile,
        least: usize,
        skip: &[String],
    ) -> Result<Vec<Group>, TrainError> {
        let text = file.content()?;
        let mut order: Vec<&str> = Vec::new();
        let mut by_source: FxHashMap<&str, Vec<[u32; 2]>> = FxHashMap::default();
        let mut buffer = String::new();
        for (at, line) in text.lines().enumerate() {
            let fields: Vec<&str> = line.split('\t').collect();
            let (source, a, b) = match fields[..] {
                [source, a, b] => (source, a, b),
                [a, b] => ("", a, b),
                _ => {
                    let reason =
                        format!("{} columns: needs 2 or 3 with tabs between", fields.len());
                    return Err(TrainError::Line { path: file.path.clone(), line: at + 1, reason });
                }
            };
            if skip.iter().any(|skipped| skipped == source) {
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
        let group = |name: &str, pairs: Vec<[u32; 2]>| Group {
            name: format!("{codes} {name}"),
            languages: file.languages,
            weight: file.weight,
            join: file.join.max(1),
            pairs,
        };
        let (mut groups, mut rest) = (Vec::new(), Vec::new());
        for source in order {
            let pairs = by_source.remove(source).unwrap_or_default();
            match pairs.len() >= least {
                true => groups.push(group(source, pairs)),
                false => rest.extend(pairs),
            }
        }
        if !rest.is_empty() {
            groups.push(group("(small sources)", rest));
        }
        Ok(groups)
    }

    /// Reads a list of words and gives the share of each among all.
    pub(crate) fn read_words(&mut self, file: &WordFile) -> Result<Vec<(u32, f64)>, TrainError> {
        let text = read(&file.path)?;
        let mut all = Vec::new();
        let mut buffer = String::new();
        for (at, line) in text.lines().enumerate() {
            let read = line.split_once('\t').and_then(|(word, frequency)| {
                let frequency = frequency.trim().parse::<f64>().ok()?;
                (frequency.is_finite() && frequency >= 0.0).then_some((word, frequency))
            });
            let Some((word, frequency)) = read else {
                let reason = "needs a word and its frequency with a tab between".to_string();
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

pub(crate) fn read(path: &Path) -> Result<String, TrainError> {
    std::fs::read_to_string(path)
        .map_err(|error| TrainError::File { path: path.to_path_buf(), error })
}
