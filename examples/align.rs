//! Aligns three files and prints the sentences that correspond.
//!
//! ```text
//! cargo run --example align -- english.txt ukrainian.txt german.txt
//! ```

use bitext::{Aligner, Article};

const FERRY: [&str; 3] =
    ["examples/data/ferry.en.txt", "examples/data/ferry.uk.txt", "examples/data/ferry.de.txt"];

fn main() -> Result<(), bitext::Error> {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        files = FERRY.map(String::from).to_vec();
    }
    // The languages are detected. `Article::read_as` takes the language instead.
    let articles = files.iter().map(Article::read).collect::<Result<Vec<_>, _>>()?;

    let bitext = Aligner::new().align(articles)?;
    for row in bitext.rows() {
        println!("confidence {:.2}", row.confidence());
        for (language, text) in row.texts() {
            println!("  {language}: {text}");
        }
    }
    Ok(())
}
