//! The inputs of a run after reading, and what is derived from them: word counts,
//! the vocabulary, and the segmentation of words.

use std::borrow::Cow;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;
use yada::DoubleArray;
use yada::builder::DoubleArrayBuilder;

use super::super::config::TrainConfig;
use super::super::error::TrainError;
use super::corpus::{Corpus, PairGroup};
use super::files::{read_text, write_atomically};
use super::inputs::TrainInputs;
use super::segmentation::Segmentation;
use super::vocabulary::learn;
use crate::embed::ModelError;
use crate::embed::static_model::tokenizer::{Tokenizer, unknown_score};
use crate::embed::static_model::word::WordStyle;
use crate::{Embedder, Language};

/// The most texts of a language for its mean vector.
const MAX_MEAN_TEXTS: usize = 20_000;

/// The inputs of a run.
pub(in crate::train) struct TrainingData {
    pub(in crate::train) corpus: Corpus,
    pub(in crate::train) groups: Vec<PairGroup>,
    pub(in crate::train) languages: Vec<Language>,
    /// The monolingual texts of each language.
    pub(in crate::train) texts: Vec<Vec<u32>>,
    /// The words and relative frequencies of the word lists of each language.
    word_lists: Vec<Vec<(u32, f64)>>,
}

impl TrainingData {
    pub(in crate::train) fn read(
        inputs: &TrainInputs,
        config: &TrainConfig,
    ) -> Result<TrainingData, TrainError> {
        let mut corpus = Corpus::default();
        let mut groups = Vec::new();
        for file in &inputs.pairs {
            groups.extend(corpus.read_pairs(file, config.batch_size, &inputs.skipped_sources)?);
        }
        let mut languages: Vec<Language> =
            groups.iter().flat_map(|group| group.languages).collect();
        languages.sort();
        languages.dedup();
        if groups.is_empty() {
            return Err(TrainError::NotEnoughData("there are no pairs".to_string()));
        }
        let place = |language: Language, what: &str| {
            let place = languages.iter().position(|known| *known == language);
            place.ok_or_else(|| {
                TrainError::NotEnoughData(format!("no pairs in `{language}`, which has {what}"))
            })
        };
        let mut texts = vec![Vec::new(); languages.len()];
        for file in &inputs.texts {
            let at = place(file.language, "texts")?;
            let content = read_text(&file.path)?;
            let mut buffer = String::new();
            texts[at].extend(content.lines().filter_map(|line| corpus.add(line, &mut buffer)));
        }
        let mut word_lists = vec![Vec::new(); languages.len()];
        for file in &inputs.words {
            let at = place(file.language, "a list of words")?;
            word_lists[at].extend(corpus.read_words(file)?);
        }
        Ok(TrainingData { corpus, groups, languages, texts, word_lists })
    }

    /// The vocabulary: the given one, a saved one, or one that is learnt.
    pub(in crate::train) fn vocabulary(
        &self,
        inputs: &TrainInputs,
        config: &TrainConfig,
        folder: Option<&Path>,
    ) -> Result<Vec<(String, f32)>, TrainError> {
        if let Some(path) = &inputs.vocabulary {
            return read_vocabulary(path);
        }
        let key = self.run_key(inputs, config, &[], None);
        let kept = folder.map(|folder| folder.join(format!("vocabulary-{key:016x}.tsv")));
        if let Some(path) = kept.as_ref().filter(|path| path.is_file()) {
            return read_vocabulary(path);
        }
        let subwords = learn(&self.word_counts(config.word_list_weight), &config.vocabulary);
        if subwords.is_empty() {
            return Err(TrainError::NotEnoughData("there are no words".to_string()));
        }
        if let Some(path) = kept {
            let lines: String =
                subwords.iter().map(|(subword, log)| format!("{subword}\t{log}\n")).collect();
            write_atomically(&path, &[lines.as_bytes()])?;
        }
        Ok(subwords)
    }

    /// All words with their weighted counts. Every language has the same total. In
    /// each, word lists have the share `word_list_weight` and texts the rest.
    fn word_counts(&self, word_list_weight: f64) -> Vec<(String, f64)> {
        let mut counts = vec![0.0; self.corpus.words.len()];
        for (at, language) in self.languages.iter().enumerate() {
            let mut own = vec![0.0; counts.len()];
            let mut seen = vec![false; self.corpus.len()];
            let mut count = |text: u32| {
                if !std::mem::replace(&mut seen[text as usize], true) {
                    let words = self.corpus.text(text);
                    words.iter().for_each(|&word| own[word as usize] += 1.0);
                }
            };
            self.texts[at].iter().for_each(|&text| count(text));
            for group in &self.groups {
                for (side, _) in group.languages.iter().enumerate().filter(|(_, l)| *l == language)
                {
                    group.pairs.iter().for_each(|pair| count(pair[side]));
                }
            }
            let sum: f64 = own.iter().sum::<f64>().max(1.0);
            let list_weight = if self.word_lists[at].is_empty() { 0.0 } else { word_list_weight };
            counts
                .iter_mut()
                .zip(own)
                .for_each(|(all, own)| *all += (1.0 - list_weight) * own / sum);
            for &(word, share) in &self.word_lists[at] {
                counts[word as usize] += list_weight * share;
            }
        }
        // Very rare words are often typing errors.
        let words = self.corpus.words.iter().cloned().zip(counts);
        words.filter(|(_, count)| *count > 1e-8).map(|(word, count)| (word, count * 1e8)).collect()
    }

    /// Reads the dev pairs.
    pub(in crate::train) fn read_dev(
        &mut self,
        inputs: &TrainInputs,
    ) -> Result<Vec<PairGroup>, TrainError> {
        let mut all = Vec::new();
        for file in &inputs.dev {
            all.extend(self.corpus.read_pairs(file, 0, &[])?);
        }
        let unknown = |group: &&PairGroup| {
            group.languages.iter().any(|language| !self.languages.contains(language))
        };
        match all.iter().find(unknown) {
            Some(group) => {
                let what = format!("no pairs in the languages of `{}`, to measure", group.name);
                Err(TrainError::NotEnoughData(what))
            }
            None => Ok(all),
        }
    }

    /// Segments every word of the corpus into subwords.
    pub(in crate::train) fn segment(
        &self,
        subwords: &[(String, f32)],
    ) -> Result<Segmentation, TrainError> {
        let malformed = |what: String| TrainError::Model(ModelError::Malformed(what));
        let mut keys: Vec<(&[u8], u32)> = subwords
            .iter()
            .enumerate()
            .map(|(at, (subword, _))| (subword.as_bytes(), at as u32))
            .collect();
        keys.sort_unstable();
        let trie = DoubleArrayBuilder::build(&keys)
            .map_err(|error| malformed(format!("vocabulary: {error}")))?;
        let trie =
            DoubleArray::new(Cow::Owned(trie)).map_err(|error| malformed(error.to_string()))?;
        let scores: Vec<f32> = subwords.iter().map(|(_, log)| *log).collect();
        let unknown = unknown_score(&scores);
        let mut tokenizer = Tokenizer::new(&trie, &scores, unknown, WordStyle::Folded);
        let mut segmentation = Segmentation::new();
        for word in &self.corpus.words {
            let best = tokenizer.segment(word, usize::MAX).to_vec();
            let longest =
                best.iter().map(|&subword| subwords[subword as usize].0.len()).max().unwrap_or(1);
            let finer = tokenizer.segment(word, longest - 1).to_vec();
            segmentation.push(&best, if finer.is_empty() { &best } else { &finer });
        }
        Ok(segmentation)
    }

    /// The texts of each language from which its mean vector is computed: sentences,
    /// or, if there are none, all texts.
    pub(in crate::train) fn mean_texts(&self, segmentation: &Segmentation) -> Vec<Vec<Vec<u32>>> {
        let of = |language: &Language| {
            let mut texts: Vec<u32> = Vec::new();
            for are_sentences in [true, false] {
                for group in
                    self.groups.iter().filter(|group| (group.max_joined == 1) == are_sentences)
                {
                    for side in [0, 1] {
                        if group.languages[side] == *language {
                            texts.extend(group.pairs.iter().map(|pair| pair[side]));
                        }
                    }
                }
                if !texts.is_empty() {
                    break;
                }
            }
            texts.sort_unstable();
            texts.dedup();
            let every = texts.len().div_ceil(MAX_MEAN_TEXTS).max(1);
            let texts = texts.into_iter().step_by(every);
            texts.map(|text| segmentation.text(self.corpus.text(text))).collect()
        };
        self.languages.iter().map(of).collect()
    }

    /// A key of the inputs and settings of a run, except the number of threads.
    pub(in crate::train) fn run_key(
        &self,
        inputs: &TrainInputs,
        config: &TrainConfig,
        subwords: &[(String, f32)],
        teacher: Option<&dyn Embedder>,
    ) -> u64 {
        let config = TrainConfig { threads: 0, ..config.clone() };
        let mut hash = Xxh3::new();
        hash.update(format!("{config:?} {inputs:?}").as_bytes());
        if let Some(teacher) = teacher {
            hash.update(teacher.fingerprint().as_bytes());
        }
        for group in &self.groups {
            group.pairs.iter().flatten().for_each(|id| hash.update(&id.to_le_bytes()));
        }
        self.texts.iter().flatten().for_each(|id| hash.update(&id.to_le_bytes()));
        for word in &self.corpus.words {
            hash.update(word.as_bytes());
            hash.update(b"\n");
        }
        for (subword, log) in subwords {
            hash.update(subword.as_bytes());
            hash.update(&log.to_le_bytes());
        }
        hash.digest()
    }
}

/// Reads a vocabulary.
fn read_vocabulary(path: &Path) -> Result<Vec<(String, f32)>, TrainError> {
    let text = read_text(path)?;
    let subword = |(at, line): (usize, &str)| {
        let read = line.split_once('\t').and_then(|(subword, log)| {
            let log = log.parse::<f32>().ok().filter(|log| log.is_finite())?;
            (!subword.is_empty()).then(|| (subword.to_string(), log))
        });
        read.ok_or_else(|| TrainError::Line {
            path: path.to_path_buf(),
            line: at + 1,
            reason: "not a subword and its log probability, separated by a tab".to_string(),
        })
    };
    text.lines().enumerate().map(subword).collect()
}
