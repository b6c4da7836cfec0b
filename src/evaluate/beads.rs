//! An alignment of two texts, checked.

use super::{AlignmentError, MAX_SENTENCES, Side};
use crate::{Bitext, Language};

/// Sentences of two texts that correspond, as indices from 0. They need not be
/// consecutive; a side without any makes it a null bead.
///
/// ```
/// use bitext::evaluate::{Bead, Side};
///
/// let bead = Bead::new([1, 2], [4]);
/// assert_eq!((bead.side(Side::Source), bead.side(Side::Target)), (&[1, 2][..], &[4][..]));
/// assert!(!bead.is_null() && Bead::new([3], []).is_null());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bead {
    /// Sentences of the first side.
    pub source: Vec<usize>,
    /// Sentences of the second side.
    pub target: Vec<usize>,
}

impl Bead {
    /// A bead from its two sides.
    pub fn new(source: impl Into<Vec<usize>>, target: impl Into<Vec<usize>>) -> Bead {
        Bead { source: source.into(), target: target.into() }
    }

    /// Whether a side is empty.
    pub fn is_null(&self) -> bool {
        self.source.is_empty() || self.target.is_empty()
    }

    /// Its sentences on a side.
    pub fn side(&self, side: Side) -> &[usize] {
        match side {
            Side::Source => &self.source,
            Side::Target => &self.target,
        }
    }
}

/// An alignment of `n` and `m` sentences: beads that have no sentence in
/// common. Sentences in no bead, and those of null beads, are unaligned.
///
/// ```
/// use bitext::evaluate::{AlignmentError, Bead, Beads, Side};
///
/// let beads = Beads::new(3, 2, [Bead::new([0], [0]), Bead::new([2, 1], [1])])?;
/// assert_eq!(beads.beads()[1], Bead::new([1, 2], [1]));
/// assert_eq!((beads.sizes(), beads.bead_of(Side::Source, 2)), ((3, 2), Some(1)));
/// let nothing = Beads::unaligned(3, 2)?;
/// assert!(beads.is_aligned(Side::Target, 1) && !nothing.is_aligned(Side::Target, 1));
///
/// let twice = Beads::new(3, 2, [Bead::new([0], [0]), Bead::new([0], [1])]);
/// assert!(matches!(twice, Err(AlignmentError::SentenceTwice { sentence: 0, .. })));
/// # Ok::<(), AlignmentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beads {
    beads: Vec<Bead>,
    /// By side and sentence: the bead that it is in.
    owners: [Vec<Option<usize>>; 2],
}

impl Beads {
    /// Checks an alignment of `n` source and `m` target sentences. The
    /// sentences of each bead are put in order; beads without any are dropped.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::SentenceTwice`], [`AlignmentError::OutOfRange`] and
    /// [`AlignmentError::TooLong`]; the beads in them are numbered as given.
    pub fn new(
        n: usize,
        m: usize,
        beads: impl IntoIterator<Item = Bead>,
    ) -> Result<Beads, AlignmentError> {
        if n.max(m) > MAX_SENTENCES {
            return Err(AlignmentError::TooLong(n.max(m)));
        }
        let mut owners = [vec![None; n], vec![None; m]];
        let mut kept: Vec<Bead> = Vec::new();
        // The numbers that the kept beads had before others were dropped.
        let mut numbers = Vec::new();
        for (number, mut bead) in beads.into_iter().enumerate() {
            bead.source.sort_unstable();
            bead.target.sort_unstable();
            for (side, owners) in [Side::Source, Side::Target].into_iter().zip(&mut owners) {
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
        Ok(Beads { beads: kept, owners })
    }

    /// The alignment that leaves all sentences unaligned, by having no bead.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::TooLong`].
    pub fn unaligned(n: usize, m: usize) -> Result<Beads, AlignmentError> {
        Beads::new(n, m, [])
    }

    /// The beads of two languages of a bitext, the first as the source; `None`
    /// where it lacks one of them.
    ///
    /// # Errors
    ///
    /// [`AlignmentError::TooLong`].
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Beads};
    /// use bitext::{Aligner, Article, Language};
    ///
    /// let bitext = Aligner::new().align([
    ///     Article::from_sentences(Language::ENGLISH, ["Share this page", "The bridge is closed."]),
    ///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
    /// ])?;
    /// let beads = Beads::of_bitext(&bitext, Language::GERMAN, Language::ENGLISH)?.unwrap();
    /// assert_eq!(beads.beads(), [Bead::new([0], [1])]);
    /// assert!(Beads::of_bitext(&bitext, Language::GERMAN, Language::UKRAINIAN)?.is_none());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn of_bitext(
        bitext: &Bitext,
        source: Language,
        target: Language,
    ) -> Result<Option<Beads>, AlignmentError> {
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
        Beads::new(n.len(), m.len(), bitext.beads(source, target).iter().map(bead)).map(Some)
    }

    /// The beads, in the order they came.
    pub fn beads(&self) -> &[Bead] {
        &self.beads
    }

    /// Numbers of sentences of the two sides, aligned or not.
    pub fn sizes(&self) -> (usize, usize) {
        (self.owners[0].len(), self.owners[1].len())
    }

    /// The bead that a sentence is in, as an index into [`beads`](Beads::beads).
    pub fn bead_of(&self, side: Side, sentence: usize) -> Option<usize> {
        self.owners(side).get(sentence).copied().flatten()
    }

    /// Whether a sentence is in a bead that has both sides.
    pub fn is_aligned(&self, side: Side, sentence: usize) -> bool {
        let bead = self.bead_of(side, sentence).and_then(|bead| self.beads.get(bead));
        bead.is_some_and(|bead| !bead.is_null())
    }

    /// The alignment with its sides exchanged.
    ///
    /// ```
    /// use bitext::evaluate::{Bead, Beads};
    ///
    /// let beads = Beads::new(3, 1, [Bead::new([0, 2], [0])])?.swapped();
    /// assert_eq!((beads.sizes(), beads.beads()), ((1, 3), &[Bead::new([0], [0, 2])][..]));
    /// # Ok::<(), bitext::evaluate::AlignmentError>(())
    /// ```
    pub fn swapped(mut self) -> Beads {
        for bead in &mut self.beads {
            std::mem::swap(&mut bead.source, &mut bead.target);
        }
        let [source, target] = self.owners;
        Beads { beads: self.beads, owners: [target, source] }
    }

    fn owners(&self, side: Side) -> &[Option<usize>] {
        match side {
            Side::Source => &self.owners[0],
            Side::Target => &self.owners[1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beads_are_sorted_and_empty_ones_dropped() {
        let given = [Bead::default(), Bead::new([3, 0], [1]), Bead::new([], [0, 2])];
        let beads = Beads::new(4, 3, given).unwrap();
        assert_eq!(beads.beads(), [Bead::new([0, 3], [1]), Bead::new([], [0, 2])]);
        assert_eq!(beads.sizes(), (4, 3));
        assert_eq!(beads.bead_of(Side::Source, 3), Some(0));
        assert_eq!(beads.bead_of(Side::Source, 1), None);
        assert_eq!(beads.bead_of(Side::Source, 9), None);
        assert_eq!(beads.bead_of(Side::Target, 2), Some(1));
        assert!(beads.is_aligned(Side::Target, 1) && !beads.is_aligned(Side::Target, 2));
    }

    #[test]
    fn a_sentence_twice_is_named_by_the_beads_as_given() {
        let given = [Bead::default(), Bead::new([0], [0]), Bead::new([1], [1, 0])];
        let error = Beads::new(2, 2, given).unwrap_err();
        let expected =
            AlignmentError::SentenceTwice { side: Side::Target, sentence: 0, first: 1, bead: 2 };
        assert_eq!(error, expected);
        let within = Beads::new(2, 2, [Bead::new([1, 1], [0])]).unwrap_err();
        let expected =
            AlignmentError::SentenceTwice { side: Side::Source, sentence: 1, first: 0, bead: 0 };
        assert_eq!(within, expected);
        // A null bead holds its sentences too.
        assert!(Beads::new(2, 2, [Bead::new([1], [0]), Bead::new([1], [])]).is_err());
    }

    #[test]
    fn sentences_that_are_not_there_are_refused() {
        let error = Beads::new(2, 2, [Bead::new([0], [0]), Bead::new([1], [2])]).unwrap_err();
        let expected =
            AlignmentError::OutOfRange { side: Side::Target, sentence: 2, bead: 1, len: 2 };
        assert_eq!(error, expected);
        assert!(Beads::new(0, 0, [Bead::new([usize::MAX], [])]).is_err());
        let long = usize::MAX;
        assert_eq!(Beads::unaligned(1, long).unwrap_err(), AlignmentError::TooLong(long));
    }

    #[test]
    fn swapping_twice_changes_nothing() {
        let beads = Beads::new(3, 2, [Bead::new([0, 2], [1]), Bead::new([1], [])]).unwrap();
        let swapped = beads.clone().swapped();
        assert_eq!(swapped.sizes(), (2, 3));
        assert_eq!(swapped.beads()[0], Bead::new([1], [0, 2]));
        assert_eq!(swapped.bead_of(Side::Target, 2), Some(0));
        assert_eq!(swapped.swapped(), beads);
    }
}
