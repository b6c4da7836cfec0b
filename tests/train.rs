//! Training through the public API, on two made-up languages.

use std::path::{Path, PathBuf};

use bitext::embed::EmbedError;
use bitext::train::{
    Inputs, PairFile, Progress, TextFile, TrainConfig, TrainError, Trained, train,
};
use bitext::{Embedder, Language, StaticEmbedder};
use ndarray::Array2;

const LANGUAGES: [Language; 2] = [Language::ENGLISH, Language::GERMAN];

const SYLLABLES: [[&str; 7]; 2] =
    [["ba", "do", "ki", "lu", "me", "no", "pe"], ["ras", "tif", "vug", "wox", "zan", "shi", "fey"]];

/// The word of a meaning; the two languages share no syllable.
fn word(meaning: usize, language: usize) -> String {
    let [a, b, c] = [meaning % 7, meaning / 7 % 7, meaning / 49];
    [a, b, c].map(|at| SYLLABLES[language][at]).concat()
}

/// Lines of a file of pairs: sentences of five words.
fn pairs(count: usize, start: usize) -> String {
    let sentence = |at: usize, language: usize| {
        let mut state = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut words = Vec::new();
        for _ in 0..5 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            words.push(word((state >> 40) as usize % 100, language));
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

fn inputs(folder: &Path) -> Inputs {
    let mut inputs = Inputs::default();
    inputs.pairs = vec![pair_file(file(folder, "pairs.tsv", &pairs(600, 0)))];
    inputs.measured = vec![pair_file(file(folder, "dev.tsv", &pairs(100, 600)))];
    inputs
}

fn config() -> TrainConfig {
    let mut config = TrainConfig::default();
    config.vocabulary.pieces = 150;
    config.dimension = 32;
    config.batch = 64;
    config.steps = 60;
    config.rate = 0.03;
    config.interval = 20;
    config
}

fn run(inputs: &Inputs, config: &TrainConfig, state: Option<&Path>) -> Result<Trained, TrainError> {
    train(inputs, config, None, state, |_| {})
}

#[test]
fn what_is_learnt_finds_translations_and_is_a_model() {
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
fn the_bytes_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let of = |threads: usize| {
        let mut config = config();
        // More than a block of rows, so that threads share the work.
        config.batch = 300;
        config.threads = threads;
        run(&inputs, &config, None).unwrap().bytes
    };
    let one = of(1);
    assert!(one == of(2) && one == of(5));
}

#[test]
fn a_run_that_was_cut_off_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = inputs(folder.path());
    let whole = run(&inputs, &config(), None).unwrap().bytes;

    let state = tempfile::tempdir().unwrap();
    let cut = std::panic::catch_unwind(|| {
        train(&inputs, &config(), None, Some(state.path()), |progress| {
            if matches!(progress, Progress::Step { step: 40, .. }) {
                panic!("as if killed");
            }
        })
    });
    assert!(cut.is_err());
    let mut resumed = 0;
    let trained = train(&inputs, &config(), None, Some(state.path()), |progress| {
        if let Progress::Resumed { step } = progress {
            resumed = *step;
        }
    })
    .unwrap();
    assert_eq!(resumed, 20);
    assert!(trained.bytes == whole);

    // A state of another run is not mistaken for one of this.
    let mut other = config();
    other.scale = 10.0;
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

/// A teacher that knows what every syllable means, in both languages, and hides it
/// behind what tells the languages apart.
struct Teacher {
    spoilt: bool,
    asked: std::sync::atomic::AtomicUsize,
}

impl Embedder for Teacher {
    fn dimension(&self) -> usize {
        40
    }
    fn fingerprint(&self) -> String {
        format!("teacher {}", self.spoilt)
    }
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.asked.fetch_add(texts.len(), std::sync::atomic::Ordering::Relaxed);
        let mut rows = Array2::from_elem((texts.len(), 40), 0.0);
        for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
            row[0] = if language == LANGUAGES[0] { 3.0 } else { -3.0 };
            for (language, syllables) in SYLLABLES.iter().enumerate() {
                for (at, syllable) in syllables.iter().enumerate() {
                    let count = text.matches(syllable).count() as f32;
                    // Each meaning in a direction of its own, not along an axis.
                    for value in 1..40 {
                        let angle = (at * 40 + value * value) as f32;
                        row[value] += count * (angle.sin() + 0.1 * language as f32);
                    }
                }
            }
        }
        if self.spoilt {
            rows[[0, 0]] = f32::NAN;
        }
        Ok(rows)
    }
}

#[test]
fn a_teacher_knows_what_the_pairs_do_not_tell() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut inputs = inputs(folder);
    // A few pairs, in which not all syllables are: what is known of the rest comes from
    // the teacher.
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
    // So that the few pairs do not wipe out what the teacher told.
    config.rate = 0.001;
    config.steps = 20;
    let poor = run(&inputs, &config, None).unwrap().accuracies[0].accuracy;
    let teacher = Teacher { spoilt: false, asked: 0.into() };
    let state = tempfile::tempdir().unwrap();
    let run =
        |teacher: &Teacher| train(&inputs, &config, Some(teacher), Some(state.path()), |_| {});
    let taught = run(&teacher).unwrap();
    let good = taught.accuracies[0].accuracy;
    assert!(good > poor + 0.3, "{poor} without, {good} with a teacher");

    // What was kept needs the teacher no more; another teacher makes another run.
    let asked = teacher.asked.load(std::sync::atomic::Ordering::Relaxed);
    assert!(asked >= 24);
    assert!(run(&teacher).unwrap().bytes == taught.bytes);
    assert_eq!(asked, teacher.asked.load(std::sync::atomic::Ordering::Relaxed));
    let other = Teacher { spoilt: true, asked: 0.into() };
    assert!(matches!(run(&other), Err(TrainError::State { .. })));
    let error = train(&inputs, &config, Some(&other), None, |_| {}).unwrap_err();
    assert!(matches!(error, TrainError::Teacher(_)), "{error}");
    let cause = std::error::Error::source(&error).expect("what the teacher said");
    assert!(error.to_string().ends_with(&cause.to_string()), "{error}");
}

#[test]
fn what_cannot_be_used_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let with = |text: &str| {
        let mut inputs = Inputs::default();
        inputs.pairs = vec![pair_file(file(folder.path(), "bad.tsv", text))];
        run(&inputs, &config(), None).unwrap_err()
    };
    let error = with("made\ta\tb\nno tabs\n");
    assert!(matches!(error, TrainError::Line { line: 2, .. }), "{error}");
    assert!(matches!(with(""), TrainError::TooLittle(_)));
    assert!(matches!(with("\u{200b}\t \n"), TrainError::TooLittle(_)));
    let mut inputs = inputs(folder.path());
    inputs.pairs[0].path = folder.path().join("none.tsv");
    assert!(matches!(run(&inputs, &config(), None), Err(TrainError::File { .. })));
    let mut bad = config();
    bad.scale = f32::NAN;
    assert!(matches!(run(&inputs, &bad, None), Err(TrainError::Config { name: "scale", .. })));
}
