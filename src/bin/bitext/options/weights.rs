//! The option of the aligner's weights, for every command that aligns.

use std::path::PathBuf;

use bitext::align::{AlignConfig, Weights};

use crate::Failure;
use crate::io::read::input::read_text;

/// The option of the weights.
#[derive(clap::Args)]
pub struct WeightsArgs {
    /// Aligner weights: a file of `bitext fit` [default: those of this version, which serve all
    /// models]
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
}

impl WeightsArgs {
    /// The file of the weights, if they are read from one.
    pub fn path(&self) -> Option<&PathBuf> {
        self.weights.as_ref()
    }

    /// The aligner's configuration with these weights.
    pub fn config(&self) -> Result<AlignConfig, Failure> {
        let mut config = AlignConfig::default();
        if let Some(path) = &self.weights {
            let weights: bitext::Result<Weights> = read_text(path)?.parse();
            let weights = weights.map_err(|error| format!("{}: {error}", path.display()))?;
            config.weights = Some(weights);
        }
        Ok(config)
    }
}
