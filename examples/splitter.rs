//! Aligns with a custom splitter. This one takes each line as a sentence, as in subtitles.
//!
//! ```text
//! cargo run --example splitter
//! ```

use bitext::text::Span;
use bitext::{Aligner, Language, Splitter};

struct Lines;

impl Splitter for Lines {
    fn split(&self, _: Language, text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            if !content.is_empty() {
                let from = start + line.find(content).unwrap_or(0);
                spans.push(from..from + content.len());
            }
            start += line.len();
        }
        spans
    }
}

fn main() -> Result<(), bitext::Error> {
    let english = "Is the ferry gone?\nIt left. An hour ago.\n\nThen we shall walk.\n";
    let german = "Ist die Fähre weg?\nSie ist vor einer Stunde abgefahren.\nDann gehen wir zu Fuß.";
    let aligner = Aligner::new().with_splitter(Lines);
    let bitext = aligner.align([("en", english), ("de", german)])?;
    println!("{bitext}");
    assert!(bitext.articles().iter().all(|article| article.len() == 3));
    Ok(())
}
