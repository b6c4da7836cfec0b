//! The reports of `bitext align --explain` and `--explain-region`.

use std::io::Write;
use std::ops::Range;

use bitext::align::{
    BeadExplanation, ExplainedBitext, FeatureContribution, LatticeRegion, NullExplanation,
    PairExplanation,
};
use bitext::cli_support::is_terminal_control;
use bitext::format::fold;
use bitext::{Bitext, Language, Unit};

use crate::io::write::output::Output;
use crate::{Failure, Usage};

/// Contributions of features that round to zero, in nats, are not printed.
const MIN_PRINTED_NATS: f32 = 0.005;

/// Explains a unit, by its number in the table, from 1.
pub fn write(explained: &ExplainedBitext, number: usize, out: &mut Output) -> Result<(), Failure> {
    let bitext = explained.bitext();
    let units = bitext.units().len();
    let found = number.checked_sub(1).and_then(|index| explained.unit(index));
    let Some(explanation) = found else {
        return Err(no_such_unit(&format!("--explain {number}"), units).into());
    };
    let unit = &explanation.unit;
    let kind = if unit.is_null() {
        ", unaligned"
    } else if unit.crossing() {
        ", crossing"
    } else {
        ""
    };
    writeln!(out, "unit {number} of {units}{kind}")?;
    writeln!(out, "score {:.3}, confidence {:.4}", unit.score(), unit.confidence())?;
    for part in unit.parts() {
        let sentences = part.sentences.iter().map(|at| (at + 1).to_string());
        let sentences = sentences.collect::<Vec<_>>().join(", ");
        let text = on_one_line(&bitext.text(unit, part.language).unwrap_or_default());
        writeln!(out, "  {} {sentences}: {text}", part.language)?;
    }
    for pair in &explanation.pairs {
        write_pair(bitext, pair, out)?;
    }
    Ok(())
}

/// Prints the lattice of each language pair between the sentences of some units, by the numbers of
/// the first and the last unit in the table.
pub fn write_region(
    explained: &ExplainedBitext,
    (first, last): (usize, usize),
    out: &mut Output,
) -> Result<(), Failure> {
    let bitext = explained.bitext();
    let count = bitext.units().len();
    let Some(region) = bitext.units().get(first - 1..last) else {
        return Err(no_such_unit(&format!("--explain-region {first}-{last}"), count).into());
    };
    writeln!(out, "units {first} to {last} of {count}")?;
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

fn no_such_unit(option: &str, units: usize) -> Usage {
    Usage(match units {
        0 => format!("{option}: the bitext has no units"),
        units => format!("{option}: give a number from 1 to {units}"),
    })
}

/// The smallest range that contains the sentences of some units in a language.
fn hull(units: &[Unit], language: Language) -> Range<usize> {
    let sentences = || units.iter().filter_map(|unit| unit.sentences(language)).flatten();
    match (sentences().min(), sentences().max()) {
        (Some(&first), Some(&last)) => first..last + 1,
        _ => 0..0,
    }
}

fn write_lattice(lattice: &LatticeRegion, out: &mut Output) -> Result<(), Failure> {
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

fn write_null(null: &NullExplanation, out: &mut Output) -> Result<(), Failure> {
    let (language, sentence, posterior) = (null.language, null.sentence + 1, null.posterior);
    writeln!(out, "  unaligned {language} {sentence}: posterior {posterior:.4}")?;
    Ok(())
}

fn write_pair(bitext: &Bitext, pair: &PairExplanation, out: &mut Output) -> Result<(), Failure> {
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
    out: &mut Output,
) -> Result<(), Failure> {
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
