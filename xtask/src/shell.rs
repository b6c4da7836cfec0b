//! Runs commands at the root of the repository, and stages with their times.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::stages::Stage;

pub type Outcome = Result<(), String>;

/// Where commands run, and a folder for what they write.
pub struct Shell {
    root: PathBuf,
    /// Removed at the end.
    scratch: PathBuf,
    /// Cargo's folder of built programs.
    pub target: PathBuf,
}

impl Shell {
    pub fn new() -> Result<Shell, String> {
        // `cargo run` sets the variable to the folder of the tree that it runs in. The folder at compile
        // time may be another one, if `target` was copied from there.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR");
        let manifest = manifest.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest)
            .parent()
            .ok_or("the task runner has no folder above it")?
            .to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        let scratch = std::env::temp_dir().join(format!("bitext-xtask-{}", std::process::id()));
        std::fs::create_dir_all(&scratch)
            .map_err(|error| format!("cannot make {}: {error}", scratch.display()))?;
        Ok(Shell { target: root.join(target), root, scratch })
    }

    /// A path in the folder for what stages write.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    /// The release build of the command-line tool.
    pub fn bitext(&self) -> String {
        self.target.join("release/bitext").display().to_string()
    }

    pub fn read(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(self.root.join(name))
            .map_err(|error| format!("cannot read {name}: {error}"))
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        // Nothing is built twice here, so what makes a second build faster only takes disk.
        command.env("CARGO_INCREMENTAL", "0");
        // Cargo sets these for the task runner; they are not meant for the commands it runs.
        command.env_remove("CARGO_MANIFEST_DIR").env_remove("CARGO_PKG_NAME");
        command
    }

    /// Runs a command; what it prints is printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Outcome {
        let status = self.command(program, arguments).status();
        check(program, arguments, status.map(|status| (status.success(), status.to_string())))
    }

    /// Runs a command line whose words hold no spaces.
    pub fn line(&self, line: &str) -> Outcome {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (program, arguments) = words.split_first().ok_or("an empty command line")?;
        self.run(program, arguments)
    }

    /// As [`Shell::line`], with one more variable in the environment.
    pub fn line_with(&self, (variable, value): (&str, &str), line: &str) -> Outcome {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (program, arguments) = words.split_first().ok_or("an empty command line")?;
        let status = self.command(program, arguments).env(variable, value).status();
        check(program, arguments, status.map(|status| (status.success(), status.to_string())))
    }

    /// What a command line prints to standard output.
    pub fn output(&self, line: &str) -> Result<String, String> {
        self.output_with(("BITEXT_XTASK", "1"), line)
    }

    pub fn output_with(
        &self,
        (variable, value): (&str, &str),
        line: &str,
    ) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (program, arguments) = words.split_first().ok_or("an empty command line")?;
        let output = self
            .command(program, arguments)
            .env(variable, value)
            .stderr(std::process::Stdio::inherit())
            .output();
        match output {
            Ok(output) if output.status.success() => {
                String::from_utf8(output.stdout).map_err(|error| format!("{line}: {error}"))
            }
            Ok(output) => Err(format!("{line}: {}", output.status)),
            Err(error) => Err(format!("cannot run {program}: {error}")),
        }
    }

    /// Whether a command line succeeds; it prints nothing.
    pub fn succeeds(&self, line: &str) -> bool {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some((program, arguments)) = words.split_first() else { return false };
        let output = self.command(program, arguments).output();
        output.is_ok_and(|output| output.status.success())
    }

    fn free_disk(&self) -> String {
        self.output("df -h --output=avail .")
            .ok()
            .and_then(|table| table.lines().last().map(|line| line.trim().to_string()))
            .unwrap_or_else(|| "unknown".to_string())
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

fn check(program: &str, arguments: &[&str], ended: std::io::Result<(bool, String)>) -> Outcome {
    match ended {
        Ok((true, _)) => Ok(()),
        Ok((false, status)) => Err(format!("{program} {}: {status}", arguments.join(" "))),
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

/// Runs stages in order, until one fails, and prints the time of each.
pub fn run_stages(stages: &[Stage], shell: &Shell) -> Outcome {
    println!("in {}", shell.root.display());
    let mut times: Vec<(&str, Duration)> = Vec::new();
    let mut failed = None;
    for stage in stages {
        println!("\n== {}: {} ({} free)", stage.name, stage.what, shell.free_disk());
        let started = Instant::now();
        let done = (stage.run)(shell);
        times.push((stage.name, started.elapsed()));
        println!("-- {} took {} s", stage.name, started.elapsed().as_secs());
        if let Err(error) = done {
            failed = Some(format!("stage {} failed: {error}", stage.name));
            break;
        }
    }
    println!("\n== seconds of each stage");
    for (name, time) in &times {
        println!("{:>6}  {name}", time.as_secs());
    }
    let all: Duration = times.iter().map(|(_, time)| *time).sum();
    println!("{:>6}  together", all.as_secs());
    match failed {
        Some(error) => Err(error),
        None => {
            println!("\nall stages passed");
            Ok(())
        }
    }
}
