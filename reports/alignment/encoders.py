#!/usr/bin/env python3
"""The development tasks with a transformer's vectors and with the embedded model's, both with the
one table of weights.

usage: python3 reports/alignment/encoders.py --encoder DIR --encoder-bitext PATH [--encoder-cache FILE]

DIR is the folder of multilingual-e5-small that `.ci/e5.py` makes, PATH the program built with
`--features cli,rust-bert,cache`. The figures are kept in encoders.json beside this file,
with what they are of, and the page has them from there, so that it can be made
without libtorch; run by itself, this also puts its section into reports/alignment.md.
`reports/alignment.py` takes the same options.
"""
import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.dont_write_bytecode = True
import calibration
import setting
from page import head, row, share
from setting import making

CACHE = Path(__file__).with_name("encoders.json")
PAGE = setting.ROOT / "reports" / "alignment.md"
TITLE = "Encoders"
PREFIX = "query: "
KINDS = making.DOCUMENT_KINDS
# Documents of a set whose spans are embedded anew: some ten times the text.
# In the order in which they are run.
SAMPLE = {"wmt22": 4, "wmt23_news": 2, "wmt22_uken": 4, "literary": 1, "flores": 1, "kde": 1}
# Sets of few documents, whose documents that the weights were not learnt from are shown alone too.
HELD_OUT = ("kde",)
NAMES = {
    "embedded": "embedded model",
    "pooled": "e5-small, sentences' vectors summed",
    "spans": "e5-small, spans embedded anew",
}
BEFORE = "e5-small summed, version 0.1 with weights of its own"
PARTS = ("all", "held_out", "sample")
WAYS = {"pairs": "pairs alone", "joint": "joint search"}


def add_arguments(parser):
    parser.add_argument("--encoder", type=Path, metavar="DIR", help="measure the section of encoders anew with this model")
    parser.add_argument("--encoder-bitext", type=Path, metavar="PATH", help="the program built with rust-bert and cache")
    parser.add_argument("--encoder-cache", type=Path, metavar="FILE", help="keep its vectors there for the next time")


def document(task):
    return task["group"].rsplit("/", 1)[0]


def sample(tasks, count):
    """The tasks of so many documents, at even steps."""
    names = list(dict.fromkeys(map(document, tasks)))
    kept = set(names[:: -(-len(names) // count)][:count])
    return [task for task in tasks if document(task) in kept]


def measured(program, tasks, *args):
    """Quality and calibration of the beads, by way and kind; the fingerprint of their maker."""
    groups = setting.by_group(tasks)
    found, maker = {}, None
    for way in WAYS:
        parts = [[task] for task in tasks] if way == "pairs" else list(groups.values())
        if way == "joint" and any(len(part) != 3 for part in parts):
            continue
        path = program.align([setting.article(part) for part in parts], "--threads", 1, *args)
        bitexts = {one["id"]: one for one in setting.read(path)}
        totals, judged = dict.fromkeys(KINDS), {kind: [] for kind in KINDS}
        for part in parts:
            bitext = bitexts[setting.article(part)["id"]]
            maker = bitext["fingerprint"]
            for task in part:
                beads = setting.beads(bitext, task["src_lang"], task["tgt_lang"])
                counts = program.scorer.counts(task["gold"], [bead[:2] for bead in beads], len(task["src"]), len(task["tgt"]))
                totals[task["kind"]] = program.scorer.add(totals[task["kind"]], counts)
                gold = {(tuple(a), tuple(b)) for a, b in task["gold"]}
                judged[task["kind"]] += [(confidence, (tuple(a), tuple(b)) in gold) for a, b, confidence in beads]
        found[way] = {}
        for kind, total in totals.items():
            if total:
                of, sure = program.scorer.report(total), calibration.reliability(judged[kind])
                found[way][kind] = {
                    "strict": of["F1ns"], "lax": of["F1nl"], "null": of["null"],
                    "error": sure["expected_error"], "sure_right": sure["sure_right"],
                }
    return found, maker


def tasks_of(program, name):
    folder = program.folder / f"encoder-tasks-{name}"
    return making.make(program.data, name, KINDS, 10**9, folder)


def run(program, options):
    """Measures all, and keeps it after each set."""
    if not (options.encoder / "modules.json").is_file():
        raise SystemExit(f"--encoder: {options.encoder} has no modules.json")
    if not options.encoder_bitext:
        raise SystemExit("--encoder-bitext: give the program built with `--features cli,rust-bert,cache`")
    theirs = setting.Program(program.data, options.encoder_bitext.resolve(), program.folder / "encoder", program.quick)
    theirs.folder.mkdir()
    if theirs.fingerprint != program.fingerprint:
        raise SystemExit(f"{options.encoder_bitext} is {theirs.fingerprint}, the other program {program.fingerprint}")
    cache = options.encoder_cache or theirs.folder / "vectors.redb"
    model = ["--model", options.encoder, "--prefix", PREFIX, "--cache", cache]
    of = {
        "program": {"version": theirs.version, "fingerprint": theirs.fingerprint},
        "model": {
            "name": "multilingual-e5-small, made by `.ci/e5.py`", "prefix": PREFIX,
            "weights": setting.digest(options.encoder / "model.safetensors"),
        },
        "data": {
            one: setting.digest(making.documents(program.data, one))
            for one in making.files(list(making.SETS), False)
        },
        "kinds": list(KINDS),
        "sample": SAMPLE,
    }
    kept = still_true(json.loads(CACHE.read_text()) if CACHE.is_file() else {}, of)
    summed = {"embedded": (), "pooled": (*model, "--span-vectors", "pool")}
    parts = {
        "all": summed,
        "held_out": summed,
        "sample": summed | {"spans": (*model, "--span-vectors", "embed")},
    }
    for name in SAMPLE:
        for part, ways in parts.items():
            if part == "held_out" and name not in HELD_OUT:
                continue
            # What was interrupted goes on.
            found = kept[part].setdefault(name, {})
            wanted = [way for way in ways if way not in found]
            if not wanted:
                continue
            tasks = tasks_of(theirs, name)
            if part == "held_out":
                tasks = [task for task in tasks if theirs.is_held_out(task["group"])]
            elif part == "sample":
                tasks = sample(tasks, SAMPLE[name])
            found["documents"] = len(set(map(document, tasks)))
            for way in wanted:
                setting.say(f"encoders: {name}, {part}, {NAMES[way]}")
                found[way], kept["made_by"][way] = measured(theirs, tasks, *ways[way])
                setting.write(CACHE, json.dumps(kept, indent=1) + "\n")


def still_true(kept, of):
    """What is kept, if it is of these; what is kept of version 0.1 in any case."""
    if kept.get("of") == of:
        return kept
    empty = {"of": of, "made_by": {}} | {part: {} for part in PARTS}
    return empty | {name: kept[name] for name in ("before",) if name in kept}


def section(fingerprint):
    """The section from what is kept; `fingerprint` is that of the page's program."""
    if not CACHE.is_file():
        return ["Not run: `reports/alignment/encoders.py` makes it, where there is libtorch."]
    kept = json.loads(CACHE.read_text())
    program, model = kept["of"]["program"], kept["of"]["model"]
    out = []

    def left_out(part):
        names = [name for name in making.SETS if name not in kept[part]]
        return ["", f"Not run: {', '.join(names)}."] if names else []

    if fingerprint and fingerprint != program["fingerprint"]:
        out += [f"**Stale: of {program['fingerprint']}, not of this page's program; run `--encoder` again.**", ""]
    makers = "; ".join(f"{NAMES.get(way, way)}: `{maker}`" for way, maker in kept["made_by"].items())
    out += [
        "```sh",
        "python3 reports/alignment/encoders.py --encoder ~/.cache/bitext/multilingual-e5-small --encoder-bitext target/release/bitext",
        "```", "",
        f"{program['version']}; {model['name']}, SHA-256 of its weights `{model['weights'][:16]}…`, prefix `{model['prefix']}`; kept in",
        f"`reports/alignment/encoders.json`, made by {makers}.",
        "All rows have the aligner's weights that were learnt with the embedded model. Similarities are measured relative to the",
        "background of each model (`src/align/background.rs`). A transformer has no word vectors, so the features of words are 0.",
        "Strict F1 / lax F1 / share of nulls left unaligned (if there are any), for all kinds except `long`.",
        "", "### All documents, with summed vectors", "",
        *table(kept, "all"),
        *left_out("all"), "", "### Calibration with summed vectors", "",
        "Expected calibration error of the beads / share that is right at .9 and above.", "",
        *table(kept, "all", ("error", "sure_right")),
        "", "### Held-out manuals", "",
        "The documents of kde that the weights were not learnt from (`--held-out-half`).", "",
        *table(kept, "held_out"),
        "", "### A sample with embedded spans", "",
        "Embedding all spans means embedding twelve to seventeen times the text. So these rows use an evenly spaced sample of each",
        "set, the same in all rows. The sample is small: differences of a few thousandths mean little.", "",
        *table(kept, "sample"),
        *left_out("sample"),
    ]
    return out


def table(kept, part, measures=("strict", "lax", "null")):
    out = head("set (documents), aligned as", "vectors", *KINDS)
    for name, of in kept.get(part, {}).items():
        for way, label in WAYS.items():
            systems = [(label_of, of[system]) for system, label_of in rows_of(of)]
            before = kept.get("before", {}).get(part, {}).get(name)
            if before and "error" not in measures:
                systems.append((BEFORE, before))
            place = f"{name} ({of['documents']}), {label}"
            for vectors, found in systems:
                if way in found:
                    out.append(row(place, vectors, *(cell(found[way].get(kind), kind, measures) for kind in KINDS)))
                    place = ""
    return out


def rows_of(of):
    """What was measured, also what an earlier version of this file did, and its names."""
    return [(system, NAMES.get(system, system)) for system in of if system != "documents"]


def cell(one, kind, measures):
    left_out = ("null",) if kind in making.WITHOUT_NULLS else ()
    return " / ".join(share(one.get(measure)) for measure in measures if measure not in left_out) if one else "·"


def put(page, lines):
    """Replaces the section in a page, or puts it before the data."""
    text = page.read_text(encoding="utf-8")
    made = "\n".join([f"## {TITLE}", "", *lines, "", ""])
    start = text.find(f"\n## {TITLE}\n")
    at = start if start >= 0 else text.find("\n## Missed targets\n")
    if at < 0:
        raise SystemExit(f"{page}: no place for the section")
    end = text.find("\n## ", at + 1) if start >= 0 else at
    setting.write(page, text[: at + 1] + made + text[end + 1 :])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--page-only", action="store_true", help="put the kept figures into the page again")
    options = parser.parse_args()
    if options.page_only:
        put(PAGE, section(None))
        return
    data = Path(os.environ.get("BITEXT_DATA") or setting.ROOT / ".." / "shared")
    if not data.is_dir():
        print("not run: no data")
        return
    missing = making.missing(data, list(making.SETS), False)
    if missing:
        raise SystemExit("incomplete data: " + ", ".join(map(str, missing)) + " missing")
    if not options.encoder or not options.encoder_bitext:
        parser.error("--encoder and --encoder-bitext are needed")
    with tempfile.TemporaryDirectory() as folder:
        program = setting.Program(data, options.encoder_bitext.resolve(), folder, False)
        run(program, options)
    put(PAGE, section(None))


if __name__ == "__main__":
    main()
