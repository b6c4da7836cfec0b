//! The name `-` of the standard streams.

use std::path::Path;

/// Whether a path is `-`: standard input, or standard output if it is an output.
pub fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}
