//! `bitext extract`

use std::io::Write;
use std::path::PathBuf;

use bitext::Aligner;
use bitext::article::ArticleLinks;
use bitext::cli_support::{
    ArticleItem, ArticlePlace, ArticleSources, PlacedBytes, aligner_of_build, article_vector,
    date_of_day, in_order,
};
use bitext::html::{address_key, language_in_address};
use serde_json::{Map, Value, json};

use crate::commands::build::read_config;
use crate::commands::pair::text_of;
use crate::io::messages::build_events::failure;
use crate::io::messages::hints::{JSON_LINES, check_ending, counted};
use crate::io::messages::terminal::complain;
use crate::io::read::input::refuse_stdin;
use crate::io::write::output::Output;
use crate::options::model::ModelArgs;
use crate::options::threads::threads;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
INPUT is as for `bitext pair`: texts, pages of HTML, web archives, and JSONL. Each output line is an
article, {\"id\", \"lang\", \"text\", \"date\", \"url\", \"alternates\", \"address_keys\", \"file\", \"line\"}, or a
known group, {\"id\", \"en\", \"uk\", \"de\", \"file\", \"line\"}. `bitext pair` and `bitext build` read these
lines. So the text of pages need be extracted only once, and on as many machines as you like.
`alternates` are the addresses of the versions that a page names (`hreflang`). Two articles that
share one of their `address_keys` may be versions of one another.

Input that cannot be used is a line {\"id\", \"error\", \"file\", \"line\"} in the output.

With --vectors, each article has a `vector`: the mean of its sentence vectors, by which `bitext
pair` finds candidates. The sections [input] and [align] of SETTINGS apply.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Examples:
  bitext extract crawl.warc.gz -o articles.jsonl
  bitext extract site/ --vectors | jq -c '[.id, .lang, .date]'";

/// Extract articles from pages, web archives and texts
#[derive(clap::Args)]
pub struct Args {
    /// Folders and files of articles
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// Output file, written atomically [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Settings file of `bitext build`, TOML
    #[arg(long, value_name = "SETTINGS")]
    config: Option<PathBuf>,
    /// Also write the vector of each article
    #[arg(long)]
    vectors: bool,
    #[command(flatten)]
    model: ModelArgs,
    /// Number of threads; does not affect the output [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    refuse_stdin(&args.inputs)?;
    let config = read_config(args.config.as_deref())?;
    check_ending("-o", args.output.as_deref(), &JSON_LINES)?;
    let output = args.output.as_deref();
    let paths = args.model.paths(args.inputs.iter().chain(&args.config).map(PathBuf::as_path));
    paths.writing("-o", output).check()?;
    let sources = ArticleSources::open(&args.inputs, &config.input, output).map_err(failure)?;
    let model = if args.vectors { Some(args.model.open()?.split()) } else { None };
    let (embedder, report) = model.unzip();
    let aligner =
        embedder.map(|embedder| aligner_of_build(Aligner::with_embedder(embedder), &config.align));
    let aligner = aligner.transpose()?;
    let mut out = Output::open(output)?;
    let mut unusable = 0_u64;
    for problem in &sources.problems {
        unusable += 1;
        let error = json!({ "id": problem.id, "error": problem.error, "file": problem.place });
        writeln!(out, "{error}")?;
    }
    let read = |send: &mut dyn FnMut(PlacedBytes) -> bool| {
        sources.scan(None, send);
        Ok(())
    };
    let bytes_of = |(_, bytes): &PlacedBytes| bytes.as_ref().map_or(0, |one| one.len() as u64);
    let work = |_, placed: PlacedBytes| extract(&sources, aligner.as_ref(), placed);
    in_order::<_, _, Failure>(
        threads(args.threads),
        bytes_of,
        read,
        work,
        |(is_usable, line), _| {
            sources.check_unchanged()?;
            unusable += u64::from(!is_usable);
            Ok(writeln!(out, "{line}")?)
        },
    )?;
    sources.check_unchanged()?;
    out.finish()?;
    if let Some(report) = report {
        report.finish(false);
    }
    if unusable == 0 {
        return Ok(Outcome::AllWell);
    }
    complain(format_args!("{} could not be used", counted(unusable, "input")));
    Ok(Outcome::SomeFailed)
}

/// The output line for a place, and whether its input can be used.
fn extract(
    sources: &ArticleSources,
    aligner: Option<&Aligner>,
    (place, bytes): PlacedBytes,
) -> (bool, String) {
    let (id, item) = match bytes {
        Ok(bytes) => sources.parse(place, &bytes),
        Err(error) => (sources.label(place), Err(error)),
    };
    let line = item.and_then(|item| line_of(item, aligner));
    let is_usable = line.is_ok();
    let mut line =
        line.unwrap_or_else(|error| [("error".to_string(), json!(error))].into_iter().collect());
    line.insert("id".to_string(), json!(id));
    line.insert("line".to_string(), json!(place.line));
    let file = ArticlePlace { line: 0, ..place };
    line.insert("file".to_string(), json!(sources.label(file)));
    (is_usable, Value::Object(line).to_string())
}

/// The keys of an article's address, also without its language, and of the addresses of its versions. Articles
/// that share a key may be versions of one another.
fn address_keys(links: &ArticleLinks) -> Vec<String> {
    let Some(address) = &links.address else { return Vec::new() };
    let starred = language_in_address(address).map(|(starred, _)| starred);
    let keys = [address].into_iter().chain(&links.alternates).map(|one| address_key(one));
    let mut keys: Vec<String> = keys.chain(starred).collect();
    // The first is that of the article itself.
    keys[1..].sort_unstable();
    keys.dedup();
    keys
}

/// The fields of an article or group.
fn line_of(item: ArticleItem, aligner: Option<&Aligner>) -> Result<Map<String, Value>, String> {
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| line.insert(name.to_string(), value);
    match item {
        ArticleItem::Group(articles) => {
            for article in articles {
                put(article.language().code(), text_of(&article));
            }
        }
        ArticleItem::Single { article, day, links } => {
            if let Some(aligner) = aligner {
                let vector =
                    article_vector(aligner, &article).map_err(|error| error.to_string())?;
                // The shortest numbers that parse to the same `f32`.
                let vector = vector.iter().map(|one| one.to_string().parse().unwrap_or(0.0));
                put("vector", json!(vector.collect::<Vec<f64>>()));
            }
            put("lang", json!(article.language()));
            put("text", text_of(&article));
            put("date", json!(day.map(date_of_day)));
            put("address_keys", json!(address_keys(&links)));
            put("url", json!(links.address));
            put("alternates", json!(links.alternates));
        }
    }
    Ok(line)
}
