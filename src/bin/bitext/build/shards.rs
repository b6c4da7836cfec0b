//! Lines of a stage on disk, in files that appear whole or not at all, so that a
//! stage that was stopped goes on where it was.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::temporary::{TemporaryFile, sweep};

/// The shards of a stage: `000000`, `000001`, ... in a folder of its own. The last one
/// of a complete stage is followed by a file `complete`, which has their number: without it one that
/// was lost at the end would not be missed.
pub struct Shards {
    folder: PathBuf,
    done: usize,
    complete: bool,
}

impl Shards {
    /// Opens the stage, new or half done. What was being written is removed.
    pub fn open(folder: &Path) -> Result<Shards, Failure> {
        let fail = |error: io::Error| cannot_write(folder, &error);
        std::fs::create_dir_all(folder).map_err(fail)?;
        sweep(folder, TEMPORARY).map_err(fail)?;
        let mut shards = Shards { folder: folder.to_path_buf(), done: 0, complete: false };
        while shards.path(shards.done).exists() {
            shards.done += 1;
        }
        let path = shards.folder.join(COMPLETE);
        match std::fs::read_to_string(&path) {
            Ok(count) if count.trim().parse() == Ok(shards.done) => shards.complete = true,
            Ok(_) => {
                let missing = shards.path(shards.done);
                let why = format!("{}: missing of a stage that was complete", missing.display());
                return Err(format!("{why}: begin again with --fresh").into());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(bitext::Error::Read { path, error }.into()),
        }
        Ok(shards)
    }

    pub fn is_complete(&self) -> bool {
        self.complete
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:06}"))
    }

    /// All lines so far, in order.
    pub fn lines(&self) -> impl Iterator<Item = Result<String, Failure>> + use<> {
        let paths: Vec<PathBuf> = (0..self.done).map(|number| self.path(number)).collect();
        paths.into_iter().flat_map(|path| {
            let unreadable = {
                let path = path.clone();
                move |error| -> Failure { bitext::Error::Read { path: path.clone(), error }.into() }
            };
            let (lines, failed) = match File::open(&path) {
                Ok(file) => (Some(BufReader::with_capacity(1 << 16, file).lines()), None),
                Err(error) => (None, Some(Err(unreadable(error)))),
            };
            let lines = lines.into_iter().flatten().map(move |line| line.map_err(&unreadable));
            failed.into_iter().chain(lines)
        })
    }

    /// Goes on writing; a shard is put in its place after every `size` lines, or sooner where
    /// these take long, so that little is done again.
    pub fn writer(&mut self, size: usize) -> ShardWriter<'_> {
        ShardWriter { shards: self, size, lines: 0, begun: Instant::now(), shard: None }
    }
}

const COMPLETE: &str = "complete";
pub const TEMPORARY: &str = ".writing-";
/// How long a shard is written at.
const LONGEST: Duration = Duration::from_secs(5);

/// Adds lines to a stage.
pub struct ShardWriter<'a> {
    shards: &'a mut Shards,
    size: usize,
    lines: usize,
    begun: Instant,
    shard: Option<BufWriter<TemporaryFile>>,
}

impl ShardWriter<'_> {
    pub fn write(&mut self, line: &str) -> Result<(), Failure> {
        let folder = &self.shards.folder;
        let fail = |error: io::Error| cannot_write(folder, &error);
        let shard = match &mut self.shard {
            Some(shard) => shard,
            none => {
                let file = TemporaryFile::new(folder, TEMPORARY);
                none.insert(BufWriter::with_capacity(1 << 16, file.map_err(fail)?))
            }
        };
        shard.write_all(line.as_bytes()).and_then(|()| shard.write_all(b"\n")).map_err(fail)?;
        self.lines += 1;
        let due = self.lines == self.size || self.begun.elapsed() >= LONGEST;
        if due { self.put() } else { Ok(()) }
    }

    fn put(&mut self) -> Result<(), Failure> {
        if let Some(shard) = self.shard.take() {
            let path = self.shards.path(self.shards.done);
            put_in_place(shard, &path)?;
            self.shards.done += 1;
        }
        (self.lines, self.begun) = (0, Instant::now());
        Ok(())
    }

    /// Says that the stage is complete.
    pub fn finish(mut self) -> Result<(), Failure> {
        self.put()?;
        let path = self.shards.folder.join(COMPLETE);
        put_text(&path, &format!("{}\n", self.shards.done))?;
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
