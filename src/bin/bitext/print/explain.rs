//! The report of `bitext align --explain`.

use std::io::Write;
use std::ops::Range;

use bitext::align::{BeadExplanation, ExplainedBitext, PairExplanation};
use bitext::{Bitext, Language};

use crate::io::write::output::Output;
use crate::{Failure, Usage};
use bitext::cli_support::is_terminal_control;

/// Features that add less than this to a score, in nats, are not printed.
const MIN_PRINTED_NATS: f32 = 0.005;

/// Writes the features and the rejected alternatives of a unit. `number` is its row in the table,
/// from 1.
pub fn write(explained: &ExplainedBitext, number: usize, out: &mut Output) -> Result<(), Failure> {
    let bitext = explained.bitext();
    let units = bitext.units().len();
    let found = number.checked_sub(1).and_then(|index| explained.unit(index));
    let Some(explanation) = found else {
        let why = match units {
            0 => "the bitext has no units".to_string(),
            units => format!("give a number from 1 to {units}"),
        };
        return Err(Usage(format!("--explain {number}: {why}")).into());
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
        writeln!(out, "    {:<20} {:>8} {:>8} {:>8}", "feature", "value", "weight", "nats")?;
        for one in bead.features.iter().filter(|one| one.nats.abs() >= MIN_PRINTED_NATS) {
            let (value, weight, nats) = (one.value, one.weight, one.nats);
            writeln!(out, "    {:<20} {value:>8.3} {weight:>8.3} {nats:>+8.2}", one.name)?;
        }
    }
    for null in &pair.nulls {
        let (language, sentence) = (null.language, null.sentence + 1);
        writeln!(out, "  unaligned {language} {sentence}: posterior {:.4}", null.posterior)?;
    }
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
    let (posterior, score, margin) = (bead.posterior, bead.potential, bead.margin);
    writeln!(
        out,
        "  {what}: posterior {posterior:.4}, score {score:+.2} nats, margin {margin:.3}"
    )?;
    let sides = [
        (pair.source, &bead.source, &bead.source_sentences),
        (pair.target, &bead.target, &bead.target_sentences),
    ];
    for (language, spans, sentences) in sides {
        let text = bitext.article(language).map_or("", |article| article.text());
        let parts = spans.iter().filter_map(|span| text.get(span.clone()));
        let parts = parts.map(fold).collect::<Vec<_>>().join(" / ");
        writeln!(out, "    {language} {}: {parts}", range(sentences))?;
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
fn fold(text: &str) -> String {
    let words = text.split_whitespace().map(|word| word.replace(is_terminal_control, ""));
    words.collect::<Vec<_>>().join(" ")
}
