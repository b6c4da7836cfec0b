//! The embedded model accepts any text. Vectors are finite and of length 1 or 0, and do not depend on the other
//! texts of the batch.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use std::sync::LazyLock;

use bitext::ndarray::{ArrayView1, ArrayView2};
use bitext::{Embedder, Language, StaticEmbedder};
use libfuzzer_sys::fuzz_target;

static MODEL: LazyLock<StaticEmbedder> = LazyLock::new(StaticEmbedder::embedded);

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    // The model does not know the last language.
    let language = ["en", "uk", "de", "ja"][usize::from(choice & 3)];
    let Ok(language) = language.parse::<Language>() else { return };
    let mut texts: Vec<&str> = vec![text, ""];
    texts.extend(text.lines().take(4));
    texts.extend(text.split(' ').take(4));
    let batch = MODEL.embed(language, &texts).expect("a static model does not fail");
    assert_valid(batch.view(), texts.len());
    let sums = MODEL.embed_spans(language, &texts).expect("a static model does not fail");
    assert_valid(sums.rows(), texts.len());
    assert!(sums.raw().is_some_and(|raw| raw.iter().all(|value| value.is_finite())));
    assert_eq!(sums.words().map(|words| words.len()), Some(texts.len()));
    for (at, text) in texts.iter().enumerate() {
        let alone = MODEL.embed(language, &[text]).expect("a static model does not fail");
        assert_same(alone.row(0), batch.row(at));
        let alone = MODEL.embed_spans(language, &[text]).expect("a static model does not fail");
        assert_same(alone.rows().row(0), sums.rows().row(at));
    }
    // An empty text has a zero vector. The vector of a span of all texts is valid too.
    assert!(batch.row(1).iter().all(|value| *value == 0.0));
    let span = sums.span(0..texts.len()).expect("a range of the texts");
    assert_valid(span.view().insert_axis(bitext::ndarray::Axis(0)), 1);
});

fn assert_valid(rows: ArrayView2<'_, f32>, texts: usize) {
    assert_eq!(rows.dim(), (texts, MODEL.dimension()));
    for row in rows.rows() {
        assert!(row.iter().all(|value| value.is_finite()), "a vector is not finite");
        let length = row.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt();
        assert!(length == 0.0 || (length - 1.0).abs() < 1e-4, "a vector of length {length}");
    }
}

fn assert_same(alone: ArrayView1<'_, f32>, among: ArrayView1<'_, f32>) {
    let bits =
        |row: ArrayView1<'_, f32>| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(alone), bits(among), "the vector depends on the batch");
}
