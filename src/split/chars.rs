//! What the splitter knows of characters and words.

use crate::text::{find, find_last};

/// How many characters a word or an abbreviation has at most: the scan looks
/// no further, so that no input takes more than linear time.
pub(super) const PART_REACH: usize = 32;

/// A mark that ends sentences.
pub(super) fn is_stop(c: char) -> bool {
    c == '.' || c == '…' || is_strong(c)
}

/// A stop that is no part of an abbreviation, a number, or an ellipsis.
pub(super) fn is_strong(c: char) -> bool {
    matches!(
        c,
        '!' | '?'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
            | '؟'
            | '۔'
            | '।'
            | '॥'
            | '։'
            | '።'
            | '፧'
            | '။'
            | '។'
    ) || is_wide(c)
}

/// A stop of the scripts that set no space between sentences.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '。' | '．' | '！' | '？' | '｡')
}

/// A mark that may close a quotation. Which way a mark points depends on the
/// language, and writers mix them, so these are also in [`is_opening_quote`].
pub(super) fn is_closing_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '“' | '’' | '‘' | '»' | '«' | '›' | '‹' | '」' | '』' | '＂')
}

/// A mark that may open a quotation.
pub(super) fn is_opening_quote(c: char) -> bool {
    is_closing_quote(c) || matches!(c, '„' | '‚' | '‟' | '「' | '『' | '`')
}

pub(super) fn is_closing_bracket(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '）' | '】' | '］')
}

pub(super) fn is_opening_bracket(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '（' | '【' | '［')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−')
}

/// A raised figure, as footnotes are marked.
pub(super) fn is_raised(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹' | '*' | '†' | '‡')
}

/// A character of a word: apostrophes and hyphens are, inside one.
fn is_word(c: char) -> bool {
    match c {
        // What most words are made of needs no look into Unicode's tables.
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric() || matches!(c, '\'' | '-'),
        '\u{400}'..='\u{481}' => true,
        _ => c.is_alphanumeric() || is_joiner(c) || is_combining(c),
    }
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '-' | '‑' | '\u{ad}')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether a byte is no letter or figure of ASCII; without branches, for
/// [`find`] and [`find_last`].
fn is_other(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') >= 26) & (byte.wrapping_sub(b'0') >= 10)
}

/// The word that a text ends with, which may be empty.
pub(super) fn last_word(text: &str) -> &str {
    // Most words are of ASCII, with a space in front.
    let bytes = text.as_bytes();
    let near = &bytes[bytes.len() - bytes.len().min(PART_REACH)..];
    if let Some(other) = find_last(near, is_other) {
        if near[other] == b' ' || near[other] == b'.' {
            return &text[text.len() - near.len() + other + 1..];
        }
    }
    let mut start = text.len();
    for (at, c) in text.char_indices().rev().take(PART_REACH) {
        if !is_word(c) {
            break;
        }
        start = at;
    }
    text[start..].trim_start_matches(is_joiner)
}

/// The word that a text begins with, which may be empty.
pub(super) fn first_word(text: &str) -> &str {
    let bytes = text.as_bytes();
    let near = &bytes[..bytes.len().min(PART_REACH)];
    if let Some(other) = find(near, is_other) {
        if matches!(near[other], b' ' | b',' | b'.') {
            return &text[..other];
        }
    }
    let end = text
        .char_indices()
        .take(PART_REACH)
        .find(|&(_, c)| !is_word(c))
        .map_or_else(|| nth(text, PART_REACH), |(at, _)| at);
    text[..end].trim_end_matches(is_joiner)
}

/// Where the character `n` of a text is, or its end.
fn nth(text: &str, n: usize) -> usize {
    text.char_indices().nth(n).map_or(text.len(), |(at, _)| at)
}

/// A text without the white space at its end, as far as that is near.
pub(super) fn trim_near(text: &str) -> &str {
    let mut rest = text;
    for c in text.chars().rev().take(PART_REACH) {
        if !c.is_whitespace() {
            break;
        }
        rest = &rest[..rest.len() - c.len_utf8()];
    }
    rest
}

/// Figures only.
pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
}

/// A Roman numeral in capitals, also one that was written with the Cyrillic
/// letters of the same shape.
pub(super) fn is_roman(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C' | 'D' | 'M' | 'І' | 'Х'))
}

/// The letter of a word of one letter.
pub(super) fn single_letter(word: &str) -> Option<char> {
    if let [0..=0x7f, 0..=0x7f, ..] = word.as_bytes() {
        return None;
    }
    let mut letters = word.chars().filter(|&c| !is_combining(c));
    letters.next().filter(|c| letters.next().is_none() && c.is_alphabetic())
}

/// The length of the emoticon or emoji that a text begins with, 0 without one.
/// It stands alone: white space or the end follows.
pub(super) fn emoticon(text: &str) -> usize {
    let end = text
        .char_indices()
        .take(8)
        .find(|(_, c)| c.is_whitespace())
        .map_or_else(|| nth(text, 8), |(at, _)| at);
    let mark = &text[..end];
    if text[end..].chars().next().is_some_and(|c| !c.is_whitespace()) {
        return 0;
    }
    let face = mark
        .strip_prefix([':', ';', '='])
        .map(|rest| rest.strip_prefix(['-', '\'', '^', 'o']).unwrap_or(rest))
        .is_some_and(|mouth| {
            !mouth.is_empty()
                && mouth.chars().all(|c| matches!(c, ')' | '(' | 'D' | 'P' | 'p' | '/' | '|' | '*'))
        });
    let heart = matches!(mark, "<3" | "xD" | "XD" | "^^" | "^_^" | "^.^" | "-_-");
    let emoji = !mark.is_empty()
        && mark.chars().all(|c| {
            matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{200d}')
        });
    if face || heart || emoji { end } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_at_the_ends() {
        assert_eq!(last_word("a п'ять"), "п'ять");
        assert_eq!(last_word("(U.S"), "S");
        assert_eq!(last_word("a \"b\""), "");
        assert_eq!(last_word(""), "");
        assert_eq!(last_word(&"ж".repeat(99)).chars().count(), PART_REACH);
        assert_eq!(first_word("It's he"), "It's");
        assert_eq!(first_word("Art.-Nr"), "Art");
        assert_eq!(first_word(&"ж".repeat(99)).chars().count(), PART_REACH);
    }

    #[test]
    fn emoticons_stand_alone() {
        assert_eq!(emoticon(":-) The"), 3);
        assert_eq!(emoticon(":)))"), 4);
        assert_eq!(emoticon("😀👍 The"), 8);
        assert_eq!(emoticon("<3"), 2);
        assert_eq!(emoticon(":a"), 0);
        assert_eq!(emoticon(": )"), 0);
        assert_eq!(emoticon("8 of"), 0);
        assert_eq!(emoticon(""), 0);
    }
}
