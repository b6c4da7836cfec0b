//! Pairing of articles in memory.

use bitext::corpus::PairingConfig;
use bitext::{Article, article::Origin};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString, PyTuple};

use crate::aligner::pipeline_of;
use crate::errors::{self, OrRaise};
use crate::input::splitter::TextSplitter;
use crate::input::texts;
use crate::results::shortest;
use crate::{interrupt, settings};

/// The groups of articles that are versions of each other: tuples of the members' indexes, the coverage
/// and the margin.
#[pyfunction]
#[pyo3(signature = (articles, aligner, threads, settings_by_name))]
pub fn pair<'py>(
    py: Python<'py>,
    articles: &Bound<'py, PyAny>,
    aligner: Option<&Bound<'py, PyAny>>,
    threads: Option<&Bound<'py, PyAny>>,
    settings_by_name: &Bound<'py, PyDict>,
) -> PyResult<Vec<(Bound<'py, PyTuple>, f64, f64)>> {
    let fields = settings::object(settings_by_name)?;
    let config: PairingConfig = settings::parse_among(py, fields, &["threads"])?;
    let config = config.with_threads(interrupt::threads(py, threads)?);
    config.validate().or_raise(py)?;
    let pipeline = pipeline_of(py, aligner)?;
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
    let articles = items.collect::<PyResult<Vec<DatedArticle>>>()?;
    // Pairing embeds and aligns a lot, so that it is always done on another thread.
    let bytes = usize::MAX;
    let work = move || {
        let articles = articles.iter().map(|(article, day)| (article, *day));
        bitext::corpus::pair_dated(&pipeline.aligner, articles, &config)
    };
    let groups = interrupt::run(py, bytes, work)?.or_raise(py)?;
    let groups = groups.iter().map(|group| {
        let members = PyTuple::new(py, &group.members)?;
        Ok((members, shortest(group.coverage), shortest(group.margin)))
    });
    groups.collect()
}

/// An article and its date, in days since 1970.
type DatedArticle = (Article, Option<i32>);

/// The day of a `datetime.date`, or of a str. As on the command line, a str that is no date is no date.
fn day(date: &Bound<'_, PyAny>) -> PyResult<Option<i32>> {
    if let Ok(date) = date.cast::<PyString>() {
        return Ok(bitext::text::day(texts::text("`date`", date)?));
    }
    let class = date.py().import("datetime")?.getattr("date")?;
    if !date.is_instance(&class)? {
        let expected = "a date, or a str that begins with YYYY-MM-DD";
        return Err(errors::wrong_type("`date` of an article", expected, date));
    }
    let text: String = date.call_method0("isoformat")?.extract()?;
    Ok(bitext::text::day(&text))
}

/// An article: a tuple of its language and text, a mapping, or a text whose language is detected.
fn article(item: &Bound<'_, PyAny>, splitter: &TextSplitter) -> PyResult<DatedArticle> {
    let what = "the language of an article of `articles`";
    let language = |code: &Bound<'_, PyAny>| texts::language_of(what, code);
    if let Ok(tuple) = item.cast::<PyTuple>() {
        let Ok((code, value)) = tuple.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
            let message = "a tuple of an article needs a language and a text, such as ('en', text)";
            return Err(errors::input(item.py(), "invalid_record", message));
        };
        return Ok((texts::article(language(&code)?, &value, splitter)?, None));
    }
    let Ok(mapping) = item.cast::<PyMapping>() else {
        return Ok((texts::detected(item, splitter)?, None));
    };
    let given = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        if !mapping.contains(name)? {
            return Ok(None);
        }
        Ok(Some(mapping.get_item(name)?).filter(|value| !value.is_none()))
    };
    let article = match (given("text")?, given("lang")?) {
        (Some(text), Some(code)) => texts::article(language(&code)?, &text, splitter)?,
        (Some(text), None) => texts::detected(&text, splitter)?,
        (None, _) => texts::only_version(mapping, splitter)?,
    };
    let day = given("date")?.map(|date| day(&date)).transpose()?.flatten();
    let Some(title) = given("title")? else { return Ok((article, day)) };
    let Ok(title) = title.cast::<PyString>() else {
        return Err(errors::wrong_type("`title` of an article", "a str", &title));
    };
    let title = texts::text("title", title)?;
    let language = article.language();
    if article.origin() == Origin::Sentences {
        let sentences = [title].into_iter().chain(article.sentences());
        return Ok((Article::from_sentences(language, sentences), day));
    }
    let both = PyString::new(item.py(), &format!("{title}\n\n{}", article.text()));
    Ok((splitter.article(language, &both)?, day))
}
