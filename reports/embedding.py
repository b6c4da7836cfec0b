#!/usr/bin/env python3
"""Writes `embedding.md` beside this file: retrieval on the development sets with the embedded
model, its size and speed, what each part of its training is worth, and how near a second training comes.

    python3 reports/embedding.py [--model FILE]... [--ablations] [--reproduce] [--quick]

Each `--model FILE` is measured beside the embedded one. With `--ablations` models
are trained without one part of the method each, with `--reproduce` the embedded
model is trained again by `models/train.py`; either takes half an hour or more, goes on where
it was when it is started again, and is kept in `embedding-kept.json`, which is what the page shows
without them. `--quick` measures retrieval only, prints it, and ends with 1 where a target is missed.

The speed is that of `benches/peers_embed`, which cargo builds; nothing else of weight should run meanwhile.
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
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
WORK = TARGET / "embedding"
OUT = ROOT / "reports" / "embedding.md"
KEPT = ROOT / "reports" / "embedding-kept.json"
TRANSFORMERS = ROOT / "reports" / "embedding-rust-bert.md"
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
    "the teacher": ["--no-teacher"],
    "nine in ten of the teacher's pairs": ["--teacher-pairs", "2000"],
    "dropping of words": ["--dropout", "0"],
    "subword resampling": ["--subword-resampling", "0"],
    "joining of terms": ["--max-joined-terms", "1"],
    "half of the dimensions": ["--dimension", "128"],
    "a third of the pieces": ["--vocabulary-size", "20000"],
    "lists of words for the vocabulary": ["--word-list-weight", "0"],
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


def train(out, options):
    """Trains a model by the script that made the embedded one."""
    state = [] if out.stem == "again" else ["--state", WORK / (out.stem + ".state")]
    subprocess.run([sys.executable, ROOT / "models" / "train.py", out, *options, *state], check=True)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def kept():
    return json.loads(KEPT.read_text(encoding="utf8")) if KEPT.exists() else {}


def keep(name, path, accuracies):
    """Keeps what was measured of a trained model."""
    rows = {" ".join(key): value for key, value in accuracies.items()}
    everything = {**kept(), name: {"sha256": digest(path), "accuracies": rows}}
    part = KEPT.with_suffix(".part")
    part.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    part.rename(KEPT)


def recalled(name):
    rows = kept().get(name, {}).get("accuracies", {})
    return {tuple(key.split()): value for key, value in rows.items()}


def ablation(pairs):
    """The kept figures of all ablations, as differences to the whole."""
    columns = {what: recalled(what) for what in ABLATIONS if recalled(what)}
    whole = columns.get("nothing left out")
    if not whole or len(columns) < 2:
        return []
    keys = [key for key in pairs if key in whole]
    rows = ["## What the parts of the training are worth", "",
            f"Models of {STEPS:,} steps (the embedded model: 8,000), each trained without one part by `python3 reports/embedding.py",
            "--ablations`. The cells are differences in points from the model with all parts. Each was trained once, so a difference below half a point may be chance.", "",
            "| without | " + " | ".join(f"{name} {a}-{b}" for a, b, name in keys) + " | mean |",
            "|---" + "|--:" * (len(keys) + 1) + "|"]
    for what, column in columns.items():
        values = [column[key] - (0 if column is whole else whole[key]) for key in keys]
        form = "{:.1f}" if column is whole else "{:+.1f}"
        cells = [form.format(value) for value in [*values, sum(values) / len(values)]]
        rows.append(f"| {what} | " + " | ".join(cells) + " |")
    return [*rows, ""]


def reproduction(pairs, embedded):
    again = recalled("again")
    if not again:
        return []
    most = max(abs(again[key] - embedded[key]) for key in pairs)
    same = kept()["again"]["sha256"] == digest(model_file())
    lines = ["## Trained again", "",
             "`python3 models/train.py OUT.bitext` gave "
             + ("the same file, byte for byte." if same else
                f"a model whose accuracies differ by at most {most:.1f} points (column *trained again*; target: at most 0.3)."), ""]
    return lines


def model_file():
    [model] = (ROOT / "models").glob("*.bitext")
    return model


def speed():
    """Beside `model2vec-rs`, the memory's bandwidth, and the time to load."""
    manifest = ROOT / "benches" / "peers_embed" / "Cargo.toml"
    command = ["cargo", "run", "--release", "--quiet", "--locked", "--manifest-path", manifest, "--"]
    measured = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    loads = []
    for _ in range(5):
        out = subprocess.run([*command, "load"], stdout=subprocess.PIPE, check=True, text=True).stdout
        loads.append(1000 * float(out.split()[0]))
    memory = measured["memory"]
    lines = ["## Speed", "",
             "One thread, distinct sentences of the development sets. `model2vec-rs` gets the same table and vocabulary. The table has medians of",
             f"{measured['rounds']} interleaved rounds{', in processor seconds' if measured['seconds_on_processor'] else ''}. Made by `benches/peers_embed`.", "",
             "| language | sentences a second | tokens a second | GB/s of rows read | times model2vec-rs, f32 | int8 | f32, a simpler tokenizer | int8 |",
             "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for code, one in measured["languages"].items():
        seconds, peers = one["seconds"], one["model2vec"]
        ratios = [f"{peers[name]['times_as_long']:.1f}" for name in ("f32", "int8", "f32, fewer steps", "int8, fewer steps")]
        lines.append(f"| {code} | {one['sentences'] / seconds:,.0f} | {one['tokens'] / seconds:,.0f} | "
                     f"{one['bytes_of_rows'] / seconds / 1e9:.2f} | " + " | ".join(ratios) + " |")
    new = ", ".join(f"{code} {one['sentences'] / one['new_seconds']:,.0f}" for code, one in measured["languages"].items())
    lines += ["", "Both cache the pieces of words, bitext of about 20,000 and `model2vec-rs` of 10,000, and the texts are embedded many times. "
              f"A model that was just loaded, with an empty cache, embeds this many sentences per second: {new}.",
              "", "*A simpler tokenizer* normalises less, so some texts are tokenized differently. This setting favours `model2vec-rs` most.",
              f"Memory gives one thread {memory['read_gb_per_s']:.1f} GB/s to read and {memory['triad_gb_per_s']:.1f} GB/s by the STREAM triad, "
              "so the time is spent on tokenizing, not on reading vectors.",
              "", f"Loading: {sorted(loads)[2]:.1f} ms, the median of five processes (target: at most 10 ms)."]
    row = r"^\| {} \| 1 \| ([\d,]+) \|"
    page = TRANSFORMERS.read_text(encoding="utf8")
    found = [re.search(row.format(name), page, re.M) for name in ("embedded model", r"e5-small, libtorch \(`RustBertEmbedder`\)")]
    if all(found):
        own, other = (float(match[1].replace(",", "")) for match in found)
        lines += ["", f"Compared with multilingual-e5-small through libtorch, on one thread in one run ([report](embedding-rust-bert.md)): {own / other:,.0f} times",
                  "the sentences per second (target: 1,000 times)."]
    return [*lines, ""]


def missed(pairs, accuracies, before):
    """Targets that are not met, as text."""
    lines = []
    for a, b, name in pairs:
        aim = SETS[name][1][PAIRS.index((a, b))]
        wanted = before[a, b, name] + float(aim) if isinstance(aim, str) else aim
        # As the table shows it: to one digit.
        if wanted and round(accuracies[a, b, name], 1) < wanted:
            lines.append(f"{name} {a}-{b}: {accuracies[a, b, name]:.1f}, not {wanted}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--ablations", action="store_true")
    parser.add_argument("--reproduce", action="store_true")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    if not (DATA / "eval" / "docs").is_dir():
        print("not run: no data")
        return 0
    needed = [DATA / "eval" / "docs" / f"{name}.jsonl" for name in SETS if name != "tatoeba"]
    needed += [DATA / "eval" / "tatoeba" / "tatoeba.deu-eng.deu", DATA / "models" / "static-v0"]
    missing = [str(path.relative_to(DATA)) for path in needed if not path.exists()]
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
    before = DATA / "models" / "static-v0"
    columns["static-v0"] = measured(before, pairs)
    lines = missed(pairs, columns["embedded"], columns["static-v0"])
    if args.quick:
        print("\n".join([*table(pairs, columns), *lines]))
        return 1 if lines else 0
    columns.update({pathlib.Path(model).stem: measured(model, pairs) for model in args.model})
    if args.reproduce:
        again = WORK / "again.bitext"
        train(again, [])
        keep("again", again, measured(again, pairs))
    if args.ablations:
        for what, options in ABLATIONS.items():
            path = WORK / ("without-" + re.sub(r"\W+", "-", what) + ".bitext")
            if not path.exists():
                train(path, [*options, "--steps", str(STEPS)])
            keep(what, path, measured(path, pairs))
    if recalled("again"):
        columns["trained again"] = recalled("again")
    model = model_file()
    out = ["# Embedding", "", "Written by `python3 reports/embedding.py`. Top-1 retrieval accuracy in percent by CSLS",
           "(k = 4), mean of both directions. Development sets, not test sets.", "", *table(pairs, columns), "",
           "Targets missed: " + ("; ".join(lines) or "none") + ".", "",
           f"The file: `models/{model.name}`, {model.stat().st_size:,} bytes (target: at most 9 MB), SHA-256",
           f"`{digest(model)}`.", "", *reproduction(pairs, columns["embedded"]), *speed(), *ablation(pairs)]
    out += ["## Sets", "", "| file | source | SHA-256 |", "|---|---|---|"]
    out += [f"| {path.name} | {SETS[name][0]} | `{digest(path)}` |"
            for path, name in files.items()]
    OUT.write_text("\n".join(out) + "\n", encoding="utf8")
    print(f"wrote {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
