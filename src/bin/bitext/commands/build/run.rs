//! The stages of a build, one after the other, and what is kept between two runs.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use bitext::Aligner;

use super::config::Config;
use super::shards::{TEMPORARY, cannot_write, put_text, sync_folder};
use super::state::{FinishedFile, STATE, State};
use super::{aligned, card, finish, index};
use crate::io::messages::complaints::Complaints;
use crate::io::messages::counted::counted;
use crate::io::read::sources::Sources;
use crate::io::write::output::complain;
use crate::io::write::temporary::sweep;
use crate::{Failure, Outcome};

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
    let begun = State::read(&work)?;
    let state = State::new(settings.clone(), config.card_fingerprint(), sources.state());
    let state = match begun {
        Some(begun) if fresh => {
            clear(folder, &work, &begun)?;
            state
        }
        Some(begun) => {
            begun.check(&state)?;
            if !begun.files.is_empty() {
                return complete(config, folder, &work, begun, state.card);
            }
            State { key: begun.key, ..state }
        }
        // What lies there was made with settings that nobody knows any more.
        None => {
            empty(&work)?;
            state
        }
    };
    state.write(&work)?;

    let mut complaints = Complaints::default();
    // What is known before the work begins is told before it.
    sources.problems.iter().for_each(|(place, why)| complaints.tell(place, why));
    let index = index::index(sources, aligner, &config.pairing, &work, &state.key)?;
    let found = index.problems.iter().skip(sources.problems.len());
    found.for_each(|problem| problem.tell(&mut complaints));
    if let Err(error) = index.check_languages() {
        // So that it can be begun with more articles.
        empty(&work)?;
        complaints.finish(None);
        return Err(error);
    }
    let shards = aligned::align(sources, aligner, config, &index, &work, &state.key)?;
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
        "{} of {} in {} ({}); {}",
        counted(report.rows.kept(), "row"),
        counted(report.groups, "group"),
        folder.display(),
        report.why_none().unwrap_or_else(|| report.by_set()),
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
    for file in &begun.files {
        // The card that is about to be made anew may be of a run that was stopped.
        let is_old = file.name == CARD && begun.card != card;
        let what = match file.state(folder)? {
            None => "is missing of a build that was complete",
            Some(now) if now != *file && !is_old => "has changed since this build was complete",
            Some(_) => continue,
        };
        let path = folder.join(&file.name);
        let why = format!("{} {what}", path.display());
        return Err(format!("{why}: begin again with --fresh, which writes all files anew").into());
    }
    clean(work)?;
    let anew = match begun.card == card {
        true => "",
        false => "its card was made anew; ",
    };
    let mut begun = State { card, ..begun };
    if !anew.is_empty() {
        rewrite_card(config, folder, work, &begun.files)?;
        for file in begun.files.iter_mut().filter(|file| file.name == CARD) {
            *file = FinishedFile::of(folder, CARD)?;
        }
        begun.write(work)?;
    }
    let problems = problems(folder, begun.problems);
    complain(format_args!("{} is complete; {anew}{problems}", folder.display()));
    Ok(outcome(begun.problems))
}

/// Gives the files their names; `.build/out` has them until then.
fn publish(folder: &Path, work: &Path, files: Vec<String>, state: State) -> Result<(), Failure> {
    let out = work.join("out");
    let files: Result<Vec<_>, _> = files.iter().map(|name| FinishedFile::of(&out, name)).collect();
    let state = State { planned: files?, ..state };
    state.write(work)?;
    for file in &state.planned {
        let path = folder.join(&file.name);
        std::fs::rename(out.join(&file.name), &path)
            .map_err(|error| cannot_write(&path, &error))?;
    }
    // Before it is said that they are there.
    sync_folder(folder)?;
    State { files: state.planned, planned: Vec::new(), ..state }.write(work)
}

/// Makes the card of a complete build anew, of which all else stays.
fn rewrite_card(
    config: &Config,
    folder: &Path,
    work: &Path,
    files: &[FinishedFile],
) -> Result<(), Failure> {
    let path = folder.join(COUNTS);
    let counts = crate::io::read::input::read_text(&path)?;
    let report = serde_json::from_str(&counts)
        .map_err(|_| format!("{} is damaged: begin again with --fresh", path.display()))?;
    let names = files.iter().map(|file| file.name.clone());
    let files: Vec<String> = names.filter(|name| name != CARD).collect();
    let (new, path) = (work.join(CARD), folder.join(CARD));
    put_text(&new, &card::card(config, &report, &files))?;
    std::fs::rename(&new, &path).map_err(|error| cannot_write(&path, &error))?;
    sync_folder(folder)
}

const CARD: &str = "README.md";
const COUNTS: &str = "counts.json";
const LOCK: &str = "lock";

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
        count => format!("{}, see {}", counted(count, "problem"), file.display()),
    }
}

fn outcome(problems: u64) -> Outcome {
    if problems == 0 { Outcome::AllWell } else { Outcome::SomeFailed }
}

/// Removes what an earlier build has made, and nothing else.
fn clear(folder: &Path, work: &Path, begun: &State) -> Result<(), Failure> {
    for file in begun.files.iter().chain(&begun.planned) {
        let path = PathBuf::from(&file.name);
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
