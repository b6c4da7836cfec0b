//! Names: whether each article has the names of the other.
//!
//! A name has a counterpart if the other article has a word with the same letters, or with the same consonants
//! across scripts, or a word with a similar vector (`Germany`, `Deutschland`).

use std::collections::{BTreeMap, HashMap};

use super::agreement::AgreementCounts;
use super::passages::Passage;
use super::words::{names, words};
use crate::align::name_sounds;
use crate::corpus::filter::url_mismatch;
use crate::{Aligner, Article, Language, LanguagePair, Result};

/// The cosine of two words in different languages from which they are translations. It is also the value for
/// the aligner's word features.
const MIN_TRANSLATION_COSINE: f32 = 0.4;

/// Words of a passage that are compared, at most. It bounds the time for sentences without an end.
const MAX_PASSAGE_WORDS: usize = 200;

/// The names of two articles by passage.
pub(super) struct PairNames<'a> {
    languages: [Language; 2],
    passages: Vec<PassageNames<'a>>,
}

struct PassageNames<'a> {
    passage: &'a Passage,
    sides: [SideNames<'a>; 2],
}

/// The names on one side of a passage.
#[derive(Default)]
struct SideNames<'a> {
    /// Whether capitals mark names in this language. German nouns have capitals too.
    capitals_mark_names: bool,
    /// The number of names that the other side has.
    found: usize,
    /// Names that the other side does not have.
    missing: Vec<&'a str>,
}

impl PassageNames<'_> {
    fn contradicts(&self) -> bool {
        self.sides.iter().all(|side| !side.missing.is_empty())
    }
}

impl<'a> PairNames<'a> {
    pub fn new(pair: &LanguagePair, passages: &'a [Passage]) -> PairNames<'a> {
        let languages = [pair.source, pair.target];
        let passages = passages.iter().map(|passage| {
            let words = [0, 1].map(|at: usize| known_words(languages[at], &passage.texts[at]));
            let sides = [0, 1].map(|at: usize| {
                let language = languages[at];
                let capitals_mark_names = language.primary() != "de";
                let mut side = SideNames { capitals_mark_names, ..SideNames::default() };
                for name in names(language, &passage.texts[at]).into_iter().take(MAX_PASSAGE_WORDS)
                {
                    match contains_name(&words[1 - at], language, name) {
                        Some(true) => side.found += 1,
                        Some(false) => side.missing.push(name),
                        // Too short to be recognised in another spelling.
                        None => {}
                    }
                }
                side
            });
            PassageNames { passage, sides }
        });
        PairNames { languages, passages: passages.collect() }
    }

    /// Compares the names and addresses of all passages.
    pub fn compare(&self) -> AgreementCounts {
        let mut counts = AgreementCounts::default();
        let mut missed = [MissedNames::default(), MissedNames::default()];
        for PassageNames { passage, sides } in &self.passages {
            let [source, target] = &passage.texts;
            if has_address(source) && has_address(target) {
                let mismatch = url_mismatch(source, target);
                counts.add(passage.weight, 1.0 - mismatch, mismatch);
            }
            // German names count only as missing ones, because common nouns would count as found.
            let sure = || sides.iter().filter(|side| side.capitals_mark_names);
            let most = sure().map(|side| side.found + side.missing.len()).max().unwrap_or_default();
            if most == 0 {
                continue;
            }
            let found = sure().map(|side| side.found).max().unwrap_or_default();
            let missing = [0, 1].map(|side: usize| {
                let names = sides[side].missing.iter();
                names.map(|name| missed[side].weight(name)).sum::<f32>()
            });
            let missing = missing[0].min(missing[1]).min(most as f32);
            counts.add(passage.weight, found as f32 / most as f32, missing / most as f32);
        }
        counts
    }

    /// Finds translated names by their word vectors, in the passages that contradict.
    pub fn translate(&mut self, aligner: &Aligner) -> Result<()> {
        let mut vectors = Vec::new();
        for (at, language) in self.languages.into_iter().enumerate() {
            let passages = self.passages.iter().filter(|names| names.contradicts());
            let texts = passages.map(|names| names.passage.texts[at].as_str());
            let mut own: Vec<&str> =
                texts.flat_map(|text| words(text).take(MAX_PASSAGE_WORDS)).collect();
            own.sort_unstable();
            own.dedup();
            if own.is_empty() {
                return Ok(());
            }
            let article = Article::from_sentences(language, own.iter().copied());
            let (rows, _) = aligner.sentence_vectors(&article)?;
            let rows = rows.rows().into_iter().map(|row| row.to_vec());
            vectors.push(own.into_iter().zip(rows).collect::<BTreeMap<&str, Vec<f32>>>());
        }
        let is_near = |at: usize, name: &str, text: &str| {
            let Some(own) = vectors[at].get(name) else { return false };
            let mut others =
                words(text).take(MAX_PASSAGE_WORDS).filter_map(|word| vectors[1 - at].get(word));
            others.any(|other| {
                own.iter().zip(other).map(|(x, y)| x * y).sum::<f32>() >= MIN_TRANSLATION_COSINE
            })
        };
        for names in self.passages.iter_mut().filter(|names| names.contradicts()) {
            for (at, side) in names.sides.iter_mut().enumerate() {
                let text = &names.passage.texts[1 - at];
                let before = side.missing.len();
                side.missing.retain(|name| !is_near(at, name, text));
                side.found += before - side.missing.len();
            }
        }
        Ok(())
    }
}

/// How often each name was missing so far. A name in an unknown spelling is missing in every sentence, so
/// its n-th occurrence counts as 1/n.
#[derive(Default)]
struct MissedNames(HashMap<String, f32>);

impl MissedNames {
    fn weight(&mut self, name: &str) -> f32 {
        let times = self.0.entry(name.to_lowercase()).or_default();
        *times += 1.0;
        1.0 / *times
    }
}

/// A word in lower case, and its consonants.
type KnownWord = (String, Vec<u8>);

fn known_words(language: Language, text: &str) -> Vec<KnownWord> {
    let words = words(text).take(MAX_PASSAGE_WORDS);
    words.map(|word| (word.to_lowercase(), name_sounds(language, word))).collect()
}

/// Whether a name is among words of another language; `None` if the name is too short to decide.
fn contains_name(words: &[KnownWord], language: Language, name: &str) -> Option<bool> {
    let spelled = name.to_lowercase();
    if words.iter().any(|(word, _)| *word == spelled) {
        return Some(true);
    }
    if name.contains(|c: char| c.is_ascii_digit()) {
        return Some(false);
    }
    let sounds = name_sounds(language, name);
    if sounds.is_empty() {
        return None;
    }
    Some(words.iter().any(|(_, other)| sound_alike(&sounds, other)))
}

/// Whether two words begin with the same consonants. One may have more of them (`Harrow`, `Гарроу`). In
/// biblical and Greek names, b may correspond to v, and h may be missing (`Babylon`, `Вавилон`;
/// `Hezekiah`, `Єзекія`).
fn sound_alike(one: &[u8], other: &[u8]) -> bool {
    let same_start = |one: &[u8], other: &[u8], least: usize| {
        let both = one.len().min(other.len());
        both >= least && one[..both] == other[..both]
    };
    let softened = |sounds: &[u8]| -> Vec<u8> {
        let kept = sounds.iter().filter(|sound| !matches!(sound, b'h' | b'a'));
        kept.map(|sound| if *sound == b'b' { b'v' } else { *sound }).collect()
    };
    same_start(one, other, 2) || same_start(&softened(one), &softened(other), 2)
}

fn has_address(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_long_sentences_take_little_time() {
        let long = |word: &str| word.repeat(60_000);
        let (english, german) = (long("Harrow met Ann 17. "), long("Dorner traf Eva 18. "));
        let texts = [english.replace('.', ","), german.replace('.', ",")];
        let begun = std::time::Instant::now();
        let articles = [
            Article::new(Language::ENGLISH, texts[0].as_str()),
            Article::new(Language::GERMAN, texts[1].as_str()),
        ];
        let passage = Passage::new(&[articles[0].text()], &[articles[1].text()]);
        let pair =
            LanguagePair { source: Language::ENGLISH, target: Language::GERMAN, beads: Vec::new() };
        let _ = PairNames::new(&pair, &[passage]).compare();
        assert!(begun.elapsed().as_secs() < 20);
    }
}
