//! The third stage aligns the groups, and filters their rows.
//!
//! The stage keeps, for each group, the rows that no filter rejects, and the reasons for the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::read::PairingTask;
use crate::corpus::Set;
use crate::corpus::build::config::{BuildConfig, RowKind};
use crate::corpus::build::error::cannot_serialize;
use crate::corpus::build::event::{Observer, Problem, Stage, StageProgress};
use crate::corpus::build::output::IndexedGroup;
use crate::corpus::build::sources::{ArticleItem, ArticleSources};
use crate::corpus::build::work::{Shards, damaged_stage, parse_line};
use crate::corpus::filter::Reason;
use crate::format::{HfJsonlWriter, Record, records};
use crate::threads::in_order::in_order;
use crate::{Aligner, Article, Language, Result};

/// The folder of this stage in the work folder.
pub const ALIGN_FOLDER: &str = "aligned";
/// Groups in a shard of this stage.
const GROUPS_PER_SHARD: u64 = 128;

/// What the stage keeps of a group.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupResult {
    /// The group could not be aligned.
    Failed(Problem),
    /// The group is aligned and filtered.
    Aligned(AlignedGroup),
}

/// An aligned group with its rows.
#[derive(Default, Serialize, Deserialize)]
pub struct AlignedGroup {
    /// Whether an article looks unrelated to the others.
    pub unrelated: bool,
    /// The rows that no filter rejects, in the format `hf-jsonl`.
    pub rows: Vec<Box<RawValue>>,
    /// The number of rows with a repaired text, rejected or not.
    #[serde(default)]
    pub repaired: u64,
    /// The reasons for each rejected row.
    pub reasons: Vec<Vec<Reason>>,
    /// The rejected rows, if they are to be written.
    pub rejected: Vec<Box<RawValue>>,
    /// The sentences and the numbers of those in each row, if index files are to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed: Option<IndexedGroup>,
}

/// Whether a line of the stage is a group of this set. Lines of other sets need not be parsed.
pub fn is_of_set(line: &str, set: Set) -> bool {
    line.split_once('\t').is_some_and(|(name, _)| name == set.name())
}

/// Parses a line of the stage.
pub fn parse_group(line: &str, folder: &Path) -> Result<GroupResult> {
    let (_, json) = line.split_once('\t').ok_or_else(|| damaged_stage(folder))?;
    parse_line(json, folder)
}

/// Aligns the groups that no earlier run has aligned, and returns the shards with all of them.
pub fn align_groups(
    sources: &ArticleSources,
    aligner: &Aligner,
    config: &BuildConfig,
    tasks: &[PairingTask],
    work: &Path,
    key: &str,
    observer: &mut Observer<'_>,
) -> Result<Shards> {
    let mut shards = Shards::open(&work.join(ALIGN_FOLDER), key)?;
    if shards.is_complete() {
        return Ok(shards);
    }
    let resumed = shards.count();
    let mut progress = StageProgress::start(observer, Stage::Align, tasks.len() as u64, resumed)?;
    let read = |send: &mut dyn FnMut(usize) -> bool| {
        let first = usize::try_from(resumed).unwrap_or(usize::MAX);
        (first..tasks.len()).all(send);
        Ok(())
    };
    let work = |_, at: usize| {
        let task = &tasks[at];
        let aligned =
            catch_unwind(AssertUnwindSafe(|| align_group(sources, aligner, config, task)));
        // A panic over one group must not end the build.
        let aligned = aligned.unwrap_or_else(|_| Err("internal error".to_string()));
        let result = aligned.map_or_else(
            |error| {
                let place = sources.label(task.places[0].place);
                GroupResult::Failed(Problem { id: task.id.clone(), place, error })
            },
            GroupResult::Aligned,
        );
        let set = config.sets.set_of(&task.article).name();
        serde_json::to_string(&result).map(|json| format!("{set}\t{json}"))
    };
    let bytes_of = |at: &usize| tasks[*at].places.iter().map(|verified| verified.place.len).sum();
    let mut out = shards.writer(GROUPS_PER_SHARD);
    let worked = in_order(config.pairing.threads, bytes_of, read, work, |line, _| {
        sources.check_unchanged()?;
        out.write(&line.map_err(cannot_serialize)?)?;
        progress.advance(1)
    });
    out.finish(worked)?;
    progress.finish()?;
    Ok(shards)
}

fn align_group(
    sources: &ArticleSources,
    aligner: &Aligner,
    config: &BuildConfig,
    task: &PairingTask,
) -> Result<AlignedGroup, String> {
    let mut articles: Vec<Article> = Vec::new();
    for &verified in &task.places {
        match sources.parse(verified.place, &sources.read_again(verified)?).1? {
            ArticleItem::Single { article, .. } => articles.push(article),
            ArticleItem::Group(given) => articles.extend(given),
        }
    }
    let bitext = aligner.align(articles).map_err(|error| error.to_string())?;
    let bitext = bitext.with_id(task.id.clone());
    let mut aligned = AlignedGroup { unrelated: bitext.unrelated(), ..AlignedGroup::default() };
    if !config.output.index_formats().is_empty() {
        aligned.indexed = Some(IndexedGroup::new(&bitext));
    }
    let rows_are_pairs = config.output.rows == RowKind::Pairs;
    let languages: Vec<Language> = bitext.languages().collect();
    for mut record in records(&bitext, &config.output.selection(&languages)) {
        aligned.repaired += u64::from(!config.spelling.apply(&mut record).is_empty());
        let reasons = config.filter.judge_record(&record).reasons();
        if reasons.is_empty() {
            aligned.rows.push(row_json(&record)?);
            if let Some(indexed) = &mut aligned.indexed {
                indexed.push(&bitext, &record, rows_are_pairs);
            }
            continue;
        }
        let reasons: Vec<Reason> = reasons.iter().collect();
        if config.output.keep_rejected {
            let codes = reasons.iter().map(|reason| reason.code());
            aligned.rejected.push(row_json(&with_reasons(record, codes))?);
        }
        aligned.reasons.push(reasons);
    }
    Ok(aligned)
}

/// A rejected row as it is written: with the codes of the reasons.
pub fn with_reasons(mut record: Record, codes: impl Iterator<Item = &'static str>) -> Record {
    record.extra.insert("reasons".to_string(), codes.collect());
    record
}

/// A row in the format `hf-jsonl`.
pub fn row_json(record: &Record) -> Result<Box<RawValue>, String> {
    let languages: Vec<Language> = record.texts().iter().map(|(language, _)| *language).collect();
    let mut line = HfJsonlWriter::new(Vec::new(), &languages);
    line.write(record).map_err(|error| error.to_string())?;
    let line = line.finish().map_err(|error| error.to_string())?;
    let line = String::from_utf8(line).map_err(|error| error.to_string())?;
    RawValue::from_string(line.trim_end().to_string()).map_err(|error| error.to_string())
}
