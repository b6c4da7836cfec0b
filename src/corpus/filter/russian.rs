//! Russian and Belarusian where Ukrainian is expected. Trigrams tell them apart
//! in long texts only, but nearly every sentence has a letter or a small word that
//! one of them does not have.

use crate::Language;

use super::letters::is_cyrillic;

/// Russian words, sorted, that are no Ukrainian ones and have no letter that
/// tells.
#[rustfmt::skip]
const RUSSIAN: [&str; 138] = [
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

/// Ukrainian words, sorted, that are no Russian ones.
#[rustfmt::skip]
const UKRAINIAN: [&str; 100] = [
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

/// The share of Russian and Belarusian words among those that tell which they are,
/// of a text that is said to be Ukrainian; 0 for other languages and where no word
/// tells.
pub(super) fn share(language: Language, text: &str) -> f32 {
    if language.primary() != "uk" {
        return 0.0;
    }
    // The short u is Belarusian alone, and Belarusian has the і too.
    let belarusian = text.contains(['ў', 'Ў']);
    let (mut russian, mut ukrainian) = (0u32, 0u32);
    let letter = |c: char| is_cyrillic(c) || is_apostrophe(c);
    for word in text.split(|c: char| !letter(c)) {
        let word: String = word.chars().flat_map(char::to_lowercase).map(straight).collect();
        match kind(word.trim_matches('\''), belarusian) {
            Some(Kind::Other) => russian += 1,
            Some(Kind::Ukrainian) => ukrainian += 1,
            None => {}
        }
    }
    russian as f32 / (russian + ukrainian).max(1) as f32
}

enum Kind {
    Ukrainian,
    Other,
}

fn kind(word: &str, belarusian: bool) -> Option<Kind> {
    if word.contains(['ы', 'э', 'ё', 'ъ', 'ў']) {
        return Some(Kind::Other);
    }
    if word.contains(['ї', 'є', 'ґ']) {
        return Some(Kind::Ukrainian);
    }
    if UKRAINIAN.binary_search(&word).is_ok() {
        return Some(Kind::Ukrainian);
    }
    if word.contains('і') {
        return (!belarusian).then_some(Kind::Ukrainian);
    }
    let russian = RUSSIAN.binary_search(&word).is_ok()
        || (word.chars().count() > 4
            && ["ие", "ии", "ией", "тся"].iter().any(|ending| word.ends_with(ending)));
    if russian {
        return Some(Kind::Other);
    }
    // An apostrophe between two letters: Belarusian has it too.
    (word.contains('\'') && !belarusian).then_some(Kind::Ukrainian)
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
        share(Language::UKRAINIAN, text)
    }

    #[test]
    fn lists_are_sorted_and_apart() {
        for list in [&RUSSIAN[..], &UKRAINIAN[..]] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
        }
        assert!(RUSSIAN.iter().all(|word| !UKRAINIAN.contains(word)));
    }

    #[test]
    fn russian_belarusian_and_ukrainian() {
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
            "",
            "OK 5",
        ] {
            assert!(uk(own) < 0.34, "{own}: {}", uk(own));
        }
        assert_eq!(share(Language::ENGLISH, "Он сказал, что это хорошо."), 0.0);
    }
}
