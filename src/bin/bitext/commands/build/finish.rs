//! The last stage: duplicates are dropped, sets kept apart, files written.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use bitext::Language;
use bitext::corpus::filter::{
    Deduplicator, DuplicateSides, FilterCounts, HeldOutTexts, Reason, Reasons, Sketch,
};
use bitext::corpus::{Contradiction, Set};
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
use crate::io::messages::complaints::Complaints;
use crate::io::stream::in_order;

/// What became of it all.
#[derive(Default, Serialize, Deserialize)]
pub struct Report {
    pub articles: Vec<(Language, u64)>,
    pub paired_articles: u64,
    pub groups: u64,
    pub given_groups: u64,
    pub unrelated_groups: u64,
    pub problems: u64,
    /// Pairs of articles that align and were not used, by what contradicts in them.
    #[serde(default)]
    pub vetoed: Vec<(Contradiction, u64)>,
    /// A row of the first set that has any, in JSON.
    #[serde(default)]
    pub example: Option<String>,
    /// All rows, and why they were dropped.
    pub rows: FilterCounts,
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

/// A group whose rows are read.
struct Group {
    aligned: Aligned,
    records: Vec<Record>,
    /// Of the rows' texts, each once, and which of them each row has.
    sketches: Vec<Sketch>,
    of_rows: Vec<Vec<usize>>,
}

impl Group {
    fn read(line: &str) -> Result<Group, Failure> {
        let aligned = parse(line)?;
        let records = aligned.rows.iter().map(|row| parse_record(row.get()));
        let records: Vec<Record> = records.collect::<Result<_, _>>()?;
        let (mut sketches, mut known) = (Vec::new(), HashMap::new());
        let of_rows = records.iter().map(|record| {
            let of = record.texts().iter().map(|(language, text)| {
                *known.entry((*language, text.as_str())).or_insert_with(|| {
                    sketches.push(Sketch::new(*language, text));
                    sketches.len() - 1
                })
            });
            of.collect()
        });
        let of_rows = of_rows.collect();
        Ok(Group { aligned, records, sketches, of_rows })
    }

    fn sketches(&self, row: usize) -> Vec<&Sketch> {
        self.of_rows[row].iter().map(|at| &self.sketches[*at]).collect()
    }
}

/// Writes the set's files into `folder`; gives their names and what there is to tell.
pub fn finish(
    config: &Config,
    index: &Index,
    shards: &Shards,
    folder: &Path,
    complaints: &mut Complaints,
) -> Result<(Vec<String>, Report), Failure> {
    let mut writing = Writing::begin(config, index, folder)?;
    let mut progress = Progress::new("write", "groups", index.tasks.len() as u64, 0);
    // What is held out comes first, so that it is the training set that gives way.
    for set in [Set::Test, Set::Dev, Set::Train] {
        let mut of_set = OfSet::new(set);
        let read = |send: &mut dyn FnMut(String) -> bool| {
            for line in shards.lines() {
                let line = line?;
                if is_of(&line, set) && !send(line) {
                    break;
                }
            }
            Ok(())
        };
        let work = |_, line: String| Group::read(&line);
        let weigh = |line: &String| line.len() as u64;
        in_order(config.pairing.threads, weigh, read, work, |group, _| {
            progress.advance(1);
            writing.group(&mut of_set, group?, complaints)
        })?;
        writing.held_out.push(of_set.texts);
        of_set.report.by_languages.sort();
        writing.report.sets.push(of_set.report);
        // Of the training set, which comes last, if it has rows.
        if let Some(example) = of_set.example {
            writing.report.example = Some(example.json);
        }
    }
    progress.finish();
    writing.end()
}

/// What is written, and told, so far.
struct Writing<'a> {
    config: &'a Config,
    files: Files<'a>,
    index_files: IndexFiles<'a>,
    problems: LineFile,
    rejected: Option<LineFile>,
    seen: Deduplicator,
    /// Of each set before this one.
    held_out: Vec<HeldOutTexts>,
    report: Report,
}

/// The same of one set.
struct OfSet {
    set: Set,
    texts: HeldOutTexts,
    report: SetReport,
    example: Option<Example>,
}

/// A row to be shown on the card.
struct Example {
    json: String,
    /// Whether it is short enough to be read.
    is_short: bool,
}

impl Example {
    /// The most characters of a short example.
    const SHORT: usize = 300;

    fn new(record: &Record) -> Result<Example, Failure> {
        let json = |value: &serde_json::Value| serde_json::to_string(value);
        let mut texts = Vec::new();
        for (language, text) in record.texts() {
            texts.push(format!("    \"{language}\": {}", json(&text.as_str().into())?));
        }
        let length: usize = record.texts().iter().map(|(_, text)| text.chars().count()).sum();
        let json = format!(
            "{{\n  \"id\": {},\n  \"translation\": {{\n{}\n  }},\n  \"document\": {},\n  \"score\": {},\n  \
             \"confidence\": {}\n}}",
            serde_json::to_string(&record.id)?,
            texts.join(",\n"),
            serde_json::to_string(&record.document)?,
            serde_json::to_string(&record.score)?,
            serde_json::to_string(&record.confidence)?,
        );
        Ok(Example { json, is_short: length <= Example::SHORT })
    }
}

impl OfSet {
    fn new(set: Set) -> OfSet {
        let report = SetReport { name: set, groups: 0, rows: 0, by_languages: Vec::new() };
        OfSet { set, texts: HeldOutTexts::default(), report, example: None }
    }
}

impl<'a> Writing<'a> {
    fn begin(config: &'a Config, index: &Index, folder: &'a Path) -> Result<Writing<'a>, Failure> {
        let languages = match config.output.rows {
            RowKind::Units => vec![Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN],
            RowKind::Pairs => Vec::new(),
        };
        let report = Report {
            articles: index.singles.clone(),
            paired_articles: index.paired,
            groups: index.tasks.len() as u64,
            given_groups: index.given_groups,
            vetoed: index.vetoed.clone(),
            input_fingerprint: index.fingerprint.clone(),
            ..Report::default()
        };
        let rejected = config.output.keep_rejected.then(|| folder.join("rejected.jsonl"));
        let mut writing = Writing {
            config,
            files: Files::new(folder, &config.output.formats, config.output.rows, languages),
            index_files: IndexFiles::new(folder, config.output.index_formats()),
            problems: LineFile::create(folder.join("problems.jsonl"))?,
            rejected: rejected.map(LineFile::create).transpose()?,
            seen: Deduplicator::default(),
            held_out: Vec::new(),
            report,
        };
        index.problems.iter().try_for_each(|problem| writing.problem(problem))?;
        Ok(writing)
    }

    fn problem(&mut self, problem: &Problem) -> Result<(), Failure> {
        self.report.problems += 1;
        self.problems.line(&serde_json::to_string(problem)?)
    }

    fn group(
        &mut self,
        of_set: &mut OfSet,
        group: Group,
        complaints: &mut Complaints,
    ) -> Result<(), Failure> {
        of_set.report.groups += 1;
        if let Some((place, error)) = group.aligned.error {
            let problem = Problem { id: group.aligned.id, place, error };
            problem.tell(complaints);
            return self.problem(&problem);
        }
        self.report.unrelated_groups += u64::from(group.aligned.unrelated);
        for codes in &group.aligned.reasons {
            let mut reasons = Reasons::default();
            codes.iter().filter_map(|code| code.parse().ok()).for_each(|one| reasons.insert(one));
            self.report.rows.add(reasons);
        }
        if let Some(rejected) = &mut self.rejected {
            group.aligned.rejected.iter().try_for_each(|row| rejected.line(row.get()))?;
        }
        let mut kept = Vec::new();
        for at in 0..group.records.len() {
            if self.row(of_set, &group, at)? {
                kept.push(at);
            }
        }
        match &group.aligned.indexed {
            Some(indexed) => self.index_files.write(of_set.set, indexed, &kept),
            None => Ok(()),
        }
    }

    /// Says whether the row is kept.
    fn row(&mut self, of_set: &mut OfSet, group: &Group, at: usize) -> Result<bool, Failure> {
        let texts = group.sketches(at);
        let why = self.drop_reason(&texts);
        match why {
            Dropped::No => self.report.rows.add(Reasons::default()),
            Dropped::Duplicate(reasons) => self.report.rows.add(reasons),
            Dropped::HeldOut => {
                self.report.rows.add(Reason::NearDuplicate.into());
                self.report.held_out += 1;
            }
        }
        if let (Some(rejected), Some(codes)) = (&mut self.rejected, why.codes()) {
            rejected.line(&with_reasons(group.aligned.rows[at].get(), &codes)?)?;
        }
        if !matches!(why, Dropped::No) {
            return Ok(false);
        }
        self.files.write(of_set.set, &group.records[at])?;
        of_set.report.count(&group.records[at]);
        if of_set.example.as_ref().is_none_or(|example| !example.is_short) {
            let example = Example::new(&group.records[at])?;
            if of_set.example.is_none() || example.is_short {
                of_set.example = Some(example);
            }
        }
        if of_set.set != Set::Train {
            texts.iter().for_each(|text| of_set.texts.add_sketch(text));
        }
        Ok(true)
    }

    fn drop_reason(&mut self, texts: &[&Sketch]) -> Dropped {
        let enough = match self.config.sets.held_out {
            DuplicateSides::Both => 2,
            DuplicateSides::Either => 1,
        };
        let crosses = |set: &HeldOutTexts| {
            let held = texts.iter().filter(|text| set.holds_sketch(text));
            held.take(enough).count() == enough
        };
        if self.held_out.iter().any(crosses) {
            return Dropped::HeldOut;
        }
        let reasons = self.seen.check(&self.config.duplicates.keys_of(texts));
        if reasons.is_empty() { Dropped::No } else { Dropped::Duplicate(reasons) }
    }

    fn end(self) -> Result<(Vec<String>, Report), Failure> {
        self.problems.finish()?;
        let mut names = self.files.finish()?;
        names.extend(self.index_files.finish()?);
        names.sort_unstable();
        names.push("problems.jsonl".to_string());
        if let Some(rejected) = self.rejected {
            rejected.finish()?;
            names.push("rejected.jsonl".to_string());
        }
        Ok((names, self.report))
    }
}

impl Report {
    /// How many rows each set has: of few articles, none may fall to one.
    pub fn by_set(&self) -> String {
        let sets = self.sets.iter().rev();
        let sets: Vec<String> =
            sets.map(|set| format!("{} {}", set.name.name(), set.rows)).collect();
        sets.join(", ")
    }

    /// Why there is no row: what was rejected, and for which reasons. Nothing where there are rows.
    pub fn why_none(&self) -> Option<String> {
        if self.rows.kept() > 0 {
            return None;
        }
        if self.rows.pairs == 0 {
            return Some("no sentences were aligned".to_string());
        }
        let reasons =
            Reason::ALL.into_iter().map(|reason| (reason, self.rows.rejected_for(reason)));
        let mut reasons: Vec<(Reason, u64)> = reasons.filter(|(_, count)| *count > 0).collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let reasons = reasons.iter().map(|(reason, count)| format!("{} {count}", reason.code()));
        let all = match self.rows.pairs {
            1 => "the aligned row was rejected".to_string(),
            pairs => format!("all {pairs} aligned rows were rejected"),
        };
        Some(format!("{all}, by filter: {}", reasons.collect::<Vec<_>>().join(", ")))
    }

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

fn with_reasons(row: &str, codes: &[&str]) -> Result<String, Failure> {
    let body = row.trim_end().strip_suffix('}').ok_or("the work is damaged: use --fresh")?;
    Ok(format!("{body},\"reasons\":{}}}", serde_json::to_string(codes)?))
}
