#!/usr/bin/env python3
"""Makes all reports anew, one after another, and compares the pages with them.

    python3 reports/all.py [REPORT]...    those named, or all
    python3 reports/all.py --list

A report whose tools or data are not there is left out, and named at the end; one that
ends with an error (so does one that misses a target) does not stop the others. The exit status
is 1 where any did, or where README.md or COMPARE.md say something else than the reports.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
CACHE = Path(os.environ.get("BITEXT_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bitext")
BUILD = ["cargo", "build", "--locked", "--release", "--features", "cli", "--bin", "bitext", "--example", "peers_ours", "--example", "call"]
PYTHON = sys.executable
# What `.ci/rust-bert` keeps, and the program as built with `--release --features cli,rust-bert,cache`
# and the target directory `target/rust-bert`.
E5 = CACHE / "multilingual-e5-small"
WITH_TORCH = TARGET / "rust-bert" / "release" / "bitext"
# What each runs, and what must be there: a program, or a path.
REPORTS = {
    "splitting": ([PYTHON, "reports/splitting.py"], []),
    "languages": ([PYTHON, "reports/languages.py"], []),
    "alignment": ([PYTHON, "reports/alignment.py"], []),
    "encoders": ([PYTHON, "reports/alignment/encoders.py", "--encoder", E5, "--encoder-bitext", WITH_TORCH], [E5, WITH_TORCH]),
    "filters": ([PYTHON, "reports/filters.py"], []),
    "corpus": ([PYTHON, "reports/corpus.py"], []),
    "twins": ([PYTHON, "reports/twins.py"], []),
    "embedding": ([PYTHON, "reports/embedding.py"], []),
    "speed": ([PYTHON, "reports/speed.py"], []),
    "soak": ([PYTHON, "reports/soak.py"], ["valgrind"]),
    "page": ([".ci/page", "--screenshots"], ["node"]),
}


def lacking(needs):
    return [str(need) for need in needs if not (need.exists() if isinstance(need, Path) else shutil.which(need))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="*", metavar="REPORT", help=", ".join(REPORTS))
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if set(options.reports) - set(REPORTS):
        parser.error(f"reports are {', '.join(REPORTS)}")
    chosen = {name: one for name, one in REPORTS.items() if not options.reports or name in options.reports}
    if options.list:
        for name, (command, needs) in chosen.items():
            wants = lacking(needs)
            print(f"{name:<10} {' '.join(map(str, command))}" + (f"  (not here: {', '.join(wants)})" if wants else ""))
        return
    subprocess.run(BUILD, cwd=ROOT, check=True)
    lines, failed = [], False
    for name, (command, needs) in chosen.items():
        wants = lacking(needs)
        if wants:
            lines.append(f"{name:<10} left out: {', '.join(wants)} not here")
            continue
        print(f"== {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run(list(map(str, command)), cwd=ROOT).returncode
        failed |= status != 0
        lines.append(f"{name:<10} {time.monotonic() - started:6.0f} s" + (f"  ended with {status}" if status else ""))
    print("== summary", *lines, sep="\n", flush=True)
    status = subprocess.run([PYTHON, "reports/check.py"], cwd=ROOT).returncode
    sys.exit(1 if failed or status else 0)


if __name__ == "__main__":
    main()
