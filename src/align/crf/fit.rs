//! Learning the weights from aligned texts.
//!
//! The weights are those under which the right alignments are most likely:
//! the maximum of the conditional likelihood of a random field over the
//! lattice (Lafferty, McCallum and Pereira 2001), with a Gaussian prior. Of a
//! text only the groups of corresponding sentences need be known: how they are
//! aligned inside a group is summed over.

use std::ops::Range;

use crate::align::band::Band;
use crate::align::crf::forward_backward::{
    Constraint, ForwardBackward, Gap, IMPOSSIBLE, Unconstrained,
};
use crate::align::crf::lattice::Lattice;
use crate::align::crf::potentials::Potentials;
use crate::align::crf::weights::{C, F, G, Weights, class};
use crate::align::features::bead::{Features, Scratch, Shape};
use crate::align::{AlignConfig, Side};
use crate::{Error, Result};

/// Two sides of which it is known what corresponds.
#[derive(Clone, Debug)]
pub struct Example {
    source: Side,
    target: Side,
    groups: [Vec<Vec<usize>>; 2],
}

impl Example {
    /// Takes two sides and for each of their sentences the groups it belongs to,
    /// as any numbers: none where it is in the other text in no way, several
    /// where it holds several sentences of the other text. Sentences correspond
    /// that have a group in common.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::VectorShape`](crate::ErrorKind::VectorShape) where there are not as many lists as sentences.
    pub fn new(
        source: Side,
        target: Side,
        source_groups: Vec<Vec<usize>>,
        target_groups: Vec<Vec<usize>>,
    ) -> Result<Example> {
        for (side, groups) in [(&source, &source_groups), (&target, &target_groups)] {
            if side.len() != groups.len() {
                return Err(Error::vector_shape((side.len(), 1), (groups.len(), 1)));
            }
        }
        Ok(Example { source, target, groups: [source_groups, target_groups] })
    }
}

/// How weights are learnt.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// Steps of gradient ascent, 1 to 10,000.
    pub steps: usize,
    /// The variance of the prior on what a class of shapes has of its own, over
    /// what all have in common, above 0.
    pub variance: f64,
    /// Length of a step, above 0.
    pub rate: f64,
    /// Names of weights that are held at 0.
    pub without: Vec<String>,
}

impl Default for Fit {
    fn default() -> Fit {
        Fit { steps: 300, variance: 4.0, rate: 0.1, without: Vec::new() }
    }
}

/// Learns weights from examples; `report` is called after each step with its
/// number and the mean log-likelihood of the examples before it.
///
/// It starts from plain weights, whatever those of `config` are, so the result
/// depends on nothing but the examples and settings. Memory and time grow with
/// the product of the sides' lengths: articles of some 50 sentences are fine.
///
/// # Errors
///
/// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for settings out of their range, or where no
/// example can be aligned as it is said to be.
///
/// ```
/// use bitext::align::{AlignConfig, Example, Fit, Side, fit};
/// use bitext::embed::Embeddings;
/// use bitext::ndarray::array;
///
/// // Two sentences each; the second of the source has no counterpart.
/// let vectors = |other: f32| Embeddings::from_rows(array![[1.0, 0.1], [other, 1.0]]);
/// let source = Side::new(vectors(0.0)?, vec![40.0, 30.0])?;
/// let target = Side::new(vectors(-3.0)?, vec![42.0, 35.0])?;
/// let example = Example::new(source, target, vec![vec![0], vec![]], vec![vec![0], vec![]])?;
/// let mut settings = Fit::default();
/// settings.steps = 20;
/// let mut likelihoods = Vec::new();
/// fit(&[example], &AlignConfig::default(), &settings, |_, likelihood| likelihoods.push(likelihood))?;
/// assert!(likelihoods[19] > likelihoods[0]);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn fit(
    examples: &[Example],
    config: &AlignConfig,
    settings: &Fit,
    mut report: impl FnMut(usize, f64),
) -> Result<Weights> {
    config.validate()?;
    let wrong = |name: &'static str, reason: &'static str| Error::config(name, reason);
    if !(1..=10_000).contains(&settings.steps) {
        return Err(wrong("steps", "must be 1 to 10,000"));
    }
    for (name, value) in [("variance", settings.variance), ("rate", settings.rate)] {
        if !(value.is_finite() && value > 0.0) {
            return Err(wrong(name, "must be finite and above 0"));
        }
    }
    if !settings.without.iter().all(|held| Weights::names().any(|name| held == name)) {
        return Err(wrong("without", "names no weight"));
    }
    let mut weights = Weights::plain().flat();
    let free: Vec<bool> =
        Weights::names().map(|name| !settings.without.iter().any(|held| held == name)).collect();
    let clear = |values: &mut [f64]| {
        values
            .iter_mut()
            .zip(&free)
            .filter(|(_, free)| !**free)
            .for_each(|(value, _)| *value = 0.0);
    };
    clear(&mut weights);
    let mut prepared = Vec::new();
    let mut adam = Adam::new(weights.len());
    for step in 0..settings.steps {
        // What is far from likely under good weights never matters, so it need
        // not be measured at every step.
        if [0, 20, 60].contains(&step) {
            let table = Weights::from_flat(&weights);
            prepared =
                examples.iter().filter_map(|one| Prepared::new(one, config, &table)).collect();
            if prepared.is_empty() {
                return Err(wrong("examples", "none can be aligned as it is said to be"));
            }
        }
        let table = Weights::from_flat(&weights);
        let (mut likelihood, mut gradient) = likelihood(&prepared, &table);
        likelihood /= prepared.len() as f64;
        prior(&weights, settings.variance, &mut gradient);
        gradient.iter_mut().for_each(|value| *value /= prepared.len() as f64);
        clear(&mut gradient);
        let rate = settings.rate * (1.0 - 0.95 * step as f64 / settings.steps as f64);
        adam.step(&mut weights, &gradient, rate);
        report(step, likelihood);
    }
    Ok(Weights::from_flat(&weights))
}

/// An example as far as it does not depend on the weights.
struct Prepared<'e> {
    features: Features,
    band: Band,
    right: Right<'e>,
    config: &'e AlignConfig,
}

/// Paths this much worse than the best, in nats, are not learnt from.
const BEAM_NATS: f32 = 10.0;

/// Beads less likely than this have no part in a gradient.
const MIN_POSTERIOR: f64 = 1e-5;

impl<'e> Prepared<'e> {
    /// Nothing, where no path of the lattice is right.
    fn new(
        example: &'e Example,
        config: &'e AlignConfig,
        weights: &Weights,
    ) -> Option<Prepared<'e>> {
        let full = Band::full(example.source.len(), example.target.len());
        let mut features = Features::new(&example.source, &example.target, config, &full, &full);
        let right = Right::new(example);
        let lattice = Lattice::new(&features, config.shapes(), weights);
        let potentials = Potentials::new(&lattice, &full);
        let sums = ForwardBackward::new(&lattice, &full, &potentials, &right, 1.0);
        if sums.total == IMPOSSIBLE {
            return None;
        }
        let band = lattice.best_path(&full, BEAM_NATS).pruned.union(&sums.met());
        features.look_at_words(&example.source, &example.target, config, &band);
        Some(Prepared { features, band, right, config })
    }

    /// Adds to a gradient; returns the log-likelihood.
    fn learn(&self, weights: &Weights, gradient: &mut [f64]) -> f64 {
        let lattice = Lattice::new(&self.features, self.config.shapes(), weights);
        let potentials = Potentials::new(&lattice, &self.band);
        let all = ForwardBackward::new(&lattice, &self.band, &potentials, Unconstrained, 1.0);
        let right = ForwardBackward::new(&lattice, &self.band, &potentials, &self.right, 1.0);
        self.expect(&all, -1.0, gradient);
        self.expect(&right, 1.0, gradient);
        right.total - all.total
    }

    /// Adds the expected features of a path, times a factor.
    fn expect<A: Constraint>(
        &self,
        sums: &ForwardBackward<'_, A>,
        factor: f64,
        gradient: &mut [f64],
    ) {
        let (beads, gaps) = gradient.split_at_mut(C * F);
        let mut scratch = Scratch::default();
        sums.each_bead(|bead, posterior| {
            if posterior > MIN_POSTERIOR {
                let features = self.features.features(bead.i, bead.shape, bead.j, &mut scratch);
                let class = class(bead.shape.0, bead.shape.1) * F;
                let row = &mut beads[class..class + F];
                for (value, feature) in row.iter_mut().zip(features) {
                    *value += factor * posterior * f64::from(feature);
                }
            }
        });
        let size = |log: f32| f64::from(log - 4.2);
        sums.each_gap(|(i, j), gap, posterior| {
            let weight = factor * posterior;
            let (log, opens, turns) = match gap {
                Gap::Source { opens } => (self.features.source.log[i], opens, false),
                Gap::Target { opens, turns } => (self.features.target.log[j], opens, turns),
            };
            gaps[1] += weight;
            gaps[2] += weight * size(log);
            gaps[0] += if opens { weight } else { 0.0 };
            gaps[3] += if opens && i + j == 0 { weight } else { 0.0 };
            if turns {
                gaps[5] += weight;
                gaps[6] += if j == 0 { weight } else { 0.0 };
                gaps[7] += if i == self.features.source.len() { weight } else { 0.0 };
            }
        });
        gaps[4] += factor * sums.ends_in_gap();
    }
}

/// Parts that the examples are summed in, whatever the number of threads.
const GRADIENT_BATCHES: usize = 32;

/// The log-likelihood of all examples, and its gradient.
fn likelihood(examples: &[Prepared<'_>], weights: &Weights) -> (f64, Vec<f64>) {
    let part = |examples: &[Prepared<'_>]| {
        let mut gradient = vec![0.0; C * F + G];
        let likelihood: f64 =
            examples.iter().map(|example| example.learn(weights, &mut gradient)).sum();
        (likelihood, gradient)
    };
    let parts: Vec<&[Prepared<'_>]> =
        examples.chunks(examples.len().div_ceil(GRADIENT_BATCHES).max(1)).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let results = crate::threads::map(threads, parts.len(), |at| part(parts[at]));
    let mut total = (0.0, vec![0.0; C * F + G]);
    for (likelihood, gradient) in results {
        total.0 += likelihood;
        total.1.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += value);
    }
    total
}

/// Subtracts the gradient of the prior: what a class has of its own is small,
/// and what all have in common not much larger than needed.
fn prior(weights: &[f64], variance: f64, gradient: &mut [f64]) {
    const PRIOR_COUNT: f64 = 100.0;
    for feature in 0..F {
        let mean = (0..C).map(|class| weights[class * F + feature]).sum::<f64>() / C as f64;
        for class in 0..C {
            let at = class * F + feature;
            gradient[at] -= (weights[at] - mean) / variance + mean / (variance * PRIOR_COUNT);
        }
    }
    for at in C * F..weights.len() {
        gradient[at] -= weights[at] / (variance * PRIOR_COUNT);
    }
}

/// Gradient ascent with steps of its own length for each weight (Kingma and
/// Ba 2015).
struct Adam {
    mean: Vec<f64>,
    square: Vec<f64>,
    step: i32,
}

impl Adam {
    fn new(len: usize) -> Adam {
        Adam { mean: vec![0.0; len], square: vec![0.0; len], step: 0 }
    }

    fn step(&mut self, weights: &mut [f64], gradient: &[f64], rate: f64) {
        const MOMENTUM_DECAY: f64 = 0.9;
        const VARIANCE_DECAY: f64 = 0.99;
        self.step += 1;
        let (full, full_square) =
            (1.0 - MOMENTUM_DECAY.powi(self.step), 1.0 - VARIANCE_DECAY.powi(self.step));
        for (at, (weight, gradient)) in weights.iter_mut().zip(gradient).enumerate() {
            let (mean, square) = (&mut self.mean[at], &mut self.square[at]);
            *mean = MOMENTUM_DECAY * *mean + (1.0 - MOMENTUM_DECAY) * gradient;
            *square = VARIANCE_DECAY * *square + (1.0 - VARIANCE_DECAY) * gradient * gradient;
            *weight += rate * (*mean / full) / ((*square / full_square).sqrt() + 1e-8);
        }
    }
}

/// Whether paths stay within the groups.
struct Right<'e> {
    groups: &'e [Vec<Vec<usize>>; 2],
    /// Whether a sentence is in the other text.
    there: [Vec<bool>; 2],
}

impl<'e> Right<'e> {
    fn new(example: &'e Example) -> Right<'e> {
        let there = |own: &[Vec<usize>], other: &[Vec<usize>]| {
            let other: std::collections::BTreeSet<usize> =
                other.iter().flatten().copied().collect();
            own.iter().map(|groups| groups.iter().any(|group| other.contains(group))).collect()
        };
        let [own, other] = &example.groups;
        Right { groups: &example.groups, there: [there(own, other), there(other, own)] }
    }

    fn meet(&self, i: usize, j: usize) -> bool {
        self.groups[0][i].iter().any(|group| self.groups[1][j].contains(group))
    }

    fn any(&self, rows: Range<usize>, columns: Range<usize>) -> bool {
        rows.into_iter().any(|i| columns.clone().any(|j| self.meet(i, j)))
    }

    /// Whether each sentence has its counterpart, and no two beads one after the
    /// other would do.
    fn is_bead(&self, i: usize, (a, b): Shape, j: usize) -> bool {
        let (rows, columns) = (i..i + a, j..j + b);
        let cut = |(s, t): (usize, usize)| {
            !self.any(i..s, t..columns.end) && !self.any(s..rows.end, j..t)
        };
        rows.clone().all(|at| self.any(at..at + 1, columns.clone()))
            && columns.clone().all(|at| self.any(rows.clone(), at..at + 1))
            && !(i + 1..i + a).any(|s| (j + 1..j + b).any(|t| cut((s, t))))
    }
}

impl Constraint for &Right<'_> {
    fn bead(&self, i: usize, (a, b): Shape, j: usize) -> bool {
        self.is_bead(i, (a, b), j)
    }
    fn source_gap(&self, i: usize) -> bool {
        !self.there[0][i]
    }
    fn target_gap(&self, j: usize) -> bool {
        !self.there[1][j]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::Language;
    use crate::embed::Embeddings;
    use ndarray::Array2;

    /// Sentences in which one number stands out, with some noise.
    fn side(tops: &[usize], seed: usize, units: &[usize]) -> Side {
        let rows = Array2::from_shape_fn((tops.len(), 6), |(at, column)| {
            let noise = ((seed + 7 * at + 3 * column) * 37 % 41) as f32 / 60.0 - 0.3;
            noise + if tops[at] == column { 1.0 } else { 0.0 }
        });
        let lengths = tops.iter().map(|top| 40.0 + (seed % 7 * (top + 1)) as f32).collect();
        let texts: Vec<String> = tops.iter().map(|top| format!("Word {top}00.")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let side = Side::new(Embeddings::from_rows(rows).unwrap(), lengths).unwrap();
        let side = side.with_texts(Language::ENGLISH, &texts).unwrap();
        side.with_units(units).unwrap()
    }

    /// Right groups, by the number that stands out; 5 is in nothing else.
    fn example(own: &[usize], others: &[usize], units: [&[usize]; 2], seed: usize) -> Example {
        let groups = |tops: &[usize]| -> Vec<Vec<usize>> {
            tops.iter().map(|&top| if top == 5 { vec![] } else { vec![top] }).collect()
        };
        let sides = (side(own, seed, units[0]), side(others, seed + 5, units[1]));
        Example::new(sides.0, sides.1, groups(own), groups(others)).unwrap()
    }

    fn examples() -> Vec<Example> {
        vec![
            example(&[0, 1, 2, 3], &[0, 1, 2, 3], [&[1, 1, 1, 1], &[2, 2]], 1),
            example(&[5, 0, 1, 1, 2], &[0, 1, 2, 5, 5], [&[2, 3], &[1, 1, 1, 1, 1]], 2),
            example(&[0, 5, 3], &[5, 0, 0, 3, 5], [&[1, 1, 1], &[2, 1, 2]], 3),
        ]
    }

    #[test]
    fn the_gradient_is_that_of_the_likelihood() {
        let config = AlignConfig::default();
        let examples = examples();
        let weights = Weights::plain();
        let prepared: Vec<Prepared<'_>> =
            examples.iter().filter_map(|one| Prepared::new(one, &config, &weights)).collect();
        assert_eq!(prepared.len(), examples.len());
        let (value, gradient) = likelihood(&prepared, &weights);
        assert!(value < 0.0, "a probability");
        let flat = weights.flat();
        let mut large = 0;
        for at in 0..flat.len() {
            const LEARNING_RATE: f64 = 0.03;
            let moved = |by: f64| {
                let mut flat = flat.clone();
                flat[at] += by;
                likelihood(&prepared, &Weights::from_flat(&flat)).0
            };
            let numeric = (moved(LEARNING_RATE) - moved(-LEARNING_RATE)) / (2.0 * LEARNING_RATE);
            let within = 5e-3 + 0.02 * numeric.abs();
            assert!((numeric - gradient[at]).abs() < within, "{at}: {numeric} {}", gradient[at]);
            large += usize::from(numeric.abs() > 0.05);
        }
        assert!(large > 20, "{large}");
    }

    #[test]
    fn what_is_learnt_makes_the_right_alignments_likelier() {
        let config = AlignConfig { weights: Some(Weights::plain()), ..AlignConfig::default() };
        let mut settings = Fit { steps: 40, ..Fit::default() };
        let learn = |settings: &Fit| {
            let mut likelihoods = Vec::new();
            let weights = fit(&examples(), &config, settings, |step, likelihood| {
                assert_eq!(step, likelihoods.len());
                likelihoods.push(likelihood);
            });
            (weights.unwrap(), likelihoods)
        };
        let (weights, likelihoods) = learn(&settings);
        assert_eq!(likelihoods.len(), 40);
        assert!(likelihoods[39] > likelihoods[0] + 0.1, "{likelihoods:?}");
        assert!(likelihoods.iter().all(|likelihood| *likelihood <= 1e-6));
        assert_eq!(learn(&settings), (weights, likelihoods), "run again");
        settings.without = vec!["numbers".to_string(), "gap-both".to_string()];
        let (weights, _) = learn(&settings);
        assert!(weights.beads.iter().all(|class| class[15] == 0.0));
        assert_eq!(weights.gaps[5], 0.0);
    }

    #[test]
    fn what_cannot_be_learnt_from_is_an_error() {
        let config = AlignConfig::default();
        let refused = |examples: &[Example], settings: &Fit| {
            let error = fit(examples, &config, settings, |_, _| {}).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            error.message().split('`').nth(1).unwrap().to_string()
        };
        assert_eq!(refused(&[], &Fit::default()), "examples");
        // Groups that cross.
        let crossed = example(&[0, 1], &[1, 0], [&[1, 1], &[1, 1]], 1);
        let narrow = Fit { steps: 1, ..Fit::default() };
        assert!(fit(&[crossed], &config, &narrow, |_, _| {}).is_ok(), "one 2-2 bead");
        let long = example(&[0, 1, 2, 3, 4, 1], &[4, 3, 2, 1, 0, 4], [&[6], &[6]], 1);
        assert_eq!(refused(&[long], &Fit::default()), "examples");
        for steps in [0, 10_001] {
            assert_eq!(refused(&examples(), &Fit { steps, ..Fit::default() }), "steps");
        }
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(refused(&examples(), &Fit { variance: bad, ..Fit::default() }), "variance");
            assert_eq!(refused(&examples(), &Fit { rate: bad, ..Fit::default() }), "rate");
        }
        let without = vec!["margins".to_string()];
        assert_eq!(refused(&examples(), &Fit { without, ..Fit::default() }), "without");
        let side = side(&[0], 1, &[1]);
        let error = Example::new(side.clone(), side, vec![], vec![vec![]]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VectorShape);
    }
}
