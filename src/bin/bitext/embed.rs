//! `bitext embed`

use std::io::Write;

use bitext::ndarray::Axis;
use bitext::{Embedder, Language};
use rayon::prelude::*;

use crate::input::Lines;
use crate::model::ModelArgs;
use crate::output::Output;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
Example:
  bitext split --lang en article.txt | bitext embed --lang en > article.vectors

Exit status: 0 all went well, 1 the input could not be used, 2 wrong usage";

/// Embeds sentences.
///
/// One a line from standard input, a JSON array of numbers a line to standard output
/// (length 1, or all zero for a blank line). Which transformer made them is told on
/// standard error.
#[derive(clap::Args)]
pub struct Args {
    /// The language of the sentences: en, uk or de, or those of a model of your own.
    #[arg(long, value_name = "LANG")]
    lang: Language,
    #[command(flatten)]
    model: ModelArgs,
    /// Threads; they change nothing but the time. Those of a transformer are
    /// --model-threads [default: all cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true,
        value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    const BATCH: usize = 2048;
    /// In bytes: a line may be long.
    const MOST: usize = 4 << 20;

    // The pool is asked for once: this is the only place of the program that uses it at length.
    rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads.into())
        .build_global()
        .map_err(|error| format!("no threads: {error}"))?;
    let (model, report) = args.model.open_for(0)?.split();
    let mut out = Output::open(None)?;
    let mut batch: Vec<String> = Vec::with_capacity(BATCH);
    let mut bytes = 0;
    for (at, line) in Lines::new(std::io::stdin().lock()).enumerate() {
        let line = line.map_err(|error| format!("cannot read standard input: {error}"))?;
        match bitext::text::decode(&format!("line {}", at + 1), &line) {
            Ok(text) => {
                bytes += text.len();
                batch.push(text.to_string());
            }
            Err(error) => {
                // What came before is good.
                flush(&*model, args.lang, &mut batch, &mut out)?;
                out.finish()?;
                return Err(error.into());
            }
        }
        if batch.len() == BATCH || bytes >= MOST {
            bytes = 0;
            flush(&*model, args.lang, &mut batch, &mut out)?;
        }
    }
    flush(&*model, args.lang, &mut batch, &mut out)?;
    out.finish()?;
    report.finish(false);
    Ok(Outcome::AllWell)
}

fn flush(
    model: &dyn Embedder,
    language: Language,
    batch: &mut Vec<String>,
    out: &mut Output,
) -> Result<(), Failure> {
    let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
    let vectors = model.embed(language, &texts)?;
    let rows: Vec<_> = vectors.axis_iter(Axis(0)).collect();
    let lines: Result<Vec<String>, _> =
        rows.into_par_iter().map(|row| serde_json::to_string(&row.to_vec())).collect();
    for line in lines? {
        writeln!(out, "{line}")?;
    }
    batch.clear();
    Ok(())
}
