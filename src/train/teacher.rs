//! The vectors of a teacher, in as many dimensions as the model has.

use std::path::PathBuf;

use ndarray::{Array1, Array2, Axis, Slice};

use super::TrainError;
use super::corpus::read;
use super::random::Random;
use crate::Language;

/// Texts with the vectors that a teacher gave them.
#[derive(Clone, Debug)]
pub struct TaughtFile {
    /// The language of the texts.
    pub language: Language,
    /// One text a line.
    pub texts: PathBuf,
    /// For each text a JSON array of numbers, a line each, as `bitext embed` writes.
    pub vectors: PathBuf,
    /// How often its texts are drawn, beside 1 for pairs.
    pub weight: f64,
}

impl TaughtFile {
    /// Reads texts and vectors.
    pub(crate) fn read(&self) -> Result<(Vec<String>, Array2<f32>), TrainError> {
        let texts: Vec<String> = read(&self.texts)?.lines().map(str::to_string).collect();
        let file = read(&self.vectors)?;
        let mut values: Vec<f32> = Vec::new();
        let mut dimension = 0;
        let mut count = 0;
        for (at, line) in file.lines().enumerate() {
            let fail = |reason: String| TrainError::Line {
                path: self.vectors.clone(),
                line: at + 1,
                reason,
            };
            let row: Vec<f32> =
                serde_json::from_str(line).map_err(|error| fail(error.to_string()))?;
            if at == 0 {
                dimension = row.len();
            }
            if row.len() != dimension || row.iter().any(|value| !value.is_finite()) {
                return Err(fail(format!("needs {dimension} finite numbers")));
            }
            values.extend(row);
            count += 1;
        }
        if count != texts.len() {
            let (texts, what) = (texts.len(), self.vectors.display());
            return Err(TrainError::Teacher(format!("{what}: {count} vectors for {texts} texts")));
        }
        let vectors = Array2::from_shape_vec((count, dimension), values)
            .map_err(|error| TrainError::Teacher(error.to_string()))?;
        Ok((texts, vectors))
    }
}

/// Takes the mean of each language off its vectors and turns all of them into
/// unit vectors of `dimension` by their principal components.
pub(crate) fn reduce(all: &mut [Array2<f32>], dimension: usize) -> Result<(), TrainError> {
    let width = all.first().map_or(0, |vectors| vectors.ncols());
    if all.iter().any(|vectors| vectors.ncols() != width) {
        return Err(TrainError::Teacher("files of vectors differ in dimension".to_string()));
    }
    let mut spread = Array2::<f32>::zeros((width, width));
    for vectors in all.iter_mut() {
        if let Some(mean) = vectors.mean_axis(Axis(0)) {
            *vectors -= &mean;
        }
        unit(vectors);
        spread += &vectors.t().dot(vectors);
    }
    if width > dimension {
        let components = components(&spread, dimension);
        for vectors in all.iter_mut() {
            *vectors = vectors.dot(&components);
        }
    } else if width < dimension {
        for vectors in all.iter_mut() {
            let mut wider = Array2::zeros((vectors.nrows(), dimension));
            wider.slice_axis_mut(Axis(1), Slice::from(..width)).assign(vectors);
            *vectors = wider;
        }
    }
    all.iter_mut().for_each(unit);
    Ok(())
}

/// Scales rows to length 1.
pub(crate) fn unit(vectors: &mut Array2<f32>) {
    for mut row in vectors.rows_mut() {
        let length = row.dot(&row).sqrt().max(1e-12);
        row /= length;
    }
}

/// The first principal components as columns, by orthogonal iteration.
fn components(spread: &Array2<f32>, count: usize) -> Array2<f32> {
    const ROUNDS: usize = 40;
    let mut random = Random::new(0, 3, 0);
    let mut basis =
        Array2::from_shape_simple_fn((count, spread.nrows()), || random.normal() as f32);
    for _ in 0..ROUNDS {
        basis = basis.dot(spread);
        for at in 0..count {
            // Twice, against what rounding leaves (Gram-Schmidt).
            let mut row: Array1<f32> = basis.row(at).to_owned();
            for _ in 0..2 {
                let before = basis.slice_axis(Axis(0), Slice::from(..at));
                let along = before.dot(&row);
                row -= &along.dot(&before);
            }
            let length = row.dot(&row).sqrt().max(1e-20);
            basis.row_mut(at).assign(&(row / length));
        }
    }
    basis.reversed_axes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_survive_where_the_dimensions_suffice() {
        let mut random = Random::new(1, 1, 1);
        let wide = Array2::from_shape_simple_fn((4, 12), || random.normal() as f32);
        let low = Array2::from_shape_simple_fn((200, 4), || random.normal() as f32);
        let vectors = low.dot(&wide);
        let mut full = [vectors.clone()];
        reduce(&mut full, 12).unwrap();
        let mut reduced = [vectors];
        reduce(&mut reduced, 4).unwrap();
        assert_eq!(reduced[0].dim(), (200, 4));
        let cosines = |vectors: &Array2<f32>| vectors.dot(&vectors.t());
        let difference = cosines(&full[0]) - cosines(&reduced[0]);
        assert!(difference.iter().all(|value| value.abs() < 1e-3));
    }
}
