//! The card of a training set: `README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bitext::Language;
use bitext::corpus::Set;
use bitext::corpus::filter::{Reason, Sides};

use super::config::Config;
use super::finish::Report;

/// The card in the form that Hugging Face shows.
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
    write_header(out, config, report, files)?;
    write_sources(out, config)?;
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
    files: &[String],
) -> std::fmt::Result {
    writeln!(out, "---")?;
    let languages: BTreeSet<Language> = report.languages();
    if !languages.is_empty() {
        writeln!(out, "language:")?;
    }
    languages.iter().try_for_each(|language| writeln!(out, "- {language}"))?;
    writeln!(out, "task_categories:\n- translation")?;
    if !config.card.licence.is_empty() {
        writeln!(out, "license: {}", quoted(&config.card.licence))?;
    }
    write_configs(out, files)?;
    writeln!(out, "---")
}

fn write_sources(out: &mut String, config: &Config) -> std::fmt::Result {
    let card = &config.card;
    let name = if card.name.is_empty() { "Parallel sentences" } else { &card.name };
    writeln!(out, "# {}\n", one_line(name))?;
    if !card.description.is_empty() {
        writeln!(out, "{}\n", card.description.trim())?;
    }
    writeln!(out, "## Where it is from\n")?;
    if card.sources.is_empty() {
        writeln!(out, "No source was given when this was made.")?;
    }
    for source in &card.sources {
        writeln!(out, "- {}", one_line(source))?;
    }
    match card.licence.as_str() {
        "" => writeln!(out, "\nNo licence was given when this was made: ask its maker.\n"),
        licence => writeln!(out, "\nLicence, as given by the maker: {}.\n", one_line(licence)),
    }
}

fn write_contents(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## What is in it\n")?;
    writeln!(out, "| set | groups of articles | rows | by languages |\n|---|---:|---:|---|")?;
    for set in report.sets.iter().rev() {
        let by: Vec<String> = set
            .by_languages
            .iter()
            .map(|(languages, rows)| format!("{languages} {rows}"))
            .collect();
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            set.name.name(),
            set.groups,
            set.rows,
            by.join(", ")
        )?;
    }
    let apart = match config.sets.held_out {
        Sides::Either => "no text of a set is in another",
        Sides::Both => "no row of a set has more than one of its texts in another",
    };
    writeln!(
        out,
        "\nArticles are shared out by the hash of their ids (dev {}, test {}, seed {}); {}, and \
         what is nearly alike is kept in test before dev before train.\n",
        config.sets.dev, config.sets.test, config.sets.seed, apart
    )
}

fn write_making(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## How it was made\n")?;
    for (language, count) in &report.articles {
        writeln!(out, "- articles in `{language}`, each given by itself: {count}")?;
    }
    writeln!(out, "- of these paired: {}", report.paired_articles)?;
    writeln!(out, "- groups that were given: {}", report.given_groups)?;
    writeln!(out, "- groups aligned: {}", report.groups)?;
    writeln!(out, "- of these with an article that looks unrelated: {}", report.unrelated_groups)?;
    writeln!(out, "- problems (`problems.jsonl`): {}\n", report.problems)?;
    let rows = &report.rows;
    writeln!(out, "Of {} aligned rows {} are kept.\n", rows.pairs, rows.kept())?;
    writeln!(out, "| dropped for | rows | for this alone |\n|---|---:|---:|")?;
    for reason in Reason::ALL {
        let all = rows.rejected_for(reason);
        if all > 0 {
            writeln!(out, "| `{}` | {all} | {} |", reason.code(), rows.rejected_only_for(reason))?;
        }
    }
    writeln!(
        out,
        "\nA row may be dropped for several reasons. {} of the near duplicates have {} of \
         the test or development set.\n",
        report.held_out,
        if config.sets.held_out == Sides::Either { "a text" } else { "two texts" }
    )
}

fn write_settings(out: &mut String, config: &Config, report: &Report) -> std::fmt::Result {
    writeln!(out, "## Settings\n")?;
    writeln!(out, "- made with bitext {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "- aligner: `{}`", report.aligner_fingerprint)?;
    writeln!(out, "- fingerprint of the settings: `{}`", report.settings_fingerprint)?;
    writeln!(out, "- fingerprint of the input: `{}`\n", report.input_fingerprint)?;
    let settings = toml::to_string(config).unwrap_or_default();
    writeln!(out, "```toml\n{}\n```\n", settings.trim())
}

fn write_files(out: &mut String, config: &Config, files: &[String]) -> std::fmt::Result {
    writeln!(out, "## Files\n")?;
    files.iter().try_for_each(|file| writeln!(out, "- `{file}`"))?;
    if !config.output.index_formats().is_empty() {
        writeln!(
            out,
            "\nThe `.txt` files have the sentences of the articles, a line each; the index files \
             say which of them make the rows. Sentences of rows that were dropped stand there as \
             if they had no counterpart."
        )?;
    }
    Ok(())
}

/// Which files make a data set of which languages, for `datasets.load_dataset(FOLDER, "en-uk")`.
fn write_configs(out: &mut String, files: &[String]) -> std::fmt::Result {
    let ends = [".jsonl", ".parquet"];
    let of = |end: &str| -> Vec<(String, &'static str, String)> {
        let named = |file: &String| {
            let (set, languages) = file.strip_suffix(end)?.split_once('.')?;
            let set = Set::ALL.into_iter().find(|one| one.name() == set)?;
            let split = if set == Set::Dev { "validation" } else { set.name() };
            Some((languages.to_string(), split, file.clone()))
        };
        files.iter().filter_map(named).collect()
    };
    let found = ends.map(of).into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    let mut by_languages: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (languages, split, file) in &found {
        by_languages.entry(languages).or_default().push((split, file));
    }
    if by_languages.is_empty() {
        return Ok(());
    }
    writeln!(out, "configs:")?;
    for (languages, files) in by_languages {
        writeln!(out, "- config_name: {languages}\n  data_files:")?;
        for (split, file) in files {
            writeln!(out, "  - split: {split}\n    path: {file}")?;
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As YAML has it: a string of JSON is one.
fn quoted(text: &str) -> String {
    serde_json::to_string(&one_line(text)).unwrap_or_default()
}
