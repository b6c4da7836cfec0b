//! The table for people: a row a unit, a column a language, cut to the width
//! of the terminal.

use std::io::Write;

use bitext::format::{Rows, Selection};
use bitext::{Bitext, Language, Unit};
use unicode_width::UnicodeWidthChar;

use crate::Failure;
use crate::io::messages::terminal::turns;
use crate::io::write::output::Output;

/// Width where there is no terminal to ask.
const DEFAULT_WIDTH: usize = 120;
/// No column of text is narrower.
const MIN_COLUMN_WIDTH: usize = 12;
/// Width of "  12  .98  1-2-1  ".
const LEAD_WIDTH: usize = 20;

struct Style {
    dim: &'static str,
    bold: &'static str,
    low: &'static str,
    reset: &'static str,
}

const COLOUR: Style = Style { dim: "\x1b[2m", bold: "\x1b[1m", low: "\x1b[33m", reset: "\x1b[0m" };
const PLAIN: Style = Style { dim: "", bold: "", low: "", reset: "" };

pub fn write(bitext: &Bitext, selection: &Selection, out: &mut Output) -> Result<(), Failure> {
    let terminal = out.is_terminal();
    let coloured = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let style = if coloured { &COLOUR } else { &PLAIN };
    let width = match terminal_size::terminal_size() {
        Some((width, _)) if terminal => usize::from(width.0),
        _ => DEFAULT_WIDTH,
    };
    let shown = |language: &Language| match &selection.rows {
        Rows::Beads(pairs) => pairs.iter().any(|pair| [pair.0, pair.1].contains(language)),
        _ => true,
    };
    let languages: Vec<Language> = bitext.languages().filter(shown).collect();
    let column = (width.saturating_sub(LEAD_WIDTH) / languages.len().max(1))
        .saturating_sub(2)
        .max(MIN_COLUMN_WIDTH);

    out.style(style.bold)?;
    write!(out, "{:>4}  {:<4}  {:<8}", "", "conf", "shape")?;
    for language in &languages {
        write!(out, "  {}", fit(language.name().unwrap_or(language.code()), column))?;
    }
    out.style(style.reset)?;
    writeln!(out)?;

    // Rows have the numbers that they have when all are shown: --explain knows them by those.
    let mut all = selection.clone();
    all.min_confidence = 0.0;
    let is_shown = |unit: &Unit| unit.confidence() >= selection.min_confidence;
    let (mut rows, mut hidden) = (0, 0);
    for (at, unit) in all.select(bitext).enumerate() {
        if !is_shown(unit) {
            hidden += 1;
            continue;
        }
        rows += 1;
        let number = at + 1;
        let colour = match () {
            _ if unit.is_null() => style.dim,
            _ if unit.confidence() < 0.5 => style.low,
            _ => "",
        };
        let reset = if colour.is_empty() { "" } else { style.reset };
        // A probability just below 1 is not shown as 1.
        let confidence = (unit.confidence() * 100.0).floor() / 100.0;
        out.style(colour)?;
        write!(out, "{number:>4}  {confidence:.2}  {:<8}", shape(unit, &languages))?;
        for &language in &languages {
            let text = bitext.text(unit, language).unwrap_or_default();
            write!(out, "  {}", fit(&text, column))?;
        }
        out.style(reset)?;
        writeln!(out)?;
    }
    match selection.rows {
        Rows::Units => summary(bitext, &languages, out)?,
        _ => writeln!(out, "\n{}", counted(rows, "bead"))?,
    }
    if hidden > 0 {
        let least = selection.min_confidence;
        writeln!(out, "{} less sure than {least} not shown", counted(hidden, "row"))?;
    }
    Ok(())
}

/// Sentences by language, with a dot where a language has none, and a mark where
/// they are out of order.
fn shape(unit: &Unit, languages: &[Language]) -> String {
    let size = |language: &Language| match unit.sentences(*language) {
        Some(sentences) => sentences.len().to_string(),
        None => "·".to_string(),
    };
    let mark = if unit.crossing() { " ↕" } else { "" };
    languages.iter().map(size).collect::<Vec<_>>().join("-") + mark
}

fn summary(bitext: &Bitext, languages: &[Language], out: &mut Output) -> Result<(), Failure> {
    let count =
        |parts: usize| bitext.units().iter().filter(|unit| unit.parts().len() == parts).count();
    let mut counts = Vec::new();
    if languages.len() == 3 {
        counts.push(format!("{} in three languages", counted(count(3), "unit")));
        counts.push(format!("{} in two", count(2)));
    } else {
        counts.push(format!("{} in both languages", counted(count(2), "unit")));
    }
    counts.push(format!("{} without a counterpart", counted(count(1), "sentence")));
    writeln!(out, "\n{}", counts.join(", "))?;
    Ok(())
}

/// `1 unit`, `2 units`
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A text on one line, cut or padded to a width in columns.
fn fit(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let words = text.split_whitespace();
    let characters = words.enumerate().flat_map(|(at, word)| {
        std::iter::repeat_n(' ', usize::from(at > 0)).chain(word.chars().filter(|c| !turns(*c)))
    });
    let columns = |c: char| c.width().unwrap_or(0);
    for c in characters {
        if used + columns(c) > width {
            // The last character makes room for the ellipsis.
            while used >= width {
                match out.pop() {
                    Some(last) => used -= columns(last),
                    None => break,
                }
            }
            out.push('…');
            used += 1;
            break;
        }
        out.push(c);
        used += columns(c);
    }
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    out
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::fit;

    #[test]
    fn every_text_takes_the_width_of_its_column() {
        for text in [
            "",
            "short",
            "Ланцюговий пором Бельварна повертається",
            "стре\u{301}сований на\u{301}голос",
            "Übergrößenträger",
            "橋は閉鎖されている",
            "a\u{202e}b\u{1b}[31m\u{2066}c",
            "👩\u{200d}🚀 and on it goes",
        ] {
            for width in 1..30 {
                let cut = fit(text, width);
                let columns: usize =
                    cut.chars().map(|c| super::UnicodeWidthChar::width(c).unwrap_or(0)).sum();
                assert_eq!(columns, width, "{text:?} in {width}: {cut:?}");
                assert!(cut.width() <= width);
            }
        }
        assert_eq!(fit("Ланцюговий пором", 10), "Ланцюгови…");
        assert_eq!(fit("two\n lines", 10), "two lines ");
        assert!(!fit("a\u{202e}b\u{1b}c", 9).contains(['\u{202e}', '\u{1b}']));
    }
}
