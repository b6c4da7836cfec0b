//! The numbers that the search goes by, learnt from aligned texts.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// What is known of a bead, in the order of the table's rows.
pub(in crate::align) const FEATURES: [&str; 22] = [
    "bead",
    "margin",
    "margin>.1",
    "margin>.3",
    "margin>.5",
    "rival",
    "rival>0",
    "length",
    "length-root",
    "size",
    "size-margin",
    "crossed",
    "ragged",
    "inner",
    "words",
    "numbers",
    "other-numbers",
    "question",
    "stop",
    "quote",
    "elsewhere",
    "lost",
];
pub(in crate::align) const F: usize = FEATURES.len();

/// The shapes of beads that have weights of their own, the columns.
pub(in crate::align) const CLASSES: [&str; 7] =
    ["1-1", "1-2", "1-3", "2-2", "1-4", "2-3", "larger"];
pub(in crate::align) const C: usize = CLASSES.len();

/// What is known of a run of unaligned sentences.
pub(in crate::align) const GAPS: [&str; 8] = [
    "gap-open",
    "gap-extend",
    "gap-size",
    "gap-at-start",
    "gap-at-end",
    "gap-both",
    "gap-both-at-start",
    "gap-both-at-end",
];
pub(in crate::align) const G: usize = GAPS.len();

/// The class of a shape.
pub(in crate::align) fn class(a: usize, b: usize) -> usize {
    match (a.min(b), a.max(b)) {
        (1, 1) => 0,
        (1, 2) => 1,
        (1, 3) => 2,
        (2, 2) => 3,
        (1, 4) => 4,
        (2, 3) => 5,
        _ => 6,
    }
}

/// What beads and runs of unaligned sentences gain, in nats: the weights of a
/// conditional random field over alignments (Lafferty, McCallum and Pereira
/// 2001), learnt by [`fit`](crate::align::fit()).
///
/// The rows of the table, for a bead of each class of shapes:
///
/// * `bead`: what any bead gains.
/// * `margin`: for each unit of margin similarity; `margin>.1` and so on for
///   each unit above .1, so that the gain is a line with bends.
/// * `rival`: for each unit of margin by which the bead is better than the best
///   single sentence outside it with either side; `rival>0` above 0.
/// * `length`, `length-root`: for the disagreement of the lengths, the square of a
///   standard deviate, at most 9, and its root.
/// * `size`: for the mean logarithm of the lengths less 4.2, `size-margin` for its
///   product with the margin.
/// * `crossed`: for each end of a given unit inside the bead, at most 3; `ragged`
///   for each end of the bead where a unit of one side only ends, `inner` where
///   none ends. Only where the sentences are pieces of given units.
/// * `words`, `numbers`: for the weight of the words and numbers that both sides
///   share, at most 2; `other-numbers` for those that one side has alone. Numbers up
///   to twelve count for the latter where both sides have numbers: else they may be
///   there as words.
/// * `question`, `stop`, `quote`: where one side only ends in a question mark, in
///   a sentence-final mark, starts with a quote or dash.
/// * `elsewhere`: for how much better the words of the bead match in sentences near
///   by than in the bead, a cosine; `lost` for how much they fall short of a match.
///
/// And of a run of unaligned sentences: `gap-open` once, `gap-extend` each
/// sentence and `gap-size` for its logarithmic length, `gap-at-start` and
/// `gap-at-end` where it is at an end of the articles, `gap-both` where it has
/// sentences of both sides, `gap-both-at-start` and `gap-both-at-end` where such a
/// run is at an end: unrelated text on both sides is common there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Weights {
    pub(in crate::align) beads: [[f32; F]; C],
    pub(in crate::align) gaps: [f32; G],
}

/// Made by `bitext fit`, as their first lines say; tests read them, so that the functions
/// below give these.
const LEARNT: &str = include_str!("../data/weights.tsv");
const LEARNT_E5_SMALL: &str = include_str!("../data/weights-e5-small.tsv");

/// The weights learnt with the embedded model.
impl Default for Weights {
    fn default() -> Weights {
        Weights::embedded().clone()
    }
}

/// The models that there are weights of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::align) enum Learnt {
    Embedded,
    E5Small,
}

impl Learnt {
    /// The one that a table says it was learnt with.
    pub(in crate::align) fn with(fingerprint: &str) -> Option<Learnt> {
        let with = |table: &str| table.lines().next().and_then(learnt_with) == Some(fingerprint);
        match () {
            () if with(LEARNT) => Some(Learnt::Embedded),
            () if with(LEARNT_E5_SMALL) => Some(Learnt::E5Small),
            () => None,
        }
    }
}

/// The model that the first line of a table of `bitext fit` names.
fn learnt_with(line: &str) -> Option<&str> {
    line.strip_prefix("# Weights of the aligner for ")?.split(',').next()
}

impl Weights {
    pub(in crate::align) fn embedded() -> &'static Weights {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        WEIGHTS.get_or_init(|| LEARNT.parse().unwrap_or_else(|_| Weights::plain()))
    }

    /// The weights learnt with multilingual-e5-small, prefix `query: ` (Wang et al. 2024,
    /// "Multilingual E5 Text Embeddings"), sentences' vectors averaged for spans. Its
    /// cosines of unrelated sentences are so high that it wants another background too:
    /// [`AlignConfig::e5_small`](crate::align::AlignConfig::e5_small) has both.
    ///
    /// ```
    /// use bitext::align::Weights;
    ///
    /// assert_ne!(Weights::e5_small(), Weights::default());
    /// ```
    pub fn e5_small() -> Weights {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        let read = || LEARNT_E5_SMALL.parse().unwrap_or_else(|_| Weights::plain());
        WEIGHTS.get_or_init(read).clone()
    }

    /// Weights to start learning from: right in sign and rough size.
    pub(in crate::align) fn plain() -> Weights {
        let mut beads = [[0.0; F]; C];
        for (row, bias) in beads.iter_mut().zip([0.0, -2.0, -4.0, -4.0, -6.0, -6.0, -8.0]) {
            row[0] = bias;
            row[1] = 10.0;
            row[7] = -0.5;
            row[11] = -3.0;
            row[12] = -1.0;
            row[13] = -1.0;
        }
        Weights { beads, gaps: [-4.0, -0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0] }
    }

    /// The names of the numbers of `flat`.
    pub(in crate::align) fn names() -> impl Iterator<Item = &'static str> {
        CLASSES.iter().flat_map(|_| FEATURES).chain(GAPS)
    }

    /// All numbers in one list, beads' first.
    pub(in crate::align) fn flat(&self) -> Vec<f64> {
        self.beads.iter().flatten().chain(&self.gaps).map(|value| f64::from(*value)).collect()
    }

    /// The inverse of `flat`, of a list of the same length.
    pub(in crate::align) fn from_flat(flat: &[f64]) -> Weights {
        let at = |at: usize| flat.get(at).copied().unwrap_or(0.0) as f32;
        Weights {
            beads: std::array::from_fn(|c| std::array::from_fn(|f| at(c * F + f))),
            gaps: std::array::from_fn(|g| at(C * F + g)),
        }
    }
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "weight\t{}", CLASSES.join("\t"))?;
        for (at, name) in FEATURES.iter().enumerate() {
            write!(f, "{name}")?;
            self.beads.iter().try_for_each(|class| write!(f, "\t{:.3}", class[at]))?;
            writeln!(f)?;
        }
        GAPS.iter().zip(&self.gaps).try_for_each(|(name, value)| writeln!(f, "{name}\t{value:.3}"))
    }
}

impl FromStr for Weights {
    type Err = Error;

    fn from_str(text: &str) -> Result<Weights> {
        let wrong = |reason: &'static str| Error::config("weights", reason);
        let mut weights = Weights { beads: [[0.0; F]; C], gaps: [0.0; G] };
        let mut seen = Vec::with_capacity(F + G);
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let header = format!("weight\t{}", CLASSES.join("\t"));
        if lines.next() != Some(header.as_str()) {
            return Err(wrong("the table has another header"));
        }
        for line in lines {
            let mut columns = line.split('\t');
            let name = columns.next().unwrap_or_default();
            let values: Vec<f32> = columns
                .map(|column| column.parse().ok().filter(|value: &f32| value.abs() <= 1000.0))
                .collect::<Option<_>>()
                .ok_or_else(|| wrong("a value is no number of -1000 to 1000"))?;
            let feature = FEATURES.iter().position(|feature| *feature == name);
            let gap = GAPS.iter().position(|gap| *gap == name);
            match (feature, gap, values.as_slice()) {
                (Some(at), _, row) if row.len() == C => {
                    weights.beads.iter_mut().zip(row).for_each(|(class, value)| class[at] = *value);
                }
                (_, Some(at), &[value]) => weights.gaps[at] = value,
                _ => return Err(wrong("a row has another name or number of values")),
            }
            if seen.contains(&name) {
                return Err(wrong("a row is there twice"));
            }
            seen.push(name);
        }
        match seen.len() == F + G {
            true => Ok(weights),
            false => Err(wrong("the table has too few rows")),
        }
    }
}

impl From<Weights> for String {
    fn from(weights: Weights) -> String {
        weights.to_string()
    }
}

impl TryFrom<String> for Weights {
    type Error = Error;

    fn try_from(text: String) -> Result<Weights> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_goes_both_ways() {
        assert_eq!(LEARNT.parse::<Weights>().unwrap(), Weights::default());
        assert_eq!(LEARNT_E5_SMALL.parse::<Weights>().unwrap(), Weights::e5_small());
        for weights in [Weights::default(), Weights::e5_small(), Weights::plain()] {
            assert_eq!(weights.to_string().parse::<Weights>().unwrap(), weights);
            assert_eq!(Weights::from_flat(&weights.flat()), weights);
            let json = serde_json::to_string(&weights).unwrap();
            assert_eq!(serde_json::from_str::<Weights>(&json).unwrap(), weights);
        }
        // As other systems end lines, and with notes.
        let table = Weights::default().to_string();
        let noted = format!("# made by hand\n\n{}", table.replace('\n', "\r\n# note\n"));
        assert_eq!(noted.parse::<Weights>().unwrap(), Weights::default());
    }

    #[test]
    fn tables_are_known_by_the_model_they_name() {
        for (table, model) in [(LEARNT, Learnt::Embedded), (LEARNT_E5_SMALL, Learnt::E5Small)] {
            let named = table.lines().next().and_then(learnt_with).unwrap();
            assert_eq!(Learnt::with(named), Some(model));
            assert_eq!(Learnt::with(&named[..named.len() - 1]), None);
        }
        assert_eq!(Learnt::with(""), None);
        assert_eq!(learnt_with("# made by hand"), None);
    }

    #[test]
    fn a_table_that_is_none_is_refused() {
        let table = Weights::default().to_string();
        let lines: Vec<&str> = table.lines().collect();
        let with = |at: usize, line: &str| {
            let mut lines = lines.clone();
            lines[at] = line;
            lines.join("\n")
        };
        let mut bad = vec![
            String::new(),
            "\n# nothing\n".to_string(),
            table.replace('\t', " "),
            lines[1..].join("\n"),
            with(0, "weight\t1-2\t1-1\t1-3\t2-2\t1-4\t2-3\tlarger"),
            with(2, lines[1]),
            with(1, "margin"),
            with(1, "unknown\t1\t2\t3\t4\t5\t6\t7"),
            with(1, "bead\t1\t2\t3\t4\t5\t6"),
            with(1, "bead\t1\t2\t3\t4\t5\t6\t7\t8"),
            format!("{table}{}\n", lines[1]),
            format!("{table}more\t1\n"),
            with(lines.len() - 1, "gap-both-at-end"),
            with(lines.len() - 1, "gap-both-at-end\t1\t2"),
        ];
        for value in ["NaN", "inf", "-inf", "1e9", "-1000.1", "", " 1", "1,5", "x"] {
            bad.push(with(lines.len() - 1, &format!("gap-both-at-end\t{value}")));
            bad.push(with(1, &format!("bead\t1\t2\t3\t{value}\t5\t6\t7")));
        }
        bad.extend((0..lines.len()).map(|end| lines[..end].join("\n")));
        for text in bad {
            let error = text.parse::<Weights>().unwrap_err();
            assert!(error.message().contains("`weights`"), "{text}");
        }
    }
}
