//! Reads objects and ids from a line of JSON, with messages that give the column.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Error, Id, Result};

/// Reads an id from its JSON: a string, a whole number, or `null` for none.
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

/// Reads a JSON object. An array is refused, though serde would take its elements for the fields.
pub fn parse_object<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T> {
    if !line.trim_start().starts_with('{') {
        return Err(Error::record("not a JSON object"));
    }
    serde_json::from_str(line).map_err(|error| Error::record(plain(&error)))
}

/// The message of a JSON parser's error with the column alone: the line is always 1 here.
pub(crate) fn plain(error: &serde_json::Error) -> String {
    let not_json = error.is_syntax() || error.is_eof();
    let text = format!("{}{error}", if not_json { "not JSON: " } else { "" });
    match text.rsplit_once(" at line ") {
        Some((what, _)) if error.column() > 0 => format!("{what} at column {}", error.column()),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn ids_are_strings_whole_numbers_or_null() {
        let fields: BTreeMap<&str, &RawValue> =
            parse_object(r#"{"id": 7, "name": "7", "tag": [1], "none": null}"#).unwrap();
        let id = |key: &str| parse_id(fields.get(key).copied());
        assert_eq!(id("id").unwrap(), Some(Id::from(7)));
        assert_eq!(id("name").unwrap(), Some(Id::from("7")));
        assert_eq!(id("none").unwrap(), None);
        assert_eq!(id("missing").unwrap(), None);
        assert!(id("tag").is_err());
        assert!(parse_object::<Vec<u8>>("[1]").is_err());
    }
}
