//! Whether a text is hard-wrapped, and at which width.
//!
//! Two kinds of wrapped text are recognised. In a text that a program wrapped, the first word of
//! nearly every line would not have fitted on the line above, and most lines do not end a sentence.
//! In a text that a person wrapped, most lines are about as long as the longest, end without
//! punctuation, and the next line starts with a lowercase letter.

use super::lines::TextLines;

/// Widths that a text may be wrapped at, in characters. Shorter lines are lists or verse, and longer
/// lines are paragraphs.
const MIN_WRAP_WIDTH: usize = 30;
const MAX_WRAP_WIDTH: usize = 140;

/// Of a line that is wrapped by hand, the least share of the width, in tenths.
const LONG_LINE_TENTHS: usize = 7;

/// A shorter word before a full stop may be an abbreviation or an initial.
const MIN_CHARS_OF_LAST_WORD: usize = 4;

/// The width that a text is wrapped at, in characters, or `None` if it is not wrapped.
pub(super) fn wrap_width(text: &str) -> Option<usize> {
    let mut width = 0;
    for line in TextLines::new(text) {
        width = width.max(width_up_to_limit(&text[line]));
        if width > MAX_WRAP_WIDTH {
            return None;
        }
    }
    if width < MIN_WRAP_WIDTH {
        return None;
    }
    let breaks = LineBreakCounts::of(text, width);
    (breaks.are_by_program() || breaks.are_by_hand()).then_some(width)
}

/// The width of a line in characters; any number above the limit if it is longer than that.
fn width_up_to_limit(line: &str) -> usize {
    // A character has at most four bytes, so that very long lines need not be counted.
    if line.len() > 4 * MAX_WRAP_WIDTH { MAX_WRAP_WIDTH + 1 } else { line.chars().count() }
}

/// Whether the first word of the next line has no room on a line of `length` characters.
pub(super) fn fills_line(length: usize, below: &str, width: usize) -> bool {
    let word = below.split_whitespace().next().map_or(0, |word| word.chars().count());
    length + 1 + word > width
}

/// Whether a line ends with punctuation that usually ends a line of its own.
fn ends_with_punctuation(line: &str) -> bool {
    line.ends_with(['.', '!', '?', ':', ';', '…', '"', '”', '“', '»'])
}

/// Whether a word ends with sentence-final punctuation after a letter or a digit.
fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '”', '“', '»', ')']);
    let mut reversed = word.chars().rev();
    reversed.next().is_some_and(|c| matches!(c, '.' | '!' | '?' | '…'))
        && reversed.next().is_some_and(char::is_alphanumeric)
}

/// Whether a sentence ends within a line or at its end.
fn has_sentence_end(line: &str) -> bool {
    line.split_whitespace().any(ends_sentence)
}

/// Whether a sentence ends within a line and another one starts after it.
fn has_sentence_start_inside(line: &str) -> bool {
    let mut previous = "";
    line.split_whitespace().any(|word| {
        let ended = previous.chars().count() >= MIN_CHARS_OF_LAST_WORD && ends_sentence(previous);
        previous = word;
        ended && word.starts_with(char::is_uppercase)
    })
}

/// Counts over the line breaks of a text, blank lines aside.
#[derive(Clone, Copy, Debug, Default)]
struct LineBreakCounts {
    /// All line breaks.
    all: usize,
    /// The first word of the next line has no room on the line.
    full: usize,
    /// The line does not end with punctuation.
    open: usize,
    /// The line ends with a comma, as in verse and lists.
    commas: usize,
    /// The sentence clearly continues: a long line without punctuation at its end, and either a
    /// lowercase letter on the next line or the start of a sentence within the line.
    continued: usize,
    /// Continued, or full and open.
    joint: usize,
    /// Whether any sentence ends in the text; in a list of names none does.
    has_sentences: bool,
    /// Whether the text starts with a lowercase letter, as lists of commands do.
    starts_lowercase: bool,
    /// Lines that start with a lowercase letter although the line above is blank or ends with
    /// punctuation.
    lowercase_after_end: usize,
}

impl LineBreakCounts {
    fn of(text: &str, width: usize) -> LineBreakCounts {
        let mut counts = LineBreakCounts::default();
        let mut above = "";
        for line in TextLines::new(text) {
            let line = &text[line];
            counts.has_sentences |= has_sentence_end(line);
            if line.starts_with(char::is_lowercase) {
                counts.starts_lowercase |= above.is_empty() && counts.all == 0;
                counts.lowercase_after_end +=
                    usize::from(above.is_empty() || ends_with_punctuation(above));
            }
            if !above.is_empty() && !line.is_empty() {
                counts.add(above, line, width);
            }
            above = line;
        }
        counts
    }

    fn add(&mut self, above: &str, below: &str, width: usize) {
        let length = above.chars().count();
        let full = fills_line(length, below, width);
        let open = !ends_with_punctuation(above);
        let long = length * 10 >= width * LONG_LINE_TENTHS;
        let comma = above.ends_with(',');
        let continues =
            !comma && below.starts_with(char::is_lowercase) || has_sentence_start_inside(above);
        let continued = open && long && continues;
        self.all += 1;
        self.full += usize::from(full);
        self.open += usize::from(open);
        self.commas += usize::from(comma);
        self.continued += usize::from(continued);
        self.joint += usize::from(continued || full && open);
    }

    fn are_by_program(self) -> bool {
        /// Fewer line breaks do not show a pattern.
        const MIN_BREAKS: usize = 3;
        (self.has_sentences || self.continued > 0)
            && !self.starts_lowercase
            && self.all >= MIN_BREAKS
            && self.full * 10 >= self.all * 8
            && self.open * 2 >= self.all
    }

    fn are_by_hand(self) -> bool {
        /// Fewer may be chance.
        const MIN_CONTINUED: usize = 2;
        /// One lowercase start after a sentence end is allowed per this many line breaks, since an
        /// abbreviation may end a line.
        const BREAKS_PER_EXCEPTION: usize = 20;
        self.has_sentences
            && !self.starts_lowercase
            && self.lowercase_after_end * BREAKS_PER_EXCEPTION <= self.all
            && self.continued >= MIN_CONTINUED
            && self.joint * 2 >= self.all
            && self.commas * 2 <= self.all
    }
}
