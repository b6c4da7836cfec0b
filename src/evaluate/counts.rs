//! How much of an alignment is right.

use std::collections::HashSet;
use std::ops::AddAssign;

use super::{AlignmentError, Bead, Beads, Side};

/// How sentences without a counterpart count towards precision. They never
/// count towards recall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nulls {
    /// One null bead for each unaligned sentence, whether and however null
    /// beads were given, in gold and prediction alike: it does not matter how
    /// a system groups what it leaves out.
    #[default]
    Each,
    /// The null beads that were given, as they were given; a sentence in no
    /// bead at all counts for nothing. That is how Vecalign's `score.py`
    /// counts, and published figures with it.
    AsGiven,
}

impl Nulls {
    /// `each` or `as-given`.
    ///
    /// ```
    /// use bitext::evaluate::Nulls;
    ///
    /// assert_eq!([Nulls::default(), Nulls::AsGiven].map(Nulls::name), ["each", "as-given"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Nulls::Each => "each",
            Nulls::AsGiven => "as-given",
        }
    }
}

/// Beads, and how many of them are right.
///
/// ```
/// use bitext::evaluate::Tally;
///
/// let mut tally = Tally { beads: 3, strict: 1, lax: 3 };
/// tally += Tally { beads: 1, strict: 1, lax: 1 };
/// assert_eq!((tally.strict_share(), tally.lax_share()), (0.5, 1.0));
/// assert_eq!(Tally::default().strict_share(), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub beads: u64,
    /// Those that the other alignment has exactly so.
    pub strict: u64,
    /// Those, and those that share a source sentence and a target sentence
    /// with one bead of the other alignment.
    pub lax: u64,
}

impl Tally {
    /// The share that is exactly right; 1 where there are no beads.
    pub fn strict_share(&self) -> f64 {
        share(self.strict, self.beads)
    }

    /// The share that is right or overlaps; 1 where there are no beads.
    pub fn lax_share(&self) -> f64 {
        share(self.lax, self.beads)
    }

    fn add(&mut self, (strict, lax): (bool, bool)) {
        self.beads += 1;
        self.strict += u64::from(strict);
        self.lax += u64::from(lax);
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.beads += other.beads;
        self.strict += other.strict;
        self.lax += other.lax;
    }
}

/// Precision, recall and their harmonic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scores {
    /// The share of predicted beads that is right.
    pub precision: f64,
    /// The share of gold beads that is found.
    pub recall: f64,
    /// The harmonic mean of both; 0 where both are.
    pub f1: f64,
}

impl Scores {
    fn new(precision: f64, recall: f64) -> Scores {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Scores { precision, recall, f1 }
    }
}

/// What precision and recall are computed from. Counts of several documents
/// add up, which weighs every bead alike.
///
/// A share of nothing is 1: a prediction without beads makes no mistake.
/// (Vecalign's `score.py` has 0 there.)
///
/// ```
/// use bitext::evaluate::{Bead, Beads, Counts, Nulls};
///
/// let gold = Beads::new(3, 3, [Bead::new([0], [0]), Bead::new([1, 2], [1])])?;
/// let pred = Beads::new(3, 3, [Bead::new([0], [0]), Bead::new([1], [1])])?;
/// let mut counts = Counts::of(&gold, &pred, Nulls::Each)?;
/// // Right are 0:0 and that target 2 has no counterpart; wrong are 1:1 and that
/// // source 2 has none.
/// assert_eq!(counts.strict().precision, 0.5);
/// assert_eq!(counts.strict().recall, 0.5);
/// assert_eq!(counts.lax().recall, 1.0);
/// // Null beads aside one of two is right, and both overlap.
/// assert_eq!((counts.strict_linked().precision, counts.lax_linked().precision), (0.5, 1.0));
/// // Target 2 is the only null of gold, and one of two of the prediction.
/// assert_eq!((counts.null_recall(), counts.null_precision()), (1.0, 0.5));
/// counts += Counts::of(&gold, &gold, Nulls::Each)?;
/// assert_eq!(counts.strict().recall, 0.75);
/// # Ok::<(), bitext::evaluate::AlignmentError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The predicted beads, null beads by the policy among them.
    pub predicted: Tally,
    /// The predicted beads with both sides.
    pub linked: Tally,
    /// The gold beads with both sides; right are those that are found.
    pub gold: Tally,
    /// Sentences that are unaligned in gold.
    pub gold_unaligned: u64,
    /// Sentences that are unaligned in the prediction.
    pub predicted_unaligned: u64,
    /// Sentences that are unaligned in both.
    pub both_unaligned: u64,
}

impl Counts {
    /// Compares a prediction with the gold alignment of the same sentences.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::Sizes`] where they are not of as many sentences.
    pub fn of(gold: &Beads, predicted: &Beads, nulls: Nulls) -> Result<Counts, AlignmentError> {
        if gold.sizes() != predicted.sizes() {
            let (gold, predicted) = (gold.sizes(), predicted.sizes());
            return Err(AlignmentError::Sizes { gold, predicted });
        }
        let mut counts = Counts::default();
        for bead in predicted.beads().iter().filter(|bead| !bead.is_null()) {
            counts.linked.add(hit(gold, bead));
        }
        for bead in gold.beads().iter().filter(|bead| !bead.is_null()) {
            counts.gold.add(hit(predicted, bead));
        }
        let (n, m) = gold.sizes();
        let sentences = (0..n).map(|i| (Side::Source, i)).chain((0..m).map(|j| (Side::Target, j)));
        for (side, sentence) in sentences {
            let in_gold = !gold.is_aligned(side, sentence);
            let in_predicted = !predicted.is_aligned(side, sentence);
            counts.gold_unaligned += u64::from(in_gold);
            counts.predicted_unaligned += u64::from(in_predicted);
            counts.both_unaligned += u64::from(in_gold && in_predicted);
        }
        counts.predicted = counts.linked;
        match nulls {
            Nulls::Each => {
                counts.predicted += Tally {
                    beads: counts.predicted_unaligned,
                    strict: counts.both_unaligned,
                    lax: counts.both_unaligned,
                };
            }
            Nulls::AsGiven => {
                for bead in predicted.beads().iter().filter(|bead| bead.is_null()) {
                    counts.predicted.add(hit(gold, bead));
                }
            }
        }
        Ok(counts)
    }

    /// Precision over all predicted beads, recall over the gold beads with
    /// both sides; right is what is exactly right.
    pub fn strict(&self) -> Scores {
        Scores::new(self.predicted.strict_share(), self.gold.strict_share())
    }

    /// As [`strict`](Counts::strict); right is what is right or overlaps on
    /// both sides.
    pub fn lax(&self) -> Scores {
        Scores::new(self.predicted.lax_share(), self.gold.lax_share())
    }

    /// As [`strict`](Counts::strict), with null beads left out of precision
    /// too. To compare systems by: otherwise texts that share little reward
    /// those that leave everything unaligned.
    pub fn strict_linked(&self) -> Scores {
        Scores::new(self.linked.strict_share(), self.gold.strict_share())
    }

    /// As [`lax`](Counts::lax), with null beads left out of precision too.
    pub fn lax_linked(&self) -> Scores {
        Scores::new(self.linked.lax_share(), self.gold.lax_share())
    }

    /// The share of the sentences unaligned in gold that was left unaligned.
    pub fn null_recall(&self) -> f64 {
        share(self.both_unaligned, self.gold_unaligned)
    }

    /// The share of the sentences left unaligned that is unaligned in gold.
    pub fn null_precision(&self) -> f64 {
        share(self.both_unaligned, self.predicted_unaligned)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.predicted += other.predicted;
        self.linked += other.linked;
        self.gold += other.gold;
        self.gold_unaligned += other.gold_unaligned;
        self.predicted_unaligned += other.predicted_unaligned;
        self.both_unaligned += other.both_unaligned;
    }
}

pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Whether an alignment has a bead exactly so, and whether one of its beads
/// meets it on both sides at least. A null bead meets nothing.
fn hit(other: &Beads, bead: &Bead) -> (bool, bool) {
    let met = |side: Side| {
        bead.side(side).iter().filter_map(move |&sentence| other.bead_of(side, sentence))
    };
    // No sentence is in two beads, so any of them leads to the only candidate.
    let candidate = met(Side::Source).chain(met(Side::Target)).next();
    if candidate.and_then(|at| other.beads().get(at)) == Some(bead) {
        return (true, true);
    }
    let on_source: HashSet<usize> = met(Side::Source).collect();
    (false, met(Side::Target).any(|at| on_source.contains(&at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beads(n: usize, m: usize, beads: &[(&[usize], &[usize])]) -> Beads {
        Beads::new(n, m, beads.iter().map(|&(x, y)| Bead::new(x, y))).unwrap()
    }

    /// 6 x 6: source 4, target 4 and 5 are unaligned, the last two in one bead.
    fn gold() -> Beads {
        let gold: &[(&[usize], &[usize])] =
            &[(&[0], &[0]), (&[1, 2], &[1]), (&[3, 5], &[2, 3]), (&[4], &[]), (&[], &[4, 5])];
        beads(6, 6, gold)
    }

    /// Right: 0:0, not aligning target 4 and 5. Overlapping: 3:2. Wrong: 1:3,
    /// 4:1, not aligning source 2 and 5.
    fn predicted() -> Beads {
        let predicted: &[(&[usize], &[usize])] =
            &[(&[0], &[0]), (&[3], &[2]), (&[1], &[3]), (&[4], &[1]), (&[], &[4]), (&[], &[5])];
        beads(6, 6, predicted)
    }

    #[test]
    fn one_null_bead_a_sentence() {
        let counts = Counts::of(&gold(), &predicted(), Nulls::Each).unwrap();
        assert_eq!(counts.linked, Tally { beads: 4, strict: 1, lax: 2 });
        assert_eq!(counts.predicted, Tally { beads: 8, strict: 3, lax: 4 });
        // 3,5:2,3 is met by 3:2; 1,2:1 by 1:3 and 4:1, but on one side each.
        assert_eq!(counts.gold, Tally { beads: 3, strict: 1, lax: 2 });
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
    fn null_beads_as_they_were_given() {
        let counts = Counts::of(&gold(), &predicted(), Nulls::AsGiven).unwrap();
        // Gold has 4 and 5 in one bead: neither is exactly in gold, neither
        // overlaps. Source 2 and 5 are in no bead, and count for nothing.
        assert_eq!(counts.predicted, Tally { beads: 6, strict: 1, lax: 2 });
        let each = Counts::of(&gold(), &predicted(), Nulls::Each).unwrap();
        assert_eq!(Counts { predicted: each.predicted, ..counts }, each);

        let itself = Counts::of(&gold(), &gold(), Nulls::AsGiven).unwrap();
        assert_eq!(itself.predicted, Tally { beads: 5, strict: 5, lax: 5 });
    }

    #[test]
    fn a_bead_that_meets_two_others_is_lax_only() {
        let one = beads(2, 2, &[(&[0, 1], &[0, 1])]);
        let two = beads(2, 2, &[(&[0], &[0]), (&[1], &[1])]);
        let counts = Counts::of(&one, &two, Nulls::Each).unwrap();
        assert_eq!(counts.predicted, Tally { beads: 2, strict: 0, lax: 2 });
        assert_eq!(counts.gold, Tally { beads: 1, strict: 0, lax: 1 });
        assert_eq!((counts.strict().f1, counts.lax().f1), (0.0, 1.0));
    }

    #[test]
    fn nothing_is_no_mistake() {
        let nothing = Beads::unaligned(0, 0).unwrap();
        let counts = Counts::of(&nothing, &nothing, Nulls::Each).unwrap();
        assert_eq!(counts, Counts::default());
        assert_eq!(counts.strict(), Scores { precision: 1.0, recall: 1.0, f1: 1.0 });
        let missing = Beads::unaligned(6, 6).unwrap();
        let counts = Counts::of(&gold(), &missing, Nulls::Each).unwrap();
        assert_eq!(counts.predicted, Tally { beads: 12, strict: 3, lax: 3 });
        assert_eq!((counts.strict().recall, counts.null_recall()), (0.0, 1.0));
        let counts = Counts::of(&gold(), &missing, Nulls::AsGiven).unwrap();
        assert_eq!(counts.strict(), Scores { precision: 1.0, recall: 0.0, f1: 0.0 });
    }

    #[test]
    fn other_texts_are_refused() {
        let other = Beads::unaligned(6, 5).unwrap();
        let error = Counts::of(&gold(), &other, Nulls::Each).unwrap_err();
        assert_eq!(error, AlignmentError::Sizes { gold: (6, 6), predicted: (6, 5) });
    }
}
