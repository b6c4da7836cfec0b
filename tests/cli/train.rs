//! `bitext train`.

use crate::common::cli::{Run, bitext};
use crate::common::{ENGLISH, GERMAN};
use tempfile::TempDir;

fn files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: String =
        ENGLISH.iter().zip(GERMAN).map(|(a, b)| format!("library\t{a}\t{b}\n")).collect();
    std::fs::write(folder.path().join("pairs.tsv"), lines).unwrap();
    std::fs::write(folder.path().join("words.tsv"), "Bibliothek\t0.5\nBücher\t0.5\n").unwrap();
    std::fs::write(folder.path().join("texts.txt"), GERMAN.join("\n")).unwrap();
    folder
}

/// Runs `bitext train`; `@` in the arguments is the folder.
fn train(folder: &TempDir, args: &str) -> Run {
    let folder = format!("{}/", folder.path().display());
    let args = args.split(' ').map(|arg| arg.replace('@', &folder));
    bitext(["train".to_string()].into_iter().chain(args), b"")
}

const GIVEN: &str = "--parallel en,de=@pairs.tsv --word-list de=@words.tsv --monolingual de=@texts.txt \
    --vocabulary-size 200 --dimension 16 --steps 80 --checkpoint-interval 20 --dev en,de=@pairs.tsv";

#[test]
fn a_trained_model_embeds_and_teaches() {
    let folder = files();
    let run = train(&folder, &format!("{GIVEN} --name en-de-1 --state @state -o @out.bitext"));
    assert_eq!(run.status, 0, "{}", run.stderr);
    for expected in ["8 pairs", "step 60 of 80", "en-de library", "en-de-1:"] {
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
    }
    let metrics = std::fs::read_to_string(folder.path().join("state/metrics.jsonl")).unwrap();
    assert_eq!(metrics.lines().count(), 4, "{metrics}");
    let model = folder.path().join("out.bitext");
    let model = model.to_str().unwrap();
    let embedded = bitext(["embed", "--lang", "de", "--model", model], "Bücher\n".as_bytes());
    assert_eq!(embedded.quiet().matches(',').count(), 15);

    // The same command again finds everything done; as a teacher the model serves too,
    // and of an option that is given twice the last one holds.
    let before = std::fs::read(model).unwrap();
    let again = train(&folder, &format!("{GIVEN} --name en-de-1 --state @state -o @out.bitext"));
    assert!(again.stderr.contains("resuming at step 80"), "{}", again.stderr);
    assert!(std::fs::read(model).unwrap() == before);
    let taught = train(&folder, &format!("{GIVEN} --steps 1 --teacher {model} -o @2.bitext"));
    assert_eq!(taught.status, 0, "{}", taught.stderr);
    assert!(taught.stderr.contains("teacher: "), "{}", taught.stderr);
    assert!(taught.stderr.contains("the model in 8 bits"), "{}", taught.stderr);
}

#[test]
fn wrong_input_is_reported_and_nothing_is_written() {
    let folder = files();
    let usage = train(&folder, "--parallel en=@pairs.tsv -o @out");
    assert_eq!(usage.status, 2);
    assert!(usage.stderr.contains("needs two languages"), "{}", usage.stderr);
    for (args, expected) in [
        ("--parallel en,de=@none.tsv -o @out", "none.tsv"),
        ("--parallel en,de=@pairs.tsv --word-list uk=@words.tsv -o @out", "no pairs in `uk`"),
        ("--parallel en,de=@pairs.tsv --learning-rate 0 -o @out", "rate` must be above 0"),
        ("--parallel en,de=@pairs.tsv --teacher @none -o @out", "none"),
        ("--parallel en,de=@texts.txt -o @out", "texts.txt:1: "),
    ] {
        let error = train(&folder, args).refused(1);
        assert!(error.contains(expected), "{args}: {error}");
        assert!(!folder.path().join("out").exists());
    }
}
