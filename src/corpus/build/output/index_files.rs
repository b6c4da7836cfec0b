//! Index files of a training set: text files with one sentence per line, and files with the line
//! numbers of sentences that correspond.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::corpus::Set;
use crate::corpus::build::config::language_pairs;
use crate::corpus::build::error::cannot_write;
use crate::evaluate::{Alignment, Bead, MAX_SENTENCES};
use crate::format::{IndexFormat, IndexWriter, Record, fold};
use crate::{Article, Bitext, Language, Result, Unit};

/// What index files need of an aligned group.
#[derive(Serialize, Deserialize)]
pub struct IndexedGroup {
    /// The sentences by language, with line breaks folded.
    sentences: Vec<(Language, Vec<String>)>,
    rows: Vec<IndexedRow>,
}

/// The numbers of the sentences of a row, by language.
#[derive(Serialize, Deserialize)]
struct IndexedRow {
    confidence: f32,
    sides: Vec<(Language, Vec<usize>)>,
}

impl IndexedGroup {
    pub fn new(bitext: &Bitext) -> IndexedGroup {
        let lines = |article: &Article| article.sentences().map(fold).collect();
        let articles = bitext.languages().filter_map(|language| bitext.article(language));
        let sentences = articles.map(|article| (article.language(), lines(article))).collect();
        IndexedGroup { sentences, rows: Vec::new() }
    }

    /// Adds a row, which is a bead of the bitext if `rows_are_pairs`, otherwise a unit.
    pub fn push(&mut self, bitext: &Bitext, record: &Record, rows_are_pairs: bool) {
        // The id of a record ends with the number of its bead or unit.
        let number = record.id.as_deref().and_then(|id| id.rsplit_once('#'));
        let number = number.and_then(|(_, number)| number.parse::<usize>().ok());
        let units = match record.texts() {
            [(one, _), (other, _)] if rows_are_pairs => bitext.beads(*one, *other),
            _ => bitext.units(),
        };
        let unit = number.and_then(|number| units.get(number));
        let parts = unit.map(Unit::parts).unwrap_or_default();
        let sides = parts.iter().map(|part| (part.language, part.sentences.clone())).collect();
        let confidence = unit.map_or(0.0, Unit::confidence);
        self.rows.push(IndexedRow { confidence, sides });
    }

    /// Adds a row of these sentences.
    pub fn push_sentences(&mut self, confidence: f32, sides: Vec<(Language, Vec<usize>)>) {
        self.rows.push(IndexedRow { confidence, sides });
    }

    fn len(&self, language: Language) -> usize {
        let of = self.sentences.iter().find(|(of, _)| *of == language);
        of.map_or(0, |(_, sentences)| sentences.len())
    }

    /// The beads of two languages in the kept rows, with their confidences.
    fn beads(&self, pair: (Language, Language), kept: &[usize]) -> (Vec<Bead>, Vec<f32>) {
        let rows = kept.iter().filter_map(|&at| self.rows.get(at));
        let bead = |row: &IndexedRow| {
            let side = |language| {
                let side = row.sides.iter().find(|(of, _)| *of == language);
                side.map(|(_, sentences)| sentences.clone())
            };
            Some((Bead::new(side(pair.0)?, side(pair.1)?), row.confidence))
        };
        rows.filter_map(bead).unzip()
    }
}

/// Index files. A set is divided into parts of at most [`MAX_SENTENCES`] per language, which is what
/// readers accept.
pub struct IndexFiles<'a> {
    folder: &'a Path,
    formats: Vec<IndexFormat>,
    max_sentences: usize,
    /// The set, and the number of the part, from 1.
    part: Option<(Set, usize)>,
    /// The file of sentences by language, and its number of lines.
    texts: BTreeMap<Language, (BufWriter<File>, usize)>,
    indexes: BTreeMap<(Language, Language), Vec<IndexWriter<File>>>,
    names: Vec<String>,
}

impl<'a> IndexFiles<'a> {
    pub fn new(folder: &'a Path, formats: Vec<IndexFormat>) -> IndexFiles<'a> {
        IndexFiles {
            folder,
            formats,
            max_sentences: MAX_SENTENCES,
            part: None,
            texts: BTreeMap::new(),
            indexes: BTreeMap::new(),
            names: Vec::new(),
        }
    }

    /// Adds a group with its kept rows. All groups of a set must come before those of the next set.
    pub fn write(&mut self, set: Set, group: &IndexedGroup, kept: &[usize]) -> Result<()> {
        if kept.is_empty() {
            return Ok(());
        }
        let lines = |language: Language| self.texts.get(&language).map_or(0, |(_, lines)| *lines);
        let full = group.sentences.iter().any(|(language, sentences)| {
            lines(*language) > 0 && lines(*language) + sentences.len() > self.max_sentences
        });
        match self.part {
            Some((of, part)) if of == set && full => self.begin_part(set, part + 1)?,
            Some((of, _)) if of == set => {}
            _ => self.begin_part(set, 1)?,
        }
        let languages: Vec<Language> = group.sentences.iter().map(|(one, _)| *one).collect();
        let known = self.indexes.keys().copied();
        let pairs: BTreeSet<_> = known.chain(language_pairs(&languages)).collect();
        for pair in pairs {
            let (beads, scores) = group.beads(pair, kept);
            if beads.is_empty() && !self.indexes.contains_key(&pair) {
                continue;
            }
            let beads = Alignment::new(group.len(pair.0), group.len(pair.1), beads)?;
            for index in self.index(pair)? {
                index.write(&beads, &scores)?;
            }
        }
        for (language, sentences) in &group.sentences {
            self.write_text(*language, sentences)?;
        }
        Ok(())
    }

    fn begin_part(&mut self, set: Set, part: usize) -> Result<()> {
        self.end_part()?;
        self.part = Some((set, part));
        Ok(())
    }

    /// The files of a pair. New ones begin with the sentences that their languages have already.
    fn index(&mut self, pair: (Language, Language)) -> Result<&mut [IndexWriter<File>]> {
        if !self.indexes.contains_key(&pair) {
            let lines =
                |language: Language| self.texts.get(&language).map_or(0, |(_, lines)| *lines);
            let before = Alignment::unaligned(lines(pair.0), lines(pair.1))?;
            let mut writers = Vec::new();
            for format in self.formats.clone() {
                let end = match format {
                    IndexFormat::Ladder => "ladder",
                    _ => "vecalign",
                };
                let file = self.create(&format!("{}-{}.{end}", pair.0, pair.1))?;
                let mut writer = IndexWriter::new(file, format);
                writer.write(&before, &[])?;
                writers.push(writer);
            }
            self.indexes.insert(pair, writers);
        }
        Ok(self.indexes.get_mut(&pair).map(Vec::as_mut_slice).unwrap_or_default())
    }

    fn write_text(&mut self, language: Language, sentences: &[String]) -> Result<()> {
        if !self.texts.contains_key(&language) {
            let file = self.create(&format!("{language}.txt"))?;
            self.texts.insert(language, (BufWriter::new(file), 0));
        }
        if let Some((out, lines)) = self.texts.get_mut(&language) {
            for sentence in sentences {
                let written = writeln!(out, "{sentence}");
                written.map_err(|error| cannot_write(self.folder, error))?;
            }
            *lines += sentences.len();
        }
        Ok(())
    }

    fn create(&mut self, end: &str) -> Result<File> {
        let stem = match self.part {
            Some((set, part)) if part > 1 => format!("{}-{part}", set.name()),
            Some((set, _)) => set.name().to_string(),
            None => String::new(),
        };
        let name = format!("{stem}.{end}");
        let path = self.folder.join(&name);
        let file = File::create(&path).map_err(|error| cannot_write(&path, error))?;
        self.names.push(name);
        Ok(file)
    }

    fn end_part(&mut self) -> Result<()> {
        let fail = |error: std::io::Error| cannot_write(self.folder, error);
        let mut files = Vec::new();
        for (out, _) in std::mem::take(&mut self.texts).into_values() {
            files.push(out.into_inner().map_err(|error| fail(error.into_error()))?);
        }
        for index in std::mem::take(&mut self.indexes).into_values().flatten() {
            files.push(index.finish()?);
        }
        files.iter().try_for_each(|file| file.sync_all().map_err(fail))
    }

    /// Completes all files, and returns their names.
    pub fn finish(mut self) -> Result<Vec<String>> {
        self.end_part()?;
        Ok(self.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(sizes: [usize; 2], rows: &[(usize, usize)]) -> IndexedGroup {
        let lines = |language: Language, size| {
            (language, (0..size).map(|at| format!("{language} {at}")).collect())
        };
        let (en, de) = (Language::ENGLISH, Language::GERMAN);
        let sides = |&(i, j): &(usize, usize)| vec![(en, vec![i]), (de, vec![j])];
        let row = |row| IndexedRow { confidence: 0.5, sides: sides(row) };
        let sentences = vec![lines(en, sizes[0]), lines(de, sizes[1])];
        IndexedGroup { sentences, rows: rows.iter().map(row).collect() }
    }

    #[test]
    fn a_new_part_begins_before_readers_would_refuse_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = IndexFiles::new(folder.path(), vec![IndexFormat::Vecalign]);
        files.max_sentences = 5;
        files.write(Set::Test, &group([9, 1], &[(8, 0)]), &[0]).unwrap();
        files.write(Set::Train, &group([2, 2], &[(0, 0), (1, 1)]), &[1]).unwrap();
        files.write(Set::Train, &group([1, 1], &[(0, 0)]), &[]).unwrap();
        files.write(Set::Train, &group([2, 3], &[(1, 2)]), &[0]).unwrap();
        files.write(Set::Train, &group([2, 1], &[(0, 0)]), &[0]).unwrap();
        let names = files.finish().unwrap();
        assert_eq!(names.len(), 9, "{names:?}");
        let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let wanted = "[0]:[]\n[]:[0]\n[1]:[1]\n[2]:[]\n[]:[2]\n[]:[3]\n[3]:[4]\n";
        assert_eq!(text("train.en-de.vecalign"), wanted);
        assert_eq!(text("train.de.txt").lines().count(), 5);
        assert_eq!(text("train-2.en-de.vecalign"), "[0]:[0]\n[1]:[]\n");
        assert_eq!(text("train-2.en.txt"), "en 0\nen 1\n");
        assert_eq!(text("test.en.txt").lines().count(), 9);
    }
}
