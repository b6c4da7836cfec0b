//! Whether two articles that align well say different things.
//!
//! Pages that are made from one template align sentence by sentence, though one is about version
//! 2.4.3 and the other about 2.4.4. What tells them apart are numbers and names. Both are compared
//! where the alignment puts the two articles side by side: in beads, and where as many
//! sentences stand between the same beads on either side. A number or name that only one side
//! has may have been left out; where each side has one that the other lacks, they contradict each
//! other.
//!
//! Names are capitalised words within a sentence, words with figures such as `A380`, and Latin
//! words in Ukrainian. Web and mail addresses are compared with them. A name has a counterpart if the other article has a word of the same letters, or of the same consonants
//! across scripts; or if a word beside it is near in the model's vectors (`Germany`,
//! `Deutschland`).

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::PairingConfig;
use crate::align::name_key;
use crate::corpus::filter::{address_mismatch, number_mismatch};
use crate::{Aligner, Article, Bitext, Language, Pair, Result};

/// Why two articles that align well are not versions of one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Contradiction {
    /// Their numbers contradict each other: versions, prices, dates, telephone numbers.
    Numbers,
    /// Their names contradict each other: places, people, products.
    Names,
}

impl Contradiction {
    /// All of them.
    pub const ALL: [Contradiction; 2] = [Contradiction::Numbers, Contradiction::Names];

    /// The name that outputs use.
    pub fn code(self) -> &'static str {
        match self {
            Contradiction::Numbers => "numbers",
            Contradiction::Names => "names",
        }
    }
}

/// A score of [`number_mismatch`] up to this is of numbers that one side lacks; a contradiction
/// scores more. (A lone number counts an eighth.)
const LACKING: f32 = 0.125;

/// Places that may contradict each other in any two versions: one typing error, or one number
/// that was brought up to date.
const SLIPS: f32 = 1.0;

/// The cosine from which two words of different languages are taken for translations, as
/// in the aligner's lexical evidence.
const TRANSLATED: f32 = 0.4;

/// The most unaligned sentences on either side that are compared as replacements of each other;
/// longer runs are other sections, not filled-in fields.
const REPLACED: usize = 4;

/// Words of a place whose vectors are compared; a bound for sentences that never end.
const COMPARED: usize = 200;

/// What speaks against two articles being versions of one another, if anything does: see
/// [`max_contradicted`](PairingConfig::max_contradicted) and
/// [`agreement_weight`](PairingConfig::agreement_weight). Of three articles every two are compared.
///
/// # Errors
///
/// Those of [`Aligner::align`] about the embedder.
///
/// ```
/// use bitext::corpus::{Contradiction, PairingConfig, contradiction};
/// use bitext::{Aligner, Article, Language};
///
/// let aligner = Aligner::new()?;
/// let compare = |german| {
///     let english = "Quillpad 2.7.1 is here. The release fixes 14 errors. Thanks to everyone.";
///     let articles = [Article::new(Language::ENGLISH, english), Article::new(Language::GERMAN, german)];
///     contradiction(&aligner, &aligner.align(articles)?, &PairingConfig::default())
/// };
/// let same = "Quillpad 2.7.1 ist da. Die Version behebt 14 Fehler. Danke an alle.";
/// assert_eq!(compare(same)?, None);
/// let twin = "Quillpad 2.9.0 ist da. Die Version behebt 31 Fehler. Danke an alle.";
/// assert_eq!(compare(twin)?, Some(Contradiction::Numbers));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn contradiction(
    aligner: &Aligner,
    bitext: &Bitext,
    config: &PairingConfig,
) -> Result<Option<Contradiction>> {
    for pair in bitext.pairs() {
        let articles = (bitext.article(pair.source), bitext.article(pair.target));
        let (Some(source), Some(target)) = articles else { continue };
        let places = places(pair, source, target);
        if numbers(pair, &places).contradicts(places.len(), config) {
            return Ok(Some(Contradiction::Numbers));
        }
        let mut names = Names::new(source, target, &places);
        if names.evidence().contradicts(places.len(), config) {
            // Only now, as vectors of words cost more than all else here.
            names.translate(aligner)?;
            if names.evidence().contradicts(places.len(), config) {
                return Ok(Some(Contradiction::Names));
            }
        }
    }
    Ok(None)
}

/// Texts that the alignment puts side by side: of the source and of the target.
type Place = [String; 2];

/// The beads, and what replaces each other between them.
fn places(pair: &Pair, source: &Article, target: &Article) -> Vec<Place> {
    let (source, target): (Vec<&str>, Vec<&str>) =
        (source.sentences().collect(), target.sentences().collect());
    let join = |sentences: &[&str], at: &[usize]| -> String {
        let texts: Vec<&str> = at.iter().filter_map(|at| sentences.get(*at)).copied().collect();
        texts.join(" ")
    };
    let mut places = Vec::new();
    let mut reached = (0, 0);
    for bead in &pair.beads {
        let [one, other] = bead.parts() else { continue };
        let (x, y) = (&one.sentences, &other.sentences);
        let (Some(&first), Some(&second)) = (x.first(), y.first()) else { continue };
        let gap = (first.saturating_sub(reached.0), second.saturating_sub(reached.1));
        if gap.0 == gap.1 && (1..=REPLACED).contains(&gap.0) {
            let lines = source[reached.0..first].iter().zip(&target[reached.1..second]);
            places.extend(lines.map(|(x, y)| [x.to_string(), y.to_string()]));
        } else if (1..=REPLACED).contains(&gap.0) && (1..=REPLACED).contains(&gap.1) {
            let (x, y) = (&source[reached.0..first], &target[reached.1..second]);
            places.push([x.join(" "), y.join(" ")]);
        }
        places.push([join(&source, x), join(&target, y)]);
        let last = |sentences: &[usize]| sentences.last().map_or(0, |last| last + 1);
        reached = (reached.0.max(last(x)), reached.1.max(last(y)));
    }
    places
}

/// How much of what is compared agrees, and how much contradicts, in places.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Evidence {
    agreeing: f32,
    contradicting: f32,
}

impl Evidence {
    fn contradicts(&self, places: usize, config: &PairingConfig) -> bool {
        let outweighed = config.agreement_weight * self.agreeing;
        self.contradicting > SLIPS
            && self.contradicting > config.max_contradicted * places as f32 + outweighed
    }

    /// Adds a place, of which this share contradicts.
    fn add(&mut self, contradicting: f32) {
        self.contradicting += contradicting;
        self.agreeing += 1.0 - contradicting;
    }
}

/// Of each place, how much its numbers contradict each other, and how much they agree.
fn numbers(pair: &Pair, places: &[Place]) -> Evidence {
    let has_figure = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let mut evidence = Evidence::default();
    for [source, target] in places.iter().filter(|place| place.iter().all(|text| has_figure(text)))
    {
        let mismatch = number_mismatch((pair.source, source), (pair.target, target));
        let contradicting = if mismatch > LACKING { mismatch } else { 0.0 };
        evidence.add(contradicting);
    }
    evidence
}

/// The names of two articles, by place.
struct Names<'a> {
    languages: [Language; 2],
    places: Vec<[SideNames<'a>; 2]>,
}

/// The names of one side of a place.
#[derive(Default)]
struct SideNames<'a> {
    text: &'a str,
    /// Whether capitals tell names in this language: German nouns have them too.
    sure: bool,
    found: usize,
    missing: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn new(source: &Article, target: &Article, places: &'a [Place]) -> Names<'a> {
        let languages = [source.language(), target.language()];
        let known = [Known::new(source), Known::new(target)];
        let side = |place: &'a Place, at: usize| {
            let (text, language) = (place[at].as_str(), languages[at]);
            let sure = language.primary() != "de";
            let mut side = SideNames { text, sure, ..SideNames::default() };
            for name in names(language, text) {
                match known[1 - at].has(language, name) {
                    Some(true) => side.found += 1,
                    Some(false) => side.missing.push(name),
                    // Too short to be known in another spelling.
                    None => {}
                }
            }
            side
        };
        let places = places.iter().map(|place| [side(place, 0), side(place, 1)]).collect();
        Names { languages, places }
    }

    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        for sides in &self.places {
            let [source, target] = [0, 1].map(|at: usize| sides[at].text);
            if has_address(source) && has_address(target) {
                evidence.add(address_mismatch(source, target));
            }
            // What capitals do not tell counts only where it is missing.
            let most = sides.iter().filter(|side| side.sure);
            let most = most.map(|side| side.found + side.missing.len()).max().unwrap_or_default();
            let found = sides.iter().filter(|side| side.sure).map(|side| side.found).max();
            if most == 0 {
                continue;
            }
            let missing = sides[0].missing.len().min(sides[1].missing.len()).min(most);
            evidence.contradicting += missing as f32 / most as f32;
            evidence.agreeing += found.unwrap_or_default() as f32 / most as f32;
        }
        evidence
    }

    /// Finds names that are translated, in the places that contradict.
    fn translate(&mut self, aligner: &Aligner) -> Result<()> {
        let contradict =
            |sides: &[SideNames<'_>; 2]| sides.iter().all(|side| !side.missing.is_empty());
        let mut vectors = Vec::new();
        for (at, language) in self.languages.into_iter().enumerate() {
            let mut words: Vec<&str> = self
                .places
                .iter()
                .filter(|sides| contradict(sides))
                .flat_map(|sides| words(sides[at].text).take(COMPARED))
                .collect();
            words.sort_unstable();
            words.dedup();
            if words.is_empty() {
                return Ok(());
            }
            let article = Article::from_sentences(language, words.iter().copied());
            let (rows, _) = aligner.sentence_vectors(&article)?;
            let rows = rows.rows().into_iter().map(|row| row.to_vec());
            vectors.push(words.into_iter().zip(rows).collect::<BTreeMap<&str, Vec<f32>>>());
        }
        let near = |at: usize, name: &str, text: &str| {
            let Some(own) = vectors[at].get(name) else { return false };
            let others = words(text).take(COMPARED).filter_map(|word| vectors[1 - at].get(word));
            others.into_iter().any(|other| {
                own.iter().zip(other).map(|(x, y)| x * y).sum::<f32>() >= TRANSLATED
            })
        };
        for sides in self.places.iter_mut().filter(|sides| contradict(sides)) {
            for at in 0..2 {
                let text = sides[1 - at].text;
                let before = sides[at].missing.len();
                sides[at].missing.retain(|name| !near(at, name, text));
                sides[at].found += before - sides[at].missing.len();
            }
        }
        Ok(())
    }
}

/// The words of an article, as names of another are looked up.
struct Known {
    spelled: HashSet<String>,
    keys: HashSet<u64>,
}

impl Known {
    fn new(article: &Article) -> Known {
        let mut known = Known { spelled: HashSet::new(), keys: HashSet::new() };
        for word in article.sentences().flat_map(words) {
            known.keys.extend(name_key(article.language(), word));
            known.spelled.insert(word.to_lowercase());
        }
        known
    }

    /// Whether it has a name; `None` where that cannot be said.
    fn has(&self, language: Language, name: &str) -> Option<bool> {
        if self.spelled.contains(&name.to_lowercase()) {
            return Some(true);
        }
        if name.contains(|c: char| c.is_ascii_digit()) {
            return Some(false);
        }
        name_key(language, name).map(|key| self.keys.contains(&key))
    }
}

fn has_address(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@')
}

/// Runs of letters, figures behind them, and apostrophes inside.
fn words(text: &str) -> impl Iterator<Item = &str> {
    placed_words(text).map(|(_, word)| word)
}

/// The same with the byte where each starts.
fn placed_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let apostrophe = ['\'', '’', 'ʼ'];
    let inside = move |c: char| c.is_alphanumeric() || apostrophe.contains(&c);
    let mut start = 0;
    text.split_inclusive(move |c| !inside(c)).filter_map(move |part| {
        let at = start;
        start += part.len();
        let word = part.trim_end_matches(|c| !inside(c));
        let trimmed = word.trim_start_matches(apostrophe);
        let at = at + word.len() - trimmed.len();
        let word = trimmed.trim_end_matches(apostrophe);
        word.starts_with(char::is_alphabetic).then_some((at, word))
    })
}

/// The words of a text that may be names.
fn names(language: Language, text: &str) -> Vec<&str> {
    let upper = |word: &str| word.starts_with(char::is_uppercase);
    let is_long = |word: &&str| word.chars().nth(3).is_some();
    // A headline in title case tells no names.
    let is_title = language.primary() == "en" && {
        let (mut all, mut capitals) = (0, 0);
        for word in words(text).filter(is_long) {
            all += 1;
            capitals += usize::from(upper(word));
        }
        all > 2 && capitals * 2 > all
    };
    let is_latin = |word: &str| {
        language.primary() == "uk" && word.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let is_code = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.contains(|c: char| c.is_ascii_digit())
    };
    // Where any word has a capital.
    let starts = |before: &str| {
        let last = before.trim_end().chars().next_back();
        last.is_none_or(|c| ".:!?…\"“”„«(–—-•*".contains(c))
    };
    let name = |(at, word): (usize, &'_ str)| {
        let inside = || !is_title && !starts(&text[..at]);
        word.chars().nth(2).is_some() && (is_latin(word) || is_code(word) || (upper(word) && inside()))
    };
    placed_words(text).filter(|word| name(*word)).map(|(_, word)| word).collect()
}
