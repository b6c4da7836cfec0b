//! Checks the README: its two commands, and the table that the first one prints.

use crate::shell::{Outcome, Shell};

/// The heading of the section with the two commands.
const SECTION: &str = "## A first command";

/// The two commands of the section.
pub fn commands(shell: &Shell) -> Result<[String; 2], String> {
    let readme = shell.read("README.md")?;
    let section = readme
        .split_once(SECTION)
        .map(|(_, rest)| rest.split("\n## ").next().unwrap_or(rest))
        .ok_or_else(|| format!("README.md has no section `{SECTION}`"))?;
    let block = block(section, "```sh").ok_or("the section has no block of commands")?;
    match block.lines().collect::<Vec<_>>()[..] {
        [align, test, ..] if align.starts_with("cargo run ") && test.starts_with("cargo test") => {
            Ok([align.to_string(), test.to_string()])
        }
        _ => Err(format!("the section `{SECTION}` does not start with the two commands")),
    }
}

/// Runs the first command, and compares what it prints with the README's table.
pub fn table(shell: &Shell) -> Outcome {
    let [align, _] = commands(shell)?;
    let printed = shell.output(&align)?;
    println!("{printed}");
    let readme = shell.read("README.md")?;
    let promised = readme
        .split_once("The first rows of the table")
        .and_then(|(_, rest)| block(rest, "```text"))
        .ok_or("README.md has no rows of the table")?;
    for (line, (promised, printed)) in promised.lines().zip(printed.lines()).enumerate() {
        if promised.trim_end() != printed.trim_end() {
            let line = line + 1;
            return Err(format!(
                "line {line} of the README's table differs:\n{promised}\n{printed}"
            ));
        }
    }
    if printed.lines().count() < promised.lines().count() {
        return Err("the README's table has more rows than are printed".to_string());
    }
    Ok(())
}

/// The text of the first block that is fenced with `fence`.
fn block<'t>(text: &'t str, fence: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("{fence}\n"))?;
    rest.split_once("\n```").map(|(block, _)| block)
}
