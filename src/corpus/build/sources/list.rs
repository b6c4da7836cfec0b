//! Finds the files with articles, and notices when they change.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::stamp::{FileStamp, SourceState};
use super::unpack::{UnpackError, Unpacker};
use crate::Result;
use crate::corpus::build::config::InputConfig;
use crate::corpus::build::error::{BuildError, cannot_read};
use crate::corpus::build::event::Problem;
use crate::files::ending;
use crate::files::sniff::{SNIFFED_BYTES, all_have, foreign_kind};
use crate::html::{looks_like_html, looks_like_warc};

/// Endings of files that are read in folders; `.gz` or `.zst` may follow.
const ARTICLE_ENDINGS: [(&str, SourceKind); 7] = [
    ("txt", SourceKind::Text),
    ("html", SourceKind::Page),
    ("htm", SourceKind::Page),
    ("xhtml", SourceKind::Page),
    ("warc", SourceKind::Archive),
    ("jsonl", SourceKind::Lines),
    ("ndjson", SourceKind::Lines),
];

/// What a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SourceKind {
    /// One article as plain text.
    Text,
    /// One article as a page of HTML.
    Page,
    /// Pages in a web archive.
    Archive,
    /// Lines of JSON.
    Lines,
}

impl SourceKind {
    fn of_ending(name: &str) -> Option<SourceKind> {
        let ending = ending(Path::new(name))?;
        ARTICLE_ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
    }

    /// The kind of a file whose ending says nothing.
    fn of_start(head: &[u8]) -> SourceKind {
        if looks_like_html(head) {
            SourceKind::Page
        } else if looks_like_warc(head) {
            SourceKind::Archive
        } else {
            SourceKind::Lines
        }
    }

    /// Whether the file is one article.
    pub(super) fn is_one_article(self) -> bool {
        matches!(self, SourceKind::Text | SourceKind::Page)
    }
}

/// The files of a corpus, in an order that depends on their names only.
pub struct ArticleSources {
    pub(super) files: Vec<SourceFile>,
    /// Files of another kind. They are not read, but a change of them is noticed.
    foreign: Vec<SourceFile>,
    /// Files and folders that cannot be read, or hold no articles.
    pub problems: Vec<Problem>,
    pub(super) max_article_bytes: u64,
    /// Whether the menus of pages are read.
    pub(super) navigation: bool,
    /// The output, which is not read if it lies among the articles.
    output: Option<PathBuf>,
    /// Decompresses files, since places are read in any order.
    unpacker: Unpacker,
    /// The first file that was found to have changed during the run.
    pub(super) changed: OnceLock<PathBuf>,
}

/// The files listed so far, since one may be named twice, and their labels.
#[derive(Default)]
struct Listed {
    files: HashSet<PathBuf>,
    labels: HashSet<String>,
}

pub(super) struct SourceFile {
    /// The file that is read: the source itself, or its decompressed copy.
    pub(super) path: PathBuf,
    /// The path as it was named or found.
    pub(super) given: PathBuf,
    /// The path with the links in the named folder's path resolved.
    resolved: PathBuf,
    /// The path within the folder that was named, with `/`.
    pub(super) name: String,
    /// The name, with a number if an earlier file has the same name.
    pub(super) label: String,
    /// What it has.
    pub(super) kind: SourceKind,
    /// The stamp of `path` when it was found.
    pub(super) stamp: FileStamp,
    /// The stamp of the source if it is compressed.
    packed_stamp: Option<FileStamp>,
}

impl ArticleSources {
    /// Lists the files of the inputs, which are read as `config` says. `output`, a file or folder, is left out.
    ///
    /// # Errors
    ///
    /// An input does not exist, is neither file nor folder, or lies in the output; a temporary file
    /// cannot be written. Other faults of inputs are [`problems`](ArticleSources::problems).
    pub fn open(
        inputs: &[PathBuf],
        config: &InputConfig,
        output: Option<&Path>,
    ) -> Result<ArticleSources> {
        let InputConfig { max_article_bytes, navigation } = *config;
        let parent = output
            .and_then(Path::parent)
            .map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
        let parent = parent.filter(|parent| parent.is_dir()).map(Path::to_path_buf);
        let mut sources = ArticleSources {
            files: Vec::new(),
            foreign: Vec::new(),
            problems: Vec::new(),
            max_article_bytes,
            navigation,
            // An output that does not exist cannot be among the inputs.
            output: output.and_then(|path| path.canonicalize().ok()),
            unpacker: Unpacker::new(parent, max_article_bytes),
            changed: OnceLock::new(),
        };
        let mut listed = Listed::default();
        for input in inputs {
            let data = input.metadata().map_err(|error| cannot_read(input, error))?;
            let resolved = input.canonicalize().map_err(|error| cannot_read(input, error))?;
            if sources.output.as_ref().is_some_and(|output| resolved.starts_with(output)) {
                return Err(BuildError::InputInOutput { path: input.clone() }.into());
            }
            if data.is_dir() {
                sources.walk(input, &resolved, "", &mut listed)?;
            } else if data.is_file() {
                let name = input.file_name().unwrap_or(input.as_os_str());
                let name = name.to_string_lossy().into_owned();
                sources.add(input.clone(), resolved, name, &mut listed)?;
            } else {
                return Err(BuildError::NotAFile { path: input.clone() }.into());
            }
        }
        Ok(sources)
    }

    /// Fails if there is no file to read. Of several problems the caller should report all first.
    ///
    /// # Errors
    ///
    /// [`BuildError::NoArticles`], [`BuildError::UnusableInput`] or
    /// [`BuildError::NoUsableArticles`].
    pub fn check_any(&self) -> Result<()> {
        if !self.files.is_empty() {
            return Ok(());
        }
        Err(match &self.problems[..] {
            [] => BuildError::NoArticles,
            [Problem { place, error, .. }] => {
                BuildError::UnusableInput { place: place.clone(), reason: error.clone() }
            }
            _ => BuildError::NoUsableArticles,
        }
        .into())
    }

    fn problem(&mut self, place: impl Into<String>, error: impl Into<String>) {
        let (place, error) = (place.into(), error.into());
        self.problems.push(Problem { id: String::new(), place, error });
    }

    fn walk(
        &mut self,
        folder: &Path,
        resolved: &Path,
        name: &str,
        listed: &mut Listed,
    ) -> Result<()> {
        let entries =
            std::fs::read_dir(folder).and_then(|all| all.collect::<std::io::Result<Vec<_>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.problem("", format!("cannot read {}: {error}", folder.display()));
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
            // Links to folders are not followed: they may form a circle.
            let kind = entry.file_type().map_err(|error| cannot_read(&entry.path(), error))?;
            if self.is_output(&entry) {
                continue;
            }
            if kind.is_dir() {
                self.walk(&entry.path(), &resolved, &name, listed)?;
            } else if SourceKind::of_ending(&name).is_some() {
                // Reading a pipe or a device might never end.
                match entry.path().metadata() {
                    Ok(data) if data.is_file() => self.add(entry.path(), resolved, name, listed)?,
                    Ok(_) => self.problem(name, "is no file"),
                    Err(error) => self.problem(name, format!("cannot read: {error}")),
                }
            }
        }
        Ok(())
    }

    fn is_output(&self, entry: &std::fs::DirEntry) -> bool {
        let Some(output) = &self.output else { return false };
        // The names differ for most entries. That spares a call of the system.
        output.file_name() == Some(entry.file_name().as_os_str())
            && entry.path().canonicalize().is_ok_and(|path| path == *output)
    }

    fn add(
        &mut self,
        given: PathBuf,
        resolved: PathBuf,
        name: String,
        listed: &mut Listed,
    ) -> Result<()> {
        if !listed.files.insert(resolved.clone()) {
            return Ok(());
        }
        let (mut label, mut number) = (name.clone(), 2);
        while !listed.labels.insert(label.clone()) {
            label = format!("{name} ({number})");
            number += 1;
        }
        let by_ending = SourceKind::of_ending(&name);
        let is_one_article = by_ending.is_some_and(SourceKind::is_one_article);
        let stamp = |path: &Path| path.metadata().ok().map(|data| FileStamp::of(&data));
        let before = stamp(&given);
        let (path, packed_stamp) = match self.unpacker.unpack(&given, is_one_article) {
            Ok(None) => (given.clone(), None),
            Ok(Some(unpacked)) => {
                if let Some(damage) = unpacked.damage {
                    self.problem(&label, damage);
                }
                if stamp(&given) != before {
                    self.changed.get_or_init(|| given.clone());
                }
                (unpacked.path, before)
            }
            Err(UnpackError::Input(why)) => {
                self.problem(label, format!("cannot read: {why}"));
                return Ok(());
            }
            // The input is intact, and must not be left out.
            Err(UnpackError::Output(error)) => {
                return Err(BuildError::Unpack { path: given, error }.into());
            }
        };
        let head = head_of(&path);
        let kind = by_ending.unwrap_or_else(|| SourceKind::of_start(&head));
        let foreign = match kind {
            SourceKind::Lines => foreign_kind_of(&head),
            SourceKind::Archive if !head.is_empty() && !looks_like_warc(&head) => {
                Some("is no web archive: it does not begin with `WARC/`")
            }
            _ => None,
        };
        let stamp = stamp(&path).unwrap_or_default();
        let file = SourceFile { path, given, resolved, name, label, kind, stamp, packed_stamp };
        match foreign {
            None => self.files.push(file),
            Some(why) => {
                self.problem(&file.label, why);
                self.foreign.push(file);
            }
        }
        Ok(())
    }

    /// All sources as the state of a build records them.
    pub fn state(&self) -> Vec<SourceState> {
        let state = |file: &SourceFile| {
            let stamp = file.packed_stamp.unwrap_or(file.stamp);
            SourceState {
                given: file.given.display().to_string(),
                resolved: file.resolved.display().to_string(),
                label: file.label.clone(),
                size: stamp.bytes,
                changed: stamp.changed,
            }
        };
        self.files.iter().chain(&self.foreign).map(state).collect()
    }

    /// Fails if a file was found to have changed since it was listed.
    ///
    /// # Errors
    ///
    /// [`BuildError::InputChanged`].
    pub fn check_unchanged(&self) -> Result<()> {
        match self.changed.get() {
            None => Ok(()),
            Some(path) => Err(BuildError::InputChanged { path: path.clone() }.into()),
        }
    }

    /// Records whether a file has changed, or is gone.
    pub(super) fn watch(&self, file: &SourceFile, opened: &std::io::Result<File>) {
        let changed = match opened {
            Ok(opened) => opened.metadata().is_ok_and(|data| FileStamp::of(&data) != file.stamp),
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if changed {
            self.changed.get_or_init(|| file.given.clone());
        }
    }
}

/// The start of a file; empty if it cannot be read, which is reported later.
fn head_of(path: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    let read = |file: File| file.take(SNIFFED_BYTES).read_to_end(&mut head);
    match File::open(path).and_then(read) {
        Ok(_) => head,
        Err(_) => Vec::new(),
    }
}

/// What a file is if it has no articles in lines of JSON.
fn foreign_kind_of(head: &[u8]) -> Option<&'static str> {
    let articles = ["text", "html", "en", "uk", "de", "src"];
    if all_have(head, &["translation", "units"], &articles) {
        return Some("seems to have aligned sentences, not articles: `bitext filter` reads that");
    }
    foreign_kind(head)
}
