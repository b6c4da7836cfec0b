//! A pile of articles: folders of text files, and files with one article or group a
//! line.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bitext::format::{CorpusArticles, CorpusLine};
use bitext::language::from_name;
use bitext::{Article, Language, text};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::io::messages::complaints::Complaints;
use crate::io::messages::hints;
use crate::io::read::compressed::inner;
use crate::io::read::kind::{SNIFFED_BYTES, all_have, other_kind};
use crate::io::read::unpack::{UnpackError, Unpacker};
use crate::{Failure, Usage};

/// The files of a corpus, in an order that depends on their names only.
pub struct Sources {
    files: Vec<SourceFile>,
    /// Those of another kind.
    others: Vec<SourceFile>,
    /// Files and folders that cannot be read, or hold no articles: where, and why.
    pub problems: Vec<(String, String)>,
    max_bytes: u64,
    /// What is written, and not read where it lies among the articles.
    output: Option<PathBuf>,
    /// Where compressed files are unpacked, since they are read by places.
    unpacked: Unpacker,
    /// A file that was changed while this ran.
    changed: OnceLock<PathBuf>,
}

/// Files that are there already, since one may be named twice, and what they are called.
#[derive(Default)]
struct Known {
    files: HashSet<PathBuf>,
    labels: HashSet<String>,
}

struct SourceFile {
    /// What is read: the file itself, or what it was unpacked to.
    path: PathBuf,
    /// The path as it was named or found.
    given: PathBuf,
    /// The path without links, as far as the folder that was named.
    resolved: PathBuf,
    /// The path within the folder that was named, with `/`.
    name: String,
    /// The name, or with a number behind it where an earlier file has that.
    label: String,
    is_text: bool,
    /// What is read, as it was when it was found.
    version: FileVersion,
    /// The file itself, if it is compressed.
    packed: Option<FileVersion>,
}

/// What tells whether the content of a file has changed.
#[derive(Clone, Copy, Default, PartialEq)]
struct FileVersion {
    bytes: u64,
    /// In nanoseconds.
    changed: u128,
}

impl FileVersion {
    fn of(data: &std::fs::Metadata) -> FileVersion {
        let changed = data.modified().ok();
        let changed = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
        FileVersion { bytes: data.len(), changed: changed.map_or(0, |at| at.as_nanos()) }
    }
}

/// A place with the hash of the bytes that were found there first.
#[derive(Clone, Copy)]
pub struct Planned {
    pub place: Place,
    pub hash: u64,
}

/// Where an article or group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: u32,
    /// Number of the line, from 1; 0 of a file that is one article.
    pub line: u64,
    pub start: u64,
    pub len: u64,
    /// Where the next one starts.
    pub end: u64,
}

/// Endings of files that are read in folders, before `.gz` and `.zst`.
const ENDINGS: [&str; 3] = ["txt", "jsonl", "ndjson"];

/// Where the rest of a file would start that cannot be read.
const UNREADABLE: u64 = u64::MAX;

/// What tells whether a file has changed.
#[derive(Serialize, Deserialize)]
pub struct FileState {
    /// The path as it was given.
    pub given: String,
    resolved: String,
    /// What it is called, by which ids and languages go.
    label: String,
    size: u64,
    /// In nanoseconds.
    changed: u128,
}

impl FileState {
    /// Whether it is the same file and the same still. It may be named in another way, or
    /// have moved with all around it.
    pub fn is_still(&self, now: &FileState) -> bool {
        let of = |state: &FileState| (state.size, state.changed);
        self.is_file_of(now) && self.label == now.label && of(self) == of(now)
    }

    /// Whether it is the same file, whatever is in it.
    pub fn is_file_of(&self, other: &FileState) -> bool {
        self.given == other.given || self.resolved == other.resolved
    }
}

/// A place, and its bytes or why there are none.
pub type Found = (Place, Result<Vec<u8>, String>);

/// What stands there.
pub enum Item {
    One { article: Article, day: Option<i32> },
    Group(Vec<Article>),
}

impl Sources {
    /// Lists what was named; articles of more than `max_bytes` are refused. `output`, a
    /// file or folder, is left out.
    pub fn open(
        inputs: &[PathBuf],
        max_bytes: u64,
        output: Option<&Path>,
    ) -> Result<Sources, Failure> {
        // Where it is not there yet, it cannot be met.
        let beside = output.and_then(Path::parent).map(|beside| match beside.as_os_str() {
            empty if empty.is_empty() => Path::new("."),
            _ => beside,
        });
        let beside = beside.filter(|beside| beside.is_dir()).map(Path::to_path_buf);
        let output = output.and_then(|path| path.canonicalize().ok());
        let mut sources = Sources {
            files: Vec::new(),
            others: Vec::new(),
            problems: Vec::new(),
            max_bytes,
            output,
            unpacked: Unpacker::new(beside, max_bytes),
            changed: OnceLock::new(),
        };
        let mut known = Known::default();
        for input in inputs {
            let unreadable = |error| bitext::Error::read(&input, error);
            let data = input.metadata().map_err(unreadable)?;
            let resolved = input.canonicalize().map_err(unreadable)?;
            if sources.output.as_ref().is_some_and(|output| resolved.starts_with(output)) {
                let input = input.display();
                return Err(Usage(format!("{input} is in what is to be written")).into());
            }
            if data.is_dir() {
                sources.walk(input, &resolved, "", &mut known)?;
            } else if !data.is_file() {
                // It is read twice.
                let input = input.display();
                return Err(format!("{input} is no file: write a pipe to one first").into());
            } else {
                let name = input.file_name().unwrap_or(input.as_os_str());
                let name = name.to_string_lossy().into_owned();
                sources.add(input.clone(), resolved, name, &mut known)?;
            }
        }
        if !sources.files.is_empty() {
            return Ok(sources);
        }
        match &sources.problems[..] {
            [] => {
                Err("no article: folders are searched for .txt and .jsonl files, .gz and .zst too"
                    .into())
            }
            [(place, why)] if place.is_empty() => Err(why.as_str().into()),
            [(place, why)] => Err(format!("{place}: {why}").into()),
            all => {
                let mut complaints = Complaints::default();
                all.iter().for_each(|(place, why)| complaints.tell(place, why));
                complaints.finish(None);
                Err("no article in all that was named".into())
            }
        }
    }

    fn walk(
        &mut self,
        folder: &Path,
        resolved: &Path,
        name: &str,
        known: &mut Known,
    ) -> Result<(), Failure> {
        let entries = std::fs::read_dir(folder).and_then(|all| all.collect::<Result<Vec<_>, _>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let why = format!("cannot read {}: {error}", folder.display());
                self.problems.push((String::new(), why));
                return Ok(());
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let file = entry.file_name().to_string_lossy().into_owned();
            if file.starts_with('.') {
                continue;
            }
            let resolved = resolved.join(entry.file_name());
            let name = if name.is_empty() { file } else { format!("{name}/{file}") };
            // Links to folders are not followed: they may lead back.
            let kind = entry.file_type().map_err(|error| format!("{name}: {error}"))?;
            if self.is_output(&entry) {
                continue;
            }
            if kind.is_dir() {
                self.walk(&entry.path(), &resolved, &name, known)?;
            } else if hints::ending(Path::new(&name))
                .is_some_and(|end| ENDINGS.contains(&end.as_str()))
            {
                // A pipe would be waited for, a device read without end.
                match entry.path().metadata() {
                    Ok(data) if data.is_file() => self.add(entry.path(), resolved, name, known)?,
                    Ok(_) => self.problems.push((name, "is no file".to_string())),
                    Err(error) => self.problems.push((name, format!("cannot read: {error}"))),
                }
            }
        }
        Ok(())
    }

    fn is_output(&self, entry: &std::fs::DirEntry) -> bool {
        let Some(output) = &self.output else { return false };
        // Most entries are told apart by their names, without asking the system.
        output.file_name() == Some(entry.file_name().as_os_str())
            && entry.path().canonicalize().is_ok_and(|path| path == *output)
    }

    fn add(
        &mut self,
        given: PathBuf,
        resolved: PathBuf,
        name: String,
        known: &mut Known,
    ) -> Result<(), Failure> {
        if !known.files.insert(resolved.clone()) {
            return Ok(());
        }
        let (mut label, mut number) = (name.clone(), 2);
        while !known.labels.insert(label.clone()) {
            label = format!("{name} ({number})");
            number += 1;
        }
        let is_text = hints::ending(Path::new(&name)).is_some_and(|ending| ending == "txt");
        let metadata = |path: &Path| path.metadata().ok().map(|data| FileVersion::of(&data));
        let before = metadata(&given);
        let (path, packed) = match self.unpacked.unpack(&given, is_text) {
            Ok(None) => (given.clone(), None),
            Ok(Some(unpacked)) => {
                self.problems.extend(unpacked.damage.map(|why| (label.clone(), why)));
                if metadata(&given) != before {
                    self.changed.get_or_init(|| given.clone());
                }
                (unpacked.path, before)
            }
            Err(UnpackError::Input(why)) => {
                self.problems.push((label, format!("cannot read: {why}")));
                return Ok(());
            }
            // Not the input's fault: what is whole would be missed.
            Err(UnpackError::Output(error)) => {
                return Err(format!("cannot unpack {}: {error}", given.display()).into());
            }
        };
        let other = (!is_text).then(|| other_kind_of(&path)).flatten();
        let version = metadata(&path).unwrap_or_default();
        let file = SourceFile { path, given, resolved, name, label, is_text, version, packed };
        match other {
            None => self.files.push(file),
            Some(why) => {
                self.problems.push((file.label.clone(), why.to_string()));
                self.others.push(file);
            }
        }
        Ok(())
    }

    /// What tells whether a file has changed, of each.
    pub fn state(&self) -> Vec<FileState> {
        let state = |file: &SourceFile| {
            let version = file.packed.unwrap_or(file.version);
            FileState {
                given: file.given.display().to_string(),
                resolved: file.resolved.display().to_string(),
                label: file.label.clone(),
                size: version.bytes,
                changed: version.changed,
            }
        };
        self.files.iter().chain(&self.others).map(state).collect()
    }

    /// All bytes of all files, as far as they can be read.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.version.bytes).sum()
    }

    /// Calls `each` with every place after one, its bytes or why there are none;
    /// it says whether to go on.
    pub fn scan(&self, after: Option<Place>, each: &mut dyn FnMut(Found) -> bool) {
        let first = after.map_or(0, |place| place.file as usize);
        for (at, file) in self.files.iter().enumerate().skip(first) {
            let mut place = Place { file: at as u32, line: 0, start: 0, len: 0, end: 0 };
            let resumed = after.filter(|after| after.file as usize == at);
            let go_on = match (file.is_text, resumed) {
                (true, Some(_)) => true,
                (true, None) => {
                    place.len = file.version.bytes;
                    place.end = place.len;
                    each((place, self.read(place)))
                }
                (false, resumed) => self.scan_lines(file, resumed.unwrap_or(place), each),
            };
            if !go_on {
                return;
            }
        }
    }

    /// Fails if a file was found to have changed since this began.
    pub fn check_unchanged(&self) -> Result<(), Failure> {
        match self.changed.get() {
            None => Ok(()),
            Some(path) => Err(format!(
                "{} changed while it was read: start again when nothing writes to it any more",
                path.display()
            )
            .into()),
        }
    }

    /// Notes whether a file is another one than was found, or is gone.
    fn watch(&self, file: &SourceFile, opened: &std::io::Result<File>) {
        let changed = match opened {
            Ok(opened) => {
                opened.metadata().is_ok_and(|data| FileVersion::of(&data) != file.version)
            }
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if changed {
            self.changed.get_or_init(|| file.given.clone());
        }
    }

    fn scan_lines(
        &self,
        file: &SourceFile,
        after: Place,
        each: &mut dyn FnMut(Found) -> bool,
    ) -> bool {
        let mut place = after;
        if place.end == UNREADABLE {
            return true;
        }
        let opened = File::open(&file.path);
        self.watch(file, &opened);
        let opened = opened.and_then(|mut input| {
            input.seek(SeekFrom::Start(after.end))?;
            Ok(BufReader::with_capacity(1 << 16, input))
        });
        let mut input = match opened {
            Ok(input) => input,
            Err(error) => {
                place.end = UNREADABLE;
                return each((place, Err(format!("cannot read: {error}"))));
            }
        };
        loop {
            place = Place { line: place.line + 1, start: place.end, ..place };
            match read_line(&mut input, self.max_bytes) {
                Ok(None) => {
                    // Also where something was written while this read.
                    self.watch(file, &File::open(&file.path));
                    return true;
                }
                Ok(Some((bytes, taken, len))) => {
                    place.end += taken;
                    place.len = len;
                    if bytes.trim_ascii().is_empty() && len <= self.max_bytes {
                        continue;
                    }
                    let bytes =
                        if len > self.max_bytes { Err(self.too_long(len)) } else { Ok(bytes) };
                    if !each((place, bytes)) {
                        return false;
                    }
                }
                Err(error) => {
                    place.end = UNREADABLE;
                    return each((place, Err(format!("cannot read: {error}"))));
                }
            }
        }
    }

    fn too_long(&self, len: u64) -> String {
        format!("{len} bytes are more than max_article_bytes, {}", self.max_bytes)
    }

    /// The bytes at a place.
    pub fn read(&self, place: Place) -> Result<Vec<u8>, String> {
        if place.len > self.max_bytes {
            return Err(self.too_long(place.len));
        }
        let file = &self.files[place.file as usize];
        let read = || {
            let opened = File::open(&file.path);
            self.watch(file, &opened);
            let mut input = opened?;
            input.seek(SeekFrom::Start(place.start))?;
            let mut bytes = vec![0; place.len as usize];
            input.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error: std::io::Error| format!("cannot read: {error}"))
    }

    /// The bytes at a place that was read before; they must be the same.
    pub fn read_again(&self, planned: Planned) -> Result<Vec<u8>, String> {
        let bytes = self.read(planned.place)?;
        if xxh3_64(&bytes) == planned.hash {
            return Ok(bytes);
        }
        let path = &self.files[planned.place.file as usize].given;
        self.changed.get_or_init(|| path.clone());
        Err("changed while it was read".to_string())
    }

    /// What people call a place: the file, and the line where it has lines.
    pub fn label(&self, place: Place) -> String {
        let label = &self.files[place.file as usize].label;
        if place.line == 0 { label.clone() } else { format!("{label}:{}", place.line) }
    }

    /// The id of what stands at a place and what it is, or why it cannot be used. What
    /// has no id of its own is called by its place.
    pub fn parse(&self, place: Place, bytes: &[u8]) -> (String, Result<Item, String>) {
        let file = &self.files[place.file as usize];
        let label = self.label(place);
        // The mark at the start of a file is no part of its first line.
        let bytes =
            bytes.strip_prefix(b"\xef\xbb\xbf").filter(|_| place.start == 0).unwrap_or(bytes);
        let content = match text::decode(&label, bytes) {
            Ok(content) => content,
            Err(error) => return (label, Err(error.to_string())),
        };
        if !file.is_text {
            let line = CorpusLine::parse(content);
            let id = line.id.map_or(label, |id| id.to_string());
            let item = line.articles.map(|articles| match articles {
                CorpusArticles::Single(one) => {
                    Item::One { article: one.article.with_id(&id), day: one.day }
                }
                CorpusArticles::Group(all) => Item::Group(all),
            });
            return (id, item.map_err(|error| error.to_string()));
        }
        let language = match named_language(&file.name) {
            Some(language) => Ok(language),
            None => bitext::language::detect(&label, content),
        };
        let item = match language {
            Ok(language) => Ok(Item::One {
                article: Article::new(language, content).with_id(&label),
                day: None,
            }),
            Err(error) => Err(format!("{error}, as `.en.txt` or by a folder `en`")),
        };
        (label, item)
    }
}

/// The language that a file's name tells: `a.en.txt`, `a.en-US.txt`, `a.deu.txt`, or a folder `en`.
fn named_language(name: &str) -> Option<Language> {
    let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
    let file = inner(Path::new(file)).to_string_lossy().into_owned();
    let stem = file.strip_suffix(".txt").unwrap_or(&file);
    let by_file = stem.rsplit_once('.').and_then(|(_, last)| from_name(last));
    by_file.or_else(|| folders.rsplit('/').find_map(from_name))
}

/// What a file is that has no articles in lines of JSON. Whether it can be read is seen later.
fn other_kind_of(path: &Path) -> Option<&'static str> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(SNIFFED_BYTES).read_to_end(&mut head).ok()?;
    let rows = all_have(&head, &["translation", "units"], &["text", "en", "uk", "de", "src"]);
    match rows {
        true => Some("seems to have aligned sentences, not articles: `bitext filter` reads that"),
        false => other_kind(&head),
    }
}

/// A line without its end, how many bytes it took with it, and how many without; of a
/// line longer than `most` no bytes are kept. `None` at the end.
fn read_line(input: &mut impl BufRead, most: u64) -> std::io::Result<Option<(Vec<u8>, u64, u64)>> {
    let (mut line, mut taken, mut ended) = (Vec::new(), 0_u64, false);
    // The last two bytes, which may be the end of a long line.
    let mut last = [0_u8; 2];
    while !ended {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            break;
        }
        let newline = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..newline.map_or(buffer.len(), |at| at + 1)];
        ended = newline.is_some();
        let len = part.len();
        last = match part {
            [.., one, two] => [*one, *two],
            _ => [last[1], part[0]],
        };
        if taken + len as u64 <= most + 2 {
            line.extend_from_slice(part);
        } else {
            line = Vec::new();
        }
        taken += len as u64;
        input.consume(len);
    }
    if taken == 0 {
        return Ok(None);
    }
    let end = match (ended, last) {
        (true, [b'\r', b'\n']) => 2,
        (true, _) => 1,
        (false, _) => 0,
    };
    line.truncate(line.len().saturating_sub(end));
    Ok(Some((line, taken, taken - end as u64)))
}
