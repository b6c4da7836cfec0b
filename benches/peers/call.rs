//! The time of `Aligner::align`, for `reports/speed.py`, which does the same from Python.
//!
//! Without arguments: prints the microseconds of a call for each of two pairs of small articles, the least
//! mean of some rounds. With `many FILE THREADS`: aligns the articles of a file of lines of JSON on some
//! threads, and prints the seconds that this took and the number of units. The file is read before.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;
use std::time::Instant;

use bitext::{Aligner, Article, Language};
use serde_json::Value;

const ARTICLES: [(&str, &str); 2] = [
    ("The bridge is closed.", "Die Brücke ist gesperrt."),
    (
        "The bridge is closed. The storm damaged it badly.",
        "Die Brücke ist gesperrt. Der Sturm hat sie schwer beschädigt.",
    ),
];
const ROUNDS: usize = 15;
const CALLS: u32 = 400;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => one_at_a_time(),
        [many, file, threads] if many == "many" => {
            all(&std::fs::read_to_string(file)?, threads.parse()?)
        }
        _ => Err("usage: call [many FILE THREADS]".into()),
    }
}

fn one_at_a_time() -> Result<(), Failure> {
    let aligner = Aligner::new();
    for (english, german) in ARTICLES {
        let mut least = f64::INFINITY;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            for _ in 0..CALLS {
                black_box(aligner.align([("en", english), ("de", german)])?);
            }
            least = least.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS));
        }
        println!("{least:.1}");
    }
    Ok(())
}

/// Articles as lists of sentences.
struct Versions {
    id: i64,
    english: Vec<String>,
    german: Vec<String>,
}

impl Versions {
    fn read(line: &str) -> Result<Versions, Failure> {
        let row: Value = serde_json::from_str(line)?;
        let sentences = |name: &str| serde_json::from_value(row[name].clone());
        let id = row["id"].as_i64().ok_or("an article without an id")?;
        Ok(Versions { id, english: sentences("en")?, german: sentences("de")? })
    }
}

fn all(lines: &str, threads: usize) -> Result<(), Failure> {
    let rows: Vec<Versions> = lines.lines().map(Versions::read).collect::<Result<_, _>>()?;
    let aligner = Aligner::new();
    let (next, units) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || -> bitext::Result<()> {
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let english = Article::from_sentences(Language::ENGLISH, &row.english);
            let german = Article::from_sentences(Language::GERMAN, &row.german);
            let bitext = aligner.align([english, german])?.with_id(row.id);
            units.fetch_add(black_box(bitext).units().len(), Ordering::Relaxed);
        }
        Ok(())
    };
    let start = Instant::now();
    scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = |_| Err(bitext::Error::other("a thread panicked"));
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(ended))
    })?;
    println!("{:.4} {}", start.elapsed().as_secs_f64(), units.into_inner());
    Ok(())
}
