//! The sample of texts that the teacher embeds.

use rustc_hash::FxHashMap;

use super::super::error::TrainError;
use super::super::random::Random;
use super::corpus::{Corpus, language_index};
use super::files::read_text;
use super::inputs::TrainInputs;
use crate::Language;

/// Texts with fewer characters say too little about their subwords.
const MIN_TEXT_CHARACTERS: usize = 40;
/// A source has at most one in this many pairs of the sample of a file, if the file
/// has enough sources.
const MAX_SOURCE_SHARE_DIVISOR: usize = 10;

/// A sample of texts.
#[derive(Default)]
pub(in crate::train) struct TeacherSample {
    /// The texts of each language, with their ids in the corpus.
    pub(in crate::train) texts: Vec<Vec<(String, u32)>>,
    /// Translations: language and index of both texts.
    pub(in crate::train) pairs: Vec<[[usize; 2]; 2]>,
}

impl TeacherSample {
    /// Draws about `size` pairs and monolingual texts, with equal shares of all
    /// files. Files of terms are not used.
    pub(in crate::train) fn draw(
        inputs: &TrainInputs,
        corpus: &mut Corpus,
        languages: &[Language],
        size: usize,
        seed: u64,
    ) -> Result<TeacherSample, TrainError> {
        let mut sample =
            TeacherSample { texts: vec![Vec::new(); languages.len()], pairs: Vec::new() };
        let mut places: FxHashMap<(usize, u32), usize> = FxHashMap::default();
        let files: Vec<_> = inputs.pairs.iter().filter(|file| file.max_joined == 1).collect();
        let share = size / (files.len() + inputs.texts.len()).max(1);
        for (at, file) in files.iter().enumerate() {
            let text = read_text(&file.path)?;
            let mut sources: Vec<(&str, Vec<[&str; 2]>)> = Vec::new();
            let mut known: FxHashMap<&str, usize> = FxHashMap::default();
            for line in text.lines() {
                let mut fields = line.rsplitn(3, '\t');
                let (Some(b), Some(a)) = (fields.next(), fields.next()) else { continue };
                let source = fields.next().unwrap_or_default();
                if is_long(a)
                    && is_long(b)
                    && !inputs.skipped_sources.iter().any(|skipped| skipped == source)
                {
                    let place = *known.entry(source).or_insert(sources.len());
                    if place == sources.len() {
                        sources.push((source, Vec::new()));
                    }
                    sources[place].1.push([a, b]);
                }
            }
            let most = share.div_ceil(MAX_SOURCE_SHARE_DIVISOR.min(sources.len()).max(1));
            let mut drawn = Vec::new();
            for (source, (_, pairs)) in sources.iter().enumerate() {
                let order =
                    Random::new(seed, 5, (at as u64) << 32 | source as u64).order(pairs.len());
                drawn.extend(order.iter().take(most).map(|&pair| pairs[pair as usize]));
            }
            for at in Random::new(seed, 6, at as u64).order(drawn.len()).into_iter().take(share) {
                let sides = [0, 1].map(|side| {
                    let language = language_index(languages, file.languages[side]);
                    sample.add(corpus, &mut places, language, drawn[at as usize][side])
                });
                if let [Some(a), Some(b)] = sides {
                    sample.pairs.push([a, b]);
                }
            }
        }
        for (at, file) in inputs.texts.iter().enumerate() {
            let text = read_text(&file.path)?;
            let lines: Vec<&str> = text.lines().filter(|line| is_long(line)).collect();
            for line in Random::new(seed, 7, at as u64).order(lines.len()).into_iter().take(share) {
                let language = language_index(languages, file.language);
                sample.add(corpus, &mut places, language, lines[line as usize]);
            }
        }
        if sample.len() == 0 {
            let what =
                format!("the teacher needs texts of at least {MIN_TEXT_CHARACTERS} characters");
            return Err(TrainError::NotEnoughData(what));
        }
        Ok(sample)
    }

    /// The number of texts.
    pub(in crate::train) fn len(&self) -> usize {
        self.texts.iter().map(Vec::len).sum()
    }

    fn add(
        &mut self,
        corpus: &mut Corpus,
        places: &mut FxHashMap<(usize, u32), usize>,
        language: usize,
        text: &str,
    ) -> Option<[usize; 2]> {
        let id = corpus.add(text, &mut String::new())?;
        let texts = &mut self.texts[language];
        let place = *places.entry((language, id)).or_insert(texts.len());
        if place == texts.len() {
            texts.push((text.to_string(), id));
        }
        Some([language, place])
    }
}

/// Whether a text is long enough for the sample.
fn is_long(text: &str) -> bool {
    text.chars().nth(MIN_TEXT_CHARACTERS - 1).is_some()
}
