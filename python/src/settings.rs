//! Settings from Python values, read as the library reads them from JSON.

use bitext::align::AlignConfig;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::errors;

/// The JSON value of a Python value. `what` names the value in errors.
pub fn to_json(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = value.py();
    if value.is_none() {
        return Ok(Value::Null);
    }
    if value.is_instance_of::<PyBool>() {
        return Ok(Value::Bool(value.extract()?));
    }
    if value.is_instance_of::<PyInt>() {
        let number = value.extract::<i64>().map(Number::from);
        let number = number.or_else(|_| value.extract::<u64>().map(Number::from));
        let too_large =
            |_| errors::settings(py, &format!("setting `{what}`: {value} is too large"));
        return number.map(Value::Number).map_err(too_large);
    }
    if value.is_instance_of::<PyFloat>() {
        let number = Number::from_f64(value.extract()?);
        let not_finite = || errors::settings(py, &format!("setting `{what}`: must be finite"));
        return number.map(Value::Number).ok_or_else(not_finite);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Value::String(text.to_str()?.to_string()));
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return Ok(Value::Object(object(dict)?));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.map(|item| to_json(what, &item?));
        return Ok(Value::Array(items.collect::<PyResult<_>>()?));
    }
    // Numbers of NumPy.
    if let Ok(number) = value.call_method0("item") {
        if !number.get_type().is(value.get_type()) {
            return to_json(what, &number);
        }
    }
    let name = format!("setting `{what}`");
    Err(errors::wrong_type(
        &name,
        "a number, a bool, a str, None, or a list or dict of those",
        value,
    ))
}

/// The JSON object of a dict with names as keys.
pub fn object(dict: &Bound<'_, PyDict>) -> PyResult<Map<String, Value>> {
    let mut fields = Map::new();
    for (name, value) in dict {
        let name = name_of(&name)?;
        let value = to_json(&name, &value)?;
        fields.insert(name, value);
    }
    Ok(fields)
}

/// The name of a setting.
pub fn name_of(name: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = name.cast::<PyString>();
    let text = text.map_err(|_| errors::wrong_type("a name in `settings`", "a str", name))?;
    Ok(text.to_str()?.to_string())
}

/// Reads settings. Each is first read alone, so that an error names it. None stands for the default.
pub fn parse<T: serde::de::DeserializeOwned>(
    py: Python<'_>,
    fields: Map<String, Value>,
) -> PyResult<T> {
    parse_among(py, fields, &[])
}

/// Reads settings as [`parse`] does. The error for an unknown name also lists `others`, which the caller
/// has read.
pub fn parse_among<T: serde::de::DeserializeOwned>(
    py: Python<'_>,
    fields: Map<String, Value>,
    others: &[&str],
) -> PyResult<T> {
    for (name, value) in &fields {
        let why = refusal::<T>(name, Value::Null).unwrap_or_default();
        if let Some(known) = why.strip_prefix(&format!("unknown field `{name}`, expected ")) {
            // The names are between backticks.
            let mut names: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
            names.extend(others);
            return Err(errors::settings(py, &unknown(name, &names)));
        }
        if value.is_null() {
            continue;
        }
        let field =
            wrong_field::<T>(name, value).map(|(field, why)| (format!("{name}.{field}"), why));
        let whole = || Some((name.clone(), refusal::<T>(name, without_none(value.clone()))?));
        let Some((name, why)) = field.or_else(whole) else { continue };
        let prefix = format!("setting `{name}`: ");
        let why = in_words(&why);
        let why = if why.starts_with(&prefix) { why } else { prefix + &why };
        return Err(errors::settings(py, &why));
    }
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    let fields = fields.map(|(name, value)| (name, without_none(value))).collect();
    let all = serde_json::from_value(Value::Object(fields));
    all.map_err(|error| errors::settings(py, &in_words(&error.to_string())))
}

/// Why a setting cannot be read, if it is the only one.
fn refusal<T: serde::de::DeserializeOwned>(name: &str, value: Value) -> Option<String> {
    let one = Map::from_iter([(name.to_string(), value)]);
    Some(serde_json::from_value::<T>(Value::Object(one)).err()?.to_string())
}

/// A section without the fields that are None.
fn without_none(mut value: Value) -> Value {
    if let Some(section) = value.as_object_mut() {
        section.retain(|_, value| !value.is_null());
    }
    value
}

/// The first field of a section that is wrong alone, with the message. Of a field that is None, the name
/// may be wrong.
fn wrong_field<T: serde::de::DeserializeOwned>(
    name: &str,
    section: &Value,
) -> Option<(String, String)> {
    section.as_object()?.iter().find_map(|(field, value)| {
        let section = Map::from_iter([(field.clone(), value.clone())]);
        let why = refusal::<T>(name, Value::Object(section))?;
        let is_wrong = match value {
            Value::Null => why.starts_with("unknown field"),
            _ => !why.starts_with("missing field"),
        };
        is_wrong.then(|| (field.clone(), why))
    })
}

/// The message for a name that is no setting.
pub fn unknown(name: &str, known: &[&str]) -> String {
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    format!("unknown setting `{name}`, expected one of {}", known.join(", "))
}

/// A message of serde with types of Python for those of Rust.
fn in_words(why: &str) -> String {
    if let Some(rest) = why.strip_prefix("unknown field ") {
        return format!("unknown setting {rest}");
    }
    let Some((found, expected)) = why.split_once(", expected ") else { return why.to_string() };
    let found_value =
        found.strip_prefix("invalid type: ").or(found.strip_prefix("invalid value: "));
    let Some(found) = found_value else { return why.to_string() };
    let expected = match expected {
        "usize" | "u8" | "u16" | "u32" | "u64" => "a whole number of 0 or more",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "True or False",
        "a string" | "string or map" => "a str",
        "a sequence" => "a list",
        other if other.starts_with("struct ") || other.starts_with("map") => "a dict",
        other => other,
    };
    const KINDS: [(&str, &str); 8] = [
        ("string ", "the str "),
        ("integer ", "the int "),
        ("floating point ", "the float "),
        ("boolean `true`", "True"),
        ("boolean `false`", "False"),
        ("map", "a dict"),
        ("sequence", "a list"),
        ("null", "None"),
    ];
    let kind = KINDS.iter().find_map(|(kind, name)| Some((found.strip_prefix(kind)?, name)));
    let found = kind.map_or_else(|| found.to_string(), |(rest, name)| format!("{name}{rest}"));
    format!("must be {expected}, not {found}")
}

/// A serialised value, in which numbers of 32 bits are as short as in text.
pub fn through_text(value: &impl serde::Serialize) -> PyResult<Value> {
    let text =
        serde_json::to_string(value).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

/// The names of the settings of duplicates.
pub fn duplicate_names() -> &'static [String] {
    static NAMES: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    NAMES.get_or_init(|| names(&bitext::corpus::filter::DedupConfig::default()))
}

/// The names of the fields of settings.
fn names(settings: &impl serde::Serialize) -> Vec<String> {
    let all = serde_json::to_value(settings).unwrap_or_default();
    all.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default()
}

/// The names of the aligner's settings.
pub fn align_names() -> &'static [String] {
    static NAMES: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    // `crossing` is left out of the JSON if it is off.
    NAMES.get_or_init(|| names(&AlignConfig::default().with_crossing(true)))
}

/// The Python value of a JSON value.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), ..) => number.into_pyobject(py)?.into_any(),
            (_, Some(number), _) => number.into_pyobject(py)?.into_any(),
            (.., number) => number.unwrap_or(f64::NAN).into_pyobject(py)?.into_any(),
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (name, value) in fields {
                dict.set_item(name, to_python(py, value)?)?;
            }
            dict.into_any()
        }
    })
}
