//! The table for people: one row per unit and one column per language, cut to a width.
//!
//! [`Bitext`] displays as this table. The command line adds the width and the colours of its
//! terminal.

use std::fmt::{self, Display, Formatter};

use unicode_width::UnicodeWidthChar;

use super::{Rows, Selection};
use crate::{Bitext, Language, Unit};

/// The width of a table in columns if nothing else is asked for.
pub const DEFAULT_TABLE_WIDTH: usize = 120;
/// No column of text is narrower than this.
const MIN_COLUMN_WIDTH: usize = 12;
/// The width of what precedes the texts, such as "  12  0.98  1-2-1   ".
const LEAD_WIDTH: usize = 20;
/// Rows below this confidence have a colour.
const TABLE_DOUBTFUL_CONFIDENCE: f32 = 0.5;

/// Escape sequences of a terminal for the parts of a table.
struct Style {
    null: &'static str,
    heading: &'static str,
    doubtful: &'static str,
    reset: &'static str,
}

const COLOURED: Style =
    Style { null: "\x1b[2m", heading: "\x1b[1m", doubtful: "\x1b[33m", reset: "\x1b[0m" };
const PLAIN: Style = Style { null: "", heading: "", doubtful: "", reset: "" };

/// A table that can be displayed. It ends with a line break.
pub(crate) struct BitextTable<'a> {
    pub bitext: &'a Bitext,
    pub selection: &'a Selection,
    /// In columns of a terminal.
    pub width: usize,
    pub is_coloured: bool,
}

impl BitextTable<'_> {
    /// The languages that the selection can show.
    fn languages(&self) -> Vec<Language> {
        let is_shown = |language: &Language| match &self.selection.rows {
            Rows::Beads(pairs) => pairs.iter().any(|pair| [pair.0, pair.1].contains(language)),
            Rows::Units => true,
        };
        self.bitext.languages().filter(is_shown).collect()
    }

    fn write_row(
        &self,
        f: &mut Formatter<'_>,
        (number, unit): (usize, &Unit),
        (languages, column): (&[Language], usize),
        style: &Style,
    ) -> fmt::Result {
        let colour = if unit.is_null() {
            style.null
        } else if unit.confidence() < TABLE_DOUBTFUL_CONFIDENCE {
            style.doubtful
        } else {
            ""
        };
        let reset = if colour.is_empty() { "" } else { style.reset };
        // Rounded down, so that a probability just below 1 is not shown as 1.
        let confidence = (unit.confidence() * 100.0).floor() / 100.0;
        write!(f, "{colour}{number:>4}  {confidence:.2}  {:<8}", shape(unit, languages))?;
        for &language in languages {
            let text = self.bitext.text(unit, language).unwrap_or_default();
            write!(f, "  {}", cut(&text, column))?;
        }
        writeln!(f, "{reset}")
    }

    fn write_summary(&self, f: &mut Formatter<'_>, languages: usize) -> fmt::Result {
        let units = self.bitext.units();
        let count = |parts: usize| units.iter().filter(|unit| unit.parts().len() == parts).count();
        if languages == 3 {
            write!(f, "\n{} in three languages, ", counted(count(3), "unit"))?;
            write!(f, "{} in two, ", count(2))?;
        } else {
            write!(f, "\n{} in both languages, ", counted(count(2), "unit"))?;
        }
        writeln!(f, "{} without a counterpart", counted(count(1), "sentence"))
    }
}

impl Display for BitextTable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let style = if self.is_coloured { &COLOURED } else { &PLAIN };
        let languages = self.languages();
        let column = (self.width.saturating_sub(LEAD_WIDTH) / languages.len().max(1))
            .saturating_sub(2)
            .max(MIN_COLUMN_WIDTH);

        write!(f, "{}{:>4}  {:<4}  {:<8}", style.heading, "", "conf", "shape")?;
        for language in &languages {
            write!(f, "  {}", cut(language.name().unwrap_or(language.code()), column))?;
        }
        writeln!(f, "{}", style.reset)?;

        // The rows keep the numbers that they have if all are shown: `--explain` takes those.
        let mut all = self.selection.clone();
        all.min_confidence = 0.0;
        let (mut shown, mut hidden) = (0, 0);
        for (at, unit) in all.select(self.bitext).enumerate() {
            if unit.confidence() < self.selection.min_confidence {
                hidden += 1;
                continue;
            }
            shown += 1;
            self.write_row(f, (at + 1, unit), (&languages, column), style)?;
        }
        match self.selection.rows {
            Rows::Units => self.write_summary(f, languages.len())?,
            Rows::Beads(_) => writeln!(f, "\n{}", counted(shown, "bead"))?,
        }
        if hidden > 0 {
            let least = self.selection.min_confidence;
            writeln!(f, "{} less sure than {least} not shown", counted(hidden, "row"))?;
        }
        Ok(())
    }
}

/// The table of all units, for people: a column for each language, texts cut to fit 120 columns.
///
/// ```
/// use bitext::Aligner;
///
/// let bitext = Aligner::new().align([
///     ("en", "The library reopens on Monday. Share this post:"),
///     ("de", "Die Bibliothek öffnet am Montag wieder."),
/// ])?;
/// println!("{bitext}");
/// # let table = bitext.to_string();
/// # assert!(table.contains("English") && table.ends_with("1 sentence without a counterpart"));
/// # Ok::<(), bitext::Error>(())
/// ```
impl Display for Bitext {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let table = BitextTable {
            bitext: self,
            selection: &Selection::units().with_nulls(true),
            width: DEFAULT_TABLE_WIDTH,
            is_coloured: false,
        };
        f.write_str(table.to_string().trim_end())
    }
}

/// The numbers of sentences by language, with a dot for a language that has none and an arrow for a
/// crossing unit.
fn shape(unit: &Unit, languages: &[Language]) -> String {
    let size = |language: &Language| match unit.sentences(*language) {
        Some(sentences) => sentences.len().to_string(),
        None => "·".to_string(),
    };
    let mark = if unit.crossing() { " ↕" } else { "" };
    languages.iter().map(size).collect::<Vec<_>>().join("-") + mark
}

/// `1 unit`, `2 units`
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A text on one line, cut or padded to a width in columns, without characters that a terminal
/// would obey.
fn cut(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let words = text.split_whitespace();
    let characters = words.enumerate().flat_map(|(at, word)| {
        let word = word.chars().filter(|c| !is_terminal_control(*c));
        std::iter::repeat_n(' ', usize::from(at > 0)).chain(word)
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

/// Whether a terminal would obey a character instead of showing it: controls, and the marks that
/// change the direction of text.
pub fn is_terminal_control(c: char) -> bool {
    let changes_direction = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    c.is_control() || changes_direction
}

#[cfg(test)]
mod tests {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

    use super::cut;

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
            "👩\u{200d}🚀 and so on",
        ] {
            for width in 1..30 {
                let fitted = cut(text, width);
                let columns: usize = fitted.chars().map(|c| c.width().unwrap_or(0)).sum();
                assert_eq!(columns, width, "{text:?} in {width}: {fitted:?}");
                assert!(fitted.width() <= width);
            }
        }
        assert_eq!(cut("Ланцюговий пором", 10), "Ланцюгови…");
        assert_eq!(cut("two\n lines", 10), "two lines ");
        assert!(!cut("a\u{202e}b\u{1b}c", 9).contains(['\u{202e}', '\u{1b}']));
    }
}
