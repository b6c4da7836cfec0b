//! Writes the confident units as a translation memory (TMX 1.4b).
//!
//! ```text
//! cargo run --example tmx > ferry.tmx
//! ```

use bitext::format::{Selection, TmxWriter};
use bitext::{Aligner, Article, Language};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bitext = Aligner::new().align([
        Article::read_as(Language::ENGLISH, "examples/data/ferry.en.txt")?,
        Article::read_as(Language::GERMAN, "examples/data/ferry.de.txt")?,
    ])?;
    let confident = Selection::units().with_min_confidence(0.9);
    let mut writer = TmxWriter::new(std::io::stdout(), Language::ENGLISH, confident)?;
    writer.write(&bitext)?;
    writer.finish()?;
    Ok(())
}
