//! Reads and writes Translation Memory eXchange (TMX).
//!
//! Files of other tools are often damaged, so a document is not parsed as a whole. [`decode`] turns
//! its bytes into UTF-8, [`scan`] finds where each `<tu>` begins and ends, and [`unit`] parses one
//! `<tu>` strictly. Damage loses only the unit that it is in.

mod codes;
mod decode;
mod entities;
mod reader;
mod scan;
mod unit;
mod writer;

pub use reader::{TmxNote, TmxReader};
pub use writer::TmxWriter;
