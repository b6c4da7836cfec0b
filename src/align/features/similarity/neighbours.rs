//! The nearest neighbours of spans among the single sentences of the other side.
//!
//! They are what a margin is relative to (Artetxe and Schwenk 2019, "Margin-based parallel corpus
//! mining with multilingual sentence embeddings").

use std::ops::Range;

/// For each of a list of spans, its nearest sentences on the other side with their cosines, most
/// similar first.
pub(in crate::align) struct Neighbours {
    /// Neighbours per span.
    keep: usize,
    cosines: Vec<f32>,
    places: Vec<usize>,
}

/// The place of a missing neighbour: no sentence index, and safe to add 1 to.
const NOWHERE: usize = usize::MAX / 2;

impl Neighbours {
    pub(in crate::align) fn new(spans: usize, keep: usize) -> Neighbours {
        let count = spans * keep;
        Neighbours { keep, cosines: vec![f32::NEG_INFINITY; count], places: vec![NOWHERE; count] }
    }

    /// Keeps a sentence if it is among the nearest of a span so far.
    #[inline]
    pub(in crate::align) fn offer(&mut self, span: usize, cosine: f32, place: usize) {
        let row = span * self.keep..(span + 1) * self.keep;
        let (cosines, places) = (&mut self.cosines[row.clone()], &mut self.places[row]);
        let mut at = cosines.len() - 1;
        if cosine <= cosines[at] {
            return;
        }
        while at > 0 && cosines[at - 1] < cosine {
            (cosines[at], places[at]) = (cosines[at - 1], places[at - 1]);
            at -= 1;
        }
        (cosines[at], places[at]) = (cosine, place);
    }

    /// Gives missing neighbours a cosine.
    pub(in crate::align) fn with_default(mut self, cosine: f32) -> Neighbours {
        self.cosines
            .iter_mut()
            .filter(|kept| **kept == f32::NEG_INFINITY)
            .for_each(|kept| *kept = cosine);
        self
    }

    /// The nearest sentence: its cosine and place.
    pub(in crate::align) fn best(&self, span: usize) -> (f32, usize) {
        (self.cosines[span * self.keep], self.places[span * self.keep])
    }

    /// The highest cosine of a span with a sentence outside a range.
    pub(in crate::align) fn best_outside(&self, span: usize, range: Range<usize>) -> f32 {
        let row = span * self.keep..(span + 1) * self.keep;
        let mut kept = self.cosines[row.clone()].iter().zip(&self.places[row.clone()]);
        let found = kept.find(|(_, place)| !range.contains(place)).map(|(cosine, _)| *cosine);
        found.unwrap_or(self.cosines[row.end - 1])
    }

    /// The mean cosine of the `count` neighbours after the nearest one. The nearest is left out
    /// because it is often the counterpart.
    pub(in crate::align) fn mean_after_best(&self, span: usize, count: usize) -> f32 {
        let row = &self.cosines[span * self.keep..][1..=count];
        row.iter().sum::<f32>() / count as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: f32 = 0.3;

    fn neighbours(cosines: &[f32], keep: usize) -> Neighbours {
        let mut neighbours = Neighbours::new(1, keep);
        cosines.iter().enumerate().for_each(|(place, cosine)| neighbours.offer(0, *cosine, place));
        neighbours.with_default(DEFAULT)
    }

    #[test]
    fn the_mean_leaves_out_the_nearest() {
        assert_eq!(neighbours(&[0.9, 0.2, 0.4, 0.1], 3).mean_after_best(0, 2), (0.4 + 0.2) / 2.0);
        assert_eq!(neighbours(&[0.9, 0.1], 3).mean_after_best(0, 2), (0.1 + DEFAULT) / 2.0);
        assert_eq!(neighbours(&[0.9], 3).mean_after_best(0, 2), DEFAULT);
        assert_eq!(neighbours(&[], 3).mean_after_best(0, 2), DEFAULT);
    }

    #[test]
    fn a_competitor_is_outside_the_range() {
        let neighbours = neighbours(&[0.1, 0.9, 0.8, 0.2], 3);
        assert_eq!(neighbours.best(0), (0.9, 1));
        assert_eq!(neighbours.best_outside(0, 0..1), 0.9);
        assert_eq!(neighbours.best_outside(0, 1..3), 0.2);
    }
}
