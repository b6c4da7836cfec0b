//! The options that say what the aligner goes by, for every command that aligns.

use std::path::{Path, PathBuf};

use bitext::align::{AlignConfig, Weights};

use crate::Failure;
use crate::io::read::input::read_text;
use crate::io::read::model::BackgroundArg;
use crate::io::write::output::complain;

/// The options of the aligner's weights and background.
#[derive(clap::Args)]
pub struct WeightsArgs {
    /// Aligner weights: a file of `bitext fit`, or `e5-small` for multilingual-e5-small
    /// [default: those learnt with the model, or those of the embedded model]
    #[arg(long, value_name = "FILE|NAME")]
    weights: Option<PathBuf>,
    #[command(flatten)]
    background: BackgroundArg,
}

/// The name of the weights that are shipped for multilingual-e5-small.
const E5_SMALL: &str = "e5-small";

/// What --weights names.
enum Given {
    Shipped(AlignConfig),
    File(Weights),
}

impl Given {
    fn read(path: &Path) -> Result<Given, Failure> {
        if path == Path::new(E5_SMALL) {
            return Ok(Given::Shipped(AlignConfig::e5_small()));
        }
        let weights = read_text(path)?.parse();
        Ok(Given::File(weights.map_err(|error| format!("{}: {error}", path.display()))?))
    }
}

impl WeightsArgs {
    /// The file that is read for the weights.
    pub fn path(&self) -> Option<&PathBuf> {
        self.weights.as_ref().filter(|path| path.as_path() != Path::new(E5_SMALL))
    }

    /// Settings with the weights and background that were given; the others are the model's. Warns
    /// where neither the options nor the model say what the weights are.
    pub fn config(&self, model: &str) -> Result<AlignConfig, Failure> {
        let weights = self.weights.as_deref().map(Given::read).transpose()?;
        if weights.is_none() && AlignConfig::for_model(model).is_none() {
            complain(format_args!(
                "warning: the aligner's weights were learnt with another model than {model}: learn \
                 weights with `bitext fit --model` and give them with --weights; multilingual-e5-small wants \
                 `--prefix \"query: \"`, and another edition of it --weights e5-small too"
            ));
        }
        let mut config = AlignConfig::default();
        match weights {
            Some(Given::Shipped(shipped)) => config = shipped,
            Some(Given::File(weights)) => config.weights = Some(weights),
            None => (),
        }
        config.background = self.background.or(config.background);
        Ok(config)
    }
}
