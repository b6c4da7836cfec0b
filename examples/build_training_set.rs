//! Builds a training set from a folder of articles, reports progress, and can be cancelled. It does
//! the same as `bitext build`.
//!
//! ```text
//! cargo run --features build --example build_training_set -- examples/data corpus
//! ```
//!
//! Create a file `stop` in the current folder to cancel the build. The next run continues it.

use std::ops::ControlFlow;
use std::path::Path;

use bitext::Aligner;
use bitext::corpus::Set;
use bitext::corpus::build::{Build, BuildConfig, BuildError, BuildEvent, OutputFormat};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let input = arguments.next().unwrap_or_else(|| "examples/data".to_string());
    let folder = arguments.next().unwrap_or_else(|| "target/example-corpus".to_string());

    let mut config =
        BuildConfig::default().with_formats([OutputFormat::HfJsonl, OutputFormat::Tsv]);
    config.card.name = "News in three languages".to_string();
    config.card.licence = "CC-BY-4.0".to_string();

    let build = Build::new(Aligner::new(), config)?;
    let result = build.run(&[input], &folder, |event| {
        match event {
            BuildEvent::StageStarted { stage, total, .. } => eprintln!("{stage:?}: {total}"),
            BuildEvent::Problem(problem) => eprintln!("{}: {}", problem.place, problem.error),
            _ => {}
        }
        if Path::new("stop").exists() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let summary = match result {
        Ok(outcome) => outcome.summary,
        Err(error) if matches!(BuildError::of(&error), Some(BuildError::Cancelled)) => {
            eprintln!("stopped; run the program again to continue");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    for set in Set::ALL {
        println!("{}: {} rows", set.name(), summary.rows_in(set));
    }
    for (reason, rows) in summary.dropped_by_reason() {
        println!("dropped for {}: {rows} rows", reason.code());
    }
    Ok(())
}
