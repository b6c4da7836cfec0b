//! What a build is told in its file of settings.

use std::path::Path;

use bitext::Language;
use bitext::corpus::filter::{DedupConfig, FilterConfig};
use bitext::corpus::{PairingConfig, SetsConfig};
use bitext::format::{IndexFormat, Rows, Selection};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::Failure;
use crate::commands::filter::one_line;
use crate::commands::pair::MAX_ARTICLE_BYTES;
use crate::options::newlines::NewlinesArg;

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub input: Input,
    pub pairing: PairingConfig,
    pub align: Align,
    pub filter: FilterConfig,
    pub duplicates: DedupConfig,
    pub sets: SetsConfig,
    pub output: OutputConfig,
    pub card: Card,
}

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A longer article or line is refused.
    pub max_article_bytes: u64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Align {
    pub crossing: bool,
    /// What a single newline means in an article.
    pub newlines: NewlinesArg,
}

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutputConfig {
    pub formats: Vec<OutputFormat>,
    pub rows: RowKind,
    pub keep_rejected: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputFormat {
    HfJsonl,
    Moses,
    Tsv,
    Tmx,
    Vecalign,
    Ladder,
    #[cfg(feature = "parquet")]
    Parquet,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowKind {
    /// Each two languages by themselves.
    Pairs,
    /// All languages of a group together.
    Units,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Card {
    pub name: String,
    pub description: String,
    pub licence: String,
    pub sources: Vec<String>,
}

impl Default for Input {
    fn default() -> Input {
        Input { max_article_bytes: MAX_ARTICLE_BYTES }
    }
}

impl Default for OutputConfig {
    fn default() -> OutputConfig {
        let formats = vec![OutputFormat::HfJsonl];
        OutputConfig { formats, rows: RowKind::Pairs, keep_rejected: false }
    }
}

impl OutputConfig {
    /// Those of the formats that are index files.
    pub fn index_formats(&self) -> Vec<IndexFormat> {
        let mut formats: Vec<IndexFormat> = Vec::new();
        for format in &self.formats {
            formats.extend(match format {
                OutputFormat::Vecalign => Some(IndexFormat::Vecalign),
                OutputFormat::Ladder => Some(IndexFormat::Ladder),
                _ => None,
            });
        }
        formats
    }
}

impl Config {
    pub fn read(path: Option<&Path>) -> Result<Config, Failure> {
        let Some(path) = path else { return Ok(Config::default()) };
        let config = Config::parse(&crate::io::read::input::read_text(path)?);
        config.map_err(|error| format!("{}: {error}", path.display()).into())
    }

    fn parse(text: &str) -> Result<Config, String> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let told = one_line(&error);
            // Serde knows nothing of features.
            let lacks =
                cfg!(not(feature = "parquet")) && told.contains("unknown variant `parquet`");
            if lacks { format!("{told}; parquet wants the feature `parquet`") } else { told }
        })?;
        let valid = config.pairing.validate().and(config.filter.validate());
        valid.and(config.sets.validate()).map_err(|error| error.to_string())?;
        // One that is named twice would be written twice, into one file.
        let named = std::mem::take(&mut config.output.formats);
        for format in named {
            if !config.output.formats.contains(&format) {
                config.output.formats.push(format);
            }
        }
        match config.output.formats.is_empty() {
            true => Err("output.formats: give one at least".to_string()),
            false => Ok(config),
        }
    }

    /// Names everything that the rows depend on, but for the input.
    pub fn fingerprint(&self, aligner: &str) -> String {
        let mut settings = serde_json::to_value(self).unwrap_or_default();
        if let Some(settings) = settings.as_object_mut() {
            settings.remove("card");
        }
        let all = format!("{settings}\n{aligner}\n{}", env!("CARGO_PKG_VERSION"));
        format!("{:032x}", xxh3_128(all.as_bytes()))
    }

    /// Names what the card says of its maker's own.
    pub fn card_fingerprint(&self) -> String {
        let card = serde_json::to_string(&self.card).unwrap_or_default();
        format!("{:032x}", xxh3_128(card.as_bytes()))
    }

    pub fn selection(&self) -> Selection {
        match self.output.rows {
            RowKind::Units => Selection::units(),
            RowKind::Pairs => {
                let mut selection = Selection::units();
                selection.rows = Rows::Beads(PAIRS.to_vec());
                selection
            }
        }
    }
}

/// The pairs of languages that are served.
pub const PAIRS: [(Language, Language); 3] = [
    (Language::ENGLISH, Language::UKRAINIAN),
    (Language::ENGLISH, Language::GERMAN),
    (Language::UKRAINIAN, Language::GERMAN),
];
