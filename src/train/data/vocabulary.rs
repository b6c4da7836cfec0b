//! Learns the subwords of a unigram tokenizer from counts of words.
//!
//! The method is from Kudo (2018), "Subword Regularization", section 3.2. It starts
//! with all frequent substrings, estimates their probabilities by expectation
//! maximisation, drops the subwords whose loss decreases the likelihood least, and
//! repeats this until few enough are left.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::config::VocabularyConfig;

/// A subword at a position of a word, in bytes.
#[derive(Clone, Copy)]
struct Arc {
    from: u16,
    to: u16,
    subword: u32,
}

/// Longer words are ignored: they are mostly noise, and slow.
const MAX_WORD_CHARACTERS: usize = 40;
/// Smaller probabilities of subwords are raised to this.
const MIN_SUBWORD_PROBABILITY: f64 = 1e-7;
/// The share of subwords that each round of pruning keeps.
const KEPT_SHARE: f64 = 0.7;

/// Learns subwords and their log probabilities, most probable first. The input are
/// words, with the mark of their start, and their counts.
pub(super) fn learn(words: &[(String, f64)], config: &VocabularyConfig) -> Vec<(String, f32)> {
    let mut words: Vec<(&str, f64)> = words
        .iter()
        .filter(|(word, count)| *count > 0.0 && word.chars().count() <= MAX_WORD_CHARACTERS)
        .map(|(word, count)| (word.as_str(), count.powf(config.frequency_exponent)))
        .collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    words.truncate(config.max_words);
    let mut subwords = seeds(&words, config);
    let mut probabilities = vec![1.0 / subwords.len().max(1) as f64; subwords.len()];
    loop {
        let lattice = SubwordLattice::new(&words, &subwords, config.max_subword_chars);
        for _ in 0..2 {
            probabilities = lattice.expected(&words, &probabilities);
            normalise(&mut probabilities);
        }
        if subwords.len() <= config.subwords {
            break;
        }
        let keep = ((subwords.len() as f64 * KEPT_SHARE) as usize).max(config.subwords);
        let kept = prune(&subwords, &probabilities, keep, config.max_subword_chars);
        // Single characters are never pruned.
        if kept.len() == subwords.len() {
            break;
        }
        probabilities = kept.iter().map(|&at| probabilities[at]).collect();
        subwords = kept.iter().map(|&at| subwords[at]).collect();
        normalise(&mut probabilities);
    }
    let mut all: Vec<(String, f32)> = subwords
        .iter()
        .zip(&probabilities)
        .map(|(subword, p)| (subword.to_string(), p.ln() as f32))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

fn normalise(probabilities: &mut [f64]) {
    let sum: f64 = probabilities.iter().sum();
    for p in probabilities {
        *p = (*p / sum).max(MIN_SUBWORD_PROBABILITY);
    }
}

/// The initial subwords: all characters that are frequent enough, and the longer
/// substrings that cover the most text.
fn seeds<'w>(words: &[(&'w str, f64)], config: &VocabularyConfig) -> Vec<&'w str> {
    let mut counts: FxHashMap<&str, f64> = FxHashMap::default();
    let mut characters: FxHashMap<&str, f64> = FxHashMap::default();
    for &(word, count) in words {
        each_substring(word, config.max_subword_chars, |from, to, chars| {
            let all = if chars == 1 { &mut characters } else { &mut counts };
            *all.entry(&word[from..to]).or_default() += count;
        });
    }
    let total: f64 = characters.values().sum();
    let mut kept: Vec<&str> = characters
        .into_iter()
        .filter(|(_, count)| *count >= config.min_character_share * total)
        .map(|(subword, _)| subword)
        .collect();
    let mut scored: Vec<(f64, &str)> = counts
        .into_iter()
        .map(|(subword, count)| (count * subword.chars().count() as f64, subword))
        .collect();
    let most = config.subwords * config.seed_factor;
    let order = |a: &(f64, &str), b: &(f64, &str)| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1));
    if scored.len() > most {
        scored.select_nth_unstable_by(most, order);
        scored.truncate(most);
    }
    kept.extend(scored.into_iter().map(|(_, subword)| subword));
    kept.sort_unstable();
    kept
}

/// Calls `each` with the start, end and number of characters of every substring.
fn each_substring(word: &str, longest: usize, mut each: impl FnMut(usize, usize, usize)) {
    let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    for (first, (from, _)) in word.char_indices().enumerate() {
        for (chars, &to) in ends[first..].iter().take(longest).enumerate() {
            each(from, to, chars + 1);
        }
    }
}

/// All segmentations of a list of words.
struct SubwordLattice {
    arcs: Vec<Arc>,
    /// The end of the arcs of each word. Arcs are ordered by their start.
    ends: Vec<usize>,
}

impl SubwordLattice {
    fn new(words: &[(&str, f64)], subwords: &[&str], longest: usize) -> SubwordLattice {
        let index: FxHashMap<&str, u32> =
            subwords.iter().enumerate().map(|(at, &subword)| (subword, at as u32)).collect();
        let mut lattice =
            SubwordLattice { arcs: Vec::new(), ends: Vec::with_capacity(words.len()) };
        for (word, _) in words {
            each_substring(word, longest, |from, to, _| {
                if let Some(&subword) = index.get(&word[from..to]) {
                    lattice.arcs.push(Arc { from: from as u16, to: to as u16, subword });
                }
            });
            lattice.ends.push(lattice.arcs.len());
        }
        lattice
    }

    /// The expected count of each subword, by the forward-backward algorithm.
    fn expected(&self, words: &[(&str, f64)], probabilities: &[f64]) -> Vec<f64> {
        let mut expected = vec![0.0; probabilities.len()];
        let (mut forward, mut backward) = (Vec::new(), Vec::new());
        let mut start = 0;
        for (&end, (word, count)) in self.ends.iter().zip(words) {
            let arcs = &self.arcs[start..end];
            start = end;
            let length = word.len();
            for sums in [&mut forward, &mut backward] {
                sums.clear();
                sums.resize(length + 1, 0.0_f64);
            }
            forward[0] = 1.0;
            backward[length] = 1.0;
            for arc in arcs {
                forward[arc.to as usize] +=
                    forward[arc.from as usize] * probabilities[arc.subword as usize];
            }
            for arc in arcs.iter().rev() {
                backward[arc.from as usize] +=
                    backward[arc.to as usize] * probabilities[arc.subword as usize];
            }
            let all = forward[length];
            if all > 0.0 {
                for arc in arcs {
                    let through = forward[arc.from as usize] * backward[arc.to as usize];
                    expected[arc.subword as usize] +=
                        count * through * probabilities[arc.subword as usize] / all;
                }
            }
        }
        expected
    }
}

/// The indices of the subwords to keep: all single characters, and those whose loss
/// would decrease the likelihood most.
fn prune(subwords: &[&str], probabilities: &[f64], keep: usize, longest: usize) -> Vec<usize> {
    let words: Vec<(&str, f64)> = subwords.iter().map(|&subword| (subword, 1.0)).collect();
    let lattice = SubwordLattice::new(&words, subwords, longest);
    let logs: Vec<f64> = probabilities.iter().map(|p| p.ln()).collect();
    let mut start = 0;
    let mut best = Vec::new();
    let mut losses: Vec<(f64, usize)> = Vec::with_capacity(subwords.len());
    for (at, (&end, subword)) in lattice.ends.iter().zip(subwords).enumerate() {
        best.clear();
        best.resize(subword.len() + 1, f64::NEG_INFINITY);
        best[0] = 0.0;
        for arc in &lattice.arcs[start..end] {
            if arc.subword as usize != at {
                let score = best[arc.from as usize] + logs[arc.subword as usize];
                best[arc.to as usize] = best[arc.to as usize].max(score);
            }
        }
        start = end;
        // The loss is infinite if no other subwords cover this one.
        losses.push((probabilities[at] * (logs[at] - best[subword.len()]), at));
    }
    losses.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let single: FxHashSet<usize> =
        (0..subwords.len()).filter(|&at| subwords[at].chars().count() == 1).collect();
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

    /// Five forms of each of 64 stems: too many for a vocabulary of whole words.
    fn words() -> Vec<(String, f64)> {
        let first = ["▁bal", "▁dor", "▁kip", "▁lum", "▁mev", "▁nox", "▁pef", "▁rud"];
        let second = ["ab", "ock", "ith", "um", "eth", "on", "ip", "uv"];
        let ends = ["", "s", "ing", "ed", "er"];
        let stems = first.iter().flat_map(|first| second.map(|second| format!("{first}{second}")));
        stems.flat_map(|stem| ends.map(|end| (format!("{stem}{end}"), 10.0))).collect()
    }

    #[test]
    fn stems_and_endings_are_found() {
        let config = VocabularyConfig { subwords: 90, ..VocabularyConfig::default() };
        let subwords = learn(&words(), &config);
        assert_eq!(subwords.len(), 90);
        for wanted in ["ing", "ed", "er", "s"] {
            assert!(
                subwords.iter().any(|(subword, _)| subword == wanted),
                "{wanted}: {subwords:?}"
            );
        }
    }

    #[test]
    fn every_character_is_kept_and_probabilities_sum_to_1() {
        let config = VocabularyConfig { subwords: 25, ..VocabularyConfig::default() };
        let subwords = learn(&words(), &config);
        let letters: FxHashSet<char> =
            words().iter().flat_map(|w| w.0.chars().collect::<Vec<_>>()).collect();
        for letter in letters {
            assert!(subwords.iter().any(|(subword, _)| *subword == letter.to_string()), "{letter}");
        }
        let sum: f32 = subwords.iter().map(|(_, log)| log.exp()).sum();
        assert!((sum - 1.0).abs() < 1e-3, "{sum}");
        assert!(subwords.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    }

    #[test]
    fn no_words_give_no_subwords() {
        assert!(learn(&[], &VocabularyConfig::default()).is_empty());
    }
}
