//! Aligns with other weights, such as those that `bitext fit` learns from parallel documents.
//!
//! ```text
//! bitext fit documents.jsonl -o weights.tsv
//! cargo run --example weights -- weights.tsv
//! ```

use bitext::align::{AlignConfig, Weights};
use bitext::{Aligner, Article, Language};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path)?,
        // The weights of the embedded model, with a higher cost of opening a gap.
        None => String::from(Weights::default())
            .lines()
            .map(|line| match line.strip_prefix("gap_open\t") {
                Some(_) => "gap_open\t-9\n".to_string(),
                None => format!("{line}\n"),
            })
            .collect(),
    };
    let config = AlignConfig::default().with_weights(table.parse::<Weights>()?);
    let articles = [
        Article::read_as(Language::ENGLISH, "examples/data/ferry.en.txt")?,
        Article::read_as(Language::GERMAN, "examples/data/ferry.de.txt")?,
    ];
    for aligner in [Aligner::new(), Aligner::new().with_config(config)?] {
        let bitext = aligner.align(&articles)?;
        let unaligned = bitext.units().iter().filter(|unit| unit.is_null()).count();
        println!("{unaligned} unaligned sentences with {}", bitext.fingerprint());
    }
    Ok(())
}
