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

use crate::io::read::input::refuse_stdin;
use crate::io::read::sources::Sources;
use crate::options::model::ModelArgs;
use crate::options::newlines::NewlinesArg;
use crate::options::threads::threads;
use crate::options::weights::WeightsArgs;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
INPUT is as for `bitext pair`: articles without known counterparts, and groups. The build pairs and
aligns the articles, filters the rows, removes duplicates, and splits the rows by article into
train, dev and test sets. At least two languages are required. DIR/README.md describes the result,
DIR/problems.jsonl lists the unusable input; the first ten problems of a file are also printed to
standard error. The card needs SPDX licence identifiers, such as CC-BY-4.0; it spells them as the
Hugging Face Hub does.

DIR may be inside an INPUT; it is not read then. Compressed or not, input must not be a pipe, since
it is read twice.

An interrupted build resumes when it is started again, and produces the same bytes. If other
settings or inputs were changed, start again with --fresh. A changed [card] section only rewrites
the card. The input may be named by another path. All files that a build keeps have checksums: a
damaged or changed file is reported and neither used nor overwritten. Input that changes while it is
read ends the build.

Settings with their defaults; the documentation of `PairingConfig`, `FilterConfig`, `DedupConfig` and
`SetsConfig` lists all:
  [pairing]
  min_coverage = 0.4      # max_days = 3
  [align]
  crossing = false
  newlines = \"auto\"       # \"always\": a newline ends the paragraph, \"never\": it is a space
  [filter]                # a number, or false
  max_length_ratio = 2.0
  [duplicates]
  exact = \"both\"          # \"either\", \"both\", false
  near = \"both\"
  [sets]
  dev = 0.01              # shares of the groups; few groups may give none
  test = 0.01
  held_out = \"either\"     # \"both\": one text of a row may occur in another set
  [output]
  formats = [\"hf-jsonl\"]  # \"moses\", \"tsv\", \"tmx\", \"vecalign\", \"ladder\", \"parquet\" (feature)
  rows = \"pairs\"          # \"units\": rows with all languages
  keep_rejected = false
  [card]
  name = \"\"
  licence = \"\"
  sources = []

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Example:
  bitext build articles/ more.jsonl -o corpus --config corpus.toml";

/// Build a training set from a collection of articles
#[derive(clap::Args)]
pub struct Args {
    /// Folders and files of articles
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Folder of the training set; it is created if missing
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Settings file, TOML
    #[arg(long, value_name = "SETTINGS")]
    config: Option<PathBuf>,
    /// Write rejected rows and their reasons to rejected.jsonl
    #[arg(long)]
    keep_rejected: bool,
    /// Meaning of a single newline in an article: `always` ends the paragraph, `never` is a
    /// space, `auto` decides by the text [default: as in SETTINGS, otherwise `auto`]
    #[arg(long, value_enum)]
    newlines: Option<NewlinesArg>,
    /// Start from scratch, discarding an earlier build
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    weights: WeightsArgs,
    /// Number of threads; does not affect the output [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    refuse_stdin(&args.inputs)?;
    let inputs = args.inputs.iter().chain(&args.config).chain(args.weights.path());
    let inputs = inputs.map(PathBuf::as_path);
    args.model.paths(inputs).check_folder("-o", &args.output)?;
    let mut config = config::Config::read(args.config.as_deref())?;
    config.output.keep_rejected |= args.keep_rejected;
    config.align.newlines = args.newlines.unwrap_or(config.align.newlines);
    config.pairing.threads = threads(args.threads);
    let sources = Sources::open(&args.inputs, config.input.max_article_bytes, Some(&args.output))?;
    let (embedder, report) = args.model.open()?.split();
    let mut align = args.weights.config(&embedder.fingerprint())?;
    align.crossing = config.align.crossing;
    let aligner = Aligner::with_embedder(embedder)
        .with_config(align)?
        .with_splitter(config.align.newlines.splitter());
    let outcome = run::build(&sources, &aligner, &config, &args.output, args.fresh)?;
    report.finish(true);
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_that_are_told_are_those_that_hold() {
        let (_, told) = HELP.split_once("lists all:\n").unwrap();
        let told = told.split("\n\n").next().unwrap();
        let told: config::Config = toml::from_str(told).unwrap();
        let json = |config: &config::Config| serde_json::to_value(config).unwrap();
        assert_eq!(json(&told), json(&config::Config::default()));
    }
}
