//! Finds where the sentences of a paragraph end.
//!
//! `candidates` scans for the next place that needs a decision: a stop, or a
//! character that may end a sentence without one. `stop` reads a stop with the
//! marks that belong to it, `following` reads what comes after it, and
//! `stop_rules` decides. Four files hold rules for special cases: `numbers`,
//! `quotations`, `missing_space` and `cyrillic_letters`. `without_stop` decides about the other
//! candidates.

mod candidates;
mod cyrillic_letters;
mod following;
mod missing_space;
mod numbers;
mod quotations;
mod stop;
mod stop_rules;
mod without_stop;

pub(super) use candidates::{Candidate, QuoteState, next_candidate, pass_quotes};
pub(super) use stop::{Stop, white_space_len};
pub(super) use stop_rules::{Context, ends_sentence};
pub(super) use without_stop::{Break, break_at, letter_phrase_end};
