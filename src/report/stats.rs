//! Statistics of the bitexts of a report.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::corrections::text_key;
use super::data::low;
use crate::{Bitext, Language};

/// The upper bounds of the confidence bins. Only the last bin includes its bound.
pub(super) const CONFIDENCE_BOUNDS: [f32; 12] =
    [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

/// The number of bins of the base-2 logarithm of the length ratio, from -1.5 to 1.5.
pub(super) const RATIO_BINS: usize = 25;
/// The bound of the outer bins.
pub(super) const MAX_LOG_RATIO: f32 = 1.5;

/// Units with less confidence are doubtful.
const PAGE_DOUBTFUL_CONFIDENCE: f32 = 0.7;

#[derive(Clone, Debug, Default)]
pub(super) struct ReportStats {
    pub(super) bitexts: usize,
    pub(super) unrelated: usize,
    /// The number of sentences of each language.
    pub(super) sentences: BTreeMap<Language, usize>,
    /// The numbers of linked units and of null units in each confidence bin.
    pub(super) linked: [usize; CONFIDENCE_BOUNDS.len()],
    pub(super) nulls: [usize; CONFIDENCE_BOUNDS.len()],
    /// The number of beads of each shape, with the larger number of sentences first.
    pub(super) shapes: BTreeMap<(usize, usize), usize>,
    /// The numbers of beads in each bin of the length ratio, by language pair.
    pub(super) ratios: BTreeMap<(Language, Language), [usize; RATIO_BINS]>,
    /// The number of discarded rows by reason.
    pub(super) discards: BTreeMap<String, usize>,
}

impl ReportStats {
    pub(super) fn add(&mut self, bitext: &Bitext) {
        self.bitexts += 1;
        self.unrelated += usize::from(bitext.unrelated());
        for article in bitext.articles() {
            *self.sentences.entry(article.language()).or_default() += article.len();
        }
        for unit in bitext.units() {
            let bins = if unit.is_null() { &mut self.nulls } else { &mut self.linked };
            let bin = CONFIDENCE_BOUNDS.iter().position(|end| unit.confidence() < *end);
            bins[bin.unwrap_or(CONFIDENCE_BOUNDS.len() - 1)] += 1;
        }
        for pair in bitext.language_pairs() {
            let ratios = self.ratios.entry((pair.source, pair.target)).or_insert([0; RATIO_BINS]);
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
                let bin = (share * RATIO_BINS as f32).clamp(0.0, (RATIO_BINS - 1) as f32);
                ratios[bin as usize] += 1;
            }
        }
    }
}

/// The row of a bitext in the overview.
#[derive(Clone, Debug)]
pub(super) struct OverviewRow {
    name: String,
    /// The key of its text, which identifies drafts.
    text: String,
    /// Its index in its page.
    at: usize,
    /// The file of its page, if that is another page.
    pub(super) file: Option<String>,
    sentences: usize,
    units: usize,
    linked: usize,
    doubtful: usize,
    reviewed: usize,
    /// The mean confidence of linked units; 0 if there are none.
    mean: f64,
    unrelated: bool,
}

impl OverviewRow {
    pub(super) fn new(bitext: &Bitext, name: String, at: usize) -> OverviewRow {
        let linked = || bitext.units().iter().filter(|unit| !unit.is_null());
        let count = linked().count();
        let sum: f64 = linked().map(|unit| f64::from(unit.confidence())).sum();
        OverviewRow {
            name,
            text: text_key(bitext),
            at,
            file: None,
            sentences: bitext.articles().iter().map(|article| article.len()).sum(),
            units: bitext.units().len(),
            linked: count,
            doubtful: linked().filter(|unit| unit.confidence() < PAGE_DOUBTFUL_CONFIDENCE).count(),
            reviewed: bitext.units().iter().filter(|unit| unit.reviewed()).count(),
            mean: if count == 0 { 0.0 } else { low(sum / count as f64) },
            unrelated: bitext.unrelated(),
        }
    }
}

impl Serialize for OverviewRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nulls = self.units - self.linked;
        let counts = [self.sentences, self.units, self.linked, nulls, self.doubtful, self.reviewed];
        (&self.name, &self.text, self.at, &self.file, counts, self.mean, self.unrelated)
            .serialize(serializer)
    }
}
