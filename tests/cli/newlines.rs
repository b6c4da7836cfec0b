//! The option for the meaning of a newline in `split`, `align` and `build`.

use std::fs;

use crate::common::cli::bitext;
use crate::common::json::parse;
use tempfile::TempDir;

/// Three sentences on six lines of at most sixty columns, wrapped by hand.
const ENGLISH: &str = "The mill at the upper lake was sold to a family from the\n\
    city last week. They want to bake bread there from\n\
    the spring on and will teach children how flour is\n\
    made. The council gave them the old scales of\n\
    the village, which had stood in the town hall for\n\
    eighty years.\n";
const GERMAN: &str = "Die Mühle am oberen See wurde vorige Woche an eine\n\
    Familie aus der Stadt verkauft. Sie will dort ab dem\n\
    Frühling Brot backen und Kindern zeigen, wie Mehl\n\
    gemacht wird. Der Rat gab ihr die alte Waage des\n\
    Dorfes, die achtzig Jahre lang im Rathaus\n\
    gestanden hatte.\n";

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("mill.en.txt"), ENGLISH).expect("written");
    fs::write(folder.path().join("mill.de.txt"), GERMAN).expect("written");
    folder
}

#[test]
fn split_finds_a_short_text_wrapped_at_sixty_columns() {
    for (language, text) in [("en", ENGLISH), ("de", GERMAN)] {
        let run = |newlines| {
            let args = ["split", "--lang", language, "--newlines", newlines];
            bitext(args, text.as_bytes()).quiet().lines().count()
        };
        assert_eq!((run("auto"), run("never"), run("always")), (3, 3, 8), "{language}");
    }
}

#[test]
fn align_uses_the_newlines_option() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let sentences = |newlines: &[&str]| {
        let (en, de) = (file("mill.en.txt"), file("mill.de.txt"));
        let args = ["align", "--en", &en, "--de", &de, "--format", "jsonl"];
        let json = parse(bitext(args.iter().chain(newlines), b"").quiet().trim_end());
        json.get("sentences").get("en").list().len()
    };
    assert_eq!(sentences(&[]), 3);
    assert_eq!(sentences(&["--newlines", "never"]), 3);
    assert_eq!(sentences(&["--newlines", "always"]), 8);
    let refused = bitext(["align", "--newlines", "often"], b"");
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("always"), "{}", refused.stderr);
}

#[test]
fn build_uses_the_newlines_option() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let settings = |newlines: &str| {
        let name = format!("{newlines}.toml");
        let content = format!("[align]\nnewlines = \"{newlines}\"\n");
        fs::write(folder.path().join(&name), content).expect("written");
        file(&name)
    };
    let rows = |name: &str, more: &[&str]| {
        let (out, en, de) = (file(name), file("mill.en.txt"), file("mill.de.txt"));
        let args = ["build", &en, &de, "--output", &out];
        let run = bitext(args.iter().chain(more), b"");
        assert_eq!(run.status, 0, "{}", run.stderr);
        let path = folder.path().join(name).join("train.en-de.jsonl");
        fs::read_to_string(path).expect("it is there").lines().count()
    };
    assert_eq!(rows("a", &[]), 3);
    let always = settings("always");
    assert_ne!(rows("b", &["--config", &always]), 3);
    // The command line takes precedence.
    assert_eq!(rows("c", &["--config", &always, "--newlines", "never"]), 3);
    let wrong = settings("often");
    let (en, out) = (file("mill.en.txt"), file("d"));
    let message = bitext(["build", &en, "--output", &out, "--config", &wrong], b"").refused(1);
    assert!(message.contains("line 2") && message.contains("`always`"), "{message}");
}
