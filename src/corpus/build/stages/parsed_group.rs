//! The groups of the stage *align*, as the last stage reads them: with parsed rows and their sketches.

use std::collections::HashMap;
use std::path::Path;

use super::aligned_group::{AlignedGroup, GroupResult, parse_group};
use crate::Result;
use crate::corpus::build::event::Problem;
use crate::corpus::build::passages::{RowContents, UnitSentences};
use crate::corpus::build::work::damaged_stage;
use crate::corpus::filter::{ExcludedHit, ExcludedTexts, Sketch};
use crate::format::{Record, parse_record};

/// An aligned group whose rows are parsed.
pub struct ParsedGroup<'a> {
    pub group: AlignedGroup,
    pub records: Vec<Record>,
    /// The distinct texts of the rows.
    sketches: Vec<Sketch>,
    /// For each row, the indices of its texts among `sketches`.
    row_sketches: Vec<Vec<usize>>,
    /// What each row contains, if rows are documents or paragraphs.
    pub contents: Vec<RowContents>,
    /// For each of `sketches`, the excluded text that it repeats.
    hits: Vec<Option<ExcludedHit<'a>>>,
}

impl<'a> ParsedGroup<'a> {
    pub fn new(
        group: AlignedGroup,
        folder: &Path,
        excluded: &'a ExcludedTexts,
    ) -> Result<ParsedGroup<'a>> {
        let records = group.rows.iter().map(|row| parse_record(row.get()));
        let records: Result<Vec<Record>, _> = records.collect();
        let records = records.map_err(|_| damaged_stage(folder))?;
        let (mut sketches, mut hits, mut known) = (Vec::new(), Vec::new(), HashMap::new());
        let row_sketches = records.iter().map(|record| {
            let of_row = record.texts().iter().map(|(language, text)| {
                *known.entry((*language, text.as_str())).or_insert_with(|| {
                    let sketch = Sketch::new(*language, text);
                    hits.push(excluded.find_sketched(&sketch, *language, text));
                    sketches.push(sketch);
                    sketches.len() - 1
                })
            });
            of_row.collect()
        });
        let row_sketches = row_sketches.collect();
        let units = group.passages.as_ref().map_or(&[][..], |passages| &passages.of_rows);
        let contents = records.iter().zip(units);
        let contents = contents.map(|(record, units)| RowContents::new(record, units)).collect();
        Ok(ParsedGroup { group, records, sketches, row_sketches, hits, contents })
    }

    /// The units of a row, if rows are documents or paragraphs.
    pub fn units(&self, row: usize) -> Option<&[UnitSentences]> {
        self.group.passages.as_ref()?.of_rows.get(row).map(Vec::as_slice)
    }

    pub fn sketches(&self, row: usize) -> Vec<&Sketch> {
        self.row_sketches[row].iter().map(|at| &self.sketches[*at]).collect()
    }

    /// The excluded text that a row repeats, and which of its texts does.
    pub fn hit(&self, row: usize) -> Option<(usize, ExcludedHit<'a>)> {
        let texts = self.row_sketches[row].iter().enumerate();
        texts.filter_map(|(text, at)| Some((text, self.hits[*at]?))).next()
    }
}

/// Parses a line of the previous stage.
pub fn read_group<'a>(
    line: &str,
    folder: &Path,
    excluded: &'a ExcludedTexts,
) -> Result<Result<ParsedGroup<'a>, Problem>> {
    match parse_group(line, folder)? {
        GroupResult::Failed(problem) => Ok(Err(problem)),
        GroupResult::Aligned(group) => ParsedGroup::new(group, folder, excluded).map(Ok),
    }
}
