//! Splitters: the built-in one with its settings, and functions of the caller.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use bitext::text::Newlines;
use bitext::{Article, Language, RuleSplitter, Splitter};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::calls;
use crate::errors::{self, OrRaise};

/// How raw texts are split.
pub enum TextSplitter {
    Rules(RuleSplitter),
    Function(PySplitter),
}

/// A function of the caller that takes texts and, if it has such a parameter, the code of their language.
pub struct TextFunction {
    function: Py<PyAny>,
    takes_language: bool,
}

impl TextFunction {
    pub fn new(function: &Bound<'_, PyAny>) -> TextFunction {
        let takes_language = takes_language(function);
        TextFunction { function: function.clone().unbind(), takes_language }
    }

    /// Calls the function.
    pub fn call<'py>(
        &self,
        argument: Bound<'py, PyAny>,
        language: Language,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = argument.py();
        let function = self.function.bind(py);
        if !self.takes_language {
            return function.call1((argument,));
        }
        let keywords = PyDict::new(py);
        keywords.set_item("language", language.code())?;
        function.call((argument,), Some(&keywords))
    }
}

/// A function from a text to its sentences or their spans.
#[derive(Clone)]
pub struct PySplitter {
    function: Arc<TextFunction>,
    name: Arc<str>,
}

/// The first exception of a function that the library calls where it takes no error.
#[derive(Clone, Default)]
pub struct FunctionErrors(Arc<Mutex<Option<PyErr>>>);

impl FunctionErrors {
    fn set(&self, error: PyErr) {
        if let Ok(mut slot) = self.0.lock() {
            slot.get_or_insert(error);
        }
    }

    /// Whether there is an exception.
    pub fn is_some(&self) -> bool {
        self.0.lock().is_ok_and(|slot| slot.is_some())
    }

    /// Takes the exception.
    pub fn take(&self) -> Option<PyErr> {
        self.0.lock().ok()?.take()
    }
}

/// A function of the caller as a splitter of the library. After an exception, it finds no sentences.
struct ReportingSplitter {
    splitter: PySplitter,
    errors: FunctionErrors,
}

impl Splitter for ReportingSplitter {
    fn split(&self, language: Language, text: &str) -> Vec<Range<usize>> {
        if self.errors.is_some() {
            return Vec::new();
        }
        let (splitter, text) = (self.splitter.clone(), text.to_string());
        let split = move |py: Python<'_>| splitter.split(language, &PyString::new(py, &text));
        calls::call(split).unwrap_or_else(|error| {
            // Other errors say that the build was interrupted.
            if let Ok(raised) = error.downcast::<PyErr>() {
                self.errors.set(*raised);
            }
            Vec::new()
        })
    }
}

/// The name of a function or class with its module.
pub fn default_name(function: &Bound<'_, PyAny>) -> String {
    let named = |object: &Bound<'_, PyAny>| {
        let name = object.getattr("__qualname__").ok()?.extract::<String>().ok()?;
        let module = object.getattr("__module__").ok()?.extract::<String>().ok();
        Some(module.map_or_else(|| name.clone(), |module| format!("{module}.{name}")))
    };
    named(function).or_else(|| named(function.get_type().as_any())).unwrap_or_default()
}

/// Whether a function has a parameter `language`.
fn takes_language(function: &Bound<'_, PyAny>) -> bool {
    let parameters = || {
        let inspect = function.py().import("inspect")?;
        let signature = inspect.call_method1("signature", (function,))?;
        signature.getattr("parameters")?.contains("language")
    };
    // Some built-in functions have no signature.
    parameters().unwrap_or(false)
}

/// The meaning of a single newline from its name.
pub fn newlines(py: Python<'_>, name: &str) -> PyResult<Newlines> {
    match name {
        "auto" => Ok(Newlines::Auto),
        "always" => Ok(Newlines::Always),
        "never" => Ok(Newlines::Never),
        other => {
            let why =
                format!("setting `newlines`: `{other}` is none of `auto`, `always` and `never`");
            Err(errors::settings(py, &why))
        }
    }
}

impl TextSplitter {
    /// The splitter of the caller, or the built-in one.
    pub fn new(
        function: Option<&Bound<'_, PyAny>>,
        name: Option<String>,
        newlines: Newlines,
    ) -> PyResult<TextSplitter> {
        let Some(function) = function else {
            return Ok(TextSplitter::Rules(RuleSplitter::default().with_newlines(newlines)));
        };
        if !function.is_callable() {
            return Err(errors::wrong_type("setting `splitter`", "a function", function));
        }
        let name = name.unwrap_or_else(|| default_name(function)).into();
        let function = Arc::new(TextFunction::new(function));
        Ok(TextSplitter::Function(PySplitter { function, name }))
    }

    /// An article of a raw text. A function of the caller splits it at once; the aligner does so later.
    pub fn article(&self, language: Language, text: &Bound<'_, PyString>) -> PyResult<Article> {
        let raw = crate::input::texts::text(language.code(), text)?;
        match self {
            TextSplitter::Rules(_) => Ok(Article::new(language, raw)),
            TextSplitter::Function(splitter) => {
                let spans = splitter.split(language, text)?;
                Article::from_spans(language, raw, spans).or_raise(text.py())
            }
        }
    }
}

impl PySplitter {
    /// The name that stands for the function in the identity of a build.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A splitter of the library that keeps the exceptions of the function.
    pub fn reporting(&self, errors: FunctionErrors) -> impl Splitter + use<> {
        ReportingSplitter { splitter: self.clone(), errors }
    }

    /// The byte spans of the sentences of a text.
    fn split(&self, language: Language, text: &Bound<'_, PyString>) -> PyResult<Vec<Range<usize>>> {
        let found = self.function.call(text.clone().into_any(), language)?;
        if found.is_instance_of::<PyString>() || found.try_iter().is_err() {
            let expected = "a list of sentences or of tuples of a start and an end";
            return Err(errors::wrong_type("the result of `splitter`", expected, &found));
        }
        spans(text, &found)
    }
}

/// The byte spans of sentences, which are given as texts or as spans of characters.
fn spans(text: &Bound<'_, PyString>, found: &Bound<'_, PyAny>) -> PyResult<Vec<Range<usize>>> {
    let py = text.py();
    let raw = text.to_str()?;
    let refuse = |sentence: usize, why: &str| {
        let message = format!("the splitter's sentence {sentence} {why}");
        errors::input(py, "invalid_span", &message)
    };
    let mut places = CharacterPlaces::new(raw);
    let mut spans = Vec::new();
    let mut end = 0;
    for (number, item) in found.try_iter()?.enumerate() {
        let item = item?;
        let span = if let Ok(sentence) = item.cast::<PyString>() {
            let sentence = sentence.to_str()?;
            let at = raw[end..].find(sentence).map(|at| end + at);
            let at = at.ok_or_else(|| refuse(number, "is not in the text after the one before"))?;
            at..at + sentence.len()
        } else if let Ok((start, stop)) = item.cast::<PyTuple>().map_err(PyErr::from).and_then(pair)
        {
            let mut place = |character: i64| places.byte(usize::try_from(character).ok()?);
            match (place(start), place(stop)) {
                (Some(start), Some(stop)) if start <= stop => start..stop,
                _ => {
                    return Err(refuse(
                        number,
                        "has a span that is not within the text or overlaps",
                    ));
                }
            }
        } else {
            if item.is_instance_of::<PyTuple>() {
                let why = format!("a span from `splitter` must be a tuple of two ints, not {item}");
                return Err(PyTypeError::new_err(why));
            }
            let expected = "texts, or tuples of a start and an end";
            return Err(errors::wrong_type("the result of `splitter`", expected, &item));
        };
        end = span.end;
        spans.push(span);
    }
    Ok(spans)
}

fn pair(span: &Bound<'_, PyTuple>) -> PyResult<(i64, i64)> {
    span.extract()
}

/// The byte offsets of characters, which must ascend.
struct CharacterPlaces<'t> {
    text: &'t str,
    character: usize,
    byte: usize,
}

impl CharacterPlaces<'_> {
    fn new(text: &str) -> CharacterPlaces<'_> {
        CharacterPlaces { text, character: 0, byte: 0 }
    }

    /// The byte offset of a character that is not before the last one; `None` if it is, or if the text
    /// ends before it.
    fn byte(&mut self, character: usize) -> Option<usize> {
        let ahead = character.checked_sub(self.character)?;
        let rest = &self.text[self.byte..];
        let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        self.byte += ends.into_iter().nth(ahead)?;
        self.character = character;
        Some(self.byte)
    }
}

/// The spans of characters for ascending spans of bytes.
pub fn character_spans(text: &str, spans: &[Range<usize>]) -> Vec<(usize, usize)> {
    let (mut byte, mut character) = (0, 0);
    let mut place = |to: usize| {
        character += text[byte..to].chars().count();
        byte = to;
        character
    };
    spans.iter().map(|span| (place(span.start), place(span.end))).collect()
}
