//! Seconds that our embedders take for the lines of a file, by the clock and on
//! processors, in hundredths; `run.py` calls it. Linux only.
//!
//! usage: encoders_ours FILE THREADS REPEATS [candle|libtorch MODEL_FOLDER]

use std::error::Error;
use std::time::Instant;

use bitext::{Embedder, Language, StaticEmbedder};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, threads, repeats, model @ ..] = args.as_slice() else {
        return Err(
            "usage: encoders_ours FILE THREADS REPEATS [candle|libtorch MODEL_FOLDER]".into()
        );
    };
    let text = std::fs::read_to_string(file)?;
    let lines: Vec<&str> = text.lines().collect();
    let model: Box<dyn Embedder> = match model {
        [] => Box::new(StaticEmbedder::embedded()),
        [library, folder] => transformer(library, folder, threads.parse()?)?,
        _ => return Err("a library needs the folder of a model".into()),
    };
    model.embed(Language::ENGLISH, &lines[..lines.len().min(32)])?;
    for _ in 0..repeats.parse()? {
        let (start, busy) = (Instant::now(), processor_seconds()?);
        model.embed(Language::ENGLISH, &lines)?;
        println!("{} {}", start.elapsed().as_secs_f64(), processor_seconds()? - busy);
    }
    Ok(())
}

#[cfg(any(feature = "candle", feature = "rust-bert"))]
fn transformer(library: &str, folder: &str, threads: usize) -> Result<Box<dyn Embedder>> {
    let config = bitext::embed::TransformerConfig::default()
        .with_prefix("query: ".to_string())
        .with_threads(threads);
    match library {
        #[cfg(feature = "candle")]
        "candle" => Ok(Box::new(bitext::embed::CandleEmbedder::from_dir_with(folder, config)?)),
        #[cfg(feature = "rust-bert")]
        "libtorch" => Ok(Box::new(bitext::embed::RustBertEmbedder::from_dir_with(folder, config)?)),
        _ => Err(format!("{library}: build with its feature").into()),
    }
}

#[cfg(not(any(feature = "candle", feature = "rust-bert")))]
fn transformer(library: &str, _: &str, _: usize) -> Result<Box<dyn Embedder>> {
    Err(format!("{library}: build with its feature").into())
}

/// Of all threads of this process.
fn processor_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<u64> =
        fields.skip(11).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}
