//! The contents of files of other formats, with the bytes of the command line. They are made without the
//! interpreter's lock.

use bitext::format::{Selection, TmxWriter, TsvWriter, write_ladder, write_vecalign};
use bitext::{Bitext, Language};
use pyo3::prelude::*;

use crate::errors::OrRaise;

/// A table of tab-separated values.
pub fn tsv(py: Python<'_>, bitext: &Bitext, selection: Selection) -> PyResult<String> {
    written(py, || {
        let languages: Vec<Language> = bitext.languages().collect();
        let mut writer = TsvWriter::new(Vec::new(), &languages, selection)?;
        writer.write(bitext)?;
        writer.finish()
    })
}

/// A translation memory, whose source language is the first one.
pub fn tmx(py: Python<'_>, bitext: &Bitext, selection: Selection) -> PyResult<String> {
    written(py, || {
        let source = bitext.languages().next().unwrap_or(Language::ENGLISH);
        let mut writer = TmxWriter::new(Vec::new(), source, selection)?;
        writer.write(bitext)?;
        writer.finish()
    })
}

/// Sentence numbers as Vecalign writes them.
pub fn vecalign(
    py: Python<'_>,
    bitext: &Bitext,
    source: Language,
    target: Language,
) -> PyResult<String> {
    written(py, || {
        let mut out = Vec::new();
        write_vecalign(bitext, source, target, &mut out)?;
        Ok(out)
    })
}

/// A ladder as hunalign writes it.
pub fn ladder(
    py: Python<'_>,
    bitext: &Bitext,
    source: Language,
    target: Language,
) -> PyResult<String> {
    written(py, || {
        let mut out = Vec::new();
        write_ladder(bitext, source, target, &mut out)?;
        Ok(out)
    })
}

fn written(
    py: Python<'_>,
    write: impl FnOnce() -> bitext::Result<Vec<u8>> + Send,
) -> PyResult<String> {
    let bytes = py.detach(write).or_raise(py)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
