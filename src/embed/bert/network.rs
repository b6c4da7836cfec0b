//! The network that libtorch runs.

use std::sync::{Mutex, PoisonError};

use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use rust_bert::distilbert::{DistilBertConfig, DistilBertModel};
use rust_bert::{Activation as TheirActivation, RustBertError};
use tch::nn::VarStore;
use tch::{Device, Kind, TchError, Tensor};
use xxhash_rust::xxh3::Xxh3;

use super::archive;
use crate::embed::ModelError;
use crate::embed::transformer::Network;
use crate::embed::transformer::folder::{
    Abilities, Activation, DenseActivation, EncoderConfig, Layer, Plan, Pooling,
};
use crate::embed::transformer::variables::{WORDS, variables};
use crate::embed::transformer::weights::WeightsFile;

/// A network, and the number of threads that libtorch is to use. libtorch's tensors cannot be shared
/// by threads, and its threads work on one batch at a time.
pub(super) struct TorchNetwork {
    loaded: Mutex<Loaded>,
    threads: Option<usize>,
}

impl Network for TorchNetwork {
    const ABILITIES: Abilities =
        Abilities { library: "rust-bert", xlm_roberta: false, layer_norm_eps: false };
    const NAME_PREFIX: &'static str = "";

    fn read(plan: &Plan, threads: Option<usize>) -> Result<(TorchNetwork, u64), ModelError> {
        let (loaded, hash) = Loaded::read(plan)?;
        Ok((TorchNetwork { loaded: Mutex::new(loaded), threads }, hash))
    }

    fn workers(&self) -> usize {
        1
    }

    fn on_worker(&self, _: usize, work: impl FnOnce() + Send) {
        work();
    }

    fn vectors(&self, batch: &[&[u32]]) -> Result<Vec<f32>, ModelError> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(threads) = self.threads {
            tch::set_num_threads(threads as i32);
        }
        loaded.vectors(batch)
    }
}

struct Loaded {
    encoder: Encoder,
    pooling: Pooling,
    layers: Vec<Step>,
    // Owns the variables.
    _store: VarStore,
}

enum Encoder {
    Bert(BertModel<BertEmbeddings>),
    DistilBert(DistilBertModel),
}

enum Step {
    Dense { weight: Tensor, bias: Option<Tensor>, activation: DenseActivation },
    Normalize,
}

impl Loaded {
    /// Builds the network of a plan and reads its weights; returns it with the hash of the weights.
    fn read(plan: &Plan) -> Result<(Loaded, u64), ModelError> {
        let mut weights = WeightsFile::open(&plan.root, &[WORDS], Some(archive::open))?;
        // All names are checked before memory is allocated for any.
        for (name, shape) in variables(&plan.encoder) {
            weights.find(&name, &shape)?;
        }
        let mut hash = Xxh3::new();
        let layers = plan.layers.iter().map(|layer| step(layer, &mut hash));
        let layers = layers.collect::<Result<Vec<Step>, ModelError>>()?;

        let store = VarStore::new(Device::Cpu);
        let (encoder, prefix) = match &plan.encoder {
            EncoderConfig::Bert(bert) => {
                let config = BertConfig {
                    hidden_act: theirs(bert.hidden_act),
                    hidden_size: bert.hidden_size.into(),
                    intermediate_size: bert.intermediate_size.into(),
                    max_position_embeddings: bert.max_position_embeddings.into(),
                    num_attention_heads: bert.num_attention_heads.into(),
                    num_hidden_layers: bert.num_hidden_layers.into(),
                    type_vocab_size: bert.type_vocab_size.into(),
                    vocab_size: bert.vocab_size.into(),
                    ..BertConfig::default()
                };
                let model = BertModel::new_with_optional_pooler(store.root(), &config, false);
                (Encoder::Bert(model), "")
            }
            EncoderConfig::XlmRoberta(_) => {
                return Err(ModelError::Failed("rust-bert does not run xlm-roberta".to_string()));
            }
            EncoderConfig::DistilBert(bert) => {
                let config = DistilBertConfig {
                    activation: theirs(bert.activation),
                    dim: bert.dim.into(),
                    hidden_dim: bert.hidden_dim.into(),
                    max_position_embeddings: bert.max_position_embeddings.into(),
                    n_heads: bert.n_heads.into(),
                    n_layers: bert.n_layers.into(),
                    // The table is read from the file in either case.
                    sinusoidal_pos_embds: false,
                    vocab_size: bert.vocab_size.into(),
                    ..DistilBertConfig::default()
                };
                (Encoder::DistilBert(DistilBertModel::new(store.root(), &config)), "distilbert.")
            }
        };
        let mut empty = store.variables();
        for (name, shape) in variables(&plan.encoder) {
            let Some(variable) = empty.remove(&format!("{prefix}{name}")) else {
                return Err(ModelError::Failed(format!("rust-bert has no variable `{name}`")));
            };
            weights.read(&name, &shape, &mut hash, |first, part| copy(&variable, first, &part))?;
        }
        if let Some(name) = empty.keys().min() {
            return Err(ModelError::Failed(format!("rust-bert needs a variable `{name}`")));
        }
        let loaded = Loaded { encoder, pooling: plan.pooling, layers, _store: store };
        Ok((loaded, hash.digest()))
    }

    /// The vectors of a batch of texts, which are given as token ids. The rows are in the order of the texts.
    fn vectors(&self, batch: &[&[u32]]) -> Result<Vec<f32>, ModelError> {
        let length = batch.iter().map(|ids| ids.len()).max().unwrap_or(0);
        let mut ids = Vec::with_capacity(batch.len() * length);
        let mut mask = Vec::with_capacity(batch.len() * length);
        for text in batch {
            let padding = length - text.len();
            ids.extend(text.iter().copied().map(i64::from).chain(std::iter::repeat_n(0, padding)));
            mask.extend(std::iter::repeat_n(1, text.len()).chain(std::iter::repeat_n(0, padding)));
        }
        let vectors = tch::no_grad(|| self.run(&ids, &mask, batch.len(), length));
        let vectors = vectors.map_err(|error| match error {
            RunError::Torch(error) => failed(error),
            RunError::RustBert(error) => ModelError::Failed(error.to_string()),
        })?;
        let mut out = vec![0.0_f32; vectors.numel()];
        let count = out.len();
        vectors.f_copy_data(&mut out, count).map_err(failed)?;
        Ok(out)
    }

    fn run(&self, ids: &[i64], mask: &[i64], n: usize, length: usize) -> Result<Tensor, RunError> {
        let size = [n as i64, length as i64];
        let ids = Tensor::f_from_slice(ids)?.f_view(size)?;
        let mask = Tensor::f_from_slice::<i64>(mask)?.f_view(size)?;
        let hidden = match &self.encoder {
            Encoder::Bert(model) => {
                let out = model.forward_t(
                    Some(&ids),
                    Some(&mask),
                    None,
                    None,
                    None,
                    None,
                    None,
                    false,
                )?;
                out.hidden_state
            }
            Encoder::DistilBert(model) => {
                model.forward_t(Some(&ids), Some(&mask), None, false)?.hidden_state
            }
        };
        let mut vectors = match self.pooling {
            Pooling::FirstToken => hidden.f_select(1, 0)?,
            Pooling::Mean => {
                let mask = mask.f_to_kind(Kind::Float)?.f_unsqueeze(-1)?;
                let sum = hidden.f_mul(&mask)?.f_sum_dim_intlist(1, false, Kind::Float)?;
                sum.f_div(&mask.f_sum_dim_intlist(1, false, Kind::Float)?)?
            }
            Pooling::Max => {
                let padding = mask.f_eq(0)?.f_unsqueeze(-1)?;
                hidden.f_masked_fill(&padding, -1e9)?.f_amax(1, false)?
            }
        };
        for layer in &self.layers {
            vectors = match layer {
                Step::Dense { weight, bias, activation } => {
                    let out = vectors.f_linear(weight, bias.as_ref())?;
                    match activation {
                        DenseActivation::Identity => out,
                        DenseActivation::Tanh => out.f_tanh()?,
                        DenseActivation::Relu => out.f_relu()?,
                    }
                }
                Step::Normalize => {
                    let length = vectors.f_norm_scalaropt_dim(2, -1, true)?;
                    vectors.f_div(&length.f_clamp_min(1e-12)?)?
                }
            };
        }
        Ok(vectors.f_contiguous()?)
    }
}

fn step(layer: &Layer, hash: &mut Xxh3) -> Result<Step, ModelError> {
    let Layer::Dense { folder, inputs, outputs, bias, activation } = layer else {
        return Ok(Step::Normalize);
    };
    // `linear.weight` in files of sentence-transformers, `weight` in those of rust-bert.
    let mut weights = WeightsFile::open(folder, &["weight"], Some(archive::open))?;
    let mut read = |name: &str, shape: &[usize]| {
        // The shape is checked before memory is allocated for it.
        weights.find(name, shape)?;
        let size: Vec<i64> = shape.iter().map(|&size| size as i64).collect();
        let tensor = Tensor::f_zeros(&size, (Kind::Float, Device::Cpu)).map_err(failed)?;
        weights.read(name, shape, hash, |first, part| copy(&tensor, first, &part))?;
        Ok::<Tensor, ModelError>(tensor)
    };
    let weight = read("weight", &[*outputs, *inputs])?;
    let bias = if *bias { Some(read("bias", &[*outputs])?) } else { None };
    Ok(Step::Dense { weight, bias, activation: *activation })
}

/// Copies numbers into the rows of a tensor from a row on.
fn copy(into: &Tensor, first: usize, part: &[f32]) -> Result<(), String> {
    let copy = || {
        let width: i64 = into.size().iter().skip(1).product();
        let rows = part.len() as i64 / width.max(1);
        let mut place = into.f_narrow(0, first as i64, rows)?;
        place.f_copy_(&Tensor::f_from_slice(part)?.f_view_as(&place)?)
    };
    tch::no_grad(copy).map_err(|error: TchError| error.to_string())
}

fn theirs(activation: Activation) -> TheirActivation {
    match activation {
        Activation::Gelu => TheirActivation::gelu,
        Activation::GeluNew => TheirActivation::gelu_new,
        Activation::Relu => TheirActivation::relu,
        Activation::Swish => TheirActivation::swish,
        Activation::Mish => TheirActivation::mish,
        Activation::Tanh => TheirActivation::tanh,
    }
}

enum RunError {
    Torch(TchError),
    RustBert(RustBertError),
}

impl From<TchError> for RunError {
    fn from(error: TchError) -> RunError {
        RunError::Torch(error)
    }
}

impl From<RustBertError> for RunError {
    fn from(error: RustBertError) -> RunError {
        RunError::RustBert(error)
    }
}

fn failed(error: TchError) -> ModelError {
    // The other lines are the C++ stack.
    ModelError::Failed(error.to_string().lines().next().unwrap_or_default().to_string())
}
