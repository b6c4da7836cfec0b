//! The parameters of the conditional random field, and their table.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::align::crf::calibration::Calibration;
use crate::align::crf::gap::{Gap, GapWeights};
use crate::align::features::background::Background;
use crate::align::features::feature::{BeadWeights, Feature, FeatureVector};
use crate::align::features::shape::ShapeClass;
use crate::{Error, Result};

/// The aligner's parameters: the weights of a conditional random field over alignments (Lafferty,
/// McCallum and Pereira 2001), learnt by [`fit`](crate::align::fit()).
///
/// The score of a bead is the sum of its features, each times the weight for the bead's shape.
/// Unaligned sentences form gaps, which have features too. Scores are in nats: exp(score) weighs an
/// alignment against others of the same articles.
///
/// `Display` writes the weights as a table and `FromStr` reads it. A row is a feature, a column a
/// class of shapes:
///
/// | feature | value for a bead |
/// |---|---|
/// | `bias` | 1 |
/// | `margin` | similarity relative to the neighbours on the other side, -1 to 1 |
/// | `margin_above_0.1`, `_0.3`, `_0.5` | the part of the margin above 0.1, 0.3, 0.5 |
/// | `competitor_margin` | margin over the most similar pair of either side with a single sentence outside the bead, -1 to 1 |
/// | `competitor_margin_above_0` | its part above 0 |
/// | `length_mismatch` | squared standard score of the logarithmic length ratio, at most 9 |
/// | `length_mismatch_root` | its square root |
/// | `log_length` | mean logarithmic length of both sides less 4.2, that of 61 characters |
/// | `margin_times_log_length` | the product of both |
/// | `similarity` | cosine of both sides less the mean of unrelated sentences, in standard deviations of theirs, -2 to 10 |
/// | `similarity_above_2`, `_4`, `_6` | the part of the similarity above 2, 4, 6 |
/// | `similarity_times_log_length` | the product of `log_length` and the similarity, at most 5 |
/// | `boundary_inside` | segment boundaries inside the bead, at most 3 |
/// | `boundary_mismatch` | ends of the bead at which a segment ends on one side only, 0 to 2 |
/// | `no_boundary` | ends of the bead at which no segment ends, 0 to 2 |
/// | `shared_cognates` | weight of names and other words on both sides that look alike, at most 2 |
/// | `shared_numbers` | weight of numbers on both sides, at most 2 |
/// | `unshared_numbers` | weight of numbers on one side only, at most 2 a side; those up to twelve count only if both sides have digits, since they may be written as words |
/// | `question_mark_mismatch` | 1 if one side only ends in a question mark |
/// | `final_mark_mismatch` | 1 if one side only ends in a sentence-final mark |
/// | `opening_quote_mismatch` | 1 if one side only starts with a quotation mark or a dash |
/// | `better_match_nearby` | by how much the words match nearby sentences better than the bead, in fifths of a cosine |
/// | `unmatched_words` | by how much the words fall short of a match in the bead, in fifths of a cosine |
/// | `unmatched_words_times_log_length` | the product of both |
/// | `without_words` | 1 if the model has no vectors of words, so that the three rows before are 0 |
/// | `similarity_without_words` | the similarity in this case |
///
/// Boundary features are 0 unless both sides have [segments](crate::align::Side::with_segments),
/// and the features of words, numbers and punctuation unless both sides have texts. The last two
/// need the [words](crate::embed::Words) of both sides.
///
/// | feature | value for a gap |
/// |---|---|
/// | `gap_open` | 1 |
/// | `gap_extend` | number of sentences |
/// | `gap_log_length` | sum of the logarithmic lengths of the sentences, each less 4.2 |
/// | `gap_at_start`, `gap_at_end` | 1 at the start, or end, of the articles |
/// | `gap_both_sides` | 1 if it has sentences of both sides |
/// | `gap_both_sides_at_start`, `gap_both_sides_at_end` | 1 for such a gap at the start, or end, of the articles |
///
/// The following are sums over the sentences of a gap:
///
/// | feature | value for an unaligned sentence |
/// |---|---|
/// | `gap_best_similarity` | similarity with the most similar sentence of the other side |
/// | `gap_best_similarity_above_2`, `_4` | its part above 2, 4 |
/// | `gap_best_similarity_times_log_length` | the product of both |
/// | `gap_better_partner` | by how much that sentence is more similar to another one |
/// | `gap_no_final_mark` | 1 without a sentence-final mark |
/// | `gap_boilerplate` | 1 for a line that is known to surround articles |
/// | `gap_short` | by how much the logarithmic length is below that of 24 characters |
/// | `gap_unmatched_words` | by how much its words fall short of a match in the nearby sentence that matches them best, in fifths of a cosine |
/// | `gap_short_times_unmatched_words` | the product of both |
/// | `gap_without_words` | 1 if the model has no vectors of words |
///
/// | row | values |
/// |---|---|
/// | `share` | the share of each class among the beads that the weights were learnt from |
/// | `gap_share_one_side`, `gap_share_both_sides` | gaps inside of articles per bead |
/// | `background` | mean and standard deviation of the cosines of unrelated sentences under the model |
/// | `calibration_of_2`, `calibration_of_3` | slope and intercept of the log-odds of beads, aligned alone or with a third language |
/// | `calibration_of_null_of_2`, `calibration_of_null_of_3` | the same for unaligned sentences |
/// | `calibration_of_2_of_3` | factors of the log-odds of the bead and of the null in the third language, and the intercept |
///
/// ```
/// use bitext::align::Weights;
///
/// let table = Weights::default().to_string();
/// assert!(table.starts_with("feature\t1-1\t1-2\t"));
/// assert_eq!(table.parse::<Weights>()?.to_string(), table);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Weights {
    pub(in crate::align) beads: BeadWeights,
    pub(in crate::align) gaps: GapWeights,
    pub(in crate::align) shares: Shares,
    pub(in crate::align) calibration: Calibration,
    /// That of the model that the weights were learnt with.
    pub(in crate::align) background: Background,
}

/// How often classes of beads and gaps occur in the texts that weights were learnt from.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::align) struct Shares {
    /// By class: its share of all beads.
    pub(in crate::align) classes: [f32; ShapeClass::COUNT],
    /// Gaps inside of articles with sentences of one side, per bead.
    pub(in crate::align) one_sided_gaps: f32,
    /// The same with sentences of both sides.
    pub(in crate::align) two_sided_gaps: f32,
}

/// The background before it is measured: that of vectors without common parts.
const INITIAL_BACKGROUND: Background = Background { mean: 0.0, deviation: 0.1 };

/// The name of the row of the background.
const BACKGROUND: &str = "background";

impl Shares {
    const NAMES: [&str; 3] = ["share", "gap_share_one_side", "gap_share_both_sides"];

    /// Guesses, before anything is learnt.
    const INITIAL: Shares = Shares {
        classes: [0.9, 0.07, 0.006, 0.01, 0.003, 0.006, 0.005],
        one_sided_gaps: 0.05,
        two_sided_gaps: 0.03,
    };
}

// Made by `bitext fit`; the comments at its start have the command. A test reads it, so the fallback
// below is never used.
const EMBEDDED: &str = include_str!("../data/weights.tsv");
/// The weights learnt with the embedded model.
impl Default for Weights {
    fn default() -> Weights {
        Weights::embedded().clone()
    }
}

/// The fingerprint of the model in the first line of a table of `bitext fit`.
fn model_of(line: &str) -> Option<&str> {
    line.strip_prefix("# Weights of the aligner for ")?.split(',').next()
}

impl Weights {
    pub(in crate::align) fn embedded() -> &'static Weights {
        static WEIGHTS: OnceLock<Weights> = OnceLock::new();
        WEIGHTS.get_or_init(|| EMBEDDED.parse().unwrap_or_else(|_| Weights::initial()))
    }

    /// Whether the default weights were learnt with the model of a fingerprint.
    pub(in crate::align) fn is_model_of_default(fingerprint: &str) -> bool {
        EMBEDDED.lines().next().and_then(model_of) == Some(fingerprint)
    }

    /// The weights that learning starts from: right in sign and order of magnitude.
    pub(in crate::align) fn initial() -> Weights {
        const BIASES: [f32; ShapeClass::COUNT] = [0.0, -2.0, -4.0, -4.0, -6.0, -6.0, -8.0];
        let of_class = |bias: f32| {
            let mut weights = FeatureVector::ZERO;
            weights[Feature::Bias] = bias;
            weights[Feature::Margin] = 10.0;
            weights[Feature::LengthMismatch] = -0.5;
            weights[Feature::BoundaryInside] = -3.0;
            weights[Feature::BoundaryMismatch] = -1.0;
            weights[Feature::NoBoundary] = -1.0;
            weights
        };
        let mut gaps = GapWeights([0.0; Gap::COUNT]);
        gaps[Gap::Open] = -4.0;
        gaps[Gap::Extend] = -0.3;
        Weights {
            beads: BeadWeights(BIASES.map(of_class)),
            gaps,
            shares: Shares::INITIAL,
            calibration: Calibration::IDENTITY,
            background: INITIAL_BACKGROUND,
        }
    }

    /// The feature of each number of [`Weights::flat`].
    pub(in crate::align) fn names() -> impl Iterator<Item = &'static str> {
        let features = ShapeClass::ALL.into_iter().flat_map(|_| Feature::ALL.map(Feature::name));
        features.chain(Gap::ALL.map(Gap::name))
    }

    /// All weights in one list: those of beads by class and feature, then those of gaps.
    pub(in crate::align) fn flat(&self) -> Vec<f64> {
        let beads = self.beads.0.iter().flat_map(FeatureVector::iter);
        beads.chain(&self.gaps.0).map(|weight| f64::from(*weight)).collect()
    }

    /// The inverse of [`Weights::flat`].
    pub(in crate::align) fn from_flat(flat: &[f64]) -> Weights {
        let at = |at: usize| flat.get(at).copied().unwrap_or(0.0) as f32;
        let of_class = |class: usize| FeatureVector::from_fn(|f| at(class * Feature::COUNT + f));
        Weights {
            beads: BeadWeights(std::array::from_fn(of_class)),
            gaps: GapWeights(std::array::from_fn(|g| at(BEAD_WEIGHTS + g))),
            shares: Shares::INITIAL,
            calibration: Calibration::IDENTITY,
            background: INITIAL_BACKGROUND,
        }
    }
}

/// The number of weights of beads: they come first in [`Weights::flat`].
pub(in crate::align) const BEAD_WEIGHTS: usize = ShapeClass::COUNT * Feature::COUNT;

fn header() -> String {
    format!("feature\t{}", ShapeClass::ALL.map(ShapeClass::name).join("\t"))
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", header())?;
        for feature in Feature::ALL {
            write!(f, "{}", feature.name())?;
            self.beads.0.iter().try_for_each(|class| write!(f, "\t{:.3}", class[feature]))?;
            writeln!(f)?;
        }
        Gap::ALL
            .into_iter()
            .try_for_each(|gap| writeln!(f, "{}\t{:.3}", gap.name(), self.gaps[gap]))?;
        let [classes, one_sided, two_sided] = Shares::NAMES;
        write!(f, "{classes}")?;
        self.shares.classes.iter().try_for_each(|share| write!(f, "\t{share:.5}"))?;
        writeln!(f, "\n{one_sided}\t{:.5}", self.shares.one_sided_gaps)?;
        writeln!(f, "{two_sided}\t{:.5}", self.shares.two_sided_gaps)?;
        let Background { mean, deviation } = self.background;
        writeln!(f, "{BACKGROUND}\t{mean:.4}\t{deviation:.4}")?;
        for (name, row) in Calibration::NAMES.iter().zip(self.calibration.rows()) {
            write!(f, "{name}")?;
            row.iter().try_for_each(|value| write!(f, "\t{value:.3}"))?;
            writeln!(f)?;
        }
        Ok(())
    }
}

impl FromStr for Weights {
    type Err = Error;

    fn from_str(text: &str) -> Result<Weights> {
        let is_share = |value: &f32| *value > 0.0 && *value <= MAX_SHARE;
        let wrong = |reason: &'static str| Error::config("weights", reason);
        let mut weights = Weights {
            beads: BeadWeights::ZERO,
            gaps: GapWeights([0.0; Gap::COUNT]),
            shares: Shares::INITIAL,
            calibration: Calibration::IDENTITY,
            background: INITIAL_BACKGROUND,
        };
        let mut seen = Vec::with_capacity(Feature::COUNT + Gap::COUNT);
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        if lines.next() != Some(header().as_str()) {
            return Err(wrong(
                "not a table of this version of bitext; learn the weights again with `bitext fit`",
            ));
        }
        for line in lines {
            let mut columns = line.split('\t');
            let name = columns.next().unwrap_or_default();
            let values: Vec<f32> = columns
                .map(|column| {
                    column.parse().ok().filter(|value: &f32| value.abs() <= MAX_ABSOLUTE_WEIGHT)
                })
                .collect::<Option<_>>()
                .ok_or_else(|| wrong("a value is not a number from -1000 to 1000"))?;
            match (Feature::from_name(name), Gap::from_name(name), values.as_slice()) {
                (Some(feature), _, row) if row.len() == ShapeClass::COUNT => {
                    let classes = weights.beads.0.iter_mut().zip(row);
                    classes.for_each(|(class, value)| class[feature] = *value);
                }
                (_, Some(gap), &[value]) => weights.gaps[gap] = value,
                (_, _, row)
                    if name == Shares::NAMES[0]
                        && row.len() == ShapeClass::COUNT
                        && row.iter().all(is_share) =>
                {
                    weights.shares.classes.copy_from_slice(row);
                }
                (_, _, &[value]) if name == Shares::NAMES[1] && is_share(&value) => {
                    weights.shares.one_sided_gaps = value;
                }
                (_, _, &[value]) if name == Shares::NAMES[2] && is_share(&value) => {
                    weights.shares.two_sided_gaps = value;
                }
                (_, _, &[mean, deviation]) if name == BACKGROUND && deviation > 0.0 => {
                    weights.background = Background { mean, deviation };
                }
                (_, _, row)
                    if Calibration::NAMES
                        .iter()
                        .position(|known| *known == name)
                        .is_some_and(|at| weights.calibration.set_row(at, row)) => {}
                _ => return Err(wrong("a row has an unknown name or a wrong number of values")),
            }
            if seen.contains(&name) {
                return Err(wrong("a row occurs twice"));
            }
            seen.push(name);
        }
        if seen.len() < ROWS {
            return Err(wrong("the table has too few rows"));
        }
        Ok(weights)
    }
}

/// Limit of a share: gaps may be more frequent than beads.
const MAX_SHARE: f32 = 10.0;

/// The number of rows of a table.
const ROWS: usize =
    Feature::COUNT + Gap::COUNT + Shares::NAMES.len() + 1 + Calibration::NAMES.len();

/// Limit of the absolute value of a weight in a table.
const MAX_ABSOLUTE_WEIGHT: f32 = 1000.0;

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
    fn tables_and_lists_are_read_as_they_were_written() {
        assert_eq!(EMBEDDED.parse::<Weights>().unwrap(), Weights::default());
        for weights in [Weights::default(), Weights::initial()] {
            assert_eq!(weights.to_string().parse::<Weights>().unwrap(), weights);
            assert_eq!(Weights::from_flat(&weights.flat()).flat(), weights.flat());
            let json = serde_json::to_string(&weights).unwrap();
            assert_eq!(serde_json::from_str::<Weights>(&json).unwrap(), weights);
        }
        // With other line ends and with comments.
        let table = Weights::default().to_string();
        let noted = format!("# made by hand\n\n{}", table.replace('\n', "\r\n# note\n"));
        assert_eq!(noted.parse::<Weights>().unwrap(), Weights::default());
    }

    #[test]
    fn a_table_names_its_model() {
        let named = EMBEDDED.lines().next().and_then(model_of).unwrap();
        assert!(Weights::is_model_of_default(named));
        assert!(!Weights::is_model_of_default(&named[..named.len() - 1]));
        assert!(!Weights::is_model_of_default(""));
        assert_eq!(model_of("# made by hand"), None);
    }

    #[test]
    fn malformed_tables_are_refused() {
        let table = Weights::default().to_string();
        let lines: Vec<&str> = table.lines().collect();
        let with = |at: usize, line: &str| {
            let mut lines = lines.clone();
            lines[at] = line;
            lines.join("\n")
        };
        let mut bad = vec![
            table.replacen("feature", "weight", 1),
            String::new(),
            "\n# nothing\n".to_string(),
            table.replace('\t', " "),
            lines[1..].join("\n"),
            with(0, "feature\t1-2\t1-1\t1-3\t2-2\t1-4\t2-3\tlarger"),
            with(2, lines[1]),
            with(1, "margin"),
            with(1, "unknown\t1\t2\t3\t4\t5\t6\t7"),
            with(1, "bias\t1\t2\t3\t4\t5\t6"),
            with(1, "bias\t1\t2\t3\t4\t5\t6\t7\t8"),
            format!("{table}{}\n", lines[1]),
            format!("{table}more\t1\n"),
            with(lines.len() - 1, "gap_both_sides_at_end"),
            with(lines.len() - 1, "gap_both_sides_at_end\t1\t2"),
        ];
        for value in ["NaN", "inf", "-inf", "1e9", "-1000.1", "", " 1", "1,5", "x"] {
            bad.push(with(lines.len() - 1, &format!("gap_both_sides_at_end\t{value}")));
            bad.push(with(1, &format!("bias\t1\t2\t3\t{value}\t5\t6\t7")));
        }
        bad.extend((0..lines.len()).map(|end| lines[..end].join("\n")));
        for text in bad {
            let error = text.parse::<Weights>().unwrap_err();
            assert!(error.message().contains("`weights`"), "{text}");
        }
    }
}
