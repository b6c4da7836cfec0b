//! Any bytes of a model file are rejected, or the model computes finite vectors.
//!
//! The input is a model file, a text, and the length of the text in the last two bytes. The file is loaded as
//! given, and again with a valid checksum.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::{Embedder, Language, StaticEmbedder};
use libfuzzer_sys::fuzz_target;
use xxhash_rust::xxh3::xxh3_64_with_seed;

fuzz_target!(|input: &[u8]| {
    let Some((rest, length)) = input.split_last_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (model, text) = rest.split_at(rest.len() - length);
    let text = String::from_utf8_lossy(text);
    // As given: the checksum is rarely valid.
    check_model(model.to_vec(), &text);
    let mut model = model.to_vec();
    if model.len() >= 24 {
        let mut header = [0; 8];
        header.copy_from_slice(&model[8..16]);
        let seed = if model[8..12] == [1, 0, 0, 0] { 0 } else { u64::from_le_bytes(header) };
        let checksum = xxh3_64_with_seed(&model[24..], seed);
        model[16..24].copy_from_slice(&checksum.to_le_bytes());
        check_model(model, &text);
    }
});

fn check_model(model: Vec<u8>, text: &str) {
    let Ok(model) = StaticEmbedder::from_bytes(model) else { return };
    // Large dimensions only cost time.
    if model.dimension() > 1 << 12 {
        return;
    }
    let texts = [text, "", "Дощ — 5 \u{1f327}"];
    for language in [Language::UKRAINIAN, Language::GERMAN] {
        let rows = model.embed(language, &texts).expect("a static model does not fail");
        assert_eq!(rows.dim(), (3, model.dimension()));
        assert!(rows.iter().all(|value| value.is_finite()), "a vector is not finite");
        assert!(model.embed_spans(language, &texts).is_ok());
    }
}
