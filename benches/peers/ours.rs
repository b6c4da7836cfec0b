//! Our side of `benches/peers/run.py`: aligns tasks and times aligning alone, as
//! the peers are timed: vectors are made before the clock starts. What is read off
//! the texts (`Side::with_texts`) is timed.
//!
//! Standard input: `{"id", "src_lang", "tgt_lang", "src": [...], "tgt": [...]}` a
//! line. Standard output: `{"id", "beads": [[[i..], [j..]], ..], "seconds"}`, or
//! `{"id", "error"}`. With the argument `whole`, given sentences are not
//! searched in pieces: the very spans that the peers see. An argument that is a
//! JSON object has settings of `AlignConfig` that differ from the default. The
//! background is that of the model, as in `Aligner`; `{"background": null}` has it
//! estimated from the vectors of each task.

use std::io::{BufRead, Write};
use std::time::Instant;

use bitext::align::{
    AlignConfig, Background, PairAlignment, Side, Weights, align_pair, length_factor,
};
use bitext::{Embedder, Language, RuleSplitter, Splitter, StaticEmbedder};
use serde::Deserialize;
use serde_json::{Map, Value, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Task {
    id: String,
    src_lang: String,
    tgt_lang: String,
    src: Vec<String>,
    tgt: Vec<String>,
}

fn main() -> Result<(), Failure> {
    let model = StaticEmbedder::embedded();
    let (mut whole, mut config) = (false, AlignConfig::default().with_background(background()?));
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "whole" => whole = true,
            settings => config = changed(&config, settings)?,
        }
    }
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let task: Task = serde_json::from_str(&line?)?;
        let source = side(&model, &task.src_lang, &task.src, whole)?;
        let target = side(&model, &task.tgt_lang, &task.tgt, whole)?;
        let clock = Clock::start();
        let aligned = align(source, target, &config);
        let seconds = clock.seconds();
        let answer = match aligned {
            Ok(aligned) => {
                let beads = aligned.beads.into_iter();
                let beads: Vec<_> = beads.map(|bead| [bead.source, bead.target]).collect();
                json!({"id": task.id, "beads": beads, "seconds": seconds})
            }
            Err(error) => json!({"id": task.id, "error": error.to_string()}),
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

/// The background of the embedded model as `Aligner` has it: that of the table of weights.
fn background() -> Result<Background, Failure> {
    let table = Weights::default().to_string();
    let row = table.lines().find_map(|line| line.strip_prefix("background\t"));
    let (mean, deviation) = row.and_then(|row| row.split_once('\t')).ok_or("no background")?;
    Ok(Background { mean: mean.parse()?, deviation: deviation.parse()? })
}

/// The settings, with those of a JSON object in place of theirs.
fn changed(config: &AlignConfig, settings: &str) -> Result<AlignConfig, Failure> {
    let mut all: Map<String, Value> = serde_json::from_value(serde_json::to_value(config)?)?;
    all.extend(serde_json::from_str::<Map<String, Value>>(settings)?);
    Ok(serde_json::from_value(Value::Object(all))?)
}

/// A side, with the texts of its pieces.
type Prepared<'t> = (Side, Language, Vec<&'t str>);

fn align(
    source: Prepared<'_>,
    target: Prepared<'_>,
    config: &AlignConfig,
) -> bitext::Result<PairAlignment> {
    let read = |(side, language, texts): Prepared<'_>| side.with_texts(language, &texts);
    align_pair(&read(source)?, &read(target)?, config)
}

/// Seconds of this thread on a processor, so that other programs on the machine
/// do not count; seconds passed where the system does not tell.
struct Clock {
    wall: Instant,
    processor: Option<u64>,
}

impl Clock {
    fn start() -> Clock {
        Clock { wall: Instant::now(), processor: Clock::processor() }
    }

    fn processor() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split(' ').next()?.parse().ok()
    }

    fn seconds(&self) -> f64 {
        // The system counts in ticks of some milliseconds: too coarse for a
        // short text, which is seldom interrupted.
        const SHORT: f64 = 0.05;
        let wall = self.wall.elapsed().as_secs_f64();
        match (self.processor, Clock::processor()) {
            (Some(before), Some(after)) if wall > SHORT => (after - before) as f64 * 1e-9,
            _ => wall,
        }
    }
}

/// As `Aligner` makes it from given sentences.
fn side<'t>(
    model: &StaticEmbedder,
    language: &str,
    sentences: &'t [String],
    whole: bool,
) -> Result<Prepared<'t>, Failure> {
    let language: Language = language.parse()?;
    let splitter = RuleSplitter::default();
    let mut pieces: Vec<&str> = Vec::with_capacity(sentences.len());
    let mut counts = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        let before = pieces.len();
        if !whole {
            let spans = splitter.split(language, sentence);
            pieces.extend(spans.into_iter().filter_map(|span| sentence.get(span)));
        }
        if pieces.len() == before {
            pieces.push(sentence);
        }
        counts.push(pieces.len() - before);
    }
    let factor = length_factor(language);
    let length = |text: &&str| bitext::text::normalize(text).chars().count() as f32 / factor;
    let lengths = pieces.iter().map(length).collect();
    let vectors = model.embed_spans(language, &pieces)?;
    Ok((Side::new(vectors, lengths)?.with_segments(&counts)?, language, pieces))
}
