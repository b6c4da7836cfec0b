//! The tests on candle.

use bitext::embed::CandleEmbedder as Model;

/// The start of the fingerprints.
const NAME: &str = "candle-bert";
/// Whether XLM-RoBERTa, and any epsilon of the layer normalisation, can be run.
const RUNS_XLM_ROBERTA: bool = true;
/// Whether a vector has the same bits in all batches of a model of usual size.
const IS_EXACT_IN_BATCHES: bool = true;

#[path = "bad.rs"]
mod bad;
#[path = "e5.rs"]
mod e5;
#[path = "layouts.rs"]
mod layouts;
