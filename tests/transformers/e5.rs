//! multilingual-e5-small: its folder is named by `BITEXT_E5` (`.ci/candle` and `.ci/rust-bert` make it),
//! and the texts for retrieval are found through `BITEXT_DATA`.
//!
//! `tests/data/transformers` has the expected values of 100 sentences of our own:
//! ids by the library sentencepiece, vectors by onnxruntime, both made by
//! `benches/encoders/reference.py`.

use std::path::PathBuf;
use std::sync::OnceLock;

use bitext::align::Background;
use bitext::embed::TransformerConfig;
use bitext::ndarray::{Array2, ArrayView2};
use bitext::{Embedder, Language};
use serde::Deserialize;

use super::{IS_EXACT_IN_BATCHES, Model};

#[derive(Deserialize)]
struct Sentence {
    text: String,
    ids: Vec<u32>,
}

/// The model, read once; `None`, said aloud, where it is not there. Where it is
/// required, as in CI, that is an error.
fn model() -> Option<&'static Model> {
    static MODEL: OnceLock<Option<Model>> = OnceLock::new();
    let read = || {
        let Some(folder) = std::env::var_os("BITEXT_E5") else {
            let required = std::env::var_os("BITEXT_E5_REQUIRED").is_some();
            assert!(!required, "BITEXT_E5 must name the folder of multilingual-e5-small");
            eprintln!(
                "not run: no model (BITEXT_E5 is to name the folder of multilingual-e5-small)"
            );
            return None;
        };
        let mut config = TransformerConfig::default();
        config.prefix = Some("query: ".to_string());
        Some(Model::from_dir_with(folder, config).expect("multilingual-e5-small"))
    };
    MODEL.get_or_init(read).as_ref()
}

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/transformers").join(name)
}

fn sentences() -> Vec<Sentence> {
    let lines = std::fs::read_to_string(data("e5.jsonl")).expect("read");
    let sentences: Vec<Sentence> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a sentence")).collect();
    assert_eq!(sentences.len(), 100);
    sentences
}

#[test]
fn ids_equal_the_ids_of_sentencepiece() {
    let Some(model) = model() else { return };
    for sentence in sentences() {
        assert_eq!(
            model.token_ids(&sentence.text).expect("ids"),
            sentence.ids,
            "{}",
            sentence.text
        );
    }
}

#[test]
fn vectors_equal_the_vectors_of_onnxruntime() {
    let Some(model) = model() else { return };
    let sentences = sentences();
    let texts: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    let rows = model.embed(Language::ENGLISH, &texts).expect("vectors");
    let expected = std::fs::read(data("e5.f16")).expect("read");
    assert_eq!(expected.len(), 100 * 384 * 2);
    let expected: Vec<f32> =
        expected.chunks_exact(2).map(|two| half(u16::from_le_bytes([two[0], two[1]]))).collect();
    let mut worst = 1.0_f32;
    for (row, want) in rows.rows().into_iter().zip(expected.chunks_exact(384)) {
        let dot: f32 = row.iter().zip(want).map(|(a, b)| a * b).sum();
        let length = want.iter().map(|value| value * value).sum::<f32>().sqrt();
        worst = worst.min(dot / length);
    }
    println!("lowest cosine to onnxruntime of 100 sentences: {worst}");
    assert!(worst >= 0.9999, "{worst}");
}

#[test]
fn its_unrelated_sentences_have_high_cosines() {
    let Some(model) = model() else { return };
    let background = Background::of_model(model).expect("vectors");
    println!("{background:?}");
    assert!((0.65..0.85).contains(&background.mean), "{background:?}");
    assert!((0.01..0.06).contains(&background.deviation), "{background:?}");
}

#[test]
fn batches_change_nothing() {
    let Some(model) = model() else { return };
    let sentences = sentences();
    let texts: Vec<&str> = sentences.iter().step_by(5).map(|one| one.text.as_str()).collect();
    let together = model.embed(Language::ENGLISH, &texts).expect("vectors");
    for (text, row) in texts.iter().zip(together.rows()) {
        let alone = model.embed(Language::ENGLISH, &[text]).expect("a vector");
        let difference = (&alone.row(0) - &row).iter().fold(0.0_f32, |all, x| all.max(x.abs()));
        let most = if IS_EXACT_IN_BATCHES { 0.0 } else { 1e-5 };
        assert!(difference <= most, "{difference}: {text}");
    }
}

#[test]
fn translations_of_flores_are_found() {
    #[derive(Deserialize)]
    struct Document {
        en: Vec<String>,
        uk: Vec<String>,
        de: Vec<String>,
    }

    let Some(model) = model() else { return };
    let folder = std::env::var_os("BITEXT_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    if !folder.is_dir() {
        eprintln!("not run: no data");
        return;
    }
    let lines = std::fs::read_to_string(folder.join("eval/docs/flores_dev.jsonl"))
        .expect("the data have eval/docs/flores_dev.jsonl");
    let mut sides: [Vec<String>; 3] = Default::default();
    for line in lines.lines() {
        let document: Document = serde_json::from_str(line).expect("a document");
        sides[0].extend(document.en);
        sides[1].extend(document.uk);
        sides[2].extend(document.de);
    }
    let rows = sides.map(|texts| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        model.embed(Language::ENGLISH, &texts).expect("vectors")
    });
    let [en, uk, de] = &rows;
    for (name, from, to, least) in
        [("de-en", de, en, 99.0), ("uk-en", uk, en, 97.0), ("uk-de", uk, de, 96.0)]
    {
        let found = retrieval(from.view(), to.view());
        println!("flores_dev {name}: {found:.2} % of {}", from.nrows());
        assert!(found >= least, "{name}: {found}");
    }
}

/// Percent of rows whose counterpart has the highest cosine, less what is near
/// both: cross-domain similarity local scaling with four neighbours.
fn retrieval(from: ArrayView2<'_, f32>, to: ArrayView2<'_, f32>) -> f64 {
    fn near(cosines: ArrayView2<'_, f32>) -> Vec<f32> {
        let mean = |row: bitext::ndarray::ArrayView1<'_, f32>| {
            let mut all = row.to_vec();
            all.sort_by(|a, b| b.total_cmp(a));
            all[..4].iter().sum::<f32>() / 4.0
        };
        cosines.rows().into_iter().map(mean).collect()
    }

    let cosines: Array2<f32> = from.dot(&to.t());
    let (of_from, of_to) = (near(cosines.view()), near(cosines.t()));
    let right = cosines.rows().into_iter().enumerate().filter(|(at, row)| {
        let scaled = |other: usize| 2.0 * row[other] - of_from[*at] - of_to[other];
        let best = (0..row.len()).max_by(|a, b| scaled(*a).total_cmp(&scaled(*b)));
        best == Some(*at)
    });
    100.0 * right.count() as f64 / cosines.nrows() as f64
}

/// A number of 16 bits, normal or zero as all here are, or subnormal.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-24),
        _ => sign * (1.0 + fraction / 1024.0) * 2.0_f32.powi(exponent - 15),
    }
}
