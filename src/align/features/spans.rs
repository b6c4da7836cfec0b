//! What is known of the spans of one side, by number of sentences and start.

use std::ops::Range;

use crate::align::AlignConfig;
use crate::align::features::side::Side;
use crate::align::features::surface::Surface;

pub(in crate::align) struct Spans {
    /// By number of sentences - 1.
    pub(in crate::align) sizes: Vec<OfSize>,
    /// The logarithms of the sentences' lengths.
    pub(in crate::align) log: Vec<f32>,
    /// Whether any sentence is blank.
    pub(in crate::align) blank: bool,
}

/// The spans of one number of sentences, by start.
pub(in crate::align) struct OfSize {
    /// 0 where a sentence is blank.
    pub(in crate::align) length: Vec<f32>,
    pub(in crate::align) log: Vec<f32>,
    /// 1 where a unit ends before it, and where one ends after it.
    pub(in crate::align) end_before: Vec<f32>,
    pub(in crate::align) end_after: Vec<f32>,
    /// The ends of units inside.
    pub(in crate::align) ends_inside: Vec<f32>,
    /// Whether it ends in a question mark, in a stop, starts with a quote: 1
    /// or 0.
    pub(in crate::align) question: Vec<f32>,
    pub(in crate::align) stop: Vec<f32>,
    pub(in crate::align) quote: Vec<f32>,
    /// The weight of its numbers, and of those above twelve.
    pub(in crate::align) numbers: Vec<f32>,
    pub(in crate::align) large_numbers: Vec<f32>,
    pub(in crate::align) background: Vec<f32>,
    pub(in crate::align) nearest: Nearest,
    /// The first of the nearest: cosine and place.
    pub(in crate::align) best: Vec<f32>,
    pub(in crate::align) best_place: Vec<usize>,
}

/// The weight of the numbers of a span, and of those above twelve; whether it
/// ends in a question mark, in a stop, starts with a quote.
pub(in crate::align) type Marks = [f32; 5];

impl OfSize {
    pub(in crate::align) fn marks(&self, i: usize) -> Marks {
        let numbers = [self.numbers[i], self.large_numbers[i]];
        [numbers[0], numbers[1], self.question[i], self.stop[i], self.quote[i]]
    }
}

impl Spans {
    /// `numbers` has the weights of each sentence's numbers: all, and those above
    /// twelve.
    pub(in crate::align) fn new(side: &Side, max_side: usize, numbers: &[[f32; 2]]) -> Spans {
        let n = side.len();
        let mut ends = vec![0.0; n + 1];
        side.starts.iter().for_each(|&start| ends[start] = 1.0);
        let mark = |at: usize, marked: fn(&Surface) -> bool| -> f32 {
            f32::from(u8::from(side.surfaces.get(at).is_some_and(marked)))
        };
        let of_size = |size: usize| {
            let all = |value: &dyn Fn(usize) -> f32| -> Vec<f32> {
                (0..(n + 1).saturating_sub(size)).map(value).collect()
            };
            let length = all(&|start| side.span_length(start, size));
            OfSize {
                log: length.iter().map(|length| (length + 6.0).ln()).collect(),
                length,
                end_before: all(&|start| ends[start]),
                end_after: all(&|start| ends[start + size]),
                ends_inside: all(&|start| ends[start + 1..start + size].iter().sum()),
                question: all(&|start| mark(start + size - 1, |one| one.question)),
                stop: all(&|start| mark(start + size - 1, |one| one.stop)),
                quote: all(&|start| mark(start, |one| one.quote)),
                numbers: all(&|start| numbers[start..start + size].iter().map(|all| all[0]).sum()),
                large_numbers: all(&|start| {
                    numbers[start..start + size].iter().map(|all| all[1]).sum()
                }),
                background: Vec::new(),
                nearest: Nearest::new(0, 1),
                best: Vec::new(),
                best_place: Vec::new(),
            }
        };
        Spans {
            sizes: (1..=max_side).map(of_size).collect(),
            log: side.lengths.iter().map(|length| (length + 6.0).ln()).collect(),
            blank: side.lengths.contains(&0.0),
        }
    }

    pub(in crate::align) fn len(&self) -> usize {
        self.log.len()
    }

    /// Adds what was found of the spans of the next size.
    pub(in crate::align) fn add_nearest(&mut self, nearest: Nearest, config: &AlignConfig) {
        let Some(of_size) =
            self.sizes.iter_mut().find(|size| size.background.len() < size.length.len())
        else {
            return;
        };
        let nearest = nearest.with_default(config.background());
        let starts = 0..of_size.length.len();
        of_size.background =
            starts.clone().map(|start| nearest.background(start, config.neighbours)).collect();
        of_size.best = starts.clone().map(|start| nearest.best(start).0).collect();
        of_size.best_place = starts.map(|start| nearest.best(start).1).collect();
        of_size.nearest = nearest;
    }
}

/// The nearest sentences of the other side for each of a list of spans:
/// cosines, from the highest, and places.
pub(in crate::align) struct Nearest {
    keep: usize,
    values: Vec<f32>,
    places: Vec<usize>,
}

/// The place of a neighbour that is missing.
const NOWHERE: usize = usize::MAX / 2;

impl Nearest {
    pub(in crate::align) fn new(spans: usize, keep: usize) -> Nearest {
        let count = spans * keep;
        Nearest { keep, values: vec![f32::NEG_INFINITY; count], places: vec![NOWHERE; count] }
    }

    pub(in crate::align) fn offer(&mut self, span: usize, value: f32, place: usize) {
        let row = span * self.keep..(span + 1) * self.keep;
        let values = &mut self.values[row.clone()];
        if value <= values[values.len() - 1] {
            return;
        }
        let at = values.partition_point(|kept| *kept >= value);
        values[at..].rotate_right(1);
        values[at] = value;
        let places = &mut self.places[row];
        places[at..].rotate_right(1);
        places[at] = place;
    }

    /// With a value for the neighbours that are missing.
    fn with_default(mut self, value: f32) -> Nearest {
        self.values
            .iter_mut()
            .filter(|kept| **kept == f32::NEG_INFINITY)
            .for_each(|kept| *kept = value);
        self
    }

    pub(in crate::align) fn best(&self, span: usize) -> (f32, usize) {
        (self.values[span * self.keep], self.places[span * self.keep])
    }

    /// The highest cosine of a span with a sentence outside a range.
    pub(in crate::align) fn outside(&self, span: usize, range: Range<usize>) -> f32 {
        let row = span * self.keep..(span + 1) * self.keep;
        let mut kept = self.values[row.clone()].iter().zip(&self.places[row.clone()]);
        let found = kept.find(|(_, place)| !range.contains(place)).map(|(value, _)| *value);
        found.unwrap_or(self.values[row.end - 1])
    }

    /// The mean of the nearest after the first.
    fn background(&self, span: usize, neighbours: usize) -> f32 {
        let row = &self.values[span * self.keep..][1..=neighbours];
        row.iter().sum::<f32>() / neighbours as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(values: &[f32], keep: usize) -> Nearest {
        let mut nearest = Nearest::new(1, keep);
        values.iter().enumerate().for_each(|(place, value)| nearest.offer(0, *value, place));
        nearest.with_default(0.3)
    }

    #[test]
    fn the_background_leaves_out_the_nearest() {
        assert_eq!(nearest(&[0.9, 0.2, 0.4, 0.1], 3).background(0, 2), (0.4 + 0.2) / 2.0);
        assert_eq!(nearest(&[0.9, 0.1], 3).background(0, 2), (0.1 + 0.3) / 2.0);
        assert_eq!(nearest(&[0.9], 3).background(0, 2), 0.3);
        assert_eq!(nearest(&[], 3).background(0, 2), 0.3);
    }

    #[test]
    fn a_rival_is_outside() {
        let nearest = nearest(&[0.1, 0.9, 0.8, 0.2], 3);
        assert_eq!(nearest.best(0), (0.9, 1));
        assert_eq!(nearest.outside(0, 0..1), 0.9);
        assert_eq!(nearest.outside(0, 1..3), 0.2);
    }
}
