//! Articles from Python values.

use bitext::{Article, Id, Language};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyFloat, PyList, PyMapping, PyString};
use std::path::PathBuf;

use crate::errors::{self, OrRaise};
use crate::input::splitter::TextSplitter;

/// The UTF-8 of a text; `label` names it in the error for a lone surrogate.
pub fn text<'t>(label: &str, text: &'t Bound<'_, PyString>) -> PyResult<&'t str> {
    text.to_str().map_err(|error| {
        let message = format!("{label}: not a valid text: {}", error.value(text.py()));
        errors::input(text.py(), "not_utf8", &message)
    })
}

/// The UTF-8 of a str that `what` names.
pub fn str_of<'t>(what: &str, value: &'t Bound<'_, PyAny>) -> PyResult<&'t str> {
    match value.cast::<PyString>() {
        Ok(value) => text(what, value),
        Err(_) => Err(errors::wrong_type(what, "a str", value)),
    }
}

/// The language of a code such as `uk`, `en-US` or `eng_Latn`.
pub fn language(py: Python<'_>, code: &str) -> PyResult<Language> {
    Language::new(code).or_raise(py)
}

/// The language of a Python value, which `what` names in errors.
pub fn language_of(what: &str, code: &Bound<'_, PyAny>) -> PyResult<Language> {
    match code.cast::<PyString>() {
        Ok(code) => language(code.py(), text(what, code)?),
        Err(_) => Err(errors::wrong_type(what, "a code of a language, such as 'uk'", code)),
    }
}

/// Whether a value stands for a missing text: None, or NaN as in a table of pandas.
pub fn is_missing(value: &Bound<'_, PyAny>) -> bool {
    let is_nan = || value.cast::<PyFloat>().is_ok_and(|number| number.value().is_nan());
    value.is_none() || is_nan()
}

/// Whether a value can be an article: a text, a path, or a list of sentences.
pub fn is_article(value: &Bound<'_, PyAny>) -> bool {
    let is_other = value.is_instance_of::<PyDict>() || is_bytes(value);
    value.is_instance_of::<PyString>() || is_path(value) || (!is_other && value.try_iter().is_ok())
}

pub fn is_bytes(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>()
}

fn is_path(value: &Bound<'_, PyAny>) -> bool {
    value.hasattr("__fspath__").unwrap_or(false)
}

const ARTICLE: &str = "a str, a path, or a list of sentences";

/// An article in a language.
pub fn article(
    language: Language,
    value: &Bound<'_, PyAny>,
    splitter: &TextSplitter,
) -> PyResult<Article> {
    let py = value.py();
    let code = language.code();
    if let Ok(text) = value.cast::<PyString>() {
        return splitter.article(language, text);
    }
    if is_path(value) {
        let path: PathBuf = value.extract()?;
        let read = py.detach(|| Article::read_as(language, &path)).or_raise(py)?;
        return split_again(read, splitter, py);
    }
    if is_bytes(value) || value.is_instance_of::<PyDict>() {
        return Err(errors::wrong_type(&format!("the article `{code}`"), ARTICLE, value));
    }
    let sentences = value
        .try_iter()
        .map_err(|_| errors::wrong_type(&format!("the article `{code}`"), ARTICLE, value))?
        .collect::<PyResult<Vec<_>>>()?;
    let mut texts = Vec::with_capacity(sentences.len());
    for sentence in &sentences {
        let is_text = sentence.cast::<PyString>();
        let what = || format!("a sentence of the article `{code}`");
        texts.push(text(
            code,
            is_text.map_err(|_| errors::wrong_type(&what(), "a str", sentence))?,
        )?);
    }
    Ok(Article::from_sentences(language, texts))
}

/// An article whose language is detected.
pub fn detected(value: &Bound<'_, PyAny>, splitter: &TextSplitter) -> PyResult<Article> {
    let py = value.py();
    if is_path(value) {
        let path: PathBuf = value.extract()?;
        let read = py.detach(|| Article::read(&path)).or_raise(py)?;
        return split_again(read, splitter, py);
    }
    let Ok(raw) = value.cast::<PyString>() else {
        let expected = "a str or a path; name the language of a list of sentences: en=[...]";
        return Err(errors::wrong_type(
            "an article of `articles` without a language",
            expected,
            value,
        ));
    };
    let language = bitext::language::require("article", text("article", raw)?).or_raise(py)?;
    splitter.article(language, raw)
}

/// An article that was read, split by the function of the caller if there is one.
fn split_again(read: Article, splitter: &TextSplitter, py: Python<'_>) -> PyResult<Article> {
    let TextSplitter::Function(_) = splitter else { return Ok(read) };
    let text = PyString::new(py, read.text());
    let split = splitter.article(read.language(), &text)?;
    Ok(split.with_id(read.label()))
}

/// An id from a str or an int.
pub fn id(value: &Bound<'_, PyAny>) -> PyResult<Option<Id>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Ok(name) = value.cast::<PyString>() {
        return Ok(Some(Id::from(text("id", name)?)));
    }
    // Also numbers of NumPy.
    if let Ok(number) = value.extract::<i64>() {
        return Ok(Some(Id::from(number)));
    }
    if let Ok(number) = value.extract::<u64>() {
        return Ok(Some(Id::from(number)));
    }
    Err(errors::wrong_type("`id`", "a str or an int", value))
}

/// The articles of a dict by language: all keys but `id` are codes of languages.
pub fn by_language(
    articles: &Bound<'_, PyMapping>,
    splitter: &TextSplitter,
) -> PyResult<(Vec<Article>, Option<Id>)> {
    let (mut found, mut own_id) = (Vec::new(), None);
    for item in articles.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        if key.eq("id")? {
            own_id = id(&value)?;
        } else if !is_missing(&value) {
            found.push(article(language_of("a key of the articles", &key)?, &value, splitter)?);
        }
    }
    Ok((found, own_id))
}

/// The articles of a row of a data set. The keys are those of a line of `bitext align --jsonl`: `id`, codes
/// of languages, or `src` and `tgt` with `src_lang` and `tgt_lang`. Others are ignored, and so are values of
/// other languages than English, Ukrainian and German that are no text.
pub fn of_row(
    row: &Bound<'_, PyMapping>,
    splitter: &TextSplitter,
) -> PyResult<(Vec<Article>, Option<Id>)> {
    let (mut found, mut own_id) = (Vec::new(), None);
    for item in row.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let Ok(key) = key.cast::<PyString>() else { continue };
        let key = text("a key", key)?;
        if key == "id" {
            own_id = id(&value)?;
        } else if let (Some(language), false) =
            (bitext::language::from_name(key), is_missing(&value))
        {
            let is_text = value.is_instance_of::<PyString>() || value.is_instance_of::<PyList>();
            if !is_text && !["en", "uk", "de"].contains(&language.primary()) {
                continue;
            }
            found.push(article(language, &value, splitter)?);
        }
    }
    if found.is_empty() {
        for (key, code) in [("src", "src_lang"), ("tgt", "tgt_lang")] {
            if row.contains(key)? && row.contains(code)? {
                let language = language_of(&format!("`{code}`"), &row.get_item(code)?)?.base();
                found.push(article(language, &row.get_item(key)?, splitter)?);
            }
        }
    }
    if found.len() < 2 {
        let message = format!(
            "needs two or three languages, with keys such as `en`, `uk` or `fr`, has {}; a language whose \
             code is no key goes into `src` or `tgt`, with its code in `src_lang` or `tgt_lang`, or is \
             named with `languages`",
            found.len()
        );
        return Err(errors::input(row.py(), "invalid_record", &message));
    }
    Ok((found, own_id))
}

/// The article of a row that has one key such as `uk`.
pub fn only_version(row: &Bound<'_, PyMapping>, splitter: &TextSplitter) -> PyResult<Article> {
    let mut found = Vec::new();
    for item in row.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let language = key.extract::<&str>().ok().and_then(bitext::language::from_name);
        if let (Some(language), false) = (language, is_missing(&value)) {
            found.push((language, value));
        }
    }
    if let [(language, value)] = &found[..] {
        return article(*language, value, splitter);
    }
    let message = "an article of `articles` needs `text`, and `lang` unless its language is detected; or one \
                   key such as `uk`";
    Err(errors::input(row.py(), "invalid_record", message))
}

/// The value of a key that `languages` names.
pub fn value_of<'py>(row: &Bound<'py, PyMapping>, key: &str) -> PyResult<Bound<'py, PyAny>> {
    if row.contains(key)? {
        return row.get_item(key);
    }
    let message = format!("a row has no key `{key}`, which `languages` names");
    Err(errors::input(row.py(), "invalid_record", &message))
}

/// The languages with the keys of their articles: a list of codes, which are the keys, or a dict.
pub fn language_keys(languages: &Bound<'_, PyAny>) -> PyResult<Vec<(Language, String)>> {
    if let Ok(mapping) = languages.cast::<PyMapping>() {
        let items = mapping.items()?;
        let pairs = items.iter().map(|item| {
            let (code, key): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            let wrong = |_| errors::wrong_type("a key in `languages`", "a str", &key);
            Ok((language_of("a language in `languages`", &code)?, key.extract().map_err(wrong)?))
        });
        return pairs.collect();
    }
    if languages.is_instance_of::<PyString>() {
        return Err(errors::wrong_type("`languages`", "a list of codes or a dict", languages));
    }
    let wrong = |_| errors::wrong_type("`languages`", "a list of codes or a dict", languages);
    let codes = languages.try_iter().map_err(wrong)?;
    codes
        .map(|code| {
            let code = code?;
            Ok((language_of("a language in `languages`", &code)?, code.extract()?))
        })
        .collect()
}

/// Sentences that are aligned with each other on the caller's thread, as a product of their numbers.
const MAX_INLINE_CELLS: usize = 100 * 100;
/// Sentences of all articles that are aligned on the caller's thread.
const MAX_INLINE_SENTENCES: usize = 2000;

/// The size of articles that are aligned, for [`interrupt::run`](crate::interrupt::run): their bytes, or the
/// largest size if they have many sentences, however short.
pub fn work(articles: &[Article]) -> usize {
    let bytes = bytes(articles);
    if bytes > crate::interrupt::MAX_INLINE_BYTES {
        return bytes;
    }
    // Sentences end with such a character, except for those of a list.
    let is_end = |c: &char| matches!(c, '\n' | '.' | '!' | '?' | '…' | '。' | '！' | '？');
    let ends = |article: &Article| article.text().chars().filter(is_end).count() + 1;
    let mut sentences: Vec<usize> =
        articles.iter().map(|article| ends(article).max(article.sentences().count())).collect();
    sentences.sort_unstable_by(|one, other| other.cmp(one));
    let cells = sentences.iter().take(2).product::<usize>();
    if cells > MAX_INLINE_CELLS || sentences.iter().sum::<usize>() > MAX_INLINE_SENTENCES {
        return usize::MAX;
    }
    bytes
}

/// The size of articles in bytes.
pub fn bytes(articles: &[Article]) -> usize {
    articles.iter().map(|article| article.text().len()).sum()
}
