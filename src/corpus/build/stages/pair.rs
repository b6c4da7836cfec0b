//! The second stage finds which articles are versions of one another: candidates are aligned, the
//! likeliest first, and confirmed or rejected.
//!
//! The stage keeps the result of each alignment, in the order in which candidates were handed out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::corpus::build::error::cannot_serialize;
use crate::corpus::build::event::{Observer, Problem, Stage, StageProgress};
use crate::corpus::build::sources::{ArticleItem, ArticleSources, VerifiedPlace};
use crate::corpus::build::work::{Shards, damaged_stage, parse_line};
use crate::corpus::{
    ArticleCandidate, ArticleGroup, ArticleLink, ArticleVectors, CandidateSchedule, Contradiction,
    Coverage, PairingConfig, candidates, contradiction, coverage, group_articles,
};
use crate::threads::in_order::in_order;
use crate::{Aligner, Article, Result};

/// The folder of this stage in the work folder.
pub const PAIR_FOLDER: &str = "links";
/// Pairs in a shard of this stage.
const PAIRS_PER_SHARD: u64 = 512;

/// What is to be paired.
pub struct PairStage<'a> {
    pub sources: &'a ArticleSources,
    pub aligner: &'a Aligner,
    pub config: &'a PairingConfig,
    pub vectors: &'a ArticleVectors,
    /// Pairs of articles that name each other as versions, or whose addresses differ in the language.
    pub linked: &'a [(usize, usize)],
    /// Place and id of the article of each vector.
    pub singles: &'a [(VerifiedPlace, String)],
}

/// The result of aligning a candidate, as the stage keeps it.
#[derive(Default, Serialize, Deserialize)]
struct CheckedCandidate {
    #[serde(default)]
    both: f32,
    #[serde(default)]
    min_side: f32,
    /// Why the articles are not paired although they align.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vetoed: Option<Contradiction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The groups found, and what became of the other candidates.
#[derive(Default)]
pub struct FoundGroups {
    pub groups: Vec<ArticleGroup>,
    pub problems: Vec<Problem>,
    /// Number of candidates that align but contradict each other, by reason.
    pub vetoed: Vec<(Contradiction, u64)>,
}

/// What the results so far amount to.
struct Tally<'a> {
    stage: &'a PairStage<'a>,
    found: &'a [ArticleCandidate],
    schedule: CandidateSchedule<'a>,
    links: Vec<ArticleLink>,
    problems: Vec<Problem>,
    vetoed: Vec<(Contradiction, u64)>,
}

impl Tally<'_> {
    fn add(&mut self, at: usize, checked: CheckedCandidate) {
        let candidate = &self.found[at];
        if let Some(error) = checked.error {
            self.problems.push(self.stage.problem(candidate, error));
        } else if let Some(why) = checked.vetoed {
            let counts = self.vetoed.iter_mut().filter(|(of, _)| *of == why);
            counts.for_each(|(_, count)| *count += 1);
        } else {
            let coverage = Coverage { both: checked.both, min_side: checked.min_side };
            self.schedule.record(at, coverage);
            self.links.extend(candidate.confirm(coverage, self.stage.config));
        }
    }

    /// Adds the results of a round that earlier runs have kept, and returns their number.
    fn add_known(
        &mut self,
        round: &[usize],
        known: &mut impl Iterator<Item = Result<String>>,
        folder: &Path,
    ) -> Result<usize> {
        let mut resumed = 0;
        for (&at, line) in round.iter().zip(known) {
            self.add(at, parse_line(&line?, folder)?);
            resumed += 1;
        }
        Ok(resumed)
    }
}

impl PairStage<'_> {
    /// Aligns the candidates in rounds, and forms groups of the confirmed ones. Keeps its work in
    /// `work`, for the build with this key.
    pub fn run(&self, work: &Path, key: &str, observer: &mut Observer<'_>) -> Result<FoundGroups> {
        let folder = work.join(PAIR_FOLDER);
        let mut shards = Shards::open(&folder, key)?;
        let found = candidates(self.vectors, self.config, self.linked)?;
        let mut tally = Tally {
            stage: self,
            found: &found,
            schedule: CandidateSchedule::new(self.vectors, &found, self.config),
            links: Vec::new(),
            problems: Vec::new(),
            vetoed: Contradiction::ALL.map(|why| (why, 0)).to_vec(),
        };
        let mut known = shards.lines();
        if shards.is_complete() {
            loop {
                let round = tally.schedule.next_round();
                if round.is_empty() {
                    break;
                }
                if tally.add_known(&round, &mut known, &folder)? < round.len() {
                    return Err(damaged_stage(&folder));
                }
            }
        } else {
            let (total, resumed) = (found.len() as u64, shards.count());
            let mut progress = StageProgress::start(observer, Stage::Pair, total, resumed)?;
            let mut out = shards.writer(PAIRS_PER_SHARD);
            let worked = self.align_rounds(&mut tally, &mut known, &folder, |line, skipped| {
                line.map_or(Ok(()), |line| out.write(line))?;
                progress.advance(u64::from(line.is_some()) + skipped)
            });
            out.finish(worked)?;
            progress.finish()?;
        }
        let Tally { links, problems, vetoed, .. } = tally;
        Ok(FoundGroups { groups: group_articles(self.vectors, links), problems, vetoed })
    }

    /// Aligns the candidates whose results are not known yet. Calls `done` with each new result,
    /// and with the number of candidates that were skipped since the previous call.
    fn align_rounds(
        &self,
        tally: &mut Tally<'_>,
        known: &mut impl Iterator<Item = Result<String>>,
        folder: &Path,
        mut done: impl FnMut(Option<&str>, u64) -> Result<()>,
    ) -> Result<()> {
        let found = tally.found;
        let (mut handed_out, mut skipped) = (0, 0);
        loop {
            let round = tally.schedule.next_round();
            handed_out += round.len();
            let skipped_now = found.len() - tally.schedule.remaining() - handed_out;
            done(None, (skipped_now - skipped) as u64)?;
            skipped = skipped_now;
            if round.is_empty() {
                return Ok(());
            }
            let resumed = tally.add_known(&round, known, folder)?;
            let rest = &round[resumed..];
            let mut answered = rest.iter();
            let read = |send: &mut dyn FnMut(usize) -> bool| {
                rest.iter().all(|at| send(*at));
                Ok(())
            };
            let work = |_, at: usize| serde_json::to_string(&self.check(&found[at]));
            let bytes_of = |at: &usize| self.bytes(&found[*at]);
            in_order(self.config.threads, bytes_of, read, work, |line, _| {
                self.sources.check_unchanged()?;
                let line = line.map_err(cannot_serialize)?;
                if let Some(&at) = answered.next() {
                    tally.add(at, parse_line(&line, folder)?);
                }
                done(Some(&line), 0)
            })?;
        }
    }

    /// Bytes of both articles.
    fn bytes(&self, pair: &ArticleCandidate) -> u64 {
        [pair.one, pair.other].iter().map(|&at| self.singles[at].0.place.len).sum()
    }

    fn check(&self, pair: &ArticleCandidate) -> CheckedCandidate {
        let checked = catch_unwind(AssertUnwindSafe(|| self.compare(pair)));
        // A panic over one pair must not end the build.
        let checked = checked.unwrap_or_else(|_| Err("internal error".to_string()));
        checked.unwrap_or_else(|error| CheckedCandidate {
            error: Some(error),
            ..CheckedCandidate::default()
        })
    }

    fn compare(&self, pair: &ArticleCandidate) -> Result<CheckedCandidate, String> {
        let articles = [self.article(pair.one)?, self.article(pair.other)?];
        let bitext = self.aligner.align(articles).map_err(|error| error.to_string())?;
        let covered = coverage(&bitext);
        let vetoed = match pair.confirm(covered, self.config) {
            Some(_) => contradiction(self.aligner, &bitext, self.config),
            None => Ok(None),
        };
        let vetoed = vetoed.map_err(|error| error.to_string())?;
        let Coverage { both, min_side, .. } = covered;
        Ok(CheckedCandidate { both, min_side, vetoed, error: None })
    }

    fn article(&self, at: usize) -> Result<Article, String> {
        let verified = self.singles[at].0;
        match self.sources.parse(verified.place, &self.sources.read_again(verified)?).1? {
            ArticleItem::Single { article, .. } => Ok(article),
            ArticleItem::Group(_) => Err("has changed while it was read".to_string()),
        }
    }

    fn problem(&self, pair: &ArticleCandidate, error: String) -> Problem {
        let ((_, one), (verified, other)) = (&self.singles[pair.one], &self.singles[pair.other]);
        let place = self.sources.label(verified.place);
        Problem { id: format!("{one}, {other}"), place, error }
    }
}
