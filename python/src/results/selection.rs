//! The selection of rows for an output.

use bitext::format::{Rows, Selection};
use bitext::{Bitext, Language};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors;
use crate::input::texts;

/// The selection that some keywords describe.
pub fn selection(
    py: Python<'_>,
    min_confidence: Option<&Bound<'_, PyAny>>,
    nulls: Option<&Bound<'_, PyAny>>,
    pairs: Option<&Bound<'_, PyAny>>,
) -> PyResult<Selection> {
    let min_confidence: f32 = match min_confidence {
        Some(value) => value
            .extract()
            .map_err(|_| errors::wrong_type("`min_confidence`", "a number", value))?,
        None => 0.0,
    };
    let nulls: bool = match nulls {
        Some(value) => {
            value.extract().map_err(|_| errors::wrong_type("`nulls`", "True or False", value))?
        }
        None => false,
    };
    if !(0.0..=1.0).contains(&min_confidence) {
        return Err(errors::settings(py, "setting `min_confidence`: must be 0 to 1"));
    }
    let mut selection = Selection::default();
    selection.min_confidence = min_confidence;
    selection.nulls = nulls;
    if let Some(pairs) = pairs {
        let all = if pairs.is_instance_of::<PyString>() {
            vec![language_pair(pairs)?]
        } else {
            let wrong = |_| errors::wrong_type("`pairs`", "a list of language pairs", pairs);
            pairs
                .try_iter()
                .map_err(wrong)?
                .map(|pair| language_pair(&pair?))
                .collect::<PyResult<_>>()?
        };
        selection.rows = Rows::Beads(all);
        if nulls {
            let why = "setting `nulls` cannot be used with `pairs`: beads are never null";
            return Err(errors::settings(py, why));
        }
    }
    Ok(selection)
}

/// A language of a bitext, from the argument that `what` names.
pub fn language_in(
    py: Python<'_>,
    bitext: &Bitext,
    what: &str,
    code: &Bound<'_, PyAny>,
) -> PyResult<Language> {
    let language = texts::language_of(what, code)?;
    check_language(py, bitext, language)?;
    Ok(language)
}

/// The selection that some keywords describe, with language pairs of a bitext.
pub fn selection_in(
    py: Python<'_>,
    bitext: &Bitext,
    min_confidence: Option<&Bound<'_, PyAny>>,
    nulls: Option<&Bound<'_, PyAny>>,
    pairs: Option<&Bound<'_, PyAny>>,
) -> PyResult<Selection> {
    let selection = selection(py, min_confidence, nulls, pairs)?;
    if let Rows::Beads(pairs) = &selection.rows {
        let mut languages = pairs.iter().flat_map(|(one, other)| [*one, *other]);
        languages.try_for_each(|language| check_language(py, bitext, language))?;
    }
    Ok(selection)
}

fn check_language(py: Python<'_>, bitext: &Bitext, language: Language) -> PyResult<()> {
    if bitext.article(language).is_some() {
        return Ok(());
    }
    let known: Vec<String> = bitext.languages().map(|known| format!("`{known}`")).collect();
    let known = known.join(", ");
    let message = format!("the bitext has no article in `{language}`; its languages are {known}");
    Err(errors::input(py, "invalid_language", &message))
}

/// A pair of languages such as `"en-uk"` or `("en", "uk")`.
fn language_pair(pair: &Bound<'_, PyAny>) -> PyResult<(Language, Language)> {
    let py = pair.py();
    let codes = match pair.extract::<(String, String)>() {
        Ok(codes) => Some(codes),
        Err(_) => pair.extract::<String>().ok().and_then(|name| {
            let (one, other) = name.split_once('-')?;
            Some((one.to_string(), other.to_string()))
        }),
    };
    let wrong = || {
        errors::wrong_type("a language pair in `pairs`", "such as 'en-uk' or ('en', 'uk')", pair)
    };
    let (one, other) = codes.ok_or_else(wrong)?;
    Ok((texts::language(py, &one)?, texts::language(py, &other)?))
}
