//! The numbers of the decoder over all languages that are set by hand, in one table.
//!
//! The posteriors that the decoder adds up are learnt; these numbers are not. All costs are in nats: a
//! cost of c raises the odds that are needed by e^c.
//!
//! | number | value | purpose | what it is worth |
//! |---|--:|---|---|
//! | [`MIN_GAP_COST`] | 1.5 | A false link must not tie two groups together: a sentence without a link inside a group costs this at least. | 0.004 of strict F1 on merged segments of manuals |
//! | [`WEAK_LINK_WEIGHT`] | 0.3 | A sentence of a bead should have one good link: this share of a negative score counts. | 0.001 to 0.006 of strict F1 over 1 |
//! | [`SIZE_COST`] | 0.0001 | Of equal groupings, the finer one wins. | ties only |
//! | [`MAX_LOG_ODDS`] | 6 | No link and no gap outweighs all others: odds of 403 to 1 at most. | not measured alone |
//! | [`MIN_LINK_POSTERIOR`] | 0.25 | Less likely links are not searched. | time only |

/// The score and the cost of a link or a gap are limited to this, in nats.
pub(super) const MAX_LOG_ODDS: f32 = 6.0;

/// The smallest cost of a sentence of a group that is in no bead of a language pair, in nats.
pub(super) const MIN_GAP_COST: f32 = 1.5;

/// The share of a negative best link score that a sentence of a bead contributes.
pub(super) const WEAK_LINK_WEIGHT: f32 = 0.3;

/// The cost of each sentence of a bead or group beyond one per language, in nats.
pub(super) const SIZE_COST: f32 = 1e-4;

/// A link with a smaller posterior is impossible, regardless of the other languages.
pub(super) const MIN_LINK_POSTERIOR: f32 = 0.25;

/// The score of a possible link, in nats: its log-odds.
pub(super) fn link_score(posterior: f32) -> f32 {
    libm::logf(posterior / (1.0 - posterior)).clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS)
}

/// The cost of a sentence that is inside a group and in no bead, in nats.
///
/// It is the log-odds of the sentence being unaligned, because all sentences of a group
/// correspond. `aligned` is the posterior that some bead contains the sentence.
pub(super) fn gap_cost(aligned: f32) -> f32 {
    let log_odds = libm::logf((1.0 - aligned).max(0.0) / aligned);
    log_odds.clamp(MIN_GAP_COST, MAX_LOG_ODDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_likelier_than_not_gains() {
        assert!(link_score(0.4) < 0.0);
        assert!(link_score(0.6) > 0.0);
    }

    #[test]
    fn scores_and_costs_are_finite_for_certain_links() {
        for posterior in [0.0, 1.0] {
            assert!(gap_cost(posterior).is_finite() && link_score(posterior).is_finite());
        }
    }
}
