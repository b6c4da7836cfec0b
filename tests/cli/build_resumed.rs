//! Builds that are stopped and resumed, and builds that cannot be resumed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::cli::{bitext, command};
use crate::common::workshop::{
    SETTINGS, Workshop, articles, assert_same, is_set, many_lines, text,
};
use serde_json::json;

/// Enough groups and articles for several shards in each stage.
fn many(folder: &Path) -> String {
    let file = folder.join("many.jsonl").display().to_string();
    fs::write(&file, many_lines(300, |at| ("en", at)).join("\n")).unwrap();
    file
}

/// A folder with pages of articles in two languages, and with a web archive of others.
fn many_pages(folder: &Path) -> String {
    let folder = folder.join("pages");
    let mut archive = Vec::new();
    for (at, article) in articles().iter().cycle().take(240).enumerate() {
        for language in ["en", "de"] {
            let sentences =
                text(article, language).replace('\n', format!(" {at}.</p><p>").as_str());
            let page = format!("<html lang={language}><nav>Menu</nav><p>{sentences} {at}.</p>");
            if at % 3 == 0 {
                let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
                let head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org";
                let len = http.len();
                let head = format!("{head}/{language}/{at}\r\nContent-Length: {len}\r\n\r\n");
                archive.extend_from_slice(format!("{head}{http}\r\n\r\n").as_bytes());
            } else {
                fs::create_dir_all(folder.join(language)).unwrap();
                fs::write(folder.join(format!("{language}/{at}.html")), page).unwrap();
            }
        }
    }
    fs::write(folder.join("others.warc"), archive).unwrap();
    folder.display().to_string()
}

/// Runs a build and kills it after `time`, if it still runs.
fn build_for(args: &[&str], time: Duration) -> Option<i32> {
    let mut child = command(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap().code()
}

/// A random number from 0 to 1.
fn chance() -> f64 {
    let number = RandomState::new().build_hasher().finish();
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

#[test]
fn a_killed_build_resumes_from_any_moment() {
    let shop = Workshop::new();
    let file = many(shop.folder.path());
    kill_and_resume(&shop, &file, 10, 5);
}

#[test]
fn a_killed_build_of_pages_resumes_from_any_moment() {
    let shop = Workshop::new();
    let folder = many_pages(shop.folder.path());
    kill_and_resume(&shop, &folder, 4, 2);
}

#[test]
fn a_killed_build_of_documents_resumes_from_any_moment() {
    let shop = Workshop::new();
    let settings =
        SETTINGS.replace("\"tsv\", ", "").replace("[output]", "[output]\nrows = \"documents\"");
    fs::write(shop.path("settings.toml"), settings).unwrap();
    let file = many(shop.folder.path());
    kill_and_resume(&shop, &file, 4, 2);
}

/// Kills builds at random moments, and asserts that their second runs end with the bytes of a build that
/// was not killed. At least `min_killed` must be killed before they end.
fn kill_and_resume(shop: &Workshop, file: &str, builds: u8, min_killed: usize) {
    let settings = shop.path("settings.toml");
    let args =
        |out: &str| ["build", file, "--output", out, "--config", &settings].map(String::from);
    let begun = Instant::now();
    let run = bitext(args(&shop.path("whole")), b"");
    let mut took = begun.elapsed();
    assert_eq!(run.status, 0, "{}", run.stderr);
    let whole = shop.files("whole");
    let mut interrupted = 0;
    for at in 0..builds {
        // One kill in each part of the time.
        let moment = (f64::from(at) + chance()) / f64::from(builds);
        // If the machine was busy during the first build, the others may end before they are killed.
        // They are tried again with less time.
        for attempt in 0..3 {
            let out = format!("killed-{at}-{attempt}");
            let args = args(&shop.path(&out));
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let is_killed = build_for(&args, took.mul_f64(moment)).is_none();
            let run = bitext(&args, b"");
            assert_eq!(run.status, 0, "{moment}: {}", run.stderr);
            assert_same(&whole, &shop.files(&out));
            if is_killed {
                interrupted += 1;
                break;
            }
            took = took.mul_f64(0.8);
        }
    }
    assert!(interrupted >= min_killed, "only {interrupted} were killed before they ended");
}

#[test]
fn a_repeatedly_killed_build_repeats_little_work() {
    let shop = Workshop::new();
    let file = many(shop.folder.path());
    let begun = Instant::now();
    assert_eq!(bitext(["build", &file, "--output", &shop.path("whole")], b"").status, 0);
    // The time of the first build says little on a busy machine. If it was slow, the others end
    // before they are killed, and are tried again with less time.
    let mut time = begun.elapsed().mul_f64(0.2);
    for attempt in 0..6 {
        let name = format!("out{attempt}");
        let (runs, kept) = killed_until_whole(&file, &shop.path(&name), time);
        assert_same(&shop.files("whole"), &shop.files(&name));
        if runs >= 2 && kept >= 4 {
            return;
        }
        time = time.mul_f64(0.5);
    }
    panic!("none was killed twice with four shards whole");
}

/// Kills a build repeatedly until a run completes. Returns how many runs were killed, and the
/// largest number of shards that a run found and left unchanged.
fn killed_until_whole(file: &str, out: &str, mut time: Duration) -> (usize, usize) {
    let args = ["build", file, "--output", out];
    // The complete shards, with the times when they were written.
    let shards = || -> BTreeMap<String, std::time::SystemTime> {
        let mut found = BTreeMap::new();
        for stage in ["index", "links", "aligned"] {
            for entry in fs::read_dir(format!("{out}/.build/{stage}")).into_iter().flatten() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                if name.parse::<u32>().is_ok() {
                    let written = entry.metadata().unwrap().modified().unwrap();
                    found.insert(format!("{stage}/{name}"), written);
                }
            }
        }
        found
    };
    let (mut before, mut kept, mut runs) = (BTreeMap::new(), 0, 0);
    while build_for(&args, time.mul_f64(0.5 + chance())).is_none() {
        runs += 1;
        assert!(runs < 60, "it gets no further");
        let now = shards();
        // At the end it removes them, from the first stage on.
        if !Path::new(&out).join("README.md").exists() {
            for (name, written) in &before {
                assert_eq!(now.get(name), Some(written), "{name}");
            }
            kept = kept.max(now.len());
        }
        before = now;
        time = time.mul_f64(1.1);
    }
    (runs, kept)
}

#[test]
fn changed_settings_and_inputs_are_reported() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    let before = shop.files("out");
    let again = shop.build("out", &[]);
    assert_eq!(again.status, 1);
    assert!(again.stderr.contains("is complete"), "{}", again.stderr);

    fs::write(shop.path("settings.toml"), SETTINGS.replace("test = 0.2", "test = 0.3")).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("other settings"));
    fs::write(shop.path("settings.toml"), SETTINGS).unwrap();
    let added = text(&articles()[7], "de");
    fs::write(shop.path("in/added.de.txt"), added).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("added.de.txt is new"));
    assert_same(&before, &shop.files("out"));

    // Articles stay in their sets.
    assert_eq!(shop.build("out", &["--fresh"]).status, 1);
    let after = shop.files("out");
    for name in before.keys().filter(|name| is_set(name, ".jsonl")) {
        let text = |files: &BTreeMap<String, Vec<u8>>| {
            String::from_utf8(files.get(name).cloned().unwrap_or_default()).unwrap()
        };
        assert!(text(&before).lines().all(|line| text(&after).contains(line)), "{name}");
    }
}

#[test]
fn a_new_licence_rewrites_only_the_card() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    interrupt_in(&shop, "begun");
    let written =
        |name: &str| fs::metadata(shop.path(&format!("out/{name}"))).unwrap().modified().unwrap();
    let before = shop.files("out");
    let times: Vec<_> = before.keys().map(|name| written(name)).collect();
    let settings = SETTINGS.replace("CC0-1.0", "CC-BY-4.0").replace("Made up", "Renamed");
    fs::write(shop.path("settings.toml"), &settings).unwrap();
    let run = shop.build("out", &[]);
    assert!(run.status == 1 && run.stderr.contains("its card was rewritten; "), "{}", run.stderr);
    assert!(run.stderr.contains("see "), "what the status is about: {}", run.stderr);
    shop.build("whole", &[]);
    assert_same(&shop.files("whole"), &shop.files("out"));
    assert_ne!(before["README.md"], shop.files("out")["README.md"]);
    for (name, time) in before.keys().zip(times) {
        assert_eq!(written(name) == time, name != "README.md", "{name}");
    }
    assert!(!shop.build("out", &[]).stderr.contains("rewritten"));
    // An interrupted build resumes with the new card, too.
    shop.build("begun", &[]);
    assert_same(&shop.files("whole"), &shop.files("begun"));
    // With another changed setting, it is another build.
    fs::write(shop.path("settings.toml"), settings.replace("0.2", "0.3")).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("other settings"));
}

#[test]
fn a_build_resumes_if_the_input_is_named_by_another_path() {
    let shop = Workshop::new();
    let build = |folder: &str, input: &str| {
        let (out, settings) = (shop.path("out"), shop.path("settings.toml"));
        let words = ["build", input, "--output", &out, "--config", &settings];
        let ended = command(words).current_dir(shop.path(folder)).output().unwrap();
        String::from_utf8(ended.stderr).unwrap()
    };
    assert!(build("", "in").contains("rows of 8 groups"));
    for (folder, input) in [("", "in"), ("", "./in/"), ("in", "."), ("in/en", "../../in")] {
        let said = build(folder, input);
        assert!(said.contains("is complete"), "{input}: {said}");
    }
    let whole = shop.path("in");
    assert!(build("", &whole).contains("is complete"));
    // But the files must keep their labels, which are in the ids. All files must be given, and a
    // change of one is noticed.
    fs::create_dir_all(shop.path("two/de")).unwrap();
    fs::copy(shop.path("in/de/0.txt"), shop.path("two/de/0.txt")).unwrap();
    let named = |input: &str| bitext(["build", input, "--output", &shop.path("part")], b"").stderr;
    let group = |id: &str| json!({"id": id, "en": "It rained.", "de": "Es regnete."}).to_string();
    fs::write(shop.path("two/de/group.jsonl"), group("a")).unwrap();
    assert!(named(&shop.path("two")).contains("of 1 group in "));
    assert!(named(&shop.path("two/de")).contains("0.txt has changed"));
    assert!(build("", "in/lines.jsonl").contains("is no longer among the inputs"));
    let more = fs::read_to_string(shop.path("in/lines.jsonl")).unwrap() + "\n\n";
    fs::write(shop.path("in/lines.jsonl"), more).unwrap();
    assert!(build("", &whole).contains("lines.jsonl has changed"));
}

#[test]
fn incomplete_work_is_not_used() {
    let shop = Workshop::new();
    shop.build("out", &[]);
    let before = shop.files("out");
    fs::remove_file(shop.path("out/README.md")).unwrap();
    assert!(shop.build("out", &[]).refused(1).contains("README.md is missing"));
    shop.build("out", &["--fresh"]);
    assert_same(&before, &shop.files("out"));

    // Work without a state is discarded.
    for name in before.keys() {
        fs::remove_file(shop.path(&format!("out/{name}"))).unwrap();
    }
    fs::remove_file(shop.path("out/.build/state.json")).unwrap();
    fs::write(shop.path("out/.build/left-over"), "x").unwrap();
    shop.build("out", &[]);
    assert_same(&before, &shop.files("out"));
    assert!(!Path::new(&shop.path("out/.build/left-over")).exists());
}

/// Interrupts a build when all but the last of its files are published.
fn interrupt(shop: &Workshop) {
    interrupt_in(shop, "out");
}

fn interrupt_in(shop: &Workshop, out: &str) {
    shop.build(out, &[]);
    let state = shop.path(&format!("{out}/.build/state.json"));
    let text = fs::read_to_string(&state).unwrap();
    let mut begun: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    begun["phase"] = json!("working");
    let json = begun.to_string();
    let checksum = xxhash_rust::xxh3::xxh3_128(json.as_bytes());
    fs::write(&state, format!("{json}\n{checksum:032x}\n")).unwrap();
    let last = shop.path(&format!("{out}/README.md"));
    fs::remove_file(&last).unwrap();
    fs::create_dir(&last).unwrap();
    let ended = shop.build(out, &[]);
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains("cannot write") && ended.stderr.contains("README.md"));
    fs::remove_dir(&last).unwrap();
}

#[test]
fn a_missing_shard_is_detected() {
    let shop = Workshop::new();
    shop.build("whole", &[]);
    interrupt(&shop);
    fs::remove_file(shop.path("out/.build/aligned/000000")).unwrap();
    let ended = shop.build("out", &[]);
    let message = &ended.stderr;
    assert_eq!(ended.status, 1);
    assert!(message.contains("000000") && message.contains("--fresh"), "{message}");
    shop.build("out", &["--fresh"]);
    assert_same(&shop.files("whole"), &shop.files("out"));
}

#[test]
fn fresh_removes_the_files_of_an_interrupted_build() {
    let shop = Workshop::new();
    interrupt(&shop);
    assert!(shop.files("out").keys().any(|name| name.ends_with(".tmx")));
    let twice = SETTINGS.replace("\"moses\", \"tsv\", \"tmx\"", "\"hf-jsonl\"");
    fs::write(shop.path("settings.toml"), twice).unwrap();
    shop.build("out", &["--fresh"]);
    shop.build("whole", &[]);
    assert_same(&shop.files("whole"), &shop.files("out"));
    // A format that is given twice is written once.
    let once = SETTINGS.replace(", \"moses\", \"tsv\", \"tmx\"", "");
    fs::write(shop.path("settings.toml"), once).unwrap();
    shop.build("once", &[]);
    assert_same(&shop.files("whole"), &shop.files("once"));
}

#[cfg(unix)]
#[test]
fn a_build_resumes_after_a_full_disk() {
    let shop = Workshop::new();
    let (whole, out) = (shop.path("whole"), shop.path("out"));
    shop.build("whole", &[]);
    // A limit on the size of files stands in for a full disk. The signal is ignored, so that the
    // write fails.
    let words: Vec<String> = shop.args("out", &[]).iter().map(|word| format!("'{word}'")).collect();
    let line = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{}' {}",
        env!("CARGO_BIN_EXE_bitext"),
        words.join(" ")
    );
    let ended = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert!(!Path::new(&out).join("README.md").exists());
    shop.build("out", &[]);
    assert_same(&shop.files("whole"), &shop.files("out"));
    assert!(Path::new(&whole).join("README.md").exists());
}

#[test]
fn two_builds_cannot_run_in_one_folder() {
    let shop = Workshop::new();
    fs::create_dir_all(shop.path("out/.build")).unwrap();
    let lock = fs::File::create(shop.path("out/.build/lock")).unwrap();
    fs4::FileExt::lock(&lock).unwrap();
    for more in [&[][..], &["--fresh"]] {
        assert!(shop.build("out", more).refused(1).contains("another build is running"));
    }
    drop(lock);
    assert_eq!(shop.build("out", &[]).status, 1);
    assert!(Path::new(&shop.path("out/README.md")).exists());
}
