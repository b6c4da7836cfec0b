//! Index files: which sentences correspond, without their text. Vecalign's
//! `[0]:[0, 1]` and hunalign's ladder; [`Document`](crate::evaluate::Document) reads them.

use std::fmt::Write as _;
use std::io::Write;

use super::{Record, fold};
use crate::evaluate::{AlignmentError, Bead, Beads, Side};
use crate::{Article, Bitext, Error, Language, Result, Unit};

/// Writes the alignment of two languages of a bitext as Vecalign does, a bead a line,
/// `[0]:[0, 1]`. A sentence without a counterpart is a line of its own, `[3]:[]`. The
/// order is that of the text, as far as there is one.
///
/// # Errors
///
/// [`Error::Write`]; [`Error::InvalidBitext`] where the bitext lacks one of the languages.
///
/// ```
/// use bitext::format::write_vecalign;
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new()?.align([
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
    let list = |sentences: &[usize]| {
        let numbers: Vec<String> = sentences.iter().map(usize::to_string).collect();
        numbers.join(", ")
    };
    let mut lines = String::new();
    for (bead, _) in in_order(bitext, source, target)? {
        // Writing into a string does not fail.
        let _ = writeln!(lines, "[{}]:[{}]", list(&bead.source), list(&bead.target));
    }
    Ok(out.write_all(lines.as_bytes())?)
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
pub fn write_ladder(
    bitext: &Bitext,
    source: Language,
    target: Language,
    mut out: impl Write,
) -> Result<()> {
    let mut rungs: Vec<[usize; 4]> = Vec::new();
    let mut scores: Vec<f32> = Vec::new();
    for (bead, confidence) in in_order(bitext, source, target)? {
        // A null has no place on the other side, so it crosses nothing.
        if bead.is_null() {
            continue;
        }
        let hull = |side: &[usize]| (side[0], side[side.len() - 1] + 1);
        let ((mut a, mut b), (mut x, mut y)) = (hull(&bead.source), hull(&bead.target));
        let mut score = confidence;
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
    let len = |language| bitext.article(language).map_or(0, Article::len);
    let (n, m) = (len(source), len(target));
    let mut lines = String::new();
    let mut rung = |i: usize, j: usize, score: f32| {
        let _ = writeln!(lines, "{i}\t{j}\t{score}");
    };
    let (mut i, mut j) = (0, 0);
    for ([a, b, x, y], score) in rungs.into_iter().zip(scores).chain([([n, n, m, m], 0.0)]) {
        (i..a).for_each(|i| rung(i, j, 0.0));
        (j..x).for_each(|j| rung(a, j, 0.0));
        rung(a, x, score);
        (i, j) = (b, y);
    }
    Ok(out.write_all(lines.as_bytes())?)
}

/// Beads and unaligned sentences with their confidences, in the order of the text.
fn in_order(bitext: &Bitext, source: Language, target: Language) -> Result<Vec<(Bead, f32)>> {
    let beads = Beads::of_bitext(bitext, source, target)?;
    let lacking = || Error::InvalidBitext(format!("there is no pair {source}-{target}"));
    let beads = beads.ok_or_else(lacking)?;
    let units = bitext.pair(source, target).unwrap_or_default();
    let mut ordered: Vec<(Bead, f32)> =
        beads.beads().iter().cloned().zip(units.iter().map(Unit::confidence)).collect();
    ordered.sort_by_key(|(bead, _)| bead.source.first().copied());
    let (n, m) = beads.sizes();
    let free = |side, len: usize| -> Vec<usize> {
        (0..len).filter(|&at| beads.bead_of(side, at).is_none()).collect()
    };
    let mut sources = free(Side::Source, n).into_iter().peekable();
    let mut targets = free(Side::Target, m).into_iter().peekable();
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
    Ok(all)
}

/// The texts of an alignment's beads that have both sides, the sentences of each
/// joined by a space; sentences are numbered as in the lists. The id is the number of the
/// bead, from 0.
///
/// # Errors
///
/// [`Error::InvalidAlignment`] where a bead has a sentence that is not there;
/// [`Error::DuplicateLanguage`].
///
/// ```
/// use bitext::evaluate::Document;
/// use bitext::{Language, format::aligned_texts};
///
/// let document = Document::parse_vecalign("a.align", "[0]:[0, 1]\n")?;
/// let source = (Language::ENGLISH, &["It rained, and stormed."][..]);
/// let target = (Language::GERMAN, &["Es regnete.", "Es stürmte."][..]);
/// let records = aligned_texts(&document.beads(1, 2)?, source, target)?;
/// assert_eq!(records[0].text(Language::GERMAN), Some("Es regnete. Es stürmte."));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn aligned_texts<S: AsRef<str>>(
    beads: &Beads,
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
            (source.0, joined(source.1, &bead.source, Side::Source)?),
            (target.0, joined(target.1, &bead.target, Side::Target)?),
        ])?;
        record.id = Some(at.to_string());
        records.push(record);
    }
    Ok(records)
}
