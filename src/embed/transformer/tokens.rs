//! Turns texts into token ids.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::processors::bert::BertProcessing;
use tokenizers::utils::truncation::{TruncationParams, TruncationStrategy};
use tokenizers::{Tokenizer, TruncationDirection};
use xxhash_rust::xxh3::Xxh3;

use super::folder::{Plan, Pooling, bytes, json, wrong};
use crate::embed::ModelError;

pub(super) struct Tokens {
    tokenizer: Tokenizer,
    /// The largest number of tokens of a text.
    pub(super) limit: usize,
    pub(super) prefix: String,
    lower: bool,
    /// The hash of the tokenizer file.
    hash: u64,
}

#[derive(Deserialize)]
struct TokenizerConfig {
    do_lower_case: Option<bool>,
    strip_accents: Option<bool>,
    tokenize_chinese_chars: Option<bool>,
}

impl Tokens {
    pub(super) fn read(plan: &Plan, limit: usize, prefix: String) -> Result<Tokens, ModelError> {
        let ready = plan.root.join("tokenizer.json");
        let vocabulary = plan.root.join("vocab.txt");
        let (path, (mut tokenizer, hash)) = match (ready.exists(), vocabulary.exists()) {
            (true, _) => (ready.clone(), from_json(&ready)?),
            (false, true) => (vocabulary.clone(), from_words(&plan.root, &vocabulary)?),
            (false, false) => {
                let fix = if plan.root.join("sentencepiece.bpe.model").exists() {
                    "fetch it, or make it from sentencepiece.bpe.model with `transformers`"
                } else {
                    "fetch it, or vocab.txt, with the other files of the model"
                };
                return Err(wrong(&ready, "the vocabulary is missing", fix));
            }
        };
        tokenizer.with_padding(None);
        let truncation = TruncationParams {
            direction: TruncationDirection::Right,
            max_length: limit,
            strategy: TruncationStrategy::LongestFirst,
            stride: 0,
        };
        tokenizer
            .with_truncation(Some(truncation))
            .map_err(|error| wrong(&path, error, TAKE_MATCHING_VOCABULARY))?;
        let largest = tokenizer.get_vocab(true).into_values().max();
        let rows = plan.encoder.vocabulary();
        // The number of rows is often rounded up. With many more rows, the vocabulary belongs to another
        // model or was truncated.
        let spare = MAX_SPARE_ROWS.max(rows / 100);
        if largest.is_none_or(|id| id as usize >= rows || rows - 1 - id as usize > spare) {
            let largest = largest.map_or("no id".to_string(), |id| format!("ids up to {id}"));
            let reason = format!("it gives {largest}, config.json has a vocab_size of {rows}");
            return Err(wrong(&path, reason, TAKE_MATCHING_VOCABULARY));
        }
        let tokens = Tokens { tokenizer, limit, prefix, lower: plan.lower, hash };
        let (nothing, _) = tokens.encode("")?;
        if let Some(id) = nothing.iter().find(|id| **id as usize >= rows) {
            let reason = format!("it adds the id {id}, config.json has a vocab_size of {rows}");
            return Err(wrong(&path, reason, TAKE_MATCHING_VOCABULARY));
        }
        if nothing.is_empty() && plan.pooling == Pooling::FirstToken {
            let reason = "it adds no token at the start, which the pooling is to take";
            return Err(wrong(&path, reason, TAKE_MATCHING_VOCABULARY));
        }
        Ok(tokens)
    }

    /// The ids of a text with its prefix, and whether the text was truncated.
    pub(super) fn ids(&self, text: &str) -> Result<(Vec<u32>, bool), ModelError> {
        match (self.lower, self.prefix.is_empty()) {
            (false, true) => self.encode(text),
            (false, false) => self.encode(&format!("{}{text}", self.prefix)),
            (true, _) => self.encode(&format!("{}{text}", self.prefix).to_lowercase()),
        }
    }

    fn encode(&self, text: &str) -> Result<(Vec<u32>, bool), ModelError> {
        let encoding = self.tokenizer.encode_fast(text, true);
        let encoding =
            encoding.map_err(|error| ModelError::Failed(format!("the tokenizer says: {error}")))?;
        Ok((encoding.get_ids().to_vec(), !encoding.get_overflowing().is_empty()))
    }

    /// A hash of everything that the vectors depend on, given the hash of the weights.
    pub(super) fn fingerprint(&self, plan: &Plan, weights: u64) -> u64 {
        let mut hash = Xxh3::new();
        hash.update(&weights.to_le_bytes());
        hash.update(&self.hash.to_le_bytes());
        hash.update(&(self.limit as u64).to_le_bytes());
        hash.update(plan.shape().as_bytes());
        hash.update(self.prefix.as_bytes());
        hash.digest()
    }
}

/// Rows without a word that a model may have; a large model may have 1 % of its rows.
const MAX_SPARE_ROWS: usize = 128;
const TAKE_MATCHING_VOCABULARY: &str = "take the vocabulary that belongs to the model";

fn from_json(path: &Path) -> Result<(Tokenizer, u64), ModelError> {
    let bytes = bytes(path)?;
    let tokenizer = Tokenizer::from_bytes(&bytes).map_err(|error| {
        wrong(path, format!("not a tokenizer: {error}"), TAKE_MATCHING_VOCABULARY)
    })?;
    Ok((tokenizer, xxhash_rust::xxh3::xxh3_64(&bytes)))
}

/// BERT's WordPiece tokenizer, from a list of words.
fn from_words(root: &Path, path: &Path) -> Result<(Tokenizer, u64), ModelError> {
    let bytes = bytes(path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| wrong(path, format!("not UTF-8: {error}"), TAKE_MATCHING_VOCABULARY))?;
    let words = text.lines().enumerate().map(|(at, word)| (word.to_string(), at as u32));
    let words: Vec<(String, u32)> = words.collect();
    let special = |name: &str| match words.iter().rfind(|(word, _)| word == name) {
        Some(found) => Ok(found.clone()),
        None => Err(wrong(path, format!("it has no `{name}`"), TAKE_MATCHING_VOCABULARY)),
    };
    let (start, end, _) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
    let config = root.join("tokenizer_config.json");
    let settings: TokenizerConfig = json(&config)?;
    let Some(lower) = settings.do_lower_case else {
        let fix = "set it as the model was trained, or fetch tokenizer.json";
        return Err(wrong(&config, "it does not say `do_lower_case`", fix));
    };
    let chinese = settings.tokenize_chinese_chars.unwrap_or(true);
    // Built from JSON, as in a `tokenizer.json`, because the library's map type is private.
    let model: WordPiece = serde_json::from_str(
        &serde_json::json!({
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": words.into_iter().collect::<BTreeMap<String, u32>>(),
        })
        .to_string(),
    )
    .map_err(|error| wrong(path, error, TAKE_MATCHING_VOCABULARY))?;
    let mut tokenizer = Tokenizer::new(model);
    tokenizer
        .with_normalizer(Some(BertNormalizer::new(true, chinese, settings.strip_accents, lower)))
        .with_pre_tokenizer(Some(BertPreTokenizer))
        .with_post_processor(Some(BertProcessing::new(end, start)));
    let mut hash = Xxh3::new();
    hash.update(&bytes);
    hash.update(format!("{lower} {chinese} {:?}", settings.strip_accents).as_bytes());
    Ok((tokenizer, hash.digest()))
}
