//! The last stage drops duplicates, keeps the sets apart, and writes the files.
//!
//! The test set is written first, then dev, then train. So a row that two sets would share is
//! dropped from the training set.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::aligned_group::{
    PassageUnits, RejectedKind, is_of_set, is_unit, row_json, with_kind, with_reasons,
};
use super::parsed_group::{ParsedGroup, read_group};
use super::read::PairedArticles;
use crate::corpus::Set;
use crate::corpus::build::config::{BuildConfig, RowKind};
use crate::corpus::build::error::{BuildError, cannot_serialize};
use crate::corpus::build::event::{Observer, Problem, Stage, StageProgress};
use crate::corpus::build::output::{
    CardExample, IndexFiles, LineFile, MARKED_ROWS, MarkedRow, MarkedRows, RowFiles,
};
use crate::corpus::build::passages::RowContents;
use crate::corpus::build::summary::{BuildSummary, SetSummary, UnitCounts};
use crate::corpus::build::work::Shards;
use crate::corpus::filter::{
    Deduplicator, DuplicateSides, ExcludedHit, ExcludedTexts, HeldOutTexts, Reason, Reasons, Sketch,
};
use crate::format::{Record, parse_record};
use crate::threads::in_order::in_order;
use crate::{Language, Result};

/// The code of a row that is dropped because another set has its texts. No filter has it, so it is
/// none of [`Reason`].
const HELD_OUT_CODE: &str = "held_out";

/// The file of the rows that repeat an excluded text.
const EXCLUDED_FILE: &str = "excluded.jsonl";

/// Writes the files of the sets into `folder`. Returns their names and the counts. With `marks`, writes the
/// marked rows instead; `marks` has the texts of the sets before these rows.
pub fn write_sets(
    config: &BuildConfig,
    excluded: &ExcludedTexts,
    marks: Option<&HeldOutTexts>,
    paired: &PairedArticles,
    shards: &Shards,
    folder: &Path,
    observer: &mut Observer<'_>,
) -> Result<(Vec<String>, BuildSummary)> {
    let mut writer = SetsWriter::new(config, !excluded.is_empty(), paired, folder)?;
    if let Some(held_out) = marks {
        writer.mark(held_out, paired, folder)?;
    }
    let total = paired.tasks.len() as u64;
    let mut progress = StageProgress::start(observer, Stage::Write, total, 0)?;
    for set in [Set::Test, Set::Dev, Set::Train] {
        let mut current = CurrentSet::new(set);
        let read = |send: &mut dyn FnMut(String) -> bool| {
            for line in shards.lines() {
                let line = line?;
                if is_of_set(&line, set) && !send(line) {
                    break;
                }
            }
            Ok(())
        };
        let work = |_, line: String| read_group(&line, shards.folder(), excluded);
        let bytes_of = |line: &String| line.len() as u64;
        in_order(config.pairing.threads, bytes_of, read, work, |group, _| {
            current.summary.groups += 1;
            match group? {
                Ok(group) => writer.write_group(&mut current, &group)?,
                Err(problem) => {
                    writer.write_problem(&problem)?;
                    progress.problem(&problem)?;
                }
            }
            progress.advance(1)
        })?;
        writer.end_set(current);
    }
    progress.finish()?;
    writer.finish()
}

/// Writes the rows of all sets, and counts them.
struct SetsWriter<'a> {
    config: &'a BuildConfig,
    row_files: RowFiles<'a>,
    index_files: IndexFiles<'a>,
    problems: LineFile,
    rejected: Option<LineFile>,
    /// Rows are marked, and not divided between sets.
    marked: Option<MarkedRows>,
    /// The rows that repeat an excluded text, and which text. None without excluded texts.
    hits: Option<LineFile>,
    duplicates: Deduplicator,
    /// The texts of the sets before the current one.
    held_out: Vec<HeldOutTexts>,
    summary: BuildSummary,
}

/// What is known of the set that is being written.
struct CurrentSet {
    set: Set,
    texts: HeldOutTexts,
    summary: SetSummary,
    example: Option<CardExample>,
}

impl CurrentSet {
    fn new(set: Set) -> CurrentSet {
        CurrentSet {
            set,
            texts: HeldOutTexts::default(),
            summary: SetSummary::new(set),
            example: None,
        }
    }
}

/// Why a row that passed the filters is dropped.
enum Dropped<'a> {
    /// The corpus has the row already.
    Duplicate(Reasons),
    /// A set before this one has its texts.
    HeldOut,
    /// The text with this index repeats an excluded text.
    Excluded(usize, ExcludedHit<'a>),
}

impl Dropped<'_> {
    fn codes(&self) -> Vec<&'static str> {
        match self {
            Dropped::Duplicate(reasons) => reasons.iter().map(Reason::code).collect(),
            Dropped::HeldOut => vec![HELD_OUT_CODE],
            Dropped::Excluded(..) => vec![Reason::Excluded.code()],
        }
    }
}

/// The line of [`EXCLUDED_FILE`] for a row: its text, and which excluded text it repeats.
fn hit_json(record: &Record, text: usize, hit: &ExcludedHit<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Hit<'a> {
        id: Option<&'a str>,
        language: Language,
        text: &'a str,
        excluded_by: &'a str,
        excluded_line: u64,
        excluded_match: &'a str,
    }
    let (language, text) = &record.texts()[text];
    let line = serde_json::to_string(&Hit {
        id: record.id.as_deref(),
        language: *language,
        text,
        excluded_by: hit.set,
        excluded_line: hit.line,
        excluded_match: hit.kind.code(),
    });
    line.map_err(cannot_serialize)
}

/// The columns of units: the languages of the articles. If there is none but English, Ukrainian and
/// German, the columns are these three.
fn unit_columns(paired: &PairedArticles) -> Vec<Language> {
    let built_in = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];
    let singles = paired.singles.iter().map(|(language, _)| *language);
    let found: BTreeSet<Language> = singles.chain(paired.given_languages.iter().copied()).collect();
    if found.iter().all(|language| built_in.contains(language)) {
        return built_in.to_vec();
    }
    found.into_iter().collect()
}

impl<'a> SetsWriter<'a> {
    fn new(
        config: &'a BuildConfig,
        has_excluded: bool,
        paired: &PairedArticles,
        folder: &'a Path,
    ) -> Result<SetsWriter<'a>> {
        let languages = match config.output.rows {
            RowKind::Units => unit_columns(paired),
            RowKind::Pairs | RowKind::Documents | RowKind::Paragraphs => Vec::new(),
        };
        let summary = BuildSummary {
            articles: paired.singles.clone(),
            paired_articles: paired.paired,
            groups: paired.tasks.len() as u64,
            given_groups: paired.given_groups,
            vetoed: paired.vetoed.clone(),
            units: config.output.rows.has_several_units().then(UnitCounts::default),
            input_fingerprint: paired.fingerprint.clone(),
            filters: config.filter.clone(),
            ..BuildSummary::default()
        };
        let rejected = config.output.keep_rejected.then(|| folder.join("rejected.jsonl"));
        let hits = has_excluded.then(|| folder.join(EXCLUDED_FILE));
        let mut writer = SetsWriter {
            config,
            row_files: RowFiles::new(folder, &config.output, languages),
            index_files: IndexFiles::new(folder, config.output.index_formats()),
            problems: LineFile::create(folder.join("problems.jsonl"))?,
            rejected: rejected.map(LineFile::create).transpose()?,
            marked: None,
            hits: hits.map(LineFile::create).transpose()?,
            duplicates: Deduplicator::default(),
            held_out: Vec::new(),
            summary,
        };
        paired.problems.iter().try_for_each(|problem| writer.write_problem(problem))?;
        Ok(writer)
    }

    /// Marks rows from now on. `held_out` has the texts of the sets before them.
    fn mark(
        &mut self,
        held_out: &HeldOutTexts,
        paired: &PairedArticles,
        folder: &Path,
    ) -> Result<()> {
        let columns = match self.config.output.rows {
            RowKind::Units => unit_columns(paired),
            RowKind::Pairs | RowKind::Documents | RowKind::Paragraphs => Vec::new(),
        };
        self.marked = Some(MarkedRows::create(folder.to_path_buf(), columns)?);
        self.held_out.push(held_out.clone());
        self.rejected = None;
        Ok(())
    }

    fn write_problem(&mut self, problem: &Problem) -> Result<()> {
        self.summary.problems += 1;
        self.problems.line(&serde_json::to_string(problem).map_err(cannot_serialize)?)
    }

    fn write_group(&mut self, current: &mut CurrentSet, parsed: &ParsedGroup<'_>) -> Result<()> {
        let group = &parsed.group;
        self.summary.unrelated_groups += u64::from(group.unrelated);
        self.summary.rows.repaired += group.repaired;
        for reasons in &group.reasons {
            self.summary.rows.add(reasons.iter().copied().collect());
        }
        if let Some(units) = &group.passages {
            self.count_units(units);
        }
        if let Some(mut marked) = self.marked.take() {
            self.mark_group(&mut marked, current.set, parsed)?;
            self.marked = Some(marked);
            return Ok(());
        }
        if let Some(rejected) = &mut self.rejected {
            group.rejected.iter().try_for_each(|row| rejected.line(row.get()))?;
        }
        let mut kept = Vec::new();
        for row in 0..parsed.records.len() {
            if self.write_row(current, parsed, row)? {
                kept.push(row);
            }
        }
        match &group.indexed {
            Some(indexed) => self.index_files.write(current.set, indexed, &kept),
            None => Ok(()),
        }
    }

    fn count_units(&mut self, units: &PassageUnits) {
        let counts = self.summary.units.get_or_insert_default();
        counts.crossing += units.crossing;
        (0..units.accepted).for_each(|_| counts.units.add(Reasons::default()));
        for reasons in &units.reasons {
            counts.units.add(reasons.iter().copied().collect());
        }
    }

    /// Writes all rows of a group with their marks: first those that no filter rejects, in order, then the
    /// others.
    fn mark_group(
        &mut self,
        marked: &mut MarkedRows,
        set: Set,
        parsed: &ParsedGroup<'_>,
    ) -> Result<()> {
        let group = &parsed.group;
        for (row, record) in parsed.records.iter().enumerate() {
            let texts = parsed.sketches(row);
            // The whole corpus decides which rows are duplicates, and this may be a part of it.
            self.duplicates = Deduplicator::default();
            let dropped = self.check_row(parsed.hit(row), &texts, parsed.contents.get(row));
            let reasons = dropped.as_ref().map_or_else(Vec::new, Dropped::codes);
            let mut marks = MarkedRow::new(set, row, reasons);
            match &dropped {
                Some(why) => self.drop_row(record, why)?,
                None => {
                    self.summary.rows.add(Reasons::default());
                    marks = marks.with_keys(&self.config.duplicates.keys_of(&texts));
                    if let Some(units) = parsed.units(row).filter(|_| set != Set::Train) {
                        marks = marks.with_units(record, units);
                    }
                }
            }
            if let Some(Dropped::Excluded(_, hit)) = &dropped {
                marks.excluded_by = Some(hit.set);
            }
            marked.write(marks, record)?;
        }
        let mut rejected = Vec::new();
        for row in &group.rejected {
            let record = parse_record(row.get());
            let record = record.map_err(|error| BuildError::Internal(error.to_string()))?;
            // Units of passages are no rows.
            if !is_unit(&record) {
                rejected.push(record);
            }
        }
        let kept = parsed.records.len();
        for (at, (mut record, reasons)) in rejected.into_iter().zip(&group.reasons).enumerate() {
            let reasons = reasons.iter().map(|reason| reason.code()).collect();
            record.extra.remove("reasons");
            marked.write(MarkedRow::new(set, kept + at, reasons), &record)?;
        }
        Ok(())
    }

    /// Writes a row, or drops it. Returns whether it was written.
    fn write_row(
        &mut self,
        current: &mut CurrentSet,
        group: &ParsedGroup<'_>,
        row: usize,
    ) -> Result<bool> {
        let (record, texts) = (&group.records[row], group.sketches(row));
        let contents = group.contents.get(row);
        if let Some(why) = self.check_row(group.hit(row), &texts, contents) {
            self.drop_row(record, &why)?;
            return Ok(false);
        }
        self.summary.rows.add(Reasons::default());
        let units = group.units(row);
        if let (Some(counts), Some(units)) = (&mut self.summary.units, units) {
            counts.in_rows += units.len() as u64;
        }
        self.row_files.write(current.set, record, units)?;
        current.summary.count(record);
        CardExample::update(&mut current.example, record)?;
        if current.set != Set::Train {
            let sentences = contents.into_iter().flat_map(RowContents::sentences);
            texts.into_iter().chain(sentences).for_each(|text| current.texts.add_sketch(text));
        }
        Ok(true)
    }

    fn drop_row(&mut self, record: &Record, why: &Dropped<'_>) -> Result<()> {
        match why {
            Dropped::Duplicate(reasons) => self.summary.rows.add(*reasons),
            Dropped::HeldOut => {
                self.summary.rows.add(Reason::NearDuplicate.into());
                self.summary.held_out += 1;
            }
            Dropped::Excluded(text, hit) => {
                self.summary.rows.add(Reason::Excluded.into());
                match self.summary.excluded.iter_mut().find(|(name, _)| name == hit.set) {
                    Some((_, rows)) => *rows += 1,
                    None => self.summary.excluded.push((hit.set.to_string(), 1)),
                }
                if let Some(hits) = &mut self.hits {
                    hits.line(&hit_json(record, *text, hit)?)?;
                }
            }
        }
        let Some(rejected) = &mut self.rejected else { return Ok(()) };
        let mut row = with_reasons(record.clone(), why.codes().into_iter());
        if self.config.output.rows.has_several_units() {
            row = with_kind(row, RejectedKind::Row);
        }
        if let Dropped::Excluded(_, hit) = why {
            row.extra.insert("excluded_by".to_string(), hit.set.into());
            row.extra.insert("excluded_line".to_string(), hit.line.into());
            row.extra.insert("excluded_match".to_string(), hit.kind.code().into());
        }
        let row = row_json(&row);
        rejected.line(row.map_err(BuildError::Internal)?.get())
    }

    /// Why a row with these texts and contents is to be dropped, if it is.
    fn check_row<'h>(
        &mut self,
        hit: Option<(usize, ExcludedHit<'h>)>,
        texts: &[&Sketch],
        contents: Option<&RowContents>,
    ) -> Option<Dropped<'h>> {
        if let Some((text, hit)) = hit {
            return Some(Dropped::Excluded(text, hit));
        }
        let max_shared = match self.config.sets.held_out {
            DuplicateSides::Both => 1,
            DuplicateSides::Either => 0,
        };
        let holds = |sketch: &Sketch| self.held_out.iter().any(|set| set.holds_sketch(sketch));
        let is_shared = |(side, text): &(usize, &&Sketch)| {
            holds(text) || contents.is_some_and(|contents| contents.is_shared(*side, holds))
        };
        let shared = texts.iter().enumerate().filter(is_shared);
        if shared.take(max_shared + 1).count() > max_shared {
            return Some(Dropped::HeldOut);
        }
        let reasons = self.duplicates.check(&self.config.duplicates.keys_of(texts));
        (!reasons.is_empty()).then_some(Dropped::Duplicate(reasons))
    }

    fn end_set(&mut self, mut current: CurrentSet) {
        self.held_out.push(current.texts);
        current.summary.by_languages.sort();
        self.summary.sets.push(current.summary);
        // That of the training set, which comes last, if it has rows.
        if let Some(example) = current.example {
            self.summary.example = Some(example.json);
        }
    }

    fn finish(self) -> Result<(Vec<String>, BuildSummary)> {
        self.problems.finish()?;
        let mut names = self.row_files.finish()?;
        names.extend(self.index_files.finish()?);
        names.sort_unstable();
        names.push("problems.jsonl".to_string());
        if let Some(rejected) = self.rejected {
            rejected.finish()?;
            names.push("rejected.jsonl".to_string());
        }
        if let Some(marked) = self.marked {
            marked.finish()?;
            names.push(MARKED_ROWS.to_string());
        }
        if let Some(hits) = self.hits {
            hits.finish()?;
            names.push(EXCLUDED_FILE.to_string());
        }
        Ok((names, self.summary))
    }
}
