//! Settings of the aligner.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::align::Weights;
use crate::align::features::background::{Background, MIN_DEVIATION};
use crate::align::features::bead_features::FeatureConfig;
use crate::setters::setters;
use crate::{Error, ErrorKind, Result};

/// The largest `exact_cells`, which bounds the memory of a search.
const MAX_EXACT_CELLS: usize = 25_000_000;

/// The largest number of sentences of an article, which bounds the memory of its vectors.
const MAX_ARTICLE_SENTENCES: usize = 200_000;

/// How to make the vector of several consecutive sentences if the model is not additive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SpanVectors {
    /// Embed the joined text of all spans of 2 to `max_side` sentences. The vectors are better, but at
    /// the default of 4 about ten times the text is embedded. Vectors that the caller gives are pooled
    /// even so.
    #[default]
    Embed,
    /// Average the vectors of the sentences, weighted by length.
    Pool,
}

/// Settings of the aligner.
///
/// ```
/// use bitext::align::AlignConfig;
///
/// let config = AlignConfig::default().with_neighbours(4);
/// assert!(config.validate().is_ok());
/// assert!(config.with_temperature(0.0).validate().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AlignConfig {
    /// The largest number of sentences on one side of a bead, 1 to 8.
    pub max_side: usize,
    /// The largest number of sentences on both sides of a bead together, 2 to 16.
    pub max_bead: usize,
    /// The weights of the features and the costs of unaligned sentences, with their calibration.
    /// `None`: [`Weights::default`]. Similarities are measured relative to the background of the
    /// model, so one table serves all models.
    pub weights: Option<Weights>,
    /// The number of nearest neighbours on the other side, after the nearest one, whose mean cosine is
    /// subtracted from a similarity to give the margin, 1 to 32.
    pub neighbours: usize,
    /// The distribution of the cosines of unrelated sentences. `None`: that of the model in use, which
    /// the [`Aligner`](crate::Aligner) measures once. If there is no model, as in
    /// [`align_pair`](crate::align::align_pair), it is estimated from the vectors; if they are few, it
    /// is that of the weights' model.
    pub background: Option<Background>,
    /// The temperature of the posteriors, 0.01 to 100. Lower values give more extreme posteriors. The
    /// weights were learnt at 1.
    pub temperature: f32,
    /// How to make vectors of several sentences if the model is not additive.
    pub span_vectors: SpanVectors,
    /// Beads whose sentences are less likely to correspond are left unaligned, 0 to 1. It is compared
    /// with the mean confidence of the best link of each sentence, not with that of the bead: a bead
    /// stays if only its borders are in doubt. A higher value leaves more sentences without a
    /// counterpart alone, at the price of some right beads. The default was chosen on the development
    /// sets.
    pub min_link_confidence: f32,
    /// Articles with a smaller share of linked text count as unrelated, 0 to 1: see [`Bitext::unrelated`](crate::Bitext::unrelated).
    pub min_coverage: f32,
    /// Whether [`Aligner`](crate::Aligner) searches the unaligned sentences for text that is at another
    /// place in another language: see [`Unit::crossing`](crate::Unit::crossing).
    // Omitted if it is off, because fingerprints hash the JSON.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub crossing: bool,
    /// Articles of more than 250 sentences are searched in a band around a first path. If that path is
    /// uncertain and the product of the numbers of sentences is at most this, 0 to 25,000,000, they
    /// are searched as a whole: time and memory then grow with the product. Above it, the bitext has
    /// [`Warning::Approximate`](crate::Warning::Approximate). An article may have at most 200,000
    /// sentences.
    pub exact_cells: usize,
}

setters! { AlignConfig {
    ///
    /// ```
    /// use bitext::Aligner;
    /// use bitext::align::{AlignConfig, Background, SpanVectors, Weights};
    ///
    /// let config = AlignConfig::default().with_max_side(3).with_crossing(true);
    /// assert_eq!((config.max_side, config.crossing), (3, true));
    /// let aligner = Aligner::new().with_config(config)?;
    /// # assert!(aligner.config().crossing);
    /// // All settings at their defaults.
    /// let config = AlignConfig::default()
    ///     .with_max_side(4)
    ///     .with_max_bead(8)
    ///     .with_weights(None)
    ///     .with_neighbours(6)
    ///     .with_background(None)
    ///     .with_temperature(1.0)
    ///     .with_span_vectors(SpanVectors::Embed)
    ///     .with_min_link_confidence(0.6)
    ///     .with_min_coverage(0.2)
    ///     .with_crossing(false)
    ///     .with_exact_cells(9_000_000);
    /// assert_eq!(config, AlignConfig::default());
    /// # let background = Background { mean: 0.7, deviation: 0.05 };
    /// # assert!(config.clone().with_weights(Weights::default()).with_background(background).weights.is_some());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    with_max_side: max_side = usize;
    with_max_bead: max_bead = usize;
    with_weights: weights = into Option<Weights>;
    with_neighbours: neighbours = usize;
    with_background: background = into Option<Background>;
    with_temperature: temperature = f32;
    with_span_vectors: span_vectors = SpanVectors;
    with_min_link_confidence: min_link_confidence = f32;
    with_min_coverage: min_coverage = f32;
    with_crossing: crossing = bool;
    with_exact_cells: exact_cells = usize;
} }

impl Default for AlignConfig {
    fn default() -> AlignConfig {
        AlignConfig {
            max_side: 4,
            max_bead: 8,
            weights: None,
            neighbours: 6,
            background: None,
            temperature: 1.0,
            span_vectors: SpanVectors::Embed,
            min_link_confidence: 0.6,
            min_coverage: 0.2,
            crossing: false,
            exact_cells: 9_000_000,
        }
    }
}

impl AlignConfig {
    /// Fills the weights, if they are unset, with the default ones.
    pub(in crate::align) fn completed(mut self) -> AlignConfig {
        self.weights = Some(self.weights.unwrap_or_default());
        self
    }

    pub(in crate::align) fn weights(&self) -> &Weights {
        self.weights.as_ref().unwrap_or_else(|| Weights::embedded())
    }

    /// The background, or that of the weights if it is unset.
    pub(in crate::align) fn background(&self) -> Background {
        self.background.unwrap_or(self.weights().background)
    }

    /// The settings of the features.
    pub(in crate::align) fn features(&self) -> FeatureConfig {
        FeatureConfig {
            max_side: self.max_side,
            neighbours: self.neighbours,
            background: self.background(),
        }
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) naming the first that is
    /// out of range.
    pub fn validate(&self) -> Result<()> {
        let check = |name, is_valid: bool, reason| {
            if is_valid { Ok(()) } else { Err(Error::config(name, reason)) }
        };
        check("max_side", (1..=8).contains(&self.max_side), "must be 1 to 8")?;
        check("max_bead", (2..=16).contains(&self.max_bead), "must be 2 to 16")?;
        check("neighbours", (1..=32).contains(&self.neighbours), "must be 1 to 32")?;
        let Background { mean, deviation } = self.background();
        let is_valid = (-1.0..=1.0).contains(&mean) && (MIN_DEVIATION..=2.0).contains(&deviation);
        check("background", is_valid, "needs a mean of -1 to 1 and a deviation of 0.001 to 2")?;
        check("temperature", (1e-2..=100.0).contains(&self.temperature), "must be 0.01 to 100")?;
        let cells = self.exact_cells <= MAX_EXACT_CELLS;
        check("exact_cells", cells, "must be at most 25,000,000")?;
        let confidence = (0.0..=1.0).contains(&self.min_link_confidence);
        check("min_link_confidence", confidence, "must be 0 to 1")?;
        check("min_coverage", (0.0..=1.0).contains(&self.min_coverage), "must be 0 to 1")
    }

    /// The fingerprint of the settings: equal for equal settings, different after any change. Unset
    /// settings count as the defaults.
    ///
    /// ```
    /// use bitext::align::AlignConfig;
    ///
    /// let other = AlignConfig::default().with_temperature(0.5);
    /// assert_ne!(AlignConfig::default().fingerprint(), other.fingerprint());
    /// ```
    pub fn fingerprint(&self) -> String {
        let json = serde_json::to_string(&self.clone().completed()).unwrap_or_default();
        format!("align-5:{:016x}", xxh3_64(json.as_bytes()))
    }

    /// Checks that the articles of a pair are not too long.
    pub(in crate::align) fn check_lengths(&self, source: usize, target: usize) -> Result<()> {
        if source.max(target) <= MAX_ARTICLE_SENTENCES {
            return Ok(());
        }
        let message = format!(
            "{source} x {target} sentences are too many ({MAX_ARTICLE_SENTENCES} per article): split the \
             articles into chapters"
        );
        Err(Error::new(ErrorKind::TooLong, message))
    }

    /// The shapes (source sentences, target sentences) of a bead.
    pub(in crate::align) fn shapes(&self) -> Vec<(usize, usize)> {
        let sides = 1..=self.max_side;
        sides
            .clone()
            .flat_map(|a| sides.clone().map(move |b| (a, b)))
            .filter(|(a, b)| a + b <= self.max_bead.max(2))
            .collect()
    }
}
