//! Makes a training set from articles: finds versions of the same article, aligns them, filters and
//! deduplicates the rows, and assigns them to sets. For whole corpora use `bitext build`, which
//! resumes interrupted work and writes a dataset card.
//!
//! ```text
//! cargo run --example training_set > rows.jsonl
//! ```

use bitext::corpus::filter::{CandidatePair, DedupConfig, Deduplicator, FilterConfig};
use bitext::corpus::{PairingConfig, SetsConfig, pair};
use bitext::format::{HfJsonlWriter, Selection, records};
use bitext::{Aligner, Article, Language};

const LANGUAGES: [Language; 2] = [Language::ENGLISH, Language::UKRAINIAN];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut articles = Vec::new();
    for name in ["ferry", "market"] {
        for language in LANGUAGES {
            let file = format!("examples/data/{name}.{language}.txt");
            articles.push(Article::read_as(language, &file)?.with_id(name));
        }
    }
    let aligner = Aligner::new();
    let (filters, duplicates, sets) =
        (FilterConfig::default(), DedupConfig::default(), SetsConfig::default());
    let mut deduplicator = Deduplicator::default();
    let mut out = HfJsonlWriter::new(std::io::stdout(), &LANGUAGES);
    for group in pair(&aligner, &articles, &PairingConfig::default())? {
        let versions = group.members.iter().map(|&index| &articles[index]);
        let bitext = aligner.align(versions)?;
        let name = bitext.articles()[0].label();
        let rows = records(&bitext, &Selection::units());
        let kept = rows.iter().filter(|row| {
            let [Some(english), Some(ukrainian)] = LANGUAGES.map(|one| row.text(one)) else {
                return false;
            };
            let pair = CandidatePair::new((LANGUAGES[0], english), (LANGUAGES[1], ukrainian));
            filters.judge(&pair.with_confidence(row.confidence)).is_kept()
                && deduplicator
                    .check(&duplicates.keys(&[(LANGUAGES[0], english), (LANGUAGES[1], ukrainian)]))
                    .is_empty()
        });
        let kept: Vec<_> = kept.collect();
        eprintln!("{name}: {} of {} rows for {}", kept.len(), rows.len(), sets.set_of(name).name());
        kept.into_iter().try_for_each(|row| out.write(row))?;
    }
    out.finish()?;
    Ok(())
}
