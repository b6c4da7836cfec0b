//! Times the embedded model and the crate `model2vec-rs`, which is given the same
//! table and vocabulary, on sentences of three languages, one thread, in turns; and
//! what memory gives. Prints JSON.
//!
//! The sentences are those of the development sets under `BITEXT_DATA` (default: the
//! folder `../shared` beside the repository); where there are none, made-up ones.
//!
//! ```sh
//! cargo run --release --manifest-path benches/peers_embed/Cargo.toml [-- --model FILE]
//! ```
//!
//! Seconds are those on a processor where the system tells them (Linux), so that other
//! work on the machine counts little, else those of the clock; of loading, both.
//!
//! `load [FILE]` prints the seconds that reading the embedded model takes, or that
//! file; `profile` runs our embedder alone, for a profiler to look at.

mod clock;
mod export;
#[path = "../../made_up/mod.rs"]
mod made_up;
mod memory;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bitext::{Embedder, Language, RuleSplitter, Splitter, StaticEmbedder};
use export::Table;
use model2vec_rs::model::StaticModel;
use serde_json::{Value, json};

const ROUNDS: usize = 9;
/// How often the texts are gone through in a round, by us and by the others: the system
/// counts in steps of some milliseconds, so that a round must take a few hundred.
const PASSES: (usize, usize) = (20, 4);
const SETS: [&str; 2] = ["flores_dev", "wmt22_news"];
const LANGUAGES: [&str; 3] = ["en", "uk", "de"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load"] => load(StaticEmbedder::embedded),
        ["load", file] => load(|| StaticEmbedder::from_file(file)),
        ["profile"] => profile(None),
        ["profile", file] => profile(Some(file)),
        [] => println!("{:#}", measure(None)),
        ["--model", file] => println!("{:#}", measure(Some(file))),
        _ => panic!("usage: peers_embed [--model FILE | load [FILE] | profile [FILE]]"),
    }
}

fn load<E: std::fmt::Debug>(read: impl FnOnce() -> Result<StaticEmbedder, E>) {
    let start = Instant::now();
    let busy = clock::seconds(|| read().expect("a model"));
    println!("{} {busy}", start.elapsed().as_secs_f64());
}

fn ours(file: Option<&str>) -> StaticEmbedder {
    match file {
        Some(file) => StaticEmbedder::from_file(file),
        None => StaticEmbedder::embedded(),
    }
    .expect("a model")
}

fn profile(file: Option<&str>) {
    let model = ours(file);
    let (_, texts) = texts();
    for (language, texts) in &texts {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for _ in 0..3 {
            black_box(model.embed(*language, &texts)).expect("a static model does not fail");
        }
    }
}

/// Different sentences by language, and where they are from.
fn texts() -> (&'static str, Vec<(Language, Vec<String>)>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data =
        std::env::var_os("BITEXT_DATA").map_or_else(|| root.join("../shared"), PathBuf::from);
    let files =
        SETS.map(|set| std::fs::read_to_string(data.join(format!("eval/docs/{set}.jsonl"))));
    let found = files.iter().all(Result::is_ok);
    let texts = LANGUAGES.map(|code| {
        let language: Language = code.parse().expect("a code");
        let mut seen = BTreeSet::new();
        let mut texts = Vec::new();
        for line in files.iter().flatten().filter(|_| found).flat_map(|file| file.lines()) {
            let document: Value = serde_json::from_str(line).expect("a line of JSON");
            for text in document[code].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !text.trim().is_empty() && seen.insert(text.to_string()) {
                    texts.push(text.to_string());
                }
            }
        }
        if !found {
            let text = made_up::text(language, 1 << 18);
            texts.extend(
                RuleSplitter::default()
                    .split(language, &text)
                    .into_iter()
                    .map(|span| text[span].to_string()),
            );
        }
        (language, texts)
    });
    (if found { "development sets" } else { "made up" }, texts.into())
}

fn measure(file: Option<&str>) -> Value {
    tokenizers::utils::parallelism::set_parallelism(false);
    let embedded = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
    let path = file.map_or_else(|| only_model(Path::new(embedded)), PathBuf::from);
    let table = Table::read(&std::fs::read(&path).expect("the model's file"));
    let model = ours(file);
    let (source, texts) = texts();
    let theirs: Vec<(String, StaticModel)> = [("", true), (", fewer steps", false)]
        .into_iter()
        .flat_map(|(steps, near)| {
            [("f32", false), ("int8", true)]
                .map(|(kind, int8)| (format!("{kind}{steps}"), near, int8))
        })
        .map(|(name, near, int8)| {
            let (tokenizer, config) = (table.tokenizer(near), table.config().to_string());
            let model = StaticModel::from_bytes(tokenizer, table.safetensors(int8), config, None);
            (name, model.expect("a model in its format"))
        })
        .collect();
    let counter: tokenizers::Tokenizer = table.tokenizer(true).parse().expect("a tokenizer");

    let mut languages = serde_json::Map::new();
    for (language, texts) in &texts {
        let known = |text: &String| {
            let tokens = counter.encode_fast(text.as_str(), false).expect("a text");
            tokens.get_ids().iter().filter(|&&id| id != 0).count()
        };
        let tokens: usize = texts.iter().map(known).sum();
        let mut out = time(&model, *language, texts, &theirs);
        out["new_seconds"] = json!(new_seconds(file, *language, texts));
        out["sentences"] = json!(texts.len());
        out["bytes"] = json!(texts.iter().map(String::len).sum::<usize>());
        out["tokens"] = json!(tokens);
        out["bytes_of_rows"] = json!(tokens * table.dimension);
        languages.insert(language.code().to_string(), out);
    }
    json!({
        "model": model.fingerprint(),
        "text": source,
        "rounds": ROUNDS,
        "seconds_on_processor": clock::on_processor().is_some(),
        "languages": languages,
        "memory": memory::bandwidth(),
    })
}

fn only_model(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).expect("the folder of models");
    let mut models = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "bitext"));
    models.next().expect("a model")
}

/// Seconds of one of so many passes.
fn passes<T>(count: usize, run: impl Fn() -> T) -> f64 {
    let all = || (0..count).for_each(|_| drop(black_box(run())));
    clock::seconds(all) / count as f64
}

/// Seconds of each, the median of some rounds, and cosines of our
/// vectors and theirs: the mean, and the lowest.
fn time(
    model: &StaticEmbedder,
    language: Language,
    texts: &[String],
    theirs: &[(String, StaticModel)],
) -> Value {
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut own = Vec::new();
    let mut others = vec![Vec::new(); theirs.len()];
    for _ in 0..ROUNDS {
        own.push(passes(PASSES.0, || model.embed(language, &borrowed)));
        for ((_, other), seconds) in theirs.iter().zip(&mut others) {
            seconds.push(passes(PASSES.1, || other.encode_flat_with_args(texts, None)));
        }
    }
    // A language without a mean vector: theirs have none.
    let none: Language = "fr".parse().expect("a code");
    let rows = model.embed(none, &borrowed).expect("a static model does not fail");
    let mut peers = serde_json::Map::new();
    for ((name, other), seconds) in theirs.iter().zip(&others) {
        let flat = other.encode_flat_with_args(texts, None);
        let cosines = rows.outer_iter().zip(flat.chunks(model.dimension()));
        let cosines =
            cosines.map(|(a, b)| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>());
        let cosines: Vec<f64> = cosines.collect();
        let same = cosines.iter().filter(|&&cosine| cosine > 0.99999).count();
        let ratios = own.iter().zip(seconds).map(|(own, other)| other / own).collect();
        peers.insert(
            name.clone(),
            json!({
                "seconds": median(seconds.clone()),
                "times_as_long": median(ratios),
                "cosine_mean": cosines.iter().sum::<f64>() / cosines.len() as f64,
                "cosine_lowest": cosines.iter().copied().fold(1.0, f64::min),
                "same": same,
            }),
        );
    }
    json!({"seconds": median(own), "model2vec": peers})
}

/// Seconds of a pass by a model that has seen no word before.
fn new_seconds(file: Option<&str>, language: Language, texts: &[String]) -> f64 {
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let both = passes(PASSES.0, || ours(file).embed(language, &borrowed));
    both - passes(PASSES.0, || ours(file))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
