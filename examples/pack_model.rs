//! Packs a folder with `model.safetensors` and `tokenizer.json` into one model file such as
//! `models/static-v1.bitext`.
//!
//! ```text
//! cargo run --features safetensors --example pack_model -- FOLDER OUT.bitext
//! ```

use bitext::{Embedder, StaticEmbedder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [folder, out] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: pack_model FOLDER OUT.bitext")?;
    let bytes = StaticEmbedder::pack_dir(folder)?;
    std::fs::write(&out, &bytes)?;
    let model = StaticEmbedder::from_bytes(bytes)?;
    println!("{out}: {} subwords, {}", model.vocabulary_len(), model.fingerprint());
    Ok(())
}
