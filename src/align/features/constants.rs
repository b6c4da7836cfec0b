//! The numbers inside the definitions of the features, all chosen by hand.
//!
//! Three other files have such numbers: `features/name_key.rs` (which words look alike),
//! `features/text/shared_keys.rs` (which numbers are small) and `src/embed/words.rs` (which words of a
//! sentence are compared).
//!
//! The weights were learnt with all these numbers. After changing one of them, learn the weights of
//! every model again with `bitext fit`. The learnt weights absorb any constant factor, so only
//! limits, bends and offsets matter. `reports/alignment.md` says what each group of features is
//! worth.

/// Least distance (1 - cosine) that a margin is relative to. It keeps margins finite if all
/// sentences resemble each other. The models that weights are shipped for have distances of 0.16
/// and 0.7.
pub(super) const MIN_NEIGHBOUR_DISTANCE: f32 = 0.05;

/// Margins at which the weight of the margin may change. They are worth little: 0.001 of strict F1
/// summed over six development sets.
pub(in crate::align) const MARGIN_BENDS: [f32; 3] = [0.1, 0.3, 0.5];

/// Limits of the similarity, in standard deviations of unrelated sentences' cosines.
pub(in crate::align) const SIMILARITY_LIMITS: [f32; 2] = [-2.0, 10.0];

/// Similarities at which the weight of the similarity may change.
pub(in crate::align) const SIMILARITY_BENDS: [f32; 3] = [2.0, 4.0, 6.0];

/// Limit of the similarity in its product with the length: above, the length says no more.
pub(in crate::align) const MAX_SIMILARITY_TIMES_LENGTH: f32 = 5.0;

/// Logarithmic length below which a line counts as short: 24 characters.
pub(in crate::align) const SHORT_LOG_LENGTH: f32 = 3.4;

/// Least margin and least margin over the best competitor. The greatest of both is 1.
pub(super) const MIN_MARGIN: f32 = -1.0;
pub(super) const MAX_COMPETITOR_MARGIN: f32 = 1.0;

/// Limit of the length mismatch: the square of 3 standard deviations.
pub(super) const MAX_LENGTH_MISMATCH: f32 = 9.0;

/// Characters that are added to a length before taking its logarithm, so that short sentences of
/// different lengths do not differ too much.
const LOG_LENGTH_OFFSET: f32 = 6.0;

/// The logarithm of a length in characters.
pub(super) fn log_length(characters: f32) -> f32 {
    libm::logf(characters + LOG_LENGTH_OFFSET)
}

/// Mean [`log_length`] of sentences: 61 characters. It centres `log_length` features, so that their
/// weights do not depend on the bias.
pub(in crate::align) const MEAN_LOG_LENGTH: f32 = 4.2;

/// Variance of the logarithm of the length ratio of two texts that have this number of characters
/// together.
///
/// It falls with the length, as in Gale and Church (1993): the standard deviation is 0.45 for two
/// sentences of 20 characters, 0.36 for two of 60, and at least 0.27. One formula serves all
/// language pairs, since their spreads differ by less than a tenth.
#[inline(always)]
pub(super) fn log_length_ratio_variance(size: f32, other: f32) -> f32 {
    /// The square of 0.45.
    const SCALE: f32 = 0.2025;
    /// Part of the variance that remains for long texts.
    const LONG_TEXT_PART: f32 = 0.35;
    /// Characters at which the part that falls with the length is about 1.
    const SHORT_TEXT_CHARACTERS: f32 = 40.0;
    /// Characters that limit the variance of very short texts.
    const MIN_CHARACTERS: f32 = 20.0;
    SCALE * (LONG_TEXT_PART + SHORT_TEXT_CHARACTERS / (size + other + MIN_CHARACTERS))
}

/// Limit of the weight of shared words, of shared numbers, and of each side's unshared numbers. A
/// table row with ten numbers counts as two.
pub(in crate::align) const MAX_SHARED_WEIGHT: f32 = 2.0;

/// Limit of the number of segment boundaries inside a bead.
pub(super) const MAX_BOUNDARIES_INSIDE: f32 = 3.0;

/// Cosine from which a word counts as matched.
pub(super) const MATCH_COSINE: f32 = 0.4;

/// Factor on word mismatches, which are small numbers, so that they are on the scale of margins.
pub(super) const WORD_MISMATCH_SCALE: f32 = 5.0;

/// Product of the sentence counts of a key on both sides above which it says nothing: a key in 8
/// sentences of both sides is still used.
pub(super) const MAX_KEY_PAIRS: usize = 64;
