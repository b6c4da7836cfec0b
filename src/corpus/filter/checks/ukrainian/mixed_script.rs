//! Latin letters inside Cyrillic words, and Cyrillic ones inside Latin words: `вiн` with a Latin `i`.

use std::borrow::Cow;

use crate::corpus::filter::checks::language::is_cyrillic;

/// Latin letters and the Cyrillic letters that look the same.
const LOOK_ALIKES: [(char, char); 26] = [
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('ï', 'ї'),
    ('o', 'о'),
    ('p', 'р'),
    ('x', 'х'),
    ('y', 'у'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('Ï', 'Ї'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
    ('j', 'ј'),
    ('s', 'ѕ'),
    ('S', 'Ѕ'),
];

fn cyrillic(latin: char) -> Option<char> {
    LOOK_ALIKES.iter().find(|(one, _)| *one == latin).map(|(_, other)| *other)
}

fn latin(cyrillic: char) -> Option<char> {
    LOOK_ALIKES.iter().find(|(_, other)| *other == cyrillic).map(|(one, _)| *one)
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}') && c.is_alphabetic()
}

/// The number of words with letters of two scripts that look the same.
pub(in crate::corpus::filter) fn count(text: &str) -> usize {
    runs(text).filter(|run| own_script(run).is_some()).count()
}

/// Runs of letters.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    // Most texts have no Latin letter.
    let text = if text.contains(is_latin) { text } else { "" };
    text.split(|c: char| !(is_latin(c) || is_cyrillic(c))).filter(|run| !run.is_empty())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnScript {
    Latin,
    Cyrillic,
}

/// The script that all letters of a mixed word can have; `None` for a word that is not mixed by mistake.
///
/// A Latin abbreviation with a Cyrillic ending (`PCи`) and words whose letters do not look the same (`URLи`) are
/// written so on purpose. If both scripts are possible, the one with more letters counts, and Cyrillic if there are as
/// many.
fn own_script(run: &str) -> Option<OwnScript> {
    let (mut latins, mut cyrillics) = (0, 0);
    let (mut latins_look_alike, mut cyrillics_look_alike) = (true, true);
    // Latin capitals at the start, then Cyrillic small letters.
    let (mut capitals, mut is_abbreviation) = (0, true);
    for c in run.chars() {
        if is_cyrillic(c) {
            cyrillics += 1;
            cyrillics_look_alike = cyrillics_look_alike && latin(c).is_some();
            is_abbreviation &= c.is_lowercase();
        } else {
            latins += 1;
            latins_look_alike = latins_look_alike && cyrillic(c).is_some();
            is_abbreviation &= c.is_uppercase() && cyrillics == 0;
            capitals += usize::from(c.is_uppercase());
        }
    }
    if latins == 0 || cyrillics == 0 || is_abbreviation && capitals > 1 {
        return None;
    }
    match (latins_look_alike, cyrillics_look_alike) {
        (true, true) if latins > cyrillics => Some(OwnScript::Latin),
        (true, _) => Some(OwnScript::Cyrillic),
        // One letter is often a Cyrillic ending of a Latin word: `botа`.
        (false, true) if cyrillics < latins && !run.ends_with(is_cyrillic) => {
            Some(OwnScript::Latin)
        }
        _ => None,
    }
}

/// Puts the letters of a word into one script if they belong to two scripts and look the same.
///
/// In Cyrillic words, the Latin letters `a`, `c`, `e`, `i`, `ï`, `o`, `p`, `x` and `y`, and the capitals that look like
/// Cyrillic ones, become Cyrillic. In Latin words, Cyrillic letters become Latin. All other text is unchanged. The number
/// of characters stays the same, but not the number of bytes.
///
/// ```
/// use bitext::corpus::filter::repair_mixed_script;
///
/// // Both words have a Latin `i`.
/// let repaired = repair_mixed_script("Вiн прийшов з мiста.");
/// assert_eq!(repaired, "Він прийшов з міста.");
/// // A Latin abbreviation with a Ukrainian ending is right.
/// assert_eq!(repair_mixed_script("URLи"), "URLи");
/// ```
pub fn repair_mixed_script(text: &str) -> Cow<'_, str> {
    if count(text) == 0 {
        return Cow::Borrowed(text);
    }
    let mut repaired = String::with_capacity(text.len() + text.len() / 8);
    let mut copied = 0;
    for run in runs(text) {
        let Some(script) = own_script(run) else { continue };
        let at = run.as_ptr() as usize - text.as_ptr() as usize;
        repaired.push_str(&text[copied..at]);
        let own = |c: char| match script {
            OwnScript::Latin => latin(c).unwrap_or(c),
            OwnScript::Cyrillic => cyrillic(c).unwrap_or(c),
        };
        repaired.extend(run.chars().map(own));
        copied = at + run.len();
    }
    repaired.push_str(&text[copied..]);
    Cow::Owned(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_repaired_into_the_script_of_most_letters() {
        for (mixed, right) in [
            ("Вiн жив у мicті", "Він жив у місті"),
            ("Київ і Xарків", "Київ і Харків"),
            ("приïхав", "приїхав"),
            ("прoграма Аpple", "програма Apple"),
            ("ОЛЕHА", "ОЛЕНА"),
        ] {
            assert_ne!(mixed, right);
            assert_eq!(repair_mixed_script(mixed), right);
            assert!(count(mixed) > 0 && count(right) == 0, "{mixed}");
        }
        for own in [
            "URLи",
            "PCи",
            "gem-и",
            "2x2",
            "x і y",
            "CEOшка",
            "Windowsом",
            "",
            "i",
            "Microsoft",
            "DИХАЮ",
            "botа",
        ] {
            assert_eq!(repair_mixed_script(own), own);
            assert!(matches!(repair_mixed_script(own), Cow::Borrowed(_)), "{own}");
        }
    }
}
