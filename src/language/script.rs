//! Scripts: their letters and directions.

/// A script, or the mixture of scripts that a language is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Georgian,
    Hebrew,
    Arabic,
    Thaana,
    Ethiopic,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Khmer,
    Myanmar,
    Han,
    /// Han and Kana.
    Japanese,
    /// Hangul and Han.
    Korean,
}

impl Script {
    /// The script with a code of ISO 15924, if it is one of these.
    pub(super) fn of_code(code: &str) -> Option<Script> {
        Some(match code {
            "Latn" => Script::Latin,
            "Cyrl" => Script::Cyrillic,
            "Grek" => Script::Greek,
            "Armn" => Script::Armenian,
            "Geor" => Script::Georgian,
            "Hebr" => Script::Hebrew,
            "Arab" => Script::Arabic,
            "Thaa" => Script::Thaana,
            "Ethi" => Script::Ethiopic,
            "Deva" => Script::Devanagari,
            "Beng" => Script::Bengali,
            "Guru" => Script::Gurmukhi,
            "Gujr" => Script::Gujarati,
            "Taml" => Script::Tamil,
            "Telu" => Script::Telugu,
            "Knda" => Script::Kannada,
            "Mlym" => Script::Malayalam,
            "Sinh" => Script::Sinhala,
            "Thai" => Script::Thai,
            "Laoo" => Script::Lao,
            "Khmr" => Script::Khmer,
            "Mymr" => Script::Myanmar,
            "Hans" | "Hant" | "Hani" => Script::Han,
            "Jpan" => Script::Japanese,
            "Kore" | "Hang" => Script::Korean,
            _ => return None,
        })
    }

    /// Whether text in the script runs from right to left.
    pub(super) fn is_right_to_left(self) -> bool {
        matches!(self, Script::Hebrew | Script::Arabic | Script::Thaana)
    }

    /// Whether a letter belongs to the script.
    pub(crate) fn contains(self, c: char) -> bool {
        let han = || {
            matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}')
        };
        match self {
            Script::Latin => {
                c.is_ascii_alphabetic()
                    || matches!(c, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}'
                        | '\u{1e00}'..='\u{1eff}')
                        && c.is_alphabetic()
            }
            Script::Cyrillic => matches!(c, '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}'),
            Script::Greek => matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}'),
            Script::Armenian => matches!(c, '\u{530}'..='\u{58f}' | '\u{fb13}'..='\u{fb17}'),
            Script::Georgian => matches!(c, '\u{10a0}'..='\u{10ff}' | '\u{1c90}'..='\u{1cbf}'),
            Script::Hebrew => matches!(c, '\u{590}'..='\u{5ff}' | '\u{fb1d}'..='\u{fb4f}'),
            Script::Arabic => matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}'
                | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'),
            Script::Thaana => matches!(c, '\u{780}'..='\u{7bf}'),
            Script::Ethiopic => matches!(c, '\u{1200}'..='\u{139f}' | '\u{2d80}'..='\u{2ddf}'),
            Script::Devanagari => matches!(c, '\u{900}'..='\u{97f}'),
            Script::Bengali => matches!(c, '\u{980}'..='\u{9ff}'),
            Script::Gurmukhi => matches!(c, '\u{a00}'..='\u{a7f}'),
            Script::Gujarati => matches!(c, '\u{a80}'..='\u{aff}'),
            Script::Tamil => matches!(c, '\u{b80}'..='\u{bff}'),
            Script::Telugu => matches!(c, '\u{c00}'..='\u{c7f}'),
            Script::Kannada => matches!(c, '\u{c80}'..='\u{cff}'),
            Script::Malayalam => matches!(c, '\u{d00}'..='\u{d7f}'),
            Script::Sinhala => matches!(c, '\u{d80}'..='\u{dff}'),
            Script::Thai => matches!(c, '\u{e00}'..='\u{e7f}'),
            Script::Lao => matches!(c, '\u{e80}'..='\u{eff}'),
            Script::Khmer => matches!(c, '\u{1780}'..='\u{17ff}'),
            Script::Myanmar => matches!(c, '\u{1000}'..='\u{109f}'),
            Script::Han => han() || matches!(c, '\u{3100}'..='\u{312f}'),
            Script::Japanese => {
                han()
                    || matches!(c, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
                    | '\u{ff66}'..='\u{ff9f}')
            }
            Script::Korean => {
                han()
                    || matches!(c, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}'
                | '\u{ac00}'..='\u{d7af}')
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_belong_to_their_script() {
        let cases = [
            (Script::Latin, "aÉßžſẽ"),
            (Script::Cyrillic, "жЇґ"),
            (Script::Greek, "αΏᾳ"),
            (Script::Arabic, "عپے"),
            (Script::Hebrew, "אם"),
            (Script::Devanagari, "कि"),
            (Script::Thai, "เรือ"),
            (Script::Han, "渡船㐀"),
            (Script::Japanese, "雨がカ"),
            (Script::Korean, "강漢"),
        ];
        for (script, letters) in cases {
            assert!(letters.chars().all(|c| script.contains(c)), "{script:?}");
            let is_mixed = |other: &Script| letters.chars().all(|c| other.contains(c));
            let others = [Script::Latin, Script::Cyrillic, Script::Greek, Script::Arabic];
            assert!(!others.iter().filter(|other| **other != script).any(is_mixed), "{script:?}");
        }
    }
}
