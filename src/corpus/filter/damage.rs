//! What is no language: lines of a site, escapes.

use std::collections::HashMap;

use crate::Language;
use crate::split::{RuleSplitter, SegmentKind};
use crate::text::{Newlines, Span};

/// A share of a text's characters.
pub(super) fn share(part: usize, text: &str) -> f32 {
    part as f32 / text.chars().count().max(1) as f32
}

/// Lines of a site that articles and programs have as well, as headings, labels and lead-ins: in
/// small letters, sorted.
#[rustfmt::skip]
const COMMON: [&str; 57] = [
    "about us", "anmelden", "beliebt", "comments", "contact us", "drucken", "einloggen",
    "empfehlungen", "empfohlen", "home", "kommentare", "kontakt", "learn more", "like this", "log in",
    "mehr", "mehr davon", "mehr dazu", "mehr wie das", "mehr wie dies", "menu", "menü", "nach oben",
    "newsletter", "popular", "recommended", "registrieren", "related", "schlagwörter", "search",
    "see also", "show more", "sign in", "sign up", "startseite", "suche", "tags",
    "trending", "weitere artikel", "weitere themen", "über uns", "більше", "вхід", "головна",
    "детальніше", "докладніше", "коментарі", "контакти", "меню", "мітки", "нагору",
    "популярне", "пошук", "про нас", "реєстрація", "схоже", "теги",
];

/// Buttons that are words of articles and programs, too, where the other side is no button: the
/// German word of the first also is that for *to split*.
const BUTTONS: [&str; 5] = ["share", "teilen", "поділитись", "поділитися", "поширити"];

/// The share of the pair's side with more of them that is lines of a site: menus,
/// "Share this post:". A line that may as well stand in an article counts only if the other
/// side has lines of a site that may not.
pub(super) fn debris(source: (Language, &str), target: (Language, &str)) -> f32 {
    let shares = [source, target].map(|(language, text)| debris_of(language, text));
    let sure =
        shares.iter().any(|share| share.sure > 0) || shares.iter().all(|share| share.buttons > 0);
    let share = |share: &DebrisShare| {
        let found = share.sure + if sure { share.common + share.buttons } else { 0 };
        found as f32 / share.all.max(1) as f32
    };
    share(&shares[0]).max(share(&shares[1]))
}

/// How much of a text is lines of a site, in bytes.
#[derive(Default)]
struct DebrisShare {
    /// Lines that no article has.
    sure: usize,
    /// Lines that articles have as well.
    common: usize,
    /// Lines that are [`BUTTONS`].
    buttons: usize,
    all: usize,
}

fn debris_of(language: Language, text: &str) -> DebrisShare {
    let splitter = RuleSplitter { newlines: Newlines::Always, ..RuleSplitter::default() };
    let mut share = DebrisShare::default();
    for segment in splitter.segments(language, text) {
        share.all += segment.text.len();
        if segment.kind != SegmentKind::Boilerplate {
            continue;
        }
        let line = segment.text.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        // Words with a hash are said of a text, and translated.
        let small = line.to_lowercase();
        let kind = if line.starts_with('#') || COMMON.binary_search(&small.as_str()).is_ok() {
            &mut share.common
        } else if BUTTONS.contains(&small.as_str()) {
            &mut share.buttons
        } else {
            &mut share.sure
        };
        *kind += segment.text.len();
    }
    share
}

/// The share of a text that is escapes: `\u0456`, `\n`, `%D0%BF`, `\x27`. What both texts have
/// is content, as in a text about a programming language, unless it is part of a word.
pub(super) fn escapes(text: &str, other: &str) -> f32 {
    let found = escaped(text);
    if found.is_empty() {
        return 0.0;
    }
    let mut in_other: HashMap<&str, usize> = HashMap::new();
    for span in escaped(other).into_iter().filter(|span| !is_in_word(other, span)) {
        *in_other.entry(&other[span]).or_default() += 1;
    }
    let mut is_content = |span: &Span| {
        let left = in_other.get_mut(&text[span.clone()]).filter(|left| **left > 0);
        !is_in_word(text, span) && left.map(|left| *left -= 1).is_some()
    };
    let damaged = found.into_iter().filter(|span| !is_content(span));
    share(damaged.map(|span| span.len()).sum(), text)
}

/// The escapes of a text; percent signs in web addresses are none.
fn escaped(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let is_address = word.contains("://");
        let mut at = 0;
        while let Some(next) = word[at..].find(['\\', '%']) {
            at += next;
            let len = escape(&word[at..]);
            if len > 0 && !(is_address && word[at..].starts_with('%')) {
                found.push(start + at..start + at + len);
            }
            at += len.max(1);
        }
        start += word.len();
    }
    found
}

/// Whether an escape stands for a letter or a mark of a word: it has letters or other escapes on
/// both sides.
fn is_in_word(text: &str, span: &Span) -> bool {
    let numbered = |escape: &str| escape.starts_with("\\u") || escape.starts_with("\\x");
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\\');
    numbered(&text[span.clone()])
        && joined(text[..span.start].chars().next_back())
        && joined(text[span.end..].chars().next())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_site() {
        let english = |text| debris((Language::ENGLISH, text), (Language::GERMAN, "Der Hafen."));
        assert_eq!(english("Share this post:"), 1.0);
        assert_eq!(english("The bridge is closed."), 0.0);
        let half = english("Share this post:\nThe bridge was.");
        assert!((half - 0.5).abs() < 0.1, "{half}");
    }

    #[test]
    fn lines_of_articles_and_programs() {
        assert!(COMMON.windows(2).all(|pair| pair[0] < pair[1]));
        let pair =
            |english, german| debris((Language::ENGLISH, english), (Language::GERMAN, german));
        for (english, german) in [
            ("Like this:", "So:"),
            ("Search", "Suche"),
            ("Split", "Teilen"),
            ("Using A || B", "A || B verwenden"),
            ("Click File => New => Port", "Klicken Sie auf Datei => Neu => Hafen"),
            ("Go to Settings > Maps > Night", "Öffnen Sie Einstellungen > Karten > Nacht"),
            ("#office #harbour", "#büro #hafen"),
        ] {
            assert_eq!(pair(english, german), 0.0, "{english}");
        }
        assert_eq!(pair("Home | News | Sport", "Start | Nachrichten | Sport"), 1.0);
        assert_eq!(pair("Share", "Diesen Beitrag teilen"), 1.0);
        assert_eq!(pair("Share:", "Teilen"), 1.0);
        assert_eq!(pair("Advertisement", "Anzeige"), 1.0);
    }

    #[test]
    fn escapes_of_programs() {
        for escaped in ["\\u0456\\u0457", "%D0%BF%D1%80", "\\n", "\\x27"] {
            assert_eq!(escapes(escaped, "x"), 1.0, "{escaped}");
        }
        for none in ["100% of 20%", "C:\\news\\table", "5 % Rabatt", "%1 of %2", ""] {
            assert_eq!(escapes(none, "x"), 0.0, "{none}");
        }
    }

    #[test]
    fn escapes_that_both_texts_have_are_content() {
        for (one, other) in [
            ("The second line uses \\u0323 for it.", "Другий рядок має для цього \\u0323."),
            ("\\t: tab", "\\t : Tabulator"),
            ("Ended %s.\\nGo on?", "%s beendet.\\nWeiter?"),
            ("see https://example.org/%D0%BF%D1%80", "тут"),
        ] {
            assert_eq!((escapes(one, other), escapes(other, one)), (0.0, 0.0), "{one}");
        }
        for (one, other) in [
            ("It\\u2019s open.", "П\\u2019ять годин."),
            ("Das \\\"Tor\\\" ist zu", "Браму \"Тор\" зачинено"),
            ("\\u0456\\u0457\\u0457", "\\u0456\\u0457\\u0457"),
        ] {
            assert!(escapes(one, other) > 0.05, "{one}");
        }
    }
}
