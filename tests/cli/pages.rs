//! Pages of HTML and web archives on the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use crate::common::cli::{Run, bitext};
use crate::common::json::{Json, parse};
use tempfile::TempDir;

const LANGUAGES: [&str; 3] = ["en", "uk", "de"];

fn site() -> String {
    format!("{}/examples/site", env!("CARGO_MANIFEST_DIR"))
}

fn run<'a>(args: impl IntoIterator<Item = &'a str>) -> Run {
    bitext(args, b"")
}

/// A text with each run of white space as one space.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The units of a group in the gold rows: a text or nothing for each language.
fn gold() -> BTreeMap<String, Vec<[String; 3]>> {
    let rows = fs::read_to_string(format!("{}/gold.tsv", site())).unwrap();
    let mut gold: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
    for row in rows.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let unit = [1, 2, 3].map(|at| folded(cells[at]));
        gold.entry(cells[0].to_string()).or_default().push(unit);
    }
    gold
}

/// The name of a group in the gold rows, by the id of its first article.
fn name(id: &str) -> String {
    let file = id.rsplit('/').next().unwrap();
    match file.split('.').next().unwrap() {
        "2231" => "chess".to_string(),
        "mist" => "bridge".to_string(),
        name => name.to_string(),
    }
}

/// The groups that `pair` finds: the ids of each, in the order of its languages.
fn groups(lines: &str) -> BTreeSet<Vec<String>> {
    let ids = |line: Json| {
        let ids = LANGUAGES.iter().filter(|one| line.get("ids").find(one).is_some());
        ids.map(|one| line.get("ids").get(one).text().to_string()).collect()
    };
    lines.lines().map(|line| ids(parse(line))).collect()
}

/// How the aligned units of the site compare with gold.
#[derive(Debug, Default)]
struct Score {
    gold: usize,
    right: usize,
    /// Units of texts that are in gold.
    found: usize,
    /// Units with a sentence that is in no gold unit.
    site_text: usize,
}

fn score(bitexts: &str) -> Score {
    let (gold, mut score) = (gold(), Score::default());
    for line in bitexts.lines().map(parse) {
        let units = &gold[&name(line.get("id").text())];
        let is_shared =
            |unit: &[String; 3]| unit.iter().filter(|text| !text.is_empty()).count() > 1;
        let mut left: Vec<&[String; 3]> = units.iter().filter(|unit| is_shared(unit)).collect();
        score.gold += left.len();
        let all: Vec<String> = (0..3)
            .map(|at| units.iter().map(|unit| unit[at].as_str()).collect::<Vec<_>>().join(" "))
            .collect();
        for unit in line.get("units").list() {
            let mut is_site_text = false;
            let texts: Vec<String> = LANGUAGES
                .iter()
                .enumerate()
                .map(|(at, language)| {
                    let indices = unit.find(language).map_or(&[][..], Json::list);
                    let sentences = indices.iter().map(|index| {
                        let sentence = &line.get("sentences").get(language).texts()[index.index()];
                        let sentence = folded(sentence);
                        is_site_text |= !all[at].contains(&sentence);
                        sentence
                    });
                    sentences.collect::<Vec<_>>().join(" ")
                })
                .collect();
            let unit: [String; 3] = texts.try_into().unwrap();
            if !is_shared(&unit) {
                continue;
            }
            if is_site_text {
                score.site_text += 1;
                continue;
            }
            score.found += 1;
            if let Some(at) = left.iter().position(|gold| **gold == unit) {
                left.remove(at);
                score.right += 1;
            }
        }
    }
    score
}

#[test]
fn the_site_is_paired_and_aligned_as_gold_says() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let run_site = |more: &[&str], name: &str| {
        let (site, out) = (site(), path(name));
        let paired = run(["pair", &site, "-o", &out].into_iter().chain(more.iter().copied()));
        assert_eq!(paired.status, 0, "{}", paired.stderr);
        fs::read_to_string(out).unwrap()
    };
    let lines = run_site(&[], "groups.jsonl");
    let found = groups(&lines);
    assert_eq!(found.len(), 16);
    let versions: usize = found.iter().map(Vec::len).sum();
    assert_eq!(versions, 45, "only `archive` has no version in another language");
    let gold = gold();
    for group in &found {
        assert!(gold.contains_key(&name(&group[0])), "{group:?}");
    }
    let ferry = ["en/news/ferry.html", "uk/news/porom.html", "de/news/faehre.html"];
    assert!(found.iter().any(|group| *group == ferry), "{found:?}");
    let bitexts = run(["align", "--jsonl", &path("groups.jsonl")]);
    assert_eq!(bitexts.status, 0, "{}", bitexts.stderr);
    let plain = score(&bitexts.stdout);
    println!("content: {plain:?}");
    assert_eq!(plain.gold, 132);
    assert!(plain.right >= 129 && plain.found <= plain.right + 4, "{plain:?}");
    assert!(plain.site_text <= 16, "{plain:?}");

    // With the menus, the units of the texts are nearly the same, but most units are site text.
    run_site(&["--navigation"], "all.jsonl");
    let all = score(&run(["align", "--jsonl", &path("all.jsonl")]).stdout);
    println!("with navigation: {all:?}");
    assert!(all.right >= 125 && all.site_text > 100, "{all:?}");

    // Without candidates by vectors, the pages that name each other are found, and those whose addresses
    // differ in the language.
    let linked = groups(&run_site(&["--min-margin", "2"], "linked.jsonl"));
    let unlinked: Vec<&Vec<String>> = found.difference(&linked).collect();
    assert_eq!(unlinked.len(), 1, "{unlinked:?}");
    assert_eq!(unlinked[0][0], "en/news/2231.html");
    assert_eq!(linked.len(), 15);
}

#[test]
fn pages_are_aligned_and_split() {
    let page = |path: &str| format!("{}/{path}", site());
    let (en, de) = (page("en/news/ferry.html"), page("de/news/faehre.html"));
    let table = run(["align", &en, &de, "--format", "tsv"]).quiet();
    assert!(
        table.contains("Inspectors had found cracks in its hull in May 2024.\tIm Mai 2024 hatten")
    );
    assert!(!table.contains("Weather") && !table.contains("cookie"), "{table}");
    let all = run(["align", &en, &de, "--format", "tsv", "--navigation"]).quiet();
    assert!(all.contains("Weather\tWetter"), "{all}");
    let line = parse(run(["align", &en, &de, "--format", "jsonl"]).quiet().trim());
    let blocks = line.get("blocks").get("en").list();
    assert_eq!(blocks[0].list()[2].text(), "heading");
    let source = blocks[0].list()[3].index();
    assert!(fs::read_to_string(&en).unwrap()[source..].starts_with("<h1>Chain ferry"));

    let kinds = run(["split", "--kinds", &en]).quiet();
    for line in ["navigation\tWeather\n", "caption\tThe ferry on its first", "aside\tMost read\n"] {
        assert!(kinds.contains(line), "{line}: {kinds}");
    }
    // By its first bytes, from standard input, in UTF-16.
    let bytes = fs::read(page("en/news/choir.htm")).unwrap();
    let split = bitext(["split"], &bytes);
    assert!(split.stdout.contains("\nNobody is sent home.\n"), "{}", split.stderr);
    let html =
        serde_json::json!({"id": 1, "html": "<html lang=de><nav>Start</nav><h1>Die Fähre</h1>"});
    let split = bitext(["split", "--jsonl", "--kinds"], html.to_string().as_bytes());
    assert_eq!(
        split.stdout.trim(),
        r#"{"id":1,"sentences":["Start","Die Fähre"],"kinds":["navigation","heading"]}"#
    );
}

#[test]
fn pages_that_cannot_be_used_are_reported_with_their_place() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let page = |language: &str, path: &str| {
        let from = Path::new(&site()).join(language).join(path);
        fs::create_dir_all(folder.path().join("in").join(language)).unwrap();
        fs::copy(from, folder.path().join("in").join(language).join("mill.html")).unwrap();
    };
    page("en", "news/mill.html");
    page("de", "news/mill.html");
    let write =
        |name: &str, bytes: &[u8]| fs::write(folder.path().join("in").join(name), bytes).unwrap();
    write("deep.html", "<div>".repeat(20_000).as_bytes());
    write("empty.html", b"<html><script>x</script>");
    write(
        "french.html",
        "<html lang=fr><p>Le port a rouvert ce matin pour tous les navires.".as_bytes(),
    );
    write("text.warc", b"not an archive");
    write(
        "cut.warc",
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n\
        Content-Length: 900\r\n\r\nHTTP/1.1 200 OK\r\n",
    );
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://b.example/\r\n\
        Content-Length: 2000000000\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
    )
    .unwrap();
    for _ in 0..100 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    write("bomb.warc.gz", &bomb.finish().unwrap());
    let run = run(["pair", &path("in"), "-o", &path("groups.jsonl")]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    for said in [
        "deep.html (byte 50000): more than 10000 elements are open",
        "empty.html: cannot detect the language",
        "does not know `fr`",
        "text.warc: is no web archive",
        "cut.warc:1: the archive is cut short",
        "bomb.warc.gz: grows more than 200 times when unpacked",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert_eq!(fs::read_to_string(path("groups.jsonl")).unwrap().lines().count(), 1);
    let archive = run_archive_with_align(&path("in/cut.warc"));
    assert!(archive.stderr.contains("is a web archive: `bitext pair`"), "{}", archive.stderr);
}

fn run_archive_with_align(archive: &str) -> Run {
    run(["align", archive, archive])
}

#[test]
fn a_web_archive_is_paired_by_the_addresses_of_its_pages() {
    let archive = format!("{}/tests/data/html/site.warc.gz", env!("CARGO_MANIFEST_DIR"));
    let paired = run(["pair", &archive, "--min-margin", "2"]);
    assert_eq!(paired.status, 0, "{}", paired.stderr);
    let host = "https://news.orsel.example";
    let ids = ["en/news/ferry.html", "uk/news/porom.html", "de/news/faehre.html"];
    let expected = BTreeSet::from([ids.map(|path| format!("{host}/{path}")).to_vec()]);
    assert_eq!(groups(&paired.stdout), expected);
}
