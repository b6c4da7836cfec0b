//! The output of every command is the same if the system starts few threads or none.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::workshop::articles;
use crate::common::{ENGLISH, GERMAN, UKRAINIAN};
use serde_json::json;
use tempfile::TempDir;

/// A user that has no other process, so that a limit on its processes is exact.
const NOBODY: u32 = 54_321;
/// No command here takes so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// The result of a command: its status, output and messages.
type Ended = (Option<i32>, String, String);

/// Runs the program with at most this number of processes and threads, itself included. Root is under
/// no limit, so it becomes another user; of whoever else runs the tests there are other
/// processes already, so that no thread starts at all.
fn limited(folder: &Path, processes: Option<u32>, args: &[&str]) -> Ended {
    let program = folder.join("bitext");
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut words: Vec<String> = Vec::new();
    if is_root {
        let user = format!("{NOBODY}");
        words.extend(
            ["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups"].map(Into::into),
        );
    }
    if let Some(processes) = processes {
        let most = if is_root { processes } else { 1 };
        words.extend(["prlimit".to_string(), format!("--nproc={most}:{most}")]);
    }
    words.push(program.display().to_string());
    words.extend(args.iter().map(ToString::to_string));
    let (out, err) = (folder.join("stdout"), folder.join("stderr"));
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .current_dir(folder)
        .stdin(fs::File::open(folder.join("stdin")).unwrap())
        .stdout(fs::File::create(&out).unwrap())
        .stderr(fs::File::create(&err).unwrap())
        .spawn()
        .expect("setpriv and prlimit are there");
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => {
                child.kill().unwrap();
                panic!("{words:?} hangs: {}", fs::read_to_string(&err).unwrap());
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    (status.code(), fs::read_to_string(out).unwrap(), fs::read_to_string(err).unwrap())
}

/// A folder that the other user may write to, with the program in it.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_bitext"), folder.path().join("bitext")).unwrap();
    folder
}

#[test]
fn commands_that_read_standard_input_give_the_same_output() {
    let folder = folder();
    let groups: Vec<String> = (0..60)
        .map(|at| {
            let english = [ENGLISH[at % 8], ENGLISH[(at + 1) % 8]].join(" ");
            json!({"id": at, "en": english, "uk": UKRAINIAN[at % 8], "de": GERMAN[at % 8],
                "text": ENGLISH[at % 8]})
            .to_string()
        })
        .collect();
    let rows: Vec<String> = (0..60)
        .map(|at| {
            let translation = json!({"en": ENGLISH[at % 8], "de": GERMAN[at % 8]});
            json!({"translation": translation}).to_string()
        })
        .collect();
    let (groups, rows) = (groups.join("\n"), rows.join("\n"));
    for (args, stdin) in [
        (&["align", "--jsonl", "--threads", "12"][..], &groups),
        (&["split", "--jsonl", "--threads", "12"], &groups),
        (&["embed", "--lang", "en", "--threads", "12"], &groups.repeat(10)),
        (&["filter", "-", "--threads", "12"], &rows),
    ] {
        fs::write(folder.path().join("stdin"), stdin).unwrap();
        let free = limited(folder.path(), None, args);
        assert_eq!(free.0, Some(0), "{args:?}: {}", free.2);
        for processes in [1, 2, 3, 8] {
            let few = limited(folder.path(), Some(processes), args);
            assert_eq!(few, free, "{args:?} with {processes} processes");
        }
    }
}

#[test]
fn pair_and_build_give_the_same_output() {
    let folder = folder();
    fs::write(folder.path().join("stdin"), "").unwrap();
    let lines: Vec<String> = articles()
        .iter()
        .enumerate()
        .flat_map(|(at, article)| {
            ["en", "uk", "de"].map(|language| {
                let text = article.get(language).texts().join(" ");
                json!({"id": format!("{at}{language}"), "lang": language, "text": text}).to_string()
            })
        })
        .collect();
    fs::write(folder.path().join("in.jsonl"), lines.join("\n")).unwrap();
    // Without the exact search, the index is built on a separate thread.
    for more in [&[][..], &["--exact-articles", "1"]] {
        let args = [&["pair", "in.jsonl", "--threads", "4"][..], more].concat();
        let (status, groups, said) = limited(folder.path(), None, &args);
        assert_eq!(status, Some(0), "{said}");
        assert!(groups.lines().count() > 3, "{groups}");
        for processes in [1, 2, 4] {
            let (status, few, said) = limited(folder.path(), Some(processes), &args);
            assert_eq!((status, few), (Some(0), groups.clone()), "{args:?}: {said}");
        }
    }
    let rows = |processes: Option<u32>| {
        let out = format!("out{}", processes.unwrap_or(0));
        let args = ["build", "in.jsonl", "--threads", "4", "--output", &out];
        let (status, _, said) = limited(folder.path(), processes, &args);
        assert_eq!(status, Some(0), "{said}");
        let counts = fs::read_to_string(folder.path().join(out).join("counts.json")).unwrap();
        counts.parse::<serde_json::Value>().unwrap()["rows"].clone()
    };
    let free = rows(None);
    for processes in [1, 3] {
        assert_eq!(rows(Some(processes)), free);
    }
}
