//! The sentences that a teacher is asked about.

use rustc_hash::FxHashMap;

use super::TrainError;
use super::corpus::Corpus;
use super::model::place;
use super::random::Random;
use super::run::Inputs;
use crate::Language;

/// Shorter texts, in characters, tell too little.
const MIN_CHARACTERS: usize = 40;
/// No source has more than this part of a file's sample, where there are others.
const MAX_SOURCE_SHARE_DIVISOR: usize = 10;

/// Sentences by language with their ids, and which are translations of one another:
/// language and place.
#[derive(Default)]
pub(crate) struct Sample {
    pub(crate) texts: Vec<Vec<(String, u32)>>,
    pub(crate) pairs: Vec<[[usize; 2]; 2]>,
}

impl Sample {
    /// About `size` pairs, as many from each file of sentences, and texts in one
    /// language.
    pub(crate) fn draw(
        inputs: &Inputs,
        corpus: &mut Corpus,
        languages: &[Language],
        size: usize,
        seed: u64,
    ) -> Result<Sample, TrainError> {
        let mut sample = Sample { texts: vec![Vec::new(); languages.len()], pairs: Vec::new() };
        let mut places: FxHashMap<(usize, u32), usize> = FxHashMap::default();
        let files: Vec<_> = inputs.pairs.iter().filter(|file| file.join == 1).collect();
        let share = size / (files.len() + inputs.texts.len()).max(1);
        for (at, file) in files.iter().enumerate() {
            let text = file.content()?;
            let mut sources: Vec<(&str, Vec<[&str; 2]>)> = Vec::new();
            let mut known: FxHashMap<&str, usize> = FxHashMap::default();
            for line in text.lines() {
                let mut fields = line.rsplitn(3, '\t');
                let (Some(b), Some(a)) = (fields.next(), fields.next()) else { continue };
                let source = fields.next().unwrap_or_default();
                if long(a) && long(b) && !inputs.skip.iter().any(|skipped| skipped == source) {
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
                    let language = place(languages, file.languages[side]);
                    sample.add(corpus, &mut places, language, drawn[at as usize][side])
                });
                if let [Some(a), Some(b)] = sides {
                    sample.pairs.push([a, b]);
                }
            }
        }
        for (at, file) in inputs.texts.iter().enumerate() {
            let text = file.content()?;
            let lines: Vec<&str> = text.lines().filter(|line| long(line)).collect();
            for line in Random::new(seed, 7, at as u64).order(lines.len()).into_iter().take(share) {
                let language = place(languages, file.language);
                sample.add(corpus, &mut places, language, lines[line as usize]);
            }
        }
        if sample.len() == 0 {
            let what = format!("the teacher needs texts of {MIN_CHARACTERS} characters and more");
            return Err(TrainError::TooLittle(what));
        }
        Ok(sample)
    }

    /// Number of texts.
    pub(crate) fn len(&self) -> usize {
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

fn long(text: &str) -> bool {
    text.chars().nth(MIN_CHARACTERS - 1).is_some()
}
