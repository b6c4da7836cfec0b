//! Paragraphs: blank lines always end one, single newlines where the text
//! shows that they do.

use super::Span;

/// What a single newline means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Newlines {
    /// Found from the text: in a hard-wrapped text a newline is a space, in
    /// any other it ends the paragraph. The shape of all lines decides, so the
    /// text is read once up to its first line that is too long to be wrapped,
    /// or to its end, before the first paragraph is found.
    #[default]
    Auto,
    /// Always ends the paragraph.
    Always,
    /// Never ends the paragraph; only a blank line does.
    Never,
}

/// The paragraphs of a text, in order, without the white space around them.
///
/// Lines end with `\n`, `\r\n`, `\r`, or one of the Unicode separators; every
/// character that is not white space is in exactly one paragraph, but for a
/// byte-order mark at the start, which is in none.
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
    std::iter::from_fn(|| paragraphs.next_where(|_| false)).collect()
}

/// What the ends of lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnds {
    /// Each ends its paragraph.
    Breaks,
    /// None ends its paragraph.
    Spaces,
    /// The text was wrapped at about this many characters.
    Wrapped(usize),
}

impl LineEnds {
    /// Whether a line of a wrapped text goes on in the one below. One that stops
    /// well short of the margin does not, as the last of a paragraph and a
    /// heading do; before a small letter it may be shorter.
    fn joins(self, above: &str, below: &str) -> bool {
        match self {
            LineEnds::Breaks => false,
            LineEnds::Spaces => true,
            LineEnds::Wrapped(width) => {
                let length = chars(above);
                let goes_on = below.starts_with(char::is_lowercase) || fills(length, below, width);
                let least = if goes_on { width / 2 + 1 } else { width * 3 / 4 };
                length >= least
            }
        }
    }
}

/// The paragraphs of a text, found one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Paragraphs<'t> {
    text: &'t str,
    lines: Lines<'t>,
    lines_are: LineEnds,
    /// A line that was read and belongs to the next paragraph.
    pending: Option<Span>,
}

impl<'t> Paragraphs<'t> {
    pub fn new(text: &'t str, newlines: Newlines) -> Paragraphs<'t> {
        let lines_are = match newlines {
            Newlines::Auto => wrap_width(text).map_or(LineEnds::Breaks, LineEnds::Wrapped),
            Newlines::Always => LineEnds::Breaks,
            Newlines::Never => LineEnds::Spaces,
        };
        Paragraphs { text, lines: Lines::new(text), lines_are, pending: None }
    }

    /// The next paragraph. Where a wrapped text was recognised, a line that is
    /// `apart` is a paragraph of its own.
    pub fn next_where(&mut self, apart: impl Fn(&str) -> bool) -> Option<Span> {
        let first = self.pending.take().or_else(|| self.lines.find(|line| !line.is_empty()))?;
        if self.lines_are == LineEnds::Breaks {
            return Some(first);
        }
        let spaces = self.lines_are == LineEnds::Spaces;
        let mut paragraph = first.clone();
        let mut last = first;
        while let Some(line) = self.lines.next().filter(|line| !line.is_empty()) {
            let (above, below) = (&self.text[last], &self.text[line.clone()]);
            if !spaces && (!self.lines_are.joins(above, below) || apart(above) || apart(below)) {
                self.pending = Some(line);
                break;
            }
            paragraph.end = line.end;
            last = line;
        }
        Some(paragraph)
    }
}

/// The lines of a text, trimmed; a blank line is an empty span.
#[derive(Clone, Debug)]
struct Lines<'t> {
    text: &'t str,
    /// Where the next line starts; none behind the last.
    start: Option<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Lines<'t> {
        let mark = '\u{feff}';
        Lines { text, start: Some(if text.starts_with(mark) { mark.len_utf8() } else { 0 }) }
    }
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let start = self.start?;
        let (end, next) = match line_end(&self.text.as_bytes()[start..]) {
            Some((at, len)) => (start + at, Some(start + at + len)),
            None => (self.text.len(), None),
        };
        self.start = next;
        let line = &self.text[start..end];
        // Most lines have no white space at their ends.
        if let [b'!'..=b'~', .., b'!'..=b'~'] = line.as_bytes() {
            return Some(start..end);
        }
        let from = start + (line.len() - line.trim_start().len());
        Some(from..from + line.trim().len())
    }
}

/// Where a line ends, and how many bytes end it.
fn line_end(bytes: &[u8]) -> Option<(usize, usize)> {
    // The four of ASCII lie side by side; the rest are the first bytes of
    // U+0085 and of U+2028 and U+2029.
    let ends = |byte: u8| (byte.wrapping_sub(b'\n') < 4) | (byte == 0xc2) | (byte == 0xe2);
    let mut at = 0;
    loop {
        at += find(&bytes[at..], ends)?;
        let len = match &bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r' | 0x0b | 0x0c, ..] => 1,
            [0xc2, 0x85, ..] => 2,
            [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
            _ => 0,
        };
        if len > 0 {
            return Some((at, len));
        }
        at += 1;
    }
}

/// How many bytes are tested together, which compilers turn into few
/// instructions where the test has no branches (`|`, not `||`).
const TOGETHER: usize = 16;

/// Where the first byte is that `wanted` holds for.
#[inline]
pub(crate) fn find(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = 0;
    for chunk in bytes.chunks_exact(TOGETHER) {
        let found = together(chunk, &wanted);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += TOGETHER;
    }
    bytes[at..].iter().position(|&byte| wanted(byte)).map(|found| at + found)
}

/// Where the last byte is that `wanted` holds for.
#[inline]
pub(crate) fn find_last(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut end = bytes.len();
    for chunk in bytes.rchunks_exact(TOGETHER) {
        let found = together(chunk, &wanted);
        if found != 0 {
            return Some(end - 1 - found.leading_zeros() as usize / 8);
        }
        end -= TOGETHER;
    }
    bytes[..end].iter().rposition(|&byte| wanted(byte))
}

/// One in the byte of each place where `wanted` holds; the first is the lowest.
#[inline]
fn together(chunk: &[u8], wanted: impl Fn(u8) -> bool) -> u128 {
    let chunk = <[u8; TOGETHER]>::try_from(chunk).unwrap_or_default();
    // This is compiled to vector instructions; what is behind it often is not.
    let any = chunk.iter().fold(0, |any, &byte| any | u8::from(wanted(byte)));
    if any == 0 {
        return 0;
    }
    u128::from_le_bytes(chunk.map(|byte| u8::from(wanted(byte))))
}

fn chars(line: &str) -> usize {
    line.chars().count()
}

/// Whether a line of `length` characters had no room for the next line's first
/// word, at a width of `width`.
fn fills(length: usize, below: &str, width: usize) -> bool {
    let word = below.split_whitespace().next().map_or(0, chars);
    length + 1 + word > width
}

/// Whether a line ends with a mark behind which nothing goes on.
fn ends_sentence(line: &str) -> bool {
    line.ends_with(['.', '!', '?', ':', ';', '…', '"', '”', '“', '»'])
}

/// Whether a word ends with a stop behind a letter or a figure.
fn is_stopped(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '”', '“', '»', ')']);
    let mut letters = word.chars().rev();
    letters.next().is_some_and(|c| matches!(c, '.' | '!' | '?' | '…'))
        && letters.next().is_some_and(char::is_alphanumeric)
}

/// Whether a sentence ends in a line or with it.
fn holds_stop(line: &str) -> bool {
    line.split_whitespace().any(is_stopped)
}

/// Whether a sentence begins inside a line, behind the end of another.
fn begins_inside(line: &str) -> bool {
    const SHORTEST: usize = 4;
    let mut above = "";
    line.split_whitespace().any(|word| {
        // What is shorter may be an abbreviation or an initial.
        let ended = above.chars().count() >= SHORTEST && is_stopped(above);
        above = word;
        ended && word.starts_with(char::is_uppercase)
    })
}

/// The width that a text is wrapped at, if it is.
///
/// A program wrapped it where, in nearly every pair of adjoining lines, the
/// second line's first word would not have fitted on the first, and most of the
/// lines that are followed by another do not end a sentence. A person wrapped it
/// where most lines are about as long as the longest, end without a mark, and go
/// on with a small letter below.
fn wrap_width(text: &str) -> Option<usize> {
    const NARROWEST: usize = 30;
    const WIDEST: usize = 140;

    let mut width = 0;
    for line in Lines::new(text) {
        // No character has more than four bytes, so most of a long line need
        // not be counted.
        let line = &text[line];
        width = width.max(if line.len() > 4 * WIDEST { WIDEST + 1 } else { chars(line) });
        if width > WIDEST {
            return None;
        }
    }
    if width < NARROWEST {
        return None;
    }
    let mut seams = Seams::default();
    let mut above = "";
    for line in Lines::new(text) {
        let line = &text[line];
        seams.sentences |= holds_stop(line);
        if line.starts_with(char::is_lowercase) {
            seams.small_start |= above.is_empty() && seams.pairs == 0;
            seams.strays += usize::from(above.is_empty() || ends_sentence(above));
        }
        if !above.is_empty() && !line.is_empty() {
            seams.count(above, line, width);
        }
        above = line;
    }
    (seams.by_program() || seams.by_hand()).then_some(width)
}

/// What the pairs of adjoining lines are like.
#[derive(Clone, Copy, Debug, Default)]
struct Seams {
    pairs: usize,
    /// The second line's first word had no room on the first.
    full: usize,
    /// The first line does not end with a mark that ends a sentence.
    open: usize,
    /// The first line ends with a comma, as those of verse and lists do.
    commas: usize,
    /// The sentence clearly goes on: a long line without a mark, and a small
    /// letter below, or the beginning of a sentence inside the line.
    continued: usize,
    /// As that, or full and open.
    joint: usize,
    /// A sentence ends somewhere: a list of names has no such place.
    sentences: bool,
    /// The text begins with a small letter, as lists of commands do.
    small_start: bool,
    /// Lines that begin with a small letter where nothing goes on.
    strays: usize,
}

impl Seams {
    fn count(&mut self, above: &str, below: &str, width: usize) {
        let length = chars(above);
        let full = fills(length, below, width);
        let open = !ends_sentence(above);
        let long = length * 10 >= width * 7;
        let comma = above.ends_with(',');
        let goes_on = !comma && below.starts_with(char::is_lowercase) || begins_inside(above);
        let continued = open && long && goes_on;
        self.pairs += 1;
        self.full += usize::from(full);
        self.open += usize::from(open);
        self.commas += usize::from(comma);
        self.continued += usize::from(continued);
        self.joint += usize::from(continued || full && open);
    }

    fn by_program(self) -> bool {
        /// Fewer say nothing.
        const PAIRS: usize = 3;
        (self.sentences || self.continued > 0)
            && !self.small_start
            && self.pairs >= PAIRS
            && self.full * 10 >= self.pairs * 8
            && self.open * 2 >= self.pairs
    }

    fn by_hand(self) -> bool {
        /// Fewer may be chance.
        const CONTINUED: usize = 2;
        /// For each stray this many pairs: an abbreviation may end a line.
        const PAIRS_A_STRAY: usize = 20;
        self.sentences
            && !self.small_start
            && self.strays * PAIRS_A_STRAY <= self.pairs
            && self.continued >= CONTINUED
            && self.joint * 2 >= self.pairs
            && self.commas * 2 <= self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, newlines: Newlines) -> Vec<&str> {
        paragraphs(text, newlines).into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn blank_lines_and_all_kinds_of_newline() {
        let text = "\u{feff}a\n\n\n b \r\n\r\nc\r\rd\u{2029}e\n \u{a0}\nf";
        assert_eq!(split(text, Newlines::Never), ["a", "b", "c", "d\u{2029}e", "f"]);
        assert_eq!(split(text, Newlines::Auto), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(split("", Newlines::Auto), [""; 0]);
        assert_eq!(split(" \r\n ", Newlines::Auto), [""; 0]);
    }

    #[test]
    fn a_wrapped_text_is_joined_and_a_listed_one_is_not() {
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
            // A sentence a line.
            "The ferry stops for a month from the first of May.\n\
             Its engine has to be renewed before the winter.\n\
             Buses will run instead, and the fare stays the same.\n\
             Nobody in the town was asked about it beforehand.",
            // A list in small letters.
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
