//! Prints the events of a build, or of its first stages: progress and problems.

use bitext::Error;
use bitext::corpus::build::{BuildError, BuildEvent, Problem, Stage};

use crate::io::messages::complaints::Complaints;
use crate::io::messages::progress::ProgressDisplay;
use crate::{Failure, Usage};

/// Prints events to standard error.
#[derive(Default)]
pub struct EventPrinter {
    progress: Option<ProgressDisplay>,
    complaints: Complaints,
}

impl EventPrinter {
    pub fn print(&mut self, event: BuildEvent) {
        match event {
            BuildEvent::StageStarted { stage, total, resumed } => {
                let (name, unit) = match stage {
                    Stage::Read => ("read", "bytes"),
                    Stage::Pair => ("pair", "pairs"),
                    Stage::Align => ("align", "groups"),
                    Stage::Write => ("write", "groups"),
                };
                self.progress = Some(ProgressDisplay::new(name, unit, total, resumed));
            }
            BuildEvent::Advanced { done, .. } => {
                if let Some(progress) = &mut self.progress {
                    progress.set(done);
                }
            }
            BuildEvent::StageFinished { .. } => {
                if let Some(progress) = self.progress.take() {
                    progress.finish();
                }
            }
            BuildEvent::Problem(problem) => self.problem(&problem),
            _ => {}
        }
    }

    pub fn problem(&mut self, problem: &Problem) {
        let place = if problem.place.is_empty() { &problem.id } else { &problem.place };
        // Some errors name the place themselves.
        let error = problem.error.strip_prefix(place.as_str());
        let error = error.and_then(|rest| rest.strip_prefix(": "));
        self.complaints.tell(place, error.unwrap_or(&problem.error));
    }

    /// Complains about the place of an article or a group.
    pub fn complain(&mut self, place: &str, error: &str) {
        self.complaints.tell(place, error);
    }

    /// Prints how many problems were not printed; `see` is the file that has all of them.
    pub fn finish(self, see: Option<&str>) {
        self.complaints.finish(see);
    }
}

/// Adds the flag that helps to an error of the build.
pub fn failure(error: Error) -> Failure {
    let fresh = "start from scratch with --fresh";
    match BuildError::of(&error) {
        Some(BuildError::InputInOutput { .. }) => Usage(error.to_string()).into(),
        Some(BuildError::OtherSettings | BuildError::OtherInputs { .. }) => {
            format!("{error}: {fresh}, or name another folder").into()
        }
        Some(BuildError::DamagedWork { .. }) => format!("{error}, or {fresh}").into(),
        Some(BuildError::DamagedOutput { .. }) => format!("{error}: {fresh}").into(),
        _ => error.into(),
    }
}
