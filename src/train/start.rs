//! Where pieces start: with what a teacher knows of them.
//!
//! The teacher embeds every piece alone, as if it were a text, which says little
//! across languages, and a sample of sentences. The linear map is found under which
//! the weighted sums of the pieces' vectors come nearest to the sentences' (ridge
//! regression; Hoerl, Kennard 1970). Both sides of a pair aim at the mean of their
//! two vectors, so that they are drawn together. What the map makes of a piece is
//! where the piece starts, even if no sentence has it.

use ndarray::{Array1, Array2, Axis};

use super::TrainError;
use super::contrast::product;
use super::draw::Cuts;
use super::linear::{reduce, solve};
use super::material::Material;
use super::model::place;
use super::run::Progress;
use super::sample::Sample;
use crate::{Embedder, Language};

/// Texts that the teacher is given at once.
const TEACHER_BATCH: usize = 512;
/// How much the map is held back, beside the spread of the features.
const RIDGE_PENALTY: f64 = 1e-3;
/// The root mean square of the rows' values. Larger than that of random rows, so that
/// the optimiser, whose steps are of one length, changes less of them.
const INITIAL_RMS: f32 = 0.25;

/// What a run knows before it starts.
pub(crate) struct Known<'a> {
    pub(crate) material: &'a Material,
    pub(crate) sample: &'a Sample,
    pub(crate) cuts: &'a Cuts,
    pub(crate) pieces: &'a [(String, f32)],
    /// Of the pieces.
    pub(crate) weights: &'a [f64],
}

/// Rows for all pieces, in `dimension` columns.
pub(crate) fn rows(
    known: &Known<'_>,
    dimension: usize,
    threads: usize,
    teacher: &dyn Embedder,
    progress: &mut dyn FnMut(&Progress),
) -> Result<Vec<f32>, TrainError> {
    let Known { material, sample, cuts, pieces, weights } = *known;
    let weights: Array1<f32> = weights.iter().map(|weight| *weight as f32).collect();
    let shares = shares(material, cuts, pieces.len());
    let mut lesson = Lesson { teacher, done: 0, all: pieces.len() + sample.len(), progress };
    let mut features = of_pieces(&mut lesson, material, pieces, &shares)?;
    centre(&mut features, &shares, &weights);
    let mut vectors = Vec::new();
    for (texts, language) in sample.texts.iter().zip(&material.languages) {
        let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        vectors.push(lesson.embed(*language, &texts)?);
    }
    reduce(&mut vectors, dimension);
    let aims = aims(sample, &vectors);
    let sums = sample.texts.iter().map(|texts| {
        let bags = texts.iter().map(|(_, id)| cuts.text(material.corpus.text(*id)));
        weighted(&features, &weights, bags.collect())
    });
    let sums: Vec<Array2<f32>> = sums.collect();
    let map = solve(&sums, &aims, RIDGE_PENALTY, threads);
    let mut rows = product(features.view(), map.view(), threads, |value| value);
    let square = rows.iter().map(|value| value * value).sum::<f32>() / rows.len().max(1) as f32;
    let scale = INITIAL_RMS / square.sqrt().max(f32::MIN_POSITIVE);
    for (mut row, weight) in rows.rows_mut().into_iter().zip(&weights) {
        row *= scale * weight;
    }
    Ok(rows.into_raw_vec_and_offset().0)
}

/// A teacher at work.
struct Lesson<'a> {
    teacher: &'a dyn Embedder,
    done: usize,
    all: usize,
    progress: &'a mut dyn FnMut(&Progress),
}

impl Lesson<'_> {
    fn embed(&mut self, language: Language, texts: &[&str]) -> Result<Array2<f32>, TrainError> {
        let dimension = self.teacher.dimension();
        let mut rows = Array2::zeros((texts.len(), dimension));
        let parts =
            rows.axis_chunks_iter_mut(Axis(0), TEACHER_BATCH).zip(texts.chunks(TEACHER_BATCH));
        for (mut part, texts) in parts {
            let vectors = self.teacher.embed(language, texts).map_err(TrainError::Teacher)?;
            if vectors.dim() != part.dim() {
                let ((is, wide), n) = (vectors.dim(), texts.len());
                let what = format!("{is} x {wide} values for {n} texts in {dimension} dimensions");
                return Err(TrainError::Teacher(what.into()));
            }
            if vectors.iter().any(|value| !value.is_finite()) {
                return Err(TrainError::Teacher(
                    "a vector with a value that is no finite number".into(),
                ));
            }
            part.assign(&vectors);
            self.done += texts.len();
            (self.progress)(&Progress::Taught { texts: self.done, of: self.all });
        }
        Ok(rows)
    }
}

/// The share that each language has in the uses of each piece: (pieces, languages).
/// Pieces that no text has are of all languages alike.
fn shares(material: &Material, cuts: &Cuts, pieces: usize) -> Array2<f32> {
    let languages = &material.languages;
    let mut counts = Array2::<f32>::zeros((pieces, languages.len()));
    let sides = material.groups.iter().flat_map(|group| [0, 1].map(|side| (group, side)));
    for (group, side) in sides {
        let language = place(languages, group.languages[side]);
        for pair in &group.pairs {
            for piece in cuts.text(material.corpus.text(pair[side])) {
                counts[[piece as usize, language]] += 1.0;
            }
        }
    }
    for (language, texts) in material.texts.iter().enumerate() {
        for &text in texts {
            for piece in cuts.text(material.corpus.text(text)) {
                counts[[piece as usize, language]] += 1.0;
            }
        }
    }
    for mut column in counts.columns_mut() {
        let sum = column.sum().max(1.0);
        column /= sum;
    }
    for mut row in counts.rows_mut() {
        let sum = row.sum();
        match sum > 0.0 {
            true => row /= sum,
            false => row.fill(1.0 / languages.len().max(1) as f32),
        }
    }
    counts
}

/// The teacher's vectors of the pieces, each embedded in its main language.
fn of_pieces(
    lesson: &mut Lesson<'_>,
    material: &Material,
    pieces: &[(String, f32)],
    shares: &Array2<f32>,
) -> Result<Array2<f32>, TrainError> {
    let mut features = Array2::zeros((pieces.len(), lesson.teacher.dimension()));
    let main = |piece: usize| {
        let shares = shares.row(piece);
        (0..shares.len()).rev().max_by(|&a, &b| shares[a].total_cmp(&shares[b]))
    };
    for (at, language) in material.languages.iter().enumerate() {
        let own: Vec<usize> = (0..pieces.len()).filter(|&piece| main(piece) == Some(at)).collect();
        let texts: Vec<&str> = own.iter().map(|&piece| bare(&pieces[piece].0)).collect();
        let vectors = lesson.embed(*language, &texts)?;
        for (piece, vector) in own.into_iter().zip(vectors.rows()) {
            features.row_mut(piece).assign(&vector);
        }
    }
    Ok(features)
}

/// A piece without the mark of a word's start.
fn bare(piece: &str) -> &str {
    piece.strip_prefix('▁').unwrap_or(piece)
}

/// Takes off what tells languages apart, and gives all columns the same spread.
fn centre(features: &mut Array2<f32>, shares: &Array2<f32>, weights: &Array1<f32>) {
    let mut uses = shares.clone();
    for (mut row, weight) in uses.rows_mut().into_iter().zip(weights) {
        row *= *weight;
    }
    for mut column in uses.columns_mut() {
        let sum = column.sum().max(f32::MIN_POSITIVE);
        column /= sum;
    }
    let means = uses.t().dot(features);
    *features -= &shares.dot(&means);
    for mut column in features.columns_mut() {
        let spread = (column.dot(&column) / column.len().max(1) as f32).sqrt();
        column /= spread.max(f32::MIN_POSITIVE);
    }
}

/// Weighted sums over the pieces of texts, each divided by what the length of a sum
/// of independent vectors would be, less their mean.
fn weighted(features: &Array2<f32>, weights: &Array1<f32>, bags: Vec<Vec<u32>>) -> Array2<f32> {
    let mut sums = Array2::zeros((bags.len(), features.ncols()));
    for (mut sum, bag) in sums.rows_mut().into_iter().zip(bags) {
        let mut squares = 0.0;
        for piece in bag {
            let weight = weights[piece as usize];
            sum.scaled_add(weight, &features.row(piece as usize));
            squares += weight * weight;
        }
        sum /= squares.sqrt().max(1e-6);
    }
    if let Some(mean) = sums.mean_axis(Axis(0)) {
        sums -= &mean;
    }
    sums
}

/// What each text aims at: the mean of its own vector and those of its translations.
fn aims(sample: &Sample, vectors: &[Array2<f32>]) -> Vec<Array2<f32>> {
    let mut aims: Vec<Array2<f32>> = vectors.to_vec();
    let mut counts: Vec<Vec<f32>> =
        vectors.iter().map(|vectors| vec![1.0; vectors.nrows()]).collect();
    for pair in &sample.pairs {
        for ([language, text], [other, translation]) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let mut aim = aims[language].row_mut(text);
            aim += &vectors[other].row(translation);
            counts[language][text] += 1.0;
        }
    }
    for (aims, counts) in aims.iter_mut().zip(counts) {
        for (mut aim, count) in aims.rows_mut().into_iter().zip(counts) {
            aim /= count;
        }
    }
    aims
}
