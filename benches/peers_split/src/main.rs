//! Times the splitter and other crates on 10 MB of each language, one thread,
//! all in one run; and the splitter on text made to be slow.
//!
//! The text is that of the development sets under `BITEXT_DATA` (default: the
//! folder `../shared` beside the repository), repeated; where there are none,
//! the gold cases of this repository. Prints JSON.
//!
//! ```sh
//! cargo run --release --manifest-path benches/peers_split/Cargo.toml
//! ```
//!
//! With `split SYSTEM`, it splits instead the paragraphs given as JSON lines on standard input with
//! `id`, `lang` and `text`, and writes JSON lines with `id` and `sentences`. `reports/languages.py`
//! calls it with the systems `bitext`, `sentencex` and `icu_segmenter`.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bitext::{Language, RuleSplitter};
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

const BYTES: usize = 10_000_000;
const ROUNDS: usize = 5;

const SETS: [(&str, &[&str]); 3] = [
    ("en", &["en_gum-dev", "en_ewt-dev"]),
    ("uk", &["uk_iu-dev", "uk_parlamint-dev"]),
    ("de", &["de_ersatz-wmt19", "de_gsd-dev", "de_lit-test"]),
];

fn main() {
    // `profile en` runs our splitter alone, for a profiler to look at.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, code] = &arguments[..] {
        if mode == "split" {
            return split(code);
        }
        assert_eq!(mode, "profile", "the modes are `profile` and `split`");
        let sets = SETS.iter().find(|(known, _)| known == code).expect("en, uk or de").1;
        let (_, text) = text(code, sets);
        let language: Language = code.parse().expect("a code");
        for _ in 0..4 * ROUNDS {
            black_box(RuleSplitter::default().segments(language, &text).count());
        }
        return;
    }
    let mut languages = serde_json::Map::new();
    for (code, sets) in SETS {
        let (source, text) = text(code, sets);
        languages.insert(code.to_string(), measure(code, source, &text));
    }
    let out = json!({
        "bytes": BYTES,
        "rounds": ROUNDS,
        "languages": languages,
        "adversarial": adversarial(),
    });
    println!("{out:#}");
}

/// Splits the paragraphs on standard input with a system.
fn split(system: &str) {
    let icu = icu_segmenter::SentenceSegmenter::new(Default::default());
    let ours = RuleSplitter::default();
    for line in std::io::stdin().lines() {
        let item: Value = serde_json::from_str(&line.expect("UTF-8")).expect("a line of JSON");
        let (code, text) = (item["lang"].as_str().expect("a code"), item["text"].as_str().expect("a text"));
        let sentences: Vec<&str> = match system {
            "bitext" => ours.segments(code.parse().expect("a code"), text).map(|s| s.text).collect(),
            "sentencex" => sentencex::segment(code, text),
            "icu_segmenter" => {
                let ends: Vec<usize> = icu.segment_str(text).collect();
                ends.windows(2).map(|two| &text[two[0]..two[1]]).collect()
            }
            _ => panic!("unknown system {system}"),
        };
        println!("{}", json!({"id": item["id"], "sentences": sentences}));
    }
}

/// 10 MB of paragraphs.
fn text(code: &str, sets: &[&str]) -> (&'static str, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("BITEXT_DATA").map_or_else(|| root.join("../shared"), PathBuf::from);
    let mut paragraphs = String::new();
    for set in sets {
        let path = data.join(format!("eval/split/{set}.jsonl"));
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            let line: Value = serde_json::from_str(line).expect("a line of JSON");
            paragraphs += line["text"].as_str().expect("a text");
            paragraphs += "\n\n";
        }
    }
    let source = if paragraphs.is_empty() { "gold cases" } else { "development sets" };
    if paragraphs.is_empty() {
        let cases = std::fs::read_to_string(root.join(format!("tests/data/split/{code}.txt")))
            .expect("the gold cases");
        for (at, line) in cases.lines().filter(|line| !line.starts_with("# ")).enumerate() {
            let case = line.split('\t').next().unwrap_or_default();
            paragraphs += &case.replace(" ◆ ", " ").replace('◆', "");
            paragraphs += if at % 5 == 4 { "\n\n" } else { " " };
        }
    }
    let mut text = String::with_capacity(BYTES + paragraphs.len());
    while text.len() < BYTES {
        text += &paragraphs;
    }
    let end = (0..=BYTES).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.truncate(end);
    (source, text)
}

/// Megabytes in a second, the best of some rounds, and sentences found.
fn measure(code: &str, source: &str, text: &str) -> Value {
    let language: Language = code.parse().expect("a code");
    let ours = RuleSplitter::default();
    let icu = icu_segmenter::SentenceSegmenter::new(Default::default());
    let systems: [(&str, &dyn Fn() -> usize); 4] = [
        ("bitext", &|| ours.segments(language, text).map(|s| black_box(s).text.len().min(1)).sum()),
        ("icu_segmenter", &|| icu.segment_str(text).map(|end| black_box(end).min(1)).sum()),
        ("unicode-segmentation", &|| {
            text.split_sentence_bound_indices().map(|(_, s)| black_box(s).len().min(1)).sum()
        }),
        ("sentencex", &|| sentencex::segment(code, text).len()),
    ];
    let mut best = [f64::INFINITY; 4];
    let mut found = [0; 4];
    for _ in 0..ROUNDS {
        for (at, (_, run)) in systems.iter().enumerate() {
            let start = Instant::now();
            found[at] = run();
            best[at] = best[at].min(start.elapsed().as_secs_f64());
        }
    }
    let mut out = serde_json::Map::new();
    out.insert("text".to_string(), json!(source));
    for (at, (name, _)) in systems.iter().enumerate() {
        let rate = (text.len() as f64 / 1e6 / best[at] * 10.0).round() / 10.0;
        out.insert(name.to_string(), json!({"mb_per_s": rate, "sentences": found[at]}));
    }
    Value::Object(out)
}

/// Seconds for ten million of a piece, and for a tenth of that: a splitter
/// that is linear takes about ten times as long for ten times as much.
fn adversarial() -> Value {
    const MANY: usize = 10_000_000;
    let pieces = [
        ".", "\"", "z. B. ", "U.S. ", "м. ", "a.", "? ", ".\" ", "(", "1. ", "…", ":) ", " — ", "\n", "://",
        "1:1", " ", "a\n", "[1", "*", "«", "x!\"",
    ];
    let mut out = serde_json::Map::new();
    for piece in pieces {
        let mut slowest = (0.0, 0.0);
        for language in [Language::ENGLISH, Language::GERMAN, Language::UKRAINIAN] {
            let seconds = |times: usize| {
                let text = piece.repeat(times);
                let start = Instant::now();
                black_box(RuleSplitter::default().segments(language, &text).count());
                start.elapsed().as_secs_f64()
            };
            let both = (seconds(MANY / 10), seconds(MANY));
            if both.1 > slowest.1 {
                slowest = both;
            }
        }
        let round = |value: f64| (value * 1000.0).round() / 1000.0;
        out.insert(
            piece.escape_debug().to_string(),
            json!({"million": round(slowest.0), "ten_million": round(slowest.1)}),
        );
    }
    Value::Object(out)
}
