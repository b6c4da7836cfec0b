//! Long texts, which are searched in a band.

use bitext::align::{AlignConfig, PairAlignment, Side, align_pair};
use bitext::{Aligner, Article, Embeddings, Language, Warning};
use ndarray::Array2;

/// Pseudorandom numbers, the same at every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 40) as f32 / (1 << 24) as f32 - 0.5
    }
}

/// A text and its translation, with lost, merged and inserted sentences and an inserted passage of
/// fifty sentences.
fn sides(n: usize) -> (Side, Side) {
    const WIDTH: usize = 24;
    let mut random = Random(7);
    let mut sentence = || -> Vec<f32> { (0..WIDTH).map(|_| random.next()).collect() };
    let own: Vec<Vec<f32>> = (0..n).map(|_| sentence()).collect();
    let mut other = Vec::new();
    for (at, row) in own.iter().enumerate() {
        match at % 23 {
            3 => continue,
            11 => other.push(sentence()),
            _ => {}
        }
        if at == n / 2 {
            other.extend((0..50).map(|_| sentence()));
        }
        let noise = sentence();
        let mut copy: Vec<f32> = row.iter().zip(noise).map(|(x, y)| x + 0.3 * y).collect();
        if at % 17 == 5 && at % 23 != 4 {
            if let Some(last) = other.pop() {
                copy.iter_mut().zip(last).for_each(|(x, y)| *x += y);
            }
        }
        other.push(copy);
    }
    other.truncate(n);
    let side = |rows: Vec<Vec<f32>>| {
        let rows = Array2::from_shape_fn((rows.len(), WIDTH), |(i, j)| rows[i][j]);
        let lengths = vec![60.0; rows.nrows()];
        let mean = ndarray::Array1::zeros(WIDTH);
        Side::new(Embeddings::from_raw(rows, mean).expect("finite"), lengths).expect("a side")
    };
    (side(own), side(other))
}

fn links(alignment: &PairAlignment) -> Vec<(Vec<usize>, Vec<usize>)> {
    alignment.beads.iter().map(|bead| (bead.source.clone(), bead.target.clone())).collect()
}

#[test]
fn a_banded_search_finds_the_beads_of_the_exact_search() {
    let (source, target) = sides(3000);
    let exact = align_pair(&source, &target, &AlignConfig::default()).expect("a result");
    let mut config = AlignConfig::default();
    config.exact_cells = 0;
    let banded = align_pair(&source, &target, &config).expect("a result");
    let (exact_links, banded_links) = (links(&exact), links(&banded));
    assert!(exact_links.len() > 2000, "{}", exact_links.len());
    let same = exact_links.iter().filter(|bead| banded_links.contains(bead)).count();
    assert!(same * 1000 >= exact_links.len() * 998, "{same} of {}", exact_links.len());
    assert!((exact.score - banded.score).abs() <= 0.002 * exact.score.abs());
}

#[test]
fn long_repetitive_articles_are_aligned() {
    let lines = |word: &str, n: usize| vec![word.to_string(); n];
    let english = Article::from_sentences(Language::ENGLISH, lines("ferry", 20_000));
    let german = Article::from_sentences(Language::GERMAN, lines("Fähre", 20_000));
    let bitext = Aligner::new().align([english, german]).expect("a result");
    assert!(bitext.warnings().contains(&Warning::Approximate));
}
