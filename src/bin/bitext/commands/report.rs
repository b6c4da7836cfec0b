//! `bitext report`

use std::collections::BTreeMap;
use std::io::{BufRead, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use bitext::align::{AlignConfig, ExplainedBitext};
use bitext::cli_support::parse_object;
use bitext::format::from_json;
use bitext::report::{Page, Report};
use bitext::{Aligner, Bitext, text};
use serde::Deserialize;

use crate::io::messages::complaints::Complaints;
use crate::io::read::compressed::inner;
use crate::io::read::input::{LineFault, Lines, check_stdin, is_blank, is_stdin, open};
use crate::io::read::sniff::{SNIFFED_BYTES, all_have, foreign_kind};
use crate::io::write::output::{Output, complain};
use crate::io::write::paths::Paths;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
The page contains text, styles and scripts, and needs no network. A single bitext is shown at once;
several have an index with plots, worst first. If they are too many for one page, corpus-0001.html
and so on are written next to corpus.html. The first ten errors of a file are reported, then their
number.

Corrections are saved from the page; `bitext merge-corrections` applies them to the JSONL.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Examples:
  bitext align --en ferry.en.txt --de ferry.de.txt -o ferry.jsonl
  bitext report ferry.jsonl -o ferry.html
  bitext report corpus.jsonl --rejected rejected.jsonl -o corpus.html";

/// With `--features auto`, bitexts with more sentences in one language are not aligned again.
const MAX_SENTENCES_WITH_FEATURES: usize = 3_000;
/// With `--features auto`, so many sentences of all bitexts together are aligned again at most.
const MAX_SENTENCES_IN_ALL: usize = 60_000;

/// Write an HTML page for viewing and correcting bitexts
#[derive(clap::Args)]
pub struct Args {
    /// Bitexts, lines of `bitext align --jsonl` or `--format jsonl`; `-` for standard input
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
    #[arg(long, value_name = "FILE")]
    rejected: Vec<PathBuf>,
    /// Align the bitexts again to show the features of each unit: `auto` if the embedded model
    /// made them and they are not too many
    #[arg(long, value_enum, default_value = "auto")]
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
    let mut report = Report::new(&stem).with_limit(args.page_size as usize * 1_000_000);
    if let Some(title) = &args.title {
        report = report.with_title(title);
    }
    let inputs = args.files.iter().chain(&args.rejected).map(PathBuf::as_path);
    check_stdin(inputs.clone())?;
    let paths = Paths::reading(inputs).writing("-o", Some(&args.output));
    paths.check()?;
    paths.check_beside(&args.output, |name| is_further(&stem, name))?;
    // Before the work, so that a wrong path costs none.
    let mut out = Output::open(Some(&args.output))?;
    let mut explainer = Explainer::new(args.features)?;
    let mut bitexts = 0usize;
    let mut complaints = Complaints::default();
    for path in &args.files {
        let Some((name, input)) = json_lines(path, &mut complaints)? else { continue };
        each_of(&name, input, |name, number, line| {
            let line = match decoded(name, number, line) {
                Ok(line) => line,
                Err(error) => {
                    complaints.tell_of(name, error);
                    return Ok(());
                }
            };
            if is_refusal(line) {
                report.discard("not aligned");
                return Ok(());
            }
            match from_json(line) {
                Ok(bitext) => {
                    bitexts += 1;
                    let explained = explainer.explain(&bitext, || format!("{name}:{number}"));
                    let page = report.add(&bitext, explained.as_ref());
                    page.map_or(Ok(()), |page| write_beside(&args.output, &page))?;
                }
                Err(error) => {
                    let why = format_args!("{name}:{number}: {error}");
                    complaints.tell_of(name, why);
                }
            }
            Ok(())
        })?;
    }
    for path in &args.rejected {
        let Some((name, input)) = json_lines(path, &mut complaints)? else { continue };
        each_of(&name, input, |name, number, line| {
            let parsed = decoded(name, number, line).and_then(|line| {
                parse_object(line).map_err(|error| format!("{name}:{number}: {error}"))
            });
            let discard: Discard = match parsed {
                Ok(discard) => discard,
                Err(error) => {
                    complaints.tell_of(name, error);
                    return Ok(());
                }
            };
            let reasons = discard.reasons.iter().chain(&discard.reason);
            if reasons.clone().next().is_none() {
                let why = format_args!("{name}:{number}: neither `reason` nor `reasons`");
                complaints.tell_of(name, why);
            }
            reasons.for_each(|reason| report.discard(reason));
            Ok(())
        })?;
    }
    let outcome = if complaints.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    complaints.finish(None);
    if bitexts == 0 {
        return Err("there is no bitext to show".into());
    }
    explainer.tell();
    let mut pages = report.finish();
    let index = pages.pop().ok_or("there is no page")?;
    for page in &pages {
        write_beside(&args.output, page)?;
    }
    out.write_all(index.html.as_bytes())?;
    out.finish()?;
    Ok(outcome)
}

/// The name of the page without its extension. A page is never compressed, since browsers do not
/// open compressed files.
fn stem(output: &Path) -> Result<String, Usage> {
    if is_stdin(output) {
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

/// Whether a further page may get this name.
fn is_further(stem: &str, name: &str) -> bool {
    let number = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('-'));
    let number = number.and_then(|rest| rest.strip_suffix(".html"));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Writes a further page next to the index.
fn write_beside(index: &Path, page: &Page) -> Result<(), Failure> {
    if is_stdin(index) {
        return Err("it is more than one page: name a file with -o, or raise --page-size".into());
    }
    let mut out = Output::open(Some(&index.with_file_name(&page.name)))?;
    out.write_all(page.html.as_bytes())?;
    out.finish()
}

/// The name and input of a file that may have lines of JSON; of another it is told once what
/// it seems to be.
fn json_lines(
    path: &Path,
    complaints: &mut Complaints,
) -> Result<Option<(String, impl BufRead + use<>)>, Failure> {
    let (name, mut input) = open(path)?;
    let mut head = Vec::new();
    let read = input.by_ref().take(SNIFFED_BYTES).read_to_end(&mut head);
    read.map_err(|error| format!("cannot read {name}: {error}"))?;
    let other = match all_have(&head, &["translation"], &["units", "reason", "reasons"]) {
        true => Some("seems to have rows of a training set: `bitext filter` reads that"),
        false => foreign_kind(&head),
    };
    if let Some(why) = other {
        complaints.tell(&name, why);
        return Ok(None);
    }
    Ok(Some((name, Cursor::new(head).chain(input))))
}

/// The bytes of a line, or why there are none.
type Bytes<'l> = Result<&'l [u8], &'l LineFault>;

/// Does something with each line of a file that is not blank: its name, number and bytes.
pub fn each_line(
    path: &Path,
    each: impl FnMut(&str, usize, Bytes<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (name, input) = open(path)?;
    each_of(&name, input, each)
}

fn each_of(
    name: &str,
    input: impl BufRead,
    mut each: impl FnMut(&str, usize, Bytes<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for (at, line) in Lines::new(input).enumerate() {
        match &line {
            Err(LineFault::Unreadable(error)) => {
                return Err(format!("cannot read {name}: {error}").into());
            }
            Ok(line) if is_blank(line) => {}
            line => each(name, at + 1, line.as_deref())?,
        }
    }
    Ok(())
}

/// The text of a line, or what is wrong with it.
pub fn decoded<'l>(name: &str, number: usize, line: Bytes<'l>) -> Result<&'l str, String> {
    let place = format!("{name}:{number}");
    let line = line.map_err(|fault| format!("{place}: {fault}"))?;
    text::decode(&place, line).map_err(|error| error.to_string())
}

/// Whether a line says that something could not be aligned.
pub fn is_refusal(line: &str) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        error: Option<serde::de::IgnoredAny>,
        units: Option<serde::de::IgnoredAny>,
    }

    let refusal = parse_object::<Refusal>(line);
    refusal.is_ok_and(|refusal| refusal.error.is_some() && refusal.units.is_none())
}

#[derive(Deserialize)]
struct Discard {
    reason: Option<String>,
    #[serde(default)]
    reasons: Vec<String>,
}

/// Aligns again what the embedded model has aligned.
struct Explainer {
    features: ShowFeatures,
    /// By fingerprint.
    aligners: BTreeMap<String, Aligner>,
    sentences: usize,
    left_out: usize,
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
        Ok(Explainer { features, aligners, sentences: 0, left_out: 0, failed })
    }

    fn explain(&mut self, bitext: &Bitext, place: impl Fn() -> String) -> Option<ExplainedBitext> {
        let aligner = self.aligners.get(bitext.fingerprint());
        let aligner = match self.features {
            ShowFeatures::Never => None,
            ShowFeatures::Auto => aligner,
            ShowFeatures::Always => aligner.or_else(|| self.aligners.values().next()),
        };
        let Some(aligner) = aligner else {
            self.left_out += 1;
            return None;
        };
        let longest = bitext.articles().iter().map(|article| article.len()).max();
        let all: usize = bitext.articles().iter().map(|article| article.len()).sum();
        let too_long = longest > Some(MAX_SENTENCES_WITH_FEATURES)
            || self.sentences + all > MAX_SENTENCES_IN_ALL;
        if self.features == ShowFeatures::Auto && too_long {
            self.left_out += 1;
            return None;
        }
        self.sentences += all;
        match aligner.explain(bitext.articles().to_vec()) {
            Ok(explained) => Some(explained),
            Err(error) => {
                let why = format_args!("warning: {}: no features: {error}", place());
                self.failed.tell_of("", why);
                None
            }
        }
    }

    fn tell(self) {
        self.failed.finish(None);
        if self.features != ShowFeatures::Never && self.left_out > 0 {
            complain(format_args!(
                "note: {} shown without features: made by another model, or too long (--features always)",
                self.left_out
            ));
        }
    }
}
