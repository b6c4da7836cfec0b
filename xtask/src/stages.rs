//! The stages of `cargo xtask ci`, in the order in which they run.

use crate::readme;
use crate::shell::{Outcome, Shell};

/// One thing that must hold.
pub struct Stage {
    /// The name for `cargo xtask ci NAME`.
    pub name: &'static str,
    pub what: &'static str,
    pub run: fn(&Shell) -> Outcome,
}

/// Optional features that the command line and all tests without libtorch use.
const FEATURES: &str = "cli,parquet,train,cache";

/// The largest package that crates.io takes.
const MAX_PACKAGE_BYTES: u64 = 10_000_000;

/// What to run before each commit.
pub fn check() -> Vec<Stage> {
    let clippy = |shell: &Shell| {
        shell.line(&format!(
            "cargo clippy --locked --all-targets --features {FEATURES} -- -D warnings"
        ))
    };
    vec![
        stage("format", "cargo fmt --check", |shell| shell.line("cargo fmt --check")),
        structure(),
        stage("clippy", "the lints, with the command line's features", clippy),
        stage("test", "the README's test command", |shell| {
            shell.line(&readme::commands(shell)?[1])
        }),
    ]
}

/// Everything that must hold before a change lands.
pub fn ci() -> Vec<Stage> {
    vec![
        stage("tools", "rustfmt and clippy are installed", tools),
        stage("format", "cargo fmt --check", format),
        structure(),
        stage("clippy", "the lints, by sets of features", clippy),
        stage("documentation", "rustdoc without warnings", |shell| {
            let features = "cargo doc --locked --no-deps --features cli,parquet,train";
            shell.line_with(("RUSTDOCFLAGS", "-D warnings"), features)
        }),
        stage(
            "api",
            "public functions have examples; what the API shows of other crates",
            |shell| shell.line(".ci/api"),
        ),
        stage("deny", "licences and sources of the dependencies, and their Rust", |shell| {
            shell.line(".ci/deny")
        }),
        stage("claims", "README.md and COMPARE.md agree with the reports", |shell| {
            shell.line("python3 reports/check.py")?;
            shell.line("python3 reports/claims/test_check.py")
        }),
        stage("test", "the README's test command", |shell| {
            shell.line(&readme::commands(shell)?[1])
        }),
        stage(
            "test-features",
            "tests of Parquet, of training, of pairing without an index",
            |shell| {
                shell.line(
                    "cargo test --locked --features cli,parquet,train --lib --test records --test train \
                 --test cli -- --skip build",
                )?;
                shell.line("cargo test --locked --quiet --lib corpus::pairing")
            },
        ),
        stage("features", "each feature compiles alone", features),
        stage("examples", "the cookbook runs", |shell| shell.line(".ci/examples")),
        stage("benches", "each bench runs once", |shell| {
            shell.line("cargo bench --locked --features cli -- --test")
        }),
        stage("readme", "the README's first command prints the README's table", readme::table),
        stage("page", "the page in Chromium", |shell| shell.line(".ci/page")),
        stage("alignment", "the report of the alignment's quality, a few documents", alignment),
        stage("embedding", "the embedded model's retrieval, compared with its targets", |shell| {
            build_release(shell)?;
            shell.line("python3 reports/embedding.py --quick")
        }),
        stage("splitting", "the splitter's report, without and with its data", splitting),
        stage("corpus", "the report of training sets, one article in eight", |shell| {
            build_release(shell)?;
            shell.line(&format!("python3 reports/corpus.py --quick --bitext {}", shell.bitext()))
        }),
        stage("formats", "training sets, read by other programs", |shell| {
            shell.line(".ci/formats")
        }),
        stage("spark", "training sets under Spark, an executor killed on the way", |shell| {
            shell.line(".ci/spark")
        }),
        stage("python", "the Python package: wheel, tests, types, notebook", |shell| {
            shell.line(".ci/python")
        }),
        stage("filters", "the filters' report, a few pairs", filters),
        stage("fuzz", "each fuzz target for some seconds", |shell| shell.line(".ci/fuzz")),
        stage("package", "the package fits crates.io", package),
        stage("processors", "the same bytes on several kinds of processor", |shell| {
            shell.line(".ci/processors")
        }),
        stage("articles", "five real web articles", |shell| shell.line(".ci/articles")),
        stage("docs-rs", "the documentation as docs.rs builds it", |shell| {
            shell.line(".ci/docs-rs")
        }),
        stage("candle", "transformers in pure Rust, on tiny models and e5-small", |shell| {
            shell.line(".ci/candle")
        }),
        stage("rust-bert", "transformers through libtorch", |shell| shell.line(".ci/rust-bert")),
    ]
}

fn stage(name: &'static str, what: &'static str, run: fn(&Shell) -> Outcome) -> Stage {
    Stage { name, what, run }
}

fn structure() -> Stage {
    stage("structure", "imports, sizes of files and folders", |shell| {
        shell.line("python3 .ci/structure.py")
    })
}

fn tools(shell: &Shell) -> Outcome {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !shell.succeeds(&format!("cargo {tool} --version")) {
            shell.line(&format!("rustup component add {component}"))?;
        }
    }
    shell.line("python3 --version")
}

fn format(shell: &Shell) -> Outcome {
    shell.line("cargo fmt --check")?;
    shell.line("cargo fmt --check --manifest-path xtask/Cargo.toml")
}

fn clippy(shell: &Shell) -> Outcome {
    let all = format!("--all-targets --features {FEATURES}");
    for features in [
        "--all-targets",
        "--no-default-features",
        "--no-default-features --features report",
        "--all-targets --features cli",
        &all,
    ] {
        println!("-- {features}");
        shell.line(&format!("cargo clippy --locked {features} -- -D warnings"))?;
    }
    shell.line(
        "cargo clippy --locked --manifest-path xtask/Cargo.toml --target-dir target/xtask \
         -- -D warnings",
    )
}

fn features(shell: &Shell) -> Outcome {
    for feature in [
        "embedded-model",
        "safetensors",
        "ann",
        "build",
        "html",
        "report",
        "cache",
        "candle",
        "parquet",
        "train",
        "cli",
    ] {
        println!("-- {feature}");
        shell.line(&format!(
            "cargo check --locked --quiet --no-default-features --features {feature}"
        ))?;
    }
    Ok(())
}

fn build_release(shell: &Shell) -> Outcome {
    shell.line("cargo build --locked --release --features cli --bin bitext --example peers_ours")
}

fn alignment(shell: &Shell) -> Outcome {
    build_release(shell)?;
    let command = format!("python3 reports/alignment.py --quick --bitext {}", shell.bitext());
    let page = shell.output(&command)?;
    println!("{}", page.split("\n## Development").next().unwrap_or(&page));
    Ok(())
}

fn splitting(shell: &Shell) -> Outcome {
    let nowhere = shell.scratch("no-data").display().to_string();
    let page = shell.output_with(("BITEXT_DATA", &nowhere), "python3 reports/splitting.py")?;
    if page.trim() != "not run: no data" {
        return Err(format!("without data the report says {page}"));
    }
    build_release(shell)?;
    shell.line("python3 reports/splitting.py --quick")?;
    shell.line("python3 reports/languages.py --quick")
}

fn filters(shell: &Shell) -> Outcome {
    build_release(shell)?;
    let command = format!("python3 reports/filters.py --quick --bitext {}", shell.bitext());
    let page = shell.output(&command)?;
    let from_gold = page.split_once("\n## Gold").map_or(&page[..], |(_, rest)| rest);
    println!("## Gold{}", from_gold.split("\n## Dup").next().unwrap_or(from_gold));
    Ok(())
}

fn package(shell: &Shell) -> Outcome {
    shell.line("cargo package --locked --allow-dirty --no-verify --quiet")?;
    let manifest = shell.read("Cargo.toml")?;
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .ok_or("Cargo.toml has no version")?;
    let path = shell.target.join(format!("package/bitext-{version}.crate"));
    let bytes = std::fs::metadata(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?
        .len();
    println!("packed size: {bytes} bytes");
    if bytes >= MAX_PACKAGE_BYTES {
        return Err(format!("the package has {bytes} bytes, crates.io takes {MAX_PACKAGE_BYTES}"));
    }
    Ok(())
}
