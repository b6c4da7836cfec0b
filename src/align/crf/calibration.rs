//! Calibration: confidences from posteriors.
//!
//! A posterior is the probability of a bead under the model. A confidence is the share of beads with
//! this posterior that are exactly right. The map between them is a line between log-odds: Platt
//! scaling (Platt 1999). It is learnt with the weights, from documents that they were not learnt
//! from.

/// A linear map from log-odds to log-odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::align) struct LogOddsLine {
    pub(in crate::align) slope: f32,
    pub(in crate::align) intercept: f32,
}

/// The maps from posteriors to confidences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::align) struct Calibration {
    /// For beads of two languages that were aligned alone, and of two of three languages. A bead
    /// that agrees with a third language means more.
    pub(in crate::align) two_languages: LogOddsLine,
    pub(in crate::align) three_languages: LogOddsLine,
    /// For unaligned sentences.
    pub(in crate::align) null_of_two: LogOddsLine,
    pub(in crate::align) null_of_three: LogOddsLine,
    /// For units that have two of three languages: weights of two log-odds. The first are the
    /// calibrated log-odds of the unit's bead. The second are the log-odds that its sentences have
    /// no counterpart in the third language.
    pub(in crate::align) two_of_three: TwoOfThree,
}

/// See [`Calibration::two_of_three`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::align) struct TwoOfThree {
    pub(in crate::align) bead: f32,
    pub(in crate::align) null: f32,
    pub(in crate::align) intercept: f32,
}

/// Larger log-odds count as these: rounding and rare shapes say no more.
pub(in crate::align) const MAX_LOG_ODDS: f32 = 12.0;

impl LogOddsLine {
    const IDENTITY: LogOddsLine = LogOddsLine { slope: 1.0, intercept: 0.0 };

    fn map(self, log_odds: f32) -> f32 {
        self.slope * log_odds + self.intercept
    }
}

impl Calibration {
    /// Posteriors as they are.
    pub(in crate::align) const IDENTITY: Calibration = Calibration {
        two_languages: LogOddsLine::IDENTITY,
        three_languages: LogOddsLine::IDENTITY,
        null_of_two: LogOddsLine::IDENTITY,
        null_of_three: LogOddsLine::IDENTITY,
        two_of_three: TwoOfThree { bead: 1.0, null: 0.0, intercept: 0.0 },
    };

    /// The names of the rows of a table.
    pub(in crate::align) const NAMES: [&str; 5] = [
        "calibration_of_2",
        "calibration_of_3",
        "calibration_of_null_of_2",
        "calibration_of_null_of_3",
        "calibration_of_2_of_3",
    ];

    /// The rows of a table, in the order of [`Calibration::NAMES`].
    pub(in crate::align) fn rows(&self) -> [Vec<f32>; 5] {
        let line = |line: LogOddsLine| vec![line.slope, line.intercept];
        let TwoOfThree { bead, null, intercept } = self.two_of_three;
        [
            line(self.two_languages),
            line(self.three_languages),
            line(self.null_of_two),
            line(self.null_of_three),
            vec![bead, null, intercept],
        ]
    }

    /// Sets a row; `false` if it has a wrong number of values.
    pub(in crate::align) fn set_row(&mut self, at: usize, row: &[f32]) -> bool {
        match (at, row) {
            (4, &[bead, null, intercept]) => {
                self.two_of_three = TwoOfThree { bead, null, intercept };
            }
            (at, &[slope, intercept]) if at < 4 => {
                let lines = [
                    &mut self.two_languages,
                    &mut self.three_languages,
                    &mut self.null_of_two,
                    &mut self.null_of_three,
                ];
                *lines[at] = LogOddsLine { slope, intercept };
            }
            _ => return false,
        }
        true
    }

    /// The confidence of a bead, if this number of languages was aligned together.
    pub(in crate::align) fn bead_confidence(&self, posterior: f32, languages: usize) -> f32 {
        probability(self.bead_log_odds(posterior, languages))
    }

    /// The log-odds of [`Calibration::bead_confidence`].
    pub(in crate::align) fn bead_log_odds(&self, posterior: f32, languages: usize) -> f32 {
        let line = if languages > 2 { self.three_languages } else { self.two_languages };
        line.map(log_odds(posterior))
    }

    /// The confidence of an unaligned sentence, from the largest posterior that it has no
    /// counterpart in another language.
    pub(in crate::align) fn null_confidence(&self, posterior: f32, languages: usize) -> f32 {
        let line = if languages > 2 { self.null_of_three } else { self.null_of_two };
        probability(line.map(log_odds(posterior)))
    }

    /// The confidence of a unit that has two of three languages.
    ///
    /// `bead_log_odds` are those of its least sure bead. `null_posterior` is the smallest posterior
    /// of its sentences to have no counterpart in the third language.
    pub(in crate::align) fn two_of_three_confidence(
        &self,
        bead_log_odds: f32,
        null_posterior: f32,
    ) -> f32 {
        let TwoOfThree { bead, null, intercept } = self.two_of_three;
        let bead_log_odds = bead_log_odds.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS);
        probability(bead * bead_log_odds + null * log_odds(null_posterior) + intercept)
    }
}

/// The logarithm of the odds p / (1 - p), limited.
pub(in crate::align) fn log_odds(p: f32) -> f32 {
    libm::logf(p / (1.0 - p)).clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS)
}

/// The probability with the given log-odds: the logistic function.
pub(in crate::align) fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-log_odds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::Weights;

    #[test]
    fn confidence_rises_with_the_posterior() {
        let weights = Weights::default();
        for languages in [2, 3] {
            for null in [false, true] {
                let confidence = |at: i32| {
                    let posterior = at as f32 / 20.0;
                    if null {
                        weights.calibration.null_confidence(posterior, languages)
                    } else {
                        weights.calibration.bead_confidence(posterior, languages)
                    }
                };
                let confidences: Vec<f32> = (0..=20).map(confidence).collect();
                assert!(confidences.is_sorted_by(|a, b| a < b), "{confidences:?}");
                assert!(confidences.iter().all(|confidence| (0.0..=1.0).contains(confidence)));
            }
        }
    }

    #[test]
    fn a_unit_of_two_of_three_languages_depends_on_bead_and_null() {
        let calibration = Weights::default().calibration;
        let log_odds = |posterior| calibration.bead_log_odds(posterior, 3);
        let confidence = calibration.two_of_three_confidence(log_odds(0.9), 0.5);
        assert!(confidence > calibration.two_of_three_confidence(log_odds(0.5), 0.5));
        assert!(confidence > calibration.two_of_three_confidence(log_odds(0.9), 0.1));
        assert!(confidence < calibration.two_of_three_confidence(log_odds(0.9), 0.9));
    }

    #[test]
    fn log_odds_and_probability_are_inverse() {
        for p in [0.01, 0.3, 0.5, 0.99] {
            assert!((probability(log_odds(p)) - p).abs() < 1e-5);
        }
        assert!(log_odds(0.0).is_finite() && log_odds(1.0).is_finite());
    }
}
