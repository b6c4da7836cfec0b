//! Writes a translation memory (TMX 1.4b) of what is surely right.
//!
//! ```text
//! cargo run --example tmx > ferry.tmx
//! ```

use bitext::format::{Selection, TmxWriter};
use bitext::{Aligner, Article, Language};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bitext = Aligner::new().align([
        Article::new(Language::ENGLISH, std::fs::read_to_string("examples/data/ferry.en.txt")?),
        Article::new(Language::GERMAN, std::fs::read_to_string("examples/data/ferry.de.txt")?),
    ])?;
    let surely = Selection::units().with_min_confidence(0.9);
    let mut writer = TmxWriter::new(std::io::stdout(), Language::ENGLISH, surely)?;
    writer.write(&bitext)?;
    writer.finish()?;
    Ok(())
}
