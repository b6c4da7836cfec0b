//! Writes index files, which say which sentences correspond, without their texts: the format of
//! Vecalign (`[0]:[0, 1]`) and the ladder of hunalign.
//!
//! [`AlignmentFile`](crate::evaluate::AlignmentFile) reads them.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};

use super::{Record, fold};
use crate::evaluate::{Alignment, AlignmentError, AlignmentSide, Bead};
use crate::{Bitext, Error, Language, Result, Unit};

/// Writes the alignment of two languages of a bitext in the format of Vecalign, one bead per line:
/// `[0]:[0, 1]`. An unaligned sentence has a line of its own: `[3]:[]`. The lines are in the order of
/// the text, as far as the beads do not cross.
///
/// # Errors
///
/// [`ErrorKind::Write`](crate::ErrorKind::Write); [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) if the bitext lacks one of the languages.
///
/// ```
/// use bitext::format::write_vecalign;
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["The bridge is closed.", "Share this page"]),
///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
/// ])?;
/// let mut lines = Vec::new();
/// write_vecalign(&bitext, Language::ENGLISH, Language::GERMAN, &mut lines)?;
/// assert_eq!(String::from_utf8_lossy(&lines), "[0]:[0]\n[1]:[]\n");
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn write_vecalign(
    bitext: &Bitext,
    source: Language,
    target: Language,
    mut out: impl Write,
) -> Result<()> {
    write_bitext(bitext, source, target, out.by_ref(), IndexFormat::Vecalign)
}

/// Writes the alignment of two languages of a bitext as a ladder of hunalign.
///
/// Each line is a rung, `source TAB target TAB score`, from `0 0` to the ends of both texts. The
/// sentences between two rungs are a bead. Its confidence is the score of the first rung.
///
/// A ladder cannot express crossing beads, or beads with other sentences in between. Such beads are
/// merged with what lies between them and get the lowest of the confidences.
///
/// # Errors
///
/// Those of [`write_vecalign`].
///
/// ```
/// use bitext::evaluate::AlignmentFile;
/// use bitext::format::write_ladder;
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::from_sentences(Language::ENGLISH, ["The bridge is closed.", "Share this page"]),
///     Article::from_sentences(Language::GERMAN, ["Die Brücke ist gesperrt."]),
/// ])?;
/// let mut ladder = Vec::new();
/// write_ladder(&bitext, Language::ENGLISH, Language::GERMAN, &mut ladder)?;
/// let ladder = String::from_utf8_lossy(&ladder);
/// assert!(ladder.ends_with("\n1\t1\t0\n2\t1\t0\n"));
/// assert_eq!(AlignmentFile::parse_ladder("ladder", &ladder)?.sizes(), (2, 1));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn write_ladder(
    bitext: &Bitext,
    source: Language,
    target: Language,
    mut out: impl Write,
) -> Result<()> {
    write_bitext(bitext, source, target, out.by_ref(), IndexFormat::Ladder)
}

fn write_bitext(
    bitext: &Bitext,
    source: Language,
    target: Language,
    out: &mut dyn Write,
    format: IndexFormat,
) -> Result<()> {
    let beads = Alignment::of_bitext(bitext, source, target)?;
    let lacking = || Error::bitext(format!("there is no pair {source}-{target}"));
    let beads = beads.ok_or_else(lacking)?;
    let units = bitext.beads(source, target);
    let scores: Vec<f32> = units.iter().map(Unit::confidence).collect();
    let mut writer = IndexWriter::new(out, format);
    writer.write(&beads, &scores)?;
    writer.finish().map(drop)
}

/// A format of index files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexFormat {
    /// The format of Vecalign: see [`write_vecalign`].
    Vecalign,
    /// The ladder of hunalign: see [`write_ladder`].
    Ladder,
}

/// Writes the alignments of several documents into one index file, as if the documents were
/// concatenated: one file of sentences per language, one sentence per line.
///
/// ```
/// use bitext::evaluate::{Bead, Alignment};
/// use bitext::format::{IndexFormat, IndexWriter};
///
/// let mut out = IndexWriter::new(Vec::new(), IndexFormat::Vecalign);
/// out.write(&Alignment::new(2, 1, [Bead::new([0], [0])])?, &[0.9])?;
/// out.write(&Alignment::new(1, 2, [Bead::new([0], [0, 1])])?, &[0.8])?;
/// assert_eq!(out.finish()?, b"[0]:[0]\n[1]:[]\n[2]:[1, 2]\n");
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Debug)]
pub struct IndexWriter<W: Write> {
    out: BufWriter<W>,
    format: IndexFormat,
    /// The number of sentences before the next document, by language.
    n: usize,
    m: usize,
}

impl<W: Write> IndexWriter<W> {
    /// Begins a file.
    pub fn new(out: W, format: IndexFormat) -> IndexWriter<W> {
        IndexWriter { out: BufWriter::new(out), format, n: 0, m: 0 }
    }

    /// Adds a document with the scores of its beads. Missing scores are 0. Only a ladder has scores.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn write(&mut self, beads: &Alignment, scores: &[f32]) -> Result<()> {
        let ordered = in_order(beads, scores);
        let lines = match self.format {
            IndexFormat::Vecalign => vecalign_lines(&ordered, self.n, self.m),
            IndexFormat::Ladder => ladder_lines(&ordered, beads.sizes(), self.n, self.m),
        };
        self.out.write_all(lines.as_bytes()).map_err(Error::write)?;
        let (n, m) = beads.sizes();
        (self.n, self.m) = (self.n + n, self.m + m);
        Ok(())
    }

    /// Ends the file and returns the output.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Write`](crate::ErrorKind::Write).
    pub fn finish(mut self) -> Result<W> {
        if self.format == IndexFormat::Ladder {
            writeln!(self.out, "{}\t{}\t0", self.n, self.m).map_err(Error::write)?;
        }
        self.out.into_inner().map_err(|error| Error::write(error.into_error()))
    }
}

fn vecalign_lines(ordered: &[(Bead, f32)], before: usize, before_too: usize) -> String {
    let list = |sentences: &[usize], before: usize| {
        let numbers: Vec<String> = sentences.iter().map(|at| (before + at).to_string()).collect();
        numbers.join(", ")
    };
    let mut lines = String::new();
    for (bead, _) in ordered {
        let (source, target) = (list(&bead.source, before), list(&bead.target, before_too));
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "[{source}]:[{target}]");
    }
    lines
}

/// All rungs but the last, which is the first of the next document.
fn ladder_lines(
    ordered: &[(Bead, f32)],
    (n, m): (usize, usize),
    before: usize,
    before_too: usize,
) -> String {
    let mut rungs: Vec<[usize; 4]> = Vec::new();
    let mut scores: Vec<f32> = Vec::new();
    for (bead, score) in ordered {
        // An unaligned sentence has no place on the other side, so it crosses nothing.
        if bead.is_null() {
            continue;
        }
        let hull = |side: &[usize]| (side[0], side[side.len() - 1] + 1);
        let ((mut a, mut b), (mut x, mut y)) = (hull(&bead.source), hull(&bead.target));
        let mut score = *score;
        while let Some(&[i, j, v, w]) = rungs.last() {
            if j <= a && w <= x {
                break;
            }
            (a, b, x, y) = (a.min(i), b.max(j), x.min(v), y.max(w));
            score = score.min(scores.pop().unwrap_or(score));
            rungs.pop();
        }
        rungs.push([a, b, x, y]);
        scores.push(score);
    }
    let mut lines = String::new();
    let mut rung = |i: usize, j: usize, score: f32| {
        let _ = writeln!(lines, "{}\t{}\t{score}", before + i, before_too + j);
    };
    let (mut i, mut j) = (0, 0);
    for ([a, b, x, y], score) in rungs.into_iter().zip(scores) {
        (i..a).for_each(|i| rung(i, j, 0.0));
        (j..x).for_each(|j| rung(a, j, 0.0));
        rung(a, x, score);
        (i, j) = (b, y);
    }
    (i..n).for_each(|i| rung(i, j, 0.0));
    (j..m).for_each(|j| rung(n, j, 0.0));
    lines
}

/// Beads and unaligned sentences with their confidences, in the order of the text.
fn in_order(beads: &Alignment, scores: &[f32]) -> Vec<(Bead, f32)> {
    let scores = scores.iter().copied().chain(std::iter::repeat(0.0));
    let mut ordered: Vec<(Bead, f32)> = beads.beads().iter().cloned().zip(scores).collect();
    ordered.sort_by_key(|(bead, _)| bead.source.first().copied());
    let (n, m) = beads.sizes();
    let free = |side, len: usize| -> Vec<usize> {
        (0..len).filter(|&at| beads.bead_of(side, at).is_none()).collect()
    };
    let mut sources = free(AlignmentSide::Source, n).into_iter().peekable();
    let mut targets = free(AlignmentSide::Target, m).into_iter().peekable();
    let mut all = Vec::with_capacity(ordered.len());
    for (bead, score) in ordered {
        while let Some(i) = sources.next_if(|i| bead.source.first().is_some_and(|at| i < at)) {
            all.push((Bead::new([i], []), 0.0));
        }
        while let Some(j) = targets.next_if(|j| bead.target.first().is_some_and(|at| j < at)) {
            all.push((Bead::new([], [j]), 0.0));
        }
        all.push((bead, score));
    }
    all.extend(sources.map(|i| (Bead::new([i], []), 0.0)));
    all.extend(targets.map(|j| (Bead::new([], [j]), 0.0)));
    all
}

/// The texts of the beads of an alignment as records. The sentences of a side are joined with spaces.
/// Beads without one of the sides are left out. The id of a record is the index of its bead, from 0.
///
/// # Errors
///
/// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) if a bead has a sentence that does not exist;
/// [`ErrorKind::DuplicateLanguage`](crate::ErrorKind::DuplicateLanguage).
///
/// ```
/// use bitext::evaluate::AlignmentFile;
/// use bitext::{Language, format::aligned_texts};
///
/// let document = AlignmentFile::parse_vecalign("a.align", "[0]:[0, 1]\n")?;
/// let source = (Language::ENGLISH, &["It rained, and stormed."][..]);
/// let target = (Language::GERMAN, &["Es regnete.", "Es stürmte."][..]);
/// let records = aligned_texts(&document.alignment(1, 2)?, source, target)?;
/// assert_eq!(records[0].text(Language::GERMAN), Some("Es regnete. Es stürmte."));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn aligned_texts<S: AsRef<str>>(
    beads: &Alignment,
    source: (Language, &[S]),
    target: (Language, &[S]),
) -> Result<Vec<Record>> {
    let joined = |all: &[S], sentences: &[usize], side| -> Result<String> {
        let mut texts = Vec::with_capacity(sentences.len());
        for &sentence in sentences {
            let out_of_range =
                AlignmentError::OutOfRange { side, sentence, bead: 0, len: all.len() };
            texts.push(fold(all.get(sentence).ok_or(out_of_range)?.as_ref()));
        }
        Ok(texts.join(" "))
    };
    let mut records = Vec::new();
    for (at, bead) in beads.beads().iter().enumerate().filter(|(_, bead)| !bead.is_null()) {
        let mut record = Record::new([
            (source.0, joined(source.1, &bead.source, AlignmentSide::Source)?),
            (target.0, joined(target.1, &bead.target, AlignmentSide::Target)?),
        ])?;
        record.id = Some(at.to_string());
        records.push(record);
    }
    Ok(records)
}
