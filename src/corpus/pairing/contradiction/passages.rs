//! Passages: the texts of two articles that are compared with each other.

use crate::{Article, LanguagePair};

/// Unaligned sentences on either side that are compared as replacements of each other, at most. Longer runs
/// are other sections, not filled-in fields of a template.
const MAX_REPLACED_SENTENCES: usize = 4;

/// Corresponding texts of two articles.
pub(super) struct Passage {
    /// The source text and the target text.
    pub texts: [String; 2],
    /// The number of sentences of the longer side.
    pub weight: f32,
}

impl Passage {
    pub fn new(source: &[&str], target: &[&str]) -> Passage {
        let weight = source.len().max(target.len()) as f32;
        Passage { texts: [source.join(" "), target.join(" ")], weight }
    }
}

/// The passages of two articles: the beads, and short runs of unaligned sentences between two beads.
pub(super) fn passages(pair: &LanguagePair, source: &Article, target: &Article) -> Vec<Passage> {
    let (source, target): (Vec<&str>, Vec<&str>) =
        (source.sentences().collect(), target.sentences().collect());
    let mut passages = Vec::new();
    let mut reached = (0, 0);
    for bead in &pair.beads {
        let [one, other] = bead.parts() else { continue };
        let (x, y) = (&one.sentences, &other.sentences);
        let (Some(&first), Some(&second)) = (x.first(), y.first()) else { continue };
        let between = (source.get(reached.0..first), target.get(reached.1..second));
        if let (Some(x), Some(y)) = between {
            if x.len() == y.len() && x.len() <= MAX_REPLACED_SENTENCES {
                passages.extend(x.iter().zip(y).map(|(x, y)| Passage::new(&[*x], &[*y])));
            } else if x.len().min(y.len()) > 0 && x.len().max(y.len()) <= MAX_REPLACED_SENTENCES {
                passages.push(Passage::new(x, y));
            }
        }
        passages.push(Passage::new(&picked(&source, x), &picked(&target, y)));
        let last = |sentences: &[usize]| sentences.last().map_or(0, |last| last + 1);
        reached = (reached.0.max(last(x)), reached.1.max(last(y)));
    }
    passages
}

fn picked<'a>(sentences: &[&'a str], at: &[usize]) -> Vec<&'a str> {
    at.iter().filter_map(|at| sentences.get(*at)).copied().collect()
}
