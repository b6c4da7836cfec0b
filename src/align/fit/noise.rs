//! Training examples with the noise of web articles, made from parallel documents.
//!
//! Parallel documents correspond segment by segment, but articles on the web do not: sentences are
//! merged, missing or inserted, and teasers of other articles follow the text. So
//! [`noisy_examples`] merges, drops and inserts segments at random. Each language has its own
//! noise. The random numbers depend on ids alone: the same documents give the same examples.
//!
//! `noisy_side` makes a [`Side`] of texts, as `prepare` does for the aligner, but with simpler means:
//!
//! * It always splits with [`RuleSplitter`].
//! * It keeps lead-ins such as `Read also: `, which `prepare` strips with `text_to_embed`.
//! * It adds no vectors of spans, which `prepare` embeds by default if the model is not additive. For
//!   such a model, weights are learnt from averages of sentence vectors.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::align::features::side::Side;
use crate::align::fit::Example;
use crate::align::length::length_factor;
use crate::split_mix::SplitMix64;
use crate::{Embedder, Error, Language, Result, RuleSplitter, Splitter, text};

/// Chance that a segment is merged with the one before.
const MERGE_CHANCE: f64 = 0.2;

/// Share of the segments that are dropped; at least one is.
const DROPPED_SHARE: f64 = 0.1;

/// Least number of segments that are inserted together, and by how many there may be more.
const MIN_INSERTED: usize = 3;
const MORE_INSERTED: usize = 5;

/// Least number of segments that are appended, and by how many there may be more.
const MIN_APPENDED: usize = 8;
const MORE_APPENDED: usize = 8;

/// Chance that an appended segment is the headline of its document, as in a list of teasers.
const HEADLINE_CHANCE: f64 = 0.7;

/// Share of the segments at which languages say something else, the chance that two of three do, and
/// the sizes (old, new) of what is replaced.
const REPLACED_SHARE: f64 = 0.12;
const BOTH_REPLACED_CHANCE: f64 = 0.5;
const REPLACED_SIZES: [(usize, usize); 10] =
    [(1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (2, 2), (1, 2), (2, 1)];

/// Segments of other documents that a replacement is chosen from, by its length.
const REPLACEMENT_CANDIDATES: usize = 4;

/// Segments of the text for each short line that is inserted.
const SEGMENTS_PER_LINE: usize = 6;

/// Chance that a short line is one of [`SITE_LINES`]. Else it is some words of another document.
const SITE_LINE_CHANCE: f64 = 0.6;
const MAX_LINE_WORDS: usize = 5;

/// Numbers of lines at an end of the text, equally likely, and the chance of lines at the start.
const END_LINES: [usize; 9] = [1, 1, 2, 2, 3, 4, 6, 10, 16];
const START_LINES_CHANCE: f64 = 0.4;

/// Chance that a line at an end is a short line.
const SHORT_END_CHANCE: f64 = 0.3;

/// Lines of websites, written for this project: a kind per row, in English, Ukrainian and German.
const SITE_LINES: &str = include_str!("../data/site-lines.tsv");

/// Chance that the aligner knows the segment boundaries of an example. Else it is like plain text.
const SEGMENTED_CHANCE: f64 = 0.6;

/// Bytes of a segment that a sentence may have without belonging to it: the splitter may draw a
/// bracket or quotation mark to the neighbour.
const STRAY_BYTES: usize = 2;

/// A document in two or three languages, whose segments correspond one to one.
#[derive(Clone, Debug, PartialEq)]
pub struct ParallelDocument {
    id: String,
    sides: Vec<(Language, Vec<String>)>,
}

impl ParallelDocument {
    /// Takes the segments of each language. The `id` seeds the random numbers of the noise, and
    /// should be unique.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if there are less than two
    /// languages, or they have not the same number of segments, at least one.
    pub fn new(
        id: impl Into<String>,
        sides: Vec<(Language, Vec<String>)>,
    ) -> Result<ParallelDocument> {
        let count = sides.first().map_or(0, |(_, segments)| segments.len());
        if sides.len() < 2 || count == 0 || sides.iter().any(|(_, all)| all.len() != count) {
            let reason = "need two or more languages with equally many segments, at least one";
            return Err(Error::config("sides", reason));
        }
        Ok(ParallelDocument { id: id.into(), sides })
    }
}

/// The changes to a parallel document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Noise {
    /// Nothing.
    Clean,
    /// Some neighbouring segments become one.
    Merge,
    /// Some segments are missing, and some say something else.
    Drop,
    /// Segments of other documents follow the text.
    Tail,
    /// All of these, and in all languages but one a passage of another document is inserted.
    Mixed,
    /// Each language has another document, so nothing corresponds.
    Unrelated,
    /// At some places each language says something else, as local versions do.
    Replace,
    /// Short lines of a website stand between the segments: labels, bylines, captions.
    Lines,
    /// Some lines of a website stand before or after the text.
    Ends,
}

impl Noise {
    /// All kinds of noise, as `bitext fit` uses them.
    pub const ALL: [Noise; 9] = [
        Noise::Clean,
        Noise::Merge,
        Noise::Drop,
        Noise::Tail,
        Noise::Mixed,
        Noise::Unrelated,
        Noise::Replace,
        Noise::Lines,
        Noise::Ends,
    ];

    /// The name in seeds: another name gives other random numbers.
    fn seed_name(self) -> &'static str {
        match self {
            Noise::Clean => "Clean",
            Noise::Merge => "Merge",
            Noise::Drop => "Drop",
            Noise::Tail => "Tail",
            Noise::Mixed => "Mixed",
            Noise::Unrelated => "Unrelated",
            Noise::Replace => "Replace",
            Noise::Lines => "Lines",
            Noise::Ends => "Ends",
        }
    }

    fn merges(self) -> bool {
        matches!(self, Noise::Merge | Noise::Mixed)
    }

    fn drops(self) -> bool {
        matches!(self, Noise::Drop | Noise::Mixed)
    }

    fn replaces(self) -> bool {
        matches!(self, Noise::Replace | Noise::Drop | Noise::Mixed)
    }

    fn appends(self) -> bool {
        matches!(self, Noise::Tail | Noise::Mixed)
    }
}

/// Makes training examples for [`fit`](crate::align::fit()): for each document, each kind of noise
/// and each two languages one.
///
/// Inserted and appended segments are of the other documents; with one document there are none.
///
/// # Errors
///
/// Those of the embedder.
///
/// ```
/// use bitext::align::{Noise, ParallelDocument, noisy_examples};
/// use bitext::{Language, StaticEmbedder};
///
/// let segments = |texts: [&str; 3]| texts.map(str::to_string).to_vec();
/// let document = ParallelDocument::new(
///     "ferry",
///     vec![
///         (Language::ENGLISH, segments(["The ferry is back.", "It was repaired.", "It costs 2 euros."])),
///         (Language::GERMAN, segments(["Die Fähre ist zurück.", "Sie wurde repariert.", "Sie kostet 2 Euro."])),
///     ],
/// )?;
/// let model = StaticEmbedder::embedded();
/// let examples = noisy_examples(&model, &[document], &Noise::ALL)?;
/// assert_eq!(examples.len(), 6);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn noisy_examples(
    embedder: &dyn Embedder,
    documents: &[ParallelDocument],
    noises: &[Noise],
) -> Result<Vec<Example>> {
    let mut examples = Vec::new();
    for at in 0..documents.len() {
        for &noise in noises {
            examples.extend(examples_of(embedder, documents, at, noise)?);
        }
    }
    Ok(examples)
}

/// A segment of a noisy article.
struct NoisySegment {
    text: String,
    /// The segments of the document that it was made of; empty for other documents' segments.
    origins: Vec<usize>,
}

/// One language of a noisy document.
#[derive(Clone)]
pub(super) struct NoisySide {
    pub(super) side: Side,
    /// By sentence: the segments of the document that it has text of.
    groups: Vec<Vec<usize>>,
}

impl NoisySide {
    /// By segment: the segments of the document that it has text of.
    pub(super) fn segment_groups(&self) -> Vec<Vec<usize>> {
        let segment = |at: usize| {
            let mut groups = self.groups[self.side.sentences(at..at + 1)].concat();
            groups.sort_unstable();
            groups.dedup();
            groups
        };
        (0..self.side.segment_count()).map(segment).collect()
    }
}

/// The languages of a document with one kind of noise, with segment boundaries.
pub(super) fn noisy_segmented(
    embedder: &dyn Embedder,
    documents: &[ParallelDocument],
    at: usize,
    noise: Noise,
) -> Result<Vec<NoisySide>> {
    noisy_sides(embedder, documents, at, noise, true)
}

/// The examples of one document with one kind of noise: one for each two languages.
fn examples_of(
    embedder: &dyn Embedder,
    documents: &[ParallelDocument],
    at: usize,
    noise: Noise,
) -> Result<Vec<Example>> {
    let document = &documents[at];
    let segmented = NoiseRandom::new(&format!("{}|{}|bounded", document.id, noise.seed_name()))
        .chance(SEGMENTED_CHANCE);
    let sides = noisy_sides(embedder, documents, at, noise, segmented)?;
    let mut examples = Vec::new();
    for x in 0..sides.len() {
        for y in x + 1..sides.len() {
            let (own, other) = (sides[x].clone(), sides[y].clone());
            examples.push(Example::new(own.side, other.side, own.groups, other.groups)?);
        }
    }
    Ok(examples)
}

/// The languages of a document with one kind of noise.
fn noisy_sides(
    embedder: &dyn Embedder,
    documents: &[ParallelDocument],
    at: usize,
    noise: Noise,
    segmented: bool,
) -> Result<Vec<NoisySide>> {
    let document = &documents[at];
    let mut sides = Vec::new();
    for (language, (code, segments)) in document.sides.iter().enumerate() {
        let (from, segments) = match noise {
            Noise::Unrelated => {
                let other = (at + language) % documents.len();
                match documents[other].sides.get(language) {
                    Some((_, segments)) => (other, segments),
                    None => (at, segments),
                }
            }
            _ => (at, segments),
        };
        let mut noisy = noisy_segments(documents, from, language, noise);
        if noise == Noise::Unrelated && from != at {
            noisy.iter_mut().for_each(|segment| segment.origins.clear());
        }
        sides.push(noisy_side(embedder, *code, &noisy, segments, segmented)?);
    }
    Ok(sides)
}

/// The segments of one language of a document after the noise.
fn noisy_segments(
    documents: &[ParallelDocument],
    at: usize,
    language: usize,
    noise: Noise,
) -> Vec<NoisySegment> {
    let document = &documents[at];
    let (code, segments) = &document.sides[language];
    let mut random = NoiseRandom::new(&format!("{}|{}|{code}", document.id, noise.seed_name()));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for segment in 0..segments.len() {
        match groups.last_mut() {
            Some(last) if noise.merges() && last.len() == 1 && random.chance(MERGE_CHANCE) => {
                last.push(segment);
            }
            _ => groups.push(vec![segment]),
        }
    }
    if noise.drops() {
        for _ in 0..(groups.len() as f64 * DROPPED_SHARE).round().max(1.0) as usize {
            groups.remove(random.below(groups.len()));
        }
    }
    let join = |origins: Vec<usize>| {
        let texts: Vec<&str> = origins.iter().map(|&segment| segments[segment].as_str()).collect();
        NoisySegment { text: texts.join(" "), origins }
    };
    let mut noisy: Vec<NoisySegment> = groups.into_iter().map(join).collect();
    // Two languages never borrow from one document, or the borrowed text would correspond.
    let lenders: Vec<&[String]> = (0..documents.len())
        .filter(|&other| other != at && other % document.sides.len() == language)
        .filter_map(|other| documents[other].sides.get(language))
        .map(|(_, segments)| segments.as_slice())
        .collect();
    if lenders.is_empty() {
        return noisy;
    }
    let borrowed = |text: &String| NoisySegment { text: text.clone(), origins: Vec::new() };
    let lender = lenders[random.below(lenders.len())];
    let untouched = NoiseRandom::new(&format!("{}|inserted", document.id)).below(3);
    if noise == Noise::Mixed && untouched != language {
        let count = (MIN_INSERTED + random.below(MORE_INSERTED + 1)).min(lender.len());
        let start = random.below(lender.len() - count + 1);
        // In the middle half of the article.
        let place = noisy.len() / 4 + random.below(noisy.len() / 2 + 1);
        noisy.splice(place..place, lender[start..start + count].iter().map(borrowed));
    }
    if noise.replaces() {
        replace(&mut noisy, documents, at, language, &lenders, &mut random);
    }
    if noise == Noise::Lines {
        for _ in 0..(noisy.len() / SEGMENTS_PER_LINE).max(1) {
            let place = random.below(noisy.len() + 1);
            noisy.insert(place, line(*code, language, &lenders, &mut random));
        }
    }
    if noise == Noise::Ends {
        let some = |random: &mut NoiseRandom| -> Vec<NoisySegment> {
            let count = END_LINES[random.below(END_LINES.len())];
            (0..count).map(|_| end_line(*code, language, &lenders, random)).collect()
        };
        if random.chance(START_LINES_CHANCE) {
            let lines = some(&mut random);
            noisy.splice(0..0, lines);
        }
        let lines = some(&mut random);
        noisy.extend(lines);
    }
    if noise.appends() {
        for _ in 0..MIN_APPENDED + random.below(MORE_APPENDED + 1) {
            let lender = lenders[random.below(lenders.len())];
            let headline = random.chance(HEADLINE_CHANCE);
            let segment = if headline { 0 } else { random.below(lender.len()) };
            noisy.push(borrowed(&lender[segment]));
        }
    }
    noisy
}

/// Replaces some segments. All languages agree on the places, and one or two of three differ at each
/// of them, so that no two languages that were changed correspond there.
fn replace(
    noisy: &mut Vec<NoisySegment>,
    documents: &[ParallelDocument],
    at: usize,
    language: usize,
    lenders: &[&[String]],
    random: &mut NoiseRandom,
) {
    let document = &documents[at];
    let mut places = NoiseRandom::new(&format!("{}|replaced", document.id));
    let languages = document.sides.len();
    for _ in 0..(noisy.len() as f64 * REPLACED_SHARE).ceil() as usize {
        let place = places.below(noisy.len().max(1));
        let (one, both) = (places.below(languages), places.chance(BOTH_REPLACED_CHANCE));
        let (old, new) = REPLACED_SIZES[places.below(REPLACED_SIZES.len())];
        let is_changed = one == language || both && (one + 1) % languages == language;
        if !is_changed || place >= noisy.len() {
            continue;
        }
        let end = (place + old).min(noisy.len());
        let length = noisy[place].text.len();
        let mut another = || {
            // The most similar in length of some, since local versions differ little in it.
            let candidates = (0..REPLACEMENT_CANDIDATES).map(|_| {
                let lender = lenders[random.below(lenders.len())];
                &lender[random.below(lender.len())]
            });
            let nearest = candidates.min_by_key(|text| text.len().abs_diff(length));
            NoisySegment { text: nearest.cloned().unwrap_or_default(), origins: Vec::new() }
        };
        let replacements: Vec<NoisySegment> = (0..new).map(|_| another()).collect();
        noisy.splice(place..end, replacements);
    }
}

/// A short line: of a website, or some words of another document, such as a section name.
fn line(
    code: Language,
    language: usize,
    lenders: &[&[String]],
    random: &mut NoiseRandom,
) -> NoisySegment {
    let known = site_lines(code, language);
    let text = if !known.is_empty() && random.chance(SITE_LINE_CHANCE) {
        known[random.below(known.len())].to_string()
    } else {
        let lender = lenders[random.below(lenders.len())];
        let words: Vec<&str> = lender[random.below(lender.len())].split_whitespace().collect();
        let count = (1 + random.below(MAX_LINE_WORDS)).min(words.len());
        let start = random.below(words.len() - count + 1);
        words[start..start + count].join(" ")
    };
    NoisySegment { text, origins: Vec::new() }
}

/// A line before or after an article: a headline or sentence of another one, or a short line.
fn end_line(
    code: Language,
    language: usize,
    lenders: &[&[String]],
    random: &mut NoiseRandom,
) -> NoisySegment {
    if random.chance(SHORT_END_CHANCE) {
        return line(code, language, lenders, random);
    }
    let lender = lenders[random.below(lenders.len())];
    let segment = if random.chance(HEADLINE_CHANCE) { 0 } else { random.below(lender.len()) };
    NoisySegment { text: lender[segment].clone(), origins: Vec::new() }
}

/// The lines of websites in a language. The second number chooses every third of them, so that no two
/// languages of a document have lines of one kind.
fn site_lines(code: Language, language: usize) -> Vec<&'static str> {
    let column = match code.primary() {
        "en" => 0,
        "uk" => 1,
        "de" => 2,
        _ => return Vec::new(),
    };
    let rows = SITE_LINES.lines().skip(language % 3).step_by(3);
    rows.filter_map(|row| row.split('\t').nth(column)).collect()
}

/// Splits and embeds segments; `originals` are those of the document.
fn noisy_side(
    embedder: &dyn Embedder,
    language: Language,
    noisy: &[NoisySegment],
    originals: &[String],
    segmented: bool,
) -> Result<NoisySide> {
    let splitter = RuleSplitter::default();
    let (mut sentences, mut counts, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for segment in noisy {
        let mut spans = splitter.split(language, &segment.text);
        if spans.is_empty() {
            spans.push(0..segment.text.len());
        }
        counts.push(spans.len());
        for span in spans {
            groups.push(origins_of(&span, segment, originals));
            sentences.push(&segment.text[span]);
        }
    }
    let factor = length_factor(language);
    let length = |text: &&str| text::normalize(text).chars().count() as f32 / factor;
    let lengths = sentences.iter().map(length).collect();
    let vectors = embedder.embed_spans(language, &sentences).map_err(Error::embedder)?;
    let side = Side::new(vectors, lengths)?;
    let side = side.with_texts(language, &sentences)?;
    let side = if segmented { side.with_segments(&counts)? } else { side };
    Ok(NoisySide { side, groups })
}

/// The segments of the document that a sentence of a noisy segment has text of.
fn origins_of(span: &Range<usize>, segment: &NoisySegment, originals: &[String]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    for &origin in &segment.origins {
        // With the space that joins it to the next.
        let end = start + originals[origin].len() + 1;
        let shared = span.end.min(end).saturating_sub(span.start.max(start));
        if shared > STRAY_BYTES || shared >= span.len() {
            found.push(origin);
        }
        start = end;
    }
    found
}

/// NoiseRandom numbers that depend on a name alone.
struct NoiseRandom(SplitMix64);

impl NoiseRandom {
    fn new(name: &str) -> NoiseRandom {
        NoiseRandom(SplitMix64::new(xxh3_64(name.as_bytes())))
    }

    /// An index below `end`, which is at least 1.
    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.0.unit() < chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(id: &str, count: usize) -> ParallelDocument {
        let side = |language: Language| {
            let segment = |at| format!("Sentence {at} of {id} in {language}.");
            (language, (0..count).map(segment).collect())
        };
        let sides = vec![side(Language::ENGLISH), side(Language::GERMAN)];
        ParallelDocument::new(id, sides).unwrap()
    }

    fn origins(noisy: &[NoisySegment]) -> Vec<usize> {
        noisy.iter().flat_map(|segment| segment.origins.iter().copied()).collect()
    }

    #[test]
    fn each_noise_does_what_its_name_says() {
        let documents: Vec<_> = (0..4).map(|at| document(&format!("d{at}"), 20)).collect();
        let all: Vec<usize> = (0..20).collect();
        let noisy = |noise| noisy_segments(&documents, 0, 1, noise);
        let clean = noisy(Noise::Clean);
        assert!(clean.iter().map(|segment| &segment.text).eq(&documents[0].sides[1].1));
        let merged = noisy(Noise::Merge);
        assert!(merged.len() < 20 && origins(&merged) == all);
        let dropped = noisy(Noise::Drop);
        assert!(origins(&dropped).len() < 20 && origins(&dropped).is_sorted_by(|a, b| a < b));
        let replaced = noisy(Noise::Replace);
        assert!(origins(&replaced).len() < 20 && replaced.len() > 15);
        assert!(replaced.iter().any(|segment| segment.origins.is_empty()));
        let lines = noisy(Noise::Lines);
        assert_eq!(origins(&lines), all);
        let inserted = lines.iter().filter(|segment| segment.origins.is_empty());
        assert!(inserted.clone().count() >= 3 && inserted.clone().all(|one| one.text.len() < 60));
        let ends = noisy(Noise::Ends);
        assert_eq!(origins(&ends), all);
        assert!(ends.last().is_some_and(|segment| segment.origins.is_empty()));
        let tail = noisy(Noise::Tail);
        assert_eq!(origins(&tail), all);
        assert!(tail.len() > 20 && tail[20..].iter().all(|segment| segment.origins.is_empty()));
        assert!(tail[20..].iter().all(|segment| !segment.text.contains("of d0 in")));
    }

    #[test]
    fn replaced_segments_correspond_in_no_two_languages() {
        let documents: Vec<_> = (0..8).map(|at| document(&format!("d{at}"), 30)).collect();
        for at in 0..8 {
            let sides = [0, 1].map(|language| noisy_segments(&documents, at, language, Noise::Replace));
            let missing = sides.each_ref().map(|side| 30 - origins(side).len());
            assert!(missing.iter().any(|missing| *missing > 0), "{at}");
            assert!(missing.iter().all(|missing| *missing <= 12), "{at} {missing:?}");
        }
    }

    #[test]
    fn no_two_languages_have_site_lines_of_one_kind() {
        let kinds = |language: Language, at: usize| -> Vec<usize> {
            let all: Vec<Vec<&str>> =
                SITE_LINES.lines().map(|row| row.split('\t').collect()).collect();
            let column = ["en", "uk", "de"].iter().position(|code| *code == language.primary());
            let own = site_lines(language, at);
            own.iter().map(|line| all.iter().position(|row| row[column.unwrap()] == *line).unwrap()).collect()
        };
        let english = kinds(Language::ENGLISH, 0);
        let german = kinds(Language::GERMAN, 1);
        assert!(english.len() >= 8 && german.len() >= 8);
        assert!(english.iter().all(|kind| !german.contains(kind)));
        assert!(SITE_LINES.lines().all(|row| row.split('\t').count() == 3));
    }

    #[test]
    fn a_sentence_over_two_originals_belongs_to_both() {
        let originals = ["One two.".to_string(), "Three.".to_string()];
        let segment = NoisySegment { text: originals.join(" "), origins: vec![0, 1] };
        assert_eq!(origins_of(&(0..15), &segment, &originals), [0, 1]);
        assert_eq!(origins_of(&(0..8), &segment, &originals), [0]);
        assert_eq!(origins_of(&(9..15), &segment, &originals), [1]);
        assert_eq!(origins_of(&(0..11), &segment, &originals), [0], "two stray bytes");
    }

    #[test]
    fn documents_need_two_languages_with_equally_many_segments() {
        let side = |language, count: usize| (language, vec!["A.".to_string(); count]);
        for sides in [
            vec![],
            vec![side(Language::ENGLISH, 2)],
            vec![side(Language::ENGLISH, 2), side(Language::GERMAN, 3)],
            vec![side(Language::ENGLISH, 0), side(Language::GERMAN, 0)],
        ] {
            assert!(ParallelDocument::new("bad", sides).is_err());
        }
    }
}
