//! The lines that a stage produces, in files (shards) that appear complete or not at all. A stage
//! that was stopped continues after the last complete shard.
//!
//! Every shard ends with a seal: the number of its lines and a checksum. The checksum covers the
//! lines, the build and stage, the number of the shard, and the previous seal. So opening a stage
//! detects a shard that was damaged, truncated, swapped, copied or taken from another build.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::atomic::{TEMPORARY_PREFIX, persist, write_small_file};
use crate::Result;
use crate::corpus::build::error::{
    BuildError, Damage, cannot_read, cannot_serialize, cannot_write, is_cancelled,
};
use crate::files::temporary::{TemporaryFile, remove_files};

/// The file that marks a stage as complete.
const COMPLETE: &str = "complete";
/// How long lines are collected for one shard; a stopped build loses at most so much work.
const MAX_SHARD_TIME: Duration = Duration::from_secs(5);

/// The shards of a stage: the files `000000`, `000001`, and so on in one folder. A complete stage
/// also has a file `complete` with their number and a seal, so that a lost last shard is detected.
pub struct Shards {
    folder: PathBuf,
    /// Identifies the build and the stage.
    key: String,
    /// Number of lines of each shard.
    line_counts: Vec<u64>,
    /// The seal of the last shard.
    last_seal: Seal,
    complete: bool,
}

/// The last line of a shard, and the content of `complete`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    /// Number of lines of a shard, or of shards of a complete stage.
    count: u64,
    /// XXH3, in hexadecimal.
    checksum: String,
}

/// Computes a seal.
struct SealBuilder {
    hasher: Xxh3,
    count: u64,
}

impl SealBuilder {
    /// Begins the seal of `name`, which follows the file with the seal `before`.
    fn new(key: &str, name: &str, before: &Seal) -> SealBuilder {
        let mut hasher = Xxh3::new();
        hasher.update(format!("{key}\n{name}\n{}\n", before.checksum).as_bytes());
        SealBuilder { hasher, count: 0 }
    }

    /// Adds a line, with its end.
    fn add_line(&mut self, line: &[u8]) {
        self.hasher.update(line);
        self.count += 1;
    }

    fn seal(&self) -> Seal {
        Seal { count: self.count, checksum: format!("{:032x}", self.hasher.digest128()) }
    }
}

fn shard_name(number: usize) -> String {
    format!("{number:06}")
}

impl Shards {
    /// Opens a stage of the build with this key, and checks the shards of earlier runs. Removes
    /// incomplete files.
    ///
    /// # Errors
    ///
    /// [`BuildError::DamagedWork`], or an error of reading or writing.
    pub fn open(folder: &Path, build: &str) -> Result<Shards> {
        let fail = |error: io::Error| cannot_write(folder, error);
        std::fs::create_dir_all(folder).map_err(fail)?;
        remove_files(folder, TEMPORARY_PREFIX).map_err(fail)?;
        let mut found = 0;
        for entry in std::fs::read_dir(folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            found += usize::from(name.parse::<u32>().is_ok());
        }
        let stage = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut shards = Shards {
            folder: folder.to_path_buf(),
            key: format!("{build}\n{stage}"),
            line_counts: Vec::new(),
            last_seal: Seal::default(),
            complete: false,
        };
        for number in 0..found {
            let path = shards.path(number);
            if !path.exists() {
                return Err(shards.damaged(path, Damage::Missing));
            }
            let seal = shards.check(number)?;
            shards.line_counts.push(seal.count);
            shards.last_seal = seal;
        }
        let path = shards.folder.join(COMPLETE);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let sealed: Option<Seal> = serde_json::from_str(&text).ok();
                let sealed = sealed.ok_or_else(|| shards.damaged(path.clone(), Damage::Changed))?;
                if sealed.count > found as u64 {
                    return Err(shards.damaged(shards.path(found), Damage::Missing));
                }
                if sealed != shards.complete_seal() || !text.ends_with('\n') {
                    return Err(shards.damaged(path, Damage::Changed));
                }
                shards.complete = true;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(shards.damaged(path, Damage::Changed));
            }
            Err(error) => return Err(cannot_read(&path, error)),
        }
        Ok(shards)
    }

    /// The seal of the stage if it is complete as it is now.
    fn complete_seal(&self) -> Seal {
        let count = self.line_counts.len() as u64;
        Seal {
            count,
            ..SealBuilder::new(&self.key, &format!("{COMPLETE} {count}"), &self.last_seal).seal()
        }
    }

    /// Reads a shard and returns its seal, if the seal matches.
    fn check(&self, number: usize) -> Result<Seal> {
        let path = self.path(number);
        let unreadable = |error| cannot_read(&path, error);
        let mut file = BufReader::with_capacity(1 << 16, File::open(&path).map_err(unreadable)?);
        let mut sealing = SealBuilder::new(&self.key, &shard_name(number), &self.last_seal);
        let (mut line, mut next) = (Vec::new(), Vec::new());
        while file.read_until(b'\n', &mut next).map_err(unreadable)? > 0 {
            if !line.is_empty() {
                sealing.add_line(&line);
            }
            std::mem::swap(&mut line, &mut next);
            next.clear();
        }
        let sealed: Option<Seal> =
            line.strip_suffix(b"\n").and_then(|line| serde_json::from_slice(line).ok());
        let seal = sealing.seal();
        if sealed.as_ref() == Some(&seal) {
            Ok(seal)
        } else {
            Err(self.damaged(path, Damage::Changed))
        }
    }

    fn damaged(&self, path: PathBuf, damage: Damage) -> crate::Error {
        BuildError::DamagedWork { path, damage, stage: self.folder.clone() }.into()
    }

    /// The folder of the stage.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the stage is complete.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(shard_name(number))
    }

    /// Number of lines so far.
    pub fn count(&self) -> u64 {
        self.line_counts.iter().sum()
    }

    /// All lines so far, in order.
    pub fn lines(&self) -> impl Iterator<Item = Result<String>> + use<> {
        let counts = self.line_counts.iter().enumerate();
        let shards: Vec<(PathBuf, u64)> =
            counts.map(|(number, count)| (self.path(number), *count)).collect();
        shards.into_iter().flat_map(|(path, count)| {
            let unreadable = {
                let path = path.clone();
                move |error| cannot_read(&path, error)
            };
            let (lines, failed) = match File::open(&path) {
                Ok(file) => (Some(BufReader::with_capacity(1 << 16, file).lines()), None),
                Err(error) => (None, Some(Err(unreadable(error)))),
            };
            let lines = lines.into_iter().flatten().take(usize::try_from(count).unwrap_or(0));
            let lines = lines.map(move |line| line.map_err(&unreadable));
            failed.into_iter().chain(lines)
        })
    }

    /// Appends lines. A shard is complete after `max_lines`, or after [`MAX_SHARD_TIME`].
    pub fn writer(&mut self, max_lines: u64) -> ShardWriter<'_> {
        ShardWriter { shards: self, max_lines, begun: Instant::now(), shard: None }
    }
}

/// Appends lines to a stage.
pub struct ShardWriter<'a> {
    shards: &'a mut Shards,
    max_lines: u64,
    begun: Instant,
    shard: Option<(BufWriter<TemporaryFile>, SealBuilder)>,
}

impl ShardWriter<'_> {
    /// Appends a line.
    pub fn write(&mut self, line: &str) -> Result<()> {
        let folder = &self.shards.folder;
        let fail = |error: io::Error| cannot_write(folder, error);
        let (shard, sealing) = match &mut self.shard {
            Some(shard) => shard,
            none => {
                let file = TemporaryFile::new(folder, TEMPORARY_PREFIX);
                let file = BufWriter::with_capacity(1 << 16, file.map_err(fail)?);
                let name = shard_name(self.shards.line_counts.len());
                none.insert((
                    file,
                    SealBuilder::new(&self.shards.key, &name, &self.shards.last_seal),
                ))
            }
        };
        let line = format!("{line}\n");
        shard.write_all(line.as_bytes()).map_err(fail)?;
        sealing.add_line(line.as_bytes());
        let due = sealing.count == self.max_lines || self.begun.elapsed() >= MAX_SHARD_TIME;
        if due { self.complete_shard() } else { Ok(()) }
    }

    fn complete_shard(&mut self) -> Result<()> {
        if let Some((mut shard, sealing)) = self.shard.take() {
            let path = self.shards.path(self.shards.line_counts.len());
            let seal = sealing.seal();
            let json = serde_json::to_string(&seal).map_err(cannot_serialize)?;
            let written = writeln!(shard, "{json}");
            written.map_err(|error| cannot_write(&path, error))?;
            persist(shard, &path)?;
            self.shards.line_counts.push(seal.count);
            self.shards.last_seal = seal;
        }
        self.begun = Instant::now();
        Ok(())
    }

    /// Ends the writing: the stage is complete if `worked` is `Ok`. If the build was cancelled, the
    /// lines so far are kept for the next run.
    ///
    /// # Errors
    ///
    /// That of `worked`, or an error of writing.
    pub fn finish(mut self, worked: Result<()>) -> Result<()> {
        if let Err(error) = worked {
            if is_cancelled(&error) {
                self.complete_shard()?;
            }
            return Err(error);
        }
        self.complete_shard()?;
        let path = self.shards.folder.join(COMPLETE);
        let seal = serde_json::to_string(&self.shards.complete_seal());
        let seal = seal.map_err(cannot_serialize)?;
        write_small_file(&path, &format!("{seal}\n"))?;
        self.shards.complete = true;
        Ok(())
    }
}

/// Parses a line of a stage.
///
/// # Errors
///
/// That of [`damaged_stage`].
pub fn parse_line<'l, T: Deserialize<'l>>(line: &'l str, stage: &Path) -> Result<T> {
    serde_json::from_str(line).map_err(|_| damaged_stage(stage))
}

/// The error for content of a stage that cannot be used although its checksums are right.
pub fn damaged_stage(stage: &Path) -> crate::Error {
    let (path, stage) = (stage.to_path_buf(), stage.to_path_buf());
    BuildError::DamagedWork { path, damage: Damage::Changed, stage }.into()
}
