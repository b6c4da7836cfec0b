//! The card of a training set: `README.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::card_rows::{title, what_rows_are, write_rows, write_units};
use super::licence::identifiers;
use crate::Language;
use crate::corpus::build::config::{BuildConfig, RowKind};
use crate::corpus::build::summary::BuildSummary;
use crate::corpus::build::wording::counted;
use crate::corpus::filter::{DuplicateSides, Reason};
use crate::corpus::{Contradiction, Set};

/// The card in the format of the Hugging Face Hub: Markdown with a YAML header.
pub fn card(config: &BuildConfig, summary: &BuildSummary, files: &[String]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_card(&mut text, config, summary, files);
    text
}

fn write_card(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
    files: &[String],
) -> std::fmt::Result {
    let configurations = HubConfigurations::new(files);
    write_header(out, config, summary, &configurations)?;
    write_sources(out, config, summary)?;
    write_use(out, &configurations)?;
    write_rows(out, config, summary)?;
    write_contents(out, config, summary)?;
    write_making(out, config, summary)?;
    write_settings(out, config, summary)?;
    write_files(out, config, files)
}

/// The YAML header, which programs read.
fn write_header(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
    configurations: &HubConfigurations<'_>,
) -> std::fmt::Result {
    writeln!(out, "---")?;
    let languages = summary.languages();
    if !languages.is_empty() {
        writeln!(out, "language:")?;
    }
    languages.iter().try_for_each(|language| writeln!(out, "- {language}"))?;
    write_licence(out, &config.card.licence)?;
    if !config.card.name.trim().is_empty() {
        writeln!(out, "pretty_name: {}", quoted(&config.card.name))?;
    }
    writeln!(out, "size_categories:\n- {}", size_category(summary.rows.kept()))?;
    writeln!(out, "task_categories:\n- translation")?;
    configurations.write(out)?;
    writeln!(out, "---")
}

fn write_licence(out: &mut String, licence: &str) -> std::fmt::Result {
    match &identifiers(licence)[..] {
        _ if licence.trim().is_empty() => Ok(()),
        [] => writeln!(out, "license: other\nlicense_name: {}", quoted(licence)),
        [one] => writeln!(out, "license: {one}"),
        several => {
            writeln!(out, "license:")?;
            several.iter().try_for_each(|one| writeln!(out, "- {one}"))
        }
    }
}

/// The number of rows as one of the size categories of the Hub.
fn size_category(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "1B<n<10B",
    }
}

fn write_sources(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
) -> std::fmt::Result {
    let card = &config.card;
    let name = if card.name.is_empty() { title(config.output.rows) } else { &card.name };
    writeln!(out, "# {}\n", one_line(name))?;
    if !card.description.is_empty() {
        writeln!(out, "{}\n", card.description.trim())?;
    }
    let names: Vec<&str> = summary.languages().into_iter().map(name_of).collect();
    writeln!(
        out,
        "{} for training machine translation ({}). The program \
         [bitext](https://crates.io/crates/bitext) aligned them in articles and their translations.\n",
        what_rows_are(config.output.rows),
        if names.is_empty() { "no rows".to_string() } else { names.join(", ") }
    )?;
    writeln!(out, "## Source\n")?;
    if card.sources.is_empty() {
        writeln!(out, "The author of this data set named no source.")?;
    }
    for source in &card.sources {
        writeln!(out, "- {}", one_line(source))?;
    }
    match card.licence.as_str() {
        "" => writeln!(out, "\nThe author named no licence. Ask before you use the texts.\n"),
        licence => writeln!(out, "\nLicence of the texts: {}.\n", one_line(licence)),
    }
}

fn name_of(language: Language) -> &'static str {
    language.name().unwrap_or("other languages")
}

fn write_use(out: &mut String, configurations: &HubConfigurations<'_>) -> std::fmt::Result {
    let Some((languages, splits)) = configurations.configs.first_key_value() else { return Ok(()) };
    let split = splits.first().map_or("train", |split| split.name);
    writeln!(out, "## Use\n\n```python\nfrom datasets import load_dataset\n")?;
    writeln!(out, "# The folder of this file, or the name of the data set on the Hub.")?;
    writeln!(out, "data = load_dataset(\"path/to/this/folder\", \"{languages}\")")?;
    writeln!(out, "print(data[\"{split}\"][0][\"translation\"])\n```\n")?;
    if configurations.configs.len() > 1 {
        let names: Vec<String> =
            configurations.configs.keys().map(|name| format!("`{name}`")).collect();
        writeln!(out, "There is a configuration for each pair: {}.\n", names.join(", "))?;
    }
    Ok(())
}

fn write_contents(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
) -> std::fmt::Result {
    writeln!(out, "## Splits\n")?;
    writeln!(
        out,
        "| split | groups of articles | rows | rows by languages |\n|---|---:|---:|---|"
    )?;
    for set in summary.sets.iter().rev() {
        let by: Vec<String> = set
            .by_languages
            .iter()
            .map(|(languages, rows)| format!("{languages} {rows}"))
            .collect();
        let (name, by) = (split_name(set.name), by.join(", "));
        writeln!(out, "| {name} | {} | {} | {by} |", set.groups, set.rows)?;
    }
    let apart = match config.sets.held_out {
        DuplicateSides::Either => "No text of one split is in another",
        DuplicateSides::Both => "No row of one split has both of its texts in another",
    };
    writeln!(
        out,
        "\nThe files of the validation split are named `dev`. All rows of a group of articles are \
         in one split, which a hash of the group's id chooses (shares: validation {}, test {}; seed \
         {}). {apart}; near duplicates count as the same. Such rows stay in test, or else in \
         validation, and are dropped from train.\n",
        config.sets.dev, config.sets.test, config.sets.seed
    )
}

fn split_name(set: Set) -> &'static str {
    match set {
        Set::Dev => "validation",
        set => set.name(),
    }
}

fn write_making(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
) -> std::fmt::Result {
    writeln!(out, "## How it was made\n")?;
    for (language, count) in &summary.articles {
        let articles = counted(*count, "single article");
        writeln!(out, "- {articles} in {} (`{language}`)", name_of(*language))?;
    }
    writeln!(
        out,
        "- {} found to be versions of one another",
        counted(summary.paired_articles, "article")
    )?;
    for why in Contradiction::ALL {
        let vetoed = summary.vetoed.iter().filter(|(of, count)| *of == why && *count > 0);
        for (why, count) in vetoed {
            let pairs = counted(*count, "pair");
            writeln!(
                out,
                "- {pairs} of articles not used, because their {} contradict each other",
                why.code()
            )?;
        }
    }
    writeln!(out, "- {} of articles given in the input", counted(summary.given_groups, "group"))?;
    writeln!(
        out,
        "- {} of articles aligned; {} of them have an article that looks unrelated to the others",
        counted(summary.groups, "group"),
        summary.unrelated_groups
    )?;
    writeln!(out, "- {} in the input (`problems.jsonl`)\n", counted(summary.problems, "problem"))?;
    write_units(out, summary)?;
    let rows = &summary.rows;
    writeln!(
        out,
        "{} of {} were kept. The others were dropped for these reasons; a row may have several.\n",
        rows.kept(),
        counted(rows.pairs, "aligned row")
    )?;
    writeln!(out, "| reason | rows | rows with this reason only |\n|---|---:|---:|")?;
    for reason in Reason::ALL {
        let all = rows.rejected_for(reason);
        if all > 0 {
            writeln!(out, "| `{}` | {all} | {} |", reason.code(), rows.rejected_only_for(reason))?;
        }
    }
    let texts = match config.sets.held_out {
        DuplicateSides::Either => "a text",
        DuplicateSides::Both => "two texts",
    };
    for (set, count) in &summary.excluded {
        writeln!(
            out,
            "\n{} dropped because they repeat texts of `{set}`.",
            counted(*count, "row")
        )?;
    }
    writeln!(
        out,
        "\nOf the near duplicates, {} were dropped because they share {texts} with the test or validation \
         split.\n",
        summary.held_out
    )
}

fn write_settings(
    out: &mut String,
    config: &BuildConfig,
    summary: &BuildSummary,
) -> std::fmt::Result {
    writeln!(out, "## Settings\n")?;
    writeln!(out, "- Version: bitext {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "- Fingerprint of the aligner: `{}`", summary.aligner_fingerprint)?;
    writeln!(out, "- Fingerprint of the settings: `{}`", summary.settings_fingerprint)?;
    writeln!(out, "- Fingerprint of the input: `{}`\n", summary.input_fingerprint)?;
    let settings = toml::to_string(config).map_err(|_| std::fmt::Error)?;
    writeln!(out, "```toml\n{}\n```\n", settings.trim())
}

fn write_files(out: &mut String, config: &BuildConfig, files: &[String]) -> std::fmt::Result {
    writeln!(out, "## Files\n")?;
    writeln!(out, "| file | content |\n|---|---|")?;
    let mut files: Vec<&String> = files.iter().collect();
    files.sort_by_key(|file| (set_of(file).map_or(Set::ALL.len(), |set| set as usize), *file));
    for file in files {
        writeln!(out, "| `{file}` | {} |", content_of(file, config.output.rows))?;
    }
    if !config.output.index_formats().is_empty() {
        writeln!(
            out,
            "\nThe index files refer to the lines of the `.txt` files by number. The sentences of \
             dropped rows appear in them as unaligned."
        )?;
    }
    Ok(())
}

/// The set that a file belongs to.
fn set_of(file: &str) -> Option<Set> {
    let (stem, _) = file.split_once('.')?;
    // `train-2.en.txt` is a part of `train`.
    let stem = stem.split_once('-').map_or(stem, |(stem, _)| stem);
    Set::ALL.into_iter().find(|set| set.name() == stem)
}

fn content_of(file: &str, rows: RowKind) -> &'static str {
    match file {
        "problems.jsonl" => "Inputs that could not be used, with the reasons (JSON Lines)",
        "excluded.jsonl" => "Dropped rows that repeat an excluded text, and which one (JSON Lines)",
        "rejected.jsonl" if rows.has_several_units() => {
            "Dropped rows and units, with `reasons`; `rejected` tells which of them (JSON Lines)"
        }
        "rejected.jsonl" => "Dropped rows, with `reasons` (JSON Lines)",
        "counts.json" => "The numbers of this page in a form for programs (JSON)",
        _ => match file.rsplit_once('.').map_or("", |(_, end)| end) {
            "jsonl" => "Rows in the columns above (JSON Lines)",
            "parquet" if rows.has_several_units() => {
                "Rows in the columns above, those from `confidences` on in `extra` as JSON (Parquet)"
            }
            "parquet" => "Rows in the columns above (Parquet)",
            "tsv" => "Rows: `id`, a column for each language, `score`, `confidence` (TSV)",
            "tmx" => "Rows as a translation memory (TMX 1.4b)",
            "vecalign" => "Alignment as line numbers (Vecalign's format)",
            "ladder" => "Alignment as line numbers (hunalign's ladder format)",
            "txt" => "All sentences of the articles, one per line",
            _ if rows == RowKind::Documents => {
                "The units of the rows in one language, one per line; an empty line between rows"
            }
            _ if rows == RowKind::Paragraphs => {
                "The rows in one language, one per line; an empty line between documents"
            }
            _ => "The texts of the rows in one language, one per line (Moses format)",
        },
    }
}

/// The configurations for `load_dataset(FOLDER, "en-uk")`: files by languages and split.
struct HubConfigurations<'a> {
    configs: BTreeMap<&'a str, Vec<HubSplit<'a>>>,
}

struct HubSplit<'a> {
    name: &'static str,
    file: &'a str,
}

impl<'a> HubConfigurations<'a> {
    fn new(files: &'a [String]) -> HubConfigurations<'a> {
        // The library `datasets` reads two of the formats with these columns. One is enough.
        let ends = [".jsonl", ".parquet"];
        let of = |end: &str| {
            let mut configs: BTreeMap<&str, Vec<HubSplit<'_>>> = BTreeMap::new();
            for set in Set::ALL {
                for file in files {
                    let stem = file.strip_suffix(end).and_then(|stem| stem.split_once('.'));
                    if let Some((_, languages)) = stem.filter(|(of, _)| *of == set.name()) {
                        let split = HubSplit { name: split_name(set), file };
                        configs.entry(languages).or_default().push(split);
                    }
                }
            }
            configs
        };
        let found = ends.map(of).into_iter().find(|found| !found.is_empty());
        HubConfigurations { configs: found.unwrap_or_default() }
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        if self.configs.is_empty() {
            return Ok(());
        }
        writeln!(out, "configs:")?;
        for (languages, splits) in &self.configs {
            writeln!(out, "- config_name: {languages}\n  data_files:")?;
            for HubSplit { name, file } in splits {
                writeln!(out, "  - split: {name}\n    path: {file}")?;
            }
        }
        Ok(())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A string in YAML: a JSON string is valid YAML.
fn quoted(text: &str) -> String {
    serde_json::to_string(&one_line(text)).unwrap_or_default()
}
