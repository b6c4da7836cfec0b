//! Aligns three files and prints the units.
//!
//! ```text
//! cargo run --example align -- english.txt ukrainian.txt german.txt
//! ```

use bitext::{Aligner, Article, Language};

const FERRY: [&str; 3] =
    ["examples/data/ferry.en.txt", "examples/data/ferry.uk.txt", "examples/data/ferry.de.txt"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let files: [String; 3] = given.try_into().unwrap_or(FERRY.map(String::from));

    let bitext = Aligner::new()?.align([
        Article::new(Language::ENGLISH, std::fs::read_to_string(&files[0])?),
        Article::new(Language::UKRAINIAN, std::fs::read_to_string(&files[1])?),
        Article::new(Language::GERMAN, std::fs::read_to_string(&files[2])?),
    ])?;

    for unit in bitext.units().iter().filter(|unit| !unit.is_null()) {
        println!("{} with confidence {:.2}", unit.shape(), unit.confidence());
        for part in unit.parts() {
            println!(
                "  {}: {}",
                part.language,
                bitext.text(unit, part.language).unwrap_or_default()
            );
        }
    }
    Ok(())
}
