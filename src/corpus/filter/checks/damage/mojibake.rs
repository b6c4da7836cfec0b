//! Mojibake: text that was decoded in a wrong encoding, or lost characters in decoding.
//!
//! Most damage is UTF-8 that was decoded as windows-1252 or windows-1251. It is found by encoding the
//! characters in that code page again: runs that are valid UTF-8 afterwards were damaged.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::super::language::is_cyrillic;
use super::share_of;
use crate::text::Span;

/// The share of a text's characters that are damaged, 0 to 1.
///
/// Damaged are UTF-8 read in a code page (`Ð¿Ñ€Ð¸`), windows-1251 read as windows-1252 (`Ïðèâ³ò`),
/// replacement characters, control characters and private-use characters. Characters that both texts
/// mention outside of words, as in a text about encodings, are content.
pub(in super::super) fn share(text: &str, other: &str) -> f32 {
    if text.is_ascii() {
        let lost = text.bytes().filter(|&byte| is_lost(char::from(byte))).count();
        return share_of(lost, text);
    }
    let chars: Vec<char> = text.chars().collect();
    let found = damaged_runs(&chars);
    if found.is_empty() {
        return 0.0;
    }
    let in_other: Vec<char> = other.chars().collect();
    let mentions: HashSet<&[char]> = damaged_runs(&in_other)
        .into_iter()
        .filter(|run| is_mention(&in_other, run))
        .map(|run| &in_other[run])
        .collect();
    let is_content = |run: &Span| is_mention(&chars, run) && mentions.contains(&chars[run.clone()]);
    share_of(found.iter().filter(|run| !is_content(run)).map(ExactSizeIterator::len).sum(), text)
}

/// Whether the text talks about these characters: they touch no word, and are not a misread punctuation
/// mark.
fn is_mention(chars: &[char], run: &Span) -> bool {
    let word =
        |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric());
    let own = &chars[run.clone()];
    let named = own.iter().all(|&c| c == '\u{fffd}' || is_private(c))
        || own.iter().all(|&c| is_latin_letter(c))
        || own[0] == 'Ã';
    named && !word(run.start.checked_sub(1)) && !word(Some(run.end))
}

/// The runs of damaged characters, as ranges of character indices.
fn damaged_runs(chars: &[char]) -> Vec<Span> {
    let western = reencode(chars, windows_1252);
    let cyrillic = reencode(chars, windows_1251);
    let mut runs = Vec::new();
    let mut at = 0;
    // The end of the last run of accented letters. Its start decides for the whole run.
    let mut row_end = 0;
    while at < chars.len() {
        let c = chars[at];
        let end = if is_lost(c) {
            at + 1
        } else if c.is_ascii() {
            at
        } else {
            let mut damaged_to = 0;
            if at >= row_end {
                let row = accented_run(chars, at);
                row_end = row.end;
                damaged_to = if row.damaged { row.end } else { 0 };
            }
            damaged_to.max(western[at].end_if_proven()).max(cyrillic[at].end_if_proven())
        };
        if end > at {
            runs.push(at..end);
        }
        at = end.max(at + 1);
    }
    runs
}

/// A run of accented Latin letters, and whether it is damage.
struct AccentedRun {
    end: usize,
    damaged: bool,
}

/// The run of accented letters from `start` on. A long run such as `Ïðèâ³ò` is damage: no English,
/// German or Ukrainian word has one. A run of one letter with different accents, `àáâä`, is a list of
/// letters.
fn accented_run(chars: &[char], start: usize) -> AccentedRun {
    /// Letters; longer runs of accented letters are not part of a word.
    const MAX_ACCENTED_LETTERS: usize = 3;
    let row = chars[start..].iter().take_while(|&&c| is_latin_letter(c)).count();
    let base = |c: &char| std::iter::once(*c).nfd().next().map(|c| c.to_ascii_lowercase());
    let row_of = &chars[start..start + row];
    let one_letter = || row_of.windows(2).all(|pair| base(&pair[0]) == base(&pair[1]));
    AccentedRun { end: start + row, damaged: row > MAX_ACCENTED_LETTERS && !one_letter() }
}

fn is_latin_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{ff}') && c != '×' && c != '÷'
}

/// Characters that show a loss: replacement, control, special and private-use characters.
fn is_lost(c: char) -> bool {
    c == '\u{fffd}'
        || (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{fff0}'..='\u{fffb}')
        || is_private(c)
}

/// Private-use characters, which mean nothing without a special font.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// The UTF-8 that results from encoding characters in a code page, from one character on.
#[derive(Clone, Copy, Default)]
struct ReencodedRun {
    /// The index after the last character that gives valid UTF-8.
    end: usize,
    /// Cyrillic letters in the result. One alone is no proof: Cyrillic capitals in a row can give one.
    letters: usize,
    /// Whether the result has a character that proves a wrong encoding.
    proof: bool,
}

impl ReencodedRun {
    fn end_if_proven(self) -> usize {
        if self.proof || self.letters > 1 { self.end } else { 0 }
    }
}

/// The re-encoded run from each character on. They are computed from the last to the first, since each
/// run is one character and the run after it.
fn reencode(chars: &[char], page: fn(char) -> Option<u8>) -> Vec<ReencodedRun> {
    let mut all = vec![ReencodedRun::default(); chars.len()];
    for at in (0..chars.len()).rev() {
        let Some((len, kind)) = reencode_one(&chars[at..], page) else { continue };
        let rest = all.get(at + len).copied().filter(|rest| rest.end > 0);
        let rest = rest.unwrap_or(ReencodedRun { end: at + len, ..ReencodedRun::default() });
        all[at] = ReencodedRun {
            end: rest.end,
            letters: rest.letters + usize::from(kind == ReencodedKind::Letter),
            proof: rest.proof || kind == ReencodedKind::Proof,
        };
    }
    all
}

#[derive(PartialEq, Eq)]
enum ReencodedKind {
    /// A Cyrillic letter.
    Letter,
    /// A character that is damage for certain.
    Proof,
    /// A character that is also the result of good text.
    Neither,
}

/// The first character of the re-encoded text: from how many characters it results, and its kind.
fn reencode_one(chars: &[char], page: fn(char) -> Option<u8>) -> Option<(usize, ReencodedKind)> {
    let byte = |nth: usize| chars.get(nth).and_then(|&c| page(c));
    let len = match byte(0)? {
        0xc2 | 0xc3 | 0xd0..=0xd2 => 2,
        0xe2 | 0xef => 3,
        0xf0 => 4,
        _ => return None,
    };
    let mut bytes = [0; 4];
    for (nth, place) in bytes[..len].iter_mut().enumerate() {
        *place = byte(nth)?;
    }
    let kind = match std::str::from_utf8(&bytes[..len]).ok()?.chars().next()? {
        'А'..='я' | 'Ё' | 'ё' | 'І' | 'і' | 'Ї' | 'ї' | 'Є' | 'є' | 'Ґ' | 'ґ' => {
            ReencodedKind::Letter
        }
        // A Cyrillic capital before one of these characters also occurs in good text.
        '\u{a0}'..='\u{ff}' => {
            let common = "іїєґІЇЄҐёЁ№«»–—„“”‘’\u{a0}";
            if is_cyrillic(chars[0]) && common.contains(chars[1]) {
                ReencodedKind::Neither
            } else {
                ReencodedKind::Proof
            }
        }
        '\u{2010}'..='\u{2044}'
        | '€'
        | '™'
        | '\u{fffd}'
        | '\u{feff}'
        | '\u{1f000}'..='\u{1faff}' => ReencodedKind::Proof,
        _ => return None,
    };
    Some((len, kind))
}

/// The byte of a character in windows-1252. Bytes without a character there stand for the control
/// characters of Latin-1.
fn windows_1252(c: char) -> Option<u8> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    static PAGE: LazyLock<CodePage> =
        LazyLock::new(|| CodePage::new(HIGH, ('\u{80}'..='\u{ff}').zip(0x80..=0xff)));
    PAGE.byte(c)
}

/// The byte of a character in windows-1251.
fn windows_1251(c: char) -> Option<u8> {
    const HIGH: &str =
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";
    static PAGE: LazyLock<CodePage> =
        LazyLock::new(|| CodePage::new(HIGH, ('А'..='я').zip(0xc0..=0xff)));
    PAGE.byte(c)
}

/// The bytes of the characters of a code page above ASCII, by character; 0 for all others. No page has
/// a character above the trade mark sign.
struct CodePage([u8; '™' as usize + 1]);

impl CodePage {
    /// `high` has the characters from byte 0x80 on, which the other entries override.
    fn new(high: &str, others: impl Iterator<Item = (char, u8)>) -> CodePage {
        let mut bytes = [0; '™' as usize + 1];
        for (c, byte) in high.chars().zip(0x80..=0xff).chain(others) {
            if let Some(place) = bytes.get_mut(c as usize) {
                *place = byte;
            }
        }
        CodePage(bytes)
    }

    fn byte(&self, c: char) -> Option<u8> {
        self.0.get(c as usize).copied().filter(|byte| *byte > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The UTF-8 bytes of a text, decoded in a code page.
    fn misread(text: &str, page: fn(char) -> Option<u8>) -> String {
        let all = ('\u{80}'..='\u{ff}').chain('Ѐ'..='џ').chain('\u{2000}'..='\u{2200}');
        let all: Vec<char> =
            all.chain(['ґ', 'Ґ', 'ƒ', 'ˆ', '˜', 'Š', 'š', 'Œ', 'œ', 'Ž', 'ž', 'Ÿ']).collect();
        let read = |&byte: &u8| match byte {
            0..0x80 => char::from(byte),
            _ => all.iter().copied().find(|&c| page(c) == Some(byte)).unwrap_or('\u{fffd}'),
        };
        text.as_bytes().iter().map(read).collect()
    }

    #[test]
    fn text_in_a_wrong_encoding_is_damaged() {
        for text in ["Привіт, світе", "Brücke und Straße", "the bridge’s keeper", "Їжак"]
        {
            let western = misread(text, windows_1252);
            assert!(share(&western, "x") > 0.05, "{western}");
        }
        let cyrillic = misread("Привіт, світе", windows_1251);
        assert!(share(&cyrillic, "x") > 0.5, "{cyrillic}");
        assert!(share("Ïðèâ³ò", "x") > 0.5);
        assert!(share("Br\u{fffd}cke", "x") > 0.0);
        for good in [
            "Привіт, світе! «Рівне» – РІК №1",
            "Ґанок і їжак",
            "Brücke, Straße, Ökoöl, Äöü",
            "naïve café – “quoted”",
            "Він у Відні, Гідо й Габі; «ВІДДІЛ» №5, Лідії й Марії",
            "50 €, 20 °C, § 5",
            "",
            "plain",
            "РС СІ ГРІ",
        ] {
            assert_eq!(share(good, "x"), 0.0, "{good}");
        }
    }

    #[test]
    fn characters_that_both_texts_mention_are_content() {
        let both = [
            ("The letters àáâäã", "Літери àáâäã"),
            ("Letters: éèêë and åæçð", "Buchstaben: éèêë und åæçð"),
            ("It shows “Ã¼” for ü.", "Es zeigt „Ã¼“ statt ü."),
            ("The mark \u{fffd} stands for it.", "Знак \u{fffd} означає це."),
            ("Press \u{f015} to go on.", "Drücken Sie \u{f015}."),
        ];
        for (one, other) in both {
            assert_eq!((share(one, other), share(other, one)), (0.0, 0.0), "{one}");
        }
        for (one, other) in [
            ("Itâ€™s open", "Peterâ€™s Hafen"),
            ("the port â€“ closed", "der Hafen â€“ zu"),
            ("the p\u{fffd}rt", "der H\u{fffd}fen"),
            ("Ïðèâ³ò", "Hello"),
        ] {
            assert!(share(one, other) > 0.0, "{one}");
        }
    }
}
