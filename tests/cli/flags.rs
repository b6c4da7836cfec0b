//! Flags that need a feature, and flags that were renamed.

use std::path::Path;

use crate::common::cli::{bitext, command};

/// The status and messages of `bitext` with `folder` as its working directory.
fn in_folder(folder: &Path, line: &str) -> (Option<i32>, String) {
    let output = command(line.split(' ')).current_dir(folder).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_flag_without_its_feature_names_the_feature_to_build_with() {
    let folder = tempfile::tempdir().unwrap();
    let features = [
        ("train", cfg!(feature = "train"), "train --parallel pl,cs=a.tsv -o b.bitext"),
        ("cache", cfg!(feature = "cache"), "align --cache c --en a --uk b"),
        ("rust-bert", cfg!(feature = "rust-bert"), "embed --lang en --prefix x"),
        ("rust-bert", cfg!(feature = "rust-bert"), "embed --lang en --model-threads 2"),
    ];
    for (feature, is_built_in, line) in features {
        let (status, messages) = in_folder(folder.path(), line);
        let is_named = messages.contains(&format!("--features cli,{feature}"));
        let refused = is_named && status == Some(2);
        assert_eq!((is_named, refused), (!is_built_in, !is_built_in), "{line}: {messages}");
    }
}

#[test]
fn the_help_of_every_build_has_all_flags() {
    for (command, flags) in [
        ("align", &["--prefix", "--model-threads", "--cache"][..]),
        ("train", &["--parallel", "--teacher", "--prefix", "--cache"]),
    ] {
        let help = bitext([command, "--help"], b"").quiet();
        for flag in flags {
            assert!(help.contains(flag), "{command} {flag}: {help}");
        }
    }
}

#[test]
fn a_renamed_flag_suggests_its_new_name() {
    let folder = tempfile::tempdir().unwrap();
    for (line, new) in [
        ("align --reordered a b", "'--crossing'"),
        ("score --nulls as-given a b", "'--null-beads'"),
        ("filter --texts a,b c", "'--sentences'"),
        ("train --pairs pl,cs=a.tsv -o b", "'--parallel'"),
        ("train --texts pl=a.txt -o b", "'--monolingual'"),
        ("build a --out b", "'--output'"),
    ] {
        let (status, messages) = in_folder(folder.path(), line);
        assert_eq!(status, Some(2));
        assert!(messages.contains(new), "{line}: {messages}");
    }
}
