//! No output is an input, or another output: files are compared by what their paths lead to,
//! before anything is written.

use std::path::{Path, PathBuf};

use crate::io::read::input::is_stdin;
use crate::io::write::output::target;
use crate::{Failure, Usage};

/// The files that a command reads and writes.
#[derive(Default)]
pub struct Paths {
    inputs: Vec<Named>,
    outputs: Vec<Named>,
}

/// A file, and what the command line calls it.
struct Named {
    name: String,
    file: Identity,
}

/// What a path leads to. Pipes and devices, such as `/dev/null`, have none: they may serve twice.
#[derive(PartialEq)]
enum Identity {
    /// Standard output that is no file.
    Stdout,
    /// A file that is there, or is to be: its path without links, and its device and inode,
    /// which all hard links share.
    File(Option<PathBuf>, Option<(u64, u64)>),
}

impl Paths {
    /// The inputs of a command; `-` is standard input.
    pub fn reading<'p>(inputs: impl IntoIterator<Item = &'p Path>) -> Paths {
        let mut paths = Paths::default();
        for input in inputs {
            let file = match is_stdin(input) {
                true => of_stdin(),
                // What is not there cannot be lost.
                false => of(input).filter(|_| input.exists()),
            };
            let name = match is_stdin(input) {
                true => "standard input".to_string(),
                false => input.display().to_string(),
            };
            paths.inputs.extend(file.map(|file| Named { name, file }));
        }
        paths
    }

    /// Adds an output that an option names; none or `-` is standard output.
    pub fn writing(mut self, option: &str, output: Option<&Path>) -> Paths {
        let named = match output.filter(|path| !is_stdin(path)) {
            Some(path) => of(path).map(|file| (format!("{option} {}", path.display()), file)),
            None => Some(("standard output".to_string(), of_stdout())),
        };
        self.outputs.extend(named.map(|(name, file)| Named { name, file }));
        self
    }

    /// Refuses an output that is an input or another output.
    pub fn check(&self) -> Result<(), Failure> {
        for (at, output) in self.outputs.iter().enumerate() {
            let name = &output.name;
            if let Some(other) = self.outputs[..at].iter().find(|other| other.file.is(&output.file))
            {
                let why = format!("{} and {name} are one file: name two", other.name);
                return Err(Usage(why).into());
            }
            if let Some(input) = self.inputs.iter().find(|input| input.file.is(&output.file)) {
                let why = format!(
                    "{name} is the input {}, and an input is never overwritten: name another file",
                    input.name
                );
                return Err(Usage(why).into());
            }
        }
        Ok(())
    }

    /// Refuses inputs in a folder that an option names as an output.
    pub fn check_folder(&self, option: &str, folder: &Path) -> Result<(), Failure> {
        let Some(Identity::File(Some(folder), _)) = of(folder) else { return Ok(()) };
        let within = |input: &&Named| matches!(&input.file, Identity::File(Some(path), _) if path.starts_with(&folder));
        match self.inputs.iter().find(within) {
            None => Ok(()),
            Some(input) => {
                let why = format!("{} is in what is to be written, {option}", input.name);
                Err(Usage(why).into())
            }
        }
    }

    /// Refuses an input that is next to an output and has a name that further outputs may get.
    pub fn check_beside(
        &self,
        output: &Path,
        is_output: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        let Some(Identity::File(Some(output), _)) = of(output) else { return Ok(()) };
        let meets = |input: &&Named| match &input.file {
            Identity::File(Some(path), _) => {
                let name = path.file_name().and_then(|name| name.to_str());
                path.parent() == output.parent() && name.is_some_and(&is_output)
            }
            _ => false,
        };
        match self.inputs.iter().find(meets) {
            None => Ok(()),
            Some(input) => {
                let why = format!(
                    "the input {} has a name that an output may get: name another output",
                    input.name
                );
                Err(Usage(why).into())
            }
        }
    }
}

impl Identity {
    fn is(&self, other: &Identity) -> bool {
        match (self, other) {
            (Identity::Stdout, Identity::Stdout) => true,
            (Identity::File(path, inode), Identity::File(other, of_other)) => {
                path.is_some() && path == other || inode.is_some() && inode == of_other
            }
            _ => false,
        }
    }
}

/// Where a path leads, whether a file is there yet or not.
fn of(path: &Path) -> Option<Identity> {
    if let Ok(data) = path.metadata() {
        let path = path.canonicalize().ok();
        return (data.is_file() || data.is_dir()).then(|| Identity::File(path, inode(&data)));
    }
    let path = target(path);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).ok()?;
    Some(Identity::File(Some(folder.join(path.file_name()?)), None))
}

#[cfg(unix)]
fn inode(data: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}

/// The file that standard input is, if it is one.
fn of_stdin() -> Option<Identity> {
    #[cfg(unix)]
    return of_stream(rustix::stdio::stdin());
    #[cfg(not(unix))]
    None
}

fn of_stdout() -> Identity {
    #[cfg(unix)]
    return of_stream(rustix::stdio::stdout()).unwrap_or(Identity::Stdout);
    #[cfg(not(unix))]
    Identity::Stdout
}

#[cfg(unix)]
fn of_stream(stream: std::os::fd::BorrowedFd<'_>) -> Option<Identity> {
    let data = std::fs::File::from(stream.try_clone_to_owned().ok()?).metadata().ok()?;
    data.is_file().then(|| Identity::File(None, inode(&data)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn refused(inputs: &[&Path], outputs: &[&Path]) -> bool {
        let mut paths = Paths::reading(inputs.iter().copied());
        for output in outputs {
            paths = paths.writing("-o", Some(output));
        }
        paths.check().is_err_and(|error| error.is::<Usage>())
    }

    #[test]
    fn one_file_is_known_by_whatever_path() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a"), "a").unwrap();
        fs::write(at("b"), "a").unwrap();
        fs::create_dir(at("sub")).unwrap();
        fs::hard_link(at("a"), at("hard")).unwrap();
        let (one, other) = (at("a"), at("b"));
        assert!(!refused(&[&one], &[&other, &at("new"), &at("newer")]));
        assert!(refused(&[&one], &[&one]));
        assert!(refused(&[&one], &[&at("sub/../a")]));
        assert!(refused(&[&one], &[&at("./a")]));
        // What is not there yet, by its folder.
        assert!(refused(&[], &[&at("new"), &at("sub/../new")]));
        assert!(!refused(&[], &[&at("new"), &at("sub/new")]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink(at("a"), at("link")).unwrap();
            symlink("sub", at("folder")).unwrap();
            symlink("sub/dangling", at("dangling")).unwrap();
            for same in ["hard", "link", "folder/../a"] {
                assert!(refused(&[&one], &[&at(same)]), "{same}");
                assert!(refused(&[&at(same)], &[&one]), "{same}");
                assert!(refused(&[], &[&one, &at(same)]), "{same}");
            }
            assert!(refused(&[], &[&at("dangling"), &at("folder/dangling")]));
            let null = Path::new("/dev/null");
            assert!(!refused(&[null], &[null, null]));
        }
        let stdout = Path::new("-");
        assert!(refused(&[], &[stdout, stdout]) && !refused(&[], &[stdout, &one]));
    }

    #[test]
    fn folders_hold_no_inputs_and_further_names_are_kept_free() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("out")).unwrap();
        fs::write(at("out/a"), "a").unwrap();
        fs::write(at("page-0001.html"), "a").unwrap();
        let (within, page) = (at("out/a"), at("page-0001.html"));
        let within = Paths::reading([within.as_path()]);
        assert!(within.check_folder("--out", &at("out")).is_err());
        assert!(within.check_folder("--out", &at("other")).is_ok());
        let page = Paths::reading([page.as_path()]);
        let is_page = |name: &str| name.starts_with("page-");
        assert!(page.check_beside(&at("page.html"), is_page).is_err());
        assert!(page.check_beside(&at("out/page.html"), is_page).is_ok());
    }
}
