//! `bitext report`

mod training_set;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use bitext::align::{AlignConfig, ExplainedBitext};
use bitext::cli_support::parse_object;
use bitext::format::from_json;
use bitext::report::{Page, Report};
use bitext::{Aligner, Bitext};
use serde::Deserialize;

use crate::io::messages::complaints::Complaints;
use crate::io::messages::hints::counted;
use crate::io::messages::terminal::complain;
use crate::io::read::compressed::inner;
use crate::io::read::input::check_stdin;
use crate::io::read::json_lines::{JsonLine, JsonLines, is_refusal};
use crate::io::standard_stream::is_standard_stream;
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
The page contains text, styles and scripts, and needs no network.

From the folder of a training set, which `bitext build --keep-rejected` wrote, the page shows how
many rows each filter rejects, with examples, and documents with their rows. Thresholds can be tried
on a sample of the rows.

From bitexts, the page shows units for viewing and correcting. A single bitext is shown at once;
several have an index with plots, worst first. If they are too many for one page, corpus-0001.html
and so on are written next to corpus.html. The first ten errors of a file are reported, then their
number.

Corrections are saved from the page; `bitext merge-corrections` applies them to the JSONL.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Examples:
  bitext align --en ferry.en.txt --de ferry.de.txt -o ferry.jsonl
  bitext report ferry.jsonl -o ferry.html
  bitext report corpus.jsonl --rejected rejected.jsonl -o corpus.html
  bitext report corpus/ -o corpus.html";

/// With `--features auto`, bitexts with more sentences in one language are not aligned again.
const MAX_SENTENCES_WITH_FEATURES: usize = 3_000;
/// With `--features auto`, no more sentences of all bitexts together are aligned again.
const MAX_TOTAL_SENTENCES_WITH_FEATURES: usize = 60_000;

/// Write an HTML page of bitexts, for viewing and correcting, or of a training set
#[derive(clap::Args)]
pub struct Args {
    /// Bitexts, lines of `bitext align --jsonl` or `--format jsonl`; `-` for standard input. Or the
    /// folder of a training set, as `bitext build --keep-rejected` writes it
    #[arg(required = true, value_name = "BITEXT")]
    files: Vec<PathBuf>,
    /// Output file, written atomically: a name that ends in .html, or `-` for standard output
    #[arg(short, long, value_name = "PAGE")]
    output: PathBuf,
    /// Title of the page [default: its file name]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Rejected rows to count by reason: JSON lines with `reason`, a string, or `reasons`, an
    /// array of strings
    #[arg(long, alias = "discards", value_name = "FILE")]
    rejected: Vec<PathBuf>,
    /// When to align the bitexts again, to show the features of each unit: `always`, `never`, or
    /// `auto`, if the embedded model made them and they are not too many
    #[arg(long, alias = "evidence", value_name = "WHEN", value_enum, default_value = "auto")]
    features: ShowFeatures,
    /// Maximum size of the data on one page, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1000))]
    page_size: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ShowFeatures {
    Auto,
    Always,
    Never,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let stem = stem(&args.output)?;
    if let Some(folder) = args.files.iter().find(|path| path.is_dir()) {
        if args.files.len() > 1 || !args.rejected.is_empty() {
            let why = "the folder of a training set must be the only input, without --rejected";
            return Err(Usage(format!("{}: {why}", folder.display())).into());
        }
        let title = args.title.as_deref().unwrap_or(&stem);
        return training_set::write_page(folder, title, &args.output);
    }
    let mut report = Report::new(&stem).with_limit(args.page_size as usize * 1_000_000);
    if let Some(title) = &args.title {
        report = report.with_title(title);
    }
    let inputs = args.files.iter().chain(&args.rejected).map(PathBuf::as_path);
    check_stdin(inputs.clone())?;
    let paths = Paths::reading(inputs).writing("-o", Some(&args.output));
    paths.check()?;
    paths.check_further_outputs(&args.output, |name| is_further_page(&stem, name))?;
    // Opened before the work, so that a wrong path fails early.
    let mut out = Output::open(Some(&args.output))?;
    let mut explainer = Explainer::new(args.features)?;
    let mut bitexts = 0;
    let mut complaints = Complaints::default();
    for path in &args.files {
        let Some(lines) = JsonLines::open_checked(path, &mut complaints)? else { continue };
        lines.for_each(|line| {
            let added = add_bitext(&mut report, &mut explainer, &line);
            match added {
                Ok(Added::Bitext(page)) => {
                    bitexts += 1;
                    page.map_or(Ok(()), |page| write_further_page(&args.output, &page))?;
                }
                Ok(Added::Refusal) => {}
                Err(error) => complaints.tell_of(line.file, error),
            }
            Ok(())
        })?;
    }
    for path in &args.rejected {
        let Some(lines) = JsonLines::open_checked(path, &mut complaints)? else { continue };
        lines.for_each(|line| {
            if let Err(error) = count_rejected(&mut report, &line) {
                complaints.tell_of(line.file, error);
            }
            Ok(())
        })?;
    }
    let outcome = if complaints.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    complaints.finish(None);
    if bitexts == 0 {
        return Err("there is no bitext to show".into());
    }
    explainer.finish();
    let mut pages = report.finish();
    let index = pages.pop().ok_or("there is no page")?;
    for page in &pages {
        write_further_page(&args.output, page)?;
    }
    out.write_all(index.html.as_bytes())?;
    out.finish()?;
    Ok(outcome)
}

/// What a line added to the report.
enum Added {
    /// A bitext, and a page if it is full.
    Bitext(Option<Page>),
    /// An article group that `bitext align` could not use.
    Refusal,
}

fn add_bitext(
    report: &mut Report,
    explainer: &mut Explainer,
    line: &JsonLine<'_>,
) -> Result<Added, String> {
    let text = line.text()?;
    if is_refusal(text) {
        report.discard("not aligned");
        return Ok(Added::Refusal);
    }
    let bitext = from_json(text).map_err(|error| line.error(error))?;
    let explained = explainer.explain(&bitext, &line.place());
    Ok(Added::Bitext(report.add(&bitext, explained.as_ref())))
}

fn count_rejected(report: &mut Report, line: &JsonLine<'_>) -> Result<(), String> {
    let row: RejectedRow = parse_object(line.text()?).map_err(|error| line.error(error))?;
    if row.reason.is_none() && row.reasons.is_empty() {
        return Err(line.error("neither `reason` nor `reasons`"));
    }
    row.reasons.iter().chain(&row.reason).for_each(|reason| report.discard(reason));
    Ok(())
}

/// The name of the page without its extension. A page is never compressed, since browsers do not
/// open compressed files.
fn stem(output: &Path) -> Result<String, Usage> {
    if is_standard_stream(output) {
        return Ok("page".to_string());
    }
    let name = output.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name.strip_suffix(".html") {
        Some(stem) if !stem.is_empty() => Ok(stem.to_string()),
        _ if inner(output).extension().is_some_and(|extension| extension == "html") => {
            let why = "browsers do not open compressed pages; name it *.html";
            Err(Usage(format!("-o {}: {why}", output.display())))
        }
        _ => Err(Usage(format!("-o {}: the name must end in .html", output.display()))),
    }
}

/// Whether a further page of the report may get this name.
fn is_further_page(stem: &str, name: &str) -> bool {
    let number = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
    let number = number.and_then(|rest| rest.strip_suffix(".html"));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Writes a further page next to the index.
fn write_further_page(index: &Path, page: &Page) -> Result<(), Failure> {
    if is_standard_stream(index) {
        return Err(
            "the report has several pages: name a file with -o, or increase --page-size".into()
        );
    }
    let mut out = Output::open(Some(&index.with_file_name(&page.name)))?;
    out.write_all(page.html.as_bytes())?;
    out.finish()
}

/// The fields of a rejected row that the report counts.
#[derive(Deserialize)]
struct RejectedRow {
    reason: Option<String>,
    #[serde(default)]
    reasons: Vec<String>,
}

/// Aligns bitexts again for their features.
struct Explainer {
    features: ShowFeatures,
    /// Aligners with the embedded model, by fingerprint.
    aligners: BTreeMap<String, Aligner>,
    /// Sentences that were aligned again.
    sentences: usize,
    /// Bitexts without features.
    skipped: usize,
    failed: Complaints,
}

impl Explainer {
    fn new(features: ShowFeatures) -> Result<Explainer, Failure> {
        let mut aligners = BTreeMap::new();
        if features != ShowFeatures::Never {
            for crossing in [false, true] {
                let mut config = AlignConfig::default();
                config.crossing = crossing;
                let aligner = Aligner::new().with_config(config)?;
                aligners.insert(aligner.fingerprint().to_string(), aligner);
            }
        }
        let failed = Complaints::default();
        Ok(Explainer { features, aligners, sentences: 0, skipped: 0, failed })
    }

    /// Aligns a bitext again, if `--features` asks for it.
    fn explain(&mut self, bitext: &Bitext, place: &str) -> Option<ExplainedBitext> {
        let aligner = self.aligners.get(bitext.fingerprint());
        let aligner = match self.features {
            ShowFeatures::Never => None,
            ShowFeatures::Auto => aligner,
            ShowFeatures::Always => aligner.or_else(|| self.aligners.values().next()),
        };
        let Some(aligner) = aligner else {
            self.skipped += 1;
            return None;
        };
        let lengths = bitext.articles().iter().map(|article| article.len());
        let (longest, all) = (lengths.clone().max(), lengths.sum::<usize>());
        let is_too_long = longest > Some(MAX_SENTENCES_WITH_FEATURES)
            || self.sentences + all > MAX_TOTAL_SENTENCES_WITH_FEATURES;
        if self.features == ShowFeatures::Auto && is_too_long {
            self.skipped += 1;
            return None;
        }
        self.sentences += all;
        match aligner.explain(bitext.articles().to_vec()) {
            Ok(explained) => Some(explained),
            Err(error) => {
                self.failed.tell_of("", format_args!("warning: {place}: no features: {error}"));
                None
            }
        }
    }

    /// Reports the bitexts without features.
    fn finish(self) {
        self.failed.finish(None);
        if self.features != ShowFeatures::Never && self.skipped > 0 {
            complain(format_args!(
                "note: {} shown without features: made by another model or too long; see --features",
                counted(self.skipped, "bitext")
            ));
        }
    }
}
