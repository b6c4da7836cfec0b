//! `bitext build`: the command line of [`bitext::corpus::build`].

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::path::PathBuf;

use bitext::cli_support::{Line, Lines, parse_record};
use bitext::corpus::Set;
use bitext::corpus::build::{Build, BuildConfig, BuildOutcome, BuildStatus, BuildSummary, RowKind};
use bitext::corpus::filter::{HeldOutTexts, Reason};

use bitext::{Aligner, Language};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::commands::filter::one_line;
use crate::io::messages::build_events::{EventPrinter, failure};
use crate::io::messages::hints::counted;
use crate::io::messages::terminal::complain;
use crate::io::read::excluded::read_excluded;
use crate::io::read::input::{open, read_text, refuse_stdin};
use crate::options::exclude::ExcludeArgs;
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

If DIR is inside an INPUT, its files are not read. Input must not come from a pipe, since it is read
twice.

With --mark, parts of a corpus can be built on many machines and compared afterwards, as
examples/spark does. Each line of DIR/rows.jsonl has `set`, `position` (in its document), `reasons`,
`exact_keys` and `near_keys` (hexadecimal), `languages`, `sentences` (of documents and paragraphs in
test and dev), and last the `row`. Rows that share a key are duplicates, of which the first should
be kept: test before dev before train.

An interrupted build resumes when the same command is run again, and produces the same bytes. After
a change of the [card] section, the next run only rewrites the card. After any other change of the
settings or the input, use --fresh. The input may be moved. All files that a build keeps have
checksums: a damaged or changed file is reported, and is neither used nor overwritten. If the input
changes while it is read, the build stops.

The most common settings with their defaults (all are listed in the documentation of
`corpus::build::BuildConfig`):
  [pairing]
  min_coverage = 0.4      # optional: max_days = 3
  [align]
  crossing = false
  newlines = \"auto\"       # or \"always\", \"never\", as for --newlines
  [filter]                # a number, or false
  max_length_ratio = 2.0  # `bitext filter --print-defaults` prints all
  [duplicates]
  exact = \"both\"          # or \"either\", false
  near = \"both\"
  [sets]
  dev = 0.01              # share of the article groups; few groups may give none
  test = 0.01
  held_out = \"either\"     # or \"both\": one text of a row may occur in another set
  [output]
  formats = [\"hf-jsonl\"]  # or \"moses\", \"tsv\", \"tmx\", \"vecalign\", \"ladder\", \"parquet\" (feature)
  rows = \"pairs\"          # or \"units\": rows with all languages; \"documents\", \"paragraphs\"
  keep_rejected = false
  max_row_characters = 4000  # of a side; this and the following are for documents and paragraphs
  gaps = \"drop\"           # or \"keep\", \"split\": sentences without a counterpart inside a row
  max_gap_sentences = 3   # a longer gap ends the row; false: none does
  min_unit_confidence = 0.5  # a less certain unit ends the row; false: none does
  [card]
  name = \"\"
  licence = \"\"
  sources = []

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Example:
  bitext build articles/ more.jsonl -o corpus --config corpus.toml";

/// The kinds of rows, [`RowKind`].
#[derive(Clone, Copy, clap::ValueEnum)]
enum RowsArg {
    Pairs,
    Units,
    Documents,
    Paragraphs,
}

impl From<RowsArg> for RowKind {
    fn from(rows: RowsArg) -> RowKind {
        match rows {
            RowsArg::Pairs => RowKind::Pairs,
            RowsArg::Units => RowKind::Units,
            RowsArg::Documents => RowKind::Documents,
            RowsArg::Paragraphs => RowKind::Paragraphs,
        }
    }
}

/// Build a training set from a collection of articles
#[derive(clap::Args)]
pub struct Args {
    /// Folders and files of articles
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Folder of the training set; it is created if missing
    #[arg(short, long, alias = "out", value_name = "DIR")]
    output: PathBuf,
    /// Settings file, TOML
    #[arg(long, value_name = "SETTINGS")]
    config: Option<PathBuf>,
    /// What a row is: `pairs` and `units` are sentences, in two or in all languages; `documents` and
    /// `paragraphs` are in two languages [default: as in SETTINGS, otherwise `pairs`]
    #[arg(long, value_name = "KIND", value_enum)]
    rows: Option<RowsArg>,
    /// Write rejected rows and their reasons to rejected.jsonl
    #[arg(long)]
    keep_rejected: bool,
    /// When a single newline ends a paragraph: `always`, `never` (it is a space), or `auto`, which
    /// decides by the shape of the text [default: as in SETTINGS, otherwise `auto`]
    #[arg(long, value_name = "WHEN", value_enum)]
    newlines: Option<NewlinesArg>,
    #[command(flatten)]
    exclude: ExcludeArgs,
    /// Write rows.jsonl with all rows, their sets, and the reasons to reject them or the keys that identify
    /// duplicates, in place of the sets
    #[arg(long)]
    mark: bool,
    /// With --mark: lines of rows.jsonl, the kept rows of the sets before these rows; rows that share texts
    /// with them are marked as `held_out`. Repeatable
    #[arg(long, value_name = "FILE", requires = "mark")]
    held_out: Vec<PathBuf>,
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
    let inputs = args.inputs.iter().chain(&args.config).chain(&args.exclude.exclude);
    let inputs = inputs.chain(&args.held_out);
    let inputs = inputs.chain(args.weights.path());
    let inputs = inputs.map(PathBuf::as_path);
    args.model.paths(inputs).check_folder("-o", &args.output)?;
    let mut config = read_config(args.config.as_deref())?;
    config.output.keep_rejected |= args.keep_rejected;
    if let Some(rows) = args.rows {
        config.output.rows = rows.into();
    }
    if let Some(newlines) = args.newlines {
        config.align.newlines = newlines.into();
    }
    config.pairing.threads = threads(args.threads);
    let (embedder, mut report) = args.model.open()?.split();
    let align = args.weights.config()?;
    let aligner = Aligner::with_embedder(embedder).with_config(align)?;
    report.measure_background(&aligner)?;
    let excluded = read_excluded(&args.exclude.exclude, args.exclude.words())?;
    let mut build = Build::new(aligner, config)?.with_excluded(excluded);
    if args.mark {
        build = build.with_marks(read_held_out(&args.held_out)?);
    }
    let build = build.with_fresh_start(args.fresh);

    let mut printer = EventPrinter::default();
    let outcome = build.run(&args.inputs, &args.output, |event| {
        printer.print(event);
        ControlFlow::Continue(())
    });
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            printer.finish(None);
            return Err(failure(error));
        }
    };
    printer.finish(Some(&args.output.join("problems.jsonl").display().to_string()));
    if args.mark {
        complain(marked_line(&outcome, &args.output));
    } else {
        complain(summary_line(&outcome, &args.output));
    }
    report.finish(true);
    Ok(if outcome.summary.problems == 0 { Outcome::AllWell } else { Outcome::SomeFailed })
}

/// A line of `rows.jsonl`.
#[derive(Deserialize)]
struct MarkedLine {
    row: Box<RawValue>,
    #[serde(default)]
    sentences: BTreeMap<Language, Vec<String>>,
}

/// Reads the texts of marked rows, and the sentences in them.
fn read_held_out(paths: &[PathBuf]) -> Result<HeldOutTexts, Failure> {
    let mut held_out = HeldOutTexts::default();
    for path in paths {
        let (name, input) = open(path)?;
        let mut lines = Lines::new(&name, input);
        while let Some(line) = lines.next() {
            let Line { text, number, offset, .. } = line?;
            let marked: MarkedLine = serde_json::from_str(&text).map_err(|error| {
                lines.refuse(number, offset, format!("is no marked row: {error}"))
            })?;
            let record = parse_record(marked.row.get());
            let record = record.map_err(|error| lines.refuse(number, offset, error))?;
            for (language, text) in record.texts() {
                held_out.add(*language, text);
            }
            for (language, sentences) in marked.sentences {
                sentences.iter().for_each(|sentence| held_out.add(language, sentence));
            }
        }
    }
    Ok(held_out)
}

/// Reads the settings file, and names the nearest known setting for an unknown one.
pub fn read_config(path: Option<&Path>) -> Result<BuildConfig, Failure> {
    let Some(path) = path else { return Ok(BuildConfig::default()) };
    let text = read_text(path)?;
    let config = toml::from_str(&text).map_err(|error| {
        let message = one_line(&error);
        // The parser does not know which features the program was built with.
        if cfg!(not(feature = "parquet")) && message.contains("unknown variant `parquet`") {
            format!("{message}; parquet needs the feature `parquet`")
        } else {
            message
        }
    });
    let config = config.and_then(|config: BuildConfig| {
        config.validate().map_err(|error| error.to_string())?;
        Ok(config)
    });
    config.map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The last line of a run: what came out, and how many problems there are.
fn summary_line(outcome: &BuildOutcome, folder: &Path) -> String {
    let summary = &outcome.summary;
    let problems = match summary.problems {
        0 => "no problems".to_string(),
        count => {
            let file = folder.join("problems.jsonl");
            format!("{}, see {}", counted(count, "problem"), file.display())
        }
    };
    let folder = folder.display();
    match outcome.status {
        BuildStatus::AlreadyComplete => format!("{folder} is complete; {problems}"),
        BuildStatus::CardRewritten => {
            format!("{folder} is complete; its card was rewritten; {problems}")
        }
        _ => {
            let (rows, groups) =
                (counted(summary.rows.kept(), "row"), counted(summary.groups, "group"));
            let details = why_no_rows(summary).unwrap_or_else(|| rows_by_set(summary));
            format!("{rows} of {groups} in {folder} ({details}); {problems}")
        }
    }
}

/// The last line of a run that marks rows.
fn marked_line(outcome: &BuildOutcome, folder: &Path) -> String {
    let summary = &outcome.summary;
    let (rows, groups) =
        (counted(summary.rows.pairs, "marked row"), counted(summary.groups, "group"));
    let (kept, problems) = (summary.rows.kept(), counted(summary.problems, "problem"));
    format!("{rows} of {groups} in {}; {kept} not rejected; {problems}", folder.display())
}

fn rows_by_set(summary: &BuildSummary) -> String {
    let sets = Set::ALL.map(|set| format!("{} {}", set.name(), summary.rows_in(set)));
    sets.join(", ")
}

/// Why a training set has no rows; `None` if it has some.
fn why_no_rows(summary: &BuildSummary) -> Option<String> {
    if summary.rows.kept() > 0 {
        return None;
    }
    let all = match summary.rows.pairs {
        0 if summary.units.as_ref().is_some_and(|counts| counts.units.pairs > 0) => {
            return Some(why_no_units(summary));
        }
        0 => return Some("no sentences were aligned".to_string()),
        1 => "the aligned row was rejected".to_string(),
        pairs => format!("all {pairs} aligned rows were rejected"),
    };
    let reasons = summary.dropped_by_reason();
    let reasons = reasons.iter().map(|(reason, count)| format!("{} {count}", reason.code()));
    Some(format!("{all}, by filter: {}", reasons.collect::<Vec<_>>().join(", ")))
}

/// Why no unit became part of a row.
fn why_no_units(summary: &BuildSummary) -> String {
    let Some(counts) = &summary.units else { return String::new() };
    let by_reason = Reason::ALL.into_iter().map(|one| (one, counts.units.rejected_for(one)));
    let by_reason = by_reason.filter(|(_, count)| *count > 0);
    let reasons = by_reason.map(|(reason, count)| format!("{} {count}", reason.code()));
    let reasons = reasons.collect::<Vec<_>>().join(", ");
    format!(
        "all {} were rejected, by filter: {reasons}",
        counted(counts.units.pairs, "aligned unit")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_the_default_settings() {
        let (_, listed) = HELP.split_once("BuildConfig`):\n").unwrap();
        let listed = listed.split("\n\n").next().unwrap();
        let listed: BuildConfig = toml::from_str(listed).unwrap();
        assert_eq!(listed, BuildConfig::default());
    }
}
