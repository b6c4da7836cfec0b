//! The worst known texts for each filter: a scan that restarts at every position takes quadratic time on them.

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
    /// About `bytes` of text for each side. The second is the first with its halves swapped, so that equal
    /// numbers, addresses and words are at different places.
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

/// Repeats a text.
macro_rules! repeated {
    ($text:literal) => {
        |bytes| $text.repeat(bytes / $text.len() + 1)
    };
}

/// Concatenates texts that are formatted with different numbers.
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

/// All cases; at least one for every filter.
pub fn all() -> Vec<WorstCase> {
    let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
    let case = |reason, name, language, make| WorstCase { reason, name, language, make };
    vec![
        case(Reason::TooShort, "marks", en, repeated!("…")),
        case(Reason::TooLong, "letters", uk, repeated!("ж")),
        case(Reason::FewWords, "spaces", en, repeated!(" ")),
        case(Reason::ManyWords, "words of one letter", en, repeated!("a ")),
        case(Reason::LengthRatio, "combining marks", en, repeated!("a\u{301}")),
        case(Reason::WrongScript, "names between words", uk, counted!("Ab{} і ")),
        case(Reason::WrongScript, "words of the other script", uk, repeated!("of the ")),
        case(Reason::WrongLanguage, "words of no language", de, counted!("q{}x zqr ")),
        case(Reason::WrongLanguage, "one word", en, repeated!("qzx")),
        case(Reason::RussianInUkrainian, "apostrophes", uk, repeated!("'й")),
        case(Reason::RussianInUkrainian, "words of both", uk, repeated!("и-і ")),
        case(Reason::RussianInUkrainian, "short sentences", uk, repeated!("он. ")),
        case(Reason::RussianWords, "one word", uk, repeated!("ы")),
        case(Reason::RussianWords, "words", uk, repeated!("можно ")),
        case(Reason::Surzhyk, "words of the list", uk, repeated!("слідуючий ")),
        case(Reason::Surzhyk, "one word", uk, repeated!("слідуючий")),
        case(Reason::Calques, "starts of expressions", uk, repeated!("по всім ")),
        case(Reason::Calques, "hyphens", uk, repeated!("по-")),
        case(Reason::MixedScript, "one word", uk, repeated!("iі")),
        case(Reason::MixedScript, "words", uk, repeated!("вiн ")),
        case(Reason::MissingApostrophe, "labial consonants", uk, repeated!("бязпя")),
        case(Reason::MissingApostrophe, "marks", uk, repeated!("п`я")),
        case(Reason::MissingApostrophe, "apostrophes", uk, repeated!("я''")),
        case(Reason::Untranslated, "two letters", de, repeated!("ab")),
        case(Reason::Untranslated, "many runs", uk, counted!("ж{:b}я")),
        case(Reason::PartlyUntranslated, "different words", en, counted!("w{} ")),
        case(Reason::PartlyUntranslated, "words of one letter", en, repeated!("a b ")),
        case(Reason::NumberMismatch, "millions", de, repeated!("1,5 Mio. ")),
        case(Reason::NumberMismatch, "different numbers", de, counted!("{} ")),
        case(Reason::NumberMismatch, "a version", en, repeated!("1.")),
        case(Reason::NumberMismatch, "versions", en, counted!("1.2.{} ")),
        case(Reason::NumberMismatch, "thousands", uk, repeated!("111 ")),
        case(Reason::NumberMismatch, "one number", en, repeated!("7")),
        case(Reason::NumberMismatch, "fractions", en, repeated!("1 1/2 ½")),
        case(Reason::NumberMismatch, "telephone numbers", de, counted!("+49 30 {} ")),
        case(Reason::NumberMismatch, "units", en, counted!("{} ft 3 in ")),
        case(Reason::NumberMismatch, "number words", de, repeated!("zweiundfünfzigtausend")),
        case(Reason::NumberMismatch, "number words and digits", uk, repeated!("сто 5 ")),
        case(Reason::NumberMismatch, "spaces after digits", en, repeated!("1         ")),
        case(Reason::UrlMismatch, "addresses", en, counted!("a{}@example.org ")),
        case(Reason::UrlMismatch, "hosts", en, counted!("https://h{}.org ")),
        case(Reason::UrlMismatch, "one address", en, repeated!("www.a.")),
        case(Reason::UrlMismatch, "at signs", en, repeated!("a@")),
        case(Reason::TerminalPunctuation, "quotes", en, repeated!("\"")),
        case(Reason::Repetition, "different words", en, counted!("w{} ")),
        case(Reason::Repetition, "a long word between short ones", en, repeated!("a b c ")),
        case(Reason::Doubled, "sentences of one word", en, repeated!("Ab. ")),
        case(Reason::Doubled, "different sentences", de, counted!("Es ist {}. ")),
        case(Reason::Doubled, "one sentence again and again", uk, repeated!("Дощ іде знову. ")),
        case(Reason::Markup, "ampersands", en, repeated!("&")),
        case(Reason::Markup, "comments", en, repeated!("<!--")),
        case(Reason::Markup, "open tags", en, repeated!("<a ")),
        case(Reason::Markup, "open tags with attributes", en, repeated!("<a b=\"")),
        case(Reason::Markup, "open entities", en, repeated!("&amp")),
        case(Reason::Markup, "numbered entities", en, repeated!("&#1")),
        case(Reason::Markup, "tags as words", en, repeated!("<b> ")),
        case(Reason::Markup, "brackets", en, repeated!("<")),
        case(Reason::Boilerplate, "menu entries", en, repeated!("a | ")),
        case(Reason::Boilerplate, "lines", de, repeated!("Teilen\n")),
        case(Reason::Boilerplate, "arrows", uk, repeated!("а > ")),
        case(Reason::Mojibake, "capitals and marks", uk, repeated!("В«")),
        case(Reason::Mojibake, "letters in a row", en, repeated!("à")),
        case(Reason::Mojibake, "half a letter", en, repeated!("Ð")),
        case(Reason::Mojibake, "letters of both encodings", en, repeated!("Ã¼ ")),
        case(Reason::Mojibake, "lost letters", en, repeated!("\u{fffd} ")),
        case(Reason::Escapes, "backslashes", en, repeated!("\\")),
        case(Reason::Escapes, "percent signs", en, repeated!("%D0")),
        case(Reason::Escapes, "single percent signs", en, repeated!("%D0 ")),
        case(Reason::Escapes, "letters", en, counted!("\\u{:04x}")),
        case(Reason::Escapes, "a long address", en, repeated!("://%D0")),
        case(Reason::FewLetters, "digits", en, repeated!("1")),
        case(Reason::FewLetters, "numbers between marks", en, counted!("{}; ")),
        case(Reason::Duplicate, "invisible characters", en, repeated!("\u{200b}")),
        case(Reason::NearDuplicate, "folded marks", uk, repeated!("а-'")),
        case(Reason::NearDuplicate, "negations", en, repeated!("not 1 ")),
        case(Reason::RenamedCopy, "names and numbers", en, repeated!("A 1 ")),
        case(Reason::RenamedCopy, "sentences of one word", uk, counted!("Аб{}. ")),
    ]
}
