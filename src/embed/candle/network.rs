//! The network: the computation from token ids to the vectors of texts.

use std::ops::Range;

use candle_core::{Device, Storage, Tensor};

use super::attention::attend;
use super::math::{LayerNorm, activated};
use crate::embed::ModelError;
use crate::embed::transformer::folder::{Activation, DenseActivation, Pooling};

pub(super) struct Encoder {
    /// The vectors of the words, one after the other.
    pub(super) words: Vec<f32>,
    /// What is added to the vector of a word at a position.
    pub(super) positions: Vec<f32>,
    /// In XLM-RoBERTa, the id of the padding token, from which positions are counted.
    pub(super) padding: Option<u32>,
    pub(super) embedded: LayerNorm,
    pub(super) layers: Vec<EncoderLayer>,
    pub(super) activation: Activation,
    pub(super) heads: usize,
    pub(super) pooling: Pooling,
    /// What follows the pooling.
    pub(super) after: Vec<Step>,
}

pub(super) struct EncoderLayer {
    /// Queries, keys and values.
    pub(super) project: Linear,
    pub(super) out: Linear,
    pub(super) attended: LayerNorm,
    pub(super) widen: Linear,
    pub(super) narrow: Linear,
    pub(super) finished: LayerNorm,
}

pub(super) struct Linear {
    /// A row for each input.
    pub(super) weight: Tensor,
    pub(super) bias: Vec<f32>,
}

pub(super) enum Step {
    Dense(DenseStep),
    Normalize,
}

pub(super) struct DenseStep {
    pub(super) linear: Linear,
    pub(super) activation: DenseActivation,
}

impl Encoder {
    /// The vectors of a batch of texts, in their order.
    pub(super) fn vectors(&self, batch: &[&[u32]]) -> Result<Vec<f32>, ModelError> {
        let mut end = 0;
        let mut span = |ids: &&[u32]| {
            let start = end;
            end += ids.len();
            start..end
        };
        let texts: Vec<Range<usize>> = batch.iter().map(&mut span).collect();
        let hidden = self.encode(batch, &texts)?;
        let mut vectors: Vec<f32> =
            texts.iter().flat_map(|text| self.pool(&hidden, text)).collect();
        for step in &self.after {
            let d = vectors.len() / batch.len().max(1);
            match step {
                Step::Dense(dense) => vectors = dense.apply(vectors, batch.len())?,
                Step::Normalize => vectors.chunks_exact_mut(d.max(1)).for_each(normalize),
            }
        }
        Ok(vectors)
    }

    /// The last hidden state: a row for each token.
    fn encode(&self, batch: &[&[u32]], texts: &[Range<usize>]) -> Result<Vec<f32>, ModelError> {
        let mut rows = self.embed(batch);
        for layer in &self.layers {
            let projected = layer.project.multiply(rows.clone())?;
            let context =
                read_numbers(&projected, |it| attend(it, &layer.project.bias, texts, self.heads))?;
            let out = layer.out.multiply(context)?;
            read_numbers(&out, |it| layer.attended.add_and_apply(&mut rows, it, &layer.out.bias))?;
            let wide = layer.widen.multiply(rows.clone())?;
            let wide = read_numbers(&wide, |it| activated(it, &layer.widen.bias, self.activation))?;
            let narrow = layer.narrow.multiply(wide)?;
            let bias = &layer.narrow.bias;
            read_numbers(&narrow, |it| layer.finished.add_and_apply(&mut rows, it, bias))?;
        }
        Ok(rows)
    }

    /// The embeddings of the tokens.
    fn embed(&self, batch: &[&[u32]]) -> Vec<f32> {
        let d = self.embedded.weight.len();
        let mut rows = Vec::with_capacity(batch.iter().map(|ids| ids.len()).sum::<usize>() * d);
        for ids in batch {
            let mut next = self.padding.map_or(0, |padding| padding as usize + 1);
            for &id in *ids {
                let position = match self.padding {
                    Some(padding) if padding == id => id as usize,
                    _ => {
                        next += 1;
                        next - 1
                    }
                };
                let word = &self.words[id as usize * d..][..d];
                let position = &self.positions[position * d..][..d];
                rows.extend(word.iter().zip(position).map(|(word, position)| word + position));
            }
        }
        self.embedded.apply(&mut rows);
        rows
    }

    /// The vector of a text whose tokens have a range of rows.
    fn pool(&self, hidden: &[f32], text: &Range<usize>) -> Vec<f32> {
        let d = self.embedded.weight.len();
        let mut rows = hidden[text.start * d..text.end * d].chunks_exact(d);
        let mut vector = rows.next().map_or(vec![0.0; d], <[f32]>::to_vec);
        let combine: fn(f32, f32) -> f32 = match self.pooling {
            Pooling::FirstToken => return vector,
            Pooling::Mean => |sum, value| sum + value,
            Pooling::Max => f32::max,
        };
        for row in rows {
            vector.iter_mut().zip(row).for_each(|(all, &value)| *all = combine(*all, value));
        }
        if self.pooling == Pooling::Mean {
            let count = text.len().max(1) as f32;
            vector.iter_mut().for_each(|value| *value /= count);
        }
        vector
    }
}

impl Linear {
    /// The product of rows, one after the other, with the weights. The bias is not added.
    fn multiply(&self, rows: Vec<f32>) -> Result<Tensor, ModelError> {
        let inputs = self.weight.dims()[0];
        let product = Tensor::from_vec(rows, ((), inputs), &Device::Cpu)
            .and_then(|rows| rows.matmul(&self.weight));
        product.map_err(failed)
    }
}

impl DenseStep {
    fn apply(&self, mut vectors: Vec<f32>, count: usize) -> Result<Vec<f32>, ModelError> {
        // The product of a single row would be summed in another order.
        if count == 1 {
            vectors.extend_from_within(..);
        }
        let product = self.linear.multiply(vectors)?;
        let bias = &self.linear.bias;
        read_numbers(&product, |product| {
            let rows = product.chunks_exact(bias.len()).take(count);
            let sums = rows.flat_map(|row| row.iter().zip(bias).map(|(value, bias)| value + bias));
            match self.activation {
                DenseActivation::Identity => sums.collect(),
                DenseActivation::Tanh => sums.map(libm::tanhf).collect(),
                DenseActivation::Relu => sums.map(|value| value.max(0.0)).collect(),
            }
        })
    }
}

/// Scales a vector to length 1.
fn normalize(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
    vector.iter_mut().for_each(|value| *value /= length);
}

/// Hands the numbers of a product to a function, without copying them.
fn read_numbers<T>(product: &Tensor, of: impl FnOnce(&[f32]) -> T) -> Result<T, ModelError> {
    let (storage, layout) = product.storage_and_layout();
    let numbers = match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(storage), Some((start, end))) => {
            storage.as_slice::<f32>().map_err(failed)?.get(start..end)
        }
        _ => None,
    };
    numbers.map(of).ok_or_else(|| ModelError::Failed("candle's product has gaps".to_string()))
}

pub(super) fn failed(error: candle_core::Error) -> ModelError {
    // The other lines are the stack.
    ModelError::Failed(error.to_string().lines().next().unwrap_or_default().to_string())
}
