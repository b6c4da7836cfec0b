//! `bitext train`: arguments.

use std::path::PathBuf;

use bitext::Language;

pub const HELP: &str = "\
PAIRS is LANG,LANG[:WEIGHT]=FILE. FILE is TSV: two texts per line, optionally preceded by a source
name. Each batch comes from one source, so genre cannot give pairs away. WEIGHT scales how often
the pairs of the file are sampled.

Retrieval in the dev sets is measured (CSLS with k = 4); they are never learnt from.

Exit status: 0 if all went well, 1 if an input could not be used, 2 if the command line was wrong

Examples:
  bitext train --parallel pl,en=europarl.tsv --terms pl,en:0.3=dictionary.tsv \\
    --word-list pl=frequencies.tsv --dev pl,en=dev.tsv --state work -o polish.bitext
  bitext embed --lang pl --model polish.bitext < sentences.txt";

/// Train a static embedding model from parallel texts (feature `train`)
// A script passes its settings and appends those of its caller: the last value counts. Without the
// feature the flags are declared, but nothing reads them.
#[derive(clap::Args)]
#[command(args_override_self = true)]
#[cfg_attr(not(feature = "train"), allow(dead_code))]
pub struct Args {
    /// Parallel sentences
    #[arg(long, alias = "pairs", value_name = "PAIRS", value_parser = parallel_file, required = true)]
    pub parallel: Vec<ParallelFile>,
    /// Terms and names in two languages
    #[arg(long, value_name = "PAIRS", value_parser = parallel_file)]
    pub terms: Vec<ParallelFile>,
    /// Words with their frequencies for the vocabulary: TSV
    #[arg(long, alias = "words", value_name = "LANG=FILE", value_parser = language_file)]
    pub word_list: Vec<LanguageFile>,
    /// Sentences in one language, one per line, for the vocabulary and the teacher
    #[arg(long, alias = "texts", value_name = "LANG=FILE", value_parser = language_file)]
    pub monolingual: Vec<LanguageFile>,
    /// Parallel sentences to measure with
    #[arg(long, value_name = "PAIRS", value_parser = parallel_file)]
    pub dev: Vec<ParallelFile>,
    /// Ignore the pairs of this source
    #[arg(long, alias = "skip", value_name = "SOURCE")]
    pub skip_source: Vec<String>,
    /// Use this vocabulary: TSV of subwords and log probabilities [default: learn one]
    #[arg(long, value_name = "FILE")]
    pub vocabulary: Option<PathBuf>,
    /// Keep the state and metrics.jsonl in this folder, and resume from there
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// Output file of the model, written atomically
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// Name of the model, up to 16 bytes [default: static]
    #[arg(long)]
    pub name: Option<String>,
    /// Number of subwords in the vocabulary [default: 32000]
    #[arg(long, alias = "pieces", value_name = "N")]
    pub vocabulary_size: Option<usize>,
    /// Raise word frequencies to this power for the vocabulary; below 1, rare words count more
    /// [default: 0.75]
    #[arg(long, alias = "damping", value_name = "P")]
    pub frequency_exponent: Option<f64>,
    /// Share of the word lists in the frequencies for the vocabulary [default: 0.5]
    #[arg(long, alias = "listed", value_name = "SHARE")]
    pub word_list_weight: Option<f64>,
    /// Dimension of the vectors [default: 256]
    #[arg(long, value_name = "D")]
    pub dimension: Option<usize>,
    /// Model whose vectors initialise the subwords: a model file or (feature `candle`
    /// or `rust-bert`) the folder of a transformer [default: none]
    #[arg(long, value_name = "PATH")]
    pub teacher: Option<String>,
    /// Text to put before every input of the teacher (feature `candle` or `rust-bert`)
    #[arg(long, value_name = "TEXT", requires = "teacher")]
    pub prefix: Option<String>,
    /// File of the teacher's vectors to reuse and extend (feature `cache`)
    #[arg(long, value_name = "FILE", requires = "teacher")]
    pub cache: Option<PathBuf>,
    /// Approximate number of pairs that the teacher embeds [default: 20000]
    #[arg(long, alias = "taught", value_name = "N")]
    pub teacher_pairs: Option<usize>,
    /// Number of optimisation steps [default: 4000]
    #[arg(long, value_name = "N")]
    pub steps: Option<u64>,
    /// Number of pairs in a batch [default: 1024]
    #[arg(long, alias = "batch", value_name = "N")]
    pub batch_size: Option<usize>,
    /// Factor that cosines are multiplied by before the softmax [default: 20]
    #[arg(long, alias = "scale", value_name = "X")]
    pub logit_scale: Option<f32>,
    /// Learning rate of the first step [default: 0.01]
    #[arg(long, alias = "rate", value_name = "X")]
    pub learning_rate: Option<f32>,
    /// Share of words that are dropped [default: 0.1]
    #[arg(long, value_name = "SHARE")]
    pub dropout: Option<f64>,
    /// Share of words that are split into smaller subwords than the best [default: 0.1]
    #[arg(long, alias = "recut", value_name = "SHARE")]
    pub subword_resampling: Option<f64>,
    /// Sample a source of n pairs in proportion to n^P [default: 0.75]
    #[arg(long, alias = "evenness", value_name = "P")]
    pub sampling_exponent: Option<f64>,
    /// Join up to N terms into one text
    #[arg(long, alias = "join", value_name = "N", default_value_t = 4)]
    pub max_joined_terms: usize,
    /// Seed of the random numbers [default: 1]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Number of threads; does not affect the output [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Number of steps between two measurements, each of which saves the state [default: 500]
    #[arg(long, alias = "interval", value_name = "N")]
    pub checkpoint_interval: Option<u64>,
}

/// A file of texts in two languages.
#[derive(Clone)]
#[cfg_attr(not(feature = "train"), allow(dead_code))]
pub struct ParallelFile {
    pub languages: [Language; 2],
    pub weight: f64,
    pub path: PathBuf,
}

/// A file of texts or words in one language.
#[derive(Clone)]
#[cfg_attr(not(feature = "train"), allow(dead_code))]
pub struct LanguageFile {
    pub language: Language,
    pub path: PathBuf,
}

/// Parses `LANG,LANG[:WEIGHT]=FILE`.
fn parallel_file(text: &str) -> Result<ParallelFile, String> {
    let (languages, path) = text.split_once('=').ok_or("not LANG,LANG=FILE")?;
    let (languages, weight) = match languages.split_once(':') {
        None => (languages, 1.0),
        Some((languages, weight)) => {
            let weight = weight.parse::<f64>().ok().filter(|weight| weight.is_finite());
            let weight = weight.filter(|weight| *weight > 0.0);
            (languages, weight.ok_or("the weight must be a number above 0")?)
        }
    };
    let (one, other) = languages.split_once(',').ok_or("needs two languages: LANG,LANG=FILE")?;
    Ok(ParallelFile { languages: [language(one)?, language(other)?], weight, path: path.into() })
}

/// Parses `LANG=FILE`.
fn language_file(text: &str) -> Result<LanguageFile, String> {
    let (code, path) = text.split_once('=').ok_or("not LANG=FILE")?;
    Ok(LanguageFile { language: language(code)?, path: path.into() })
}

fn language(code: &str) -> Result<Language, String> {
    code.parse().map_err(|error: bitext::Error| error.to_string())
}
