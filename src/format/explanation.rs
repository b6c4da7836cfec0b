//! Explanations of alignments as text for people: `bitext align --explain` and `--explain-region`.

use std::fmt::{self, Write};
use std::ops::Range;

use super::fold;
use super::table::is_terminal_control;
use crate::align::{
    BeadExplanation, ExplainedBitext, FeatureContribution, LatticeRegion, NullExplanation,
    PairExplanation, UnitExplanation,
};
use crate::{Bitext, Language, Unit};

/// Contributions of features that round to zero, in nats, are not printed.
const MIN_PRINTED_NATS: f32 = 0.005;

/// Explains a unit, by its index from 0, as text for people: its features in each language pair, and the
/// alternatives that the aligner rejected. `None` if there is no such unit.
///
/// ```
/// use bitext::Aligner;
/// use bitext::format::explain_unit;
///
/// let explained = Aligner::new().explain([
///     ("en", "The museum opens in May."),
///     ("de", "Das Museum öffnet im Mai."),
/// ])?;
/// let text = explain_unit(&explained, 0).unwrap();
/// assert!(text.starts_with("unit 1 of 1\nscore "));
/// assert!(explain_unit(&explained, 1).is_none());
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn explain_unit(explained: &ExplainedBitext, index: usize) -> Option<String> {
    let explanation = explained.unit(index)?;
    let mut out = String::new();
    // Writing to a string cannot fail.
    write_unit(explained.bitext(), &explanation, &mut out).ok()?;
    Some(out)
}

fn write_unit(bitext: &Bitext, explanation: &UnitExplanation, out: &mut String) -> fmt::Result {
    let unit = &explanation.unit;
    let kind = if unit.is_null() {
        ", unaligned"
    } else if unit.crossing() {
        ", crossing"
    } else {
        ""
    };
    writeln!(out, "unit {} of {}{kind}", explanation.index + 1, bitext.units().len())?;
    writeln!(out, "score {:.3}, confidence {:.4}", unit.score(), unit.confidence())?;
    for part in unit.parts() {
        let sentences = part.sentences.iter().map(|at| (at + 1).to_string());
        let sentences = sentences.collect::<Vec<_>>().join(", ");
        let text = on_one_line(&bitext.text(unit, part.language).unwrap_or_default());
        writeln!(out, "  {} {sentences}: {text}", part.language)?;
    }
    explanation.pairs.iter().try_for_each(|pair| write_pair(bitext, pair, out))
}

/// Lists the lattice of each language pair between the sentences of some units, by the indexes of the
/// units from 0, as text for people. `None` if the range is empty or out of bounds.
///
/// ```
/// use bitext::Aligner;
/// use bitext::format::explain_region;
///
/// let explained = Aligner::new().explain([
///     ("en", "The museum opens in May. Tickets cost 5 euros."),
///     ("de", "Das Museum öffnet im Mai. Karten kosten 5 Euro."),
/// ])?;
/// assert!(explain_region(&explained, 0..2).unwrap().contains("English-German lattice"));
/// assert!(explain_region(&explained, 0..3).is_none());
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn explain_region(explained: &ExplainedBitext, units: Range<usize>) -> Option<String> {
    let mut out = String::new();
    let region = explained.bitext().units().get(units.clone()).filter(|units| !units.is_empty())?;
    // Writing to a string cannot fail.
    write_region(explained, region, units.start, &mut out).ok()?;
    Some(out)
}

fn write_region(
    explained: &ExplainedBitext,
    region: &[Unit],
    first: usize,
    out: &mut String,
) -> fmt::Result {
    let bitext = explained.bitext();
    let (last, count) = (first + region.len(), bitext.units().len());
    writeln!(out, "units {} to {last} of {count}", first + 1)?;
    let languages: Vec<Language> = bitext.languages().collect();
    for (at, &source) in languages.iter().enumerate() {
        for &target in &languages[at + 1..] {
            let [rows, columns] = [source, target].map(|language| hull(region, language));
            writeln!(out, "\n{}-{} lattice", name(source), name(target))?;
            for (language, sentences) in [(source, &rows), (target, &columns)] {
                if sentences.is_empty() {
                    writeln!(out, "  no {language} sentence in these units")?;
                }
            }
            if let Some(lattice) = explained.lattice(source, target, rows, columns) {
                write_lattice(&lattice, out)?;
            }
        }
    }
    Ok(())
}

/// The smallest range that contains the sentences of some units in a language.
fn hull(units: &[Unit], language: Language) -> Range<usize> {
    let sentences = || units.iter().filter_map(|unit| unit.sentences(language)).flatten();
    match (sentences().min(), sentences().max()) {
        (Some(&first), Some(&last)) => first..last + 1,
        _ => 0..0,
    }
}

fn write_lattice(lattice: &LatticeRegion, out: &mut String) -> fmt::Result {
    let (source, target) = (lattice.source.to_string(), lattice.target.to_string());
    if !lattice.beads.is_empty() {
        let [shape, potential, posterior] = ["shape", "potential", "posterior"];
        writeln!(out, "  {source:<9} {target:<9} {shape:<5} {potential:>10} {posterior:>9}")?;
    }
    for bead in &lattice.beads {
        let (rows, columns) = (range(&bead.source_sentences), range(&bead.target_sentences));
        let shape = format!("{}-{}", bead.shape().0, bead.shape().1);
        let (potential, posterior) = (bead.potential, bead.posterior);
        write!(out, "  {rows:<9} {columns:<9} {shape:<5} {potential:>+10.2} {posterior:>9.4}")?;
        for (is_marked, mark) in
            [(bead.on_viterbi_path, "Viterbi path"), (bead.in_result, "result")]
        {
            if is_marked {
                write!(out, "  {mark}")?;
            }
        }
        let features = printed(bead).map(|one| {
            format!("{} {:.3} x {:.3} = {:+.2}", one.name, one.value, one.weight, one.nats)
        });
        writeln!(out, "\n    {}", features.collect::<Vec<_>>().join("; "))?;
    }
    lattice.nulls.iter().try_for_each(|null| write_null(null, out))
}

/// The features of a bead whose contributions are printed.
fn printed(bead: &BeadExplanation) -> impl Iterator<Item = &FeatureContribution> {
    bead.features.iter().filter(|feature| feature.nats.abs() >= MIN_PRINTED_NATS)
}

fn write_null(null: &NullExplanation, out: &mut String) -> fmt::Result {
    let (language, sentence, posterior) = (null.language, null.sentence + 1, null.posterior);
    writeln!(out, "  unaligned {language} {sentence}: posterior {posterior:.4}")
}

fn write_pair(bitext: &Bitext, pair: &PairExplanation, out: &mut String) -> fmt::Result {
    writeln!(out, "\n{}-{}", name(pair.source), name(pair.target))?;
    if pair.beads.is_empty() {
        writeln!(out, "  no bead in this unit")?;
    }
    for bead in &pair.beads {
        write_bead(bitext, pair, "bead", bead, out)?;
        writeln!(out, "    {:<25} {:>8} {:>8} {:>8}", "feature", "value", "weight", "nats")?;
        for feature in printed(bead) {
            let FeatureContribution { name, value, weight, nats, .. } = feature;
            writeln!(out, "    {name:<25} {value:>8.3} {weight:>8.3} {nats:>+8.2}")?;
        }
    }
    pair.nulls.iter().try_for_each(|null| write_null(null, out))?;
    if pair.alternatives.is_empty() {
        writeln!(out, "  no alternative has a posterior of 0.001 or more")?;
    }
    for alternative in &pair.alternatives {
        write_bead(bitext, pair, "alternative", alternative, out)?;
    }
    Ok(())
}

fn write_bead(
    bitext: &Bitext,
    pair: &PairExplanation,
    what: &str,
    bead: &BeadExplanation,
    out: &mut String,
) -> fmt::Result {
    let (posterior, potential, margin) = (bead.posterior, bead.potential, bead.margin);
    writeln!(
        out,
        "  {what}: posterior {posterior:.4}, potential {potential:+.2} nats, margin {margin:.3}"
    )?;
    let sides = [
        (pair.source, &bead.source, &bead.source_sentences),
        (pair.target, &bead.target, &bead.target_sentences),
    ];
    for (language, spans, sentences) in sides {
        let text = bitext.article(language).map_or("", |article| article.text());
        let texts = spans.iter().filter_map(|span| text.get(span.clone()));
        let texts = texts.map(on_one_line).collect::<Vec<_>>().join(" / ");
        writeln!(out, "    {language} {}: {texts}", range(sentences))?;
    }
    Ok(())
}

fn name(language: Language) -> &'static str {
    language.name().unwrap_or("other")
}

/// Sentence numbers, from 1: `3` or `3-5`.
fn range(sentences: &Range<usize>) -> String {
    if sentences.len() == 1 {
        return (sentences.start + 1).to_string();
    }
    format!("{}-{}", sentences.start + 1, sentences.end)
}

/// A text on one line, without control characters.
fn on_one_line(text: &str) -> String {
    fold(text).replace(is_terminal_control, "")
}
