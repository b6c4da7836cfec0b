//! The best match of each word in each nearby sentence of the other side.
//!
//! Every word is compared with all words of the sentences that beads near the likely paths can pair
//! it with. Its match in a sentence is the highest cosine with a word there, as in BERTScore (Zhang
//! et al. 2020), but with static word vectors. The words of some sentences at a time are compared
//! in one matrix product.

use std::cell::Cell;
use std::ops::Range;

use crate::embed::Words;
use crate::matrix::multiply;

/// Source words per matrix product, and target words: 48 x 1,024 cosines take 192 KiB.
const BLOCK_WORDS: usize = 48;
const WIDE_BLOCK_WORDS: usize = 1024;

/// The cosine of a word with a sentence that has no words.
const NO_MATCH: f32 = -1.0;

/// The best matches of the words of one sentence.
pub(super) struct WordMaxima {
    /// The nearby sentences of the other side.
    pub(super) sentences: Range<usize>,
    /// The highest cosine: a row per word, a column per nearby sentence.
    pub(super) cosines: Vec<f32>,
}

impl WordMaxima {
    /// For the texts of `words`, whose nearby sentences are given.
    fn without_matches(words: &Words, nearby: &[Range<usize>]) -> Vec<WordMaxima> {
        let of = |(at, sentences): (usize, &Range<usize>)| WordMaxima {
            sentences: sentences.clone(),
            cosines: vec![NO_MATCH; words.text(at).len() * sentences.len()],
        };
        nearby.iter().enumerate().map(of).collect()
    }

    /// Sets the matches in one nearby sentence. `best` has the match of each vector of a block, and
    /// `rows` has the row of the vector of each word of this sentence.
    fn set(&mut self, sentence: usize, rows: &[usize], best: &[f32]) {
        let (width, at) = (self.sentences.len(), sentence - self.sentences.start);
        for (word, row) in rows.iter().enumerate() {
            self.cosines[word * width + at] = best[*row];
        }
    }
}

/// The matches of the source words and of the target words, by sentence. `nearby` has the target
/// sentences near each of the source, in ranges whose starts and ends never decrease.
pub(super) fn word_maxima(
    own: &Words,
    other: &Words,
    nearby: &[Range<usize>],
    target_sentences: usize,
) -> [Vec<WordMaxima>; 2] {
    let mut source = WordMaxima::without_matches(own, nearby);
    let mut target = WordMaxima::without_matches(other, &transposed(nearby, target_sentences));
    compare(own, other, &mut source, &mut target);
    [source, target]
}

/// For each of `m` columns, the rows that have it.
fn transposed(rows: &[Range<usize>], m: usize) -> Vec<Range<usize>> {
    let from = |j: usize| rows.partition_point(|row| row.end <= j);
    let to = |j: usize| rows.partition_point(|row| row.start <= j);
    (0..m).map(|j| from(j)..to(j).max(from(j))).collect()
}

fn compare(own: &Words, other: &Words, source: &mut [WordMaxima], target: &mut [WordMaxima]) {
    // The buffers are kept between articles: fresh pages cost as much time as the products.
    let mut buffers = BUFFERS.take();
    let Buffers { rows, columns, panels, cosines, transposed, best } = &mut buffers;
    rows.clear(own);
    columns.clear(other);
    let d = own.dimension();
    let mut start = 0;
    while start < source.len() {
        let end = rows.fill(own, start..source.len(), BLOCK_WORDS);
        let near = source[start].sentences.start..source[end - 1].sentences.end;
        let mut from = near.start;
        while from < near.end {
            let to = columns.fill(other, from..near.end, WIDE_BLOCK_WORDS);
            multiply_words(rows, columns, d, panels, cosines);
            for (i, maxima) in (start..).zip(&source[start..end]) {
                columns.highest(rows.places(i - start), cosines, best);
                let first = maxima.sentences.start.max(from);
                let last = maxima.sentences.end.min(to).max(first);
                for (j, maxima) in (first..last).zip(&mut target[first..last]) {
                    maxima.set(i, columns.places(j - from), best);
                }
            }
            transpose(cosines, columns.words.len(), transposed);
            for (j, maxima) in (from..).zip(&target[from..to]) {
                rows.highest(columns.places(j - from), transposed, best);
                let first = maxima.sentences.start.max(start);
                let last = maxima.sentences.end.min(end).max(first);
                for (i, maxima) in (first..last).zip(&mut source[first..last]) {
                    maxima.set(j, rows.places(i - start), best);
                }
            }
            from = to;
        }
        start = end;
    }
    BUFFERS.set(buffers);
}

thread_local! {
    /// Per thread, so that no article waits for another.
    static BUFFERS: Cell<Buffers> = Cell::default();
}

/// Memory for comparing words: a few MB, and 8 bytes for each distinct word of the longest article.
#[derive(Default)]
struct Buffers {
    rows: WordBlock,
    columns: WordBlock,
    panels: Vec<f32>,
    cosines: Vec<f32>,
    transposed: Vec<f32>,
    best: Vec<f32>,
}

/// The vectors of the words of some texts, each distinct word once.
#[derive(Default)]
struct WordBlock {
    vectors: Vec<f32>,
    /// The words that have a row in `vectors`.
    words: Vec<u32>,
    /// The row of every word of the texts, text after text.
    places: Vec<usize>,
    /// Where each text starts in `places`, and the end.
    starts: Vec<usize>,
    /// By word: its row in `vectors`, if it has one.
    rows: Vec<Option<u32>>,
}

impl WordBlock {
    /// Empties the block, for the words of a side.
    fn clear(&mut self, words: &Words) {
        self.words.clear();
        self.rows.clear();
        self.rows.resize(words.vectors(), None);
    }

    /// Fills the block with the first of some texts: at least one, and up to `max_words` words.
    /// Returns the index after the last.
    fn fill(&mut self, words: &Words, texts: Range<usize>, max_words: usize) -> usize {
        self.words.drain(..).for_each(|word| self.rows[word as usize] = None);
        self.vectors.clear();
        self.places.clear();
        self.starts.clear();
        for text in texts.clone() {
            let more = words.text(text);
            let full = self.places.len() + more.len() > max_words || self.starts.len() == max_words;
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

    /// Writes the highest cosine of each word of this block with some words of another block.
    /// `cosines` has a row for each word of the other block.
    fn highest(&self, words: &[usize], cosines: &[f32], highest: &mut Vec<f32>) {
        let width = self.words.len();
        highest.clear();
        highest.resize(width, NO_MATCH);
        for word in words {
            let row = &cosines[word * width..(word + 1) * width];
            for (highest, cosine) in highest.iter_mut().zip(row) {
                *highest = higher(*highest, *cosine);
            }
        }
    }
}

/// Writes the cosines of the words of two blocks, a row for each word of the first.
fn multiply_words(
    rows: &WordBlock,
    columns: &WordBlock,
    d: usize,
    panels: &mut Vec<f32>,
    cosines: &mut Vec<f32>,
) {
    let (count, others) = (rows.words.len(), columns.words.len());
    cosines.clear();
    cosines.resize(count * others, 0.0);
    multiply(&rows.vectors, &columns.vectors, d, panels, cosines);
}

fn transpose(cosines: &[f32], width: usize, transposed: &mut Vec<f32>) {
    let height = cosines.len() / width.max(1);
    transposed.resize(cosines.len(), 0.0);
    for (at, row) in cosines.chunks_exact(width.max(1)).enumerate() {
        for (column, cosine) in row.iter().enumerate() {
            transposed[column * height + at] = *cosine;
        }
    }
}

/// The higher of two numbers that are never NaN. It is one instruction; `f32::max` takes three.
pub(super) fn higher(one: f32, other: f32) -> f32 {
    if other > one { other } else { one }
}
