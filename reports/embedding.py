#!/usr/bin/env python3
"""Writes `embedding.md` beside this file: retrieval on the development sets, size
and time to load of the embedded model.

    python3 reports/embedding.py [--model FILE]... [--ablations] [--reproduce]

Each `--model FILE` is measured beside the embedded one. With `--ablations` models
are trained without one part of the method each, with `--reproduce` the embedded
model is trained again by `models/train.py`; either takes an hour or more.

The sets lie under $BITEXT_DATA (default: `../shared` beside the repository) in
`eval/`; where they are absent the report says `not run: no data`. NumPy is
installed from PyPI into a virtual environment under `target`.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("BITEXT_DATA", ROOT.parent / "shared"))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "embedding"
OUT = ROOT / "reports" / "embedding.md"
BITEXT = TARGET / "release" / "bitext"
NUMPY = "numpy==2.2.6"
PAIRS = [("de", "en"), ("uk", "en"), ("uk", "de")]
# Set: what it is, accuracies aimed at for de-en, uk-en, uk-de.
SETS = {
    "flores_dev": ("FLORES-200, dev (CC BY-SA 4.0)", (99.9, 99.2, 98.2)),
    "wmt22_news": ("WMT22 general test set, news (research use)", (99.7, 98.5, 97.0)),
    "wmt22_uken": ("WMT22, uk-en, distinct segments (research use)", (None, "+5", None)),
    "tatoeba": ("Tatoeba, a sample of 500 a pair (CC BY 2.0 FR)", (98.5, 90.0, None)),
}
# Steps of each ablation, fewer than those of the model.
STEPS = 1500
# What is left out, and the options that do so.
ABLATIONS = {
    "nothing left out": [],
    "no teacher": ["--no-teacher"],
    "a teacher of 2,000 pairs": ["--taught", "2000"],
    "no words dropped": ["--dropout", "0"],
    "no words cut anew": ["--recut", "0"],
    "no lists of words for the vocabulary": ["--listed", "0"],
    "counts undamped": ["--damping", "1"],
    "20,000 pieces": ["--pieces", "20000"],
    "terms not joined": ["--join", "1"],
    "128 dimensions": ["--dimension", "128"],
}


def sets():
    """Pairs of texts by pair of languages and set, and the files they are from."""
    pairs, files = {}, {}
    for name in SETS:
        if name == "tatoeba":
            continue
        path = DATA / "eval" / "docs" / f"{name}.jsonl"
        files[path] = name
        seen = set()
        for line in path.read_text(encoding="utf8").splitlines():
            document = json.loads(line)
            for a, b in PAIRS:
                for x, y in zip(document.get(a, []), document.get(b, [])):
                    x, y = x.strip(), y.strip()
                    if not x or not y:
                        continue
                    if name == "wmt22_uken":
                        if x in seen or y in seen:
                            continue
                        seen |= {x, y}
                    pairs.setdefault((a, b, name), []).append((x, y))
    for a, b, code in (("de", "en", "deu-eng"), ("uk", "en", "ukr-eng")):
        sides = [DATA / "eval" / "tatoeba" / f"tatoeba.{code}.{part}" for part in code.split("-")]
        files.update({side: "tatoeba" for side in sides})
        texts = [side.read_text(encoding="utf8").splitlines() for side in sides]
        pairs[a, b, "tatoeba"] = list(zip(*texts))
    return pairs, files


def environment():
    python = WORK / "python"
    if not (python / "done").exists():
        venv.create(python, with_pip=True, clear=True)
        subprocess.run([python / "bin/pip", "install", "-q", NUMPY], check=True)
        (python / "done").touch()
    return python / "bin/python"


def vectors(model, language, texts):
    """What `bitext embed` gives."""
    command = [BITEXT, "embed", "--lang", language] + (["--model", model] if model else [])
    lines = "\n".join(re.sub(r"\s+", " ", text) for text in texts) + "\n"
    out = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def accuracy(a, b):
    """Top-1 accuracy in percent by CSLS (k = 4), mean of both directions."""
    import numpy as np

    cosines = np.array(a) @ np.array(b).T
    near = [np.sort(cosines, axis=1 - axis).take(range(-4, 0), axis=1 - axis).mean(axis=1 - axis) for axis in (0, 1)]
    scores = 2 * cosines - near[0][:, None] - near[1][None, :]
    own = np.arange(len(scores))
    return 50 * sum((scores.argmax(axis=axis) == own).mean() for axis in (0, 1))


def measured(model, pairs):
    result = {}
    for (a, b, name), texts in pairs.items():
        sides = [vectors(model, code, [pair[at] for pair in texts]) for at, code in enumerate((a, b))]
        result[a, b, name] = accuracy(*sides)
    return result


def table(pairs, columns):
    """Rows of a table with a column for each model."""
    rows = ["| set | pair | texts | aim | " + " | ".join(columns) + " |", "|---" * (4 + len(columns)) + "|"]
    for (a, b, name), texts in pairs.items():
        aim = SETS[name][1][PAIRS.index((a, b))]
        cells = [f"{column[a, b, name]:.1f}" for column in columns.values()]
        rows.append(f"| {name} | {a}-{b} | {len(texts)} | {aim or '·'} | " + " | ".join(cells) + " |")
    return rows


def train(out, pairs, options):
    """Trains a model; gives its accuracies as `bitext train` wrote them."""
    args = []
    for a, b in PAIRS:
        path = WORK / f"dev_{a}_{b}.tsv"
        lines = [f"{name}\t{x}\t{y}\n" for (p, q, name), texts in pairs.items() if (p, q) == (a, b)
                 for x, y in (tuple(re.sub(r"\s+", " ", side) for side in pair) for pair in texts)]
        path.write_text("".join(lines), encoding="utf8")
        args += ["--dev", f"{a},{b}={path}"]
    state = WORK / (out.stem + ".state")
    command = [sys.executable, ROOT / "models" / "train.py", out, *args, *options, "--state", state]
    subprocess.run(command, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--ablations", action="store_true")
    parser.add_argument("--reproduce", action="store_true")
    args = parser.parse_args()
    if not (DATA / "eval" / "docs").is_dir():
        print("not run: no data")
        return 0
    missing = [name for name in SETS if name != "tatoeba" and not (DATA / "eval" / "docs" / f"{name}.jsonl").exists()]
    if missing:
        print(f"incomplete data, missing under {DATA}: {', '.join(missing)}", file=sys.stderr)
        return 1
    WORK.mkdir(parents=True, exist_ok=True)
    python = environment()
    if pathlib.Path(sys.prefix) != python.parent.parent:
        return subprocess.run([python, __file__, *sys.argv[1:]]).returncode
    subprocess.run(["cargo", "build", "--release", "--quiet", "--features", "cli"], cwd=ROOT, check=True)
    pairs, files = sets()
    columns = {"embedded": measured(None, pairs)}
    columns.update({pathlib.Path(model).stem: measured(model, pairs) for model in args.model})
    if args.reproduce:
        again = WORK / "again.bitext"
        train(again, pairs, [])
        columns["trained again"] = measured(again, pairs)
    [model] = (ROOT / "models").glob("*.bitext")
    out = ["# Embedding", "", "Written by `python3 reports/embedding.py`. Top-1 retrieval accuracy in percent by CSLS",
           "(k = 4), mean of both directions. Development sets, not test sets.", "", *table(pairs, columns), "",
           f"The file: `models/{model.name}`, {model.stat().st_size:,} bytes, SHA-256",
           f"`{hashlib.sha256(model.read_bytes()).hexdigest()}`.", ""]
    if args.ablations:
        ablated = {}
        for what, options in ABLATIONS.items():
            path = WORK / ("without-" + re.sub(r"\W+", "-", what) + ".bitext")
            train(path, pairs, [*options, "--steps", str(STEPS)])
            ablated[what] = measured(path, pairs)
        out += ["## Ablation", "", f"{STEPS:,} steps each. One run of each: differences below half a point may be chance.", "",
                *table(pairs, ablated), ""]
    out += ["## Sets", "", "| file | source | SHA-256 |", "|---|---|---|"]
    out += [f"| {path.name} | {SETS[name][0]} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |"
            for path, name in files.items()]
    OUT.write_text("\n".join(out) + "\n", encoding="utf8")
    print(f"wrote {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
