//! The card of a training set: `README.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use bitext::Language;
use bitext::corpus::filter::{DuplicateSides, Reason};
use bitext::corpus::{Contradiction, Set};

use super::config::{Config, RowKind};
use super::finish::Report;
use super::licence::identifiers;
use crate::io::messages::counted::counted;

/// The card in the form that the Hugging Face Hub shows.
pub fn card(config: &Config, report: &Report, files: &[String]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_card(&mut text, config, report, files);
    text
}

fn write_card(
    out: &mut String,
    config: &Config,
    report: &Report,
    files: &[String],
) -> std::fmt::Result {
    let loadable = Loadable::of(files);
    write_header(out, config, report, &loadable)?;
    write_sources(out, config, report)?;
    write_use(out, &loadable)?;
    write_rows(out, config, report)?;
    write_contents(out, config, report)?;
    write_making(out, config, report)?;
    write_settings(out, config, report)?;
    write_files(out, config, files)
}

/// What programs read of a card, in YAML.
fn write_header(
    out: &mut String,
    config: &Config,
    report: &Report,
    loadable: &Loadable<'_>,
) -> std::fmt::Result {
    writeln!(out, "---")?;
    let languages = report.languages();
    if !languages.is_empty() {
        writeln!(out, "language:")?;
    }
    languages.iter().try_for_each(|language| writeln!(out, "- {language}"))?;
    write_licence(out, &config.card.licence)?;
    if !config.card.name.trim().is_empty() {
        writeln!(out, "pretty_name: {}", quoted(&config.card.name))?;
    }
    writeln!(out, "size_categories:\n- {}", size_category(report.rows.kept()))?;
    writeln!(out, "task_categories:\n- translation")?;
    loadable.write(out)?;
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

/// The number of rows as the Hub sorts data sets.
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

fn write_sources(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    let card = &config.card;
    let name = if card.name.is_empty() { "Parallel sentences" } else { &card.name };
    writeln!(out, "# {}\n", one_line(name))?;
    if !card.description.is_empty() {
        writeln!(out, "{}\n", card.description.trim())?;
    }
    let names: Vec<&str> = report.languages().into_iter().map(name_of).collect();
    writeln!(
        out,
        "Sentences and their translations for training machine translation ({}). The program \
         [bitext](https://crates.io/crates/bitext) aligned them in articles and their translations.\n",
        if names.is_empty() { "no rows".to_string() } else { names.join(", ") }
    )?;
    writeln!(out, "## Source\n")?;
    if card.sources.is_empty() {
        writeln!(out, "The maker of this data set named no source.")?;
    }
    for source in &card.sources {
        writeln!(out, "- {}", one_line(source))?;
    }
    match card.licence.as_str() {
        "" => writeln!(out, "\nThe maker named no licence. Ask before you use the texts.\n"),
        licence => writeln!(out, "\nLicence of the texts: {}.\n", one_line(licence)),
    }
}

fn name_of(language: Language) -> &'static str {
    match language.primary() {
        "en" => "English",
        "uk" => "Ukrainian",
        "de" => "German",
        _ => "other languages",
    }
}

fn write_use(out: &mut String, loadable: &Loadable<'_>) -> std::fmt::Result {
    let Some((languages, splits)) = loadable.configs.first_key_value() else { return Ok(()) };
    let split = splits.first().map_or("train", |split| split.name);
    writeln!(out, "## Use\n\n```python\nfrom datasets import load_dataset\n")?;
    writeln!(out, "# The folder of this file, or the name of the data set on the Hub.")?;
    writeln!(out, "data = load_dataset(\"path/to/this/folder\", \"{languages}\")")?;
    writeln!(out, "print(data[\"{split}\"][0][\"translation\"])\n```\n")?;
    if loadable.configs.len() > 1 {
        let names: Vec<String> = loadable.configs.keys().map(|name| format!("`{name}`")).collect();
        writeln!(out, "There is a configuration for each pair: {}.\n", names.join(", "))?;
    }
    Ok(())
}

fn write_rows(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Rows\n")?;
    if let Some(example) = &report.example {
        writeln!(out, "A row, as the JSON Lines files have it:\n\n```json\n{example}\n```\n")?;
    }
    let translation = match config.output.rows {
        RowKind::Pairs => "The two texts by language code. A text may be several sentences.",
        RowKind::Units => {
            "The texts by language code, `null` for a language without one. A text may be several \
             sentences."
        }
    };
    writeln!(out, "| column | type | meaning |\n|---|---|---|")?;
    for (column, kind, meaning) in [
        ("id", "string", "Names the row: the group of articles, and the place in their alignment."),
        ("translation", "object", translation),
        ("document", "string", "The group of articles that the row is from."),
        (
            "score",
            "number",
            "How much the texts have in common: 0 for any two sentences of the articles, 1 for the \
             same content.",
        ),
        ("confidence", "number", "The probability, 0 to 1, that the alignment is exactly right."),
    ] {
        writeln!(out, "| `{column}` | {kind} | {meaning} |")?;
    }
    writeln!(out)
}

fn write_contents(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Splits\n")?;
    writeln!(
        out,
        "| split | groups of articles | rows | rows by languages |\n|---|---:|---:|---|"
    )?;
    for set in report.sets.iter().rev() {
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
         {}). {apart}, nor anything nearly the same: such rows stay in test, then in validation, \
         and are dropped from train.\n",
        config.sets.dev, config.sets.test, config.sets.seed
    )
}

fn split_name(set: Set) -> &'static str {
    match set {
        Set::Dev => "validation",
        set => set.name(),
    }
}

fn write_making(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## How it was made\n")?;
    for (language, count) in &report.articles {
        let articles = counted(*count, "single article");
        writeln!(out, "- {articles} in {} (`{language}`)", name_of(*language))?;
    }
    writeln!(
        out,
        "- {} of them paired as versions of one another",
        counted(report.paired_articles, "article")
    )?;
    for why in Contradiction::ALL {
        let vetoed = report.vetoed.iter().filter(|(of, count)| *of == why && *count > 0);
        for (why, count) in vetoed {
            let pairs = counted(*count, "pair");
            writeln!(out, "- {pairs} not used, since their {} contradict each other", why.code())?;
        }
    }
    writeln!(out, "- {} given as such", counted(report.given_groups, "group"))?;
    writeln!(
        out,
        "- {} aligned, {} of them with an article that looks unrelated",
        counted(report.groups, "group"),
        report.unrelated_groups
    )?;
    writeln!(out, "- {} (`problems.jsonl`)\n", counted(report.problems, "problem"))?;
    let rows = &report.rows;
    writeln!(
        out,
        "{} of {} kept. The others were dropped for these reasons; a row may have several.\n",
        rows.kept(),
        counted(rows.pairs, "aligned row")
    )?;
    writeln!(out, "| reason | rows | rows with this reason alone |\n|---|---:|---:|")?;
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
    writeln!(
        out,
        "\n{} of the near duplicates have {texts} of the test or validation split.\n",
        report.held_out
    )
}

fn write_settings(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Settings\n")?;
    writeln!(out, "- Version: bitext {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "- Fingerprint of the aligner: `{}`", report.aligner_fingerprint)?;
    writeln!(out, "- Fingerprint of the settings: `{}`", report.settings_fingerprint)?;
    writeln!(out, "- Fingerprint of the input: `{}`\n", report.input_fingerprint)?;
    let settings = toml::to_string(config).unwrap_or_default();
    writeln!(out, "```toml\n{}\n```\n", settings.trim())
}

fn write_files(out: &mut String, config: &Config, files: &[String]) -> std::fmt::Result {
    writeln!(out, "## Files\n")?;
    writeln!(out, "| file | content |\n|---|---|")?;
    let mut files: Vec<&String> = files.iter().collect();
    files.sort_by_key(|file| (set_of(file).map_or(Set::ALL.len(), |set| set as usize), *file));
    for file in files {
        writeln!(out, "| `{file}` | {} |", content_of(file))?;
    }
    if !config.output.index_formats().is_empty() {
        writeln!(
            out,
            "\nThe index files refer to lines of the `.txt` files by number. A sentence of a row \
             that was dropped stands in them as if it had no translation."
        )?;
    }
    Ok(())
}

/// The set whose rows a file has.
fn set_of(file: &str) -> Option<Set> {
    let (stem, _) = file.split_once('.')?;
    // `train-2.en.txt` is a part of it.
    let stem = stem.split_once('-').map_or(stem, |(stem, _)| stem);
    Set::ALL.into_iter().find(|set| set.name() == stem)
}

fn content_of(file: &str) -> &'static str {
    match file {
        "problems.jsonl" => "What of the input could not be used, and why (JSON Lines)",
        "rejected.jsonl" => "Rows that were dropped, with `reasons` (JSON Lines)",
        "counts.json" => "The numbers of this page for programs (JSON)",
        _ => match file.rsplit_once('.').map_or("", |(_, end)| end) {
            "jsonl" => "Rows in the columns above (JSON Lines)",
            "parquet" => "Rows in the columns above (Parquet)",
            "tsv" => "Rows: `id`, a column for each language, `score`, `confidence` (TSV)",
            "tmx" => "Rows as a translation memory (TMX 1.4b)",
            "vecalign" => "Alignment as line numbers (Vecalign's format)",
            "ladder" => "Alignment as line numbers (hunalign's ladder format)",
            "txt" => "All sentences of the articles, one in each line",
            _ => "One side of the rows, one text in each line (Moses format)",
        },
    }
}

/// Which files make a data set of which languages, for `load_dataset(FOLDER, "en-uk")`.
struct Loadable<'a> {
    configs: BTreeMap<&'a str, Vec<Split<'a>>>,
}

struct Split<'a> {
    name: &'static str,
    file: &'a str,
}

impl<'a> Loadable<'a> {
    fn of(files: &'a [String]) -> Loadable<'a> {
        // One format of the two that the Hub's library reads with these columns.
        let ends = [".jsonl", ".parquet"];
        let of = |end: &str| {
            let mut configs: BTreeMap<&str, Vec<Split<'_>>> = BTreeMap::new();
            for set in Set::ALL {
                for file in files {
                    let stem = file.strip_suffix(end).and_then(|stem| stem.split_once('.'));
                    if let Some((_, languages)) = stem.filter(|(of, _)| *of == set.name()) {
                        let split = Split { name: split_name(set), file };
                        configs.entry(languages).or_default().push(split);
                    }
                }
            }
            configs
        };
        let found = ends.map(of).into_iter().find(|found| !found.is_empty());
        Loadable { configs: found.unwrap_or_default() }
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        if self.configs.is_empty() {
            return Ok(());
        }
        writeln!(out, "configs:")?;
        for (languages, splits) in &self.configs {
            writeln!(out, "- config_name: {languages}\n  data_files:")?;
            for Split { name, file } in splits {
                writeln!(out, "  - split: {name}\n    path: {file}")?;
            }
        }
        Ok(())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As YAML has it: a string of JSON is one.
fn quoted(text: &str) -> String {
    serde_json::to_string(&one_line(text)).unwrap_or_default()
}
