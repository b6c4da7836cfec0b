//! `corpus::build` as a program uses it: the same bytes as the command, also after a cancellation.

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bitext::corpus::Set;
use bitext::corpus::build::{
    Build, BuildConfig, BuildError, BuildEvent, BuildOutcome, BuildStatus, Stage,
};
use bitext::{Aligner, ErrorKind};
use common::workshop::{SETTINGS, Workshop, assert_same};

fn config() -> BuildConfig {
    toml::from_str::<BuildConfig>(SETTINGS).unwrap().with_threads(2)
}

fn build(
    shop: &Workshop,
    out: &str,
    config: BuildConfig,
    observe: impl FnMut(BuildEvent) -> ControlFlow<()>,
) -> bitext::Result<BuildOutcome> {
    let build = Build::new(Aligner::new(), config)?;
    build.run(&[shop.path("in")], shop.path(out), observe)
}

fn to_the_end(_: BuildEvent) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The names of the shards of an unfinished build.
fn shards(shop: &Workshop, out: &str) -> Vec<PathBuf> {
    let stages = ["index", "links", "aligned"].map(|stage| format!("{out}/.build/{stage}"));
    let folders = stages.iter().filter_map(|stage| std::fs::read_dir(shop.path(stage)).ok());
    folders.flatten().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_program_builds_the_same_bytes_as_the_command() {
    let shop = Workshop::new();
    assert_eq!(shop.build("command", &[]).status, 1);
    let outcome = build(&shop, "library", config(), to_the_end).unwrap();
    assert_same(&shop.files("command"), &shop.files("library"));

    assert_eq!(outcome.status, BuildStatus::Built);
    let summary = &outcome.summary;
    assert_eq!((summary.groups, summary.problems), (8, 4));
    let rows: u64 = Set::ALL.map(|set| summary.rows_in(set)).iter().sum();
    assert_eq!(rows, summary.rows.kept());
    let dropped = summary.dropped_by_reason();
    assert!(dropped.is_sorted_by_key(|(_, count)| std::cmp::Reverse(*count)), "{dropped:?}");
    assert!(dropped.iter().all(|(reason, n)| summary.rows.rejected_for(*reason) == *n));

    // A second run finds the training set, and writes another card if it has other settings.
    let again = build(&shop, "library", config(), to_the_end).unwrap();
    assert_eq!((again.status, &again.summary), (BuildStatus::AlreadyComplete, summary));
    let mut renamed = config();
    renamed.card.name = "Renamed".to_string();
    let again = build(&shop, "library", renamed, to_the_end).unwrap();
    assert_eq!((again.status, &again.summary), (BuildStatus::CardRewritten, summary));
    let card = std::fs::read_to_string(shop.path("library/README.md")).unwrap();
    assert!(card.contains("# Renamed\n"), "{card}");
}

#[test]
fn events_report_every_stage_and_every_problem() {
    let shop = Workshop::new();
    let (mut stages, mut problems) = (Vec::new(), 0);
    let mut current: Option<(Stage, u64, u64)> = None;
    let outcome = build(&shop, "out", config(), |event| {
        match event {
            BuildEvent::StageStarted { stage, total, resumed } => {
                assert_eq!((current, resumed), (None, 0));
                current = Some((stage, total, 0));
            }
            BuildEvent::Advanced { stage, done } => {
                let (of, total, before) = current.unwrap();
                assert!(stage == of && before <= done && done <= total, "{stage:?} {done}");
                current = Some((stage, total, done));
            }
            BuildEvent::StageFinished { stage } => {
                let (of, total, done) = current.take().unwrap();
                // Ends of lines are no progress of reading.
                assert!(stage == of && (done == total || stage == Stage::Read), "{stage:?}");
                stages.push(stage);
            }
            BuildEvent::Problem(_) => problems += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    });
    assert_eq!(stages, [Stage::Read, Stage::Pair, Stage::Align, Stage::Write]);
    assert_eq!(problems, outcome.unwrap().summary.problems);
}

#[test]
fn a_cancelled_build_keeps_its_work_and_resumes_to_the_same_bytes() {
    let shop = Workshop::new();
    build(&shop, "whole", config(), to_the_end).unwrap();
    let whole = shop.files("whole");
    for (cancelled, nth) in [
        (Stage::Read, 3),
        (Stage::Pair, 4),
        (Stage::Align, 1),
        (Stage::Align, 5),
        (Stage::Write, 2),
    ] {
        let out = format!("{cancelled:?}-{nth}");
        let mut count = 0;
        let ended = build(&shop, &out, config(), |event| match event {
            BuildEvent::Advanced { stage, .. } if stage == cancelled && count + 1 == nth => {
                ControlFlow::Break(())
            }
            BuildEvent::Advanced { stage, .. } => {
                count += usize::from(stage == cancelled);
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        });
        let error = ended.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build);
        assert!(matches!(BuildError::of(&error), Some(BuildError::Cancelled)), "{error}");
        assert!(shop.files(&out).is_empty(), "{out}: files of an unfinished build");
        assert!(!shards(&shop, &out).is_empty(), "{out}: no work was kept");

        let mut resumed = BTreeMap::new();
        build(&shop, &out, config(), |event| {
            if let BuildEvent::StageStarted { stage, resumed: done, .. } = event {
                resumed.insert(format!("{stage:?}"), done);
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        // Complete stages are not started again, and the cancelled one continues.
        let first = *[Stage::Read, Stage::Pair, Stage::Align, Stage::Write]
            .iter()
            .find(|stage| resumed.contains_key(&format!("{stage:?}")))
            .unwrap();
        assert_eq!(first, cancelled, "{resumed:?}");
        let done = resumed[&format!("{cancelled:?}")];
        assert_eq!(done > 0, cancelled != Stage::Write, "{resumed:?}");
        assert_same(&whole, &shop.files(&out));
    }
}

#[test]
fn a_fresh_start_replaces_a_build_with_other_settings() {
    let shop = Workshop::new();
    build(&shop, "out", config(), to_the_end).unwrap();
    let mut seeded = config();
    seeded.sets.seed = 5;
    let error = build(&shop, "out", seeded.clone(), to_the_end).unwrap_err();
    assert!(BuildError::of(&error).unwrap().needs_fresh_start(), "{error}");
    let fresh = Build::new(Aligner::new(), seeded.clone()).unwrap().with_fresh_start(true);
    fresh.run(&[shop.path("in")], shop.path("out"), to_the_end).unwrap();
    build(&shop, "other", seeded, to_the_end).unwrap();
    assert_same(&shop.files("other"), &shop.files("out"));
}

#[test]
fn an_input_in_the_output_folder_is_refused() {
    let shop = Workshop::new();
    let build = Build::new(Aligner::new(), config()).unwrap();
    let error = build.run(&[shop.path("in/en")], shop.path("in"), to_the_end).unwrap_err();
    assert!(matches!(BuildError::of(&error), Some(BuildError::InputInOutput { .. })), "{error}");
    assert!(!Path::new(&shop.path("in/.build")).exists());
}
