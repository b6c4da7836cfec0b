//! The spans of one side, which are runs of 1 to `max_side` sentences, and their properties.
//!
//! Everything is stored in columns by the start of the span, because the scores of many beads are
//! computed in one loop.

use crate::align::features::constants::log_length;
use crate::align::features::side::Side;
use crate::align::features::similarity::neighbours::Neighbours;
use crate::align::features::surface::Surface;

/// The spans of one side.
pub(in crate::align) struct Spans {
    /// By number of sentences - 1.
    pub(in crate::align) by_size: Vec<SpansOfSize>,
    /// The logarithmic length of each sentence.
    pub(in crate::align) log_length: Vec<f32>,
    /// 1 for each sentence that is known as a line around articles, else 0.
    pub(in crate::align) boilerplate: Vec<f32>,
    /// Whether any sentence is blank.
    pub(in crate::align) has_blank: bool,
}

/// The spans of one number of sentences: columns by start.
#[derive(Default)]
pub(in crate::align) struct SpansOfSize {
    /// Characters; 0 if a sentence is blank.
    pub(in crate::align) length: Vec<f32>,
    pub(in crate::align) log_length: Vec<f32>,
    /// 1 if a segment ends before the span, else 0.
    pub(in crate::align) boundary_before: Vec<f32>,
    /// 1 if a segment ends with the span, else 0.
    pub(in crate::align) boundary_after: Vec<f32>,
    /// The number of segment boundaries inside the span.
    pub(in crate::align) boundaries_inside: Vec<f32>,
    /// The fields of [`Marks`].
    pub(in crate::align) numbers: Vec<f32>,
    pub(in crate::align) large_numbers: Vec<f32>,
    pub(in crate::align) question_mark: Vec<f32>,
    pub(in crate::align) final_mark: Vec<f32>,
    pub(in crate::align) opening_quote: Vec<f32>,
    /// The mean cosine with the neighbours after the nearest.
    pub(in crate::align) neighbour_cosine: Vec<f32>,
    /// The nearest neighbour: its cosine and its sentence.
    pub(in crate::align) best_cosine: Vec<f32>,
    pub(in crate::align) best_place: Vec<usize>,
    pub(in crate::align) neighbours: Option<Neighbours>,
}

/// Counts of the letters, digits and marks of a span.
#[derive(Clone, Copy)]
pub(in crate::align) struct Marks {
    /// The weight of its numbers.
    pub(in crate::align) numbers: f32,
    /// The weight of its numbers above twelve.
    pub(in crate::align) large_numbers: f32,
    /// 1 if it ends in a question mark, else 0.
    pub(in crate::align) question_mark: f32,
    /// 1 if it ends in a sentence-final mark, else 0.
    pub(in crate::align) final_mark: f32,
    /// 1 if it starts with a quotation mark or a dash, else 0.
    pub(in crate::align) opening_quote: f32,
}

/// One segment's ends as a span has them, 0 or 1, and those inside it.
#[derive(Clone, Copy)]
pub(in crate::align) struct Boundaries {
    pub(in crate::align) inside: f32,
    pub(in crate::align) before: f32,
    pub(in crate::align) after: f32,
}

/// The weights of a sentence's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::align) struct NumberWeights {
    pub(in crate::align) all: f32,
    /// Those above twelve. Smaller ones are often written as words.
    pub(in crate::align) large: f32,
}

impl SpansOfSize {
    #[inline(always)]
    pub(in crate::align) fn marks(&self, start: usize) -> Marks {
        Marks {
            numbers: self.numbers[start],
            large_numbers: self.large_numbers[start],
            question_mark: self.question_mark[start],
            final_mark: self.final_mark[start],
            opening_quote: self.opening_quote[start],
        }
    }

    #[inline(always)]
    pub(in crate::align) fn boundaries(&self, start: usize) -> Boundaries {
        Boundaries {
            inside: self.boundaries_inside[start],
            before: self.boundary_before[start],
            after: self.boundary_after[start],
        }
    }

    /// Adds the neighbours of the spans. `count` of them make the mean; missing ones count as
    /// `default_cosine`.
    pub(in crate::align) fn set_neighbours(
        &mut self,
        neighbours: Neighbours,
        count: usize,
        default_cosine: f32,
    ) {
        let neighbours = neighbours.with_default(default_cosine);
        let starts = 0..self.length.len();
        self.neighbour_cosine =
            starts.clone().map(|start| neighbours.mean_after_best(start, count)).collect();
        (self.best_cosine, self.best_place) = starts.map(|start| neighbours.best(start)).unzip();
        self.neighbours = Some(neighbours);
    }
}

impl Spans {
    /// The spans of up to `max_side` sentences; `numbers` has the weights of each sentence's
    /// numbers.
    pub(in crate::align) fn new(side: &Side, max_side: usize, numbers: &[NumberWeights]) -> Spans {
        let n = side.len();
        let mut boundaries = vec![0.0; n + 1];
        side.segment_starts.iter().for_each(|&start| boundaries[start] = 1.0);
        let mark = |at: usize, marked: fn(&Surface) -> bool| -> f32 {
            f32::from(u8::from(side.surfaces.get(at).is_some_and(marked)))
        };
        let of_size = |size: usize| {
            let column = |value: &dyn Fn(usize) -> f32| -> Vec<f32> {
                (0..(n + 1).saturating_sub(size)).map(value).collect()
            };
            let length = column(&|start| side.span_length(start, size));
            SpansOfSize {
                log_length: length.iter().map(|length| log_length(*length)).collect(),
                length,
                boundary_before: column(&|start| boundaries[start]),
                boundary_after: column(&|start| boundaries[start + size]),
                boundaries_inside: column(&|start| {
                    boundaries[start + 1..start + size].iter().sum()
                }),
                question_mark: column(&|start| mark(start + size - 1, |one| one.question_mark)),
                final_mark: column(&|start| mark(start + size - 1, |one| one.final_mark)),
                opening_quote: column(&|start| mark(start, |one| one.opening_quote)),
                numbers: column(&|start| {
                    numbers[start..start + size].iter().map(|weights| weights.all).sum()
                }),
                large_numbers: column(&|start| {
                    numbers[start..start + size].iter().map(|weights| weights.large).sum()
                }),
                ..SpansOfSize::default()
            }
        };
        Spans {
            by_size: (1..=max_side).map(of_size).collect(),
            log_length: side.lengths.iter().map(|length| log_length(*length)).collect(),
            boilerplate: (0..n).map(|at| mark(at, |one| one.boilerplate)).collect(),
            has_blank: side.lengths.contains(&0.0),
        }
    }

    /// Number of sentences.
    pub(in crate::align) fn len(&self) -> usize {
        self.log_length.len()
    }
}
