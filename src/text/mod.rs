//! Facts about raw text, without policy: decoding, normalising, paragraphs.

mod decode;
mod normalize;
mod paragraphs;

pub(crate) use decode::hint;
pub use decode::{Encoding, decode};
pub use normalize::{is_blank, normalize};
pub use paragraphs::{Newlines, paragraphs};
pub(crate) use paragraphs::{Paragraphs, find, find_last};

/// A range of bytes of a text: `&text[span]` is what it covers.
pub type Span = std::ops::Range<usize>;
