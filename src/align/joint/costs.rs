//! The hand-set costs and limits of the decoder over all languages, in one table.
//!
//! The posteriors that the decoder adds up are learnt; these numbers are not. The costs were chosen on
//! the development sets; it is not recorded how the last two numbers were. All costs are in nats: a
//! cost of c raises the odds that are needed by e^c. [`MIN_LINK_POSTERIOR`] is a probability,
//! [`SUPPORT_REACH`] a number of sentences.
//!
//! | number | value | purpose | what it is worth |
//! |---|--:|---|---|
//! | [`LINK_COST`] | 0.2 | A link must be likelier than not: odds of 1.2 to 1. | not measured alone |
//! | [`ISOLATED_LINK_COST`] | 0.8 | Between unaligned text, sentences are easily linked because nothing matches better: odds of 2.2 to 1. | not measured alone |
//! | [`LAST_LINK_COST`] | 3.2 | Pages often end with unrelated lines of the site: odds of 24 to 1. | Four of five such lines that were linked without it stay unaligned; about one document in 2,000 loses its last link. |
//! | [`MIN_GAP_COST`] | 1.5 | A false link must not tie two groups together: a sentence without a link inside a group costs this at least. | One constant cost for all sentences linked too little if a pair was uncertain. |
//! | [`WEAK_LINK_WEIGHT`] | 0.3 | A sentence of a bead should have one good link: this share of a negative score counts. | not measured alone |
//! | [`SIZE_COST`] | 0.0001 | Of equal groupings, the finer one wins. | ties only |
//! | [`MAX_LOG_ODDS`] | 6 | No link and no gap outweighs all others: odds of 403 to 1 at most. | not measured alone |
//! | [`MIN_LINK_POSTERIOR`] | 0.25 | A link below it is impossible, whatever the other languages say. | not measured alone |
//! | [`SUPPORT_REACH`] | 3 | A link is supported by links that are at most this many sentences before or after it on both sides. | not measured alone |
//!
//! The limits of how much is searched are in `decode` and `links`.
//!
//! The section "A few lines after an article" of `reports/alignment.md` measures the case of
//! [`LAST_LINK_COST`].

/// The score and the cost of a link or a gap are limited to this, in nats.
pub(super) const MAX_LOG_ODDS: f32 = 6.0;

/// The cost of a link with full support from neighbouring links, in nats.
pub(super) const LINK_COST: f32 = 0.2;

/// The cost of a link without support from neighbouring links, in nats.
pub(super) const ISOLATED_LINK_COST: f32 = 0.8;

/// The cost of an unsupported link between the last sentences of both articles, in nats. It does
/// not apply to articles of one sentence, whose last sentence is the whole text.
pub(super) const LAST_LINK_COST: f32 = 3.2;

/// The smallest cost of a sentence of a group that is in no bead of a language pair, in nats.
pub(super) const MIN_GAP_COST: f32 = 1.5;

/// The share of a negative best link score that a sentence of a bead contributes.
pub(super) const WEAK_LINK_WEIGHT: f32 = 0.3;

/// The cost of each sentence of a bead or group beyond one per language, in nats.
pub(super) const SIZE_COST: f32 = 1e-4;

/// A link with a smaller posterior is impossible, regardless of the other languages.
pub(super) const MIN_LINK_POSTERIOR: f32 = 0.25;

/// The number of sentences before and after a link in which other links may support it.
pub(super) const SUPPORT_REACH: usize = 3;

/// The score of a possible link, in nats: its log-odds less its cost.
///
/// `support` is the support from neighbouring links, 0 to 1. `is_last` says that the link is
/// between the last sentences of two articles of several sentences.
pub(super) fn link_score(posterior: f32, support: f32, is_last: bool) -> f32 {
    let log_odds = (posterior / (1.0 - posterior)).ln();
    let [link, alone, last, _, _] = env_costs();
    let unsupported = if is_last { last } else { alone };
    let cost = unsupported + (link - unsupported) * support;
    log_odds.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS) - cost
}

/// The cost of a sentence that is inside a group and in no bead, in nats.
///
/// It is the log-odds of the sentence being unaligned, because all sentences of a group
/// correspond. `aligned` is the posterior that some bead contains the sentence.
pub(super) fn gap_cost(aligned: f32) -> f32 {
    let log_odds = ((1.0 - aligned).max(0.0) / aligned).ln();
    log_odds.clamp(env_costs()[3], MAX_LOG_ODDS)
}

pub(super) fn env_costs() -> [f32; 5] {
    static COSTS: std::sync::OnceLock<[f32; 5]> = std::sync::OnceLock::new();
    *COSTS.get_or_init(|| {
        let given = std::env::var("COSTS").unwrap_or_default();
        let mut values = given.split(',').filter_map(|one| one.parse().ok());
        let mut next = |default| values.next().unwrap_or(default);
        [next(LINK_COST), next(ISOLATED_LINK_COST), next(LAST_LINK_COST), next(MIN_GAP_COST), next(WEAK_LINK_WEIGHT)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_lowers_the_cost_of_a_link() {
        let score = |support, is_last| link_score(0.9, support, is_last);
        assert!(score(1.0, false) > score(0.5, false));
        assert!(score(0.5, false) > score(0.0, false));
        assert!(score(0.0, false) > score(0.0, true));
        assert_eq!(score(1.0, false), score(1.0, true));
    }

    #[test]
    fn a_link_that_is_no_likelier_than_not_costs_more_than_it_gains() {
        assert!(link_score(0.5, 1.0, false) < 0.0);
        assert!(link_score(0.6, 1.0, false) > 0.0);
        assert!(link_score(0.6, 0.0, false) < 0.0);
    }

    #[test]
    fn scores_and_costs_are_finite_for_certain_links() {
        for posterior in [0.0, 1.0] {
            assert!(gap_cost(posterior).is_finite());
        }
        assert!(link_score(1.0, 1.0, false).is_finite());
    }
}
