//! Sentences that the embedded model embeds per second on one thread, and the time to load it.

mod made_up;

use bitext::{Embedder, Language, RuleSplitter, Splitter, StaticEmbedder};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn embed(c: &mut Criterion) {
    let model = StaticEmbedder::embedded();
    let mut group = c.benchmark_group("embed");
    for language in [Language::ENGLISH, Language::UKRAINIAN, Language::GERMAN] {
        let text = made_up::text(language, 1 << 18);
        let sentences: Vec<&str> = RuleSplitter::default()
            .split(language, &text)
            .into_iter()
            .map(|span| &text[span])
            .collect();
        group.throughput(Throughput::Elements(sentences.len() as u64));
        group.bench_function(language.code(), |b| b.iter(|| model.embed(language, &sentences)));
    }
    group.bench_function("load", |b| b.iter(StaticEmbedder::embedded));
    group.finish();
}

criterion_group!(benches, embed);
criterion_main!(benches);
