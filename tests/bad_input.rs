//! Bad input of every kind: each is a typed error that says what to do, or a
//! result; none is a panic.

mod common;

use std::ops::Range;

use bitext::align::{AlignConfig, Side, SpanVectors, align_pair};
use bitext::embed::{EmbedError, ModelError};
use bitext::format::{from_json, to_json};
use bitext::text::{Encoding, decode};
use bitext::{
    Aligner, Article, Bitext, Embedder, Embeddings, Error, Language, RuleSplitter, Splitter,
    StaticEmbedder,
};
use common::{ENGLISH, FRENCH, GERMAN, RUSSIAN, UKRAINIAN};
use ndarray::{Array1, Array2, array};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/static-v0.bitext");

fn english(text: impl Into<String>) -> Article {
    Article::new(Language::ENGLISH, text).with_id("a.en.txt")
}

fn ukrainian(text: impl Into<String>) -> Article {
    Article::new(Language::UKRAINIAN, text).with_id("a.uk.txt")
}

fn aligner() -> Aligner {
    Aligner::new().expect("the embedded model is sound")
}

fn align(articles: impl IntoIterator<Item = Article>) -> Result<Bitext, Error> {
    aligner().align(articles)
}

/// Asserts that an error is told in one line that holds all the words.
#[track_caller]
fn says(error: &Error, words: &[&str]) {
    let message = error.to_string();
    assert!(!message.contains('\n'), "{message}");
    for word in words {
        assert!(message.contains(word), "no `{word}` in: {message}");
    }
}

#[test]
fn articles_without_content_are_a_result() {
    for (en, uk) in
        [("", ""), (" \r\n\t", "\u{feff}"), ("", "Є текст. І ще один."), ("\u{200b}", "\u{ad}\n")]
    {
        let bitext = align([english(en), ukrainian(uk)]).expect("a result");
        assert!(bitext.pairs()[0].beads.is_empty());
        assert_eq!(bitext.units().len(), bitext.articles().iter().map(Article::len).sum::<usize>());
        assert!(bitext.units().iter().all(|unit| unit.is_null() && unit.confidence() > 0.99));
        assert!(!bitext.unrelated());
    }
    let none: [&str; 0] = [];
    let bitext = align([
        Article::from_sentences(Language::ENGLISH, none),
        Article::from_sentences(Language::GERMAN, ["", "\u{a0}", "\u{200b}"]),
    ]);
    assert_eq!(bitext.expect("a result").units().len(), 3);
}

#[test]
fn numbers_of_articles_and_languages_are_checked() {
    for count in [0, 1, 4, 50] {
        let error = align(vec![english("A text."); count]).unwrap_err();
        assert!(matches!(error, Error::ArticleCount(found) if found == count));
        says(&error, &["two or three", &count.to_string()]);
    }
    for articles in
        [vec![english("A."), english("B.")], vec![english("A."), ukrainian("Б."), english("C.")]]
    {
        let error = align(articles).unwrap_err();
        assert!(matches!(error, Error::DuplicateLanguage(twice) if twice == Language::ENGLISH));
        says(&error, &["`en`"]);
    }
}

#[test]
fn russian_for_ukrainian_is_refused_in_a_raw_article_only() {
    let error = align([english(ENGLISH.join(" ")), ukrainian(RUSSIAN)]).unwrap_err();
    assert!(matches!(&error, Error::RussianForUkrainian { article } if article == "a.uk.txt"));
    says(&error, &["a.uk.txt", "Russian", "Ukrainian", "list"]);
    let list = Article::from_sentences(Language::UKRAINIAN, [RUSSIAN]);
    assert!(
        align([english(ENGLISH.join(" ")), list])
            .expect("lists are not checked")
            .warnings()
            .iter()
            .all(|warning| !warning.contains("Russian"))
    );
    let given = [english(RUSSIAN), ukrainian(UKRAINIAN.join(" "))];
    let bitext = align(given).expect("named languages are not overruled");
    assert!(bitext.warnings().iter().any(|warning| warning.contains("Russian")));
    let error = Article::detect(FRENCH).unwrap_err();
    assert!(matches!(&error, Error::UnsupportedLanguage { code, .. } if code == "fra"));
    says(&error, &["French", "name the language"]);
    let error = Article::detect("1 2 3").unwrap_err();
    assert!(matches!(error, Error::Uncertain { .. }));
    says(&error, &["name it"]);
}

/// A text's bytes in windows-1251.
fn windows_1251(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        'А'..='я' => (c as u32 - 'А' as u32 + 0xC0) as u8,
        'і' => 0xB3,
        'І' => 0xB2,
        'ї' => 0xBF,
        'є' => 0xBA,
        'ґ' => 0xB4,
        c if c.is_ascii() => c as u8,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[track_caller]
fn not_utf8(bytes: &[u8]) -> (usize, Option<Encoding>) {
    match decode("page.txt", bytes) {
        Err(error @ Error::NotUtf8 { offset, looks_like, .. }) => {
            says(&error, &["page.txt", "byte", "convert it to UTF-8"]);
            (offset, looks_like)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn bytes_that_are_not_utf8_have_a_place_and_a_hint() {
    // No UTF-8 starts as `Б` does here; `Мі` happens to be a whole character.
    let cyrillic = windows_1251(&format!("Будь ласка. {}", UKRAINIAN.join(" ")));
    assert_eq!(not_utf8(&cyrillic), (0, Some(Encoding::Windows1251)));
    says(&decode("x", &cyrillic).unwrap_err(), &["windows-1251"]);
    let mut after = b"https://example.org 2024: ".to_vec();
    let start = after.len();
    after.extend(&cyrillic);
    assert_eq!(not_utf8(&after), (start, Some(Encoding::Windows1251)));

    for text in [ENGLISH.join(" "), GERMAN.join(" "), UKRAINIAN.join(" ")] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let marked = utf16(&format!("\u{feff}{text}"), bytes);
            assert_eq!(not_utf8(&marked), (0, Some(Encoding::Utf16)));
            says(&decode("x", &marked).unwrap_err(), &["UTF-16"]);
        }
    }
    let good = "Добре. ".repeat(1000);
    let cut = &good.as_bytes()[..good.len() - 3];
    assert_eq!(not_utf8(cut).0, cut.len() - 1);
    assert_eq!(not_utf8(b"\xed\xa0\x80").0, 0, "half a surrogate pair");
    assert_eq!(not_utf8(b"ab\xc0\x80").0, 2, "overlong");
}

#[test]
fn utf16_without_a_mark_is_recognised() {
    for text in [ENGLISH.join(" "), GERMAN.join(" "), UKRAINIAN.join(" ")] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            // All bytes of Ukrainian letters in UTF-16 are ASCII ones.
            assert_eq!(not_utf8(&utf16(&text, bytes)).1, Some(Encoding::Utf16), "{text}");
        }
    }
}

/// An embedder that returns what it is told to.
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
        assert!(
            matches!(&error, Error::VectorNotFinite { article, row: 1, column: 2 } if article == "a.en.txt")
        );
        says(&error, &["a.en.txt", "sentence 1", "column 2"]);
    }
}

#[test]
fn an_embedder_that_returns_another_shape_is_refused() {
    for (rows, columns) in [(0, 4), (2, 4), (4, 4), (3, 3), (3, 5), (3, 0), (0, 0), (6, 2)] {
        let error = with_rows(move |_| Ok(Array2::ones((rows, columns)))).unwrap_err();
        assert!(
            matches!(&error, Error::VectorShape { article, expected: (3, 4), got }
                if article == "a.en.txt" && *got == (rows, columns)),
            "{error:?}"
        );
        says(&error, &["a.en.txt", "3", "4"]);
    }
}

#[test]
fn an_embedder_that_fails_is_quoted() {
    let error = with_rows(|_| Err("the server is away".into())).unwrap_err();
    assert!(matches!(&error, Error::Embedder { article, .. } if article == "a.en.txt"));
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
            0 => assert!(matches!(error, Error::VectorNotFinite { .. }), "{error:?}"),
            1 | 2 => assert!(matches!(error, Error::VectorShape { .. }), "{error:?}"),
            _ => assert!(matches!(error, Error::Embedder { .. }), "{error:?}"),
        }
        says(&error, &["a.en.txt"]);
        let mut config = AlignConfig::default();
        config.span_vectors = SpanVectors::Pool;
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
    let aligner = Aligner::with_embedder(Custom {
        dimension: 0,
        rows: |texts: &[&str]| Ok(Array2::zeros((texts.len(), 0))),
    });
    let bitext = aligner.align([english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))]);
    assert!(bitext.expect("a result").pairs()[0].beads.is_empty());
}

/// Aligns raw rows of an additive model.
fn additive(raw: f32, mean: f32) -> Result<bitext::align::PairAlignment, Error> {
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
                    let finite = |bead: &bitext::align::PairBead| bead.score.is_finite();
                    assert!(alignment.beads.iter().all(finite), "{raw} {mean}");
                }
                Err(error) => assert!(
                    matches!(error, Error::VectorNotFinite { .. } | Error::InvalidConfig { .. }),
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
    }
}

/// A splitter that returns what it is told to.
struct Spans(Vec<Range<usize>>);

impl Splitter for Spans {
    fn split(&self, _: Language, _: &str) -> Vec<Range<usize>> {
        self.0.clone()
    }
}

#[test]
fn a_splitter_that_returns_bad_spans_is_refused() {
    let text = "Дах і сад.";
    let span = |start, end| Range { start, end };
    for (spans, sentence) in [
        (vec![span(0, 99)], 0),
        (vec![span(4, 2)], 0),
        (vec![span(0, 6), span(4, 8)], 1),
        (vec![span(7, 9), span(0, 6)], 1),
        (vec![span(0, 1)], 0),
        (vec![span(0, 6), span(8, 9)], 1),
        (vec![span(0, 6), span(7, usize::MAX)], 1),
        (vec![span(usize::MAX, usize::MAX)], 0),
    ] {
        let aligner = aligner().with_splitter(Spans(spans.clone()));
        let lists = Article::from_sentences(Language::ENGLISH, ["A roof."]);
        let error = aligner.align([lists, ukrainian(text)]).unwrap_err();
        assert!(
            matches!(&error, Error::InvalidSpan { article, sentence: at, .. }
                if article == "a.uk.txt" && *at == sentence),
            "{spans:?}: {error:?}"
        );
        says(&error, &["a.uk.txt", &format!("sentence {sentence}")]);
    }
    for spans in
        [vec![], vec![span(0, 0), span(0, 0), span(6, 6)], vec![span(6, 7)], vec![span(0, 17)]]
    {
        let count = spans.len();
        let aligner = aligner().with_splitter(Spans(spans));
        let lists = Article::from_sentences(Language::ENGLISH, ["A roof."]);
        let bitext = aligner.align([lists, ukrainian(text)]).expect("a result");
        assert_eq!(bitext.article(Language::UKRAINIAN).map(Article::len), Some(count));
        let again = from_json(&to_json(&bitext, &Default::default())).expect("the schema");
        assert_eq!(again, bitext);
    }
}

fn model() -> Vec<u8> {
    std::fs::read(MODEL).expect("the model is in the repository")
}

#[track_caller]
fn refused_model(bytes: Vec<u8>, what: &str) -> ModelError {
    match StaticEmbedder::from_bytes(bytes) {
        Err(error @ Error::Model(_)) => {
            says(&error, &["model"]);
            match error {
                Error::Model(error) => error,
                other => panic!("{other:?}"),
            }
        }
        Err(other) => panic!("{what}: {other:?}"),
        Ok(model) => panic!("{what}: accepted as {model:?}"),
    }
}

#[test]
fn a_model_that_is_cut_short_is_refused() {
    let whole = model();
    let places = (0..200).chain((1..40).map(|part| whole.len() / 40 * part));
    for len in places.chain([whole.len() - 4, whole.len() - 1]) {
        let error = refused_model(whole[..len].to_vec(), &format!("{len} bytes"));
        match len {
            0..8 => assert!(matches!(error, ModelError::NotAModel), "{len}: {error:?}"),
            _ => assert!(matches!(error, ModelError::Length { .. }), "{len}: {error:?}"),
        }
    }
    for more in [b"\0".as_slice(), &[7; 4096]] {
        let error = refused_model([&whole, more].concat(), "longer");
        assert!(matches!(error, ModelError::Length { .. }), "{error:?}");
    }
}

#[test]
fn a_model_that_is_altered_is_refused() {
    let whole = model();
    let places = (16..80).step_by(3).chain((1..12).map(|part| whole.len() / 12 * part));
    for at in (0..12).chain(places).chain([whole.len() - 1]) {
        for bit in [0x01, 0x80] {
            let mut altered = whole.clone();
            altered[at] ^= bit;
            let error = refused_model(altered, &format!("byte {at}"));
            match at {
                0..8 => assert!(matches!(error, ModelError::NotAModel)),
                8..12 => assert!(matches!(error, ModelError::Version { .. })),
                24..40 => assert!(matches!(
                    error,
                    ModelError::Length { .. } | ModelError::Checksum { .. }
                )),
                _ => assert!(matches!(error, ModelError::Checksum { .. }), "{at}: {error:?}"),
            }
        }
    }
}

#[test]
fn the_reserved_field_of_a_model_is_zero() {
    for at in 12..16 {
        let mut altered = model();
        altered[at] ^= 0x10;
        refused_model(altered, &format!("byte {at}"));
    }
}

#[test]
fn a_newer_model_asks_for_an_update() {
    for version in [2_u32, 77, u32::MAX] {
        let mut newer = model();
        newer[8..12].copy_from_slice(&version.to_le_bytes());
        let error = refused_model(newer, "newer");
        assert!(matches!(error, ModelError::Version { found, known: 1 } if found == version));
        assert!(error.to_string().contains("update"), "{error}");
    }
}

/// Replaces bytes of a model and makes its checksum right again.
fn forged(patches: &[(usize, &[u8])]) -> Vec<u8> {
    let mut bytes = model();
    for (at, patch) in patches {
        bytes[*at..*at + patch.len()].copy_from_slice(patch);
    }
    let checksum = xxhash_rust::xxh3::xxh3_64(&bytes[24..]);
    bytes[16..24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_model_that_was_badly_made_does_no_harm() {
    let whole = model();
    let size = |at: usize| {
        u32::from_le_bytes([whole[at], whole[at + 1], whole[at + 2], whole[at + 3]]) as usize
    };
    let (d, n, l, trie) = (size(24), size(28), size(32), size(36));
    let means = 56 + l * 8;
    let scores = means + l * d * 4;
    let nan = f32::NAN.to_le_bytes();
    for (patch, what) in [
        ((40, b"\xff\xff".as_slice()), "name"),
        ((56, b"????????".as_slice()), "code"),
        ((means, nan.as_slice()), "mean"),
        ((scores, nan.as_slice()), "score"),
        ((scores + n * 4, nan.as_slice()), "scale"),
    ] {
        let error = refused_model(forged(&[patch]), what);
        assert!(matches!(error, ModelError::Malformed(_)), "{what}: {error:?}");
    }
    // A vocabulary of garbage gives garbage, or is refused.
    for seed in 0_u32..3 {
        let mut state = seed;
        let garbage: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(trie)
        .collect();
        if let Ok(model) = StaticEmbedder::from_bytes(forged(&[(whole.len() - trie, &garbage)])) {
            let rows = model.embed(Language::GERMAN, &GERMAN).expect("static models do not fail");
            assert!(rows.iter().all(|value| value.is_finite()));
        }
    }
}

#[test]
fn model_files_that_cannot_be_read_are_named() {
    let error = StaticEmbedder::from_file("no/such/model").unwrap_err();
    assert!(matches!(error, Error::Read { .. }));
    says(&error, &["no/such/model"]);
    assert!(StaticEmbedder::from_file(".").is_err());
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
    let run = |vectors: Vec<Embeddings>| aligner().align_vectors(articles(), vectors, "elsewhere");
    assert!(run(vec![rows(2, 5), rows(3, 5)]).is_ok(), "in the order of the articles");
    for (vectors, label) in [
        (vec![rows(3, 5), rows(2, 5)], "a.en.txt"),
        (vec![rows(2, 5), rows(4, 5)], "a.en.txt"),
        (vec![rows(1, 5), rows(3, 5)], "a.de.txt"),
        (vec![rows(2, 5), rows(3, 4)], "a.de.txt"),
        (vec![rows(2, 0), rows(3, 4)], "a.de.txt"),
        (vec![rows(0, 5), rows(3, 5)], "a.de.txt"),
        (vec![rows(2, 5)], "articles"),
        (vec![], "articles"),
        (vec![rows(2, 5), rows(3, 5), rows(3, 5)], "articles"),
    ] {
        let error = run(vectors).unwrap_err();
        assert!(
            matches!(&error, Error::VectorShape { article, .. } if article == label),
            "{error:?}"
        );
        says(&error, &[label]);
    }
    for bad in [f32::NAN, f32::INFINITY] {
        let error = Embeddings::from_rows(array![[0.0, bad]]).unwrap_err();
        assert!(matches!(error, Error::VectorNotFinite { row: 0, column: 1, .. }));
        assert!(Embeddings::from_raw(array![[0.0, 1.0]], array![bad, 0.0]).is_err());
    }
    for lengths in [vec![1.0, -1.0], vec![1.0, f32::NAN], vec![f32::INFINITY, 1.0]] {
        let error = Side::new(rows(2, 5), lengths).unwrap_err();
        assert!(matches!(error, Error::InvalidConfig { name: "lengths", .. }));
    }
    assert!(matches!(Side::new(rows(2, 5), vec![1.0]), Err(Error::VectorShape { .. })));
    let side = || Side::new(rows(3, 5), vec![1.0; 3]).expect("it fits");
    for spans in
        [vec![Array2::zeros((3, 5))], vec![Array2::zeros((2, 4))], vec![Array2::zeros((2, 5)); 2]]
    {
        assert!(matches!(side().with_spans(spans), Err(Error::VectorShape { .. })));
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
    let fields: [(&str, Set, &[f32]); 7] = [
        ("threshold", |c, v| c.threshold = v, &[-1.1, 1.1]),
        ("merge_penalty", |c, v| c.merge_penalty = v, &[-0.1]),
        ("length_weight", |c, v| c.length_weight = v, &[-0.1]),
        ("gap_open", |c, v| c.gap_open = v, &[-0.1]),
        ("gap_extend", |c, v| c.gap_extend = v, &[-0.1]),
        ("temperature", |c, v| c.temperature = v, &[0.0, -1.0, 1e-9]),
        ("min_coverage", |c, v| c.min_coverage = v, &[-0.1, 1.1]),
    ];
    for (field, set, bad) in fields {
        for value in bad.iter().chain(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]) {
            let mut config = AlignConfig::default();
            set(&mut config, *value);
            let error = aligner().with_config(config).unwrap_err();
            assert!(matches!(&error, Error::InvalidConfig { name, .. } if *name == field));
            says(&error, &[field]);
        }
    }
    let mut config = AlignConfig::default();
    config.max_cells = 10;
    let aligner = aligner().with_config(config).expect("valid");
    let error =
        aligner.align([english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))]).unwrap_err();
    assert!(matches!(
        error,
        Error::TooLong { source_sentences: 8, target_sentences: 8, limit: 10 }
    ));
    says(&error, &["8 x 8", "10", "max_cells"]);
}

/// Whatever settings are accepted, they give a result.
#[test]
fn extreme_settings_are_a_result_or_refused() {
    type Set = fn(&mut AlignConfig);
    let extremes: [(&str, Set); 12] = [
        ("gap_open", |c| c.gap_open = f32::MAX),
        ("gap_extend = MAX", |c| c.gap_extend = f32::MAX),
        ("gap_extend = 1e38", |c| c.gap_extend = 1e38),
        ("merge_penalty", |c| c.merge_penalty = f32::MAX),
        ("length_weight", |c| c.length_weight = f32::MAX),
        ("temperature", |c| c.temperature = f32::MAX),
        ("temperature", |c| c.temperature = 1e-3),
        ("neighbours", |c| c.neighbours = usize::MAX),
        ("neighbours - 1", |c| c.neighbours = usize::MAX - 1),
        ("max_cells", |c| c.max_cells = usize::MAX),
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

/// A word that comes again and again until a text is 50 MB.
fn fifty_megabytes(piece: &str) -> String {
    piece.repeat(50_000_000 / piece.len() + 1)
}

#[test]
fn a_long_text_without_an_end_is_one_sentence() {
    let mut article = english(fifty_megabytes("word and another word "));
    article.split(&RuleSplitter::default()).expect("it splits");
    assert_eq!(article.len(), 1);
    // Its language is not looked at where the sentences are given.
    let list = Article::from_sentences(Language::ENGLISH, article.sentences());
    let other = Article::from_sentences(Language::GERMAN, GERMAN);
    let bitext = align([list, other]).expect("a result");
    assert_eq!(bitext.article(Language::ENGLISH).map(Article::len), Some(1));
}

#[test]
fn a_long_text_of_many_sentences_is_too_long_or_a_result() {
    let long = english(fifty_megabytes("It rained all day in the town. "));
    let many = Article::from_sentences(Language::GERMAN, vec!["Es regnete."; 100]);
    let error = align([long, many]).unwrap_err();
    assert!(matches!(error, Error::TooLong { target_sentences: 100, .. }), "{error:?}");
    says(&error, &["x 100", "chapters"]);
}

#[test]
fn lines_that_are_no_bitext_are_refused() {
    let good =
        align([english(ENGLISH.join(" ")), ukrainian(UKRAINIAN.join(" "))]).expect("a result");
    let good = to_json(&good, &Default::default());
    assert!(from_json(&good).is_ok());
    let tiny = r#"{"id":null,"sentences":{"en":["A."],"de":["B."]},"units":[{"en":[0],"de":[0],"score":0.5,"confidence":0.5}],"pairs":{"en-de":[]}}"#;
    from_json(tiny).expect("the least that a bitext has");
    for (from, to) in [
        ("\"en\":[0]", "\"en\":[1]"),
        ("\"en\":[0]", "\"en\":[]"),
        ("\"en\":[0]", "\"en\":[0,1]"),
        ("\"en\":[0]", "\"en\":[0,0]"),
        ("\"en\":[0]", "\"en\":[18446744073709551615]"),
        ("\"en\":[0]", "\"en\":[18446744073709551615,0]"),
        ("\"en\":[0]", "\"en\":[-1]"),
        ("\"en\":[0]", "\"en\":0"),
        ("\"en\":[0],", ""),
        ("[\"A.\"]", "[]"),
        ("[\"A.\"]", "\"A.\""),
        ("[\"A.\"]", "[null]"),
        ("\"score\":0.5", "\"score\":null"),
        ("\"score\":0.5", "\"score\":1e39"),
        ("\"confidence\":0.5", "\"confidence\":1.5"),
        ("\"confidence\":0.5", "\"confidence\":-0.1"),
        (",\"de\":[\"B.\"]", ""),
        ("\"en-de\":[]", "\"en-de\":[{\"en\":[0],\"score\":0,\"confidence\":1}]"),
        ("\"en-de\":[]", "\"en-de\":[{\"en\":[5],\"de\":[0],\"score\":0,\"confidence\":1}]"),
        ("\"id\":null", "\"id\":1.5"),
        ("\"id\":null", "\"format_version\":2"),
        ("\"id\":null", "\"spans\":{\"en\":[]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[0,3]]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[2,0]]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[18446744073709551613,18446744073709551615]]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[0,2]]},\"gaps\":{\"en\":[]}"),
        ("\"id\":null", "\"spans\":{\"en\":[[0,2]]},\"gaps\":{\"en\":[\" \",\"\"]}"),
        ("{\"id\"", "[\"id\""),
    ] {
        let line = tiny.replacen(from, to, 1);
        assert_ne!(line, tiny, "{from}");
        let error = from_json(&line).expect_err(&line);
        assert!(
            matches!(error, Error::Json { .. } | Error::InvalidBitext(_) | Error::ArticleCount(_)),
            "{error:?}"
        );
        says(&error, &[]);
    }
    // Cut anywhere, it is refused.
    for end in (0..good.len()).step_by(37).filter(|&end| good.is_char_boundary(end)) {
        assert!(matches!(from_json(&good[..end]), Err(Error::Json { .. })), "cut at {end}");
    }
    // Altered anywhere, it is refused or still a bitext that holds together.
    for at in (0..good.len()).step_by(11) {
        for byte in *b"0],{\"x" {
            let mut altered = good.clone().into_bytes();
            altered[at] = byte;
            let Ok(altered) = String::from_utf8(altered) else { continue };
            if let Ok(bitext) = from_json(&altered) {
                assert!(from_json(&to_json(&bitext, &Default::default())).is_ok(), "{altered}");
            }
        }
    }
}

#[cfg(feature = "cli")]
mod cli {
    use super::*;
    use crate::common::cli::bitext;
    use crate::common::schema::check_bitext;

    fn write(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("it can be written");
        path.display().to_string()
    }

    #[test]
    fn encodings_are_guessed_in_files() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let good = write(&folder, "good", ENGLISH.join(" "));
        let cyrillic = write(&folder, "cyrillic", windows_1251(&UKRAINIAN.join("\r\n")));
        let marked = write(&folder, "marked", utf16("\u{feff}Привіт", u16::to_le_bytes));
        for (path, word) in [(&cyrillic, "windows-1251"), (&marked, "UTF-16")] {
            for args in [vec!["align", "--en", &good, "--uk", path], vec!["align", &good, path]] {
                let message = bitext(&args, b"").refused(1);
                assert!(message.contains(word) && message.contains(path.as_str()), "{message}");
            }
            assert!(bitext(["split", "--lang", "uk", path], b"").refused(1).contains(word));
        }
    }

    #[test]
    fn a_long_text_is_split_and_aligned() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let text = fifty_megabytes("word and another word ");
        let path = write(&folder, "long", &text);
        let out = bitext(["split", "--lang", "en", &path], b"").quiet();
        assert_eq!(out.trim_end(), text.trim_end());
        let short = write(&folder, "short", GERMAN.join(" "));
        let run = bitext(["align", "--en", &path, "--de", &short], b"");
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.len() < 10_000);
    }

    #[test]
    fn a_long_line_of_json_is_served() {
        let text = "It rained all day in the town. ".repeat(20_000);
        let given = serde_json::json!({"en": text, "de": GERMAN}).to_string();
        let run = bitext(["align", "--jsonl"], given.as_bytes());
        assert_eq!(run.status, 0, "{}", run.stderr);
        check_bitext(&given, run.lines()[0]);
    }
}
