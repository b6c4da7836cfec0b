//! Boilerplate: text that a site puts around its articles, such as menus and "Share this post:".
//!
//! The splitter recognises boilerplate lines by shape and by a table of phrases. Some of these lines also
//! occur in articles and in programs, so they count only if the other side confirms them.

use crate::Language;
use crate::split::{RuleSplitter, SegmentKind};
use crate::text::Newlines;

/// Boilerplate lines that are also headings, labels or lead-ins of articles and programs; in small
/// letters, sorted.
#[rustfmt::skip]
const AMBIGUOUS_LINES: [&str; 57] = [
    "about us", "anmelden", "beliebt", "comments", "contact us", "drucken", "einloggen",
    "empfehlungen", "empfohlen", "home", "kommentare", "kontakt", "learn more", "like this", "log in",
    "mehr", "mehr davon", "mehr dazu", "mehr wie das", "mehr wie dies", "menu", "menü", "nach oben",
    "newsletter", "popular", "recommended", "registrieren", "related", "schlagwörter", "search",
    "see also", "show more", "sign in", "sign up", "startseite", "suche", "tags",
    "trending", "weitere artikel", "weitere themen", "über uns", "більше", "вхід", "головна",
    "детальніше", "докладніше", "коментарі", "контакти", "меню", "мітки", "нагору",
    "популярне", "пошук", "про нас", "реєстрація", "схоже", "теги",
];

/// Labels of share buttons that are also ordinary words, in small letters. German `teilen` is also
/// *to split*.
const BUTTON_LABELS: [&str; 5] = ["share", "teilen", "поділитись", "поділитися", "поширити"];

/// The share of a side's bytes that are boilerplate lines, 0 to 1; the larger share of the two sides.
///
/// An ambiguous line counts only if one side has an unambiguous boilerplate line, or if both sides have a
/// button label.
pub(in super::super) fn share(source: (Language, &str), target: (Language, &str)) -> f32 {
    let found = [source, target].map(|(language, text)| BoilerplateBytes::count(language, text));
    let confirmed = found.iter().any(|bytes| bytes.unambiguous > 0)
        || found.iter().all(|bytes| bytes.buttons > 0);
    let share = |bytes: &BoilerplateBytes| {
        let ambiguous = if confirmed { bytes.ambiguous + bytes.buttons } else { 0 };
        (bytes.unambiguous + ambiguous) as f32 / bytes.all.max(1) as f32
    };
    share(&found[0]).max(share(&found[1]))
}

/// The bytes of a text in each kind of boilerplate line.
#[derive(Default)]
struct BoilerplateBytes {
    /// In lines that no article has.
    unambiguous: usize,
    /// In [`AMBIGUOUS_LINES`] and lines of hashtags.
    ambiguous: usize,
    /// In [`BUTTON_LABELS`].
    buttons: usize,
    /// In all lines.
    all: usize,
}

impl BoilerplateBytes {
    fn count(language: Language, text: &str) -> BoilerplateBytes {
        let splitter = RuleSplitter { newlines: Newlines::Always, ..RuleSplitter::default() };
        let mut bytes = BoilerplateBytes::default();
        for segment in splitter.segments(language, text) {
            bytes.all += segment.text.len();
            if segment.kind != SegmentKind::Boilerplate {
                continue;
            }
            let line = segment.text.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
            let small = line.to_lowercase();
            // Articles have hashtags too, and their translations translate them.
            let is_hashtag = line.starts_with('#');
            let kind = if is_hashtag || AMBIGUOUS_LINES.binary_search(&small.as_str()).is_ok() {
                &mut bytes.ambiguous
            } else if BUTTON_LABELS.contains(&small.as_str()) {
                &mut bytes.buttons
            } else {
                &mut bytes.unambiguous
            };
            *kind += segment.text.len();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn site_lines_are_boilerplate() {
        let english = |text| share((Language::ENGLISH, text), (Language::GERMAN, "Der Hafen."));
        assert_eq!(english("Share this post:"), 1.0);
        assert_eq!(english("The bridge is closed."), 0.0);
        let half = english("Share this post:\nThe bridge was.");
        assert!((half - 0.5).abs() < 0.1, "{half}");
    }

    #[test]
    fn ambiguous_lines_count_only_if_the_other_side_is_boilerplate() {
        assert!(AMBIGUOUS_LINES.windows(2).all(|pair| pair[0] < pair[1]));
        let pair =
            |english, german| share((Language::ENGLISH, english), (Language::GERMAN, german));
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
}
