//! The readers for scoring never panic: tasks, predictions, Vecalign's files and ladders. Counts and scores of their
//! output are in range.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use std::fmt::Write as _;

use bitext::Language;
use bitext::evaluate::{
    Alignment, AlignmentFile, AlignmentFormat, GoldTask, NullPolicy, Prediction, Predictions,
    Reliability, ScoreCounts,
};
use bitext::format::aligned_texts;
use libfuzzer_sys::fuzz_target;

/// Sentences of a side, at most. Larger alignments only cost time.
const MAX_SENTENCES: usize = 20_000;

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let _ = text.lines().next().map(AlignmentFormat::detect);
    match choice % 3 {
        0 => check_predictions(text),
        1 => check_files(text, AlignmentFile::parse_vecalign),
        _ => check_files(text, AlignmentFile::parse_ladder),
    }
});

/// The first line is a task; the others are predictions for this or another task.
fn check_predictions(text: &str) {
    let mut lines = text.lines();
    let task = lines.next().map(GoldTask::parse);
    let mut predictions = Predictions::new("f");
    let mut added = 0;
    for (at, line) in lines.enumerate() {
        added += usize::from(predictions.add(at + 1, line).is_ok());
        if let Ok(prediction) = Prediction::parse(line) {
            let pair = Some((Language::ENGLISH, Language::GERMAN));
            for languages in [None, pair] {
                let (n, m) = prediction.sizes(languages);
                if n.max(m) <= MAX_SENTENCES {
                    let _ = prediction.alignment((n, m), languages);
                }
            }
        }
    }
    assert_eq!(predictions.len(), added);
    let Some(Ok(task)) = task else { return };
    if let Ok(Some(beads)) = predictions.find(&task) {
        count(&task.gold, &beads);
        assert!(predictions.unused() < predictions.len());
    }
    if let Ok(Some(beads)) = predictions.confidences(&task) {
        let mut calibration = Reliability::new();
        for (bead, confidence) in beads {
            let added = calibration.add(confidence, task.gold.beads().contains(&bead));
            assert_eq!(added.is_ok(), (0.0..=1.0).contains(&confidence));
        }
        assert!((0.0..=1.0).contains(&calibration.expected_error()));
        assert_eq!(calibration.count_from(0.0), calibration.len() as u64);
    }
    count(&task.gold, &task.gold);
}

/// A gold file and a predicted file, with a blank line between them.
fn check_files(text: &str, parse: fn(&str, &str) -> bitext::Result<AlignmentFile>) {
    let (gold, predicted) = text.split_once("\n\n").unwrap_or((text, text));
    let (Ok(gold), Ok(predicted)) = (parse("gold", gold), parse("predicted", predicted)) else {
        return;
    };
    let (n, m) = gold.sizes();
    let (n, m) = (n.max(predicted.sizes().0), m.max(predicted.sizes().1));
    if n.max(m) > MAX_SENTENCES {
        return;
    }
    let beads = gold.alignment(n, m).expect("as many as they mention");
    count(&beads, &predicted.alignment(n, m).expect("as many as they mention"));
    let mut lines = String::new();
    for bead in beads.beads() {
        let _ = writeln!(lines, "{:?}:{:?}", bead.source, bead.target);
    }
    let again = AlignmentFile::parse_vecalign("again", &lines).expect("ours");
    assert_eq!(again.alignment(n, m).expect("ours"), beads);

    let texts = vec!["a  b"; n.max(m)];
    let (source, target) = ((Language::ENGLISH, &texts[..n]), (Language::GERMAN, &texts[..m]));
    let records = aligned_texts(&beads, source, target).expect("as many as they mention");
    assert_eq!(records.len(), beads.beads().iter().filter(|bead| !bead.is_null()).count());
    // Texts with one sentence less are rejected if a bead has the last sentence.
    let fewer = (Language::ENGLISH, &texts[..n.saturating_sub(1)]);
    let last = n > 0 && beads.is_aligned(bitext::evaluate::AlignmentSide::Source, n - 1);
    assert_eq!(aligned_texts(&beads, fewer, target).is_err(), last);
}

fn count(gold: &Alignment, predicted: &Alignment) {
    for nulls in [NullPolicy::Each, NullPolicy::AsGiven] {
        let counts = ScoreCounts::of(gold, predicted, nulls).expect("of as many sentences");
        for tally in [counts.predicted, counts.linked, counts.gold] {
            assert!(tally.strict <= tally.lax && tally.lax <= tally.beads, "{counts:?}");
        }
        assert!(counts.both_unaligned <= counts.gold_unaligned.min(counts.predicted_unaligned));
        for scores in [counts.strict(), counts.lax(), counts.strict_linked(), counts.lax_linked()] {
            for share in [scores.precision, scores.recall, scores.f1] {
                assert!((0.0..=1.0).contains(&share), "{scores:?}");
            }
        }
        let turned = ScoreCounts::of(&gold.clone().swapped(), &predicted.clone().swapped(), nulls);
        assert_eq!(turned.expect("as before"), counts);
        let itself = ScoreCounts::of(gold, gold, nulls).expect("as before").strict();
        assert_eq!((itself.precision, itself.recall), (1.0, 1.0));
    }
}
