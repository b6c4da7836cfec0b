//! Reads the texts of `--exclude`.

use std::path::{Path, PathBuf};

use bitext::corpus::filter::ExcludedTexts;
use bitext::{Language, language};

use crate::Failure;
use crate::io::read::input::{check_stdin, read_text};
use crate::io::read::records::{RecordFormat, RecordSources};

/// The texts of files and folders. A file of rows (JSONL, TSV, TMX, Parquet by its extension) has its
/// languages with it. Any other file has one text per line, in the language that its name says
/// (`news.uk.txt`, `dev.ukr_Cyrl`), or else that is detected.
pub fn read_excluded(paths: &[PathBuf]) -> Result<ExcludedTexts, Failure> {
    check_stdin(paths.iter().map(PathBuf::as_path))?;
    let mut excluded = ExcludedTexts::default();
    for path in paths {
        let mut files = Vec::new();
        list_files(path, &mut files)?;
        if files.is_empty() {
            return Err(format!("--exclude: {} has no files", path.display()).into());
        }
        for file in files {
            read_file(&file, &mut excluded)?;
        }
    }
    if !paths.is_empty() && excluded.is_empty() {
        return Err("--exclude: the files have no texts".into());
    }
    Ok(excluded)
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

fn read_file(path: &Path, excluded: &mut ExcludedTexts) -> Result<(), Failure> {
    let name = path.display().to_string();
    if RecordFormat::has_extension(path) {
        let files = [path.to_path_buf()];
        let sources = RecordSources {
            files: &files,
            format: None,
            languages: &[],
            sentences: &[],
            pairs: &[],
        };
        for records in sources.open()? {
            for (language, text) in records?.iter().flat_map(|record| record.texts()) {
                excluded.add(&name, *language, text);
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
    text.lines().for_each(|line| excluded.add(&name, language, line));
    Ok(())
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
