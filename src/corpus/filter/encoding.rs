//! Text that was decoded in a wrong encoding.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::damage::share;
use super::letters::is_cyrillic;
use crate::text::Span;

/// The share of a text that was decoded in a wrong encoding, or lost in decoding:
/// runs of characters that are UTF-8 once they are put back into a code page,
/// windows-1251 read as windows-1252, replacement characters, control characters.
/// Such characters that both texts name by themselves, as in a text about encodings, are content.
pub(super) fn mojibake(text: &str, other: &str) -> f32 {
    if text.is_ascii() {
        let lost = text.bytes().filter(|&byte| is_lost(char::from(byte))).count();
        return share(lost, text);
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
    share(found.iter().filter(|run| !is_content(run)).map(ExactSizeIterator::len).sum(), text)
}

/// Whether a run stands apart from all words, and is no punctuation mark in a wrong encoding.
fn is_mention(chars: &[char], run: &Span) -> bool {
    let word =
        |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphanumeric());
    let own = &chars[run.clone()];
    let named = own.iter().all(|&c| c == '\u{fffd}' || is_private(c))
        || own.iter().all(|&c| is_latin_letter(c))
        || own[0] == 'Ã';
    named && !word(run.start.checked_sub(1)) && !word(Some(run.end))
}

/// The runs of damaged characters, by the numbers of their characters.
fn damaged_runs(chars: &[char]) -> Vec<Span> {
    let western = readings(chars, windows_1252);
    let cyrillic = readings(chars, windows_1251);
    let mut runs = Vec::new();
    let mut at = 0;
    // The end of the last row of letters. What is no damage at its start is none further on.
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
                let row = latin_row(chars, at);
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

/// A row of letters with accents, and whether it is damage.
struct LatinRow {
    end: usize,
    damaged: bool,
}

/// The row of letters from a character on. A row such as Ïðèâ³ò is damage: no word of the three
/// languages has one. One letter with different accents is a list of letters: àáâä.
fn latin_row(chars: &[char], start: usize) -> LatinRow {
    /// Letters of the longest row that is a word or a part of one.
    const LONGEST: usize = 3;
    let row = chars[start..].iter().take_while(|&&c| is_latin_letter(c)).count();
    let base = |c: &char| std::iter::once(*c).nfd().next().map(|c| c.to_ascii_lowercase());
    let row_of = &chars[start..start + row];
    let one_letter = || row_of.windows(2).all(|pair| base(&pair[0]) == base(&pair[1]));
    LatinRow { end: start + row, damaged: row > LONGEST && !one_letter() }
}

fn is_latin_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{ff}') && c != '×' && c != '÷'
}

/// Characters that no text has unless something went wrong.
fn is_lost(c: char) -> bool {
    c == '\u{fffd}'
        || (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{fff0}'..='\u{fffb}')
        || is_private(c)
}

/// Characters that mean nothing without a font of their own.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// What characters from some place on are if they are put back into a code page: where what is
/// UTF-8 then ends, how many Cyrillic letters it has, and whether it has a character that
/// proves a wrong encoding. One Cyrillic letter is no proof: capitals in a row may look like it.
#[derive(Clone, Copy, Default)]
struct Reading {
    end: usize,
    letters: usize,
    proof: bool,
}

impl Reading {
    fn end_if_proven(self) -> usize {
        if self.proof || self.letters > 1 { self.end } else { 0 }
    }
}

/// The reading from each character on, from the last to the first: each is its first character
/// and the reading behind that.
fn readings(chars: &[char], page: fn(char) -> Option<u8>) -> Vec<Reading> {
    let mut all = vec![Reading::default(); chars.len()];
    for at in (0..chars.len()).rev() {
        let Some((len, kind)) = read_one(&chars[at..], page) else { continue };
        let rest = all.get(at + len).copied().filter(|rest| rest.end > 0);
        let rest = rest.unwrap_or(Reading { end: at + len, ..Reading::default() });
        all[at] = Reading {
            end: rest.end,
            letters: rest.letters + usize::from(kind == Kind::Letter),
            proof: rest.proof || kind == Kind::Proof,
        };
    }
    all
}

#[derive(PartialEq, Eq)]
enum Kind {
    Letter,
    Proof,
    Neither,
}

/// The first character once it is put back into a code page, and from how many it is made.
fn read_one(chars: &[char], page: fn(char) -> Option<u8>) -> Option<(usize, Kind)> {
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
            Kind::Letter
        }
        // A Cyrillic capital with a letter or a mark behind it is a common sight.
        '\u{a0}'..='\u{ff}' => {
            let common = "іїєґІЇЄҐёЁ№«»–—„“”‘’\u{a0}";
            match is_cyrillic(chars[0]) && common.contains(chars[1]) {
                true => Kind::Neither,
                false => Kind::Proof,
            }
        }
        '\u{2010}'..='\u{2044}'
        | '€'
        | '™'
        | '\u{fffd}'
        | '\u{feff}'
        | '\u{1f000}'..='\u{1faff}' => Kind::Proof,
        _ => return None,
    };
    Some((len, kind))
}

/// The byte of a character in windows-1252; the control characters of Latin-1, which
/// stand where it has none, too.
fn windows_1252(c: char) -> Option<u8> {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match c {
        '\u{80}'..='\u{ff}' => Some(c as u8),
        _ => HIGH.chars().position(|high| high == c).map(|at| 0x80 + at as u8),
    }
}

/// The byte of a character in windows-1251.
fn windows_1251(c: char) -> Option<u8> {
    const HIGH: &str =
        "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";
    match c {
        'А'..='я' => Some(0xc0 + (c as u32 - 'А' as u32) as u8),
        _ => HIGH.chars().position(|high| high == c).map(|at| 0x80 + at as u8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of a text, read in a code page.
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
    fn wrong_encodings() {
        for text in ["Привіт, світе", "Brücke und Straße", "the bridge’s keeper", "Їжак"]
        {
            let western = misread(text, windows_1252);
            assert!(mojibake(&western, "x") > 0.05, "{western}");
        }
        let cyrillic = misread("Привіт, світе", windows_1251);
        assert!(mojibake(&cyrillic, "x") > 0.5, "{cyrillic}");
        assert!(mojibake("Ïðèâ³ò", "x") > 0.5);
        assert!(mojibake("Br\u{fffd}cke", "x") > 0.0);
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
            assert_eq!(mojibake(good, "x"), 0.0, "{good}");
        }
    }

    #[test]
    fn characters_that_both_texts_name_are_content() {
        let both = [
            ("The letters àáâäã", "Літери àáâäã"),
            ("Letters: éèêë and åæçð", "Buchstaben: éèêë und åæçð"),
            ("It shows “Ã¼” for ü.", "Es zeigt „Ã¼“ statt ü."),
            ("The mark \u{fffd} stands for it.", "Знак \u{fffd} означає це."),
            ("Press \u{f015} to go on.", "Drücken Sie \u{f015}."),
        ];
        for (one, other) in both {
            assert_eq!((mojibake(one, other), mojibake(other, one)), (0.0, 0.0), "{one}");
        }
        for (one, other) in [
            ("Itâ€™s open", "Peterâ€™s Hafen"),
            ("the port â€“ closed", "der Hafen â€“ zu"),
            ("the p\u{fffd}rt", "der H\u{fffd}fen"),
            ("Ïðèâ³ò", "Hello"),
        ] {
            assert!(mojibake(one, other) > 0.0, "{one}");
        }
    }
}
