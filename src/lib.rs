#![cfg_attr(docsrs, feature(doc_cfg))]
//! Aligns the sentences of parallel articles in English, Ukrainian and German
//! into a bitext.
//!
//! ```
//! use bitext::{Aligner, Article, Language};
//!
//! fn main() -> Result<(), bitext::Error> {
//!     let english = "The library reopens on Monday. It was closed for a year. Share this post:";
//!     let ukrainian = "Бібліотека знову відкриється в понеділок. Вона була зачинена рік.";
//!     let bitext = Aligner::new().align([
//!         Article::new(Language::ENGLISH, english),
//!         Article::new(Language::UKRAINIAN, ukrainian),
//!     ])?;
//!     for row in bitext.rows() {
//!         println!("confidence {:.2}", row.confidence());
//!         for (language, text) in row.texts() {
//!             println!("  {language}: {text}");
//!         }
//!     }
//! #   assert_eq!((bitext.units().len(), bitext.rows().count()), (3, 2));
//!     Ok(())
//! }
//! ```
//!
//! # The way of an article
//!
//! | stage | module | in | out |
//! |---|---|---|---|
//! | article | [`article`], [`text`], [`language`] | text | text and byte spans |
//! | split | [`split`] | text | spans of sentences |
//! | embed | [`embed`] | sentences | unit vectors |
//! | align | [`mod@align`] | vectors and lengths | beads and posteriors |
//! | bitext | [`Bitext`] | articles and beads | units over all languages |
//! | write | [`mod@format`] | bitexts | JSONL, TSV, TMX, records |
//! | look, correct | `report` | bitexts | HTML; corrections |
//! | filter | [`corpus::filter`] | pairs of texts | verdicts, keys of duplicates |
//! | score | [`evaluate`] | two alignments | precision, recall, F1 |
//!
//! Each stage can be used alone: [`RuleSplitter`] splits any text,
//! [`StaticEmbedder`] gives vectors of any sentences, [`align::align_pair`]
//! aligns any vectors. Splitter and embedder can be replaced by one's own:
//! they are the traits [`Splitter`] and [`Embedder`].
//!
//! Nothing is downloaded, nothing is random, and nothing panics: bad input is
//! an [`Error`] that names the article and says what to do.
//!
//! # What may change
//!
//! Versions follow semver. Within one, types that may grow are `non_exhaustive`: settings,
//! results, enums of formats and errors. Take a `default()` and change its fields; match errors
//! with a last arm for others. All types stay `Send`, `Sync` and `Debug`, and errors keep
//! their sources; `tests/api.rs` and `.ci/api` hold all of this.
//!
//! Of other crates' types the API shows those of [`ndarray`] 0.17, which is re-exported: write
//! `bitext::ndarray` and the versions fit. A new ndarray is a new minor version of bitext
//! before 1.0, a major one after it. Besides, it shows traits of serde 1 and values of serde_json 1.
//!
//! Files say the version of their format. A release may align otherwise than the one before, with
//! another [`fingerprint`](Bitext::fingerprint); the same release, model and settings give the same
//! bytes. The oldest Rust is raised in minor versions only.
//!
//! # Features
//!
//! Features add and take nothing away; each builds by itself, and none changes a result.
//!
//! * `embedded-model` (default): compiles the model, 9 MB, into the library.
//! * `safetensors`: reads models from folders.
//! * `rust-bert`: transformer encoders through libtorch, `embed::RustBertEmbedder`;
//!   the README tells how to have libtorch. `rust-bert-download` fetches models.
//! * `ann`: an index of neighbours, for pairing more articles than
//!   [`PairingConfig::exact_articles`](corpus::PairingConfig::exact_articles), else an error.
//! * `cache`: keeps vectors on disk, `embed::CachedEmbedder`.
//! * `parquet`: training sets as Parquet, `format::ParquetWriter`.
//! * `build`: training sets from files with articles, resumable, `corpus::build`.
//! * `report`: pages that show bitexts and let a person correct them, `report`.
//! * `train`: training models of one's own, `train::train`.
//! * `cli`: the command-line tool `bitext`.

/// Runs the programs of the README.
#[cfg(all(doctest, feature = "embedded-model"))]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod align;
pub mod article;
mod bitext;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli_support;
pub mod corpus;
pub mod embed;
mod error;
pub mod evaluate;
#[cfg(feature = "build")]
mod files;
pub mod format;
pub mod guide;
mod id;
mod json;
pub mod language;
#[cfg(feature = "report")]
pub mod report;
mod setters;
pub mod split;
pub mod text;
mod threads;
#[cfg(feature = "train")]
pub mod train;
mod warning;

// The matrices of `Embedder` and `Embeddings` are its: see "What may change".
pub use ndarray;

pub use self::bitext::{Bitext, Pair, Part, Row, Unit};
pub use align::Aligner;
pub use article::Article;
pub use embed::{Embedder, Embeddings, StaticEmbedder};
pub use error::{Error, ErrorKind, Result};
pub use id::Id;
pub use language::{Detection, Language};
pub use split::{RuleSplitter, Splitter};
pub use warning::Warning;
