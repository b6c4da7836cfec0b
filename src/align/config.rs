//! Settings of the aligner.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::align::Weights;
use crate::align::crf::weights::ShippedModel;
use crate::align::background::Background;
use crate::align::features::bead_features::FeatureConfig;
use crate::setters::setters;
use crate::{Error, ErrorKind, Result};

/// The largest `exact_cells`, which bounds the memory of a search.
const MAX_EXACT_CELLS: usize = 25_000_000;

/// The largest number of sentences of an article, which bounds the memory of its vectors.
const MAX_ARTICLE_SENTENCES: usize = 200_000;

/// The background of the embedded model: a cosine that unrelated sentences seldom exceed.
const EMBEDDED_BACKGROUND: f32 = 0.3;

/// The background of multilingual-e5-small. As many cosines of unrelated sentences exceed it as
/// exceed 0.3 with the embedded model.
const E5_SMALL_BACKGROUND: f32 = 0.84;

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
    /// The weights of the features and the costs of unaligned sentences. `None`: the weights learnt
    /// with the model in use ([`AlignConfig::for_model`]). If there are none, or no model as in
    /// [`align_pair`](crate::align::align_pair), [`Weights::default`].
    pub weights: Option<Weights>,
    /// The number of nearest neighbours on the other side, after the nearest one, whose mean cosine is
    /// subtracted from a similarity to give the margin, 1 to 32.
    pub neighbours: usize,
    /// The cosine that stands for missing neighbours in short articles, -1 to 1. It should be a cosine
    /// that unrelated sentences seldom exceed. `None`: the background of the model in use, as for
    /// [`weights`](field@AlignConfig::weights), or else 0.3, which fits the embedded model.
    pub background: Option<f32>,
    /// The temperature of the posteriors, 0.01 to 100. Lower values give more extreme posteriors. The
    /// weights were learnt at 1.
    pub temperature: f32,
    /// How to make vectors of several sentences if the model is not additive.
    pub span_vectors: SpanVectors,
    /// Beads that are less likely right are left unaligned, 0 to 1. A higher value leaves more
    /// sentences without a counterpart alone, at the price of some right beads. The default was
    /// chosen on the development sets.
    pub min_link_confidence: f32,
    /// Articles with a smaller share of linked text count as unrelated, 0 to 1: see [`Bitext::unrelated`](crate::Bitext::unrelated).
    pub min_coverage: f32,
    /// Whether [`Aligner`](crate::Aligner) searches the unaligned sentences for text that is at another
    /// place in another language: see [`Unit::crossing`](crate::Unit::crossing).
    // Omitted if it is off, because fingerprints hash the JSON.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub crossing: bool,
    /// The search of two articles is exact if the product of their numbers of sentences is at most
    /// this, 0 to 25,000,000. Time and memory grow with the product. Longer articles are searched in
    /// a band around a first path, so that both grow with the length; the bitext then has
    /// [`Warning::Approximate`](crate::Warning::Approximate). An article may have at most 200,000
    /// sentences.
    pub exact_cells: usize,
}

setters! { AlignConfig {
    ///
    /// ```
    /// use bitext::Aligner;
    /// use bitext::align::{AlignConfig, SpanVectors, Weights};
    ///
    /// let config = AlignConfig::default().with_max_side(3).with_crossing(true);
    /// assert_eq!((config.max_side, config.crossing), (3, true));
    /// let aligner = Aligner::new().with_config(config)?;
    /// # assert!(aligner.config().crossing);
    /// // All settings at their defaults. Those that are `None` are what was learnt with the model.
    /// let config = AlignConfig::default()
    ///     .with_max_side(4)
    ///     .with_max_bead(8)
    ///     .with_weights(None)
    ///     .with_neighbours(6)
    ///     .with_background(None)
    ///     .with_temperature(1.0)
    ///     .with_span_vectors(SpanVectors::Embed)
    ///     .with_min_link_confidence(0.65)
    ///     .with_min_coverage(0.2)
    ///     .with_crossing(false)
    ///     .with_exact_cells(9_000_000);
    /// assert_eq!(config, AlignConfig::default());
    /// # assert!(config.clone().with_weights(Weights::e5_small()).with_background(0.5).weights.is_some());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    with_max_side: max_side = usize;
    with_max_bead: max_bead = usize;
    with_weights: weights = into Option<Weights>;
    with_neighbours: neighbours = usize;
    with_background: background = into Option<f32>;
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
            min_link_confidence: 0.65,
            min_coverage: 0.2,
            crossing: false,
            exact_cells: 9_000_000,
        }
    }
}

impl AlignConfig {
    /// The settings for multilingual-e5-small with the prefix `query: `. They differ from the default
    /// in [`weights`](field@AlignConfig::weights) and [`background`](field@AlignConfig::background).
    ///
    /// ```
    /// use bitext::align::{AlignConfig, Weights};
    ///
    /// assert_eq!(AlignConfig::e5_small().weights, Some(Weights::e5_small()));
    /// ```
    pub fn e5_small() -> AlignConfig {
        AlignConfig {
            weights: Some(Weights::e5_small()),
            background: Some(E5_SMALL_BACKGROUND),
            ..AlignConfig::default()
        }
    }

    /// The settings learnt with the model of a [fingerprint](crate::Embedder::fingerprint).
    ///
    /// There are settings for the embedded model, and for multilingual-e5-small as `.ci/e5.py` of the
    /// repository makes it. `None` for all other models and other versions of these: [learn](crate::align::fit())
    /// the weights, or set the background by hand.
    ///
    /// ```
    /// use bitext::align::{AlignConfig, Weights};
    /// use bitext::{Embedder, StaticEmbedder};
    ///
    /// let model = StaticEmbedder::embedded();
    /// let learnt = AlignConfig::for_model(&model.fingerprint()).unwrap();
    /// assert_eq!((learnt.weights, learnt.background), (Some(Weights::default()), Some(0.3)));
    /// assert_eq!(AlignConfig::for_model("my-model"), None);
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn for_model(fingerprint: &str) -> Option<AlignConfig> {
        ShippedModel::with(fingerprint).map(|model| match model {
            ShippedModel::Embedded => AlignConfig::default().completed(),
            ShippedModel::E5Small => AlignConfig::e5_small(),
        })
    }

    /// Fills unset settings with those learnt with a model, or else with the defaults.
    pub(in crate::align) fn with_model(mut self, fingerprint: &str) -> AlignConfig {
        if let Some(learnt) = AlignConfig::for_model(fingerprint) {
            self.weights = self.weights.or(learnt.weights);
            self.background = self.background.or(learnt.background);
        }
        self.completed()
    }

    /// Fills unset settings with the defaults.
    fn completed(mut self) -> AlignConfig {
        self.weights = Some(self.weights.unwrap_or_default());
        self.background = Some(self.background.unwrap_or(EMBEDDED_BACKGROUND));
        self
    }

    pub(in crate::align) fn weights(&self) -> &Weights {
        self.weights.as_ref().unwrap_or_else(|| Weights::embedded())
    }

    pub(in crate::align) fn background(&self) -> f32 {
        self.background.unwrap_or(EMBEDDED_BACKGROUND)
    }

    /// The settings of the features.
    pub(in crate::align) fn features(&self) -> FeatureConfig {
        FeatureConfig {
            max_side: self.max_side,
            neighbours: self.neighbours,
            default_neighbour_cosine: self.background(),
            background: if self.background() > 0.5 {
                Background { mean: 0.75, deviation: 0.03 }
            } else {
                Background { mean: 0.04, deviation: 0.087 }
            },
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
        check("background", (-1.0..=1.0).contains(&self.background()), "must be -1 to 1")?;
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
        format!("align-4:{:016x}", xxh3_64(json.as_bytes()))
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
