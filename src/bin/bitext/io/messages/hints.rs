//! Parts of messages: counts with their nouns, similar names, file name extensions.

use std::path::Path;

use crate::Usage;
use crate::io::standard_stream::is_standard_stream;

/// `1 row`, `2 rows`.
pub fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    match count.try_into() {
        Ok(1) => format!("1 {noun}"),
        Ok(count) => format!("{count} {noun}s"),
        Err(_) => format!("many {noun}s"),
    }
}

/// The known name that is most similar to an unknown one, if it may be a misspelling of it.
fn nearest<'n>(unknown: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    /// Minimum Jaro-Winkler similarity, 0 to 1, of a misspelling. One wrong, missing or additional
    /// letter gives more than 0.9, two give about 0.85.
    const MIN_SIMILARITY: f64 = 0.8;

    let similarity = |name: &str| strsim::jaro_winkler(unknown, name);
    let all = known.into_iter().map(|name| (name, similarity(name)));
    let best = all.max_by(|one, other| one.1.total_cmp(&other.1))?;
    (best.1 >= MIN_SIMILARITY).then_some(best.0)
}

/// Adds a suggestion to the message of a settings parser about an unknown name.
pub fn with_nearest(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let is_unknown = ["unknown field", "unknown variant"].iter().any(|what| message.contains(what));
    let (Some((unknown, known)), true) = (names.split_first(), is_unknown) else {
        return message.to_string();
    };
    match nearest(unknown, known.iter().copied()) {
        Some(name) => format!("{message}: did you mean `{name}`?"),
        None => message.to_string(),
    }
}

/// Extensions of JSONL files.
pub const JSON_LINES: [&str; 3] = ["jsonl", "ndjson", "json"];

pub use bitext::cli_support::ending;

/// Refuses an output with an extension of a format that the command does not write.
pub fn check_ending(option: &str, output: Option<&Path>, known: &[&str]) -> Result<(), Usage> {
    let Some(output) = output.filter(|output| !is_standard_stream(output)) else { return Ok(()) };
    match ending(output) {
        Some(ending) if !known.contains(&ending.as_str()) => {
            let known: Vec<String> = known.iter().map(|known| format!(".{known}")).collect();
            let known = known.join(", ");
            let output = output.display();
            Err(Usage(format!(
                "{option} {output}: unknown file name extension .{ending}; use one of {known}, \
                 optionally followed by .gz or .zst"
            )))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_singular_after_one() {
        assert_eq!(counted(0_u64, "row"), "0 rows");
        assert_eq!(counted(1_u64, "row"), "1 row");
        assert_eq!(counted(2_usize, "row"), "2 rows");
    }

    #[test]
    fn a_misspelt_name_gets_a_suggestion() {
        let known = "`min_confidence`, `max_length_ratio`, `russian`";
        for (unknown, nearest) in [
            ("min_confidance", Some("min_confidence")),
            ("max_lenght_ratio", Some("max_length_ratio")),
            ("Russian", Some("russian")),
            ("colour", None),
        ] {
            let message = format!("line 2: unknown field `{unknown}`, expected one of {known}");
            let messages = with_nearest(&message);
            match nearest {
                Some(name) => assert_eq!(messages, format!("{message}: did you mean `{name}`?")),
                None => assert_eq!(messages, message),
            }
        }
        let other = "line 1: invalid type `a`, expected `b`";
        assert_eq!(with_nearest(other), other);
    }

    #[test]
    fn unknown_extensions_are_refused() {
        let check = |name: &str| check_ending("-o", Some(Path::new(name)), &JSON_LINES);
        for name in ["a.jsonl", "a.JSON.gz", "b.c/a", "-", ".a", "a.ndjson.zst", "a.gz"] {
            assert!(check(name).is_ok(), "{name}");
        }
        let why = check("a.csv.gz").unwrap_err().to_string();
        assert!(why.contains(".csv") && why.contains(".jsonl, .ndjson"), "{why}");
        assert!(check_ending("-o", None, &JSON_LINES).is_ok());
    }
}
