//! `bitext score`

use crate::common::cli::bitext;
use crate::common::json::{Json, parse};
use crate::common::split_mix::SplitMix64;
use crate::common::{ENGLISH, GERMAN, UKRAINIAN};
use serde_json::json;
use tempfile::TempDir;

const HEADER: &str = "key\tP\tR\tF1\tPlax\tRlax\tF1lax\tF1n\tF1nlax\tnull\tnullprec\tpure\tbeads\n";

/// The output of the script `score_align.py`, which has the same columns, for
/// the sample.
const TABLE: &str = "\
north/clean/en-uk\t0.8182\t0.8571\t0.8372\t0.8182\t0.8571\t0.8372\t0.9231\t0.9231\t1.0000\t0.6000\t1.0000\t6
north/clean/en-de\t0.2500\t0.2500\t0.2500\t0.7500\t1.0000\t0.8571\t0.2500\t0.8571\t0.0000\t1.0000\t0.2500\t4
north/noisy/en-uk\t0.7500\t0.4000\t0.5217\t1.0000\t1.0000\t1.0000\t0.4444\t1.0000\t0.8000\t1.0000\t0.5000\t4
north/noisy/en-de\t0.4286\t0.3333\t0.3750\t0.8571\t1.0000\t0.9231\t0.3333\t0.9091\t0.2000\t1.0000\t0.3333\t6
south/clean/en-uk\t0.7500\t0.6000\t0.6667\t0.8750\t1.0000\t0.9333\t0.6000\t0.8889\t0.6000\t1.0000\t0.6000\t5
south/clean/en-de\t0.0714\t0.0000\t0.0000\t0.0714\t0.0000\t0.0000\t0.0000\t0.0000\t1.0000\t0.0714\t1.0000\t0
south/noisy/en-uk\t0.7500\t0.4000\t0.5217\t1.0000\t1.0000\t1.0000\t0.4444\t1.0000\t0.8000\t1.0000\t0.5000\t4
south/noisy/en-de\t0.5714\t0.3333\t0.4211\t1.0000\t1.0000\t1.0000\t0.3636\t1.0000\t0.5000\t1.0000\t0.4000\t5
tasks without a prediction, counted as entirely unaligned: 1
";

/// The same by `set`.
const BY_SET: &str = "\
north\t0.6333\t0.5000\t0.5588\t0.8667\t0.9545\t0.9085\t0.5238\t0.9265\t0.5000\t0.8000\t0.5500\t20
south\t0.4595\t0.3182\t0.3760\t0.6216\t0.7273\t0.6703\t0.3889\t0.8157\t0.6667\t0.4348\t0.5000\t14
tasks without a prediction, counted as entirely unaligned: 1
";

const SAMPLE: [&str; 2] = ["tests/data/score/tasks.jsonl", "tests/data/score/predictions.jsonl"];

fn score(args: &[&str]) -> crate::common::cli::Run {
    bitext([&["score"], args].concat(), b"")
}

/// A folder with files, and its path to put before their names.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("it can be written");
    }
    folder
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

/// The fields of the only row.
#[track_caller]
fn row(output: &str) -> Vec<String> {
    let rows = output.strip_prefix(HEADER).expect("a header");
    assert_eq!(rows.lines().count(), 1, "{output}");
    rows.trim_end().split('\t').map(str::to_string).collect()
}

#[test]
fn the_table_matches_the_reference_script() {
    assert_eq!(score(&SAMPLE).quiet(), format!("{HEADER}{TABLE}"));
    let by_set = score(&[SAMPLE[0], SAMPLE[1], "--by", "set"]).quiet();
    assert_eq!(by_set, format!("{HEADER}{BY_SET}"));
}

#[test]
fn json_has_the_same_scores_and_a_total() {
    let by = ["--by", "set,kind", "--json"];
    let out = parse(&score(&[&SAMPLE[..], &by].concat()).quiet());
    assert_eq!(out.get("nulls").text(), "each");
    assert_eq!(out.get("groups").list().len(), 4);
    let group = &out.get("groups").list()[2];
    assert_eq!(group.get("key").get("set").text(), "south");
    assert_eq!(group.get("key").get("kind").text(), "clean");
    assert_eq!((group.get("tasks").index(), group.get("missing").index()), (2, 1));
    let total = out.get("total");
    assert_eq!((total.get("tasks").index(), total.get("missing").index()), (8, 1));
    assert_eq!((total.get("beads").index(), total.get("gold_beads").index()), (34, 44));
    let close = |out: &Json, key: &str, share: f64| {
        assert!((out.get("total").get(key).number() - share).abs() < 1e-12, "{key}");
    };
    close(&out, "P", 36.0 / 67.0);
    let names: Vec<&str> = HEADER.trim_end().split('\t').skip(1).collect();
    assert_eq!(total.keys()[2..14], names);

    let given = [&SAMPLE[..], &["--null-beads", "as-given", "--json"]].concat();
    let out = parse(&score(&given).quiet());
    assert_eq!(out.get("nulls").text(), "as-given");
    close(&out, "P", 33.0 / 49.0);
    close(&out, "Plax", 46.0 / 49.0);
}

#[test]
fn no_keys_give_one_group() {
    let all = score(&[&SAMPLE[..], &["--by", ""]].concat()).quiet();
    assert!(
        all.lines().nth(1).is_some_and(|row| row.starts_with("all\t0.5373\t0.4091\t")),
        "{all}"
    );
}

/// 4 x 5 sentences. Of four predicted beads one is right, one overlaps. Not
/// aligning target 4 is right; not aligning target 3, source 3 and 2 wrong.
const GOLD: &str = "[0]:[0]\n[1]:[1, 2]\n[2, 3]:[3]\n[]:[4]\n";
const PREDICTED: &str = "[0]:[0]:0.1\n[1]:[1]:0.2\n\n[2, 3]:[]:0\n[]:[3]:0\n[]:[2]:0\n[]:[4]:0\n";

#[test]
fn vecalign_files_are_scored_with_both_options_for_null_beads() {
    let folder = folder(&[("gold", GOLD), ("pred", PREDICTED)]);
    let files = [path(&folder, "gold"), path(&folder, "pred")];
    let files = [files[0].as_str(), files[1].as_str()];
    // One null bead per sentence: 2 beads and 5 null beads; 0:0 and 4 are right.
    let each = row(&score(&files).quiet());
    assert_eq!(each[..5], ["all", "0.2857", "0.3333", "0.3077", "0.4286"]);
    // As given: 2 beads and 4 nulls.
    let given = row(&score(&[&files[..], &["--null-beads", "as-given"]].concat()).quiet());
    assert_eq!(given[..5], ["all", "0.3333", "0.3333", "0.3333", "0.5000"]);
    assert_eq!(given[7..], each[7..]);
    assert_eq!(each[7..], ["0.4000", "0.8000", "1.0000", "0.2000", "0.5000", "2"]);
}

#[test]
fn ladders_and_vecalign_files_are_compared() {
    let folder = folder(&[
        ("gold", "[0]:[0]\n[1]:[1, 2]\n[2]:[]\n[3]:[3]\n"),
        ("ladder", "0\t0\t0.3\n1\t1\t0.5\r\n2\t3\t0.5\n3\t3\t-0.3\n4\t4\n"),
    ]);
    let (gold, ladder) = (path(&folder, "gold"), path(&folder, "ladder"));
    for files in [[&gold, &ladder], [&ladder, &gold], [&ladder, &ladder]] {
        let out = score(&[files[0], files[1], "--null-beads", "as-given"]).quiet();
        assert!(row(&out)[1..12].iter().all(|share| share == "1.0000"), "{out}");
    }
    let forced = score(&[&ladder, &ladder, "--from", "ladder"]).quiet();
    assert_eq!(row(&forced)[12], "3");
}

#[test]
fn a_file_can_be_standard_input_or_blank() {
    let folder = folder(&[("gold", GOLD), ("blank", "\n \n")]);
    let gold = path(&folder, "gold");
    let out = bitext(["score", &gold, "-"], GOLD.as_bytes()).quiet();
    assert_eq!(row(&out)[3], "1.0000");
    let out = bitext(["score", "-", &gold], GOLD.as_bytes()).quiet();
    assert_eq!(row(&out)[3], "1.0000");
    let out = score(&[&gold, &path(&folder, "blank")]).quiet();
    assert!(out.ends_with("counted as entirely unaligned: 1\n"), "{out}");
    let message = score(&[&path(&folder, "blank"), &gold]).refused(1);
    assert!(message.contains("the file has no alignments"), "{message}");
}

/// A bitext of two languages: two beads right, one wrong, one null right and
/// one wrong.
fn confident(id: &str) -> String {
    let rows = json!([
        {"en": [0], "de": [0], "confidence": 0.95}, {"en": [2, 1], "de": [1], "confidence": 0.9},
        {"en": [3], "de": [3], "confidence": 0.25}, {"en": [4], "confidence": 0.8},
        {"de": [2], "confidence": 0.7},
    ]);
    let sentences = json!({"en": ["a", "b", "c", "d", "e"], "de": ["a", "b", "c", "d"]});
    format!("{}\n", json!({"id": id, "sentences": sentences, "units": rows, "pairs": {}}))
}

fn confident_task(id: &str, kind: &str) -> String {
    let task = json!({"id": id, "kind": kind, "src_lang": "en", "tgt_lang": "de",
        "src": ["a", "b", "c", "d", "e"], "tgt": ["a", "b", "c", "d"],
        "gold": [[[0], [0]], [[1, 2], [1]], [[3], [2]], [[4], []], [[], [3]]]});
    format!("{task}\n")
}

#[test]
fn reliability_compares_confidences_with_gold() {
    let tasks = confident_task("a", "x") + &confident_task("b", "y");
    let folder = folder(&[("gold", &tasks), ("pred", &(confident("a") + &confident("b")))]);
    let files = [path(&folder, "gold"), path(&folder, "pred"), "--reliability".to_string()];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let out = score(&files).quiet();
    for said in [
        "\n\nbeads\tcount\tconfidence\tright\n0.0-0.1\t0\t-\t-\n",
        "\n0.2-0.3\t2\t0.2500\t0.0000\n",
        "\n0.9-1.0\t4\t0.9250\t1.0000\n>=0.9\t4\t\t1.0000\nerror\t6\t0.1333\t\n",
        "\n\nnull beads\tcount\tconfidence\tright\n",
        "\n0.7-0.8\t2\t0.7000\t0.0000\n0.8-0.9\t2\t0.8000\t1.0000\n",
        ">=0.9\t0\t\t-\nerror\t4\t0.4500\t\n",
    ] {
        assert!(out.contains(said), "{said:?}: {out:?}");
    }
    assert!(!score(&files[..2]).quiet().contains("null beads"));

    let out = parse(&score(&[&files[..], &["--json", "--by", "kind"]].concat()).quiet());
    let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-6, "{found}");
    for (at, count) in [(0, 3), (1, 3)] {
        let group = out.get("groups").list()[at].get("reliability").get("beads");
        assert_eq!(group.get("count").index(), count);
        close(group.get("expected_error").number(), 0.4 / 3.0);
    }
    let beads = out.get("total").get("reliability").get("beads");
    assert_eq!((beads.get("count").index(), beads.get("sure").index()), (6, 4));
    close(beads.get("sure_right").number(), 1.0);
    let bin = &beads.get("bins").list()[2];
    assert_eq!((bin.get("count").index(), bin.get("right").index()), (2, 0));
    close(bin.get("mean_confidence").number(), 0.25);
    let plain = parse(&score(&[files[0], files[1], "--json"]).quiet());
    assert!(!plain.get("total").keys().contains(&"reliability"));
}

#[test]
fn predictions_without_confidences_are_refused() {
    let bare = confident("a").replace("\"confidence\":0.25,", "");
    let high = confident("a").replace("0.25", "1.5");
    let beads = r#"{"id":"a","beads":[]}"#;
    for (pred, said) in [
        (bare.as_str(), "pred:1: a bead of the bitext has no `confidence`"),
        (high.as_str(), "1.5"),
        (beads, "pred:1: beads alone have no confidence"),
        ("[0]:[0]", "--reliability needs a PRED with lines of `bitext align`"),
    ] {
        let folder = folder(&[("gold", &confident_task("a", "x")), ("pred", pred)]);
        let args = [&path(&folder, "gold"), &path(&folder, "pred"), "--reliability"];
        let message = score(&args).refused(1);
        assert!(message.contains(said), "{said}: {message}");
    }
    let folder = folder(&[("gold", GOLD), ("pred", PREDICTED)]);
    let run = score(&[&path(&folder, "gold"), &path(&folder, "pred"), "--reliability"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
}

/// Tasks of the parallel texts, the last English sentence without a
/// counterpart.
fn tasks() -> String {
    let sides = [("en", &ENGLISH[..]), ("uk", &UKRAINIAN[..7]), ("de", &GERMAN[..7])];
    let mut lines = String::new();
    for (s, t) in [(0, 1), (2, 0), (1, 2)] {
        let ((source, src), (target, tgt)) = (sides[s], sides[t]);
        let mut gold: Vec<_> = (0..7).map(|at| json!([[at], [at]])).collect();
        gold.extend((src.len() == 8).then(|| json!([[7], []])));
        gold.extend((tgt.len() == 8).then(|| json!([[], [7]])));
        let task = json!({
            "id": format!("t/{source}-{target}"), "group": "t", "src_lang": source,
            "tgt_lang": target, "src": src, "tgt": tgt, "gold": gold,
        });
        lines += &format!("{task}\n");
    }
    lines
}

#[track_caller]
fn assert_perfect(output: &str, rows: usize) {
    let lines: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(lines.len(), rows, "{output}");
    for line in lines {
        assert_eq!(line.split('\t').nth(3), Some("1.0000"), "{output}");
    }
}

#[test]
fn output_of_align_is_scored() {
    let folder = folder(&[("tasks", &tasks())]);
    let tasks_path = path(&folder, "tasks");
    // A line for each task.
    let bitexts = bitext(["align", "--jsonl"], tasks().as_bytes()).quiet();
    let out = bitext(["score", &tasks_path, "-"], bitexts.as_bytes()).quiet();
    assert_perfect(&out, 3);
    assert!(out.contains("\n-/-/de-en\t"), "{out}");
    // A line for the group, in three languages: all pairs, and one of them.
    let group = json!({"id": "t", "en": ENGLISH, "uk": UKRAINIAN[..7], "de": GERMAN[..7]});
    for args in [&["align", "--jsonl"][..], &["align", "--jsonl", "--pairs", "en-uk"]] {
        let bitexts = bitext(args, format!("{group}\n").as_bytes()).quiet();
        let out = bitext(["score", &tasks_path, "-"], bitexts.as_bytes()).quiet();
        assert_perfect(&out, 3);
    }
}

#[test]
fn a_bitext_is_scored_against_one_document() {
    let folder = folder(&[
        ("gold", &(0..8).map(|at| format!("[{at}]:[{at}]\n")).collect::<String>()),
        ("en", &ENGLISH.join(" ")),
        ("de", &GERMAN.join(" ")),
    ]);
    let file = |name: &str| path(&folder, name);
    let args = ["align", "--format", "jsonl", "--en", &file("en"), "--de", &file("de")];
    let bitexts = bitext(args, b"").quiet();
    let run =
        |args: &[&str]| bitext([&["score", &file("gold"), "-"], args].concat(), bitexts.as_bytes());
    assert_perfect(&run(&["--pair", "de-en"]).quiet(), 1);
    let message = run(&[]).refused(1);
    assert!(message.contains("--pair"), "{message}");
    let message = run(&["--pair", "de-uk"]).refused(1);
    assert!(message.contains("no alignment of these languages"), "{message}");
}

#[test]
fn predictions_without_a_task_are_reported() {
    let task = r#"{"id":1,"src":["a"],"tgt":["b"],"gold":[[[0],[0]]]}"#;
    let predictions = "{\"id\":1,\"beads\":[[[0],[0]]]}\n{\"id\":2,\"beads\":[]}\n";
    let folder = folder(&[("tasks", task), ("pred", predictions)]);
    let run = score(&[&path(&folder, "tasks"), &path(&folder, "pred")]);
    assert_eq!(run.status, 0);
    assert!(run.stderr.contains("has no task for 1 predictions"), "{}", run.stderr);
    assert_perfect(&run.stdout, 1);
}

#[test]
fn bad_input_is_named_by_file_and_line() {
    let good = r#"{"id":"a","src":["x"],"tgt":["y"],"gold":[[[0],[0]]]}"#;
    let beads = r#"{"id":"a","beads":[[[0],[0]]]}"#;
    let other = good.replace("\"a\"", "\"b\"");
    let twice = beads.replace("[[[0],[0]]]", "[[[0],[0]],[[0],[]]]");
    let range = beads.replace("[[[0],[0]]]", "[[[0],[1]]]");
    for (gold, pred, said) in [
        (format!("{good}\n\nx"), beads.to_string(), "gold:3: not a JSON object"),
        (format!("{good}\n{good}"), beads.to_string(), "gold:2: line 1 already has the id `a`"),
        (good.to_string(), format!("{beads}\n{beads}"), "pred:2: line 1 already has the id `a`"),
        (good.to_string(), twice, "pred:1: source sentence 0 is in bead 0 and again in"),
        (good.to_string(), range, "pred:1: bead 0 has target sentence 1, but there are 1"),
        (good.to_string(), "[0]:[0]\n[0]:[1]".to_string(), "pred:2: source sentence 0 is in"),
        (good.to_string(), "[0]:[0]\n[1]:[]".to_string(), "pred:2: bead 1 has source"),
        (format!("{good}\n{other}"), "[0]:[0]".to_string(), "gold has several tasks"),
        ("[0]:[0]".to_string(), "[0]:0".to_string(), "pred:1: `0` is not a list"),
        ("[0]:[0]".to_string(), "0\t0\n5".to_string(), "pred:2: `5`: a line must be a rung"),
        ("[0]:[0]".to_string(), format!("{beads}\n{}", beads.replace("\"a\"", "2")), "has 2 pre"),
        ("A text.".to_string(), beads.to_string(), "gold:1: not a JSON object"),
        (good.to_string(), "\nA text.".to_string(), "pred:2: not a JSON object"),
    ] {
        let folder = folder(&[("gold", &gold), ("pred", &pred)]);
        let message = score(&[&path(&folder, "gold"), &path(&folder, "pred")]).refused(1);
        assert!(message.contains(said), "{said}: {message}");
    }
}

#[test]
fn unreadable_bytes_and_files_are_reported() {
    let folder = folder(&[("gold", GOLD)]);
    std::fs::write(folder.path().join("bytes"), b"[0]:[0]\n[1]:\xff").expect("written");
    let gold = path(&folder, "gold");
    let message = score(&[&gold, &path(&folder, "bytes")]).refused(1);
    assert!(message.contains("bytes:2 (byte 4): not UTF-8"), "{message}");
    let message = score(&[&gold, &path(&folder, "none")]).refused(1);
    assert!(message.contains("cannot read") && message.contains("none"), "{message}");
    assert!(score(&[&gold, folder.path().to_str().expect("UTF-8")]).refused(1).contains("cannot"));
}

#[test]
fn wrong_usage_ends_with_status_2() {
    let folder = folder(&[("gold", GOLD)]);
    let gold = path(&folder, "gold");
    for args in [
        &[][..],
        &[gold.as_str()],
        &["-", "-"],
        &[&gold, &gold, "--null-beads", "some"],
        &[&gold, &gold, "--from", "xml"],
        &[&gold, &gold, "--pair", "de"],
        &[&gold, &gold, "--pair", "de-de"],
        &[&gold, &gold, "--by", "kind"],
    ] {
        let run = score(args);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_key_of_by_must_exist() {
    let message = score(&[&SAMPLE[..], &["--by", "set,sort"]].concat()).refused(1);
    assert!(message.contains("tasks.jsonl:1: the task has no `sort`"), "{message}");
}

#[test]
fn malformed_input_never_panics() {
    let mut random = SplitMix64::new(7);
    let mut next = || random.next_u64() as u8;
    for start in ["", "{", "[", "0\t0\n", "[0]:[0]\n", "{\"id\":1,"] {
        let bytes: Vec<u8> = start.bytes().chain((0..300).map(|_| next())).collect();
        for args in [["score", "-", SAMPLE[1]], ["score", SAMPLE[0], "-"]] {
            let message = bitext(args, &bytes).refused(1);
            assert!(!message.contains("panicked"), "{message}");
        }
    }
}

#[test]
fn help_explains_the_counts() {
    let help = score(&["--help"]).quiet();
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["--null-beads", "as-given", "entirely unaligned", "nullprec", "Exit status"] {
        assert!(help.contains(said), "{said}: {help}");
    }
}
