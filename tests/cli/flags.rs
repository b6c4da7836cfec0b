//! Flags that need a feature, and flags that were renamed.

use crate::common::cli::bitext;

#[test]
fn a_flag_without_its_feature_names_the_feature_to_build_with() {
    let features = [
        ("train", cfg!(feature = "train"), "train --parallel pl,cs=a.tsv -o b.bitext"),
        ("cache", cfg!(feature = "cache"), "align --cache c --en a --uk b"),
        ("rust-bert", cfg!(feature = "rust-bert"), "embed --lang en --prefix x"),
        ("rust-bert", cfg!(feature = "rust-bert"), "embed --lang en --model-threads 2"),
    ];
    for (feature, is_built_in, line) in features {
        let run = bitext(line.split(' '), b"");
        let is_named = run.stderr.contains(&format!("--features cli,{feature}"));
        let refused = is_named && run.status == 2;
        assert_eq!((is_named, refused), (!is_built_in, !is_built_in), "{line}: {}", run.stderr);
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
    for (line, new) in [
        ("align --reordered a b", "'--crossing'"),
        ("score --nulls as-given a b", "'--null-beads'"),
        ("filter --texts a,b c", "'--sentences'"),
        ("train --pairs pl,cs=a.tsv -o b", "'--parallel'"),
        ("train --texts pl=a.txt -o b", "'--monolingual'"),
        ("build a --out b", "'--output'"),
    ] {
        let run = bitext(line.split(' '), b"");
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(new), "{line}: {}", run.stderr);
    }
}
