//! Reads the configuration files of a folder in the layout of sentence-transformers, and checks them
//! against each other.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::embed::ModelError;

const FETCH_AGAIN: &str = "fetch all files of the model again";

/// The model that the configuration files describe.
#[derive(Debug)]
pub(in crate::embed) struct Plan {
    /// The folder with the encoder's files.
    pub(in crate::embed) root: PathBuf,
    pub(in crate::embed) encoder: EncoderConfig,
    pub(in crate::embed) pooling: Pooling,
    pub(in crate::embed) layers: Vec<Layer>,
    /// The dimension of the sentence vectors.
    pub(in crate::embed) dimension: usize,
    /// The largest number of tokens of a text.
    pub(in crate::embed) limit: usize,
    /// Whether texts are lowercased first.
    pub(in crate::embed) lower: bool,
    /// The default prompt of the folder.
    pub(in crate::embed) prompt: String,
}

#[derive(Debug)]
pub(in crate::embed) enum EncoderConfig {
    Bert(Bert),
    DistilBert(DistilBert),
    XlmRoberta(XlmRoberta),
}

/// A BERT whose positions are counted from the id of the padding token.
#[derive(Debug, Deserialize)]
pub(in crate::embed) struct XlmRoberta {
    #[serde(flatten)]
    pub(in crate::embed) bert: Bert,
    #[serde(default = "one")]
    pub(in crate::embed) pad_token_id: u32,
}

fn one() -> u32 {
    1
}

/// What a library can run.
pub(in crate::embed) struct Abilities {
    /// The name of the library.
    pub(in crate::embed) library: &'static str,
    pub(in crate::embed) xlm_roberta: bool,
    /// Whether it uses the `layer_norm_eps` of the file, and not always 1e-12.
    pub(in crate::embed) layer_norm_eps: bool,
}

#[derive(Debug, Deserialize)]
pub(in crate::embed) struct Bert {
    pub(in crate::embed) hidden_size: u32,
    pub(in crate::embed) num_hidden_layers: u32,
    pub(in crate::embed) num_attention_heads: u32,
    pub(in crate::embed) intermediate_size: u32,
    pub(in crate::embed) vocab_size: u32,
    pub(in crate::embed) max_position_embeddings: u32,
    pub(in crate::embed) type_vocab_size: u32,
    pub(in crate::embed) hidden_act: Activation,
    layer_norm_eps: Option<f64>,
    position_embedding_type: Option<String>,
    is_decoder: Option<bool>,
}

impl Bert {
    /// What is added to the variance before the division by its root.
    pub(in crate::embed) fn layer_norm_eps(&self) -> f64 {
        self.layer_norm_eps.unwrap_or(1e-12)
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::embed) struct DistilBert {
    pub(in crate::embed) dim: u32,
    pub(in crate::embed) n_layers: u32,
    pub(in crate::embed) n_heads: u32,
    pub(in crate::embed) hidden_dim: u32,
    pub(in crate::embed) vocab_size: u32,
    pub(in crate::embed) max_position_embeddings: u32,
    pub(in crate::embed) activation: Activation,
}

/// The activations under the names that configurations use.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::embed) enum Activation {
    Gelu,
    GeluNew,
    Relu,
    #[serde(alias = "silu")]
    Swish,
    Mish,
    Tanh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::embed) enum Pooling {
    FirstToken,
    Mean,
    Max,
}

#[derive(Debug)]
pub(in crate::embed) enum Layer {
    Dense {
        folder: PathBuf,
        inputs: usize,
        outputs: usize,
        bias: bool,
        activation: DenseActivation,
    },
    Normalize,
}

impl Layer {
    fn shape(&self) -> String {
        match self {
            Layer::Dense { inputs, outputs, bias, activation, .. } => {
                format!("{inputs} {outputs} {bias} {activation:?}")
            }
            Layer::Normalize => "normalize".to_string(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(in crate::embed) enum DenseActivation {
    Identity,
    Tanh,
    Relu,
}

impl EncoderConfig {
    pub(in crate::embed) fn name(&self) -> &'static str {
        match self {
            EncoderConfig::Bert(_) => "bert",
            EncoderConfig::DistilBert(_) => "distilbert",
            EncoderConfig::XlmRoberta(_) => "xlm-roberta",
        }
    }

    /// Dimension, heads, vocabulary, positions.
    fn sizes(&self) -> [u32; 4] {
        match self {
            EncoderConfig::Bert(it) | EncoderConfig::XlmRoberta(XlmRoberta { bert: it, .. }) => {
                [it.hidden_size, it.num_attention_heads, it.vocab_size, it.max_position_embeddings]
            }
            EncoderConfig::DistilBert(it) => {
                [it.dim, it.n_heads, it.vocab_size, it.max_position_embeddings]
            }
        }
    }

    fn layers(&self) -> u32 {
        match self {
            EncoderConfig::Bert(it) | EncoderConfig::XlmRoberta(XlmRoberta { bert: it, .. }) => {
                it.num_hidden_layers
            }
            EncoderConfig::DistilBert(it) => it.n_layers,
        }
    }

    /// The largest number of tokens of a text.
    fn positions(&self) -> usize {
        let all = self.sizes()[3];
        let first = match self {
            EncoderConfig::XlmRoberta(it) => it.pad_token_id.saturating_add(1),
            _ => 0,
        };
        all.saturating_sub(first) as usize
    }

    /// Rows of the table of word vectors.
    pub(in crate::embed) fn vocabulary(&self) -> usize {
        self.sizes()[2] as usize
    }
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
    path: String,
}

#[derive(Deserialize)]
struct ModelType {
    model_type: Option<String>,
}

#[derive(Deserialize, Default)]
struct Sentence {
    max_seq_length: Option<u32>,
    #[serde(default)]
    do_lower_case: bool,
}

#[derive(Deserialize)]
struct PoolingFile {
    word_embedding_dimension: Option<usize>,
    #[serde(flatten)]
    modes: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct DenseFile {
    in_features: usize,
    out_features: usize,
    bias: Option<bool>,
    activation_function: Option<String>,
}

#[derive(Deserialize, Default)]
struct Prompts {
    #[serde(default)]
    prompts: HashMap<String, String>,
    default_prompt_name: Option<String>,
}

impl Plan {
    /// Reads all configuration files of a folder.
    pub(in crate::embed) fn read(folder: &Path, abilities: &Abilities) -> Result<Plan, ModelError> {
        if !folder.is_dir() {
            let fix = "give the folder that holds the model's `modules.json`";
            return Err(wrong(folder, "not a folder", fix));
        }
        let list = folder.join("modules.json");
        let modules: Vec<Module> = json(&list)?;
        let mut steps = Vec::with_capacity(modules.len());
        for module in &modules {
            let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
            if !Path::new(&module.path).components().all(inside) {
                let reason = format!("its path `{}` leads out of the folder", module.path);
                return Err(wrong(&list, reason, FETCH_AGAIN));
            }
            let kind = module.kind.rsplit('.').next().unwrap_or_default();
            steps.push((kind, folder.join(&module.path)));
        }
        let [("Transformer", root), ("Pooling", pooling), layers @ ..] = steps.as_slice() else {
            let kinds: Vec<&str> = steps.iter().map(|(kind, _)| *kind).collect();
            let reason = format!("its modules are {kinds:?}");
            return Err(wrong(&list, reason, "a model has a Transformer, then a Pooling"));
        };
        let encoder = encoder(&root.join("config.json"), abilities)?;
        let dimension = encoder.sizes()[0] as usize;
        let pooling = read_pooling(&pooling.join("config.json"), dimension)?;
        let (layers, dimension) = read_layers(layers, dimension, &list)?;
        let (limit, lower) = limit(root, encoder.positions())?;
        let prompt = prompt(&folder.join("config_sentence_transformers.json"))?;
        let root = root.clone();
        Ok(Plan { root, encoder, pooling, layers, dimension, limit, lower, prompt })
    }

    /// A description of the computation, for the fingerprint. Equal configurations have equal descriptions.
    pub(in crate::embed) fn shape(&self) -> String {
        let layers: Vec<String> = self.layers.iter().map(Layer::shape).collect();
        format!("{:?} {:?} {layers:?} {}", self.encoder, self.pooling, self.lower)
    }
}

fn encoder(path: &Path, abilities: &Abilities) -> Result<EncoderConfig, ModelError> {
    let supported = || match abilities.xlm_roberta {
        true => {
            "`bert`, `distilbert` and `xlm-roberta` are supported: use such a model".to_string()
        }
        false => format!(
            "{} runs `bert` and `distilbert`; the feature `candle` also runs `xlm-roberta`",
            abilities.library
        ),
    };
    let kind: ModelType = json(path)?;
    let encoder = match kind.model_type.as_deref() {
        Some("bert") => EncoderConfig::Bert(json(path)?),
        Some("distilbert") => EncoderConfig::DistilBert(json(path)?),
        Some("xlm-roberta") if abilities.xlm_roberta => EncoderConfig::XlmRoberta(json(path)?),
        Some(other) => return Err(wrong(path, format!("model_type is `{other}`"), supported())),
        None => return Err(wrong(path, "it names no model_type", supported())),
    };
    let [dimension, heads, vocabulary, _] = encoder.sizes();
    let positions = encoder.positions();
    if [dimension, heads, vocabulary].contains(&0) || positions < 8 {
        let reason = format!("sizes of {dimension}, {heads}, {vocabulary} and {positions}");
        return Err(wrong(path, reason, FETCH_AGAIN));
    }
    if dimension % heads != 0 {
        let reason = format!("a dimension of {dimension} cannot be shared by {heads} heads");
        return Err(wrong(path, reason, FETCH_AGAIN));
    }
    if encoder.layers() == 0 {
        return Err(wrong(path, "an encoder of 0 layers", FETCH_AGAIN));
    }
    if let EncoderConfig::Bert(bert) | EncoderConfig::XlmRoberta(XlmRoberta { bert, .. }) = &encoder
    {
        let library = abilities.library;
        let eps = bert.layer_norm_eps();
        let (range, expected) = if abilities.layer_norm_eps {
            (0.0..=1e-3, "between 0 and 0.001")
        } else {
            // The library uses this value and ignores the one in the file.
            (0.0..=1e-9, "1e-12")
        };
        if !range.contains(&eps) {
            let fix = format!("take a model whose layer_norm_eps is {expected}");
            return Err(wrong(path, format!("layer_norm_eps is {eps}, not {expected}"), fix));
        }
        if let Some(kind) = bert.position_embedding_type.as_ref().filter(|kind| *kind != "absolute")
        {
            let fix = format!("take a model without this; {library} does not have it");
            return Err(wrong(path, format!("position_embedding_type is `{kind}`"), fix));
        }
        if bert.is_decoder == Some(true) {
            return Err(wrong(path, "is_decoder is true", "take an encoder"));
        }
        if bert.type_vocab_size == 0 {
            return Err(wrong(path, "type_vocab_size is 0", FETCH_AGAIN));
        }
    }
    Ok(encoder)
}

fn read_pooling(path: &Path, dimension: usize) -> Result<Pooling, ModelError> {
    let file: PoolingFile = json(path)?;
    if let Some(of) = file.word_embedding_dimension.filter(|of| *of != dimension) {
        let reason = format!("word_embedding_dimension is {of}, the encoder's is {dimension}");
        return Err(wrong(path, reason, "take both files from one model"));
    }
    let on = |(mode, value): (&String, &serde_json::Value)| {
        let name = mode.strip_prefix("pooling_mode_")?.to_string();
        (value == true).then_some(name)
    };
    let mut modes: Vec<String> = file.modes.iter().filter_map(on).collect();
    modes.sort_unstable();
    match modes.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cls_token"] => Ok(Pooling::FirstToken),
        ["mean_tokens"] => Ok(Pooling::Mean),
        ["max_tokens"] => Ok(Pooling::Max),
        _ => {
            let fix = "use one of cls_token, mean_tokens and max_tokens";
            Err(wrong(path, format!("pooling modes {modes:?}"), fix))
        }
    }
}

/// The layers after pooling, and the dimension of their output.
fn read_layers(
    steps: &[(&str, PathBuf)],
    mut dimension: usize,
    list: &Path,
) -> Result<(Vec<Layer>, usize), ModelError> {
    let mut layers = Vec::with_capacity(steps.len());
    for (kind, folder) in steps {
        match *kind {
            "Normalize" => layers.push(Layer::Normalize),
            "Dense" => {
                let path = folder.join("config.json");
                let file: DenseFile = json(&path)?;
                if file.in_features != dimension || file.out_features == 0 {
                    let (inputs, outputs) = (file.in_features, file.out_features);
                    let reason = format!(
                        "it takes {inputs} numbers to {outputs}, where {dimension} come in"
                    );
                    return Err(wrong(&path, reason, "take all files from one model"));
                }
                dimension = file.out_features;
                let name = file.activation_function.as_deref().unwrap_or("Tanh");
                let activation = match name.rsplit('.').next() {
                    Some("Tanh") => DenseActivation::Tanh,
                    Some("Identity") => DenseActivation::Identity,
                    Some("ReLU") => DenseActivation::Relu,
                    _ => {
                        let fix = "Tanh, Identity and ReLU are supported";
                        return Err(wrong(&path, format!("activation_function `{name}`"), fix));
                    }
                };
                layers.push(Layer::Dense {
                    folder: folder.clone(),
                    inputs: file.in_features,
                    outputs: file.out_features,
                    bias: file.bias.unwrap_or(true),
                    activation,
                });
            }
            other => {
                let reason = format!("a module `{other}` after the pooling");
                return Err(wrong(list, reason, "Dense and Normalize are supported"));
            }
        }
    }
    Ok((layers, dimension))
}

/// The largest number of tokens of a text, and whether texts are lowercased.
fn limit(root: &Path, positions: usize) -> Result<(usize, bool), ModelError> {
    let path = root.join("sentence_bert_config.json");
    let file: Sentence = if path.exists() { json(&path)? } else { Sentence::default() };
    let limit = file.max_seq_length.map_or(positions, |length| length as usize);
    if !(8..=positions).contains(&limit) {
        let reason =
            format!("max_seq_length is {limit}, but the encoder has {positions} positions");
        return Err(wrong(&path, reason, format!("set it to 8 to {positions}")));
    }
    Ok((limit, file.do_lower_case))
}

fn prompt(path: &Path) -> Result<String, ModelError> {
    if !path.exists() {
        return Ok(String::new());
    }
    let mut file: Prompts = json(path)?;
    let Some(name) = file.default_prompt_name else { return Ok(String::new()) };
    file.prompts.remove(&name).ok_or_else(|| {
        let reason = format!("default_prompt_name is `{name}`, which is not among its prompts");
        wrong(path, reason, FETCH_AGAIN)
    })
}

/// An error that names a file and says what to do.
pub(in crate::embed) fn wrong(
    path: &Path,
    reason: impl ToString,
    fix: impl ToString,
) -> ModelError {
    ModelError::Folder {
        path: path.to_path_buf(),
        reason: reason.to_string(),
        fix: fix.to_string(),
    }
}

/// The bytes of a file that is not empty.
pub(in crate::embed) fn bytes(path: &Path) -> Result<Vec<u8>, ModelError> {
    match std::fs::read(path) {
        Ok(bytes) if bytes.is_empty() => Err(wrong(path, "the file has 0 bytes", FETCH_AGAIN)),
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(wrong(path, "the file is missing", FETCH_AGAIN))
        }
        Err(error) => Err(wrong(path, error, "make it readable")),
    }
}

pub(in crate::embed) fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ModelError> {
    serde_json::from_slice(&bytes(path)?).map_err(|error| wrong(path, error, FETCH_AGAIN))
}
