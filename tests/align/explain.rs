//! What speaks for a unit.

use bitext::align::{AlignConfig, ExplainedBitext};
use bitext::{Aligner, Article, Language};

const ENGLISH: &str = "The chain ferry carries passengers again from Saturday, 14 March 2026. \
    The repairs cost 1,245,000 euros. Share this page";
const GERMAN: &str = "Ab Samstag, dem 14. März 2026, befördert die Kettenfähre wieder \
    Fahrgäste. Die Reparatur kostete 1.245.000 Euro.";
const UKRAINIAN: &str = "Із суботи, 14 березня 2026 року, ланцюговий пором знову возитиме \
    пасажирів. Ремонт коштував 1 245 000 євро.";

fn explained() -> ExplainedBitext {
    let articles = [
        Article::new(Language::ENGLISH, ENGLISH),
        Article::new(Language::UKRAINIAN, UKRAINIAN),
        Article::new(Language::GERMAN, GERMAN),
    ];
    Aligner::new().explain(articles).unwrap()
}

#[test]
fn the_bitext_is_that_of_align() {
    let articles = [
        Article::new(Language::ENGLISH, ENGLISH),
        Article::new(Language::UKRAINIAN, UKRAINIAN),
        Article::new(Language::GERMAN, GERMAN),
    ];
    assert_eq!(explained().bitext(), &Aligner::new().align(articles).unwrap());
}

#[test]
fn contributions_sum_to_the_gain() {
    let explained = explained();
    let mut beads = 0;
    for index in 0..explained.bitext().units().len() {
        let unit = explained.unit(index).unwrap();
        for pair in &unit.pairs {
            for bead in pair.beads.iter().chain(&pair.alternatives) {
                let sum: f32 = bead.features.iter().map(|one| one.nats).sum();
                assert!((sum - bead.potential).abs() < 1e-3, "{sum} {}", bead.potential);
                assert!((0.0..=1.0).contains(&bead.posterior));
                for one in &bead.features {
                    assert_eq!(one.nats, one.value * one.weight);
                }
                beads += 1;
            }
            assert!(pair.nulls.iter().all(|null| (0.0..=1.0).contains(&null.posterior)));
            assert!(pair.alternatives.len() <= 5);
            assert!(pair.alternatives.iter().all(|rival| rival.posterior >= 1e-3));
            assert!(pair.alternatives.windows(2).all(|two| two[0].posterior >= two[1].posterior));
        }
    }
    assert!(beads >= 6);
}

#[test]
fn a_unit_of_three_languages_has_a_bead_in_each_pair() {
    let explained = explained();
    let unit = explained.unit(1).unwrap();
    assert_eq!((unit.index, &unit.unit), (1, &explained.bitext().units()[1]));
    assert_eq!(unit.unit.shape(), "1-1-1");
    assert_eq!(unit.pairs.len(), 3);
    for pair in &unit.pairs {
        assert_eq!((pair.beads.len(), pair.nulls.len()), (1, 2));
        let bead = &pair.beads[0];
        let text = explained.bitext().article(pair.source).unwrap().text();
        assert!(text[bead.source[0].clone()].contains("000"));
        assert_eq!((bead.source_sentences.clone(), bead.target_sentences.clone()), (1..2, 1..2));
        let numbers = bead.features.iter().find(|one| one.name == "numbers").unwrap();
        assert!(numbers.value > 0.0);
        // All beads over a sentence and its being alone share one probability.
        let others: f32 = pair.alternatives.iter().map(|rival| rival.posterior).sum();
        assert!(bead.posterior > others.min(0.5));
        let null = pair.nulls.iter().map(|null| null.posterior).fold(0.0, f32::max);
        assert!(bead.posterior + null <= 1.001);
    }
}

#[test]
fn a_null_unit_has_its_posteriors() {
    let explained = explained();
    let unit = explained.unit(2).unwrap();
    assert!(unit.unit.is_null());
    // English with each of the others, and not those two.
    assert_eq!(unit.pairs.len(), 2);
    for pair in &unit.pairs {
        assert!(pair.beads.is_empty());
        assert_eq!((pair.nulls.len(), pair.nulls[0].sentence), (1, 2));
        assert!(pair.nulls[0].posterior > 0.5);
    }
    let surest = unit.pairs.iter().map(|pair| pair.nulls[0].posterior).fold(0.0, f32::max);
    assert_eq!(surest, unit.unit.confidence());
    assert!(explained.unit(3).is_none());
}

#[test]
fn pieces_of_given_sentences_are_told_apart() {
    let english = Article::from_sentences(Language::ENGLISH, [ENGLISH, "Bread is baked at night."]);
    let (one, other) = GERMAN.split_once(" Die ").unwrap();
    let german = [one, &format!("Die {other}"), "Brot wird nachts gebacken."];
    let german = Article::from_sentences(Language::GERMAN, german);
    let explained = Aligner::new().explain([english, german]).unwrap();
    let unit = explained.unit(0).unwrap();
    assert_eq!(unit.unit.shape(), "1-2");
    let beads = &unit.pairs[0].beads;
    assert_eq!(beads.len(), 2);
    let text = explained.bitext().article(Language::ENGLISH).unwrap().text();
    let piece = &text[beads[1].source[0].clone()];
    assert_eq!(piece, "The repairs cost 1,245,000 euros.");
    assert_eq!(
        (beads[1].source_sentences.clone(), beads[1].target_sentences.clone()),
        (0..1, 1..2)
    );
}

#[test]
fn nothing_to_explain_is_fine() {
    let empty = [Article::new(Language::ENGLISH, ""), Article::new(Language::GERMAN, "")];
    let mut config = AlignConfig::default();
    config.crossing = true;
    let aligner = Aligner::new().with_config(config).unwrap();
    assert!(aligner.explain(empty).unwrap().unit(0).is_none());
}
