//! `bitext filter`: formats of other tools, and formats that are only written.

use crate::common::cli::{Run, bitext};
use tempfile::TempDir;

const TABLE_HEAD: &str = "id\ten\tde\tscore\tconfidence\n";

const PAIRS: [(&str, &str); 4] = [
    ("The ferry leaves the island at noon.", "Die Fähre verlässt die Insel am Mittag."),
    ("Tickets are sold on board.", "Fahrkarten gibt es an Bord."),
    ("Dogs must be kept on a lead.", "Hunde sind an der Leine zu führen."),
    ("The café opens in spring.", "Das Café öffnet im Frühjahr."),
];

fn unit(english: &str, german: &str) -> String {
    format!(
        "<tu><tuv xml:lang=\"en\"><seg>{english}</seg></tuv>\
         <tuv xml:lang=\"de\"><seg>{german}</seg></tuv></tu>\n"
    )
}

fn memory(encoding: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<tmx version=\"1.4\">\
         <header srclang=\"*all*\"/><body>\n{body}</body></tmx>\n"
    )
}

fn units() -> Vec<String> {
    PAIRS.iter().map(|(english, german)| unit(english, german)).collect()
}

fn filter(name: &str, bytes: &[u8], args: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let args = args.iter().map(|arg| (*arg).into());
    let all = ["filter".into(), path.into_os_string()].into_iter().chain(args);
    bitext(all.collect::<Vec<std::ffi::OsString>>(), b"")
}

/// The two texts of each row of a table that was written.
fn rows(run: &Run) -> Vec<(String, String)> {
    let table = run.stdout.strip_prefix(TABLE_HEAD).unwrap_or_else(|| panic!("{}", run.stdout));
    let cells = |line: &str| {
        let mut cells = line.split('\t').skip(1).map(str::to_string);
        (cells.next().unwrap(), cells.next().unwrap())
    };
    table.lines().map(cells).collect()
}

fn pairs() -> Vec<(String, String)> {
    PAIRS.iter().map(|(english, german)| (english.to_string(), german.to_string())).collect()
}

#[test]
fn line_breaks_become_spaces() {
    let codes = ["<ph x=\"1\">&lt;br/&gt;</ph>", "<ut>{\\par }</ut>", "<it type=\"lb\"/>"];
    for code in codes {
        let body = unit(
            &format!("Ferry times{code}In sum<bpt i=\"1\">&lt;b&gt;</bpt>mer<ept i=\"1\"/> only"),
            &format!("Fahrzeiten{code} Nur im Som<ph>&amp;shy;</ph>mer"),
        );
        let run = filter("m.tmx", memory("UTF-8", &body).as_bytes(), &["--to", "tsv"]);
        let expected = ("Ferry times In summer only".into(), "Fahrzeiten Nur im Sommer".into());
        assert_eq!(rows(&run), [expected], "{code}");
        assert_eq!(run.status, 0);
    }
}

#[test]
fn a_damaged_unit_is_one_lost_row() {
    let damages: [fn(&str) -> String; 5] = [
        |unit| unit.replacen("</seg>", " & more</seg>", 1),
        |unit| unit.replacen("<seg>", "<seg>&nbsp;", 1),
        |unit| unit.replacen("<tu>", "", 1),
        |unit| unit.replacen("</tu>", "", 1),
        |unit| unit.replacen("<seg>", "<seg>1 < 2", 1),
    ];
    for damage in damages {
        let mut units = units();
        units[1] = damage(&units[1]);
        let run = filter("m.tmx", memory("UTF-8", &units.concat()).as_bytes(), &["--to", "tsv"]);
        let mut expected = pairs();
        expected.remove(1);
        assert_eq!(rows(&run), expected, "{}", units[1]);
        assert_eq!(run.status, 1);
        assert!(run.stderr.contains("m.tmx:4 (byte "), "{}", run.stderr);
        assert_eq!(run.stderr.matches("m.tmx").count(), 1, "{}", run.stderr);
    }
}

#[test]
fn encodings_are_read_and_a_wrong_declaration_is_a_warning() {
    let document = memory("UTF-16", &units().concat());
    let utf16: Vec<u8> = document.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = memory("windows-1252", &units().concat());
    let latin1: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (bytes, warns) in [
        (utf16.clone(), false),
        ([&b"\xff\xfe"[..], &utf16].concat(), false),
        (latin1, false),
        (document.into_bytes(), true),
        (latin.into_bytes(), true),
    ] {
        let run = filter("m.tmx", &bytes, &["--to", "tsv"]);
        assert_eq!((rows(&run), run.status), (pairs(), 0));
        assert_eq!(run.stderr.contains("declares the encoding"), warns, "{}", run.stderr);
    }
}

#[test]
fn a_declared_entity_is_expanded_and_an_external_one_is_refused() {
    let body = unit("Pier&nbsp;3 is closed today.", "Pier&nbsp;3 ist heute geschlossen.");
    let declared = |value: &str| {
        memory("UTF-8", &(body.clone() + &units()[0]))
            .replace("<tmx ", &format!("<!DOCTYPE tmx [<!ENTITY nbsp {value}>]>\n<tmx "))
    };
    let run = filter("m.tmx", declared("\"&#160;\"").as_bytes(), &["--to", "tsv"]);
    assert_eq!((rows(&run).len(), run.status), (2, 0));
    assert_eq!(rows(&run)[0].0, "Pier 3 is closed today.");
    let run = filter("m.tmx", declared("SYSTEM \"/etc/hostname\"").as_bytes(), &["--to", "tsv"]);
    assert_eq!((rows(&run), run.status), (pairs()[..1].to_vec(), 1));
    assert!(
        run.stderr.contains("m.tmx:4 (byte ") && run.stderr.contains("external"),
        "{}",
        run.stderr
    );
}

#[test]
fn variants_of_one_language_are_not_compared() {
    let variant =
        |code: &str, text: &str| format!("<tuv xml:lang=\"{code}\"><seg>{text}</seg></tuv>");
    let (english, german) = PAIRS[0];
    let british = english.replace("noon", "midday");
    let body = format!(
        "<tu>{}{}{}{}</tu>",
        variant("en-US", english),
        variant("en-GB", &british),
        variant("de-DE", german),
        variant("de-AT", german),
    )
    .repeat(3);
    let document = memory("UTF-8", &body);
    let run = |languages: &[&str]| {
        let args = [&["--to", "jsonl", "--mark"], languages].concat();
        filter("m.tmx", document.as_bytes(), &args)
    };
    let all = run(&[]);
    assert_eq!((all.stdout.lines().count(), all.status), (3, 0), "{}", all.stderr);
    assert!(!all.stdout.contains("midday") && !all.stdout.contains("identical"), "{}", all.stdout);
    assert_eq!(all.stderr.matches("several variants").count(), 1, "{}", all.stderr);
    assert!(all.stderr.contains("3 units"), "{}", all.stderr);
    let chosen = run(&["--langs", "en-GB,de"]);
    assert_eq!(chosen.stdout.matches("midday").count(), 3, "{}", chosen.stdout);
    // Nor are the languages of a line of JSON.
    let line = format!(
        "{{\"translation\": {{\"en-US\": {english:?}, \"en-GB\": {english:?}, \"de\": {german:?}}}}}\n"
    );
    let run = filter("m.jsonl", line.as_bytes(), &[]);
    assert!(run.stderr.contains("kept 1 "), "{}", run.stderr);
}

#[test]
fn uppercase_names_are_read_and_a_document_without_units_is_reported() {
    let capitals = memory("UTF-8", &units().concat())
        .replace("tuv", "TUV")
        .replace("<tu>", "<TU>")
        .replace("</tu>", "</TU>")
        .replace("seg>", "SEG>");
    let run = filter("m.tmx", capitals.as_bytes(), &["--to", "tsv"]);
    assert_eq!((rows(&run), run.status), (pairs(), 0), "{}", run.stderr);
    let run = filter("m.tmx", memory("UTF-8", "").as_bytes(), &["--to", "tsv"]);
    assert!(run.stderr.contains("no `<tu>` was found"), "{}", run.stderr);
    let run = filter("m.tmx", memory("UTF-8", "<unit>a</unit>").as_bytes(), &["--to", "tsv"]);
    assert!(run.status == 1 && run.stderr.contains("no `<tu>` was found"), "{}", run.stderr);
}

#[test]
fn quotation_marks_are_kept_in_tsv() {
    let lines = [
        ("\"We leave at noon,\" he said.", "„Wir fahren am Mittag ab“, sagte er."),
        ("\"All aboard!\"", "\"Alle an Bord!\""),
        ("\"Left\" and \"right\" are signs.", "\"Links\" und \"rechts\" sind Schilder."),
        ("He shouted \"stop\" from the pier.", "Er rief \"halt\" vom Pier."),
    ];
    let plain: String = lines.iter().map(|(one, other)| format!("{one}\t{other}\n")).collect();
    let quoted = "\"He wrote \"\"gone\"\" on it.\"\t\"Er schrieb \"\"fort\"\" darauf.\"\n";
    let run = filter("t.tsv", format!("en\tde\n{plain}{quoted}").as_bytes(), &["--to", "moses"]);
    assert_eq!(run.status, 2, "moses needs a name");
    let run = filter("t.tsv", format!("en\tde\n{plain}{quoted}").as_bytes(), &["--to", "jsonl"]);
    assert_eq!((run.stdout.lines().count(), run.status), (5, 0), "{}", run.stderr);
    for (english, german) in
        lines.into_iter().chain([("He wrote \"gone\" on it.", "Er schrieb \"fort\" darauf.")])
    {
        let texts = format!("{{\"en\":{english:?},\"de\":{german:?}}}");
        assert!(run.stdout.contains(&texts), "{} lacks {texts}", run.stdout);
    }
    // What this crate writes is read back the same.
    let table = filter("t.tsv", format!("en\tde\n{plain}{quoted}").as_bytes(), &["--to", "tsv"]);
    let again = filter("t.tsv", table.stdout.as_bytes(), &["--to", "tsv"]);
    assert_eq!(again.stdout, table.stdout);
}
