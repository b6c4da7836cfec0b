//! Seconds that our embedders take for the lines of a file, by the clock and on
//! processors, in hundredths; `run.py` calls it. Linux only.
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
        None => Box::new(StaticEmbedder::embedded()),
        Some(folder) => {
            let mut config = RustBertConfig::default();
            config.prefix = Some("query: ".to_string());
            config.threads = Some(threads.parse()?);
            Box::new(RustBertEmbedder::from_dir_with(folder, config)?)
        }
    };
    model.embed(Language::ENGLISH, &lines[..lines.len().min(32)])?;
    for _ in 0..repeats.parse()? {
        let (start, busy) = (Instant::now(), processor_seconds()?);
        model.embed(Language::ENGLISH, &lines)?;
        println!("{} {}", start.elapsed().as_secs_f64(), processor_seconds()? - busy);
    }
    Ok(())
}

/// Of all threads of this process.
fn processor_seconds() -> Result<f64, Box<dyn Error + Send + Sync>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<u64> = fields.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}
