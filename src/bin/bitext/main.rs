//! The command-line tool: argument parsing, files and printing. All else is
//! the library's.

mod commands;
mod io;
mod print;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXIT_STATUS: &str = "\
Exit status:
  0  all went well
  1  an input could not be used (the message says which and why); the others
     were still served
  2  the command line was wrong";

/// Aligns the sentences of parallel articles in English, Ukrainian and German.
#[derive(Parser)]
#[command(name = "bitext", version, after_help = EXIT_STATUS, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[command(after_help = commands::align::HELP)]
    Align(commands::align::Args),
    #[command(after_help = commands::split::HELP)]
    Split(commands::split::Args),
    #[command(after_help = commands::embed::HELP)]
    Embed(commands::embed::Args),
    #[command(after_help = commands::pair::HELP)]
    Pair(commands::pair::Args),
    #[command(after_help = commands::build::HELP)]
    Build(commands::build::Args),
    #[command(after_help = commands::filter::HELP)]
    Filter(commands::filter::Args),
    #[command(after_help = commands::fit::HELP)]
    Fit(commands::fit::Args),
    #[command(after_help = commands::score::HELP)]
    Score(commands::score::Args),
    #[command(after_help = commands::report::HELP)]
    Report(commands::report::Args),
    #[command(after_help = commands::merge_corrections::HELP)]
    MergeCorrections(commands::merge_corrections::Args),
    #[cfg(feature = "train")]
    #[command(after_help = commands::train::HELP)]
    Train(commands::train::Args),
    #[cfg(not(feature = "train"))]
    #[command(hide = true, disable_help_flag = true)]
    Train(Anything),
}

/// The arguments of a command that this build does not have.
#[cfg(not(feature = "train"))]
#[derive(clap::Args)]
struct Anything {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, num_args = 0..)]
    _words: Vec<String>,
}

/// Why something is not there, and what to do.
#[cfg(not(all(feature = "train", feature = "cache", feature = "rust-bert")))]
fn lacking(feature: &str) -> String {
    format!("this program was built without it: build with `--features cli,{feature}`")
}

/// Whether every input could be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    AllWell,
    SomeFailed,
}

fn main() -> ExitCode {
    io::messages::faults::report_in_one_line();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return io::messages::faults::refuse(&error),
    };
    let outcome = match cli.command {
        Command::Align(args) => commands::align::run(&args),
        Command::Split(args) => commands::split::run(&args),
        Command::Embed(args) => commands::embed::run(&args),
        Command::Pair(args) => commands::pair::run(&args),
        Command::Build(args) => commands::build::run(&args),
        Command::Filter(args) => commands::filter::run(&args),
        Command::Fit(args) => commands::fit::run(&args),
        Command::Score(args) => commands::score::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::MergeCorrections(args) => commands::merge_corrections::run(&args),
        #[cfg(feature = "train")]
        Command::Train(args) => commands::train::run(&args),
        #[cfg(not(feature = "train"))]
        Command::Train(_) => Err(Usage(format!("train: {}", lacking("train"))).into()),
    };
    match outcome {
        Ok(Outcome::AllWell) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::FAILURE,
        // The reader of a pipe has seen enough.
        Err(error) if io::write::output::is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            match error.downcast_ref::<std::io::Error>() {
                Some(error) => io::write::output::complain(format_args!("cannot write: {error}")),
                None => io::write::output::complain(&error),
            }
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

/// A command line that contradicts itself in a way that clap does not see.
#[derive(Debug)]
struct Usage(String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; see --help", self.0)
    }
}

impl std::error::Error for Usage {}

/// What ends the program with a message.
type Failure = Box<dyn std::error::Error + Send + Sync>;
