//! Lines of a stage on disk, in files that appear whole or not at all, so that a
//! stage that was stopped goes on where it was.
//!
//! Every shard ends with a seal: the number of its lines, and a checksum of these, of the build
//! and stage that it belongs to, of its number and of the seal before it. So a shard that was
//! damaged, cut, swapped, copied or taken from another build is noticed when the stage is opened.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::Failure;
use crate::io::write::temporary::{TemporaryFile, sweep};

/// The shards of a stage: `000000`, `000001`, ... in a folder of its own. The last one
/// of a complete stage is followed by a file `complete`, which has their number and a seal: without
/// it one that was lost at the end would not be missed.
pub struct Shards {
    folder: PathBuf,
    /// Names the build and the stage.
    key: String,
    /// Of each shard, the number of its lines.
    done: Vec<u64>,
    /// The seal of the last shard.
    last: Seal,
    complete: bool,
}

/// What stands in the last line of a shard, and in `complete`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    /// Lines of a shard; shards of a complete stage.
    count: u64,
    /// XXH3, in hexadecimal.
    checksum: String,
}

/// A checksum in the making.
struct Sealing {
    hasher: Xxh3,
    count: u64,
}

impl Sealing {
    /// Of what has this name, after what has that seal.
    fn new(key: &str, name: &str, before: &Seal) -> Sealing {
        let mut hasher = Xxh3::new();
        hasher.update(format!("{key}\n{name}\n{}\n", before.checksum).as_bytes());
        Sealing { hasher, count: 0 }
    }

    /// Takes a line with its end.
    fn line(&mut self, line: &[u8]) {
        self.hasher.update(line);
        self.count += 1;
    }

    fn seal(&self) -> Seal {
        Seal { count: self.count, checksum: format!("{:032x}", self.hasher.digest128()) }
    }
}

fn name_of(number: usize) -> String {
    format!("{number:06}")
}

impl Shards {
    /// Opens a stage of the build that has this key, new or half done, and checks what is there.
    /// What was being written is removed.
    pub fn open(folder: &Path, build: &str) -> Result<Shards, Failure> {
        let fail = |error: io::Error| cannot_write(folder, &error);
        std::fs::create_dir_all(folder).map_err(fail)?;
        sweep(folder, TEMPORARY).map_err(fail)?;
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
            done: Vec::new(),
            last: Seal::default(),
            complete: false,
        };
        for number in 0..found {
            let path = shards.path(number);
            if !path.exists() {
                return Err(shards.broken(&path, "is missing"));
            }
            let seal = shards.check(number)?;
            shards.done.push(seal.count);
            shards.last = seal;
        }
        let path = shards.folder.join(COMPLETE);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let sealed: Option<Seal> = serde_json::from_str(&text).ok();
                let sealed = sealed.ok_or_else(|| shards.broken(&path, "is damaged"))?;
                if sealed.count > found as u64 {
                    return Err(shards.broken(&shards.path(found), "is missing"));
                }
                if sealed != shards.whole() || !text.ends_with('\n') {
                    return Err(shards.broken(&path, "is damaged"));
                }
                shards.complete = true;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(shards.broken(&path, "is damaged"));
            }
            Err(error) => return Err(bitext::Error::read(path, error).into()),
        }
        Ok(shards)
    }

    /// The seal of the stage as it is now.
    fn whole(&self) -> Seal {
        let count = self.done.len() as u64;
        Seal { count, ..Sealing::new(&self.key, &format!("{COMPLETE} {count}"), &self.last).seal() }
    }

    /// Reads a shard; gives its seal, if that is right.
    fn check(&self, number: usize) -> Result<Seal, Failure> {
        let path = self.path(number);
        let unreadable = |error| -> Failure { bitext::Error::read(&path, error).into() };
        let mut file = BufReader::with_capacity(1 << 16, File::open(&path).map_err(unreadable)?);
        let mut sealing = Sealing::new(&self.key, &name_of(number), &self.last);
        let (mut line, mut next) = (Vec::new(), Vec::new());
        while file.read_until(b'\n', &mut next).map_err(unreadable)? > 0 {
            if !line.is_empty() {
                sealing.line(&line);
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
            Err(self.broken(&path, "is damaged"))
        }
    }

    /// An error that says what to do about it.
    fn broken(&self, path: &Path, what: &str) -> Failure {
        let (path, folder) = (path.display(), self.folder.display());
        format!(
            "{path} {what}: delete {folder} to do this stage again, or begin again with --fresh"
        )
        .into()
    }

    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(name_of(number))
    }

    /// How many lines there are so far.
    pub fn count(&self) -> u64 {
        self.done.iter().sum()
    }

    /// All lines so far, in order.
    pub fn lines(&self) -> impl Iterator<Item = Result<String, Failure>> + use<> {
        let counts = self.done.iter().enumerate();
        let shards: Vec<(PathBuf, u64)> =
            counts.map(|(number, count)| (self.path(number), *count)).collect();
        shards.into_iter().flat_map(|(path, count)| {
            let unreadable = {
                let path = path.clone();
                move |error| -> Failure { bitext::Error::read(&path, error).into() }
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

    /// Goes on writing; a shard is put in its place after every `size` lines, or sooner where
    /// these take long, so that little is done again.
    pub fn writer(&mut self, size: u64) -> ShardWriter<'_> {
        ShardWriter { shards: self, size, begun: Instant::now(), shard: None }
    }
}

const COMPLETE: &str = "complete";
pub const TEMPORARY: &str = ".writing-";
/// How long a shard is written at.
const MAX_SHARD_TIME: Duration = Duration::from_secs(5);

/// Adds lines to a stage.
pub struct ShardWriter<'a> {
    shards: &'a mut Shards,
    size: u64,
    begun: Instant,
    shard: Option<(BufWriter<TemporaryFile>, Sealing)>,
}

impl ShardWriter<'_> {
    pub fn write(&mut self, line: &str) -> Result<(), Failure> {
        let folder = &self.shards.folder;
        let fail = |error: io::Error| cannot_write(folder, &error);
        let (shard, sealing) = match &mut self.shard {
            Some(shard) => shard,
            none => {
                let file = TemporaryFile::new(folder, TEMPORARY);
                let file = BufWriter::with_capacity(1 << 16, file.map_err(fail)?);
                let name = name_of(self.shards.done.len());
                none.insert((file, Sealing::new(&self.shards.key, &name, &self.shards.last)))
            }
        };
        let line = format!("{line}\n");
        shard.write_all(line.as_bytes()).map_err(fail)?;
        sealing.line(line.as_bytes());
        let due = sealing.count == self.size || self.begun.elapsed() >= MAX_SHARD_TIME;
        if due { self.put() } else { Ok(()) }
    }

    fn put(&mut self) -> Result<(), Failure> {
        if let Some((mut shard, sealing)) = self.shard.take() {
            let path = self.shards.path(self.shards.done.len());
            let seal = sealing.seal();
            let written = writeln!(shard, "{}", serde_json::to_string(&seal)?);
            written.map_err(|error| cannot_write(&path, &error))?;
            put_in_place(shard, &path)?;
            self.shards.done.push(seal.count);
            self.shards.last = seal;
        }
        self.begun = Instant::now();
        Ok(())
    }

    /// Says that the stage is complete.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.put()?;
        let path = self.shards.folder.join(COMPLETE);
        let seal = serde_json::to_string(&self.shards.whole())?;
        put_text(&path, &format!("{seal}\n"))?;
        self.shards.complete = true;
        Ok(())
    }
}

/// Writes a small file whole, or not at all.
pub fn put_text(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let file = TemporaryFile::new(folder, TEMPORARY).map_err(|error| cannot_write(path, &error))?;
    let mut file = BufWriter::new(file);
    file.write_all(text.as_bytes()).map_err(|error| cannot_write(path, &error))?;
    put_in_place(file, path)
}

/// Gives a file its name once all of it is on the disk.
pub fn put_in_place(file: BufWriter<TemporaryFile>, path: &Path) -> Result<(), Failure> {
    let fail = |error: io::Error| cannot_write(path, &error);
    let file = file.into_inner().map_err(|error| fail(error.into_error()))?;
    file.as_file().sync_all().map_err(fail)?;
    file.persist(path).map_err(fail)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Has the names of files in a folder on the disk, too, where a system does so on request.
pub fn sync_folder(folder: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        match synced {
            // Some file systems do not know this of folders.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            synced => synced.map_err(|error| cannot_write(folder, &error)),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(())
    }
}

pub fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; make room and start it again: it goes on where it was"
        }
        _ => "",
    };
    format!("cannot write {}: {error}{advice}", path.display()).into()
}
