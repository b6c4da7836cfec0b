//! Whether two articles that align well say different things.
//!
//! Pages that are made from one template align sentence by sentence, though one is about version
//! 2.4.3 and the other about 2.4.4. What tells them apart are numbers and names. Both are compared
//! where the alignment puts the two articles side by side: in beads, and where as many
//! sentences stand between the same beads on either side. A number or name that only one side
//! has may have been left out; where each side has one that the other lacks, they contradict each
//! other.
//!
//! Names are capitalised words within a sentence, words with figures such as `A380`, and Latin
//! words in Ukrainian. Web and mail addresses are compared with them. A name has a counterpart if the other article has a word of the same letters, or of the same consonants
//! across scripts; or if a word beside it is near in the model's vectors (`Germany`,
//! `Deutschland`).

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::PairingConfig;
use crate::align::name_sounds;
use crate::corpus::filter::{number_mismatch, url_mismatch};
use crate::{Aligner, Article, Bitext, Language, LanguagePair, Result};

/// Why two articles that align well are not versions of one another.
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

    /// The name that outputs use.
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

/// A score of [`number_mismatch`] up to this is of numbers that one side lacks; a contradiction
/// scores more. (A lone number counts an eighth.)
const LACKING: f32 = 0.125;

/// Sentences that may contradict each other in any two versions: one typing error, or one number
/// that was brought up to date.
const SLIPS: f32 = 1.0;

/// The cosine from which two words of different languages are taken for translations, as
/// in the aligner's lexical evidence.
const TRANSLATED: f32 = 0.4;

/// The most unaligned sentences on either side that are compared as replacements of each other;
/// longer runs are other sections, not filled-in fields.
const REPLACED: usize = 4;

/// Words of a place whose vectors are compared; a bound for sentences that never end.
const COMPARED: usize = 200;

/// What speaks against two articles being versions of one another, if anything does: see
/// [`max_contradicted`](PairingConfig::max_contradicted),
/// [`max_contradicted_names`](PairingConfig::max_contradicted_names) and
/// [`agreement_weight`](PairingConfig::agreement_weight). Of three articles every two are compared.
///
/// # Errors
///
/// Those of [`Aligner::align`] about the embedder.
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
        let places = places(pair, source, target);
        let size = places.iter().map(|place| place.weight).sum();
        let numbers = numbers(pair, &places);
        if numbers.contradicts(size, config.max_contradicted, config) {
            return Ok(Some(Contradiction::Numbers));
        }
        let mut names = Names::new(pair, &places);
        let contradicts = |names: &Names<'_>| {
            let (names, most) = (names.evidence(), config.max_contradicted_names);
            let both = names.with(numbers);
            names.contradicts(size, most, config) || both.contradicts(size, most, config)
        };
        if contradicts(&names) {
            // Only now, as vectors of words cost more than all else here.
            names.translate(aligner)?;
            if contradicts(&names) {
                let by_numbers = numbers.contradicting > names.evidence().contradicting;
                return Ok(Some(match by_numbers {
                    true => Contradiction::Numbers,
                    false => Contradiction::Names,
                }));
            }
        }
    }
    Ok(None)
}

/// Texts that the alignment puts side by side.
struct Place {
    /// Of the source and of the target.
    texts: [String; 2],
    /// The sentences of the longer side.
    weight: f32,
}

impl Place {
    fn new(source: &[&str], target: &[&str]) -> Place {
        let weight = source.len().max(target.len()) as f32;
        Place { texts: [source.join(" "), target.join(" ")], weight }
    }
}

/// The beads, and what replaces each other between them.
fn places(pair: &LanguagePair, source: &Article, target: &Article) -> Vec<Place> {
    let (source, target): (Vec<&str>, Vec<&str>) =
        (source.sentences().collect(), target.sentences().collect());
    let mut places = Vec::new();
    let mut reached = (0, 0);
    for bead in &pair.beads {
        let [one, other] = bead.parts() else { continue };
        let (x, y) = (&one.sentences, &other.sentences);
        let (Some(&first), Some(&second)) = (x.first(), y.first()) else { continue };
        let between = (source.get(reached.0..first), target.get(reached.1..second));
        if let (Some(x), Some(y)) = between {
            if x.len() == y.len() && x.len() <= REPLACED {
                places.extend(x.iter().zip(y).map(|(x, y)| Place::new(&[*x], &[*y])));
            } else if x.len().min(y.len()) > 0 && x.len().max(y.len()) <= REPLACED {
                places.push(Place::new(x, y));
            }
        }
        places.push(Place::new(&picked(&source, x), &picked(&target, y)));
        let last = |sentences: &[usize]| sentences.last().map_or(0, |last| last + 1);
        reached = (reached.0.max(last(x)), reached.1.max(last(y)));
    }
    places
}

fn picked<'a>(sentences: &[&'a str], at: &[usize]) -> Vec<&'a str> {
    at.iter().filter_map(|at| sentences.get(*at)).copied().collect()
}

/// How much of what is compared agrees, and how much contradicts, in sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Evidence {
    agreeing: f32,
    contradicting: f32,
}

impl Evidence {
    /// Whether more contradicts than a share of all sentences, `most`, and what agrees allow.
    fn contradicts(&self, size: f32, most: f32, config: &PairingConfig) -> bool {
        let outweighed = most * size + config.agreement_weight * self.agreeing;
        self.contradicting > outweighed.max(SLIPS) && most < 1.0
    }

    fn with(self, other: Evidence) -> Evidence {
        Evidence {
            agreeing: self.agreeing + other.agreeing,
            contradicting: self.contradicting + other.contradicting,
        }
    }

    /// Adds a place of which these shares agree and contradict.
    fn add(&mut self, weight: f32, agreeing: f32, contradicting: f32) {
        self.agreeing += weight * agreeing;
        self.contradicting += weight * contradicting;
    }
}

/// Of each place, how much its numbers contradict each other, and how much they agree.
fn numbers(pair: &LanguagePair, places: &[Place]) -> Evidence {
    let has_figure = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
    let mut evidence = Evidence::default();
    for place in places.iter().filter(|place| place.texts.iter().all(has_figure)) {
        let [source, target] = &place.texts;
        let mismatch = number_mismatch((pair.source, source), (pair.target, target));
        let contradicting = if mismatch > LACKING { mismatch } else { 0.0 };
        evidence.add(place.weight, 1.0 - contradicting, contradicting);
    }
    evidence
}

/// The names of two articles, by place.
struct Names<'a> {
    languages: [Language; 2],
    places: Vec<PlaceNames<'a>>,
}

struct PlaceNames<'a> {
    place: &'a Place,
    sides: [SideNames<'a>; 2],
}

/// The names of one side of a place.
#[derive(Default)]
struct SideNames<'a> {
    /// Whether capitals tell names in this language: German nouns have them too.
    is_sure: bool,
    found: usize,
    missing: Vec<&'a str>,
}

impl PlaceNames<'_> {
    fn contradicts(&self) -> bool {
        self.sides.iter().all(|side| !side.missing.is_empty())
    }
}

impl<'a> Names<'a> {
    fn new(pair: &LanguagePair, places: &'a [Place]) -> Names<'a> {
        let languages = [pair.source, pair.target];
        let places = places.iter().map(|place| {
            let words = [0, 1].map(|at: usize| known_words(languages[at], &place.texts[at]));
            let sides = [0, 1].map(|at: usize| {
                let language = languages[at];
                let is_sure = language.primary() != "de";
                let mut side = SideNames { is_sure, ..SideNames::default() };
                for name in names(language, &place.texts[at]).into_iter().take(COMPARED) {
                    match has(&words[1 - at], language, name) {
                        Some(true) => side.found += 1,
                        Some(false) => side.missing.push(name),
                        // Too short to be known in another spelling.
                        None => {}
                    }
                }
                side
            });
            PlaceNames { place, sides }
        });
        Names { languages, places: places.collect() }
    }

    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        let mut seen = [Seen::default(), Seen::default()];
        for PlaceNames { place, sides } in &self.places {
            let [source, target] = &place.texts;
            if has_address(source) && has_address(target) {
                let mismatch = url_mismatch(source, target);
                evidence.add(place.weight, 1.0 - mismatch, mismatch);
            }
            // What capitals do not tell counts only where it is missing.
            let sure = || sides.iter().filter(|side| side.is_sure);
            let most = sure().map(|side| side.found + side.missing.len()).max().unwrap_or_default();
            if most == 0 {
                continue;
            }
            let found = sure().map(|side| side.found).max().unwrap_or_default();
            let missing = [0, 1].map(|side: usize| {
                let names = sides[side].missing.iter();
                names.map(|name| seen[side].worth(name)).sum::<f32>()
            });
            let missing = missing[0].min(missing[1]).min(most as f32);
            evidence.add(place.weight, found as f32 / most as f32, missing / most as f32);
        }
        evidence
    }

    /// Finds names that are translated, in the places that contradict.
    fn translate(&mut self, aligner: &Aligner) -> Result<()> {
        let mut vectors = Vec::new();
        for (at, language) in self.languages.into_iter().enumerate() {
            let places = self.places.iter().filter(|place| place.contradicts());
            let texts = places.map(|names| names.place.texts[at].as_str());
            let mut own: Vec<&str> = texts.flat_map(|text| words(text).take(COMPARED)).collect();
            own.sort_unstable();
            own.dedup();
            if own.is_empty() {
                return Ok(());
            }
            let article = Article::from_sentences(language, own.iter().copied());
            let (rows, _) = aligner.sentence_vectors(&article)?;
            let rows = rows.rows().into_iter().map(|row| row.to_vec());
            vectors.push(own.into_iter().zip(rows).collect::<BTreeMap<&str, Vec<f32>>>());
        }
        let is_near = |at: usize, name: &str, text: &str| {
            let Some(own) = vectors[at].get(name) else { return false };
            let mut others =
                words(text).take(COMPARED).filter_map(|word| vectors[1 - at].get(word));
            others.any(|other| own.iter().zip(other).map(|(x, y)| x * y).sum::<f32>() >= TRANSLATED)
        };
        for names in self.places.iter_mut().filter(|place| place.contradicts()) {
            for (at, side) in names.sides.iter_mut().enumerate() {
                let text = &names.place.texts[1 - at];
                let before = side.missing.len();
                side.missing.retain(|name| !is_near(at, name, text));
                side.found += before - side.missing.len();
            }
        }
        Ok(())
    }
}

/// How often names were missing before. A name that is spelled in an unknown way is missing wherever
/// it stands, so its n-th time counts one n-th.
#[derive(Default)]
struct Seen(HashMap<String, f32>);

impl Seen {
    fn worth(&mut self, name: &str) -> f32 {
        let times = self.0.entry(name.to_lowercase()).or_default();
        *times += 1.0;
        1.0 / *times
    }
}

/// A word, in lower case, and its sounds.
type KnownWord = (String, Vec<u8>);

fn known_words(language: Language, text: &str) -> Vec<KnownWord> {
    let words = words(text).take(COMPARED);
    words.map(|word| (word.to_lowercase(), name_sounds(language, word))).collect()
}

/// Whether a name is among words of another language; `None` where that cannot be said.
fn has(words: &[KnownWord], language: Language, name: &str) -> Option<bool> {
    let spelled = name.to_lowercase();
    if words.iter().any(|(word, _)| *word == spelled) {
        return Some(true);
    }
    if name.contains(|c: char| c.is_ascii_digit()) {
        return Some(false);
    }
    let sounds = name_sounds(language, name);
    match sounds.is_empty() {
        true => None,
        false => Some(words.iter().any(|(_, other)| sound_alike(&sounds, other))),
    }
}

/// Whether two words begin with the same sounds. One may have more of them (`Harrow`, `Гарроу`), and
/// of old names one may have a v where the other has a b, and lack an h (`Babylon`,
/// `Вавилон`; `Hezekiah`, `Єзекія`).
fn sound_alike(one: &[u8], other: &[u8]) -> bool {
    let begin_alike = |one: &[u8], other: &[u8], least: usize| {
        let both = one.len().min(other.len());
        both >= least && one[..both] == other[..both]
    };
    let softened = |sounds: &[u8]| -> Vec<u8> {
        let kept = sounds.iter().filter(|sound| !matches!(sound, b'h' | b'a'));
        kept.map(|sound| if *sound == b'b' { b'v' } else { *sound }).collect()
    };
    begin_alike(one, other, 2) || begin_alike(&softened(one), &softened(other), 2)
}

fn has_address(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@')
}

/// Runs of letters, figures behind them, and apostrophes inside.
fn words(text: &str) -> impl Iterator<Item = &str> {
    placed_words(text).map(|(_, word)| word)
}

/// The same with the byte where each starts.
fn placed_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let apostrophe = ['\'', '’', 'ʼ'];
    let inside = move |c: char| c.is_alphanumeric() || apostrophe.contains(&c);
    let mut start = 0;
    text.split_inclusive(move |c| !inside(c)).filter_map(move |part| {
        let at = start;
        start += part.len();
        let word = part.trim_end_matches(|c| !inside(c));
        let trimmed = word.trim_start_matches(apostrophe);
        let at = at + word.len() - trimmed.len();
        let word = trimmed.trim_end_matches(apostrophe);
        word.starts_with(char::is_alphabetic).then_some((at, word))
    })
}

/// The words of a text that may be names.
fn names(language: Language, text: &str) -> Vec<&str> {
    let upper = |word: &str| word.starts_with(char::is_uppercase);
    let is_long = |word: &&str| word.chars().nth(3).is_some();
    // A headline in title case tells no names.
    let is_title = language.primary() == "en" && {
        let (mut all, mut capitals) = (0, 0);
        for word in words(text).filter(is_long) {
            all += 1;
            capitals += usize::from(upper(word));
        }
        all > 2 && capitals * 2 > all
    };
    let is_latin = |word: &str| {
        language.primary() == "uk" && word.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let is_code = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.contains(|c: char| c.is_ascii_digit())
    };
    // Where any word has a capital.
    let starts = |before: &str| {
        let last = before.trim_end().chars().next_back();
        last.is_none_or(|c| ".:!?…\"“”„«(–—-•*".contains(c))
    };
    let name = |(at, word): (usize, &'_ str)| {
        let inside = || !is_title && !starts(&text[..at]);
        word.chars().nth(2).is_some()
            && (is_latin(word) || is_code(word) || (upper(word) && inside()))
    };
    placed_words(text).filter(|word| name(*word)).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn versions_agree() {
        let german = "Die Wohnung in Marlow\nSie hat 3 Zimmer und 74 Quadratmeter.\nDie Miete beträgt \
            910 Euro.\nSchreiben Sie an Frau Kowalenko.\nDie Heizung ist neu.\nHaustiere sind willkommen.";
        let ukrainian = "Квартира в Марлоу\nМає 3 кімнати та 74 квадратні метри.\nОренда коштує 910 \
            євро.\nПишіть пані Коваленко.\nОпалення нове.\nТварини дозволені.";
        assert_eq!(found([(EN, FLAT), (DE, german)]), None);
        assert_eq!(found([(EN, FLAT), (UK, ukrainian)]), None);
        assert_eq!(found([(UK, ukrainian), (DE, german)]), None);
        // One number is out of date.
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

    #[test]
    fn names_are_capitals_inside_and_codes() {
        let of = |language, text| names(language, text);
        assert_eq!(
            of(EN, "Then Harrow asked: Why is it so? “Ask Ann,” he said."),
            ["Harrow", "Ann"]
        );
        assert_eq!(of(EN, "The Best Phones Of The Year Compared"), [""; 0]);
        assert_eq!(of(EN, "A380 is larger than the A320."), ["A380", "A320"]);
        assert_eq!(of(UK, "Запустіть docker у Києві"), ["docker", "Києві"]);
        assert_eq!(of(DE, "Die Fähre nach Belvarn"), ["Fähre", "Belvarn"]);
    }

    #[test]
    fn words_stand_where_they_are() {
        let text = " 'Об'єкт' 12km a-b";
        let words: Vec<(usize, &str)> = placed_words(text).collect();
        assert!(words.iter().all(|(at, word)| text[*at..].starts_with(word)), "{words:?}");
        let words: Vec<&str> = words.into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, ["Об'єкт", "a", "b"]);
    }

    #[test]
    fn a_sentence_without_end_takes_little_time() {
        let long = |word: &str| word.repeat(60_000);
        let (english, german) = (long("Harrow met Ann 17. "), long("Dorner traf Eva 18. "));
        let texts = [english.replace('.', ","), german.replace('.', ",")];
        let begun = std::time::Instant::now();
        let articles = [Article::new(EN, texts[0].as_str()), Article::new(DE, texts[1].as_str())];
        let place = Place::new(&[articles[0].text()], &[articles[1].text()]);
        let pair = LanguagePair { source: EN, target: DE, beads: Vec::new() };
        let _ = Names::new(&pair, &[place]).evidence();
        assert!(begun.elapsed().as_secs() < 20);
    }
}
