//! Aligns with an embedder of one's own: here, names and numbers compared by
//! their spelling, with Cyrillic written in Latin letters.
//!
//! ```text
//! cargo run --example embedder
//! ```

use bitext::embed::EmbedError;
// The library's own ndarray: another version's matrices would be other types.
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

    /// Counts the runs of three characters of each capitalised word and number.
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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bitext = Aligner::with_embedder(Spelling).align([
        Article::new(Language::ENGLISH, std::fs::read_to_string("examples/data/ferry.en.txt")?),
        Article::new(Language::UKRAINIAN, std::fs::read_to_string("examples/data/ferry.uk.txt")?),
    ])?;
    println!("made with {}", bitext.fingerprint());
    for bead in bitext.beads(Language::ENGLISH, Language::UKRAINIAN) {
        println!(
            "{:.2} {}",
            bead.confidence(),
            bitext.text(bead, Language::ENGLISH).unwrap_or_default()
        );
    }
    Ok(())
}
