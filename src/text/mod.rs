//! Facts about raw text: decoding, normalisation, paragraphs and numbers.
//!
//! Functions take `&str` or bytes and return spans, numbers or copies. They know nothing of articles
//! or alignments.

mod bytes;
mod dates;
mod decode;
pub(crate) mod fold;
mod lines;
mod normalize;
mod numbers;
mod paragraphs;
mod wrapping;

pub(crate) use bytes::{find, find_last};
#[cfg(feature = "cli")]
pub(crate) use dates::date;
pub use dates::day;
pub use decode::decode;
#[cfg(feature = "html")]
pub(crate) use decode::likely_encoding;
pub(crate) use decode::not_utf8;
pub(crate) use normalize::normalize_char;
pub use normalize::{is_blank, normalize};
pub(crate) use numbers::number_key;
pub use numbers::{Number, numbers};
pub(crate) use paragraphs::Paragraphs;
pub use paragraphs::{Newlines, paragraphs};

/// A range of bytes of a text: `&text[span]` is the part it covers.
pub type Span = std::ops::Range<usize>;
