//! The options that choose a model, and what they lead to.

use std::path::Path;
#[cfg(feature = "cache")]
use std::path::PathBuf;

use bitext::{Embedder, Error, StaticEmbedder};

use crate::Failure;
use crate::io::write::paths::Paths;

/// The model that makes the vectors.
#[derive(Default, clap::Args)]
pub struct ModelArgs {
    /// The model: its name, a model file, or a folder; that of a transformer where
    /// built with the feature `rust-bert` [default: the embedded one]
    #[arg(long, value_name = "NAME|DIR")]
    pub model: Option<String>,
    /// Put this before each text, as some transformers want it: "query: "
    #[cfg(feature = "rust-bert")]
    #[arg(long, value_name = "TEXT", requires = "model")]
    pub prefix: Option<String>,
    /// Threads for one batch of a transformer [default: all cores]
    #[cfg(feature = "rust-bert")]
    #[arg(long, value_name = "N", requires = "model",
        value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub model_threads: Option<u16>,
    /// Keep vectors in this file, for the next run too
    #[cfg(feature = "cache")]
    #[arg(long, value_name = "FILE")]
    pub cache: Option<PathBuf>,
    #[cfg(not(feature = "rust-bert"))]
    #[arg(long = "prefix", hide = true, value_parser = no_transformers)]
    pub _prefix: Option<String>,
    #[cfg(not(feature = "rust-bert"))]
    #[arg(long = "model-threads", hide = true, value_parser = no_transformers)]
    pub _model_threads: Option<String>,
    #[cfg(not(feature = "cache"))]
    #[arg(long = "cache", hide = true, value_parser = no_cache)]
    pub _cache: Option<String>,
}

#[cfg(not(feature = "rust-bert"))]
fn no_transformers(_: &str) -> Result<String, String> {
    Err(crate::lacking("rust-bert"))
}

#[cfg(not(feature = "cache"))]
fn no_cache(_: &str) -> Result<String, String> {
    Err(crate::lacking("cache"))
}

/// What depends on the model, besides the weights.
#[derive(clap::Args)]
pub struct BackgroundArg {
    /// A cosine of the model that unrelated sentences seldom exceed, -1 to 1; counts in
    /// articles of a few sentences [default: that of the model; where it is not known, .3]
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true, value_parser = parse_cosine)]
    background: Option<f32>,
}

impl BackgroundArg {
    pub fn or(&self, default: Option<f32>) -> Option<f32> {
        self.background.or(default)
    }
}

fn parse_cosine(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(value) if (-1.0..=1.0).contains(&value) => Ok(value),
        _ => Err("a number from -1 to 1".to_string()),
    }
}

/// A model in use.
pub struct Model {
    pub embedder: Box<dyn Embedder>,
    #[cfg(feature = "rust-bert")]
    transformer: Option<std::sync::Arc<bitext::embed::RustBertEmbedder>>,
}

impl Model {
    fn new(embedder: impl Embedder + 'static) -> Model {
        Model {
            embedder: Box::new(embedder),
            #[cfg(feature = "rust-bert")]
            transformer: None,
        }
    }

    /// Gives the embedder away and leaves the one who reports.
    pub fn split(self) -> (Box<dyn Embedder>, Report) {
        let report = Report {
            #[cfg(feature = "rust-bert")]
            transformer: self.transformer,
        };
        (self.embedder, report)
    }
}

/// Tells at the end what a model had to leave out.
pub struct Report {
    #[cfg(feature = "rust-bert")]
    transformer: Option<std::sync::Arc<bitext::embed::RustBertEmbedder>>,
}

impl Report {
    /// `named`: the output itself says which model made it.
    pub fn finish(&self, named: bool) {
        #[cfg(feature = "rust-bert")]
        if let Some(model) = &self.transformer {
            if !named {
                crate::io::write::output::complain(format_args!("model {}", model.fingerprint()));
            }
            let (count, most) = (model.truncated(), model.max_tokens());
            if count > 0 {
                crate::io::write::output::complain(format_args!(
                    "warning: {count} texts were longer than the model's {most} tokens and lost their end"
                ));
            }
        }
        #[cfg(not(feature = "rust-bert"))]
        let _ = named;
    }
}

impl ModelArgs {
    /// The files of a command that reads these and a model.
    pub fn paths<'p>(&'p self, inputs: impl IntoIterator<Item = &'p Path>) -> Paths {
        let model = self.model.as_deref().map(Path::new);
        let paths = Paths::reading(inputs.into_iter().chain(model));
        #[cfg(feature = "cache")]
        if let Some(cache) = &self.cache {
            return paths.writing("--cache", Some(cache));
        }
        paths
    }

    /// The embedded model, or one from a file or folder.
    pub fn open(&self) -> Result<Model, Failure> {
        self.open_for(1)
    }

    /// The same, for large batches: a static model shares them out to so many threads,
    /// 0 for all cores.
    pub fn open_for(&self, threads: usize) -> Result<Model, Failure> {
        #[cfg_attr(not(feature = "cache"), allow(unused_mut))]
        let mut model = self.read(threads)?;
        #[cfg(feature = "cache")]
        if let Some(path) = &self.cache {
            model.embedder = Box::new(bitext::embed::CachedEmbedder::open(model.embedder, path)?);
        }
        Ok(model)
    }

    fn read(&self, threads: usize) -> Result<Model, Failure> {
        let of = |model: StaticEmbedder| Model::new(model.with_threads(threads));
        let Some(name) = &self.model else { return Ok(of(StaticEmbedder::embedded())) };
        let path = Path::new(name);
        let named = |error: Error| format!("{name}: {error}");
        let has = |file: &str| path.join(file).exists();
        if has("modules.json") || has("config.json") {
            return self.transformer(path);
        }
        #[cfg(feature = "rust-bert")]
        if self.prefix.is_some() || self.model_threads.is_some() {
            let what = "--prefix and --model-threads are for the folder of a transformer";
            return Err(format!("{name}: {what}, with `modules.json`").into());
        }
        if path.is_dir() {
            if !has("tokenizer.json") {
                let what = "not the folder of a model: it has neither `tokenizer.json`, as one of \
                            safetensors has, nor `modules.json`, as a transformer has";
                return Err(format!("{name}: {what}").into());
            }
            return Ok(of(StaticEmbedder::from_dir(path).map_err(named)?));
        }
        if path.is_file() {
            return Ok(of(StaticEmbedder::from_file(path).map_err(named)?));
        }
        let embedded = StaticEmbedder::embedded();
        let fingerprint = embedded.fingerprint();
        match fingerprint.split(':').next() {
            Some(known) if known == name => Ok(of(embedded)),
            known => {
                let known = known.unwrap_or_default();
                Err(format!("no model `{name}`: give a folder, a model file, or `{known}`").into())
            }
        }
    }

    #[cfg(feature = "rust-bert")]
    fn transformer(&self, folder: &Path) -> Result<Model, Failure> {
        use bitext::embed::{RustBertConfig, RustBertEmbedder};

        let mut config = RustBertConfig::default();
        config.prefix = self.prefix.clone();
        config.threads = self.model_threads.map(usize::from);
        let model = std::sync::Arc::new(RustBertEmbedder::from_dir_with(folder, config)?);
        Ok(Model { embedder: Box::new(model.clone()), transformer: Some(model) })
    }

    #[cfg(not(feature = "rust-bert"))]
    fn transformer(&self, folder: &Path) -> Result<Model, Failure> {
        let folder = folder.display();
        let fix = "build with `--features cli,rust-bert`, as README.md tells";
        Err(format!("{folder}: the folder of a transformer, which needs libtorch: {fix}").into())
    }
}
