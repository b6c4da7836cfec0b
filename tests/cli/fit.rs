//! `bitext fit`, and `--weights` of `bitext align`.

use crate::common::cli::{Run, bitext};
use crate::common::{ENGLISH, GERMAN, UKRAINIAN};
use bitext::align::Weights;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Documents of five to eight segments, each with another id.
fn documents(count: usize) -> Vec<Value> {
    let turned = |texts: [&str; 8], by: usize| -> Vec<String> {
        (0..5 + by % 4).map(|at| texts[(at + by) % 8].to_string()).collect()
    };
    let document = |at: usize| {
        json!({"id": format!("made-{at}"), "en": turned(ENGLISH, at), "uk": turned(UKRAINIAN, at),
            "de": turned(GERMAN, at)})
    };
    (0..count).map(document).collect()
}

fn lines(documents: &[Value]) -> String {
    documents.iter().map(|document| format!("{document}\n")).collect()
}

/// Runs `bitext fit` on a file of these lines; `@` in the arguments is the folder.
fn fit(text: &str, args: &str) -> (Run, TempDir) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("documents");
    std::fs::write(&path, text).expect("written");
    let mut all = vec!["fit".to_string(), path.display().to_string()];
    let at = format!("{}/", folder.path().display());
    all.extend(args.split_whitespace().map(|word| word.replace('@', &at)));
    (bitext(all, b""), folder)
}

/// The table of a run that went well.
#[track_caller]
fn table(run: &Run) -> Weights {
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout.parse().expect("a table")
}

#[track_caller]
fn row<'t>(table: &'t str, name: &str) -> Vec<&'t str> {
    let line = table.lines().find(|line| line.split('\t').next() == Some(name));
    line.unwrap_or_else(|| panic!("no {name}: {table}")).split('\t').skip(1).collect()
}

#[test]
fn learnt_weights_are_reproducible_and_usable() {
    let text = lines(&documents(4));
    let (run, _) = fit(&text, "--steps 3");
    let weights = table(&run);
    assert_ne!(weights, Weights::default());
    assert!(run.stdout.starts_with("# Weights of the aligner for "), "{}", run.stdout);
    assert!(run.stderr.contains(": 4 documents\n"), "{}", run.stderr);
    // Nine kinds of noise, three pairs of languages, and about a third of these without words.
    assert!(run.stderr.contains("bitext: 147 examples\n"), "{}", run.stderr);
    assert!(run.stderr.contains("step 2: log-likelihood of an example -"), "{}", run.stderr);

    let (again, folder) = fit(&text, "--steps 3 -o @weights");
    assert_eq!((again.status, again.stdout.as_str()), (0, ""));
    assert_eq!(again.stderr, run.stderr.replace(path_of(&run), path_of(&again)));
    let path = folder.path().join("weights");
    assert_eq!(std::fs::read_to_string(&path).expect("written"), run.stdout);

    let line = json!({"id": 1, "en": ENGLISH.join(" "), "de": GERMAN.join(" ")}).to_string();
    let weights = path.display().to_string();
    let out = bitext(["align", "--jsonl", "--weights", &weights], line.as_bytes()).quiet();
    let usual = bitext(["align", "--jsonl"], line.as_bytes()).quiet();
    crate::common::schema::check_bitext(&line, out.trim_end());
    let fingerprint = |out: &str| -> Value {
        serde_json::from_str::<Value>(out).expect("JSON")["fingerprint"].clone()
    };
    assert_ne!(fingerprint(&out), fingerprint(&usual), "they are named");
}

#[test]
fn weights_can_be_calibrated_alone() {
    let text = lines(&documents(4));
    let (learnt, folder) = fit(&text, "--steps 3 --held-out-half 0 -o @weights");
    assert_eq!(learnt.status, 0, "{}", learnt.stderr);
    let path = folder.path().join("weights");
    let learnt = std::fs::read_to_string(&path).expect("written");
    // On the same documents the same calibration, on others another one. The weights stay.
    let documents = folder.path().join("documents").display().to_string();
    let calibrate = |more: &[&str]| {
        let weights = path.display().to_string();
        let args = [&["fit", documents.as_str(), "--weights", weights.as_str()], more].concat();
        let run = bitext(args, b"");
        table(&run);
        run.stdout
    };
    assert_eq!(calibrate(&["--held-out-half", "0"]), learnt);
    let other = calibrate(&["--held-out-half", "1"]);
    assert_ne!(row(&other, "calibration_of_2"), row(&learnt, "calibration_of_2"));
    assert_eq!(row(&other, "margin"), row(&learnt, "margin"));
    assert_eq!(row(&other, "share"), row(&learnt, "share"));

    std::fs::write(&path, "no table").expect("written");
    let run = bitext(["fit", &documents, "--weights", &path.display().to_string()], b"");
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("weights"), "{}", run.stderr);
}

/// The file that a run names first.
fn path_of(run: &Run) -> &str {
    let name = run.stderr.strip_prefix("bitext: ").and_then(|rest| rest.split(": ").next());
    name.unwrap_or_else(|| panic!("{}", run.stderr))
}

#[test]
fn each_document_is_in_exactly_one_half() {
    let all = documents(12);
    let text = lines(&all);
    let count = |args: &str| -> usize {
        let (run, _) = fit(&text, &format!("--steps 1 {args}"));
        table(&run);
        let found =
            run.stderr.split(" documents\n").next().and_then(|to| to.split(' ').next_back());
        found.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{}", run.stderr))
    };
    let halves = [count("--held-out-half 0"), count("--held-out-half 1")];
    assert_eq!(halves[0] + halves[1], 12);
    assert!(halves[0] > 0 && halves[1] > 0, "{halves:?}");
    assert_eq!(count("--max-documents 4"), 4);
    // By id, whatever the order.
    let reversed: Vec<Value> = all.into_iter().rev().collect();
    let (run, _) = fit(&lines(&reversed), "--steps 1 --held-out-half 0");
    assert!(run.stderr.contains(&format!(": {} documents\n", halves[0])), "{}", run.stderr);
}

#[test]
fn held_out_documents_are_listed() {
    let text = lines(&documents(12));
    let mut all = Vec::new();
    for half in ["0", "1"] {
        let (run, folder) = fit(&text, &format!("--held-out-half {half} --list-held-out"));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let place = format!("{}\t", folder.path().join("documents").display());
        for line in run.stdout.lines() {
            all.push(line.strip_prefix(&place).expect("the file's name").to_string());
        }
        // As many as are not learnt from.
        let (learnt, _) = fit(&text, &format!("--steps 1 --held-out-half {half}"));
        let others = 12 - run.stdout.lines().count();
        assert!(learnt.stderr.contains(&format!(": {others} documents\n")), "{}", learnt.stderr);
    }
    all.sort();
    let mut ids: Vec<String> = (0..12).map(|at| format!("\"made-{at}\"")).collect();
    ids.sort();
    assert_eq!(all, ids);
    assert_eq!(fit(&text, "--list-held-out").0.status, 2);
}

#[test]
fn ablated_weights_are_zero() {
    let (run, _) =
        fit(&lines(&documents(2)), "--steps 2 --ablate competitor_margin --ablate gap_both_sides");
    table(&run);
    fn zero(value: &&str) -> bool {
        value.parse::<f32>().is_ok_and(|value| value == 0.0)
    }
    assert!(row(&run.stdout, "competitor_margin").iter().all(zero));
    assert!(row(&run.stdout, "gap_both_sides").iter().all(zero));
    assert!(!row(&run.stdout, "margin").iter().any(zero));
    let (run, _) = fit(&lines(&documents(2)), "--steps 2 --ablate rivals");
    assert_eq!((run.status, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("ablate"), "{}", run.stderr);
}

#[test]
fn two_languages_and_blank_segments_are_accepted() {
    let mut document = json!({"doc_id": 17, "en": ENGLISH, "de": GERMAN});
    document["en"][3] = json!(" ");
    let (run, _) = fit(&lines(&[document]), "--steps 1");
    table(&run);
    assert!(run.stderr.contains("bitext: 14 examples\n"), "{}", run.stderr);
}

#[test]
fn malformed_documents_are_reported() {
    let good = documents(1)[0].to_string();
    let cases = [
        (format!("{good}\n{{\"id\": 1,"), "documents:2: ", ""),
        (format!("{good}\n{good}\n[]"), "documents:3: ", ""),
        (format!("{good}\n\n{good}\n{{"), "documents:4: ", ""),
        (json!({"en": ["A."], "de": ["B."]}).to_string(), "documents:1: ", "no `id`"),
        (
            json!({"id": 1, "en": ["A.", "B."], "de": ["B."]}).to_string(),
            "documents:1: ",
            "equally many",
        ),
        (json!({"id": 1, "en": ["A.", "B."]}).to_string(), "documents:1: ", "two or three"),
        (json!({"id": 1}).to_string(), "documents:1: ", "two or three"),
        (json!({"id": 1, "en": "A.", "de": ["B."]}).to_string(), "documents:1: ", "`en`"),
        (json!({"id": 1, "en": ["A."], "de": [2]}).to_string(), "documents:1: ", "`de`"),
        (json!({"id": 1, "en": ["A."], "de": null}).to_string(), "documents:1: ", "two or three"),
    ];
    for (text, line, why) in cases {
        let (run, folder) = fit(&text, "--steps 1 -o @weights");
        let message = run.refused(1);
        assert!(message.contains(line), "{message}");
        assert!(message.contains(why), "{message}");
        assert!(!folder.path().join("weights").exists(), "whole or not at all");
    }
}

#[test]
fn too_little_to_learn_from_is_an_error() {
    for text in ["", &json!({"id": 1, "en": ["A."], "de": ["B."]}).to_string()] {
        let (run, _) = fit(text, "--steps 1");
        assert_eq!((run.status, run.stdout.as_str()), (1, ""));
        assert!(run.stderr.contains("examples"), "{}", run.stderr);
    }
    for (args, status) in [
        ("--steps 0", 1),
        ("--steps 10001", 1),
        ("--prior-variance 0", 1),
        ("--prior-variance nan", 1),
        ("--steps x", 2),
        ("--held-out-half 2", 2),
        ("--model nowhere", 1),
    ] {
        let (run, _) = fit(&lines(&documents(1)), args);
        assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{args}: {}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
    assert_eq!(bitext(["fit"], b"").status, 2);
    let message = bitext(["fit", "/nowhere/at/all"], b"").refused(1);
    assert!(message.contains("/nowhere/at/all"), "{message}");
}

#[test]
fn a_malformed_file_of_weights_is_reported() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("weights.tsv");
    let name = path.display().to_string();
    let align = || bitext(["align", "--jsonl", "--weights", &name], b"{}\n");
    assert!(align().refused(1).contains(&name), "it is not there");
    let table = Weights::default().to_string();
    for text in [
        String::new(),
        "weights".to_string(),
        table.lines().skip(1).collect::<Vec<_>>().join("\n"),
        table.lines().take(9).collect::<Vec<_>>().join("\n"),
        table.replace("competitor_margin\t", "competitor_margins\t"),
        table.replace("gap_open\t", "gap_open\tNaN\t"),
        table.replace("gap_open\t", "gap_open\t9"),
        format!("{table}{table}"),
    ] {
        std::fs::write(&path, &text).expect("written");
        let message = align().refused(1);
        assert!(message.contains("weights.tsv: ") && message.contains("weights"), "{message}");
    }
    std::fs::write(&path, b"weight\t\xff").expect("written");
    assert!(align().refused(1).contains(&name));
}
