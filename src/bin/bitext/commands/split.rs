//! `bitext split`

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bitext::article::BlockKind;
use bitext::cli_support::{parse_id, parse_object};
use bitext::html::{Page, PageHints};
use bitext::split::Segment;
use bitext::{Article, Id, Language, RuleSplitter, Splitter, Warning, text};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::io::messages::terminal::complain;
use crate::io::read::input::{TextOrPage, read_article};
use crate::io::stream::{self, Answer, LineError, line_text};
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::options::newlines::NewlinesArg;
use crate::options::threads::threads;
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
Each input line of --jsonl is {\"id\": ..., \"lang\": \"en\", \"text\": \"...\"}; without `lang` the
language is detected. A page, {\"id\": ..., \"html\": \"...\"}, may take the place of the text. Each
output line is {\"id\": ..., \"sentences\": [\"...\"]}, or for an unusable line
{\"id\", \"line\", \"error\"}.

Exit status: 0 if all input was processed, 1 if some input could not be used, 2 if the command line
was wrong

Examples:
  bitext split article.txt
  bitext split --kinds article.txt | grep -v ^boilerplate
  bitext split --lang de --format jsonl artikel.txt
  bitext split --jsonl < texts.jsonl > sentences.jsonl";

/// Split a text into sentences
#[derive(clap::Args)]
pub struct Args {
    /// Text to split; `-` for standard input [default: standard input]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Language, such as en, uk or fr [default: detected]
    #[arg(long, value_name = "LANG")]
    lang: Option<Language>,
    /// Output format: `text`, one sentence per line with white space folded, or `jsonl`, exact
    /// slices with byte offsets, {"text", "start", "end"}
    #[arg(long, value_enum, default_value = "text")]
    format: SplitFormat,
    /// Read JSON lines from FILE or standard input and write JSON lines
    #[arg(long, conflicts_with_all = ["format", "lang"])]
    jsonl: bool,
    /// Add the kind of each sentence, `text`, `heading` or `boilerplate` (such as menus); in pages also
    /// `list-item`, `caption`, `table-cell`, `aside` and `navigation`: a first
    /// column, the field `kind` of --format jsonl, or the field `kinds` of --jsonl
    #[arg(long)]
    kinds: bool,
    /// When a single newline ends a paragraph: `always`, `never` (it is a space), or `auto`, which
    /// decides by the shape of the text
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    newlines: NewlinesArg,
    /// Number of threads for --jsonl; does not affect the output [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum SplitFormat {
    Text,
    Jsonl,
}

#[derive(Serialize)]
struct SentenceOut<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    if args.threads.is_some() && !args.jsonl {
        return Err(Usage("--threads needs --jsonl".to_string()).into());
    }
    let input = args.file.as_deref().unwrap_or(Path::new("-"));
    Paths::reading([input]).writing("-o", None).check()?;
    let mut out = Output::open(None)?;
    if args.jsonl {
        let threads = threads(args.threads);
        let (splitter, kinds) = (args.newlines.splitter(), args.kinds);
        let warned = Mutex::<BTreeSet<Language>>::default();
        let answer = |number: usize, bytes: &[u8]| {
            split_line(splitter, kinds, number, bytes, &|language| {
                if warned.lock().is_ok_and(|mut warned| warned.insert(language)) {
                    warn_of_general_rules(language);
                }
            })
        };
        return stream::answer_lines(input, threads, &mut out, answer);
    }
    let article = match (read_article(input)?, args.lang) {
        (TextOrPage::Page(page), language) => page
            .article_with_navigation(language)
            .map_err(|error| format!("{error} (with --lang)"))?,
        (TextOrPage::Text(content), Some(language)) => Article::new(language, content),
        (TextOrPage::Text(content), None) => {
            let language = language_of(&input.display().to_string(), &content)
                .map_err(|error| format!("{error} (with --lang)"))?;
            Article::new(language, content)
        }
    };
    let splitter = args.newlines.splitter();
    if !splitter.has_rules(article.language()) && !text::is_blank(article.text()) {
        warn_of_general_rules(article.language());
    }
    for (segment, kind) in segments_with_kinds(splitter, &article) {
        let text = segment.text;
        match args.format {
            SplitFormat::Text => {
                let words: Vec<&str> = text.split_whitespace().collect();
                if args.kinds {
                    write!(out, "{kind}\t")?;
                }
                writeln!(out, "{}", words.join(" "))?;
            }
            SplitFormat::Jsonl => {
                let kind = args.kinds.then_some(kind);
                let (start, end) = (segment.span.start, segment.span.end);
                let line = SentenceOut { text, start, end, kind };
                writeln!(out, "{}", serde_json::to_string(&line)?)?;
            }
        }
    }
    out.finish()?;
    Ok(Outcome::AllWell)
}

fn warn_of_general_rules(language: Language) {
    let label = language.to_string();
    complain(format_args!("warning: {}", Warning::NoSplittingRules { article: label, language }));
}

/// The segments of an article, with their kinds. The kind of a page's block says more than the shape of its
/// text, except for running text.
fn segments_with_kinds(
    splitter: RuleSplitter,
    article: &Article,
) -> impl Iterator<Item = (Segment<'_>, &'static str)> {
    let mut blocks = article.blocks();
    splitter.segments(article.language(), article.text()).map(move |segment| {
        while blocks.first().is_some_and(|block| block.span.end <= segment.span.start) {
            blocks = &blocks[1..];
        }
        let kind = match blocks.first().map(|block| block.kind) {
            None | Some(BlockKind::Paragraph) => segment.kind.name(),
            Some(kind) => kind.name(),
        };
        (segment, kind)
    })
}

/// The language of a text. A blank text may have any.
fn language_of(label: &str, text: &str) -> bitext::Result<Language> {
    if text::is_blank(text) {
        return Ok(Language::ENGLISH);
    }
    bitext::language::require(label, text)
}

#[derive(Deserialize)]
struct TextIn<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    lang: Option<&'a RawValue>,
    #[serde(borrow, default)]
    text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    html: Option<&'a RawValue>,
}

#[derive(Serialize)]
struct SentencesOut<'a> {
    id: Option<Id>,
    sentences: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kinds: Option<Vec<&'static str>>,
}

/// Splits the text of a line. Calls `warn` if the splitter has no rules for its language.
fn split_line(
    splitter: RuleSplitter,
    kinds: bool,
    number: usize,
    bytes: &[u8],
    warn: &dyn Fn(Language),
) -> Answer {
    let line = line_text(number, bytes)?;
    let fields: TextIn<'_> =
        parse_object(line).map_err(|error| LineError::new(None, number, error))?;
    let id = parse_id(fields.id).map_err(|error| LineError::new(None, number, error))?;
    let refuse = |error: String| LineError::new(id.clone(), number, error);
    let string = |name: &str, value: Option<&RawValue>| match value.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(json) => match serde_json::from_str::<String>(json) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(refuse(format!("`{name}` must be a string"))),
        },
    };
    let lang = string("lang", fields.lang)?;
    let (text, html) = (string("text", fields.text)?, string("html", fields.html)?);
    let given = match lang {
        Some(code) => Some(code.parse().map_err(|error: bitext::Error| refuse(error.to_string()))?),
        None => None,
    };
    let unsure = |error: bitext::Error| refuse(error.to_string().replace("name it", "give `lang`"));
    let article = match (text, html, given) {
        (Some(text), _, Some(language)) => Article::new(language, text),
        (Some(text), _, None) => {
            let language = language_of("text", &text).map_err(unsure)?;
            Article::new(language, text)
        }
        (None, Some(html), language) => {
            let hints = PageHints::default().with_charset("utf-8".to_string());
            let page = Page::parse("`html`", html.as_bytes(), &hints);
            page.and_then(|page| page.article_with_navigation(language)).map_err(unsure)?
        }
        (None, None, _) => return Err(refuse("`text` is missing".to_string())),
    };
    if !splitter.has_rules(article.language()) && !text::is_blank(article.text()) {
        warn(article.language());
    }
    let (sentences, all_kinds): (Vec<&str>, Vec<&str>) =
        segments_with_kinds(splitter, &article).map(|(segment, kind)| (segment.text, kind)).unzip();
    let kinds = kinds.then_some(all_kinds);
    serde_json::to_string(&SentencesOut { id: id.clone(), sentences, kinds })
        .map_err(|error| refuse(error.to_string()))
}
