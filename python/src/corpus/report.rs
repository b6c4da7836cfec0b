//! Pages of bitexts for reviewers.

use bitext::report::{Page, Report};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::errors;
use crate::interrupt;
use crate::results::PyBitext;

/// The pages of bitexts: tuples of the file name and the HTML; the overview is the last one.
#[pyfunction]
#[pyo3(signature = (bitexts, stem, title, features, limit))]
pub fn pages(
    py: Python<'_>,
    bitexts: &Bound<'_, PyList>,
    stem: &str,
    title: Option<&str>,
    features: Option<bool>,
    limit: Option<usize>,
) -> PyResult<Vec<(String, String)>> {
    let mut report = Report::new(stem);
    if let Some(title) = title {
        report = report.with_title(title);
    }
    if let Some(limit) = limit {
        report = report.with_limit(limit);
    }
    let mut pages: Vec<Page> = Vec::new();
    for (at, item) in bitexts.iter().enumerate() {
        let Ok(item) = item.cast::<PyBitext>() else {
            return Err(errors::wrong_type(&format!("`bitexts[{at}]`"), "a Bitext", &item));
        };
        let item = item.get();
        let explains = features.map_or_else(|| item.can_explain(py), Ok)?;
        let explained = if explains { Some(item.explained(py)?) } else { None };
        let bitext = item.inner().clone();
        let bytes = bitext.articles().iter().map(|article| article.text().len()).sum();
        let add = move || {
            let page = report.add(&bitext, explained.as_deref());
            (report, page)
        };
        let (added, page) = interrupt::run(py, bytes, add)?;
        report = added;
        pages.extend(page);
    }
    pages.extend(interrupt::run(py, usize::MAX, move || report.finish())?);
    Ok(pages.into_iter().map(|page| (page.name, page.html)).collect())
}
