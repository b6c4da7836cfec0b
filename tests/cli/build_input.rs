//! Messages of `bitext build` and `bitext report` about unusable inputs.

use std::fs;

use crate::common::cli::{Run, bitext};
use crate::common::json::parse;
use crate::common::workshop::{articles, text};
use crate::common::{ENGLISH, GERMAN};
use serde_json::json;
use tempfile::TempDir;

const MEMORY: &str = "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header/><body>\n";

/// A folder with files. In a command line, `@name` stands for the file `name`.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(TempDir::new().unwrap());
        for (name, content) in files {
            fs::write(folder.path(name), content).unwrap();
        }
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn run(&self, line: &str) -> Run {
        let word = |word: &str| word.strip_prefix('@').map_or(word.into(), |name| self.path(name));
        bitext(line.split(' ').map(word), b"")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// A group of the made-up corpus as a line.
fn group(id: &str, at: usize) -> String {
    let article = &articles()[at];
    json!({"id": id, "en": text(article, "en"), "de": text(article, "de")}).to_string()
}

#[test]
fn a_file_of_another_kind_is_reported_once() {
    let tmx = format!("{MEMORY}{}</body></tmx>\n", "<tu></tu>\n".repeat(50_000));
    let rows = "{\"translation\": {\"en\": \"a\", \"de\": \"b\"}}\n".repeat(1000);
    let folder = Folder::new(&[
        ("memory.tmx", &tmx),
        ("table.csv", &"id,en,de\n1,rain,Regen\n".repeat(1000)),
        ("rows.jsonl", &rows),
        ("good.jsonl", &group("a", 0)),
    ]);
    let run = folder.run("build @memory.tmx @table.csv @good.jsonl @rows.jsonl --output @out");
    assert_eq!(run.status, 1, "{}", run.stderr);
    for said in [
        "memory.tmx: seems to be TMX: `bitext filter` reads that\n",
        "table.csv: seems to be CSV",
        "rows.jsonl: seems to have aligned sentences, not articles: `bitext filter`",
        "rows of 1 group in",
        "3 problems, see",
    ] {
        assert_eq!(run.stderr.matches(said).count(), 1, "{said}: {}", run.stderr);
    }
    assert!(run.stderr.lines().count() < 10, "{}", run.stderr);
    assert_eq!(folder.read("out/problems.jsonl").lines().count(), 3);
    // Without another input there is nothing to build.
    let message = folder.run("build @memory.tmx --output @other").refused(1);
    assert!(message.starts_with("memory.tmx: seems to be TMX"), "{message}");
    assert_eq!(folder.run("pair @memory.tmx").refused(1), message);

    let run = folder.run("report @memory.tmx @table.csv -o @page.html");
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!((run.status, lines.len()), (1, 3), "{}", run.stderr);
    assert!(lines[0].ends_with("memory.tmx: seems to be TMX: `bitext filter` reads that"));
    assert!(lines[2].contains("no bitext to show"));
}

#[test]
fn a_broken_article_among_many_is_reported() {
    let mut lines: Vec<String> = (0..20_000)
        .map(|n| json!({"id": n, "lang": "en", "text": format!("Note {n}.")}).to_string())
        .collect();
    lines[12_344].truncate(20);
    lines.push(group("a", 0));
    let folder = Folder::new(&[("notes.jsonl", &lines.join("\n"))]);
    let run = folder.run("build @notes.jsonl --output @out");
    assert_eq!(run.status, 1, "{}", run.stderr);
    let messages: Vec<&str> =
        run.stderr.lines().filter(|line| line.contains("notes.jsonl:12345: ")).collect();
    assert_eq!(messages.len(), 1, "{}", run.stderr);
    assert!(messages[0].contains("EOF while parsing"), "{}", messages[0]);
    let last = run.stderr.lines().last().unwrap();
    assert!(last.contains("1 problem, see") && last.ends_with("problems.jsonl"), "{last}");
    let problems: Vec<_> = folder.read("out/problems.jsonl").lines().map(parse).collect();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].get("place").text(), "notes.jsonl:12345");
    assert_eq!(parse(&folder.read("out/counts.json")).get("problems").index(), 1);
}

#[test]
fn articles_in_one_language_are_refused() {
    let one = |language: &str, at: usize| {
        json!({"lang": language, "text": text(&articles()[at], language)}).to_string()
    };
    let english: Vec<String> = (0..4).map(|at| one("en", at)).collect();
    let folder = Folder::new(&[("a.jsonl", &english.join("\n")), ("broken.jsonl", "{}\n{\n")]);
    for command in ["build @a.jsonl --output @out", "pair @a.jsonl -o @groups.jsonl"] {
        let run = folder.run(command);
        let said = "one language only, `en` (4 articles): articles in at least two are needed";
        assert!(run.status == 1 && run.stderr.contains(said), "{}", run.stderr);
    }
    assert!(!std::path::Path::new(&folder.path("groups.jsonl")).exists());
    // With another language the build starts, without --fresh.
    fs::write(folder.path("b.jsonl"), one("de", 0)).unwrap();
    let run = folder.run("build @a.jsonl @b.jsonl --output @out");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("rows of 1 group in"), "{}", run.stderr);
    // The card lists only the languages of the rows.
    let card = folder.read("out/README.md");
    let front = card.split("\n---\n").next().unwrap();
    let listed = front.split("\nlanguage:\n").nth(1).or(front.strip_prefix("---\nlanguage:\n"));
    let languages = listed.unwrap().lines().take_while(|line| line.starts_with("- "));
    assert_eq!(languages.collect::<Vec<_>>(), ["- en", "- de"], "{card}");

    let run = folder.run("build @broken.jsonl --output @none");
    let last = run.stderr.lines().last().unwrap();
    assert_eq!((run.status, last), (1, "bitext: none of the inputs has a usable article"));
    assert!(run.stderr.contains("broken.jsonl:1: needs `text`"), "{}", run.stderr);
}

#[test]
fn many_errors_are_counted_and_all_are_written() {
    let mut lines = vec!["{\"text\": 5}".to_string(); 1000];
    lines.push(group("a", 0));
    let folder = Folder::new(&[("many.jsonl", &lines.join("\n"))]);
    let run = folder.run("build @many.jsonl --output @out");
    assert_eq!(run.status, 1);
    assert_eq!(run.stderr.matches("`text` must be a string").count(), 10, "{}", run.stderr);
    let more = format!(
        "… and 990 more of many.jsonl, 1000 in total, see {}\n",
        folder.path("out/problems.jsonl")
    );
    assert!(run.stderr.contains(&more), "{}", run.stderr);
    assert!(run.stderr.contains("; 1000 problems, see "), "{}", run.stderr);
    assert_eq!(folder.read("out/problems.jsonl").lines().count(), 1000);

    let sentences = json!({"en": [ENGLISH[0]], "de": [GERMAN[0]]});
    let aligned = bitext(["align", "--jsonl"], sentences.to_string().as_bytes()).quiet();
    fs::write(folder.path("mixed.jsonl"), format!("{}{aligned}", "{}\n".repeat(30))).unwrap();
    let run = folder.run("report @mixed.jsonl --features never -o @page.html");
    let messages: Vec<&str> = run.stderr.lines().collect();
    assert_eq!((run.status, messages.len()), (1, 11), "{}", run.stderr);
    assert!(messages[0].contains("mixed.jsonl:1: "), "{}", messages[0]);
    assert!(
        messages[10].contains("… and 20 more of ")
            && messages[10].ends_with("mixed.jsonl, 30 in total")
    );
    assert!(folder.read("page.html").contains(ENGLISH[0]));
}
