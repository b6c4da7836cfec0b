//! Writes the confident English-Ukrainian beads as tab-separated values.
//!
//! ```text
//! cargo run --example confident_tsv > ferry.tsv
//! ```

use bitext::format::TsvWriter;
use bitext::{Aligner, Article, Language};

fn main() -> Result<(), bitext::Error> {
    let bitext = Aligner::new().align([
        Article::read_as(Language::ENGLISH, "examples/data/ferry.en.txt")?,
        Article::read_as(Language::UKRAINIAN, "examples/data/ferry.uk.txt")?,
    ])?;
    let table = TsvWriter::pair(std::io::stdout(), Language::ENGLISH, Language::UKRAINIAN)?;
    let mut table = table.with_min_confidence(0.95);
    table.write(&bitext)?;
    table.finish()?;
    Ok(())
}
