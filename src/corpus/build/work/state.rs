//! What a build records between two runs: `.build/state.json`.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::atomic::write_small_file;
use super::finished_file::FinishedFile;
use crate::Result;
use crate::corpus::build::error::{BuildError, InputChange, cannot_read, cannot_serialize};
use crate::corpus::build::sources::SourceState;

/// The name of the file.
pub const STATE_FILE: &str = "state.json";

/// Version of the work folder. It rises when the work of earlier releases cannot be continued.
const STATE_VERSION: u32 = 4;

/// What a build was begun with, and how far it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BuildState {
    version: u32,
    /// Identifies the build, so that it does not use the shards of another one.
    pub key: String,
    /// Fingerprint of the settings and the aligner.
    settings: String,
    /// Fingerprint of the settings of the card.
    pub card: String,
    sources: Vec<SourceState>,
    /// How far the build came.
    pub phase: Phase,
}

/// How far a build came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The stages are running.
    Working,
    /// All files are written, and get their names in the output folder.
    Publishing(Vec<FinishedFile>),
    /// All files are in the output folder.
    Complete(Vec<FinishedFile>),
}

impl BuildState {
    /// The state of a build that begins now.
    pub fn new(settings: String, card: String, sources: Vec<SourceState>) -> Result<BuildState> {
        let inputs = serde_json::to_string(&sources).map_err(cannot_serialize)?;
        let key = format!("{:032x}", xxh3_128(format!("{settings}\n{inputs}").as_bytes()));
        Ok(BuildState {
            version: STATE_VERSION,
            key,
            settings,
            card,
            sources,
            phase: Phase::Working,
        })
    }

    /// The files that have, or are about to get, their names in the output folder.
    pub fn files(&self) -> &[FinishedFile] {
        match &self.phase {
            Phase::Working => &[],
            Phase::Publishing(files) | Phase::Complete(files) => files,
        }
    }

    /// Checks that a build with the state `now` may continue this one.
    ///
    /// # Errors
    ///
    /// [`BuildError::OtherSettings`] or [`BuildError::OtherInputs`].
    pub fn check_same(&self, now: &BuildState) -> Result<()> {
        if self.settings != now.settings {
            return Err(BuildError::OtherSettings.into());
        }
        // Both lists have the same order, so the first difference is the one to report.
        let both = self.sources.iter().zip(&now.sources);
        let same = both.take_while(|(was, is)| was.is_unchanged(is)).count();
        let longer = if now.sources.len() < self.sources.len() { self } else { now };
        let Some(differs) = longer.sources.get(same) else { return Ok(()) };
        let has =
            |state: &BuildState| state.sources.iter().any(|source| source.is_same_file(differs));
        let change = match (has(self), has(now)) {
            (true, true) => InputChange::Content,
            (true, false) => InputChange::Removed,
            (false, _) => InputChange::Added,
        };
        Err(BuildError::OtherInputs { input: differs.given.clone(), change }.into())
    }

    /// Reads the state of a build; `None` if there is none. The second line of the file is a
    /// checksum of the first one.
    ///
    /// # Errors
    ///
    /// [`BuildError::OtherVersion`], [`BuildError::DamagedState`], or an error of reading.
    pub fn read(work: &Path) -> Result<Option<BuildState>> {
        #[derive(Deserialize)]
        struct StateVersion {
            version: u32,
        }

        let path = work.join(STATE_FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot_read(&path, error)),
        };
        let folder = work.parent().unwrap_or(work).to_path_buf();
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let (json, sum) = text.split_once('\n').unwrap_or((text, ""));
        let is_intact = sum.strip_suffix('\n') == Some(checksum(json).as_str());
        if !is_intact {
            return Err(BuildError::DamagedState { path, folder }.into());
        }
        if let Ok(StateVersion { version }) = serde_json::from_str(json)
            && version != STATE_VERSION
        {
            return Err(BuildError::OtherVersion { folder }.into());
        }
        let state = serde_json::from_str(json);
        state.map(Some).map_err(|_| BuildError::DamagedState { path, folder }.into())
    }

    /// Writes the state.
    pub fn write(&self, work: &Path) -> Result<()> {
        let json = serde_json::to_string(self).map_err(cannot_serialize)?;
        write_small_file(&work.join(STATE_FILE), &format!("{json}\n{}\n", checksum(&json)))
    }
}

fn checksum(json: &str) -> String {
    format!("{:032x}", xxh3_128(json.as_bytes()))
}
