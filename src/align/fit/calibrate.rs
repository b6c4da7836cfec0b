//! Learning the calibration: which share of the beads with some posterior is right.
//!
//! Noisy copies of documents that the weights were not learnt from are aligned, pair by pair and
//! with all languages together. Logistic regression (Platt 1999) then maps the posteriors of beads,
//! units and unaligned sentences to the share that is exactly right.

use crate::align::config::AlignConfig;
use crate::align::crf::calibration::{Calibration, LogOddsLine, TwoOfThree, log_odds};
use crate::align::crf::weights::Weights;
use crate::align::features::side::Side;
use crate::align::fit::lbfgs::Lbfgs;
use crate::align::fit::noise::{Noise, NoisySide, ParallelDocument, noisy_segmented};
use crate::align::joint::units::SearchResult;
use crate::align::search::search;
use crate::bitext::groups::{MAX_LANGUAGES, SentenceGroup, closure};
use crate::{Embedder, Result};

/// Steps of the optimiser. Two or three numbers are learnt, and it converges in fewer.
const STEPS: usize = 60;

/// Variance of the Gaussian prior of each number around "posteriors as they are".
const PRIOR_VARIANCE: f64 = 4.0;

/// A result with its log-odds, and whether it is right.
type Judged<const N: usize> = ([f64; N], bool);

/// What was judged.
#[derive(Default)]
struct Judgements {
    two_languages: Vec<Judged<1>>,
    three_languages: Vec<Judged<1>>,
    null_of_two: Vec<Judged<1>>,
    null_of_three: Vec<Judged<1>>,
    /// The posterior of the least sure bead, and of the third language having nothing.
    two_of_three: Vec<Judged<2>>,
}

/// Returns weights with the calibration learnt from noisy copies of documents, which should not be
/// those that the weights were learnt from.
///
/// # Errors
///
/// Those of the embedder.
///
/// ```
/// use bitext::align::{AlignConfig, Noise, ParallelDocument, Weights, calibrate};
/// use bitext::{Language, StaticEmbedder};
///
/// let segments = |texts: [&str; 2]| texts.map(str::to_string).to_vec();
/// let document = ParallelDocument::new(
///     "ferry",
///     vec![
///         (Language::ENGLISH, segments(["The ferry is back.", "It was repaired."])),
///         (Language::GERMAN, segments(["Die Fähre ist zurück.", "Sie wurde repariert."])),
///     ],
/// )?;
/// let model = StaticEmbedder::embedded();
/// let config = AlignConfig::default().with_weights(Weights::default());
/// let weights = calibrate(&model, &[document], &[Noise::Clean], &config)?;
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn calibrate(
    embedder: &dyn Embedder,
    documents: &[ParallelDocument],
    noises: &[Noise],
    config: &AlignConfig,
) -> Result<Weights> {
    config.validate()?;
    let config = AlignConfig { min_link_confidence: 0.0, ..config.clone() };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let judged = crate::threads::map(threads, documents.len(), |at| -> Result<Judgements> {
        let mut judgements = Judgements::default();
        for &noise in noises {
            judgements.add_document(&noisy_segmented(embedder, documents, at, noise)?, &config);
        }
        Ok(judgements)
    });
    let mut judgements = Judgements::default();
    for document in judged {
        judgements.extend(document?);
    }
    Ok(Weights {
        calibration: judgements.calibration(),
        background: config.background(),
        ..config.weights().clone()
    })
}

impl Judgements {
    fn extend(&mut self, other: Judgements) {
        self.two_languages.extend(other.two_languages);
        self.three_languages.extend(other.three_languages);
        self.null_of_two.extend(other.null_of_two);
        self.null_of_three.extend(other.null_of_three);
        self.two_of_three.extend(other.two_of_three);
    }

    fn add_document(&mut self, sides: &[NoisySide], config: &AlignConfig) {
        for x in 0..sides.len() {
            for y in x + 1..sides.len() {
                self.add(&[&sides[x], &sides[y]], config);
            }
        }
        if sides.len() == MAX_LANGUAGES {
            self.add(&sides.iter().collect::<Vec<_>>(), config);
        }
    }

    /// Aligns sides and judges the result.
    fn add(&mut self, sides: &[&NoisySide], config: &AlignConfig) {
        let inputs: Vec<&Side> = sides.iter().map(|side| &side.side).collect();
        let found = search(&inputs, config);
        let is_three = sides.len() > 2;
        for pair in &found.pairs {
            let gold = Gold::new(&[sides[pair.source], sides[pair.target]]);
            for bead in &pair.alignment.beads {
                let right = gold.has(&[&bead.source, &bead.target]);
                let judged = ([f64::from(log_odds(bead.posterior))], right);
                if is_three { &mut self.three_languages } else { &mut self.two_languages }
                    .push(judged);
            }
        }
        let gold = Gold::new(sides);
        for unit in &found.units {
            self.add_unit(unit, &gold, &found);
        }
    }

    fn add_unit(&mut self, unit: &SentenceGroup, gold: &Gold, found: &SearchResult) {
        let parts: Vec<&[usize]> = unit.iter().map(Vec::as_slice).collect();
        let right = gold.has(&parts);
        let is_three = found.pairs.len() > 1;
        match unit.iter().filter(|sentences| !sentences.is_empty()).count() {
            1 => {
                let posterior = found.null_posterior(unit);
                let judged = ([f64::from(log_odds(posterior))], right);
                if is_three { &mut self.null_of_three } else { &mut self.null_of_two }.push(judged);
            }
            2 if is_three => {
                if let Some((bead, null)) = found.two_of_three_posteriors(unit) {
                    let log_odds = [bead, null].map(|posterior| f64::from(log_odds(posterior)));
                    self.two_of_three.push((log_odds, right));
                }
            }
            _ => (),
        }
    }

    fn calibration(&self) -> Calibration {
        let line = |judged: &[Judged<1>]| {
            let [slope, intercept] = logistic_regression::<1, 2>(judged, [1.0, 0.0]);
            LogOddsLine { slope: slope as f32, intercept: intercept as f32 }
        };
        let three_languages = line(&self.three_languages);
        // Of the calibrated log-odds of the bead, as confidences are computed from them.
        let calibrated: Vec<Judged<2>> = (self.two_of_three.iter())
            .map(|&([bead, null], right)| {
                let bead =
                    f64::from(three_languages.slope) * bead + f64::from(three_languages.intercept);
                ([bead, null], right)
            })
            .collect();
        let [bead, null, intercept] = logistic_regression::<2, 3>(&calibrated, [1.0, 0.0, 0.0]);
        Calibration {
            two_languages: line(&self.two_languages),
            three_languages,
            null_of_two: line(&self.null_of_two),
            null_of_three: line(&self.null_of_three),
            two_of_three: TwoOfThree {
                bead: bead as f32,
                null: null as f32,
                intercept: intercept as f32,
            },
        }
    }
}

/// The gold units of some languages: the closure over the segments that correspond.
struct Gold {
    /// By language and segment: its unit.
    unit_of: Vec<Vec<usize>>,
    units: Vec<SentenceGroup>,
}

impl Gold {
    fn new(sides: &[&NoisySide]) -> Gold {
        let lens: [usize; MAX_LANGUAGES] =
            std::array::from_fn(|x| sides.get(x).map_or(0, |side| side.segment_groups().len()));
        // By origin: the segments made of it.
        let mut linked: std::collections::BTreeMap<usize, SentenceGroup> =
            std::collections::BTreeMap::new();
        for (x, side) in sides.iter().enumerate() {
            for (segment, origins) in side.segment_groups().iter().enumerate() {
                for origin in origins {
                    linked.entry(*origin).or_default()[x].push(segment);
                }
            }
        }
        let units = closure(lens, linked.into_values());
        let mut unit_of: Vec<Vec<usize>> = lens.iter().map(|len| vec![0; *len]).collect();
        for (at, unit) in units.iter().enumerate() {
            for (places, segments) in unit_of.iter_mut().zip(unit) {
                segments.iter().for_each(|&segment| places[segment] = at);
            }
        }
        Gold { unit_of, units }
    }

    /// Whether some segments by language are exactly a unit.
    fn has(&self, parts: &[&[usize]]) -> bool {
        let first = (parts.iter().zip(&self.unit_of))
            .find_map(|(segments, unit_of)| segments.first().map(|segment| unit_of[*segment]));
        let Some(unit) = first.map(|at| &self.units[at]) else { return false };
        (0..MAX_LANGUAGES).all(|x| parts.get(x).copied().unwrap_or_default() == unit[x].as_slice())
    }
}

/// The weights of N inputs and the intercept (M = N + 1) that maximise the likelihood of what is
/// right, with a Gaussian prior around `start`.
fn logistic_regression<const N: usize, const M: usize>(
    judged: &[Judged<N>],
    start: [f64; M],
) -> [f64; M] {
    let count = judged.len().max(1) as f64;
    let mut evaluate = |weights: &[f64]| {
        let (mut value, mut gradient) = (0.0, vec![0.0; M]);
        for ((slope, weight), start) in gradient.iter_mut().zip(weights).zip(start) {
            value -= (weight - start).powi(2) / PRIOR_VARIANCE / 2.0;
            *slope = (start - weight) / PRIOR_VARIANCE;
        }
        for (inputs, right) in judged {
            let input = |at: usize| if at < N { inputs[at] } else { 1.0 };
            let score: f64 = (0..M).map(|at| weights[at] * input(at)).sum();
            let sign = if *right { 1.0 } else { -1.0 };
            // The logarithm of the logistic function, without overflow.
            let margin = sign * score;
            value -= (-margin.abs()).exp().ln_1p() + (-margin).max(0.0);
            let error = sign / (1.0 + margin.exp());
            gradient.iter_mut().enumerate().for_each(|(at, slope)| *slope += error * input(at));
        }
        gradient.iter_mut().for_each(|slope| *slope /= count);
        (value / count, gradient)
    };
    let (value, gradient) = evaluate(&start);
    let mut lbfgs = Lbfgs::new(start.to_vec(), value, gradient);
    for _ in 0..STEPS {
        if lbfgs.step(&mut evaluate) <= 0.0 {
            break;
        }
    }
    std::array::from_fn(|at| lbfgs.point()[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split_mix::SplitMix64;

    #[test]
    fn logistic_regression_finds_the_weights_that_made_the_data() {
        let mut random = SplitMix64::new(7);
        let (slope, other, intercept) = (0.7, -0.4, 0.3);
        let judged: Vec<Judged<2>> = (0..20_000)
            .map(|_| {
                let inputs = [random.unit() * 8.0 - 4.0, random.unit() * 6.0 - 3.0];
                let score = slope * inputs[0] + other * inputs[1] + intercept;
                (inputs, random.unit() < 1.0 / (1.0 + (-score).exp()))
            })
            .collect();
        let found = logistic_regression::<2, 3>(&judged, [1.0, 0.0, 0.0]);
        for (found, expected) in found.iter().zip([slope, other, intercept]) {
            assert!((found - expected).abs() < 0.08, "{found} {expected}");
        }
    }

    #[test]
    fn without_data_posteriors_stay_as_they_are() {
        assert_eq!(Judgements::default().calibration(), Calibration::IDENTITY);
    }
}
