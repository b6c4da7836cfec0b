//! The stages of a build, one after the other, and what is kept between two runs.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use bitext::Aligner;
use serde::{Deserialize, Serialize};

use super::config::Config;
use super::shards::{TEMPORARY, cannot_write, put_text, sync_folder};
use super::{aligned, card, finish, index};
use crate::complaints::Complaints;
use crate::output::complain;
use crate::sources::{FileState, Sources};
use crate::temporary::sweep;
use crate::{Failure, Outcome};

/// What a folder was begun with, and how far it came.
#[derive(Serialize, Deserialize)]
struct State {
    version: u32,
    settings: String,
    /// What the card was made with.
    card: String,
    sources: Vec<FileState>,
    /// The files of a complete build.
    files: Vec<String>,
    /// Those that are about to get their names: whoever begins anew removes them.
    #[serde(default)]
    planned: Vec<String>,
    problems: u64,
}

/// Raised when the work of an earlier release cannot be gone on with.
const VERSION: u32 = 2;

/// Runs a build, or goes on with one.
pub fn build(
    sources: &Sources,
    aligner: &Aligner,
    config: &Config,
    folder: &Path,
    fresh: bool,
) -> Result<Outcome, Failure> {
    let settings = config.fingerprint(aligner.fingerprint());
    let work = folder.join(".build");
    let fail = |error| cannot_write(folder, &error);
    // Held to the end, whatever the end.
    let _lock = enter(folder, &work)?;
    // What an earlier build could not remove, since it was killed.
    sweep(&work, TEMPORARY).map_err(fail)?;
    let begun = read_state(&work)?;
    let state = State {
        version: VERSION,
        settings: settings.clone(),
        card: config.card_fingerprint(),
        sources: sources.state(),
        files: Vec::new(),
        planned: Vec::new(),
        problems: 0,
    };
    match begun {
        Some(begun) if fresh => clear(folder, &work, &begun)?,
        Some(begun) => {
            check(&begun, &state)?;
            if !begun.files.is_empty() {
                return complete(config, folder, &work, begun, state.card);
            }
        }
        // What lies there was made with settings that nobody knows any more.
        None => empty(&work)?,
    }
    write_state(&work, &state)?;

    let mut complaints = Complaints::default();
    // What is known before the work begins is told before it.
    sources.problems.iter().for_each(|(place, why)| complaints.tell(place, why));
    let index = index::index(sources, aligner, &config.pairing, &work)?;
    let found = index.problems.iter().skip(sources.problems.len());
    found.for_each(|problem| problem.tell(&mut complaints));
    if let Err(error) = index.check_languages() {
        // So that it can be begun with more articles.
        empty(&work)?;
        complaints.finish(None);
        return Err(error);
    }
    let shards = aligned::align(sources, aligner, config, &index, &work)?;
    let out = work.join("out");
    if out.exists() {
        std::fs::remove_dir_all(&out).map_err(fail)?;
    }
    std::fs::create_dir(&out).map_err(fail)?;
    let (mut files, mut report) = finish::finish(config, &index, &shards, &out, &mut complaints)?;
    report.settings_fingerprint = settings;
    report.aligner_fingerprint = aligner.fingerprint().to_string();
    let counts = serde_json::to_string_pretty(&report)? + "\n";
    put_text(&out.join(COUNTS), &counts)?;
    files.push(COUNTS.to_string());
    put_text(&out.join(CARD), &card::card(config, &report, &files))?;
    files.push(CARD.to_string());
    publish(folder, &work, files, State { problems: report.problems, ..state })?;
    clean(&work)?;
    complaints.finish(Some(&folder.join("problems.jsonl").display().to_string()));
    complain(format_args!(
        "{} rows of {} groups in {} ({}); {}",
        report.rows.kept(),
        report.groups,
        folder.display(),
        report.by_set(),
        problems(folder, report.problems)
    ));
    Ok(outcome(report.problems))
}

/// Says that a build was complete; its card is made anew where `card`, of its settings, is another.
fn complete(
    config: &Config,
    folder: &Path,
    work: &Path,
    begun: State,
    card: String,
) -> Result<Outcome, Failure> {
    if let Some(name) = begun.files.iter().find(|name| !folder.join(name).is_file()) {
        let why = format!("{}: {name} is missing of a build that was complete", folder.display());
        return Err(format!("{why}: begin again with --fresh").into());
    }
    clean(work)?;
    let anew = match begun.card == card {
        true => "",
        false => "its card was made anew; ",
    };
    let begun = State { card, ..begun };
    if !anew.is_empty() {
        rewrite_card(config, folder, work, &begun.files)?;
        write_state(work, &begun)?;
    }
    let problems = problems(folder, begun.problems);
    complain(format_args!("{} is complete; {anew}{problems}", folder.display()));
    Ok(outcome(begun.problems))
}

/// Gives the files their names; `.build/out` has them until then.
fn publish(folder: &Path, work: &Path, files: Vec<String>, state: State) -> Result<(), Failure> {
    let state = State { planned: files, ..state };
    write_state(work, &state)?;
    for name in &state.planned {
        let path = folder.join(name);
        std::fs::rename(work.join("out").join(name), &path)
            .map_err(|error| cannot_write(&path, &error))?;
    }
    // Before it is said that they are there.
    sync_folder(folder)?;
    write_state(work, &State { files: state.planned, planned: Vec::new(), ..state })
}

/// Makes the card of a complete build anew, of which all else stays.
fn rewrite_card(
    config: &Config,
    folder: &Path,
    work: &Path,
    files: &[String],
) -> Result<(), Failure> {
    let path = folder.join(COUNTS);
    let counts = crate::input::read_text(&path)?;
    let report = serde_json::from_str(&counts)
        .map_err(|_| format!("{} is damaged: begin again with --fresh", path.display()))?;
    let files: Vec<String> = files.iter().filter(|name| *name != CARD).cloned().collect();
    let (new, path) = (work.join(CARD), folder.join(CARD));
    put_text(&new, &card::card(config, &report, &files))?;
    std::fs::rename(&new, &path).map_err(|error| cannot_write(&path, &error))?;
    sync_folder(folder)
}

const CARD: &str = "README.md";
const COUNTS: &str = "counts.json";
const LOCK: &str = "lock";
const STATE: &str = "state.json";

/// Makes the folder of a build, or takes that of one, and keeps others out of it.
fn enter(folder: &Path, work: &Path) -> Result<File, Failure> {
    let fail = |error| cannot_write(folder, &error);
    std::fs::create_dir_all(folder).map_err(fail)?;
    if !work.join(STATE).exists() {
        let mut entries = std::fs::read_dir(folder).map_err(fail)?;
        let strange =
            entries.find(|entry| !entry.as_ref().is_ok_and(|entry| entry.file_name() == ".build"));
        if strange.is_some() {
            let folder = folder.display();
            return Err(format!("{folder} is not empty and no build: name a new folder").into());
        }
    }
    std::fs::create_dir_all(work).map_err(fail)?;
    let path = work.join(LOCK);
    let lock = File::options().write(true).create(true).truncate(false).open(&path);
    let lock = lock.map_err(|error| cannot_write(&path, &error))?;
    match fs4::FileExt::try_lock(&lock) {
        Ok(()) => Ok(lock),
        Err(fs4::TryLockError::WouldBlock) => {
            Err(format!("{}: another build is at work there", folder.display()).into())
        }
        Err(fs4::TryLockError::Error(error)) => Err(cannot_write(&path, &error)),
    }
}

/// Removes all work but the lock, which is held; last what says that this is a build.
fn empty(work: &Path) -> Result<(), Failure> {
    let fail = |error| cannot_write(work, &error);
    let state = work.join(STATE);
    for entry in std::fs::read_dir(work).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        if entry.file_name() == LOCK || entry.file_name() == STATE {
            continue;
        }
        let path = entry.path();
        let removed = match entry.file_type().map_err(fail)?.is_dir() {
            true => std::fs::remove_dir_all(&path),
            false => std::fs::remove_file(&path),
        };
        removed.map_err(|error| cannot_write(&path, &error))?;
    }
    match std::fs::remove_file(&state) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(cannot_write(&state, &error))
        }
        _ => Ok(()),
    }
}

/// Removes what only an unfinished build needs.
fn clean(work: &Path) -> Result<(), Failure> {
    for stage in ["index", "links", "aligned", "out"] {
        let stage = work.join(stage);
        if stage.exists() {
            std::fs::remove_dir_all(&stage).map_err(|error| cannot_write(&stage, &error))?;
        }
    }
    Ok(())
}

fn problems(folder: &Path, count: u64) -> String {
    let file = folder.join("problems.jsonl");
    match count {
        0 => "no problems".to_string(),
        1 => format!("1 problem, see {}", file.display()),
        count => format!("{count} problems, see {}", file.display()),
    }
}

fn outcome(problems: u64) -> Outcome {
    if problems == 0 { Outcome::AllWell } else { Outcome::SomeFailed }
}

fn check(begun: &State, now: &State) -> Result<(), Failure> {
    const FRESH: &str = "begin again with --fresh, or name another folder";
    if begun.version != now.version || begun.settings != now.settings {
        return Err(format!("this build was begun with other settings: {FRESH}").into());
    }
    // Both are in one order, so the first that differ tell.
    let both = begun.sources.iter().zip(&now.sources);
    let same = both.take_while(|(was, is)| was.is_still(is)).count();
    let longer = if now.sources.len() < begun.sources.len() { begun } else { now };
    let Some(differs) = longer.sources.get(same) else { return Ok(()) };
    let name = &differs.given;
    let has = |state: &State| state.sources.iter().any(|source| source.is_file_of(differs));
    let what = match (has(begun), has(now)) {
        (true, true) => "has changed since this build was begun",
        (true, false) => "is no longer among the inputs of this build",
        (false, _) => "is new since this build was begun",
    };
    Err(format!("{name} {what}: {FRESH}").into())
}

fn read_state(work: &Path) -> Result<Option<State>, Failure> {
    let path = work.join(STATE);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| format!("{} is damaged: remove its folder", path.display()).into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(bitext::Error::Read { path, error }.into()),
    }
}

fn write_state(work: &Path, state: &State) -> Result<(), Failure> {
    put_text(&work.join(STATE), &serde_json::to_string(state)?)
}

/// Removes what an earlier build has made, and nothing else.
fn clear(folder: &Path, work: &Path, begun: &State) -> Result<(), Failure> {
    for name in begun.files.iter().chain(&begun.planned) {
        let path = PathBuf::from(name);
        let mut parts = path.components();
        // The list may have been tampered with.
        if let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) {
            let path = folder.join(name);
            if path.is_file() {
                std::fs::remove_file(&path).map_err(|error| cannot_write(&path, &error))?;
            }
        }
    }
    empty(work)
}
