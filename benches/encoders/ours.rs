//! Seconds that our embedders take for the lines of a file; `run.py` calls it.
//!
//! usage: encoders_ours FILE THREADS REPEATS [MODEL_FOLDER]

use std::error::Error;
use std::time::Instant;

use bitext::embed::{RustBertConfig, RustBertEmbedder};
use bitext::{Embedder, Language, StaticEmbedder};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, threads, repeats, folder @ ..] = args.as_slice() else {
        return Err("usage: encoders_ours FILE THREADS REPEATS [MODEL_FOLDER]".into());
    };
    let text = std::fs::read_to_string(file)?;
    let lines: Vec<&str> = text.lines().collect();
    let model: Box<dyn Embedder> = match folder.first() {
        None => Box::new(StaticEmbedder::embedded()?),
        Some(folder) => {
            let mut config = RustBertConfig::default();
            config.prefix = Some("query: ".to_string());
            config.threads = Some(threads.parse()?);
            Box::new(RustBertEmbedder::from_dir_with(folder, config)?)
        }
    };
    model.embed(Language::ENGLISH, &lines[..lines.len().min(32)])?;
    for _ in 0..repeats.parse()? {
        let start = Instant::now();
        model.embed(Language::ENGLISH, &lines)?;
        println!("{}", start.elapsed().as_secs_f64());
    }
    Ok(())
}
