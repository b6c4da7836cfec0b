//! What holds of any alignment, whatever the texts and vectors.

mod common;

use std::ops::Range;
use std::sync::LazyLock;

use bitext::align::{AlignConfig, PairAlignment, align_pair};
use bitext::article::Origin;
use bitext::embed::EmbedError;
use bitext::format::{from_json, to_json};
use bitext::{Aligner, Article, Bitext, Embedder, Error, Id, Language, Unit};
use common::exhaustive::{Bead, Exhaustive, Given, WIDTH, path_score};
use common::{ENGLISH, GERMAN, UKRAINIAN};
use ndarray::Array2;
use proptest::prelude::*;

/// Reading the model takes longer than aligning a few sentences.
static ALIGNER: LazyLock<Aligner> =
    LazyLock::new(|| Aligner::new().expect("the embedded model is sound"));

/// Vectors that depend on nothing but the text: no knowledge, much variety.
struct Hash;

impl Embedder for Hash {
    fn dimension(&self) -> usize {
        6
    }
    fn fingerprint(&self) -> String {
        "hash".to_string()
    }
    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let mut rows = Array2::zeros((texts.len(), 6));
        for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
            for (at, byte) in text.bytes().enumerate() {
                row[(at + usize::from(byte)) % 6] += f32::from(byte % 7) - 3.0;
            }
        }
        Ok(rows)
    }
}

fn awkward() -> impl Strategy<Value = String> {
    let pieces = [
        ".",
        ". ",
        "! ",
        "? ",
        "…",
        " ",
        "\u{a0}",
        "\n",
        "\r\n",
        "\n\n",
        "\u{2029}",
        "\u{85}",
        "\t",
        "\"",
        "“",
        "„",
        "«",
        "»",
        "(",
        ")",
        "–",
        "[3]",
        "1",
        "42.",
        "a",
        "A",
        "Dr.",
        "U.S.",
        "т. д.",
        "Він ",
        "The ",
        "Der ",
        "word ",
        "слово ",
        "ß",
        "e\u{301}",
        "\u{301}",
        "\u{feff}",
        "\u{200b}",
        "\u{ad}",
        "\u{200d}",
        "😀",
        "👩‍👧",
        "字",
        "。",
        "\0",
        "\u{1b}",
        "\u{202e}",
        "\\",
        "/",
        "{",
        "\u{10ffff}",
        "\u{fffd}",
        "x y z ",
        "No. ",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..25).prop_map(|all| all.concat())
}

/// A sentence of the parallel texts, so that there is something to align.
fn known() -> impl Strategy<Value = String> {
    (0..8_usize, 0..3).prop_map(|(at, language)| {
        [ENGLISH, UKRAINIAN, GERMAN][usize::try_from(language).unwrap_or(0)][at].to_string()
    })
}

fn article(language: Language) -> impl Strategy<Value = Article> {
    let part = || prop_oneof![awkward(), known()];
    let parts = || prop::collection::vec(part(), 0..7);
    prop_oneof![
        parts().prop_map(move |parts| Article::new(language, parts.join(" "))),
        parts().prop_map(move |parts| Article::from_sentences(language, parts)),
        "\\PC{0,60}".prop_map(move |text| Article::new(language, text)),
    ]
}

/// Two or three articles, in any order.
fn articles() -> impl Strategy<Value = Vec<Article>> {
    let other: Language = "cs".parse().expect("a code");
    let all = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN, other];
    prop::sample::subsequence(all.to_vec(), 2..=3)
        .prop_shuffle()
        .prop_flat_map(|languages| languages.into_iter().map(article).collect::<Vec<_>>())
}

fn check_article(article: &Article, given: &Article) {
    assert_eq!(article.text(), given.text(), "the text is untouched");
    let mut end = 0;
    for span in article.spans() {
        assert!(span.start >= end && span.end >= span.start);
        check_gap(article, end..span.start);
        assert!(article.text().get(span.clone()).is_some(), "not on character boundaries");
        end = span.end;
    }
    check_gap(article, end..article.text().len());
}

fn check_gap(article: &Article, gap: Range<usize>) {
    let start = gap.start;
    let gap = article.text().get(gap).expect("character boundaries");
    let gap = if start == 0 { gap.strip_prefix('\u{feff}').unwrap_or(gap) } else { gap };
    assert!(gap.trim().is_empty(), "in no sentence: {gap:?}");
}

/// Checks the units and beads without looking at how they were made.
fn check_bitext(bitext: &Bitext) {
    let languages: Vec<Language> = bitext.languages().collect();
    assert!(languages.is_sorted());
    let mut next = vec![0; languages.len()];
    for (at, unit) in bitext.units().iter().enumerate() {
        check_unit(unit);
        for part in unit.parts() {
            let x =
                languages.iter().position(|language| *language == part.language).expect("known");
            assert_eq!(part.sentences.start, next[x], "ascending without a gap");
            next[x] = part.sentences.end;
            for sentence in part.sentences.clone() {
                assert_eq!(bitext.unit_of(part.language, sentence), Some(&bitext.units()[at]));
            }
        }
        if unit.is_null() {
            assert_eq!((unit.parts()[0].sentences.len(), unit.score()), (1, 0.0));
        }
    }
    let lens: Vec<usize> = bitext.articles().iter().map(Article::len).collect();
    assert_eq!(next, lens, "every sentence is in one unit");
    assert_eq!(bitext.pairs().len(), languages.len() * (languages.len() - 1) / 2);
    for pair in bitext.pairs() {
        let mut ends = (0, 0);
        for bead in &pair.beads {
            check_unit(bead);
            let (source, target) = (bead.sentences(pair.source), bead.sentences(pair.target));
            let (Some(source), Some(target)) = (source, target) else { panic!("{bead:?}") };
            assert!(source.start >= ends.0 && target.start >= ends.1, "beads ascend");
            assert!(source.len() <= 4 && target.len() <= 4);
            ends = (source.end, target.end);
            let unit = bitext.unit_of(pair.source, source.start);
            let units = source
                .map(|at| bitext.unit_of(pair.source, at))
                .chain(target.map(|at| bitext.unit_of(pair.target, at)));
            assert!(units.into_iter().all(|other| other == unit), "within one unit");
        }
    }
}

fn check_unit(unit: &Unit) {
    assert!(unit.score().is_finite());
    assert!((0.0..=1.0).contains(&unit.confidence()));
}

/// Aligns what is no error. Of odd scraps of Cyrillic, some look Russian.
fn try_align(aligner: &Aligner, articles: &[Article]) -> Option<Bitext> {
    match aligner.align(articles.to_vec()) {
        Err(Error::RussianForUkrainian { .. }) => None,
        result => Some(result.expect("a result")),
    }
}

fn align(aligner: &Aligner, articles: &[Article]) -> Bitext {
    try_align(aligner, articles).expect("not Russian")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_articles_give_a_bitext(articles in articles()) {
        let aligner = &*ALIGNER;
        let Some(bitext) = try_align(aligner, &articles) else { return Ok(()) };
        for article in &articles {
            check_article(bitext.article(article.language()).expect("it is there"), article);
        }
        check_bitext(&bitext);
        prop_assert_eq!(align(aligner, &articles), bitext.clone(), "run again");
        let reversed: Vec<Article> = articles.iter().rev().cloned().collect();
        prop_assert_eq!(align(aligner, &reversed), bitext, "in another order");
    }

    #[test]
    fn vectors_without_sense_give_a_bitext(articles in articles()) {
        let aligner = Aligner::with_embedder(Hash);
        let Some(bitext) = try_align(&aligner, &articles) else { return Ok(()) };
        check_bitext(&bitext);
        let json = to_json(&bitext, &Default::default());
        // The schema's checker knows the languages of its lines only.
        if bitext.languages().all(|language| language.name().is_some()) {
            let as_given = |article: &Article| match article.origin() {
                Origin::Raw => serde_json::json!(article.text()),
                Origin::Sentences => article.sentences().collect(),
            };
            let entries = articles.iter().map(|a| (a.language().to_string(), as_given(a)));
            let given: serde_json::Value = entries.collect();
            common::schema::check_bitext(&given.to_string(), &json);
        }
        prop_assert_eq!(&from_json(&json).expect("the schema"), &bitext);
    }

    #[test]
    fn json_goes_both_ways(articles in articles(), id in any::<Option<i64>>(), label in awkward()) {
        let mut articles = articles;
        articles[0] = articles[0].clone().with_id(label.clone());
        let id = id.map_or(Id::Text(label), |number| Id::Integer(number.into()));
        let aligner = Aligner::with_embedder(Hash);
        let Some(bitext) = try_align(&aligner, &articles) else { return Ok(()) };
        let bitext = bitext.with_id(Some(id));
        let json = serde_json::to_string(&bitext).expect("it is written");
        prop_assert!(!json.contains('\n'));
        prop_assert_eq!(&serde_json::from_str::<Bitext>(&json).expect("it is read"), &bitext);
        let value = serde_json::to_value(&bitext).expect("it is written");
        prop_assert_eq!(&serde_json::from_value::<Bitext>(value).expect("it is read"), &bitext);
    }
}

#[test]
fn ids_of_any_size_go_both_ways() {
    for id in [i128::MAX, i128::MIN, i128::from(u64::MAX), i128::from(u64::MAX) + 1, -1, 0] {
        let articles = [
            Article::from_sentences(Language::ENGLISH, ["A."]),
            Article::from_sentences(Language::GERMAN, ["B."]),
        ];
        let bitext = align(&Aligner::with_embedder(Hash), &articles).with_id(Some(Id::Integer(id)));
        let json = to_json(&bitext, &Default::default());
        assert!(json.starts_with(&format!("{{\"id\":{id},")), "{json}");
        assert_eq!(from_json(&json).map_err(|error| error.to_string()), Ok(bitext));
    }
}

#[test]
fn a_language_may_be_called_as_a_key_is() {
    // Five to eight letters are a valid code.
    let Ok(language) = "score".parse::<Language>() else { return };
    let articles = [
        Article::from_sentences(Language::ENGLISH, ["A."]),
        Article::from_sentences(language, ["A."]),
    ];
    let bitext = align(&Aligner::with_embedder(Hash), &articles);
    let json = to_json(&bitext, &Default::default());
    assert_eq!(from_json(&json).map_err(|error| error.to_string()), Ok(bitext));
}

#[test]
fn threads_that_share_an_aligner_agree() {
    let aligner = &*ALIGNER;
    let groups: Vec<Vec<Article>> = (0..24)
        .map(|n| {
            vec![
                Article::new(Language::ENGLISH, ENGLISH[n % 8..].join(" ")),
                Article::new(Language::UKRAINIAN, UKRAINIAN[n % 5..].join("\n")),
                Article::from_sentences(Language::GERMAN, &GERMAN[..n % 7]),
            ]
        })
        .collect();
    let alone: Vec<Bitext> = groups.iter().map(|group| align(aligner, group)).collect();
    let together: Vec<Vec<Bitext>> = std::thread::scope(|scope| {
        let run = || groups.iter().map(|group| align(aligner, group)).collect();
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(together.into_iter().all(|results| results == alone));
}

/// Two sides of up to `most` sentences: both additive or both not; vectors of
/// the second are noisy copies of the first's, random, all equal or all zero.
fn sides(most: usize) -> impl Strategy<Value = (Given, Given)> {
    let row = || prop::collection::vec(-1.0..1.0_f32, WIDTH);
    let length = prop_oneof![1 => Just(0.0_f32), 9 => 1.0..200.0_f32];
    let side = (0..=most).prop_flat_map(move |n| {
        (prop::collection::vec(row(), n), prop::collection::vec(length.clone(), n))
    });
    let mean = prop::option::of(prop::collection::vec(-0.3..0.3_f32, WIDTH));
    (side.clone(), side, mean, 0..5).prop_map(|(source, target, mean, kind)| {
        let (mut source, mut target) = (
            Given { rows: source.0, lengths: source.1, mean: mean.clone() },
            Given { rows: target.0, lengths: target.1, mean },
        );
        let near = target.rows.clone();
        for (at, row) in target.rows.iter_mut().enumerate() {
            if let (0..=1, Some(own)) = (kind, source.rows.get(at)) {
                *row = own.iter().zip(&near[at]).map(|(own, noise)| own + 0.2 * noise).collect();
            }
        }
        for rows in [&mut source.rows, &mut target.rows] {
            match kind {
                3 => rows.fill(vec![1.0; WIDTH]),
                4 => rows.fill(vec![0.0; WIDTH]),
                _ => {}
            }
        }
        (source, target)
    })
}

fn check_alignment(alignment: &PairAlignment, n: usize, m: usize) {
    assert!(alignment.score.is_finite());
    assert_eq!((alignment.source_null.len(), alignment.target_null.len()), (n, m));
    let mut source: Vec<f32> = alignment.source_null.clone();
    let mut target: Vec<f32> = alignment.target_null.clone();
    let mut ends = (0, 0);
    for bead in &alignment.beads {
        assert!(bead.score.is_finite() && (0.0..=1.0).contains(&bead.posterior), "{bead:?}");
        assert!(bead.source.start >= ends.0 && bead.target.start >= ends.1);
        assert!(!bead.source.is_empty() && !bead.target.is_empty());
        ends = (bead.source.end, bead.target.end);
        source[bead.source.clone()].iter_mut().for_each(|sum| *sum += bead.posterior);
        target[bead.target.clone()].iter_mut().for_each(|sum| *sum += bead.posterior);
    }
    assert!(ends.0 <= n && ends.1 <= m);
    let nulls = alignment.source_null.iter().chain(&alignment.target_null);
    assert!(nulls.copied().all(|null| (0.0..=1.0).contains(&null)));
    assert!(source.iter().chain(&target).all(|sum| *sum <= 1.0 + 1e-4), "{alignment:?}");
}

fn config() -> impl Strategy<Value = AlignConfig> {
    (
        1..4_usize,
        2..7_usize,
        -0.2..0.3_f32,
        0.0..0.5_f32,
        0.0..0.3_f32,
        0.0..0.2_f32,
        1..8_usize,
        0.02..1.0_f32,
    )
        .prop_map(|(side, bead, threshold, merge, open, extend, neighbours, temperature)| {
            let mut config = AlignConfig::default();
            (config.max_side, config.max_bead, config.threshold) = (side, bead, threshold);
            (config.merge_penalty, config.gap_open, config.gap_extend) = (merge, open, extend);
            (config.neighbours, config.temperature) = (neighbours, temperature);
            config
        })
}

fn close(a: &[f32], b: &[f32], within: f32) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= within)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_vectors_give_an_alignment((source, target) in sides(12), config in config()) {
        let alignment = align_pair(&source.side(), &target.side(), &config).expect("a result");
        check_alignment(&alignment, source.rows.len(), target.rows.len());
        let score = path_score(&alignment, &source, &target, &config);
        prop_assert!((score - f64::from(alignment.score)).abs() < 1e-3, "{score} {alignment:?}");
        let again = align_pair(&source.side(), &target.side(), &config).expect("a result");
        prop_assert_eq!(again, alignment);
    }

    #[test]
    fn sides_that_change_places_mirror_the_alignment((source, target) in sides(10), config in config()) {
        let one = align_pair(&source.side(), &target.side(), &config).expect("a result");
        let other = align_pair(&target.side(), &source.side(), &config).expect("a result");
        prop_assert!((one.score - other.score).abs() < 1e-3);
        prop_assert!(close(&one.source_null, &other.target_null, 5e-3), "{one:?} {other:?}");
        prop_assert!(close(&one.target_null, &other.source_null, 5e-3), "{one:?} {other:?}");
        // Near temperature 0 all the weight is on the best paths, so a bead as
        // sure as this is on every one of them.
        let mut cold = config.clone();
        cold.temperature = 1e-3;
        let one = align_pair(&source.side(), &target.side(), &cold).expect("a result");
        let other = align_pair(&target.side(), &source.side(), &cold).expect("a result");
        for (one, other) in [(&one, &other), (&other, &one)] {
            for bead in one.beads.iter().filter(|bead| bead.posterior > 0.9) {
                let mirrored =
                    other.beads.iter().any(|b| b.source == bead.target && b.target == bead.source);
                prop_assert!(mirrored, "{bead:?}: {other:?}");
            }
        }
    }

    #[test]
    fn small_sides_agree_with_every_alignment_tried((source, target) in sides(4), config in config()) {
        let alignment = align_pair(&source.side(), &target.side(), &config).expect("a result");
        let all = Exhaustive::new(&source, &target, &config).all(0, 0);
        let best = all.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
        prop_assert!((best - f64::from(alignment.score)).abs() < 1e-3, "{best} {alignment:?}");

        let temperature = f64::from(config.temperature);
        let weight = |score: f64| ((score - best) / temperature).exp();
        let total: f64 = all.iter().map(|(_, score)| weight(*score)).sum();
        let share = |wanted: &dyn Fn(&[Bead]) -> bool| -> f32 {
            let those = all.iter().filter(|(beads, _)| wanted(beads));
            (those.map(|(_, score)| weight(*score)).sum::<f64>() / total) as f32
        };
        for bead in &alignment.beads {
            let key = (bead.source.clone(), bead.target.clone());
            let expected = share(&|beads| beads.contains(&key));
            prop_assert!((expected - bead.posterior).abs() < 0.01, "{expected} {bead:?}");
        }
        let source_null: Vec<f32> = (0..source.rows.len())
            .map(|i| share(&|beads| beads.iter().all(|(source, _)| !source.contains(&i))))
            .collect();
        prop_assert!(close(&source_null, &alignment.source_null, 0.01), "{source_null:?} {alignment:?}");
        let target_null: Vec<f32> = (0..target.rows.len())
            .map(|j| share(&|beads| beads.iter().all(|(_, target)| !target.contains(&j))))
            .collect();
        prop_assert!(close(&target_null, &alignment.target_null, 0.01), "{target_null:?} {alignment:?}");
    }
}
