//! The command line tool: arguments, files, progress and printing. The library does the work.

mod commands;
mod io;
mod options;
mod outcome;
mod print;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::{Failure, MissingFeature, Outcome, Usage};

const EXIT_STATUS: &str = "\
Exit status:
  0  all input was processed
  1  some input could not be used (a message says which and why); all other
     input was processed
  2  the command line was wrong

Example:
  bitext align --en ferry.en.txt --uk ferry.uk.txt --de ferry.de.txt";

/// Align the sentences of articles and their translations.
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
    #[command(after_help = commands::extract::HELP)]
    Extract(commands::extract::Args),
    #[command(after_help = commands::pair::HELP)]
    Pair(commands::pair::Args),
    #[command(after_help = commands::build::HELP)]
    Build(commands::build::Args),
    #[command(after_help = commands::filter::HELP)]
    Filter(commands::filter::Args),
    #[command(after_help = commands::exclude_hashes::HELP)]
    ExcludeHashes(commands::exclude_hashes::Args),
    #[command(after_help = commands::fit::HELP)]
    Fit(commands::fit::Args),
    #[command(after_help = commands::score::HELP)]
    Score(commands::score::Args),
    #[command(after_help = commands::report::HELP)]
    Report(commands::report::Args),
    #[command(after_help = commands::merge_corrections::HELP)]
    MergeCorrections(commands::merge_corrections::Args),
    #[command(after_help = commands::train::HELP)]
    Train(Box<commands::train::Args>),
}

fn main() -> ExitCode {
    io::messages::faults::report_in_one_line();
    #[cfg(unix)]
    io::write::temporary::remove_on_signals();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return io::messages::faults::refuse(error),
    };
    let outcome = match cli.command {
        Command::Align(args) => commands::align::run(&args),
        Command::Split(args) => commands::split::run(&args),
        Command::Embed(args) => commands::embed::run(&args),
        Command::Extract(args) => commands::extract::run(&args),
        Command::Pair(args) => commands::pair::run(&args),
        Command::Build(args) => commands::build::run(&args),
        Command::Filter(args) => commands::filter::run(&args),
        Command::ExcludeHashes(args) => commands::exclude_hashes::run(&args),
        Command::Fit(args) => commands::fit::run(&args),
        Command::Score(args) => commands::score::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::MergeCorrections(args) => commands::merge_corrections::run(&args),
        Command::Train(args) => commands::train::run(&args),
    };
    match outcome {
        Ok(Outcome::AllWell) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::FAILURE,
        // The reader of a pipe has read enough.
        Err(error) if io::write::output::is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            match error.downcast_ref::<std::io::Error>() {
                Some(error) => {
                    io::messages::terminal::complain(format_args!("cannot write: {error}"))
                }
                None => io::messages::terminal::complain(&error),
            }
            let is_usage = error.is::<Usage>() || error.is::<MissingFeature>();
            ExitCode::from(if is_usage { 2 } else { 1 })
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_help_of_every_command_fits_its_columns() {
        /// The width at which clap wraps the help.
        const WIDTH: usize = 100;

        let cli = Cli::command();
        for command in cli.get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines() {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", command.get_name());
            }
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
