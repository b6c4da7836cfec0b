//! Numbers in words: number words, months and Roman numerals.
//!
//! A word that is parsed wrongly only lets a number pass, so stems are precise enough.

use crate::Language;
use crate::text::normalize;

/// English words, or Ukrainian and German stems, with their values. Fractions have their digits after the
/// decimal point: 50 for a half.
type NumberWords = [(&'static str, u32)];

const ENGLISH: &NumberWords = &[
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
    ("fortieth", 40),
    ("fiftieth", 50),
    ("sixtieth", 60),
    ("seventieth", 70),
    ("eightieth", 80),
    ("ninetieth", 90),
    ("hundredth", 100),
    ("once", 1),
    ("twice", 2),
    ("both", 2),
    ("double", 2),
    ("couple", 2),
    ("triple", 3),
    ("dozen", 12),
    ("dozens", 12),
    ("score", 20),
    ("twenties", 20),
    ("thirties", 30),
    ("forties", 40),
    ("fifties", 50),
    ("sixties", 60),
    ("seventies", 70),
    ("eighties", 80),
    ("nineties", 90),
    ("thousand", 1000),
    ("million", 1_000_000),
    ("quarter", 25),
    ("half", 50),
    ("noon", 12),
    ("midday", 12),
    ("midnight", 24),
];

const UKRAINIAN: &NumberWords = &[
    ("нул", 0),
    ("одинадцят", 11),
    ("одн", 1),
    ("один", 1),
    ("перш", 1),
    ("двадцят", 20),
    ("дванадцят", 12),
    ("двіст", 200),
    ("двохсот", 200),
    ("два", 2),
    ("дві", 2),
    ("дво", 2),
    ("друг", 2),
    ("обидв", 2),
    ("обох", 2),
    ("пара", 2),
    ("подві", 2),
    ("вдві", 2),
    ("тринадцят", 13),
    ("тридцят", 30),
    ("триста", 300),
    ("трьохсот", 300),
    ("три", 3),
    ("трьо", 3),
    ("трет", 3),
    ("троє", 3),
    ("потрі", 3),
    ("втри", 3),
    ("чотирнадцят", 14),
    ("чотириста", 400),
    ("чотирьохсот", 400),
    ("чотир", 4),
    ("четвер", 4),
    ("чверт", 25),
    ("п'ятнадцят", 15),
    ("п'ятдесят", 50),
    ("п'ятсот", 500),
    ("п'ят", 5),
    ("шістнадцят", 16),
    ("шістдесят", 60),
    ("шістсот", 600),
    ("шіст", 6),
    ("шост", 6),
    ("шести", 6),
    ("сімнадцят", 17),
    ("сімдесят", 70),
    ("сімсот", 700),
    ("сім", 7),
    ("сьом", 7),
    ("семи", 7),
    ("вісімнадцят", 18),
    ("вісімдесят", 80),
    ("вісімсот", 800),
    ("вісім", 8),
    ("восьм", 8),
    ("дев'ятнадцят", 19),
    ("дев'яност", 90),
    ("дев'ятсот", 900),
    ("дев'ят", 9),
    ("десят", 10),
    ("сорок", 40),
    ("сто", 100),
    ("сотн", 100),
    ("сотих", 100),
    ("тисяч", 1000),
    ("мільйон", 1_000_000),
    ("дюжин", 12),
    ("полов", 50),
    ("пів", 50),
    ("півтор", 15),
    ("опівдні", 12),
    ("полудень", 12),
    ("опівноч", 24),
    ("північ", 24),
];

const GERMAN: &NumberWords = &[
    ("null", 0),
    ("eins", 1),
    ("ein", 1),
    ("erst", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("beid", 2),
    ("paar", 2),
    ("doppel", 2),
    ("verdoppel", 2),
    ("drei", 3),
    ("dritt", 3),
    ("vier", 4),
    ("fünf", 5),
    ("sech", 6),
    ("sieb", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwölf", 12),
    ("zwanzig", 20),
    ("dreißig", 30),
    ("dreissig", 30),
    ("dutzend", 12),
    ("hundert", 100),
    ("tausend", 1000),
    ("million", 1_000_000),
    ("halb", 50),
    ("hälfte", 50),
    ("mittag", 12),
    ("mitternacht", 24),
    ("viertel", 25),
    ("vierzig", 40),
    ("vierzehn", 14),
    ("dreizehn", 13),
    ("fünfzehn", 15),
    ("fünfzig", 50),
    ("sechzehn", 16),
    ("sechzig", 60),
    ("siebzehn", 17),
    ("siebzig", 70),
    ("achtzehn", 18),
    ("achtzig", 80),
    ("neunzehn", 19),
    ("neunzig", 90),
];

/// The shortest unambiguous beginnings of the names of the months, from January.
const MONTHS: [(&str, [&str; 12]); 3] = [
    ("en", ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    (
        "uk",
        [
            "січ",
            "лют",
            "берез",
            "квіт",
            "трав",
            "черв",
            "лип",
            "серп",
            "верес",
            "жовт",
            "листоп",
            "груд",
        ],
    ),
    ("de", ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]),
];

/// The values that a text's words may stand for, each once, ascending: of number
/// words and of what they make together, of months, and of Roman numerals.
pub(super) fn values(language: Language, text: &str) -> Vec<u64> {
    let text = normalize(text);
    let mut values = Vec::new();
    // The value of the words in a row: the finished part, and the part that later words may multiply.
    let (mut total, mut under_way) = (0u64, 0u64);
    let word_end = |c: char| !c.is_alphabetic() && c != '\'';
    for word in text.split(word_end).filter(|word| !word.is_empty()) {
        values.extend(roman(word));
        let lower = word.to_lowercase();
        values.extend(month(language, &lower));
        let parts = parts(language, &lower);
        if parts.is_empty() {
            // Words for "and" do not end a number.
            if !matches!(lower.as_str(), "and" | "und" | "і" | "й" | "та") {
                values.extend([total + under_way, under_way]);
                (total, under_way) = (0, 0);
            }
            continue;
        }
        for value in parts {
            let value = u64::from(value);
            values.push(value);
            match value {
                100 => under_way = under_way.max(1).saturating_mul(100),
                1000.. => {
                    total = total.saturating_add(under_way.max(1).saturating_mul(value));
                    under_way = 0;
                }
                // Ones after tens, or in German before them.
                _ if under_way % 10 == 0 || (value % 10 == 0 && under_way % 100 < 10) => {
                    under_way += value;
                }
                _ => under_way = value,
            }
            values.extend([under_way, total + under_way]);
        }
    }
    values.extend([total + under_way, under_way]);
    values.sort_unstable();
    values.dedup();
    values.retain(|&value| value > 0);
    values
}

/// The values of the number words in a compound word.
fn parts(language: Language, word: &str) -> Vec<u32> {
    let longest = |table: &NumberWords, text: &str| {
        let found = table.iter().filter(|(stem, _)| text.starts_with(stem));
        found.max_by_key(|(stem, _)| stem.len()).copied()
    };
    match language.primary() {
        "uk" => longest(UKRAINIAN, word).map(|(_, value)| value).into_iter().collect(),
        "de" => {
            let mut parts = Vec::new();
            let mut rest = word;
            while let Some((stem, value)) = longest(GERMAN, rest) {
                parts.push(value);
                rest = rest[stem.len()..].trim_start_matches("und");
                // The words for six and seven have `s` or `en` after their stems.
                rest = match value {
                    6 => rest.strip_prefix('s').unwrap_or(rest).trim_start_matches("und"),
                    7 => rest.strip_prefix("en").unwrap_or(rest).trim_start_matches("und"),
                    _ => rest,
                };
            }
            parts
        }
        _ => {
            let singular = word.strip_suffix('s').unwrap_or(word);
            let found = ENGLISH.iter().find(|(known, _)| *known == word || *known == singular);
            found.map(|&(_, value)| value).into_iter().collect()
        }
    }
}

fn month(language: Language, word: &str) -> Option<u64> {
    let (_, names) = MONTHS.iter().find(|(code, _)| *code == language.primary())?;
    let found = names.iter().position(|name| word.starts_with(name));
    // Names of months are short; longer words with the same beginning are other words, as `marketplace`.
    found.filter(|_| word.chars().count() < 10).map(|at| at as u64 + 1)
}

/// The value of a Roman numeral, in Latin letters or the Cyrillic ones that look
/// like them.
fn roman(word: &str) -> Option<u64> {
    /// Letters of a numeral, at most: `XXXVIII` has seven.
    const MAX_ROMAN_LETTERS: usize = 8;
    let digit = |c: char| match c {
        'I' | 'І' => Some(1),
        'V' => Some(5),
        'X' | 'Х' => Some(10),
        'L' => Some(50),
        'C' | 'С' => Some(100),
        'D' => Some(500),
        'M' | 'М' => Some(1000),
        _ => None,
    };
    let digits: Vec<u64> =
        word.chars().take(MAX_ROMAN_LETTERS).map(digit).collect::<Option<_>>()?;
    if word.chars().count() > MAX_ROMAN_LETTERS {
        return None;
    }
    let mut value: i64 = 0;
    for (at, &own) in digits.iter().enumerate() {
        let less = digits.get(at + 1).is_some_and(|&next| own < next);
        value += if less { -(own as i64) } else { own as i64 };
    }
    u64::try_from(value).ok().filter(|&value| value > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn has(language: Language, text: &str, value: u64) {
        let values = values(language, text);
        assert!(values.contains(&value), "{text}: {values:?}");
    }

    #[test]
    fn words_in_three_languages() {
        has(Language::ENGLISH, "twenty-five people", 25);
        has(Language::ENGLISH, "three hundred and twelve", 312);
        has(Language::ENGLISH, "two thousand one hundred", 2100);
        has(Language::ENGLISH, "on May the sixth", 5);
        has(Language::ENGLISH, "in the nineties", 90);
        has(Language::UKRAINIAN, "двадцять п’ять", 25);
        has(Language::UKRAINIAN, "трьомстам", 3);
        has(Language::UKRAINIAN, "дев’ятого грудня", 12);
        has(Language::UKRAINIAN, "у ХІХ столітті", 19);
        has(Language::GERMAN, "fünfundzwanzig", 25);
        has(Language::GERMAN, "der sechsundzwanzigste", 26);
        has(Language::GERMAN, "siebenhundertvierzehn", 714);
        has(Language::GERMAN, "zweitausend", 2000);
        has(Language::GERMAN, "ein fünfjähriges Kind", 5);
        has(Language::GERMAN, "Ludwig XIV.", 14);
    }

    #[test]
    fn no_words() {
        assert!(values(Language::GERMAN, "Der Hafen lag still.").is_empty());
        assert!(values(Language::ENGLISH, "").is_empty());
    }
}
