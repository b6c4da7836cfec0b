//! Swiss, old and new spelling of German.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Serialize;

use crate::letters::{for_each_lowercase, is_letter};

/// Numbers of words by the spelling that they prove. Most words are the same in all spellings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GermanSpelling {
    /// Words with `ß`.
    pub sharp_s: u32,
    /// Words with `ss` where German and Austrian spelling has `ß`, as in Switzerland: `Strasse`. A text with such words
    /// and without `ß` is Swiss.
    pub ss_for_sharp_s: u32,
    /// Words in the spelling before 1996: `daß`, `rauh`.
    pub old_spelling: u32,
    /// Words in the spelling since 1996: `dass`, `rau`. Swiss texts have `dass` in both, so it proves nothing there.
    pub new_spelling: u32,
}

/// Parts of words with `ss` for the `ß` after a long vowel, which Swiss spelling has. Parts that are also in a word with
/// `ss` in all spellings, such as `mass` and `floss`, are left out.
#[rustfmt::skip]
const SWISS_PARTS: [&str; 44] = [
    "strasse", "grosse", "grössen", "grösser", "grösse", "grösst", "heisst", "heissen", "heisse", "weisse",
    "ausser", "aussen", "äusser", "äussern", "schliess", "dreissig", "massnahm", "gemäss", "mässig", "fussball",
    "füsse", "begrüss", "grüsse", "blosse", "süss", "spass", "geniess", "fliess", "giesse", "giesst",
    "stossen", "verstoss", "anstoss", "reissen", "reisst", "beissen", "beisst", "fleiss", "büsse", "schweiss",
    "strässchen", "entblöss", "grossmutter", "grossvater",
];

/// Whole words with `ss` for `ß`.
const SWISS_WORDS: [&str; 6] = ["gross", "heiss", "weiss", "fuss", "gruss", "bloss"];

/// Words of the spelling before 1996, with the new spelling.
#[rustfmt::skip]
const REFORMED: [(&str, &str); 64] = [
    ("daß", "dass"), ("muß", "muss"), ("mußt", "musst"), ("mußte", "musste"), ("mußten", "mussten"),
    ("müßte", "müsste"), ("müßten", "müssten"), ("läßt", "lässt"), ("faßt", "fasst"), ("faßte", "fasste"),
    ("paßt", "passt"), ("paßte", "passte"), ("wußte", "wusste"), ("wußten", "wussten"), ("wüßte", "wüsste"),
    ("gewußt", "gewusst"), ("bewußt", "bewusst"), ("unbewußt", "unbewusst"), ("bewußtsein", "bewusstsein"),
    ("schluß", "schluss"), ("abschluß", "abschluss"), ("anschluß", "anschluss"), ("beschluß", "beschluss"),
    ("entschluß", "entschluss"), ("fluß", "fluss"), ("einfluß", "einfluss"), ("überfluß", "überfluss"),
    ("kuß", "kuss"), ("nuß", "nuss"), ("prozeß", "prozess"), ("kongreß", "kongress"), ("ausschuß", "ausschuss"),
    ("zuschuß", "zuschuss"), ("schuß", "schuss"), ("rußland", "russland"), ("häßlich", "hässlich"),
    ("haß", "hass"), ("paß", "pass"), ("riß", "riss"), ("biß", "biss"), ("schloß", "schloss"),
    ("beschloß", "beschloss"), ("entschloß", "entschloss"), ("ißt", "isst"), ("vergißt", "vergisst"),
    ("vergeßlich", "vergesslich"), ("mißt", "misst"), ("gewiß", "gewiss"), ("ungewiß", "ungewiss"),
    ("blaß", "blass"), ("naß", "nass"), ("streß", "stress"), ("expreß", "express"), ("verläßlich", "verlässlich"),
    ("mißbrauch", "missbrauch"), ("mißverständnis", "missverständnis"), ("mißtrauen", "misstrauen"),
    ("numerieren", "nummerieren"), ("numeriert", "nummeriert"), ("rauh", "rau"), ("schiffahrt", "schifffahrt"),
    ("stengel", "stängel"), ("plazieren", "platzieren"), ("plaziert", "platziert"),
];

/// The old and the new words.
static WORDS: LazyLock<[HashSet<&str>; 2]> = LazyLock::new(|| {
    [REFORMED.iter().map(|(old, _)| *old).collect(), REFORMED.iter().map(|(_, new)| *new).collect()]
});

/// Words of time before a part of the day: `heute abend` is old, `heute Abend` is new.
const DAYS: [&str; 3] = ["heute", "gestern", "morgen"];
const DAY_PARTS: [&str; 6] = ["abend", "mittag", "nacht", "vormittag", "nachmittag", "morgen"];

pub(super) fn spelling(text: &str) -> GermanSpelling {
    let mut found = GermanSpelling::default();
    let [old, new] = &*WORDS;
    let mut folded = String::new();
    let mut follows_day = false;
    for word in text.split(|c| !is_letter(c)).filter(|word| !word.is_empty()) {
        folded.clear();
        word.chars().for_each(|c| for_each_lowercase(c, |c| folded.push(c)));
        found.sharp_s += u32::from(folded.contains('ß'));
        let has_swiss_part = || SWISS_PARTS.iter().any(|part| folded.contains(part));
        let is_swiss = folded.contains("ss")
            && !folded.contains('ß')
            && (SWISS_WORDS.contains(&folded.as_str()) || has_swiss_part());
        found.ss_for_sharp_s += u32::from(is_swiss);
        found.old_spelling += u32::from(old.contains(folded.as_str()));
        found.new_spelling += u32::from(new.contains(folded.as_str()));
        if follows_day && DAY_PARTS.contains(&folded.as_str()) {
            let is_old = word.starts_with(char::is_lowercase);
            found.old_spelling += u32::from(is_old);
            found.new_spelling += u32::from(!is_old);
        }
        follows_day = DAYS.contains(&folded.as_str());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> [u32; 4] {
        let found = spelling(text);
        [found.sharp_s, found.ss_for_sharp_s, found.old_spelling, found.new_spelling]
    }

    #[test]
    fn swiss_old_and_new_spelling_are_told_apart() {
        assert_eq!(counts("Die Straße ist groß."), [2, 0, 0, 0]);
        assert_eq!(counts("Die Strasse ist gross."), [0, 2, 0, 0]);
        assert_eq!(counts("Er weiß, daß er muß."), [3, 0, 2, 0]);
        assert_eq!(counts("Er weiß, dass er muss."), [1, 0, 0, 2]);
        assert_eq!(counts("Heute abend, gestern Abend"), [0, 0, 1, 1]);
        // The same in all spellings.
        assert_eq!(counts("Das Wasser der Masse, die Klasse, das Essen, der Kessel."), [0; 4]);
    }

    #[test]
    fn each_word_has_two_spellings_and_is_listed_once() {
        assert!(REFORMED.iter().all(|(old, new)| old != new));
        assert_eq!(WORDS[0].len(), REFORMED.len());
        assert_eq!(WORDS[1].len(), REFORMED.len());
    }
}
