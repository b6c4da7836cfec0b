//! Index files: which sentences correspond, without their text. Vecalign's
//! `[0]:[0, 1]` and hunalign's ladder; [`AlignmentFile`](crate::evaluate::AlignmentFile) reads them.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};

use super::{Record, fold};
use crate::evaluate::{Alignment, AlignmentError, AlignmentSide, Bead};
use crate::{Bitext, Error, Language, Result, Unit};

/// Writes the alignment of two languages of a bitext as Vecalign does, a bead a line,
/// `[0]:[0, 1]`. A sentence without a counterpart is a line of its own, `[3]:[]`. The
/// order is that of the text, as far as there is one.
///
/// # Errors
///
/// [`ErrorKind::Write`](crate::ErrorKind::Write); [`ErrorKind::InvalidBitext`](crate::ErrorKind::InvalidBitext) where the bitext lacks one of the languages.
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

/// Writes the alignment of two languages of a bitext as hunalign's ladder: a rung
/// a line, `source TAB target TAB score`, from `0 0` to the ends of both; the
/// sentences from a rung to the next are a bead, whose confidence is the score of the rung
/// that begins it.
///
/// A ladder has no way to say that beads cross or that one has a hole: those become one with
/// what lies between, of the least of their confidences.
///
/// # Errors
///
/// As [`write_vecalign`].
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

/// How an index file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexFormat {
    /// As [`write_vecalign`] has it.
    Vecalign,
    /// hunalign's, as [`write_ladder`] has it.
    Ladder,
}

/// Writes the alignments of documents into one index file, as if they were one: its numbers are
/// those of the lines of two files in which the sentences of all documents stand one after
/// the other.
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
    /// Sentences before the next document.
    n: usize,
    m: usize,
}

impl<W: Write> IndexWriter<W> {
    /// Begins a file.
    pub fn new(out: W, format: IndexFormat) -> IndexWriter<W> {
        IndexWriter { out: BufWriter::new(out), format, n: 0, m: 0 }
    }

    /// Adds a document, each of its beads with a score; a bead without one has 0. Only a ladder
    /// shows the scores.
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

    /// Ends the file and hands it back.
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
        // Writing into a string does not fail.
        let _ = writeln!(lines, "[{source}]:[{target}]");
    }
    lines
}

/// All rungs but the last, where the next document begins.
fn ladder_lines(
    ordered: &[(Bead, f32)],
    (n, m): (usize, usize),
    before: usize,
    before_too: usize,
) -> String {
    let mut rungs: Vec<[usize; 4]> = Vec::new();
    let mut scores: Vec<f32> = Vec::new();
    for (bead, score) in ordered {
        // A null has no place on the other side, so it crosses nothing.
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

/// The texts of an alignment's beads that have both sides, the sentences of each
/// joined by a space; sentences are numbered as in the lists. The id is the number of the
/// bead, from 0.
///
/// # Errors
///
/// [`ErrorKind::InvalidAlignment`](crate::ErrorKind::InvalidAlignment) where a bead has a sentence that is not there;
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
