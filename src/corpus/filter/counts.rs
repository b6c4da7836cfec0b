//! Counts of kept and rejected pairs.

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::reason::{Reason, Reasons};

/// Counts of kept pairs, and of rejected pairs by reason. Counts of parts of a corpus can be merged.
///
/// ```
/// use bitext::corpus::filter::{FilterCounts, Reason};
///
/// let mut counts = FilterCounts::default();
/// counts.add(Reason::NumberMismatch.into());
/// counts.add(Default::default());
/// assert_eq!((counts.pairs, counts.kept()), (2, 1));
/// assert_eq!(counts.rejected_for(Reason::NumberMismatch), 1);
///
/// let mut others = FilterCounts::default();
/// others.add([Reason::NumberMismatch, Reason::RussianInUkrainian].into_iter().collect());
/// counts.merge(&others);
/// assert_eq!((counts.rejected(), counts.rejected_for(Reason::NumberMismatch)), (2, 2));
/// assert_eq!(counts.rejected_only_for(Reason::NumberMismatch), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterCounts {
    /// The number of pairs, kept or rejected.
    pub pairs: u64,
    /// The number of pairs, kept or rejected, with a text that was repaired; see
    /// [`SpellingConfig`](super::SpellingConfig).
    pub repaired: u64,
    rejected: u64,
    /// Pairs with each reason, by `Reason as usize`.
    by_reason: [u64; Reason::ALL.len()],
    /// Pairs with each reason and no other.
    alone: [u64; Reason::ALL.len()],
}

impl FilterCounts {
    /// Counts a pair; without reasons it is kept.
    pub fn add(&mut self, reasons: Reasons) {
        self.pairs += 1;
        self.rejected += u64::from(!reasons.is_empty());
        for reason in reasons.iter() {
            self.by_reason[reason as usize] += 1;
            self.alone[reason as usize] += u64::from(reasons.len() == 1);
        }
    }

    /// Adds the counts of other pairs.
    pub fn merge(&mut self, other: &FilterCounts) {
        self.pairs += other.pairs;
        self.repaired += other.repaired;
        self.rejected += other.rejected;
        for at in 0..Reason::ALL.len() {
            self.by_reason[at] += other.by_reason[at];
            self.alone[at] += other.alone[at];
        }
    }

    /// The number of kept pairs.
    pub fn kept(&self) -> u64 {
        self.pairs - self.rejected
    }

    /// The number of rejected pairs.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// The number of pairs with this reason, alone or with others.
    pub fn rejected_for(&self, reason: Reason) -> u64 {
        self.by_reason[reason as usize]
    }

    /// The number of pairs with this reason and no other. Without this filter, they would be kept.
    pub fn rejected_only_for(&self, reason: Reason) -> u64 {
        self.alone[reason as usize]
    }
}

/// Writes `{"pairs", "kept", "rejected", "repaired", "reasons": {code: {"rejected", "alone"}}}` with every code.
impl Serialize for FilterCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct ReasonCounts {
            rejected: u64,
            alone: u64,
        }
        struct ByReason<'a>(&'a FilterCounts);
        impl Serialize for ByReason<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(Reason::ALL.into_iter().map(|reason| {
                    let rejected = self.0.rejected_for(reason);
                    (reason, ReasonCounts { rejected, alone: self.0.rejected_only_for(reason) })
                }))
            }
        }
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("pairs", &self.pairs)?;
        map.serialize_entry("kept", &self.kept())?;
        map.serialize_entry("rejected", &self.rejected)?;
        map.serialize_entry("repaired", &self.repaired)?;
        map.serialize_entry("reasons", &ByReason(self))?;
        map.end()
    }
}

/// Reads the counts of an interrupted run.
impl<'de> Deserialize<'de> for FilterCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FilterCounts, D::Error> {
        #[derive(Deserialize)]
        struct ReasonCounts {
            rejected: u64,
            alone: u64,
        }
        #[derive(Deserialize)]
        struct CountsFields {
            pairs: u64,
            rejected: u64,
            #[serde(default)]
            repaired: u64,
            reasons: std::collections::BTreeMap<Reason, ReasonCounts>,
        }
        let all = CountsFields::deserialize(deserializer)?;
        if all.rejected > all.pairs {
            return Err(serde::de::Error::custom("`rejected` is larger than `pairs`"));
        }
        let mut counts = FilterCounts {
            pairs: all.pairs,
            rejected: all.rejected,
            repaired: all.repaired,
            ..FilterCounts::default()
        };
        for (reason, one) in all.reasons {
            counts.by_reason[reason as usize] = one.rejected;
            counts.alone[reason as usize] = one.alone;
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_merged_and_read_back() {
        let mut both = Reasons::from(Reason::NumberMismatch);
        both.insert(Reason::RussianInUkrainian);
        let (mut one, mut other) = (FilterCounts::default(), FilterCounts::default());
        one.add(both);
        one.add(Reason::NumberMismatch.into());
        other.add(Reasons::default());
        other.repaired += 1;
        one.merge(&other);
        assert_eq!((one.pairs, one.kept(), one.rejected(), one.repaired), (3, 1, 2, 1));
        assert_eq!(one.rejected_for(Reason::NumberMismatch), 2);
        assert_eq!(one.rejected_only_for(Reason::NumberMismatch), 1);
        assert_eq!(one.rejected_only_for(Reason::RussianInUkrainian), 0);
        let json = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<FilterCounts>(&json).unwrap(), one);
    }
}
