//! Training through the public API, on two artificial languages.

use std::path::{Path, PathBuf};

use bitext::embed::EmbedError;
use bitext::train::{
    PairFile, TextFile, TrainConfig, TrainError, TrainInputs, TrainProgress, TrainedModel, Trainer,
    VocabularyConfig,
};
use bitext::{Embedder, Language, StaticEmbedder};
use ndarray::Array2;

/// The library's random numbers, which it does not export.
#[allow(dead_code)]
#[path = "../src/split_mix.rs"]
mod split_mix;

use split_mix::SplitMix64;

const LANGUAGES: [Language; 2] = [Language::ENGLISH, Language::GERMAN];

const SYLLABLES: [[&str; 7]; 2] =
    [["ba", "do", "ki", "lu", "me", "no", "pe"], ["ras", "tif", "vug", "wox", "zan", "shi", "fey"]];

/// The word for a meaning. The two languages share no syllables.
fn word(meaning: usize, language: usize) -> String {
    let [a, b, c] = [meaning % 7, meaning / 7 % 7, meaning / 49];
    [a, b, c].map(|at| SYLLABLES[language][at]).concat()
}

/// Lines of a file of pairs. Each sentence has five words.
fn pairs(count: usize, start: usize) -> String {
    let sentence = |at: usize, language: usize| {
        let mut random = SplitMix64::new(at as u64);
        let mut words = Vec::new();
        for _ in 0..5 {
            words.push(word((random.next_u64() % 100) as usize, language));
        }
        words.join(" ")
    };
    (start..start + count)
        .map(|at| format!("made\t{}\t{}.\n", sentence(at, 0), sentence(at, 1)))
        .collect()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn pair_file(path: PathBuf) -> PairFile {
    PairFile::new(LANGUAGES, path)
}

fn inputs(folder: &Path) -> TrainInputs {
    let mut inputs = TrainInputs::default();
    inputs.pairs = vec![pair_file(file(folder, "pairs.tsv", &pairs(600, 0)))];
    inputs.dev = vec![pair_file(file(folder, "dev.tsv", &pairs(100, 600)))];
    inputs
}

fn config() -> TrainConfig {
    TrainConfig::default()
        .with_vocabulary(VocabularyConfig::default().with_subwords(150))
        .with_dimension(32)
        .with_batch_size(64)
        .with_steps(60)
        .with_learning_rate(0.03)
        .with_checkpoint_interval(20)
}

fn run(
    inputs: &TrainInputs,
    config: &TrainConfig,
    state: Option<&Path>,
) -> Result<TrainedModel, TrainError> {
    let trainer = Trainer::new(inputs.clone()).with_config(config.clone());
    match state {
        Some(folder) => trainer.with_state_folder(folder).train(),
        None => trainer.train(),
    }
}

#[test]
fn a_trained_model_finds_translations() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config();
    config.steps = 300;
    let trained = run(&inputs(folder.path()), &config, None).unwrap();
    assert_eq!(trained.accuracies.len(), 1);
    assert!(trained.accuracies[0].accuracy > 0.9, "{:?}", trained.accuracies);
    let model = StaticEmbedder::from_bytes(trained.bytes).unwrap();
    assert_eq!((model.dimension(), model.languages()), (32, &LANGUAGES[..]));
    let a = model.embed(LANGUAGES[0], &[&word(8, 0), &word(91, 0), "?"]).unwrap();
    let b = model.embed(LANGUAGES[1], &[&word(8, 1), &word(91, 1)]).unwrap();
    assert!(a.row(0).dot(&b.row(0)) > a.row(0).dot(&b.row(1)));
    assert!(a.row(1).dot(&b.row(1)) > a.row(1).dot(&b.row(0)));
    assert_eq!(a.row(2).dot(&a.row(2)), 0.0);
}

#[test]
fn the_number_of_threads_does_not_change_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let of = |threads: usize| {
        let mut config = config();
        // More rows than one block, so that several threads work.
        config.batch_size = 300;
        config.threads = threads;
        run(&inputs, &config, None).unwrap().bytes
    };
    let one = of(1);
    assert!(one == of(2) && one == of(5));
}

#[test]
fn an_interrupted_run_resumes_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let whole = run(&inputs, &config(), None).unwrap().bytes;

    let state = tempfile::tempdir().unwrap();
    let trainer =
        || Trainer::new(inputs.clone()).with_config(config()).with_state_folder(state.path());
    let interrupted = std::panic::catch_unwind(|| {
        trainer().train_with_progress(|progress| {
            if matches!(progress, TrainProgress::StepsDone { step: 40, .. }) {
                panic!("the run is interrupted");
            }
        })
    });
    assert!(interrupted.is_err());
    let mut resumed = 0;
    let report = |progress: &TrainProgress| {
        if let TrainProgress::Resumed { step } = progress {
            resumed = *step;
        }
    };
    let trained = trainer().train_with_progress(report).unwrap();
    assert_eq!(resumed, 20);
    assert!(trained.bytes == whole);

    // The state of a run with other settings is refused.
    let mut other = config();
    other.logit_scale = 10.0;
    let error = run(&inputs, &other, Some(state.path())).unwrap_err();
    assert!(matches!(error, TrainError::State { .. }), "{error}");
    let kept = state.path().join("state.bin");
    let mut bytes = std::fs::read(&kept).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&kept, bytes).unwrap();
    let error = run(&inputs, &config(), Some(state.path())).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}

/// A teacher whose vectors encode the meaning of every syllable in both languages, and
/// the language in one more component.
struct Teacher {
    returns_nan: bool,
    embedded_texts: std::sync::atomic::AtomicUsize,
}

impl Embedder for Teacher {
    fn dimension(&self) -> usize {
        40
    }
    fn fingerprint(&self) -> String {
        format!("teacher {}", self.returns_nan)
    }
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.embedded_texts.fetch_add(texts.len(), std::sync::atomic::Ordering::Relaxed);
        let mut rows = Array2::from_elem((texts.len(), 40), 0.0);
        for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
            row[0] = if language == LANGUAGES[0] { 3.0 } else { -3.0 };
            for (language, syllables) in SYLLABLES.iter().enumerate() {
                for (at, syllable) in syllables.iter().enumerate() {
                    let count = text.matches(syllable).count() as f32;
                    // Each meaning has its own direction, not along an axis.
                    for value in 1..40 {
                        let angle = (at * 40 + value * value) as f32;
                        row[value] += count * (angle.sin() + 0.1 * language as f32);
                    }
                }
            }
        }
        if self.returns_nan {
            rows[[0, 0]] = f32::NAN;
        }
        Ok(rows)
    }
}

#[test]
fn a_teacher_adds_knowledge_that_the_pairs_lack() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut inputs = inputs(folder);
    // The few pairs lack some syllables, so only the teacher can supply their vectors.
    let line = |at: usize| {
        let side = |language| {
            (0..8).map(move |word_at| word((at * 37 + word_at * word_at) % 100, language))
        };
        let [a, b] = [0, 1].map(|language| side(language).collect::<Vec<_>>().join(" "));
        format!("{a}\t{b}\n")
    };
    let few: String = (0..2).map(line).collect();
    inputs.pairs = vec![pair_file(file(folder, "few.tsv", &few))];
    let texts = |at: usize| {
        let text: String = (2..60).map(line).collect();
        let lines = text.lines().map(|line| line.split('\t').nth(at).unwrap().to_string() + "\n");
        let path = file(folder, &format!("texts{at}"), &lines.collect::<String>());
        TextFile::new(LANGUAGES[at], path)
    };
    inputs.texts = vec![texts(0), texts(1)];
    let pieces = SYLLABLES.iter().flatten().flat_map(|syllable| ["", "▁"].map(|at| (at, syllable)));
    let pieces: String = pieces.map(|(at, syllable)| format!("{at}{syllable}\t-9\n")).collect();
    inputs.vocabulary = Some(file(folder, "pieces", &pieces));
    let mut config = config();
    // A low rate, so that the few pairs do not overwrite the initial vectors.
    config.learning_rate = 0.001;
    config.steps = 20;
    let poor = run(&inputs, &config, None).unwrap().accuracies[0].accuracy;
    let teacher = Teacher { returns_nan: false, embedded_texts: 0.into() };
    let state = tempfile::tempdir().unwrap();
    let trainer = || Trainer::new(inputs.clone()).with_config(config.clone());
    let run =
        |teacher: &Teacher| trainer().with_teacher(teacher).with_state_folder(state.path()).train();
    let taught = run(&teacher).unwrap();
    let good = taught.accuracies[0].accuracy;
    assert!(good > poor + 0.3, "{poor} without, {good} with a teacher");

    // A saved state does not need the teacher. A run with another teacher is another run.
    let embedded_texts = teacher.embedded_texts.load(std::sync::atomic::Ordering::Relaxed);
    assert!(embedded_texts >= 24);
    assert!(run(&teacher).unwrap().bytes == taught.bytes);
    assert_eq!(embedded_texts, teacher.embedded_texts.load(std::sync::atomic::Ordering::Relaxed));
    let other = Teacher { returns_nan: true, embedded_texts: 0.into() };
    assert!(matches!(run(&other), Err(TrainError::State { .. })));
    let error = trainer().with_teacher(&other).train().unwrap_err();
    assert!(matches!(error, TrainError::Teacher(_)), "{error}");
    let cause = std::error::Error::source(&error).expect("the error of the teacher");
    assert!(error.to_string().ends_with(&cause.to_string()), "{error}");
}

#[test]
fn errors_name_the_line_or_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let with = |text: &str| {
        let mut inputs = TrainInputs::default();
        inputs.pairs = vec![pair_file(file(folder.path(), "bad.tsv", text))];
        run(&inputs, &config(), None).unwrap_err()
    };
    let error = with("made\ta\tb\nno tabs\n");
    assert!(matches!(error, TrainError::Line { line: 2, .. }), "{error}");
    assert!(matches!(with(""), TrainError::NotEnoughData(_)));
    assert!(matches!(with("\u{200b}\t \n"), TrainError::NotEnoughData(_)));
    let mut inputs = inputs(folder.path());
    inputs.pairs[0].path = folder.path().join("none.tsv");
    assert!(matches!(run(&inputs, &config(), None), Err(TrainError::File { .. })));
    let mut bad = config();
    bad.logit_scale = f32::NAN;
    assert!(matches!(
        run(&inputs, &bad, None),
        Err(TrainError::Config { name: "logit_scale", .. })
    ));
}
