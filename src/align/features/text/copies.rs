//! Sentences of one article that are repeated in the other.
//!
//! Some pages show the original beside its translation. A copy has the same vector as the original,
//! so it would always win over the translation. But running text is never its own translation: if
//! both sides have it, one of them has it in the wrong language. So the translation wins where there
//! is one. Where there is none, the text was not translated: the copy is linked, and a filter rejects it.

use rustc_hash::FxHashMap;

use crate::align::features::side::Side;
use crate::language::are_close;

/// The largest number of places of a text on one side. A text with more is a line of the layout, and
/// does not count as a copy. Set by hand, not measured.
const MAX_COPIES: usize = 16;

/// What a bead costs for each copy in it, in nats. Set by hand on a made-up page: with 12 a translation
/// won over its copy with a confidence of 0.57, with 16 of 0.96, and a text without a translation is
/// still linked to its copy. Not learnt, and not measured on real pages.
pub(in crate::align) const COPY_COST: f32 = 16.0;

/// For each source sentence, the target sentences that repeat it.
#[derive(Default)]
pub(in crate::align) struct Copies(Vec<Vec<usize>>);

impl Copies {
    /// The copies between two sides; none if their languages are close or unknown.
    pub(in crate::align) fn of_sides(source: &Side, target: &Side) -> Copies {
        match (source.language, target.language) {
            (Some(own), Some(other)) if !are_close(own, other) => {
                let keys = |side: &Side| -> Vec<Option<u64>> {
                    side.surfaces.iter().map(|surface| surface.copy_key).collect()
                };
                Copies::new(&keys(source), &keys(target))
            }
            _ => Copies::default(),
        }
    }

    /// Takes the keys of both sides: the `copy_key` of each sentence.
    fn new(source: &[Option<u64>], target: &[Option<u64>]) -> Copies {
        let mut places: FxHashMap<u64, [Vec<usize>; 2]> = FxHashMap::default();
        for (side, keys) in [source, target].into_iter().enumerate() {
            for (at, key) in keys.iter().enumerate() {
                if let Some(key) = key {
                    places.entry(*key).or_default()[side].push(at);
                }
            }
        }
        let is_few = |places: &Vec<usize>| (1..=MAX_COPIES).contains(&places.len());
        places.retain(|_, [own, other]| is_few(own) && is_few(other));
        if places.is_empty() {
            return Copies::default();
        }
        let copies_of = |key: &Option<u64>| {
            let found = key.and_then(|key| places.get(&key));
            found.map(|[_, copies]| copies.clone()).unwrap_or_default()
        };
        Copies(source.iter().map(copies_of).collect())
    }

    /// The target sentences that repeat one of some source sentences.
    pub(in crate::align) fn of(
        &self,
        sentences: std::ops::Range<usize>,
    ) -> impl Iterator<Item = usize> + '_ {
        self.0.get(sentences).unwrap_or_default().iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_found_by_key() {
        let copies = Copies::new(&[Some(1), None, Some(2)], &[None, Some(2), Some(1), Some(2)]);
        assert_eq!(copies.of(0..1).collect::<Vec<_>>(), [2]);
        assert_eq!(copies.of(1..3).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(Copies::new(&[Some(1)], &[Some(3)]).of(0..1).count(), 0);
    }
}
