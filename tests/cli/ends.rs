//! How the program ends when it is stopped, and its output on a terminal.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::common::cli::bitext;
use crate::common::workshop::{LANGUAGES, articles};
use serde_json::json;
use tempfile::TempDir;

const ROW: &[u8] = b"{\"translation\": {\"en\": \"It rained.\", \"de\": \"Es regnete.\"}}\n";

/// Files and folders that are not to stay, at any depth.
fn temporary(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    // The program may remove a folder meanwhile.
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let name = entry.file_name().into_string().unwrap();
        let path = entry.path();
        if [".bitext-", ".writing-"].iter().any(|prefix| name.starts_with(prefix)) {
            found.push(name);
        } else if path.is_dir() {
            found.extend(temporary(&path));
        }
    }
    found
}

#[track_caller]
fn wait_for(what: impl Fn() -> bool) {
    let begun = Instant::now();
    while !what() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The program with the signals of a terminal, whatever runs the tests has it ignore.
fn with_signals<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal", env!("CARGO_BIN_EXE_bitext")]).args(args);
    command
}

/// The status of a program that is about to end.
fn ended(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn send(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

/// More articles than are paired at once, in one file.
fn many(folder: &Path) -> String {
    let all = articles();
    let lines: Vec<String> = (0..1200)
        .map(|at| {
            let language = LANGUAGES[at % 3];
            let texts = all[at / 3 % 8].get(language).texts();
            let text = format!("{} {at}. {}", texts[at % 5], texts.join(" "));
            json!({"id": at.to_string(), "lang": language, "text": text}).to_string()
        })
        .collect();
    let path = folder.join("many.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    path.display().to_string()
}

#[test]
fn signals_leave_no_temporary_files() {
    for (signal, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        let folder = TempDir::new().unwrap();
        let out = folder.path().join("out.jsonl");
        let mut child = with_signals(["filter", "-", "-o"])
            .arg(&out)
            .arg("--rejected")
            .arg(folder.path().join("rejected.jsonl"))
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // A batch of rows, with which the outputs are opened.
        input.write_all(&ROW.repeat(5000)).unwrap();
        wait_for(|| temporary(folder.path()).len() == 2);
        send(&child, signal);
        let status = ended(&mut child);
        assert_eq!(status.signal(), Some(number), "{status}");
        drop(input);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{signal}");
    }
}

#[test]
fn a_signal_removes_the_work_folder() {
    let folder = TempDir::new().unwrap();
    let file = many(folder.path());
    let out = folder.path().join("groups.jsonl").display().to_string();
    let args = ["pair", file.as_str(), "-o", &out];
    let mut child = with_signals(args).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| temporary(folder.path()).len() == 2);
    send(&child, "-TERM");
    assert_eq!(ended(&mut child).signal(), Some(15));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the input alone");
}

#[test]
fn a_stopped_build_keeps_its_work() {
    let folder = TempDir::new().unwrap();
    let file = many(folder.path());
    let out = folder.path().join("out");
    let args = ["build", file.as_str(), "--output", out.to_str().unwrap()];
    let mut child = with_signals(args).stderr(Stdio::null()).spawn().unwrap();
    // The state is written first, so a temporary file may be the state itself.
    let writes = |out: &Path| {
        out.join(".build/state.json").exists()
            && out.join(".build/index").is_dir()
            && !temporary(out).is_empty()
    };
    wait_for(|| writes(&out));
    send(&child, "-INT");
    assert_eq!(ended(&mut child).signal(), Some(2));
    assert_eq!(temporary(&out), [""; 0]);
    assert!(out.join(".build/state.json").exists());

    // What SIGKILL leaves is swept by the next build.
    let mut child = with_signals(args).stderr(Stdio::null()).spawn().unwrap();
    wait_for(|| writes(&out));
    child.kill().unwrap();
    child.wait().unwrap();
    fs::write(out.join(".build/.writing-old"), "x").unwrap();
    fs::write(out.join(".build/index/.writing-old"), "x").unwrap();
    let run = bitext(args, b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(temporary(&out), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_the_caller_ignores_stays_ignored() {
    let folder = TempDir::new().unwrap();
    let line = format!(
        "trap '' HUP; exec '{}' filter - -o '{}/out.jsonl'",
        env!("CARGO_BIN_EXE_bitext"),
        folder.path().display()
    );
    let mut child = Command::new("sh")
        .args(["-c", &line])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&ROW.repeat(5000)).unwrap();
    wait_for(|| temporary(folder.path()).len() == 1);
    send(&child, "-HUP");
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(folder.path().join("out.jsonl").exists());
}

/// Runs the program in a shell, with text after its arguments, such as a redirection.
fn shell(args: &str, rest: &str, stdin: &str) -> (Option<i32>, String) {
    let line =
        format!("printf '%s\\n' '{stdin}' | '{}' {args} {rest}", env!("CARGO_BIN_EXE_bitext"));
    let ended = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert!(ended.stdout.is_empty());
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}

#[test]
fn closed_standard_output_is_an_error() {
    let row = std::str::from_utf8(ROW).unwrap().trim_end();
    for args in ["split --lang en", "split --jsonl", "align --jsonl", "embed --lang en", "filter -"]
    {
        let (status, said) = shell(args, ">&-", row);
        assert_eq!(status, Some(1), "{args}: {said}");
        assert_eq!(said, "bitext: cannot write: standard output is closed\n", "{args}");
    }
    // Where nothing is written to it, it may be closed.
    let (status, said) = shell("filter - -o /dev/null", ">&-", row);
    assert_eq!(status, Some(0), "{said}");
    // `/dev/null` may be opened for reading and writing, as the runtimes of some languages do.
    for null in [">/dev/null", "1<>/dev/null"] {
        assert_eq!(shell("split --lang en", null, row).0, Some(0), "{null}");
    }
    assert_eq!(shell("split --lang en", ">/dev/full", row).0, Some(1));
}

#[test]
fn messages_have_no_control_characters() {
    let folder = TempDir::new().unwrap();
    let evil = "\u{1b}]0;title\u{7}\u{9b}2J\u{202e}";
    let check = |said: &str| {
        assert!(!said.is_empty());
        let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!said.contains(bad), "{said:?}");
        // clap leaves out the first of them.
        assert!(said.contains(r"\u{9b}2J\u{202e}"), "{said}");
    };
    let name = folder.path().join(format!("a{evil}.jsonl"));
    let name = name.to_str().unwrap();
    for args in [
        &["split", name][..],
        &["filter", name],
        &["score", name, name],
        &["report", name, "-o", "-"],
        &["split", name, name],
        &["align", "--format", evil],
        &[evil],
    ] {
        let run = bitext(args, b"");
        assert_ne!(run.status, 0, "{args:?}");
        check(&run.stderr);
    }
    // The same id twice in one language.
    let line = json!({"id": format!("a{evil}"), "lang": "en", "text": "It rained."}).to_string();
    fs::write(name, format!("{line}\n{line}\n")).unwrap();
    check(&bitext(["pair", name], b"").stderr);
}

/// The output of the program on the terminal of `script`.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_no_control_characters_from_texts() {
    let folder = TempDir::new().unwrap();
    let (text, shown) = (folder.path().join("a.txt"), folder.path().join("shown"));
    fs::write(&text, "It rained \u{1b}]0;title\u{7}for \u{9b}2J days.").unwrap();
    let line = format!("'{}' split --lang en '{}'", env!("CARGO_BIN_EXE_bitext"), text.display());
    let status = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null())
        .stdout(File::create(&shown).unwrap())
        .status()
        .expect("script is there");
    assert!(status.success());
    let shown = fs::read_to_string(shown).unwrap();
    assert!(shown.contains(r"It rained \u{1b}]0;title\u{7}for \u{9b}2J days."), "{shown:?}");
    // A pipe gets the text as it is.
    let run = bitext(["split", "--lang", "en", text.to_str().unwrap()], b"");
    assert!(run.quiet().contains("\u{1b}]0;title\u{7}for \u{9b}2J"));
}

#[cfg(target_os = "linux")]
#[test]
fn reading_of_endless_input_ends() {
    for (args, status) in [
        (&["align", "--jsonl"][..], 1),
        (&["split", "--jsonl"], 1),
        (&["embed", "--lang", "en"], 1),
        (&["score", "-", "/dev/null"], 1),
        (&["report", "-", "-o", "-"], 1),
        (&["merge-corrections", "-", "/dev/null"], 1),
        (&["fit", "-"], 1),
        (&["filter", "-", "--from", "jsonl"], 1),
        (&["split", "--lang", "en", "-"], 1),
    ] {
        // A third of the memory that the bytes given up would take.
        let limited = format!("ulimit -v 1500000; exec \"$0\" {}", args.join(" "));
        let ended = Command::new("sh")
            .args(["-c", &limited, env!("CARGO_BIN_EXE_bitext")])
            .stdin(File::open("/dev/zero").unwrap())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(status), "{args:?}: {said}");
        assert!(
            said.contains("268435456 bytes")
                || said.contains("67108864 bytes")
                || said.contains("seems to be"),
            "{args:?}: {said}"
        );
    }
}
