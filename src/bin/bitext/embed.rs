//! `bitext embed`

use std::io::Write;

use bitext::{Embedder, Language};

use crate::input::Lines;
use crate::model::ModelArgs;
use crate::output::Output;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
Example:
  bitext split --lang en article.txt | bitext embed --lang en > article.vectors

Exit status: 0 all went well, 1 the input could not be used, 2 wrong usage";

/// Embeds sentences: one a line from standard input, a JSON array of numbers a
/// line to standard output (length 1, or all zero for a blank line). Which transformer
/// made them is told on standard error.
#[derive(clap::Args)]
pub struct Args {
    /// The language of the sentences: en, uk or de.
    #[arg(long, value_name = "LANG")]
    lang: Language,
    #[command(flatten)]
    model: ModelArgs,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    const BATCH: usize = 256;

    let (model, report) = args.model.open()?.split();
    let mut out = Output::open(None)?;
    let mut batch: Vec<String> = Vec::with_capacity(BATCH);
    for (at, line) in Lines::new(std::io::stdin().lock()).enumerate() {
        let line = line.map_err(|error| format!("cannot read standard input: {error}"))?;
        match bitext::text::decode(&format!("line {}", at + 1), &line) {
            Ok(text) => batch.push(text.to_string()),
            Err(error) => {
                // What came before is good.
                flush(&*model, args.lang, &mut batch, &mut out)?;
                out.finish()?;
                return Err(error.into());
            }
        }
        if batch.len() == BATCH {
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
    for row in model.embed(language, &texts)?.rows() {
        writeln!(out, "{}", serde_json::to_string(&row.to_vec())?)?;
    }
    batch.clear();
    Ok(())
}
