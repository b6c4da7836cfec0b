#!/usr/bin/env python3
"""Writes `languages.md` beside this file: how well bitext works in each language.

    python3 reports/languages.py
    python3 reports/languages.py --quick

With `--quick` nothing is built or written: the figures of the release build of `bitext` are compared
with the page, and the exit status is 1 where one has changed.

The sets lie under $BITEXT_DATA (default: `../shared` beside the repository) in `eval/split` and
`eval/split_multi`; where they are absent the report says `not run: no data`. The other splitters are
crates, which `benches/peers_split` builds.

A section is a function that returns the lines of its part of the page: see SECTIONS.
"""
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from splitting import DATA, ROOT, TARGET, score

OUT = ROOT / "reports" / "languages.md"
PEERS = ["sentencex", "icu_segmenter"]
SYSTEMS = ["bitext", *PEERS]
# By set: its folder and its language.
SETS = {
    "en_gum-dev": ("split", "English"),
    "uk_iu-dev": ("split", "Ukrainian"),
    "de_gsd-dev": ("split", "German"),
    "es_gsd-dev": ("split_multi", "Spanish"),
    "fr_gsd-dev": ("split_multi", "French"),
    "it_isdt-dev": ("split_multi", "Italian"),
    "nl_lassysmall-dev": ("split_multi", "Dutch"),
    "pl_pdb-dev": ("split_multi", "Polish"),
    "ro_rrt-dev": ("split_multi", "Romanian"),
    "zh_gsdsimp-dev": ("split_multi", "Chinese"),
}
# Sentence F1 of the general rules before these languages had abbreviations of their own.
GENERAL_RULES = {
    "es_gsd-dev": 95.41, "fr_gsd-dev": 94.42, "it_isdt-dev": 76.88, "nl_lassysmall-dev": 81.91,
    "pl_pdb-dev": 92.69, "ro_rrt-dev": 91.29, "zh_gsdsimp-dev": 98.80,
}


def path_of(name):
    return DATA / "eval" / SETS[name][0] / f"{name}.jsonl"


def split(system, lines):
    """Sentences by id."""
    if system == "bitext":
        command = [TARGET / "release" / "bitext", "split", "--jsonl"]
    else:
        command = [TARGET / "release" / "peers_split", "split", system]
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True)
    return {one["id"]: one["sentences"] for one in map(json.loads, done.stdout.splitlines())}


def figures(system, name):
    """Sentence F1 and inner-boundary F1 of a system on a set."""
    lines = path_of(name).read_bytes()
    f1, inner, _ = score([json.loads(line) for line in lines.splitlines()], split(system, lines))
    return f"{f1:.2f}", f"{inner:.2f}"


def build():
    env = dict(os.environ, CARGO_TARGET_DIR=str(TARGET))
    for arguments in (["--manifest-path", ROOT / "benches/peers_split/Cargo.toml"],
                      ["--features", "cli", "--bin", "bitext"]):
        command = ["cargo", "build", "--locked", "--quiet", "--release", *arguments]
        subprocess.run(command, cwd=ROOT, env=env, check=True)


def splitting():
    """Sentence splitting by language."""
    head = ["| set | language | " + " | ".join(SYSTEMS) + " | bitext without abbreviations |",
            "|---|---|" + "--:|" * (len(SYSTEMS) + 1)]
    rows, inner_rows, sources = list(head), [head[0].rsplit("|", 2)[0] + "|", "|---|---|" + "--:|" * len(SYSTEMS)], []
    for name, (_, language) in SETS.items():
        found = [figures(system, name) for system in SYSTEMS]
        before = f"{GENERAL_RULES[name]:.2f}" if name in GENERAL_RULES else "–"
        rows.append(f"| {name} | {language} | " + " | ".join(f1 for f1, _ in found) + f" | {before} |")
        inner_rows.append(f"| {name} | {language} | " + " | ".join(inner for _, inner in found) + " |")
        sources.append(f"| {name} | `{hashlib.sha256(path_of(name).read_bytes()).hexdigest()}` |")
    return [
        "## Splitting", "",
        "Development sets of Universal Dependencies. F1 is counted as in the CoNLL 2018 shared task, as in",
        "[splitting.md](splitting.md), which has more sets in English, Ukrainian and German.", "",
        "Sentence F1:", "", *rows, "",
        "F1 of the boundaries inside paragraphs:", "", *inner_rows, "",
        "`sentencex` 0.1.33 and `icu_segmenter` 2.4.0 are Rust crates. The last column of the first table has bitext's",
        "general rules, before these languages had abbreviations of their own.", "",
        "What is missed most in these treebanks is not due to abbreviations. Many sentences of the Italian set begin with a",
        "lowercase letter, or end with a colon or semicolon. The Dutch set has lists and headings without end marks, all in",
        "one paragraph. Chinese is the only language here that needs no space between sentences.", "",
        "### Sets", "", "| set | SHA-256 |", "|---|---|", *sources,
    ]


# Retrieval and alignment by language go here, one function each.
SECTIONS = [splitting]


def quick():
    page, wrong = OUT.read_text(encoding="utf8").splitlines(), []
    for name in SETS:
        f1, inner = figures("bitext", name)
        print(f"{name} {f1}/{inner}")
        stated = [row.split(" | ")[2] for row in page if row.startswith(f"| {name} | ") and row.count("|") > 3]
        if stated != [f1, inner]:
            wrong.append(f"{name}: the report says {'/'.join(stated)}, it is {f1}/{inner}")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def main():
    missing = [name for name in SETS if not path_of(name).exists()]
    if missing:
        print("not run: no data" if len(missing) == len(SETS) else f"incomplete data: {', '.join(missing)} missing")
        return 0 if len(missing) == len(SETS) else 1
    if "--quick" in sys.argv:
        return quick()
    build()
    lines = ["# Languages", "", "Written by `python3 reports/languages.py`.", ""]
    for section in SECTIONS:
        lines += [*section(), ""]
    OUT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
