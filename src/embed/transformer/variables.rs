//! The variables of the encoders: their shapes, and their names in published files without the prefix.

use super::folder::{Bert, DistilBert, EncoderConfig};

/// The word vectors. The text before this name is the prefix of all variables.
pub(in crate::embed) const WORDS: &str = "embeddings.word_embeddings.weight";

type Variable = (String, Vec<usize>);

/// All variables of an encoder. They are generated one by one, so that a configuration with a million layers
/// fails at the first missing one.
pub(in crate::embed) fn variables(
    encoder: &EncoderConfig,
) -> Box<dyn Iterator<Item = Variable> + '_> {
    match encoder {
        EncoderConfig::Bert(bert) => Box::new(of_bert(bert)),
        EncoderConfig::DistilBert(bert) => Box::new(of_distilbert(bert)),
        EncoderConfig::XlmRoberta(it) => Box::new(of_bert(&it.bert)),
    }
}

fn of_bert(bert: &Bert) -> impl Iterator<Item = Variable> {
    let [d, inner, words] = sizes([bert.hidden_size, bert.intermediate_size, bert.vocab_size]);
    let [positions, types] = sizes([bert.max_position_embeddings, bert.type_vocab_size]);
    let start = [
        table(WORDS, words, d),
        table("embeddings.position_embeddings.weight", positions, d),
        table("embeddings.token_type_embeddings.weight", types, d),
    ];
    let start = start.into_iter().chain(norm("embeddings.LayerNorm", d));
    start.chain((0..bert.num_hidden_layers).flat_map(move |layer| {
        let at = |name: &str| format!("encoder.layer.{layer}.{name}");
        let mut all = Vec::with_capacity(16);
        for name in ["query", "key", "value"] {
            all.extend(linear(&at(&format!("attention.self.{name}")), d, d));
        }
        all.extend(linear(&at("attention.output.dense"), d, d));
        all.extend(norm(&at("attention.output.LayerNorm"), d));
        all.extend(linear(&at("intermediate.dense"), inner, d));
        all.extend(linear(&at("output.dense"), d, inner));
        all.extend(norm(&at("output.LayerNorm"), d));
        all
    }))
}

fn of_distilbert(bert: &DistilBert) -> impl Iterator<Item = Variable> {
    let [d, inner] = sizes([bert.dim, bert.hidden_dim]);
    let [words, positions] = sizes([bert.vocab_size, bert.max_position_embeddings]);
    let start =
        [table(WORDS, words, d), table("embeddings.position_embeddings.weight", positions, d)];
    let start = start.into_iter().chain(norm("embeddings.LayerNorm", d));
    start.chain((0..bert.n_layers).flat_map(move |layer| {
        let at = |name: &str| format!("transformer.layer.{layer}.{name}");
        let mut all = Vec::with_capacity(16);
        for name in ["q_lin", "k_lin", "v_lin", "out_lin"] {
            all.extend(linear(&at(&format!("attention.{name}")), d, d));
        }
        all.extend(norm(&at("sa_layer_norm"), d));
        all.extend(linear(&at("ffn.lin1"), inner, d));
        all.extend(linear(&at("ffn.lin2"), d, inner));
        all.extend(norm(&at("output_layer_norm"), d));
        all
    }))
}

fn sizes<const N: usize>(sizes: [u32; N]) -> [usize; N] {
    sizes.map(|size| size as usize)
}

fn table(name: &str, rows: usize, columns: usize) -> Variable {
    (name.to_string(), vec![rows, columns])
}

fn linear(name: &str, outputs: usize, inputs: usize) -> [Variable; 2] {
    [(format!("{name}.weight"), vec![outputs, inputs]), (format!("{name}.bias"), vec![outputs])]
}

fn norm(name: &str, size: usize) -> [Variable; 2] {
    [(format!("{name}.weight"), vec![size]), (format!("{name}.bias"), vec![size])]
}
