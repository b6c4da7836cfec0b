//! Pairing of articles in memory.

use bitext::corpus::PairingConfig;
use bitext::{Article, article::Origin};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString, PyTuple};

use crate::aligner::PyAligner;
use crate::errors::{self, OrRaise};
use crate::input::splitter::TextSplitter;
use crate::input::texts;
use crate::results::shortest;
use crate::{functions, interrupt, settings};

/// The groups of articles that are versions of each other: tuples of the members' indexes, the coverage
/// and the margin.
#[pyfunction]
#[pyo3(signature = (articles, aligner, settings_by_name))]
pub fn pair<'py>(
    py: Python<'py>,
    articles: &Bound<'py, PyAny>,
    aligner: Option<&Bound<'py, PyAligner>>,
    settings_by_name: &Bound<'py, PyDict>,
) -> PyResult<Vec<(Bound<'py, PyTuple>, f64, f64)>> {
    let threads: Option<i64> = match settings_by_name.get_item("threads")? {
        Some(threads) => {
            let wrong = |_| errors::wrong_type("setting `threads`", "an int", &threads);
            Some(threads.extract().map_err(wrong)?)
        }
        None => None,
    };
    let mut fields = settings::object(settings_by_name)?;
    fields.remove("threads");
    let config: PairingConfig = settings::parse_among(py, fields, &["threads"])?;
    if config.max_days.is_some() {
        let why = "setting `max_days`: articles in memory have no dates; use `build`";
        return Err(errors::settings(py, why));
    }
    let config = config.with_threads(interrupt::threads(py, threads)?);
    config.validate().or_raise(py)?;
    let pipeline = match aligner {
        Some(aligner) => aligner.get().pipeline().clone(),
        None => functions::default_pipeline(py)?,
    };
    let wrong = || {
        let expected = "an iterable of tuples such as ('en', text), dicts, texts or paths";
        errors::wrong_type("`articles`", expected, articles)
    };
    let is_one = articles.is_instance_of::<PyString>() || articles.is_instance_of::<PyDict>();
    if is_one || texts::is_bytes(articles) {
        return Err(wrong());
    }
    let items =
        articles.try_iter().map_err(|_| wrong())?.map(|item| article(&item?, &pipeline.splitter));
    let articles = items.collect::<PyResult<Vec<Article>>>()?;
    // Pairing embeds and aligns a lot, so that it is always done on another thread.
    let bytes = usize::MAX;
    let work = move || bitext::corpus::pair(&pipeline.aligner, &articles, &config);
    let groups = interrupt::run(py, bytes, work)?.or_raise(py)?;
    let groups = groups.iter().map(|group| {
        let members = PyTuple::new(py, &group.members)?;
        Ok((members, shortest(group.coverage), shortest(group.margin)))
    });
    groups.collect()
}

/// An article: a tuple of its language and text, a mapping, or a text whose language is detected.
fn article(item: &Bound<'_, PyAny>, splitter: &TextSplitter) -> PyResult<Article> {
    if let Ok(tuple) = item.cast::<PyTuple>() {
        let Ok((code, value)) = tuple.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
            let message = "a tuple of an article needs a language and a text, such as ('en', text)";
            return Err(errors::input(item.py(), "invalid_record", message));
        };
        return texts::article(texts::language_of(&code)?, &value, splitter);
    }
    let Ok(mapping) = item.cast::<PyMapping>() else {
        return texts::detected(item, splitter);
    };
    let given = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        if !mapping.contains(name)? {
            return Ok(None);
        }
        Ok(Some(mapping.get_item(name)?).filter(|value| !value.is_none()))
    };
    let Some(text) = given("text")? else {
        let message = "an article needs `text`, and `lang` unless its language is detected";
        return Err(errors::input(item.py(), "invalid_record", message));
    };
    let article = match given("lang")? {
        Some(code) => texts::article(texts::language_of(&code)?, &text, splitter)?,
        None => texts::detected(&text, splitter)?,
    };
    let Some(title) = given("title")? else { return Ok(article) };
    let Ok(title) = title.cast::<PyString>() else {
        return Err(errors::wrong_type("`title`", "a str", &title));
    };
    let title = texts::text("title", title)?;
    let language = article.language();
    if article.origin() == Origin::Sentences {
        return Ok(Article::from_sentences(
            language,
            [title].into_iter().chain(article.sentences()),
        ));
    }
    let both = PyString::new(item.py(), &format!("{title}\n\n{}", article.text()));
    splitter.article(language, &both)
}
