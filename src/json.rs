//! One line of JSON: objects, ids, and why a line cannot be used.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Error, Id, Result};

/// Reads an id from its JSON: a string, a whole number, or `null` for none.
///
/// # Errors
///
/// What is wrong with it.
///
/// ```
/// use bitext::Id;
/// use bitext::format::{parse_id, parse_object};
/// use serde_json::value::RawValue;
///
/// let fields: std::collections::BTreeMap<&str, &RawValue> = parse_object(r#"{"id": 7, "tag": [1]}"#)?;
/// assert_eq!(parse_id(fields.get("id").copied())?, Some(Id::from(7)));
/// assert_eq!(parse_id(None)?, None);
/// assert!(parse_id(fields.get("tag").copied()).is_err());
/// assert!(parse_object::<Vec<u8>>("[1]").is_err());
/// # Ok::<(), bitext::Error>(())
/// ```
pub fn parse_id(json: Option<&RawValue>) -> Result<Option<Id>> {
    let Some(json) = json.map(RawValue::get).filter(|json| *json != "null") else {
        return Ok(None);
    };
    if json.starts_with('"') {
        let text = serde_json::from_str(json)
            .map_err(|error| Error::record(format!("`id`: {}", plain(&error))))?;
        return Ok(Some(Id::Text(text)));
    }
    match json.parse() {
        Ok(number) => Ok(Some(Id::Integer(number))),
        Err(_) => Err(Error::record("`id` must be a string or a whole number of up to 128 bits")),
    }
}

/// Reads a JSON object.
///
/// # Errors
///
/// What is wrong with it. An array is no object, though serde
/// would take its elements for the fields.
pub fn parse_object<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T> {
    if !line.trim_start().starts_with('{') {
        return Err(Error::record("not a JSON object"));
    }
    serde_json::from_str(line).map_err(|error| Error::record(plain(&error)))
}

/// An error of the JSON parser, whose line is always 1 here, by its column.
pub(crate) fn plain(error: &serde_json::Error) -> String {
    let not_json = error.is_syntax() || error.is_eof();
    let text = format!("{}{error}", if not_json { "not JSON: " } else { "" });
    match text.rsplit_once(" at line ") {
        Some((what, _)) if error.column() > 0 => format!("{what} at column {}", error.column()),
        _ => text,
    }
}
