//! Embedders, vectors and settings that break their promise.

use bitext::align::{
    AlignConfig, Background, PairAlignment, PairBead, Side, SpanVectors, Weights, align_pair,
};
use bitext::embed::EmbedError;
use bitext::{Aligner, Article, Bitext, Embedder, Embeddings, Error, ErrorKind, Language, Warning};
use ndarray::{Array1, Array2, array};

use crate::common::{ENGLISH, GERMAN, UKRAINIAN};
use crate::{aligner, english, says, ukrainian};

/// An embedder that returns the given vectors.
struct Custom<F> {
    dimension: usize,
    rows: F,
}

impl<F> Embedder for Custom<F>
where
    F: Fn(&[&str]) -> Result<Array2<f32>, EmbedError> + Send + Sync,
{
    fn dimension(&self) -> usize {
        self.dimension
    }
    fn fingerprint(&self) -> String {
        "custom".to_string()
    }
    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        (self.rows)(texts)
    }
}

/// Aligns three English with two Ukrainian sentences by an embedder.
fn with_rows(
    rows: impl Fn(&[&str]) -> Result<Array2<f32>, EmbedError> + Send + Sync + 'static,
) -> Result<Bitext, Error> {
    let aligner = Aligner::with_embedder(Custom { dimension: 4, rows });
    aligner.align([english(ENGLISH[..3].join(" ")), ukrainian(UKRAINIAN[..2].join(" "))])
}

#[test]
fn an_embedder_that_returns_no_numbers_is_refused() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = with_rows(move |texts| {
            let mut rows = Array2::ones((texts.len(), 4));
            rows[[1, 2]] = bad;
            Ok(rows)
        })
        .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VectorNotFinite);
        assert_eq!(error.article(), Some("a.en.txt"));
        says(&error, &["a.en.txt", "sentence 1", "column 2"]);
    }
}

#[test]
fn an_embedder_that_returns_another_shape_is_refused() {
    for (rows, columns) in [(0, 4), (2, 4), (4, 4), (3, 3), (3, 5), (3, 0), (0, 0), (6, 2)] {
        let error = with_rows(move |_| Ok(Array2::ones((rows, columns)))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VectorShape);
        assert_eq!(error.article(), Some("a.en.txt"));
        let got = format!("got {rows} of dimension {columns}");
        says(&error, &["a.en.txt", "expected 3 vectors of dimension 4", &got]);
    }
}

#[test]
fn a_matrix_without_rows_may_have_any_columns() {
    let aligner =
        Aligner::with_embedder(Custom { dimension: 4, rows: |_: &[&str]| Err("".into()) });
    let article = |language, sentences: &[&str]| Article::from_sentences(language, sentences);
    let (en, uk, de) = (Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN);
    for columns in [0, 2, 5] {
        for empty in [en, uk, de] {
            let articles = [en, uk, de].map(|language| match language == empty {
                true => article(language, &[]),
                false => article(language, &["a", "b"]),
            });
            let articles = articles.map(|article| {
                let shape = if article.is_empty() { (0, columns) } else { (2, 2) };
                let rows = Array2::from_shape_fn(shape, |(i, j)| f32::from(u8::from(i == j)));
                (article, Embeddings::from_rows(rows).unwrap())
            });
            let bitext = aligner.align_vectors(articles, "ones").unwrap();
            assert_eq!(bitext.units().len(), 2, "{empty} {columns}");
        }
    }
}

#[test]
fn an_embedder_that_fails_is_quoted() {
    let error = with_rows(|_| Err("the server is away".into())).unwrap_err();
    assert_eq!((error.kind(), error.article()), (ErrorKind::Embedder, Some("a.en.txt")));
    says(&error, &["a.en.txt", "the server is away"]);
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn an_embedder_that_breaks_off_at_longer_spans_is_refused() {
    type Rows = fn(&[&str]) -> Result<Array2<f32>, EmbedError>;
    // Spans of two sentences are asked for as joined texts.
    let spans = |texts: &[&str]| texts.iter().any(|text| text.matches('.').count() > 1);
    let bad: [Rows; 4] = [
        |texts| Ok(Array2::from_elem((texts.len(), 4), f32::NAN)),
        |texts| Ok(Array2::ones((texts.len() + 1, 4))),
        |texts| Ok(Array2::ones((texts.len(), 3))),
        |_| Err("too long".into()),
    ];
    for (at, bad) in bad.into_iter().enumerate() {
        let rows = move |texts: &[&str]| match spans(texts) {
            true => bad(texts),
            false => Ok(Array2::ones((texts.len(), 4))),
        };
        let error = with_rows(rows).unwrap_err();
        match at {
            0 => assert_eq!(error.kind(), ErrorKind::VectorNotFinite, "{error:?}"),
            1 | 2 => assert_eq!(error.kind(), ErrorKind::VectorShape, "{error:?}"),
            _ => assert_eq!(error.kind(), ErrorKind::Embedder, "{error:?}"),
        }
        says(&error, &["a.en.txt"]);
        let mut config = AlignConfig::default();
        config.span_vectors = SpanVectors::Pool;
        // Else it would be measured on texts of several sentences.
        config.background = Some(Background { mean: 0.0, deviation: 0.1 });
        let aligner = Aligner::with_embedder(Custom { dimension: 4, rows });
        let aligner = aligner.with_config(config).expect("valid");
        let articles = [english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))];
        assert!(aligner.align(articles).is_ok(), "pooled spans are not asked for");
    }
}

#[test]
fn extreme_but_finite_vectors_are_a_result() {
    for value in [0.0, -0.0, f32::MIN_POSITIVE, f32::from_bits(1), f32::MAX, f32::MIN, 1e-30, 1e30]
    {
        let bitext = with_rows(move |texts| Ok(Array2::from_elem((texts.len(), 4), value)));
        assert_eq!(bitext.expect("a result").articles().len(), 2);
    }
    assert_eq!(without_dimension().articles().len(), 2);
}

/// Parallel texts with vectors of no numbers.
fn without_dimension() -> Bitext {
    let aligner = Aligner::with_embedder(Custom {
        dimension: 0,
        rows: |texts: &[&str]| Ok(Array2::zeros((texts.len(), 0))),
    });
    let articles = [english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))];
    aligner.align(articles).expect("a result")
}

#[test]
fn vectors_of_no_numbers_link_nothing() {
    assert!(without_dimension().language_pairs()[0].beads.is_empty());
}

/// Aligns raw rows of an additive model.
fn additive(raw: f32, mean: f32) -> Result<PairAlignment, Error> {
    let raw = array![[1.0, 0.2, 0.0], [0.1, 1.0, 0.3], [0.0, 0.3, 1.0]] * raw;
    let mean = Array1::from(vec![1.0, 0.5, 0.2]) * mean;
    let side = Side::new(Embeddings::from_raw(raw, mean)?, vec![40.0; 3])?;
    align_pair(&side, &side, &AlignConfig::default())
}

#[test]
fn extreme_means_of_additive_models_are_a_result_or_an_error() {
    for mean in [0.0, 1e-30, 1.0, 1e10, 1e19, 1e25, f32::MAX] {
        for raw in [1.0, 1e25, f32::MAX] {
            match additive(raw, mean) {
                Ok(alignment) => {
                    assert!(alignment.score.is_finite(), "{raw} {mean}");
                    let finite = |bead: &PairBead| bead.score.is_finite();
                    assert!(alignment.beads.iter().all(finite), "{raw} {mean}");
                }
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::VectorNotFinite | ErrorKind::InvalidConfig),
                    "{error:?}"
                ),
            }
        }
    }
}

#[test]
fn only_the_direction_of_raw_rows_counts() {
    let expected = additive(1.0, 0.1).expect("a result");
    assert_eq!(expected.beads.len(), 3);
    for raw in [1e-30, 1e-22, 1e-10, 1e10, 1e30] {
        let found = additive(raw, 0.1).expect("a result");
        assert_eq!(found.beads.len(), 3, "scaled by {raw}");
        for (one, other) in expected.beads.iter().zip(&found.beads) {
            assert!((one.score - other.score).abs() < 1e-3, "scaled by {raw}: {other:?}");
        }
    }
}

#[test]
fn vectors_from_elsewhere_are_checked() {
    let rows = |n: usize, d: usize| {
        Embeddings::from_rows(Array2::from_shape_fn((n, d), |(i, j)| (i * 7 + j * 3) as f32))
            .expect("finite")
    };
    let articles = || {
        let german = Article::from_sentences(Language::GERMAN, &GERMAN[..2]).with_id("a.de.txt");
        [german, english(ENGLISH[..3].join(" "))]
    };
    let run = |vectors: [Embeddings; 2]| {
        aligner().align_vectors(articles().into_iter().zip(vectors), "elsewhere")
    };
    assert!(run([rows(2, 5), rows(3, 5)]).is_ok());
    for (vectors, label) in [
        ([rows(3, 5), rows(2, 5)], "a.en.txt"),
        ([rows(2, 5), rows(4, 5)], "a.en.txt"),
        ([rows(1, 5), rows(3, 5)], "a.de.txt"),
        ([rows(2, 5), rows(3, 4)], "a.de.txt"),
        ([rows(2, 0), rows(3, 4)], "a.de.txt"),
        ([rows(0, 5), rows(3, 5)], "a.de.txt"),
    ] {
        let error = run(vectors).unwrap_err();
        assert_eq!((error.kind(), error.article()), (ErrorKind::VectorShape, Some(label)));
        says(&error, &[label]);
    }
    for bad in [f32::NAN, f32::INFINITY] {
        let error = Embeddings::from_rows(array![[0.0, bad]]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::VectorNotFinite);
        says(&error, &["sentence 0", "column 1"]);
        assert!(Embeddings::from_raw(array![[0.0, 1.0]], array![bad, 0.0]).is_err());
    }
    for lengths in [vec![1.0, -1.0], vec![1.0, f32::NAN], vec![f32::INFINITY, 1.0]] {
        let error = Side::new(rows(2, 5), lengths).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        says(&error, &["`lengths`"]);
    }
    assert_eq!(Side::new(rows(2, 5), vec![1.0]).unwrap_err().kind(), ErrorKind::VectorShape);
    let side = || Side::new(rows(3, 5), vec![1.0; 3]).expect("it fits");
    for spans in
        [vec![Array2::zeros((3, 5))], vec![Array2::zeros((2, 4))], vec![Array2::zeros((2, 5)); 2]]
    {
        assert_eq!(side().with_spans(spans).unwrap_err().kind(), ErrorKind::VectorShape);
    }
}

#[test]
fn extreme_lengths_are_a_result() {
    let side = |length: f32| {
        let rows = array![[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]];
        Side::new(Embeddings::from_rows(rows).expect("finite"), vec![length; 3]).expect("it fits")
    };
    let lengths = [0.0, f32::from_bits(1), 1e-20, 1.0, 1e20, f32::MAX];
    for (source, target) in lengths.iter().flat_map(|a| lengths.iter().map(move |b| (*a, *b))) {
        let alignment = align_pair(&side(source), &side(target), &AlignConfig::default());
        let alignment = alignment.expect("a result");
        assert!(alignment.score.is_finite(), "{source} {target}");
        let posteriors = alignment.source_null.iter().chain(&alignment.target_null);
        assert!(posteriors.copied().all(|p| (0.0..=1.0).contains(&p)), "{source} {target}");
    }
}

#[test]
fn settings_are_checked() {
    type Set = fn(&mut AlignConfig, f32);
    let fields: [(&str, Set, &[f32]); 5] = [
        (
            "background",
            |c, v| c.background = Some(Background { mean: v, deviation: 0.1 }),
            &[-1.1, 1.1],
        ),
        (
            "background",
            |c, v| c.background = Some(Background { mean: 0.1, deviation: v }),
            &[-0.1, 0.0, 2.1],
        ),
        ("min_link_confidence", |c, v| c.min_link_confidence = v, &[-0.1, 1.1]),
        ("temperature", |c, v| c.temperature = v, &[0.0, -1.0, 1e-9, 9e-3, 101.0]),
        ("min_coverage", |c, v| c.min_coverage = v, &[-0.1, 1.1]),
    ];
    for (field, set, bad) in fields {
        for value in bad.iter().chain(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]) {
            let mut config = AlignConfig::default();
            set(&mut config, *value);
            let error = aligner().with_config(config).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            says(&error, &[&format!("`{field}`")]);
        }
    }
    type SetCount = fn(&mut AlignConfig, usize);
    let counts: [(&str, SetCount, &[usize]); 3] = [
        ("max_side", |c, v| c.max_side = v, &[0, 9, usize::MAX]),
        ("max_bead", |c, v| c.max_bead = v, &[0, 1, 17, usize::MAX]),
        ("neighbours", |c, v| c.neighbours = v, &[0, 33, usize::MAX]),
    ];
    for (field, set, bad) in counts {
        for value in bad {
            let mut config = AlignConfig::default();
            set(&mut config, *value);
            let error = aligner().with_config(config).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            says(&error, &[&format!("`{field}`")]);
        }
    }
    let mut config = AlignConfig::default();
    config.exact_cells = 25_000_001;
    let error = aligner().with_config(config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    says(&error, &["`exact_cells`"]);
}

#[test]
fn texts_that_are_too_long_for_an_exact_search_are_reported() {
    let articles = || [english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))];
    let exact = aligner().align(articles()).expect("a result");
    let mut config = AlignConfig::default();
    config.exact_cells = 10;
    let banded = aligner().with_config(config).expect("valid").align(articles()).expect("a result");
    let says = |bitext: &Bitext| bitext.warnings().contains(&Warning::Approximate);
    assert!(says(&banded) && !says(&exact));
    assert_eq!(banded.units(), exact.units());
}

/// A table in which all weights are one number. Shares and the background cannot be any number.
fn all_weights(value: f32) -> Weights {
    let table = Weights::default().to_string();
    let mut lines = table.lines();
    let mut out = format!("{}\n", lines.next().expect("a header"));
    for line in lines {
        let mut columns = line.split('\t');
        let name = columns.next().expect("a name");
        if name.contains("share") || name == "background" {
            out.push_str(&format!("{line}\n"));
            continue;
        }
        out.push_str(name);
        columns.for_each(|_| out.push_str(&format!("\t{value}")));
        out.push('\n');
    }
    out.parse().expect("within the limits")
}

/// Whatever settings are accepted, they give a result.
#[test]
fn extreme_settings_are_a_result_or_refused() {
    type Set = fn(&mut AlignConfig);
    let extremes: [(&str, Set); 13] = [
        ("weights = 1000", |c| c.weights = Some(all_weights(1000.0))),
        ("weights = -1000", |c| c.weights = Some(all_weights(-1000.0))),
        ("weights = 0", |c| c.weights = Some(all_weights(0.0))),
        ("weights at the lowest temperature", |c| {
            (c.weights, c.temperature) = (Some(all_weights(1000.0)), 0.01);
        }),
        ("temperature = 100", |c| c.temperature = 100.0),
        ("temperature = 0.01", |c| c.temperature = 0.01),
        ("background = -1", |c| c.background = Some(Background { mean: -1.0, deviation: 0.001 })),
        ("background = 1", |c| c.background = Some(Background { mean: 1.0, deviation: 2.0 })),
        ("neighbours = 1", |c| c.neighbours = 1),
        ("neighbours = 32", |c| c.neighbours = 32),
        ("exact_cells", |c| c.exact_cells = 0),
        ("max_side", |c| (c.max_side, c.max_bead) = (8, 16)),
        ("max_bead", |c| (c.max_side, c.max_bead) = (8, 2)),
    ];
    let mut panicked = Vec::new();
    for (name, set) in extremes {
        let mut config = AlignConfig::default();
        set(&mut config);
        let run = std::panic::catch_unwind(|| {
            let Ok(aligner) = aligner().with_config(config) else { return };
            let blank = Article::from_sentences(Language::GERMAN, ["", "", GERMAN[0], ""]);
            let articles = [english(ENGLISH.join(" ")), ukrainian(UKRAINIAN[..5].join(" ")), blank];
            let bitext = aligner.align(articles).expect("a result");
            assert!(bitext.units().iter().all(|unit| unit.score().is_finite()));
        });
        if run.is_err() {
            panicked.push(name);
        }
    }
    assert!(panicked.is_empty(), "{panicked:?}");
}
