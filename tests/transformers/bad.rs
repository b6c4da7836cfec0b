//! Malformed folders give a typed error that names the file and a remedy.

use std::error::Error as _;
use std::path::{Path, PathBuf};

use bitext::ErrorKind;
use bitext::embed::{ModelError, TransformerConfig};
use safetensors::Dtype;
use serde_json::{Value, json};

use super::{Model, RUNS_XLM_ROBERTA};
use crate::tiny::{D, Layout, Tiny, save, save_as};

/// The error of a folder; its file, and its message.
#[track_caller]
pub fn refused(folder: &Path) -> (PathBuf, String) {
    match Model::from_dir(folder) {
        Err(error) => {
            let source = error.source().and_then(|source| source.downcast_ref());
            let Some(ModelError::Folder { path, reason, fix }) = source else {
                panic!("{error:?}")
            };
            assert!(!reason.is_empty() && !fix.is_empty(), "{error}");
            (path.clone(), error.to_string())
        }
        Ok(model) => panic!("accepted as {model:?}"),
    }
}

/// Damages a model of a layout and checks which file is named, with which words.
#[track_caller]
pub fn damaged(layout: Layout, damage: impl FnOnce(&Tiny), file: &str, words: &[&str]) {
    let tiny = Tiny::new(layout);
    Model::from_dir(tiny.path()).expect("good before");
    damage(&tiny);
    let (path, message) = refused(tiny.path());
    assert_eq!(path, tiny.path().join(file), "{message}");
    for word in words {
        assert!(message.contains(word), "no `{word}` in: {message}");
    }
}

pub fn remove(name: &'static str) -> impl FnOnce(&Tiny) {
    move |tiny| std::fs::remove_file(tiny.path().join(name)).expect("removed")
}

fn set(name: &'static str, field: &'static str, value: Value) -> impl FnOnce(&Tiny) {
    move |tiny| tiny.set(name, field, value)
}

pub fn write(name: &'static str, bytes: &'static [u8]) -> impl FnOnce(&Tiny) {
    move |tiny| std::fs::write(tiny.path().join(name), bytes).expect("written")
}

#[test]
fn no_folder_and_an_empty_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, message) = refused(folder.path());
    assert_eq!(path, folder.path().join("modules.json"));
    assert!(message.contains("missing") && message.contains("fetch"), "{message}");
    let nowhere = folder.path().join("nowhere");
    assert_eq!(refused(&nowhere).0, nowhere);
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("written");
    assert!(refused(&file).1.contains("not a folder"));
}

#[test]
fn files_that_are_missing() {
    let missing = ["missing"];
    damaged(Layout::LaBse, remove("config.json"), "config.json", &missing);
    damaged(Layout::LaBse, remove("1_Pooling/config.json"), "1_Pooling/config.json", &missing);
    damaged(Layout::LaBse, remove("2_Dense/config.json"), "2_Dense/config.json", &missing);
    let weights = "2_Dense/model.safetensors";
    damaged(Layout::Distiluse, remove(weights), weights, &missing);
    damaged(Layout::E5, remove("model.safetensors"), "model.safetensors", &missing);
    damaged(Layout::LaBse, remove("vocab.txt"), "tokenizer.json", &["vocabulary", "vocab.txt"]);
    damaged(Layout::E5, remove("tokenizer.json"), "tokenizer.json", &["vocabulary"]);
    damaged(Layout::LaBse, remove("tokenizer_config.json"), "tokenizer_config.json", &missing);
    let only_torch = |tiny: &Tiny| {
        let from = tiny.path().join("model.safetensors");
        std::fs::rename(from, tiny.path().join("pytorch_model.bin")).expect("renamed");
    };
    damaged(Layout::E5, only_torch, "model.safetensors", &["pytorch_model.bin", "convert"]);
    let only_pieces = |tiny: &Tiny| {
        let from = tiny.path().join("tokenizer.json");
        std::fs::rename(from, tiny.path().join("sentencepiece.bpe.model")).expect("renamed");
    };
    damaged(Layout::E5, only_pieces, "tokenizer.json", &["sentencepiece.bpe.model"]);
}

#[test]
fn empty_files() {
    for name in [
        "modules.json",
        "config.json",
        "sentence_bert_config.json",
        "1_Pooling/config.json",
        "2_Dense/config.json",
        "2_Dense/model.safetensors",
        "model.safetensors",
        "vocab.txt",
        "tokenizer_config.json",
    ] {
        damaged(Layout::LaBse, write(name, b""), name, &["0 bytes"]);
    }
    damaged(Layout::E5, write("tokenizer.json", b""), "tokenizer.json", &["0 bytes"]);
}

#[test]
fn files_that_are_something_else() {
    for name in ["modules.json", "config.json", "1_Pooling/config.json", "2_Dense/config.json"] {
        for bytes in [b"{".as_slice(), b"[1, 2]", b"\xff\xfe", b"null", b"{\"a\": 1}"] {
            damaged(Layout::LaBse, write(name, bytes), name, &[]);
        }
    }
    for bytes in [b"{}".as_slice(), b"{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}", b"\0"] {
        damaged(Layout::E5, write("tokenizer.json", bytes), "tokenizer.json", &["tokenizer"]);
    }
    damaged(Layout::LaBse, write("vocab.txt", b"\xff\n"), "vocab.txt", &["UTF-8"]);
    damaged(Layout::LaBse, write("vocab.txt", b"[PAD]\n[UNK]\n"), "vocab.txt", &["[CLS]"]);
    for bytes in [b"x".as_slice(), b"12345678", b"\x02\0\0\0\0\0\0\0{}", b"PK\x03\x04 zip"] {
        damaged(Layout::LaBse, write("model.safetensors", bytes), "model.safetensors", &[]);
    }
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n";
    damaged(Layout::E5, write("model.safetensors", pointer), "model.safetensors", &["LFS"]);
}

#[test]
fn truncated_weights() {
    let tiny = Tiny::new(Layout::E5);
    let path = tiny.path().join("model.safetensors");
    let whole = std::fs::read(&path).expect("read");
    let places = (1..40).map(|part| whole.len() / 40 * part);
    for length in [1, 7, 8, 9, 200].into_iter().chain(places).chain([whole.len() - 1]) {
        std::fs::write(&path, &whole[..length]).expect("written");
        assert_eq!(refused(tiny.path()).0, path, "{length}");
    }
    std::fs::write(&path, [whole.as_slice(), b"x"].concat()).expect("written");
    assert!(refused(tiny.path()).1.contains("promises"));
}

#[test]
fn models_of_an_unsupported_type() {
    for kind in ["xlm-roberta", "roberta", "t5", "BERT", ""] {
        if kind == "xlm-roberta" && RUNS_XLM_ROBERTA {
            continue;
        }
        let change = set("config.json", "model_type", json!(kind));
        damaged(Layout::LaBse, change, "config.json", &["model_type", "distilbert"]);
    }
    let change = set("config.json", "model_type", json!(null));
    damaged(Layout::LaBse, change, "config.json", &["model_type"]);
    for (field, value) in [
        ("hidden_act", json!("softsign")),
        ("position_embedding_type", json!("relative_key")),
        ("layer_norm_eps", json!(if RUNS_XLM_ROBERTA { 0.5 } else { 1e-5 })),
        ("layer_norm_eps", json!(-1e-12)),
        ("is_decoder", json!(true)),
        ("hidden_size", json!(-8)),
        ("hidden_size", json!(8.5)),
        ("hidden_size", json!(0)),
        ("num_attention_heads", json!(0)),
        ("num_attention_heads", json!(3)),
        ("vocab_size", json!(0)),
        ("type_vocab_size", json!(0)),
        ("max_position_embeddings", json!(0)),
        ("num_hidden_layers", json!("two")),
        ("num_hidden_layers", json!(0)),
    ] {
        damaged(Layout::LaBse, set("config.json", field, value), "config.json", &[]);
    }
    let odd = json!("torch.nn.modules.activation.Softplus");
    let change = set("2_Dense/config.json", "activation_function", odd);
    damaged(Layout::LaBse, change, "2_Dense/config.json", &["Softplus"]);
    for modes in [
        vec!["pooling_mode_max_tokens"],
        vec!["pooling_mode_weightedmean_tokens", "pooling_mode_max_tokens"],
    ] {
        // Beside the one that is on.
        let change = |tiny: &Tiny| {
            modes.iter().for_each(|mode| tiny.set("1_Pooling/config.json", mode, json!(true)));
        };
        damaged(Layout::LaBse, change, "1_Pooling/config.json", &["cls_token"]);
    }
    let module = |kind: &str, path: &str| json!({"idx": 0, "type": kind, "path": path});
    for list in [
        json!([]),
        json!([module("a.Transformer", "")]),
        json!([module("a.Pooling", ""), module("a.Transformer", "1_Pooling")]),
        json!([module("a.Transformer", ""), module("a.Pooling", "1_Pooling"), module("a.CNN", "")]),
        json!([module("a.Transformer", "../x"), module("a.Pooling", "1_Pooling")]),
        json!([module("a.Transformer", "/x"), module("a.Pooling", "1_Pooling")]),
    ] {
        let change = |tiny: &Tiny| tiny.write_json("modules.json", &list);
        damaged(Layout::LaBse, change, "modules.json", &[]);
    }
}

#[test]
fn sizes_that_contradict_each_other() {
    // Settings against weights.
    for (field, value) in [
        ("vocab_size", 20),
        ("hidden_size", 16),
        ("intermediate_size", 13),
        ("max_position_embeddings", 512),
        ("num_hidden_layers", 3),
        ("num_hidden_layers", 2_000_000_000),
        ("type_vocab_size", 1),
    ] {
        let file = match field {
            "hidden_size" => "1_Pooling/config.json",
            _ => "model.safetensors",
        };
        damaged(Layout::LaBse, set("config.json", field, json!(value)), file, &["take"]);
    }
    damaged(
        Layout::Distiluse,
        set("config.json", "hidden_dim", json!(9)),
        "model.safetensors",
        &[],
    );
    // Settings against each other.
    let change = set("1_Pooling/config.json", "word_embedding_dimension", json!(768));
    damaged(Layout::E5, change, "1_Pooling/config.json", &["768", "8"]);
    let change = set("2_Dense/config.json", "in_features", json!(768));
    damaged(Layout::LaBse, change, "2_Dense/config.json", &["768", "8"]);
    let change = set("2_Dense/config.json", "out_features", json!(7));
    damaged(Layout::LaBse, change, "2_Dense/model.safetensors", &["[6, 8]", "[7, 8]"]);
    for length in [0, 7, 17, 1_000_000] {
        let change = set("sentence_bert_config.json", "max_seq_length", json!(length));
        damaged(Layout::LaBse, change, "sentence_bert_config.json", &["16 positions"]);
    }
    let prompts = json!({"prompts": {"query": "query: "}, "default_prompt_name": "passage"});
    let change = |tiny: &Tiny| tiny.write_json("config_sentence_transformers.json", &prompts);
    damaged(Layout::E5, change, "config_sentence_transformers.json", &["passage"]);
    let change = set("tokenizer_config.json", "do_lower_case", json!(null));
    damaged(Layout::LaBse, change, "tokenizer_config.json", &["do_lower_case"]);
    // A vocabulary of another model.
    let more = |tiny: &Tiny| {
        let words = std::fs::read_to_string(tiny.path().join("vocab.txt")).expect("read");
        std::fs::write(tiny.path().join("vocab.txt"), words + "more\n").expect("written");
    };
    damaged(Layout::LaBse, more, "vocab.txt", &["14", "vocabulary"]);
    // A table of many more rows, in settings and weights alike.
    for (layout, file) in [(Layout::LaBse, "vocab.txt"), (Layout::E5, "tokenizer.json")] {
        let rows = |tiny: &Tiny| {
            let mut weights = tiny.weights.clone();
            let table = weights.get_mut("embeddings.word_embeddings.weight").expect("there");
            *table = (vec![400, D], vec![0.5; 400 * D]);
            save(&tiny.path().join("model.safetensors"), &weights, "");
            tiny.set("config.json", "vocab_size", json!(400));
        };
        damaged(layout, rows, file, &["ids up to 13", "400"]);
    }
    let change = |tiny: &Tiny| {
        tiny.set("1_Pooling/config.json", "word_embedding_dimension", json!(null));
        tiny.set("config.json", "hidden_size", json!(16));
    };
    damaged(Layout::E5, change, "model.safetensors", &["[14, 8]", "[14, 16]"]);
    let ids = |tiny: &Tiny| {
        let text = std::fs::read_to_string(tiny.path().join("tokenizer.json")).expect("read");
        let text = text.replace("\"ids\":[2]", "\"ids\":[999]");
        std::fs::write(tiny.path().join("tokenizer.json"), text).expect("written");
    };
    damaged(Layout::E5, ids, "tokenizer.json", &["999"]);
}

#[test]
fn variables_that_are_missing_or_no_numbers() {
    let change = |tiny: &Tiny| {
        let mut weights = tiny.weights.clone();
        weights.remove("encoder.layer.1.output.dense.bias").expect("there");
        save(&tiny.path().join("model.safetensors"), &weights, "");
    };
    let words = ["encoder.layer.1.output.dense.bias", "missing"];
    damaged(Layout::LaBse, change, "model.safetensors", &words);
    let change = |tiny: &Tiny| {
        let mut weights = tiny.weights.clone();
        let bias = weights.get_mut("encoder.layer.0.output.dense.bias").expect("there");
        bias.1[2] = f32::NAN;
        save(&tiny.path().join("model.safetensors"), &weights, "");
    };
    damaged(Layout::LaBse, change, "model.safetensors", &["NaN"]);
    let change = |tiny: &Tiny| {
        let other = [("table".to_string(), (vec![2, D], vec![0.0; 2 * D]))].into();
        save(&tiny.path().join("model.safetensors"), &other, "");
    };
    damaged(Layout::E5, change, "model.safetensors", &["embeddings.word_embeddings.weight"]);
}

#[test]
fn quantised_weights() {
    for kind in [Dtype::I8, Dtype::U8, Dtype::I32, Dtype::BOOL] {
        let change = |tiny: &Tiny| {
            save_as(&tiny.path().join("model.safetensors"), &tiny.weights, kind);
        };
        let name = format!("{kind:?}");
        damaged(Layout::E5, change, "model.safetensors", &[&name, "F32", "quantised"]);
    }
}

#[test]
fn positions_of_xlm_roberta_that_start_too_late() {
    if !RUNS_XLM_ROBERTA {
        return;
    }
    // Of 16 positions, those after the padding token's id remain.
    for (id, reason) in [(9_u32, "and 6"), (400, "and 0"), (u32::MAX, "and 0")] {
        let change = set("config.json", "pad_token_id", json!(id));
        damaged(Layout::XlmRoberta, change, "config.json", &[reason]);
    }
    let change = set("sentence_bert_config.json", "max_seq_length", json!(15));
    damaged(Layout::XlmRoberta, change, "sentence_bert_config.json", &["14 positions"]);
}

#[test]
fn settings_out_of_range() {
    let tiny = Tiny::new(Layout::E5);
    let mut all = vec![TransformerConfig::default(); 4];
    all[0].batch_texts = 0;
    all[1].batch_tokens = 0;
    all[2].threads = Some(0);
    all[3].max_tokens = Some(3);
    for config in all {
        let result = Model::from_dir_with(tiny.path(), config);
        let error = result.map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error:?}");
    }
}
