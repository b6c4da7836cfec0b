//! The last stage drops duplicates, keeps the sets apart, and writes the files.
//!
//! The test set is written first, then dev, then train. So a row that two sets would share is
//! dropped from the training set.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::align::{AlignedGroup, GroupResult, is_of_set, parse_group, row_json, with_reasons};
use super::read::PairedArticles;
use crate::corpus::Set;
use crate::corpus::build::config::{BuildConfig, RowKind};
use crate::corpus::build::error::{BuildError, cannot_serialize};
use crate::corpus::build::event::{Observer, Problem, Stage, StageProgress};
use crate::corpus::build::output::{CardExample, IndexFiles, LineFile, RowFiles};
use crate::corpus::build::summary::{BuildSummary, SetSummary};
use crate::corpus::build::work::{Shards, damaged_stage};
use crate::corpus::filter::{
    Deduplicator, DuplicateSides, ExcludedTexts, HeldOutTexts, Reason, Reasons, Sketch,
};
use crate::format::{Record, parse_record};
use crate::threads::in_order::in_order;
use crate::{Language, Result};

/// The code of a row that is dropped because another set has its texts. No filter has it, so it is
/// none of [`Reason`].
const HELD_OUT_CODE: &str = "held_out";

/// An aligned group whose rows are parsed.
struct ParsedGroup {
    group: AlignedGroup,
    records: Vec<Record>,
    /// The distinct texts of the rows.
    sketches: Vec<Sketch>,
    /// For each row, the indices of its texts among `sketches`.
    row_sketches: Vec<Vec<usize>>,
}

impl ParsedGroup {
    fn new(group: AlignedGroup, folder: &Path) -> Result<ParsedGroup> {
        let records = group.rows.iter().map(|row| parse_record(row.get()));
        let records: Result<Vec<Record>, _> = records.collect();
        let records = records.map_err(|_| damaged_stage(folder))?;
        let (mut sketches, mut known) = (Vec::new(), HashMap::new());
        let row_sketches = records.iter().map(|record| {
            let of_row = record.texts().iter().map(|(language, text)| {
                *known.entry((*language, text.as_str())).or_insert_with(|| {
                    sketches.push(Sketch::new(*language, text));
                    sketches.len() - 1
                })
            });
            of_row.collect()
        });
        let row_sketches = row_sketches.collect();
        Ok(ParsedGroup { group, records, sketches, row_sketches })
    }

    fn sketches(&self, row: usize) -> Vec<&Sketch> {
        self.row_sketches[row].iter().map(|at| &self.sketches[*at]).collect()
    }
}

/// Parses a line of the previous stage.
fn read_group(line: &str, folder: &Path) -> Result<Result<ParsedGroup, Problem>> {
    match parse_group(line, folder)? {
        GroupResult::Failed(problem) => Ok(Err(problem)),
        GroupResult::Aligned(group) => ParsedGroup::new(group, folder).map(Ok),
    }
}

/// Writes the files of the sets into `folder`. Returns their names and the counts.
pub fn write_sets(
    config: &BuildConfig,
    excluded: &ExcludedTexts,
    paired: &PairedArticles,
    shards: &Shards,
    folder: &Path,
    observer: &mut Observer<'_>,
) -> Result<(Vec<String>, BuildSummary)> {
    let mut writer = SetsWriter::new(config, excluded, paired, folder)?;
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
        let work = |_, line: String| read_group(&line, shards.folder());
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
    excluded: &'a ExcludedTexts,
    row_files: RowFiles<'a>,
    index_files: IndexFiles<'a>,
    problems: LineFile,
    rejected: Option<LineFile>,
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
enum Dropped {
    /// The corpus has the row already.
    Duplicate(Reasons),
    /// A set before this one has its texts.
    HeldOut,
    /// The named test set has one of its texts.
    Excluded(String),
}

impl Dropped {
    fn codes(&self) -> Vec<&'static str> {
        match self {
            Dropped::Duplicate(reasons) => reasons.iter().map(Reason::code).collect(),
            Dropped::HeldOut => vec![HELD_OUT_CODE],
            Dropped::Excluded(_) => vec![Reason::Excluded.code()],
        }
    }
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
        excluded: &'a ExcludedTexts,
        paired: &PairedArticles,
        folder: &'a Path,
    ) -> Result<SetsWriter<'a>> {
        let languages = match config.output.rows {
            RowKind::Units => unit_columns(paired),
            RowKind::Pairs => Vec::new(),
        };
        let summary = BuildSummary {
            articles: paired.singles.clone(),
            paired_articles: paired.paired,
            groups: paired.tasks.len() as u64,
            given_groups: paired.given_groups,
            vetoed: paired.vetoed.clone(),
            input_fingerprint: paired.fingerprint.clone(),
            filters: config.filter.clone(),
            ..BuildSummary::default()
        };
        let rejected = config.output.keep_rejected.then(|| folder.join("rejected.jsonl"));
        let mut writer = SetsWriter {
            config,
            excluded,
            row_files: RowFiles::new(folder, &config.output, languages),
            index_files: IndexFiles::new(folder, config.output.index_formats()),
            problems: LineFile::create(folder.join("problems.jsonl"))?,
            rejected: rejected.map(LineFile::create).transpose()?,
            duplicates: Deduplicator::default(),
            held_out: Vec::new(),
            summary,
        };
        paired.problems.iter().try_for_each(|problem| writer.write_problem(problem))?;
        Ok(writer)
    }

    fn write_problem(&mut self, problem: &Problem) -> Result<()> {
        self.summary.problems += 1;
        self.problems.line(&serde_json::to_string(problem).map_err(cannot_serialize)?)
    }

    fn write_group(&mut self, current: &mut CurrentSet, parsed: &ParsedGroup) -> Result<()> {
        let group = &parsed.group;
        self.summary.unrelated_groups += u64::from(group.unrelated);
        self.summary.rows.repaired += group.repaired;
        for reasons in &group.reasons {
            self.summary.rows.add(reasons.iter().copied().collect());
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

    /// Writes a row, or drops it. Returns whether it was written.
    fn write_row(
        &mut self,
        current: &mut CurrentSet,
        group: &ParsedGroup,
        row: usize,
    ) -> Result<bool> {
        let (record, texts) = (&group.records[row], group.sketches(row));
        if let Some(why) = self.check_row(&texts) {
            self.drop_row(record, &why)?;
            return Ok(false);
        }
        self.summary.rows.add(Reasons::default());
        self.row_files.write(current.set, record)?;
        current.summary.count(record);
        CardExample::update(&mut current.example, record)?;
        if current.set != Set::Train {
            texts.iter().for_each(|text| current.texts.add_sketch(text));
        }
        Ok(true)
    }

    fn drop_row(&mut self, record: &Record, why: &Dropped) -> Result<()> {
        match why {
            Dropped::Duplicate(reasons) => self.summary.rows.add(*reasons),
            Dropped::HeldOut => {
                self.summary.rows.add(Reason::NearDuplicate.into());
                self.summary.held_out += 1;
            }
            Dropped::Excluded(set) => {
                self.summary.rows.add(Reason::Excluded.into());
                match self.summary.excluded.iter_mut().find(|(name, _)| name == set) {
                    Some((_, rows)) => *rows += 1,
                    None => self.summary.excluded.push((set.clone(), 1)),
                }
            }
        }
        let Some(rejected) = &mut self.rejected else { return Ok(()) };
        let mut row = with_reasons(record.clone(), why.codes().into_iter());
        if let Dropped::Excluded(set) = why {
            row.extra.insert("excluded_by".to_string(), set.as_str().into());
        }
        let row = row_json(&row);
        rejected.line(row.map_err(BuildError::Internal)?.get())
    }

    /// Why a row with these texts is to be dropped, if it is.
    fn check_row(&mut self, texts: &[&Sketch]) -> Option<Dropped> {
        if let Some(set) = texts.iter().find_map(|text| self.excluded.find_sketch(text)) {
            return Some(Dropped::Excluded(set.to_string()));
        }
        let max_shared = match self.config.sets.held_out {
            DuplicateSides::Both => 1,
            DuplicateSides::Either => 0,
        };
        let shares_texts = |set: &HeldOutTexts| {
            let shared = texts.iter().filter(|text| set.holds_sketch(text));
            shared.take(max_shared + 1).count() > max_shared
        };
        if self.held_out.iter().any(shares_texts) {
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
        Ok((names, self.summary))
    }
}
