//! `bitext train`

use std::fmt::Write as _;
use std::path::PathBuf;

use bitext::train::{Accuracy, Inputs, PairFile, Progress, TextFile, TrainConfig, WordFile, train};
use bitext::{Embedder, Language, StaticEmbedder};
use std::io::Write as _;

use crate::io::read::model::ModelArgs;
use crate::io::write::output::{Output, complain};
use crate::{Failure, Outcome};

pub const HELP: &str = "\
PAIRS is LANG,LANG[:WEIGHT]=FILE with a TSV file of two texts a line, or of the name of a
source and two texts. Pairs of one source go into one batch, so the kind of text gives
nothing away. Terms are joined, up to four at a time. Dev sets are measured with (retrieval
by CSLS, k = 4) and never learnt from.

Example:
  bitext train --pairs pl,en=europarl.tsv --terms pl,en:0.3=dictionary.tsv \\
    --words pl=frequencies.tsv --dev pl,en=dev.tsv --state work -o polish.bitext
  bitext embed --lang pl --model polish.bitext < sentences.txt

Exit status: 0 all went well, 1 an input could not be used, 2 wrong usage";

/// Trains a static model from parallel texts.
// A script gives its settings, and who calls it others: the last one holds.
#[derive(clap::Args)]
#[command(args_override_self = true)]
pub struct Args {
    /// Parallel sentences.
    #[arg(long, value_name = "PAIRS", value_parser = pairs, required = true)]
    pairs: Vec<PairFile>,
    /// Terms and names in two languages.
    #[arg(long, value_name = "PAIRS", value_parser = pairs)]
    terms: Vec<PairFile>,
    /// Words with their frequencies, for the vocabulary: LANG=FILE, TSV.
    #[arg(long, value_name = "WORDS", value_parser = words)]
    words: Vec<WordFile>,
    /// Texts in one language, a sentence a line: LANG=FILE.
    #[arg(long, value_name = "TEXTS", value_parser = texts)]
    texts: Vec<TextFile>,
    /// Parallel sentences to measure with.
    #[arg(long, value_name = "PAIRS", value_parser = pairs)]
    dev: Vec<PairFile>,
    /// Leave out the pairs of this source.
    #[arg(long, value_name = "SOURCE")]
    skip: Vec<String>,
    /// Use this vocabulary: TSV of pieces and log probabilities
    #[arg(long, value_name = "FILE")]
    vocabulary: Option<PathBuf>,
    /// Keep the state in this folder, and go on from there; metrics.jsonl is written there
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Write the model to this file, whole or not at all
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Name of the model, up to 16 bytes.
    #[arg(long, default_value_t = TrainConfig::default().name)]
    name: String,
    /// Pieces of the vocabulary.
    #[arg(long, value_name = "N", default_value_t = TrainConfig::default().vocabulary.pieces)]
    pieces: usize,
    /// Power that counts are raised to for the vocabulary; below 1 rare words weigh more.
    #[arg(long, value_name = "P", default_value_t = TrainConfig::default().vocabulary.damping)]
    damping: f64,
    /// Share of the lists of words in the counts for the vocabulary.
    #[arg(long, value_name = "SHARE", default_value_t = TrainConfig::default().listed)]
    listed: f64,
    /// Dimension of the vectors.
    #[arg(long, value_name = "D", default_value_t = TrainConfig::default().dimension)]
    dimension: usize,
    /// The teacher that tells where pieces start: a model file, or the folder of a
    /// transformer where built with the feature `rust-bert` [default: none]
    #[arg(long, value_name = "DIR")]
    teacher: Option<String>,
    /// Put this before each text for the teacher, as some transformers want it.
    #[cfg(feature = "rust-bert")]
    #[arg(long, value_name = "TEXT", requires = "teacher")]
    prefix: Option<String>,
    /// Keep the teacher's vectors in this file, for the next run too
    #[cfg(feature = "cache")]
    #[arg(long, value_name = "FILE", requires = "teacher")]
    cache: Option<PathBuf>,
    /// About how many pairs the teacher is asked about.
    #[arg(long, value_name = "N", default_value_t = TrainConfig::default().taught)]
    taught: usize,
    /// Steps of the optimisation.
    #[arg(long, value_name = "N", default_value_t = TrainConfig::default().steps)]
    steps: u64,
    /// Pairs in a batch.
    #[arg(long, value_name = "N", default_value_t = TrainConfig::default().batch)]
    batch: usize,
    /// What cosines are multiplied with before the softmax.
    #[arg(long, value_name = "X", default_value_t = TrainConfig::default().scale)]
    scale: f32,
    /// Rate of learning at the start.
    #[arg(long, value_name = "X", default_value_t = TrainConfig::default().rate)]
    rate: f32,
    /// Share of words that are dropped.
    #[arg(long, value_name = "SHARE", default_value_t = TrainConfig::default().dropout)]
    dropout: f64,
    /// Share of words that are cut into smaller pieces than best.
    #[arg(long, value_name = "SHARE", default_value_t = TrainConfig::default().recut)]
    recut: f64,
    /// A source of n pairs is drawn with a chance of n to this power.
    #[arg(long, value_name = "P", default_value_t = TrainConfig::default().evenness)]
    evenness: f64,
    /// Most terms that are joined.
    #[arg(long, value_name = "N", default_value_t = 4)]
    join: usize,
    /// Start of the random numbers.
    #[arg(long, value_name = "N", default_value_t = TrainConfig::default().seed)]
    seed: u64,
    /// Threads; they change nothing but the time [default: all cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Steps between two measurements and kept states.
    #[arg(long, value_name = "N", default_value_t = TrainConfig::default().interval)]
    interval: u64,
}

impl Args {
    // With all features nothing is left to the default.
    #[allow(clippy::needless_update)]
    fn teacher(&self) -> ModelArgs {
        ModelArgs {
            model: self.teacher.clone(),
            #[cfg(feature = "rust-bert")]
            prefix: self.prefix.clone(),
            #[cfg(feature = "rust-bert")]
            model_threads: u16::try_from(self.threads).ok().filter(|threads| *threads > 0),
            #[cfg(feature = "cache")]
            cache: self.cache.clone(),
            ..ModelArgs::default()
        }
    }
}

impl Args {
    /// Refuses an output that is an input or another output.
    fn check_paths(&self) -> Result<(), Failure> {
        let pairs = self.pairs.iter().chain(&self.terms).chain(&self.dev).map(|file| &file.path);
        let words = self.words.iter().map(|file| &file.path);
        let texts = self.texts.iter().map(|file| &file.path);
        let inputs = pairs.chain(words).chain(texts).chain(&self.vocabulary);
        let teacher = self.teacher();
        let mut paths = teacher.paths(inputs.map(PathBuf::as_path));
        paths = paths.writing("-o", Some(&self.output));
        for name in ["state.bin", "metrics.jsonl"] {
            if let Some(folder) = &self.state {
                paths = paths.writing("--state", Some(&folder.join(name)));
            }
        }
        paths.check()
    }
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    args.check_paths()?;
    let mut inputs = Inputs::default();
    inputs.pairs = args.pairs.clone();
    inputs.pairs.extend(args.terms.iter().cloned().map(|mut file| {
        file.join = args.join;
        file
    }));
    inputs.words = args.words.clone();
    inputs.texts = args.texts.clone();
    inputs.measured = args.dev.clone();
    inputs.skip = args.skip.clone();
    inputs.vocabulary = args.vocabulary.clone();
    let mut config = TrainConfig::default();
    config.name = args.name.clone();
    config.vocabulary.pieces = args.pieces;
    config.vocabulary.damping = args.damping;
    config.listed = args.listed;
    config.dimension = args.dimension;
    config.taught = args.taught;
    config.steps = args.steps;
    config.batch = args.batch;
    config.scale = args.scale;
    config.rate = args.rate;
    config.dropout = args.dropout;
    config.recut = args.recut;
    config.evenness = args.evenness;
    config.seed = args.seed;
    config.threads = args.threads;
    config.interval = args.interval;
    if let Some(folder) = &args.state {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    }
    let mut metrics =
        Metrics { path: args.state.as_ref().map(|at| at.join("metrics.jsonl")), lines: Vec::new() };
    let teacher = match &args.teacher {
        Some(_) => Some(args.teacher().open()?.embedder),
        None => None,
    };
    let teacher = teacher.as_deref();
    let trained =
        train(&inputs, &config, teacher, args.state.as_deref(), |progress| match progress {
            Progress::Read { texts, pairs } => {
                complain(format_args!("{pairs} pairs, {texts} texts"))
            }
            Progress::Vocabulary { pieces } => complain(format_args!("{pieces} pieces")),
            Progress::Taught { texts, of } if texts % 8192 < 512 || texts == of => {
                complain(format_args!("teacher: {texts} of {of} texts"));
            }
            Progress::Resumed { step } => {
                metrics.resume(*step);
                complain(format_args!("goes on at step {step}"));
            }
            Progress::Step { step, loss, accuracies } => {
                metrics.add(*step, Some(*loss), accuracies);
                let accuracies = told(accuracies);
                complain(format_args!("step {step} of {}: loss {loss:.4}{accuracies}", args.steps));
            }
            _ => {}
        })?;
    metrics.add(args.steps, None, &trained.accuracies);
    if let Some(error) = metrics.write().err() {
        complain(format_args!("the metrics are not kept: {error}"));
    }
    complain(format_args!("the model in 8 bits:{}", told(&trained.accuracies)));
    let mut out = Output::open(Some(&args.output))?;
    out.write_all(&trained.bytes)?;
    out.finish()?;
    let model = StaticEmbedder::from_bytes(trained.bytes)?;
    complain(format_args!("{}: {}", args.output.display(), model.fingerprint()));
    Ok(Outcome::AllWell)
}

/// What is told of a run, a JSON object a line.
struct Metrics {
    path: Option<PathBuf>,
    lines: Vec<String>,
}

impl Metrics {
    /// Keeps of an earlier part what is not done anew.
    fn resume(&mut self, step: u64) {
        let Some(text) = self.path.as_ref().and_then(|path| std::fs::read_to_string(path).ok())
        else {
            return;
        };
        for line in text.lines() {
            let at = serde_json::from_str::<serde_json::Value>(line).ok();
            let at = at.and_then(|line| line.get("step").and_then(serde_json::Value::as_u64));
            if at.is_some_and(|at| at <= step) {
                self.lines.push(line.to_string());
            }
        }
    }

    /// Adds a line; with accuracies the file is written anew.
    fn add(&mut self, step: u64, loss: Option<f64>, accuracies: &[Accuracy]) {
        let accuracies: serde_json::Map<String, serde_json::Value> = accuracies
            .iter()
            .map(|accuracy| (accuracy.set.clone(), accuracy.accuracy.into()))
            .collect();
        let measured = !accuracies.is_empty();
        let line = serde_json::json!({ "step": step, "loss": loss, "accuracy": accuracies });
        self.lines.push(line.to_string());
        if measured {
            let _ = self.write();
        }
    }

    fn write(&self) -> Result<(), Failure> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut out = Output::open(Some(path))?;
        for line in &self.lines {
            writeln!(out, "{line}")?;
        }
        out.finish()
    }
}

fn told(accuracies: &[Accuracy]) -> String {
    let mut line = String::new();
    for accuracy in accuracies {
        let _ = write!(line, " | {} {:.2}", accuracy.set, 100.0 * accuracy.accuracy);
    }
    line
}

/// LANG,LANG[:WEIGHT]=FILE
fn pairs(text: &str) -> Result<PairFile, String> {
    let (languages, weight, path) = parts(text)?;
    let languages: Vec<Language> = languages
        .split(',')
        .map(|code| code.parse::<Language>().map_err(|error| error.to_string()))
        .collect::<Result<_, _>>()?;
    let languages = languages.try_into().map_err(|_| "needs two languages: LANG,LANG=FILE")?;
    let mut file = PairFile::new(languages, path);
    file.weight = weight;
    Ok(file)
}

/// LANG=FILE
fn words(text: &str) -> Result<WordFile, String> {
    let (language, _, path) = parts(text)?;
    let language = language.parse::<Language>().map_err(|error| error.to_string())?;
    Ok(WordFile::new(language, path))
}

/// LANG=FILE
fn texts(text: &str) -> Result<TextFile, String> {
    let (language, _, path) = parts(text)?;
    let language = language.parse::<Language>().map_err(|error| error.to_string())?;
    Ok(TextFile::new(language, path))
}

fn parts(text: &str) -> Result<(&str, f64, &str), String> {
    let (languages, path) = text.split_once('=').ok_or("needs LANG=FILE")?;
    let (languages, weight) = match languages.split_once(':') {
        None => (languages, 1.0),
        Some((languages, weight)) => {
            let weight = weight.parse::<f64>().ok().filter(|weight| weight.is_finite());
            (languages, weight.filter(|weight| *weight > 0.0).ok_or("needs a weight above 0")?)
        }
    };
    Ok((languages, weight, path))
}
