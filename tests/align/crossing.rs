//! Crossing text: paragraphs in another order.

use bitext::align::AlignConfig;
use bitext::format::{Selection, from_json, to_json};
use bitext::{Aligner, Article, Bitext, ErrorKind, Language, LanguagePair, Part, Unit};
use proptest::prelude::*;

const EN: &str = include_str!("../../examples/data/ferry.en.txt");
const UK: &str = include_str!("../../examples/data/ferry.uk.txt");
const DE: &str = include_str!("../../examples/data/ferry.de.txt");

fn aligner(crossing: bool) -> Aligner {
    let mut config = AlignConfig::default();
    config.crossing = crossing;
    Aligner::new().with_config(config).unwrap()
}

/// A text with one of its paragraphs at another place.
fn moved(text: &str, from: usize, to: usize) -> String {
    let mut paragraphs: Vec<&str> = text.split("\n\n").collect();
    let paragraph = paragraphs.remove(from);
    paragraphs.insert(to.min(paragraphs.len()), paragraph);
    paragraphs.join("\n\n")
}

fn align(crossing: bool, english: &str, other: (Language, &str)) -> Bitext {
    let articles = [Article::new(Language::ENGLISH, english), Article::new(other.0, other.1)];
    aligner(crossing).align(articles).unwrap()
}

fn crossing(bitext: &Bitext) -> Vec<&Unit> {
    bitext.units().iter().filter(|unit| unit.crossing()).collect()
}

fn check(bitext: &Bitext) {
    for article in bitext.articles() {
        for sentence in 0..article.len() {
            let language = article.language();
            let holds =
                |unit: &&Unit| unit.sentences(language).is_some_and(|all| all.contains(&sentence));
            assert_eq!(bitext.units().iter().filter(holds).count(), 1);
            assert_eq!(bitext.unit_of(language, sentence), bitext.units().iter().find(holds));
        }
    }
    for min_confidence in [0.0, 0.5, 0.95, 0.985] {
        let json = to_json(bitext, &Selection::units().with_min_confidence(min_confidence));
        let back = from_json(&json).unwrap();
        if min_confidence == 0.0 {
            assert_eq!(&back, bitext);
        }
    }
}

#[test]
fn a_moved_paragraph_is_found_only_if_the_settings_ask_for_it() {
    for (language, text) in [(Language::UKRAINIAN, UK), (Language::GERMAN, DE)] {
        let text = moved(text, 2, 5);
        assert!(crossing(&align(false, EN, (language, &text))).is_empty());
        let bitext = align(true, EN, (language, &text));
        let found = crossing(&bitext);
        assert_eq!(found.len(), 3, "{language}");
        for (unit, (english, other)) in found.iter().zip([
            ("The repairs cost", "1"),
            ("More than half", "П"),
            ("“I never thought", "«"),
        ]) {
            assert!(bitext.text(unit, Language::ENGLISH).unwrap().starts_with(english));
            if language == Language::UKRAINIAN && other != "1" {
                assert!(bitext.text(unit, language).unwrap().starts_with(other));
            }
            assert!(unit.confidence() >= 0.9 && unit.score() > 0.2);
        }
        // They are placed where English has them.
        let at = bitext.units().iter().position(Unit::crossing).unwrap();
        let before = bitext.units()[at - 1].sentences(Language::ENGLISH).unwrap()[0];
        assert_eq!(before + 1, found[0].sentences(Language::ENGLISH).unwrap()[0]);
        assert_eq!(
            bitext.beads(Language::ENGLISH, language).iter().filter(|bead| bead.crossing()).count(),
            3
        );
        check(&bitext);
    }
}

/// In a text whose paragraphs are in reverse order, as in a live blog, no path of the lattice has more
/// than one of them.
#[test]
fn reversed_paragraphs_are_found() {
    for (language, text) in [(Language::UKRAINIAN, UK), (Language::GERMAN, DE)] {
        let straight = align(true, EN, (language, text));
        let reversed: Vec<&str> =
            text.split("\n\n").collect::<Vec<_>>().into_iter().rev().collect();
        let bitext = align(true, EN, (language, &reversed.join("\n\n")));
        let rows = |bitext: &Bitext| -> Vec<String> {
            let mut rows: Vec<String> = (bitext.rows())
                .map(|row| row.texts().map(|(_, text)| text).collect::<Vec<_>>().join(" | "))
                .collect();
            rows.sort_unstable();
            rows
        };
        let (expected, found) = (rows(&straight), rows(&bitext));
        let right = found.iter().filter(|row| expected.contains(row)).count();
        assert!(right * 10 >= expected.len() * 8, "{language}: {right} of {}", expected.len());
        assert!(found.len() - right <= 1, "{language}: {found:#?}");
        assert!(crossing(&bitext).len() * 2 > right);
        check(&bitext);
    }
}

#[test]
fn a_paragraph_moved_in_one_of_three_languages_is_aligned_with_both_others() {
    let text = moved(UK, 2, 5);
    let articles = [
        Article::new(Language::ENGLISH, EN),
        Article::new(Language::UKRAINIAN, text),
        Article::new(Language::GERMAN, DE),
    ];
    let bitext = aligner(true).align(articles).unwrap();
    let found = crossing(&bitext);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|unit| unit.shape() == "1-1-1"));
    let in_order = bitext.beads(Language::ENGLISH, Language::GERMAN);
    assert!(in_order.iter().all(|bead| !bead.crossing()));
    check(&bitext);
}

#[test]
fn unrelated_text_has_no_crossing_beads() {
    let other = "Das Symphonieorchester sucht einen neuen Dirigenten. Die Stelle wird zum Herbst \
        frei.\n\nAuf dem Marktplatz wurde ein Brunnen eingeweiht. Er stammt aus dem Jahr 1780 und \
        stand lange im Depot. Kinder durften als Erste trinken.\n\nDer Weltrekord im Kugelstoßen \
        ist gefallen. Der Athlet feierte mit seiner Familie bis in den Morgen.";
    assert!(crossing(&align(true, EN, (Language::GERMAN, other))).is_empty());
    // Nor has unrelated text around related text.
    let mixed = |text: &str| format!("{other}\n\n{text}\n\n{other}");
    assert!(crossing(&align(true, EN, (Language::GERMAN, &mixed(DE)))).is_empty());
}

#[test]
fn a_bitext_with_units_out_of_order_is_valid_only_if_they_are_marked_crossing() {
    let article = |language| Article::from_sentences(language, ["a", "b"]);
    let articles = || vec![article(Language::ENGLISH), article(Language::GERMAN)];
    let unit = |en: usize, de: usize, crossing: bool| {
        let part = |language, sentence| Part { language, sentences: vec![sentence] };
        let parts = vec![part(Language::ENGLISH, en), part(Language::GERMAN, de)];
        Unit::new(parts, 0.5, 0.9).unwrap().with_crossing(crossing)
    };
    let (source, target) = (Language::ENGLISH, Language::GERMAN);
    let new = |units: [bool; 2], beads: [bool; 2]| {
        let pair = [unit(0, 1, beads[0]), unit(1, 0, beads[1])];
        let pair = LanguagePair { source, target, beads: pair.into() };
        Bitext::new(articles(), vec![unit(0, 1, units[0]), unit(1, 0, units[1])], vec![pair])
    };
    assert_eq!(new([false; 2], [false; 2]).unwrap_err().kind(), ErrorKind::InvalidBitext);
    assert_eq!(new([true, false], [false; 2]).unwrap_err().kind(), ErrorKind::InvalidBitext);
    assert_eq!(new([false; 2], [true, false]).unwrap_err().kind(), ErrorKind::InvalidBitext);
    assert_eq!(new([false, true], [true, false]).unwrap_err().kind(), ErrorKind::InvalidBitext);
    check(&new([true, false], [true, false]).unwrap());
    check(&new([false, true], [false, true]).unwrap());
    // Crossing units are in order in their first language, too.
    let swapped = vec![unit(1, 0, true), unit(0, 1, false)];
    assert!(Bitext::new(articles(), swapped, Vec::new()).is_err());
    let alone = Part { language: source, sentences: vec![0] };
    let alone = Unit::new(vec![alone], 0.0, 0.9).unwrap().with_crossing(true);
    assert!(Bitext::new(articles(), vec![alone, unit(1, 0, false)], Vec::new()).is_err());
}

#[test]
fn the_fingerprint_changes_only_if_crossing_text_is_looked_for() {
    let json = serde_json::to_string(&AlignConfig::default()).unwrap();
    assert!(!json.contains("crossing"));
    assert_ne!(aligner(true).fingerprint(), aligner(false).fingerprint());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// For any moved and dropped paragraphs, also if segments are whole paragraphs.
    #[test]
    fn each_sentence_is_in_one_unit(
        moves in prop::collection::vec((0..14_usize, 0..14_usize), 0..4),
        dropped in 0..14_usize,
        three in any::<bool>(),
        as_paragraphs in any::<bool>(),
    ) {
        let mut texts = [EN.to_string(), UK.to_string(), DE.to_string()];
        for (at, (from, to)) in moves.iter().enumerate() {
            texts[(at + 1) % 3] = moved(&texts[(at + 1) % 3], *from, *to);
        }
        let mut paragraphs: Vec<&str> = texts[1].split("\n\n").collect();
        paragraphs.remove(dropped);
        texts[1] = paragraphs.join("\n\n");
        let languages = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];
        let articles = languages.into_iter().zip(&texts).map(|(language, text)| {
            if as_paragraphs && language != Language::GERMAN {
                Article::from_sentences(language, text.split("\n\n"))
            } else {
                Article::new(language, text.as_str())
            }
        });
        let bitext = aligner(true).align(articles.take(if three { 3 } else { 2 })).unwrap();
        check(&bitext);
    }
}

/// German has two paragraphs in reverse order, and Ukrainian merges two sentences.
const COUNCIL: [(Language, &str); 3] = [
    (
        Language::ENGLISH,
        "The town council of Rotwald voted on Tuesday to close the old airport next year.\n\n\
         Residents of the nearby village of Lindau have complained about the noise for thirty years. \
         They want the land to become a park with a lake and a playground for children. \
         The farmers' union would prefer to grow wheat and barley there again.\n\n\
         The flying club has announced that it will go to court against the decision. \
         Its chairman, Otto Keller, called the vote an insult to 240 members and their families.\n\n\
         A final decision on the use of the site is expected in autumn 2027.",
    ),
    (
        Language::UKRAINIAN,
        "Міська рада Ротвальда у вівторок проголосувала за закриття старого аеропорту наступного року.\n\n\
         Мешканці сусіднього села Ліндау тридцять років скаржаться на шум, вони хочуть, щоб на цій землі \
         з’явився парк з озером і дитячим майданчиком. \
         Спілка фермерів воліла б знову вирощувати там пшеницю та ячмінь.\n\n\
         Льотний клуб оголосив, що подасть до суду на це рішення. \
         Його голова Отто Келлер назвав голосування образою для 240 членів клубу та їхніх родин.\n\n\
         Остаточне рішення щодо використання ділянки очікується восени 2027 року.",
    ),
    (
        Language::GERMAN,
        "Der Stadtrat von Rotwald hat am Dienstag beschlossen, den alten Flughafen im nächsten Jahr zu schließen.\n\n\
         Der Fliegerverein hat angekündigt, gegen den Beschluss vor Gericht zu ziehen. \
         Sein Vorsitzender Otto Keller nannte die Abstimmung eine Beleidigung für 240 Mitglieder und ihre Familien.\n\n\
         Bewohner des nahen Dorfes Lindau beschweren sich seit dreißig Jahren über den Lärm. \
         Sie wollen, dass auf dem Gelände ein Park mit einem See und einem Spielplatz für Kinder entsteht. \
         Der Bauernverband würde dort lieber wieder Weizen und Gerste anbauen.\n\n\
         Eine endgültige Entscheidung über die Nutzung des Geländes wird für Herbst 2027 erwartet.",
    ),
];

#[test]
fn crossing_units_over_three_languages_may_have_several_sentences() {
    let articles = COUNCIL.map(|(language, text)| Article::new(language, text));
    let bitext = aligner(true).align(articles).unwrap();
    check(&bitext);
    let shape =
        |unit: &Unit| COUNCIL.map(|(language, _)| unit.sentences(language).unwrap_or(&[]).to_vec());
    let found: Vec<_> = bitext.units().iter().map(shape).collect();
    assert_eq!(
        found,
        [
            [vec![0], vec![0], vec![0]],
            [vec![1, 2], vec![1], vec![3, 4]],
            [vec![3], vec![2], vec![5]],
            [vec![4], vec![3], vec![1]],
            [vec![5], vec![4], vec![2]],
            [vec![6], vec![5], vec![6]],
        ]
    );
}
