//! Tiny models of the layouts, with weights from a formula, and what they
//! must compute, in plain `ndarray` and 64 bits.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use ndarray::{Array1, Array2, Axis, Slice};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};
use tempfile::TempDir;

pub const D: usize = 8;
const HEADS: usize = 2;
const LAYERS: usize = 2;
const INNER: usize = 12;
const POSITIONS: usize = 16;
pub const OUT: usize = 6;

/// The vocabulary of the WordPiece models, a word a line.
pub const WORDS: [&str; 14] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "bridge", "open", "##ed", "ist", "міст", ".", "##s",
    "offen", "was",
];

/// The pieces of the SentencePiece model. Their scores decrease with the index.
pub const PIECES: [&str; 14] = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁the",
    "▁bridge",
    "▁open",
    "ed",
    "▁ist",
    "▁міст",
    ".",
    "s",
    "▁",
    "▁query:",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// BERT, WordPiece, first token, Dense with tanh, Normalize.
    LaBse,
    /// DistilBERT, WordPiece, mean, Dense with tanh.
    Distiluse,
    /// BERT, SentencePiece, mean, Normalize.
    E5,
    /// XLM-RoBERTa, SentencePiece, mean, Normalize; positions from 2, another epsilon.
    XlmRoberta,
}

impl Layout {
    pub fn has_dense(self) -> bool {
        matches!(self, Layout::LaBse | Layout::Distiluse)
    }

    fn eps(self) -> f64 {
        if self == Layout::XlmRoberta { 1e-5 } else { 1e-12 }
    }

    /// The position of the first token.
    fn first_position(self) -> usize {
        if self == Layout::XlmRoberta { 2 } else { 0 }
    }

    /// The kinds of tokens.
    fn types(self) -> usize {
        if self == Layout::XlmRoberta { 1 } else { 2 }
    }
}

/// A tensor: shape and values.
pub type Tensor = (Vec<usize>, Vec<f32>);

pub struct Tiny {
    pub layout: Layout,
    pub folder: TempDir,
    /// Names without prefix.
    pub weights: BTreeMap<String, Tensor>,
    pub dense: BTreeMap<String, Tensor>,
}

impl Tiny {
    pub fn new(layout: Layout) -> Tiny {
        let mut weights = BTreeMap::new();
        let mut seed = 1.0;
        let mut add = |name: String, shape: &[usize]| {
            seed += 1.7;
            weights.insert(name.clone(), formula(&name, shape, seed));
        };
        add("embeddings.word_embeddings.weight".into(), &[WORDS.len(), D]);
        add("embeddings.position_embeddings.weight".into(), &[POSITIONS, D]);
        if layout != Layout::Distiluse {
            add("embeddings.token_type_embeddings.weight".into(), &[layout.types(), D]);
        }
        for part in ["weight", "bias"] {
            add(format!("embeddings.LayerNorm.{part}"), &[D]);
        }
        let names = names(layout);
        for layer in 0..LAYERS {
            for (name, out, inputs) in [
                (names[0], D, D),
                (names[1], D, D),
                (names[2], D, D),
                (names[3], D, D),
                (names[5], INNER, D),
                (names[6], D, INNER),
            ] {
                add(format!("{}{layer}.{name}.weight", stem(layout)), &[out, inputs]);
                add(format!("{}{layer}.{name}.bias", stem(layout)), &[out]);
            }
            for name in [names[4], names[7]] {
                add(format!("{}{layer}.{name}.weight", stem(layout)), &[D]);
                add(format!("{}{layer}.{name}.bias", stem(layout)), &[D]);
            }
        }
        let mut dense = BTreeMap::new();
        if layout.has_dense() {
            dense.insert("linear.weight".into(), formula("linear.weight", &[OUT, D], 0.3));
            dense.insert("linear.bias".into(), formula("linear.bias", &[OUT], 0.9));
        }
        let tiny = Tiny { layout, folder: TempDir::new().expect("a folder"), weights, dense };
        tiny.write();
        tiny
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write_json(&self, name: &str, value: &Value) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, value.to_string()).expect("written");
    }

    /// Changes one field of a file of settings.
    pub fn set(&self, name: &str, field: &str, value: Value) {
        let text = std::fs::read(self.path().join(name)).expect("read");
        let mut file: Value = serde_json::from_slice(&text).expect("JSON");
        file[field] = value;
        self.write_json(name, &file);
    }

    fn write(&self) {
        let module = |at: usize, path: &str, kind: &str| {
            let kind = format!("sentence_transformers.models.{kind}");
            json!({"idx": at, "name": at.to_string(), "path": path, "type": kind})
        };
        let mut modules = vec![module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")];
        if self.layout.has_dense() {
            modules.push(module(2, "2_Dense", "Dense"));
            self.write_json(
                "2_Dense/config.json",
                &json!({"in_features": D, "out_features": OUT, "bias": true,
                    "activation_function": "torch.nn.modules.activation.Tanh"}),
            );
            save(&self.path().join("2_Dense/model.safetensors"), &self.dense, "");
        }
        if self.layout != Layout::Distiluse {
            modules.push(module(modules.len(), "3_Normalize", "Normalize"));
        }
        self.write_json("modules.json", &Value::Array(modules));
        let config = match self.layout {
            Layout::Distiluse => json!({"model_type": "distilbert", "dim": D, "n_layers": LAYERS,
                "n_heads": HEADS, "hidden_dim": INNER, "vocab_size": WORDS.len(),
                "max_position_embeddings": POSITIONS, "activation": "gelu",
                "sinusoidal_pos_embds": false}),
            layout => {
                json!({"model_type": if layout == Layout::XlmRoberta { "xlm-roberta" } else { "bert" },
                "pad_token_id": 1, "hidden_size": D, "num_hidden_layers": LAYERS,
                "num_attention_heads": HEADS, "intermediate_size": INNER,
                "vocab_size": WORDS.len(), "max_position_embeddings": POSITIONS,
                "type_vocab_size": layout.types(), "hidden_act": "gelu", "layer_norm_eps": layout.eps(),
                "position_embedding_type": "absolute"})
            }
        };
        self.write_json("config.json", &config);
        self.write_json(
            "1_Pooling/config.json",
            &json!({"word_embedding_dimension": D, "pooling_mode_max_tokens": false,
                "pooling_mode_cls_token": self.layout == Layout::LaBse,
                "pooling_mode_mean_tokens": self.layout != Layout::LaBse,
                "pooling_mode_mean_sqrt_len_tokens": false}),
        );
        let limit = json!({"max_seq_length": POSITIONS - 4, "do_lower_case": false});
        self.write_json("sentence_bert_config.json", &limit);
        if matches!(self.layout, Layout::E5 | Layout::XlmRoberta) {
            self.write_json("tokenizer.json", &unigram());
        } else {
            std::fs::write(self.path().join("vocab.txt"), WORDS.join("\n") + "\n")
                .expect("written");
            self.write_json("tokenizer_config.json", &json!({"do_lower_case": false}));
        }
        // As each is published.
        let prefix = match self.layout {
            Layout::Distiluse => "distilbert.",
            Layout::XlmRoberta => "roberta.",
            Layout::LaBse | Layout::E5 => "",
        };
        self.save(prefix);
    }

    pub fn save(&self, prefix: &str) {
        save(&self.path().join("model.safetensors"), &self.weights, prefix);
    }

    /// What must come out for ids.
    pub fn expected(&self, ids: &[usize]) -> Array1<f64> {
        let hidden = self.encode(ids);
        let pooled = match self.layout {
            Layout::LaBse => hidden.row(0).to_owned(),
            _ => hidden.mean_axis(Axis(0)).expect("not empty"),
        };
        let out = match self.layout {
            Layout::E5 | Layout::XlmRoberta => pooled,
            _ => {
                let weight = matrix(&self.dense["linear.weight"]);
                (weight.dot(&pooled) + vector(&self.dense["linear.bias"])).mapv(f64::tanh)
            }
        };
        // Every embedder gives rows of length 1.
        let length = out.dot(&out).sqrt();
        out / length
    }

    fn encode(&self, ids: &[usize]) -> Array2<f64> {
        let get = |name: &str| matrix(&self.weights[name]);
        let words = get("embeddings.word_embeddings.weight");
        let positions = get("embeddings.position_embeddings.weight");
        let first = self.layout.first_position();
        let positions = positions.slice_axis(Axis(0), Slice::from(first..first + ids.len()));
        let mut x = words.select(Axis(0), ids) + positions;
        if self.layout != Layout::Distiluse {
            x += &get("embeddings.token_type_embeddings.weight").row(0);
        }
        let mut x = self.norm(&x, "embeddings.LayerNorm");
        let names = names(self.layout);
        for layer in 0..LAYERS {
            let at = |name: &str| format!("{}{layer}.{name}", stem(self.layout));
            let [q, k, v] = [0, 1, 2].map(|part| self.linear(&x, &at(names[part])));
            let mut context = Array2::zeros((ids.len(), D));
            let size = D / HEADS;
            for head in 0..HEADS {
                let part = Slice::from(head * size..(head + 1) * size);
                let [q, k, v] = [&q, &k, &v].map(|all| all.slice_axis(Axis(1), part));
                let scores = q.dot(&k.t()) / (size as f64).sqrt();
                let mut weights = scores.mapv(f64::exp);
                for mut row in weights.rows_mut() {
                    let sum = row.sum();
                    row /= sum;
                }
                context.slice_axis_mut(Axis(1), part).assign(&weights.dot(&v));
            }
            x = self.norm(&(x + self.linear(&context, &at(names[3]))), &at(names[4]));
            let inner = self.linear(&x, &at(names[5])).mapv(gelu);
            x = self.norm(&(x + self.linear(&inner, &at(names[6]))), &at(names[7]));
        }
        x
    }

    fn linear(&self, x: &Array2<f64>, name: &str) -> Array2<f64> {
        let weight = matrix(&self.weights[&format!("{name}.weight")]);
        x.dot(&weight.t()) + vector(&self.weights[&format!("{name}.bias")])
    }

    fn norm(&self, x: &Array2<f64>, name: &str) -> Array2<f64> {
        let (weight, bias) = (
            vector(&self.weights[&format!("{name}.weight")]),
            vector(&self.weights[&format!("{name}.bias")]),
        );
        let mut out = x.clone();
        for mut row in out.rows_mut() {
            let mean = row.sum() / row.len() as f64;
            row -= mean;
            let variance = row.dot(&row) / row.len() as f64;
            row /= (variance + self.layout.eps()).sqrt();
            row *= &weight;
            row += &bias;
        }
        out
    }
}

/// The name before the number of a layer.
fn stem(layout: Layout) -> &'static str {
    match layout {
        Layout::Distiluse => "transformer.layer.",
        _ => "encoder.layer.",
    }
}

/// Query, key, value, output, norm, inner, outer, norm.
fn names(layout: Layout) -> [&'static str; 8] {
    match layout {
        Layout::Distiluse => [
            "attention.q_lin",
            "attention.k_lin",
            "attention.v_lin",
            "attention.out_lin",
            "sa_layer_norm",
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm",
        ],
        _ => [
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
            "attention.output.LayerNorm",
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm",
        ],
    }
}

fn formula(name: &str, shape: &[usize], seed: f32) -> Tensor {
    let count = shape.iter().product::<usize>();
    let norm = name.to_lowercase().contains("norm") && name.ends_with("weight");
    let value = |at: usize| (seed + at as f32 * 0.731).sin() * 0.6 + f32::from(u8::from(norm));
    (shape.to_vec(), (0..count).map(value).collect())
}

pub fn save(path: &Path, tensors: &BTreeMap<String, Tensor>, prefix: &str) {
    let bytes: BTreeMap<String, Vec<u8>> = tensors
        .iter()
        .map(|(name, (_, values))| {
            let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (format!("{prefix}{name}"), bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, (shape, _))| {
        let name = format!("{prefix}{name}");
        let view = TensorView::new(Dtype::F32, shape.clone(), &bytes[&name]).expect("a tensor");
        (name, view)
    });
    let metadata = HashMap::from([("format".to_string(), "pt".to_string())]);
    let file = safetensors::serialize(views, Some(metadata)).expect("serialized");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, file).expect("written");
}

/// Saves tensors as numbers of another type; returns them as they are read.
pub fn save_as(
    path: &Path,
    tensors: &BTreeMap<String, Tensor>,
    kind: Dtype,
) -> BTreeMap<String, Tensor> {
    // Rounded to numbers that BF16 and F16 have: 8 bits, and none very small.
    let round =
        |value: f32| f32::from_bits(((value + value.signum() * 0.01).to_bits() >> 16) << 16);
    let bytes_of = |value: f32| match kind {
        Dtype::F64 => f64::from(value).to_le_bytes().to_vec(),
        Dtype::BF16 => ((value.to_bits() >> 16) as u16).to_le_bytes().to_vec(),
        Dtype::F16 => {
            let bits = value.to_bits();
            let exponent = (bits >> 23 & 255) - 112;
            let half = (bits >> 16 & 0x8000) | exponent << 10 | (bits >> 13 & 1023);
            (half as u16).to_le_bytes().to_vec()
        }
        // Integers.
        kind => vec![1; kind.bitsize() / 8],
    };
    let rounded: BTreeMap<String, Tensor> = tensors
        .iter()
        .map(|(name, (shape, values))| {
            (name.clone(), (shape.clone(), values.iter().copied().map(round).collect()))
        })
        .collect();
    let bytes: BTreeMap<&String, Vec<u8>> = rounded
        .iter()
        .map(|(name, (_, values))| (name, values.iter().copied().flat_map(bytes_of).collect()))
        .collect();
    let views = rounded.iter().map(|(name, (shape, _))| {
        (name, TensorView::new(kind, shape.clone(), &bytes[name]).expect("a tensor"))
    });
    let file = safetensors::serialize(views, None).expect("serialized");
    std::fs::write(path, file).expect("written");
    rounded
}

/// A tokenizer like that of XLM-R, with few pieces.
fn unigram() -> Value {
    let vocab: Vec<Value> = PIECES
        .iter()
        .enumerate()
        .map(|(at, piece)| json!([piece, if at < 4 { 0.0 } else { -(at as f64) / 4.0 }]))
        .collect();
    let special = |id: usize| {
        json!({"id": id, "content": PIECES[id], "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true})
    };
    let token = |name: &str| json!({"SpecialToken": {"id": name, "type_id": 0}});
    let sequence = |id: &str| json!({"Sequence": {"id": id, "type_id": 0}});
    json!({
        "version": "1.0", "truncation": null, "padding": null,
        "added_tokens": [special(0), special(1), special(2), special(3)],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"},
            {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}
        ]},
        "post_processor": {"type": "TemplateProcessing",
            "single": [token("<s>"), sequence("A"), token("</s>")],
            "pair": [token("<s>"), sequence("A"), token("</s>"), sequence("B"), token("</s>")],
            "special_tokens": {
                "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}},
        "decoder": null,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocab, "byte_fallback": false}
    })
}

fn matrix((shape, values): &Tensor) -> Array2<f64> {
    let values = values.iter().map(|value| f64::from(*value)).collect();
    Array2::from_shape_vec((shape[0], shape[1]), values).expect("a matrix")
}

fn vector((_, values): &Tensor) -> Array1<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2))
}

/// The Maclaurin series, exact enough for the small numbers here.
fn erf(x: f64) -> f64 {
    assert!(x.abs() < 5.0, "{x}");
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= -x * x / n as f64;
        sum += term / (2 * n + 1) as f64;
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}
