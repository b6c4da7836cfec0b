//! `bitext score`

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use bitext::cli_support::is_terminal_control;
use bitext::evaluate::{
    Alignment, AlignmentError, AlignmentFile, AlignmentFormat, Bead, GoldTask, NullPolicy,
    Predictions, ScoreCounts,
};
use bitext::{Error, Language};
use serde::Serialize;

use crate::io::messages::terminal::complain;
use crate::io::read::alignments::Alignments;
use crate::io::read::input::check_stdin;
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::options::language_pair;
use crate::print::reliability::{ReliabilityTables, ReliabilityTablesOut};
use crate::{Failure, Outcome, Usage};

pub const HELP: &str = "\
GOLD has one task per line, {\"id\", \"src\": [...], \"tgt\": [...], \"gold\": [[[0], [0, 1]], ...]},
optionally with \"src_lang\", \"tgt_lang\", \"group\" and the keys of --by. PRED has one prediction per
line, {\"id\", \"beads\": [[[0], [0, 1]], ...]}, or lines of `bitext align`. A bitext of three languages
whose id is the `group` of tasks answers the tasks of all its language pairs.

Either file can also be one document: Vecalign's lines `[0]:[0, 1]`, or hunalign's ladder. A
document has as many sentences as GOLD and PRED mention. The first line of a file determines its
format.

Strict scores count beads that are exactly right; lax scores count beads that overlap a gold bead on
both sides. P, Plax: precision over all predicted beads, including null beads (--null-beads).
R, Rlax: recall of the gold beads that are not null. F1n, F1nlax: F1 without null beads. pure:
precision without null beads. null, nullprec: recall and precision of unaligned sentences. beads:
number of predicted beads that are not null. A ratio with denominator 0 is 1.

--reliability compares confidences with the share that is right, over all tasks (with --json, also
per group), separately for null beads: ten bins of confidence with count, mean confidence and share
that is right; the expected calibration error; count and share of the confidences of at least 0.9.
A bead is right if it is a gold bead, a null bead if its sentence is unaligned in GOLD.

Exit status: 0 if all input was processed, 1 if the input could not be used, 2 if the command line
was wrong

Examples:
  bitext align --jsonl < tasks.jsonl > bitexts.jsonl; bitext score tasks.jsonl bitexts.jsonl
  bitext score --null-beads as-given gold.vecalign predicted.vecalign
  bitext score --json --by kind tasks.jsonl predictions.jsonl";

/// Score predicted alignments against gold alignments
#[derive(clap::Args)]
pub struct Args {
    /// Gold alignments; `-` for standard input
    #[arg(value_name = "GOLD")]
    gold: PathBuf,
    /// Predicted alignments; `-` for standard input. A task without a prediction counts as
    /// entirely unaligned
    #[arg(value_name = "PRED")]
    pred: PathBuf,
    /// How to count null beads in P and Plax: one for `each` unaligned sentence, or `as-given` in
    /// the files, as Vecalign does
    #[arg(long, alias = "nulls", value_name = "POLICY", value_enum, default_value = "each")]
    null_beads: NullsArg,
    /// Task keys to group by; `pair` is `src_lang-tgt_lang`, an empty list is one group
    /// [default: set,kind,pair]
    #[arg(long, value_name = "KEYS")]
    by: Option<String>,
    /// Format of both files [default: detected from the first line of each]
    #[arg(long, alias = "format", value_name = "FORMAT", value_enum)]
    from: Option<FormatArg>,
    /// Source and target language of a GOLD without languages, such as `de-en`; required if PRED
    /// is a bitext
    #[arg(long, value_name = "PAIR", value_parser = language_pair::parse)]
    pair: Option<(Language, Language)>,
    /// Also measure the reliability of confidences; PRED must be lines of `bitext align`
    #[arg(long, alias = "calibration")]
    reliability: bool,
    /// Print one JSON object, unrounded and with a total, instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum NullsArg {
    Each,
    AsGiven,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FormatArg {
    Jsonl,
    Vecalign,
    Ladder,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    let inputs = [&args.gold, &args.pred].map(PathBuf::as_path);
    check_stdin(inputs)?;
    Paths::reading(inputs).writing("-o", None).check()?;
    let format = args.from.map(|format| match format {
        FormatArg::Jsonl => AlignmentFormat::Jsonl,
        FormatArg::Vecalign => AlignmentFormat::Vecalign,
        FormatArg::Ladder => AlignmentFormat::Ladder,
    });
    let gold = Alignments::open(&args.gold, format)?;
    let pred = Predicted::read(Alignments::open(&args.pred, format)?)?;
    if args.reliability && pred.has_no_confidences() {
        let message = "--reliability needs a PRED with lines of `bitext align`";
        return Err(format!("{}: {message}", args.pred.display()).into());
    }
    let mut report = ScoreReport::new(args);
    match gold.format {
        None => return Err(format!("{}: the file has no alignments", gold.name).into()),
        Some(AlignmentFormat::Jsonl) => score_tasks(gold, pred, args, &mut report)?,
        Some(_) => score_document(document(gold)?, pred, args, &mut report)?,
    }
    // Opened after the scoring, so that an error leaves the output empty.
    let mut out = Output::open(None)?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&report.json())?)?;
    } else {
        report.write(&mut out)?;
    }
    out.finish()?;
    Ok(Outcome::AllWell)
}

/// The content of PRED.
enum Predicted {
    Lines(Predictions),
    AlignmentFile(AlignmentFile),
    /// The file is blank.
    Nothing,
}

impl Predicted {
    fn has_no_confidences(&self) -> bool {
        matches!(self, Predicted::AlignmentFile(_))
    }

    fn read(file: Alignments) -> Result<Predicted, Failure> {
        match file.format {
            None => Ok(Predicted::Nothing),
            Some(AlignmentFormat::Jsonl) => {
                let mut predictions = Predictions::new(&file.name);
                for line in file {
                    let (number, line) = line?;
                    predictions.add(number, &line)?;
                }
                Ok(Predicted::Lines(predictions))
            }
            Some(_) => Ok(Predicted::AlignmentFile(document(file)?)),
        }
    }
}

fn document(file: Alignments) -> Result<AlignmentFile, Failure> {
    let (name, format) = (file.name.clone(), file.format);
    let text = file.rest()?;
    Ok(match format {
        Some(AlignmentFormat::Ladder) => AlignmentFile::parse_ladder(&name, &text)?,
        _ => AlignmentFile::parse_vecalign(&name, &text)?,
    })
}

fn score_tasks(
    file: Alignments,
    mut pred: Predicted,
    args: &Args,
    report: &mut ScoreReport,
) -> Result<(), Failure> {
    let name = file.name.clone();
    let mut lines = HashMap::new();
    for line in file {
        let (number, line) = line?;
        let mut task = GoldTask::parse(&line).map_err(|error| error.at(&name, number))?;
        task.languages = task.languages.or(args.pair);
        if let Some(first) = lines.insert(task.id.clone(), number) {
            let error = AlignmentError::DuplicateId { id: task.id.to_string(), first };
            return Err(error.at(&name, number).into());
        }
        let predicted = match &mut pred {
            Predicted::Lines(predictions) => predictions.find(&task)?,
            Predicted::AlignmentFile(document) if lines.len() == 1 => {
                let (n, m) = task.gold.sizes();
                Some(document.alignment(n, m)?)
            }
            Predicted::AlignmentFile(_) => {
                return Err(format!(
                    "{name} has several tasks, but {} is the alignment of one document: give a \
                     JSON line for each task",
                    args.pred.display()
                )
                .into());
            }
            Predicted::Nothing => None,
        };
        let key = report.key(&task).map_err(|error| error.at(&name, number))?;
        report.add(key.clone(), &task.gold, predicted)?;
        if args.reliability {
            if let Predicted::Lines(predictions) = &pred {
                let beads = predictions.confidences(&task)?.unwrap_or_default();
                report.add_confidences(key, &task.gold, beads)?;
            }
        }
    }
    if let Predicted::Lines(predictions) = pred {
        if predictions.unused() > 0 {
            let unused = predictions.unused();
            complain(format_args!("warning: {name} has no task for {unused} predictions"));
        }
    }
    Ok(())
}

fn score_document(
    gold: AlignmentFile,
    pred: Predicted,
    args: &Args,
    report: &mut ScoreReport,
) -> Result<(), Failure> {
    if args.reliability {
        return Err(Usage("--reliability needs tasks, but GOLD is one document".to_string()).into());
    }
    if args.by.as_ref().is_some_and(|by| !by.is_empty()) {
        return Err(Usage("--by needs tasks, but GOLD is one document".to_string()).into());
    }
    let name = args.pred.display();
    let larger = |(n, m): (usize, usize)| (n.max(gold.sizes().0), m.max(gold.sizes().1));
    let (sizes, predicted) = match &pred {
        Predicted::Nothing => (gold.sizes(), None),
        Predicted::AlignmentFile(document) => {
            let (n, m) = larger(document.sizes());
            ((n, m), Some(document.alignment(n, m)?))
        }
        Predicted::Lines(predictions) => {
            let prediction = predictions.single().ok_or_else(|| {
                format!("GOLD is one document, but {name} has {} predictions", predictions.len())
            })?;
            let sizes = larger(prediction.sizes(args.pair));
            let beads = prediction.alignment(sizes, args.pair).map_err(|error| match error {
                AlignmentError::Malformed(why) => format!("{name}: {why}, with --pair"),
                error => format!("{name}: {error}"),
            })?;
            // A single prediction belongs to the document whatever its id.
            let beads = beads.ok_or_else(|| format!("{name}: no alignment of these languages"))?;
            (sizes, Some(beads))
        }
    };
    let gold = gold.alignment(sizes.0, sizes.1)?;
    report.by.clear();
    report.add(Vec::new(), &gold, predicted)
}

/// Scores by group, in the order of the groups' first tasks.
struct ScoreReport {
    nulls: NullPolicy,
    by: Vec<String>,
    /// Whether `--by` was given, so that a task without one of the keys is an error.
    is_by_given: bool,
    reliability: bool,
    groups: Vec<(Vec<String>, GroupScores)>,
    index: HashMap<Vec<String>, usize>,
}

#[derive(Default)]
struct GroupScores {
    tasks: u64,
    missing: u64,
    counts: ScoreCounts,
    reliability: ReliabilityTables,
}

impl ScoreReport {
    fn new(args: &Args) -> ScoreReport {
        let by = args.by.as_deref().unwrap_or("set,kind,pair");
        ScoreReport {
            nulls: match args.null_beads {
                NullsArg::Each => NullPolicy::Each,
                NullsArg::AsGiven => NullPolicy::AsGiven,
            },
            by: by.split(',').filter(|key| !key.is_empty()).map(str::to_string).collect(),
            is_by_given: args.by.is_some(),
            reliability: args.reliability,
            groups: Vec::new(),
            index: HashMap::new(),
        }
    }

    /// The values of the keys that a task is grouped by.
    fn key(&self, task: &GoldTask) -> Result<Vec<String>, AlignmentError> {
        let value = |key: &String| match task.field(key) {
            Some(value) => Ok(value.to_string()),
            None if self.is_by_given => Err(AlignmentError::Malformed(format!(
                "the task has no `{key}` to group by: remove it from --by"
            ))),
            None => Ok("-".to_string()),
        };
        self.by.iter().map(value).collect()
    }

    /// Adds a task. Without a prediction, it counts as entirely unaligned.
    fn add(
        &mut self,
        key: Vec<String>,
        gold: &Alignment,
        predicted: Option<Alignment>,
    ) -> Result<(), Failure> {
        let at = *self.index.entry(key.clone()).or_insert(self.groups.len());
        if at == self.groups.len() {
            self.groups.push((key, GroupScores::default()));
        }
        let group = &mut self.groups[at].1;
        group.tasks += 1;
        group.missing += u64::from(predicted.is_none());
        let (n, m) = gold.sizes();
        let predicted = predicted.map_or_else(|| Alignment::unaligned(n, m), Ok);
        let counts = predicted.and_then(|predicted| ScoreCounts::of(gold, &predicted, self.nulls));
        group.counts += counts.map_err(Error::from)?;
        Ok(())
    }

    /// Adds the confidences of a task that was added.
    fn add_confidences(
        &mut self,
        key: Vec<String>,
        gold: &Alignment,
        beads: Vec<(Bead, f32)>,
    ) -> Result<(), Failure> {
        if let Some(&at) = self.index.get(&key) {
            self.groups[at].1.reliability.add(gold, beads).map_err(Error::from)?;
        }
        Ok(())
    }

    fn total(&self) -> GroupScores {
        let mut total = GroupScores::default();
        for (_, group) in &self.groups {
            total.tasks += group.tasks;
            total.missing += group.missing;
            total.counts += group.counts;
            total.reliability += group.reliability.clone();
        }
        total
    }

    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let names: Vec<&str> = columns(&ScoreCounts::default()).map(|(name, _)| name).into();
        writeln!(out, "key\t{}\tbeads", names.join("\t"))?;
        for (key, group) in &self.groups {
            let shares = columns(&group.counts).map(|(_, share)| format!("{share:.4}"));
            let beads = group.counts.linked.beads;
            writeln!(out, "{}\t{}\t{beads}", label(key), shares.join("\t"))?;
        }
        let total = self.total();
        if total.missing > 0 {
            let missing = total.missing;
            writeln!(out, "tasks without a prediction, counted as entirely unaligned: {missing}")?;
        }
        if self.reliability {
            total.reliability.write(out)?;
        }
        Ok(())
    }

    fn json(&self) -> ReportOut<'_> {
        let groups = self.groups.iter().map(|(key, group)| GroupOut {
            key: self.by.iter().map(String::as_str).zip(key.iter().map(String::as_str)).collect(),
            scores: ScoresOut::new(group, self.reliability),
        });
        ReportOut {
            nulls: self.nulls.name(),
            groups: groups.collect(),
            total: ScoresOut::new(&self.total(), self.reliability),
        }
    }
}

/// The name of a group in the table, without tabs and line breaks.
fn label(key: &[String]) -> String {
    match key {
        [] => "all".to_string(),
        key => key.join("/").replace(is_terminal_control, " "),
    }
}

/// The shares in the table by column.
fn columns(counts: &ScoreCounts) -> [(&'static str, f64); 11] {
    let (strict, lax) = (counts.strict(), counts.lax());
    [
        ("P", strict.precision),
        ("R", strict.recall),
        ("F1", strict.f1),
        ("Plax", lax.precision),
        ("Rlax", lax.recall),
        ("F1lax", lax.f1),
        ("F1n", counts.strict_linked().f1),
        ("F1nlax", counts.lax_linked().f1),
        ("null", counts.null_recall()),
        ("nullprec", counts.null_precision()),
        ("pure", counts.strict_linked().precision),
    ]
}

#[derive(Serialize)]
struct ReportOut<'a> {
    nulls: &'static str,
    groups: Vec<GroupOut<'a>>,
    total: ScoresOut,
}

#[derive(Serialize)]
struct GroupOut<'a> {
    key: std::collections::BTreeMap<&'a str, &'a str>,
    #[serde(flatten)]
    scores: ScoresOut,
}

#[derive(Serialize)]
struct ScoresOut {
    tasks: u64,
    /// Tasks without a prediction.
    missing: u64,
    #[serde(flatten)]
    shares: Shares,
    beads: u64,
    gold_beads: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reliability: Option<ReliabilityTablesOut>,
}

impl ScoresOut {
    fn new(group: &GroupScores, reliability: bool) -> ScoresOut {
        ScoresOut {
            tasks: group.tasks,
            missing: group.missing,
            shares: Shares(columns(&group.counts)),
            beads: group.counts.linked.beads,
            gold_beads: group.counts.gold.beads,
            reliability: reliability.then(|| group.reliability.json()),
        }
    }
}

/// The columns as keys, in their order.
struct Shares([(&'static str, f64); 11]);

impl Serialize for Shares {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0)
    }
}
