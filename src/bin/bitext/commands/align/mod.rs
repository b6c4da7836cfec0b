//! `bitext align`

mod vectors;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bitext::align::SpanVectors;
use bitext::format::{ArticlesLine, Rows, Selection, TmxWriter, TsvWriter, to_json};
use bitext::{Aligner, Article, Bitext, Language, Warning};

use self::vectors::align_vectors;
use crate::io::messages::hints::{check_ending, ending};
use crate::io::messages::terminal::complain;
use crate::io::read::input::{TextOrPage, check_stdin, read_article};
use crate::io::standard_stream::is_standard_stream;
use crate::io::stream::{self, LineError, line_text};
use crate::io::write::output::Output;
use crate::options::language_pair;
use crate::options::model::ModelArgs;
use crate::options::newlines::NewlinesArg;
use crate::options::threads::threads;
use crate::options::weights::WeightsArgs;
use crate::print::explain;
use crate::print::table;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
Each input line of --jsonl is {\"id\": ..., \"en\": ..., \"uk\": ..., \"fr\": ...} with two or three
languages. The value of a language is a string (an article) or an array of strings (segments,
which are kept as they are). The key may be any code of the language: en-US, deu, ukr_Cyrl. A line
may also be a task of `bitext score`, with \"src\", \"tgt\", \"src_lang\" and \"tgt_lang\".
Each output line is one bitext, {\"id\", \"sentences\", \"units\", \"pairs\", ...}, or for an unusable
line {\"id\", \"line\", \"error\"}.

An article may be a page of HTML, which is recognised by its ending (.html, .htm, .xhtml) or its
first bytes; in a JSON line, {\"html\": \"...\"} takes the place of the string.

Unrelated articles are aligned too; a warning is printed, and the JSON has \"unrelated\": true.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Examples:
  bitext align --en ferry.en.txt --uk ferry.uk.txt --de ferry.de.txt
  bitext align one.txt two.txt -o memory.tmx
  bitext align --text fr=bac.txt --text pl=prom.txt --model e5-small
  bitext align --jsonl < articles.jsonl > bitexts.jsonl
  bitext align --en ferry.en.txt --de ferry.de.txt --explain 3
  bitext align --en ferry.en.txt --de ferry.de.txt --explain-region 3-5";

/// Align two or three articles
#[derive(clap::Args)]
pub struct Args {
    /// Article with the code of its language, such as fr=bac.txt; repeatable; `-` for standard input
    #[arg(long, value_name = "LANG=FILE", value_parser = parse_text)]
    text: Vec<(Language, PathBuf)>,
    /// English article: short for --text en=FILE
    #[arg(long, value_name = "FILE")]
    en: Option<PathBuf>,
    /// Ukrainian article: short for --text uk=FILE
    #[arg(long, value_name = "FILE")]
    uk: Option<PathBuf>,
    /// German article: short for --text de=FILE
    #[arg(long, value_name = "FILE")]
    de: Option<PathBuf>,
    /// Articles whose language is detected; with --jsonl, one file of JSON lines
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Output format: a `table` to read, `jsonl` with all information, `tsv` and `tmx` with the
    /// aligned text, `vecalign` and `ladder` (hunalign's) with sentence numbers of two languages
    /// [default: by the extension of OUT (.jsonl, .tsv, .tmx, .txt), otherwise `table`]
    #[arg(long, value_enum)]
    format: Option<AlignFormat>,
    /// Write the beads of these language pairs, such as `en-uk` or `en-uk,en-de`, instead of the
    /// units over all languages
    #[arg(long, value_name = "PAIR", value_delimiter = ',', value_parser = language_pair::parse_base)]
    pairs: Vec<(Language, Language)>,
    /// Omit units and beads with a lower confidence, 0 to 1
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = parse_probability)]
    min_confidence: f32,
    /// Write unaligned sentences to TSV as well; `table` and `jsonl` always have them, `tmx` and
    /// --pairs never
    #[arg(long)]
    nulls: bool,
    #[command(flatten)]
    model: ModelArgs,
    /// How to get the vector of several sentences from a transformer: `embed` their joined text, or
    /// `pool` their vectors, which is about ten times faster
    #[arg(long, value_name = "METHOD", value_enum, default_value = "embed")]
    span_vectors: SpanVectorsArg,
    /// Vectors from elsewhere, one file per language: one JSON array of numbers per line, one
    /// line per sentence as `bitext split` prints them
    #[arg(long, value_name = "LANG=FILE", value_parser = parse_vectors, conflicts_with = "model")]
    vectors: Vec<(Language, PathBuf)>,
    #[command(flatten)]
    weights: WeightsArgs,
    /// When a single newline ends a paragraph: `always`, `never` (it is a space), or `auto`, which
    /// decides by the shape of the text
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    newlines: NewlinesArg,
    /// Also align menus, footers and other text around the content of pages of HTML
    #[arg(long, conflicts_with = "jsonl")]
    navigation: bool,
    /// Also align text that has moved: unaligned sentences that correspond in another order. Their
    /// units are marked
    #[arg(long, alias = "reordered")]
    crossing: bool,
    /// Explain unit N of the table: its features, and the alternatives that were rejected
    #[arg(long, value_name = "N", conflicts_with_all =
        ["jsonl", "format", "pairs", "min_confidence", "nulls", "vectors"])]
    explain: Option<usize>,
    /// Show all candidate beads of units N to M of the table, with features, potential and
    /// posterior
    #[arg(long, value_name = "N-M", value_parser = parse_rows, conflicts_with_all =
        ["jsonl", "format", "pairs", "min_confidence", "nulls", "vectors", "explain"])]
    explain_region: Option<(usize, usize)>,
    /// Output file, written atomically [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Read JSON lines from FILE or standard input and write JSON lines
    #[arg(long, conflicts_with_all = ["text", "en", "uk", "de", "format", "vectors", "nulls"])]
    jsonl: bool,
    /// Number of threads for --jsonl; does not affect the output [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum AlignFormat {
    Table,
    Jsonl,
    Tsv,
    Tmx,
    Vecalign,
    Ladder,
}

/// Formats by the extensions of file names.
const ALIGN_EXTENSIONS: [(&str, AlignFormat); 8] = [
    ("jsonl", AlignFormat::Jsonl),
    ("ndjson", AlignFormat::Jsonl),
    ("json", AlignFormat::Jsonl),
    ("tsv", AlignFormat::Tsv),
    ("tab", AlignFormat::Tsv),
    ("tmx", AlignFormat::Tmx),
    ("xml", AlignFormat::Tmx),
    ("txt", AlignFormat::Table),
];

#[derive(Clone, Copy, clap::ValueEnum)]
enum SpanVectorsArg {
    Embed,
    Pool,
}

/// An article of the command line: its file, and its language unless it is to be detected.
struct GivenArticle<'a> {
    language: Option<Language>,
    path: &'a Path,
}

fn parse_probability(text: &str) -> Result<f32, String> {
    let value: Option<f32> = text.parse().ok();
    let probability = value.filter(|value| (0.0..=1.0).contains(value));
    probability.ok_or_else(|| "not a number from 0 to 1".to_string())
}

/// The numbers of a first and a last row of the table, or of one row.
fn parse_rows(text: &str) -> Result<(usize, usize), String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if 1 <= first && first <= last => Ok((first, last)),
        _ => Err("not row numbers such as 10-14".to_string()),
    }
}

fn parse_text(text: &str) -> Result<(Language, PathBuf), String> {
    parse_language_and_file(text, "fr=bac.txt")
}

fn parse_vectors(text: &str) -> Result<(Language, PathBuf), String> {
    parse_language_and_file(text, "en=en.vec")
}

fn parse_language_and_file(text: &str, example: &str) -> Result<(Language, PathBuf), String> {
    let (code, file) = text
        .split_once('=')
        .ok_or_else(|| format!("not a language and a file, such as {example}"))?;
    let language = code.parse::<Language>().map_err(|error| error.to_string())?;
    Ok((language.base(), file.into()))
}

impl Args {
    /// The input of `--jsonl`.
    fn json_lines(&self) -> &Path {
        self.files.first().map_or(Path::new("-"), PathBuf::as_path)
    }

    fn selection(&self) -> Selection {
        let mut selection = Selection::default();
        selection.min_confidence = self.min_confidence;
        selection.nulls = self.nulls || self.format() == AlignFormat::Table;
        if !self.pairs.is_empty() {
            selection.rows = Rows::Beads(self.pairs.clone());
        }
        selection
    }

    /// The output format: the one that was given, or that of the extension of the output.
    fn format(&self) -> AlignFormat {
        let named = || {
            let ending = ending(self.output.as_ref()?)?;
            let known = ALIGN_EXTENSIONS.into_iter().find(|(known, _)| *known == ending);
            known.map(|(_, format)| format)
        };
        self.format.or_else(named).unwrap_or(AlignFormat::Table)
    }
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.nulls && !args.pairs.is_empty() {
        let why = "--nulls cannot be used with --pairs: its beads are never null";
        return Err(Usage(why.to_string()).into());
    }
    if args.threads.is_some() && !args.jsonl {
        return Err(Usage("--threads needs --jsonl".to_string()).into());
    }
    if args.jsonl && args.files.len() > 1 {
        let why = "--jsonl reads one file or standard input; join several files with `cat`";
        return Err(Usage(why.to_string()).into());
    }
    if args.format.is_none() && !args.jsonl {
        check_ending(
            "-o",
            args.output.as_deref(),
            &ALIGN_EXTENSIONS.map(|(extension, _)| extension),
        )?;
    }
    let stdin = (args.jsonl && args.files.is_empty()).then_some(Path::new("-"));
    let named = [&args.en, &args.uk, &args.de].into_iter().flatten().chain(&args.files);
    let named = named.chain(args.text.iter().map(|(_, path)| path));
    let named = named.chain(args.vectors.iter().map(|(_, path)| path)).chain(args.weights.path());
    let paths = args.model.paths(named.map(PathBuf::as_path).chain(stdin));
    paths.writing("-o", args.output.as_deref()).check()?;
    let (embedder, mut report) = args.model.open()?.split();
    let mut config = args.weights.config()?;
    config.crossing = args.crossing;
    config.span_vectors = match args.span_vectors {
        SpanVectorsArg::Embed => SpanVectors::Embed,
        SpanVectorsArg::Pool => SpanVectors::Pool,
    };
    let aligner = Aligner::with_embedder(embedder)
        .with_config(config)?
        .with_splitter(args.newlines.splitter());
    report.measure_background(&aligner)?;
    let outcome =
        if args.jsonl { align_lines(args, &aligner)? } else { align_files(args, &aligner)? };
    report.finish(args.jsonl || matches!(args.format(), AlignFormat::Jsonl | AlignFormat::Tmx));
    Ok(outcome)
}

/// Aligns the articles of each JSON line.
fn align_lines(args: &Args, aligner: &Aligner) -> Result<Outcome, Failure> {
    let mut out = Output::open(args.output.as_deref())?;
    let selection = args.selection();
    let warned = Mutex::default();
    let answer = |number: usize, bytes: &[u8]| {
        let line = ArticlesLine::parse(line_text(number, bytes)?);
        let refuse = |error: bitext::Error| LineError::new(line.id.clone(), number, error);
        let bitext = aligner.align(line.articles.map_err(refuse)?).map_err(refuse)?;
        warn_once(&bitext, &warned);
        let bitext = match &line.id {
            Some(id) => bitext.with_id(id.clone()),
            None => bitext,
        };
        Ok(to_json(&bitext, &selection))
    };
    let outcome = stream::answer_lines(args.json_lines(), threads(args.threads), &mut out, answer)?;
    out.finish()?;
    Ok(outcome)
}

/// Aligns the articles that the command line names.
fn align_files(args: &Args, aligner: &Aligner) -> Result<Outcome, Failure> {
    let articles = read_articles(args)?;
    // Opened before the alignment, so that a wrong path fails early.
    let mut out = Output::open(args.output.as_deref())?;
    if args.explain.is_some() || args.explain_region.is_some() {
        let explained = aligner.explain(articles)?;
        warn_of(explained.bitext());
        if let Some(number) = args.explain {
            explain::write(&explained, number, &mut out)?;
        }
        if let Some(rows) = args.explain_region {
            explain::write_region(&explained, rows, &mut out)?;
        }
        out.finish()?;
        return Ok(Outcome::AllWell);
    }
    let bitext = if args.vectors.is_empty() {
        aligner.align(articles)?
    } else {
        align_vectors(aligner, articles, &args.vectors)?
    };
    warn_of(&bitext);
    for (source, target) in &args.pairs {
        if [*source, *target].iter().any(|one| bitext.article(*one).is_none()) {
            return Err(format!("--pairs {source}-{target}: an article is missing").into());
        }
    }
    write(&bitext, args.format(), &args.selection(), &mut out)?;
    out.finish()?;
    Ok(Outcome::AllWell)
}

/// Prints the warnings about a bitext.
fn warn_of(bitext: &Bitext) {
    bitext.warnings().iter().for_each(warn);
    if let Some(question) = swapped_articles(bitext.warnings()) {
        complain(format_args!("warning: {question}"));
    }
}

/// Asks whether articles were swapped, if their texts are in each other's language.
fn swapped_articles(warnings: &[Warning]) -> Option<String> {
    let mut others = Vec::new();
    for warning in warnings {
        let Warning::OtherLanguage { given, found, .. } = warning else { continue };
        others.push((*given, found.as_str()));
    }
    let mut options: Vec<String> = Vec::new();
    for (given, _) in &others {
        if others.iter().any(|(_, found)| given.name() == Some(found)) {
            options.push(if ["en", "uk", "de"].contains(&given.code()) {
                format!("--{given}")
            } else {
                format!("--text {given}")
            });
        }
    }
    match &options[..] {
        [one, other] => Some(format!("were {one} and {other} swapped?")),
        [one, other, third] => Some(format!("were {one}, {other} and {third} mixed up?")),
        _ => None,
    }
}

fn warn(warning: &Warning) {
    let is_about_model = matches!(warning, Warning::LanguageNotInModel { .. });
    let option = if is_about_model { " (--model)" } else { "" };
    complain(format_args!("warning: {warning}{option}"));
}

/// Warns once about each language that the model or the splitter does not know; the JSON lines repeat the
/// warning.
fn warn_once(bitext: &Bitext, warned: &Mutex<BTreeSet<(&'static str, Language)>>) {
    for warning in bitext.warnings() {
        let about = match warning {
            Warning::LanguageNotInModel { language, .. } => ("model", *language),
            Warning::NoSplittingRules { language, .. } => ("splitter", *language),
            _ => continue,
        };
        if warned.lock().is_ok_and(|mut warned| warned.insert(about)) {
            warn(warning);
        }
    }
}

const GIVE_LANGUAGE: &str = "with --text LANG=FILE, such as --text en=FILE";

/// The articles of the command line, each with its path as id.
fn read_articles(args: &Args) -> Result<Vec<Article>, Failure> {
    let named = [
        (Language::ENGLISH, &args.en),
        (Language::UKRAINIAN, &args.uk),
        (Language::GERMAN, &args.de),
    ];
    let mut given = Vec::new();
    for (language, path) in named {
        given.extend(path.iter().map(|path| GivenArticle { language: Some(language), path }));
    }
    given.extend(
        args.text.iter().map(|(language, path)| GivenArticle { language: Some(*language), path }),
    );
    given.extend(args.files.iter().map(|path| GivenArticle { language: None, path }));
    if !(2..=3).contains(&given.len()) {
        let advice = if given.len() > 3 { ": align two or three at a time" } else { "" };
        let why = format!("an alignment needs two or three articles, got {}{advice}", given.len());
        return Err(Usage(why).into());
    }
    check_stdin(given.iter().map(|article| article.path))?;
    let mut articles = Vec::with_capacity(given.len());
    for GivenArticle { language, path } in given {
        let id =
            if is_standard_stream(path) { "stdin".to_string() } else { path.display().to_string() };
        let unsure = |error: bitext::Error| match error.kind() {
            bitext::ErrorKind::RussianForUkrainian => error.to_string(),
            _ => format!("{error} ({GIVE_LANGUAGE})"),
        };
        let text = match read_article(path)? {
            TextOrPage::Text(text) => text,
            TextOrPage::Page(page) => {
                let article = if args.navigation {
                    page.article_with_navigation(language)
                } else {
                    page.article(language)
                };
                articles.push(article.map_err(unsure)?.with_id(id));
                continue;
            }
        };
        let language = match language {
            Some(language) => language,
            None if text.trim().is_empty() => {
                return Err(format!(
                    "{id} has no text to detect its language: name it {GIVE_LANGUAGE}"
                )
                .into());
            }
            None => bitext::language::require(&id, &text).map_err(unsure)?,
        };
        articles.push(Article::new(language, text).with_id(id));
    }
    Ok(articles)
}

fn write(
    bitext: &Bitext,
    format: AlignFormat,
    selection: &Selection,
    out: &mut Output,
) -> Result<(), Failure> {
    match format {
        AlignFormat::Table => table::write(bitext, selection, out)?,
        AlignFormat::Jsonl => writeln!(out, "{}", to_json(bitext, selection))?,
        AlignFormat::Tsv => {
            let languages: Vec<Language> = bitext.languages().collect();
            let mut writer = TsvWriter::new(out, &languages, selection.clone())?;
            writer.write(bitext)?;
            writer.finish()?;
        }
        AlignFormat::Tmx => {
            let source = bitext.languages().next().unwrap_or(Language::ENGLISH);
            let mut writer = TmxWriter::new(out, source, selection.clone())?;
            writer.write(bitext)?;
            writer.finish()?;
        }
        AlignFormat::Vecalign | AlignFormat::Ladder => {
            let languages: Vec<Language> = bitext.languages().collect();
            let (source, target) = match (&selection.rows, &languages[..]) {
                (Rows::Beads(pairs), _) if pairs.len() == 1 => pairs[0],
                (Rows::Units, [source, target]) => (*source, *target),
                _ => {
                    let why = "vecalign and ladder have two languages: name them with --pairs";
                    return Err(Usage(why.to_string()).into());
                }
            };
            match format {
                AlignFormat::Vecalign => {
                    bitext::format::write_vecalign(bitext, source, target, out)?
                }
                _ => bitext::format::write_ladder(bitext, source, target, out)?,
            }
        }
    }
    Ok(())
}
