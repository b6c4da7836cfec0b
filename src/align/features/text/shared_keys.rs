//! Which sentences of two sides have keys in common: keys of numbers, or of words that look alike.

use std::sync::LazyLock;

use crate::align::features::constants::MAX_KEY_PAIRS;
use crate::align::features::spans::NumberWeights;
use crate::text::number_key;

/// The keys that two sides share. A key weighs 1 over the geometric mean of the numbers of
/// sentences that have it, so that rare keys count more.
pub(in crate::align) struct SharedKeys {
    /// For each source sentence: target sentences and the weight of the shared keys.
    pub(in crate::align) matches: Vec<Vec<(usize, f32)>>,
    /// The weights of all keys of each sentence.
    pub(in crate::align) source: Vec<NumberWeights>,
    pub(in crate::align) target: Vec<NumberWeights>,
}

/// The keys of the numbers up to twelve, which texts often write as words.
static SMALL_NUMBERS: LazyLock<[u64; 13]> =
    LazyLock::new(|| std::array::from_fn(|number| number_key(&number.to_string(), "")));

/// A key of a sentence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct KeyPlace {
    key: u64,
    is_target: bool,
    sentence: usize,
}

impl SharedKeys {
    /// Takes the keys of each sentence, without duplicates.
    pub(in crate::align) fn new<'k>(
        source: impl Iterator<Item = &'k [u64]>,
        target: impl Iterator<Item = &'k [u64]>,
    ) -> SharedKeys {
        let mut places = Vec::new();
        let mut index = |is_target: bool, all: &mut dyn Iterator<Item = &'k [u64]>| {
            let mut count = 0;
            for (sentence, keys) in all.enumerate() {
                count = sentence + 1;
                places.extend(keys.iter().map(|&key| KeyPlace { key, is_target, sentence }));
            }
            count
        };
        let n = index(false, &mut { source });
        let m = index(true, &mut { target });
        places.sort_unstable();
        let none = NumberWeights::default();
        let mut shared = SharedKeys {
            matches: vec![Vec::new(); n],
            source: vec![none; n],
            target: vec![none; m],
        };
        for same in places.chunk_by(|one, next| one.key == next.key) {
            let (own, other) = same.split_at(same.partition_point(|place| !place.is_target));
            let pairs = own.len().max(1) * other.len().max(1);
            let weight = 1.0 / (pairs as f32).sqrt();
            let large = if SMALL_NUMBERS.contains(&same[0].key) { 0.0 } else { weight };
            let add = |sum: &mut NumberWeights| {
                sum.all += weight;
                sum.large += large;
            };
            own.iter().for_each(|place| add(&mut shared.source[place.sentence]));
            other.iter().for_each(|place| add(&mut shared.target[place.sentence]));
            if pairs <= MAX_KEY_PAIRS {
                for place in own {
                    let matches = other.iter().map(|other| (other.sentence, weight));
                    shared.matches[place.sentence].extend(matches);
                }
            }
        }
        for row in &mut shared.matches {
            row.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            row.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::align::features::surface::Surface;

    fn same(all: f32) -> NumberWeights {
        NumberWeights { all, large: all }
    }

    #[test]
    fn numbers_up_to_twelve_are_not_large() {
        let numbers = |language, text| Surface::of(language, text).numbers;
        let own = numbers(Language::ENGLISH, "kills 1, traps 12 and 13");
        let other = numbers(Language::GERMAN, "0 von 12,5 und 7");
        let shared = SharedKeys::new([&own[..]].into_iter(), [&other[..]].into_iter());
        let expected = vec![NumberWeights { all: 3.0, large: 1.0 }];
        assert_eq!((&shared.source, &shared.target), (&expected, &expected));
    }

    #[test]
    fn frequent_keys_weigh_less() {
        let (own, other) = (vec![vec![1, 2], vec![2]], vec![vec![2], vec![], vec![1, 3]]);
        let keys = |side: &'static [Vec<u64>]| side.iter().map(Vec::as_slice);
        let shared = SharedKeys::new(keys(own.leak()), keys(other.leak()));
        let half = 1.0 / 2.0_f32.sqrt();
        assert_eq!(shared.matches, [vec![(0, half), (2, 1.0)], vec![(0, half)]]);
        assert_eq!(shared.source, [same(1.0 + half), same(half)]);
        assert_eq!(shared.target, [same(half), same(0.0), same(2.0)]);
    }
}
