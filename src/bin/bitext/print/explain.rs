//! The report of `bitext align --explain`.

use std::io::Write;
use std::ops::Range;

use bitext::align::{BeadExplanation, ExplainedBitext, PairExplanation};
use bitext::{Bitext, Language};

use crate::io::write::output::Output;
use crate::{Failure, Usage};
use bitext::cli_support::is_terminal_control;

/// Evidence of less, in nats, is not printed.
const MIN_PRINTED_NATS: f32 = 0.005;

/// Writes what speaks for a unit, by its number in the table, from 1.
pub fn write(explained: &ExplainedBitext, number: usize, out: &mut Output) -> Result<(), Failure> {
    let bitext = explained.bitext();
    let units = bitext.units().len();
    let found = number.checked_sub(1).and_then(|index| explained.unit(index));
    let Some(explanation) = found else {
        let range = if units == 0 { String::new() } else { ", 1 to the last".to_string() };
        return Err(Usage(format!("--explain {number}: there are {units} units{range}")).into());
    };
    let unit = &explanation.unit;
    let kind = match () {
        _ if unit.is_null() => ", without a counterpart",
        _ if unit.crossing() => ", crossing",
        _ => "",
    };
    writeln!(out, "unit {number} of {units}{kind}")?;
    writeln!(out, "score {:.3}, confidence {:.4}", unit.score(), unit.confidence())?;
    for part in unit.parts() {
        let sentences = part.sentences.iter().map(|at| (at + 1).to_string());
        let sentences = sentences.collect::<Vec<_>>().join(", ");
        let text = fold(&bitext.text(unit, part.language).unwrap_or_default());
        writeln!(out, "  {} {sentences}: {text}", part.language)?;
    }
    for pair in &explanation.pairs {
        write_pair(bitext, pair, out)?;
    }
    Ok(())
}

fn write_pair(bitext: &Bitext, pair: &PairExplanation, out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "\n{}-{}", name(pair.source), name(pair.target))?;
    if pair.beads.is_empty() {
        writeln!(out, "  no bead in this unit")?;
    }
    for bead in &pair.beads {
        write_bead(bitext, pair, "bead", bead, out)?;
        writeln!(out, "    {:<14} {:>8} {:>8} {:>8}", "evidence", "value", "weight", "nats")?;
        for one in bead.features.iter().filter(|one| one.nats.abs() >= MIN_PRINTED_NATS) {
            let (value, weight, gain) = (one.value, one.weight, one.nats);
            writeln!(out, "    {:<14} {value:>8.3} {weight:>8.3} {gain:>+8.2}", one.name)?;
        }
    }
    for null in &pair.nulls {
        let (language, sentence) = (null.language, null.sentence + 1);
        writeln!(out, "  unaligned {language} {sentence}: posterior {:.4}", null.posterior)?;
    }
    if pair.alternatives.is_empty() {
        writeln!(out, "  no other bead is likely: none has a posterior of .001")?;
    }
    for rival in &pair.alternatives {
        write_bead(bitext, pair, "rival", rival, out)?;
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
    let (posterior, gain, margin) = (bead.posterior, bead.potential, bead.margin);
    writeln!(out, "  {what}: posterior {posterior:.4}, gain {gain:+.2} nats, margin {margin:.3}")?;
    let sides = [
        (pair.source, &bead.source, &bead.source_sentences),
        (pair.target, &bead.target, &bead.target_sentences),
    ];
    for (language, spans, sentences) in sides {
        let text = bitext.article(language).map_or("", |article| article.text());
        let pieces = spans.iter().filter_map(|span| text.get(span.clone()));
        let pieces = pieces.map(fold).collect::<Vec<_>>().join(" / ");
        writeln!(out, "    {language} {}: {pieces}", range(sentences))?;
    }
    Ok(())
}

fn name(language: Language) -> &'static str {
    language.name().unwrap_or("other")
}

/// Numbers of sentences, from 1.
fn range(sentences: &Range<usize>) -> String {
    match sentences.len() {
        1 => (sentences.start + 1).to_string(),
        _ => format!("{}-{}", sentences.start + 1, sentences.end),
    }
}

/// A text on one line.
fn fold(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.replace(is_terminal_control, ""));
    words.collect::<Vec<_>>().join(" ")
}
