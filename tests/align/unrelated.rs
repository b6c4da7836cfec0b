//! Related and unrelated articles, from one sentence up.

use bitext::{Aligner, Article, Bitext, Language};

const ENGLISH: [&str; 6] = [
    "The harbour was closed on Monday because of ice.",
    "Doctors advise people over sixty to be vaccinated against flu.",
    "Her new novel tells the story of a watchmaker's daughter.",
    "The price of wheat rose by four percent last week.",
    "Our goalkeeper saved two penalties in the final.",
    "Volunteers planted three hundred oak trees along the river.",
];
const GERMAN: [&str; 6] = [
    "Der Hafen war am Montag wegen Eis gesperrt.",
    "Ärzte raten Menschen über sechzig, sich gegen Grippe impfen zu lassen.",
    "Ihr neuer Roman erzählt die Geschichte einer Uhrmachertochter.",
    "Der Preis für Weizen stieg letzte Woche um vier Prozent.",
    "Unser Torwart hielt im Finale zwei Elfmeter.",
    "Freiwillige pflanzten dreihundert Eichen am Fluss.",
];

fn align(english: &[&str], german: &[&str]) -> Bitext {
    let articles = [
        Article::from_sentences(Language::ENGLISH, english),
        Article::from_sentences(Language::GERMAN, german),
    ];
    Aligner::new().align(articles).unwrap()
}

#[test]
fn short_translations_are_aligned() {
    for n in 1..=6 {
        for start in 0..=6 - n {
            let bitext = align(&ENGLISH[start..start + n], &GERMAN[start..start + n]);
            assert!(!bitext.unrelated());
            assert_eq!(bitext.units().len(), n);
            assert!(bitext.units().iter().all(|unit| unit.shape() == "1-1"));
        }
    }
}

#[test]
fn unrelated_sentences_of_short_articles_stay_unaligned() {
    let mut linked = 0;
    for (i, english) in ENGLISH.iter().enumerate() {
        for (_, german) in GERMAN.iter().enumerate().filter(|(j, _)| *j != i) {
            let bitext = align(&[english], &[german]);
            linked += usize::from(
                bitext.units().iter().any(|unit| unit.confidence() > 0.9 && !unit.is_null()),
            );
        }
    }
    assert_eq!(linked, 0);
    for n in [2, 3] {
        let bitext = align(&ENGLISH[..n], &GERMAN[n..2 * n]);
        assert!(bitext.unrelated(), "{n}: {:?}", bitext.units());
    }
}

#[test]
fn an_empty_third_article_does_not_hide_that_the_others_are_unrelated() {
    let unrelated = [
        Article::from_sentences(Language::ENGLISH, &ENGLISH[..3]),
        Article::from_sentences(Language::UKRAINIAN, [""; 0]),
        Article::from_sentences(Language::GERMAN, &GERMAN[3..]),
    ];
    let aligner = Aligner::new();
    assert!(aligner.align(unrelated).unwrap().unrelated());
    let empty =
        [Article::new(Language::ENGLISH, " "), Article::from_sentences(Language::GERMAN, GERMAN)];
    assert!(!aligner.align(empty).unwrap().unrelated());
}

#[test]
fn teasers_are_compared_without_their_lead_in() {
    let score = |teaser: &str| {
        let english = format!(
            "Night bus gets a second stop\n\n\
             From Monday the night bus will stop at the hospital as well. The detour takes four \
             minutes. A ticket still costs 2.40 euros.\n\n\
             Share this post\nRead also: {teaser}"
        );
        let german = "Nachtbus hält künftig zweimal\n\n\
            Ab Montag hält der Nachtbus auch am Krankenhaus. Der Umweg dauert vier Minuten. \
            Eine Fahrkarte kostet weiterhin 2,40 Euro.\n\n\
            Diesen Beitrag teilen\nLesen Sie auch: Das Wetter am Wochenende";
        let articles =
            [Article::new(Language::ENGLISH, english), Article::new(Language::GERMAN, german)];
        let bitext = Aligner::new().align(articles).unwrap();
        let unit = bitext.units().last().unwrap();
        if unit.is_null() { -1.0 } else { unit.score() }
    };
    // The lead-ins are translations of each other in both cases.
    assert!(score("Five bakeries worth the detour") < 0.0);
    assert!(score("The weather at the weekend") > 0.5);
}

#[test]
fn unrelated_last_lines_of_both_articles_stay_unaligned() {
    let last = |english: &str, german: &str| {
        let english = format!(
            "Night bus gets a second stop\n\n\
             From Monday the night bus will stop at the hospital as well. The detour takes four \
             minutes. A ticket still costs 2.40 euros.\n\n{english}"
        );
        let german = format!(
            "Nachtbus hält künftig zweimal\n\n\
             Ab Montag hält der Nachtbus auch am Krankenhaus. Der Umweg dauert vier Minuten. \
             Eine Fahrkarte kostet weiterhin 2,40 Euro.\n\n{german}"
        );
        let articles =
            [Article::new(Language::ENGLISH, english), Article::new(Language::GERMAN, german)];
        let bitext = Aligner::new().align(articles).unwrap();
        assert_eq!(bitext.units()[..4].iter().filter(|unit| !unit.is_null()).count(), 4);
        !bitext.units().last().unwrap().is_null()
    };
    assert!(!last("Train strike ends after nine days", "Schachklub steigt auf"));
    assert!(!last("Weather: rain on Sunday", "Rezept: Honigkuchen wie bei Oma"));
    assert!(!last("Five bakeries worth the detour", "Das Wetter am Wochenende"));
    assert!(!last("Museum shows old radios", "Feuerwehr sucht neue Mitglieder"));
    // Last lines that correspond are aligned.
    assert!(last("The line is paid for by the city.", "Die Linie bezahlt die Stadt."));
    assert!(last("Nobody knows when.", "Wann, weiß niemand."));
}
