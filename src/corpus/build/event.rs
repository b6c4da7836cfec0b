//! What a build reports while it runs, and how its caller stops it.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::error::BuildError;
use crate::Result;

/// The stages of a build, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Every article is read and gets a vector. Progress is in bytes without the ends of lines, so
    /// it may end slightly below the total.
    Read,
    /// The versions of one article are found. Progress is in pairs of articles.
    Pair,
    /// The versions are aligned, and their rows filtered. Progress is in groups of articles.
    Align,
    /// Duplicates are dropped, and the files written. Progress is in groups of articles.
    Write,
}

/// News of a running build.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildEvent {
    /// A stage begins.
    StageStarted {
        /// The stage.
        stage: Stage,
        /// The amount of work, in the unit of the stage.
        total: u64,
        /// How much of it an earlier run has done.
        resumed: u64,
    },
    /// Some work of the current stage is done.
    Advanced {
        /// The stage.
        stage: Stage,
        /// How much of `total` is done.
        done: u64,
    },
    /// A stage ends.
    StageFinished {
        /// The stage.
        stage: Stage,
    },
    /// An input cannot be used. The build continues without it.
    Problem(Problem),
}

/// An input that could not be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The id of the article or group, if it is known.
    pub id: String,
    /// The file, or `FILE:LINE`. Empty if the error names it.
    pub place: String,
    /// What is wrong.
    pub error: String,
}

/// Passes events to the caller of a build.
pub struct Observer<'a> {
    notify: &'a mut dyn FnMut(BuildEvent) -> ControlFlow<()>,
}

impl<'a> Observer<'a> {
    /// An observer that calls a function with each event; the function may end the build.
    pub fn new(notify: &'a mut dyn FnMut(BuildEvent) -> ControlFlow<()>) -> Observer<'a> {
        Observer { notify }
    }

    /// Passes an event on.
    ///
    /// # Errors
    ///
    /// [`BuildError::Cancelled`] if the caller stops the build.
    pub fn notify(&mut self, event: BuildEvent) -> Result<()> {
        match (self.notify)(event) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(BuildError::Cancelled.into()),
        }
    }

    /// Passes problems on.
    ///
    /// # Errors
    ///
    /// [`BuildError::Cancelled`] if the caller stops the build.
    pub fn problems<'p>(&mut self, problems: impl IntoIterator<Item = &'p Problem>) -> Result<()> {
        problems
            .into_iter()
            .try_for_each(|problem| self.notify(BuildEvent::Problem(problem.clone())))
    }
}

/// The progress of one stage.
pub struct StageProgress<'o, 'a> {
    observer: &'o mut Observer<'a>,
    stage: Stage,
    done: u64,
}

impl<'o, 'a> StageProgress<'o, 'a> {
    /// Begins a stage with `total` of work, of which an earlier run has done `resumed`.
    pub fn start(
        observer: &'o mut Observer<'a>,
        stage: Stage,
        total: u64,
        resumed: u64,
    ) -> Result<StageProgress<'o, 'a>> {
        observer.notify(BuildEvent::StageStarted { stage, total, resumed })?;
        Ok(StageProgress { observer, stage, done: resumed })
    }

    pub fn advance(&mut self, by: u64) -> Result<()> {
        self.done += by;
        let (stage, done) = (self.stage, self.done);
        self.observer.notify(BuildEvent::Advanced { stage, done })
    }

    pub fn problem(&mut self, problem: &Problem) -> Result<()> {
        self.observer.problems([problem])
    }

    pub fn finish(self) -> Result<()> {
        self.observer.notify(BuildEvent::StageFinished { stage: self.stage })
    }
}
