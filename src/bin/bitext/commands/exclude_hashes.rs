//! `bitext exclude-hashes`

use std::path::PathBuf;

use bitext::corpus::filter::{ExcludedHashWriter, ExcludedTexts};

use crate::io::messages::hints::{check_ending, counted};
use crate::io::messages::terminal::complain;
use crate::io::read::excluded::{HASHES, files, is_hashes, read_texts};
use crate::io::write::output::Output;
use crate::io::write::paths::Paths;
use crate::{Failure, Outcome};

pub const HELP: &str = "\
The hashes can be passed on in place of the texts: `bitext filter` and `bitext build` reject the
same rows with --exclude test.hashes as with the texts. The file has the names of the files as given
here.

The hashes do not keep the texts secret: whoever has a text can tell whether it is in the set, and
hashes of runs of four characters give away much of a text.

Exit status: 0 if all input was processed, 1 if an input could not be used, 2 if the command line
was wrong

Example:
  bitext exclude-hashes test.en.txt test.uk.txt -o test.hashes
  bitext filter rows.jsonl --exclude test.hashes -o clean.jsonl";

/// Write the hashes of a test set, for --exclude of filter and build
#[derive(clap::Args)]
pub struct Args {
    /// Files and folders of texts, as for --exclude
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Output file, `.hashes`, `.hashes.gz` or `.hashes.zst`, written atomically [default: standard
    /// output]
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Consecutive words of a text that are enough to reject a row, 5 to 100; give the same number to
    /// --exclude-words
    #[arg(long, value_name = "N", default_value_t = ExcludedTexts::DEFAULT_NGRAM_WORDS as u16,
          value_parser = clap::value_parser!(u16).range(5..=100))]
    words: u16,
}

pub fn run(args: &Args) -> Result<Outcome, Failure> {
    check_ending("-o", args.output.as_deref(), &HASHES)?;
    let inputs = args.paths.iter().map(PathBuf::as_path);
    Paths::reading(inputs).writing("-o", args.output.as_deref()).check()?;
    let files = files(&args.paths)?;
    let out = Output::open(args.output.as_deref())?;
    let mut writer = ExcludedHashWriter::new(out, usize::from(args.words))?;
    for file in files {
        if is_hashes(&file) {
            let name = file.display();
            return Err(
                format!("{name} has hashes already: give the texts, or --exclude it").into()
            );
        }
        read_texts(&file, |text| {
            Ok(writer.write(text.file, text.line, text.language, text.text)?)
        })?;
    }
    let texts = writer.texts();
    if texts == 0 {
        return Err("the files have no texts".into());
    }
    writer.finish()?.finish()?;
    complain(format_args!("{}", counted(texts, "text")));
    Ok(Outcome::AllWell)
}
