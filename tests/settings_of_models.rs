//! Weights and background belong to the model: who changes another setting keeps them.

use bitext::align::{AlignConfig, Weights};
use bitext::embed::EmbedError;
use bitext::ndarray::Array2;
use bitext::{Aligner, Embedder, Language};

/// Calls itself by the name of a model; its vectors are of no matter here.
struct Named(&'static str);

/// The first line of the table of e5-small's weights has it.
const E5_SMALL: &str = "bert-384:6397e869f46da526";

impl Embedder for Named {
    fn dimension(&self) -> usize {
        1
    }
    fn fingerprint(&self) -> String {
        self.0.to_string()
    }
    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        Ok(Array2::ones((texts.len(), 1)))
    }
}

#[test]
fn unset_settings_come_from_the_embedders_model() {
    let learnt = AlignConfig::for_model(E5_SMALL).expect("a table of weights");
    assert_eq!((&learnt.weights, learnt.background), (&Some(Weights::e5_small()), Some(0.84)));
    let plain = Aligner::with_embedder(Named(E5_SMALL));
    let mut config = AlignConfig::default();
    let same = Aligner::with_embedder(Named(E5_SMALL)).with_config(config.clone()).unwrap();
    assert_eq!((same.config(), same.fingerprint()), (plain.config(), plain.fingerprint()));
    config.crossing = true;
    let other = Aligner::with_embedder(Named(E5_SMALL)).with_config(config.clone()).unwrap();
    assert!(other.config().crossing);
    assert_eq!(other.config().weights, learnt.weights);
    assert_eq!(other.config().background, learnt.background);

    // Each of the two can be set alone.
    config.background = Some(0.5);
    let other = Aligner::with_embedder(Named(E5_SMALL)).with_config(config.clone()).unwrap();
    assert_eq!((&other.config().weights, other.config().background), (&learnt.weights, Some(0.5)));
    config.weights = Some(Weights::default());
    let other = Aligner::with_embedder(Named(E5_SMALL)).with_config(config).unwrap();
    assert_eq!(other.config().weights, Some(Weights::default()));
}

#[test]
fn an_unknown_model_gets_the_settings_of_the_embedded_model() {
    let aligner = Aligner::with_embedder(Named("someone's model"));
    let config = aligner.config();
    assert_eq!((&config.weights, config.background), (&Some(Weights::default()), Some(0.3)));
    assert_eq!(config.fingerprint(), AlignConfig::default().fingerprint());
}
