//! Checks an output line of `bitext align --jsonl` against its input line.
//!
//! The checks follow the description of the format and use none of the library's code.

use super::json::{Json, parse};

const ORDER: [&str; 3] = ["en", "uk", "de"];

/// Sentence indices of a unit or bead, by language in the order of [`ORDER`].
type Indices = [Vec<usize>; 3];

/// Checks the output line `out` for the input line `given`.
#[track_caller]
pub fn check_bitext(given: &str, out: &str) {
    let (given, out) = (parse(given), parse(out));
    assert!(out.find("error").is_none(), "an error line: {out:?}");
    let present: Vec<&str> = ORDER
        .into_iter()
        .filter(|&code| given.find(code).is_some_and(|value| *value != Json::Null))
        .collect();
    assert_eq!(given.find("id").unwrap_or(&Json::Null), out.get("id"));
    assert_eq!(&out.keys()[..2], ["id", "sentences"]);
    assert_eq!(out.get("sentences").keys(), present, "languages and their order");
    check_sentences(&given, &out, &present);

    let lens = ORDER.map(|code| out.get("sentences").find(code).map_or(0, |all| all.list().len()));
    let units: Vec<Indices> = out.get("units").list().iter().map(indices).collect();
    check_units(&units, lens);
    for (unit, indices) in out.get("units").list().iter().zip(&units) {
        if languages(indices) == 1 {
            assert_eq!(unit.get("score").number(), 0.0, "the score of a null unit");
        }
    }
    for (code, sentences) in out.get("sentences").map() {
        for (at, sentence) in sentences.texts().into_iter().enumerate() {
            let unit = unit_of(&units, place(code), at);
            if sentence.trim().is_empty() {
                assert_eq!(languages(&units[unit]), 1, "blank, but in {:?}", units[unit]);
            }
        }
    }
    check_pairs(&out, &present, &units, lens);
    for (key, value) in out.map() {
        match key.as_str() {
            "format_version" => assert_eq!(value.number(), 1.0),
            "fingerprint" => assert!(!value.text().is_empty()),
            "unrelated" => assert!(matches!(value, Json::Bool(_))),
            "warnings" => assert!(value.texts().iter().all(|text| !text.contains('\n'))),
            _ => {}
        }
    }
}

/// Checks the error line for input line `number`, counted from 1, and returns its message.
#[track_caller]
pub fn check_error(out: &str, id: &Json, number: usize) -> String {
    let out = parse(out);
    assert_eq!(out.keys(), ["id", "line", "error"]);
    assert_eq!(out.get("id"), id, "{out:?}");
    assert_eq!(out.get("line").index(), number);
    let message = out.get("error").text();
    assert!(!message.trim().is_empty() && !message.contains('\n'), "{message:?}");
    message.to_string()
}

fn check_sentences(given: &Json, out: &Json, present: &[&str]) {
    let mut raw = Vec::new();
    for &code in present {
        let sentences = out.get("sentences").get(code).texts();
        match given.get(code) {
            Json::Text(text) => {
                let spans = out.get("spans").get(code).list();
                assert_eq!(spans.len(), sentences.len());
                let spans = spans.iter().map(|span| {
                    assert_eq!(span.list().len(), 2);
                    (span.list()[0].index(), span.list()[1].index())
                });
                check_spans(text, spans, &sentences);
                raw.push(code);
            }
            segments => assert_eq!(segments.texts(), sentences, "{code}: kept byte for byte"),
        }
    }
    match out.find("spans") {
        Some(spans) => assert_eq!(spans.keys(), raw, "spans are for raw articles"),
        None => assert!(raw.is_empty()),
    }
}

/// Checks that spans are in order and contain the sentences, and that only white space and a byte-order mark
/// at the start are outside of them.
#[track_caller]
pub fn check_spans(
    text: &str,
    spans: impl IntoIterator<Item = (usize, usize)>,
    sentences: &[&str],
) {
    let mut end = 0;
    let check_gap = |from: usize, to: usize| {
        let gap = text.get(from..to).unwrap_or_else(|| panic!("overlap or a cut character"));
        let gap = if from == 0 { gap.strip_prefix('\u{feff}').unwrap_or(gap) } else { gap };
        assert!(gap.trim().is_empty(), "left out: {gap:?}");
    };
    for (at, (start, stop)) in spans.into_iter().enumerate() {
        check_gap(end, start);
        let sentence = text.get(start..stop).unwrap_or_else(|| panic!("not a slice"));
        assert_eq!(sentence, sentences[at]);
        assert!(!sentence.trim().is_empty() && sentence.trim() == sentence, "{sentence:?}");
        end = stop;
    }
    check_gap(end, text.len());
}

fn place(code: &str) -> usize {
    ORDER.iter().position(|&known| known == code).unwrap_or_else(|| panic!("language {code}"))
}

fn languages(unit: &Indices) -> usize {
    unit.iter().filter(|indices| !indices.is_empty()).count()
}

/// The sentence indices of a unit or bead. Also checks its score and confidence.
fn indices(unit: &Json) -> Indices {
    let mut found = Indices::default();
    let mut last = None;
    for (key, value) in unit.map() {
        if !ORDER.contains(&key.as_str()) {
            continue;
        }
        assert!(last < Some(place(key)), "languages out of order: {:?}", unit.keys());
        last = Some(place(key));
        let indices: Vec<usize> = value.list().iter().map(Json::index).collect();
        assert!(!indices.is_empty(), "a language without sentences is no key");
        assert!(indices.is_sorted_by(|one, next| one < next), "ascending: {indices:?}");
        found[place(key)] = indices;
    }
    assert!(last.is_some(), "a unit of no language");
    assert!(unit.get("score").number().is_finite());
    assert!((0.0..=1.0).contains(&unit.get("confidence").number()), "{unit:?}");
    found
}

/// Checks the order of the units: each must be the one that the rule of order selects. A unit may have a gap;
/// the sentences in the gap come after it.
fn check_units(units: &[Indices], lens: [usize; 3]) {
    let mut done = lens.map(|len| vec![false; len]);
    for (number, unit) in units.iter().enumerate() {
        if languages(unit) == 1 {
            let sentences = unit.iter().map(Vec::len).sum::<usize>();
            assert_eq!(sentences, 1, "a null unit is one sentence");
        }
        // The first sentence of each language that is in no unit so far.
        let heads: Vec<usize> = done
            .iter()
            .map(|done| done.iter().position(|done| !done).unwrap_or(done.len()))
            .collect();
        let available = |unit: &&Indices| {
            let mut firsts = unit.iter().map(|indices| indices.first()).zip(&heads);
            firsts.all(|(first, head)| first.is_none_or(|first| first == head))
        };
        // Nulls first, then by language and index; a language that is not
        // there comes after all its indices.
        let rank = |unit: &&Indices| {
            let firsts = unit.each_ref().map(|all| all.first().copied().unwrap_or(usize::MAX));
            let absent = unit.each_ref().map(Vec::is_empty);
            match languages(unit) {
                1 => (false, absent, [0; 3]),
                _ => (true, [false; 3], firsts),
            }
        };
        let expected = units[number..].iter().filter(available).min_by_key(rank);
        assert_eq!(expected, Some(unit), "unit {number} is not next");
        for (done, indices) in done.iter_mut().zip(unit) {
            for &at in indices {
                assert!(!std::mem::replace(&mut done[at], true), "unit {number}: {at} again");
            }
        }
    }
    assert!(done.iter().flatten().all(|done| *done), "every sentence is in one unit");
}

fn unit_of(units: &[Indices], language: usize, sentence: usize) -> usize {
    let holds = |unit: &Indices| unit[language].contains(&sentence);
    units.iter().position(holds).expect("every sentence is in a unit")
}

fn check_pairs(out: &Json, present: &[&str], units: &[Indices], lens: [usize; 3]) {
    let given_raw = |code: &str| out.find("spans").is_some_and(|spans| spans.find(code).is_some());
    let mut keys = Vec::new();
    for (at, source) in present.iter().enumerate() {
        keys.extend(present[at + 1..].iter().map(|target| format!("{source}-{target}")));
    }
    assert_eq!(out.get("pairs").keys(), keys);

    // Groups of sentences that beads connect. A group is named after its smallest sentence.
    let offset = [0, lens[0], lens[0] + lens[1]];
    let mut group: Vec<usize> = (0..lens.iter().sum()).collect();
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); units.len()];
    for (key, beads) in out.get("pairs").map() {
        let (source, target) = key.split_once('-').expect("two languages");
        let (x, y) = (place(source), place(target));
        let mut before = None;
        for bead in beads.list() {
            let found = indices(bead);
            assert_eq!(languages(&found), 2, "{key}: null beads are left out");
            let (a, b) = (&found[x], &found[y]);
            assert!(!a.is_empty() && !b.is_empty(), "{key}: {bead:?}");
            if let Some((i, j)) = before.replace((a[0], b[0])) {
                assert!(a[0] > i && b[0] > j, "{key}: beads ascend");
            }
            assert!(
                a[a.len() - 1] < lens[x] && b[b.len() - 1] < lens[y],
                "{key}: no such sentence"
            );
            // Segments may hold several sentences, so the size of a bead is limited only for raw texts.
            if given_raw(source) && given_raw(target) {
                assert!(a.len() <= 4 && b.len() <= 4, "{key}: up to 4 a side");
            }
            let unit = unit_of(units, x, a[0]);
            scores[unit].push(bead.get("score").number());
            let members = a.iter().map(|i| (x, *i)).chain(b.iter().map(|j| (y, *j)));
            let members: Vec<(usize, usize)> = members.collect();
            for &(language, sentence) in &members {
                assert_eq!(unit_of(units, language, sentence), unit, "{key}: within one unit");
            }
            let names: Vec<usize> =
                members.iter().map(|&(language, i)| group[offset[language] + i]).collect();
            let least = *names.iter().min().expect("not empty");
            group.iter_mut().filter(|name| names.contains(name)).for_each(|name| *name = least);
        }
    }
    for (unit, scores) in units.iter().zip(scores) {
        // A unit is minimal: beads connect all its sentences.
        let mut names = Vec::new();
        for (indices, offset) in unit.iter().zip(offset) {
            names.extend(indices.iter().map(|i| group[offset + i]));
        }
        assert!(names.iter().all(|name| *name == names[0]), "not connected: {unit:?}");
        let score = score_of(out, units, unit);
        if let Some(least) = scores.iter().copied().reduce(f64::min) {
            let most = scores.iter().copied().fold(least, f64::max);
            assert!(score >= least - 1e-5 && score <= most + 1e-5, "{score} of {scores:?}");
        }
    }
}

fn score_of(out: &Json, units: &[Indices], unit: &Indices) -> f64 {
    let at = units.iter().position(|other| other == unit).expect("it is one of them");
    out.get("units").list()[at].get("score").number()
}
