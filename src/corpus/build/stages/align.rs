//! The third stage aligns the groups, and filters their rows.
//!
//! The stage keeps, for each group, the rows that no filter rejects, and the reasons for the others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::align_passages::add_passages;
use super::aligned_group::{AlignedGroup, GroupResult, row_json, with_reasons};
use super::read::PairingTask;
use crate::corpus::build::config::{BuildConfig, RowKind};
use crate::corpus::build::error::cannot_serialize;
use crate::corpus::build::event::{Observer, Problem, Stage, StageProgress};
use crate::corpus::build::output::IndexedGroup;
use crate::corpus::build::sources::{ArticleItem, ArticleSources};
use crate::corpus::build::work::Shards;
use crate::corpus::filter::Reason;
use crate::format::records;
use crate::threads::in_order::in_order;
use crate::{Aligner, Article, Language, Result};

/// The folder of this stage in the work folder.
pub const ALIGN_FOLDER: &str = "aligned";
/// Groups in a shard of this stage.
const GROUPS_PER_SHARD: u64 = 128;

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
    if let Some(rules) = config.output.passage_rules(config.align.newlines) {
        add_passages(&mut aligned, &bitext, &rules, config)?;
        return Ok(aligned);
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
