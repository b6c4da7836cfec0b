//! Random small sides and settings for the tests of the search, and brute force.

mod agreement;
mod brute_force;

use ndarray::{Array1, Array2};
use proptest::prelude::*;

use crate::Language;
use crate::align::crf::gap::Gap;
use crate::align::crf::weights::{BEAD_WEIGHTS, Weights};
use crate::align::{AlignConfig, Background, Side};
use crate::embed::Embeddings;

/// Dimension of the vectors.
pub(in crate::align) const WIDTH: usize = 4;

/// The parts of a side.
#[derive(Clone, Debug)]
pub(in crate::align) struct Given {
    rows: Vec<Vec<f32>>,
    lengths: Vec<f32>,
    mean: Option<Vec<f32>>,
    segments: Option<Vec<usize>>,
    texts: Option<(Language, Vec<&'static str>)>,
}

impl Given {
    pub(in crate::align) fn side(&self) -> Side {
        let rows = Array2::from_shape_vec((self.rows.len(), WIDTH), self.rows.concat()).unwrap();
        let vectors = match &self.mean {
            Some(mean) => Embeddings::from_raw(rows, Array1::from(mean.clone())),
            None => Embeddings::from_rows(rows),
        };
        let mut side = Side::new(vectors.unwrap(), self.lengths.clone()).unwrap();
        if let Some(segments) = &self.segments {
            side = side.with_segments(segments).unwrap();
        }
        if let Some((language, texts)) = &self.texts {
            side = side.with_texts(*language, texts).unwrap();
        }
        side
    }
}

const TEXTS: [&str; 7] = [
    "The price rose to 1,250 euros.",
    "Ціна зросла до 1 250 євро?",
    "„Wann?“, fragte Selenskyj am 12.05.2024.",
    "Зеленський відповів о 14:30",
    "– Zelensky replied at 14:30!",
    "",
    "1,250 3 12 2024",
];

/// Repeats sizes until they add up to n.
fn segment_sizes(n: usize, sizes: &[usize]) -> Vec<usize> {
    let (mut left, mut segments) = (n, Vec::new());
    for size in sizes.iter().cycle() {
        if left == 0 {
            break;
        }
        segments.push((*size).min(left));
        left -= (*size).min(left);
    }
    segments
}

fn side(max_sentences: usize) -> impl Strategy<Value = Given> {
    (0..=max_sentences).prop_flat_map(|n| {
        let row = prop::collection::vec(-1.0..1.0_f32, WIDTH);
        let length = prop_oneof![1 => Just(0.0_f32), 9 => 1.0..200.0_f32];
        (
            prop::collection::vec(row, n),
            prop::collection::vec(length, n),
            prop::option::of(prop::collection::vec(1..4_usize, 3)),
            prop::option::of(prop::collection::vec(prop::sample::select(TEXTS.to_vec()), n)),
            prop::sample::select(vec![Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN]),
        )
            .prop_map(move |(rows, lengths, sizes, texts, language)| Given {
                rows,
                lengths,
                mean: None,
                segments: sizes.map(|sizes| segment_sizes(n, &sizes)),
                texts: texts.map(|texts| (language, texts)),
            })
    })
}

/// Two sides, both additive or both not, with or without texts and segments. The vectors of the
/// second are noisy copies of the first's, random, all equal, or all zero.
pub(in crate::align) fn sides(max_sentences: usize) -> impl Strategy<Value = (Given, Given)> {
    let mean = prop::option::of(prop::collection::vec(-0.3..0.3_f32, WIDTH));
    (side(max_sentences), side(max_sentences), mean, 0..5).prop_map(
        |(mut source, mut target, mean, kind)| {
            for (at, row) in target.rows.iter_mut().enumerate() {
                if let (0..=1, Some(own)) = (kind, source.rows.get(at)) {
                    row.iter_mut().zip(own).for_each(|(value, own)| *value = own + 0.2 * *value);
                }
            }
            for given in [&mut source, &mut target] {
                given.mean.clone_from(&mean);
                match kind {
                    3 => given.rows.fill(vec![1.0; WIDTH]),
                    4 => given.rows.fill(vec![0.0; WIDTH]),
                    _ => {}
                }
            }
            (source, target)
        },
    )
}

/// Settings with learnt, initial or random weights.
pub(in crate::align) fn config() -> impl Strategy<Value = AlignConfig> {
    let any = prop::collection::vec(-3.0..3.0_f64, BEAD_WEIGHTS + Gap::COUNT);
    let weights = prop_oneof![
        Just(Weights::default()),
        Just(Weights::initial()),
        any.prop_map(|flat| Weights::from_flat(&flat))
    ];
    (1..5_usize, 2..9_usize, 1..8_usize, -0.2..0.6_f32, 0.3..3.0_f32, weights).prop_map(
        |(max_side, max_bead, neighbours, background, temperature, weights)| AlignConfig {
            max_side,
            max_bead,
            neighbours,
            background: Some(Background { mean: background, deviation: 0.1 }),
            temperature,
            weights: Some(weights),
            ..AlignConfig::default()
        },
    )
}
