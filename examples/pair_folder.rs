//! Finds the files of a folder that are versions of the same article.
//!
//! ```text
//! cargo run --example pair_folder -- FOLDER
//! ```

use bitext::corpus::{PairingConfig, pair};
use bitext::{Aligner, Article};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or("examples/data".to_string());
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let articles = paths.iter().map(Article::read).collect::<Result<Vec<_>, _>>()?;
    for group in pair(&Aligner::new(), &articles, &PairingConfig::default())? {
        let names: Vec<_> =
            group.members.iter().map(|at| paths[*at].display().to_string()).collect();
        println!("{:.2} {}", group.coverage, names.join(" "));
    }
    Ok(())
}
