#![cfg_attr(docsrs, feature(doc_cfg))]
//! Aligns the sentences of an article and its translations.
//!
//! bitext takes two or three versions of an article, such as an English, a Ukrainian and a German
//! one. It splits them into sentences, embeds the sentences, and finds which of them correspond. Real
//! web articles are fine: sentences may be missing, merged or added in any version.
//!
//! ```
//! use bitext::Aligner;
//!
//! fn main() -> Result<(), bitext::Error> {
//!     let english = "The library reopens on Monday. It was closed for a year. Share this post:";
//!     let ukrainian = "Бібліотека знову відкриється в понеділок. Вона була зачинена рік.";
//!     let bitext = Aligner::new().align([("en", english), ("uk", ukrainian)])?;
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
//! [`Article::read`] reads an article from a file, and `println!("{bitext}")` prints a table.
//!
//! # Pipeline
//!
//! | stage | module | input | output |
//! |---|---|---|---|
//! | article | [`article`], [`text`] | text, and the language that the caller names | text and byte spans |
//! | split | [`split`] | text | spans of sentences |
//! | embed | [`embed`] | sentences | unit vectors |
//! | align | [`mod@align`], with [`language`] for checking the named languages | sentences with vectors, lengths, words and numbers | beads, units and confidences |
//! | bitext | [`Bitext`] | articles, beads and units | the same, checked, in one container |
//! | write | [`mod@format`] | bitexts | JSONL, TSV, TMX, training sets |
//! | review | `report` | bitexts | HTML pages, corrections |
//! | filter | [`corpus::filter`] | pairs of texts | reasons to reject, keys of duplicates |
//! | score | [`evaluate`] | two alignments | precision, recall, F1 |
//!
//! The source code of [`article`] and [`Bitext`] is in `src/document`.
//!
//! Each stage works alone: [`RuleSplitter`] splits any text, [`StaticEmbedder`] embeds any sentences,
//! and [`align::align_pair`] aligns any vectors. To replace the splitter or the embedder, implement
//! the trait [`Splitter`] or [`Embedder`].
//!
//! Nothing is downloaded and nothing is random. Bad input does not panic: it is an [`Error`] that
//! names the article and says what to do.
//!
//! # Words
//!
//! * A **bead** is a group of sentences of two languages that correspond, such as one English sentence
//!   and two German ones.
//! * A **unit** is a translation unit: the smallest group of sentences that is consistent over all
//!   languages. A **null unit** is a sentence without a counterpart.
//! * The **confidence** of a unit is the probability that it is exactly right.
//!
//! # What may change
//!
//! Versions follow semver. Types that may gain fields or variants are `non_exhaustive`: settings,
//! results, and enums such as [`ErrorKind`]. Start from `default()` and chain the `with_*` methods;
//! add a wildcard arm when matching. All types are `Send`, `Sync` and `Debug`, and errors keep their
//! sources. `tests/api.rs` and `.ci/api` check these promises.
//!
//! Of other crates, the API shows the matrices of [`ndarray`] 0.17, the traits of serde 1 and the
//! values of serde_json 1. ndarray is re-exported: write `bitext::ndarray`, and the versions match. A
//! new ndarray is a new minor version of bitext before 1.0, and a new major version after it.
//!
//! Files record the version of their format. A new release may align differently, with a new
//! [`fingerprint`](Bitext::fingerprint). The same release, model and settings always give the same
//! bytes. The oldest supported Rust is raised in minor versions only.
//!
//! # Features
//!
//! Features only add; each builds alone, and none changes a result.
//!
//! * `embedded-model` (default): compiles the model (9 MB) into the library.
//! * `safetensors`: reads models from folders.
//! * `candle`: transformer encoders in pure Rust, `embed::CandleEmbedder`; see
//!   [transformers](guide::transformers). `candle-avx512` makes them faster on processors with AVX-512, and
//!   needs Rust 1.89.
//! * `rust-bert`: transformer encoders through libtorch, `embed::RustBertEmbedder`.
//!   [Transformers](guide::transformers) says how to install libtorch. `rust-bert-download` downloads models.
//! * `ann`: an index of nearest neighbours. It is required for pairing more articles than
//!   [`PairingConfig::exact_articles`](corpus::PairingConfig::exact_articles).
//! * `cache`: keeps vectors on disk, `embed::CachedEmbedder`.
//! * `parquet`: training sets as Parquet files, `format::ParquetWriter`.
//! * `build`: makes training sets from files of articles, resumable, `corpus::build`.
//! * `html`: articles from HTML pages and web archives, `html`. `build` includes it.
//! * `report`: HTML pages for viewing and correcting bitexts, `report`.
//! * `train`: trains your own static models, `train::Trainer`.
//! * `cli`: the command line tool `bitext`.

/// Compiles and runs the programs of the README.
#[cfg(all(doctest, feature = "embedded-model"))]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod align;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli_support;
pub mod corpus;
mod document;
pub mod embed;
mod error;
pub mod evaluate;
#[cfg(feature = "build")]
mod files;
pub mod format;
pub mod guide;
#[cfg(feature = "html")]
pub mod html;
mod json;
pub mod language;
mod letters;
mod matrix;
#[cfg(feature = "report")]
pub mod report;
mod setters;
pub mod split;
mod split_mix;
pub mod text;
mod threads;
#[cfg(feature = "train")]
pub mod train;

// `Embedder` and `Embeddings` use its matrices: see "What may change".
pub use ndarray;

pub use align::Aligner;
pub(crate) use document::bitext;
pub use document::{Article, Bitext, Id, LanguagePair, Part, Row, Unit, Warning, article};
pub use embed::{Embedder, Embeddings, StaticEmbedder};
pub use error::{Error, ErrorKind, Result};
pub use language::{Detection, Language};
pub use split::{RuleSplitter, Splitter};
