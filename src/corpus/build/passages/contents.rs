//! The sentences that a row of several units contains, as sketches: they find what an earlier set has.

use super::row::UnitSentences;
use crate::corpus::filter::Sketch;
use crate::format::Record;

/// A row shares a text with a set if more than this share of the text's characters are sentences of the set.
/// Half: a row is then mostly a copy, while recurring headings and bylines do not drop it. Not measured.
const MAX_SHARED: f64 = 0.5;

/// The contents of a row.
pub struct RowContents {
    sides: [SideContents; 2],
}

/// The contents of one text of a row.
#[derive(Default)]
struct SideContents {
    /// The sentences, each with its number of characters.
    sentences: Vec<(Sketch, usize)>,
}

impl RowContents {
    /// The contents of a row with these units.
    pub fn new(record: &Record, units: &[UnitSentences]) -> RowContents {
        let mut sides = [SideContents::default(), SideContents::default()];
        for ((at, side), (language, _)) in sides.iter_mut().enumerate().zip(record.texts()) {
            for unit in units.iter().map(|unit| &unit[at]) {
                let sketch = |text: &String| (Sketch::new(*language, text), text.chars().count());
                side.sentences.extend(unit.iter().map(sketch));
            }
        }
        RowContents { sides }
    }

    /// The sentences.
    pub fn sentences(&self) -> impl Iterator<Item = &Sketch> {
        self.sides.iter().flat_map(SideContents::sentences)
    }

    /// Whether most of a text, the first or the second, consists of sentences that a set has.
    pub fn is_shared(&self, side: usize, set_has: impl Fn(&Sketch) -> bool) -> bool {
        let Some(side) = self.sides.get(side) else { return false };
        let all: usize = side.sentences.iter().map(|(_, characters)| characters).sum();
        let shared = side.sentences.iter().filter(|(sketch, _)| set_has(sketch));
        let shared: usize = shared.map(|(_, characters)| characters).sum();
        shared as f64 > MAX_SHARED * all as f64
    }
}

impl SideContents {
    fn sentences(&self) -> impl Iterator<Item = &Sketch> {
        self.sentences.iter().map(|(sketch, _)| sketch)
    }
}
