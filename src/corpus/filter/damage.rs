//! What is no language: tags, lines of a site, wrong encodings, escapes.

use super::letters::is_cyrillic;
use crate::split::{RuleSplitter, SegmentKind};
use crate::{Language, text::Newlines};

/// A share of a text's characters.
fn share(part: usize, text: &str) -> f32 {
    part as f32 / text.chars().count().max(1) as f32
}

/// The share of a text that is tags and entities of HTML.
pub(super) fn markup(text: &str) -> f32 {
    let mut found = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        rest = &rest[at..];
        let len = if rest.starts_with('<') { tag(rest) } else { entity(rest) };
        match len {
            Some(len) => {
                found += rest[..len].chars().count();
                rest = &rest[len..];
            }
            None => rest = &rest[1..],
        }
    }
    share(found, text)
}

/// The bytes of a tag or comment that a text begins with.
fn tag(text: &str) -> Option<usize> {
    /// A longer one is none.
    const LONGEST: usize = 1000;
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map(|at| at + 7);
    }
    let inner = text.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = inner.find('>').filter(|&end| end <= LONGEST)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-:".contains(c);
    let name_end = name.find(|c| !plain(c))?;
    // `<b>`, `<a href=...>`, `<br />`; no address, and no `<file name>`.
    let after = &inner[..end];
    let word = name[..name_end].trim_end_matches('/');
    (after.contains('=') || is_html(word)).then_some(end + 2)
}

/// Names of tags that stand without attributes.
fn is_html(name: &str) -> bool {
    const NAMES: [&str; 39] = [
        "a",
        "abbr",
        "article",
        "b",
        "blockquote",
        "body",
        "br",
        "button",
        "center",
        "code",
        "div",
        "em",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "iframe",
        "img",
        "li",
        "nav",
        "ol",
        "p",
        "pre",
        "script",
        "section",
        "span",
        "strong",
        "style",
        "table",
        "td",
        "ul",
    ];
    let name = name.to_ascii_lowercase();
    NAMES.binary_search(&name.as_str()).is_ok() || matches!(name.as_str(), "u" | "tr" | "th")
}

/// The bytes of an entity that a text begins with: `&amp;`, `&#39;`, `&#x27;`.
fn entity(text: &str) -> Option<usize> {
    const LONGEST: usize = 10;
    let inner = text.strip_prefix('&')?;
    let end = inner.find(';').filter(|end| (2..=LONGEST).contains(end))?;
    let name = &inner[..end];
    let numbered = name.strip_prefix('#').map(|number| {
        let hex = number.strip_prefix(['x', 'X']);
        let digits =
            |text: &str, radix| !text.is_empty() && text.chars().all(|c: char| c.is_digit(radix));
        hex.map_or_else(|| digits(number, 10), |hex| digits(hex, 16))
    });
    let known = quick_xml::escape::resolve_html5_entity(name).is_some();
    numbered.unwrap_or(known).then_some(end + 2)
}

/// The share of a text that is lines of a site: menus, "Share this post:".
pub(super) fn debris(language: Language, text: &str) -> f32 {
    let splitter = RuleSplitter { newlines: Newlines::Always, ..RuleSplitter::default() };
    let (mut debris, mut all) = (0, 0);
    for segment in splitter.segments(language, text) {
        all += segment.text.len();
        if segment.kind == SegmentKind::Debris {
            debris += segment.text.len();
        }
    }
    debris as f32 / all.max(1) as f32
}

/// The share of a text that is escapes: `\u0456`, `\n`, `%D0%BF`, `\x27`.
pub(super) fn escapes(text: &str) -> f32 {
    let mut found = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '%']) {
        rest = &rest[at..];
        let len = escape(rest);
        found += len;
        rest = &rest[len.max(1)..];
    }
    share(found, text)
}

/// The bytes, all of them ASCII, of escapes that a text begins with; 0 for none.
fn escape(text: &str) -> usize {
    let bytes = text.as_bytes();
    let hex = |from: usize, count: usize| {
        let digits = bytes.get(from..from + count);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    match bytes {
        [b'\\', b'u', ..] if hex(2, 4) => 6,
        [b'\\', b'x', ..] if hex(2, 2) => 4,
        [b'\\', b'"' | b'\\', ..] => 2,
        // Not the name of a folder: `C:\news`.
        [b'\\', b'n' | b't' | b'r', next, ..] if !next.is_ascii_lowercase() => 2,
        [b'\\', b'n' | b't' | b'r'] => 2,
        // Of letters outside of ASCII, two at least: 100%20 is none.
        [b'%', high, _, b'%', ..] if !high.is_ascii_digit() && hex(1, 2) && hex(4, 2) => {
            let mut len = 6;
            while bytes.get(len) == Some(&b'%') && hex(len + 1, 2) {
                len += 3;
            }
            len
        }
        _ => 0,
    }
}

/// The share of a text that was decoded in a wrong encoding, or lost in decoding:
/// runs of characters that are UTF-8 once they are put back into a code page,
/// windows-1251 read as windows-1252, replacement characters, control characters.
pub(super) fn mojibake(text: &str) -> f32 {
    if text.is_ascii() {
        let lost = text.bytes().filter(|&byte| is_lost(char::from(byte))).count();
        return share(lost, text);
    }
    let chars: Vec<char> = text.chars().collect();
    let mut damaged = chars.iter().filter(|&&c| is_lost(c)).count();
    let mut at = 0;
    while at < chars.len() {
        let len = wrongly_read(&chars[at..]);
        damaged += len;
        at += len.max(1);
    }
    share(damaged, text)
}

/// Characters that no text has unless something went wrong.
fn is_lost(c: char) -> bool {
    c == '\u{fffd}'
        || (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}')
}

/// How many characters from the first on were read in a wrong encoding.
fn wrongly_read(chars: &[char]) -> usize {
    if chars[0].is_ascii() {
        return 0;
    }
    let western = read_as(chars, windows_1252);
    let cyrillic = read_as(chars, windows_1251);
    // Letters such as in Ïðèâ³ò, four of which no word of the three languages has.
    let latin = |c: &char| matches!(c, '\u{c0}'..='\u{ff}') && *c != '×' && *c != '÷';
    let row = chars.iter().take_while(|c| latin(c)).count();
    western.max(cyrillic).max(if row > 3 { row } else { 0 })
}

/// The number of characters at the start that are UTF-8 in a code page, and make
/// characters of the three languages. One Cyrillic letter is no proof: capitals in a row may
/// look like it.
fn read_as(chars: &[char], page: fn(char) -> Option<u8>) -> usize {
    let (mut at, mut letters, mut proof) = (0, 0, false);
    loop {
        let byte = |nth: usize| chars.get(at + nth).and_then(|&c| page(c));
        let len = match byte(0) {
            Some(0xc2 | 0xc3 | 0xd0..=0xd2) => 2,
            Some(0xe2 | 0xef) => 3,
            Some(0xf0) => 4,
            _ => break,
        };
        let bytes: Option<Vec<u8>> = (0..len).map(byte).collect();
        let Some(bytes) = bytes else { break };
        let made = std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next());
        match made {
            Some('А'..='я' | 'Ё' | 'ё' | 'І' | 'і' | 'Ї' | 'ї' | 'Є' | 'є' | 'Ґ' | 'ґ') =>
            {
                letters += 1;
            }
            // A Cyrillic capital with a letter or a mark behind it is a common sight.
            Some('\u{a0}'..='\u{ff}') => {
                let common = "іїєґІЇЄҐёЁ№«»–—„“”‘’\u{a0}";
                proof |= !is_cyrillic(chars[at]) || !common.contains(chars[at + 1]);
            }
            Some(
                '\u{2010}'..='\u{2044}'
                | '€'
                | '™'
                | '\u{fffd}'
                | '\u{feff}'
                | '\u{1f000}'..='\u{1faff}',
            ) => {
                proof = true;
            }
            _ => break,
        }
        at += len;
    }
    if proof || letters > 1 { at } else { 0 }
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

    #[test]
    fn tags_and_entities() {
        for html in
            ["<b>x</b>", "<a href=\"x\">", "<br/>", "&nbsp;", "&#39;", "&#x27;", "<!-- x -->"]
        {
            assert!(markup(html) > 0.5, "{html}");
        }
        for none in ["a < b & c > d", "AT&T; R&D", "<file name>", "I <3 you", "", "&;", "x & y;"] {
            assert_eq!(markup(none), 0.0, "{none}");
        }
    }

    #[test]
    fn lines_of_a_site() {
        assert_eq!(debris(Language::ENGLISH, "Share this post:"), 1.0);
        assert_eq!(debris(Language::ENGLISH, "The bridge is closed."), 0.0);
        let half = debris(Language::ENGLISH, "Share this post:\nThe bridge was.");
        assert!((half - 0.5).abs() < 0.1, "{half}");
    }

    #[test]
    fn escapes_of_programs() {
        for escaped in ["\\u0456\\u0457", "%D0%BF%D1%80", "\\n", "\\x27"] {
            assert_eq!(escapes(escaped), 1.0, "{escaped}");
        }
        for none in ["100% of 20%", "C:\\news\\table", "5 % Rabatt", "%1 of %2", ""] {
            assert_eq!(escapes(none), 0.0, "{none}");
        }
    }

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
            assert!(mojibake(&western) > 0.05, "{western}");
        }
        let cyrillic = misread("Привіт, світе", windows_1251);
        assert!(mojibake(&cyrillic) > 0.5, "{cyrillic}");
        assert!(mojibake("Ïðèâ³ò") > 0.5);
        assert!(mojibake("Br\u{fffd}cke") > 0.0);
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
            assert_eq!(mojibake(good), 0.0, "{good}");
        }
    }
}
