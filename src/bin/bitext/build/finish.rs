//! The last stage: duplicates are dropped, sets kept apart, files written.

use std::collections::BTreeSet;
use std::path::Path;

use bitext::Language;
use bitext::corpus::Set;
use bitext::corpus::filter::{Counts, Deduplicator, HeldOut, Reason, Reasons, Side};
use bitext::format::{Record, parse_record};
use serde::{Deserialize, Serialize};

use super::aligned::{Aligned, is_of, parse};
use super::config::{Config, RowKind};
use super::files::{Files, LineFile};
use super::index::{Index, Problem};
use super::indexed::IndexFiles;
use super::progress::Progress;
use super::shards::Shards;
use crate::Failure;
use crate::complaints::Complaints;

/// What became of it all.
#[derive(Default, Serialize, Deserialize)]
pub struct Report {
    pub articles: Vec<(Language, u64)>,
    pub paired_articles: u64,
    pub groups: u64,
    pub given_groups: u64,
    pub unrelated_groups: u64,
    pub problems: u64,
    /// All rows, and why they were dropped.
    pub rows: Counts,
    /// Rows of `dev` and `train` that are in a set before them, in `test` and `dev`.
    pub held_out: u64,
    pub sets: Vec<SetReport>,
    pub input_fingerprint: String,
    pub settings_fingerprint: String,
    pub aligner_fingerprint: String,
}

#[derive(Serialize, Deserialize)]
pub struct SetReport {
    pub name: Set,
    pub groups: u64,
    pub rows: u64,
    /// By pair or triple of languages.
    pub by_languages: Vec<(String, u64)>,
}

fn texts(record: &Record) -> Vec<(Language, &str)> {
    record.texts().iter().map(|(language, text)| (*language, text.as_str())).collect()
}

/// Writes the set's files into `folder`; gives their names and what there is to tell.
pub fn finish(
    config: &Config,
    index: &Index,
    shards: &Shards,
    folder: &Path,
    complaints: &mut Complaints,
) -> Result<(Vec<String>, Report), Failure> {
    let languages = match config.output.rows {
        RowKind::Units => vec![Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN],
        RowKind::Pairs => Vec::new(),
    };
    let mut files = Files::new(folder, &config.output.formats, config.output.rows, languages);
    let mut report = Report {
        articles: index.singles.clone(),
        paired_articles: index.paired,
        groups: index.tasks.len() as u64,
        given_groups: index.given_groups,
        input_fingerprint: index.fingerprint.clone(),
        ..Report::default()
    };
    let mut index_files = IndexFiles::new(folder, config.output.index_formats());
    let mut problems = LineFile::create(folder.join("problems.jsonl"))?;
    for problem in &index.problems {
        problems.line(&serde_json::to_string(problem)?)?;
        report.problems += 1;
    }
    let mut rejected = match config.output.keep_rejected {
        true => Some(LineFile::create(folder.join("rejected.jsonl"))?),
        false => None,
    };
    let mut seen = Deduplicator::default();
    // Of each set before this one.
    let mut held_out: Vec<HeldOut> = Vec::new();
    let mut progress = Progress::new("write", "groups", index.tasks.len() as u64, 0);
    // What is held out comes first, so that it is the training set that gives way.
    for set in [Set::Test, Set::Dev, Set::Train] {
        let mut of_set = SetReport { name: set, groups: 0, rows: 0, by_languages: Vec::new() };
        let mut of_this = HeldOut::default();
        for line in shards.lines() {
            let line = line?;
            if !is_of(&line, set) {
                continue;
            }
            progress.advance(1);
            of_set.groups += 1;
            let group: Aligned = parse(&line)?;
            if let Some((place, error)) = group.error {
                let problem = Problem { id: group.id, place, error };
                problem.tell(complaints);
                problems.line(&serde_json::to_string(&problem)?)?;
                report.problems += 1;
                continue;
            }
            report.unrelated_groups += u64::from(group.unrelated);
            for codes in &group.reasons {
                let mut reasons = Reasons::default();
                codes
                    .iter()
                    .filter_map(|code| code.parse().ok())
                    .for_each(|one| reasons.insert(one));
                report.rows.add(reasons);
            }
            if let Some(rejected) = &mut rejected {
                group.rejected.iter().try_for_each(|row| rejected.line(row.get()))?;
            }
            let mut kept = Vec::new();
            for (at, row) in group.rows.iter().enumerate() {
                let record = parse_record(row.get())?;
                let why = drop_reason(config, &mut seen, &held_out, &record);
                match why {
                    Dropped::No => report.rows.add(Reasons::default()),
                    Dropped::Duplicate(reasons) => report.rows.add(reasons),
                    Dropped::HeldOut => {
                        report.rows.add(Reason::NearDuplicate.into());
                        report.held_out += 1;
                    }
                }
                if let (Some(rejected), Some(codes)) = (&mut rejected, why.codes()) {
                    rejected.line(&with_reasons(row.get(), &codes)?)?;
                }
                if !matches!(why, Dropped::No) {
                    continue;
                }
                files.write(set, &record)?;
                kept.push(at);
                of_set.count(&record);
                if set != Set::Train {
                    let all = texts(&record);
                    all.iter().for_each(|(language, text)| of_this.add(*language, text));
                }
            }
            if let Some(indexed) = &group.indexed {
                index_files.write(set, indexed, &kept)?;
            }
        }
        held_out.push(of_this);
        of_set.by_languages.sort();
        report.sets.push(of_set);
    }
    progress.finish();
    problems.finish()?;
    let mut names = files.finish()?;
    names.extend(index_files.finish()?);
    names.sort_unstable();
    names.push("problems.jsonl".to_string());
    if let Some(rejected) = rejected {
        rejected.finish()?;
        names.push("rejected.jsonl".to_string());
    }
    Ok((names, report))
}

impl Report {
    /// Those that rows are in.
    pub fn languages(&self) -> BTreeSet<Language> {
        let names = self.sets.iter().flat_map(|set| &set.by_languages);
        names.flat_map(|(name, _)| name.split('-')).filter_map(|code| code.parse().ok()).collect()
    }
}

impl SetReport {
    fn count(&mut self, record: &Record) {
        self.rows += 1;
        let codes: Vec<&str> = record.texts().iter().map(|(language, _)| language.code()).collect();
        let name = codes.join("-");
        match self.by_languages.iter_mut().find(|(of, _)| *of == name) {
            Some((_, rows)) => *rows += 1,
            None => self.by_languages.push((name, 1)),
        }
    }
}

enum Dropped {
    No,
    Duplicate(Reasons),
    HeldOut,
}

impl Dropped {
    fn codes(&self) -> Option<Vec<&'static str>> {
        match self {
            Dropped::No => None,
            Dropped::Duplicate(reasons) => Some(reasons.iter().map(Reason::code).collect()),
            Dropped::HeldOut => Some(vec!["held_out"]),
        }
    }
}

fn drop_reason(
    config: &Config,
    seen: &mut Deduplicator,
    held_out: &[HeldOut],
    record: &Record,
) -> Dropped {
    let texts = texts(record);
    let enough = match config.sets.held_out {
        Side::Either => 1,
        Side::Both => 2,
    };
    let crosses = |set: &HeldOut| {
        let held = texts.iter().filter(|(language, text)| set.holds(*language, text));
        held.take(enough).count() == enough
    };
    if held_out.iter().any(crosses) {
        return Dropped::HeldOut;
    }
    let reasons = seen.check(&config.duplicates.keys(&texts));
    if reasons.is_empty() { Dropped::No } else { Dropped::Duplicate(reasons) }
}

fn with_reasons(row: &str, codes: &[&str]) -> Result<String, Failure> {
    let body = row.trim_end().strip_suffix('}').ok_or("the work is damaged: use --fresh")?;
    Ok(format!("{body},\"reasons\":{}}}", serde_json::to_string(codes)?))
}
