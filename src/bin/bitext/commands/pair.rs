//! `bitext pair`

use std::fs::File;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use bitext::article::Origin;
use bitext::cli_support::{
    ArticleItem, ArticleSources, Observer, PairingTask, aligner_of_build, pair_articles,
};
use bitext::corpus::build::{BuildConfig, BuildEvent, DEFAULT_MAX_ARTICLE_BYTES, InputConfig};
use bitext::corpus::{Contradiction, PairingConfig};
use bitext::{Aligner, Error};
use serde_json::{Map, Value, json};

use crate::commands::build::read_config;
use crate::io::messages::build_events::{EventPrinter, failure};
use crate::io::messages::hints::counted;
use crate::io::messages::hints::{JSON_LINES, check_ending};
use crate::io::messages::terminal::complain;
use crate::io::read::input::refuse_stdin;
use crate::io::read::sniff::SNIFFED_BYTES;
use crate::io::write::output::Output;
use crate::io::write::temporary::TemporaryFolder;
use crate::options::model::ModelArgs;
use crate::options::threads::threads;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
INPUT is a file or a folder, which is searched for .txt, .html, .warc and .jsonl files; they may be
compressed. A .txt file is one article; its language is given by its name (`a.en.txt`) or folder
(`en/a.txt`), or detected. A line of a .jsonl file is one article, {\"id\": ..., \"lang\": \"uk\",
\"title\": ..., \"text\": ..., \"date\": \"2024-05-31\"} with only `text` required, or {\"id\": ...,
\"uk\": ...}; a page, `html`, may replace `text`. A line with two or three languages is a known
group and remains one.

An .html file (.htm, .xhtml) and each page of a web archive (.warc) is one article, in the language
that the page names. Pages that name each other as versions (`hreflang`), or whose addresses differ
only in the language, are compared first.

Versions in different languages may share an id. A second article of one language with the same id,
or a second group, is reported with both places and omitted. An article without an id is named by
its place. A file that is named twice is read once.

Pages that share a template but differ in numbers or names are not paired; the summary counts them
as vetoed. --max-contradicted 1 disables this check.

Each output line is a group of two or three versions of one article, {\"id\", \"en\", \"uk\", \"de\",
\"ids\", \"coverage\", \"margin\"}, for `bitext align --jsonl`.

With --config, the groups are those that `bitext build` finds with these settings. Each line then
has the `set` of the group, too.

The first ten errors of a file are reported, then their number; `bitext build` writes all of them.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Examples:
  bitext pair articles/ -o groups.jsonl
  bitext pair news.jsonl --max-days 3 | bitext align --jsonl > bitexts.jsonl";

/// Find articles that are versions of one another
#[derive(clap::Args)]
pub struct Args {
    /// Folders and files of articles
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Output file, written atomically [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Maximum number of days between two articles with dates, unless their addresses link them
    /// [default: unlimited]
    #[arg(long, value_name = "N")]
    max_days: Option<u32>,
    /// Minimum share of the text of two versions that must align, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = PairingConfig::default().min_coverage)]
    min_coverage: f32,
    /// Minimum margin between the vectors of two articles for them to be aligned at all
    #[arg(long, value_name = "MARGIN", allow_negative_numbers = true, default_value_t = PairingConfig::default().min_margin)]
    min_margin: f32,
    /// Maximum share of aligned sentences whose numbers contradict each other; for names, the
    /// limit is twice this share
    #[arg(long, value_name = "SHARE", default_value_t = PairingConfig::default().max_contradicted)]
    max_contradicted: f32,
    /// Compare all articles exactly if a language has up to N of them, otherwise use an approximate
    /// index
    #[arg(long, value_name = "N", default_value_t = PairingConfig::default().exact_articles)]
    exact_articles: usize,
    /// Maximum size of an article in bytes; longer articles are refused
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_ARTICLE_BYTES)]
    max_article_bytes: u64,
    /// Also read menus, footers and other text around the content of pages
    #[arg(long)]
    navigation: bool,
    /// Settings file of `bitext build`, TOML, in place of the options above; adds the set of each group
    #[arg(long, value_name = "SETTINGS", conflicts_with_all = ["max_days", "min_coverage", "min_margin",
        "max_contradicted", "exact_articles", "max_article_bytes", "navigation"])]
    config: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Number of threads; does not affect the output [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Args {
    /// The settings: those of the file, or of the options.
    fn settings(&self) -> Result<BuildConfig, Failure> {
        let mut config = read_config(self.config.as_deref())?;
        if self.config.is_none() {
            config.pairing = PairingConfig::default()
                .with_max_days(self.max_days)
                .with_min_coverage(self.min_coverage)
                .with_min_margin(self.min_margin)
                .with_max_contradicted(self.max_contradicted)
                .with_max_contradicted_names(names_limit(self.max_contradicted))
                .with_exact_articles(self.exact_articles);
            config.input = InputConfig::default()
                .with_max_article_bytes(self.max_article_bytes)
                .with_navigation(self.navigation);
        }
        config.pairing.threads = threads(self.threads);
        config.pairing.validate()?;
        Ok(config)
    }

    /// Refuses to replace a file of a folder that is an input, unless an earlier run wrote it:
    /// the folder's files are articles.
    fn check_output(&self) -> Result<(), Failure> {
        let Some(output) = &self.output else { return Ok(()) };
        let Ok(resolved) = output.canonicalize() else { return Ok(()) };
        let holds = |input: &PathBuf| {
            input.is_dir() && input.canonicalize().is_ok_and(|input| resolved.starts_with(input))
        };
        if !resolved.is_file() || !self.inputs.iter().any(holds) {
            return Ok(());
        }
        let mut head = Vec::new();
        let read =
            File::open(output).and_then(|file| file.take(SNIFFED_BYTES).read_to_end(&mut head));
        read.map_err(|error| Error::read(output, error))?;
        // An article cannot contain these bytes, since quotation marks in JSON strings are escaped.
        let ours = b"\"coverage\":";
        if head.is_empty() || head.windows(ours.len()).any(|bytes| bytes == ours) {
            return Ok(());
        }
        let output = output.display();
        let why = format!("-o {output} exists and is in an input folder: name another file");
        Err(Usage(why).into())
    }
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    refuse_stdin(&args.inputs)?;
    let config = args.settings()?;
    let pairing = &config.pairing;
    check_ending("-o", args.output.as_deref(), &JSON_LINES)?;
    let paths = args.model.paths(args.inputs.iter().chain(&args.config).map(PathBuf::as_path));
    paths.writing("-o", args.output.as_deref()).check()?;
    args.check_output()?;
    let output = args.output.as_deref();
    let sources = ArticleSources::open(&args.inputs, &config.input, output);
    let sources = sources.map_err(failure)?;
    let mut printer = EventPrinter::default();
    if let Err(error) = sources.check_any() {
        if let [_, _, ..] = sources.problems[..] {
            sources.problems.iter().for_each(|problem| printer.problem(problem));
            printer.finish(None);
        }
        return Err(failure(error));
    }
    let (embedder, report) = args.model.open()?.split();
    let aligner = aligner_of_build(Aligner::with_embedder(embedder), &config.align)?;
    let mut out = Output::open(args.output.as_deref())?;

    // In the folder of the output, since a file of this size must fit there, too.
    let folder = args.output.as_deref().and_then(|path| path.parent());
    let folder = folder.filter(|folder| folder.is_dir());
    let work = TemporaryFolder::new(folder, ".bitext-pair-");
    let work = work.map_err(|error| format!("cannot create a temporary folder: {error}"))?;
    let mut observe = |event: BuildEvent| {
        printer.print(event);
        ControlFlow::Continue(())
    };
    let mut observer = Observer::new(&mut observe);
    let found = pair_articles(&sources, &aligner, pairing, work.path(), "", &mut observer)?;
    found.problems.iter().for_each(|problem| printer.problem(problem));
    if let Err(error) = found.check_languages() {
        printer.finish(None);
        return Err(failure(error));
    }
    let mut outcome =
        if found.problems.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    for task in &found.tasks {
        match group_line(&sources, task) {
            Ok(mut line) => {
                if args.config.is_some() {
                    let set = config.sets.set_of(&task.article).name();
                    line.insert("set".to_string(), json!(set));
                }
                writeln!(out, "{}", Value::Object(line))?;
            }
            Err(error) => {
                sources.check_unchanged()?;
                printer.complain(&sources.label(task.places[0].place), &error);
                outcome = Outcome::SomeFailed;
            }
        }
    }
    out.finish()?;
    printer.finish(None);
    let singles: u64 = found.singles.iter().map(|(_, count)| count).sum();
    complain(format_args!(
        "{} of {} ({} without a counterpart{}), {} given, {}",
        counted(found.tasks.len() as u64 - found.given_groups, "group"),
        counted(singles, "article"),
        singles - found.paired,
        vetoes(&found.vetoed),
        found.given_groups,
        counted(found.problems.len() as u64, "problem")
    ));
    report.finish(false);
    Ok(outcome)
}

/// The limit for names that belongs to one for numbers, in the proportion of the defaults.
fn names_limit(numbers: f32) -> f32 {
    let defaults = PairingConfig::default();
    (numbers * defaults.max_contradicted_names / defaults.max_contradicted).min(1.0)
}

/// `; 2 candidates vetoed: 1 by numbers, 1 by names`, or nothing.
fn vetoes(vetoed: &[(Contradiction, u64)]) -> String {
    let all: u64 = vetoed.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return String::new();
    }
    let by = vetoed.iter().filter(|(_, count)| *count > 0);
    let by: Vec<String> = by.map(|(why, count)| format!("{count} by {}", why.code())).collect();
    format!("; {} vetoed: {}", counted(all, "candidate"), by.join(", "))
}

/// The text of an article as `ArticlesLine` reads it: a string, an object with the blocks of a page, or an array
/// of sentences.
pub fn text_of(article: &bitext::Article) -> Value {
    match article.origin() {
        Origin::Raw if article.blocks().is_empty() => json!(article.text()),
        Origin::Raw => text_with_blocks(article),
        Origin::Sentences => Value::from(article.sentences().collect::<Vec<_>>()),
    }
}

/// The text of a page as an object, which keeps its blocks.
fn text_with_blocks(article: &bitext::Article) -> Value {
    let blocks = article.blocks().iter();
    let blocks =
        blocks.map(|one| json!([one.span.start, one.span.end, one.kind.name(), one.source]));
    json!({ "text": article.text(), "blocks": blocks.collect::<Vec<_>>() })
}

/// The output line of a group.
fn group_line(sources: &ArticleSources, task: &PairingTask) -> Result<Map<String, Value>, String> {
    let mut line = Map::new();
    line.insert("id".to_string(), json!(task.id));
    let mut ids = Map::new();
    for &verified in &task.places {
        let (id, item) = sources.parse(verified.place, &sources.read_again(verified)?);
        let articles = match item? {
            ArticleItem::Single { article, .. } => vec![article],
            ArticleItem::Group(articles) => articles,
        };
        for article in articles {
            let language = article.language().code().to_string();
            line.insert(language.clone(), text_of(&article));
            ids.insert(language, json!(id));
        }
    }
    if let Some((coverage, margin)) = task.found {
        line.insert("ids".to_string(), Value::Object(ids));
        line.insert("coverage".to_string(), json!(coverage));
        line.insert("margin".to_string(), json!(margin));
    }
    Ok(line)
}
