//! Divides articles between the training, development and test sets.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::filter::DuplicateSides;
use crate::setters::setters;
use crate::{Error, Result};

/// A part of a training set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Set {
    /// The training set: a model learns from it.
    Train,
    /// The development set: settings are chosen by the results on it.
    Dev,
    /// The test set: the final quality is measured on it.
    Test,
}

impl Set {
    /// All three sets.
    pub const ALL: [Set; 3] = [Set::Train, Set::Dev, Set::Test];

    /// The name of the set: `train`, `dev` or `test`.
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

/// How articles are divided between the sets.
///
/// The hash of an id decides about an article, or a group of versions, with all of its sentences.
/// So no article is in two sets, and adding articles does not move others to another set. The id
/// of a group is that of its first article. It changes if a version in an earlier language is added.
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
    /// Share of the articles in the development set, 0 to 1; 0.01 by default.
    pub dev: f64,
    /// Share of the articles in the test set, 0 to 1; 0.01 by default.
    pub test: f64,
    /// Another seed gives another division; 0 by default.
    pub seed: u64,
    /// How many texts of a row must occur, exactly or nearly, in a held-out set for the row to be
    /// dropped from this set: one (`Either`, the default) or two (`Both`).
    ///
    /// `Either` is strict: if the test set has "Thank you.", all rows with this text are dropped
    /// from the training set. With `Both`, a model may learn a text of the test set with another
    /// translation.
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
    /// Checks that the shares are within their ranges.
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
        if !share(self.dev) {
            return refuse("dev", "must be 0 to 1");
        }
        if !share(self.test) {
            return refuse("test", "must be 0 to 1");
        }
        if !share(self.dev + self.test) {
            return refuse("test", "must be 1 at most together with `dev`");
        }
        Ok(())
    }

    /// The set of the article, or group of versions, with this id.
    pub fn set_of(&self, id: &str) -> Set {
        let hash = xxh3_64_with_seed(id.as_bytes(), self.seed);
        // The upper 53 bits give a number from 0 up to 1, uniformly.
        let point = (hash >> 11) as f64 / (1_u64 << 53) as f64;
        if point < self.test {
            Set::Test
        } else if point < self.test + self.dev {
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
    fn sets_have_their_shares_and_a_larger_test_set_contains_a_smaller_one() {
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
    fn the_set_of_an_id_is_the_same_in_every_release() {
        let config = SetsConfig { dev: 0.25, test: 0.25, ..SetsConfig::default() };
        let sets: Vec<Set> = (0..8).map(|n| config.set_of(&n.to_string())).collect();
        use Set::{Dev, Test, Train};
        assert_eq!(sets, [Test, Dev, Train, Dev, Train, Train, Train, Test]);
    }

    #[test]
    fn shares_out_of_range_are_errors() {
        for (dev, test) in [(-0.1, 0.0), (0.0, 1.1), (0.6, 0.6), (f64::NAN, 0.0)] {
            assert!(SetsConfig { dev, test, ..SetsConfig::default() }.validate().is_err());
        }
        let all = SetsConfig { dev: 0.5, test: 0.5, ..SetsConfig::default() };
        assert!(all.validate().is_ok());
    }
}
