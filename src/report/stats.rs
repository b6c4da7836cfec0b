//! What is counted over the bitexts of a report.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::corrections::text_key;
use super::data::low;
use crate::{Bitext, Language};

/// Upper ends of the bins of confidence; the last holds its end.
pub(super) const CONFIDENCE: [f32; 12] =
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

/// Bins of the logarithm of the length ratio, to the base 2, from -1.5 to 1.5.
pub(super) const RATIOS: usize = 25;
/// The end of the outer bins.
pub(super) const MAX_LOG_RATIO: f32 = 1.5;

/// What is less sure is doubtful.
const DOUBTFUL_CONFIDENCE: f32 = 0.7;

#[derive(Clone, Debug, Default)]
pub(super) struct Stats {
    pub(super) bitexts: usize,
    pub(super) unrelated: usize,
    /// By language.
    pub(super) sentences: BTreeMap<Language, usize>,
    /// Units of several languages, and null ones, by bin of their confidence.
    pub(super) linked: [usize; CONFIDENCE.len()],
    pub(super) nulls: [usize; CONFIDENCE.len()],
    /// Beads by shape, the larger number first, and units without a counterpart.
    pub(super) shapes: BTreeMap<(usize, usize), usize>,
    /// By pair of languages.
    pub(super) ratios: BTreeMap<(Language, Language), [usize; RATIOS]>,
    /// By reason.
    pub(super) discards: BTreeMap<String, usize>,
}

impl Stats {
    pub(super) fn add(&mut self, bitext: &Bitext) {
        self.bitexts += 1;
        self.unrelated += usize::from(bitext.unrelated());
        for article in bitext.articles() {
            *self.sentences.entry(article.language()).or_default() += article.len();
        }
        for unit in bitext.units() {
            let bins = if unit.is_null() { &mut self.nulls } else { &mut self.linked };
            let bin = CONFIDENCE.iter().position(|end| unit.confidence() < *end);
            bins[bin.unwrap_or(CONFIDENCE.len() - 1)] += 1;
        }
        for pair in bitext.language_pairs() {
            let ratios = self.ratios.entry((pair.source, pair.target)).or_insert([0; RATIOS]);
            for bead in &pair.beads {
                let size = |language| bead.sentences(language).map_or(0, <[usize]>::len);
                let (one, other) = (size(pair.source), size(pair.target));
                *self.shapes.entry((one.max(other), one.min(other))).or_default() += 1;
                let length = |language| {
                    let text = bitext.text(bead, language).unwrap_or_default();
                    text.chars().count().max(1) as f32
                };
                let ratio = (length(pair.target) / length(pair.source)).log2();
                let share = (ratio + MAX_LOG_RATIO) / (2.0 * MAX_LOG_RATIO);
                let bin = (share * RATIOS as f32).clamp(0.0, (RATIOS - 1) as f32);
                ratios[bin as usize] += 1;
            }
        }
    }
}

/// A bitext in the index.
#[derive(Clone, Debug)]
pub(super) struct Row {
    name: String,
    /// The key of its text, by which drafts are found.
    text: String,
    /// Its place in its page.
    at: usize,
    /// The page it is on, if it is another.
    pub(super) file: Option<String>,
    sentences: usize,
    units: usize,
    linked: usize,
    doubtful: usize,
    checked: usize,
    /// Mean confidence of the units of several languages; 0 where there are none.
    mean: f64,
    unrelated: bool,
}

impl Row {
    pub(super) fn new(bitext: &Bitext, name: String, at: usize) -> Row {
        let linked = || bitext.units().iter().filter(|unit| !unit.is_null());
        let count = linked().count();
        let sum: f64 = linked().map(|unit| f64::from(unit.confidence())).sum();
        Row {
            name,
            text: text_key(bitext),
            at,
            file: None,
            sentences: bitext.articles().iter().map(|article| article.len()).sum(),
            units: bitext.units().len(),
            linked: count,
            doubtful: linked().filter(|unit| unit.confidence() < DOUBTFUL_CONFIDENCE).count(),
            checked: bitext.units().iter().filter(|unit| unit.reviewed()).count(),
            mean: if count == 0 { 0.0 } else { low(sum / count as f64) },
            unrelated: bitext.unrelated(),
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nulls = self.units - self.linked;
        let counts = [self.sentences, self.units, self.linked, nulls, self.doubtful, self.checked];
        (&self.name, &self.text, self.at, &self.file, counts, self.mean, self.unrelated)
            .serialize(serializer)
    }
}
