//! Reliability of confidences: reliability tables and the expected calibration
//! error.

use std::ops::AddAssign;

use super::AlignmentError;
use super::score::share;

/// The number of bins of a reliability table.
const BINS: usize = 10;

/// Collects confidences with whether each prediction was right, and compares
/// both.
///
/// The expected calibration error (ECE) follows Naeini et al. (2015), [Obtaining
/// well calibrated probabilities using Bayesian
/// binning](https://doi.org/10.1609/aaai.v29i1.9602), with ten bins of equal width.
///
/// ```
/// use bitext::evaluate::Reliability;
///
/// let mut calibration = Reliability::new();
/// assert!(calibration.is_empty());
/// for (confidence, right) in [(0.9, true), (0.92, true), (0.94, false), (0.3, false)] {
///     calibration.add(confidence, right)?;
/// }
/// assert_eq!((calibration.len(), calibration.count_from(0.9)), (4, 3));
/// assert_eq!(calibration.bins()[9].share_right(), Some(2.0 / 3.0));
/// assert_eq!(calibration.share_right_from(0.9), Some(2.0 / 3.0));
/// assert!((calibration.expected_error() - (0.25 * 0.3 + 0.75 * (0.92 - 2.0 / 3.0))).abs() < 1e-6);
/// # Ok::<(), bitext::evaluate::AlignmentError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability {
    /// Each confidence, with whether the prediction was right.
    given: Vec<(f32, bool)>,
}

/// A bin of a reliability table.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// The number of confidences.
    pub count: u64,
    /// The number of predictions that were right.
    pub right: u64,
    /// The mean confidence; 0 in an empty bin.
    pub mean_confidence: f64,
}

impl ReliabilityBin {
    /// The share of predictions that were right; `None` in an empty bin.
    pub fn share_right(&self) -> Option<f64> {
        (self.count > 0).then(|| share(self.right, self.count))
    }
}

impl Reliability {
    /// Creates an empty collection.
    pub fn new() -> Reliability {
        Reliability::default()
    }

    /// Adds a confidence and whether the prediction was right.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::Confidence`] if the confidence is not in 0..=1.
    pub fn add(&mut self, confidence: f32, right: bool) -> Result<(), AlignmentError> {
        if !(0.0..=1.0).contains(&confidence) {
            return Err(AlignmentError::Confidence(confidence));
        }
        self.given.push((confidence, right));
        Ok(())
    }

    /// The number of confidences.
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// Whether there are no confidences.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The reliability table: ten bins of equal width. A bin includes its lower
    /// bound; the last one also includes 1.
    pub fn bins(&self) -> [ReliabilityBin; BINS] {
        let mut bins = [ReliabilityBin::default(); BINS];
        for &(confidence, right) in &self.given {
            // In single precision, 0.7 times 10 is exactly 7.
            let at = ((confidence * BINS as f32) as usize).min(BINS - 1);
            bins[at].count += 1;
            bins[at].right += u64::from(right);
            bins[at].mean_confidence += f64::from(confidence);
        }
        for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
            bin.mean_confidence /= bin.count as f64;
        }
        bins
    }

    /// The expected calibration error: the difference between the mean confidence and the share of
    /// right predictions, averaged over the bins and weighted by their counts. It is 0 for perfect
    /// confidences and for an empty table.
    pub fn expected_error(&self) -> f64 {
        let gap = |bin: &ReliabilityBin| {
            let gap = bin.share_right().map_or(0.0, |right| (right - bin.mean_confidence).abs());
            gap * bin.count as f64
        };
        let all: f64 = self.bins().iter().map(gap).sum();
        if self.is_empty() { 0.0 } else { all / self.len() as f64 }
    }

    /// The number of confidences at or above a threshold.
    pub fn count_from(&self, threshold: f32) -> u64 {
        self.from(threshold).count() as u64
    }

    /// The share of right predictions among those with a confidence at or above a threshold; `None`
    /// if there are none.
    pub fn share_right_from(&self, threshold: f32) -> Option<f64> {
        let right = self.from(threshold).filter(|&&(_, right)| right).count();
        let count = self.count_from(threshold);
        (count > 0).then(|| share(right as u64, count))
    }

    fn from(&self, threshold: f32) -> impl Iterator<Item = &(f32, bool)> {
        self.given.iter().filter(move |(confidence, _)| *confidence >= threshold)
    }
}

impl AddAssign for Reliability {
    fn add_assign(&mut self, other: Reliability) {
        self.given.extend(other.given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(given: &[(f32, bool)]) -> Reliability {
        let mut calibration = Reliability::new();
        for &(confidence, right) in given {
            calibration.add(confidence, right).unwrap();
        }
        calibration
    }

    #[test]
    fn bins_have_their_lower_bound() {
        for at in 0..BINS {
            let bound = format!("0.{at}").parse().unwrap();
            assert_eq!(table(&[(bound, true)]).bins()[at].count, 1, "{bound}");
        }
        assert_eq!(table(&[(1.0, true), (0.95, false)]).bins()[9].right, 1);
    }

    #[test]
    fn the_error_is_the_gap_weighted_by_bin() {
        // Bin 2 has the mean 0.25 and no right prediction, so its error is 0.25. Bin 5 has the mean 0.5
        // and only right ones, so its error is 0.5.
        let calibration = table(&[(0.25, false), (0.25, false), (0.25, false), (0.5, true)]);
        assert!((calibration.expected_error() - (0.75 * 0.25 + 0.25 * 0.5)).abs() < 1e-12);
        assert_eq!(table(&[(1.0, true), (0.0, false)]).expected_error(), 0.0);
    }

    #[test]
    fn shares_from_a_threshold() {
        let mut calibration = table(&[(0.8, false), (0.9, true)]);
        calibration += table(&[(0.9, false), (1.0, true)]);
        assert_eq!(calibration.len(), 4);
        assert_eq!((calibration.count_from(0.9), calibration.count_from(0.91)), (3, 1));
        assert_eq!(calibration.share_right_from(0.0), Some(0.5));
        assert_eq!(calibration.share_right_from(0.91), Some(1.0));
        assert_eq!(calibration.share_right_from(1.5), None);
    }

    #[test]
    fn confidences_outside_0_to_1_are_errors() {
        let mut calibration = Reliability::new();
        for confidence in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert!(calibration.add(confidence, true).is_err());
        }
        assert!(calibration.is_empty());
        assert_eq!(calibration.expected_error(), 0.0);
        assert_eq!(calibration.bins()[0].share_right(), None);
    }
}
