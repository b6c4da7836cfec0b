//! Trains a model and reports the progress.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bitext::train::{
    PairFile, RetrievalAccuracy, TextFile, TrainConfig, TrainInputs, TrainProgress, Trainer,
    WordFile,
};
use bitext::{Embedder, StaticEmbedder};

use super::args::{Args, ParallelFile};
use crate::io::messages::terminal::complain;
use crate::io::write::output::Output;
use crate::options::model::{ModelArgs, is_transformer};
use crate::{Failure, Outcome};

/// Texts between two messages about the progress of the teacher.
const TEXTS_PER_MESSAGE: usize = 8192;
/// Texts that the teacher embeds between two calls for progress, at most.
const MAX_TEACHER_BATCH: usize = 512;

/// The file of the measurements in the folder of the state.
const METRICS: &str = "metrics.jsonl";

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    args.check_paths()?;
    let config = args.config();
    let steps = config.steps;
    if let Some(folder) = &args.state {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    }
    let path = args.state.as_ref().map(|folder| folder.join(METRICS));
    let mut metrics = Metrics { path, lines: Vec::new() };
    let teacher = match &args.teacher {
        Some(_) => Some(args.teacher_options().open()?.embedder),
        None => None,
    };
    let mut trainer = Trainer::new(args.inputs()).with_config(config);
    if let Some(teacher) = teacher.as_deref() {
        trainer = trainer.with_teacher(teacher);
    }
    if let Some(folder) = &args.state {
        trainer = trainer.with_state_folder(folder);
    }
    let trained = trainer.train_with_progress(|progress| report(progress, steps, &mut metrics))?;
    metrics.add(steps, None, &trained.accuracies);
    if let Err(error) = metrics.write() {
        complain(format_args!("warning: the metrics are lost: {error}"));
    }
    complain(format_args!("the model in 8 bits:{}", percentages(&trained.accuracies)));
    let mut out = Output::open(Some(&args.output))?;
    out.write_all(&trained.bytes)?;
    out.finish()?;
    let model = StaticEmbedder::from_bytes(trained.bytes)?;
    complain(format_args!("{}: {}", args.output.display(), model.fingerprint()));
    Ok(Outcome::AllWell)
}

impl Args {
    /// Refuses an output that is an input or another output.
    fn check_paths(&self) -> Result<(), Failure> {
        let parallel = self.parallel.iter().chain(&self.terms).chain(&self.dev);
        let parallel = parallel.map(|file| &file.path);
        let others = self.word_list.iter().chain(&self.monolingual).map(|file| &file.path);
        let inputs = parallel.chain(others).chain(&self.vocabulary).map(PathBuf::as_path);
        let teacher = self.teacher_options();
        let mut paths = teacher.paths(inputs).writing("-o", Some(&self.output));
        for name in ["state.bin", METRICS] {
            if let Some(folder) = &self.state {
                paths = paths.writing("--state", Some(&folder.join(name)));
            }
        }
        paths.check()
    }

    /// The teacher as the options of any model.
    fn teacher_options(&self) -> ModelArgs {
        let threads = self.threads.and_then(|threads| u16::try_from(threads).ok());
        let is_transformer =
            self.teacher.as_deref().is_some_and(|teacher| is_transformer(Path::new(teacher)));
        ModelArgs {
            model: self.teacher.clone(),
            prefix: self.prefix.clone(),
            model_threads: threads.filter(|threads| is_transformer && *threads > 0),
            cache: self.cache.clone(),
        }
    }

    fn inputs(&self) -> TrainInputs {
        let mut inputs = TrainInputs::default();
        inputs.pairs = self.parallel.iter().map(ParallelFile::pairs).collect();
        inputs.pairs.extend(self.terms.iter().map(|file| {
            let mut terms = file.pairs();
            terms.max_joined = self.max_joined_terms;
            terms
        }));
        let words = self.word_list.iter();
        inputs.words = words.map(|file| WordFile::new(file.language, &file.path)).collect();
        let texts = self.monolingual.iter();
        inputs.texts = texts.map(|file| TextFile::new(file.language, &file.path)).collect();
        inputs.dev = self.dev.iter().map(ParallelFile::pairs).collect();
        inputs.skipped_sources = self.skip_source.clone();
        inputs.vocabulary = self.vocabulary.clone();
        inputs
    }

    fn config(&self) -> TrainConfig {
        let mut config = TrainConfig::default();
        set(&mut config.name, self.name.clone());
        set(&mut config.vocabulary.subwords, self.vocabulary_size);
        set(&mut config.vocabulary.frequency_exponent, self.frequency_exponent);
        set(&mut config.word_list_weight, self.word_list_weight);
        set(&mut config.dimension, self.dimension);
        set(&mut config.teacher_pairs, self.teacher_pairs);
        set(&mut config.steps, self.steps);
        set(&mut config.batch_size, self.batch_size);
        set(&mut config.logit_scale, self.logit_scale);
        set(&mut config.learning_rate, self.learning_rate);
        set(&mut config.dropout, self.dropout);
        set(&mut config.subword_resampling, self.subword_resampling);
        set(&mut config.sampling_exponent, self.sampling_exponent);
        set(&mut config.seed, self.seed);
        set(&mut config.threads, self.threads);
        set(&mut config.checkpoint_interval, self.checkpoint_interval);
        config
    }
}

/// Replaces a default by the value that was given, if any.
fn set<T>(setting: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *setting = given;
    }
}

impl ParallelFile {
    fn pairs(&self) -> PairFile {
        let mut file = PairFile::new(self.languages, &self.path);
        file.weight = self.weight;
        file
    }
}

fn report(progress: &TrainProgress, steps: u64, metrics: &mut Metrics) {
    match progress {
        TrainProgress::InputsRead { texts, pairs } => {
            complain(format_args!("{pairs} pairs, {texts} texts"))
        }
        TrainProgress::VocabularyReady { subwords } => {
            complain(format_args!("{subwords} subwords"));
        }
        TrainProgress::TeacherEmbedded { texts, total }
            if texts % TEXTS_PER_MESSAGE < MAX_TEACHER_BATCH || texts == total =>
        {
            complain(format_args!("teacher: {texts} of {total} texts"));
        }
        TrainProgress::Resumed { step } => {
            metrics.resume(*step);
            complain(format_args!("resuming at step {step}"));
        }
        TrainProgress::StepsDone { step, loss, accuracies } => {
            metrics.add(*step, Some(*loss), accuracies);
            let accuracies = percentages(accuracies);
            complain(format_args!("step {step} of {steps}: loss {loss:.4}{accuracies}"));
        }
        _ => {}
    }
}

/// The measurements of a run: one JSON object per line.
struct Metrics {
    path: Option<PathBuf>,
    lines: Vec<String>,
}

impl Metrics {
    /// Keeps the lines of an earlier run up to the step from which this run resumes.
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

    /// Adds a line. If it has accuracies, the file is written again.
    fn add(&mut self, step: u64, loss: Option<f64>, accuracies: &[RetrievalAccuracy]) {
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

/// ` | SET PERCENT` for each dev set.
fn percentages(accuracies: &[RetrievalAccuracy]) -> String {
    let mut line = String::new();
    for accuracy in accuracies {
        let _ = write!(line, " | {} {:.2}", accuracy.set, 100.0 * accuracy.accuracy);
    }
    line
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn the_defaults_in_the_help_are_those_of_the_library() {
        let config = TrainConfig::default();
        let defaults = [
            ("name", config.name.clone()),
            ("vocabulary_size", config.vocabulary.subwords.to_string()),
            ("frequency_exponent", config.vocabulary.frequency_exponent.to_string()),
            ("word_list_weight", config.word_list_weight.to_string()),
            ("dimension", config.dimension.to_string()),
            ("teacher_pairs", config.teacher_pairs.to_string()),
            ("steps", config.steps.to_string()),
            ("batch_size", config.batch_size.to_string()),
            ("logit_scale", config.logit_scale.to_string()),
            ("learning_rate", config.learning_rate.to_string()),
            ("dropout", config.dropout.to_string()),
            ("subword_resampling", config.subword_resampling.to_string()),
            ("sampling_exponent", config.sampling_exponent.to_string()),
            ("seed", config.seed.to_string()),
            ("checkpoint_interval", config.checkpoint_interval.to_string()),
        ];
        let command = Cli::command();
        for (flag, default) in defaults {
            let argument = command.get_arguments().find(|argument| argument.get_id() == flag);
            let help = argument.and_then(clap::Arg::get_help).unwrap().to_string();
            assert!(help.contains(&format!("[default: {default}]")), "{flag}: {help}");
        }
    }

    #[test]
    fn no_flag_leaves_the_defaults_of_the_library() {
        let cli = Cli::parse_from(["train", "--parallel", "pl,en=a.tsv", "-o", "b.bitext"]);
        assert_eq!(cli.args.config(), TrainConfig::default());
    }
}
