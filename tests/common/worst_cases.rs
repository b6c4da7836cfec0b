//! Text on which a scan that starts again and again is slow, for each filter.

use bitext::Language;
use bitext::corpus::filter::Reason;

/// A worst case of a filter.
pub struct WorstCase {
    /// The filter's reason.
    pub reason: Reason,
    /// A name that is unique among the cases of the reason.
    pub name: &'static str,
    /// The language of both texts.
    pub language: Language,
    make: fn(usize) -> String,
}

impl WorstCase {
    /// Some `bytes` of text for each side. The second differs from the first in its end, so that no
    /// two numbers, addresses or words need be in the same place.
    pub fn texts(&self, bytes: usize) -> [String; 2] {
        let one = (self.make)(bytes);
        let mut middle = one.len() / 2;
        while !one.is_char_boundary(middle) {
            middle += 1;
        }
        let other = format!("{}{}", &one[middle..], &one[..middle]);
        [one, other]
    }
}

/// One text again and again.
macro_rules! again {
    ($text:literal) => {
        |bytes| $text.repeat(bytes / $text.len() + 1)
    };
}

/// What is made of each number, one behind the other.
macro_rules! counted {
    ($format:literal) => {
        |bytes| {
            let mut text = String::with_capacity(bytes + 64);
            let mut number = 0_u32;
            while text.len() < bytes {
                text.push_str(&format!($format, number.wrapping_mul(2_654_435_761) >> 8));
                number += 1;
            }
            text
        }
    };
}

/// All cases, for every filter one at least.
pub fn all() -> Vec<WorstCase> {
    let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
    let case = |reason, name, language, make| WorstCase { reason, name, language, make };
    vec![
        case(Reason::TooShort, "marks", en, again!("…")),
        case(Reason::TooLong, "letters", uk, again!("ж")),
        case(Reason::FewWords, "spaces", en, again!(" ")),
        case(Reason::ManyWords, "words of a letter", en, again!("a ")),
        case(Reason::LengthRatio, "combining marks", en, again!("a\u{301}")),
        case(Reason::WrongScript, "names between words", uk, counted!("Ab{} і ")),
        case(Reason::WrongScript, "words of the other script", uk, again!("of the ")),
        case(Reason::WrongLanguage, "words of no language", de, counted!("q{}x zqr ")),
        case(Reason::WrongLanguage, "one word", en, again!("qzx")),
        case(Reason::RussianInUkrainian, "apostrophes", uk, again!("'й")),
        case(Reason::RussianInUkrainian, "words of both", uk, again!("и-і ")),
        case(Reason::Untranslated, "two letters", de, again!("ab")),
        case(Reason::Untranslated, "many runs", uk, counted!("ж{:b}я")),
        case(Reason::NumberMismatch, "millions", de, again!("1,5 Mio. ")),
        case(Reason::NumberMismatch, "different numbers", de, counted!("{} ")),
        case(Reason::NumberMismatch, "a version", en, again!("1.")),
        case(Reason::NumberMismatch, "versions", en, counted!("1.2.{} ")),
        case(Reason::NumberMismatch, "thousands", uk, again!("111 ")),
        case(Reason::NumberMismatch, "one number", en, again!("7")),
        case(Reason::NumberMismatch, "fractions", en, again!("1 1/2 ½")),
        case(Reason::NumberMismatch, "telephone numbers", de, counted!("+49 30 {} ")),
        case(Reason::NumberMismatch, "units", en, counted!("{} ft 3 in ")),
        case(Reason::NumberMismatch, "number words", de, again!("zweiundfünfzigtausend")),
        case(Reason::NumberMismatch, "number words and figures", uk, again!("сто 5 ")),
        case(Reason::NumberMismatch, "spaces behind figures", en, again!("1         ")),
        case(Reason::UrlMismatch, "addresses", en, counted!("a{}@example.org ")),
        case(Reason::UrlMismatch, "hosts", en, counted!("https://h{}.org ")),
        case(Reason::UrlMismatch, "one address", en, again!("www.a.")),
        case(Reason::UrlMismatch, "at signs", en, again!("a@")),
        case(Reason::TerminalPunctuation, "quotes", en, again!("\"")),
        case(Reason::Repetition, "different words", en, counted!("w{} ")),
        case(Reason::Repetition, "a long word between short ones", en, again!("a b c ")),
        case(Reason::Markup, "ampersands", en, again!("&")),
        case(Reason::Markup, "comments", en, again!("<!--")),
        case(Reason::Markup, "open tags", en, again!("<a ")),
        case(Reason::Markup, "open tags with attributes", en, again!("<a b=\"")),
        case(Reason::Markup, "open entities", en, again!("&amp")),
        case(Reason::Markup, "numbered entities", en, again!("&#1")),
        case(Reason::Markup, "tags as words", en, again!("<b> ")),
        case(Reason::Markup, "brackets", en, again!("<")),
        case(Reason::Boilerplate, "pieces of a menu", en, again!("a | ")),
        case(Reason::Boilerplate, "lines", de, again!("Teilen\n")),
        case(Reason::Boilerplate, "arrows", uk, again!("а > ")),
        case(Reason::Mojibake, "capitals and marks", uk, again!("В«")),
        case(Reason::Mojibake, "letters in a row", en, again!("à")),
        case(Reason::Mojibake, "half of a letter", en, again!("Ð")),
        case(Reason::Mojibake, "letters that both have", en, again!("Ã¼ ")),
        case(Reason::Mojibake, "lost letters", en, again!("\u{fffd} ")),
        case(Reason::Escapes, "backslashes", en, again!("\\")),
        case(Reason::Escapes, "percent signs", en, again!("%D0")),
        case(Reason::Escapes, "single percent signs", en, again!("%D0 ")),
        case(Reason::Escapes, "letters", en, counted!("\\u{:04x}")),
        case(Reason::Escapes, "a long address", en, again!("://%D0")),
        case(Reason::FewLetters, "figures", en, again!("1")),
        case(Reason::FewLetters, "figures between marks", en, counted!("{}; ")),
        case(Reason::Duplicate, "invisible characters", en, again!("\u{200b}")),
        case(Reason::NearDuplicate, "folded marks", uk, again!("а-'")),
        case(Reason::NearDuplicate, "negations", en, again!("not 1 ")),
    ]
}
