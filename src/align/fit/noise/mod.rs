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

mod changes;
mod document;

pub use document::{Noise, ParallelDocument};

use std::ops::Range;

use crate::align::features::side::Side;
use crate::align::fit::Example;
use crate::align::fit::noise::changes::{NoiseRandom, NoisySegment, noisy_segments};
use crate::align::length::length_factor;
use crate::embed::Embeddings;
use crate::{Embedder, Error, Language, Result, RuleSplitter, Splitter, text};

/// Chance that the aligner knows the segment boundaries of an example. Else it is like plain text.
const SEGMENTED_CHANCE: f64 = 0.6;

/// Chance that there is another example of a document and noise, in which the aligner knows no vectors
/// of words, as with models that have none.
const WITHOUT_WORDS_CHANCE: f64 = 0.33;

/// Bytes of a segment that a sentence may have without belonging to it: the splitter may draw a
/// bracket or quotation mark to the neighbour.
const STRAY_BYTES: usize = 2;

/// Makes training examples for [`fit`](crate::align::fit()): for each document, each kind of noise
/// and each two languages one, and for a third of them another without vectors of words, so that the
/// weights also serve models that have none.
///
/// Inserted, appended and replacing segments are of the other documents; with one document there are
/// none. In English, Ukrainian and German, some inserted lines are typical of websites.
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
/// assert!(examples.len() >= Noise::ALL.len());
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
    noisy_sides(embedder, documents, at, noise, View { segments: true, words: true })
}

/// The examples of one document with one kind of noise: one for each two languages.
fn examples_of(
    embedder: &dyn Embedder,
    documents: &[ParallelDocument],
    at: usize,
    noise: Noise,
) -> Result<Vec<Example>> {
    let document = &documents[at];
    let chance = |what: &str, chance: f64| {
        NoiseRandom::new(&format!("{}|{}|{what}", document.id, noise.seed_name())).chance(chance)
    };
    let mut view = View { segments: chance("bounded", SEGMENTED_CHANCE), words: true };
    let sides = noisy_sides(embedder, documents, at, noise, view)?;
    let has_words = sides.iter().all(|side| side.side.embeddings.words().is_some());
    let mut examples = pairs(sides)?;
    if has_words && chance("words", WITHOUT_WORDS_CHANCE) {
        view.words = false;
        examples.extend(pairs(noisy_sides(embedder, documents, at, noise, view)?)?);
    }
    Ok(examples)
}

/// What the aligner knows of a side besides its vectors and texts.
#[derive(Clone, Copy)]
struct View {
    /// The segment boundaries.
    segments: bool,
    /// The vectors of words and the sums of vectors, if the model has them.
    words: bool,
}

/// An example for each two languages.
fn pairs(sides: Vec<NoisySide>) -> Result<Vec<Example>> {
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
    view: View,
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
        sides.push(noisy_side(embedder, *code, &noisy, segments, view)?);
    }
    Ok(sides)
}

/// Splits and embeds segments; `originals` are those of the document.
fn noisy_side(
    embedder: &dyn Embedder,
    language: Language,
    noisy: &[NoisySegment],
    originals: &[String],
    view: View,
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
    let vectors = if view.words {
        embedder.embed_spans(language, &sentences).map_err(Error::embedder)?
    } else {
        Embeddings::from_rows(embedder.embed(language, &sentences).map_err(Error::embedder)?)?
    };
    let side = Side::new(vectors, lengths)?;
    let side = side.with_texts(language, &sentences)?;
    let side = if view.segments { side.with_segments(&counts)? } else { side };
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

#[cfg(test)]
mod tests {
    use super::*;

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
