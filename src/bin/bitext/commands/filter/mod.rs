//! `bitext filter`

mod judge;
mod settings;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use bitext::Language;
use bitext::corpus::filter::{
    DedupKeys, Deduplicator, ExcludedHit, ExcludedTexts, FilterCounts, Reason, Reasons,
};
use bitext::format::{HfJsonlWriter, Record};
use serde::Serialize;

use self::judge::{Judged, add_hit, judge_all};
pub use self::settings::one_line;
use self::settings::{Settings, defaults};
use crate::io::messages::hints::{JSON_LINES, check_ending, counted};
use crate::io::messages::terminal::complain;
use crate::io::read::excluded::read_excluded;
use crate::io::read::records::{RecordFormat, RecordSink, RecordSources, Records};
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::options::exclude::ExcludeArgs;
use crate::options::language_pair;
use crate::options::threads::threads;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
FORMAT is one of: jsonl ({\"translation\": {\"en\": ..., \"de\": ...}}, as Hugging Face uses it, or lines
of `bitext align`), tsv, tmx, parquet (feature `parquet`), moses (one file per language; OUT is the
common prefix), and for input vecalign and ladder (with --sentences). By default file name
extensions decide.

A TSV file starts with a header, such as `id`, `en`, `de`, or --langs names its columns. The `id`
column is optional; without it, file and line identify a row. With a header, quoted cells are
unquoted if quotation marks inside are doubled or if the header is quoted too. Without a header,
cells are never unquoted.

If a TMX unit has several variants of a language, such as en-US and en-GB, the variant that --langs
names is used, otherwise the first.

SETTINGS is TOML with the sections [filter], [duplicates] and [spelling]; --print-defaults prints
the defaults. Near duplicates are removed only if [duplicates] has near = \"both\" or \"either\", and
rows that differ from an earlier row in names and numbers only, if it has renamed = true. A row of
three languages is rejected if the texts of any two languages are rejected as a pair.

The counts on standard error say how many rows each filter rejects, and how many only that filter
rejects. Rejected rows are JSONL with `reasons` and their `scores`. With --mark, the other rows have
`exact_keys` and `near_keys` (hexadecimal): two rows that share a key are duplicates. So parts of a
bitext can be filtered on many machines and compared afterwards.

Exit status: 0 if all input was processed, 1 if an input or some rows could not be used, 2 if the
command line was wrong

Examples:
  bitext align --jsonl < articles.jsonl | bitext filter - -o train.jsonl
  bitext filter memory.tmx -o memory.clean.tmx --rejected rejected.jsonl
  bitext filter --from moses news.en news.uk --langs en,uk --to moses -o clean
  bitext filter --from vecalign a.align --sentences a.en,a.de --langs en,de -o a.tsv
  bitext filter part.jsonl --mark -o part.marked.jsonl";

/// Filter out pairs unfit for training and report why
#[derive(clap::Args)]
pub struct Args {
    /// Bitexts or sentence pairs; `-` for standard input. For moses, one file per language
    #[arg(value_name = "FILE", required_unless_present = "print_defaults")]
    files: Vec<PathBuf>,
    /// Input format [default: by file name extension, otherwise jsonl]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    from: Option<RecordFormat>,
    /// Output format [default: by the extension of OUT, otherwise jsonl]
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    to: Option<RecordFormat>,
    /// Output file, written atomically [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Languages of the columns of a TSV without a header, or of the files of moses and of
    /// --sentences; for other formats, the languages to select
    #[arg(long, alias = "languages", value_name = "LANGS", value_delimiter = ',')]
    langs: Vec<Language>,
    /// Two files with the sentences that an index file (vecalign, ladder) refers to, one sentence
    /// per line
    #[arg(long, alias = "texts", value_name = "FILES", value_delimiter = ',')]
    sentences: Vec<PathBuf>,
    /// From lines of `bitext align`, use the beads of these language pairs, such as `en-uk`,
    /// instead of the units
    #[arg(long, value_name = "PAIR", value_delimiter = ',', value_parser = language_pair::parse_base)]
    pairs: Vec<(Language, Language)>,
    /// Settings file, TOML
    #[arg(long, value_name = "SETTINGS")]
    config: Option<PathBuf>,
    /// Write rejected rows and their reasons to this file
    #[arg(long, alias = "keep-rejected", value_name = "FILE")]
    rejected: Option<PathBuf>,
    #[command(flatten)]
    exclude: ExcludeArgs,
    /// Write all rows, with the reasons to reject them or with the keys that identify duplicates
    #[arg(long, conflicts_with = "rejected")]
    mark: bool,
    /// Write the counts to this file, JSON
    #[arg(long, value_name = "FILE")]
    counts: Option<PathBuf>,
    /// Print the default settings and exit
    #[arg(long, alias = "defaults")]
    print_defaults: bool,
    /// Number of threads; does not affect the output [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Args {
    /// Refuses an output that is an input or another output.
    fn check_paths(&self, languages: &[Language]) -> Result<(), Failure> {
        let inputs = self.files.iter().chain(&self.sentences).chain(&self.config);
        let inputs = inputs.chain(&self.exclude.exclude);
        let mut paths = Paths::reading(inputs.map(PathBuf::as_path));
        for file in RecordSink::files(self.output.as_deref(), self.to, languages) {
            paths = paths.writing("-o", file.as_deref());
        }
        if let Some(rejected) = &self.rejected {
            paths = paths.writing("--rejected", Some(rejected));
        }
        if let Some(counts) = &self.counts {
            paths = paths.writing("--counts", Some(counts));
        }
        paths.check()
    }
}

/// Rows that are read and judged at a time.
const BATCH_ROWS: usize = 4096;
/// Messages about unusable rows that are printed.
const MAX_PRINTED_ERRORS: u64 = 20;

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.print_defaults {
        let mut out = Output::open(args.output.as_deref())?;
        write!(out, "{}", defaults())?;
        out.finish()?;
        return Ok(Outcome::AllWell);
    }
    if args.mark && !RecordFormat::of_output(args.to, args.output.as_deref()).has_extras() {
        return Err(Usage("--mark needs --to jsonl or parquet".to_string()).into());
    }
    RecordFormat::check_output(args.to, args.output.as_deref())?;
    check_ending("--rejected", args.rejected.as_deref(), &JSON_LINES)?;
    args.check_paths(&args.langs)?;
    let settings = Settings::read(args.config.as_deref())?;
    let threads = threads(args.threads);
    let sources = RecordSources {
        files: &args.files,
        format: args.from,
        languages: &args.langs,
        sentences: &args.sentences,
        pairs: &args.pairs,
    };
    let excluded = read_excluded(&args.exclude.exclude, args.exclude.words())?;
    let mut source = sources.open()?;
    let mut run = Run {
        settings: &settings,
        threads,
        excluded: &excluded,
        seen: Deduplicator::default(),
        counts: FilterCounts::default(),
        excluded_rows: Vec::new(),
        sink: None,
        columns: Vec::new(),
        rejected: None,
        args,
    };
    let mut outcome = Outcome::AllWell;
    let (mut unusable, mut lacking) = (0u64, 0u64);
    loop {
        let batch = read_batch(&mut source, &mut unusable)?;
        if batch.is_empty() {
            break;
        }
        if args.langs.is_empty() {
            run.process(batch)?;
            continue;
        }
        let all = batch.len();
        let selected: Vec<Record> =
            batch.into_iter().filter_map(|record| record.only(&args.langs)).collect();
        lacking += (all - selected.len()) as u64;
        run.process(selected)?;
    }
    let (counts, excluded_rows) = run.finish()?;
    if unusable > 0 {
        outcome = Outcome::SomeFailed;
        complain(format_args!("{} could not be used", counted(unusable, "row")));
    }
    if lacking > 0 {
        let rows = counted(lacking, "row");
        let [lack, were] = if lacking == 1 { ["lacks", "was"] } else { ["lack", "were"] };
        complain(format_args!("{rows} {lack} one of the languages and {were} skipped"));
    }
    print_counts(&counts);
    if let Some(path) = &args.counts {
        let mut out = Output::open(Some(path))?;
        let counts = CountsOut { unusable, lacking, counts: &counts, excluded: &excluded_rows };
        writeln!(out, "{}", serde_json::to_string_pretty(&counts)?)?;
        out.finish()?;
    }
    Ok(outcome)
}

#[derive(Serialize)]
struct CountsOut<'a> {
    unusable: u64,
    lacking: u64,
    #[serde(flatten)]
    counts: &'a FilterCounts,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    excluded: &'a [(&'a str, u64)],
}

/// Reads the next rows; none at the end. Unusable rows are reported and counted.
fn read_batch(source: &mut Records, unusable: &mut u64) -> Result<Vec<Record>, Failure> {
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    while batch.len() < BATCH_ROWS {
        match source.next() {
            None => break,
            Some(Ok(records)) => batch.extend(records),
            Some(Err(error)) => {
                *unusable += 1;
                if *unusable <= MAX_PRINTED_ERRORS {
                    complain(&error);
                } else if *unusable == MAX_PRINTED_ERRORS + 1 {
                    complain("further unusable rows are only counted");
                }
            }
        }
    }
    Ok(batch)
}

struct Run<'a> {
    settings: &'a Settings,
    threads: usize,
    excluded: &'a ExcludedTexts,
    seen: Deduplicator,
    counts: FilterCounts,
    /// The rows that each test set rejects.
    excluded_rows: Vec<(&'a str, u64)>,
    /// Opened with the first rows, which determine the languages.
    sink: Option<RecordSink>,
    columns: Vec<Language>,
    rejected: Option<HfJsonlWriter<Output>>,
    args: &'a Args,
}

impl<'a> Run<'a> {
    /// Judges rows and writes them.
    fn process(&mut self, batch: Vec<Record>) -> Result<(), Failure> {
        if self.sink.is_none() && !batch.is_empty() {
            self.columns = languages(&batch, self.args);
            let columns = self.columns.clone();
            self.open(&columns)?;
        }
        let mut batch: Vec<Record> =
            batch.into_iter().map(|record| as_columns(record, &self.columns)).collect();
        for record in &mut batch {
            let repaired = self.settings.spelling.apply(record);
            self.counts.repaired += u64::from(!repaired.is_empty());
        }
        let judged = judge_all(self.settings, self.excluded, &batch, self.threads)?;
        for (mut record, judged) in batch.into_iter().zip(judged) {
            let Judged { mut reasons, scores, keys, hit } = judged;
            if let Some(hit) = hit {
                reasons.insert(Reason::Excluded);
                self.count_excluded(&hit);
                add_hit(&mut record, &hit);
            }
            if reasons.is_empty() && !self.args.mark {
                reasons.extend(self.seen.check(&keys));
            }
            self.counts.add(reasons);
            if self.args.mark {
                add_reasons(&mut record, reasons, &scores)?;
                add_keys(&mut record, &keys);
            }
            if reasons.is_empty() || self.args.mark {
                if let Some(sink) = &mut self.sink {
                    sink.write(&record)?;
                }
            } else if let Some(rejected) = &mut self.rejected {
                add_reasons(&mut record, reasons, &scores)?;
                rejected.write(&record)?;
            }
        }
        Ok(())
    }

    fn count_excluded(&mut self, hit: &ExcludedHit<'a>) {
        match self.excluded_rows.iter_mut().find(|(set, _)| *set == hit.set) {
            Some((_, rows)) => *rows += 1,
            None => self.excluded_rows.push((hit.set, 1)),
        }
    }

    fn open(&mut self, languages: &[Language]) -> Result<(), Failure> {
        // Checked again, since the names of moses files depend on the languages.
        self.args.check_paths(languages)?;
        self.sink = Some(RecordSink::open(self.args.output.as_deref(), self.args.to, languages)?);
        if let Some(path) = &self.args.rejected {
            self.rejected = Some(HfJsonlWriter::new(Output::open(Some(path))?, languages));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Finished<'a>, Failure> {
        if self.sink.is_none() {
            let languages = self.args.langs.clone();
            self.open(&languages)?;
        }
        if let Some(sink) = self.sink {
            sink.finish()?;
        }
        if let Some(rejected) = self.rejected {
            rejected.finish()?.finish()?;
        }
        Ok((self.counts, self.excluded_rows))
    }
}

/// The counts of a finished run, and the rows that each file of `--exclude` rejects.
type Finished<'a> = (FilterCounts, Vec<(&'a str, u64)>);

fn add_reasons(
    record: &mut Record,
    reasons: Reasons,
    scores: &[(Reason, f32)],
) -> Result<(), Failure> {
    record.extra.insert("reasons".to_string(), serde_json::to_value(reasons)?);
    // The shortest number that parses to the same f32: 0.1, not 0.10000000149.
    let shortest = |score: f32| score.to_string().parse().unwrap_or(f64::NAN);
    let scores: BTreeMap<&str, f64> =
        scores.iter().map(|&(reason, score)| (reason.code(), shortest(score))).collect();
    record.extra.insert("scores".to_string(), serde_json::to_value(scores)?);
    Ok(())
}

/// Adds the keys as text, since JSON readers do not keep integers of this size.
fn add_keys(record: &mut Record, keys: &DedupKeys) {
    let exact: Vec<String> = keys.exact.iter().map(|key| format!("{key:032x}")).collect();
    let near: Vec<String> = keys.near.iter().map(|key| format!("{key:016x}")).collect();
    record.extra.insert("exact_keys".to_string(), exact.into());
    record.extra.insert("near_keys".to_string(), near.into());
    if let Some(key) = keys.renamed {
        record.extra.insert("renamed_key".to_string(), format!("{key:016x}").into());
    }
}

/// The languages of the output: those of `--langs`, or those of the first rows.
fn languages(batch: &[Record], args: &Args) -> Vec<Language> {
    if !args.langs.is_empty() {
        let mut languages = args.langs.clone();
        languages.sort();
        return languages;
    }
    let mut languages: Vec<Language> =
        batch.iter().flat_map(|record| record.texts()).map(|(language, _)| *language).collect();
    languages.sort();
    languages.dedup();
    // `de` and `de-DE` share a column unless a row has both.
    let mut columns: Vec<Language> = Vec::with_capacity(languages.len());
    for alike in languages.chunk_by(|one, next| one.primary() == next.primary()) {
        let of = |record: &Record| {
            record.texts().iter().filter(|(language, _)| alike.contains(language)).count()
        };
        if alike.len() > 1 && batch.iter().all(|record| of(record) <= 1) {
            columns.push(alike[0].base());
        } else {
            columns.extend(alike);
        }
    }
    columns
}

/// The record with the languages of the columns: `de-DE` becomes `de` if that is a column.
fn as_columns(record: Record, columns: &[Language]) -> Record {
    let has = |language: Language| columns.contains(&language);
    if record.texts().iter().all(|(language, _)| has(*language)) {
        return record;
    }
    let named = |language: Language| {
        let alike = || columns.iter().find(|column| column.primary() == language.primary());
        if has(language) { Some(language) } else { alike().copied() }
    };
    let named: Option<Vec<Language>> =
        record.texts().iter().map(|(language, _)| named(*language)).collect();
    let Some(mut named) = named else { return record };
    named.sort();
    named.dedup();
    if named.len() == record.texts().len() {
        return record.clone().only(&named).unwrap_or(record);
    }
    record
}

/// Prints the counts to standard error.
fn print_counts(counts: &FilterCounts) {
    let mut err = anstream::stderr();
    let share = |count: u64| 100.0 * count as f64 / counts.pairs.max(1) as f64;
    // There is no other place to report errors of standard error.
    let _ = writeln!(
        err,
        "rows {}, kept {} ({:.1} %), rejected {}",
        counts.pairs,
        counts.kept(),
        share(counts.kept()),
        counts.rejected()
    );
    if counts.repaired > 0 {
        let _ = writeln!(err, "repaired {}", counted(counts.repaired, "row"));
    }
    let _ = writeln!(err, "{:<20} {:>10} {:>7} {:>10}", "reason", "rejected", "%", "only");
    for reason in Reason::ALL {
        let (all, alone) = (counts.rejected_for(reason), counts.rejected_only_for(reason));
        let _ = writeln!(err, "{reason:<20} {all:>10} {:>7.2} {alone:>10}", share(all));
    }
}
