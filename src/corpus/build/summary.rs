//! The counts of a finished build: `counts.json`, and the return value of a build.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Language;
use crate::corpus::filter::{FilterConfig, FilterCounts, Reason};
use crate::corpus::{Contradiction, Set};
use crate::format::Record;

/// What a build made of its input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BuildSummary {
    /// Number of single articles by language.
    pub articles: Vec<(Language, u64)>,
    /// Number of single articles for which another version was found.
    pub paired_articles: u64,
    /// Number of groups of articles, found or given.
    pub groups: u64,
    /// Number of groups that the input has as such.
    pub given_groups: u64,
    /// Number of groups with an article that looks unrelated to the others.
    pub unrelated_groups: u64,
    /// Number of problems in the input; `problems.jsonl` has them all.
    pub problems: u64,
    /// Number of pairs of articles that align but were not used, by what contradicts in them.
    #[serde(default)]
    pub vetoed: Vec<(Contradiction, u64)>,
    /// A row of the training set as JSON, if it has any; else of another set.
    #[serde(default)]
    pub example: Option<String>,
    /// What became of the units, if rows are documents or paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<UnitCounts>,
    /// Number of aligned rows, of dropped rows, and of rows by each reason. Rows that are held out
    /// count as near duplicates.
    pub rows: FilterCounts,
    /// The thresholds with which the rows were filtered.
    #[serde(default)]
    pub filters: FilterConfig,
    /// Number of rows dropped from `dev` and `train` because a set held out from them has their
    /// texts.
    pub held_out: u64,
    /// Number of rows dropped because they repeat a text of a test set, by the name of the set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<(String, u64)>,
    /// The sets in the order test, dev, train.
    pub sets: Vec<SetSummary>,
    /// Identifies the content of the input.
    pub input_fingerprint: String,
    /// Identifies the settings, except for those of the card.
    pub settings_fingerprint: String,
    /// Identifies the aligner with its model, weights and settings.
    pub aligner_fingerprint: String,
}

/// What became of the units of rows that are documents or paragraphs.
///
/// The units that no filter rejects, `units.kept()`, are in rows that were written, in rows that were
/// dropped, or cross others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnitCounts {
    /// Number of units of all language pairs, of rejected units, and of units by each reason.
    pub units: FilterCounts,
    /// Number of units that no filter rejects, but that are in no row because their text is at another
    /// place in the other language.
    pub crossing: u64,
    /// Number of units in rows that were written.
    pub in_rows: u64,
}

/// The counts of one set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SetSummary {
    /// The set.
    pub name: Set,
    /// Number of groups of articles in it.
    pub groups: u64,
    /// Number of its rows.
    pub rows: u64,
    /// Number of rows by languages, such as `en-uk`.
    pub by_languages: Vec<(String, u64)>,
}

impl BuildSummary {
    /// Number of rows in a set.
    ///
    /// ```
    /// use bitext::corpus::{Set, build::BuildSummary};
    ///
    /// assert_eq!(BuildSummary::default().rows_in(Set::Train), 0);
    /// ```
    pub fn rows_in(&self, set: Set) -> u64 {
        self.sets.iter().filter(|summary| summary.name == set).map(|summary| summary.rows).sum()
    }

    /// The reasons for which rows were dropped, each with the number of rows, the most frequent
    /// first.
    ///
    /// ```
    /// use bitext::corpus::build::BuildSummary;
    ///
    /// assert!(BuildSummary::default().dropped_by_reason().is_empty());
    /// ```
    pub fn dropped_by_reason(&self) -> Vec<(Reason, u64)> {
        let counts = Reason::ALL.into_iter().map(|reason| (reason, self.rows.rejected_for(reason)));
        let mut counts: Vec<(Reason, u64)> = counts.filter(|(_, count)| *count > 0).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    /// The languages of the rows.
    pub(super) fn languages(&self) -> BTreeSet<Language> {
        let names = self.sets.iter().flat_map(|set| &set.by_languages);
        names.flat_map(|(name, _)| name.split('-')).filter_map(|code| code.parse().ok()).collect()
    }
}

impl SetSummary {
    pub(super) fn new(name: Set) -> SetSummary {
        SetSummary { name, groups: 0, rows: 0, by_languages: Vec::new() }
    }

    pub(super) fn count(&mut self, record: &Record) {
        self.rows += 1;
        let codes: Vec<&str> = record.texts().iter().map(|(language, _)| language.code()).collect();
        let name = codes.join("-");
        match self.by_languages.iter_mut().find(|(of, _)| *of == name) {
            Some((_, rows)) => *rows += 1,
            None => self.by_languages.push((name, 1)),
        }
    }
}
