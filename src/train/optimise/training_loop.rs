//! The training loop: optimisation steps, measurements and checkpoints.

use ndarray::Array1;

use super::super::config::TrainConfig;
use super::super::data::{PairGroup, Segmentation, SubwordNoise, TrainingData, language_index};
use super::super::error::TrainError;
use super::super::progress::{RetrievalAccuracy, TrainProgress};
use super::super::random::Random;
use super::super::vectors::{EmbeddingTable, Gradients, mean, unit_vectors};
use super::batches::{BatchSampler, sides};
use super::checkpoint::{Checkpoint, save};
use super::info_nce::info_nce;
use super::retrieval::retrieval_accuracy;

/// The number of steps between two progress reports.
const STEPS_PER_REPORT: u64 = 100;

/// The inputs of the training loop.
pub(in crate::train) struct TrainingLoop<'a> {
    pub(in crate::train) config: &'a TrainConfig,
    pub(in crate::train) data: &'a TrainingData,
    pub(in crate::train) segmentation: &'a Segmentation,
    /// The texts of each language from which its mean is computed.
    pub(in crate::train) mean_texts: &'a [Vec<Vec<u32>>],
    /// The pairs to measure retrieval with.
    pub(in crate::train) dev: &'a [PairGroup],
    /// Where the state is saved.
    pub(in crate::train) checkpoint: Option<Checkpoint>,
    pub(in crate::train) threads: usize,
}

impl TrainingLoop<'_> {
    /// Runs all steps from `start` on.
    pub(in crate::train) fn run(
        &self,
        table: &mut EmbeddingTable,
        start: u64,
        report: &mut dyn FnMut(&TrainProgress),
    ) -> Result<(), TrainError> {
        let TrainingLoop { config, data, .. } = *self;
        let mut sampler = BatchSampler::new(&data.groups, config.sampling_exponent, config.seed);
        // Repeat the draws of the steps that are already done.
        for done in 0..start {
            sampler.step(&data.groups, done, config.batch_size);
        }
        let mut gradients = Gradients::new(table.steps.len(), config.dimension);
        let (mut loss, mut losses) = (0.0, 0.0);
        for step in start..config.steps {
            loss += self.step(table, step, &mut sampler, &mut gradients);
            losses += 1.0;
            let done = step + 1;
            let due = done % config.checkpoint_interval == 0;
            let measure = due && done < config.steps;
            if measure || done % STEPS_PER_REPORT == 0 {
                let accuracies = if measure { self.accuracies(table) } else { Vec::new() };
                report(&TrainProgress::StepsDone { step: done, loss: loss / losses, accuracies });
                (loss, losses) = (0.0, 0.0);
            }
            if let Some(checkpoint) = self.checkpoint.as_ref().filter(|_| due) {
                save(checkpoint, done, table)?;
            }
        }
        Ok(())
    }

    /// Performs one step and returns its loss.
    fn step(
        &self,
        table: &mut EmbeddingTable,
        step: u64,
        sampler: &mut BatchSampler,
        gradients: &mut Gradients,
    ) -> f64 {
        let TrainingLoop { config, data, .. } = *self;
        let noise = SubwordNoise { dropout: config.dropout, resampling: config.subword_resampling };
        let (group, examples) = sampler.step(&data.groups, step, config.batch_size);
        let mut random = Random::new(config.seed, 4, step);
        let group = &data.groups[group];
        let [a, b] = sides(&data.corpus, self.segmentation, group, &examples, &noise, &mut random);
        gradients.clear();
        let loss = info_nce(table, [&a, &b], config.logit_scale, self.threads, gradients);
        let remaining = 1.0 - step as f32 / config.steps as f32;
        table.update(gradients, config.learning_rate * remaining);
        loss
    }

    /// The mean vector of each language.
    pub(in crate::train) fn means(&self, table: &EmbeddingTable) -> Vec<Array1<f32>> {
        self.mean_texts.iter().map(|bags| mean(table, bags)).collect()
    }

    /// The retrieval accuracies on the dev pairs.
    pub(in crate::train) fn accuracies(&self, table: &EmbeddingTable) -> Vec<RetrievalAccuracy> {
        let means = self.means(table);
        let TrainingLoop { data, segmentation, threads, .. } = *self;
        let accuracies = self.dev.iter().map(|group| {
            let rows = [0, 1].map(|side| {
                let bags: Vec<Vec<u32>> = group
                    .pairs
                    .iter()
                    .map(|pair| segmentation.text(data.corpus.text(pair[side])))
                    .collect();
                let language = language_index(&data.languages, group.languages[side]);
                unit_vectors(table, &bags, &means[language])
            });
            let accuracy = retrieval_accuracy(rows[0].view(), rows[1].view(), threads);
            RetrievalAccuracy { set: group.name.clone(), pairs: group.pairs.len(), accuracy }
        });
        accuracies.collect()
    }
}
