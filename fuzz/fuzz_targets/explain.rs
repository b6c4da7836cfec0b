//! Explanations agree with the alignment. For any sentences with any finite vectors, the bitext is
//! the same with and without explanations, and each potential is the sum of weighted features.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use std::collections::HashSet;

use bitext::align::{AlignConfig, BeadExplanation, ExplainedBitext};
use bitext::embed::EmbedError;
use bitext::ndarray::Array2;
use bitext::{Aligner, Article, Embedder, Language};
use libfuzzer_sys::fuzz_target;

const LANGUAGES: [Language; 3] = [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN];
const DIMENSION: usize = 4;

fuzz_target!(|input: (u8, [&str; 3])| {
    let (choice, texts) = input;
    let mut config = AlignConfig::default();
    config.crossing = choice & 1 != 0;
    if choice & 2 != 0 {
        // Search even short texts in a band, as long texts are.
        config.exact_cells = 16;
    }
    if choice & 4 != 0 {
        (config.max_side, config.max_bead) = (2, 3);
    }
    let languages = 2 + usize::from(choice >> 3 & 1);
    let articles: Vec<Article> = LANGUAGES
        .into_iter()
        .zip(texts)
        .take(languages)
        .map(|(language, text)| {
            if choice & 16 == 0 {
                // The language of given sentences is not checked.
                Article::from_sentences(language, text.split('\n').take(64))
            } else {
                Article::new(language, text)
            }
        })
        .collect();
    let aligner =
        Aligner::with_embedder(Letters).with_config(config).expect("settings in their ranges");
    match (aligner.align(articles.clone()), aligner.explain(articles)) {
        (Ok(bitext), Ok(explained)) => {
            assert_eq!(explained.bitext(), &bitext);
            check(&explained);
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
        (one, other) => panic!("{one:?}, but {other:?}"),
    }
});

fn check(explained: &ExplainedBitext) {
    let bitext = explained.bitext();
    assert!(explained.unit(bitext.units().len()).is_none());
    for (at, unit) in bitext.units().iter().enumerate() {
        let why = explained.unit(at).expect("a unit of the bitext");
        assert_eq!((why.index, &why.unit), (at, unit));
        for pair in &why.pairs {
            let texts = [pair.source, pair.target]
                .map(|language| bitext.article(language).expect("a language of the bitext").text());
            for bead in pair.beads.iter().chain(&pair.alternatives) {
                check_potential(bead);
                for (text, spans) in texts.iter().zip([&bead.source, &bead.target]) {
                    assert!(
                        !spans.is_empty()
                            && spans.iter().all(|span| text.get(span.clone()).is_some())
                    );
                }
            }
            assert!(pair.alternatives.len() <= 5);
            assert!(pair.alternatives.is_sorted_by(|one, next| one.posterior >= next.posterior));
            let mut seen = HashSet::new();
            for null in &pair.nulls {
                assert!((0.0..=1.0).contains(&null.posterior), "{null:?}");
                assert!(seen.insert((null.language, null.sentence)), "{null:?} twice");
                assert!(
                    unit.sentences(null.language).is_some_and(|all| all.contains(&null.sentence))
                );
            }
        }
    }
}

/// Checks that the potential is the sum of values times weights.
fn check_potential(bead: &BeadExplanation) {
    assert!(
        (0.0..=1.0).contains(&bead.posterior)
            && bead.margin.is_finite()
            && bead.potential.is_finite(),
        "{bead:?}"
    );
    let (mut sum, mut size) = (0.0_f64, 1.0_f64);
    for part in &bead.features {
        let nats = f64::from(part.value) * f64::from(part.weight);
        assert!((nats - f64::from(part.nats)).abs() <= 1e-4 * nats.abs().max(1.0), "{part:?}");
        sum += nats;
        size += nats.abs();
    }
    assert!((sum - f64::from(bead.potential)).abs() <= 1e-4 * size, "{sum}: {bead:?}");
}

/// An embedder that counts letters. Vectors of similar texts are similar; texts without letters have zero vectors.
struct Letters;

impl Embedder for Letters {
    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn fingerprint(&self) -> String {
        "letters".to_string()
    }

    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let mut rows = Array2::zeros((texts.len(), DIMENSION));
        for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
            for c in text.chars().filter(|c| c.is_alphanumeric()) {
                row[c as usize % DIMENSION] += 1.0 - (c as usize / DIMENSION % 3) as f32;
            }
        }
        Ok(rows)
    }
}
