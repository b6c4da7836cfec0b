//! The tables of `bitext score --reliability`: confidences compared with the share that is right.

use std::io::Write;
use std::ops::AddAssign;

use bitext::evaluate::{Alignment, AlignmentError, AlignmentSide, Bead, Reliability};
use serde::Serialize;

/// Beads of at least this confidence are counted as `sure`.
const SURE_CONFIDENCE: f32 = 0.9;

/// Reliability of beads with both sides, and of null beads.
#[derive(Clone, Default)]
pub struct ReliabilityTables {
    beads: Reliability,
    nulls: Reliability,
}

impl ReliabilityTables {
    /// Adds the predicted beads of a task. A null bead counts once per sentence.
    pub fn add(&mut self, gold: &Alignment, beads: Vec<(Bead, f32)>) -> Result<(), AlignmentError> {
        let aligned = |side, sentence| {
            let owner = gold.bead_of(side, sentence).and_then(|at| gold.beads().get(at));
            owner.is_some_and(|bead| !bead.is_null())
        };
        let of = |bead: &Bead| {
            let first = bead.source.first()?;
            gold.beads().get(gold.bead_of(AlignmentSide::Source, *first)?)
        };
        for (mut bead, confidence) in beads {
            if bead.is_null() {
                for side in [AlignmentSide::Source, AlignmentSide::Target] {
                    for &sentence in bead.side(side) {
                        self.nulls.add(confidence, !aligned(side, sentence))?;
                    }
                }
            } else {
                bead.source.sort_unstable();
                bead.target.sort_unstable();
                self.beads.add(confidence, of(&bead) == Some(&bead))?;
            }
        }
        Ok(())
    }

    /// The tables as text.
    pub fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        for (name, table) in [("beads", &self.beads), ("null beads", &self.nulls)] {
            writeln!(out, "\n{name}\tcount\tconfidence\tright")?;
            let bins = table.bins();
            for (at, bin) in bins.iter().enumerate() {
                let (from, to) = (at as f32 / 10.0, (at + 1) as f32 / 10.0);
                let right = bin.share_right();
                let mean = right.map(|_| bin.mean_confidence);
                let (count, mean, right) = (bin.count, shown(mean), shown(right));
                writeln!(out, "{from:.1}-{to:.1}\t{count}\t{mean}\t{right}")?;
            }
            let (count, right) =
                (table.count_from(SURE_CONFIDENCE), shown(table.share_right_from(SURE_CONFIDENCE)));
            writeln!(out, ">={SURE_CONFIDENCE}\t{count}\t\t{right}")?;
            writeln!(out, "error\t{}\t{:.4}\t", table.len(), table.expected_error())?;
        }
        Ok(())
    }

    /// The same, unrounded.
    pub fn json(&self) -> ReliabilityTablesOut {
        ReliabilityTablesOut {
            beads: TableOut::new(&self.beads),
            nulls: TableOut::new(&self.nulls),
        }
    }
}

impl AddAssign for ReliabilityTables {
    fn add_assign(&mut self, other: ReliabilityTables) {
        self.beads += other.beads;
        self.nulls += other.nulls;
    }
}

/// A share, or `-` if there is none.
fn shown(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_string(), |share| format!("{share:.4}"))
}

#[derive(Serialize)]
pub struct ReliabilityTablesOut {
    beads: TableOut,
    nulls: TableOut,
}

#[derive(Serialize)]
struct TableOut {
    bins: Vec<BinOut>,
    count: usize,
    expected_error: f64,
    sure: u64,
    sure_right: Option<f64>,
}

#[derive(Serialize)]
struct BinOut {
    from: f64,
    count: u64,
    right: u64,
    mean_confidence: f64,
}

impl TableOut {
    fn new(table: &Reliability) -> TableOut {
        let bins = table.bins();
        let bins = bins.iter().enumerate().map(|(at, bin)| BinOut {
            from: at as f64 / 10.0,
            count: bin.count,
            right: bin.right,
            mean_confidence: bin.mean_confidence,
        });
        TableOut {
            bins: bins.collect(),
            count: table.len(),
            expected_error: table.expected_error(),
            sure: table.count_from(SURE_CONFIDENCE),
            sure_right: table.share_right_from(SURE_CONFIDENCE),
        }
    }
}
