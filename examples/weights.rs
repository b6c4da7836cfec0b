//! Aligns with weights of one's own, such as `bitext fit` learns from parallel documents.
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
        // The embedded model's, with the opening of a gap made dearer by hand.
        None => String::from(Weights::default())
            .lines()
            .map(|line| match line.strip_prefix("gap-open\t") {
                Some(_) => "gap-open\t-9\n".to_string(),
                None => format!("{line}\n"),
            })
            .collect(),
    };
    let mut config = AlignConfig::default();
    config.weights = Some(table.parse()?);
    let articles = || -> std::io::Result<[Article; 2]> {
        Ok([
            Article::new(Language::ENGLISH, std::fs::read_to_string("examples/data/ferry.en.txt")?),
            Article::new(Language::GERMAN, std::fs::read_to_string("examples/data/ferry.de.txt")?),
        ])
    };
    for aligner in [Aligner::new(), Aligner::new().with_config(config)?] {
        let bitext = aligner.align(articles()?)?;
        let nulls = bitext.units().iter().filter(|unit| unit.is_null()).count();
        println!("{nulls} sentences alone, with {}", bitext.fingerprint());
    }
    Ok(())
}
