//! The third stage: groups are aligned, and each pair is judged by itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bitext::corpus::Set;
use bitext::corpus::filter::{CandidatePair, Reasons};
use bitext::format::{HfJsonlWriter, Record, records};
use bitext::{Aligner, Article, Language};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::config::{Config, RowKind};
use super::index::{Index, Task};
use super::indexed::Indexed;
use super::progress::Progress;
use super::shards::Shards;
use crate::Failure;
use crate::io::read::sources::{Item, Sources};
use crate::io::stream::in_order;

const GROUPS_PER_SHARD: u64 = 128;

/// A group, aligned and judged.
#[derive(Serialize, Deserialize)]
pub struct Aligned {
    pub id: String,
    pub set: Set,
    /// Where the group stands and what is wrong, where it could not be aligned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<(String, String)>,
    #[serde(default)]
    pub unrelated: bool,
    /// What no filter rejects, as `hf-jsonl` has it.
    #[serde(default)]
    pub rows: Vec<Box<RawValue>>,
    /// Why the others were rejected.
    #[serde(default)]
    pub reasons: Vec<Vec<String>>,
    /// The others, where they are to be kept.
    #[serde(default)]
    pub rejected: Vec<Box<RawValue>>,
    /// Where the rows stand, where index files are to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed: Option<Indexed>,
}

/// A group of the set begins so; the rest need not be parsed.
pub fn is_of(line: &str, set: Set) -> bool {
    line.starts_with(set.name()) && line.as_bytes().get(set.name().len()) == Some(&b'\t')
}

pub fn parse(line: &str) -> Result<Aligned, Failure> {
    let (_, json) = line.split_once('\t').ok_or("the work is damaged: use --fresh")?;
    Ok(serde_json::from_str(json)?)
}

/// Aligns what is not aligned yet; gives all.
pub fn align(
    sources: &Sources,
    aligner: &Aligner,
    config: &Config,
    index: &Index,
    work: &Path,
    key: &str,
) -> Result<Shards, Failure> {
    let mut shards = Shards::open(&work.join("aligned"), key)?;
    if shards.is_complete() {
        return Ok(shards);
    }
    let before = shards.count();
    let done = usize::try_from(before).unwrap_or(usize::MAX);
    let tasks = &index.tasks;
    let mut progress = Progress::new("align", "groups", tasks.len() as u64, before);
    let read = |send: &mut dyn FnMut(usize) -> bool| {
        (done..tasks.len()).all(send);
        Ok(())
    };
    let work = |_, at: usize| {
        let task = &tasks[at];
        let set = config.sets.set_of(&task.article);
        let aligned = catch_unwind(AssertUnwindSafe(|| one(sources, aligner, config, task, set)));
        let aligned = aligned.unwrap_or_else(|_| Err("internal error".to_string()));
        let aligned = aligned.unwrap_or_else(|error| Aligned {
            id: task.id.clone(),
            set,
            error: Some((sources.label(task.places[0].place), error)),
            unrelated: false,
            rows: Vec::new(),
            reasons: Vec::new(),
            rejected: Vec::new(),
            indexed: None,
        });
        let json = serde_json::to_string(&aligned).unwrap_or_default();
        format!("{}\t{json}", set.name())
    };
    let mut out = shards.writer(GROUPS_PER_SHARD);
    let weigh = |at: &usize| tasks[*at].places.iter().map(|planned| planned.place.len).sum();
    in_order(config.pairing.threads, weigh, read, work, |line, _| {
        sources.check_unchanged()?;
        progress.advance(1);
        out.write(&line)
    })?;
    out.finish()?;
    progress.finish();
    Ok(shards)
}

fn one(
    sources: &Sources,
    aligner: &Aligner,
    config: &Config,
    task: &Task,
    set: Set,
) -> Result<Aligned, String> {
    let mut articles: Vec<Article> = Vec::new();
    for &planned in &task.places {
        match sources.parse(planned.place, &sources.read_again(planned)?).1? {
            Item::One { article, .. } => articles.push(article),
            Item::Group(given) => articles.extend(given),
        }
    }
    let bitext = aligner.align(articles).map_err(|error| error.to_string())?;
    let bitext = bitext.with_id(task.id.clone());
    let unrelated = bitext.unrelated();
    let (id, error) = (task.id.clone(), None);
    let (rows, reasons, rejected) = (Vec::new(), Vec::new(), Vec::new());
    let indexed = config.output.index_formats().first().map(|_| Indexed::new(&bitext));
    let mut aligned = Aligned { id, set, error, unrelated, rows, reasons, rejected, indexed };
    let pairs = config.output.rows == RowKind::Pairs;
    for mut record in records(&bitext, &config.selection()) {
        let reasons = judge(config, &record);
        if reasons.is_empty() {
            aligned.rows.push(json(&record)?);
            if let Some(indexed) = &mut aligned.indexed {
                indexed.push(&bitext, &record, pairs);
            }
            continue;
        }
        let codes: Vec<String> = reasons.iter().map(|reason| reason.code().to_string()).collect();
        if config.output.keep_rejected {
            record.extra.insert("reasons".to_string(), codes.clone().into());
            aligned.rejected.push(json(&record)?);
        }
        aligned.reasons.push(codes);
    }
    Ok(aligned)
}

/// What speaks against any two of a record's texts.
fn judge(config: &Config, record: &Record) -> Reasons {
    let mut reasons = Reasons::default();
    let texts = record.texts();
    for (at, one) in texts.iter().enumerate() {
        // Variants of one language, such as `en-US` and `en-GB`, are no translations of each other.
        let others = texts[at + 1..].iter().filter(|other| other.0.primary() != one.0.primary());
        for other in others {
            let pair = CandidatePair::new((one.0, one.1.as_str()), (other.0, other.1.as_str()));
            let pair = pair.with_confidence(record.confidence).with_score(record.score);
            config.filter.judge(&pair).reasons().iter().for_each(|reason| reasons.insert(reason));
        }
    }
    reasons
}

fn json(record: &Record) -> Result<Box<RawValue>, String> {
    let languages: Vec<Language> = record.texts().iter().map(|(language, _)| *language).collect();
    let mut line = HfJsonlWriter::new(Vec::new(), &languages);
    line.write(record).map_err(|error| error.to_string())?;
    let line = line.finish().map_err(|error| error.to_string())?;
    let line = String::from_utf8(line).map_err(|error| error.to_string())?;
    RawValue::from_string(line.trim_end().to_string()).map_err(|error| error.to_string())
}
