//! Runs the command line tool and checks how it ended.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};

/// The result of a run.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// The command `bitext` with arguments, independent of the colours of the environment.
pub fn command<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bitext"));
    command.args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// Runs `bitext` with arguments and standard input, and waits for it.
pub fn bitext<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>, stdin: &[u8]) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("a pipe");
    let stdin = stdin.to_vec();
    // The command may write before it has read all input, or exit without reading it.
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends");
    Run {
        status: output.status.code().expect("not killed by a signal"),
        stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

impl Run {
    /// Asserts success without messages, and returns the output.
    #[track_caller]
    pub fn quiet(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""));
        self.stdout
    }

    /// Asserts an exit status, no output and a message of one line, and returns the message.
    #[track_caller]
    pub fn refused(self, status: i32) -> String {
        assert_eq!((self.status, self.stdout.as_str()), (status, ""), "{}", self.stderr);
        assert!(self.stderr.ends_with('\n'), "{:?}", self.stderr);
        let message = self.stderr.trim_end().to_string();
        assert!(!message.contains('\n'), "more than one line: {message}");
        message.strip_prefix("bitext: ").unwrap_or_else(|| panic!("{message}")).to_string()
    }

    /// The lines of the output.
    pub fn lines(&self) -> Vec<&str> {
        assert!(self.stdout.is_empty() || self.stdout.ends_with('\n'), "the last line is cut");
        self.stdout.lines().collect()
    }
}
