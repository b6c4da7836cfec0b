//! Builds whose files are damaged between two runs, or whose input changes during a run. They end
//! with an error that names the file, or with the same bytes as an undisturbed build.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::common::cli::{Run, bitext, command};
use crate::common::workshop::{LANGUAGES, Workshop, many_lines};

/// Enough groups and articles for several shards in each stage.
fn many() -> String {
    let language = |at: usize| (LANGUAGES[usize::from(at >= 220) * 2], at % 220);
    many_lines(230, language).iter().map(|line| format!("{line}\n")).collect()
}

/// A build that was killed before it published its files, and the files of a complete one.
struct Stopped {
    shop: Workshop,
    input: String,
    whole: BTreeMap<String, Vec<u8>>,
}

impl Stopped {
    fn new() -> Stopped {
        let shop = Workshop::new();
        let input = shop.path("many.jsonl");
        fs::write(&input, many()).unwrap();
        let mut stopped = Stopped { shop, input, whole: BTreeMap::new() };
        let run = stopped.build("whole", "settings.toml");
        assert_eq!(run.status, 0, "{}", run.stderr);
        stopped.whole = stopped.shop.files("whole");
        stopped.stop("stopped", "settings.toml", "aligned/000001");
        stopped
    }

    fn args(&self, out: &str, settings: &str) -> Vec<String> {
        let (out, settings) = (self.shop.path(out), self.shop.path(settings));
        ["build", &self.input, "--output", &out, "--config", &settings].map(String::from).to_vec()
    }

    fn build(&self, out: &str, settings: &str) -> Run {
        bitext(self.args(out, settings), b"")
    }

    /// Kills builds until one has a shard and is not complete.
    fn stop(&self, out: &str, settings: &str, shard: &str) {
        let folder = PathBuf::from(self.shop.path(out));
        let shard = folder.join(".build").join(shard);
        for _ in 0..50 {
            let mut child =
                command(self.args(out, settings)).stderr(Stdio::null()).spawn().unwrap();
            while !shard.exists() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            child.kill().unwrap();
            child.wait().unwrap();
            if shard.exists() && self.shop.files(out).is_empty() {
                return;
            }
            fs::remove_dir_all(&folder).unwrap();
        }
        panic!("no build was stopped in time");
    }

    /// Resumes a copy of the stopped build after `damage`. Returns whether the damage was noticed.
    #[track_caller]
    fn resume(&self, what: &str, damage: impl FnOnce(&Path)) -> bool {
        let (from, to) = (self.shop.path("stopped"), self.shop.path("copy"));
        if Path::new(&to).exists() {
            fs::remove_dir_all(&to).unwrap();
        }
        copy(Path::new(&from), Path::new(&to));
        damage(&Path::new(&to).join(".build"));
        let run = self.build("copy", "settings.toml");
        if run.status == 0 {
            let files = self.shop.files("copy");
            let same = files.keys().eq(self.whole.keys())
                && files.iter().all(|(name, bytes)| *bytes == self.whole[name]);
            assert!(same, "{what}: taken for whole, and other files came out");
            return false;
        }
        let said = &run.stderr;
        assert_eq!(run.status, 1, "{what}: {said}");
        assert!(said.contains("is damaged") || said.contains("is missing"), "{what}: {said}");
        assert!(said.contains("delete "), "{what}: {said}");
        assert!(self.shop.files("copy").is_empty(), "{what}: something was written");
        true
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// All files that are kept for the next run, except for the empty lock.
fn kept(work: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("state.json")];
    for stage in ["index", "links", "aligned"] {
        for entry in fs::read_dir(work.join(stage)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.starts_with('.') {
                found.push(Path::new(stage).join(name));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn damage_of_any_file_is_detected() {
    let stopped = Stopped::new();
    let work = PathBuf::from(stopped.shop.path("stopped/.build"));
    let files = kept(&work);
    let shards = |stage: &str| -> Vec<&PathBuf> {
        let of = files.iter().filter(|file| file.starts_with(stage) && !file.ends_with("complete"));
        of.collect()
    };
    assert!(shards("index").len() >= 2 && shards("aligned").len() >= 2, "{files:?}");
    assert!(!stopped.resume("nothing", |_| ()));
    for file in &files {
        let bytes = fs::read(work.join(file)).unwrap();
        let change = |what: &str, new: &[u8]| {
            let what = format!("{}: {what}", file.display());
            stopped.resume(&what, |work| fs::write(work.join(file), new).unwrap())
        };
        // One flipped bit in each region.
        for part in 0..5 {
            let mut new = bytes.clone();
            let at = (bytes.len() - 1) * part / 4;
            new[at] ^= 1 << (part % 7);
            assert!(change(&format!("bit at byte {at}"), &new));
        }
        assert!(change("empty", b""));
        assert!(change("half", &bytes[..bytes.len() / 2]));
        // Lines missing or repeated.
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        assert!(change("without its last line", &lines[..lines.len() - 1].concat()));
        assert!(change("without its first line", &lines[1..].concat()));
        assert!(change("with a line twice", &[&lines[..1].concat(), &bytes[..]].concat()));
        let text = String::from_utf8(bytes.clone()).unwrap();
        if let Some((_, rest)) = text.split_once("\"count\":") {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
            let count: u64 = rest[..digits].parse().unwrap();
            let edited = text.replace(
                &format!("\"count\":{count},"),
                &format!("\"count\":{},", count.saturating_sub(1)),
            );
            assert!(edited == text || change("with another count", edited.as_bytes()));
        }
        // A deleted file may be made again.
        stopped.resume(&format!("{}: deleted", file.display()), |work| {
            fs::remove_file(work.join(file)).unwrap();
        });
    }
    for stage in ["index", "aligned"] {
        let all = shards(stage);
        let (first, second) = (all[0], all[1]);
        assert!(stopped.resume("swapped", |work| {
            fs::rename(work.join(first), work.join("x")).unwrap();
            fs::rename(work.join(second), work.join(first)).unwrap();
            fs::rename(work.join("x"), work.join(second)).unwrap();
        }));
        assert!(stopped.resume("copied over the next", |work| {
            fs::copy(work.join(first), work.join(second)).unwrap();
        }));
        assert!(stopped.resume("copied behind the last", |work| {
            let next = work.join(stage).join(format!("{:06}", all.len()));
            fs::copy(work.join(all[all.len() - 1]), next).unwrap();
        }));
        assert!(stopped.resume("the first one deleted", |work| {
            fs::remove_file(work.join(first)).unwrap();
        }));
        // The message recommends this.
        assert!(!stopped.resume("a stage deleted", |work| {
            fs::remove_dir_all(work.join(stage)).unwrap();
        }));
    }
}

#[test]
fn shards_of_another_build_are_refused() {
    let stopped = Stopped::new();
    let settings = fs::read_to_string(stopped.shop.path("settings.toml")).unwrap();
    let seeded = settings.replace("[sets]", "[sets]\nseed = 5");
    fs::write(stopped.shop.path("seeded.toml"), seeded).unwrap();
    stopped.stop("seeded", "seeded.toml", "index/000000");
    let shard = |out: &str| stopped.shop.path(&format!("{out}/.build/index/000000"));
    fs::copy(shard("stopped"), shard("seeded")).unwrap();
    let run = stopped.build("seeded", "seeded.toml");
    assert!(run.status == 1 && run.stderr.contains("000000 is damaged"), "{}", run.stderr);
}

#[test]
fn changed_output_files_are_reported_and_kept() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    let before = shop.files("out");
    for name in before.keys() {
        let path = shop.path(&format!("out/{name}"));
        let mut bytes = before[name].clone();
        match bytes.len() / 2 {
            0 => bytes.push(b'x'),
            at => bytes[at] ^= 1,
        }
        fs::write(&path, &bytes).unwrap();
        let said = shop.build("out", &[]).refused(1);
        assert!(said.contains(&format!("{name} has changed")), "{said}");
        assert!(said.contains("--fresh"), "{said}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
        fs::write(&path, &before[name]).unwrap();
    }
    assert!(shop.build("out", &[]).stderr.contains("is complete"));
}

#[test]
fn an_input_that_changes_during_a_run_ends_the_build() {
    let shop = Workshop::new();
    let input = shop.path("many.jsonl");
    for command_line in ["build", "pair"] {
        fs::write(&input, many()).unwrap();
        let out = shop.path(&format!("out-{command_line}"));
        let option = if command_line == "build" { "--output" } else { "-o" };
        let mut child =
            command([command_line, &input, option, &out]).stderr(Stdio::piped()).spawn().unwrap();
        let mut file = fs::File::options().append(true).open(&input).unwrap();
        while child.try_wait().unwrap().is_none() {
            file.write_all(b"\n").unwrap();
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains("many.jsonl changed while it was read"), "{said}");
        assert!(!Path::new(&out).join("README.md").exists() && !Path::new(&out).is_file());
    }
}

#[test]
fn an_input_with_new_content_and_old_time_is_detected() {
    let stopped = Stopped::new();
    let modified = fs::metadata(&stopped.input).unwrap().modified().unwrap();
    // A text of the same length, in a group that is not aligned yet.
    let text = fs::read_to_string(&stopped.input).unwrap();
    fs::write(&stopped.input, text.replace(" 299.", " 298.")).unwrap();
    fs::File::options().write(true).open(&stopped.input).unwrap().set_modified(modified).unwrap();
    let run = stopped.build("stopped", "settings.toml");
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("many.jsonl changed while it was read"), "{}", run.stderr);
}
