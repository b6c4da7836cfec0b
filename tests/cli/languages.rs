//! Codes of languages as data has them, wherever the program reads one.
use crate::common::cli::bitext;
use serde_json::Value;

const ENGLISH: &str = "The old lighthouse on the cape was closed in 1987. Two families live there \
    now. In winter the road is often blocked by snow, and the mail comes by boat. The council \
    wants to sell the tower for 40,000 euros.";
const UKRAINIAN: &str = "Старий маяк на мисі закрили 1987 року. Тепер там живуть дві родини. \
    Узимку дорогу часто замітає снігом, і пошту привозять човном. Рада хоче продати вежу за \
    40 000 євро.";
const GERMAN: &str = "Der alte Leuchtturm am Kap wurde 1987 geschlossen. Heute leben dort zwei \
    Familien. Im Winter ist die Straße oft verschneit, und die Post kommt mit dem Boot. Der \
    Gemeinderat will den Turm für 40.000 Euro verkaufen.";

fn json(line: &str) -> Value {
    serde_json::from_str(line).expect("JSON")
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn keys_of_articles_may_be_any_code() {
    for [en, uk, de] in [
        ["en-US", "uk-UA", "de_AT"],
        ["eng", "ukr", "deu"],
        ["eng_Latn", "ukr_Cyrl", "ger"],
        ["en_XX", "uk_UA", "de_DE"],
        ["EN", "UK", "de-de"],
    ] {
        let line = serde_json::json!({
            "id": 1, "en_id": "a", "en_url": "b", en: ENGLISH, uk: UKRAINIAN, de: GERMAN
        });
        let out = json(&bitext(["align", "--jsonl"], line.to_string().as_bytes()).quiet());
        let mut found = keys(&out["sentences"]);
        found.sort_unstable();
        assert_eq!(found, ["de", "en", "uk"], "{line}");
        assert_eq!(out["unrelated"], false);
    }
}

#[test]
fn two_keys_of_one_language_are_an_error_that_names_both() {
    let line = r#"{"id": 7, "en-US": "Rain.", "en-GB": "Rain.", "de": "Regen."}"#;
    for command in [["align", "--jsonl"].as_slice(), &["pair", "-o"]] {
        let run = if command[0] == "align" {
            bitext(command, line.as_bytes())
        } else {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.jsonl");
            std::fs::write(&file, line).unwrap();
            bitext([command[0].as_ref(), file.as_os_str()], b"")
        };
        assert_eq!(run.status, 1);
        assert!(run.stderr.contains("`en-US` and `en-GB` are both `en`"), "{}", run.stderr);
    }
}

#[test]
fn tasks_and_predictions_agree_on_codes() {
    let folder = tempfile::tempdir().unwrap();
    fn sentences(text: &str) -> Vec<&str> {
        text.split_inclusive(". ").map(str::trim).collect()
    }
    let (src, tgt) = (sentences(ENGLISH), sentences(GERMAN));
    let gold: Vec<_> = (0..src.len()).map(|at| [[at], [at]]).collect();
    let task = serde_json::json!({"id": "a", "src_lang": "en_GB", "tgt_lang": "deu_Latn",
        "src": src, "tgt": tgt, "gold": gold});
    let (tasks, found) = (folder.path().join("gold.jsonl"), folder.path().join("found.jsonl"));
    std::fs::write(&tasks, task.to_string()).unwrap();
    let bitexts = bitext(["align", "--jsonl"], task.to_string().as_bytes()).quiet();
    assert!(json(&bitexts)["sentences"]["en"].is_array());
    std::fs::write(&found, bitexts).unwrap();
    let args = ["score".as_ref(), "--json".as_ref(), tasks.as_os_str(), found.as_os_str()];
    let score = bitext(args, b"").quiet();
    assert_eq!(json(&score)["total"]["F1"], 1.0, "{score}");
}

#[test]
fn articles_are_paired_by_any_code_or_name() {
    let folder = tempfile::tempdir().unwrap();
    let line = |id: &str, lang: &str, text: &str| {
        serde_json::json!({"id": id, "lang": lang, "text": text}).to_string()
    };
    let lines =
        [line("1", "en-US", ENGLISH), line("2", "de_AT", GERMAN), line("3", "ukr_Cyrl", UKRAINIAN)];
    std::fs::write(folder.path().join("all.jsonl"), lines.join("\n")).unwrap();
    let run = bitext(["pair".as_ref(), folder.path().join("all.jsonl").as_os_str()], b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.lines().len(), 1);
    let group = json(run.lines()[0]);
    assert!(["en", "uk", "de"].iter().all(|code| group[code].is_string()), "{group}");

    // By their text alone these are too short to tell.
    let texts = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(texts.path().join("uk_UA")).unwrap();
    for (name, text) in [
        ("a.en-US.txt", "Rain"),
        ("a.deu.txt", "Regen"),
        ("uk_UA/a.txt", "Дощ"),
        ("a.en_text.txt", "12"),
    ] {
        std::fs::write(texts.path().join(name), text).unwrap();
    }
    let run = bitext(["pair".as_ref(), texts.path().as_os_str()], b"");
    assert_eq!(run.stderr.matches("cannot detect the language").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("a.en_text.txt: cannot detect"), "{}", run.stderr);
}

#[test]
fn rows_keep_their_normalised_codes() {
    let rows = r#"{"id": "1", "translation": {"en_XX": "The bridge over the river is closed today.", "de_DE": "Die Brücke über den Fluss ist heute gesperrt."}}
{"id": "2", "translation": {"language": ["en", "de_DE"], "translation": ["The school opens again on Monday morning.", "Die Schule öffnet am Montagmorgen wieder."]}}
"#;
    let run = bitext(["filter", "-", "--to", "tsv"], rows.as_bytes());
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.lines()[0], "id\ten\tde-DE\tscore\tconfidence");
    let mixed = rows.replacen("de_DE", "deu_Latn", 1);
    let run = bitext(["filter", "-", "--to", "tsv"], mixed.as_bytes());
    assert_eq!(run.lines()[0], "id\ten\tde\tscore\tconfidence");
    assert!(run.lines().iter().all(|line| !line.contains("\t\t\t")), "{}", run.stdout);
    let run = bitext(["filter", "-", "--to", "tsv"], rows.as_bytes());
    assert_eq!(run.lines().len(), 3);
    let table = run.stdout;
    for asked in ["eng,ger", "en_US,de"] {
        let args = ["filter", "-", "--from", "tsv", "--langs", asked];
        let run = bitext(args, table.as_bytes());
        assert_eq!((run.status, run.lines().len()), (0, 2), "{}", run.stderr);
        let row = json(run.lines()[1]);
        assert_eq!(row["translation"]["de"], "Die Schule öffnet am Montagmorgen wieder.");
    }
    let bare = "eng_Latn\tdeu_Latn\nThe harbour is closed today.\tDer Hafen ist heute zu.\n";
    let run = bitext(["filter", "-", "--from", "tsv"], bare.as_bytes());
    assert_eq!((run.status, run.lines().len()), (0, 1), "{}", run.stderr);
    assert_eq!(keys(&json(run.lines()[0])["translation"]), ["de", "en"]);

    let uneven = r#"{"translation": {"language": ["en"], "translation": ["a", "b"]}}"#;
    let run = bitext(["filter", "-"], uneven.as_bytes());
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("1 codes in `language` for 2 texts"), "{}", run.stderr);
}

#[test]
fn options_take_any_code() {
    let text = GERMAN.as_bytes();
    let usual = bitext(["split", "--lang", "de"], text).quiet();
    for code in ["de-AT", "deu", "ger_Latn", "de_DE"] {
        assert_eq!(bitext(["split", "--lang", code], text).quiet(), usual, "{code}");
    }
    assert_eq!(
        bitext(["embed", "--lang", "eng_Latn"], b"Rain\n").quiet(),
        bitext(["embed", "--lang", "en"], b"Rain\n").quiet()
    );
    let line = serde_json::json!({"id": 1, "lang": "uk_UA", "text": UKRAINIAN}).to_string();
    let out = json(&bitext(["split", "--jsonl"], line.as_bytes()).quiet());
    assert_eq!(out["sentences"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_language_unknown_to_the_model_is_reported() {
    let line = serde_json::json!({"id": 1, "src_lang": "en", "tgt_lang": "fr",
        "src": "The ferry was late. It rained.", "tgt": "Le bac était en retard. Il pleuvait."});
    let lines = format!("{line}\n{line}\n");
    let run = bitext(["align", "--jsonl"], lines.as_bytes());
    assert_eq!((run.status, run.lines().len()), (0, 2));
    assert_eq!(
        run.stderr.matches("fr: the model static-v1 does not know").count(),
        1,
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--model") && !run.stderr.contains("unrelated"), "{}", run.stderr);
    for line in run.lines() {
        let out = json(line);
        assert_eq!(out["warning_details"][0]["kind"], "language_not_in_model");
        assert_eq!(
            (&out["unrelated"], out["warnings"].as_array().unwrap().len()),
            (&false.into(), 1)
        );
    }

    let message = bitext(["embed", "--lang", "fr"], "Il pleuvait.\n".as_bytes()).refused(2);
    for part in ["static-v1 does not know `fr`", "`en`, `uk`, `de`", "--model"] {
        assert!(message.contains(part), "{message}");
    }
}

/// The sample in a language without a built-in model, and a file of vectors that say which sentence is which.
fn sample(folder: &std::path::Path, code: &str) -> [String; 4] {
    let file = format!("{}/examples/languages/ferry.{code}.txt", env!("CARGO_MANIFEST_DIR"));
    let count = bitext(["split", "--lang", code, &file], b"").quiet().lines().count();
    let row = |at: usize| {
        let value = |column: usize| match column.checked_sub(at) {
            Some(0) => 1.0,
            Some(1) => 0.2,
            _ => 0.02,
        };
        serde_json::json!((0..16).map(value).collect::<Vec<f64>>()).to_string()
    };
    let vectors = folder.join(format!("{code}.vectors"));
    std::fs::write(&vectors, (0..count).map(row).collect::<Vec<_>>().join("\n")).unwrap();
    let vectors = format!("{code}={}", vectors.display());
    ["--text".to_string(), format!("{code}={file}"), "--vectors".to_string(), vectors]
}

#[test]
fn texts_of_any_language_are_aligned_and_written_in_all_formats() {
    let folder = tempfile::tempdir().unwrap();
    let mut args = vec!["align".to_string()];
    for code in ["fr", "ar", "zh"] {
        args.extend(sample(folder.path(), code));
    }
    let run = |format: &str| {
        let mut args = args.clone();
        args.extend(["--format".to_string(), format.to_string()]);
        bitext(args, b"").quiet()
    };
    let out = json(&run("jsonl"));
    assert_eq!(keys(&out["sentences"]), ["ar", "fr", "zh"]);
    assert_eq!(out["units"].as_array().map(Vec::len), Some(9));
    assert!(out.get("warnings").is_none(), "{out}");
    assert!(run("tsv").starts_with("id\tar\tfr\tzh\t"));
    let tmx = run("tmx");
    for code in ["ar", "fr", "zh"] {
        assert!(tmx.contains(&format!("xml:lang=\"{code}\"")), "{tmx}");
    }
    assert!(run("table").contains("Arabic") && run("table").contains("Chinese"));

    let line = folder.path().join("one.jsonl");
    std::fs::write(&line, run("jsonl")).unwrap();
    let page = folder.path().join("page.html");
    let args = ["report".as_ref(), line.as_os_str(), "-o".as_ref(), page.as_os_str()];
    assert_eq!(bitext(args, b"").status, 0);
    let page = std::fs::read_to_string(page).unwrap();
    for (code, name, dir) in
        [("ar", "Arabic", "rtl"), ("fr", "French", "ltr"), ("zh", "Chinese", "ltr")]
    {
        let language = format!(r#"{{"code":"{code}","name":"{name}","dir":"{dir}","#);
        assert!(page.contains(&language), "{language}");
    }
}

#[test]
fn a_wrong_language_of_a_text_is_wrong_usage() {
    for (given, why) in [
        ("xx=a.txt", "no language has the code `xx`"),
        ("french=a.txt", "not a language code"),
        ("ua=a.txt", "the code of Ukrainian is `uk`"),
        ("a.txt", "such as fr=bac.txt"),
    ] {
        let run = bitext(["align", "--text", given, "--text", "en=b.txt"], b"");
        assert_eq!(run.status, 2, "{given}");
        assert!(run.stderr.contains(why), "{given}: {}", run.stderr);
    }
    let four = ["fr", "es", "it", "pl"].map(|code| format!("{code}={code}.txt"));
    let args = four.iter().flat_map(|given| ["--text", given]);
    let run = bitext(std::iter::once("align").chain(args), b"");
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("got 4: align two or three at a time"), "{}", run.stderr);
}

#[test]
fn a_language_without_rules_is_reported_once() {
    let text = "Il-lanċa telqet. Ħadd ma xejjer.";
    let run = bitext(["split", "--lang", "mt"], text.as_bytes());
    assert_eq!((run.status, run.lines().len()), (0, 2));
    assert_eq!(run.stderr.matches("no splitting rules for `mt`").count(), 1, "{}", run.stderr);
    let line = serde_json::json!({"id": 1, "lang": "mt", "text": text}).to_string();
    let run = bitext(["split", "--jsonl"], format!("{line}\n{line}\n").as_bytes());
    assert_eq!((run.status, run.lines().len()), (0, 2));
    assert_eq!(run.stderr.matches("no splitting rules for `mt`").count(), 1, "{}", run.stderr);
    let line = serde_json::json!({"id": 1, "mt": text, "en": "The ferry left."}).to_string();
    let run = bitext(["align", "--jsonl"], format!("{line}\n{line}\n").as_bytes());
    assert_eq!(run.status, 0);
    assert_eq!(run.stderr.matches("no splitting rules for `mt`").count(), 1, "{}", run.stderr);
    assert_eq!(bitext(["split", "--lang", "fr"], "Oui. Non.".as_bytes()).quiet(), "Oui.\nNon.\n");
}

#[test]
fn articles_in_languages_that_the_model_lacks_are_not_paired() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("a.en.txt", ENGLISH),
        ("a.de.txt", GERMAN),
        ("a.fr.txt", "Le vieux phare du cap a été fermé en 1987. Deux familles y vivent."),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let run = bitext(["pair".as_ref(), folder.path().as_os_str()], b"");
    assert_eq!((run.status, run.lines().len()), (1, 1), "{}", run.stderr);
    let message = "does not know `fr`, only `en`, `uk`, `de`";
    assert!(run.stderr.contains("a.fr.txt") && run.stderr.contains(message), "{}", run.stderr);
}

#[test]
fn rows_of_other_languages_are_filtered() {
    let rows = r#"{"id": "1", "translation": {"fr": "Le pont est fermé depuis lundi matin.", "zh": "大桥从星期一早上起关闭。"}}
{"id": "2", "translation": {"fr": "Le pont est fermé depuis lundi matin.", "zh": "Le pont est fermé."}}
"#;
    let run = bitext(["filter", "-", "--mark"], rows.as_bytes());
    let reasons: Vec<Value> =
        run.lines().iter().map(|line| json(line)["reasons"].clone()).collect();
    assert_eq!(reasons[0], serde_json::json!([]), "{}", run.stdout);
    assert!(reasons[1].to_string().contains("script"), "{}", run.stdout);
}
