//! Files compressed by gzip and zstd, in and out, and what names of files tell.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use crate::common::cli::bitext;
use serde_json::json;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 0).unwrap()
}

fn unpack(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let mut text = String::new();
    match path.extension().unwrap().to_str().unwrap() {
        "gz" => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap(),
        _ => zstd::Decoder::new(&bytes[..]).unwrap().read_to_string(&mut text).unwrap(),
    };
    text
}

const ENGLISH: &str = "The museum reopened on Sunday. Admission is free until May.";
const GERMAN: &str = "Das Museum öffnete am Sonntag wieder. Der Eintritt ist bis Mai frei.";

/// Rows that are no near duplicates of one another.
fn rows(n: usize) -> String {
    const SYLLABLES: [&str; 8] = ["bel", "dor", "fin", "gam", "kur", "lav", "mis", "tor"];
    let name = |seed: usize| -> String {
        let digits = (0..4).map(|place| (seed.wrapping_mul(2_654_435_761) >> (7 + 3 * place)) % 8);
        digits.map(|digit| SYLLABLES[digit]).collect()
    };
    let row = |at: usize| {
        let [a, b, c, d] = [1, 2, 3, 4].map(|part| name(at * 4 + part));
        json!({"id": at.to_string(), "translation": {
            "en": format!("Visitors from {a} met the painters {b} and {c} in {d}."),
            "de": format!("Gäste aus {a} trafen die Malerinnen {b} und {c} in {d}."),
        }})
    };
    (0..n).map(|at| format!("{}\n", row(at))).collect()
}

#[test]
fn inputs_are_decompressed_whatever_their_names() {
    let line = json!({"id": 1, "en": ENGLISH, "de": GERMAN}).to_string();
    let plain = bitext(["align", "--jsonl"], line.as_bytes()).quiet();
    let folder = tempfile::tempdir().unwrap();
    for packed in [gzip(line.as_bytes()), zstd(line.as_bytes())] {
        assert_eq!(bitext(["align", "--jsonl"], &packed).quiet(), plain);
        let file = folder.path().join("articles.jsonl");
        fs::write(&file, &packed).unwrap();
        let args = ["align".as_ref(), "--jsonl".as_ref(), file.as_os_str()];
        assert_eq!(bitext(args, b"").quiet(), plain);
    }
    let text = bitext(["split", "--lang", "de"], GERMAN.as_bytes()).quiet();
    assert_eq!(bitext(["split", "--lang", "de"], &zstd(GERMAN.as_bytes())).quiet(), text);
    let vectors = bitext(["embed", "--lang", "de"], text.as_bytes()).quiet();
    assert_eq!(bitext(["embed", "--lang", "de"], &gzip(text.as_bytes())).quiet(), vectors);

    let rows = rows(3);
    let plain = bitext(["filter", "-"], rows.as_bytes()).stdout;
    // As `cat a.gz b.gz` makes it.
    let (one, rest) = rows.split_at(rows.find('\n').unwrap() + 1);
    let both = [gzip(one.as_bytes()), gzip(rest.as_bytes())].concat();
    assert_eq!(bitext(["filter", "-"], &both).stdout, plain);
}

#[test]
fn outputs_are_compressed_by_extension() {
    let folder = tempfile::tempdir().unwrap();
    let rows = rows(40);
    let at = |name: &str| folder.path().join(name);
    for (name, format) in [("a.jsonl", "jsonl"), ("a.tsv", "tsv"), ("a.tmx", "tmx")] {
        let plain = bitext(["filter", "-", "--to", format], rows.as_bytes()).stdout;
        for packed in ["gz", "zst"] {
            let path = at(&format!("{name}.{packed}"));
            let run = bitext(
                ["filter".as_ref(), "-".as_ref(), "-o".as_ref(), path.as_os_str()],
                rows.as_bytes(),
            );
            assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
            // A TMX file names the time of its creation.
            let date = |text: &str| {
                text.lines()
                    .filter(|line| !line.contains("creationdate"))
                    .map(str::to_string)
                    .collect::<Vec<_>>()
            };
            assert_eq!(date(&unpack(&path)), date(&plain), "{name}");
            assert!(fs::metadata(&path).unwrap().len() * 2 < plain.len() as u64);
            // It is read again, and the ending before `.gz` determines the format.
            let again = bitext(["filter".as_ref(), path.as_os_str()], b"");
            assert_eq!((again.status, again.lines().len()), (0, 40), "{}", again.stderr);
        }
    }
    let entries = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(entries, 6, "something is left behind");
}

#[test]
fn damage_is_reported_after_the_rows_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = rows(3000);
    for (name, packed) in
        [("a.jsonl.gz", gzip(rows.as_bytes())), ("a.jsonl.zst", zstd(rows.as_bytes()))]
    {
        let path = folder.path().join(name);
        fs::write(&path, &packed[..packed.len() * 3 / 4]).unwrap();
        let run = bitext(["filter".as_ref(), path.as_os_str()], b"");
        assert_eq!(run.status, 1);
        assert!(run.lines().len() > 500, "{}", run.lines().len());
        assert!(run.stderr.contains(name) && run.stderr.contains("cut short"), "{}", run.stderr);
    }
    let cut = &gzip(ENGLISH.as_bytes())[..20];
    let message = bitext(["split"], cut).refused(1);
    assert!(message.contains("cut short"), "{message}");
    let message = bitext(["split"], b"\xfd7zXZ\0\0\x04").refused(1);
    assert!(message.contains("with xz"), "{message}");
}

#[test]
fn a_decompression_bomb_is_a_line_that_is_too_long() {
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let part = vec![b'a'; 1 << 20];
    for _ in 0..80 {
        bomb.write_all(&part).unwrap();
    }
    bomb.write_all(format!("\n{}", rows(1)).as_bytes()).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let run = bitext(["filter", "-"], &bomb);
    assert_eq!((run.status, run.lines().len()), (1, 1));
    assert!(
        run.stderr.contains("input:1 (byte 0)") && run.stderr.contains("longer than"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_unknown_extension_is_refused_with_the_known_ones() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (en, de) = (at("a.en.txt"), at("a.de.txt"));
    fs::write(&en, ENGLISH).unwrap();
    fs::write(&de, GERMAN).unwrap();
    for name in ["a.unknown", "a.xlsx", "a.unknown.gz"] {
        let out = at(name);
        let filter = ["filter".as_ref(), "-".as_ref(), "-o".as_ref(), out.as_os_str()];
        let align =
            ["align".as_ref(), en.as_os_str(), de.as_os_str(), "-o".as_ref(), out.as_os_str()];
        let pair = ["pair".as_ref(), folder.path().as_os_str(), "-o".as_ref(), out.as_os_str()];
        for args in [&filter[..], &align, &pair] {
            let message = bitext(args, rows(1).as_bytes()).refused(2);
            assert!(message.contains(name) && message.contains(".jsonl"), "{message}");
            assert!(!out.exists());
        }
        // Who names the format has it under any name.
        let named = [&filter[..], &["--to".as_ref(), "tsv".as_ref()]].concat();
        assert_eq!(bitext(named, rows(1).as_bytes()).status, 0);
        fs::remove_file(&out).unwrap();
    }
}

#[test]
fn messages_have_counts_and_suggestions() {
    let run = bitext(["filter", "-"], format!("{}nothing\n", rows(1)).as_bytes());
    assert!(run.stderr.contains("1 row could not be used"), "{}", run.stderr);

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let settings = at("settings.toml");
    fs::write(&settings, "[filter]\nmax_lenght_ratio = 3\n").unwrap();
    let args = ["filter".as_ref(), "-".as_ref(), "--config".as_ref(), settings.as_os_str()];
    let run = bitext(args, b"");
    assert_ne!(run.status, 0);
    assert!(run.stderr.contains("did you mean `max_length_ratio`?"), "{}", run.stderr);

    let (en, de) = (at("a.txt"), at("b.txt"));
    fs::write(&en, ENGLISH).unwrap();
    fs::write(&de, GERMAN).unwrap();
    let args = |one: &Path, other: &Path| {
        ["align", "--en", &one.display().to_string(), "--de", &other.display().to_string()]
            .map(str::to_string)
    };
    let run = bitext(args(&de, &en), b"");
    assert!(run.stderr.contains("were --en and --de swapped?"), "{}", run.stderr);
    bitext(args(&en, &de), b"").quiet();
}

#[test]
fn json_lines_are_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.jsonl");
    let line = json!({"id": 1, "lang": "de", "text": GERMAN, "en": ENGLISH, "de": GERMAN});
    fs::write(&file, format!("{line}\n")).unwrap();
    for command in ["align", "split"] {
        let from_stdin = bitext([command, "--jsonl"], line.to_string().as_bytes()).quiet();
        for args in [
            [command.as_ref(), "--jsonl".as_ref(), file.as_os_str()],
            [command.as_ref(), file.as_os_str(), "--jsonl".as_ref()],
        ] {
            assert_eq!(bitext(args, b"").quiet(), from_stdin);
        }
        let missing = folder.path().join("missing.jsonl");
        let run = bitext([command.as_ref(), "--jsonl".as_ref(), missing.as_os_str()], b"");
        assert!(run.refused(1).contains("missing.jsonl"));
    }
    let args = ["align".as_ref(), "--jsonl".as_ref(), file.as_os_str(), file.as_os_str()];
    assert!(bitext(args, b"").refused(2).contains("one file"));
}

#[test]
fn compressed_files_in_folders_are_read() {
    let english =
        format!("{ENGLISH} The director thanked 300 volunteers for their help with the roof.");
    let german =
        format!("{GERMAN} Die Direktorin dankte 300 Freiwilligen für ihre Hilfe beim Dach.");
    let line = json!({"id": "b", "en": english, "de": german}).to_string() + "\n";
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["packed", "plain"] {
        fs::create_dir(at(name)).unwrap();
    }
    fs::write(at("plain/a.en.txt"), &english).unwrap();
    fs::write(at("plain/a.de.txt"), &german).unwrap();
    fs::write(at("plain/b.jsonl"), &line).unwrap();
    fs::write(at("packed/a.en.txt.gz"), gzip(english.as_bytes())).unwrap();
    fs::write(at("packed/a.de.txt.zst"), zstd(german.as_bytes())).unwrap();
    fs::write(at("packed/b.jsonl.gz"), gzip(line.as_bytes())).unwrap();
    let run = |name: &str| {
        let out = at("out.jsonl");
        let run =
            bitext(["pair".as_ref(), at(name).as_os_str(), "-o".as_ref(), out.as_os_str()], b"");
        (run.status, fs::read_to_string(out).unwrap_or_default(), run.stderr)
    };
    let (plain, packed) = (run("plain"), run("packed"));
    assert_eq!(plain.0, 0, "{}", plain.2);
    assert_eq!(packed.0, 0, "{}", packed.2);
    let names = packed.1.replace(".txt.gz", ".txt").replace(".txt.zst", ".txt");
    assert_eq!(names.lines().count(), 2, "{}", packed.2);
    assert_eq!(names, plain.1);

    // Intact files are used, damaged ones are reported, and no temporary files remain.
    let many: String = (0..2000)
        .map(|n| json!({"id": n, "en": format!("{english} {n}"), "de": german}).to_string() + "\n")
        .collect();
    let cut = gzip(many.as_bytes());
    fs::write(at("packed/b.jsonl.gz"), &cut[..cut.len() / 2]).unwrap();
    let (status, groups, said) = run("packed");
    assert_eq!(status, 1);
    assert!(groups.lines().count() > 100, "{said}");
    assert_eq!(said.matches("cut short").count(), 1, "{said}");
    assert!(said.contains("b.jsonl.gz") && !said.contains("not JSON"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// Folders next to the output that runs unpack to.
fn unpacked_folders(folder: &Path) -> usize {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with(".bitext-unpacked-")).count()
}

#[test]
fn builds_name_compressed_inputs_by_their_own_names() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("groups.jsonl.gz");
    let group = |id: usize| json!({"id": id, "en": ENGLISH, "de": GERMAN}).to_string();
    fs::write(&input, gzip(group(1).as_bytes())).unwrap();
    // The folder of a killed run: nothing holds its lock.
    let left = folder.path().join(".bitext-unpacked-left");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("lock"), "").unwrap();
    let out = folder.path().join("out");
    let build = || bitext([Path::new("build"), &input, Path::new("--output"), &out], b"");
    assert_eq!(build().status, 0, "{}", build().stderr);
    assert_eq!(unpacked_folders(folder.path()), 0);
    let again = build();
    assert!(again.status == 0 && again.stderr.contains("is complete"), "{}", again.stderr);
    fs::write(&input, gzip(format!("{}\n{}", group(1), group(2)).as_bytes())).unwrap();
    let changed = build();
    let said = format!("{} has changed since this build was begun", input.display());
    assert!(changed.status == 1 && changed.stderr.contains(&said), "{}", changed.stderr);
}
