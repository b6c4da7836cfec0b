//! The settings file of `bitext filter`.

use std::path::Path;

use bitext::corpus::filter::{DedupConfig, FilterConfig, SpellingConfig};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::io::messages::hints::with_nearest;
use crate::io::read::input::read_text;

/// The settings file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) filter: FilterConfig,
    pub(super) duplicates: DedupConfig,
    pub(super) spelling: SpellingConfig,
}

/// By default, near duplicates are kept, since they are content in a translation memory.
impl Default for Settings {
    fn default() -> Settings {
        let mut duplicates = DedupConfig::default();
        duplicates.near = None;
        let (filter, spelling) = Default::default();
        Settings { filter, duplicates, spelling }
    }
}

impl Settings {
    pub(super) fn read(path: Option<&Path>) -> Result<Settings, Failure> {
        let Some(path) = path else { return Ok(Settings::default()) };
        let text = read_text(path)?;
        let described =
            |error: toml::de::Error| format!("{}: {}", path.display(), one_line(&error));
        let mut settings: Settings = toml::from_str(&text).map_err(described)?;
        // A section without `near` has the default of this command, not that of the library.
        let table: toml::Table = toml::from_str(&text).map_err(described)?;
        if table.get("duplicates").is_some_and(|section| section.get("near").is_none()) {
            settings.duplicates.near = Settings::default().duplicates.near;
        }
        settings.filter.validate()?;
        Ok(settings)
    }
}

/// The message of the TOML parser with its line and a suggestion, in one line.
pub fn one_line(error: &toml::de::Error) -> String {
    let text = error.to_string();
    let place = text.lines().next().unwrap_or_default();
    match place.strip_prefix("TOML parse error at ") {
        Some(place) => {
            format!("{place}: {}", with_nearest(&error.message().replace('\n', " ")))
        }
        None => text.replace('\n', " "),
    }
}

/// The default settings as a settings file.
pub(super) fn defaults() -> String {
    let settings = serde_json::to_value(Settings::default()).unwrap_or_default();
    let mut text = String::new();
    for (section, fields) in settings.as_object().into_iter().flatten() {
        text.push_str(&format!("[{section}]\n"));
        for (name, value) in fields.as_object().into_iter().flatten() {
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    text
}
