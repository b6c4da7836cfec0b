//! The aligner accepts or rejects any vectors. NaN, infinity and matrices of the wrong shape are rejected with the
//! right error. Every alignment has each sentence once, with scores and confidences in range.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use std::sync::Mutex;

use bitext::align::{AlignConfig, Background, PairAlignment, Side, SpanVectors, align_pair};
use bitext::embed::EmbedError;
use bitext::ndarray::{Array1, Array2};
use bitext::{Aligner, Article, Bitext, Embedder, Embeddings, ErrorKind, Language};
use libfuzzer_sys::fuzz_target;

const LANGUAGES: [Language; 3] = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];
const SENTENCES: [&str; 8] = [
    "A bridge.",
    "",
    " ",
    "It cost 5 euros in 1999. Nobody paid.",
    "Міст!",
    "Straße 7: zu.",
    "*",
    "\u{feff}e\u{301}",
];

fuzz_target!(|input: &[u8]| {
    let mut bytes = Bytes(input);
    match bytes.next() % 3 {
        0 => vectors(&mut bytes),
        1 => pair(&mut bytes),
        _ => embedder(&mut bytes),
    }
});

/// The unread input, followed by zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, end: usize) -> usize {
        usize::from(self.next()) % end
    }

    /// A float of any four bytes.
    fn any(&mut self) -> f32 {
        f32::from_le_bytes([0; 4].map(|_: u8| self.next()))
    }

    /// A small number, or any float if `any`.
    fn float(&mut self, any: bool) -> f32 {
        if any { self.any() } else { f32::from(self.next() as i8) / 16.0 }
    }

    fn matrix(&mut self, rows: usize, columns: usize, any: bool) -> Array2<f32> {
        Array2::from_shape_simple_fn((rows, columns), || self.float(any))
    }

    fn sentences(&mut self) -> Vec<&'static str> {
        let count = self.below(24);
        (0..count).map(|_| SENTENCES[self.below(SENTENCES.len())]).collect()
    }

    /// Settings; some are out of range.
    fn config(&mut self) -> AlignConfig {
        let mut config = AlignConfig::default();
        let choice = self.next();
        if choice & 1 != 0 {
            config.exact_cells = self.below(64);
        }
        config.crossing = choice & 2 != 0;
        if choice & 4 != 0 {
            config.span_vectors = SpanVectors::Pool;
        }
        if choice & 8 != 0 {
            (config.max_side, config.max_bead) = (self.below(9), self.below(17));
            config.neighbours = self.below(33);
        }
        if choice & 16 != 0 {
            let (mean, deviation) = (self.float(choice & 128 != 0), self.float(choice & 128 != 0));
            config.background = Some(Background { mean, deviation });
            config.min_link_confidence = self.float(choice & 128 != 0);
            config.temperature = self.float(choice & 128 != 0);
            config.min_coverage = self.float(choice & 128 != 0);
        }
        config
    }
}

/// Aligns given vectors. They must be rejected exactly if their shapes or the articles are wrong.
fn vectors(bytes: &mut Bytes<'_>) {
    let config = bytes.config();
    let valid = config.validate().is_ok();
    let aligner = Aligner::with_embedder(Broken::default()).with_config(config);
    assert_eq!(aligner.is_ok(), valid);
    let Ok(aligner) = aligner else { return };
    let dimension = bytes.below(9);
    let mut articles = Vec::new();
    let mut given = Vec::new();
    // The dimensions of the articles that have sentences.
    let mut dimensions = Vec::new();
    // Whether the aligner must accept the input.
    let mut fits = true;
    for _ in 0..bytes.below(4) + 1 {
        let choice = bytes.next();
        let language = LANGUAGES[usize::from(choice) % 3];
        let sentences = bytes.sentences();
        let (mut rows, mut columns) = (sentences.len(), dimension);
        if choice & 4 != 0 {
            rows = bytes.below(24);
            columns = bytes.below(9);
        }
        fits &= rows == sentences.len();
        let Some(embeddings) = embeddings(bytes, rows, columns, choice) else { return };
        dimensions.extend((rows > 0).then_some(columns));
        articles.push(Article::from_sentences(language, sentences));
        given.push(embeddings);
    }
    fits &= dimensions.windows(2).all(|pair| pair[0] == pair[1]);
    fits &= (2..=3).contains(&articles.len());
    let mut languages: Vec<Language> = articles.iter().map(Article::language).collect();
    languages.sort();
    fits &= languages.windows(2).all(|pair| pair[0] != pair[1]);
    let mut with_vectors: Vec<_> = articles.iter().cloned().zip(given).collect();
    let aligned = aligner.align_vectors(with_vectors.clone(), "any");
    match &aligned {
        Ok(bitext) => {
            assert!(fits);
            assert_valid(bitext, &articles);
            // The order of the articles does not matter.
            with_vectors.reverse();
            let again = aligner.align_vectors(with_vectors, "any").expect("as before");
            assert_eq!(again, *bitext);
        }
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::VectorShape | ErrorKind::ArticleCount | ErrorKind::DuplicateLanguage
            ) =>
        {
            assert!(!fits)
        }
        Err(error) => panic!("{error}"),
    }
}

/// Rows, or raw rows with a mean; `None` if they must be rejected.
fn embeddings(
    bytes: &mut Bytes<'_>,
    rows: usize,
    columns: usize,
    choice: u8,
) -> Option<Embeddings> {
    let any = choice & 128 != 0;
    let matrix = bytes.matrix(rows, columns, any);
    let mut finite = matrix.iter().all(|value| value.is_finite());
    let made = if choice & 64 == 0 {
        Embeddings::from_rows(matrix)
    } else {
        let mean: Array1<f32> =
            (0..columns).map(|_| bytes.float(any) / if any { 1.0 } else { 8.0 }).collect();
        finite &= mean.iter().all(|value| (-1.0..=1.0).contains(value));
        Embeddings::from_raw(matrix, mean)
    };
    match made {
        Ok(made) => {
            assert!(finite && made.rows().iter().all(|value| value.is_finite()));
            Some(made)
        }
        Err(error) if error.kind() == ErrorKind::VectorNotFinite && !finite => None,
        Err(error) => panic!("{error}"),
    }
}

/// Aligns two sides with segments, texts and vectors of spans.
fn pair(bytes: &mut Bytes<'_>) {
    let config = bytes.config();
    let dimension = bytes.below(9);
    let Some(source) = side(bytes, dimension) else { return };
    let Some(target) = side(bytes, dimension) else { return };
    let aligned = match align_pair(&source, &target, &config) {
        Ok(aligned) => aligned,
        Err(error) if error.kind() == ErrorKind::InvalidConfig => {
            return assert!(config.validate().is_err());
        }
        Err(error) => panic!("{error}"),
    };
    assert_eq!(align_pair(&source, &target, &config).expect("as before"), aligned);
    let PairAlignment { beads, score, source_null, target_null, .. } = aligned;
    assert!(score.is_finite(), "a score of {score}");
    assert_eq!(
        (source_null.len(), target_null.len()),
        (source.segment_count(), target.segment_count())
    );
    let posteriors = beads.iter().map(|bead| bead.posterior).chain(source_null).chain(target_null);
    for posterior in posteriors {
        assert!((0.0..=1.0).contains(&posterior), "a posterior of {posterior}");
    }
    assert!(beads.iter().all(|bead| bead.score.is_finite()));
    let all = |side: fn(&bitext::align::PairBead) -> &Vec<usize>| {
        assert!(beads.iter().all(|bead| !side(bead).is_empty()));
        beads.iter().flat_map(side).copied().collect::<Vec<usize>>()
    };
    for (mut sentences, segments) in
        [(all(|b| &b.source), source.segment_count()), (all(|b| &b.target), target.segment_count())]
    {
        let count = sentences.len();
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), count, "a sentence is in two beads");
        assert!(sentences.last().is_none_or(|last| *last < segments));
    }
}

fn side(bytes: &mut Bytes<'_>, dimension: usize) -> Option<Side> {
    let choice = bytes.next();
    let texts = bytes.sentences();
    let vectors = embeddings(bytes, texts.len(), dimension, choice)?;
    let mut lengths: Vec<f32> = texts.iter().map(|text| text.len() as f32).collect();
    if choice & 1 != 0 {
        lengths.fill_with(|| bytes.float(choice & 2 != 0));
    }
    let mut side = Side::new(vectors, lengths).ok()?;
    if choice & 4 != 0 {
        side = side.with_texts(Language::GERMAN, &texts).expect("as many texts");
    }
    if choice & 8 != 0 && !texts.is_empty() {
        let first = bytes.below(texts.len()) + 1;
        let rest = texts.len() - first;
        let segments = [first, rest];
        side = side.with_segments(&segments[..if rest == 0 { 1 } else { 2 }]).expect("they add up");
    }
    if choice & 16 != 0 {
        let sizes = 2..bytes.below(4) + 2;
        let spans = sizes.map(|size| {
            bytes.matrix((texts.len() + 1).saturating_sub(size), dimension, choice & 128 != 0)
        });
        side = side.with_spans(spans.collect()).ok()?;
    }
    Some(side)
}

/// An embedder that returns rows from the input, sometimes of the wrong shape.
#[derive(Default)]
struct Broken {
    dimension: usize,
    choice: u8,
    bytes: Mutex<Vec<u8>>,
}

impl Embedder for Broken {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fingerprint(&self) -> String {
        "broken".to_string()
    }

    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let mut left = self.bytes.lock().expect("no panic before");
        let mut bytes = Bytes(&left);
        let shape = match bytes.below(32) {
            30 => (bytes.below(9), self.dimension),
            31 => (texts.len(), bytes.below(9)),
            _ => (texts.len(), self.dimension),
        };
        let rows = bytes.matrix(shape.0, shape.1, self.choice & 128 != 0);
        *left = bytes.0.to_vec();
        match self.choice & 3 {
            3 if rows.iter().any(|value| *value == 1.0) => {
                Err("the input asks for an error".into())
            }
            _ => Ok(rows),
        }
    }
}

/// Aligns with an embedder that may break its contract: the result is the right error or an alignment.
fn embedder(bytes: &mut Bytes<'_>) {
    let config = bytes.config();
    let mut articles = Vec::new();
    for language in LANGUAGES.iter().take(2 + bytes.below(2)) {
        let raw = bytes.next() & 1 != 0;
        let sentences = bytes.sentences();
        articles.push(if raw {
            Article::new(*language, sentences.join("\n"))
        } else {
            Article::from_sentences(*language, sentences)
        });
    }
    let (dimension, choice) = (bytes.below(9), bytes.next());
    let embedder = Broken { dimension, choice, bytes: Mutex::new(bytes.0.to_vec()) };
    let Ok(aligner) = Aligner::with_embedder(embedder).with_config(config) else { return };
    match aligner.align(articles.clone()) {
        Ok(bitext) => assert_valid(&bitext, &articles),
        Err(error) => assert!(
            matches!(
                error.kind(),
                ErrorKind::VectorShape
                    | ErrorKind::VectorNotFinite
                    | ErrorKind::Embedder
                    | ErrorKind::RussianForUkrainian
            ),
            "{error}"
        ),
    }
}

/// Asserts that each sentence is in one unit, and in at most one bead of each language pair.
fn assert_valid(bitext: &Bitext, given: &[Article]) {
    for article in given {
        let language = article.language();
        let found = bitext.article(language).expect("the articles that were given");
        assert_eq!(found.text(), article.text());
        let mut count = vec![0; found.len()];
        let parts = bitext.units().iter().filter_map(|unit| unit.sentences(language));
        parts.flatten().for_each(|&sentence| count[sentence] += 1);
        assert!(count.iter().all(|count| *count == 1), "{language}: {count:?}");
        for pair in bitext.language_pairs() {
            let mut count = vec![0; found.len()];
            let parts = pair.beads.iter().filter_map(|bead| bead.sentences(language));
            parts.flatten().for_each(|&sentence| count[sentence] += 1);
            assert!(count.iter().all(|count| *count <= 1), "{language}: {count:?}");
        }
    }
    let beads = bitext.language_pairs().iter().flat_map(|pair| &pair.beads);
    for unit in bitext.units().iter().chain(beads) {
        assert!(unit.score().is_finite() && (0.0..=1.0).contains(&unit.confidence()), "{unit:?}");
    }
}
