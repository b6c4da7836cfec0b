//! One table of weights serves all models: the aligner measures how similar unrelated sentences are
//! under the model in use.

use std::sync::atomic::{AtomicUsize, Ordering};

use bitext::align::{AlignConfig, Background, Weights};
use bitext::embed::EmbedError;
use bitext::ndarray::Array2;
use bitext::{Aligner, Embedder, Language, StaticEmbedder};

/// The built-in model, but all cosines are squeezed into a range near 1, as those of transformers
/// are: each vector has a large component that all have in common.
struct Squeezed {
    model: StaticEmbedder,
    common: f32,
    embedded: AtomicUsize,
}

impl Squeezed {
    fn new(common: f32) -> Squeezed {
        Squeezed { model: StaticEmbedder::embedded(), common, embedded: AtomicUsize::new(0) }
    }
}

impl Embedder for Squeezed {
    fn dimension(&self) -> usize {
        self.model.dimension() + 1
    }
    fn fingerprint(&self) -> String {
        format!("squeezed by {}", self.common)
    }
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.embedded.fetch_add(texts.len(), Ordering::Relaxed);
        let rows = self.model.embed(language, texts)?;
        let length = (1.0 + self.common * self.common).sqrt();
        let value = |(i, j)| if j < rows.ncols() { rows[[i, j]] } else { self.common } / length;
        Ok(Array2::from_shape_fn((rows.nrows(), rows.ncols() + 1), value))
    }
}

#[test]
fn the_background_of_the_built_in_model_is_that_of_its_weights() {
    let measured = Background::of_model(&StaticEmbedder::embedded()).unwrap();
    let table = Weights::default().to_string();
    let row = table.lines().find_map(|line| line.strip_prefix("background\t")).unwrap();
    assert_eq!(row, format!("{:.4}\t{:.4}", measured.mean, measured.deviation));
}

#[test]
fn a_background_is_measured_in_the_cosines_of_the_model() {
    let plain = Background::of_model(&Squeezed::new(0.0)).unwrap();
    // With a common component of the length 2, a cosine c becomes (c + 4) / 5.
    let squeezed = Background::of_model(&Squeezed::new(2.0)).unwrap();
    assert!((squeezed.mean - (plain.mean + 4.0) / 5.0).abs() < 1e-3, "{squeezed:?}");
    assert!((squeezed.deviation - plain.deviation / 5.0).abs() < 1e-3, "{squeezed:?}");
}

#[test]
fn a_model_whose_cosines_are_all_high_aligns_alike() {
    let articles = [
        ("en", "The bridge is closed. Nobody was hurt. The mayor thanked the drivers for waiting."),
        ("de", "Die Brücke ist gesperrt. Es gab keine Verletzten. Im Winter wird es früh dunkel."),
    ];
    let embedder = Squeezed::new(2.0);
    let aligner = Aligner::with_embedder(embedder);
    let squeezed = aligner.align(articles).unwrap();
    let plain = Aligner::with_embedder(Squeezed::new(0.0)).align(articles).unwrap();
    let beads = |bitext: &bitext::Bitext| -> Vec<String> {
        bitext.rows().map(|row| format!("{:?}", row.texts().collect::<Vec<_>>())).collect()
    };
    assert_eq!(beads(&squeezed), beads(&plain));
    assert!(squeezed.rows().count() >= 2);
}

#[test]
fn a_background_is_measured_once_and_not_if_it_is_given() {
    let count = |config: AlignConfig, times: usize| {
        let embedder: &'static Squeezed = Box::leak(Box::new(Squeezed::new(1.0)));
        struct Shared(&'static Squeezed);
        impl Embedder for Shared {
            fn dimension(&self) -> usize {
                self.0.dimension()
            }
            fn fingerprint(&self) -> String {
                self.0.fingerprint()
            }
            fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
                self.0.embed(language, texts)
            }
        }
        let aligner = Aligner::with_embedder(Shared(embedder)).with_config(config).unwrap();
        for _ in 0..times {
            aligner.align([("en", "The bridge."), ("de", "Die Brücke.")]).unwrap();
        }
        embedder.embedded.load(Ordering::Relaxed)
    };
    let given = AlignConfig::default().with_background(Background { mean: 0.5, deviation: 0.1 });
    let of_articles = count(given.clone(), 1);
    assert_eq!(count(given, 2), 2 * of_articles);
    let (once, twice) = (count(AlignConfig::default(), 1), count(AlignConfig::default(), 2));
    assert_eq!(once + of_articles, twice);
    // 66 sentences in three languages.
    assert_eq!(once, of_articles + 198);
}
