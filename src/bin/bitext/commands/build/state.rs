//! What is known of a build between two runs: `.build/state.json`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::shards::put_text;
use crate::Failure;
use crate::io::read::sources::FileState;

pub const STATE: &str = "state.json";

/// Raised when the work of an earlier release cannot be gone on with.
const VERSION: u32 = 3;

/// What a folder was begun with, and how far it came.
#[derive(Serialize, Deserialize)]
pub struct State {
    pub(super) version: u32,
    /// Names the build, so that no shards of another are taken for its own.
    pub key: String,
    pub(super) settings: String,
    /// What the card was made with.
    pub card: String,
    pub(super) sources: Vec<FileState>,
    /// The files of a complete build.
    pub files: Vec<FinishedFile>,
    /// Those that are about to get their names: whoever begins anew removes them.
    #[serde(default)]
    pub planned: Vec<FinishedFile>,
    pub problems: u64,
}

/// A file of a training set as it was written.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct FinishedFile {
    pub name: String,
    bytes: u64,
    /// XXH3, in hexadecimal.
    checksum: String,
}

impl FinishedFile {
    /// Reads a file that must be there.
    pub fn of(folder: &Path, name: &str) -> Result<FinishedFile, Failure> {
        let read = || {
            let mut file = File::open(folder.join(name))?;
            let (mut hasher, mut bytes) = (Xxh3::new(), 0);
            let mut buffer = vec![0; 1 << 16];
            loop {
                let read = match file.read(&mut buffer) {
                    Ok(0) => break,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read?,
                };
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
            let checksum = format!("{:032x}", hasher.digest128());
            Ok(FinishedFile { name: name.to_string(), bytes, checksum })
        };
        let path = folder.join(name);
        read().map_err(|error| bitext::Error::read(path, error).into())
    }

    /// The file as it is now, if it is there.
    pub fn state(&self, folder: &Path) -> Result<Option<FinishedFile>, Failure> {
        match folder.join(&self.name).is_file() {
            true => FinishedFile::of(folder, &self.name).map(Some),
            false => Ok(None),
        }
    }
}

impl State {
    /// Of a build that begins now.
    pub fn new(settings: String, card: String, sources: Vec<FileState>) -> State {
        let begun = serde_json::to_string(&sources).unwrap_or_default();
        let key = format!("{:032x}", xxh3_128(format!("{settings}\n{begun}").as_bytes()));
        let (files, planned) = (Vec::new(), Vec::new());
        State { version: VERSION, key, settings, card, sources, files, planned, problems: 0 }
    }

    /// Refuses to go on with other settings or another input.
    pub fn check(&self, now: &State) -> Result<(), Failure> {
        const FRESH: &str = "begin again with --fresh, or name another folder";
        if self.version != now.version || self.settings != now.settings {
            return Err(format!("this build was begun with other settings: {FRESH}").into());
        }
        // Both are in one order, so the first that differ tell.
        let both = self.sources.iter().zip(&now.sources);
        let same = both.take_while(|(was, is)| was.is_still(is)).count();
        let longer = if now.sources.len() < self.sources.len() { self } else { now };
        let Some(differs) = longer.sources.get(same) else { return Ok(()) };
        let name = &differs.given;
        let has = |state: &State| state.sources.iter().any(|source| source.is_file_of(differs));
        let what = match (has(self), has(now)) {
            (true, true) => "has changed since this build was begun",
            (true, false) => "is no longer among the inputs of this build",
            (false, _) => "is new since this build was begun",
        };
        Err(format!("{name} {what}: {FRESH}").into())
    }

    /// Reads the state of a build, if there is one. The second line is a checksum of the first.
    pub fn read(work: &Path) -> Result<Option<State>, Failure> {
        let path = work.join(STATE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(bitext::Error::read(path, error).into()),
        };
        let text = std::str::from_utf8(&bytes).ok();
        let lines = text.and_then(|text| text.strip_suffix('\n')?.split_once('\n'));
        let state = lines.filter(|(json, sum)| checksum(json) == *sum);
        match state.and_then(|(json, _)| serde_json::from_str(json).ok()) {
            Some(state) => Ok(Some(state)),
            // Of an earlier release, or of a later one.
            None if bytes.starts_with(b"{\"version\":2,") => {
                let folder = work.parent().unwrap_or(work).display();
                let why = format!("{folder} was begun by another version of bitext");
                Err(format!("{why}: name another folder, or delete it").into())
            }
            None => {
                let (path, folder) = (path.display(), work.parent().unwrap_or(work).display());
                Err(format!("{path} is damaged: delete {folder}, or name another folder").into())
            }
        }
    }

    pub fn write(&self, work: &Path) -> Result<(), Failure> {
        let json = serde_json::to_string(self)?;
        put_text(&work.join(STATE), &format!("{json}\n{}\n", checksum(&json)))
    }
}

fn checksum(json: &str) -> String {
    format!("{:032x}", xxh3_128(json.as_bytes()))
}
