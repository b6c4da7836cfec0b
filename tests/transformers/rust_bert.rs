//! The tests on rust-bert and libtorch.

use bitext::embed::RustBertEmbedder as Model;

const NAME: &str = "bert";
const RUNS_XLM_ROBERTA: bool = false;
const IS_EXACT_IN_BATCHES: bool = false;

#[path = "archives.rs"]
mod archives;
#[path = "bad.rs"]
mod bad;
#[path = "e5.rs"]
mod e5;
#[path = "layouts.rs"]
mod layouts;
