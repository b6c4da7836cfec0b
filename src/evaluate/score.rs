//! Counts of right beads, and the scores computed from them.

use std::collections::HashSet;
use std::ops::AddAssign;

use super::alignment::{Alignment, Bead};
use super::error::{AlignmentError, AlignmentSide};

/// How unaligned sentences count towards precision. They never count towards
/// recall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NullPolicy {
    /// Each unaligned sentence is one null bead, in the gold alignment and in the
    /// prediction, regardless of the null beads that were given. The score does
    /// not depend on how a system groups unaligned sentences.
    #[default]
    Each,
    /// Null beads count as they were given. Sentences that are in no bead do not
    /// count. Vecalign's `score.py`, and thus many published scores, use this
    /// policy.
    AsGiven,
}

impl NullPolicy {
    /// The name of the policy: `each` or `as-given`.
    ///
    /// ```
    /// use bitext::evaluate::NullPolicy;
    ///
    /// assert_eq!([NullPolicy::default(), NullPolicy::AsGiven].map(NullPolicy::name), ["each", "as-given"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            NullPolicy::Each => "each",
            NullPolicy::AsGiven => "as-given",
        }
    }
}

/// A number of beads, and how many of them are right.
///
/// ```
/// use bitext::evaluate::MatchCounts;
///
/// let mut tally = MatchCounts { beads: 3, strict: 1, lax: 3 };
/// tally += MatchCounts { beads: 1, strict: 1, lax: 1 };
/// assert_eq!((tally.strict_share(), tally.lax_share()), (0.5, 1.0));
/// assert_eq!(MatchCounts::default().strict_share(), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchCounts {
    /// All beads.
    pub beads: u64,
    /// Beads that the other alignment has exactly.
    pub strict: u64,
    /// Those, and beads that share a source sentence and a target sentence with a
    /// bead of the other alignment.
    pub lax: u64,
}

impl MatchCounts {
    /// The share of beads that are right by the strict criterion; 1 without beads.
    pub fn strict_share(&self) -> f64 {
        share(self.strict, self.beads)
    }

    /// The share of beads that are right by the lax criterion; 1 without beads.
    pub fn lax_share(&self) -> f64 {
        share(self.lax, self.beads)
    }

    fn add(&mut self, (strict, lax): (bool, bool)) {
        self.beads += 1;
        self.strict += u64::from(strict);
        self.lax += u64::from(lax);
    }
}

impl AddAssign for MatchCounts {
    fn add_assign(&mut self, other: MatchCounts) {
        self.beads += other.beads;
        self.strict += other.strict;
        self.lax += other.lax;
    }
}

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PrecisionRecall {
    /// The share of predicted beads that are right.
    pub precision: f64,
    /// The share of gold beads that were found.
    pub recall: f64,
    /// The harmonic mean of both; 0 if both are 0.
    pub f1: f64,
}

impl PrecisionRecall {
    fn new(precision: f64, recall: f64) -> PrecisionRecall {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        PrecisionRecall { precision, recall, f1 }
    }
}

/// The counts of right beads from which precision and recall are computed. The
/// sum of the counts of several documents weighs all beads equally.
///
/// A share of no beads is 1, because a prediction without beads has no errors.
/// Vecalign's `score.py` returns 0 instead.
///
/// ```
/// use bitext::evaluate::{Bead, Alignment, ScoreCounts, NullPolicy};
///
/// let gold = Alignment::new(3, 3, [Bead::new([0], [0]), Bead::new([1, 2], [1])])?;
/// let pred = Alignment::new(3, 3, [Bead::new([0], [0]), Bead::new([1], [1])])?;
/// let mut counts = ScoreCounts::of(&gold, &pred, NullPolicy::Each)?;
/// // 0:0 and the unaligned target 2 are right; 1:1 and the unaligned source 2 are
/// // wrong.
/// assert_eq!(counts.strict().precision, 0.5);
/// assert_eq!(counts.strict().recall, 0.5);
/// assert_eq!(counts.lax().recall, 1.0);
/// // Without null beads, one of two beads is right, and both overlap.
/// assert_eq!((counts.strict_linked().precision, counts.lax_linked().precision), (0.5, 1.0));
/// // Target 2 is the only null bead of the gold alignment; the prediction has two.
/// assert_eq!((counts.null_recall(), counts.null_precision()), (1.0, 0.5));
/// counts += ScoreCounts::of(&gold, &gold, NullPolicy::Each)?;
/// assert_eq!(counts.strict().recall, 0.75);
/// # Ok::<(), bitext::evaluate::AlignmentError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScoreCounts {
    /// The predicted beads, including null beads as the policy counts them.
    pub predicted: MatchCounts,
    /// The predicted beads that are not null.
    pub linked: MatchCounts,
    /// The gold beads that are not null. A gold bead is right if it was found.
    pub gold: MatchCounts,
    /// Sentences that are unaligned in the gold alignment.
    pub gold_unaligned: u64,
    /// Sentences that are unaligned in the prediction.
    pub predicted_unaligned: u64,
    /// Sentences that are unaligned in both.
    pub both_unaligned: u64,
}

impl ScoreCounts {
    /// Compares a prediction with the gold alignment of the same sentences.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::Sizes`] if the numbers of sentences differ.
    pub fn of(
        gold: &Alignment,
        predicted: &Alignment,
        nulls: NullPolicy,
    ) -> Result<ScoreCounts, AlignmentError> {
        if gold.sizes() != predicted.sizes() {
            let (gold, predicted) = (gold.sizes(), predicted.sizes());
            return Err(AlignmentError::Sizes { gold, predicted });
        }
        let mut counts = ScoreCounts::default();
        for bead in predicted.beads().iter().filter(|bead| !bead.is_null()) {
            counts.linked.add(is_right(gold, bead));
        }
        for bead in gold.beads().iter().filter(|bead| !bead.is_null()) {
            counts.gold.add(is_right(predicted, bead));
        }
        let (n, m) = gold.sizes();
        let sentences = (0..n)
            .map(|i| (AlignmentSide::Source, i))
            .chain((0..m).map(|j| (AlignmentSide::Target, j)));
        for (side, sentence) in sentences {
            let in_gold = !gold.is_aligned(side, sentence);
            let in_predicted = !predicted.is_aligned(side, sentence);
            counts.gold_unaligned += u64::from(in_gold);
            counts.predicted_unaligned += u64::from(in_predicted);
            counts.both_unaligned += u64::from(in_gold && in_predicted);
        }
        counts.predicted = counts.linked;
        match nulls {
            NullPolicy::Each => {
                counts.predicted += MatchCounts {
                    beads: counts.predicted_unaligned,
                    strict: counts.both_unaligned,
                    lax: counts.both_unaligned,
                };
            }
            NullPolicy::AsGiven => {
                for bead in predicted.beads().iter().filter(|bead| bead.is_null()) {
                    counts.predicted.add(is_right(gold, bead));
                }
            }
        }
        Ok(counts)
    }

    /// The strict scores: precision over all predicted beads, recall over the gold
    /// beads that are not null.
    pub fn strict(&self) -> PrecisionRecall {
        PrecisionRecall::new(self.predicted.strict_share(), self.gold.strict_share())
    }

    /// The lax scores, over the same beads as [`strict`](ScoreCounts::strict).
    pub fn lax(&self) -> PrecisionRecall {
        PrecisionRecall::new(self.predicted.lax_share(), self.gold.lax_share())
    }

    /// The strict scores without null beads in precision. Use them to compare
    /// systems: for texts that share little, null beads reward a system that leaves
    /// everything unaligned.
    pub fn strict_linked(&self) -> PrecisionRecall {
        PrecisionRecall::new(self.linked.strict_share(), self.gold.strict_share())
    }

    /// The lax scores without null beads in precision.
    pub fn lax_linked(&self) -> PrecisionRecall {
        PrecisionRecall::new(self.linked.lax_share(), self.gold.lax_share())
    }

    /// The share of sentences unaligned in the gold alignment that are unaligned in
    /// the prediction.
    pub fn null_recall(&self) -> f64 {
        share(self.both_unaligned, self.gold_unaligned)
    }

    /// The share of sentences unaligned in the prediction that are unaligned in the
    /// gold alignment.
    pub fn null_precision(&self) -> f64 {
        share(self.both_unaligned, self.predicted_unaligned)
    }
}

impl AddAssign for ScoreCounts {
    fn add_assign(&mut self, other: ScoreCounts) {
        self.predicted += other.predicted;
        self.linked += other.linked;
        self.gold += other.gold;
        self.gold_unaligned += other.gold_unaligned;
        self.predicted_unaligned += other.predicted_unaligned;
        self.both_unaligned += other.both_unaligned;
    }
}

/// A share; 1 of nothing.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Whether a bead is right by the strict and by the lax criterion, compared with
/// another alignment. A null bead overlaps no bead.
fn is_right(other: &Alignment, bead: &Bead) -> (bool, bool) {
    let overlapping = |side: AlignmentSide| {
        bead.side(side).iter().filter_map(move |&sentence| other.bead_of(side, sentence))
    };
    // A sentence is in one bead only, so any sentence leads to the only candidate.
    let candidate =
        overlapping(AlignmentSide::Source).chain(overlapping(AlignmentSide::Target)).next();
    if candidate.and_then(|at| other.beads().get(at)) == Some(bead) {
        return (true, true);
    }
    let on_source: HashSet<usize> = overlapping(AlignmentSide::Source).collect();
    (false, overlapping(AlignmentSide::Target).any(|at| on_source.contains(&at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beads(n: usize, m: usize, beads: &[(&[usize], &[usize])]) -> Alignment {
        Alignment::new(n, m, beads.iter().map(|&(x, y)| Bead::new(x, y))).unwrap()
    }

    /// 6 x 6: source 4, target 4 and 5 are unaligned, the last two in one bead.
    fn gold() -> Alignment {
        let gold: &[(&[usize], &[usize])] =
            &[(&[0], &[0]), (&[1, 2], &[1]), (&[3, 5], &[2, 3]), (&[4], &[]), (&[], &[4, 5])];
        beads(6, 6, gold)
    }

    /// Right: 0:0, unaligned targets 4 and 5. Overlapping: 3:2. Wrong: 1:3, 4:1,
    /// unaligned sources 2 and 5.
    fn predicted() -> Alignment {
        let predicted: &[(&[usize], &[usize])] =
            &[(&[0], &[0]), (&[3], &[2]), (&[1], &[3]), (&[4], &[1]), (&[], &[4]), (&[], &[5])];
        beads(6, 6, predicted)
    }

    #[test]
    fn each_policy_counts_one_null_bead_per_sentence() {
        let counts = ScoreCounts::of(&gold(), &predicted(), NullPolicy::Each).unwrap();
        assert_eq!(counts.linked, MatchCounts { beads: 4, strict: 1, lax: 2 });
        assert_eq!(counts.predicted, MatchCounts { beads: 8, strict: 3, lax: 4 });
        // 3,5:2,3 overlaps 3:2. 1,2:1 overlaps 1:3 and 4:1 on one side only.
        assert_eq!(counts.gold, MatchCounts { beads: 3, strict: 1, lax: 2 });
        let unaligned = (counts.gold_unaligned, counts.predicted_unaligned, counts.both_unaligned);
        assert_eq!(unaligned, (3, 4, 2));
        let strict = counts.strict();
        assert_eq!((strict.precision, strict.recall), (3.0 / 8.0, 1.0 / 3.0));
        assert!((strict.f1 - 6.0 / 17.0).abs() < 1e-12);
        assert_eq!(counts.lax().precision, 0.5);
        assert_eq!(counts.strict_linked().precision, 0.25);
        assert_eq!(counts.lax_linked().precision, 0.5);
        assert_eq!((counts.null_recall(), counts.null_precision()), (2.0 / 3.0, 0.5));
    }

    #[test]
    fn as_given_policy_counts_the_given_null_beads() {
        let counts = ScoreCounts::of(&gold(), &predicted(), NullPolicy::AsGiven).unwrap();
        // The gold alignment has targets 4 and 5 in one bead, so neither predicted null
        // bead is right. Sources 2 and 5 are in no bead and do not count.
        assert_eq!(counts.predicted, MatchCounts { beads: 6, strict: 1, lax: 2 });
        let each = ScoreCounts::of(&gold(), &predicted(), NullPolicy::Each).unwrap();
        assert_eq!(ScoreCounts { predicted: each.predicted, ..counts }, each);

        let itself = ScoreCounts::of(&gold(), &gold(), NullPolicy::AsGiven).unwrap();
        assert_eq!(itself.predicted, MatchCounts { beads: 5, strict: 5, lax: 5 });
    }

    #[test]
    fn a_bead_that_overlaps_two_others_is_right_by_the_lax_criterion_only() {
        let one = beads(2, 2, &[(&[0, 1], &[0, 1])]);
        let two = beads(2, 2, &[(&[0], &[0]), (&[1], &[1])]);
        let counts = ScoreCounts::of(&one, &two, NullPolicy::Each).unwrap();
        assert_eq!(counts.predicted, MatchCounts { beads: 2, strict: 0, lax: 2 });
        assert_eq!(counts.gold, MatchCounts { beads: 1, strict: 0, lax: 1 });
        assert_eq!((counts.strict().f1, counts.lax().f1), (0.0, 1.0));
    }

    #[test]
    fn a_share_of_nothing_is_1() {
        let nothing = Alignment::unaligned(0, 0).unwrap();
        let counts = ScoreCounts::of(&nothing, &nothing, NullPolicy::Each).unwrap();
        assert_eq!(counts, ScoreCounts::default());
        assert_eq!(counts.strict(), PrecisionRecall { precision: 1.0, recall: 1.0, f1: 1.0 });
        let missing = Alignment::unaligned(6, 6).unwrap();
        let counts = ScoreCounts::of(&gold(), &missing, NullPolicy::Each).unwrap();
        assert_eq!(counts.predicted, MatchCounts { beads: 12, strict: 3, lax: 3 });
        assert_eq!((counts.strict().recall, counts.null_recall()), (0.0, 1.0));
        let counts = ScoreCounts::of(&gold(), &missing, NullPolicy::AsGiven).unwrap();
        assert_eq!(counts.strict(), PrecisionRecall { precision: 1.0, recall: 0.0, f1: 0.0 });
    }

    #[test]
    fn texts_of_other_sizes_are_errors() {
        let other = Alignment::unaligned(6, 5).unwrap();
        let error = ScoreCounts::of(&gold(), &other, NullPolicy::Each).unwrap_err();
        assert_eq!(error, AlignmentError::Sizes { gold: (6, 6), predicted: (6, 5) });
    }
}
