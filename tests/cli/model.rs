//! `--model`: what aligns goes by the weights of the model that makes the vectors.

use std::fs;

use crate::common::cli::bitext;
use crate::common::workshop::Workshop;
use bitext::align::AlignConfig;
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
fn build_uses_the_weights_and_warnings_of_align() {
    let shop = Workshop::new();
    let model = shop.path("someone.bitext");
    fs::write(&model, renamed()).unwrap();
    let warning = |stderr: &str| {
        let line = stderr.lines().find(|line| line.contains("learnt with another model"));
        line.map(str::to_string)
    };
    let line = r#"{"en": "It rained.", "de": "Es regnete."}"#;
    for more in [&[][..], &["--weights", "e5-small"], &["--background", "0.5"]] {
        let with_model = [&["--model", &model], more].concat();
        let args = [&["align", "--jsonl"], &with_model[..]].concat();
        let align = bitext(args, line.as_bytes());
        let out: serde_json::Value = serde_json::from_str(&align.stdout).unwrap();
        let fingerprint = out["fingerprint"].as_str().unwrap().to_string();
        let build = shop.build("out", &[&with_model[..], &["--fresh"]].concat());
        let card = fs::read_to_string(shop.path("out/README.md")).unwrap();
        assert!(card.contains(&fingerprint), "{fingerprint}: {card}");
        assert_eq!(warning(&align.stderr), warning(&build.stderr));
        assert_eq!(warning(&build.stderr).is_some(), more.first() != Some(&"--weights"));
        let e5_small = AlignConfig::e5_small().fingerprint();
        assert_eq!(card.contains(&e5_small), more.first() == Some(&"--weights"));
    }
    let usual = shop.build("usual", &[]);
    assert_eq!(warning(&usual.stderr), None);
}
