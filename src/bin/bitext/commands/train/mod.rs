//! `bitext train`: trains a static model.

mod args;
#[cfg(feature = "train")]
mod run;

pub use args::{Args, HELP};

use crate::{Failure, Outcome};

#[cfg(feature = "train")]
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    run::run(args)
}

#[cfg(not(feature = "train"))]
pub fn run(_: &Args) -> Result<Outcome, Failure> {
    Err(crate::MissingFeature { what: "bitext train", feature: "train" }.into())
}
