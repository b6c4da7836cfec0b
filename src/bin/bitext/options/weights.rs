//! The options of the aligner's weights and background, for every command that aligns.

use std::path::{Path, PathBuf};

use bitext::align::{AlignConfig, Weights};

use crate::Failure;
use crate::io::messages::terminal::complain;
use crate::io::read::input::read_text;

/// The options of the weights and the background.
#[derive(clap::Args)]
pub struct WeightsArgs {
    /// Aligner weights: a file of `bitext fit`, or `e5-small` for multilingual-e5-small
    /// [default: those learnt with the model, or those of the embedded model]
    #[arg(long, value_name = "FILE|NAME")]
    weights: Option<PathBuf>,
    #[command(flatten)]
    background: BackgroundArg,
}

/// The option of the background.
#[derive(clap::Args)]
pub struct BackgroundArg {
    /// Cosine that unrelated sentences rarely exceed under the model, from -1 to 1; it matters in
    /// articles of a few sentences [default: that of the model, or 0.3 if it is unknown]
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true, value_parser = parse_cosine)]
    background: Option<f32>,
}

/// The name of the weights that are shipped for multilingual-e5-small.
const E5_SMALL: &str = "e5-small";

/// What `--weights` refers to.
enum GivenWeights {
    Shipped(AlignConfig),
    File(Weights),
}

impl GivenWeights {
    fn read(path: &Path) -> Result<GivenWeights, Failure> {
        if path == Path::new(E5_SMALL) {
            return Ok(GivenWeights::Shipped(AlignConfig::e5_small()));
        }
        let weights = read_text(path)?.parse();
        Ok(GivenWeights::File(weights.map_err(|error| format!("{}: {error}", path.display()))?))
    }
}

impl WeightsArgs {
    /// The file of the weights, if they are read from one.
    pub fn path(&self) -> Option<&PathBuf> {
        self.weights.as_ref().filter(|path| path.as_path() != Path::new(E5_SMALL))
    }

    /// The aligner's configuration for a model, named by its fingerprint: weights and background
    /// from the options, otherwise those of the model. Warns if weights for the model are neither
    /// given nor known.
    pub fn config(&self, model: &str) -> Result<AlignConfig, Failure> {
        let weights = self.weights.as_deref().map(GivenWeights::read).transpose()?;
        if weights.is_none() && AlignConfig::for_model(model).is_none() {
            complain(format_args!(
                "warning: the aligner's weights were learnt with another model than {model}: learn \
                 weights with `bitext fit --model` and pass them with --weights. \
                 multilingual-e5-small needs `--prefix \"query: \"`, and other editions of it also \
                 need --weights e5-small"
            ));
        }
        let mut config = AlignConfig::default();
        match weights {
            Some(GivenWeights::Shipped(shipped)) => config = shipped,
            Some(GivenWeights::File(weights)) => config.weights = Some(weights),
            None => {}
        }
        config.background = self.background.or(config.background);
        Ok(config)
    }
}

impl BackgroundArg {
    /// The background that was given, or else `default`.
    pub fn or(&self, default: Option<f32>) -> Option<f32> {
        self.background.or(default)
    }
}

fn parse_cosine(text: &str) -> Result<f32, String> {
    let value: Option<f32> = text.parse().ok();
    let cosine = value.filter(|value| (-1.0..=1.0).contains(value));
    cosine.ok_or_else(|| "not a number from -1 to 1".to_string())
}
