//! The embedded model takes any text, and gives the same vectors in any company.

use std::sync::LazyLock;

use bitext::{Embedder, Language, StaticEmbedder};
use proptest::prelude::*;

static MODEL: LazyLock<StaticEmbedder> = LazyLock::new(StaticEmbedder::embedded);

/// The vector of a text, which has length 1 or 0.
fn embed(text: &str) -> Vec<f32> {
    let rows = MODEL.embed(Language::UKRAINIAN, &[text]).expect("a static model does not fail");
    assert_eq!(rows.dim(), (1, MODEL.dimension()));
    let row = rows.row(0).to_vec();
    let length = row.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    assert!(length == 0.0 || (length - 1.0).abs() < 1e-5, "length {length}");
    row
}

fn is_zero(row: &[f32]) -> bool {
    row.iter().all(|value| *value == 0.0)
}

#[test]
fn texts_with_known_words_have_unit_vectors() {
    for text in ["rain", "Дощ.", "Überprüfungsausschüsse", "Ньютон😀", "5", "?", "й"]
    {
        assert!(!is_zero(&embed(text)), "{text}");
    }
}

#[test]
fn texts_without_known_words_have_zero_vectors() {
    for text in
        ["", " \n\t\u{a0}", "\u{0}\u{1}", "\u{feff}\u{200b}", "\u{301}", "𒀀𒁀𒂀", "\u{10ffff}"]
    {
        assert!(is_zero(&embed(text)), "{text:?}");
    }
}

#[test]
fn a_word_of_a_megabyte_is_embedded() {
    for letter in ["ї", "a", "ß", "👩‍👩‍👧", "雨", "\u{301}", "."] {
        embed(&letter.repeat((1 << 20) / letter.len()));
    }
}

#[test]
fn vectors_do_not_depend_on_the_number_of_threads() {
    let texts: Vec<String> =
        (0..1500).map(|at| format!("Рядок {at}, {} і Straße", "слово ".repeat(at % 7))).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let alone = MODEL.embed(Language::GERMAN, &texts).unwrap();
    for threads in [0, 1, 2, 3, 4, 64, 10_000] {
        let model = StaticEmbedder::embedded().with_threads(threads);
        assert_eq!(model.embed(Language::GERMAN, &texts).unwrap(), alone, "{threads} threads");
    }
}

proptest! {
    #[test]
    fn the_vector_of_a_text_does_not_depend_on_the_other_texts(texts in proptest::collection::vec(".{0,60}", 1..6)) {
        let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
        let rows = MODEL.embed(Language::UKRAINIAN, &borrowed).unwrap();
        for (row, text) in rows.rows().into_iter().zip(&texts) {
            prop_assert_eq!(row.to_vec(), embed(text));
        }
    }
}
