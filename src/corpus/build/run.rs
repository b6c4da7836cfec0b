//! Runs a build: enters the folder, runs or resumes the stages, and publishes the files.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::config::BuildConfig;
use super::error::{BuildError, Damage, cannot_read, cannot_serialize, cannot_write};
use super::event::{BuildEvent, Observer};
use super::output::card;
use super::sources::ArticleSources;
use super::stages::{
    ALIGN_FOLDER, PAIR_FOLDER, READ_FOLDER, align_groups, pair_articles, write_sets,
};
use super::summary::BuildSummary;
use super::work::{BuildState, FinishedFile, Phase, WorkFolder, sync_folder, write_small_file};
use crate::corpus::filter::{ExcludedTexts, HeldOutTexts};
use crate::{Aligner, Result, Splitter};

/// The dataset card in the output folder.
const CARD: &str = "README.md";
/// The summary in the output folder.
const COUNTS: &str = "counts.json";
/// The folder in the work folder that holds the files until they are published.
const UNPUBLISHED_FOLDER: &str = "out";

/// A resumable build of a training set from files with articles.
///
/// ```
/// # #[cfg(feature = "embedded-model")]
/// # fn main() -> Result<(), bitext::Error> {
/// use std::ops::ControlFlow;
///
/// use bitext::corpus::build::{Build, BuildConfig, BuildEvent};
/// use bitext::{Aligner, RuleSplitter};
///
/// let build = Build::new(Aligner::new(), BuildConfig::default())?
///     .with_splitter(RuleSplitter::default())
///     .with_fresh_start(true);
/// # let folder = std::env::temp_dir().join("bitext-example-of-a-build");
/// let outcome = build.run(&["examples/data"], &folder, |event| {
///     if let BuildEvent::Problem(problem) = event {
///         eprintln!("{}: {}", problem.place, problem.error);
///     }
///     ControlFlow::Continue(())
/// })?;
/// println!("{} rows in {}", outcome.summary.rows.kept(), folder.display());
/// # assert_eq!(outcome.summary.groups, 2);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "embedded-model"))]
/// # fn main() {}
/// ```
#[derive(Debug)]
pub struct Build {
    aligner: Aligner,
    config: BuildConfig,
    excluded: ExcludedTexts,
    /// The texts of the sets before, if rows are marked.
    marks: Option<HeldOutTexts>,
    fresh: bool,
}

/// How a build ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BuildOutcome {
    /// What this run had to do.
    pub status: BuildStatus,
    /// The counts of the training set.
    pub summary: BuildSummary,
}

/// What a run had to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildStatus {
    /// It wrote the training set.
    Built,
    /// The training set was complete already.
    AlreadyComplete,
    /// The training set was complete, but its card had other settings, and was written again.
    CardRewritten,
}

impl Build {
    /// A build with an aligner, whose handling of newlines and of text in another order is set by
    /// [`BuildConfig::align`].
    ///
    /// # Errors
    ///
    /// A setting is out of its range.
    ///
    /// ```
    /// # #[cfg(feature = "embedded-model")] {
    /// use bitext::Aligner;
    /// use bitext::corpus::build::{Build, BuildConfig};
    ///
    /// let config = BuildConfig::default().with_threads(0);
    /// assert!(Build::new(Aligner::new(), config).is_err());
    /// # }
    /// ```
    pub fn new(aligner: Aligner, config: BuildConfig) -> Result<Build> {
        config.validate()?;
        let config = config.without_repeated_formats();
        let aligner = config.align.apply(aligner)?;
        let excluded = ExcludedTexts::default();
        Ok(Build { aligner, config, excluded, marks: None, fresh: false })
    }

    /// Uses another splitter than [`RuleSplitter`](crate::RuleSplitter).
    pub fn with_splitter(mut self, splitter: impl Splitter + 'static) -> Build {
        self.aligner = self.aligner.with_splitter(splitter);
        self
    }

    /// Drops rows that repeat a text of a test set; see [`ExcludedTexts`]. They are dropped before the sets
    /// are made, and `excluded.jsonl` lists them.
    ///
    /// ```
    /// # #[cfg(feature = "embedded-model")] {
    /// use bitext::corpus::build::{Build, BuildConfig};
    /// use bitext::corpus::filter::ExcludedTexts;
    /// use bitext::{Aligner, Language};
    ///
    /// let mut excluded = ExcludedTexts::default();
    /// excluded.add("news-test", 1, Language::ENGLISH, "The ferry runs again.");
    /// let build = Build::new(Aligner::new(), BuildConfig::default())?.with_excluded(excluded);
    /// # }
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_excluded(mut self, excluded: ExcludedTexts) -> Build {
        self.excluded = excluded;
        self
    }

    /// Marks the rows instead of dividing them between the sets, so that parts of a corpus can be built on many
    /// machines and compared afterwards.
    ///
    /// The build writes `rows.jsonl` in place of the files of the sets, and no card. Each line has a row, its
    /// set, the reasons to reject it, and the keys that identify duplicates. Duplicates are not dropped.
    /// `held_out` has the texts of the sets that precede these rows: rows that share texts with them have the
    /// reason `held_out`.
    ///
    /// ```
    /// # #[cfg(feature = "embedded-model")] {
    /// use bitext::Aligner;
    /// use bitext::corpus::build::{Build, BuildConfig};
    /// use bitext::corpus::filter::HeldOutTexts;
    ///
    /// let build = Build::new(Aligner::new(), BuildConfig::default())?.with_marks(HeldOutTexts::default());
    /// # }
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn with_marks(mut self, held_out: HeldOutTexts) -> Build {
        self.marks = Some(held_out);
        // The rejected rows have marks, too.
        self.config.output.keep_rejected = true;
        self
    }

    /// Whether to discard all that earlier runs have written to the folder, and begin again.
    pub fn with_fresh_start(mut self, fresh: bool) -> Build {
        self.fresh = fresh;
        self
    }

    /// Builds the training set in `folder` from files, and folders of files, with articles. Continues
    /// where an earlier run stopped.
    ///
    /// `observe` is called on this thread with the progress and the problems. If it returns
    /// [`ControlFlow::Break`], the build ends with [`BuildError::Cancelled`]; the next run continues.
    ///
    /// # Errors
    ///
    /// A [`BuildError`], or an error of reading a file.
    pub fn run<P: AsRef<Path>>(
        &self,
        inputs: &[P],
        folder: impl AsRef<Path>,
        mut observe: impl FnMut(BuildEvent) -> ControlFlow<()>,
    ) -> Result<BuildOutcome> {
        let inputs: Vec<PathBuf> = inputs.iter().map(|path| path.as_ref().to_path_buf()).collect();
        let folder = folder.as_ref();
        let mut observer = Observer::new(&mut observe);
        let sources = ArticleSources::open(&inputs, &self.config.input, Some(folder))?;
        if let Err(error) = sources.check_any() {
            if let [_, _, ..] = sources.problems[..] {
                observer.problems(&sources.problems)?;
            }
            return Err(error);
        }
        self.run_stages(&sources, folder, &mut observer)
    }

    fn run_stages(
        &self,
        sources: &ArticleSources,
        output: &Path,
        observer: &mut Observer<'_>,
    ) -> Result<BuildOutcome> {
        let config = &self.config;
        let mut settings = config.fingerprint(self.aligner.fingerprint())?;
        if let Some(excluded) = self.excluded.fingerprint() {
            settings.push_str(&format!(" without {excluded}"));
        }
        if let Some(held_out) = &self.marks {
            settings.push_str(&format!(" marked, without {}", held_out.fingerprint()));
        }
        let card_settings = match self.marks {
            Some(_) => String::new(),
            None => config.card.fingerprint()?,
        };
        let mut new_state = BuildState::new(settings.clone(), card_settings, sources.state())?;
        let folder = WorkFolder::enter(output)?;
        let state = match BuildState::read(&folder.path)? {
            Some(begun) if self.fresh => {
                folder.clear(&begun)?;
                new_state
            }
            Some(begun) => {
                begun.check_same(&new_state)?;
                if matches!(begun.phase, Phase::Complete(_)) {
                    return self.check_complete(&folder, begun, new_state.card);
                }
                new_state.key = begun.key;
                new_state
            }
            // Work without a state: its settings are unknown.
            None => {
                folder.empty()?;
                new_state
            }
        };
        state.write(&folder.path)?;

        observer.problems(&sources.problems)?;
        let (aligner, key, work) = (&self.aligner, &state.key, folder.path.as_path());
        let paired = pair_articles(sources, aligner, &config.pairing, work, key, observer)?;
        observer.problems(paired.problems.iter().skip(sources.problems.len()))?;
        if let Err(error) = paired.check_languages() {
            // So that the build can begin again with more inputs.
            folder.empty()?;
            return Err(error);
        }
        let shards = align_groups(sources, aligner, config, &paired.tasks, work, key, observer)?;
        let unpublished = folder.create_empty(UNPUBLISHED_FOLDER)?;
        let (excluded, marks) = (&self.excluded, self.marks.as_ref());
        let (mut files, mut summary) =
            write_sets(config, excluded, marks, &paired, &shards, &unpublished, observer)?;
        summary.settings_fingerprint = settings;
        summary.aligner_fingerprint = aligner.fingerprint().to_string();
        let counts = serde_json::to_string_pretty(&summary).map_err(cannot_serialize)? + "\n";
        write_small_file(&unpublished.join(COUNTS), &counts)?;
        files.push(COUNTS.to_string());
        if self.marks.is_none() {
            write_small_file(&unpublished.join(CARD), &card(config, &summary, &files))?;
            files.push(CARD.to_string());
        }
        publish(&folder, &unpublished, &files, state)?;
        remove_work(&folder)?;
        Ok(BuildOutcome { status: BuildStatus::Built, summary })
    }

    /// Checks the files of a complete build. Writes the card again if its settings have changed.
    fn check_complete(
        &self,
        folder: &WorkFolder,
        mut begun: BuildState,
        new_card: String,
    ) -> Result<BuildOutcome> {
        let has_new_card = begun.card != new_card;
        for file in begun.files() {
            let damage = match file.now(&folder.output)? {
                None => Damage::Missing,
                // A run that was killed may have written the new card already.
                Some(now) if now != *file && !(has_new_card && file.name == CARD) => {
                    Damage::Changed
                }
                Some(_) => continue,
            };
            let path = folder.output.join(&file.name);
            return Err(BuildError::DamagedOutput { path, damage }.into());
        }
        remove_work(folder)?;
        let summary = read_summary(&folder.output.join(COUNTS))?;
        if !has_new_card {
            return Ok(BuildOutcome { status: BuildStatus::AlreadyComplete, summary });
        }
        let mut files = begun.files().to_vec();
        let names = files.iter().map(|file| file.name.clone());
        let names: Vec<String> = names.filter(|name| name != CARD).collect();
        let (new, path) = (folder.path.join(CARD), folder.output.join(CARD));
        write_small_file(&new, &card(&self.config, &summary, &names))?;
        std::fs::rename(&new, &path).map_err(|error| cannot_write(&path, error))?;
        sync_folder(&folder.output)?;
        for file in files.iter_mut().filter(|file| file.name == CARD) {
            *file = FinishedFile::read(&folder.output, CARD)?;
        }
        begun.card = new_card;
        begun.phase = Phase::Complete(files);
        begun.write(&folder.path)?;
        Ok(BuildOutcome { status: BuildStatus::CardRewritten, summary })
    }
}

/// Moves the files to the output folder. The state lists them first, so that a fresh start after a
/// crash can remove them.
fn publish(
    folder: &WorkFolder,
    unpublished: &Path,
    files: &[String],
    mut state: BuildState,
) -> Result<()> {
    let files = files.iter().map(|name| FinishedFile::read(unpublished, name));
    let files: Vec<FinishedFile> = files.collect::<Result<_>>()?;
    state.phase = Phase::Publishing(files.clone());
    state.write(&folder.path)?;
    for file in &files {
        let path = folder.output.join(&file.name);
        std::fs::rename(unpublished.join(&file.name), &path)
            .map_err(|error| cannot_write(&path, error))?;
    }
    // The files must be on the disk before the state says so.
    sync_folder(&folder.output)?;
    state.phase = Phase::Complete(files);
    state.write(&folder.path)
}

/// Removes what only an unfinished build needs.
fn remove_work(folder: &WorkFolder) -> Result<()> {
    folder.remove(&[READ_FOLDER, PAIR_FOLDER, ALIGN_FOLDER, UNPUBLISHED_FOLDER])
}

fn read_summary(path: &Path) -> Result<BuildSummary> {
    let counts = std::fs::read(path).map_err(|error| cannot_read(path, error))?;
    serde_json::from_slice(&counts).map_err(|_| {
        let path = path.to_path_buf();
        BuildError::DamagedOutput { path, damage: Damage::Changed }.into()
    })
}
