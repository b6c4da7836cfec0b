//! The page of a training set, from the folder that `bitext build` wrote.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bitext::corpus::build::BuildSummary;
use bitext::corpus::filter::{Reason, Reasons};
use bitext::format::{HfJsonlReader, Record};
use bitext::report::CorpusReport;
use serde_json::Value;

use crate::io::messages::complaints::Complaints;
use crate::io::read::input::open;
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::{Failure, Outcome};

/// The file with the rejected rows.
const REJECTED: &str = "rejected.jsonl";

/// Writes the page of the training set in a folder.
pub fn write_page(folder: &Path, title: &str, output: &Path) -> Result<Outcome, Failure> {
    let summary = read_summary(&folder.join("counts.json"))?;
    let files = row_files(folder)?;
    let rejected = folder.join(REJECTED);
    let inputs = files.iter().map(|(path, _)| path.as_path()).chain([rejected.as_path()]);
    Paths::reading(inputs).writing("-o", Some(output)).check()?;
    if summary.rows.rejected() > 0 && !rejected.exists() {
        let why = "is missing; build with --keep-rejected, so that the page can show rejected rows";
        return Err(format!("{} {why}", rejected.display()).into());
    }
    let mut out = Output::open(Some(output))?;
    let mut report = CorpusReport::new(title, &summary.filters);
    let mut complaints = Complaints::default();
    for (path, set) in &files {
        read_rows(path, &mut complaints, |record| report.keep(set, &record))?;
    }
    if rejected.exists() {
        read_rows(&rejected, &mut complaints, |record| {
            let reasons = reasons(&record);
            report.reject(&record, reasons);
        })?;
    }
    let outcome = if complaints.is_empty() { Outcome::AllWell } else { Outcome::SomeFailed };
    complaints.finish(None);
    if report.counts().pairs == 0 {
        return Err(format!("{}: there are no rows to show", folder.display()).into());
    }
    out.write_all(report.finish().as_bytes())?;
    out.finish()?;
    Ok(outcome)
}

fn read_summary(path: &Path) -> Result<BuildSummary, Failure> {
    let text = fs::read_to_string(path).map_err(|error| {
        format!(
            "cannot read {}: {error}; name the folder that `bitext build` wrote",
            path.display()
        )
    })?;
    let summary = serde_json::from_str(&text);
    summary
        .map_err(|error| format!("{}: not the counts of a build: {error}", path.display()).into())
}

/// The files with rows, such as `train.en-uk.jsonl`, with the names of their sets.
fn row_files(folder: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
    let cannot_read = |error| format!("cannot read {}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot_read)? {
        let name = entry.map_err(cannot_read)?.file_name();
        let Some(name) = name.to_str() else { continue };
        let set = ["train", "dev", "test"].into_iter().find(|set| {
            let rest = name.strip_prefix(set).and_then(|rest| rest.strip_prefix('.'));
            rest.is_some_and(|rest| rest.ends_with(".jsonl"))
        });
        files.extend(set.map(|set| (folder.join(name), set.to_string())));
    }
    files.sort();
    if files.is_empty() {
        let why = "has no rows as JSON lines; build with `hf-jsonl` among the formats";
        return Err(format!("{} {why}", folder.display()).into());
    }
    Ok(files)
}

fn read_rows(
    path: &Path,
    complaints: &mut Complaints,
    mut each: impl FnMut(Record),
) -> Result<(), Failure> {
    let (name, input) = open(path)?;
    for record in HfJsonlReader::new(&name, input) {
        match record {
            Ok(record) => each(record),
            Err(error) => complaints.tell_of(&name, error),
        }
    }
    Ok(())
}

/// The reasons against a rejected row. Rows that are held out count as near duplicates.
fn reasons(record: &Record) -> Reasons {
    let codes = record.extra.get("reasons").and_then(Value::as_array);
    let codes = codes.into_iter().flatten().filter_map(Value::as_str);
    codes
        .filter_map(|code| match code {
            "held_out" => Some(Reason::NearDuplicate),
            code => Reason::from_code(code),
        })
        .collect()
}
