//! Writes the pairs of English and Ukrainian that are surely right as a table.
//!
//! ```text
//! cargo run --example confident_tsv > ferry.tsv
//! ```

use bitext::format::{Selection, TsvWriter};
use bitext::{Aligner, Article, Language};

const LANGUAGES: [Language; 2] = [Language::ENGLISH, Language::UKRAINIAN];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bitext = Aligner::new().align([
        Article::new(LANGUAGES[0], std::fs::read_to_string("examples/data/ferry.en.txt")?),
        Article::new(LANGUAGES[1], std::fs::read_to_string("examples/data/ferry.uk.txt")?),
    ])?;
    let surely = Selection::pair(LANGUAGES[0], LANGUAGES[1]).with_min_confidence(0.95);
    eprintln!("{} of {} units", surely.select(&bitext).count(), bitext.units().len());
    let mut table = TsvWriter::new(std::io::stdout(), &LANGUAGES, surely)?;
    table.write(&bitext)?;
    table.finish()?;
    Ok(())
}
