//! The options that choose a model, and the embedder that they lead to.

use std::path::{Path, PathBuf};

use bitext::{Aligner, Embedder, Error, StaticEmbedder};

use crate::io::write::paths::Paths;
use crate::{Failure, MissingFeature, Usage};

/// What runs transformers: candle, if it is compiled in.
#[cfg(feature = "candle")]
use bitext::embed::CandleEmbedder as Transformer;
#[cfg(all(feature = "rust-bert", not(feature = "candle")))]
use bitext::embed::RustBertEmbedder as Transformer;

/// The feature that is missing where no transformer can be run.
const FEATURE: &str = "candle";

/// The options of the embedding model. They are declared in every build; [`ModelArgs::open`] fails
/// if the build lacks the feature that one of them needs.
#[derive(Default, clap::Args)]
pub struct ModelArgs {
    /// Embedding model: its name, a model file, or a folder with a static model or (feature
    /// `candle` or `rust-bert`) a transformer [default: the embedded model]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Text to put before every input, as some transformers require, such as "query: "
    /// (feature `candle` or `rust-bert`)
    #[arg(long, value_name = "TEXT")]
    pub prefix: Option<String>,
    /// Number of threads of a transformer (feature `candle` or `rust-bert`) [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub model_threads: Option<u16>,
    /// File of vectors to reuse and extend; it is created if missing (feature `cache`)
    #[arg(long, value_name = "FILE")]
    pub cache: Option<PathBuf>,
}

/// A model that was opened.
pub struct Model {
    pub embedder: Box<dyn Embedder>,
    #[cfg(any(feature = "candle", feature = "rust-bert"))]
    transformer: Option<std::sync::Arc<Transformer>>,
}

impl Model {
    fn new(embedder: impl Embedder + 'static) -> Model {
        Model {
            embedder: Box::new(embedder),
            #[cfg(any(feature = "candle", feature = "rust-bert"))]
            transformer: None,
        }
    }

    /// Separates the embedder from what is to be reported of it at the end.
    pub fn split(self) -> (Box<dyn Embedder>, ModelReport) {
        let report = ModelReport {
            #[cfg(any(feature = "candle", feature = "rust-bert"))]
            transformer: self.transformer,
            #[cfg(any(feature = "candle", feature = "rust-bert"))]
            cut_before: 0,
        };
        (self.embedder, report)
    }
}

/// Reports at the end which texts a transformer had to cut.
pub struct ModelReport {
    #[cfg(any(feature = "candle", feature = "rust-bert"))]
    transformer: Option<std::sync::Arc<Transformer>>,
    /// Texts of the sample for the background that were cut.
    #[cfg(any(feature = "candle", feature = "rust-bert"))]
    cut_before: u64,
}

impl ModelReport {
    /// Measures the background of a transformer, so that the texts of its sample are not reported.
    pub fn measure_background(&mut self, aligner: &Aligner) -> Result<(), Failure> {
        #[cfg(any(feature = "candle", feature = "rust-bert"))]
        if let Some(model) = &self.transformer {
            aligner.background()?;
            self.cut_before = model.truncated();
        }
        let _ = aligner;
        Ok(())
    }

    /// Prints the report; it also names the model unless `named`, that is, the output does.
    pub fn finish(&self, named: bool) {
        #[cfg(any(feature = "candle", feature = "rust-bert"))]
        if let Some(model) = &self.transformer {
            if !named {
                crate::io::messages::terminal::complain(format_args!(
                    "model {}",
                    model.fingerprint()
                ));
            }
            let (count, most) = (model.truncated() - self.cut_before, model.max_tokens());
            if count > 0 {
                crate::io::messages::terminal::complain(format_args!(
                    "warning: texts longer than the model's {most} tokens were cut: {count}"
                ));
            }
        }
        #[cfg(not(any(feature = "candle", feature = "rust-bert")))]
        let _ = named;
    }
}

impl ModelArgs {
    /// The files that a command reads and writes: `inputs`, the model and the cache.
    pub fn paths<'p>(&'p self, inputs: impl IntoIterator<Item = &'p Path>) -> Paths {
        let model = self.model.as_deref().map(Path::new);
        let paths = Paths::reading(inputs.into_iter().chain(model));
        match &self.cache {
            Some(cache) => paths.writing("--cache", Some(cache)),
            None => paths,
        }
    }

    /// Opens the model that was named, or the embedded one.
    ///
    /// # Errors
    ///
    /// The model cannot be read, or an option needs a feature that is not compiled in.
    pub fn open(&self) -> Result<Model, Failure> {
        self.open_for(1)
    }

    /// Opens the model for large batches, which a static model distributes over `threads` threads;
    /// 0 for all cores.
    pub fn open_for(&self, threads: usize) -> Result<Model, Failure> {
        let model = self.open_uncached(threads)?;
        match &self.cache {
            Some(path) => cached(model, path),
            None => Ok(model),
        }
    }

    fn open_uncached(&self, threads: usize) -> Result<Model, Failure> {
        let runs_transformers = cfg!(any(feature = "candle", feature = "rust-bert"));
        if let (false, Some(what)) = (runs_transformers, self.transformer_option()) {
            return Err(MissingFeature { what, feature: FEATURE }.into());
        }
        let of = |model: StaticEmbedder| Model::new(model.with_threads(threads));
        let name = self.model.as_deref();
        let path = name.map(Path::new);
        let has = |file: &str| path.is_some_and(|path| path.join(file).exists());
        if let Some(folder) = path.filter(|path| is_transformer(path)) {
            return self.transformer(folder);
        }
        if let Some(option) = self.transformer_option() {
            let why = "needs --model with the folder of a transformer, which has `modules.json`";
            let model = name.map_or(String::new(), |name| format!("{name}: "));
            return Err(Usage(format!("{model}{option} {why}")).into());
        }
        let (Some(name), Some(path)) = (name, path) else {
            return Ok(of(StaticEmbedder::embedded()));
        };
        let named = |error: Error| format!("{name}: {error}");
        if path.is_dir() {
            if !has("tokenizer.json") {
                return Err(format!(
                    "{name}: not the folder of a model: it has neither `tokenizer.json`, as a \
                     static model has, nor `modules.json`, as a transformer has"
                )
                .into());
            }
            return Ok(of(StaticEmbedder::from_dir(path).map_err(named)?));
        }
        if path.is_file() {
            return Ok(of(StaticEmbedder::from_file(path).map_err(named)?));
        }
        let embedded = StaticEmbedder::embedded();
        let fingerprint = embedded.fingerprint();
        let known = fingerprint.split(':').next().unwrap_or_default();
        if known == name {
            return Ok(of(embedded));
        }
        Err(format!("no model `{name}`: name a folder, a model file, or `{known}`").into())
    }

    /// The first option that only a transformer takes.
    fn transformer_option(&self) -> Option<&'static str> {
        let prefix = self.prefix.as_ref().map(|_| "--prefix");
        prefix.or(self.model_threads.map(|_| "--model-threads"))
    }

    #[cfg(any(feature = "candle", feature = "rust-bert"))]
    fn transformer(&self, folder: &Path) -> Result<Model, Failure> {
        use bitext::embed::TransformerConfig;

        let mut config = TransformerConfig::default();
        config.prefix = self.prefix.clone();
        config.threads = self.model_threads.map(usize::from);
        let model = std::sync::Arc::new(Transformer::from_dir_with(folder, config)?);
        Ok(Model { embedder: Box::new(model.clone()), transformer: Some(model) })
    }

    #[cfg(not(any(feature = "candle", feature = "rust-bert")))]
    fn transformer(&self, folder: &Path) -> Result<Model, Failure> {
        let missing = MissingFeature { what: "a transformer", feature: FEATURE };
        Err(format!("{}: {missing}; see guide/transformers.md", folder.display()).into())
    }
}

/// Whether a path is the folder of a transformer.
pub fn is_transformer(path: &Path) -> bool {
    ["modules.json", "config.json"].iter().any(|file| path.join(file).exists())
}

/// Puts a cache of vectors in front of a model.
#[cfg(feature = "cache")]
fn cached(mut model: Model, path: &Path) -> Result<Model, Failure> {
    model.embedder = Box::new(bitext::embed::CachedEmbedder::open(model.embedder, path)?);
    Ok(model)
}

#[cfg(not(feature = "cache"))]
fn cached(_: Model, _: &Path) -> Result<Model, Failure> {
    Err(MissingFeature { what: "--cache", feature: "cache" }.into())
}
