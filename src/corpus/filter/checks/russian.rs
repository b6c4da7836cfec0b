//! Russian and Belarusian on a Ukrainian side.
//!
//! Trigrams distinguish these languages only in long texts. But nearly every sentence has a letter or a
//! common word that only one of them has, so this check counts such words.

use std::collections::HashSet;

use crate::Language;

use super::language::is_cyrillic;

/// Common Russian words without a typically Russian letter that are not Ukrainian words; sorted.
#[rustfmt::skip]
const RUSSIAN_WORDS: [&str; 228] = [
    "больше", "будет", "будут", "был", "была", "было", "быть", "вечером", "видеть", "вместе",
    "вместо", "внутри", "во", "вокруг", "вообще", "восемь", "вот", "время", "всего", "всем", "всех",
    "второй", "вчера", "где", "говорил", "говорит", "говорят", "года", "годов", "году", "головой",
    "город", "далее", "двери", "дверь", "девять", "делать", "дней", "должен", "должна", "должно",
    "дорогой", "другие", "другой", "друзья", "думал", "его", "ее", "если", "есть", "еще", "жизни",
    "зачем", "здесь", "зная", "и", "из", "или", "имеет", "именно", "иметь", "имеют", "иногда",
    "интересно", "каждого", "кажется", "как", "какая", "каких", "какого", "какой", "какую", "когда",
    "которая", "которого", "которое", "которой", "котором", "которому", "которую", "который",
    "которым", "которых", "кроме", "кто", "лет", "ли", "лишь", "лучше", "между", "меньше", "меня",
    "минут", "мне", "много", "могут", "моего", "моей", "можем", "может", "можешь", "можно",
    "молодой", "назвал", "наконец", "нашего", "нашей", "наши", "него", "нее", "нельзя",
    "необходимо", "несколько", "несмотря", "нет", "нибудь", "никто", "ничего", "ночью", "нравится",
    "нужно", "обо", "общество", "однако", "оказалось", "оказался", "около", "окончательно", "она",
    "они", "оно", "опасность", "опять", "особенно", "остался", "остановился", "ответил", "ответила",
    "отец", "очень", "очередь", "первой", "подумал", "пожалуйста", "позже", "пойти", "помощью",
    "понял", "поскольку", "после", "последние", "последний", "потому", "почему", "поэтому",
    "правительства", "предложил", "примеру", "против", "прошло", "пять", "работает", "работать",
    "разве", "ранее", "рассказал", "рассказать", "речь", "россии", "своего", "своей", "своему",
    "свои", "своих", "сделал", "сделала", "сделать", "себя", "сегодня", "сейчас", "семь", "сердце",
    "сказал", "следует", "слишком", "смотрел", "снова", "собой", "совсем", "сообщил", "сообщила",
    "спасибо", "сразу", "среди", "столько", "страна", "также", "такое", "такой", "тебя", "теперь",
    "тогда", "тоже", "только", "туда", "увидел", "украине", "украины", "утром", "хорошо", "хотел",
    "хотела", "хотели", "хотелось", "хочет", "хуже", "часов", "чего", "человек", "человека",
    "человеком", "человеку", "чем", "что", "чтоб", "шесть", "является", "являются",
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

/// How much Russian or Belarusian a Ukrainian text has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RussianShares {
    /// The share of Russian and Belarusian words in the words that are typical of one language, 0 to 1: that of the
    /// whole text or that of the sentence with most of them, whichever is larger.
    pub(super) sentences: f32,
    /// The share of words that are surely Russian or Belarusian in all words, 0 to 1.
    pub(super) words: f32,
}

impl RussianShares {
    /// The shares of a text. All are 0 without such words and for other languages than Ukrainian. Words that the other
    /// text has too are content, as in a text about spelling.
    pub(super) fn find(language: Language, text: &str, other: &str) -> RussianShares {
        if language.primary() != "uk" {
            return RussianShares::default();
        }
        let found = LanguageWords::count(text, &HashSet::new());
        if found.russian == 0 || !other.contains(is_cyrillic) {
            return found.shares();
        }
        LanguageWords::count(text, &words(other).map(|word| word.folded).collect()).shares()
    }

    /// The larger share of each kind.
    pub(super) fn max(self, other: RussianShares) -> RussianShares {
        RussianShares {
            sentences: self.sentences.max(other.sentences),
            words: self.words.max(other.words),
        }
    }
}

/// Words of `RUSSIAN_WORDS` that also occur in Ukrainian texts: in old texts, as names or as slips.
const ALSO_UKRAINIAN: [&str; 11] =
    ["во", "вот", "город", "году", "и", "можем", "обо", "однако", "оно", "потому", "против"];

/// The words of a text that are typical of a language.
#[derive(Default)]
struct LanguageWords {
    /// Russian or Belarusian.
    russian: u32,
    ukrainian: u32,
    /// Russian or Belarusian words that cannot be Ukrainian.
    surely_russian: u32,
    all: u32,
    /// The largest share of Russian words in a sentence with some.
    most_in_sentence: f32,
}

impl LanguageWords {
    fn count(text: &str, content: &HashSet<String>) -> LanguageWords {
        /// Typical words, at least, for a sentence to be judged without the rest of the text.
        const MIN_SENTENCE_WORDS: u32 = 3;
        // Only Belarusian has the letter ў, and it has і as Ukrainian does.
        let belarusian = text.contains(['ў', 'Ў']);
        let mut found = LanguageWords::default();
        // Russian and Ukrainian words of the sentence.
        let mut sentence = [0, 0];
        let close = |sentence: &mut [u32; 2], most: &mut f32| {
            let [russian, ukrainian] = std::mem::take(sentence);
            if russian >= MIN_SENTENCE_WORDS {
                *most = most.max(russian as f32 / (russian + ukrainian) as f32);
            }
        };
        for word in words(text) {
            if word.starts_sentence {
                close(&mut sentence, &mut found.most_in_sentence);
            }
            let Word { folded: word, may_be_name, .. } = word;
            if content.contains(&word) {
                continue;
            }
            found.all += 1;
            match typical_language(&word, belarusian) {
                Some(TypicalLanguage::Russian) => {
                    found.russian += 1;
                    sentence[0] += 1;
                    found.surely_russian += u32::from(
                        is_surely_russian(&word) && (!may_be_name || has_russian_letter(&word)),
                    );
                }
                Some(TypicalLanguage::Ukrainian) => {
                    found.ukrainian += 1;
                    sentence[1] += 1;
                }
                None => {}
            }
        }
        close(&mut sentence, &mut found.most_in_sentence);
        found
    }

    fn shares(&self) -> RussianShares {
        let whole = self.russian as f32 / (self.russian + self.ukrainian).max(1) as f32;
        RussianShares {
            sentences: whole.max(self.most_in_sentence),
            words: self.surely_russian as f32 / self.all.max(1) as f32,
        }
    }
}

/// Whether a word that is typical of Russian cannot be Ukrainian: it has a letter that Ukrainian lacks, or it is in
/// the list. Endings are no proof, because names have them too.
fn is_surely_russian(word: &str) -> bool {
    has_russian_letter(word)
        || RUSSIAN_WORDS.binary_search(&word).is_ok() && !ALSO_UKRAINIAN.contains(&word)
}

fn has_russian_letter(word: &str) -> bool {
    // A single letter is the name of the letter.
    word.contains(['ы', 'э', 'ё', 'ъ', 'ў']) && word.chars().nth(1).is_some()
}

/// A Cyrillic word.
struct Word {
    /// In small letters, with straight apostrophes.
    folded: String,
    /// Whether the end of a sentence stands before it.
    starts_sentence: bool,
    /// Whether it starts with a capital inside a sentence, as names do.
    may_be_name: bool,
}

/// The Cyrillic words of a text, in small letters. Endings of Latin words and numbers (`gem-и`), endings in
/// brackets (`файл(и)`) and single letters in quotation marks are skipped.
fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let letter = |c: char| is_cyrillic(c) || is_apostrophe(c);
    let mut start = 0;
    // The end of the word before.
    let mut previous_end = 0;
    let mut is_first = true;
    text.split(move |c: char| !letter(c)).filter_map(move |word| {
        let at = start;
        let end = at + word.len();
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
        if word.is_empty() {
            return None;
        }
        let between = &text[previous_end..at];
        let starts_sentence =
            std::mem::take(&mut is_first) || between.contains(['.', '!', '?', '…', '\n', ':']);
        previous_end = end;
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
        let may_be_name = !starts_sentence && word.starts_with(char::is_uppercase);
        let word: String = word.chars().flat_map(char::to_lowercase).map(straight).collect();
        let folded = word.trim_matches('\'').to_string();
        Some(Word { folded, starts_sentence, may_be_name })
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
        RussianShares::find(Language::UKRAINIAN, text, "x").sentences
    }

    #[test]
    fn a_russian_sentence_or_word_inside_a_ukrainian_text_is_found() {
        let text = "Вона зустріла сусіда і спитала, як його справи. Он сказал, что это хорошо. Потім вони пішли, \
                    бо їм треба було на роботу, а ще вони хотіли зайти до крамниці.";
        assert!(uk(text) > 0.6, "{}", uk(text));
        let words = |text| RussianShares::find(Language::UKRAINIAN, text, "x").words;
        assert_eq!(words("Він сказав: «Выходи!» і пішов."), 0.2);
        assert_eq!(words("Мені можно йти?"), 1.0 / 3.0);
        for own in ["Літера «ы» в абетці", "Однако він пішов.", "Газета «Сегодня» і канал Россия"]
        {
            assert_eq!(words(own), 0.0, "{own}");
        }
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
        let english = RussianShares::find(Language::ENGLISH, "Он сказал, что это хорошо.", "x");
        assert_eq!(english, RussianShares::default());
    }

    #[test]
    fn russian_words_in_both_texts_are_content() {
        let text = "Слово «быть»";
        let shares = |other| RussianShares::find(Language::UKRAINIAN, text, other);
        assert!(shares("The word is different.").sentences > 0.34);
        assert_eq!(shares("The Russian word is “быть”."), RussianShares::default());
    }
}
