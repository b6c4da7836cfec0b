//! The resumable build of a training set: files with articles in, a folder with train, dev and test
//! sets and a dataset card out.
//!
//! A [`Build`] runs four [`Stage`]s:
//!
//! 1. *read* reads every article and gives it a vector. Groups that the input already has need
//!    neither vectors nor *pair*.
//! 2. *pair* aligns candidates, and groups the articles that are versions of one another.
//! 3. *align* aligns each group, filters its rows, and names the set that the group belongs to.
//! 4. *write* drops duplicates and rows that share texts with a set written earlier, and writes the
//!    files.
//!
//! `pair_articles` in `stages/read.rs` runs the first two. A build reports its progress as
//! [`BuildEvent`]s. `bitext build` is this module with a command line.
//!
//! A build that was stopped at any moment continues when it is run again with the same inputs,
//! aligner and settings, and ends with the same bytes. Its work lies in the folder `.build` of the
//! output folder. Everything that is kept between runs has a checksum; damage is an error.
//!
//! The feature `build` has this module; `cli` enables it.

mod config;
mod error;
mod event;
mod output;
mod passages;
mod run;
mod sources;
mod stages;
mod summary;
mod wording;
mod work;

pub use config::{
    BuildAlignConfig, BuildConfig, CardConfig, DEFAULT_MAX_ARTICLE_BYTES, InputConfig,
    OutputConfig, OutputFormat, RowKind,
};
pub use error::{BuildError, Damage, InputChange};
pub use event::{BuildEvent, Problem, Stage};
pub use passages::{
    DEFAULT_MAX_GAP_SENTENCES, DEFAULT_MAX_ROW_CHARACTERS, DEFAULT_MIN_UNIT_CONFIDENCE, GapPolicy,
};
pub use run::{Build, BuildOutcome, BuildStatus};
pub use summary::{BuildSummary, SetSummary, UnitCounts};

#[cfg(feature = "cli")]
#[doc(hidden)]
pub use event::Observer;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use sources::{ArticleItem, ArticlePlace, ArticleSources, PlacedBytes, VerifiedPlace};
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use stages::{PairedArticles, PairingTask, pair_articles};
