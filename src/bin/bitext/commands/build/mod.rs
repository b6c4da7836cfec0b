//! `bitext build`, and what `bitext pair` shares with it.

mod aligned;
mod card;
mod config;
mod files;
mod finish;
mod ids;
pub mod index;
mod indexed;
mod licence;
mod links;
mod progress;
mod run;
mod shards;
mod state;

use std::path::PathBuf;

use bitext::Aligner;

use crate::io::read::model::ModelArgs;
use crate::io::read::newlines::NewlinesArg;
use crate::io::read::sources::Sources;
use crate::io::read::weights::WeightsArgs;
use crate::io::stream::default_threads;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
Example:
  bitext build articles/ more.jsonl --out corpus --config corpus.toml

INPUT is as for `bitext pair`: articles without known counterpart, and groups. They are
paired, aligned, judged, freed of duplicates, and shared out between train, dev and test by
article; at least two languages are needed. corpus/README.md tells what came out, corpus/problems.jsonl what could not be used; the
first ten problems of a file are told on standard error, too. Licences are best given by their SPDX
identifiers (CC-BY-4.0): the card has them as the Hugging Face Hub spells them.

DIR may lie in an INPUT, and is not read then; files that are read twice must not be pipes.

A build that was stopped, whatever the moment, goes on where it was when it is started
again, and ends with the same bytes. With other settings or another input it must begin
again: --fresh. Another [card] only makes the card anew; and the input may be named in another way.
All that is kept between runs has a checksum, the finished files too: a file that was damaged or
changed is an error that names it, and is neither used nor overwritten. An input that changes while
it is read ends the build.

All settings, with their defaults; see the documentation of `PairingConfig`, `FilterConfig`,
`DedupConfig` and `SetsConfig` for all there are:
  [pairing]
  min_coverage = 0.4      # max_days = 3
  [align]
  crossing = false
  newlines = \"auto\"       # \"always\" ends the paragraph, \"never\" is a space
  [filter]                # a number, or false
  max_length_ratio = 2.0
  [duplicates]
  exact = \"both\"          # \"either\", \"both\", false
  near = \"both\"
  [sets]
  dev = 0.01              # shares of the groups; of a hundred groups one, of few none
  test = 0.01
  held_out = \"either\"     # \"both\": a row may have one of its texts in another set
  [output]
  formats = [\"hf-jsonl\"]  # \"moses\", \"tsv\", \"tmx\", \"vecalign\", \"ladder\", \"parquet\" (feature)
  rows = \"pairs\"          # \"units\": all languages together
  keep_rejected = false
  [card]
  name = \"\"
  licence = \"\"
  sources = []

Exit status: 0 all went well, 1 an input could not be used, 2 wrong usage";

/// Makes a training set from a pile of articles.
#[derive(clap::Args)]
pub struct Args {
    /// Folders and files of articles.
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// The folder of the training set; made if need be.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The settings, in TOML.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write what is dropped to rejected.jsonl, with the reasons.
    #[arg(long)]
    keep_rejected: bool,
    /// What a single newline means in an article: `auto` finds out from the text, `always`
    /// ends the paragraph, `never` is a space [default: that of the settings, else `auto`]
    #[arg(long, value_enum)]
    newlines: Option<NewlinesArg>,
    /// Begin again, whatever is done.
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    weights: WeightsArgs,
    /// Threads; the output does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let inputs = args.inputs.iter().chain(&args.config).chain(args.weights.path());
    let inputs = inputs.map(PathBuf::as_path);
    args.model.paths(inputs).check_folder("--out", &args.out)?;
    let mut config = config::Config::read(args.config.as_deref())?;
    config.output.keep_rejected |= args.keep_rejected;
    config.align.newlines = args.newlines.unwrap_or(config.align.newlines);
    config.pairing.threads = args.threads.map_or_else(default_threads, usize::from);
    let sources = Sources::open(&args.inputs, config.input.max_article_bytes, Some(&args.out))?;
    let (embedder, report) = args.model.open()?.split();
    let mut align = args.weights.config(&embedder.fingerprint())?;
    align.crossing = config.align.crossing;
    let aligner = Aligner::with_embedder(embedder)
        .with_config(align)?
        .with_splitter(config.align.newlines.splitter());
    let outcome = run::build(&sources, &aligner, &config, &args.out, args.fresh)?;
    report.finish(true);
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_that_are_told_are_those_that_hold() {
        let (_, told) = HELP.split_once("for all there are:\n").unwrap();
        let told = told.split("\n\n").next().unwrap();
        let told: config::Config = toml::from_str(told).unwrap();
        let json = |config: &config::Config| serde_json::to_value(config).unwrap();
        assert_eq!(json(&told), json(&config::Config::default()));
    }
}
