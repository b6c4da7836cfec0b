//! Initialises the subword vectors from the vectors of a teacher.
//!
//! The teacher embeds every subword as if it were a text, and a sample of
//! sentences. The vectors of single subwords are hardly comparable across
//! languages. A ridge regression therefore finds the linear map under which the
//! weighted sums of subword vectors are nearest to the sentence vectors. The target
//! of both sentences of a pair is the mean of their vectors, which pulls
//! translations together. The mapped vector of a subword is its initial vector, even
//! if no sentence contains the subword.

use ndarray::{Array1, Array2, Axis};

use super::data::{Segmentation, TeacherSample, TrainingData, language_index};
use super::error::TrainError;
use super::progress::TrainProgress;
use super::vectors::{product, reduce, ridge_regression};
use crate::{Embedder, Language};

/// The number of texts in one call of the teacher.
const TEACHER_BATCH: usize = 512;
/// The penalty of the ridge regression, relative to the variance of the features.
const RIDGE_PENALTY: f64 = 1e-3;
/// The root mean square of the initial values. It is larger than that of random rows,
/// so that the optimiser, whose steps have a fixed length, changes them less.
const INITIAL_RMS: f32 = 0.25;

/// The prepared data of a run.
pub(super) struct RunData<'a> {
    pub(super) data: &'a TrainingData,
    pub(super) sample: &'a TeacherSample,
    pub(super) segmentation: &'a Segmentation,
    pub(super) subwords: &'a [(String, f32)],
    /// The weight of each subword.
    pub(super) weights: &'a [f64],
}

/// The initial vectors of all subwords, row by row.
pub(super) fn initial_rows(
    known: &RunData<'_>,
    dimension: usize,
    threads: usize,
    teacher: &dyn Embedder,
    report: &mut dyn FnMut(&TrainProgress),
) -> Result<Vec<f32>, TrainError> {
    let RunData { data, sample, segmentation, subwords, weights } = *known;
    let weights: Array1<f32> = weights.iter().map(|weight| *weight as f32).collect();
    let shares = language_shares(data, segmentation, subwords.len());
    let total = subwords.len() + sample.len();
    let mut teacher = ReportingTeacher { teacher, done: 0, total, report };
    let mut features = subword_features(&mut teacher, data, subwords, &shares)?;
    standardise(&mut features, &shares, &weights);
    let mut vectors = Vec::new();
    for (texts, language) in sample.texts.iter().zip(&data.languages) {
        let texts: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        vectors.push(teacher.embed(*language, &texts)?);
    }
    reduce(&mut vectors, dimension);
    let targets = targets(sample, &vectors);
    let sums = sample.texts.iter().map(|texts| {
        let bags = texts.iter().map(|(_, id)| segmentation.text(data.corpus.text(*id)));
        weighted_sums(&features, &weights, bags.collect())
    });
    let sums: Vec<Array2<f32>> = sums.collect();
    let map = ridge_regression(&sums, &targets, RIDGE_PENALTY, threads);
    let mut rows = product(features.view(), map.view(), threads, |value| value);
    let square = rows.iter().map(|value| value * value).sum::<f32>() / rows.len().max(1) as f32;
    let scale = INITIAL_RMS / square.sqrt().max(f32::MIN_POSITIVE);
    for (mut row, weight) in rows.rows_mut().into_iter().zip(&weights) {
        row *= scale * weight;
    }
    Ok(rows.into_raw_vec_and_offset().0)
}

/// A teacher that reports its progress.
struct ReportingTeacher<'a> {
    teacher: &'a dyn Embedder,
    done: usize,
    total: usize,
    report: &'a mut dyn FnMut(&TrainProgress),
}

impl ReportingTeacher<'_> {
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
                return Err(TrainError::Teacher("a vector has a value that is not finite".into()));
            }
            part.assign(&vectors);
            self.done += texts.len();
            (self.report)(&TrainProgress::TeacherEmbedded { texts: self.done, total: self.total });
        }
        Ok(rows)
    }
}

/// For each subword, the share of each language in its uses: (subwords, languages).
/// All languages have equal shares in a subword that no text uses.
fn language_shares(
    data: &TrainingData,
    segmentation: &Segmentation,
    subwords: usize,
) -> Array2<f32> {
    let languages = &data.languages;
    let mut counts = Array2::<f32>::zeros((subwords, languages.len()));
    let sides = data.groups.iter().flat_map(|group| [0, 1].map(|side| (group, side)));
    for (group, side) in sides {
        let language = language_index(languages, group.languages[side]);
        for pair in &group.pairs {
            for subword in segmentation.text(data.corpus.text(pair[side])) {
                counts[[subword as usize, language]] += 1.0;
            }
        }
    }
    for (language, texts) in data.texts.iter().enumerate() {
        for &text in texts {
            for subword in segmentation.text(data.corpus.text(text)) {
                counts[[subword as usize, language]] += 1.0;
            }
        }
    }
    for mut column in counts.columns_mut() {
        let sum = column.sum().max(1.0);
        column /= sum;
    }
    for mut row in counts.rows_mut() {
        let sum = row.sum();
        if sum > 0.0 {
            row /= sum;
        } else {
            row.fill(1.0 / languages.len().max(1) as f32);
        }
    }
    counts
}

/// The teacher's vectors of the subwords, each embedded in its main language.
fn subword_features(
    teacher: &mut ReportingTeacher<'_>,
    data: &TrainingData,
    subwords: &[(String, f32)],
    shares: &Array2<f32>,
) -> Result<Array2<f32>, TrainError> {
    let mut features = Array2::zeros((subwords.len(), teacher.teacher.dimension()));
    let main = |subword: usize| {
        let shares = shares.row(subword);
        (0..shares.len()).rev().max_by(|&a, &b| shares[a].total_cmp(&shares[b]))
    };
    for (at, language) in data.languages.iter().enumerate() {
        let own: Vec<usize> =
            (0..subwords.len()).filter(|&subword| main(subword) == Some(at)).collect();
        let texts: Vec<&str> =
            own.iter().map(|&subword| without_word_mark(&subwords[subword].0)).collect();
        let vectors = teacher.embed(*language, &texts)?;
        for (subword, vector) in own.into_iter().zip(vectors.rows()) {
            features.row_mut(subword).assign(&vector);
        }
    }
    Ok(features)
}

/// A subword without the mark of the start of a word.
fn without_word_mark(subword: &str) -> &str {
    subword.strip_prefix('▁').unwrap_or(subword)
}

/// Subtracts the mean of each language, and scales all columns to the same variance.
fn standardise(features: &mut Array2<f32>, shares: &Array2<f32>, weights: &Array1<f32>) {
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

/// The weighted sums of the subword vectors of texts, minus their mean. Each sum is
/// divided by the expected length of a sum of independent vectors.
fn weighted_sums(
    features: &Array2<f32>,
    weights: &Array1<f32>,
    bags: Vec<Vec<u32>>,
) -> Array2<f32> {
    let mut sums = Array2::zeros((bags.len(), features.ncols()));
    for (mut sum, bag) in sums.rows_mut().into_iter().zip(bags) {
        let mut squares = 0.0;
        for subword in bag {
            let weight = weights[subword as usize];
            sum.scaled_add(weight, &features.row(subword as usize));
            squares += weight * weight;
        }
        sum /= squares.sqrt().max(1e-6);
    }
    if let Some(mean) = sums.mean_axis(Axis(0)) {
        sums -= &mean;
    }
    sums
}

/// The target of each text: the mean of its vector and those of its translations.
fn targets(sample: &TeacherSample, vectors: &[Array2<f32>]) -> Vec<Array2<f32>> {
    let mut targets: Vec<Array2<f32>> = vectors.to_vec();
    let mut counts: Vec<Vec<f32>> =
        vectors.iter().map(|vectors| vec![1.0; vectors.nrows()]).collect();
    for pair in &sample.pairs {
        for ([language, text], [other, translation]) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let mut target = targets[language].row_mut(text);
            target += &vectors[other].row(translation);
            counts[language][text] += 1.0;
        }
    }
    for (targets, counts) in targets.iter_mut().zip(counts) {
        for (mut target, count) in targets.rows_mut().into_iter().zip(counts) {
            target /= count;
        }
    }
    targets
}
