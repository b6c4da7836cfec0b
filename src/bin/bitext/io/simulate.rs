//! Noise as web articles have it, made from parallel documents: merged, lost
//! and inserted sentences, unrelated ends, unrelated articles.

use std::ops::Range;

use bitext::align::{Example, Side, length_factor};
use bitext::{Embedder, Language, RuleSplitter, Splitter, text};
use xxhash_rust::xxh3::xxh3_64;

use crate::Failure;

/// A parallel document: segments that correspond one to one.
pub struct Document {
    pub id: String,
    pub sides: Vec<(Language, Vec<String>)>,
}

/// What is done to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    Clean,
    Merge,
    Drop,
    Tail,
    Mixed,
    Unrelated,
}

pub const NOISES: [Noise; 6] =
    [Noise::Clean, Noise::Merge, Noise::Drop, Noise::Tail, Noise::Mixed, Noise::Unrelated];

/// A unit of text and the segments it is made of.
type Unit = (String, Vec<usize>);

/// Numbers without a pattern that depend on a name alone (Steele et al. 2014,
/// SplitMix).
struct Random(u64);

impl Random {
    fn new(name: &str) -> Random {
        Random(xxh3_64(name.as_bytes()))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn chance(&mut self, one_in: f64) -> bool {
        (self.next() >> 11) as f64 / ((1_u64 << 53) as f64) < one_in
    }
}

/// The units of one language of a document with noise.
fn units(documents: &[Document], at: usize, language: usize, noise: Noise) -> Vec<Unit> {
    let document = &documents[at];
    let segments = &document.sides[language].1;
    let code = document.sides[language].0;
    let mut random = Random::new(&format!("{}|{noise:?}|{code}", document.id));
    let merges = matches!(noise, Noise::Merge | Noise::Mixed);
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for segment in 0..segments.len() {
        match groups.last_mut() {
            Some(last) if merges && last.len() == 1 && random.chance(0.2) => last.push(segment),
            _ => groups.push(vec![segment]),
        }
    }
    if matches!(noise, Noise::Drop | Noise::Mixed) {
        for _ in 0..(groups.len() as f64 * 0.1).round().max(1.0) as usize {
            groups.remove(random.below(groups.len()));
        }
    }
    let join = |group: Vec<usize>| -> Unit {
        let texts: Vec<&str> = group.iter().map(|&segment| segments[segment].as_str()).collect();
        (texts.join(" "), group)
    };
    let mut units: Vec<Unit> = groups.into_iter().map(join).collect();
    // No two languages borrow from the same document.
    let others: Vec<usize> = (0..documents.len())
        .filter(|&other| other != at && other % document.sides.len() == language)
        .filter(|&other| language < documents[other].sides.len())
        .collect();
    let Some(borrowed) = (!others.is_empty()).then(|| others[random.below(others.len())]) else {
        return units;
    };
    let left_out = Random::new(&format!("{}|inserted", document.id)).below(3);
    if noise == Noise::Mixed && left_out != language {
        let other = &documents[borrowed].sides[language].1;
        let count = (3 + random.below(6)).min(other.len());
        let start = random.below(other.len() - count + 1);
        let place = units.len() / 4 + random.below(units.len() / 2 + 1);
        let inserted = other[start..start + count].iter().map(|text| (text.clone(), Vec::new()));
        units.splice(place..place, inserted);
    }
    if matches!(noise, Noise::Tail | Noise::Mixed) {
        for _ in 0..8 + random.below(9) {
            let other = &documents[others[random.below(others.len())]].sides[language].1;
            let headline = if random.chance(0.7) { 0 } else { random.below(other.len()) };
            units.push((other[headline].clone(), Vec::new()));
        }
    }
    units
}

/// A side as the search sees it, with the segments of each piece.
fn side(
    embedder: &dyn Embedder,
    language: Language,
    units: &[Unit],
    segments: &[String],
    bounded: bool,
) -> Result<(Side, Vec<Vec<usize>>), Failure> {
    let splitter = RuleSplitter::default();
    let (mut pieces, mut counts, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for (unit, members) in units {
        let mut ends = Vec::new();
        let mut end = 0;
        for &member in members {
            end += segments[member].len() + 1;
            ends.push(end);
        }
        let within = |span: &Range<usize>| -> Vec<usize> {
            let mut start = 0;
            let mut found = Vec::new();
            for (&member, &end) in members.iter().zip(&ends) {
                let shared = span.end.min(end).saturating_sub(span.start.max(start));
                if shared > 2 || shared >= span.len() {
                    found.push(member);
                }
                start = end;
            }
            found
        };
        let mut spans = splitter.split(language, unit);
        if spans.is_empty() {
            spans.push(0..unit.len());
        }
        counts.push(spans.len());
        for span in spans {
            groups.push(within(&span));
            pieces.push(&unit[span]);
        }
    }
    let factor = length_factor(language);
    let length = |text: &&str| text::normalize(text).chars().count() as f32 / factor;
    let lengths = pieces.iter().map(length).collect();
    let side = Side::new(embedder.embed_spans(language, &pieces)?, lengths)?;
    let side = side.with_texts(language, &pieces)?;
    Ok((if bounded { side.with_units(&counts)? } else { side }, groups))
}

/// The examples that a document gives with noise: one for each two languages.
pub fn examples(
    embedder: &dyn Embedder,
    documents: &[Document],
    at: usize,
    noise: Noise,
) -> Result<Vec<Example>, Failure> {
    let document = &documents[at];
    // As given sentences, or as raw text whose sentences are nobody's units.
    let bounded = Random::new(&format!("{}|{noise:?}|bounded", document.id)).chance(0.6);
    let mut sides = Vec::new();
    for (language, (code, segments)) in document.sides.iter().enumerate() {
        let (from, segments) = match noise {
            // Each language has another document.
            Noise::Unrelated => {
                let other = (at + language) % documents.len();
                match documents[other].sides.get(language) {
                    Some((_, segments)) => (other, segments),
                    None => (at, segments),
                }
            }
            _ => (at, segments),
        };
        let mut units = units(documents, from, language, noise);
        if noise == Noise::Unrelated && from != at {
            units.iter_mut().for_each(|(_, members)| members.clear());
        }
        sides.push(side(embedder, *code, &units, segments, bounded)?);
    }
    let mut examples = Vec::new();
    for x in 0..sides.len() {
        for y in x + 1..sides.len() {
            let ((own, groups), (other, other_groups)) = (sides[x].clone(), sides[y].clone());
            examples.push(Example::new(own, other, groups, other_groups)?);
        }
    }
    Ok(examples)
}
