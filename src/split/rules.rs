//! The built-in splitter.

use super::Splitter;
use super::chars::{emoticon, is_stop};
use super::decide::ends;
use super::mark::Mark;
use super::table::Table;
use crate::Language;
use crate::text::{Newlines, Span, paragraphs};

/// The built-in splitter: rules, and for each of English, Ukrainian and German
/// a table of abbreviations.
///
/// A sentence ends at a full stop, an exclamation mark, a question mark or an
/// ellipsis, with the closing quotes, brackets and footnote marks behind it,
/// unless what stands around it shows that the sentence goes on; a paragraph
/// always ends one. Any other language is split at sentence-final punctuation,
/// that of other scripts too, without abbreviations other than initials and
/// letters with stops.
///
/// The sentences have no white space around them, are never blank, and hold
/// every character of the text that is not white space, but for a byte-order
/// mark at its start. The time it takes is linear in the text, whatever that
/// is.
///
/// ```
/// use bitext::{Language, RuleSplitter, Splitter};
///
/// let text = "Dr. Weiß kam am 3. Mai. „Wirklich?“, fragte sie.";
/// let sentences = RuleSplitter::default().split(Language::GERMAN, text);
/// assert_eq!(&text[sentences[0].clone()], "Dr. Weiß kam am 3. Mai.");
/// assert_eq!(&text[sentences[1].clone()], "„Wirklich?“, fragte sie.");
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RuleSplitter {
    /// What a single newline means.
    pub newlines: Newlines,
    /// Whether a sentence may also end where the space after it was left out,
    /// as in `the end.Next`. By default text is cut only at white space, but for
    /// scripts that set none.
    pub missing_spaces: bool,
}

impl Splitter for RuleSplitter {
    fn split(&self, language: Language, text: &str) -> Vec<Span> {
        let table = Table::of(language);
        let mut found = Vec::new();
        for paragraph in paragraphs(text, self.newlines) {
            self.sentences(table, &text[paragraph.clone()], paragraph.start, &mut found);
        }
        found
    }
}

impl RuleSplitter {
    /// Adds the sentences of a paragraph, which begins at `base` of the text.
    fn sentences(&self, table: &Table, paragraph: &str, base: usize, found: &mut Vec<Span>) {
        let mut begin = 0;
        let mut at = 0;
        // Whether a straight quotation is open, by the count of its marks.
        let mut open = false;
        while let Some(stop) = next_stop(paragraph, at, &mut open) {
            let mark = Mark::read(table, paragraph, stop, open);
            let apart = mark.next > mark.end || mark.wide || self.missing_spaces;
            if apart && ends(table, paragraph, begin, &mark) {
                found.push(base + begin..base + mark.end);
                begin = mark.next;
            }
            count_quotes(&paragraph[stop..mark.end], &mut open);
            at = mark.end;
        }
        if begin < paragraph.len() {
            found.push(base + begin..base + paragraph.len());
        }
    }
}

/// Where the next stop is, from `at` on. An emoticon is one as well: many
/// writers set it in place of the full stop.
fn next_stop(paragraph: &str, at: usize, open: &mut bool) -> Option<usize> {
    let rest = &paragraph[at..];
    let mut apart = false;
    let (found, _) = rest.char_indices().find(|&(at, c)| {
        let stop = is_stop(c) || apart && matches!(c, ':' | ';' | '=') && emoticon(&rest[at..]) > 0;
        apart = c.is_whitespace();
        stop
    })?;
    count_quotes(&rest[..found], open);
    Some(at + found)
}

fn count_quotes(text: &str, open: &mut bool) {
    *open ^= text.bytes().filter(|&byte| byte == b'"').count() % 2 == 1;
}
