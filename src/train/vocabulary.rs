//! The pieces of a unigram tokenizer, learnt from counts of words.
//!
//! Kudo 2018, "Subword Regularization", section 3.2: start from all frequent
//! substrings, find their probabilities by EM, drop those that the likelihood
//! misses least, and repeat until few enough are left.

use rustc_hash::{FxHashMap, FxHashSet};

/// How the pieces are chosen.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VocabularyConfig {
    /// Number of pieces.
    pub pieces: usize,
    /// Longest piece, in characters, the mark of a word's start included.
    pub longest: usize,
    /// Counts are raised to this power, 0 to 1. Below 1 the many rare forms of an
    /// inflected language weigh more beside its frequent words.
    pub damping: f64,
    /// Characters with a smaller share of all characters get no piece.
    pub rarest_character: f64,
    /// Pieces to start from, as a multiple of `pieces`.
    pub seeds: usize,
    /// Most words to learn from, the most frequent ones, which bounds memory.
    pub words: usize,
}

impl Default for VocabularyConfig {
    fn default() -> VocabularyConfig {
        VocabularyConfig {
            pieces: 32_000,
            longest: 18,
            damping: 0.75,
            rarest_character: 1e-7,
            seeds: 10,
            words: 300_000,
        }
    }
}

/// A piece may stand from one byte to another.
#[derive(Clone, Copy)]
struct Arc {
    from: u16,
    to: u16,
    piece: u32,
}

/// Words with longer ones teach nothing and cost much.
const MAX_WORD_CHARACTERS: usize = 40;
const MIN_PROBABILITY: f64 = 1e-7;
const KEPT_SHARE: f64 = 0.7;

/// Learns pieces with their log probabilities, most probable first, from words
/// (with the mark of their start) and their counts.
pub(crate) fn learn(words: &[(String, f64)], config: &VocabularyConfig) -> Vec<(String, f32)> {
    let mut words: Vec<(&str, f64)> = words
        .iter()
        .filter(|(word, count)| *count > 0.0 && word.chars().count() <= MAX_WORD_CHARACTERS)
        .map(|(word, count)| (word.as_str(), count.powf(config.damping)))
        .collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    words.truncate(config.words);
    let mut pieces = seeds(&words, config);
    let mut probabilities = vec![1.0 / pieces.len().max(1) as f64; pieces.len()];
    loop {
        let lattice = Lattice::new(&words, &pieces, config.longest);
        for _ in 0..2 {
            probabilities = lattice.expected(&words, &probabilities);
            normalise(&mut probabilities);
        }
        if pieces.len() <= config.pieces {
            break;
        }
        let keep = ((pieces.len() as f64 * KEPT_SHARE) as usize).max(config.pieces);
        let kept = prune(&pieces, &probabilities, keep, config.longest);
        // No fewer than there are characters.
        if kept.len() == pieces.len() {
            break;
        }
        probabilities = kept.iter().map(|&at| probabilities[at]).collect();
        pieces = kept.iter().map(|&at| pieces[at]).collect();
        normalise(&mut probabilities);
    }
    let mut all: Vec<(String, f32)> = pieces
        .iter()
        .zip(&probabilities)
        .map(|(piece, p)| (piece.to_string(), p.ln() as f32))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

fn normalise(probabilities: &mut [f64]) {
    let sum: f64 = probabilities.iter().sum();
    for p in probabilities {
        *p = (*p / sum).max(MIN_PROBABILITY);
    }
}

/// The substrings to start from: all characters that are frequent enough, and
/// the substrings with the most text in them.
fn seeds<'w>(words: &[(&'w str, f64)], config: &VocabularyConfig) -> Vec<&'w str> {
    let mut counts: FxHashMap<&str, f64> = FxHashMap::default();
    let mut characters: FxHashMap<&str, f64> = FxHashMap::default();
    for &(word, count) in words {
        each_substring(word, config.longest, |from, to, chars| {
            let all = if chars == 1 { &mut characters } else { &mut counts };
            *all.entry(&word[from..to]).or_default() += count;
        });
    }
    let total: f64 = characters.values().sum();
    let mut kept: Vec<&str> = characters
        .into_iter()
        .filter(|(_, count)| *count >= config.rarest_character * total)
        .map(|(piece, _)| piece)
        .collect();
    let mut scored: Vec<(f64, &str)> = counts
        .into_iter()
        .map(|(piece, count)| (count * piece.chars().count() as f64, piece))
        .collect();
    let most = config.pieces * config.seeds;
    let order = |a: &(f64, &str), b: &(f64, &str)| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1));
    if scored.len() > most {
        scored.select_nth_unstable_by(most, order);
        scored.truncate(most);
    }
    kept.extend(scored.into_iter().map(|(_, piece)| piece));
    kept.sort_unstable();
    kept
}

/// Calls `each` with start, end and number of characters of every substring.
fn each_substring(word: &str, longest: usize, mut each: impl FnMut(usize, usize, usize)) {
    let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    for (first, (from, _)) in word.char_indices().enumerate() {
        for (chars, &to) in ends[first..].iter().take(longest).enumerate() {
            each(from, to, chars + 1);
        }
    }
}

/// All the ways to cut some words.
struct Lattice {
    arcs: Vec<Arc>,
    /// Where the arcs of each word end; they are ordered by their start.
    ends: Vec<usize>,
}

impl Lattice {
    fn new(words: &[(&str, f64)], pieces: &[&str], longest: usize) -> Lattice {
        let index: FxHashMap<&str, u32> =
            pieces.iter().enumerate().map(|(at, &piece)| (piece, at as u32)).collect();
        let mut lattice = Lattice { arcs: Vec::new(), ends: Vec::with_capacity(words.len()) };
        for (word, _) in words {
            each_substring(word, longest, |from, to, _| {
                if let Some(&piece) = index.get(&word[from..to]) {
                    lattice.arcs.push(Arc { from: from as u16, to: to as u16, piece });
                }
            });
            lattice.ends.push(lattice.arcs.len());
        }
        lattice
    }

    /// How often each piece is expected to be used (forward-backward).
    fn expected(&self, words: &[(&str, f64)], probabilities: &[f64]) -> Vec<f64> {
        let mut expected = vec![0.0; probabilities.len()];
        let (mut ahead, mut behind) = (Vec::new(), Vec::new());
        let mut start = 0;
        for (&end, (word, count)) in self.ends.iter().zip(words) {
            let arcs = &self.arcs[start..end];
            start = end;
            let length = word.len();
            for sums in [&mut ahead, &mut behind] {
                sums.clear();
                sums.resize(length + 1, 0.0_f64);
            }
            ahead[0] = 1.0;
            behind[length] = 1.0;
            for arc in arcs {
                ahead[arc.to as usize] +=
                    ahead[arc.from as usize] * probabilities[arc.piece as usize];
            }
            for arc in arcs.iter().rev() {
                behind[arc.from as usize] +=
                    behind[arc.to as usize] * probabilities[arc.piece as usize];
            }
            let all = ahead[length];
            if all > 0.0 {
                for arc in arcs {
                    let through = ahead[arc.from as usize] * behind[arc.to as usize];
                    expected[arc.piece as usize] +=
                        count * through * probabilities[arc.piece as usize] / all;
                }
            }
        }
        expected
    }
}

/// The pieces that the likelihood would miss most, in their old order. Single
/// characters stay.
fn prune(pieces: &[&str], probabilities: &[f64], keep: usize, longest: usize) -> Vec<usize> {
    let words: Vec<(&str, f64)> = pieces.iter().map(|&piece| (piece, 1.0)).collect();
    let lattice = Lattice::new(&words, pieces, longest);
    let logs: Vec<f64> = probabilities.iter().map(|p| p.ln()).collect();
    let mut start = 0;
    let mut best = Vec::new();
    let mut losses: Vec<(f64, usize)> = Vec::with_capacity(pieces.len());
    for (at, (&end, piece)) in lattice.ends.iter().zip(pieces).enumerate() {
        best.clear();
        best.resize(piece.len() + 1, f64::NEG_INFINITY);
        best[0] = 0.0;
        for arc in &lattice.arcs[start..end] {
            if arc.piece as usize != at {
                let score = best[arc.from as usize] + logs[arc.piece as usize];
                best[arc.to as usize] = best[arc.to as usize].max(score);
            }
        }
        start = end;
        // Infinite where nothing else covers the piece, as with single characters.
        losses.push((probabilities[at] * (logs[at] - best[piece.len()]), at));
    }
    losses.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let single: FxHashSet<usize> =
        (0..pieces.len()).filter(|&at| pieces[at].chars().count() == 1).collect();
    let room = keep.saturating_sub(single.len());
    let mut kept: Vec<usize> = losses
        .into_iter()
        .map(|(_, at)| at)
        .filter(|at| !single.contains(at))
        .take(room)
        .chain(single.iter().copied())
        .collect();
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five forms of each of 64 stems, which no whole words have room for.
    fn words() -> Vec<(String, f64)> {
        let first = ["▁bal", "▁dor", "▁kip", "▁lum", "▁mev", "▁nox", "▁pef", "▁rud"];
        let second = ["ab", "ock", "ith", "um", "eth", "on", "ip", "uv"];
        let ends = ["", "s", "ing", "ed", "er"];
        let stems = first.iter().flat_map(|first| second.map(|second| format!("{first}{second}")));
        stems.flat_map(|stem| ends.map(|end| (format!("{stem}{end}"), 10.0))).collect()
    }

    #[test]
    fn stems_and_endings_are_found() {
        let config = VocabularyConfig { pieces: 90, ..VocabularyConfig::default() };
        let pieces = learn(&words(), &config);
        assert_eq!(pieces.len(), 90);
        for wanted in ["ing", "ed", "er", "s"] {
            assert!(pieces.iter().any(|(piece, _)| piece == wanted), "{wanted}: {pieces:?}");
        }
    }

    #[test]
    fn every_character_stays_and_probabilities_add_up() {
        let config = VocabularyConfig { pieces: 25, ..VocabularyConfig::default() };
        let pieces = learn(&words(), &config);
        let letters: FxHashSet<char> =
            words().iter().flat_map(|w| w.0.chars().collect::<Vec<_>>()).collect();
        for letter in letters {
            assert!(pieces.iter().any(|(piece, _)| *piece == letter.to_string()), "{letter}");
        }
        let sum: f32 = pieces.iter().map(|(_, log)| log.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-3, "{sum}");
        assert!(pieces.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(learn(&[], &VocabularyConfig::default()).is_empty());
    }
}
