//! Articles from pages of HTML, and from web archives (WARC).
//!
//! [`Page::parse`] turns the bytes of a page into text in [blocks](PageBlock) and [`Metadata`], and
//! [`Page::article`] makes an [`Article`](crate::Article) of it, whose
//! [`blocks`](crate::Article::blocks) say which parts are headings, items or menus, and where they are in
//! the page. [`WarcReader`] reads the pages of a web archive one by one.
//!
//! # Limits
//!
//! Time is linear in the size of a page for any markup, and memory is bounded:
//!
//! | limit | value | beyond it |
//! |---|---|---|
//! | [`MAX_PAGE_BYTES`]: size of a page | 64 MiB | error |
//! | [`MAX_DEPTH`]: open elements | 10,000 | error |
//! | [`MAX_ATTRIBUTES`]: attributes of a tag | 1,000 | error |
//! | [`MAX_DECLARATION_BYTES`]: where an encoding is declared | 16 KiB | not read |
//! | [`MAX_ALTERNATES`]: `hreflang` links | 100 | ignored |
//! | [`MAX_METADATA_BYTES`]: a value of metadata | 2 KiB | ignored |
//! | [`MAX_JSON_LD_BYTES`]: structured data | 256 KiB | ignored |
//! | [`MAX_HEADER_BYTES`]: a header in a web archive | 64 KiB | error |
//! | [`MAX_HEADER_FIELDS`]: fields of an HTTP header | 256 | error |
//!
//! HTML has no entities that expand to others: those that a document type declares are not read.

mod address;
mod encoding;
mod extract;
mod limits;
mod metadata;
mod page;
mod sniff;
mod warc;

pub use address::{address_key, language_in_address};
pub use extract::PageBlock;
pub use limits::{
    MAX_ALTERNATES, MAX_ATTRIBUTES, MAX_DECLARATION_BYTES, MAX_DEPTH, MAX_HEADER_BYTES,
    MAX_HEADER_FIELDS, MAX_JSON_LD_BYTES, MAX_METADATA_BYTES, MAX_PAGE_BYTES,
};
pub use metadata::{Alternate, Metadata};
pub use page::{Page, PageHints};
pub use sniff::{looks_like_html, looks_like_warc};
#[cfg(feature = "build")]
pub(crate) use warc::{RecordScanner, record_page};
pub use warc::{WarcPage, WarcReader};
