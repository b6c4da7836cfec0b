//! Aligns with a custom embedder. This one compares capitalised words and numbers by their spelling,
//! with Cyrillic transliterated.
//!
//! ```text
//! cargo run --example embedder
//! ```

use bitext::embed::EmbedError;
// The version of ndarray that the library uses, so that the matrix types match.
use bitext::ndarray::Array2;
use bitext::{Aligner, Article, Embedder, Language};

struct Spelling;

const DIMENSION: usize = 1024;
const CYRILLIC: &str = "абвгґдежзиіїйклмнопрстуфхцчшью";
const LATIN: [&str; 30] = [
    "a", "b", "v", "h", "g", "d", "e", "zh", "z", "y", "i", "i", "i", "k", "l", "m", "n", "o", "p",
    "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "", "yu",
];

fn latin(c: char) -> String {
    match CYRILLIC.chars().position(|letter| letter == c) {
        Some(at) => LATIN[at].to_string(),
        None => c.to_string(),
    }
}

impl Embedder for Spelling {
    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn fingerprint(&self) -> String {
        "spelling-1".to_string()
    }

    /// One row per text: counts of the character trigrams of its capitalised words and numbers.
    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let mut rows = Array2::zeros((texts.len(), DIMENSION));
        for (at, text) in texts.iter().enumerate() {
            let words = text.split(|c: char| !c.is_alphanumeric());
            for word in words.filter(|word| word.starts_with(|c: char| !c.is_lowercase())) {
                let word: String = word.to_lowercase().chars().map(latin).collect();
                for run in word.as_bytes().windows(3) {
                    let hash = run.iter().fold(7, |hash, &byte| hash * 31 + usize::from(byte));
                    rows[[at, hash % DIMENSION]] += 1.0;
                }
            }
        }
        Ok(rows)
    }
}

fn main() -> Result<(), bitext::Error> {
    let bitext = Aligner::with_embedder(Spelling).align([
        Article::read_as(Language::ENGLISH, "examples/data/ferry.en.txt")?,
        Article::read_as(Language::UKRAINIAN, "examples/data/ferry.uk.txt")?,
    ])?;
    println!("made with {}", bitext.fingerprint());
    for row in bitext.rows_between(Language::ENGLISH, Language::UKRAINIAN) {
        println!("{:.2} {}", row.confidence(), row.text(Language::ENGLISH).unwrap_or_default());
    }
    Ok(())
}
