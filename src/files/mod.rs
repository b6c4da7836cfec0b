//! Files as the resumable build and the command line need them: compressed inputs, temporary files
//! that are always removed, and a guess at what kind of file an input is.

// The command line uses more of these modules than the build does.
#![cfg_attr(not(feature = "cli"), allow(dead_code))]

pub mod compressed;
pub mod sniff;
pub mod temporary;

use std::path::Path;

/// The ending of a file's name in lower case, without `.gz` or `.zst`.
pub fn ending(path: &Path) -> Option<String> {
    let name = compressed::inner(path);
    name.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase())
}
