//! `--model`: what aligns goes by the weights of the model that makes the vectors.

use std::fs;

use crate::common::cli::bitext;
use crate::common::workshop::Workshop;
use bitext::align::{AlignConfig, Weights};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The embedded model under another name, so that nothing was learnt with it.
fn renamed() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/models/static-v1.bitext");
    let mut bytes = fs::read(file).unwrap();
    // The head of src/embed/static_model/file.rs describes the format.
    let name = 40..56;
    bytes[name].copy_from_slice(b"someone\0\0\0\0\0\0\0\0\0");
    let seed = u64::from_le_bytes(bytes[8..16].try_into().unwrap());
    let checksum = xxh3_64_with_seed(&bytes[24..], seed).to_le_bytes();
    bytes[16..24].copy_from_slice(&checksum);
    bytes
}

#[test]
fn build_uses_the_weights_of_align() {
    let shop = Workshop::new();
    let model = shop.path("someone.bitext");
    fs::write(&model, renamed()).unwrap();
    let weights = shop.path("weights.tsv");
    let table = Weights::default().to_string();
    let gap_open = table.lines().find(|line| line.starts_with("gap_open")).unwrap();
    let table = table.replacen(gap_open, "gap_open\t-1", 1);
    fs::write(&weights, table).unwrap();
    let line = r#"{"en": "It rained.", "de": "Es regnete."}"#;
    for more in [&[][..], &["--weights", &weights]] {
        let with_model = [&["--model", &model], more].concat();
        let args = [&["align", "--jsonl"], &with_model[..]].concat();
        let out: serde_json::Value =
            serde_json::from_str(&bitext(args, line.as_bytes()).quiet()).unwrap();
        let fingerprint = out["fingerprint"].as_str().unwrap().to_string();
        let usual = AlignConfig::default().fingerprint();
        assert_eq!(fingerprint.ends_with(&usual), more.is_empty(), "{fingerprint}");
        shop.build("out", &[&with_model[..], &["--fresh"]].concat());
        let card = fs::read_to_string(shop.path("out/README.md")).unwrap();
        assert!(card.contains(&fingerprint), "{fingerprint}: {card}");
    }
}
