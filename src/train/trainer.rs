//! A training run, from its inputs to the bytes of a model.

use std::fmt;
use std::path::PathBuf;

use super::config::TrainConfig;
use super::data::{TeacherSample, TrainInputs, TrainingData};
use super::error::TrainError;
use super::optimise::{Checkpoint, TrainingLoop, load};
use super::progress::{RetrievalAccuracy, TrainProgress};
use super::teacher_start;
use super::vectors::{EmbeddingTable, quantise, rotate_to_principal_components, rounded};
use crate::Embedder;
use crate::embed::static_model::file::ModelParts;
use crate::embed::static_model::word::WordStyle;

/// Trains a static model.
///
/// ```
/// use bitext::train::{PairFile, TrainConfig, TrainInputs, Trainer, VocabularyConfig};
/// use bitext::{Embedder, Language, StaticEmbedder};
///
/// # let folder = std::env::temp_dir().join(format!("bitext-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// // Two texts per line, separated by a tab. A real file has at least 100,000 lines.
/// let path = folder.join("pl-en.tsv");
/// let pairs = "dobry dzień\tgood day\ndobra noc\tgood night\nczarny kot\tblack cat\n\
///     czarny kot śpi całą noc i cały dobry dzień\tthe black cat sleeps all night and all the good day\n";
/// std::fs::write(&path, pairs)?;
///
/// let languages = [Language::new("pl")?, Language::ENGLISH];
/// let mut inputs = TrainInputs::default();
/// inputs.pairs.push(PairFile::new(languages, path));
/// let config = TrainConfig::default()
///     .with_vocabulary(VocabularyConfig::default().with_subwords(60))
///     .with_dimension(16)
///     .with_steps(50);
/// let teacher = StaticEmbedder::embedded();
/// let trainer =
///     Trainer::new(inputs).with_config(config).with_teacher(&teacher).with_state_folder(&folder);
/// let trained = trainer.train_with_progress(|progress| eprintln!("{progress:?}"))?;
/// // A second run resumes from the folder, here at the end.
/// assert_eq!(trainer.train()?, trained);
///
/// let model = StaticEmbedder::from_bytes(trained.bytes)?;
/// assert_eq!(model.languages().len(), 2);
/// let polish = model.embed(languages[0], &["czarny kot"])?;
/// assert_eq!(polish.dim(), (1, 16));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
#[derive(Clone)]
pub struct Trainer<'a> {
    inputs: TrainInputs,
    config: TrainConfig,
    teacher: Option<&'a dyn Embedder>,
    state_folder: Option<PathBuf>,
}

impl fmt::Debug for Trainer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("inputs", &self.inputs)
            .field("config", &self.config)
            .field("teacher", &self.teacher.map(|teacher| teacher.fingerprint()))
            .field("state_folder", &self.state_folder)
            .finish()
    }
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrainedModel {
    /// The model file, for
    /// [`StaticEmbedder::from_bytes`](crate::StaticEmbedder::from_bytes).
    pub bytes: Vec<u8>,
    /// The accuracies of the finished model on the dev pairs.
    pub accuracies: Vec<RetrievalAccuracy>,
}

impl<'a> Trainer<'a> {
    /// A run with default settings, without a teacher and without a state folder.
    pub fn new(inputs: TrainInputs) -> Trainer<'a> {
        Trainer { inputs, config: TrainConfig::default(), teacher: None, state_folder: None }
    }

    /// Sets the settings.
    #[must_use]
    pub fn with_config(mut self, config: TrainConfig) -> Trainer<'a> {
        self.config = config;
        self
    }

    /// Initialises the subwords from the vectors of a teacher.
    ///
    /// The teacher embeds every subword and about twice
    /// [`TrainConfig::teacher_pairs`] texts. If it is slow, put a
    /// [`CachedEmbedder`](crate::embed) in front of it. The result does not depend on
    /// the number of threads if the vectors of the teacher do not.
    ///
    /// ```no_run
    /// use bitext::StaticEmbedder;
    /// use bitext::train::{TrainInputs, Trainer};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let teacher = StaticEmbedder::from_file("large.bitext")?;
    /// let model = Trainer::new(TrainInputs::default()).with_teacher(&teacher).train()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_teacher(mut self, teacher: &'a dyn Embedder) -> Trainer<'a> {
        self.teacher = Some(teacher);
        self
    }

    /// Saves the state and the vocabulary in a folder, which must exist. A run with
    /// the same inputs and settings resumes from there.
    ///
    /// ```no_run
    /// use bitext::train::{TrainInputs, TrainProgress, Trainer};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let trainer = Trainer::new(TrainInputs::default()).with_state_folder("state");
    /// let model = trainer.train_with_progress(|progress| {
    ///     if let TrainProgress::StepsDone { step, loss, .. } = progress {
    ///         eprintln!("step {step}: loss {loss:.3}");
    ///     }
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_state_folder(mut self, folder: impl Into<PathBuf>) -> Trainer<'a> {
        self.state_folder = Some(folder.into());
        self
    }

    /// Trains the model.
    ///
    /// # Errors
    ///
    /// A [`TrainError`] if a file or line cannot be read, if there is too little text,
    /// if a setting is out of range, if the teacher fails, or if the state belongs to
    /// another run.
    pub fn train(&self) -> Result<TrainedModel, TrainError> {
        self.train_with_progress(|_| {})
    }

    /// Trains the model and calls `report` with the progress.
    ///
    /// # Errors
    ///
    /// Those of [`train`](Trainer::train).
    pub fn train_with_progress(
        &self,
        mut report: impl FnMut(&TrainProgress),
    ) -> Result<TrainedModel, TrainError> {
        let Trainer { inputs, config, teacher, state_folder } = self;
        config.check()?;
        let threads = match config.threads {
            0 => std::thread::available_parallelism().map_or(1, |threads| threads.get()),
            threads => threads,
        };
        let mut data = TrainingData::read(inputs, config)?;
        let texts = data.corpus.len();
        let pairs = data.groups.iter().map(|group| group.pairs.len()).sum();
        report(&TrainProgress::InputsRead { texts, pairs });

        let subwords = data.vocabulary(inputs, config, state_folder.as_deref())?;
        report(&TrainProgress::VocabularyReady { subwords: subwords.len() });
        let dev = data.read_dev(inputs)?;
        let sample = if teacher.is_some() {
            let (size, seed) = (config.teacher_pairs, config.seed);
            TeacherSample::draw(inputs, &mut data.corpus, &data.languages, size, seed)?
        } else {
            TeacherSample::default()
        };
        let segmentation = data.segment(&subwords)?;
        let mean_texts = data.mean_texts(&segmentation);

        // Frequent subwords get short vectors (smooth inverse frequency; Arora et al. 2017).
        let weights: Vec<f64> =
            subwords.iter().map(|(_, log)| 1e-3 / (1e-3 + f64::from(*log).exp())).collect();
        let mut table = EmbeddingTable::random(&weights, config.dimension, config.seed);
        let key = data.run_key(inputs, config, &subwords, *teacher);
        let checkpoint = state_folder
            .as_ref()
            .map(|folder| Checkpoint { path: folder.join("state.bin"), run_key: key });
        let mut step = 0;
        if let Some(checkpoint) = &checkpoint {
            if let Some(done) = load(checkpoint, &mut table)? {
                step = done;
                report(&TrainProgress::Resumed { step });
            }
        }
        if let (Some(teacher), 0) = (teacher, step) {
            let known = teacher_start::RunData {
                data: &data,
                sample: &sample,
                segmentation: &segmentation,
                subwords: &subwords,
                weights: &weights,
            };
            table.rows = teacher_start::initial_rows(
                &known,
                config.dimension,
                threads,
                *teacher,
                &mut report,
            )?;
        }

        let training = TrainingLoop {
            config,
            data: &data,
            segmentation: &segmentation,
            mean_texts: &mean_texts,
            dev: &dev,
            checkpoint,
            threads,
        };
        training.run(&mut table, step, &mut report)?;

        let means = training.means(&table);
        rotate_to_principal_components(&mut table, &mean_texts, &means);
        let (rows, scales) = quantise(&table);
        let last = rounded(&table);
        let means: Vec<f32> = training.means(&last).iter().flatten().copied().collect();
        let parts = ModelParts {
            name: &config.name,
            style: WordStyle::Folded,
            languages: &data.languages,
            means: &means,
            pieces: &subwords,
            scales: &scales,
            rows: &rows,
        };
        Ok(TrainedModel { bytes: parts.to_bytes()?, accuracies: training.accuracies(&last) })
    }
}
