//! Explains a unit: the features of its beads, and the alternatives that they won against.
//!
//! ```text
//! cargo run --example explain -- 3
//! ```

use bitext::{Aligner, Article, Language};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let index = std::env::args().nth(1).map_or(Ok(2), |number| number.parse())?;
    let explained = Aligner::new().explain([
        Article::read_as(Language::ENGLISH, "examples/data/ferry.en.txt")?,
        Article::read_as(Language::GERMAN, "examples/data/ferry.de.txt")?,
    ])?;
    let units = explained.bitext().units().len();
    let explanation = explained.unit(index).ok_or(format!("there are {units} units, from 0"))?;
    for pair in &explanation.pairs {
        for bead in &pair.beads {
            println!(
                "{:?}-{:?}: posterior {:.4}",
                bead.source_sentences, bead.target_sentences, bead.posterior
            );
            for feature in bead.features.iter().filter(|feature| feature.nats.abs() >= 0.1) {
                println!("  {:>7.2} nats  {} = {:.2}", feature.nats, feature.name, feature.value);
            }
        }
        for alternative in &pair.alternatives {
            println!(
                "rather than {:?}-{:?}: {:.4}",
                alternative.source_sentences, alternative.target_sentences, alternative.posterior
            );
        }
    }
    Ok(())
}
