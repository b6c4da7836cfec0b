//! Reads the texts of `--exclude`.

use std::path::{Path, PathBuf};

use bitext::corpus::filter::ExcludedTexts;
use bitext::{Language, language};

use crate::Failure;
use crate::io::messages::hints::ending;
use crate::io::read::input::{check_stdin, open, read_text};
use crate::io::read::records::{RecordFormat, RecordSources};

/// The extension of files of hashes, which `bitext exclude-hashes` writes.
pub const HASHES: [&str; 1] = ["hashes"];

/// A text of a test set.
pub struct ExcludedText<'a> {
    /// The name of the file.
    pub file: &'a str,
    /// Its line in a plain text, from 1. In a file of rows, its row.
    pub line: u64,
    pub language: Language,
    pub text: &'a str,
}

/// The texts of files and folders, and of files of hashes among them, to be compared by n-grams of so many
/// words.
pub fn read_excluded(paths: &[PathBuf], ngram_words: usize) -> Result<ExcludedTexts, Failure> {
    let mut excluded = ExcludedTexts::with_ngram_words(ngram_words)?;
    for file in files(paths)? {
        if is_hashes(&file) {
            let (name, input) = open(&file)?;
            excluded.read_hashes(&name, input)?;
        } else {
            read_texts(&file, |text| {
                excluded.add(text.file, text.line, text.language, text.text);
                Ok(())
            })?;
        }
    }
    if !paths.is_empty() && excluded.is_empty() {
        return Err("--exclude: the files have no texts".into());
    }
    Ok(excluded)
}

/// The files that paths of `--exclude` name.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    check_stdin(paths.iter().map(PathBuf::as_path))?;
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        list_files(path, &mut files)?;
        if files.len() == before {
            return Err(format!("--exclude: {} has no files", path.display()).into());
        }
    }
    Ok(files)
}

/// Whether the extension of a file says that it has hashes.
pub fn is_hashes(path: &Path) -> bool {
    ending(path).is_some_and(|ending| HASHES.contains(&ending.as_str()))
}

/// The file itself, or the files of a folder and of those in it, in the order of their names. Names that
/// begin with a dot are left out.
fn list_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error| bitext::Error::read(path, error);
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // A link to a folder may lead in a circle.
        let is_link_to_folder = entry.path().is_symlink() && entry.path().is_dir();
        if !entry.file_name().to_string_lossy().starts_with('.') && !is_link_to_folder {
            inside.push(entry.path());
        }
    }
    inside.sort();
    inside.iter().try_for_each(|path| list_files(path, files))
}

/// Reads the texts of a file. A file of rows (JSONL, TSV, TMX, Parquet by its extension) has its languages
/// with it. Any other file has one text per line, in the language that its name says (`news.uk.txt`,
/// `dev.ukr_Cyrl`), or else that is detected.
pub fn read_texts(
    path: &Path,
    mut each: impl FnMut(ExcludedText<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let name = path.display().to_string();
    let mut each =
        |line, language, text: &str| each(ExcludedText { file: &name, line, language, text });
    if RecordFormat::has_extension(path) {
        let files = [path.to_path_buf()];
        let sources = RecordSources {
            files: &files,
            format: None,
            languages: &[],
            sentences: &[],
            pairs: &[],
        };
        for (row, records) in (1..).zip(sources.open()?) {
            for (language, text) in records?.iter().flat_map(|record| record.texts()) {
                each(row, *language, text)?;
            }
        }
        return Ok(());
    }
    let text = read_text(path)?;
    if text.trim().is_empty() {
        return Ok(());
    }
    let language = match language_of_name(path) {
        Some(language) => language,
        None => language::require(&name, &text).map_err(|error| {
            format!("--exclude: {error} (in the name of the file, such as news.uk.txt)")
        })?,
    };
    (1..).zip(text.lines()).try_for_each(|(line, text)| each(line, language, text))
}

/// The language that a part of a file name says, the last one first.
fn language_of_name(path: &Path) -> Option<Language> {
    let name = path.file_name()?.to_str()?;
    let known = |part: &str| {
        let language = part.parse::<Language>().ok()?;
        language.name().is_some().then_some(language)
    };
    let (_, endings) = name.split_once('.')?;
    endings.rsplit('.').filter(|part| !matches!(*part, "txt" | "gz" | "zst")).find_map(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_the_language() {
        let language = |name: &str| language_of_name(Path::new(name)).map(|one| one.to_string());
        assert_eq!(language("a/news.uk.txt"), Some("uk".to_string()));
        assert_eq!(language("dev.ukr_Cyrl"), Some("uk".to_string()));
        assert_eq!(language("news.en-de.de"), Some("de".to_string()));
        assert_eq!(language("de/news.txt"), None);
        assert_eq!(language("news"), None);
    }
}
