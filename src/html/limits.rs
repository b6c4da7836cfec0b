//! The limits of pages and web archives.
//!
//! They bound time and memory. No page among some thousands of saved news pages comes near one of them;
//! a page or record beyond a limit is an error that names the limit and the byte.

/// Size of a page as it is stored, in bytes: 64 MiB. Reading a page of 60 MB took 216 MB of memory.
pub const MAX_PAGE_BYTES: usize = 64 << 20;

/// Elements that are open at one place. Browsers flatten pages at a depth of 512.
pub const MAX_DEPTH: usize = 10_000;

/// Attributes of one tag. The tokenizer compares each with all others of the tag.
pub const MAX_ATTRIBUTES: usize = 1_000;

/// Bytes of a page in which its encoding may be declared. The standard asks for 1,024 at first, and for
/// the whole head of the page later.
pub const MAX_DECLARATION_BYTES: usize = 16 << 10;

/// Alternates (`hreflang`) that are kept of a page: enough for all languages of the European Union with
/// regions.
pub const MAX_ALTERNATES: usize = 100;

/// Size of a value of metadata in bytes; longer ones are ignored.
pub const MAX_METADATA_BYTES: usize = 2_048;

/// Size of a script with structured data (JSON-LD) that is read, in bytes; larger ones are ignored.
pub const MAX_JSON_LD_BYTES: usize = 256 << 10;

/// Size of the header of a record of a web archive, and of the header of its HTTP response, in bytes.
pub const MAX_HEADER_BYTES: usize = 64 << 10;

/// Header fields of an HTTP response.
pub const MAX_HEADER_FIELDS: usize = 256;
