//! Makes a page to look at an alignment and correct it.
//!
//! ```text
//! cargo run --features report --example report -- ferry.html
//! ```

use bitext::{Aligner, Article, Language, report};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let explained = Aligner::new().explain([
        Article::new(Language::ENGLISH, std::fs::read_to_string("examples/data/ferry.en.txt")?),
        Article::new(Language::UKRAINIAN, std::fs::read_to_string("examples/data/ferry.uk.txt")?),
        Article::new(Language::GERMAN, std::fs::read_to_string("examples/data/ferry.de.txt")?),
    ])?;
    let html = report::page(explained.bitext(), Some(&explained));
    assert!(html.starts_with("<!doctype html>"));
    match std::env::args().nth(1) {
        Some(path) => std::fs::write(path, html)?,
        None => println!("{} bytes; name a file to keep it", html.len()),
    }
    Ok(())
}
