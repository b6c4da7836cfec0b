//! Russian and Belarusian on a Ukrainian side.
//!
//! Trigrams distinguish these languages only in long texts. But nearly every sentence has a letter or a
//! common word that only one of them has, so this check counts such words.

use std::collections::HashSet;

use crate::Language;

use super::language::is_cyrillic;

/// Common Russian words without a typically Russian letter that are not Ukrainian words; sorted.
#[rustfmt::skip]
const RUSSIAN_WORDS: [&str; 138] = [
    "больше", "будет", "будут", "был", "была", "было", "быть", "вместе", "внутри", "во", "вокруг",
    "восемь", "вот", "время", "всего", "всем", "всех", "второй", "вчера", "где", "говорит", "года",
    "годов", "году", "город", "далее", "девять", "делать", "дней", "должен", "должна", "должно",
    "другие", "другой", "его", "ее", "если", "есть", "еще", "здесь", "и", "из", "или", "именно",
    "как", "когда", "которая", "которого", "которое", "которой", "котором", "которому", "которую",
    "который", "которым", "которых", "кто", "лет", "ли", "лишь", "лучше", "между", "меньше",
    "меня", "мне", "много", "могут", "моего", "моей", "можем", "может", "него", "нее", "нельзя",
    "необходимо", "несколько", "нет", "нибудь", "никто", "ничего", "нужно", "обо", "однако",
    "около", "она", "они", "оно", "опять", "особенно", "очень", "первой", "пожалуйста", "позже",
    "поскольку", "после", "потому", "почему", "поэтому", "против", "пять", "работает", "ранее",
    "россии", "своего", "своей", "свои", "своих", "сделать", "себя", "сегодня", "сейчас", "семь",
    "сказал", "следует", "снова", "сообщил", "сообщила", "спасибо", "среди", "страна", "также",
    "тебя", "теперь", "тоже", "только", "туда", "украине", "украины", "хорошо", "хотел", "хуже",
    "чего", "человек", "чем", "что", "чтоб", "шесть", "является",
];

/// Common Ukrainian words that are not Russian words; sorted.
#[rustfmt::skip]
const UKRAINIAN_WORDS: [&str; 100] = [
    "або", "адже", "багато", "будуть", "бути", "більше", "вже", "вона", "вони", "воно", "всіх",
    "від", "він", "вісім", "дев'ять", "днів", "добре", "дуже", "дякую", "зараз", "зі", "й",
    "його", "каже", "коли", "краще", "країна", "лише", "людина", "мав", "мають", "має", "мене",
    "менше", "мені", "може", "можуть", "між", "місто", "навколо", "ні", "ніхто", "нічого",
    "однак", "ось", "п'ять", "поки", "потрібно", "проте", "під", "після", "року", "років", "рік",
    "свого", "своєї", "свої", "своїх", "серед", "сказав", "сім", "також", "теж", "тепер", "тому",
    "треба", "тільки", "усе", "усіх", "хто", "це", "цей", "цього", "ця", "ці", "чим", "чого",
    "чому", "шість", "ще", "що", "щоб", "щодо", "як", "яка", "яке", "який", "яким", "яких",
    "якого", "якому", "якої", "якщо", "які", "є", "і", "із", "їм", "їх", "її",
];

/// The share of Russian and Belarusian words in the words that are typical of one language, 0 to 1; 0
/// without such words and for other languages than Ukrainian. Words that the other text has too are
/// content, as in a text about spelling.
pub(super) fn share(language: Language, text: &str, other: &str) -> f32 {
    if language.primary() != "uk" {
        return 0.0;
    }
    let found = LanguageWords::count(text, &HashSet::new());
    if found.russian == 0 || !other.contains(is_cyrillic) {
        return found.share();
    }
    LanguageWords::count(text, &words(other).collect()).share()
}

/// The words of a text that are typical of a language.
#[derive(Default)]
struct LanguageWords {
    /// Russian or Belarusian.
    russian: u32,
    ukrainian: u32,
}

impl LanguageWords {
    fn count(text: &str, content: &HashSet<String>) -> LanguageWords {
        // Only Belarusian has the letter ў, and it has і as Ukrainian does.
        let belarusian = text.contains(['ў', 'Ў']);
        let mut found = LanguageWords::default();
        for word in words(text).filter(|word| !content.contains(word)) {
            match typical_language(&word, belarusian) {
                Some(TypicalLanguage::Russian) => found.russian += 1,
                Some(TypicalLanguage::Ukrainian) => found.ukrainian += 1,
                None => {}
            }
        }
        found
    }

    fn share(&self) -> f32 {
        self.russian as f32 / (self.russian + self.ukrainian).max(1) as f32
    }
}

/// The Cyrillic words of a text, in small letters. Endings of Latin words and numbers (`gem-и`), endings in
/// brackets (`файл(и)`) and single letters in quotation marks are skipped.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let letter = |c: char| is_cyrillic(c) || is_apostrophe(c);
    let mut start = 0;
    text.split(move |c: char| !letter(c)).filter_map(move |word| {
        let at = start;
        let end = at + word.len();
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
        if word.is_empty() {
            return None;
        }
        let mut before = text[..at].chars().rev();
        let (last, next_to_last) = (before.next(), before.next());
        let foreign = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_cyrillic(c));
        let word_before = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let joined = matches!(last, Some('-' | '‑' | '–')) && foreign(next_to_last);
        let ending = foreign(last) || joined || (last == Some('(') && word_before(next_to_last));
        let quotes = |c: Option<char>| c.is_some_and(|c| "\"'«»“”„‘’()[]/`".contains(c));
        let single =
            word.chars().count() == 1 && quotes(last) && quotes(text[end..].chars().next());
        if ending || single {
            return None;
        }
        let word: String = word.chars().flat_map(char::to_lowercase).map(straight).collect();
        Some(word.trim_matches('\'').to_string())
    })
}

enum TypicalLanguage {
    Ukrainian,
    /// Russian or Belarusian.
    Russian,
}

/// The language that a word is typical of, if any. `belarusian`: whether the text has a Belarusian letter.
fn typical_language(word: &str, belarusian: bool) -> Option<TypicalLanguage> {
    if word.contains(['ы', 'э', 'ё', 'ъ', 'ў']) {
        return Some(TypicalLanguage::Russian);
    }
    if word.contains(['ї', 'є', 'ґ']) {
        return Some(TypicalLanguage::Ukrainian);
    }
    if UKRAINIAN_WORDS.binary_search(&word).is_ok() {
        return Some(TypicalLanguage::Ukrainian);
    }
    if word.contains('і') {
        return (!belarusian).then_some(TypicalLanguage::Ukrainian);
    }
    let russian = RUSSIAN_WORDS.binary_search(&word).is_ok()
        || (word.chars().count() > 4
            && ["ие", "ии", "ией", "тся"].iter().any(|ending| word.ends_with(ending)));
    if russian {
        return Some(TypicalLanguage::Russian);
    }
    // Ukrainian and Belarusian have an apostrophe between two letters, Russian does not.
    (word.contains('\'') && !belarusian).then_some(TypicalLanguage::Ukrainian)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ')
}

fn straight(c: char) -> char {
    if is_apostrophe(c) { '\'' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uk(text: &str) -> f32 {
        share(Language::UKRAINIAN, text, "x")
    }

    #[test]
    fn word_lists_are_sorted_and_disjoint() {
        for list in [&RUSSIAN_WORDS[..], &UKRAINIAN_WORDS[..]] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert!(RUSSIAN_WORDS.iter().all(|word| !UKRAINIAN_WORDS.contains(word)));
    }

    #[test]
    fn russian_and_belarusian_are_told_from_ukrainian() {
        for other in [
            "Мост снова откроют в понедельник, но рабочие ещё не закончили.",
            "Он сказал, что это хорошо.",
            "Что делать?",
            "Сообщение отправлено и получено.",
            "Мост зноў адкрыюць у панядзелак, але рабочыя яшчэ не скончылі, і ён зачынены.",
        ] {
            assert!(uk(other) > 0.6, "{other}: {}", uk(other));
        }
        for own in [
            "Міст знову відкриють у понеділок, але робітники ще не закінчили.",
            "«Люди приходитимуть читати туди, куди колись ходили по оселедець», — сказала мерка.",
            "Завтра других не буде.",
            "П’ятниця – гарний день.",
            "Она не прийшла, а він прийшов і сів, щоб п'ять хвилин почекати.",
            "Так.",
            "Усі plug-in-и перелічено.",
            "Оновлено gemи, 5-и та URL’и.",
            "Шаблон(и) для тек:",
            "Літера «и» в абетці",
            "",
            "OK 5",
        ] {
            assert!(uk(own) < 0.34, "{own}: {}", uk(own));
        }
        assert_eq!(share(Language::ENGLISH, "Он сказал, что это хорошо.", "x"), 0.0);
    }

    #[test]
    fn russian_words_in_both_texts_are_content() {
        let text = "Слово «быть»";
        assert!(share(Language::UKRAINIAN, text, "The word is different.") > 0.34);
        assert_eq!(share(Language::UKRAINIAN, text, "The Russian word is “быть”."), 0.0);
    }
}
