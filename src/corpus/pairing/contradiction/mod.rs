//! Contradictions: articles that align well but are about different things.
//!
//! Pages of one template align sentence by sentence, though one is about version 2.4.3 and the other about
//! 2.4.4. Numbers and names distinguish them. They are compared in corresponding passages: linked
//! sentences, and short runs of unaligned sentences between the same links.
//!
//! A number or name that only one article has may be an omission. If each article has one that the other
//! lacks, they contradict each other. Web and mail addresses are compared like names.

mod agreement;
mod names;
mod passages;
mod words;

use serde::{Deserialize, Serialize};

use super::PairingConfig;
use crate::corpus::filter::number_mismatch;
use crate::{Aligner, Bitext, LanguagePair, Result};
use agreement::AgreementCounts;
use names::PairNames;
use passages::{Passage, passages};

/// Why two articles that align well are not versions of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Contradiction {
    /// Their numbers contradict each other: versions, prices, dates, telephone numbers.
    Numbers,
    /// Their names contradict each other: places, people, products.
    Names,
}

impl Contradiction {
    /// All of them.
    pub const ALL: [Contradiction; 2] = [Contradiction::Numbers, Contradiction::Names];

    /// The code that outputs have, in snake case.
    ///
    /// ```
    /// use bitext::corpus::Contradiction;
    ///
    /// assert_eq!(Contradiction::Numbers.code(), "numbers");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Contradiction::Numbers => "numbers",
            Contradiction::Names => "names",
        }
    }
}

/// The [`number_mismatch`] of numbers that one side omits, at most. A number on one side alone counts as 1/8
/// there; contradictions have a higher mismatch.
const MAX_OMISSION_MISMATCH: f32 = 0.125;

/// Checks whether the articles of a bitext contradict each other, so that they are not versions of one
/// article. With three articles, every two are compared.
///
/// The limits are [`max_contradicted`](PairingConfig::max_contradicted),
/// [`max_contradicted_names`](PairingConfig::max_contradicted_names) and
/// [`agreement_weight`](PairingConfig::agreement_weight).
///
/// # Errors
///
/// The embedder's errors, as in [`Aligner::align`].
///
/// ```
/// use bitext::corpus::{Contradiction, PairingConfig, contradiction};
/// use bitext::{Aligner, Article, Language};
///
/// let aligner = Aligner::new();
/// let compare = |german| {
///     let english = "Quillpad 2.7.1 is here. The release fixes 14 errors. Thanks to everyone.";
///     let articles = [Article::new(Language::ENGLISH, english), Article::new(Language::GERMAN, german)];
///     contradiction(&aligner, &aligner.align(articles)?, &PairingConfig::default())
/// };
/// let same = "Quillpad 2.7.1 ist da. Die Version behebt 14 Fehler. Danke an alle.";
/// assert_eq!(compare(same)?, None);
/// let twin = "Quillpad 2.9.0 ist da. Die Version behebt 31 Fehler. Danke an alle.";
/// assert_eq!(compare(twin)?, Some(Contradiction::Numbers));
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn contradiction(
    aligner: &Aligner,
    bitext: &Bitext,
    config: &PairingConfig,
) -> Result<Option<Contradiction>> {
    for pair in bitext.language_pairs() {
        let articles = (bitext.article(pair.source), bitext.article(pair.target));
        let (Some(source), Some(target)) = articles else { continue };
        let passages = passages(pair, source, target);
        let size = passages.iter().map(|passage| passage.weight).sum();
        let numbers = compare_numbers(pair, &passages);
        if numbers.contradicts(size, config.max_contradicted, config) {
            return Ok(Some(Contradiction::Numbers));
        }
        let mut names = PairNames::new(pair, &passages);
        let contradicts = |names: &PairNames<'_>| {
            let (names, most) = (names.compare(), config.max_contradicted_names);
            let both = names.with(numbers);
            names.contradicts(size, most, config) || both.contradicts(size, most, config)
        };
        if contradicts(&names) {
            // Word vectors take most of the time here, so they are computed last.
            names.translate(aligner)?;
            if contradicts(&names) {
                let by_numbers = numbers.contradicting > names.compare().contradicting;
                let reason = if by_numbers { Contradiction::Numbers } else { Contradiction::Names };
                return Ok(Some(reason));
            }
        }
    }
    Ok(None)
}

/// Compares the numbers of all passages.
fn compare_numbers(pair: &LanguagePair, passages: &[Passage]) -> AgreementCounts {
    let has_digit = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
    let mut counts = AgreementCounts::default();
    for passage in passages.iter().filter(|passage| passage.texts.iter().all(has_digit)) {
        let [source, target] = &passage.texts;
        let mismatch = number_mismatch((pair.source, source), (pair.target, target));
        let contradicting = if mismatch > MAX_OMISSION_MISMATCH { mismatch } else { 0.0 };
        counts.add(passage.weight, 1.0 - contradicting, contradicting);
    }
    counts
}

#[cfg(all(test, feature = "embedded-model"))]
mod tests {
    use super::*;
    use crate::{Article, Language};

    const EN: Language = Language::ENGLISH;
    const UK: Language = Language::UKRAINIAN;
    const DE: Language = Language::GERMAN;

    fn found(texts: [(Language, &str); 2]) -> Option<Contradiction> {
        let aligner = Aligner::new();
        let bitext = aligner.align(texts.map(|(language, text)| Article::new(language, text)));
        contradiction(&aligner, &bitext.unwrap(), &PairingConfig::default()).unwrap()
    }

    const FLAT: &str = "The flat in Marlow\nIt has 3 rooms and 74 square metres.\nThe rent is 910 \
        euros.\nWrite to Ms Kovalenko.\nThe heating is new.\nPets are welcome.";

    #[test]
    fn versions_do_not_contradict_each_other() {
        let german = "Die Wohnung in Marlow\nSie hat 3 Zimmer und 74 Quadratmeter.\nDie Miete beträgt \
            910 Euro.\nSchreiben Sie an Frau Kowalenko.\nDie Heizung ist neu.\nHaustiere sind willkommen.";
        let ukrainian = "Квартира в Марлоу\nМає 3 кімнати та 74 квадратні метри.\nОренда коштує 910 \
            євро.\nПишіть пані Коваленко.\nОпалення нове.\nТварини дозволені.";
        assert_eq!(found([(EN, FLAT), (DE, german)]), None);
        assert_eq!(found([(EN, FLAT), (UK, ukrainian)]), None);
        assert_eq!(found([(UK, ukrainian), (DE, german)]), None);
        // One number is outdated.
        assert_eq!(found([(EN, FLAT), (DE, &german.replace("910", "870"))]), None);
    }

    #[test]
    fn twins_contradict_each_other_by_numbers() {
        let german = "Die Wohnung in Marlow\nSie hat 2 Zimmer und 51 Quadratmeter.\nDie Miete beträgt \
            640 Euro.\nSchreiben Sie an Frau Kowalenko.\nDie Heizung ist neu.\nHaustiere sind willkommen.";
        assert_eq!(found([(EN, FLAT), (DE, german)]), Some(Contradiction::Numbers));
    }

    #[test]
    fn twins_contradict_each_other_by_names() {
        let english = "Our team\nThe shop in Brenwick is led by Lindqvist.\nAsk for Dorner if a bike is \
            broken.\nWe open every day.\nThe workshop belongs to Castellan.";
        let own = "Наша команда\nКрамницею в Бренвіку керує Ліндквіст.\nЗапитайте Дорнера, якщо велосипед \
            зламався.\nМи працюємо щодня.\nМайстерня належить Кастеллану.";
        let twin = "Наша команда\nКрамницею в Тарвіку керує Бергманн.\nЗапитайте Сильвестра, якщо велосипед \
            зламався.\nМи працюємо щодня.\nМайстерня належить Ґруберу.";
        assert_eq!(found([(EN, english), (UK, own)]), None);
        assert_eq!(found([(EN, english), (UK, twin)]), Some(Contradiction::Names));
    }

    #[test]
    fn translated_names_do_not_contradict() {
        let english = "The minister of Germany visited Austria.\nThen she went to Switzerland.\nOn \
            Monday she meets the Greek president.\nIn Vienna it rained.";
        let ukrainian = "Міністерка Німеччини відвідала Австрію.\nПотім вона поїхала до Швейцарії.\nУ \
            понеділок вона зустріне президента Греції.\nУ Відні йшов дощ.";
        assert_eq!(found([(EN, english), (UK, ukrainian)]), None);
    }
}
