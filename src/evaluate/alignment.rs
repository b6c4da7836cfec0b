//! A validated alignment of two texts.

use super::error::{AlignmentError, AlignmentSide, MAX_SENTENCES};
use crate::{Bitext, Language};

/// Sentences of two texts that correspond, as indices from 0. They need not be
/// consecutive. A bead with an empty side is a null bead.
///
/// It has indices only, because gold alignments have neither scores nor confidences. The beads of
/// [`align_pair`](crate::align::align_pair) are [`PairBead`](crate::align::PairBead)s, with a score
/// and a posterior, and those of a [`Bitext`](crate::Bitext) are [`Unit`](crate::Unit)s.
/// [`Alignment::of_bitext`] converts the latter.
///
/// ```
/// use bitext::evaluate::{Bead, AlignmentSide};
///
/// let bead = Bead::new([1, 2], [4]);
/// assert_eq!((bead.side(AlignmentSide::Source), bead.side(AlignmentSide::Target)), (&[1, 2][..], &[4][..]));
/// assert!(!bead.is_null() && Bead::new([3], []).is_null());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bead {
    /// The sentences of the source text.
    pub source: Vec<usize>,
    /// The sentences of the target text.
    pub target: Vec<usize>,
}

impl Bead {
    /// Creates a bead from its source and target sentences.
    pub fn new(source: impl Into<Vec<usize>>, target: impl Into<Vec<usize>>) -> Bead {
        Bead { source: source.into(), target: target.into() }
    }

    /// Whether a side is empty.
    pub fn is_null(&self) -> bool {
        self.source.is_empty() || self.target.is_empty()
    }

    /// The sentences of one side.
    pub fn side(&self, side: AlignmentSide) -> &[usize] {
        match side {
            AlignmentSide::Source => &self.source,
            AlignmentSide::Target => &self.target,
        }
    }
}

/// An alignment of a source and a target text: beads that share no sentences.
/// Sentences that are in no bead or in a null bead are unaligned.
///
/// ```
/// use bitext::evaluate::{AlignmentError, Bead, Alignment, AlignmentSide};
///
/// let beads = Alignment::new(3, 2, [Bead::new([0], [0]), Bead::new([2, 1], [1])])?;
/// assert_eq!(beads.beads()[1], Bead::new([1, 2], [1]));
/// assert_eq!((beads.sizes(), beads.bead_of(AlignmentSide::Source, 2)), ((3, 2), Some(1)));
/// let nothing = Alignment::unaligned(3, 2)?;
/// assert!(beads.is_aligned(AlignmentSide::Target, 1) && !nothing.is_aligned(AlignmentSide::Target, 1));
///
/// let twice = Alignment::new(3, 2, [Bead::new([0], [0]), Bead::new([0], [1])]);
/// assert!(matches!(twice, Err(AlignmentError::SentenceTwice { sentence: 0, .. })));
/// # Ok::<(), AlignmentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alignment {
    beads: Vec<Bead>,
    /// For each side and sentence, the index of its bead.
    owners: [Vec<Option<usize>>; 2],
}

impl Alignment {
    /// Validates an alignment of `n` source and `m` target sentences. It sorts the
    /// sentences of each bead and drops beads without sentences.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::SentenceTwice`], [`AlignmentError::OutOfRange`] and
    /// [`AlignmentError::TooLong`]. Errors number the beads as they were given.
    pub fn new(
        n: usize,
        m: usize,
        beads: impl IntoIterator<Item = Bead>,
    ) -> Result<Alignment, AlignmentError> {
        if n.max(m) > MAX_SENTENCES {
            return Err(AlignmentError::TooLong(n.max(m)));
        }
        let mut owners = [vec![None; n], vec![None; m]];
        let mut kept: Vec<Bead> = Vec::new();
        // The position of each kept bead in the input.
        let mut numbers = Vec::new();
        for (number, mut bead) in beads.into_iter().enumerate() {
            bead.source.sort_unstable();
            bead.target.sort_unstable();
            for (side, owners) in
                [AlignmentSide::Source, AlignmentSide::Target].into_iter().zip(&mut owners)
            {
                let len = owners.len();
                for &sentence in bead.side(side) {
                    match owners.get_mut(sentence) {
                        None => {
                            let bead = number;
                            return Err(AlignmentError::OutOfRange { side, sentence, bead, len });
                        }
                        Some(Some(first)) => {
                            let first = numbers.get(*first).copied().unwrap_or(number);
                            let bead = number;
                            return Err(AlignmentError::SentenceTwice {
                                side,
                                sentence,
                                first,
                                bead,
                            });
                        }
                        Some(free) => *free = Some(kept.len()),
                    }
                }
            }
            if !bead.source.is_empty() || !bead.target.is_empty() {
                kept.push(bead);
                numbers.push(number);
            }
        }
        Ok(Alignment { beads: kept, owners })
    }

    /// An alignment without beads: all sentences are unaligned.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::TooLong`].
    pub fn unaligned(n: usize, m: usize) -> Result<Alignment, AlignmentError> {
        Alignment::new(n, m, [])
    }

    /// The alignment of two languages of a bitext. It is `None` if the bitext lacks
    /// one of the languages.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::TooLong`].
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Alignment};
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     Article::from_sentences(Language::ENGLISH, ["Share this page", "The bridge is closed."]),
    ///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
    /// ])?;
    /// let beads = Alignment::of_bitext(&bitext, Language::GERMAN, Language::ENGLISH)?.unwrap();
    /// assert_eq!(beads.beads(), [Bead::new([0], [1])]);
    /// assert!(Alignment::of_bitext(&bitext, Language::GERMAN, Language::UKRAINIAN)?.is_none());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn of_bitext(
        bitext: &Bitext,
        source: Language,
        target: Language,
    ) -> Result<Option<Alignment>, AlignmentError> {
        let sides = (bitext.article(source), bitext.article(target));
        let (Some(n), Some(m)) = sides else { return Ok(None) };
        if source == target {
            return Ok(None);
        }
        let indices = |language| {
            move |unit: &crate::Unit| unit.sentences(language).unwrap_or_default().to_vec()
        };
        let bead = |unit: &crate::Unit| Bead {
            source: indices(source)(unit),
            target: indices(target)(unit),
        };
        Alignment::new(n.len(), m.len(), bitext.beads(source, target).iter().map(bead)).map(Some)
    }

    /// The beads, in the order in which they were given.
    pub fn beads(&self) -> &[Bead] {
        &self.beads
    }

    /// The numbers of source and target sentences, aligned or not.
    pub fn sizes(&self) -> (usize, usize) {
        (self.owners[0].len(), self.owners[1].len())
    }

    /// The bead of a sentence, as an index into [`beads`](Alignment::beads).
    pub fn bead_of(&self, side: AlignmentSide, sentence: usize) -> Option<usize> {
        self.owners(side).get(sentence).copied().flatten()
    }

    /// Whether a sentence is in a bead that is not null.
    pub fn is_aligned(&self, side: AlignmentSide, sentence: usize) -> bool {
        let bead = self.bead_of(side, sentence).and_then(|bead| self.beads.get(bead));
        bead.is_some_and(|bead| !bead.is_null())
    }

    /// Swaps source and target.
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Alignment};
    ///
    /// let beads = Alignment::new(3, 1, [Bead::new([0, 2], [0])])?.swapped();
    /// assert_eq!((beads.sizes(), beads.beads()), ((1, 3), &[Bead::new([0], [0, 2])][..]));
    /// # Ok::<(), bitext::evaluate::AlignmentError>(())
    /// ```
    pub fn swapped(mut self) -> Alignment {
        for bead in &mut self.beads {
            std::mem::swap(&mut bead.source, &mut bead.target);
        }
        let [source, target] = self.owners;
        Alignment { beads: self.beads, owners: [target, source] }
    }

    fn owners(&self, side: AlignmentSide) -> &[Option<usize>] {
        match side {
            AlignmentSide::Source => &self.owners[0],
            AlignmentSide::Target => &self.owners[1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beads_are_sorted_and_empty_ones_dropped() {
        let given = [Bead::default(), Bead::new([3, 0], [1]), Bead::new([], [0, 2])];
        let beads = Alignment::new(4, 3, given).unwrap();
        assert_eq!(beads.beads(), [Bead::new([0, 3], [1]), Bead::new([], [0, 2])]);
        assert_eq!(beads.sizes(), (4, 3));
        assert_eq!(beads.bead_of(AlignmentSide::Source, 3), Some(0));
        assert_eq!(beads.bead_of(AlignmentSide::Source, 1), None);
        assert_eq!(beads.bead_of(AlignmentSide::Source, 9), None);
        assert_eq!(beads.bead_of(AlignmentSide::Target, 2), Some(1));
        assert!(
            beads.is_aligned(AlignmentSide::Target, 1)
                && !beads.is_aligned(AlignmentSide::Target, 2)
        );
    }

    #[test]
    fn errors_number_beads_as_they_were_given() {
        let given = [Bead::default(), Bead::new([0], [0]), Bead::new([1], [1, 0])];
        let error = Alignment::new(2, 2, given).unwrap_err();
        let expected = AlignmentError::SentenceTwice {
            side: AlignmentSide::Target,
            sentence: 0,
            first: 1,
            bead: 2,
        };
        assert_eq!(error, expected);
        let within = Alignment::new(2, 2, [Bead::new([1, 1], [0])]).unwrap_err();
        let expected = AlignmentError::SentenceTwice {
            side: AlignmentSide::Source,
            sentence: 1,
            first: 0,
            bead: 0,
        };
        assert_eq!(within, expected);
        // Null beads own their sentences as well.
        assert!(Alignment::new(2, 2, [Bead::new([1], [0]), Bead::new([1], [])]).is_err());
    }

    #[test]
    fn sentences_out_of_range_are_errors() {
        let error = Alignment::new(2, 2, [Bead::new([0], [0]), Bead::new([1], [2])]).unwrap_err();
        let expected = AlignmentError::OutOfRange {
            side: AlignmentSide::Target,
            sentence: 2,
            bead: 1,
            len: 2,
        };
        assert_eq!(error, expected);
        assert!(Alignment::new(0, 0, [Bead::new([usize::MAX], [])]).is_err());
        let long = usize::MAX;
        assert_eq!(Alignment::unaligned(1, long).unwrap_err(), AlignmentError::TooLong(long));
    }

    #[test]
    fn swapping_twice_changes_nothing() {
        let beads = Alignment::new(3, 2, [Bead::new([0, 2], [1]), Bead::new([1], [])]).unwrap();
        let swapped = beads.clone().swapped();
        assert_eq!(swapped.sizes(), (2, 3));
        assert_eq!(swapped.beads()[0], Bead::new([1], [0, 2]));
        assert_eq!(swapped.bead_of(AlignmentSide::Target, 2), Some(0));
        assert_eq!(swapped.swapped(), beads);
    }
}
