//! Iterating over segments allocates nothing, for every language and every option.
//! A counting allocator checks it, so this test needs its own binary.

use std::hint::black_box;

use bitext::text::{Newlines, Span};
use bitext::{Language, RuleSplitter, Splitter};

/// Added to the gold texts because they need extra work: boilerplate, wrapped
/// lines, web addresses, runs of marks.
const EXTRA_TEXTS: [&str; 3] = [
    "spot_imgspot_img\nShare this post:\n\nHome | News | Sport\n\nhttp://a.example/b?c=D.E It is.\n",
    "Ann Lee 03/27/2001 01:58 PM Hi, We said... [3] “No!” (etc.). :-) end.Next\n\n",
    "The ferry that links the two banks of the river\nwill stop for a month from Monday, the town said\n\
     on Friday, because its engine has to be renewed\nbefore the winter comes and the ice closes it.\n\n",
];

fn languages() -> [(Language, &'static str); 4] {
    let other = "fr".parse().expect("a valid code");
    [
        (Language::ENGLISH, include_str!("data/split/en.txt")),
        (Language::UKRAINIAN, include_str!("data/split/uk.txt")),
        (Language::GERMAN, include_str!("data/split/de.txt")),
        (other, include_str!("data/split/en.txt")),
    ]
}

fn splitters() -> Vec<RuleSplitter> {
    let mut splitters = Vec::new();
    for newlines in [Newlines::Auto, Newlines::Always, Newlines::Never] {
        for choice in 0..4 {
            let mut splitter = RuleSplitter::default();
            splitter.newlines = newlines;
            splitter.missing_spaces = choice & 1 == 0;
            splitter.trailing_quotes = choice & 2 == 0;
            splitters.push(splitter);
        }
    }
    splitters
}

fn text(gold: &str) -> String {
    let mut text = gold.replace(" ◆ ", " ").replace('◆', "");
    // The same text again, as one long line.
    text += "\n\n";
    text += &text.replace('\n', " ");
    text += "\n\n";
    text + &EXTRA_TEXTS.concat()
}

/// The number of allocations and of segments.
fn iterated(splitter: RuleSplitter, language: Language, text: &str) -> (u64, usize) {
    let mut found = 0;
    let info = allocation_counter::measure(|| {
        for segment in splitter.segments(language, text) {
            black_box(segment);
            found += 1;
        }
    });
    (info.count_total, found)
}

#[test]
fn iterating_allocates_nothing() {
    for (language, gold) in languages() {
        let text = text(gold);
        // The first use of a language in a process reads its lexicon.
        let _ = RuleSplitter::default().segments(language, "").next();
        for splitter in splitters() {
            for times in [1, 10] {
                let text = text.repeat(times);
                let (count, found) = iterated(splitter, language, &text);
                assert!(found > 100 * times, "only {found} segments");
                assert_eq!(count, 0, "{language} {splitter:?} {times}");
            }
        }
    }
}

/// The trait only allocates the vector that it returns: collecting the same spans
/// from an iterator allocates as much.
#[test]
fn splitting_allocates_only_its_result() {
    for (language, gold) in languages() {
        let text = text(gold);
        let _ = RuleSplitter::default().segments(language, "").next();
        for splitter in splitters() {
            for times in [1, 10] {
                let text = text.repeat(times);
                let mut spans = Vec::new();
                let whole = allocation_counter::measure(|| {
                    spans = black_box(splitter.split(language, &text))
                });
                let mut listed = spans.iter().cloned();
                let result = allocation_counter::measure(|| {
                    // `from_fn` has no known length, like the scan.
                    black_box(std::iter::from_fn(|| listed.next()).collect::<Vec<Span>>());
                });
                assert_eq!(
                    whole.count_total, result.count_total,
                    "{language} {splitter:?} {times}"
                );
                assert_eq!(
                    whole.bytes_total, result.bytes_total,
                    "{language} {splitter:?} {times}"
                );
            }
        }
    }
}

/// If the counter did not work, the other tests would always pass.
#[test]
fn the_counter_sees_an_allocation() {
    let info = allocation_counter::measure(|| drop(black_box(String::from("a"))));
    assert_eq!(info.count_total, 1);
}
