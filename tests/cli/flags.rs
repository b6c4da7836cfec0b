//! Flags that need a feature, and flags that were renamed.

use std::path::Path;

use serde_json::json;

use crate::common::cli::{bitext, command};
use crate::common::{ENGLISH, GERMAN};

/// The status and messages of `bitext` with `folder` as its working directory.
fn in_folder(folder: &Path, line: &str) -> (Option<i32>, String) {
    let output = command(line.split(' ')).current_dir(folder).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_flag_without_its_feature_names_the_feature_to_build_with() {
    let folder = tempfile::tempdir().unwrap();
    let runs_transformers = cfg!(any(feature = "candle", feature = "rust-bert"));
    let features = [
        ("train", cfg!(feature = "train"), "train --parallel pl,cs=a.tsv -o b.bitext"),
        ("cache", cfg!(feature = "cache"), "align --cache c --en a --uk b"),
        ("candle", runs_transformers, "embed --lang en --prefix x"),
        ("candle", runs_transformers, "embed --lang en --model-threads 2"),
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

/// A command line, and the same with the old names of its flags.
struct Renamed {
    new: &'static str,
    old: &'static str,
}

/// Command lines with every renamed flag. `OUT` is a file name that differs between the two runs.
const RENAMED: [Renamed; 9] = [
    Renamed {
        new: "align a.en.txt a.de.txt --crossing --format jsonl",
        old: "align a.en.txt a.de.txt --reordered --format jsonl",
    },
    Renamed { new: "build articles.jsonl --output OUT", old: "build articles.jsonl --out OUT" },
    Renamed { new: "filter --print-defaults", old: "filter --defaults" },
    Renamed {
        new: "filter --from vecalign a.align --sentences a.en.txt,a.de.txt --langs en,de --rejected OUT",
        old: "filter --from vecalign a.align --texts a.en.txt,a.de.txt --languages en,de --keep-rejected OUT",
    },
    Renamed {
        new: "fit parallel.jsonl --max-documents 4 --held-out-half 0 --ablate margin --prior-variance 2 \
              --steps 2",
        old: "fit parallel.jsonl --most 4 --hold-out 0 --without margin --variance 2 --steps 2",
    },
    Renamed {
        new: "fit parallel.jsonl --held-out-half 1 --list-held-out",
        old: "fit parallel.jsonl --hold-out 1 --list",
    },
    Renamed {
        new: "report bitext.jsonl --features never --rejected rejected.jsonl --title t -o -",
        old: "report bitext.jsonl --evidence never --discards rejected.jsonl --title t -o -",
    },
    Renamed {
        new: "score a.align a.align --from vecalign --null-beads as-given",
        old: "score a.align a.align --format vecalign --nulls as-given",
    },
    Renamed {
        new: "score tasks.jsonl bitext.jsonl --reliability",
        old: "score tasks.jsonl bitext.jsonl --calibration",
    },
];

/// Writes the inputs of [`RENAMED`] and of the training.
fn write_inputs(folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let (english, german) = (ENGLISH.join("\n"), GERMAN.join("\n"));
    write("a.en.txt", &english);
    write("a.de.txt", &german);
    write("a.align", &(0..ENGLISH.len()).map(|at| format!("[{at}]:[{at}]\n")).collect::<String>());
    let parallel =
        (0..8).map(|id| json!({"id": id, "en": ENGLISH, "de": GERMAN}).to_string() + "\n");
    write("parallel.jsonl", &parallel.collect::<String>());
    write("articles.jsonl", &json!({"id": "a", "en": english, "de": german}).to_string());
    write("rejected.jsonl", "{\"reason\": \"short\"}\n");
    let gold: Vec<_> = (0..ENGLISH.len()).map(|at| json!([[at], [at]])).collect();
    let task = json!({"id": "a", "src": ENGLISH, "tgt": GERMAN, "src_lang": "en", "tgt_lang": "de",
        "gold": gold});
    write("tasks.jsonl", &format!("{task}\n"));
    let bitext = bitext(["align", "--jsonl"], format!("{task}\n").as_bytes());
    write("bitext.jsonl", &bitext.quiet());
    let pairs = ENGLISH.iter().zip(GERMAN).map(|(one, other)| format!("library\t{one}\t{other}\n"));
    write("pairs.tsv", &pairs.collect::<String>());
    write("words.tsv", "Bibliothek\t0.5\nBücher\t0.5\n");
}

/// The output of a command that succeeds, and the bytes of what it writes to `OUT`.
fn outputs(folder: &Path, line: &str, out: &str) -> (String, Vec<u8>) {
    let words = line.split_whitespace().map(|word| if word == "OUT" { out } else { word });
    let output = command(words).current_dir(folder).output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {messages}");
    let path = folder.join(out);
    let path = if path.is_dir() { path.join("counts.json") } else { path };
    (String::from_utf8(output.stdout).unwrap(), std::fs::read(path).unwrap_or_default())
}

#[test]
fn old_names_of_flags_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    write_inputs(folder.path());
    for (at, Renamed { new, old }) in RENAMED.into_iter().enumerate() {
        let with_new = outputs(folder.path(), new, &format!("new-{at}"));
        let with_old = outputs(folder.path(), old, &format!("old-{at}"));
        assert!(with_new == with_old, "{old}");
        assert_ne!((with_new.0.len(), with_new.1.len()), (0, 0), "{new} writes nothing");
    }
}

#[cfg(feature = "train")]
#[test]
fn old_names_of_the_flags_of_train_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    write_inputs(folder.path());
    let new = "train --parallel en,de=pairs.tsv --word-list de=words.tsv --monolingual de=a.de.txt \
        --skip-source none --vocabulary-size 200 --frequency-exponent 0.8 --word-list-weight 0.4 \
        --teacher-pairs 10 --batch-size 4 --logit-scale 10 --learning-rate 0.02 --subword-resampling 0.2 \
        --sampling-exponent 0.5 --max-joined-terms 2 --checkpoint-interval 2 --steps 4 --dimension 16 -o OUT";
    let old = "train --pairs en,de=pairs.tsv --words de=words.tsv --texts de=a.de.txt \
        --skip none --pieces 200 --damping 0.8 --listed 0.4 \
        --taught 10 --batch 4 --scale 10 --rate 0.02 --recut 0.2 \
        --evenness 0.5 --join 2 --interval 2 --steps 4 --dimension 16 -o OUT";
    let (with_new, with_old) =
        (outputs(folder.path(), new, "new"), outputs(folder.path(), old, "old"));
    assert!(!with_new.1.is_empty() && with_new == with_old);
}
