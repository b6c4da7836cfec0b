//! What a run has read, and what follows from it: counts, vocabulary, cuts.

use std::borrow::Cow;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;
use yada::DoubleArray;
use yada::builder::DoubleArrayBuilder;

use super::TrainError;
use super::corpus::{Corpus, Group, read};
use super::draw::Cuts;
use super::run::{Inputs, TrainConfig};
use super::state;
use super::vocabulary::learn;
use crate::embed::ModelError;
use crate::embed::tokenizer::{Tokenizer, unknown_score};
use crate::embed::word::WordStyle;
use crate::{Embedder, Language};

/// Texts of a language that its mean vector is found from.
const MEAN_SAMPLE: usize = 20_000;

/// What was read.
pub(crate) struct Material {
    pub(crate) corpus: Corpus,
    pub(crate) groups: Vec<Group>,
    pub(crate) languages: Vec<Language>,
    /// Texts in one language, by language.
    pub(crate) texts: Vec<Vec<u32>>,
    /// Shares of words in the lists, by language.
    listed: Vec<Vec<(u32, f64)>>,
}

impl Material {
    pub(crate) fn read(inputs: &Inputs, config: &TrainConfig) -> Result<Material, TrainError> {
        let mut corpus = Corpus::default();
        let mut groups = Vec::new();
        for file in &inputs.pairs {
            groups.extend(corpus.read_pairs(file, config.batch, &inputs.skip)?);
        }
        let mut languages: Vec<Language> =
            groups.iter().flat_map(|group| group.languages).collect();
        languages.sort();
        languages.dedup();
        if groups.is_empty() {
            return Err(TrainError::TooLittle("there are no pairs".to_string()));
        }
        let place = |language: Language, what: &str| {
            let place = languages.iter().position(|known| *known == language);
            place.ok_or_else(|| {
                TrainError::TooLittle(format!("no pairs in `{language}`, which has {what}"))
            })
        };
        let mut texts = vec![Vec::new(); languages.len()];
        for file in &inputs.texts {
            let at = place(file.language, "texts")?;
            let content = file.content()?;
            let mut buffer = String::new();
            texts[at].extend(content.lines().filter_map(|line| corpus.add(line, &mut buffer)));
        }
        let mut listed = vec![Vec::new(); languages.len()];
        for file in &inputs.words {
            let at = place(file.language, "a list of words")?;
            listed[at].extend(corpus.read_words(file)?);
        }
        Ok(Material { corpus, groups, languages, texts, listed })
    }

    /// The given vocabulary, the kept one, or one that is learnt.
    pub(crate) fn vocabulary(
        &self,
        inputs: &Inputs,
        config: &TrainConfig,
        folder: Option<&Path>,
    ) -> Result<Vec<(String, f32)>, TrainError> {
        if let Some(path) = &inputs.vocabulary {
            return vocabulary(path);
        }
        let key = self.key(inputs, config, &[], None);
        let kept = folder.map(|folder| folder.join(format!("vocabulary-{key:016x}.tsv")));
        if let Some(path) = kept.as_ref().filter(|path| path.is_file()) {
            return vocabulary(path);
        }
        let pieces = learn(&self.counts(config.listed), &config.vocabulary);
        if pieces.is_empty() {
            return Err(TrainError::TooLittle("there are no words".to_string()));
        }
        if let Some(path) = kept {
            let lines: String =
                pieces.iter().map(|(piece, log)| format!("{piece}\t{log}\n")).collect();
            state::write(&path, &[lines.as_bytes()])?;
        }
        Ok(pieces)
    }

    /// Every word with its count: all languages weigh the same, and so do the lists
    /// and the texts of one as `listed` tells.
    fn counts(&self, listed: f64) -> Vec<(String, f64)> {
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
            let listed = if self.listed[at].is_empty() { 0.0 } else { listed };
            counts.iter_mut().zip(own).for_each(|(all, own)| *all += (1.0 - listed) * own / sum);
            for &(word, share) in &self.listed[at] {
                counts[word as usize] += listed * share;
            }
        }
        // What is as rare as a slip is no word worth a piece.
        let words = self.corpus.words.iter().cloned().zip(counts);
        words.filter(|(_, count)| *count > 1e-8).map(|(word, count)| (word, count * 1e8)).collect()
    }

    pub(crate) fn measured(&mut self, inputs: &Inputs) -> Result<Vec<Group>, TrainError> {
        let mut all = Vec::new();
        for file in &inputs.measured {
            all.extend(self.corpus.read_pairs(file, 0, &[])?);
        }
        let unknown = |group: &&Group| {
            group.languages.iter().any(|language| !self.languages.contains(language))
        };
        match all.iter().find(unknown) {
            Some(group) => {
                let what = format!("no pairs in the languages of `{}`, to measure", group.name);
                Err(TrainError::TooLittle(what))
            }
            None => Ok(all),
        }
    }

    pub(crate) fn cut(&self, pieces: &[(String, f32)]) -> Result<Cuts, TrainError> {
        let malformed = |what: String| TrainError::Model(ModelError::Malformed(what));
        let mut keys: Vec<(&[u8], u32)> = pieces
            .iter()
            .enumerate()
            .map(|(at, (piece, _))| (piece.as_bytes(), at as u32))
            .collect();
        keys.sort_unstable();
        let trie = DoubleArrayBuilder::build(&keys)
            .map_err(|error| malformed(format!("vocabulary: {error}")))?;
        let trie =
            DoubleArray::new(Cow::Owned(trie)).map_err(|error| malformed(error.to_string()))?;
        let scores: Vec<f32> = pieces.iter().map(|(_, log)| *log).collect();
        let unknown = unknown_score(&scores);
        let mut tokenizer = Tokenizer::new(&trie, &scores, unknown, WordStyle::Folded);
        let mut cuts = Cuts::new();
        for word in &self.corpus.words {
            let best = tokenizer.cut(word, usize::MAX).to_vec();
            let longest =
                best.iter().map(|&piece| pieces[piece as usize].0.len()).max().unwrap_or(1);
            let other = tokenizer.cut(word, longest - 1).to_vec();
            cuts.push(&best, if other.is_empty() { &best } else { &other });
        }
        Ok(cuts)
    }

    /// Texts of each language to find its mean vector from: sentences, or whatever
    /// there is.
    pub(crate) fn means_of(&self, cuts: &Cuts) -> Vec<Vec<Vec<u32>>> {
        let of = |language: &Language| {
            let mut texts: Vec<u32> = Vec::new();
            for join in [true, false] {
                for group in self.groups.iter().filter(|group| (group.join == 1) == join) {
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
            let every = texts.len().div_ceil(MEAN_SAMPLE).max(1);
            let texts = texts.into_iter().step_by(every);
            texts.map(|text| cuts.text(self.corpus.text(text))).collect()
        };
        self.languages.iter().map(of).collect()
    }

    /// Names the run: equal for equal inputs and settings, number of threads aside.
    pub(crate) fn key(
        &self,
        inputs: &Inputs,
        config: &TrainConfig,
        pieces: &[(String, f32)],
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
        for (piece, log) in pieces {
            hash.update(piece.as_bytes());
            hash.update(&log.to_le_bytes());
        }
        hash.digest()
    }
}

/// Reads a vocabulary.
fn vocabulary(path: &Path) -> Result<Vec<(String, f32)>, TrainError> {
    let text = read(path)?;
    let piece = |(at, line): (usize, &str)| {
        let read = line.split_once('\t').and_then(|(piece, log)| {
            let log = log.parse::<f32>().ok().filter(|log| log.is_finite())?;
            (!piece.is_empty()).then(|| (piece.to_string(), log))
        });
        read.ok_or_else(|| TrainError::Line {
            path: path.to_path_buf(),
            line: at + 1,
            reason: "needs a piece and its log probability with a tab between".to_string(),
        })
    };
    text.lines().enumerate().map(piece).collect()
}
