//! Aligns three files and prints the sentences that correspond.
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

    let bitext = Aligner::new().align([
        Article::new(Language::ENGLISH, std::fs::read_to_string(&files[0])?),
        Article::new(Language::UKRAINIAN, std::fs::read_to_string(&files[1])?),
        Article::new(Language::GERMAN, std::fs::read_to_string(&files[2])?),
    ])?;

    for row in bitext.rows() {
        println!("confidence {:.2}", row.confidence());
        for (language, text) in row.texts() {
            println!("  {language}: {text}");
        }
    }
    Ok(())
}
