//! Aligns many articles on several threads that share one aligner. The output is the same, byte for
//! byte, for any number of threads.
//!
//! ```text
//! cargo run --example threads
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use bitext::format::{Selection, to_json};
use bitext::{Aligner, Article, Language, Result};

/// The bitexts as lines of JSON, in the order of the articles.
fn align_all(aligner: &Aligner, articles: &[[Article; 2]], threads: usize) -> Result<Vec<String>> {
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for done in std::iter::repeat_n(done, threads) {
            scope.spawn(|| {
                let done = done;
                while let Some(pair) = articles.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let line = aligner.align(pair).map(|b| to_json(&b, &Selection::units()));
                    // The receiver outlives the threads.
                    let _ = done.send((pair[0].label().to_string(), line));
                }
            });
        }
    });
    let mut results: Vec<_> = results.into_iter().collect();
    results.sort_by(|one, other| one.0.cmp(&other.0));
    results.into_iter().map(|(_, line)| line).collect()
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let read = |code| std::fs::read_to_string(format!("examples/data/ferry.{code}.txt"));
    let (english, german) = (read("en")?, read("de")?);
    // In each pair, the German text begins a little later.
    let articles: Vec<_> = (0..24)
        .map(|n| {
            let start = german.char_indices().nth(20 * n).map_or(0, |(at, _)| at);
            let id = format!("article-{n:02}");
            [
                Article::new(Language::ENGLISH, english.as_str()).with_id(&id),
                Article::new(Language::GERMAN, &german[start..]).with_id(id),
            ]
        })
        .collect();
    let aligner = Aligner::new();
    let one = align_all(&aligner, &articles, 1)?;
    assert_eq!(one.len(), articles.len());
    assert_eq!(one, align_all(&aligner, &articles, 4)?);
    println!("{} articles, the same lines from 1 thread and from 4", one.len());
    Ok(())
}
