//! The layouts against vectors computed here.

use std::sync::{Arc, Mutex};

use bitext::embed::TransformerConfig;
use bitext::{Aligner, Article, Embedder, Language};
use safetensors::Dtype;

use super::{Model, NAME, RUNS_XLM_ROBERTA};
use crate::tiny::{D, Layout, OUT, Tiny, save, save_as};

pub const ALL: &[Layout] = match RUNS_XLM_ROBERTA {
    true => &[Layout::LaBse, Layout::Distiluse, Layout::E5, Layout::XlmRoberta],
    false => &[Layout::LaBse, Layout::Distiluse, Layout::E5],
};

/// Texts and the ids that their layout's vocabulary gives, counted by hand.
fn texts(layout: Layout) -> Vec<(&'static str, Vec<usize>)> {
    match layout {
        Layout::E5 | Layout::XlmRoberta => vec![
            ("the bridge opened.", vec![0, 4, 5, 6, 7, 10, 2]),
            ("міст", vec![0, 9, 2]),
            ("the міст ist open", vec![0, 4, 9, 8, 6, 2]),
            ("the ☃", vec![0, 4, 12, 3, 2]),
            ("the bridges the bridges the", vec![0, 4, 5, 11, 4, 5, 11, 4, 2]),
        ],
        _ => vec![
            ("the bridge opened.", vec![2, 4, 5, 6, 7, 10, 3]),
            ("міст", vec![2, 9, 3]),
            ("the міст ist open", vec![2, 4, 9, 8, 6, 3]),
            ("the ☃", vec![2, 4, 1, 3]),
            ("the bridges the bridges the", vec![2, 4, 5, 11, 4, 5, 11, 4, 3]),
        ],
    }
}

#[track_caller]
pub fn check(tiny: &Tiny, model: &Model, prefix: &[usize]) {
    let cases = texts(tiny.layout);
    let given: Vec<&str> = cases.iter().map(|(text, _)| *text).collect();
    let rows = model.embed(Language::ENGLISH, &given).expect("vectors");
    for ((text, ids), row) in cases.iter().zip(rows.rows()) {
        let mut ids = ids.clone();
        ids.splice(1..1, prefix.iter().copied());
        let got: Vec<usize> =
            model.token_ids(text).expect("ids").into_iter().map(|id| id as usize).collect();
        assert_eq!(got, ids, "{:?}: {text}", tiny.layout);
        for (got, want) in row.iter().zip(tiny.expected(&ids)) {
            assert!((f64::from(*got) - want).abs() < 1e-5, "{:?}: {text}: {row}", tiny.layout);
        }
    }
}

#[test]
fn vectors_are_those_computed_by_hand() {
    for &layout in ALL {
        let tiny = Tiny::new(layout);
        let model = Model::from_dir(tiny.path()).expect("a model");
        assert_eq!(model.dimension(), if layout.has_dense() { OUT } else { D });
        check(&tiny, &model, &[]);
    }
}

#[test]
fn batches_change_nothing() {
    for &layout in ALL {
        let tiny = Tiny::new(layout);
        let model = Model::from_dir(tiny.path()).expect("a model");
        let texts: Vec<String> =
            (0..90).map(|at| "the bridge opened . ".repeat(at % 4 + 1)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let together = model.embed(Language::GERMAN, &texts).expect("vectors");
        for (text, row) in texts.iter().zip(together.rows()) {
            let alone = model.embed(Language::GERMAN, &[text]).expect("a vector");
            let difference = (&alone.row(0) - &row).iter().fold(0.0_f32, |all, x| all.max(x.abs()));
            assert!(difference < 1e-5, "{layout:?}: {difference}");
        }
    }
}

#[test]
fn names_of_every_published_form_are_read() {
    let tiny = Tiny::new(Layout::LaBse);
    let one = Model::from_dir(tiny.path()).expect("a model").fingerprint();
    for prefix in ["bert.", "0.auto_model.", "model."] {
        tiny.save(prefix);
        let model = Model::from_dir(tiny.path()).expect("a model");
        check(&tiny, &model, &[]);
        assert_eq!(model.fingerprint(), one);
    }
    // rust-bert's names for the variables of a dense layer.
    let bare = tiny.dense.iter().map(|(name, it)| (name.replace("linear.", ""), it.clone()));
    save(&tiny.path().join("2_Dense/model.safetensors"), &bare.collect(), "");
    check(&tiny, &Model::from_dir(tiny.path()).expect("a model"), &[]);
    let old = tiny.weights.iter().map(|(name, it)| {
        let name = name.replace("LayerNorm.weight", "LayerNorm.gamma");
        (name.replace("LayerNorm.bias", "LayerNorm.beta"), it.clone())
    });
    save(&tiny.path().join("model.safetensors"), &old.collect(), "bert.");
    check(&tiny, &Model::from_dir(tiny.path()).expect("a model"), &[]);
}

#[test]
fn weights_of_16_bits_are_read() {
    for kind in [Dtype::F16, Dtype::BF16, Dtype::F64] {
        let tiny = Tiny::new(Layout::E5);
        let rounded = save_as(&tiny.path().join("model.safetensors"), &tiny.weights, kind);
        let model = Model::from_dir(tiny.path()).expect("a model");
        check(&Tiny { weights: rounded, ..tiny }, &model, &[]);
    }
}

#[test]
fn activations_of_every_name_are_run() {
    let mut vectors: Vec<Vec<u32>> = Vec::new();
    for name in ["gelu", "gelu_new", "relu", "swish", "mish", "tanh"] {
        let tiny = Tiny::new(Layout::LaBse);
        tiny.set("config.json", "hidden_act", name.into());
        let model = Model::from_dir(tiny.path()).expect("a model");
        let row = model.embed(Language::ENGLISH, &["the bridge"]).expect("a vector");
        let bits: Vec<u32> = row.iter().map(|value| value.to_bits()).collect();
        assert!(row.iter().all(|value| value.is_finite()) && !vectors.contains(&bits), "{name}");
        vectors.push(bits);
    }
}

#[test]
fn threads_change_no_bit() {
    for &layout in ALL {
        let tiny = Tiny::new(layout);
        let texts: Vec<String> =
            (0..50).map(|at| "the bridge opened . ".repeat(at % 4 + 1)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let rows = [1, 2, 5].map(|threads| {
            let config = TransformerConfig::default().with_threads(threads).with_batch_texts(7);
            let model = Model::from_dir_with(tiny.path(), config).expect("a model");
            model.embed(Language::ENGLISH, &texts).expect("vectors")
        });
        assert_eq!(rows[0], rows[1]);
        assert_eq!(rows[0], rows[2]);
    }
}

#[test]
fn prefixes_come_from_the_caller_or_the_folder() {
    let tiny = Tiny::new(Layout::E5);
    let plain = Model::from_dir(tiny.path()).expect("a model").fingerprint();
    let mut config = TransformerConfig::default();
    config.prefix = Some("query: ".to_string());
    let model = Model::from_dir_with(tiny.path(), config).expect("a model");
    check(&tiny, &model, &[13]);
    assert_ne!(model.fingerprint(), plain);

    let prompts =
        serde_json::json!({"prompts": {"query": "query: "}, "default_prompt_name": "query"});
    tiny.write_json("config_sentence_transformers.json", &prompts);
    let named = Model::from_dir(tiny.path()).expect("a model");
    check(&tiny, &named, &[13]);
    assert_eq!((named.prefix(), named.fingerprint()), ("query: ", model.fingerprint()));
}

#[test]
fn texts_over_the_limit_are_truncated_and_counted() {
    for &layout in ALL {
        let tiny = Tiny::new(layout);
        let model = Model::from_dir(tiny.path()).expect("a model");
        assert_eq!((model.max_tokens(), model.truncated()), (12, 0));
        let long = "the ".repeat(500);
        let rows =
            model.embed(Language::ENGLISH, &["the", &long, &"the ".repeat(10)]).expect("vectors");
        assert_eq!(model.truncated(), 1);
        let ids: Vec<usize> =
            model.token_ids(&long).expect("ids").into_iter().map(|id| id as usize).collect();
        assert_eq!(ids.len(), 12);
        for (got, want) in rows.row(1).iter().zip(tiny.expected(&ids)) {
            assert!((f64::from(*got) - want).abs() < 1e-5);
        }
        let mut config = TransformerConfig::default();
        config.max_tokens = Some(8);
        let shorter = Model::from_dir_with(tiny.path(), config).expect("a model");
        assert_eq!(shorter.token_ids(&long).expect("ids").len(), 8);
        assert_ne!(shorter.fingerprint(), model.fingerprint());
    }
}

#[test]
fn no_text_and_blank_texts_are_fine() {
    let tiny = Tiny::new(Layout::LaBse);
    let model = Model::from_dir(tiny.path()).expect("a model");
    assert_eq!(model.embed(Language::ENGLISH, &[]).expect("nothing").dim(), (0, OUT));
    let rows = model.embed(Language::ENGLISH, &["", " \n", "the"]).expect("vectors");
    assert!(rows.row(0).iter().chain(rows.row(1)).all(|value| *value == 0.0));
    assert!((rows.row(2).dot(&rows.row(2)) - 1.0).abs() < 1e-5);
}

#[test]
fn progress_is_reported_and_threads_share_a_model() {
    let tiny = Tiny::new(Layout::Distiluse);
    let steps = Arc::new(Mutex::new(Vec::new()));
    let mut config = TransformerConfig::default();
    config.batch_texts = 4;
    config.threads = Some(1);
    let into = steps.clone();
    config.progress = Some(Arc::new(move |progress| into.lock().expect("a lock").push(progress)));
    let model = Model::from_dir_with(tiny.path(), config).expect("a model");
    let texts = ["the bridge"; 10];
    let one = model.embed(Language::ENGLISH, &texts).expect("vectors");
    let steps: Vec<(usize, usize)> =
        steps.lock().expect("a lock").iter().map(|step| (step.done, step.total)).collect();
    assert_eq!(steps, [(4, 10), (8, 10), (10, 10)]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert_eq!(model.embed(Language::ENGLISH, &texts).expect("vectors"), one);
            });
        }
    });
}

#[test]
fn an_aligner_takes_it_and_names_it() {
    let tiny = Tiny::new(Layout::LaBse);
    let model = Model::from_dir(tiny.path()).expect("a model");
    let fingerprint = model.fingerprint();
    assert!(fingerprint.starts_with(&format!("{NAME}-6:")), "{fingerprint}");
    let bitext = Aligner::with_embedder(model)
        .align([
            Article::new(Language::ENGLISH, "The bridge opened. It was the bridge."),
            Article::new(Language::GERMAN, "Die Brücke ist offen. Es war die Brücke."),
        ])
        .expect("a bitext");
    assert!(bitext.fingerprint().starts_with(&fingerprint), "{}", bitext.fingerprint());
}
