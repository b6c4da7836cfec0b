//! Decides where rows begin and end, and which sentences their texts have.
//!
//! The units are taken in order. Each is added to the current row if the rules allow it; otherwise it
//! begins a new row. So the time is linear in the number of sentences.

use super::chain::{Chain, ChainUnit, PassageSide, UnitState};
use super::rules::{GapPolicy, PassageKind, PassageRules};

/// What a sentence is in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentenceStatus {
    /// It is in the text, as a part of the unit with this number in the row.
    Aligned(usize),
    /// It is in the text, but has no counterpart.
    Unaligned,
    /// It has no counterpart, and is not in the text.
    LeftOut,
    /// It is in a unit that was rejected, and is not in the text.
    Rejected,
}

impl SentenceStatus {
    pub fn is_in_text(self) -> bool {
        matches!(self, SentenceStatus::Aligned(_) | SentenceStatus::Unaligned)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct PlannedSentence {
    pub sentence: usize,
    pub status: SentenceStatus,
}

/// A row before its texts are put together.
#[derive(Debug, Default)]
pub struct PlannedRow {
    /// The indices of its units in the chain.
    pub units: Vec<usize>,
    /// All sentences from the first to the last, by side.
    pub sides: [Vec<PlannedSentence>; 2],
    /// The length of the text, by side.
    lengths: [TextLength; 2],
}

/// The length of a text that grows by sentences.
#[derive(Clone, Copy, Debug, Default)]
struct TextLength {
    characters: usize,
    /// The last sentence that is in the text and not blank.
    last: Option<usize>,
}

impl TextLength {
    fn with(self, side: &PassageSide<'_>, sentences: &[PlannedSentence]) -> TextLength {
        let mut length = self;
        let in_text = sentences.iter().filter(|planned| planned.status.is_in_text());
        for &PlannedSentence { sentence, .. } in in_text {
            let characters = side.characters(sentence);
            if characters == 0 {
                continue;
            }
            let separator = length.last.map_or("", |last| side.separator(last, sentence));
            length.characters += separator.len() + characters;
            length.last = Some(sentence);
        }
        length
    }
}

/// The rows of a chain, in order.
pub fn plan(chain: &Chain<'_>, rules: &PassageRules) -> Vec<PlannedRow> {
    let planner = Planner { chain, rules };
    let mut rows: Vec<PlannedRow> = Vec::new();
    let mut is_barred = true;
    for (at, unit) in chain.units.iter().enumerate() {
        match unit.state {
            UnitState::Uncertain => is_barred = true,
            UnitState::Rejected => {}
            UnitState::Accepted => {
                let extended =
                    !is_barred && rows.last_mut().is_some_and(|row| planner.extend(row, at));
                if !extended {
                    rows.push(planner.begin(at));
                }
                is_barred = false;
            }
        }
    }
    if rules.kind == PassageKind::Paragraphs {
        rows.iter_mut().for_each(|row| planner.end_paragraph(row));
    }
    rows
}

struct Planner<'p, 'a> {
    chain: &'p Chain<'a>,
    rules: &'p PassageRules,
}

impl Planner<'_, '_> {
    /// A row that begins with a unit. A row of paragraphs begins with the unaligned sentences at their
    /// beginning, if there is room.
    fn begin(&self, at: usize) -> PlannedRow {
        let unit = &self.chain.units[at];
        let mut row = PlannedRow { units: vec![at], ..PlannedRow::default() };
        for side in 0..2 {
            let sentences = self.sentences(side, unit.first(side), unit, 0);
            let mut all = match self.rules.kind {
                PassageKind::Paragraphs => self.paragraph_start(side, at),
                PassageKind::Document => Vec::new(),
            };
            all.extend(&sentences);
            let length =
                |all: &[PlannedSentence]| TextLength::default().with(&self.chain.sides[side], all);
            if length(&all).characters > self.rules.max_characters {
                all = sentences;
            }
            row.lengths[side] = length(&all);
            row.sides[side] = all;
        }
        row
    }

    /// Adds a unit to a row, with what is between, if the rules allow it.
    fn extend(&self, row: &mut PlannedRow, at: usize) -> bool {
        let Some(&last) = row.units.last() else { return false };
        let (last, unit) = (&self.chain.units[last], &self.chain.units[at]);
        let gap = (0..2).map(|side| unit.first(side) - last.last(side) - 1).max().unwrap_or(0);
        let splits = self.rules.gaps == GapPolicy::Split && gap > 0;
        let ends_paragraphs = self.rules.kind == PassageKind::Paragraphs
            && (0..2).all(|side| self.differ(side, last.last(side), unit.first(side)));
        if splits || ends_paragraphs || self.rules.is_gap_too_long(gap) {
            return false;
        }
        let number = row.units.len();
        let new = [0, 1].map(|side| self.sentences(side, last.last(side) + 1, unit, number));
        let lengths =
            [0, 1].map(|side| row.lengths[side].with(&self.chain.sides[side], &new[side]));
        if lengths.iter().any(|length| length.characters > self.rules.max_characters) {
            return false;
        }
        row.units.push(at);
        row.lengths = lengths;
        for (all, new) in row.sides.iter_mut().zip(new) {
            all.extend(new);
        }
        true
    }

    /// Adds the unaligned sentences at the end of the last paragraphs, if there is room.
    fn end_paragraph(&self, row: &mut PlannedRow) {
        let Some(&at) = row.units.last() else { return };
        for side in 0..2 {
            let new = self.paragraph_end(side, at);
            let length = row.lengths[side].with(&self.chain.sides[side], &new);
            if length.characters <= self.rules.max_characters {
                row.lengths[side] = length;
                row.sides[side].extend(new);
            }
        }
    }

    /// Whether two sentences are in different paragraphs.
    fn differ(&self, side: usize, one: usize, other: usize) -> bool {
        self.chain.sides[side].paragraph(one) != self.chain.sides[side].paragraph(other)
    }

    /// The sentences of a side from one to the last of a unit, which gets the number `number`.
    fn sentences(
        &self,
        side: usize,
        from: usize,
        unit: &ChainUnit<'_>,
        number: usize,
    ) -> Vec<PlannedSentence> {
        let (first, last) = (unit.first(side), unit.last(side));
        // The sentences inside a unit that are not its own.
        let inside = last - first + 1 - unit.sentences[side].len();
        let is_long = self.rules.is_gap_too_long(inside);
        let mut own = unit.sentences[side].iter().copied().peekable();
        let status = |sentence: usize| {
            if own.next_if_eq(&sentence).is_some() {
                return SentenceStatus::Aligned(number);
            }
            match self.gap_status(side, sentence) {
                SentenceStatus::Unaligned if sentence > first && is_long => SentenceStatus::LeftOut,
                status => status,
            }
        };
        planned(from..=last, status)
    }

    fn gap_status(&self, side: usize, sentence: usize) -> SentenceStatus {
        match self.rules.gaps {
            _ if self.chain.sides[side].rejected[sentence] => SentenceStatus::Rejected,
            GapPolicy::Keep => SentenceStatus::Unaligned,
            GapPolicy::Drop | GapPolicy::Split => SentenceStatus::LeftOut,
        }
    }

    /// The unaligned sentences between the start of a paragraph and the unit in it, unless another unit
    /// is in the paragraph before this one.
    fn paragraph_start(&self, side: usize, at: usize) -> Vec<PlannedSentence> {
        let first = self.chain.units[at].first(side);
        let before = at.checked_sub(1).map(|before| self.chain.units[before].last(side));
        if before.is_some_and(|before| !self.differ(side, before, first)) {
            return Vec::new();
        }
        let lowest = before.map_or(0, |before| before + 1);
        let belongs = |sentence: &usize| self.is_unaligned_in_paragraph_of(side, *sentence, first);
        let start = (lowest..first).rev().take_while(belongs).last().unwrap_or(first);
        self.paragraph_edge(side, start..first)
    }

    /// The unaligned sentences between a unit and the end of its last paragraph, unless another unit is
    /// in the paragraph after this one.
    fn paragraph_end(&self, side: usize, at: usize) -> Vec<PlannedSentence> {
        let last = self.chain.units[at].last(side);
        let after = self.chain.units.get(at + 1).map(|after| after.first(side));
        if after.is_some_and(|after| !self.differ(side, last, after)) {
            return Vec::new();
        }
        let end = after.unwrap_or(self.chain.sides[side].article.len());
        let belongs = |sentence: &usize| self.is_unaligned_in_paragraph_of(side, *sentence, last);
        let end = (last + 1..end).take_while(belongs).last().unwrap_or(last);
        self.paragraph_edge(side, last + 1..end + 1)
    }

    fn is_unaligned_in_paragraph_of(&self, side: usize, sentence: usize, of: usize) -> bool {
        !self.chain.sides[side].rejected[sentence] && !self.differ(side, sentence, of)
    }

    fn paragraph_edge(
        &self,
        side: usize,
        sentences: std::ops::Range<usize>,
    ) -> Vec<PlannedSentence> {
        if self.rules.gaps == GapPolicy::Split || self.rules.is_gap_too_long(sentences.len()) {
            return Vec::new();
        }
        planned(sentences, |sentence| self.gap_status(side, sentence))
    }
}

fn planned(
    sentences: impl Iterator<Item = usize>,
    mut status: impl FnMut(usize) -> SentenceStatus,
) -> Vec<PlannedSentence> {
    sentences.map(|sentence| PlannedSentence { sentence, status: status(sentence) }).collect()
}
