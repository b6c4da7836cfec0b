//! Writes an HTML page for viewing and correcting an alignment.
//!
//! ```text
//! cargo run --features report --example report -- ferry.html
//! ```

use bitext::{Aligner, Article, Language, report};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let explained = Aligner::new().explain([
        Article::read_as(Language::ENGLISH, "examples/data/ferry.en.txt")?,
        Article::read_as(Language::UKRAINIAN, "examples/data/ferry.uk.txt")?,
        Article::read_as(Language::GERMAN, "examples/data/ferry.de.txt")?,
    ])?;
    let html = report::page(explained.bitext(), Some(&explained));
    assert!(html.starts_with("<!doctype html>"));
    match std::env::args().nth(1) {
        Some(path) => std::fs::write(path, html)?,
        None => println!("{} bytes; give a file name to keep the page", html.len()),
    }
    Ok(())
}
