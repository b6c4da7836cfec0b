//! Pages of bitexts, and corrections applied to bitexts.

#![cfg(all(feature = "report", feature = "embedded-model"))]

use bitext::format::{Selection, from_json, to_json};
use bitext::report::{Correction, CorrectionError, Corrections, Report, page, text_key};
use bitext::{Article, Bitext, ErrorKind, Language, LanguagePair, Part, Unit};
use proptest::prelude::*;

const EN: Language = Language::ENGLISH;
const UK: Language = Language::UKRAINIAN;
const DE: Language = Language::GERMAN;

fn unit(parts: &[(Language, &[usize])], score: f32, confidence: f32) -> Unit {
    let part = |&(language, sentences): &(Language, &[usize])| Part {
        language,
        sentences: sentences.to_vec(),
    };
    Unit::new(parts.iter().map(part).collect(), score, confidence).unwrap()
}

/// A unit with English {A}{B}, Ukrainian {AB} and German {A}{B}, and a unit with one
/// sentence per language.
fn three() -> Bitext {
    let article = |language, sentences: &[&str]| Article::from_sentences(language, sentences);
    let pair = |source, target, beads| LanguagePair { source, target, beads };
    Bitext::new(
        vec![
            article(EN, &["A.", "B.", "C."]),
            article(UK, &["А і Б.", "В."]),
            article(DE, &["A!", "B!", "C!"]),
        ],
        vec![
            unit(&[(EN, &[0, 1]), (UK, &[0]), (DE, &[0, 1])], 0.6, 0.8),
            unit(&[(EN, &[2]), (UK, &[1]), (DE, &[2])], 0.9, 0.99),
        ],
        vec![
            pair(
                EN,
                UK,
                vec![
                    unit(&[(EN, &[0, 1]), (UK, &[0])], 0.5, 0.8),
                    unit(&[(EN, &[2]), (UK, &[1])], 0.9, 0.99),
                ],
            ),
            pair(
                EN,
                DE,
                vec![
                    unit(&[(EN, &[0]), (DE, &[0])], 0.6, 0.8),
                    unit(&[(EN, &[1]), (DE, &[1])], 0.7, 0.9),
                    unit(&[(EN, &[2]), (DE, &[2])], 0.9, 0.99),
                ],
            ),
            pair(
                UK,
                DE,
                vec![
                    unit(&[(UK, &[0]), (DE, &[0, 1])], 0.5, 0.8),
                    unit(&[(UK, &[1]), (DE, &[2])], 0.9, 0.99),
                ],
            ),
        ],
    )
    .unwrap()
    .with_id("a1")
}

fn line(bitext: &Bitext, units: &str) -> String {
    let (id, text) = (serde_json::to_string(&bitext.id()).unwrap(), text_key(bitext));
    format!(
        r#"{{"format":"bitext-corrections","format_version":1,"id":{id},"text":"{text}","units":{units}}}"#
    )
}

fn apply(bitext: &Bitext, units: &str) -> Result<Bitext, CorrectionError> {
    Correction::parse(&line(bitext, units))?.apply(bitext)
}

fn shapes(bitext: &Bitext, one: Language, other: Language) -> Vec<String> {
    bitext.beads(one, other).iter().map(Unit::shape).collect()
}

#[test]
fn texts_cannot_inject_html() {
    let bad = [
        "<script>alert(1)</script>",
        "</template></title></style>",
        "<!-- --> ]]>",
        "\u{2028}\u{2029}\u{0}\u{7f}\u{feff}",
        "{{data}}{{script}}",
        "\\u003c\"'&",
    ];
    let article = |language| Article::from_sentences(language, bad).with_id("</script><b>");
    let units = (0..bad.len()).map(|at| unit(&[(EN, &[at]), (DE, &[at])], 0.5, 0.5)).collect();
    let bitext = Bitext::new(vec![article(EN), article(DE)], units, Vec::new()).unwrap();
    let bitext = bitext.with_id("</title><script>");
    let html = page(&bitext, None);
    assert!(
        !html.contains("<script>alert") && !html.contains("<b>") && !html.contains("</template")
    );
    assert!(!html.contains(['\u{2028}', '\u{0}']));
    // The elements of the page: report, article, script, each begun and ended once.
    assert_eq!(html.matches("<script").count(), 3);
    assert_eq!(html.matches("</script").count(), 3);
    let (_, data) = html.split_once("id=\"article-0\">").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["sentences"][0], serde_json::json!(bad));
    assert_eq!(data["sentences"][1], serde_json::json!(bad));
}

#[test]
fn a_page_needs_no_network_and_is_deterministic() {
    let html = page(&three(), None);
    assert!(
        !html.contains("http://")
            || html.matches("http://").count()
                == html.matches("http://www.w3.org/2000/svg").count()
    );
    assert!(!html.contains("https://") && !html.contains("@import") && !html.contains("src="));
    assert_eq!(html, page(&three(), None));
}

#[test]
fn features_are_shown_for_unchanged_units() {
    let aligner = bitext::Aligner::new();
    let articles = [
        Article::new(EN, "The bridge is closed. Nobody was hurt in the storm."),
        Article::new(DE, "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt."),
    ];
    let explained = aligner.explain(articles).unwrap();
    let data = |bitext: &Bitext| -> serde_json::Value {
        let html = page(bitext, Some(&explained));
        let (_, data) = html.split_once("id=\"article-0\">").unwrap();
        serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap()
    };
    let all = data(explained.bitext());
    assert!(all["evidence"]["units"][1][0][2][0][7].as_array().unwrap().len() > 2);
    assert!(all["evidence"]["features"].as_array().unwrap().contains(&"margin".into()));
    let apart = apply(explained.bitext(), r#"[{"en":[1]},{"de":[1]}]"#).unwrap();
    let apart = data(&apart);
    assert!(!apart["evidence"]["units"][0].is_null());
    assert!(apart["evidence"]["units"][1].is_null());
}

#[test]
fn a_large_report_has_several_pages_and_an_overview() {
    let mut report = Report::new("corpus").with_title("A <b>corpus</b>").with_limit(3000);
    let mut pages = Vec::new();
    for _ in 0..20 {
        pages.extend(report.add(&three(), None));
    }
    report.discard("too <short>");
    pages.extend(report.finish());
    let names: Vec<&str> = pages.iter().map(|page| page.name.as_str()).collect();
    assert!(names.len() > 2);
    assert_eq!(names[0], "corpus-0001.html");
    assert_eq!(names[names.len() - 1], "corpus.html");
    let held: usize = pages.iter().map(|page| page.html.matches("id=\"article-").count()).sum();
    assert_eq!(held, 20);
    let index = &pages[pages.len() - 1].html;
    assert!(
        index.contains("A &lt;b&gt;corpus&lt;/b&gt;") && index.contains("too &lt;short&gt;: 1")
    );
    for name in &names[..names.len() - 1] {
        assert!(index.contains(name), "{name} is linked");
    }
}

#[test]
fn a_confirmed_unit_keeps_score_and_beads() {
    let before = three();
    let after = apply(&before, r#"[{"en":[0,1],"uk":[0],"de":[0,1]}]"#).unwrap();
    assert_eq!(after.language_pairs(), before.language_pairs());
    assert_eq!(after.units()[1], before.units()[1]);
    let reviewed = &after.units()[0];
    assert_eq!((reviewed.score(), reviewed.confidence(), reviewed.reviewed()), (0.6, 1.0, true));
    assert_eq!(after.id(), before.id());
}

#[test]
fn new_units_have_beads_that_connect_them() {
    let before = three();
    // A joined unit: its existing beads would make two units.
    let joined = apply(&before, r#"[{"en":[0,1,2],"uk":[0,1],"de":[0,1,2]}]"#).unwrap();
    assert_eq!(joined.units().len(), 1);
    for (one, other, shape) in [(EN, UK, "3-2"), (EN, DE, "3-3"), (UK, DE, "2-3")] {
        assert_eq!(shapes(&joined, one, other), [shape]);
    }
    // The Ukrainian sentence belongs to the first unit only.
    let split = r#"[{"en":[0],"uk":[0],"de":[0]},{"en":[1],"de":[1]}]"#;
    let split = apply(&before, split).unwrap();
    assert_eq!(
        split.units().iter().map(Unit::shape).collect::<Vec<_>>(),
        ["1-1-1", "1-1", "1-1-1"]
    );
    assert_eq!(shapes(&split, EN, UK), ["1-1", "1-1"]);
    assert_eq!(split.beads(EN, DE), before.beads(EN, DE));
    // German is unlinked. English and Ukrainian have no finer beads.
    let out = apply(&before, r#"[{"en":[0,1],"uk":[0]},{"de":[0]},{"de":[1]}]"#).unwrap();
    assert_eq!(
        out.units().iter().map(Unit::is_null).collect::<Vec<_>>(),
        [true, true, false, false]
    );
    assert_eq!(out.beads(EN, UK), before.beads(EN, UK));
    assert_eq!(shapes(&out, EN, DE), ["1-1"]);
    // Sentences that cross are a crossing unit.
    let crossed = r#"[{"en":[0],"de":[1],"crossing":true},{"en":[1],"de":[0]},{"uk":[0]}]"#;
    let crossed = apply(&before, crossed).unwrap();
    assert!(crossed.units().iter().any(Unit::crossing));
}

#[test]
fn invalid_corrections_have_specific_errors() {
    let bitext = three();
    let refused = |units: &str| apply(&bitext, units).unwrap_err();
    assert_eq!(
        refused(r#"[{"en":[0]},{"fr":[0]}]"#),
        CorrectionError::NoSuchLanguage { unit: 1, key: "fr".to_string() }
    );
    assert_eq!(
        refused(r#"[{"en":[0,9]}]"#),
        CorrectionError::NoSuchSentence { unit: 0, language: EN, sentence: 9, len: 3 }
    );
    assert_eq!(
        refused(r#"[{"en":[0]},{"en":[0],"uk":[0]}]"#),
        CorrectionError::SentenceTwice { unit: 1, language: EN, sentence: 0 }
    );
    assert_eq!(
        refused(r#"[{"en":[0],"uk":[0],"de":[0]},{"en":[1]}]"#),
        CorrectionError::SentenceLeft { language: DE, sentence: 1 }
    );
    for units in [
        r#"[{}]"#,
        r#"[{"en":[0,1]},{"uk":[0]},{"de":[0]},{"de":[1]}]"#,
        r#"[{"en":[1,0],"uk":[0],"de":[0,1]}]"#,
        r#"[{"en":[0],"de":[1]},{"en":[1],"de":[0]},{"uk":[0]}]"#,
    ] {
        assert!(matches!(refused(units), CorrectionError::Units(_)), "{units}");
    }
    assert!(matches!(refused(r#"[{"en":"0"}]"#), CorrectionError::Malformed(_)));
    let parse = |line: &str| Correction::parse(line).unwrap_err();
    let later = line(&bitext, "[]").replace("_version\":1", "_version\":2");
    assert_eq!(parse(&later), CorrectionError::Version(2));
    for bad in ["", "[]", "{}", "{\"format\":\"other\"}", "\u{0}", "{\"format\":"] {
        assert!(matches!(parse(bad), CorrectionError::Malformed(_)), "{bad}");
    }
}

#[test]
fn errors_name_the_line_and_unknown_keys_are_preserved() {
    let bitext = three();
    let json = to_json(&bitext, &Selection::default());
    let given = json.replacen('{', r#"{"licence": {"b": 1, "a": 12345678901234567890123}, "#, 1);
    let mut corrections = Corrections::default();
    let error = corrections.add("c.jsonl", 7, "{}").unwrap_err();
    assert_eq!((error.kind(), error.line()), (ErrorKind::InvalidCorrection, Some(7)));
    assert!(error.to_string().starts_with("c.jsonl:7: not a line of corrections"));
    let mut refused = Vec::new();
    assert_eq!(corrections.apply(&given, &mut refused).unwrap(), None);

    corrections.add("c.jsonl", 1, &line(&bitext, r#"[{"en":[2]},{"uk":[1],"de":[2]}]"#)).unwrap();
    let out = corrections.apply(&given, &mut refused).unwrap().unwrap();
    assert!(out.starts_with(r#"{"licence":{"b": 1, "a": 12345678901234567890123},"id":"a1","#));
    let after = from_json(&out).unwrap();
    assert_eq!(after.units().iter().map(Unit::shape).collect::<Vec<_>>(), ["2-1-2", "1", "1-1"]);
    assert_eq!(corrections.unused().count(), 0);

    // Another text with this id, and a line that does not fit.
    let other = line(&bitext, "[]").replace(&text_key(&bitext), "0123456789abcdef");
    corrections.add("c.jsonl", 2, &other).unwrap();
    let unused: Vec<String> = corrections.unused().map(|error| error.to_string()).collect();
    assert!(unused.len() == 1 && unused[0].starts_with("c.jsonl:2: no bitext of id \"a1\""));
    corrections.add("c.jsonl", 3, &line(&bitext, r#"[{"en":[99]}]"#)).unwrap();
    // It is reported, and the other line is still applied.
    assert!(refused.is_empty());
    assert_eq!(corrections.apply(&given, &mut refused).unwrap(), Some(out));
    let refused: Vec<_> = refused.iter().map(|error| (error.kind(), error.line())).collect();
    assert_eq!(refused, [(ErrorKind::InvalidCorrection, Some(3))]);
}

/// The corrected line, and the messages of refused corrections.
fn merged(bitext: &Bitext, json: &str, units: &[&str]) -> (Option<String>, Vec<String>) {
    let mut corrections = Corrections::default();
    for (at, units) in units.iter().enumerate() {
        corrections.add("c.jsonl", at + 1, &line(bitext, units)).unwrap();
    }
    let mut refused = Vec::new();
    let out = corrections.apply(json, &mut refused).unwrap();
    (out, refused.iter().map(ToString::to_string).collect())
}

#[test]
fn later_lines_override_earlier_ones() {
    let bitext = three();
    let json = to_json(&bitext, &Selection::default());
    let put = |units: &[&str]| {
        let (out, messages) = merged(&bitext, &json, units);
        let after = from_json(&out.expect("corrected")).unwrap();
        let units = after.units().iter();
        let shapes = units.map(|unit| (unit.shape(), unit.reviewed())).collect::<Vec<_>>();
        let shapes = shapes.iter().map(|(shape, reviewed)| (shape.as_str(), *reviewed));
        (
            shapes.map(|(s, c)| format!("{s}{}", if c { "!" } else { "" })).collect::<Vec<_>>(),
            messages,
        )
    };
    let joined = r#"[{"en":[0,1,2],"uk":[0,1],"de":[0,1,2]}]"#;
    let second = r#"[{"en":[2]},{"uk":[1],"de":[2]}]"#;
    let first = r#"[{"en":[0],"uk":[0],"de":[0]},{"en":[1],"de":[1]}]"#;
    // Each line alone.
    let nothing: [String; 0] = [];
    assert_eq!(put(&[first, second]).0, ["1-1-1!", "1-1!", "1!", "1-1!"]);
    assert_eq!(put(&[first, second]).1, nothing);
    // One that was made on the other's.
    let on_first = r#"[{"en":[1,2],"uk":[1],"de":[1,2]}]"#;
    let (shapes, messages) = put(&[first, on_first]);
    assert_eq!(shapes, ["1-1-1!", "2-1-2!"]);
    assert_eq!(messages, ["c.jsonl:1: 1 of its units left out: c.jsonl:2 says otherwise"]);
    // The first takes both units of the bitext, the second one: the other is as it was.
    let (shapes, messages) = put(&[joined, second]);
    assert_eq!(shapes, ["2-1-2", "1!", "1-1!"]);
    assert_eq!(messages, ["c.jsonl:1: 1 of its units left out: c.jsonl:2 says otherwise"]);
    // In the other order too. A repeated correction is kept.
    let (shapes, messages) = put(&[second, joined, joined]);
    assert_eq!(shapes, ["3-2-3!"]);
    assert_eq!(messages, ["c.jsonl:1: 2 of its units left out: c.jsonl:2 says otherwise"]);
    // A line that does not fit changes nothing of the others.
    let (shapes, messages) = put(&[first, r#"[{"en":[2]}]"#, second]);
    assert_eq!(shapes, ["1-1-1!", "1-1!", "1!", "1-1!"]);
    assert!(messages.len() == 1 && messages[0].starts_with("c.jsonl:2: sentence "), "{messages:?}");
}

#[test]
fn a_later_line_replaces_the_overlapping_units_of_an_earlier_one() {
    let article = |language, text: &[&str]| Article::from_sentences(language, text);
    let nulls =
        (0..4).flat_map(|at| [unit(&[(EN, &[at])], 0.0, 0.5), unit(&[(DE, &[at])], 0.0, 0.5)]);
    let articles =
        vec![article(EN, &["A.", "B.", "C.", "D."]), article(DE, &["E.", "F.", "G.", "H."])];
    let bitext = Bitext::new(articles, nulls.collect(), Vec::new()).unwrap();
    let json = to_json(&bitext, &Selection::default());
    let earlier = r#"[{"en":[0],"de":[0]},{"en":[1],"de":[2]},{"en":[3],"de":[3]}]"#;
    let (out, messages) = merged(&bitext, &json, &[earlier, r#"[{"en":[2],"de":[1]}]"#]);
    let after = from_json(&out.unwrap()).unwrap();
    assert_eq!(after.units().iter().map(Unit::shape).filter(|shape| shape == "1-1").count(), 3);
    assert_eq!(after.unit_of(EN, 2), after.unit_of(DE, 1));
    assert_eq!(messages, ["c.jsonl:1: 1 of its units left out: c.jsonl:2 says otherwise"]);
}

#[test]
fn units_keep_the_keys_and_digits_that_others_have_put_there() {
    let bitext = three();
    let json = to_json(&bitext, &Selection::default())
        .replacen(r#""confidence":0.8}"#, r#""confidence":0.8,"by": {"x": 1.0}}"#, 1)
        .replacen(
            r#""uk":[1],"de":[2],"score":0.9"#,
            r#""note":"a","uk":[1],"de":[2],"score":0.90000000001"#,
            1,
        )
        .replacen(r#""pairs":{"#, r#""pairs":{"en-fr": [ ], "#, 1)
        .replacen(r#"{"uk":[1],"de":[2]"#, r#"{"z":"b","uk":[1],"de":[2]"#, 1);
    assert_eq!(from_json(&json).unwrap(), bitext);
    let given = |units: &str| merged(&bitext, &json, &[units]).0.unwrap();
    // One unit is taken apart: the other is as it stood, as are the beads that it has nothing of.
    let out = given(r#"[{"en":[0],"uk":[0],"de":[0]},{"en":[1],"de":[1]}]"#);
    assert!(
        out.contains(r#"{"en":[2],"note":"a","uk":[1],"de":[2],"score":0.90000000001,"#),
        "{out}"
    );
    assert!(
        out.contains(r#""pairs":{"en-fr":[ ],"#) && out.contains(r#"{"z":"b","uk":[1],"#),
        "{out}"
    );
    assert!(!out.contains(r#""by""#));
    // A confirmed unit keeps them too.
    let out = given(r#"[{"en":[2],"uk":[1],"de":[2]},{"en":[0,1],"uk":[0],"de":[0,1]}]"#);
    let confirmed = r#""score":0.90000000001,"confidence":1.0,"reviewed":true,"note":"a"}"#;
    assert!(out.contains(confirmed), "{out}");
    assert!(out.contains(r#""confidence":1.0,"reviewed":true,"by":{"x": 1.0}}"#), "{out}");
    // A pair in the other order stays there.
    let turned = json.replace(r#""uk-de":"#, r#""de-uk":"#);
    let out = merged(&bitext, &turned, &[r#"[{"en":[2]},{"uk":[1],"de":[2]}]"#]).0.unwrap();
    assert!(out.contains(r#""de-uk":[{"#) && !out.contains("uk-de"), "{out}");
    assert_eq!(from_json(&out).unwrap().beads(UK, DE).len(), 2);
    // A pair without beads gets the beads of the new units.
    let less = to_json(&bitext, &Selection::default());
    let (head, _) = less.split_once(r#","uk-de":"#).unwrap();
    let less = format!(r#"{head}}},"unrelated":false}}"#);
    let out = merged(&bitext, &less, &[r#"[{"en":[2]},{"uk":[1],"de":[2]}]"#]).0.unwrap();
    assert_eq!(from_json(&out).unwrap().beads(UK, DE).len(), 1);
}

#[test]
fn bitexts_are_called_by_their_ids_or_files() {
    let named = |paths: [&str; 2]| {
        let article = |language, id| Article::from_sentences(language, ["A."]).with_id(id);
        let units = vec![unit(&[(EN, &[0]), (DE, &[0])], 0.5, 0.5)];
        let articles = vec![article(EN, paths[0]), article(DE, paths[1])];
        Bitext::new(articles, units, Vec::new()).unwrap()
    };
    let mut report = Report::new("r");
    for paths in [
        ["/home/one/news/a.en.txt", "/home/one/news/a.de.txt"],
        ["/home/one/sport/a.en.txt", "/home/one/sport/a.de.txt"],
        ["C:\\texts\\b.txt", "https://example.org/b/"],
        ["stdin", "c.txt"],
    ] {
        assert!(report.add(&named(paths), None).is_none());
    }
    report.add(&named(["/x/d.txt", "/y/d.txt"]).with_id("a/b"), None);
    let html = report.finish().pop().unwrap().html;
    let (_, head) = html.split_once("id=\"report\">").unwrap();
    let head: serde_json::Value =
        serde_json::from_str(head.split_once("</script>").unwrap().0).unwrap();
    let names: Vec<&str> =
        head["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "a.en.txt · a.de.txt",
            "sport/a.en.txt · sport/a.de.txt",
            "b.txt · https://example.org/b/",
            "stdin · c.txt",
            "a/b"
        ]
    );
}

#[test]
fn a_pair_is_read_in_either_order_and_not_twice() {
    let bitext = three();
    let json = to_json(&bitext, &Selection::default());
    let turned = json.replace("en-de", "de-en").replace("uk-de", "de-uk");
    assert_eq!(from_json(&turned).unwrap(), bitext);
    let twice = json.replace(r#""pairs":{"#, r#""pairs":{"de-en":[],"#);
    let messages = from_json(&twice).unwrap_err().to_string();
    assert!(messages.contains("`en-de` and `de-en` are one pair"), "{messages}");
}

proptest! {
    /// Whatever several lines say, one of them at least is in what comes out, and it is
    /// read back.
    #[test]
    fn any_lines_go_together(
        lines in prop::collection::vec(prop::collection::vec(
            prop::collection::btree_map("en|uk|de", prop::collection::vec(0usize..3, 1..3), 1..4),
            0..4,
        ), 1..5),
    ) {
        let before = three();
        let json = to_json(&before, &Selection::default());
        let lines: Vec<String> =
            lines.iter().map(|units| serde_json::to_string(units).unwrap()).collect();
        let fits: Vec<&String> = lines.iter().filter(|line| apply(&before, line).is_ok()).collect();
        let all: Vec<&str> = lines.iter().map(String::as_str).collect();
        let (out, _) = merged(&before, &json, &all);
        prop_assert!(fits.is_empty() || out.is_some());
        if let Some(out) = out {
            let after = from_json(&out).unwrap();
            prop_assert_eq!(&from_json(&to_json(&after, &Selection::default())).unwrap(), &after);
        }
        // The last of those that fit by themselves is in it whole.
        if let Some(last) = fits.last() {
            let fitting: Vec<&str> = fits.iter().map(|line| line.as_str()).collect();
            let after = from_json(&merged(&before, &json, &fitting).0.unwrap()).unwrap();
            for unit in apply(&before, last).unwrap().units().iter().filter(|unit| unit.reviewed()) {
                let is_there = |own: &Unit| own.reviewed() && own.parts() == unit.parts();
                prop_assert!(after.units().iter().any(is_there), "{}", last);
            }
        }
    }

    /// Whatever a line says, it is refused or the result is a bitext that is read back.
    #[test]
    fn any_units_are_refused_or_make_a_bitext(
        units in prop::collection::vec(
            prop::collection::btree_map("en|uk|de", prop::collection::vec(0usize..4, 1..3), 1..4),
            0..6,
        ),
    ) {
        let before = three();
        if let Ok(after) = apply(&before, &serde_json::to_string(&units).unwrap()) {
            let again = from_json(&to_json(&after, &Selection::default())).unwrap();
            prop_assert_eq!(&again, &after);
            let reviewed = after.units().iter().filter(|unit| unit.reviewed()).count();
            prop_assert_eq!(reviewed, units.len());
        }
    }

    #[test]
    fn lines_never_panic(line in "\\PC{0,80}") {
        prop_assert!(Correction::parse(&line).is_err());
    }
}
