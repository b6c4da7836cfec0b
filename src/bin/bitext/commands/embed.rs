//! `bitext embed`

use std::io::Write;
use std::path::Path;

use bitext::{Embedder, Language};

use crate::io::read::input::{InputLines, LineFault, open};
use crate::io::stream::in_order;
use crate::io::write::output::Output;
use crate::options::model::ModelArgs;
use crate::options::threads::cores;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
Standard input has one sentence per line. Standard output has one JSON array of numbers per line: a
vector of length 1, or zeros for a blank line. The name of a transformer is printed to standard
error.

Exit status: 0 if all input was processed, 1 if the input could not be used, 2 if the command line
was wrong

Example:
  bitext split --lang en article.txt | bitext embed --lang en > article.vectors";

/// Embed sentences
#[derive(clap::Args)]
pub struct Args {
    /// Language of the sentences, one that the model knows: en, uk or de without --model
    #[arg(long, value_name = "LANG")]
    lang: Language,
    #[command(flatten)]
    model: ModelArgs,
    /// Number of threads; does not affect the output. For a transformer, see --model-threads
    /// [default: all cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true,
        value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
}

/// Vectors that a thread formats at a time.
const VECTORS_PER_ITEM: usize = 128;
/// Texts that are embedded at a time.
const MAX_BATCH_TEXTS: usize = 2048;
/// Bytes of the texts that are embedded at a time: 4 MiB, since a line may be long.
const MAX_BATCH_BYTES: usize = 4 << 20;

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    args.model.paths([Path::new("-")]).writing("-o", None).check()?;
    let threads = match args.threads {
        0 => cores(),
        threads => usize::from(threads),
    };
    let (model, report) = args.model.open_for(threads)?.split();
    if let Some(known) = model.languages() {
        if !known.iter().any(|known| known.primary() == args.lang.primary()) {
            let fingerprint = model.fingerprint();
            let name = fingerprint.split(':').next().unwrap_or_default();
            let known: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
            return Err(Usage(format!(
                "the model {name} does not know `{}`, only {}: name another model with --model",
                args.lang,
                known.join(", ")
            ))
            .into());
        }
    }
    let mut out = Output::open(None)?;
    let mut batch: Vec<String> = Vec::with_capacity(MAX_BATCH_TEXTS);
    let mut bytes = 0;
    let (_, input) = open(Path::new("-"))?;
    for (at, line) in InputLines::new(input).enumerate() {
        let number = at + 1;
        let text: Result<String, Failure> = match line {
            Err(LineFault::Unreadable(error)) => {
                Err(format!("cannot read standard input: {error}").into())
            }
            Err(fault) => Err(format!("line {number}: {fault}").into()),
            Ok(line) => {
                let text = bitext::text::decode(&format!("line {number}"), &line);
                text.map(str::to_string).map_err(Failure::from)
            }
        };
        match text {
            Ok(text) => {
                bytes += text.len();
                batch.push(text);
            }
            // A line of the output is the vector of the same line of the input, so no line can be
            // skipped. The vectors of the earlier lines are written.
            Err(error) => {
                flush(&*model, (args.lang, threads), &mut batch, &mut out)?;
                out.finish()?;
                return Err(error);
            }
        }
        if batch.len() == MAX_BATCH_TEXTS || bytes >= MAX_BATCH_BYTES {
            bytes = 0;
            flush(&*model, (args.lang, threads), &mut batch, &mut out)?;
        }
    }
    flush(&*model, (args.lang, threads), &mut batch, &mut out)?;
    out.finish()?;
    report.finish(false);
    Ok(Outcome::AllWell)
}

/// Embeds a batch, writes its vectors, and empties it.
fn flush(
    model: &dyn Embedder,
    (language, threads): (Language, usize),
    batch: &mut Vec<String>,
    out: &mut Output,
) -> Result<(), Failure> {
    let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
    let vectors = model.embed(language, &texts)?;
    let read = |send: &mut dyn FnMut(usize) -> bool| -> Result<(), Failure> {
        (0..vectors.nrows()).step_by(VECTORS_PER_ITEM).all(send);
        Ok(())
    };
    let work = |_, start: usize| -> serde_json::Result<String> {
        let mut lines = String::new();
        for row in start..(start + VECTORS_PER_ITEM).min(vectors.nrows()) {
            lines.push_str(&serde_json::to_string(&vectors.row(row).to_vec())?);
            lines.push('\n');
        }
        Ok(lines)
    };
    in_order(threads, |_| 0, read, work, |lines, _| Ok(out.write_all(lines?.as_bytes())?))?;
    batch.clear();
    Ok(())
}
