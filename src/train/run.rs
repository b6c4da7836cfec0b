//! A run of training from its inputs to the bytes of a model.

use std::path::{Path, PathBuf};

use super::TrainError;
use super::corpus::{PairFile, TextFile, WordFile};
use super::course::Course;
use super::linear::turn;
use super::material::Material;
use super::measure::Accuracy;
use super::model::{quantise, rounded};
use super::sample::Sample;
use super::start;
use super::state;
use super::table::Table;
use super::vocabulary::VocabularyConfig;
use crate::Embedder;
use crate::embed::file::ModelParts;
use crate::embed::word::WordStyle;

/// What a model is trained from.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Inputs {
    /// Pairs of sentences and of terms.
    pub pairs: Vec<PairFile>,
    /// Lists of words with frequencies, for the vocabulary alone.
    pub words: Vec<WordFile>,
    /// Texts in one language.
    pub texts: Vec<TextFile>,
    /// Pairs that are never trained on, to measure with.
    pub measured: Vec<PairFile>,
    /// Sources of pairs to leave out.
    pub skip: Vec<String>,
    /// A vocabulary to use instead of one that is learnt: TSV of pieces and their
    /// log probabilities.
    pub vocabulary: Option<PathBuf>,
}

/// How a model is trained.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrainConfig {
    /// The name of the model, up to 16 bytes.
    pub name: String,
    /// Dimension of the vectors.
    pub dimension: usize,
    /// The vocabulary.
    pub vocabulary: VocabularyConfig,
    /// The share that lists of words have in the counts for the vocabulary, beside
    /// the texts', 0 to 1.
    pub listed: f64,
    /// About how many pairs a teacher is asked about, both sides of them.
    pub taught: usize,
    /// Steps of the optimisation.
    pub steps: u64,
    /// Pairs in a batch.
    pub batch: usize,
    /// What cosines are multiplied with before the softmax, up to 40.
    pub scale: f32,
    /// Rate of learning at the start; it falls to 0 on a straight line.
    pub rate: f32,
    /// Share of the words of a text that are dropped, 0 to below 1.
    pub dropout: f64,
    /// Share of the words that are cut into smaller pieces than best.
    pub recut: f64,
    /// A source of n pairs is drawn with a chance of n to this power.
    pub evenness: f64,
    /// Start of the random numbers.
    pub seed: u64,
    /// Threads; they change nothing but the time. 0: all cores.
    pub threads: usize,
    /// Steps between two measurements, after each of which the state is kept.
    pub interval: u64,
}

impl Default for TrainConfig {
    fn default() -> TrainConfig {
        TrainConfig {
            name: "static".to_string(),
            dimension: 256,
            vocabulary: VocabularyConfig::default(),
            listed: 0.5,
            taught: 20_000,
            steps: 4000,
            batch: 1024,
            scale: 20.0,
            rate: 0.01,
            dropout: 0.1,
            recut: 0.1,
            evenness: 0.75,
            seed: 1,
            threads: 0,
            interval: 500,
        }
    }
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// The inputs were read.
    Read {
        /// Number of different texts.
        texts: usize,
        /// Number of pairs.
        pairs: usize,
    },
    /// The vocabulary is there.
    Vocabulary {
        /// Number of pieces.
        pieces: usize,
    },
    /// The teacher embedded some texts.
    Taught {
        /// How many so far, pieces included.
        texts: usize,
        /// Of how many.
        of: usize,
    },
    /// A kept state was found.
    Resumed {
        /// The step at which it goes on.
        step: u64,
    },
    /// Some steps were done.
    Step {
        /// Steps done.
        step: u64,
        /// Mean loss since the last report, in nats.
        loss: f64,
        /// Measured at every interval, else empty.
        accuracies: Vec<Accuracy>,
    },
}

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trained {
    /// The file, for [`StaticEmbedder::from_bytes`](crate::StaticEmbedder::from_bytes).
    pub bytes: Vec<u8>,
    /// Accuracies of the finished model.
    pub accuracies: Vec<Accuracy>,
}

/// Trains a model.
///
/// With a `teacher`, pieces start from what it knows of them, which takes it a vector for
/// each piece and for two times [`TrainConfig::taught`] texts; for a slow one,
/// [`CachedEmbedder`](crate::embed) keeps them. The result does not depend on the number
/// of threads if the teacher's vectors do not.
///
/// With a `folder` for the state (it must be there), a run that was cut off goes on
/// where its state was last kept; the vocabulary is kept there too.
///
/// # Errors
///
/// [`TrainError`]: a file or line that cannot be read, too little text, settings
/// out of range, a teacher that fails, or a state of another run.
///
/// ```
/// use bitext::train::{Inputs, PairFile, TrainConfig, train};
/// use bitext::{Embedder, Language, StaticEmbedder};
///
/// # let folder = std::env::temp_dir().join(format!("bitext-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// // Two texts a line with a tab between; a real file has 100,000 lines and more.
/// let path = folder.join("pl-en.tsv");
/// std::fs::write(&path, "dobry dzień\tgood day\ndobra noc\tgood night\nczarny kot\tblack cat\n")?;
///
/// let languages: [Language; 2] = ["pl".parse()?, Language::ENGLISH];
/// let mut inputs = Inputs::default();
/// inputs.pairs.push(PairFile::new(languages, path));
/// let mut config = TrainConfig::default();
/// config.vocabulary.pieces = 60;
/// config.dimension = 16;
/// config.steps = 50;
/// let trained = train(&inputs, &config, None, None, |_| {})?;
///
/// let model = StaticEmbedder::from_bytes(trained.bytes)?;
/// assert_eq!(model.languages().len(), 2);
/// let polish = model.embed(languages[0], &["czarny kot"])?;
/// let english = model.embed(languages[1], &["black cat", "good day"])?;
/// assert!(polish.row(0).dot(&english.row(0)) > polish.row(0).dot(&english.row(1)));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub fn train(
    inputs: &Inputs,
    config: &TrainConfig,
    teacher: Option<&dyn Embedder>,
    folder: Option<&Path>,
    mut progress: impl FnMut(&Progress),
) -> Result<Trained, TrainError> {
    check(config)?;
    let threads = match config.threads {
        0 => std::thread::available_parallelism().map_or(1, |threads| threads.get()),
        threads => threads,
    };
    let mut material = Material::read(inputs, config)?;
    let texts = material.corpus.len();
    let pairs = material.groups.iter().map(|group| group.pairs.len()).sum();
    progress(&Progress::Read { texts, pairs });

    let pieces = material.vocabulary(inputs, config, folder)?;
    progress(&Progress::Vocabulary { pieces: pieces.len() });
    let measured = material.measured(inputs)?;
    let sample = match teacher {
        Some(_) => {
            let (taught, seed) = (config.taught, config.seed);
            Sample::draw(inputs, &mut material.corpus, &material.languages, taught, seed)?
        }
        None => Sample::default(),
    };
    let cuts = material.cut(&pieces)?;
    let means_of = material.means_of(&cuts);

    let weights: Vec<f64> =
        pieces.iter().map(|(_, log)| 1e-3 / (1e-3 + f64::from(*log).exp())).collect();
    let mut table = Table::random(&weights, config.dimension, config.seed);
    let key = material.key(inputs, config, &pieces, teacher);
    let kept = folder.map(|folder| (folder.join("state.bin"), key));
    let mut step = 0;
    if let Some((path, key)) = &kept {
        if let Some(at) = state::load(path, *key, &mut table)? {
            step = at;
            progress(&Progress::Resumed { step });
        }
    }
    if let (Some(teacher), 0) = (teacher, step) {
        let known = start::Known {
            material: &material,
            sample: &sample,
            cuts: &cuts,
            pieces: &pieces,
            weights: &weights,
        };
        table.rows = start::rows(&known, config.dimension, threads, teacher, &mut progress)?;
    }

    let course = Course {
        config,
        material: &material,
        cuts: &cuts,
        means_of: &means_of,
        measured: &measured,
        kept,
        threads,
    };
    course.go(&mut table, step, &mut progress)?;

    let means = course.means(&table);
    turn(&mut table, &means_of, &means);
    let (rows, scales) = quantise(&table);
    let last = rounded(&table);
    let means: Vec<f32> = course.means(&last).iter().flatten().copied().collect();
    let parts = ModelParts {
        name: &config.name,
        style: WordStyle::Folded,
        languages: &material.languages,
        means: &means,
        pieces: &pieces,
        scales: &scales,
        rows: &rows,
    };
    Ok(Trained { bytes: parts.to_bytes()?, accuracies: course.accuracies(&last) })
}

fn check(config: &TrainConfig) -> Result<(), TrainError> {
    let fail = |name, reason| Err(TrainError::Config { name, reason });
    if !(1..=4096).contains(&config.dimension) {
        return fail("dimension", "must be 1 to 4096");
    }
    if config.vocabulary.pieces == 0 || config.vocabulary.longest == 0 {
        return fail("vocabulary", "must have pieces of a character or more");
    }
    if !(2..=1 << 16).contains(&config.batch) {
        return fail("batch", "must be 2 to 65536");
    }
    if !(config.scale > 0.0 && config.scale <= 40.0) {
        return fail("scale", "must be above 0 and up to 40");
    }
    if !(config.rate > 0.0 && config.rate.is_finite()) {
        return fail("rate", "must be above 0");
    }
    if !(config.dropout >= 0.0 && config.recut >= 0.0 && config.dropout + config.recut < 1.0) {
        return fail("dropout", "and `recut` must be 0 or more, and below 1 together");
    }
    if !(0.0..=1.0).contains(&config.listed) || !(0.0..=2.0).contains(&config.evenness) {
        return fail("listed", "must be 0 to 1, and `evenness` 0 to 2");
    }
    if config.interval == 0 {
        return fail("interval", "must be 1 or more");
    }
    Ok(())
}
