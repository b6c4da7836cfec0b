//! `bitext fit`

use std::io::Write;
use std::path::{Path, PathBuf};

use bitext::align::{
    AlignConfig, Background, FitConfig, Noise, ParallelDocument, Weights, calibrate, fit,
    noisy_examples,
};
use bitext::{Embedder, Language};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_64;

use crate::io::messages::hints::counted;
use crate::io::messages::terminal::complain;
use crate::io::messages::terminal::printable;
use crate::io::read::input::read_text;
use crate::io::read::json_lines::JsonLines;
use crate::io::write::output::Output;
use crate::options::model::{ModelArgs, ModelReport};
use crate::{Failure, Outcome};

pub const HELP: &str = "\
Each line of DOCUMENTS is {\"id\" or \"doc_id\": ..., \"en\": [...], \"uk\": [...], \"de\": [...]} with two
or three languages, each with the same number of segments, which correspond in order. The aligner
learns from noisy copies of them: with merged, dropped, replaced and inserted sentences, with lines
of websites, and with unrelated endings. Confidences are calibrated on the held-out half, or on the
same documents if none is held out.

Exit status: 0 if all input was processed, 1 if the input could not be used, 2 if the command line
was wrong

Example:
  bitext fit news.jsonl manuals.jsonl -o weights.tsv";

/// Learn the weights of the aligner from parallel documents
#[derive(clap::Args)]
pub struct Args {
    /// Parallel documents, JSONL
    #[arg(value_name = "DOCUMENTS", required = true)]
    documents: Vec<PathBuf>,
    /// Output file, written atomically [default: standard output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Use up to N documents per file; if there are more, an evenly spaced sample is used
    #[arg(long, alias = "most", value_name = "N", default_value_t = 120)]
    max_documents: usize,
    /// Do not learn from this half of the documents, 0 or 1; a hash of the id assigns the halves
    #[arg(long, alias = "hold-out", value_name = "HALF", value_parser = clap::value_parser!(u8).range(0..2))]
    held_out_half: Option<u8>,
    /// List file and id of the documents of --held-out-half, and do not learn
    #[arg(long, alias = "list", requires = "held_out_half")]
    list_held_out: bool,
    /// Keep the weights of this feature or gap cost at 0, to measure its contribution
    #[arg(long, alias = "without", value_name = "NAME")]
    ablate: Vec<String>,
    /// Do not learn weights, but calibrate those of this file
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Most steps of the optimiser
    #[arg(long, value_name = "N", default_value_t = FitConfig::default().steps)]
    steps: usize,
    /// Variance of the Gaussian prior of the weights
    #[arg(long, alias = "variance", value_name = "V", default_value_t = FitConfig::default().prior_variance)]
    prior_variance: f64,
}

/// Maximum number of segments of a training example. Longer documents are split.
const MAX_SEGMENTS: usize = 40;
/// With fewer documents, a warning is printed: the learnt weights are often worse than the included
/// ones.
const ENOUGH_DOCUMENTS: usize = 100;

/// A parallel document of the input.
struct Document {
    id: String,
    /// The segments of each language, which may be no segments.
    sides: Vec<(Language, Vec<String>)>,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let paths = args.model.paths(args.documents.iter().map(PathBuf::as_path));
    paths.writing("-o", args.output.as_deref()).check()?;
    if args.list_held_out {
        return list_held_out(args);
    }
    let (model, report) = args.model.open()?.split();
    if let Some(path) = &args.weights {
        let weights: bitext::Result<Weights> = read_text(path)?.parse();
        let weights = weights.map_err(|error| format!("{}: {error}", path.display()))?;
        return calibrated(args, &*model, weights, report);
    }
    let (mut all, mut learnt_from) = (Vec::new(), 0);
    for path in &args.documents {
        let documents = training_documents(path, args)?;
        learnt_from += documents.len();
        let count = counted(documents.len(), "document");
        complain(format_args!("{}: {count}", path.display()));
        all.extend(noisy_examples(&*model, &documents, &Noise::ALL)?);
    }
    if learnt_from < ENOUGH_DOCUMENTS {
        complain(format_args!(
            "warning: learning from only {}: give at least {ENOUGH_DOCUMENTS}",
            counted(learnt_from, "document")
        ));
    }
    let settings = FitConfig::default()
        .with_steps(args.steps)
        .with_prior_variance(args.prior_variance)
        .with_ablated(args.ablate.clone());
    let background = Background::of_model(&*model)?;
    let config = AlignConfig::default().with_background(background);
    complain(counted(all.len(), "example"));
    let weights = fit(&all, &config, &settings, |step, likelihood| {
        if step % 10 == 0 || step + 1 == args.steps {
            complain(format_args!("step {step}: log-likelihood of an example {likelihood:.4}"));
        }
    })?;
    calibrated(args, &*model, weights, report)
}

/// Calibrates weights and writes them.
fn calibrated(
    args: &Args,
    model: &dyn Embedder,
    weights: Weights,
    report: ModelReport,
) -> Result<Outcome, Failure> {
    let background = Background::of_model(model)?;
    // As they will be written: rounded.
    let weights: Weights = weights.to_string().parse()?;
    let config = AlignConfig::default().with_weights(weights).with_background(background);
    let mut documents = Vec::new();
    for path in &args.documents {
        documents.extend(calibration_documents(path, args)?);
    }
    complain(format_args!("calibrating on {}", counted(documents.len(), "document")));
    let weights = calibrate(model, &documents, &Noise::ALL, &config)?;
    let mut out = Output::open(args.output.as_deref())?;
    writeln!(out, "# Weights of the aligner for {}, learnt by `bitext fit`", model.fingerprint())?;
    write!(out, "{weights}")?;
    out.finish()?;
    report.finish(true);
    Ok(Outcome::AllWell)
}

/// Lists the held-out documents.
fn list_held_out(args: &Args) -> Result<Outcome, Failure> {
    let mut out = Output::open(args.output.as_deref())?;
    for path in &args.documents {
        for document in read_documents(path)?.iter().filter(|document| held_out(document, args)) {
            let path = path.display().to_string();
            writeln!(out, "{}\t{}", printable(&path), document.id)?;
        }
    }
    out.finish()?;
    Ok(Outcome::AllWell)
}

/// Whether a document is in the half that is held out.
fn held_out(document: &Document, args: &Args) -> bool {
    args.held_out_half.is_some_and(|half| u64::from(half) == xxh3_64(document.id.as_bytes()) % 2)
}

/// All documents of a file.
///
/// # Errors
///
/// The first unusable line. It is not skipped, since other documents give other weights.
fn read_documents(path: &Path) -> Result<Vec<Document>, Failure> {
    let mut documents = Vec::new();
    JsonLines::open(path)?.for_each(|line| {
        let object: Map<String, Value> =
            serde_json::from_str(line.text()?).map_err(|error| line.error(error))?;
        documents.push(parse_document(&object, &line.place())?);
        Ok(())
    })?;
    Ok(documents)
}

/// The documents of a file to learn from. Long documents are split, and a sample is taken if there
/// are too many.
fn training_documents(path: &Path, args: &Args) -> Result<Vec<ParallelDocument>, Failure> {
    sample(path, args, |document| !held_out(document, args))
}

/// The documents of a file to calibrate on: the held-out half, or all if none is held out.
fn calibration_documents(path: &Path, args: &Args) -> Result<Vec<ParallelDocument>, Failure> {
    sample(path, args, |document| args.held_out_half.is_none() || held_out(document, args))
}

fn sample(
    path: &Path,
    args: &Args,
    keep: impl Fn(&Document) -> bool,
) -> Result<Vec<ParallelDocument>, Failure> {
    let mut documents = read_documents(path)?;
    documents.retain(keep);
    let parts: Vec<Document> = documents.into_iter().flat_map(parts).collect();
    let every = parts.len().div_ceil(args.max_documents.max(1)).max(1);
    let sample = parts.into_iter().step_by(every);
    let documents = sample.map(|part| ParallelDocument::new(part.id, part.sides));
    Ok(documents.collect::<bitext::Result<_>>()?)
}

/// Parses the object of a line, whose place is for messages.
fn parse_document(line: &Map<String, Value>, place: &str) -> Result<Document, Failure> {
    let id = line.get("id").or(line.get("doc_id"));
    let id = id.map(Value::to_string).ok_or_else(|| format!("{place}: no `id`"))?;
    let mut sides: Vec<(Language, Vec<String>)> = Vec::new();
    for (key, segments) in line.iter().filter(|(_, segments)| !segments.is_null()) {
        let Some(language) = bitext::language::from_name(key) else { continue };
        let segments: Option<Vec<String>> = segments.as_array().and_then(|segments| {
            segments.iter().map(|segment| segment.as_str().map(str::to_string)).collect()
        });
        let segments =
            segments.ok_or_else(|| format!("{place}: `{key}` is not an array of strings"))?;
        sides.push((language, segments));
    }
    sides.sort_by_key(|(language, _)| *language);
    if let Some(twice) = sides.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("{place}: two keys for `{}`", twice[0].0).into());
    }
    let counts: Vec<usize> = sides.iter().map(|(_, segments)| segments.len()).collect();
    if !(2..=3).contains(&counts.len()) || counts.iter().any(|count| *count != counts[0]) {
        return Err(format!(
            "{place}: needs two or three languages, with keys such as `en`, and equally many segments"
        )
        .into());
    }
    // A segment that is blank in one language is dropped in all of them.
    let kept: Vec<bool> = (0..counts[0])
        .map(|at| sides.iter().all(|(_, segments)| !segments[at].trim().is_empty()))
        .collect();
    for (_, segments) in &mut sides {
        let mut kept = kept.iter();
        segments.retain(|_| kept.next() == Some(&true));
    }
    Ok(Document { id, sides })
}

/// Splits a document into parts of up to [`MAX_SEGMENTS`] segments. A part of fewer than four
/// segments is dropped.
fn parts(document: Document) -> Vec<Document> {
    const MIN_SEGMENTS: usize = 4;
    let count = document.sides[0].1.len();
    let part = |start: usize| Document {
        id: format!("{}:{start}", document.id),
        sides: document
            .sides
            .iter()
            .map(|(language, segments)| {
                let end = (start + MAX_SEGMENTS).min(count);
                (*language, segments[start..end].to_vec())
            })
            .collect(),
    };
    (0..count)
        .step_by(MAX_SEGMENTS)
        .filter(|start| count - start >= MIN_SEGMENTS)
        .map(part)
        .collect()
}
