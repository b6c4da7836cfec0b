//! No command writes over its inputs, or two outputs into one file.

use std::fs;
use std::path::PathBuf;

use crate::common::cli::{Run, bitext};
use serde_json::json;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    /// Files of every kind that commands read.
    fn new() -> Folder {
        let folder = Folder(TempDir::new().unwrap());
        let rows: Vec<String> = (0..30)
            .map(|at| {
                let translation = json!({"en": format!("It rained {at} hours."),
                    "de": format!("Es regnete {at} Stunden.")});
                json!({"id": at.to_string(), "translation": translation}).to_string()
            })
            .collect();
        let article = json!({"id": "a", "en": ["It rained."], "de": ["Es regnete."]}).to_string();
        folder.write("rows.jsonl", &rows.join("\n"));
        folder.write("a.en.txt", "It rained for days, and the river rose above the old bridge.");
        folder.write("a.de.txt", "Es regnete tagelang, und der Fluss stieg über die alte Brücke.");
        folder.write("groups.jsonl", &article);
        folder.write("settings.toml", "[filter]\n");
        folder.write("vectors", "[1, 0]\n");
        fs::create_dir(folder.path("in")).unwrap();
        folder.write("in/b.en.txt", "It snowed.");
        folder.write("in/c.jsonl", &article);
        fs::hard_link(folder.path("rows.jsonl"), folder.path("hard.jsonl")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("rows.jsonl", folder.path("link.jsonl")).unwrap();
        let bitexts = bitext(["align", "--jsonl"], article.as_bytes()).quiet();
        folder.write("bitexts.jsonl", &bitexts);
        folder.write("page-0002.html", "x");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Runs a command; words with `@` are files of the folder.
    fn run(&self, line: &str) -> Run {
        let at = |word: &str| match word.split_once('@') {
            Some((before, name)) => format!("{before}{}", self.path(name).display()),
            None => word.to_string(),
        };
        bitext(line.split(' ').map(at).collect::<Vec<_>>(), b"")
    }

    /// All files with their content.
    fn content(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all = Vec::new();
        for folder in [self.path("."), self.path("in")] {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
                all.push((path, bytes));
            }
        }
        all.sort();
        all
    }
}

#[test]
fn a_file_must_not_be_named_twice() {
    let folder = Folder::new();
    let before = folder.content();
    let mut lines = vec![
        "filter @rows.jsonl -o @x --rejected @x",
        "filter @rows.jsonl -o @x --counts @x",
        "filter @rows.jsonl -o @x --rejected @y --counts @in/../y",
        "filter @rows.jsonl -o @x --rejected @rows.jsonl",
        "filter @rows.jsonl -o @rows.jsonl",
        "filter @rows.jsonl -o @in/../rows.jsonl",
        "filter @rows.jsonl -o @hard.jsonl",
        "filter @hard.jsonl --counts @rows.jsonl",
        "filter @rows.jsonl --config @settings.toml -o @settings.toml",
        "filter @rows.jsonl --to moses -o @mm --rejected @mm.en",
        "filter @rows.jsonl --to moses -o @mm --counts @mm.de",
        "filter @rows.jsonl --langs en,de --to moses -o @mm --rejected @mm.de",
        "filter @rows.jsonl --rejected -",
        "align --en @a.en.txt --de @a.de.txt -o @a.en.txt",
        "align @a.en.txt @a.de.txt -o @in/../a.de.txt",
        "align @a.en.txt @a.de.txt --vectors en=@vectors --vectors de=@a.de.txt -o @vectors",
        "report @bitexts.jsonl -o @bitexts.html --rejected @bitexts.html",
        "report @page-0002.html -o @page.html",
        "merge-corrections @bitexts.jsonl @groups.jsonl -o @groups.jsonl",
        "fit @groups.jsonl -o @groups.jsonl",
        "pair @groups.jsonl @in -o @groups.jsonl",
        "pair @in -o @in/b.en.txt",
        "pair @in -o @in/c.jsonl",
        "build @in @groups.jsonl --output @in",
        "build @in --output @groups.jsonl --config @groups.jsonl",
    ];
    if cfg!(unix) {
        lines.extend([
            "filter @link.jsonl -o @rows.jsonl",
            "filter @rows.jsonl -o @link.jsonl",
            "filter @rows.jsonl -o @link.jsonl --rejected @rows.jsonl",
        ]);
    }
    folder.write("bitexts.html", "{}");
    let before = [before, vec![(folder.path("./bitexts.html"), b"{}".to_vec())]].concat();
    let mut before = before;
    before.sort();
    for line in lines {
        let run = folder.run(line);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{line}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{line}: {}", run.stderr);
        assert!(run.stderr.ends_with("; see --help\n"), "{line}: {}", run.stderr);
        assert!(folder.content() == before, "{line}: a file has changed");
    }
}

#[test]
fn messages_name_both_files() {
    let folder = Folder::new();
    let message = folder.run("filter @rows.jsonl -o @hard.jsonl").refused(2);
    let (out, input) = (folder.path("hard.jsonl"), folder.path("rows.jsonl"));
    assert!(message.contains(&format!("-o {} is the input {}", out.display(), input.display())));
    let message = folder.run("filter @rows.jsonl --to moses -o @mm --counts @mm.en").refused(2);
    let file = folder.path("mm.en").display().to_string();
    assert!(
        message.contains(&format!("-o {file} and --counts {file} are the same file")),
        "{message}"
    );
}

#[test]
fn different_files_are_written() {
    let folder = Folder::new();
    for line in [
        "filter @rows.jsonl -o @x.jsonl --rejected @y.jsonl --counts @z.json",
        "filter @rows.jsonl --to moses -o @mm --rejected @mm.jsonl",
        "align --en @a.en.txt --de @a.de.txt -o @a.jsonl",
        "report @bitexts.jsonl -o @bitexts.html",
        // What an earlier run wrote may be replaced, in a folder that is an input too.
        "pair @a.en.txt @a.de.txt @in -o @in/groups.jsonl --min-coverage 0 --min-margin -2",
        "pair @a.en.txt @a.de.txt @in -o @in/groups.jsonl --min-coverage 0 --min-margin -2",
    ] {
        let run = folder.run(line);
        assert_eq!(run.status, 0, "{line}: {}", run.stderr);
    }
    #[cfg(unix)]
    {
        let line = "filter @rows.jsonl -o /dev/null --rejected /dev/null --counts /dev/null";
        assert_eq!(folder.run(line).status, 0);
    }
}

/// Standard output that leads into the file that is read.
#[cfg(unix)]
#[test]
fn standard_output_is_not_an_input() {
    let folder = Folder::new();
    for line in ["split @a.en.txt", "align @a.en.txt @a.de.txt", "filter @rows.jsonl"] {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| word.replace('@', &format!("{}/", folder.path("").display())))
            .collect();
        let file = words[1].clone();
        let before = fs::read(&file).unwrap();
        let stdout = fs::OpenOptions::new().append(true).open(&file).unwrap();
        let ended = crate::common::cli::command(&words).stdout(stdout).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{line}: {said}");
        assert!(said.contains("standard output is the input"), "{said}");
        assert_eq!(fs::read(&file).unwrap(), before);
    }
}
