//! Scores of alignments, compared with the numbers of another implementation and with a
//! naive implementation of the definitions; and errors of malformed input.

use std::collections::BTreeSet;

use bitext::evaluate::{
    Alignment, AlignmentFile, AlignmentFormat, AlignmentSide, Bead, GoldTask, MatchCounts,
    NullPolicy, Prediction, Predictions, ScoreCounts,
};
use bitext::format::{ArticlesLine, Selection, to_json};
use bitext::{Article, Bitext, ErrorKind, Id, Language, LanguagePair, Part, Unit};
use proptest::prelude::*;

const TASKS: &str = include_str!("data/score/tasks.jsonl");
const PREDICTIONS: &str = include_str!("data/score/predictions.jsonl");

fn predictions(lines: &str) -> Predictions {
    let mut predictions = Predictions::new("pred");
    for (at, line) in lines.lines().enumerate() {
        predictions.add(at + 1, line).unwrap();
    }
    predictions
}

fn score(nulls: NullPolicy) -> ScoreCounts {
    let mut predictions = predictions(PREDICTIONS);
    let mut total = ScoreCounts::default();
    for line in TASKS.lines() {
        let task = GoldTask::parse(line).unwrap();
        let (n, m) = task.gold.sizes();
        let beads = predictions.find(&task).unwrap();
        let beads = beads.unwrap_or_else(|| Alignment::unaligned(n, m).unwrap());
        total += ScoreCounts::of(&task.gold, &beads, nulls).unwrap();
    }
    assert_eq!(predictions.unused(), 0);
    total
}

/// The expected numbers are from another implementation, on sets of beads as Vecalign
/// uses them.
#[test]
fn counts_of_the_sample_under_both_policies() {
    let given = score(NullPolicy::AsGiven);
    assert_eq!(given.predicted, MatchCounts { beads: 49, strict: 33, lax: 46 });
    assert_eq!(given.gold, MatchCounts { beads: 44, strict: 18, lax: 37 });
    let each = score(NullPolicy::Each);
    assert_eq!(each.predicted, MatchCounts { beads: 67, strict: 36, lax: 49 });
    assert_eq!((each.linked, each.gold), (given.linked, given.gold));
}

/// A naive implementation of the definitions, with sets.
fn naive_counts(
    gold: &Alignment,
    predicted: &Alignment,
    nulls: NullPolicy,
) -> (MatchCounts, MatchCounts) {
    let canonical = |beads: &Alignment| -> BTreeSet<(Vec<usize>, Vec<usize>)> {
        let keep = |bead: &&Bead| nulls == NullPolicy::AsGiven || !bead.is_null();
        let mut all: BTreeSet<_> = beads
            .beads()
            .iter()
            .filter(keep)
            .map(|bead| (bead.source.clone(), bead.target.clone()))
            .collect();
        if nulls == NullPolicy::Each {
            let free = |side, len| (0..len).filter(move |&at| !beads.is_aligned(side, at));
            let (n, m) = beads.sizes();
            all.extend(free(AlignmentSide::Source, n).map(|i| (vec![i], vec![])));
            all.extend(free(AlignmentSide::Target, m).map(|j| (vec![], vec![j])));
        }
        all
    };
    let tally = |one: &BTreeSet<(Vec<usize>, Vec<usize>)>, other: &BTreeSet<_>| {
        let mut tally = MatchCounts::default();
        for bead in one {
            let overlaps = |(x, y): &(Vec<usize>, Vec<usize>)| {
                x.iter().any(|i| bead.0.contains(i)) && y.iter().any(|j| bead.1.contains(j))
            };
            tally.beads += 1;
            tally.strict += u64::from(other.contains(bead));
            tally.lax += u64::from(other.contains(bead) || other.iter().any(overlaps));
        }
        tally
    };
    let (gold, predicted) = (canonical(gold), canonical(predicted));
    let precision = tally(&predicted, &gold);
    let linked = |all: BTreeSet<(Vec<usize>, Vec<usize>)>| -> BTreeSet<_> {
        all.into_iter().filter(|(x, y)| !x.is_empty() && !y.is_empty()).collect()
    };
    (precision, tally(&linked(gold), &linked(predicted)))
}

/// A random alignment of `n` and `m` sentences. Beads may have any size, may skip
/// sentences, and may be null.
fn alignment(n: usize, m: usize) -> impl Strategy<Value = Alignment> {
    let side = |len| proptest::collection::vec(proptest::option::weighted(0.9, 0..6_usize), len);
    (side(n), side(m)).prop_map(move |(source, target)| {
        let of = |side: &[Option<usize>], bead| -> Vec<usize> {
            (0..side.len()).filter(|&at| side[at] == Some(bead)).collect()
        };
        let beads = (0..6).map(|bead| Bead::new(of(&source, bead), of(&target, bead)));
        Alignment::new(n, m, beads).unwrap()
    })
}

/// A gold alignment and a prediction that share some beads.
fn compared() -> impl Strategy<Value = (Alignment, Alignment)> {
    (0..9_usize, 0..9_usize).prop_flat_map(|(n, m)| {
        let kept = proptest::collection::vec(any::<bool>(), 6);
        (alignment(n, m), alignment(n, m), kept).prop_map(move |(gold, other, kept)| {
            let mut beads: Vec<Bead> = Vec::new();
            let kept = gold.beads().iter().zip(kept).filter(|(_, kept)| *kept);
            beads.extend(kept.map(|(bead, _)| bead.clone()));
            let used = Alignment::new(n, m, beads.clone()).unwrap();
            for bead in other.beads() {
                let free = |side| {
                    let sentences = bead.side(side).iter().copied();
                    sentences.filter(|&at| used.bead_of(side, at).is_none()).collect::<Vec<_>>()
                };
                beads.push(Bead::new(free(AlignmentSide::Source), free(AlignmentSide::Target)));
            }
            (gold, Alignment::new(n, m, beads).unwrap())
        })
    })
}

fn policy() -> impl Strategy<Value = NullPolicy> {
    prop_oneof![Just(NullPolicy::Each), Just(NullPolicy::AsGiven)]
}

proptest! {
    #[test]
    fn counts_match_the_naive_implementation((gold, predicted) in compared(), nulls in policy()) {
        let counts = ScoreCounts::of(&gold, &predicted, nulls).unwrap();
        prop_assert_eq!((counts.predicted, counts.gold), naive_counts(&gold, &predicted, nulls));
        for scores in [counts.strict(), counts.lax(), counts.strict_linked(), counts.lax_linked()] {
            for share in [scores.precision, scores.recall, scores.f1] {
                prop_assert!((0.0..=1.0).contains(&share));
            }
        }
        prop_assert!(counts.lax().f1 >= counts.strict().f1);
    }

    #[test]
    fn gold_against_itself_is_perfect((gold, _) in compared(), nulls in policy()) {
        let counts = ScoreCounts::of(&gold, &gold, nulls).unwrap();
        prop_assert_eq!((counts.strict().f1, counts.lax().f1), (1.0, 1.0));
        prop_assert_eq!((counts.null_recall(), counts.null_precision()), (1.0, 1.0));
    }

    #[test]
    fn swapping_the_languages_does_not_change_the_scores((gold, predicted) in compared(), nulls in policy()) {
        let counts = ScoreCounts::of(&gold, &predicted, nulls).unwrap();
        let swapped = ScoreCounts::of(&gold.swapped(), &predicted.swapped(), nulls).unwrap();
        prop_assert_eq!(counts, swapped);
    }

    #[test]
    fn exchanging_gold_and_prediction_exchanges_precision_and_recall(
        (gold, predicted) in compared()
    ) {
        let one = ScoreCounts::of(&gold, &predicted, NullPolicy::Each).unwrap();
        let other = ScoreCounts::of(&predicted, &gold, NullPolicy::Each).unwrap();
        prop_assert_eq!((one.linked, one.gold), (other.gold, other.linked));
        prop_assert_eq!(one.null_recall(), other.null_precision());
    }

    #[test]
    fn the_order_of_beads_does_not_matter((gold, predicted) in compared(), nulls in policy()) {
        let (n, m) = gold.sizes();
        let mut beads: Vec<Bead> = predicted.beads().to_vec();
        beads.reverse();
        beads.iter_mut().for_each(|bead| bead.source.reverse());
        let reversed = Alignment::new(n, m, beads).unwrap();
        prop_assert_eq!(
            ScoreCounts::of(&gold, &predicted, nulls).unwrap(),
            ScoreCounts::of(&gold, &reversed, nulls).unwrap()
        );
    }

    /// The counts of two documents sum to the counts of the concatenated documents.
    #[test]
    fn counts_add_up(one in compared(), other in compared(), nulls in policy()) {
        let join = |one: &Alignment, other: &Alignment| {
            let ((n, m), (k, l)) = (one.sizes(), other.sizes());
            let moved = other.beads().iter().map(|bead| Bead {
                source: bead.source.iter().map(|i| i + n).collect(),
                target: bead.target.iter().map(|j| j + m).collect(),
            });
            Alignment::new(n + k, m + l, one.beads().iter().cloned().chain(moved)).unwrap()
        };
        let mut sum = ScoreCounts::of(&one.0, &one.1, nulls).unwrap();
        sum += ScoreCounts::of(&other.0, &other.1, nulls).unwrap();
        let joined = ScoreCounts::of(&join(&one.0, &other.0), &join(&one.1, &other.1), nulls).unwrap();
        prop_assert_eq!(sum, joined);
    }

    #[test]
    fn vecalign_and_jsonl_files_are_equivalent((gold, _) in compared()) {
        let (n, m) = gold.sizes();
        let mut vecalign = String::new();
        let mut json = Vec::new();
        for bead in gold.beads() {
            vecalign += &format!("{:?}:{:?}:{}\n", bead.source, bead.target, 0.5);
            json.push(format!("[{:?},{:?}]", bead.source, bead.target));
        }
        let read = AlignmentFile::parse_vecalign("f", &vecalign).unwrap();
        prop_assert_eq!(&read.alignment(n, m).unwrap(), &gold);
        let line = format!(r#"{{"id": 1, "beads": [{}]}}"#, json.join(","));
        let read = Prediction::parse(&line).unwrap().alignment((n, m), None).unwrap();
        prop_assert_eq!(read, Some(gold));
    }
}

/// Passes a text to all parsers. Everything that can be parsed can be scored.
fn read_all(text: &str) {
    let _ = AlignmentFormat::detect(text);
    let documents =
        [AlignmentFile::parse_vecalign("f", text), AlignmentFile::parse_ladder("f", text)];
    for document in documents.into_iter().flatten() {
        let (n, m) = document.sizes();
        let beads = document.alignment(n, m).unwrap();
        assert_eq!(ScoreCounts::of(&beads, &beads, NullPolicy::Each).unwrap().strict().f1, 1.0);
    }
    for line in text.lines() {
        if let Ok(task) = GoldTask::parse(line) {
            assert_eq!(
                ScoreCounts::of(&task.gold, &task.gold, NullPolicy::AsGiven).unwrap().lax().f1,
                1.0
            );
        }
        if let Ok(prediction) = Prediction::parse(line) {
            let languages = Some((Language::ENGLISH, Language::GERMAN));
            let _ = prediction.alignment(prediction.sizes(languages), languages);
            let _ = prediction.alignment((2, 2), None);
        }
        let _ = Predictions::new("f").add(1, line);
        let _ = ArticlesLine::parse(line);
    }
}

/// A valid line of each kind, which the tests damage.
const LINES: [&str; 5] = [
    r#"{"id":"a","src_lang":"en","tgt_lang":"de","src":["x","y"],"tgt":["z"],"gold":[[[0,1],[0]]]}"#,
    r#"{"id":"a","beads":[[[0,1],[0]],[[],[]]]}"#,
    r#"{"id":"a","sentences":{"en":["x"],"de":["z"]},"units":[{"en":[0],"de":[0]}],"pairs":{"en-de":[]}}"#,
    "[0]:[0, 1]:0.5\n[1]:[]\n",
    "0\t0\t0.3\n1\t2\t0.5\n",
];

proptest! {
    #[test]
    fn nothing_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn nothing_panics_on_plausible_lines(
        text in r#"[\[\]{}:,"\t\n 0-9.eE\-a-z]{0,80}"#
    ) {
        read_all(&text);
    }

    #[test]
    fn nothing_panics_on_damaged_lines(
        which in 0..LINES.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = LINES[which].as_bytes().to_vec();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            match byte % 4 {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte / 2),
                2 => bytes[at] = b"019[]{},:-\""[usize::from(byte) % 11],
                _ => drop(bytes.remove(at)),
            }
        }
        read_all(&String::from_utf8_lossy(&bytes));
    }
}

fn unit(parts: &[(Language, std::ops::Range<usize>)]) -> Unit {
    let part = |(language, sentences): &(Language, std::ops::Range<usize>)| Part {
        language: *language,
        sentences: sentences.clone().collect(),
    };
    Unit::new(parts.iter().map(part).collect(), 0.5, 0.5).unwrap()
}

const EN: Language = Language::ENGLISH;
const UK: Language = Language::UKRAINIAN;
const DE: Language = Language::GERMAN;

/// A bitext with one unit of all sentences, and two beads in one language pair.
fn three_languages() -> Bitext {
    let articles = vec![
        Article::from_sentences(EN, ["One.", "Two."]),
        Article::from_sentences(UK, ["Раз і два."]),
        Article::from_sentences(DE, ["Eins.", "Zwei.", "Werbung"]),
    ];
    let units = vec![unit(&[(EN, 0..2), (UK, 0..1), (DE, 0..2)]), unit(&[(DE, 2..3)])];
    let beads = vec![unit(&[(EN, 0..1), (DE, 0..1)]), unit(&[(EN, 1..2), (DE, 1..2)])];
    let pairs = vec![
        LanguagePair { source: EN, target: DE, beads },
        LanguagePair { source: EN, target: UK, beads: vec![unit(&[(EN, 0..2), (UK, 0..1)])] },
    ];
    Bitext::new(articles, units, pairs).unwrap().with_id("g")
}

fn task(id: &str, source: &str, target: &str, n: usize, m: usize) -> GoldTask {
    let (src, tgt) = (vec!["x"; n], vec!["y"; m]);
    GoldTask::parse(&format!(
        r#"{{"id":"{id}","group":"g","src_lang":"{source}","tgt_lang":"{target}","src":{src:?},"tgt":{tgt:?},"gold":[]}}"#
    ))
    .unwrap()
}

#[test]
fn a_bitext_answers_the_tasks_of_its_language_pairs() {
    let line = to_json(&three_languages(), &Selection::default());
    let mut found = predictions(&line);
    let mut beads = |task: &GoldTask| found.find(task).unwrap().map(|beads| beads.beads().to_vec());
    let one_to_one = [Bead::new([0], [0]), Bead::new([1], [1])];
    assert_eq!(beads(&task("a", "en", "de", 2, 3)).unwrap(), one_to_one);
    assert_eq!(beads(&task("b", "de", "en", 3, 2)).unwrap(), one_to_one);
    assert_eq!(beads(&task("c", "uk", "en", 1, 2)).unwrap(), [Bead::new([0], [0, 1])]);
    // It has no French, and is of another group.
    assert_eq!(beads(&task("d", "en", "fr", 2, 3)), None);
    let mut other = task("e", "en", "de", 2, 3);
    other.group = Some(Id::Integer(1));
    assert_eq!(beads(&other), None);

    let of_bitext = Alignment::of_bitext(&three_languages(), DE, EN).unwrap().unwrap();
    assert_eq!((of_bitext.beads(), of_bitext.sizes()), (&one_to_one[..], (3, 2)));
}

#[test]
fn units_replace_missing_beads() {
    let line = to_json(&three_languages(), &Selection::pair(EN, UK));
    let beads = predictions(&line).find(&task("a", "en", "de", 2, 3)).unwrap().unwrap();
    assert_eq!(beads.beads(), [Bead::new([0, 1], [0, 1]), Bead::new([], [2])]);
}

#[test]
fn predictions_that_do_not_fit_name_their_line() {
    let line = to_json(&three_languages(), &Selection::default());
    let mut found = predictions(&format!("{{\"id\":\"z\",\"beads\":[[[5],[0]]]}}\n{line}"));
    for (task, said) in [
        (task("a", "en", "de", 2, 4), "pred:2: the gold alignment has 2 x 4 sentences"),
        (task("z", "en", "de", 2, 4), "pred:1: bead 0 has source sentence 5"),
    ] {
        let error = found.find(&task).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidAlignment);
        assert!(error.to_string().starts_with(said), "{error}");
    }
    let mut nameless = task("a", "en", "de", 2, 3);
    nameless.languages = None;
    let error = found.find(&nameless).unwrap_err().to_string();
    assert!(error.contains("must name its languages"), "{error}");
}

#[test]
fn malformed_predictions_are_errors() {
    let mut found = predictions(r#"{"id":"a","beads":[]}"#);
    for (line, said) in [
        (r#"{"id":"a","beads":[]}"#, "pred:2: line 1 already has the id `a`"),
        (r#"{"beads":[]}"#, "has no `id`"),
        (r#"{"id":"b"}"#, "no `beads`"),
        (r#"{"id":"b","beads":[[0,0]]}"#, "`beads` must be an array of beads"),
        (r#"{"id":[],"beads":[]}"#, "`id` must be"),
        (r#"{"id":"b","units":[]}"#, "no `sentences`"),
        (r#"{"id":"b","sentences":{"ua":[]},"units":[]}"#, "`sentences` must be"),
        (r#"{"id":"b","sentences":{"en":["x"]},"units":[{"en":0}]}"#, "not a list of indices"),
        (r#"{"id":"b","sentences":{"en":["x"]},"units":[],"pairs":[]}"#, "`pairs` must be"),
        ("[]", "not a JSON object"),
    ] {
        let error = found.add(2, line).unwrap_err().to_string();
        assert!(error.starts_with("pred:2: ") && error.contains(said), "{line}: {error}");
    }
    // What `bitext align` could not align is missing, and no mistake in PRED.
    found.add(3, r#"{"id":null,"line":3,"error":"the line is blank"}"#).unwrap();
    found.add(4, r#"{"id":"c","line":4,"error":"no text"}"#).unwrap();
    assert_eq!(found.find(&task("c", "en", "de", 1, 1)).unwrap(), None);
    assert_eq!((found.len(), found.unused()), (3, 1));
}

#[test]
fn tasks_can_be_read_as_articles() {
    let line = r#"{"id":"t","src_lang":"uk","tgt_lang":"en","src":["Дощ."],"tgt":["Rain.","Ad"]}"#;
    let articles = ArticlesLine::parse(line).articles.unwrap();
    let found: Vec<_> = articles.iter().map(|a| (a.language().to_string(), a.len())).collect();
    assert_eq!(found, [("uk".to_string(), 1), ("en".to_string(), 2)]);
    for (from, to, said) in [
        ("\"uk\"", "\"ua\"", "`src_lang`: "),
        ("\"tgt_lang\"", "\"lang\"", "needs two or three languages"),
        ("[\"Дощ.\"]", "5", "`src` must be a string or an array of strings"),
    ] {
        let error = ArticlesLine::parse(&line.replacen(from, to, 1)).articles.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
    // With a language as a key, unknown keys are ignored.
    let line = r#"{"en":"a","de":"b","src":5,"src_lang":5}"#;
    assert_eq!(ArticlesLine::parse(line).articles.unwrap().len(), 2);
}
