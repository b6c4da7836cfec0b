//! Properties of the alignment of any articles, with any vectors.

use std::ops::Range;
use std::sync::LazyLock;

use crate::common::{ENGLISH, GERMAN, UKRAINIAN};
use bitext::article::Origin;
use bitext::embed::EmbedError;
use bitext::format::{from_json, to_json};
use bitext::{Aligner, Article, Bitext, Embedder, ErrorKind, Id, Language, Unit};
use ndarray::Array2;
use proptest::prelude::*;

/// Shared, because reading the model takes longer than aligning a few sentences.
static ALIGNER: LazyLock<Aligner> = LazyLock::new(Aligner::new);

/// Vectors that are a hash of the text.
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
    let lens: Vec<usize> = bitext.articles().iter().map(Article::len).collect();
    let mut done: Vec<Vec<bool>> = lens.iter().map(|len| vec![false; *len]).collect();
    for (at, unit) in bitext.units().iter().enumerate() {
        check_unit(unit);
        for part in unit.parts() {
            let x =
                languages.iter().position(|language| *language == part.language).expect("known");
            let head = done[x].iter().position(|done| !done);
            assert_eq!(part.sentences.first().copied(), head, "first sentences ascend");
            for &sentence in &part.sentences {
                assert!(!std::mem::replace(&mut done[x][sentence], true), "in two units");
                assert_eq!(bitext.unit_of(part.language, sentence), Some(&bitext.units()[at]));
            }
        }
        if unit.is_null() {
            assert_eq!((unit.parts()[0].sentences.len(), unit.score()), (1, 0.0));
        }
    }
    assert!(done.iter().flatten().all(|done| *done), "every sentence is in one unit");
    assert_eq!(bitext.language_pairs().len(), languages.len() * (languages.len() - 1) / 2);
    for pair in bitext.language_pairs() {
        let raw = |language: Language| {
            bitext.article(language).is_some_and(|article| article.origin() == Origin::Raw)
        };
        let mut before = None;
        for bead in &pair.beads {
            check_unit(bead);
            let (source, target) = (bead.sentences(pair.source), bead.sentences(pair.target));
            let (Some(source), Some(target)) = (source, target) else { panic!("{bead:?}") };
            if let Some((i, j)) = before.replace((source[0], target[0])) {
                assert!(source[0] > i && target[0] > j, "beads ascend");
            }
            // Groups of a list that share a sentence are merged, so the bound holds for raw texts only.
            if raw(pair.source) && raw(pair.target) {
                assert!(source.len() <= 4 && target.len() <= 4);
            }
            let unit = bitext.unit_of(pair.source, source[0]);
            let units = source.iter().map(|at| bitext.unit_of(pair.source, *at));
            let units = units.chain(target.iter().map(|at| bitext.unit_of(pair.target, *at)));
            assert!(units.into_iter().all(|other| other == unit), "within one unit");
        }
    }
}

fn check_unit(unit: &Unit) {
    assert!(unit.score().is_finite());
    assert!((0.0..=1.0).contains(&unit.confidence()));
}

/// Aligns articles; `None` if that is an error. Some random Cyrillic text looks Russian.
fn try_align(aligner: &Aligner, articles: &[Article]) -> Option<Bitext> {
    match aligner.align(articles.to_vec()) {
        Err(error) if error.kind() == ErrorKind::RussianForUkrainian => None,
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
    fn meaningless_vectors_give_a_bitext(articles in articles()) {
        let aligner = Aligner::with_embedder(Hash);
        let Some(bitext) = try_align(&aligner, &articles) else { return Ok(()) };
        check_bitext(&bitext);
        let json = to_json(&bitext, &Default::default());
        // The schema's checker knows three languages only.
        if bitext.languages().all(|language| ["en", "uk", "de"].contains(&language.code())) {
            let as_given = |article: &Article| match article.origin() {
                Origin::Raw => serde_json::json!(article.text()),
                Origin::Sentences => article.sentences().collect(),
            };
            let entries = articles.iter().map(|a| (a.language().to_string(), as_given(a)));
            let given: serde_json::Value = entries.collect();
            crate::common::schema::check_bitext(&given.to_string(), &json);
        }
        prop_assert_eq!(&from_json(&json).expect("the schema"), &bitext);
    }

    #[test]
    fn json_is_read_back_as_written(articles in articles(), id in any::<Option<i64>>(), label in awkward()) {
        let mut articles = articles;
        articles[0] = articles[0].clone().with_id(label.clone());
        let id = id.map_or(Id::Text(label), |number| Id::Integer(number.into()));
        let aligner = Aligner::with_embedder(Hash);
        let Some(bitext) = try_align(&aligner, &articles) else { return Ok(()) };
        let bitext = bitext.with_id(id);
        let json = serde_json::to_string(&bitext).expect("it is written");
        prop_assert!(!json.contains('\n'));
        prop_assert_eq!(&serde_json::from_str::<Bitext>(&json).expect("it is read"), &bitext);
        let value = serde_json::to_value(&bitext).expect("it is written");
        prop_assert_eq!(&serde_json::from_value::<Bitext>(value).expect("it is read"), &bitext);
    }
}

#[test]
fn integer_ids_of_any_size_are_read_back_from_json() {
    for id in [i128::MAX, i128::MIN, i128::from(u64::MAX), i128::from(u64::MAX) + 1, -1, 0] {
        let articles = [
            Article::from_sentences(Language::ENGLISH, ["A."]),
            Article::from_sentences(Language::GERMAN, ["B."]),
        ];
        let bitext = align(&Aligner::with_embedder(Hash), &articles).with_id(id);
        let json = to_json(&bitext, &Default::default());
        assert!(json.starts_with(&format!("{{\"id\":{id},")), "{json}");
        assert_eq!(from_json(&json).map_err(|error| error.to_string()), Ok(bitext));
    }
}

#[test]
fn a_language_code_may_equal_a_key_of_the_json() {
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

#[test]
fn two_hundred_equal_sentences_give_a_bitext() {
    let aligner = &*ALIGNER;
    let articles = [
        Article::from_sentences(Language::ENGLISH, vec![ENGLISH[0]; 200]),
        Article::from_sentences(Language::UKRAINIAN, vec![UKRAINIAN[0]; 200]),
        Article::from_sentences(Language::GERMAN, vec![GERMAN[0]; 200]),
    ];
    check_bitext(&align(aligner, &articles));
}
