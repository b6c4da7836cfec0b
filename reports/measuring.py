"""What reports that run the program have in common."""
import argparse
import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments(description, page, quick):
    """A parser of the options that all have; `page` is what is written, `quick` what --quick leaves."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitext", type=Path, default=target / "release" / "bitext", help="the program")
    parser.add_argument("--output", type=Path, help=f"the page [default: reports/{page}]")
    parser.add_argument("--quick", action="store_true", help=quick)
    return parser


def documents(sets):
    """The folder of the documents; None, and a word, where there are no data at all."""
    data = Path(os.environ.get("BITEXT_DATA") or ROOT / ".." / "shared")
    if not data.is_dir():
        print("not run: no data")
        return None
    data = data / "eval" / "docs"
    missing = [f"{name}.jsonl" for name in sets if not (data / f"{name}.jsonl").is_file()]
    if missing:
        raise SystemExit(f"incomplete data: {', '.join(missing)} missing in {data}")
    return data


def program(path):
    if not path.is_file():
        raise SystemExit(f"{path}: no such program; build it with `cargo build --release --features cli --bin bitext`")
    return str(path.resolve())


def digest(data, name):
    """The beginning of a set's SHA-256."""
    return hashlib.sha256((data / f"{name}.jsonl").read_bytes()).hexdigest()[:16]


def end(lines, missed, options, page):
    """Writes the page, or prints it if it is a quick one, and ends with 1 where a target is missed."""
    text = "\n".join(lines) + "\n"
    output = options.output or (None if options.quick else ROOT / "reports" / page)
    if output:
        output.write_text(text, encoding="utf-8")
        print(f"written: {output}", file=sys.stderr)
    else:
        print(text)
    if missed:
        raise SystemExit("missed: " + ", ".join(missed))
