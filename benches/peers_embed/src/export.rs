//! A model file (documented in `src/embed/static_model/file.rs`) in the form that
//! model2vec-rs reads.

use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use yada::DoubleArray;
use yada::unit::Unit;

/// Row 0 is that of what no piece covers.
const UNKNOWN: &str = "<unk>";

/// Pieces and table of a model.
pub struct Table {
    pub dimension: usize,
    /// Words are runs of letters and digits in lower case, not what stands
    /// between spaces.
    folded: bool,
    pieces: Vec<(String, f64)>,
    scales: Vec<f32>,
    rows: Vec<i8>,
}

impl Table {
    /// Of the bytes of a model file that the library has accepted.
    pub fn read(file: &[u8]) -> Table {
        let word = |at: usize| -> [u8; 4] { file[at..at + 4].try_into().expect("four bytes") };
        let size = |at| u32::from_le_bytes(word(at)) as usize;
        let floats = |at: usize, count: usize| -> Vec<f32> {
            (0..count).map(|one| f32::from_le_bytes(word(at + 4 * one))).collect()
        };
        let (dimension, n, languages, trie) = (size(24), size(28), size(32), size(36));
        let scores = 56 + languages * (8 + 4 * dimension);
        let rows = scores + 8 * n;
        let trie = file[file.len() - trie..].to_vec();
        let trie = DoubleArray::new(trie).expect("a trie that the library has accepted");
        let mut pieces = vec![(UNKNOWN.to_string(), 0.0); n + 1];
        let log_probabilities = floats(scores, n);
        walk(&trie.0, 0, &mut Vec::new(), &mut |piece, at| {
            let piece = String::from_utf8(piece.to_vec()).expect("pieces are UTF-8");
            pieces[at + 1] = (piece, f64::from(log_probabilities[at]));
        });
        assert!(pieces[1..].iter().all(|(piece, _)| piece != UNKNOWN), "a piece was not found");
        let mut scales = vec![0.0];
        scales.extend(floats(scores + 4 * n, n));
        let mut table = vec![0; dimension];
        table.extend(file[rows..rows + n * dimension].iter().map(|&byte| byte as i8));
        Table { dimension, folded: size(12) == 1, pieces, scales, rows: table }
    }

    /// `tokenizer.json`. `near` comes as near to our words as its steps allow; else
    /// it has as few of them as will do, which is faster.
    pub fn tokenizer(&self, near: bool) -> String {
        let replace = |pattern: &str, content: &str| json!({"type": "Replace", "pattern": {"Regex": pattern}, "content": content});
        let mut normalizers = vec![json!({"type": "NFKC"})];
        if near {
            normalizers.push(replace("[\u{2bc}\u{2019}\u{2018}\u{2b9}\u{201b}\u{ff07}]", "'"));
            normalizers.push(replace(
                "[\\p{Cc}\u{ad}\u{200b}-\u{200f}\u{2060}-\u{2064}\u{feff}&&[^\\s]]",
                "",
            ));
        }
        if self.folded {
            normalizers.push(json!({"type": "Lowercase"}));
        }
        let words = match (self.folded, near) {
            (false, _) => json!({"type": "WhitespaceSplit"}),
            (true, false) => json!({"type": "Whitespace"}),
            (true, true) => {
                let words = "[\\p{L}\\p{N}\\p{M}]+(?:'[\\u0400-\\u052f][\\p{L}\\p{N}\\p{M}]*)*|[^\\p{L}\\p{N}\\p{M}\\s]+";
                json!({"type": "Split", "pattern": {"Regex": words}, "behavior": "Removed", "invert": true})
            }
        };
        let starts = json!({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": false});
        let mut steps = vec![words, starts];
        if self.folded && near {
            // Punctuation has no mark of a word's start.
            let mark = json!({"Regex": "^▁(?![\\p{L}\\p{N}])"});
            steps.push(
                json!({"type": "Split", "pattern": mark, "behavior": "Removed", "invert": false}),
            );
        }
        json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": {"type": "Sequence", "normalizers": normalizers},
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": steps},
            "post_processor": null, "decoder": null,
            "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false, "vocab": self.pieces},
        })
        .to_string()
    }

    /// `model.safetensors`: the rows as they are, with their scales as weights of
    /// tokens, or multiplied into numbers of 32 bits.
    pub fn safetensors(&self, int8: bool) -> Vec<u8> {
        let bytes = |values: &mut dyn Iterator<Item = f32>| -> Vec<u8> {
            values.flat_map(f32::to_le_bytes).collect()
        };
        let shape = vec![self.pieces.len(), self.dimension];
        let rows = self.rows.chunks(self.dimension).zip(&self.scales);
        let (kind, table) = match int8 {
            true => (Dtype::I8, self.rows.iter().map(|&value| value as u8).collect()),
            false => {
                let scaled = rows.flat_map(|(row, scale)| {
                    row.iter().map(move |&value| scale * f32::from(value))
                });
                (Dtype::F32, bytes(&mut { scaled }))
            }
        };
        let scales = bytes(&mut self.scales.iter().copied());
        let view = |kind, shape, data| {
            TensorView::new(kind, shape, data).expect("as many bytes as its shape says")
        };
        let mut tensors = vec![("embeddings", view(kind, shape, &table))];
        if int8 {
            tensors.push(("weights", view(Dtype::F32, vec![self.pieces.len()], &scales)));
        }
        safetensors::serialize(tensors, &None).expect("tensors of these shapes")
    }

    /// `config.json`.
    pub fn config(&self) -> Value {
        json!({"normalize": true})
    }
}

/// Calls `each` with every piece below a node of a double array and its value.
fn walk(trie: &[u8], node: usize, piece: &mut Vec<u8>, each: &mut impl FnMut(&[u8], usize)) {
    let unit = |at: usize| {
        let bytes = trie.get(4 * at..4 * at + 4)?.try_into().ok()?;
        Some(Unit::from_u32(u32::from_le_bytes(bytes)))
    };
    let Some(own) = unit(node) else { return };
    let children = own.offset() as usize ^ node;
    if own.has_leaf() {
        if let Some(leaf) = unit(children) {
            each(piece, leaf.value() as usize);
        }
    }
    for label in 1..=255_u8 {
        let child = children ^ usize::from(label);
        if unit(child).is_some_and(|unit| unit.label() == u32::from(label)) {
            piece.push(label);
            walk(trie, child, piece, each);
            piece.pop();
        }
    }
}
