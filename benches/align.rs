//! Time to align a pair of articles whose vectors are given, posteriors
//! included, one thread.

mod made_up;

use bitext::align::{AlignConfig, Side, align_pair};
use bitext::{Embedder, Language, RuleSplitter, Splitter, StaticEmbedder};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// The first n sentences of made-up English, and the same with every tenth
/// left out and some of another text between.
fn sides(n: usize) -> (Side, Side) {
    let model = StaticEmbedder::embedded().expect("the embedded model");
    let text = made_up::text(Language::ENGLISH, n * 1000);
    let spans = RuleSplitter::default().split(Language::ENGLISH, &text);
    let all: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
    let (own, others) = all[..2 * n].split_at(n);
    let mut other: Vec<&str> =
        own.iter().enumerate().filter(|(at, _)| at % 10 != 3).map(|(_, text)| *text).collect();
    other.splice(n / 2..n / 2, others[..n / 10].iter().copied());
    let side = |sentences: &[&str]| {
        let vectors = model.embeddings(Language::ENGLISH, sentences).expect("vectors");
        let lengths = sentences.iter().map(|text| text.chars().count() as f32).collect();
        Side::new(vectors, lengths).expect("a side")
    };
    (side(own), side(&other[..n.min(other.len())]))
}

fn align(c: &mut Criterion) {
    let mut group = c.benchmark_group("align");
    group.sample_size(10);
    for n in [15, 1000, 3000] {
        let (source, target) = sides(n);
        let config = AlignConfig::default();
        group.bench_function(BenchmarkId::from_parameter(format!("{n}x{n}")), |b| {
            b.iter(|| align_pair(&source, &target, &config))
        });
    }
    group.finish();
}

criterion_group!(benches, align);
criterion_main!(benches);
