//! The steps of a training, and what is measured on the way.

use std::path::PathBuf;

use ndarray::Array1;

use super::contrast::contrast;
use super::corpus::Group;
use super::draw::{Cuts, Draw, Noise, sides};
use super::material::Material;
use super::measure::{Accuracy, retrieval};
use super::model::{mean, place, units};
use super::random::Random;
use super::state;
use super::table::{Gradients, Table};
use super::{Progress, TrainConfig, TrainError};

/// Steps between two reports.
const STEPS_PER_REPORT: u64 = 100;

/// All that the steps go by.
pub(crate) struct Course<'a> {
    pub(crate) config: &'a TrainConfig,
    pub(crate) material: &'a Material,
    pub(crate) cuts: &'a Cuts,
    /// Texts of each language, for its mean.
    pub(crate) means_of: &'a [Vec<Vec<u32>>],
    pub(crate) measured: &'a [Group],
    /// Where the state is kept, and the key of whose it is.
    pub(crate) kept: Option<(PathBuf, u64)>,
    pub(crate) threads: usize,
}

impl Course<'_> {
    /// Goes on from a step to the end.
    pub(crate) fn go(
        &self,
        table: &mut Table,
        from: u64,
        progress: &mut dyn FnMut(&Progress),
    ) -> Result<(), TrainError> {
        let Course { config, material, .. } = *self;
        let mut draw = Draw::new(&material.groups, config.evenness, config.seed);
        for done in 0..from {
            draw.step(&material.groups, done, config.batch);
        }
        let mut gradients = Gradients::new(table.steps.len(), config.dimension);
        let (mut loss, mut losses) = (0.0, 0.0);
        for step in from..config.steps {
            loss += self.step(table, step, &mut draw, &mut gradients);
            losses += 1.0;
            let done = step + 1;
            let due = done % config.interval == 0;
            let measure = due && done < config.steps;
            if measure || done % STEPS_PER_REPORT == 0 {
                let accuracies = if measure { self.accuracies(table) } else { Vec::new() };
                progress(&Progress::Step { step: done, loss: loss / losses, accuracies });
                (loss, losses) = (0.0, 0.0);
            }
            if let Some((path, key)) = self.kept.as_ref().filter(|_| due) {
                state::save(path, *key, done, table)?;
            }
        }
        Ok(())
    }

    /// One step, and its loss.
    fn step(
        &self,
        table: &mut Table,
        step: u64,
        draw: &mut Draw,
        gradients: &mut Gradients,
    ) -> f64 {
        let Course { config, material, .. } = *self;
        let noise = Noise { dropout: config.dropout, recut: config.recut };
        let (group, examples) = draw.step(&material.groups, step, config.batch);
        let mut random = Random::new(config.seed, 4, step);
        let group = &material.groups[group];
        let [a, b] = sides(&material.corpus, self.cuts, group, &examples, &noise, &mut random);
        gradients.clear();
        let loss = contrast(table, [&a, &b], config.scale, self.threads, gradients);
        let left = 1.0 - step as f32 / config.steps as f32;
        table.update(gradients, config.rate * left);
        loss
    }

    /// The mean vector of each language.
    pub(crate) fn means(&self, table: &Table) -> Vec<Array1<f32>> {
        self.means_of.iter().map(|bags| mean(table, bags)).collect()
    }

    /// How well the pairs that are never trained on find each other.
    pub(crate) fn accuracies(&self, table: &Table) -> Vec<Accuracy> {
        let means = self.means(table);
        let Course { material, cuts, threads, .. } = *self;
        let accuracies = self.measured.iter().map(|group| {
            let rows = [0, 1].map(|side| {
                let bags: Vec<Vec<u32>> = group
                    .pairs
                    .iter()
                    .map(|pair| cuts.text(material.corpus.text(pair[side])))
                    .collect();
                let language = place(&material.languages, group.languages[side]);
                units(table, &bags, &means[language])
            });
            let accuracy = retrieval(rows[0].view(), rows[1].view(), threads);
            Accuracy { set: group.name.clone(), pairs: group.pairs.len(), accuracy }
        });
        accuracies.collect()
    }
}
