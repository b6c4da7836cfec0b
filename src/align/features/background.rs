//! The distribution of the cosines of unrelated sentences, which similarities are measured in.
//!
//! A cosine of 0.3 says a lot under one model and nothing under another.

use serde::{Deserialize, Serialize};

use crate::align::features::constants::SIMILARITY_LIMITS;

/// The distribution of the cosines of unrelated sentences of two languages under a model.
///
/// ```
/// use bitext::StaticEmbedder;
/// use bitext::align::Background;
///
/// let background = Background::of_model(&StaticEmbedder::embedded())?;
/// assert!((background.mean - 0.04).abs() < 0.02);
/// assert!((background.deviation - 0.09).abs() < 0.02);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Background {
    /// The mean cosine, -1 to 1.
    pub mean: f32,
    /// The standard deviation, above 0.
    pub deviation: f32,
}

/// Least standard deviation, so that similarities are finite.
pub(in crate::align) const MIN_DEVIATION: f32 = 1e-3;

impl Background {
    /// A cosine in standard deviations above the mean.
    #[inline(always)]
    pub(in crate::align) fn similarity(self, cosine: f32) -> f32 {
        let [least, most] = SIMILARITY_LIMITS;
        ((cosine - self.mean) / self.deviation).clamp(least, most)
    }

    /// A cosine that unrelated sentences seldom exceed: three standard deviations above the mean.
    pub(in crate::align) fn high_cosine(self) -> f32 {
        (self.mean + 3.0 * self.deviation).min(1.0)
    }
}
