//! Filters a translation memory and writes the kept pairs as JSONL for Hugging Face's `datasets`.
//! Reports why each of the others was rejected.
//!
//! ```text
//! cargo run --example filter_tmx -- memory.tmx > clean.jsonl
//! ```

use std::fs::File;
use std::io::BufReader;

use bitext::Language;
use bitext::corpus::filter::{
    CandidatePair, DedupConfig, Deduplicator, FilterConfig, FilterCounts,
};
use bitext::format::{HfJsonlWriter, TmxReader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or("examples/data/memory.tmx".to_string());
    let languages = [Language::ENGLISH, Language::GERMAN];
    let (config, duplicates) = (FilterConfig::default(), DedupConfig::default());
    let mut deduplicator = Deduplicator::default();
    let mut counts = FilterCounts::default();
    let mut out = HfJsonlWriter::new(std::io::stdout(), &languages);
    for record in TmxReader::new(&path, BufReader::new(File::open(&path)?)) {
        // A malformed unit is an error; the reader continues after it.
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                eprintln!("{error}");
                continue;
            }
        };
        let [Some(english), Some(german)] = languages.map(|one| record.text(one)) else { continue };
        let pair = CandidatePair::new((languages[0], english), (languages[1], german));
        let mut reasons = config.judge(&pair.with_confidence(record.confidence)).reasons();
        if reasons.is_empty() {
            reasons = deduplicator
                .check(&duplicates.keys(&[(languages[0], english), (languages[1], german)]));
        }
        counts.add(reasons);
        if reasons.is_empty() {
            out.write(&record)?;
        } else {
            let codes: Vec<_> = reasons.iter().map(|reason| reason.code()).collect();
            eprintln!("{}: {}", record.id.as_deref().unwrap_or("-"), codes.join(", "));
        }
    }
    out.finish()?;
    eprintln!("{} kept", counts.kept());
    Ok(())
}
