//! An invented corpus, and training sets that `bitext build` makes of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ::bitext::Language;
use ::bitext::evaluate::AlignmentFile;
use ::bitext::format::{Record, aligned_texts};
use serde_json::json;
use tempfile::TempDir;

use super::RUSSIAN;
use super::cli::{Run, bitext};
use super::json::{Json, parse};

pub const LANGUAGES: [&str; 3] = ["en", "uk", "de"];

/// The articles of the invented corpus.
pub fn articles() -> Vec<Json> {
    include_str!("../data/corpus/articles.jsonl").lines().map(parse).collect()
}

/// The text of an article in one language.
pub fn text(article: &Json, language: &str) -> String {
    article.get(language).texts().join("\n")
}

/// Writes a folder of articles in three languages. The file names do not show which articles belong together.
/// Two articles have no counterpart, one occurs twice. A JSONL file has groups of articles and malformed lines.
pub fn corpus(folder: &Path) {
    for (at, article) in articles().iter().enumerate() {
        for (shift, language) in LANGUAGES.iter().enumerate() {
            // The last two articles have one version only.
            if at >= 6 && shift != at - 6 {
                continue;
            }
            let name = format!("{language}/{}.txt", (at * 5 + shift * 3) % 8);
            fs::create_dir_all(folder.join(language)).unwrap();
            fs::write(folder.join(name), text(article, language)).unwrap();
        }
    }
    let again = text(&articles()[0], "en");
    let group = &articles()[6];
    let lines = [
        json!({"id": "again", "lang": "en", "text": again}).to_string(),
        json!({"id": "given", "en": text(group, "en"), "de": text(group, "de")}).to_string(),
        json!({"id": "russian", "lang": "uk", "text": RUSSIAN, "de": 5}).to_string(),
        "not JSON".to_string(),
        format!(r#"{{"id": "deep", "text": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000)),
        json!({"id": "../../../escape", "en": text(&articles()[7], "en"),
            "uk": text(&articles()[7], "uk")})
        .to_string(),
    ];
    fs::write(folder.join("lines.jsonl"), lines.join("\n")).unwrap();
    fs::write(folder.join("broken.de.txt"), b"Die Br\xfccke").unwrap();
}

/// Settings that write every format.
pub const SETTINGS: &str = "[sets]\ndev = 0.2\ntest = 0.2\n[output]\nkeep_rejected = true\n\
    formats = [\"hf-jsonl\", \"moses\", \"tsv\", \"tmx\", \"vecalign\", \"ladder\"]\n[card]\nname = \"Made up\"\n\
    licence = \"CC0-1.0\"\nsources = [\"written for a test\"]\n";

/// A temporary folder with the corpus and settings for builds.
pub struct Workshop {
    pub folder: TempDir,
}

impl Workshop {
    pub fn new() -> Workshop {
        let folder = TempDir::new().unwrap();
        corpus(&folder.path().join("in"));
        fs::write(folder.path().join("settings.toml"), SETTINGS).unwrap();
        Workshop { folder }
    }

    /// The path of a file in the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The arguments of a build into the folder `out`.
    pub fn args(&self, out: &str, more: &[&str]) -> Vec<String> {
        let (input, out, settings) = (self.path("in"), self.path(out), self.path("settings.toml"));
        let args = ["build", &input, "--output", &out, "--config", &settings];
        args.iter().chain(more).map(ToString::to_string).collect()
    }

    /// Runs a build into the folder `out`.
    pub fn build(&self, out: &str, more: &[&str]) -> Run {
        bitext(self.args(out, more), b"")
    }

    /// All files of a build by name, without the state for the next run.
    pub fn files(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path(out)).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_name() != ".build");
        files
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    /// The texts of the beads of an index file, without white space.
    pub fn indexed(&self, file: &str) -> Vec<Vec<String>> {
        let (set, languages) = file.split_once('.').unwrap();
        let (languages, format) = languages.split_once('.').unwrap();
        let read = |name: String| fs::read_to_string(self.path(&format!("out/{name}"))).unwrap();
        let sides: Vec<(Language, Vec<String>)> = languages
            .split('-')
            .map(|language| {
                let text = read(format!("{set}.{language}.txt"));
                let lines = text.lines().map(|line| line.split_whitespace().collect());
                (language.parse().unwrap(), lines.collect())
            })
            .collect();
        let (name, text) = ("index", read(file.to_string()));
        let document = match format {
            "ladder" => AlignmentFile::parse_ladder(name, &text),
            _ => AlignmentFile::parse_vecalign(name, &text),
        };
        let beads = document.unwrap().alignment(sides[0].1.len(), sides[1].1.len()).unwrap();
        let side = |at: usize| (sides[at].0, sides[at].1.as_slice());
        let records = aligned_texts(&beads, side(0), side(1)).unwrap();
        let bare = |record: &Record| {
            record.texts().iter().map(|(_, text)| text.replace(' ', "")).collect()
        };
        records.iter().map(bare).collect()
    }

    /// The lines of a JSONL file.
    pub fn lines(&self, file: &str) -> Vec<Json> {
        fs::read_to_string(self.path(file)).unwrap().lines().map(parse).collect()
    }
}

/// Asserts that two builds have the same files. Names the first that differs.
#[track_caller]
pub fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(other));
    for (name, bytes) in one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

/// Whether a file belongs to one of the sets and has this ending.
pub fn is_set(name: &str, end: &str) -> bool {
    ["train.", "dev.", "test."].iter().any(|set| name.starts_with(set)) && name.ends_with(end)
}

/// Lines of 300 groups in two languages and of single articles: enough for several shards in each
/// stage. `language` gives the language of the single article of a number, and the number of its
/// sentences.
pub fn many_lines(
    singles: usize,
    language: impl Fn(usize) -> (&'static str, usize),
) -> Vec<String> {
    let articles = articles();
    let sentences = |article: usize, language: &str, number: usize| -> Vec<String> {
        let all = articles[article % 8].get(language).texts();
        (0..2).map(|at| format!("{} {number}.", all[(number + at) % 5])).collect()
    };
    let groups = (0..300).map(|number| {
        let (one, other) = (LANGUAGES[number % 3], LANGUAGES[(number + 1) % 3]);
        serde_json::json!({"id": format!("g{number}"), one: sentences(number, one, number),
            other: sentences(number, other, number)})
    });
    let singles = (0..singles).map(|at| {
        let (language, number) = language(at);
        let text = sentences(at, language, number).join(" ");
        serde_json::json!({"id": format!("s{at}"), "lang": language, "text": text})
    });
    groups.chain(singles).map(|line| line.to_string()).collect()
}
