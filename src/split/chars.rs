//! Classes of characters and words that the splitter distinguishes.

use crate::text::{find, find_last};

/// The most characters of a word or an abbreviation. The scan looks no further
/// ahead or back, so it takes linear time for any input.
pub(super) const MAX_WORD_CHARS: usize = 32;

/// Whether a character is a stop: it may end a sentence.
pub(super) fn is_stop(c: char) -> bool {
    c == '.' || c == '…' || is_strong(c)
}

/// Whether a character is a stop that never belongs to an abbreviation, a number or
/// an ellipsis.
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

/// Whether a character is a stop of a script that is written without spaces.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '。' | '．' | '！' | '？' | '｡')
}

/// Whether a mark may close a quotation. The direction of a mark depends on the
/// language, and writers mix the marks, so all of these also count as opening.
pub(super) fn is_closing_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '“' | '’' | '‘' | '»' | '«' | '›' | '‹' | '」' | '』' | '＂')
}

/// Whether a mark may open a quotation.
pub(super) fn is_opening_quote(c: char) -> bool {
    is_closing_quote(c) || matches!(c, '„' | '‚' | '‟' | '「' | '『' | '`')
}

/// Whether a character is a closing bracket.
pub(super) fn is_closing_bracket(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '）' | '】' | '］' | '》' | '〉' | '〕')
}

/// Whether a character is an opening bracket.
pub(super) fn is_opening_bracket(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '（' | '【' | '［' | '《' | '〈' | '〔')
}

/// Whether a character is a dash, a hyphen or a minus sign.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−')
}

/// Whether a character is a superscript digit or another footnote mark.
pub(super) fn is_raised(c: char) -> bool {
    matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹' | '*' | '†' | '‡')
}

/// Whether a character may be part of a word. That includes apostrophes and hyphens.
fn is_word(c: char) -> bool {
    match c {
        // ASCII and Cyrillic letters need no lookup in the Unicode tables.
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

/// Whether a byte is no ASCII letter or digit. It has no branches, so that [`find`]
/// and [`find_last`] are vectorised.
fn is_not_ascii_alphanumeric(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') >= 26) & (byte.wrapping_sub(b'0') >= 10)
}

/// The word at the end of a text, which may be empty.
pub(super) fn last_word(text: &str) -> &str {
    // A fast path for words of ASCII letters after a space or a full stop.
    let bytes = text.as_bytes();
    let near = &bytes[bytes.len() - bytes.len().min(MAX_WORD_CHARS)..];
    if let Some(other) = find_last(near, is_not_ascii_alphanumeric) {
        if near[other] == b' ' || near[other] == b'.' {
            return &text[text.len() - near.len() + other + 1..];
        }
    }
    let mut start = text.len();
    for (at, c) in text.char_indices().rev().take(MAX_WORD_CHARS) {
        if !is_word(c) {
            break;
        }
        start = at;
    }
    text[start..].trim_start_matches(is_joiner)
}

/// The word at the start of a text, which may be empty.
pub(super) fn first_word(text: &str) -> &str {
    let bytes = text.as_bytes();
    let near = &bytes[..bytes.len().min(MAX_WORD_CHARS)];
    if let Some(other) = find(near, is_not_ascii_alphanumeric) {
        if matches!(near[other], b' ' | b',' | b'.') {
            return &text[..other];
        }
    }
    let end = text
        .char_indices()
        .take(MAX_WORD_CHARS)
        .find(|&(_, c)| !is_word(c))
        .map_or_else(|| char_position(text, MAX_WORD_CHARS), |(at, _)| at);
    text[..end].trim_end_matches(is_joiner)
}

/// The position of character `n` of a text, or the end of the text.
fn char_position(text: &str, n: usize) -> usize {
    text.char_indices().nth(n).map_or(text.len(), |(at, _)| at)
}

/// Removes at most [`MAX_WORD_CHARS`] characters of white space from the end of a
/// text.
pub(super) fn trim_end_near(text: &str) -> &str {
    let mut rest = text;
    for c in text.chars().rev().take(MAX_WORD_CHARS) {
        if !c.is_whitespace() {
            break;
        }
        rest = &rest[..rest.len() - c.len_utf8()];
    }
    rest
}

/// Whether a word consists of digits only.
pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_digit())
}

/// Whether a word is a Roman numeral in capitals. Cyrillic letters of the same
/// shape count too.
pub(super) fn is_roman(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|c| matches!(c, 'I' | 'V' | 'X' | 'L' | 'C' | 'D' | 'M' | 'І' | 'Х'))
}

/// The letter of a word that has only one; combining accents are ignored.
pub(super) fn single_letter(word: &str) -> Option<char> {
    if let [0..=0x7f, 0..=0x7f, ..] = word.as_bytes() {
        return None;
    }
    let mut letters = word.chars().filter(|&c| !is_combining(c));
    letters.next().filter(|c| letters.next().is_none() && c.is_alphabetic())
}

/// The length in bytes of an emoticon or emoji at the start of a text, or 0. White
/// space or the end of the text must follow it.
pub(super) fn emoticon(text: &str) -> usize {
    const MAX_EMOTICON_CHARS: usize = 8;
    let end = text
        .char_indices()
        .take(MAX_EMOTICON_CHARS)
        .find(|(_, c)| c.is_whitespace())
        .map_or_else(|| char_position(text, MAX_EMOTICON_CHARS), |(at, _)| at);
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
    fn first_and_last_words_are_found() {
        assert_eq!(last_word("a п'ять"), "п'ять");
        assert_eq!(last_word("(U.S"), "S");
        assert_eq!(last_word("a \"b\""), "");
        assert_eq!(last_word(""), "");
        assert_eq!(last_word(&"ж".repeat(99)).chars().count(), MAX_WORD_CHARS);
        assert_eq!(first_word("It's he"), "It's");
        assert_eq!(first_word("Art.-Nr"), "Art");
        assert_eq!(first_word(&"ж".repeat(99)).chars().count(), MAX_WORD_CHARS);
    }

    #[test]
    fn emoticons_need_white_space_after_them() {
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
