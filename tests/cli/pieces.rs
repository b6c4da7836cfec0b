//! The stages of a build one by one, as a cluster runs them: `extract`, `pair --config`, `build --mark`.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use crate::common::cli::{Run, bitext};
use crate::common::json::{Json, parse};
use tempfile::TempDir;

/// Runs a command in which `@` stands for a folder.
fn run(folder: &Path, command: &str) -> Run {
    let folder = format!("{}/", folder.display());
    bitext(command.split(' ').map(|word| word.replace('@', &folder)), b"")
}

/// A row of `build --mark`.
struct Marked {
    set: String,
    reasons: Vec<String>,
    keys: Vec<String>,
    /// The name of its file in a training set.
    file: String,
    row: String,
    line: String,
}

fn marked(folder: &Path) -> Vec<Marked> {
    let lines = fs::read_to_string(folder.join("rows.jsonl")).unwrap();
    let texts = |json: &Json, key| -> Vec<String> {
        json.get(key).texts().iter().map(ToString::to_string).collect()
    };
    let marked = |line: &str| {
        let marks = parse(line);
        let set = marks.get("set").text().to_string();
        let file = format!("{set}.{}.jsonl", texts(&marks, "languages").join("-"));
        let keys = [texts(&marks, "exact_keys"), texts(&marks, "near_keys")].concat();
        let (_, row) = line.split_once(",\"row\":").unwrap();
        let row = row.strip_suffix('}').unwrap().to_string();
        let (reasons, line) = (texts(&marks, "reasons"), line.to_string());
        Marked { set, reasons, keys, file, row, line }
    };
    lines.lines().map(marked).collect()
}

/// The files of a training set, by name.
fn files_of_sets(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let sets = ["train.", "dev.", "test."];
    let files = entries.filter(|path| sets.iter().any(|set| name(path).starts_with(set)));
    files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn the_pieces_of_a_build_give_the_rows_of_the_whole() {
    for kind in ["pairs", "units", "documents", "paragraphs"] {
        check_pieces(kind);
    }
}

fn check_pieces(kind: &str) {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let site = format!("{}/examples/site", env!("CARGO_MANIFEST_DIR"));
    let settings = format!("[sets]\ndev = 0.2\ntest = 0.2\n[output]\nrows = \"{kind}\"\n");
    fs::write(folder.join("settings.toml"), settings).unwrap();
    // A copy of some pages, so that there are duplicates, and texts that two sets share.
    for language in ["en", "uk", "de"] {
        let copies = folder.join("pages/copy").join(language);
        fs::create_dir_all(&copies).unwrap();
        for page in ["tram.html", "choir.htm"] {
            let page_of_site = format!("{site}/{language}/news/{page}");
            fs::copy(page_of_site, copies.join(format!("again-{page}"))).unwrap();
        }
    }
    let done = run(folder, &format!("build {site} @pages --config @settings.toml -o @whole"));
    assert_eq!(done.status, 0, "{}", done.stderr);
    let done = run(
        folder,
        &format!("extract {site} @pages --vectors --config @settings.toml -o @a.jsonl"),
    );
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let done = run(folder, "pair @a.jsonl --config @settings.toml -o @groups.jsonl");
    assert_eq!(done.status, 0, "{}", done.stderr);

    let groups = fs::read_to_string(folder.join("groups.jsonl")).unwrap();
    let (mut seen, mut found) = (HashSet::new(), BTreeMap::<String, String>::new());
    let (mut duplicates, mut held_out, mut rejected, mut before) = (0, 0, 0, String::new());
    for set in ["test", "dev", "train"] {
        let of_set = groups.lines().filter(|line| parse(line).get("set").text() == set);
        let of_set: String = of_set.map(|line| format!("{line}\n")).collect();
        assert!(!of_set.is_empty(), "{set}");
        fs::write(folder.join("part.jsonl"), of_set).unwrap();
        let command =
            format!("build @part.jsonl --config @settings.toml --mark{before} -o @marked-{set}");
        let done = run(folder, &command);
        assert_eq!(done.status, 0, "{}", done.stderr);
        let mut rows = String::new();
        for one in marked(&folder.join(format!("marked-{set}"))) {
            assert_eq!(one.set, set);
            assert_eq!(one.reasons.is_empty(), !one.keys.is_empty());
            if !one.reasons.is_empty() {
                held_out += usize::from(one.reasons == ["held_out"]);
                rejected += 1;
            } else if one.keys.iter().any(|key| seen.contains(key)) {
                duplicates += 1;
            } else {
                seen.extend(one.keys);
                rows += &(one.line + "\n");
                *found.entry(one.file).or_default() += &(one.row + "\n");
            }
        }
        fs::write(folder.join(format!("kept-{set}.jsonl")), rows).unwrap();
        before += &format!(" --held-out @kept-{set}.jsonl");
    }
    assert_eq!(found, files_of_sets(&folder.join("whole")));
    // Documents are rarely the same; that one set has texts of another is planted for all kinds.
    assert!(held_out > 0, "{kind}");
    let is_sentences = ["pairs", "units"].contains(&kind);
    assert!(!is_sentences || duplicates > 0 && rejected > held_out, "{duplicates} {held_out}");
    let marked = fs::read_dir(folder.join("marked-train")).unwrap();
    let names: Vec<_> = marked.map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name == "README.md"), "{names:?}");
}

#[test]
fn extracted_articles_are_paired_as_their_pages_are() {
    let folder = TempDir::new().unwrap();
    let site = format!("{}/examples/site", env!("CARGO_MANIFEST_DIR"));
    let pages = run(folder.path(), &format!("pair {site}"));
    let done = run(folder.path(), &format!("extract {site} --vectors --threads 3"));
    let articles: Vec<Json> = done.stdout.lines().map(parse).collect();
    assert_eq!(articles.len(), 46);
    for article in &articles {
        let vector = article.get("vector").list();
        let norm: f64 = vector.iter().map(|value| value.number().powi(2)).sum();
        assert!(vector.len() == 256 && (norm - 1.0).abs() < 1e-3, "{norm}");
        assert_eq!(article.get("file").text(), article.get("id").text());
    }
    let ferry = articles.iter().find(|one| one.get("id").text() == "en/news/ferry.html").unwrap();
    let address = "news.orsel.example/en/news/ferry.html";
    assert_eq!(ferry.get("address_keys").texts()[0], address);
    assert!(ferry.get("alternates").texts().iter().any(|one| one.ends_with("/uk/news/porom.html")));
    fs::write(folder.path().join("a.jsonl"), &done.stdout).unwrap();
    let again = run(folder.path(), "pair @a.jsonl");
    assert_eq!(again.stdout, pages.stdout);
    assert!(!again.stdout.is_empty() && !again.stdout.contains("\"set\""));
}

#[test]
fn unusable_input_is_a_line_of_its_own() {
    let folder = TempDir::new().unwrap();
    let lines = "{\"id\": \"g\", \"en\": \"One.\", \"de\": [\"Eins.\"]}\nno JSON\n\
                 {\"id\": \"a\", \"lang\": \"uk\", \"date\": \"2024-02-29\", \"text\": [\"Один.\"]}\n";
    fs::write(folder.path().join("in.jsonl"), lines).unwrap();
    let done = run(folder.path(), "extract @in.jsonl");
    assert_eq!((done.status, done.stderr.as_str()), (1, "bitext: 1 input could not be used\n"));
    let lines: Vec<Json> = done.stdout.lines().map(parse).collect();
    let place = |line: &Json| (line.get("file").text().to_string(), line.get("line").index());
    let places: Vec<(String, usize)> = lines.iter().map(place).collect();
    assert_eq!(places, [1, 2, 3].map(|line| ("in.jsonl".to_string(), line)));
    assert_eq!(lines[0].get("de").texts(), ["Eins."]);
    assert!(lines[1].get("error").text().contains("not a JSON object"));
    assert_eq!((lines[2].get("lang").text(), lines[2].get("date").text()), ("uk", "2024-02-29"));
    assert_eq!(lines[2].get("text").texts(), ["Один."]);
}

#[test]
fn options_that_contradict_are_refused() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("s.toml"), "[pairing]\nmax_dyas = 3\n").unwrap();
    let refused = run(folder.path(), "pair examples/site --config @s.toml").refused(1);
    assert!(refused.contains("max_dyas") && refused.contains("s.toml"), "{refused}");
    let done = run(folder.path(), "pair examples/site --config @s.toml --max-days 3");
    assert_eq!(done.status, 2, "{}", done.stderr);
    let done = run(folder.path(), "build examples/site -o @out --held-out @s.toml");
    assert_eq!(done.status, 2, "{}", done.stderr);
    let refused =
        run(folder.path(), "build examples/site -o @out --mark --held-out @s.toml").refused(1);
    assert!(refused.contains("s.toml:1"), "{refused}");
}
