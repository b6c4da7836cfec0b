//! Refuses, before anything is written, an output that is an input or another output. Paths are
//! compared by the files that they lead to, through links too.

use std::path::{Path, PathBuf};

use crate::io::standard_stream::is_standard_stream;
use crate::io::write::output::target;
use crate::{Failure, Usage};

/// The files that a command reads and writes.
#[derive(Default)]
pub struct Paths {
    inputs: Vec<NamedFile>,
    outputs: Vec<NamedFile>,
}

/// A file and its name in messages.
struct NamedFile {
    name: String,
    file: FileIdentity,
}

/// The file that a path leads to. Pipes and devices, such as `/dev/null`, have no identity, since
/// they may be used twice.
enum FileIdentity {
    /// Standard output that is not a file.
    Stdout,
    /// A file that exists or is to be created.
    File {
        /// The path without links.
        path: Option<PathBuf>,
        /// Device and inode, which all hard links share.
        inode: Option<(u64, u64)>,
    },
}

impl Paths {
    /// Starts with the inputs of a command; `-` is standard input.
    pub fn reading<'p>(inputs: impl IntoIterator<Item = &'p Path>) -> Paths {
        let mut paths = Paths::default();
        for input in inputs {
            let (name, file) = if is_standard_stream(input) {
                ("standard input".to_string(), FileIdentity::of_stdin())
            } else {
                // A missing input cannot be overwritten.
                let file = FileIdentity::of(input).filter(|_| input.exists());
                (input.display().to_string(), file)
            };
            paths.inputs.extend(file.map(|file| NamedFile { name, file }));
        }
        paths
    }

    /// Adds the output of an option; none or `-` is standard output.
    pub fn writing(mut self, option: &str, output: Option<&Path>) -> Paths {
        let named = match output.filter(|path| !is_standard_stream(path)) {
            Some(path) => {
                FileIdentity::of(path).map(|file| (format!("{option} {}", path.display()), file))
            }
            None => Some(("standard output".to_string(), FileIdentity::of_stdout())),
        };
        self.outputs.extend(named.map(|(name, file)| NamedFile { name, file }));
        self
    }

    /// Refuses an output that is an input or another output.
    pub fn check(&self) -> Result<(), Failure> {
        for (at, output) in self.outputs.iter().enumerate() {
            let name = &output.name;
            if let Some(other) = self.outputs[..at].iter().find(|other| other.file.is(&output.file))
            {
                let why = format!("{} and {name} are the same file: name two files", other.name);
                return Err(Usage(why).into());
            }
            if let Some(input) = self.inputs.iter().find(|input| input.file.is(&output.file)) {
                let why = format!(
                    "{name} is the input {}, and inputs are never overwritten: name another file",
                    input.name
                );
                return Err(Usage(why).into());
            }
        }
        Ok(())
    }

    /// Refuses inputs in the output folder of an option.
    pub fn check_folder(&self, option: &str, folder: &Path) -> Result<(), Failure> {
        let folder_name = folder.display();
        let Some(folder) = FileIdentity::of(folder).and_then(FileIdentity::into_path) else {
            return Ok(());
        };
        let is_inside =
            |input: &&NamedFile| input.file.path().is_some_and(|path| path.starts_with(&folder));
        if let Some(input) = self.inputs.iter().find(is_inside) {
            let name = &input.name;
            let why = format!("{name} is in the output folder {option} {folder_name}");
            return Err(Usage(why).into());
        }
        Ok(())
    }

    /// Refuses an input next to `output` with a name that the command may give to more outputs.
    pub fn check_further_outputs(
        &self,
        output: &Path,
        is_output: impl Fn(&str) -> bool,
    ) -> Result<(), Failure> {
        let Some(output) = FileIdentity::of(output).and_then(FileIdentity::into_path) else {
            return Ok(());
        };
        let may_be_output = |input: &&NamedFile| {
            input.file.path().is_some_and(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                path.parent() == output.parent() && name.is_some_and(&is_output)
            })
        };
        if let Some(input) = self.inputs.iter().find(may_be_output) {
            let name = &input.name;
            let why = format!("the output may overwrite the input {name}: name another output");
            return Err(Usage(why).into());
        }
        Ok(())
    }
}

impl FileIdentity {
    /// The file or folder at the end of a path, whether it exists or not.
    fn of(path: &Path) -> Option<FileIdentity> {
        if let Ok(data) = path.metadata() {
            let is_stored = data.is_file() || data.is_dir();
            let path = path.canonicalize().ok();
            return is_stored.then(|| FileIdentity::File { path, inode: inode(&data) });
        }
        let path = target(path);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).ok()?;
        let path = Some(folder.join(path.file_name()?));
        Some(FileIdentity::File { path, inode: None })
    }

    /// The file behind standard input, if it is one.
    fn of_stdin() -> Option<FileIdentity> {
        #[cfg(unix)]
        return FileIdentity::of_stream(rustix::stdio::stdin());
        #[cfg(not(unix))]
        None
    }

    fn of_stdout() -> FileIdentity {
        #[cfg(unix)]
        return FileIdentity::of_stream(rustix::stdio::stdout()).unwrap_or(FileIdentity::Stdout);
        #[cfg(not(unix))]
        FileIdentity::Stdout
    }

    #[cfg(unix)]
    fn of_stream(stream: std::os::fd::BorrowedFd<'_>) -> Option<FileIdentity> {
        let data = std::fs::File::from(stream.try_clone_to_owned().ok()?).metadata().ok()?;
        data.is_file().then(|| FileIdentity::File { path: None, inode: inode(&data) })
    }

    fn path(&self) -> Option<&Path> {
        match self {
            FileIdentity::File { path, .. } => path.as_deref(),
            FileIdentity::Stdout => None,
        }
    }

    fn into_path(self) -> Option<PathBuf> {
        match self {
            FileIdentity::File { path, .. } => path,
            FileIdentity::Stdout => None,
        }
    }

    fn is(&self, other: &FileIdentity) -> bool {
        use FileIdentity::{File, Stdout};
        match (self, other) {
            (Stdout, Stdout) => true,
            (File { path, inode }, File { path: other, inode: of_other }) => {
                path.is_some() && path == other || inode.is_some() && inode == of_other
            }
            _ => false,
        }
    }
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
    fn the_same_file_is_recognised_by_any_path() {
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
        // Files that do not exist yet are compared by their folders.
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
    fn inputs_in_output_folders_or_with_names_of_outputs_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("out")).unwrap();
        fs::write(at("out/a"), "a").unwrap();
        fs::write(at("page-0001.html"), "a").unwrap();
        let (within, page) = (at("out/a"), at("page-0001.html"));
        let within = Paths::reading([within.as_path()]);
        assert!(within.check_folder("-o", &at("out")).is_err());
        assert!(within.check_folder("-o", &at("other")).is_ok());
        let page = Paths::reading([page.as_path()]);
        let is_page = |name: &str| name.starts_with("page-");
        assert!(page.check_further_outputs(&at("page.html"), is_page).is_err());
        assert!(page.check_further_outputs(&at("out/page.html"), is_page).is_ok());
    }
}
