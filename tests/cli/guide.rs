//! The guide and the READMEs name only commands, flags, reasons and settings that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bitext::corpus::filter::Reason;

use crate::common::cli::bitext;

/// The flags that the help of each command lists. Old names, which are hidden, are not among them.
struct KnownFlags(BTreeMap<String, BTreeSet<String>>);

impl KnownFlags {
    fn read() -> KnownFlags {
        let help = bitext(["--help"], b"").quiet();
        let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let commands = commands.take_while(|line| !line.is_empty());
        let flags_of = |command: &str| {
            let help = bitext([command, "--help"], b"").quiet();
            let listed = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
            listed.flat_map(flags).collect()
        };
        let names = commands.filter_map(|line| line.split_whitespace().next());
        KnownFlags(
            names
                .filter(|name| *name != "help")
                .map(|name| (name.to_string(), flags_of(name)))
                .collect(),
        )
    }

    /// The unknown commands and flags in a command line with its redirections and pipes.
    fn unknown(&self, line: &str) -> Vec<String> {
        let line = line.split('#').next().unwrap_or_default();
        let calls = line.split(['|', ';']).filter_map(|call| call.split_once("bitext "));
        calls
            .filter(|(before, _)| before.trim().is_empty())
            .flat_map(|(_, call)| {
                let command = call.split_whitespace().next().unwrap_or_default();
                let Some(known) = self.0.get(command) else { return vec![command.to_string()] };
                let unknown = flags(call).filter(|flag| !known.contains(flag));
                unknown.map(|flag| format!("{command} {flag}")).collect()
            })
            .collect()
    }
}

/// The flags in a text: words such as `--jsonl` and `-o`, without values and punctuation.
fn flags(text: &str) -> impl Iterator<Item = String> {
    text.split([' ', ',', '=', '`', '[', ']', '\t']).filter_map(|word| {
        let name = word.trim_start_matches('-');
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let is_flag = match word.len() - name.len() {
            1 => name.len() == 1,
            2 => true,
            _ => false,
        };
        (is_flag && is_name).then(|| word.to_string())
    })
}

/// The lines of the `sh` blocks of a page, joined where they end in a backslash.
fn shell_lines(page: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for block in page.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default().replace("\\\n", " ");
        lines.extend(block.lines().map(str::to_string));
    }
    lines
}

/// The commands in backquotes, such as `bitext align --explain 3`.
fn quoted_commands(page: &str) -> Vec<String> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("bitext ")).map(str::to_string).collect()
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_dir(root.join("guide")).expect("the guide is there");
    let mut pages: Vec<PathBuf> = guide.map(|entry| entry.unwrap().path()).collect();
    pages
        .extend(["README.md", "CONTRIBUTING.md", "examples/README.md"].map(|name| root.join(name)));
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages
}

#[test]
fn commands_in_the_guide_exist_with_their_flags() {
    let known = KnownFlags::read();
    assert_eq!(known.unknown("bitext align --reordered a"), ["align --reordered"]);
    let mut checked = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for line in shell_lines(&text).into_iter().chain(quoted_commands(&text)) {
            assert_eq!(known.unknown(&line), [""; 0], "{}: {line}", page.display());
            checked += usize::from(line.contains("bitext "));
        }
    }
    assert!(checked > 20, "only {checked} commands were found");
}

#[test]
fn the_guide_lists_all_reasons_and_settings_of_the_filter_with_their_defaults() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("guide/filtering.md");
    let page = fs::read_to_string(page).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('`').skip(1).step_by(2).take(2).collect())
        .collect();
    let codes: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(codes, Reason::ALL.map(Reason::code), "the rows have the order of `Reason::ALL`");

    // One row has a flag in place of a setting.
    let settings = rows.iter().map(|row| row[1].to_string()).filter(|row| !row.starts_with("--"));
    let settings: BTreeSet<String> = settings.collect();
    let defaults = bitext(["filter", "--print-defaults"], b"").quiet();
    // The section `[spelling]`, which is the last, has no reasons.
    let (defaults, spelling) = defaults.split_once("[spelling]\n").expect("a section [spelling]");
    for line in spelling.lines() {
        assert!(page.contains(&format!("`{line}`")), "the guide lacks `{line}`");
    }
    let defaults = defaults.lines().filter(|line| !line.starts_with('['));
    let defaults = defaults.map(|line| line.strip_suffix(".0").unwrap_or(line).to_string());
    assert_eq!(settings, defaults.collect::<BTreeSet<_>>());
}

#[test]
fn the_help_of_the_filter_and_the_guide_name_all_formats() {
    let message = bitext(["filter", "-", "--to", "unknown"], b"").stderr;
    let (_, formats) = message.split_once("[possible values: ").expect(&message);
    let formats: Vec<&str> = formats.split(']').next().unwrap().split(", ").collect();
    assert!(formats.contains(&"tsv") && formats.len() > 5, "{formats:?}");

    let help = bitext(["filter", "--help"], b"").quiet();
    let (_, help) = help.split_once("FORMAT is one of").expect("the help explains FORMAT");
    let help = help.split("\n\n").next().unwrap();
    let is_mark = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    let words: Vec<&str> = help.split(is_mark).collect();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("guide/formats.md");
    let page = fs::read_to_string(page).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').skip(1).collect())
        .collect();
    for format in formats {
        assert!(words.contains(&format), "`bitext filter --help` does not name {format}");
        let name = format!("`{format}`");
        let is_listed = rows.iter().any(|row| {
            row[0].contains(&name) && row[1..3].iter().any(|commands| commands.contains("`filter`"))
        });
        assert!(is_listed, "the table of guide/formats.md has no row for {format} in `filter`");
    }
}
