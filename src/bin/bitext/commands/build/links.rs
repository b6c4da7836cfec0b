//! The second stage: which of the articles are versions of one another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use bitext::corpus::{
    ArticleCandidate, ArticleGroup, ArticleVectors, CandidateSchedule, Contradiction, Coverage,
    PairingConfig, candidates, contradiction, coverage, group_articles,
};
use bitext::{Aligner, Article};
use serde::{Deserialize, Serialize};

use super::index::Problem;
use super::progress::Progress;
use super::shards::Shards;
use crate::Failure;
use crate::io::read::sources::{Item, Planned, Sources};
use crate::io::stream::in_order;

/// Pairs a shard of the links has.
const PAIRS_PER_SHARD: u64 = 512;

/// What is to be paired.
pub struct Pairing<'a> {
    pub sources: &'a Sources,
    pub aligner: &'a Aligner,
    pub config: &'a PairingConfig,
    pub vectors: &'a ArticleVectors,
    /// By vector: where the article stands, and its id.
    pub singles: &'a [(Planned, String)],
}

/// What the alignment of a candidate came to.
#[derive(Serialize, Deserialize)]
struct Checked {
    #[serde(default)]
    both: f32,
    #[serde(default)]
    least: f32,
    /// Why the two are not paired although they align.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vetoed: Option<Contradiction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What became of the candidates.
pub struct Paired {
    pub groups: Vec<ArticleGroup>,
    pub problems: Vec<Problem>,
    /// How many were not paired although they align, by reason.
    pub vetoed: Vec<(Contradiction, u64)>,
}

impl Pairing<'_> {
    /// Aligns candidates, round by round, and puts together what holds; what is done is kept in
    /// `work`, in the order in which it was handed out, for the build that `key` names.
    pub fn groups(&self, work: &Path, key: &str) -> Result<Paired, Failure> {
        let mut shards = Shards::open(work, key)?;
        let found = candidates(self.vectors, self.config)?;
        let mut rounds = CandidateSchedule::new(self.vectors, &found, self.config);
        let mut links = Vec::new();
        let mut problems = Vec::new();
        let mut vetoed = Contradiction::ALL.map(|why| (why, 0)).to_vec();
        let mut note =
            |rounds: &mut CandidateSchedule<'_>, at: usize, line: &str| -> Result<(), Failure> {
                let checked: Checked = serde_json::from_str(line)?;
                if let Some(error) = checked.error {
                    problems.push(self.problem(&found[at], error));
                    return Ok(());
                }
                if let Some(why) = checked.vetoed {
                    let counts = vetoed.iter_mut().filter(|(of, _)| *of == why);
                    counts.for_each(|(_, count)| *count += 1);
                    return Ok(());
                }
                let coverage = Coverage { both: checked.both, min_side: checked.least };
                rounds.record(at, coverage);
                links.extend(found[at].confirm(coverage, self.config));
                Ok(())
            };
        let complete = shards.is_complete();
        let mut known = shards.lines();
        let before = shards.count();
        let mut progress = Progress::new("pair", "pairs", found.len() as u64, before);
        let mut out = shards.writer(PAIRS_PER_SHARD);
        let (mut handed, mut passed) = (0, 0);
        loop {
            let round = rounds.next_round();
            handed += round.len();
            let now = found.len() - rounds.remaining() - handed;
            progress.advance((now - passed) as u64);
            passed = now;
            if round.is_empty() {
                break;
            }
            let lines: Vec<String> = known.by_ref().take(round.len()).collect::<Result<_, _>>()?;
            for (&at, line) in round.iter().zip(&lines) {
                note(&mut rounds, at, line)?;
            }
            let rest = &round[lines.len()..];
            if complete && !rest.is_empty() {
                return Err("the links are damaged: use --fresh".into());
            }
            let mut answered = rest.iter();
            let read = |send: &mut dyn FnMut(usize) -> bool| {
                rest.iter().all(|at| send(*at));
                Ok(())
            };
            let work = |_, at: usize| serde_json::to_string(&self.check(&found[at]));
            in_order(
                self.config.threads,
                |at| self.bytes(&found[*at]),
                read,
                work,
                |line, _| {
                    self.sources.check_unchanged()?;
                    let line = line?;
                    if let Some(&at) = answered.next() {
                        note(&mut rounds, at, &line)?;
                    }
                    progress.advance(1);
                    out.write(&line)
                },
            )?;
        }
        if !complete {
            out.finish()?;
            progress.finish();
        }
        Ok(Paired { groups: group_articles(self.vectors, links), problems, vetoed })
    }

    fn bytes(&self, pair: &ArticleCandidate) -> u64 {
        [pair.one, pair.other].iter().map(|&at| self.singles[at].0.place.len).sum()
    }

    /// One pair must never take the others with it.
    fn check(&self, pair: &ArticleCandidate) -> Checked {
        let checked = catch_unwind(AssertUnwindSafe(|| self.compare(pair)));
        let checked = checked.unwrap_or_else(|_| Err("internal error".to_string()));
        checked.unwrap_or_else(|error| Checked {
            both: 0.0,
            least: 0.0,
            vetoed: None,
            error: Some(error),
        })
    }

    fn compare(&self, pair: &ArticleCandidate) -> Result<Checked, String> {
        let articles = [self.article(pair.one)?, self.article(pair.other)?];
        let bitext = self.aligner.align(articles).map_err(|error| error.to_string())?;
        let covered = coverage(&bitext);
        let vetoed = match pair.confirm(covered, self.config) {
            Some(_) => contradiction(self.aligner, &bitext, self.config),
            None => Ok(None),
        };
        let vetoed = vetoed.map_err(|error| error.to_string())?;
        let Coverage { both, min_side: least, .. } = covered;
        Ok(Checked { both, least, vetoed, error: None })
    }

    fn article(&self, at: usize) -> Result<Article, String> {
        let planned = self.singles[at].0;
        match self.sources.parse(planned.place, &self.sources.read_again(planned)?).1? {
            Item::One { article, .. } => Ok(article),
            Item::Group(_) => Err("has changed while it was read".to_string()),
        }
    }

    fn problem(&self, pair: &ArticleCandidate, error: String) -> Problem {
        let ((_, one), (planned, other)) = (&self.singles[pair.one], &self.singles[pair.other]);
        Problem { id: format!("{one}, {other}"), place: self.sources.label(planned.place), error }
    }
}
