//! Whether confidences mean what they say.

use std::ops::AddAssign;

use super::AlignmentError;
use super::counts::share;

/// Bins of a reliability table.
const BINS: usize = 10;

/// A reliability table: confidences, and whether what they were given for is
/// right.
///
/// ```
/// use bitext::evaluate::Calibration;
///
/// let mut calibration = Calibration::new();
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
pub struct Calibration {
    /// All of them: thresholds may be anywhere.
    given: Vec<(f32, bool)>,
}

/// A row of a reliability table.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Bin {
    /// How many confidences are in it.
    pub count: u64,
    /// How many of them are for what is right.
    pub right: u64,
    /// Their mean; 0 where there are none.
    pub mean_confidence: f64,
}

impl Bin {
    /// The share that is right; `None` in an empty bin.
    pub fn share_right(&self) -> Option<f64> {
        (self.count > 0).then(|| share(self.right, self.count))
    }
}

impl Calibration {
    /// An empty table.
    pub fn new() -> Calibration {
        Calibration::default()
    }

    /// Adds a confidence, and whether what it was given for is right.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::Confidence`] where it is not in 0..=1.
    pub fn add(&mut self, confidence: f32, right: bool) -> Result<(), AlignmentError> {
        if !(0.0..=1.0).contains(&confidence) {
            return Err(AlignmentError::Confidence(confidence));
        }
        self.given.push((confidence, right));
        Ok(())
    }

    /// How many confidences there are.
    pub fn len(&self) -> usize {
        self.given.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// The table: ten bins of equal width, each with its lower bound, the last
    /// with 1 too.
    pub fn bins(&self) -> [Bin; BINS] {
        let mut bins = [Bin::default(); BINS];
        for &(confidence, right) in &self.given {
            // In single precision, in which 0.7 times 10 is 7.
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

    /// The expected calibration error: how far the share that is right is from
    /// the mean confidence, averaged over the bins by what is in them. 0 is
    /// perfect, and the value of an empty table.
    pub fn expected_error(&self) -> f64 {
        let gap = |bin: &Bin| {
            let gap = bin.share_right().map_or(0.0, |right| (right - bin.mean_confidence).abs());
            gap * bin.count as f64
        };
        let all: f64 = self.bins().iter().map(gap).sum();
        if self.is_empty() { 0.0 } else { all / self.len() as f64 }
    }

    /// How many confidences are at a threshold or above.
    pub fn count_from(&self, threshold: f32) -> u64 {
        self.from(threshold).count() as u64
    }

    /// The share that is right where the confidence is at a threshold or
    /// above; `None` where no confidence is.
    pub fn share_right_from(&self, threshold: f32) -> Option<f64> {
        let right = self.from(threshold).filter(|&&(_, right)| right).count();
        let count = self.count_from(threshold);
        (count > 0).then(|| share(right as u64, count))
    }

    fn from(&self, threshold: f32) -> impl Iterator<Item = &(f32, bool)> {
        self.given.iter().filter(move |(confidence, _)| *confidence >= threshold)
    }
}

impl AddAssign for Calibration {
    fn add_assign(&mut self, other: Calibration) {
        self.given.extend(other.given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(given: &[(f32, bool)]) -> Calibration {
        let mut calibration = Calibration::new();
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
        // Bin 2: mean .25, none right: gap .25. Bin 5: mean .5, all right:
        // gap .5.
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
    fn what_is_no_probability_is_refused() {
        let mut calibration = Calibration::new();
        for confidence in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert!(calibration.add(confidence, true).is_err());
        }
        assert!(calibration.is_empty());
        assert_eq!(calibration.expected_error(), 0.0);
        assert_eq!(calibration.bins()[0].share_right(), None);
    }
}
