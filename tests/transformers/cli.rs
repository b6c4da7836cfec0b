//! The command line with the folder of a transformer.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::tiny::{Layout, Tiny};

/// The start of a fingerprint. The command line prefers candle.
const NAME: &str = if cfg!(feature = "candle") { "candle-bert" } else { "bert" };

/// Status, standard output, standard error.
fn bitext(args: &[&str], stdin: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bitext"))
        .args(args)
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    // It may end before it has read all.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    let out = child.wait_with_output().expect("an end");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (out.status.code().expect("a status"), text(out.stdout), text(out.stderr))
}

#[test]
fn sentences_are_embedded() {
    let tiny = Tiny::new(Layout::E5);
    let folder = tiny.path().display().to_string();
    let args = ["embed", "--lang", "en", "--model", &folder, "--prefix", "query: "];
    let (status, out, error) = bitext(&args, "the bridge opened.\n\n");
    assert_eq!(status, 0);
    // There is no place for it among the vectors.
    assert!(
        error.starts_with(&format!("bitext: model {NAME}-8:")) && error.lines().count() == 1,
        "{error}"
    );
    let rows: Vec<Vec<f64>> =
        out.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    let expected = tiny.expected(&[0, 13, 4, 5, 6, 7, 10, 2]);
    assert!(rows[0].iter().zip(expected).all(|(got, want)| (got - want).abs() < 1e-5));
    assert!(rows[1].iter().all(|value| *value == 0.0));
}

#[test]
fn articles_are_aligned_and_the_model_is_named() {
    let tiny = Tiny::new(Layout::LaBse);
    let folder = tiny.path().display().to_string();
    let line =
        r#"{"id": 1, "en": ["The bridge opened.", "Was the bridge."], "de": ["Die Brücke."]}"#;
    let lines = format!("{line}\n").repeat(12);
    let mut outputs = Vec::new();
    for threads in ["1", "3"] {
        let args = ["align", "--jsonl", "--threads", threads, "--model", &folder];
        let (status, out, error) = bitext(&args, &lines);
        assert_eq!(status, 0, "{error}");
        assert_eq!(error, "");
        assert!(
            out.lines().all(|line| line.contains(&format!("\"fingerprint\":\"{NAME}-6:"))),
            "{out}"
        );
        outputs.push(out);
    }
    assert_eq!(outputs[0], outputs[1]);
    let article = |name: &str, text: &str| {
        let path = tiny.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let english = article("en.txt", "The bridge opened. It was the bridge.");
    let german = article("de.txt", "Die Brücke ist offen. Es war die Brücke.");
    for (format, at_out) in [("jsonl", true), ("tmx", true), ("tsv", false), ("table", false)] {
        let args = ["align", "--en", &english, "--de", &german, "--model", &folder];
        let (status, out, error) = bitext(&[args.as_slice(), &["--format", format]].concat(), "");
        assert_eq!(status, 0, "{error}");
        assert_eq!(out.contains(&format!("{NAME}-6:")), at_out, "{out}");
        assert_eq!(error.contains(&format!("bitext: model {NAME}-6:")), !at_out, "{error}");
    }
}

#[test]
fn truncated_texts_are_counted_at_the_end() {
    let tiny = Tiny::new(Layout::Distiluse);
    let folder = tiny.path().display().to_string();
    let args = ["embed", "--lang", "en", "--model", &folder];
    let (status, _, error) = bitext(&args, &format!("the\n{}\n", "the ".repeat(40)));
    assert_eq!(status, 0);
    assert!(error.contains("longer than the model's 12 tokens were cut: 1"), "{error}");
}

#[test]
fn a_wrong_folder_is_named() {
    let tiny = Tiny::new(Layout::LaBse);
    std::fs::write(tiny.path().join("model.safetensors"), "").expect("written");
    let folder = tiny.path().display().to_string();
    let (status, out, error) = bitext(&["embed", "--lang", "en", "--model", &folder], "the\n");
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(error.contains("model.safetensors") && error.contains("0 bytes"), "{error}");
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/static-v1.bitext");
    let args = ["embed", "--lang", "en", "--model", model, "--prefix", "query: "];
    let (status, _, error) = bitext(&args, "the\n");
    assert!(status == 2 && error.contains("--prefix"), "{error}");
}

#[cfg(feature = "cache")]
#[test]
fn vectors_are_cached() {
    let tiny = Tiny::new(Layout::LaBse);
    let folder = tiny.path().display().to_string();
    let cache = tiny.path().join("kept").display().to_string();
    let args = ["embed", "--lang", "en", "--model", &folder, "--cache", &cache];
    let first = bitext(&args, "the bridge\n");
    assert!(first.0 == 0 && first.2.lines().count() == 1, "{}", first.2);
    assert_eq!(bitext(&args, "the bridge\n"), first);
    std::fs::write(&cache, "no cache").expect("written");
    let (status, _, error) = bitext(&args, "the bridge\n");
    assert!(status == 1 && error.contains("kept") && error.contains("delete it"), "{error}");
}
