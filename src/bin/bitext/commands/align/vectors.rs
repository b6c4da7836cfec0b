//! Alignment with the vectors of files.

use std::path::{Path, PathBuf};

use bitext::{Aligner, Article, Bitext, Embeddings, Language};
use ndarray::Array2;

use crate::Failure;
use crate::io::read::input::{InputLines, LineFault, open_file};

/// Aligns with the vectors of files instead of a model.
pub(super) fn align_vectors(
    aligner: &Aligner,
    articles: Vec<Article>,
    files: &[(Language, PathBuf)],
) -> Result<Bitext, Failure> {
    let count = articles.len();
    let mut with_vectors = Vec::with_capacity(count);
    for article in articles {
        let language = article.language();
        let mut of_language = files.iter().filter(|(of, _)| *of == language);
        let (Some((_, path)), None) = (of_language.next(), of_language.next()) else {
            return Err(format!("--vectors: exactly one file is needed for `{language}`").into());
        };
        with_vectors.push((article, read_vectors(path)?));
    }
    if files.len() != count {
        return Err("--vectors: there is a file for a language without an article".into());
    }
    Ok(aligner.align_vectors(with_vectors, "vectors")?)
}

/// Reads one vector per line.
fn read_vectors(path: &Path) -> Result<Embeddings, Failure> {
    let unreadable = |error| bitext::Error::read(path, error);
    let file = open_file(path).map_err(unreadable)?;
    let (mut values, mut columns, mut rows) = (Vec::new(), 0, 0);
    for (at, line) in InputLines::new(file).enumerate() {
        let place = format!("{}:{}", path.display(), at + 1);
        // Parsed as f64: numbers beyond f32 become infinite, which `Embeddings` reports.
        let line = match line {
            Err(LineFault::Unreadable(error)) => return Err(unreadable(error).into()),
            Err(fault) => return Err(format!("{place}: {fault}").into()),
            Ok(line) => line,
        };
        let row: Vec<f64> = serde_json::from_slice(&line)
            .map_err(|_| format!("{place}: not a JSON array of numbers"))?;
        if at > 0 && row.len() != columns {
            return Err(
                format!("{place}: {} numbers, but {columns} in earlier lines", row.len()).into()
            );
        }
        columns = row.len();
        rows += 1;
        values.extend(row.into_iter().map(|value| value as f32));
    }
    let rows = Array2::from_shape_vec((rows, columns), values)?;
    Ok(Embeddings::from_rows(rows).map_err(|error| format!("{}: {error}", path.display()))?)
}
