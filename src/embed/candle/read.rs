//! Reads the weights of a network.

use candle_core::{Device, Tensor};
use xxhash_rust::xxh3::Xxh3;

use super::math::LayerNorm;
use super::network::{DenseStep, Encoder, EncoderLayer, Linear, Step, failed};
use crate::embed::ModelError;
use crate::embed::transformer::folder::{Activation, Bert, EncoderConfig, Layer, Plan};
use crate::embed::transformer::variables::{WORDS, variables};
use crate::embed::transformer::weights::WeightsFile;

/// Reads the variables of an encoder one after the other.
struct Variables<'p> {
    file: WeightsFile,
    hash: Xxh3,
    names: Box<dyn Iterator<Item = (String, Vec<usize>)> + 'p>,
}

impl Variables<'_> {
    fn next(&mut self) -> Result<Vec<f32>, ModelError> {
        let Some((name, shape)) = self.names.next() else {
            return Err(ModelError::Failed("the encoder has too few variables".to_string()));
        };
        read(&mut self.file, &name, &shape, &mut self.hash)
    }

    fn linear(&mut self, outputs: usize, inputs: usize) -> Result<Linear, ModelError> {
        let (weight, bias) = (self.next()?, self.next()?);
        linear(weight, bias, outputs, inputs)
    }

    fn norm(&mut self, eps: f32) -> Result<LayerNorm, ModelError> {
        Ok(LayerNorm { weight: self.next()?, bias: self.next()?, eps })
    }

    /// One layer. The variables of all architectures have this order.
    fn layer(&mut self, d: usize, inner: usize, eps: f32) -> Result<EncoderLayer, ModelError> {
        let (mut weights, mut biases) = (Vec::with_capacity(3 * d * d), Vec::with_capacity(3 * d));
        for _ in ["query", "key", "value"] {
            weights.extend(self.next()?);
            biases.extend(self.next()?);
        }
        Ok(EncoderLayer {
            project: linear(weights, biases, 3 * d, d)?,
            out: self.linear(d, d)?,
            attended: self.norm(eps)?,
            widen: self.linear(inner, d)?,
            narrow: self.linear(d, inner)?,
            finished: self.norm(eps)?,
        })
    }
}

/// Builds the encoder of a plan and reads its weights; returns it with the hash of the weights.
pub(super) fn encoder(plan: &Plan) -> Result<(Encoder, u64), ModelError> {
    let file = WeightsFile::open(&plan.root, &[WORDS], None)?;
    // All names are checked before memory is allocated for any.
    for (name, shape) in variables(&plan.encoder) {
        file.find(&name, &shape)?;
    }
    let mut hash = Xxh3::new();
    let after = plan.layers.iter().map(|layer| step(layer, &mut hash));
    let after = after.collect::<Result<Vec<Step>, ModelError>>()?;

    let sizes = match &plan.encoder {
        EncoderConfig::DistilBert(it) => Sizes {
            d: it.dim,
            inner: it.hidden_dim,
            layers: it.n_layers,
            heads: it.n_heads,
            activation: it.activation,
            eps: 1e-12,
        },
        EncoderConfig::Bert(it) => Sizes::of(it),
        EncoderConfig::XlmRoberta(it) => Sizes::of(&it.bert),
    };
    let (d, inner, eps) = (sizes.d as usize, sizes.inner as usize, sizes.eps as f32);
    let mut all = Variables { file, hash, names: variables(&plan.encoder) };
    let (words, mut positions) = (all.next()?, all.next()?);
    if !matches!(plan.encoder, EncoderConfig::DistilBert(_)) {
        // All tokens are of the first type.
        let types = all.next()?;
        for row in positions.chunks_exact_mut(d) {
            row.iter_mut().zip(&types).for_each(|(value, of_type)| *value += of_type);
        }
    }
    let embedded = all.norm(eps)?;
    let layers = (0..sizes.layers).map(|_| all.layer(d, inner, eps));
    let layers = layers.collect::<Result<Vec<EncoderLayer>, ModelError>>()?;
    let encoder = Encoder {
        words,
        positions,
        padding: match &plan.encoder {
            EncoderConfig::XlmRoberta(it) => Some(it.pad_token_id),
            _ => None,
        },
        embedded,
        layers,
        activation: sizes.activation,
        heads: sizes.heads as usize,
        pooling: plan.pooling,
        after,
    };
    Ok((encoder, all.hash.digest()))
}

/// What the layers of an encoder have in common, whatever its architecture calls it.
struct Sizes {
    d: u32,
    inner: u32,
    layers: u32,
    heads: u32,
    activation: Activation,
    eps: f64,
}

impl Sizes {
    fn of(bert: &Bert) -> Sizes {
        Sizes {
            d: bert.hidden_size,
            inner: bert.intermediate_size,
            layers: bert.num_hidden_layers,
            heads: bert.num_attention_heads,
            activation: bert.hidden_act,
            eps: bert.layer_norm_eps(),
        }
    }
}

fn step(layer: &Layer, hash: &mut Xxh3) -> Result<Step, ModelError> {
    let Layer::Dense { folder, inputs, outputs, bias, activation } = layer else {
        return Ok(Step::Normalize);
    };
    // `linear.weight` in files of sentence-transformers, `weight` in those of rust-bert.
    let mut file = WeightsFile::open(folder, &["weight"], None)?;
    let weight = read(&mut file, "weight", &[*outputs, *inputs], hash)?;
    let bias =
        if *bias { read(&mut file, "bias", &[*outputs], hash)? } else { vec![0.0; *outputs] };
    let linear = linear(weight, bias, *outputs, *inputs)?;
    Ok(Step::Dense(DenseStep { linear, activation: *activation }))
}

fn read(
    file: &mut WeightsFile,
    name: &str,
    shape: &[usize],
    hash: &mut Xxh3,
) -> Result<Vec<f32>, ModelError> {
    // The shape is checked before memory is allocated for it.
    file.find(name, shape)?;
    let mut values = Vec::with_capacity(shape.iter().product());
    file.read(name, shape, hash, |_, part| {
        values.extend(part);
        Ok(())
    })?;
    Ok(values)
}

fn linear(
    weight: Vec<f32>,
    bias: Vec<f32>,
    outputs: usize,
    inputs: usize,
) -> Result<Linear, ModelError> {
    let weight = Tensor::from_vec(weight, (outputs, inputs), &Device::Cpu).and_then(|it| it.t());
    Ok(Linear { weight: weight.map_err(failed)?, bias })
}
