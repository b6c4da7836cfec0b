//! Aligns tasks with the vectors of any encoder, for real translations in languages that the built-in
//! model does not know.
//!
//! `peers_given VECTORS [CONFIG]`: `VECTORS.txt` has one text per line as a JSON string, and
//! `VECTORS.f32` the vectors of these texts, one after the other, as little-endian numbers. Spans of
//! sentences are texts of their own (joined by a space), as are those of the sample that the
//! background is measured on (`src/align/data/parallel-sample.tsv`). CONFIG is a JSON object with
//! settings of `AlignConfig`. Tasks and answers are as in `ours.rs`, and each bead has its confidence.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use bitext::align::AlignConfig;
use bitext::embed::EmbedError;
use bitext::ndarray::Array2;
use bitext::split::Splitter;
use bitext::text::Span;
use bitext::{Aligner, Article, Embedder, Language};
use serde::Deserialize;
use serde_json::json;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Task {
    id: String,
    src_lang: String,
    tgt_lang: String,
    src: Vec<String>,
    tgt: Vec<String>,
}

/// The vectors of known texts.
struct GivenVectors {
    rows: HashMap<String, usize>,
    vectors: Array2<f32>,
}

impl GivenVectors {
    fn read(path: &str) -> Result<GivenVectors, Failure> {
        let texts = std::fs::read_to_string(format!("{path}.txt"))?;
        let texts: Vec<String> =
            texts.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let bytes = std::fs::read(format!("{path}.f32"))?;
        let numbers: Vec<f32> = bytes
            .chunks_exact(4)
            .map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]]))
            .collect();
        let dimension = numbers.len() / texts.len().max(1);
        let vectors = Array2::from_shape_vec((texts.len(), dimension), numbers)?;
        Ok(GivenVectors { rows: texts.into_iter().zip(0..).collect(), vectors })
    }
}

impl Embedder for GivenVectors {
    fn dimension(&self) -> usize {
        self.vectors.ncols()
    }

    fn fingerprint(&self) -> String {
        "given".to_string()
    }

    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let row = |text: &&str| {
            self.rows.get(*text).copied().ok_or_else(|| format!("no vector for {text:?}"))
        };
        let rows: Vec<usize> = texts.iter().map(row).collect::<Result<_, _>>()?;
        Ok(self.vectors.select(bitext::ndarray::Axis(0), &rows))
    }
}

/// Leaves the given sentences whole, as the peers do.
struct Whole;

impl Splitter for Whole {
    fn split(&self, _: Language, text: &str) -> Vec<Span> {
        std::iter::once(0..text.len()).collect()
    }
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let vectors = arguments.next().ok_or("peers_given VECTORS [CONFIG]")?;
    let config =
        arguments.next().map_or(Ok(AlignConfig::default()), |it| serde_json::from_str(&it))?;
    let aligner = Aligner::with_embedder(GivenVectors::read(&vectors)?)
        .with_splitter(Whole)
        .with_config(config)?;
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let task: Task = serde_json::from_str(&line?)?;
        let (source, target): (Language, Language) =
            (task.src_lang.parse()?, task.tgt_lang.parse()?);
        let articles = vec![
            Article::from_sentences(source, &task.src),
            Article::from_sentences(target, &task.tgt),
        ];
        let bitext = aligner.align(articles)?;
        let (mut beads, mut confidences) = (Vec::new(), Vec::new());
        for bead in bitext.beads(source, target) {
            let side = |language| bead.sentences(language).unwrap_or_default();
            beads.push([side(source), side(target)]);
            confidences.push(bead.confidence());
        }
        let answer = json!({"id": task.id, "beads": beads, "confidences": confidences});
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
