//! Counts of agreeing and contradicting sentences, and when they contradict.

use crate::corpus::pairing::PairingConfig;

/// Contradicting sentences that any two versions may have: one typing error, or one updated number.
const ALLOWED_SENTENCES: f32 = 1.0;

/// How many sentences agree, and how many contradict each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct AgreementCounts {
    pub agreeing: f32,
    pub contradicting: f32,
}

impl AgreementCounts {
    /// Whether more sentences contradict than are allowed: a share `most` of all `size` sentences, and
    /// more for sentences that agree.
    pub fn contradicts(&self, size: f32, most: f32, config: &PairingConfig) -> bool {
        let allowed = most * size + config.agreement_weight * self.agreeing;
        self.contradicting > allowed.max(ALLOWED_SENTENCES) && most < 1.0
    }

    pub fn with(self, other: AgreementCounts) -> AgreementCounts {
        AgreementCounts {
            agreeing: self.agreeing + other.agreeing,
            contradicting: self.contradicting + other.contradicting,
        }
    }

    /// Adds a passage of `weight` sentences with the shares that agree and contradict.
    pub fn add(&mut self, weight: f32, agreeing: f32, contradicting: f32) {
        self.agreeing += weight * agreeing;
        self.contradicting += weight * contradicting;
    }
}
