//! The files of a training set: rows, index files, and the dataset card.

mod card;
mod card_rows;
mod example;
mod index_files;
mod licence;
mod line_file;
mod marked_rows;
mod row_files;

pub use card::card;
pub use example::CardExample;
pub use index_files::{IndexFiles, IndexedGroup};
pub use line_file::LineFile;
pub use marked_rows::{MARKED_ROWS, MarkedRow, MarkedRows};
pub use row_files::RowFiles;
