//! Facts about raw text, without policy: decoding, normalising, paragraphs,
//! numbers.

mod decode;
mod normalize;
mod numbers;
mod paragraphs;

pub use decode::decode;
pub(crate) use decode::not_utf8;
pub(crate) use normalize::cleaned;
pub use normalize::{is_blank, normalize};
pub(crate) use numbers::number_key;
pub use numbers::{Number, numbers};
pub use paragraphs::{Newlines, paragraphs};
pub(crate) use paragraphs::{Paragraphs, find, find_last};

/// A range of bytes of a text: `&text[span]` is what it covers.
pub type Span = std::ops::Range<usize>;
