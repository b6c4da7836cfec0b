//! Paragraphs of a text.
//!
//! A blank line always ends a paragraph. A single newline ends one unless the text is hard-wrapped:
//! then it is a space. [`wrap_width`] finds out which.

use super::Span;
use super::lines::TextLines;
use super::wrapping::{fills_line, wrap_width};

/// What a single newline means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Newlines {
    /// A space in a hard-wrapped text, the end of a paragraph in any other text.
    ///
    /// The shape of all lines decides. The text is therefore read twice, unless it has a line that
    /// is too long to be wrapped.
    #[default]
    Auto,
    /// Always the end of a paragraph.
    Always,
    /// Never the end of a paragraph; only a blank line ends one.
    Never,
}

/// The paragraphs of a text, in order, without surrounding white space.
///
/// Lines end with `\n`, `\r\n`, `\r`, a vertical tab, a form feed, or one of the Unicode characters
/// U+0085, U+2028 and U+2029. Every character that is not white space is in exactly one paragraph,
/// except a byte-order mark at the start, which is in none.
///
/// ```
/// use bitext::text::{Newlines, paragraphs};
///
/// let text = "A headline\r\n\r\nFirst line.\r\nSecond line.\r\n";
/// let found: Vec<&str> =
///     paragraphs(text, Newlines::Auto).into_iter().map(|span| &text[span]).collect();
/// assert_eq!(found, ["A headline", "First line.", "Second line."]);
/// ```
pub fn paragraphs(text: &str, newlines: Newlines) -> Vec<Span> {
    let mut paragraphs = Paragraphs::new(text, newlines);
    std::iter::from_fn(|| paragraphs.next_unless(|_| false)).collect()
}

/// What the single newlines of a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineBreaks {
    ParagraphEnds,
    Spaces,
    /// Spaces in paragraphs that are wrapped at about this many characters.
    WrappedAt(usize),
}

impl LineBreaks {
    /// Whether a line belongs to the same paragraph as the line above it.
    ///
    /// In a wrapped text, a line that stops well short of the margin ends its paragraph. It may be
    /// shorter if the next line starts with a lowercase letter.
    fn join(self, above: &str, below: &str) -> bool {
        let width = match self {
            LineBreaks::ParagraphEnds => return false,
            LineBreaks::Spaces => return true,
            LineBreaks::WrappedAt(width) => width,
        };
        let length = above.chars().count();
        let continues = below.starts_with(char::is_lowercase) || fills_line(length, below, width);
        let min_length = if continues { width / 2 + 1 } else { width * 3 / 4 };
        length >= min_length
    }
}

/// An iterator over the paragraphs of a text, whose caller can isolate lines.
#[derive(Clone, Debug)]
pub(crate) struct Paragraphs<'t> {
    text: &'t str,
    lines: TextLines<'t>,
    line_breaks: LineBreaks,
    /// A line that was read and belongs to the next paragraph.
    pending: Option<Span>,
}

impl<'t> Paragraphs<'t> {
    pub fn new(text: &'t str, newlines: Newlines) -> Paragraphs<'t> {
        let line_breaks = match newlines {
            Newlines::Auto => {
                wrap_width(text).map_or(LineBreaks::ParagraphEnds, LineBreaks::WrappedAt)
            }
            Newlines::Always => LineBreaks::ParagraphEnds,
            Newlines::Never => LineBreaks::Spaces,
        };
        Paragraphs { text, lines: TextLines::new(text), line_breaks, pending: None }
    }

    /// The next paragraph. In a text that is recognised as wrapped, every line that `is_isolated`
    /// holds for is a paragraph of its own.
    pub fn next_unless(&mut self, is_isolated: impl Fn(&str) -> bool) -> Option<Span> {
        let first = self.pending.take().or_else(|| self.lines.find(|line| !line.is_empty()))?;
        if self.line_breaks == LineBreaks::ParagraphEnds {
            return Some(first);
        }
        let may_isolate = self.line_breaks != LineBreaks::Spaces;
        let mut paragraph = first.clone();
        let mut last = first;
        while let Some(line) = self.lines.next().filter(|line| !line.is_empty()) {
            let (above, below) = (&self.text[last], &self.text[line.clone()]);
            let ends = !self.line_breaks.join(above, below)
                || may_isolate && (is_isolated(above) || is_isolated(below));
            if ends {
                self.pending = Some(line);
                break;
            }
            paragraph.end = line.end;
            last = line;
        }
        Some(paragraph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, newlines: Newlines) -> Vec<&str> {
        paragraphs(text, newlines).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn blank_lines_and_all_line_ends_separate_paragraphs() {
        let text = "\u{feff}a\n\n\n b \r\n\r\nc\r\rd\u{2029}e\n \u{a0}\nf";
        assert_eq!(split(text, Newlines::Never), ["a", "b", "c", "d\u{2029}e", "f"]);
        assert_eq!(split(text, Newlines::Auto), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(split("", Newlines::Auto), [""; 0]);
        assert_eq!(split(" \r\n ", Newlines::Auto), [""; 0]);
    }

    #[test]
    fn lines_of_a_wrapped_text_are_joined_and_items_of_a_list_are_not() {
        let wrapped = "The ferry that links the two banks of the river\n\
            will stop for a month from Monday, the town said\n\
            on Friday, because its engine has to be renewed\n\
            before the winter.\n\
            Buses will run instead, and the fare for them is\n\
            to stay as it is now for as long as the work on\n\
            the ferry lasts.";
        assert_eq!(split(wrapped, Newlines::Auto).len(), 2);
        assert_eq!(split(wrapped, Newlines::Always).len(), 7);
        let listed = "Popular\nShare this post:\nFerry to stop for a month\nWhere to eat tonight\n\
            What the mayor said about the bridge at night";
        assert_eq!(split(listed, Newlines::Auto).len(), 5);
    }

    #[test]
    fn a_short_text_wrapped_by_hand_is_joined() {
        let wrapped = "The reading room of the old library opens again on\n\
            Monday after a year of repairs. Its windows were\n\
            replaced, and the floor was raised by a hand so that the\n\
            river cannot reach the shelves again. Readers may\n\
            bring back the books which they took home before\n\
            the flood.";
        assert_eq!(split(wrapped, Newlines::Auto).len(), 1);
        let headed = format!("Library opens again\n{wrapped}\n\nIt is free.");
        assert_eq!(split(&headed, Newlines::Auto).len(), 3);
        let ukrainian = "Читальна зала старої бібліотеки знову відчиниться в\n\
            понеділок після року ремонту. Вікна в ній замінили, а\n\
            підлогу підняли на долоню, щоб ріка більше не\n\
            дістала до полиць. Читачі можуть повернути книжки,\n\
            які забрали додому перед повінню. Вхід вільний для\n\
            всіх мешканців.";
        assert_eq!(split(ukrainian, Newlines::Auto).len(), 1);
    }

    #[test]
    fn lines_that_were_not_wrapped_stay_apart() {
        let texts = [
            // Headlines.
            "Ferry stops for a month while its engine is renewed\n\
             Where to eat tonight if you like fish and fresh bread\n\
             What the mayor said about the bridge in the evening\n\
             Council votes on the new school behind the station\n\
             Snow closes two of the three roads to the border",
            // One sentence per line.
            "The ferry stops for a month from the first of May.\n\
             Its engine has to be renewed before the winter.\n\
             Buses will run instead, and the fare stays the same.\n\
             Nobody in the town was asked about it beforehand.",
            // Lists in lowercase letters.
            "sort: put the lines of a file in their order\n\
             uniq: leave out lines that are there twice\n\
             comm: compare two sorted files line by line\n\
             split: cut a file into pieces of equal size",
            "Що ми робимо\n\
             розвиваємо водну інфраструктуру громади;\n\
             підтримуємо малі підприємства над рікою;\n\
             навчаємо молодь керувати поромами й човнами;\n\
             доглядаємо старі мости та пристані.",
            // Verse.
            "Над тихим плесом місяць зупинився,\n\
             і човен мій до берега прилип,\n\
             а ти мені, мов давній сон, наснився,\n\
             і довго шепотів нам сивий лип.",
        ];
        for text in texts {
            assert_eq!(split(text, Newlines::Auto).len(), text.lines().count(), "{text}");
        }
    }

    #[test]
    fn long_lines_are_paragraphs() {
        let line = "One sentence is here. Another one follows it at once. ".repeat(5);
        assert_eq!(split(&format!("{line}\n{line}\n{line}\n{line}"), Newlines::Auto).len(), 4);
    }
}
