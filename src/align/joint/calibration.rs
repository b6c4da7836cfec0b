//! Calibration: confidences from posteriors.
//!
//! A posterior is the probability of a bead under the model. A confidence is the share of beads with
//! this posterior that are exactly right. The map between them is a line between log-odds: Platt
//! scaling (Platt 1999).
//!
//! The slopes, intercepts and weights were fitted by logistic regression on the development sets with
//! the embedded model. [`MAX_SPLIT_BEAD_POSTERIOR`] is a share that was measured on these sets. The
//! other numbers limit the range of log-odds. The section "Confidence" of `reports/alignment.md` has
//! the calibration errors that remain.

/// A linear map from log-odds to log-odds.
struct LogOddsLine {
    slope: f32,
    intercept: f32,
}

/// For beads of two languages that were aligned alone.
const TWO_LANGUAGES: LogOddsLine = LogOddsLine { slope: 0.66, intercept: 0.36 };

/// For beads of two of three languages. A bead of the result agrees with the third language, so
/// the same posterior of the pair means more.
const THREE_LANGUAGES: LogOddsLine = LogOddsLine { slope: 0.58, intercept: 0.90 };

/// For units that have two of three languages: weights of two log-odds.
///
/// The first are the calibrated log-odds of the unit's bead. The second are the log-odds that its
/// sentences have no counterpart in the third language. They come from single pairs, and the other
/// language often resolves what made them low, so their weight is small.
const TWO_OF_THREE: TwoOfThree = TwoOfThree { bead: 0.54, null: 0.23, intercept: -0.73 };

struct TwoOfThree {
    bead: f32,
    null: f32,
    intercept: f32,
}

/// Larger log-odds count as these in [`TWO_OF_THREE`], as they did when it was fitted.
const MAX_FITTED_LOG_ODDS: f32 = 6.0;

/// Smaller log-odds of a null count as these in [`TWO_OF_THREE`], as they did when it was fitted.
const MIN_FITTED_NULL_LOG_ODDS: f32 = -4.0;

/// The largest posterior of a bead with a hole. Its posterior is estimated, not summed over paths:
/// on the development sets nine in ten such beads were right.
pub(in crate::align) const MAX_SPLIT_BEAD_POSTERIOR: f32 = 0.9;

/// Posteriors are kept this far from 0 and 1, so that log-odds are finite.
const MIN_CALIBRATED_PROBABILITY: f32 = 1e-6;

/// The confidence of a bead, if this number of languages was aligned together.
pub(super) fn bead_confidence(posterior: f32, languages: usize) -> f32 {
    probability(bead_log_odds(posterior, languages))
}

/// The log-odds of [`bead_confidence`].
pub(super) fn bead_log_odds(posterior: f32, languages: usize) -> f32 {
    let line = if languages > 2 { THREE_LANGUAGES } else { TWO_LANGUAGES };
    line.slope * log_odds(posterior) + line.intercept
}

/// The confidence of a unit that has two of three languages.
///
/// `bead_log_odds` are those of its least sure bead. `null_posterior` is the smallest posterior of
/// its sentences to have no counterpart in the third language.
pub(super) fn two_of_three_confidence(bead_log_odds: f32, null_posterior: f32) -> f32 {
    let null = log_odds(null_posterior).clamp(MIN_FITTED_NULL_LOG_ODDS, MAX_FITTED_LOG_ODDS);
    let TwoOfThree { bead, null: weight, intercept } = TWO_OF_THREE;
    probability(bead * bead_log_odds.min(MAX_FITTED_LOG_ODDS) + weight * null + intercept)
}

/// The logarithm of the odds p / (1 - p).
fn log_odds(p: f32) -> f32 {
    let p = p.clamp(MIN_CALIBRATED_PROBABILITY, 1.0 - MIN_CALIBRATED_PROBABILITY);
    (p / (1.0 - p)).ln()
}

/// The probability with the given log-odds: the logistic function.
pub(super) fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_rises_with_the_posterior() {
        for languages in [2, 3] {
            let confidences: Vec<f32> =
                (0..=20).map(|at| bead_confidence(at as f32 / 20.0, languages)).collect();
            assert!(confidences.is_sorted_by(|a, b| a < b), "{confidences:?}");
            assert!(confidences.iter().all(|confidence| (0.0..=1.0).contains(confidence)));
        }
    }

    #[test]
    fn a_third_language_that_agrees_makes_a_doubtful_bead_surer() {
        assert!(bead_confidence(0.6, 3) > bead_confidence(0.6, 2));
    }

    #[test]
    fn a_unit_of_two_of_three_languages_depends_on_bead_and_null() {
        let log_odds = |posterior| bead_log_odds(posterior, 3);
        let confidence = two_of_three_confidence(log_odds(0.9), 0.5);
        assert!(confidence > two_of_three_confidence(log_odds(0.5), 0.5));
        assert!(confidence > two_of_three_confidence(log_odds(0.9), 0.1));
        assert!(confidence < two_of_three_confidence(log_odds(0.9), 0.9));
    }

    #[test]
    fn log_odds_and_probability_are_inverse() {
        for p in [0.01, 0.3, 0.5, 0.99] {
            assert!((probability(log_odds(p)) - p).abs() < 1e-5);
        }
    }
}
