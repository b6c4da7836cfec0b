//! Learning the weights from aligned texts.
//!
//! These are the weights of the aligner; the embedding model is trained in `train`.
//!
//! The weights maximise the conditional likelihood of the gold alignments under a conditional
//! random field over the lattice (Lafferty, McCallum and Pereira 2001), with a Gaussian prior.
//! Examples say only which sentences correspond; the ways to align the sentences inside a group are
//! summed over.

mod calibrate;
mod example;
mod lbfgs;
mod likelihood;
pub(crate) mod noise;
mod parameters;

pub use calibrate::calibrate;
pub use example::Example;

use crate::align::config::AlignConfig;
use crate::align::crf::weights::Weights;
use crate::align::fit::lbfgs::Lbfgs;
use crate::align::fit::likelihood::{PreparedExample, gold_shares, likelihood};
use crate::align::fit::parameters::Parameters;
use crate::setters::setters;
use crate::{Error, Result};

/// Most steps of [`fit`]: weights of thousands of documents converge in a few hundred.
const MAX_STEPS: usize = 10_000;

/// Shares of the steps after which the bands that are searched, and the words of the beads in them,
/// are computed again. Later the weights change too little to matter.
const BAND_UPDATES: [f64; 2] = [0.15, 0.4];

/// Learning ends when a step gains less, in nats per example.
const MIN_GAIN: f64 = 1e-6;

/// Settings of [`fit`].
///
/// ```
/// use bitext::align::FitConfig;
///
/// let config = FitConfig::default().with_steps(150).with_ablated(vec!["log_length".to_string()]);
/// assert_eq!(config.steps, 150);
/// // All settings at their defaults.
/// let config = FitConfig::default()
///     .with_steps(300)
///     .with_prior_variance(4.0)
///     .with_ablated(Vec::new());
/// assert_eq!(config, FitConfig::default());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FitConfig {
    /// Most steps of the optimiser, 1 to 10,000.
    pub steps: usize,
    /// Variance of the Gaussian prior on the difference of a weight from its mean over the classes
    /// of shapes, above 0.
    pub prior_variance: f64,
    /// Names of features whose weights are held at 0, to see what the features are worth.
    pub ablated: Vec<String>,
}

impl Default for FitConfig {
    fn default() -> FitConfig {
        FitConfig { steps: 300, prior_variance: 4.0, ablated: Vec::new() }
    }
}

setters! { FitConfig {
    with_steps: steps = usize;
    with_prior_variance: prior_variance = f64;
    with_ablated: ablated = Vec<String>;
} }

impl FitConfig {
    fn validate(&self) -> Result<()> {
        let wrong = |name, reason| Error::config(name, reason);
        if !(1..=MAX_STEPS).contains(&self.steps) {
            return Err(wrong("steps", "must be 1 to 10,000"));
        }
        if !(self.prior_variance.is_finite() && self.prior_variance > 0.0) {
            return Err(wrong("prior_variance", "must be finite and above 0"));
        }
        if !self.ablated.iter().all(|ablated| Weights::names().any(|name| ablated == name)) {
            return Err(wrong("ablated", "a name is not that of a feature"));
        }
        Ok(())
    }
}

/// Learns weights from examples. `report` is called before the first step and after each, with the
/// number of steps and the mean log-likelihood of the examples, less that of the prior. Learning may
/// end early, when a step gains nothing. The result is not calibrated: see [`calibrate`].
///
/// Learning starts from fixed weights, whatever those of `align` are, so the result depends on the
/// examples and settings alone. Memory and time grow with the product of the sides' lengths:
/// articles of about 50 sentences are fine. [`noisy_examples`](crate::align::noisy_examples)
/// makes examples from parallel documents.
///
/// # Errors
///
/// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a setting is out of its range,
/// or no example can be aligned as it says.
///
/// ```
/// use bitext::align::{AlignConfig, Example, FitConfig, Side, fit};
/// use bitext::embed::Embeddings;
/// use bitext::ndarray::array;
///
/// // Two sentences each; the second of the source has no counterpart.
/// let vectors = |other: f32| Embeddings::from_rows(array![[1.0, 0.1], [other, 1.0]]);
/// let source = Side::new(vectors(0.0)?, vec![40.0, 30.0])?;
/// let target = Side::new(vectors(-3.0)?, vec![42.0, 35.0])?;
/// let example = Example::new(source, target, vec![vec![0], vec![]], vec![vec![0], vec![]])?;
/// let config = FitConfig::default().with_steps(20);
/// let mut likelihoods = Vec::new();
/// let weights = fit(&[example], &AlignConfig::default(), &config, |_, likelihood| {
///     likelihoods.push(likelihood);
/// })?;
/// assert!(likelihoods.last() > likelihoods.first());
/// let align = AlignConfig::default().with_weights(weights);
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn fit(
    examples: &[Example],
    align: &AlignConfig,
    config: &FitConfig,
    mut report: impl FnMut(usize, f64),
) -> Result<Weights> {
    align.validate()?;
    config.validate()?;
    let parameters = Parameters::new(config.prior_variance, &config.ablated);
    let mut point = parameters.of_weights(&Weights::initial());
    let mut shares = Weights::initial().shares;
    let mut step = 0;
    for (round, end) in round_ends(config.steps).into_iter().enumerate() {
        let prepared = prepare(examples, align, &parameters.weights(&point));
        if prepared.is_empty() {
            return Err(Error::config("examples", "none can be aligned as it says"));
        }
        let count = prepared.len() as f64;
        let mut evaluate = |point: &[f64]| {
            let (value, gradient) = likelihood(&prepared, &parameters.weights(point));
            let prior: f64 = point.iter().map(|value| value * value).sum::<f64>() / 2.0;
            let mut gradient = parameters.gradient(&gradient);
            gradient.iter_mut().zip(point).for_each(|(slope, at)| *slope = (*slope - at) / count);
            ((value - prior) / count, gradient)
        };
        let (mut value, gradient) = evaluate(&point);
        let mut lbfgs = Lbfgs::new(point, value, gradient);
        if round == 0 {
            report(0, value);
        }
        while step < end {
            let gain = lbfgs.step(&mut evaluate);
            value += gain;
            step += 1;
            report(step, value);
            if gain < MIN_GAIN {
                break;
            }
        }
        point = lbfgs.point().to_vec();
        shares = gold_shares(&prepared, &parameters.weights(&point));
    }
    Ok(Weights { shares, background: align.background(), ..parameters.weights(&point) })
}

/// The steps at which the rounds of learning end.
fn round_ends(steps: usize) -> Vec<usize> {
    let updates = BAND_UPDATES.map(|share| (share * steps as f64) as usize);
    updates.into_iter().filter(|step| *step > 0).chain([steps]).collect()
}

/// The features of the examples that can be aligned as they say.
fn prepare<'e>(
    examples: &'e [Example],
    align: &'e AlignConfig,
    weights: &Weights,
) -> Vec<PreparedExample<'e>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let prepared = crate::threads::map(threads, examples.len(), |at| {
        PreparedExample::new(&examples[at], align, weights)
    });
    prepared.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::crf::gap::Gap;
    use crate::align::features::feature::Feature;
    use crate::align::features::side::Side;
    use crate::embed::Embeddings;
    use crate::{ErrorKind, Language};
    use ndarray::Array2;

    /// Sentences with vectors in which one column is large, with some noise.
    fn side(tops: &[usize], seed: usize, segments: &[usize]) -> Side {
        let rows = Array2::from_shape_fn((tops.len(), 6), |(at, column)| {
            let noise = ((seed + 7 * at + 3 * column) * 37 % 41) as f32 / 60.0 - 0.3;
            noise + if tops[at] == column { 1.0 } else { 0.0 }
        });
        let lengths = tops.iter().map(|top| 40.0 + (seed % 7 * (top + 1)) as f32).collect();
        let texts: Vec<String> = tops.iter().map(|top| format!("Word {top}00.")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let side = Side::new(Embeddings::from_rows(rows).unwrap(), lengths).unwrap();
        let side = side.with_texts(Language::ENGLISH, &texts).unwrap();
        side.with_segments(segments).unwrap()
    }

    /// Sentences with the same large column correspond; those with column 5 have no counterpart.
    fn example(own: &[usize], others: &[usize], segments: [&[usize]; 2], seed: usize) -> Example {
        let groups = |tops: &[usize]| -> Vec<Vec<usize>> {
            tops.iter().map(|&top| if top == 5 { vec![] } else { vec![top] }).collect()
        };
        let sides = (side(own, seed, segments[0]), side(others, seed + 5, segments[1]));
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
    fn the_gradient_agrees_with_differences_of_the_likelihood() {
        let config = AlignConfig::default();
        let examples = examples();
        let weights = Weights::initial();
        let prepared: Vec<PreparedExample<'_>> = examples
            .iter()
            .filter_map(|one| PreparedExample::new(one, &config, &weights))
            .collect();
        assert_eq!(prepared.len(), examples.len());
        let (value, gradient) = likelihood(&prepared, &weights);
        assert!(value < 0.0, "a probability");
        let flat = weights.flat();
        let mut large = 0;
        for at in 0..flat.len() {
            const DIFFERENCE: f64 = 0.03;
            let moved = |by: f64| {
                let mut flat = flat.clone();
                flat[at] += by;
                likelihood(&prepared, &Weights::from_flat(&flat)).0
            };
            let numeric = (moved(DIFFERENCE) - moved(-DIFFERENCE)) / (2.0 * DIFFERENCE);
            let within = 5e-3 + 0.02 * numeric.abs();
            assert!((numeric - gradient[at]).abs() < within, "{at}: {numeric} {}", gradient[at]);
            large += usize::from(numeric.abs() > 0.05);
        }
        assert!(large > 20, "{large}");
    }

    #[test]
    fn learning_raises_the_likelihood_and_holds_ablated_weights_at_zero() {
        let config = AlignConfig { weights: Some(Weights::initial()), ..AlignConfig::default() };
        let mut settings = FitConfig { steps: 40, ..FitConfig::default() };
        let learn = |settings: &FitConfig| {
            let mut likelihoods = Vec::new();
            let weights = fit(&examples(), &config, settings, |step, likelihood| {
                assert_eq!(step, likelihoods.len());
                likelihoods.push(likelihood);
            });
            (weights.unwrap(), likelihoods)
        };
        let (weights, likelihoods) = learn(&settings);
        assert!((2..=41).contains(&likelihoods.len()), "{likelihoods:?}");
        assert!(likelihoods[likelihoods.len() - 1] > likelihoods[0] + 0.1, "{likelihoods:?}");
        assert!(likelihoods.iter().all(|likelihood| *likelihood <= 1e-6));
        assert_eq!(learn(&settings), (weights, likelihoods), "run again");
        settings.ablated =
            vec![Feature::SharedNumbers.name().to_string(), Gap::BothSides.name().to_string()];
        let (weights, _) = learn(&settings);
        assert!(weights.beads.0.iter().all(|class| class[Feature::SharedNumbers] == 0.0));
        assert_eq!(weights.gaps[Gap::BothSides], 0.0);
    }

    #[test]
    fn invalid_settings_and_impossible_examples_are_errors() {
        let config = AlignConfig::default();
        let refused = |examples: &[Example], settings: &FitConfig| {
            let error = fit(examples, &config, settings, |_, _| {}).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            error.message().split('`').nth(1).unwrap().to_string()
        };
        assert_eq!(refused(&[], &FitConfig::default()), "examples");
        // Groups that cross.
        let crossed = example(&[0, 1], &[1, 0], [&[1, 1], &[1, 1]], 1);
        let narrow = FitConfig { steps: 1, ..FitConfig::default() };
        assert!(fit(&[crossed], &config, &narrow, |_, _| {}).is_ok(), "one 2-2 bead");
        let long = example(&[0, 1, 2, 3, 4, 1], &[4, 3, 2, 1, 0, 4], [&[6], &[6]], 1);
        assert_eq!(refused(&[long], &FitConfig::default()), "examples");
        for steps in [0, 10_001] {
            assert_eq!(refused(&examples(), &FitConfig { steps, ..FitConfig::default() }), "steps");
        }
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                refused(&examples(), &FitConfig { prior_variance: bad, ..FitConfig::default() }),
                "prior_variance"
            );
        }
        let ablated = vec!["margins".to_string()];
        assert_eq!(refused(&examples(), &FitConfig { ablated, ..FitConfig::default() }), "ablated");
        let side = side(&[0], 1, &[1]);
        let error = Example::new(side.clone(), side, vec![], vec![vec![]]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VectorShape);
    }
}
