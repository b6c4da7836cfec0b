//! Training, development and test sets.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::filter::DuplicateSides;
use crate::setters::setters;
use crate::{Error, Result};

/// A part of a training set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Set {
    /// To learn from.
    Train,
    /// To choose settings by.
    Dev,
    /// To measure with.
    Test,
}

impl Set {
    /// All three.
    pub const ALL: [Set; 3] = [Set::Train, Set::Dev, Set::Test];

    /// `train`, `dev` or `test`.
    ///
    /// ```
    /// use bitext::corpus::Set;
    ///
    /// assert_eq!(Set::ALL.map(Set::name), ["train", "dev", "test"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Set::Train => "train",
            Set::Dev => "dev",
            Set::Test => "test",
        }
    }
}

/// How articles are shared out between the sets.
///
/// An article, or a group of them, goes where the hash of an id says, with all of its
/// sentences. So none is in two sets, and none changes its set when others are added, as
/// long as its id stays: that of a group is its first article's, which a version in an
/// earlier language replaces.
///
/// ```
/// use bitext::corpus::{Set, SetsConfig};
///
/// let config = SetsConfig::default();
/// let tests = (0..10_000).filter(|n| config.set_of(&format!("a{n}")) == Set::Test).count();
/// assert!((50..150).contains(&tests));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SetsConfig {
    /// Share of the articles that go to the development set, 0 to 1; 0.01 by default.
    pub dev: f64,
    /// Share of the articles that go to the test set, 0 to 1; 0.01 by default.
    pub test: f64,
    /// Another seed shares them out in another way.
    pub seed: u64,
    /// When a row of one set is in another that is held out: where one of its texts is there, or
    /// nearly, whatever the other side says (`Either`), or only where two of its texts are
    /// (`Both`). Either by default. With it a short text that is common in one language, such as
    /// "Thank you.", keeps all rows that have it out of the training set once it is in the test set;
    /// with both, a text of the test set may be learnt with another translation.
    pub held_out: DuplicateSides,
}

setters! { SetsConfig {
    ///
    /// ```
    /// use bitext::corpus::SetsConfig;
    /// use bitext::corpus::filter::DuplicateSides;
    ///
    /// // All settings at their defaults.
    /// let config = SetsConfig::default()
    ///     .with_dev(0.01)
    ///     .with_test(0.01)
    ///     .with_seed(0)
    ///     .with_held_out(DuplicateSides::Either);
    /// assert_eq!(config, SetsConfig::default());
    /// ```
    with_dev: dev = f64;
    with_test: test = f64;
    with_seed: seed = u64;
    with_held_out: held_out = DuplicateSides;
} }

impl Default for SetsConfig {
    fn default() -> SetsConfig {
        SetsConfig { dev: 0.01, test: 0.01, seed: 0, held_out: DuplicateSides::Either }
    }
}

impl SetsConfig {
    /// Checks the shares.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig).
    ///
    /// ```
    /// use bitext::corpus::SetsConfig;
    ///
    /// let mut config = SetsConfig::default();
    /// (config.dev, config.test) = (0.5, 0.5);
    /// assert!(config.validate().is_ok());
    /// config.dev = 0.6;
    /// assert!(config.validate().is_err());
    /// ```
    pub fn validate(&self) -> Result<()> {
        let share = |share: f64| (0.0..=1.0).contains(&share);
        let refuse = |name, reason| Err(Error::config(name, reason));
        match (share(self.dev), share(self.test), share(self.dev + self.test)) {
            (false, _, _) => refuse("dev", "must be 0 to 1"),
            (_, false, _) => refuse("test", "must be 0 to 1"),
            (_, _, false) => refuse("test", "must be 1 at most together with `dev`"),
            _ => Ok(()),
        }
    }

    /// The set of an article, or group of versions, by its id.
    pub fn set_of(&self, id: &str) -> Set {
        let hash = xxh3_64_with_seed(id.as_bytes(), self.seed);
        // The upper 53 bits make a number from 0 to 1.
        let place = (hash >> 11) as f64 / (1_u64 << 53) as f64;
        if place < self.test {
            Set::Test
        } else if place < self.test + self.dev {
            Set::Dev
        } else {
            Set::Train
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_and_a_larger_test_set_holds_the_smaller() {
        let small = SetsConfig { dev: 0.1, test: 0.1, seed: 3, ..SetsConfig::default() };
        let large = SetsConfig { test: 0.2, ..small.clone() };
        let mut counts = [0_u32; 3];
        for n in 0..20_000 {
            let id = format!("news/{n}.txt");
            counts[small.set_of(&id) as usize] += 1;
            assert!(small.set_of(&id) != Set::Test || large.set_of(&id) == Set::Test);
        }
        assert!(counts[1].abs_diff(2000) < 150 && counts[2].abs_diff(2000) < 150, "{counts:?}");
    }

    #[test]
    fn ids_keep_their_sets_in_every_release() {
        let config = SetsConfig { dev: 0.25, test: 0.25, ..SetsConfig::default() };
        let sets: Vec<Set> = (0..8).map(|n| config.set_of(&n.to_string())).collect();
        use Set::{Dev, Test, Train};
        assert_eq!(sets, [Test, Dev, Train, Dev, Train, Train, Train, Test]);
    }

    #[test]
    fn shares_out_of_range_are_refused() {
        for (dev, test) in [(-0.1, 0.0), (0.0, 1.1), (0.6, 0.6), (f64::NAN, 0.0)] {
            assert!(SetsConfig { dev, test, ..SetsConfig::default() }.validate().is_err());
        }
        let all = SetsConfig { dev: 0.5, test: 0.5, ..SetsConfig::default() };
        assert!(all.validate().is_ok());
    }
}
