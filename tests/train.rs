//! Training through the public API, on two made-up languages.

use std::path::{Path, PathBuf};

use bitext::train::{
    Inputs, PairFile, Progress, TaughtFile, TrainConfig, TrainError, Trained, train,
};
use bitext::{Embedder, Language, StaticEmbedder};

const LANGUAGES: [Language; 2] = [Language::ENGLISH, Language::GERMAN];

/// The word of a meaning; the two languages share no syllable.
fn word(meaning: usize, language: usize) -> String {
    let syllables = [
        ["ba", "do", "ki", "lu", "me", "no", "pe"],
        ["ras", "tif", "vug", "wox", "zan", "shi", "fey"],
    ];
    let [a, b, c] = [meaning % 7, meaning / 7 % 7, meaning / 49];
    [a, b, c].map(|at| syllables[language][at]).concat()
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
    PairFile { languages: LANGUAGES, path, weight: 1.0, join: 1 }
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
    train(inputs, config, state, |_| {})
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
        train(&inputs, &config(), Some(state.path()), |progress| {
            if matches!(progress, Progress::Step { step: 40, .. }) {
                panic!("as if killed");
            }
        })
    });
    assert!(cut.is_err());
    let mut resumed = 0;
    let trained = train(&inputs, &config(), Some(state.path()), |progress| {
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

#[test]
fn a_teacher_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // One-word texts of both languages with the same vector for the same meaning.
    // It is the sum of vectors of the syllables, which share pieces.
    let part = |syllable: usize, at: usize| {
        let mut mixed = (syllable as u32 + 1).wrapping_mul(2_654_435_761);
        mixed = mixed.wrapping_add(at as u32 * 3_928_791);
        mixed = (mixed ^ mixed >> 15).wrapping_mul(2_246_822_519);
        ((mixed ^ mixed >> 13) % 2001) as f32 / 1000.0 - 1.0
    };
    let vector = |meaning: usize| {
        let parts = [meaning % 7, 7 + meaning / 7 % 7, 14 + meaning / 49];
        let value = |at: usize| parts.map(|syllable| part(syllable, at)).iter().sum();
        let row: Vec<f32> = (0..24).map(value).collect();
        format!("{row:?}\n")
    };
    let mut inputs = inputs(folder);
    // The pairs to learn from are few: what is known comes from the teacher.
    inputs.pairs = vec![pair_file(file(folder, "few.tsv", &pairs(12, 0)))];
    let mut config = config();
    config.steps = 300;
    let poor = run(&inputs, &config, None).unwrap().accuracies[0].accuracy;
    let vectors: String = (0..100).map(vector).collect();
    for side in [0, 1] {
        let texts: String = (0..100).map(|meaning| word(meaning, side) + "\n").collect();
        inputs.taught.push(TaughtFile {
            language: LANGUAGES[side],
            texts: file(folder, &format!("texts{side}"), &texts),
            vectors: file(folder, &format!("vectors{side}"), &vectors),
            weight: 1.0,
        });
    }
    let taught = run(&inputs, &config, None).unwrap().accuracies[0].accuracy;
    assert!(taught > poor + 0.2, "{poor} without, {taught} with a teacher");
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
