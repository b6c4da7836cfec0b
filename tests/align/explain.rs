//! Explanations of units, and of regions of the lattice.

use bitext::align::{AlignConfig, BeadExplanation, ExplainedBitext};
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
fn the_explained_bitext_equals_the_result_of_align() {
    let articles = [
        Article::new(Language::ENGLISH, ENGLISH),
        Article::new(Language::UKRAINIAN, UKRAINIAN),
        Article::new(Language::GERMAN, GERMAN),
    ];
    assert_eq!(explained().bitext(), &Aligner::new().align(articles).unwrap());
}

#[test]
fn contributions_sum_to_the_potential() {
    let explained = explained();
    let mut beads = 0;
    for index in 0..explained.bitext().units().len() {
        let unit = explained.unit(index).unwrap();
        for pair in &unit.pairs {
            for bead in pair.beads.iter().chain(&pair.alternatives) {
                check_potential(bead);
                assert!((0.0..=1.0).contains(&bead.posterior));
                beads += 1;
            }
            assert!(pair.nulls.iter().all(|null| (0.0..=1.0).contains(&null.posterior)));
            assert!(pair.alternatives.len() <= 5);
            assert!(pair.alternatives.iter().all(|bead| bead.posterior >= 1e-3));
            assert!(pair.alternatives.windows(2).all(|two| two[0].posterior >= two[1].posterior));
        }
    }
    assert!(beads >= 6);
}

/// The potential is the sum of features times weights.
/// On a page that shows the original beside the translation.
#[test]
fn a_copy_is_explained_and_loses() {
    let english = "The ferry will sail again on Monday. Passengers should book early.";
    let german = "The ferry will sail again on Monday. Die Fähre fährt am Montag wieder. \
        Passengers should book early. Reisende sollten früh buchen.";
    let articles =
        [Article::new(Language::ENGLISH, english), Article::new(Language::GERMAN, german)];
    let explained = Aligner::new().explain(articles).unwrap();
    let beads = explained.bitext().beads(Language::ENGLISH, Language::GERMAN);
    let linked: Vec<_> = beads.iter().filter_map(|bead| bead.sentences(Language::GERMAN)).collect();
    assert_eq!(linked, [[1], [3]]);
    let lattice =
        explained.lattice(Language::ENGLISH, Language::GERMAN, 0..2, 0..4).expect("the pair");
    lattice.beads.iter().for_each(check_potential);
    let has_copy = |bead: &&BeadExplanation| bead.features.iter().any(|one| one.name == "copies");
    let copies: Vec<_> = lattice.beads.iter().filter(has_copy).collect();
    assert!(!copies.is_empty() && copies.iter().all(|bead| !bead.in_result));
}

fn check_potential(bead: &BeadExplanation) {
    let sum: f32 = bead.features.iter().map(|one| one.value * one.weight).sum();
    assert!((sum - bead.potential).abs() < 1e-3, "{sum} {}", bead.potential);
    assert!(bead.features.iter().all(|one| one.nats == one.value * one.weight));
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
        let numbers = bead.features.iter().find(|one| one.name == "shared_numbers").unwrap();
        assert!(numbers.value > 0.0);
        // The beads that contain a sentence and its being unaligned exclude each other.
        let others: f32 = pair.alternatives.iter().map(|bead| bead.posterior).sum();
        assert!(bead.posterior > others.min(0.5));
        let null = pair.nulls.iter().map(|null| null.posterior).fold(0.0, f32::max);
        assert!(bead.posterior + null <= 1.001);
    }
}

#[test]
fn a_null_unit_is_explained_by_null_posteriors() {
    let explained = explained();
    let unit = explained.unit(2).unwrap();
    assert!(unit.unit.is_null());
    // English with each other language, and not these two.
    assert_eq!(unit.pairs.len(), 2);
    for pair in &unit.pairs {
        assert!(pair.beads.is_empty());
        assert_eq!((pair.nulls.len(), pair.nulls[0].sentence), (1, 2));
        assert!(pair.nulls[0].posterior > 0.5);
    }
    let likeliest = unit.pairs.iter().map(|pair| pair.nulls[0].posterior).fold(0.0, f32::max);
    assert!(likeliest > 0.9 && unit.unit.confidence() > 0.9);
    assert!(explained.unit(3).is_none());
}

#[test]
fn beads_have_the_sentences_inside_of_given_segments() {
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
    let sentence = &text[beads[1].source[0].clone()];
    assert_eq!(sentence, "The repairs cost 1,245,000 euros.");
    assert_eq!(
        (beads[1].source_sentences.clone(), beads[1].target_sentences.clone()),
        (0..1, 1..2)
    );
}

#[test]
fn empty_articles_have_no_unit_to_explain() {
    let empty = [Article::new(Language::ENGLISH, ""), Article::new(Language::GERMAN, "")];
    let mut config = AlignConfig::default();
    config.crossing = true;
    let aligner = Aligner::new().with_config(config).unwrap();
    assert!(aligner.explain(empty).unwrap().unit(0).is_none());
}

const FERRY: [(&str, &str); 3] = [
    ("en", include_str!("../../examples/data/ferry.en.txt")),
    ("uk", include_str!("../../examples/data/ferry.uk.txt")),
    ("de", include_str!("../../examples/data/ferry.de.txt")),
];

#[test]
fn potentials_of_a_region_are_features_times_weights() {
    let explained = Aligner::new().explain(FERRY).unwrap();
    let region = explained.lattice(Language::ENGLISH, Language::GERMAN, 2..8, 1..9).unwrap();
    assert!(region.beads.len() > 30, "{}", region.beads.len());
    region.beads.iter().for_each(check_potential);
    assert!(region.beads.iter().all(|bead| bead.potential.is_finite()));
    assert!(region.beads.iter().any(|bead| bead.shape() == (2, 1)));
    let place = |bead: &BeadExplanation| (bead.source[0].start, bead.target[0].start, bead.shape());
    assert!(region.beads.is_sorted_by_key(place));
    let inside = |bead: &BeadExplanation| {
        let (rows, columns) = (&bead.source_sentences, &bead.target_sentences);
        rows.start >= 2 && rows.end <= 8 && columns.start >= 1 && columns.end <= 9
    };
    assert!(region.beads.iter().all(inside));
}

#[test]
fn posteriors_of_a_region_sum_to_at_most_one_per_sentence() {
    let explained = Aligner::new().explain(FERRY).unwrap();
    for (source, target) in
        [(Language::ENGLISH, Language::GERMAN), (Language::UKRAINIAN, Language::GERMAN)]
    {
        // Each sentence of the whole lattice is in one bead or unaligned.
        for (range, least) in [(0..usize::MAX, 0.999), (5..9, 0.0)] {
            let region = explained.lattice(source, target, range.clone(), range).unwrap();
            for null in &region.nulls {
                let contains = |bead: &&BeadExplanation| {
                    let is_source = null.language == region.source;
                    let rows =
                        if is_source { &bead.source_sentences } else { &bead.target_sentences };
                    rows.contains(&null.sentence)
                };
                let beads: f32 =
                    region.beads.iter().filter(contains).map(|bead| bead.posterior).sum();
                let sum = beads + null.posterior;
                assert!((least..1.001).contains(&sum), "{source}-{target} {null:?} {sum}");
            }
        }
    }
}

#[test]
fn the_viterbi_path_covers_each_sentence_of_the_lattice_once() {
    let explained = Aligner::new().explain(FERRY).unwrap();
    let all = 0..usize::MAX;
    let region =
        explained.lattice(Language::ENGLISH, Language::UKRAINIAN, all.clone(), all).unwrap();
    for null in &region.nulls {
        let is_source = null.language == Language::ENGLISH;
        let on_path = region.beads.iter().filter(|bead| bead.on_viterbi_path);
        let beads = on_path
            .filter(|bead| {
                let rows = if is_source { &bead.source_sentences } else { &bead.target_sentences };
                rows.contains(&null.sentence)
            })
            .count();
        assert_eq!(beads + usize::from(null.on_viterbi_path), 1, "{null:?}");
    }
    let results = region.beads.iter().filter(|bead| bead.in_result).count();
    assert_eq!(results, explained.bitext().beads(Language::ENGLISH, Language::UKRAINIAN).len());
}

#[test]
fn a_region_is_cut_to_the_sentences_that_exist() {
    let explained = explained();
    let (english, german) = (Language::ENGLISH, Language::GERMAN);
    let all = explained.lattice(english, german, 0..3, 0..2).unwrap();
    assert_eq!(explained.lattice(english, german, 0..usize::MAX, 0..99), Some(all.clone()));
    assert_eq!(explained.lattice(german, english, 0..2, 0..3), Some(all));
    let empty = explained.lattice(english, german, 3..9, 1..1).unwrap();
    assert!(empty.beads.is_empty() && empty.nulls.is_empty());
    assert_eq!(explained.lattice(english, Language::new("fr").unwrap(), 0..1, 0..1), None);
    assert_eq!(explained.lattice(english, english, 0..1, 0..1), None);
}

#[test]
fn a_region_of_long_articles_has_the_beads_of_the_pruned_band() {
    let mut config = AlignConfig::default();
    config.exact_cells = 1;
    let aligner = Aligner::new().with_config(config).unwrap();
    let explained = aligner.explain([FERRY[0], FERRY[2]]).unwrap();
    let region = explained.lattice(Language::ENGLISH, Language::GERMAN, 0..8, 0..8).unwrap();
    region.beads.iter().for_each(check_potential);
    assert!(region.beads.iter().any(|bead| bead.on_viterbi_path && bead.posterior > 0.9));
}
