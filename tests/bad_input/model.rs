//! Model files that are cut, altered, newer or badly made.

use bitext::embed::ModelError;
use bitext::{Embedder, Error, ErrorKind, Language, StaticEmbedder};

use crate::common::GERMAN;
use crate::says;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/static-v1.bitext");

fn model() -> Vec<u8> {
    std::fs::read(MODEL).expect("the model is in the repository")
}

fn model_error(error: &Error) -> &ModelError {
    let source = std::error::Error::source(error).expect("a source");
    source.downcast_ref().expect("a model error")
}

#[track_caller]
fn refused_model(bytes: Vec<u8>, what: &str) -> Error {
    match StaticEmbedder::from_bytes(bytes) {
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Model, "{what}: {error:?}");
            says(&error, &["model"]);
            error
        }
        Ok(model) => panic!("{what}: accepted as {model:?}"),
    }
}

#[test]
fn a_model_that_is_cut_short_is_refused() {
    let whole = model();
    let places = (0..200).chain((1..40).map(|part| whole.len() / 40 * part));
    for len in places.chain([whole.len() - 4, whole.len() - 1]) {
        let error = refused_model(whole[..len].to_vec(), &format!("{len} bytes"));
        match len {
            0..8 => {
                assert!(matches!(model_error(&error), ModelError::NotAModel), "{len}: {error:?}")
            }
            _ => assert!(
                matches!(model_error(&error), ModelError::Length { .. }),
                "{len}: {error:?}"
            ),
        }
    }
    for more in [b"\0".as_slice(), &[7; 4096]] {
        let error = refused_model([&whole, more].concat(), "longer");
        assert!(matches!(model_error(&error), ModelError::Length { .. }), "{error:?}");
    }
}

#[test]
fn a_model_that_is_altered_is_refused() {
    let whole = model();
    let places = (16..80).step_by(3).chain((1..12).map(|part| whole.len() / 12 * part));
    for at in (0..12).chain(places).chain([whole.len() - 1]) {
        for bit in [0x01, 0x80] {
            let mut altered = whole.clone();
            altered[at] ^= bit;
            let error = refused_model(altered, &format!("byte {at}"));
            match at {
                0..8 => assert!(matches!(model_error(&error), ModelError::NotAModel)),
                8..12 => assert!(matches!(model_error(&error), ModelError::Version { .. })),
                24..40 => assert!(matches!(
                    model_error(&error),
                    ModelError::Length { .. } | ModelError::Checksum { .. }
                )),
                _ => assert!(
                    matches!(model_error(&error), ModelError::Checksum { .. }),
                    "{at}: {error:?}"
                ),
            }
        }
    }
}

#[test]
fn the_reserved_field_of_a_model_is_zero() {
    for at in 12..16 {
        let mut altered = model();
        altered[at] ^= 0x10;
        refused_model(altered, &format!("byte {at}"));
    }
}

#[test]
fn a_newer_model_asks_for_an_update() {
    for version in [3_u32, 77, u32::MAX] {
        let mut newer = model();
        newer[8..12].copy_from_slice(&version.to_le_bytes());
        let error = refused_model(newer, "newer");
        assert!(
            matches!(model_error(&error), ModelError::Version { found, known: 2 } if *found == version)
        );
        assert!(error.to_string().contains("update"), "{error}");
    }
}

/// Replaces bytes of a model and makes its checksum right again.
fn forged(patches: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = model();
    for (at, patch) in patches {
        bytes[*at..*at + patch.len()].copy_from_slice(patch);
    }
    let header = u64::from_le_bytes(bytes[8..16].try_into().unwrap());
    let seed = if header == 1 { 0 } else { header };
    let checksum = xxhash_rust::xxh3::xxh3_64_with_seed(&bytes[24..], seed);
    bytes[16..24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_model_that_was_badly_made_does_no_harm() {
    let whole = model();
    let size = |at: usize| {
        u32::from_le_bytes([whole[at], whole[at + 1], whole[at + 2], whole[at + 3]]) as usize
    };
    let (d, n, l, trie) = (size(24), size(28), size(32), size(36));
    let means = 56 + l * 8;
    let scores = means + l * d * 4;
    let nan = f32::NAN.to_le_bytes();
    let two = (-2.0_f32).to_le_bytes();
    for (patch, what) in [
        ((40, b"\xff\xff".as_slice()), "name"),
        ((56, b"????????".as_slice()), "code"),
        ((means, nan.as_slice()), "mean"),
        ((means, two.as_slice()), "mean of no unit vectors"),
        ((scores, nan.as_slice()), "score"),
        ((scores + n * 4, nan.as_slice()), "scale"),
    ] {
        let error = refused_model(forged(&[patch]), what);
        assert!(matches!(model_error(&error), ModelError::Malformed(_)), "{what}: {error:?}");
    }
    // A vocabulary of garbage gives garbage, or is refused.
    for seed in 0_u32..3 {
        let mut state = seed;
        let garbage: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(trie)
        .collect();
        if let Ok(model) = StaticEmbedder::from_bytes(forged(&[(whole.len() - trie, &garbage)])) {
            let rows = model.embed(Language::GERMAN, &GERMAN).expect("static models do not fail");
            assert!(rows.iter().all(|value| value.is_finite()));
        }
    }
}

#[test]
fn a_model_of_any_scale_gives_vectors_and_words() {
    let whole = model();
    let size = |at: usize| u32::from_le_bytes(whole[at..at + 4].try_into().unwrap()) as usize;
    let (d, n, l) = (size(24), size(28), size(32));
    let scales = 56 + l * 8 + l * d * 4 + n * 4;
    for scale in [1e-30_f32, 1e7, 9e19, -9e19] {
        let same = scale.to_le_bytes().repeat(n);
        let model = StaticEmbedder::from_bytes(forged(&[(scales, &same)])).expect("finite numbers");
        let vectors =
            model.embed_spans(Language::GERMAN, &GERMAN).expect("static models do not fail");
        assert!(vectors.rows().iter().all(|value| value.is_finite()), "{scale}");
        assert_eq!(vectors.words().map(|words| words.len()), Some(GERMAN.len()));
    }
}

#[test]
fn model_files_that_cannot_be_read_are_named() {
    let error = StaticEmbedder::from_file("no/such/model").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Read);
    says(&error, &["no/such/model"]);
    assert!(StaticEmbedder::from_file(".").is_err());
}
