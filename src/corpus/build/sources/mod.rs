//! The inputs of a build: folders of text files, and files with one article or group per line.
//!
//! [`ArticleSources::open`](list::ArticleSources::open) lists the files in an order that depends on
//! their names only. They are then read by [`place`], several times.

mod lines;
mod list;
mod place;
mod read;
mod stamp;
mod unpack;

pub use list::ArticleSources;
pub use place::{ArticleItem, ArticlePlace, VerifiedPlace};
pub use read::PlacedBytes;
pub use stamp::SourceState;
