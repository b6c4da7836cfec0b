//! What single words tell: how much of a sentence the other side says in a
//! bead, and how much better it says it elsewhere.
//!
//! Each word is compared with all words of the sentences near by on the other
//! side, those that beads about the likely paths can have; its match in a
//! sentence is the highest cosine with a word there. A bead *loses* what has no
//! match in it, and a word is *elsewhere* by as much as its best match near by is
//! better than that in the bead. ForwardBackward of vectors hide this: two sentences about
//! one thing resemble each other whatever they say of it. (Token-level maxima as in Zhang et al. 2020, "BERTScore"; here of
//! static vectors, and against the neighbourhood.)

use std::cell::Cell;
use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::align::band::{Band, BandMatrix};
use crate::align::features::side::Side;
use crate::embed::Words;

/// A word of which no cosine in the bead is this high is partly lost.
const MATCH_COSINE: f32 = 0.4;

/// Losses are small numbers; this makes them comparable to margins.
const MISMATCH_SCALE: f32 = 5.0;

/// Words of the source and of the target that are multiplied at once.
const BLOCK: usize = 128;
const WIDE_BLOCK: usize = 1024;

/// Of each sentence of one side: what its words lose in spans of the other.
struct Losses {
    /// By number of sentences - 1, of each span by its first sentence: what makes a
    /// sum over its words half of a mean over both sides, times `SCALE`.
    share: Vec<Vec<f32>>,
    /// By number of sentences of the span - 1: of each sentence and first
    /// sentence of a span, what is elsewhere and what is lost.
    sizes: Vec<BandMatrix<[f32; 2]>>,
}

/// The losses of both sides.
pub(in crate::align) struct WordMatches {
    source: Losses,
    target: Losses,
}

/// The matches of a sentence's words: for each word a row over the sentences
/// near by.
struct Matches {
    columns: Range<usize>,
    values: Vec<f32>,
}

impl Matches {
    /// Takes the matches in one sentence near by: the words' are at some places of a
    /// list.
    fn put(&mut self, sentence: usize, places: &[usize], list: &[f32]) {
        let (width, at) = (self.columns.len(), sentence - self.columns.start);
        for (word, place) in places.iter().enumerate() {
            self.values[word * width + at] = list[*place];
        }
    }
}

impl WordMatches {
    /// Of the beads between the nodes of a band; nothing where the words of a
    /// side are not known.
    pub(in crate::align) fn new(
        source: &Side,
        target: &Side,
        max_side: usize,
        band: &Band,
    ) -> Option<WordMatches> {
        let (own, other) = (source.embeddings.words()?, target.embeddings.words()?);
        if own.dimension() != other.dimension() {
            return None;
        }
        let cells = band.cells(max_side);
        let mut source = blank(own, &cells);
        let mut target = blank(other, &turned(&cells, target.len()));
        compare(own, other, &mut source, &mut target);
        Some(WordMatches {
            source: Losses::new(own, &source, max_side),
            target: Losses::new(other, &target, max_side),
        })
    }

    /// Writes what is elsewhere and what is lost in the beads of the source
    /// sentences `rows` and the spans of `b` target sentences that start in a
    /// range: means over both sides in fifths of a cosine, 0 to 10 and 0 to 7.
    pub(in crate::align) fn measure(
        &self,
        rows: Range<usize>,
        b: usize,
        first: Range<usize>,
        out: &mut Vec<[f32; 2]>,
    ) {
        out.clear();
        out.resize(first.len(), [0.0; 2]);
        let own = self.source.share[rows.len() - 1][rows.start];
        for i in rows.clone() {
            let columns = self.source.sizes[b - 1].columns(i);
            let losses = self.source.sizes[b - 1].row(i);
            let from = first.start.max(columns.start);
            let known = losses.get(from - columns.start..).unwrap_or_default();
            for (both, loss) in out[(from - first.start).min(first.len())..].iter_mut().zip(known) {
                both[0] += own * loss[0];
                both[1] += own * loss[1];
            }
        }
        let losses = &self.target.sizes[rows.len() - 1];
        for at in first.start..first.end + b - 1 {
            let Some(loss) = losses.get(at, rows.start) else { continue };
            for j in (at + 1).saturating_sub(b).max(first.start)..(at + 1).min(first.end) {
                let other = self.target.share[b - 1][j];
                out[j - first.start][0] += other * loss[0];
                out[j - first.start][1] += other * loss[1];
            }
        }
    }
}

/// The rows of each of `m` columns; the ranges never go back.
fn turned(rows: &[Range<usize>], m: usize) -> Vec<Range<usize>> {
    let from = |j: usize| rows.partition_point(|row| row.end <= j);
    let to = |j: usize| rows.partition_point(|row| row.start <= j);
    (0..m).map(|j| from(j)..to(j).max(from(j))).collect()
}

fn blank(words: &Words, columns: &[Range<usize>]) -> Vec<Matches> {
    let of = |(at, columns): (usize, &Range<usize>)| Matches {
        columns: columns.clone(),
        values: vec![-1.0; words.text(at).len() * columns.len()],
    };
    columns.iter().enumerate().map(of).collect()
}

/// Compares the words of the sentences with those near by, some sentences with
/// some at once.
fn compare(own: &Words, other: &Words, source: &mut [Matches], target: &mut [Matches]) {
    // One memory for all blocks and articles: fresh pages cost as much as the products.
    let mut room = ROOM.take();
    let Room { rows, columns, cosines, turned, best } = &mut room;
    rows.clear(own);
    columns.clear(other);
    let d = own.dimension();
    let mut start = 0;
    while start < source.len() {
        let end = rows.fill(own, start..source.len(), BLOCK);
        let near = source[start].columns.start..source[end - 1].columns.end;
        let mut from = near.start;
        while from < near.end {
            let to = columns.fill(other, from..near.end, WIDE_BLOCK);
            multiply(rows, columns, d, cosines);
            for (i, matches) in (start..).zip(&source[start..end]) {
                columns.highest(rows.places(i - start), cosines, best);
                let first = matches.columns.start.max(from);
                let last = matches.columns.end.min(to).max(first);
                for (j, matches) in (first..last).zip(&mut target[first..last]) {
                    matches.put(i, columns.places(j - from), best);
                }
            }
            turn(cosines, columns.words.len(), turned);
            for (j, matches) in (from..).zip(&target[from..to]) {
                rows.highest(columns.places(j - from), turned, best);
                let first = matches.columns.start.max(start);
                let last = matches.columns.end.min(end).max(first);
                for (i, matches) in (first..last).zip(&mut source[first..last]) {
                    matches.put(j, rows.places(i - start), best);
                }
            }
            from = to;
        }
        start = end;
    }
    ROOM.set(room);
}

thread_local! {
    /// Of each thread, so that no article waits for another.
    static ROOM: Cell<Room> = Cell::default();
}

/// Memory for the comparison of words: some MB at most, and a number for each
/// different word of the longest article.
#[derive(Default)]
struct Room {
    rows: Block,
    columns: Block,
    cosines: Vec<f32>,
    turned: Vec<f32>,
    best: Vec<f32>,
}

/// The vectors of the words of some texts, each different word once.
#[derive(Default)]
struct Block {
    vectors: Vec<f32>,
    /// The words that have a row in `vectors`.
    words: Vec<u32>,
    /// Of every word of the texts, one after another, its row.
    places: Vec<usize>,
    /// Where in `places` each text starts, and the end.
    starts: Vec<usize>,
    /// By word: its row, or none.
    rows: Vec<Option<u32>>,
}

impl Block {
    /// Makes ready for the words of a side.
    fn clear(&mut self, words: &Words) {
        self.words.clear();
        self.rows.clear();
        self.rows.resize(words.vectors(), None);
    }

    /// Takes the first of some texts, one at least, with up to `most` words;
    /// returns where they end.
    fn fill(&mut self, words: &Words, texts: Range<usize>, most: usize) -> usize {
        self.words.drain(..).for_each(|word| self.rows[word as usize] = None);
        self.vectors.clear();
        self.places.clear();
        self.starts.clear();
        for text in texts.clone() {
            let more = words.text(text);
            let full = self.places.len() + more.len() > most || self.starts.len() == most;
            if !self.starts.is_empty() && full {
                break;
            }
            self.starts.push(self.places.len());
            for &(word, _) in more {
                let row = *self.rows[word as usize].get_or_insert_with(|| {
                    self.vectors.extend_from_slice(words.vector(word));
                    self.words.push(word);
                    self.words.len() as u32 - 1
                });
                self.places.push(row as usize);
            }
        }
        let end = texts.start + self.starts.len();
        self.starts.push(self.places.len());
        end
    }

    /// The rows of a text's words.
    fn places(&self, text: usize) -> &[usize] {
        &self.places[self.starts[text]..self.starts[text + 1]]
    }

    /// Of each word of this block, its highest cosine with some words of another
    /// one; `cosines` has a row for each of the other's words.
    fn highest(&self, words: &[usize], cosines: &[f32], highest: &mut Vec<f32>) {
        let width = self.words.len();
        highest.clear();
        highest.resize(width, -1.0);
        for word in words {
            let row = &cosines[word * width..(word + 1) * width];
            for (highest, cosine) in highest.iter_mut().zip(row) {
                *highest = higher(*highest, *cosine);
            }
        }
    }
}

/// Writes the cosines of the words of two blocks: a row for each of the first.
fn multiply(rows: &Block, columns: &Block, d: usize, cosines: &mut Vec<f32>) {
    let (count, others) = (rows.words.len(), columns.words.len());
    cosines.clear();
    cosines.resize(count * others, 0.0);
    let shapes = (
        ArrayView2::from_shape((count, d), &rows.vectors),
        ArrayView2::from_shape((others, d), &columns.vectors),
        ArrayViewMut2::from_shape((count, others), cosines),
    );
    if let (Ok(rows), Ok(columns), Ok(mut cosines)) = shapes {
        general_mat_mul(1.0, &rows, &columns.t(), 0.0, &mut cosines);
    }
}

/// Writes the columns of cosines as rows.
fn turn(cosines: &[f32], width: usize, turned: &mut Vec<f32>) {
    let height = cosines.len() / width.max(1);
    turned.resize(cosines.len(), 0.0);
    for (at, row) in cosines.chunks_exact(width.max(1)).enumerate() {
        for (column, cosine) in row.iter().enumerate() {
            turned[column * height + at] = *cosine;
        }
    }
}

/// The higher of two numbers that are never NaN: one instruction, where `f32::max`
/// takes three.
fn higher(one: f32, other: f32) -> f32 {
    if other > one { other } else { one }
}

impl Losses {
    fn new(words: &Words, matches: &[Matches], max_side: usize) -> Losses {
        let weight = |at: usize| words.text(at).iter().map(|(_, weight)| *weight).sum();
        let weights: Vec<f32> = (0..matches.len()).map(weight).collect();
        let half = |weights: &[f32]| match weights.iter().sum::<f32>() {
            weight if weight > 0.0 => 0.5 * MISMATCH_SCALE / weight,
            _ => 0.0,
        };
        let share = (1..=max_side).map(|size| weights.windows(size).map(half).collect()).collect();
        let spans = |size: usize| {
            let columns = |one: &Matches| {
                one.columns.start..(one.columns.end + 1).saturating_sub(size).max(one.columns.start)
            };
            BandMatrix::new(matches.iter().map(columns).collect(), [0.0; 2])
        };
        let mut sizes: Vec<BandMatrix<[f32; 2]>> = (1..=max_side).map(spans).collect();
        let (mut best, mut sums) = (Vec::new(), vec![[Vec::new(), Vec::new()]; max_side]);
        for (at, one) in matches.iter().enumerate() {
            let width = one.columns.len();
            for sum in sums.iter_mut().flatten() {
                sum.clear();
                sum.resize(width, 0.0);
            }
            for (row, &(_, weight)) in one.values.chunks(width.max(1)).zip(words.text(at)) {
                let highest = row.iter().copied().fold(-1.0, higher);
                best.clear();
                best.extend_from_slice(row);
                for (before, [elsewhere, lost]) in sums.iter_mut().enumerate() {
                    let more = row.get(before..).unwrap_or_default();
                    let all = best.iter_mut().zip(more).zip(elsewhere).zip(lost);
                    for (((best, more), elsewhere), lost) in all {
                        *best = higher(*best, *more);
                        *elsewhere += weight * (highest - *best);
                        *lost += weight * higher(MATCH_COSINE - *best, 0.0);
                    }
                }
            }
            for (size, [elsewhere, lost]) in sizes.iter_mut().zip(&sums) {
                let losses = size.row_mut(at).iter_mut();
                losses.zip(elsewhere.iter().zip(lost)).for_each(|(loss, (e, l))| *loss = [*e, *l]);
            }
        }
        Losses { share, sizes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::Embeddings;
    use ndarray::Array2;

    /// Sentences of made-up words, some without any.
    fn side(counts: &[usize], seed: usize) -> Side {
        let words: usize = counts.iter().sum();
        let value = |at: usize| ((seed + at) * 7919 % 113) as f32 / 56.0 - 1.0;
        let vectors = Array2::from_shape_fn((words, 3), |(i, k)| value(5 * i + k));
        let mut next = 0;
        let texts = counts.iter().map(|count| {
            next += count;
            (next - count..next).map(|word| (word as u32, 1.0 + (word % 4) as f32 / 5.0)).collect()
        });
        let words = Words::new(vectors, texts.collect()).unwrap();
        let rows = Embeddings::from_rows(Array2::ones((counts.len(), 2))).unwrap();
        Side::new(rows.with_words(words).unwrap(), vec![10.0; counts.len()]).unwrap()
    }

    /// The same, word by word.
    fn plainly(own: &Words, at: Range<usize>, other: &Words, bead: Range<usize>) -> [f64; 2] {
        let all = 0..other.len();
        let (mut both, mut sum) = ([0.0; 2], 0.0);
        for (word, weight) in at.flat_map(|at| own.text(at)) {
            let best = |texts: Range<usize>| {
                let words = texts.flat_map(|text| other.text(text));
                let cosines = words.map(|(w, _)| {
                    own.vector(*word).iter().zip(other.vector(*w)).map(|(x, y)| x * y).sum::<f32>()
                });
                f64::from(cosines.fold(-1.0_f32, f32::max))
            };
            let weight = f64::from(*weight);
            let inside = best(bead.clone());
            both[0] += weight * (best(all.clone()) - inside);
            both[1] += weight * (f64::from(MATCH_COSINE) - inside).max(0.0);
            sum += weight;
        }
        both.map(|loss| if sum > 0.0 { f64::from(MISMATCH_SCALE) / 2.0 * loss / sum } else { 0.0 })
    }

    #[test]
    fn losses_are_what_each_word_loses() {
        let (source, target) = (side(&[3, 0, 5, 2], 1), side(&[4, 1, 3], 40));
        let (own, other) = (source.embeddings.words(), target.embeddings.words());
        let (own, other) = (own.unwrap(), other.unwrap());
        let word_matches = WordMatches::new(&source, &target, 3, &Band::full(4, 3)).unwrap();
        let (mut out, mut lost) = (Vec::new(), 0);
        for (a, b) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 2)] {
            for i in 0..=4 - a {
                for from in 0..=3 - b {
                    word_matches.measure(i..i + a, b, from..4 - b, &mut out);
                    assert_eq!(out.len(), 4 - b - from);
                    for (at, measured) in out.iter().enumerate() {
                        let bead = from + at..from + at + b;
                        let one = plainly(own, i..i + a, other, bead.clone());
                        let two = plainly(other, bead, own, i..i + a);
                        for k in 0..2 {
                            let expected = one[k] + two[k];
                            assert!((f64::from(measured[k]) - expected).abs() < 1e-4);
                            lost += usize::from(expected > 0.1);
                        }
                    }
                }
            }
        }
        assert!(lost > 20, "{lost}");
    }

    #[test]
    fn many_sentences_are_compared_in_blocks() {
        // More words than a block takes, and many sentences without any.
        let counts: Vec<usize> = (0..600).map(|at| if at < 200 { 0 } else { at % 9 }).collect();
        let (source, target) = (side(&[9, 0, 8, 60, 7], 1), side(&counts, 40));
        let (own, other) = (source.embeddings.words(), target.embeddings.words());
        let (own, other) = (own.unwrap(), other.unwrap());
        let band = Band::full(5, 600);
        let mut found = Vec::new();
        WordMatches::new(&source, &target, 1, &band).unwrap().measure(2..3, 1, 0..600, &mut found);
        let mut turned = Vec::new();
        let band = Band::full(600, 5);
        let word_matches = WordMatches::new(&target, &source, 1, &band).unwrap();
        for j in (0..600).step_by(7) {
            let one = plainly(own, 2..3, other, j..j + 1);
            let two = plainly(other, j..j + 1, own, 2..3);
            word_matches.measure(j..j + 1, 1, 2..3, &mut turned);
            for k in 0..2 {
                assert!((f64::from(found[j][k]) - one[k] - two[k]).abs() < 1e-4);
                assert!((found[j][k] - turned[0][k]).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn nothing_is_said_without_words() {
        let known = side(&[2, 2], 3);
        let rows = Embeddings::from_rows(Array2::ones((2, 2))).unwrap();
        let unknown = Side::new(rows, vec![10.0; 2]).unwrap();
        let band = Band::full(2, 2);
        assert!(WordMatches::new(&known, &unknown, 2, &band).is_none());
        assert!(WordMatches::new(&unknown, &known, 2, &band).is_none());
        assert!(WordMatches::new(&known, &known, 2, &band).is_some());
    }
}
