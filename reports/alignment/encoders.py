#!/usr/bin/env python3
"""The development tasks with a transformer's vectors beside the embedded model's.

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
import setting
from page import head, row, share
from setting import making

CACHE = Path(__file__).with_name("encoders.json")
E5_WEIGHTS = setting.WEIGHTS.with_name("weights-e5-small.tsv")
# What the aligner takes for a model that it knows nothing of.
DEFAULT = ["--weights", setting.WEIGHTS, "--background", "0.3"]
# What it takes for e5-small by itself (`AlignConfig::e5_small`), from the table as it is here,
# so that a new table needs no new program.
OWN = ["--weights", E5_WEIGHTS, "--background", "0.84"]
PAGE = setting.ROOT / "reports" / "alignment.md"
TITLE = "Encoders"
PREFIX = "query: "
KINDS = making.KINDS[:-1]
# Documents of a set whose spans are embedded anew: some ten times the text.
# In the order in which they are run.
SAMPLE = {"wmt22": 4, "wmt23_news": 2, "wmt22_uken": 4, "literary": 1, "flores": 1, "kde": 1}
# Sets of few documents, of which those that no weights were learnt from are shown alone too.
HELD_OUT = ("kde",)
NAMES = {
    "embedded": "embedded model",
    "pooled": "e5-small, sentences' vectors summed",
    "pooled-default": "the same, the embedded model's weights",
    "spans": "e5-small, spans embedded anew",
    "spans-default": "the same, the embedded model's weights",
}
PARTS = ("all", "held_out", "sample")
# The table that each goes by.
TABLES = {
    "embedded": setting.WEIGHTS,
    "pooled": E5_WEIGHTS,
    "pooled-default": setting.WEIGHTS,
    "spans": E5_WEIGHTS,
    "spans-default": setting.WEIGHTS,
}
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
    """Strict F1, lax F1 and share of nulls left alone by way and kind; who made them."""
    groups = setting.by_group(tasks)
    found, maker = {}, None
    for way in WAYS:
        parts = [[task] for task in tasks] if way == "pairs" else list(groups.values())
        if way == "joint" and any(len(part) != 3 for part in parts):
            continue
        path = program.align([setting.article(part) for part in parts], "--threads", 1, *args)
        bitexts = {one["id"]: one for one in setting.read(path)}
        totals = dict.fromkeys(KINDS)
        for part in parts:
            bitext = bitexts[setting.article(part)["id"]]
            maker = bitext["fingerprint"]
            for task in part:
                beads = [bead[:2] for bead in setting.beads(bitext, task["src_lang"], task["tgt_lang"])]
                counts = program.scorer.counts(task["gold"], beads, len(task["src"]), len(task["tgt"]))
                totals[task["kind"]] = program.scorer.add(totals[task["kind"]], counts)
        reports = {kind: program.scorer.report(total) for kind, total in totals.items() if total}
        found[way] = {kind: {"strict": of["F1ns"], "lax": of["F1nl"], "null": of["null"]} for kind, of in reports.items()}
    return found, maker


def tasks_of(program, name):
    folder = program.folder / f"encoder-tasks-{name}"
    return making.make(program.data, name, KINDS, 10**9, folder)


def run(program, options):
    """Measures all, and keeps it after each set."""
    if not (options.encoder / "modules.json").is_file():
        raise SystemExit(f"--encoder: {options.encoder} has no modules.json")
    halves = {setting.hold_out(path) for path in (setting.WEIGHTS, E5_WEIGHTS)}
    if len(halves) > 1:
        raise SystemExit("the two tables of weights leave out other halves of the documents")
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
        "align_weights": {path.name: setting.digest(path) for path in (setting.WEIGHTS, E5_WEIGHTS)},
        "sample": SAMPLE,
    }
    kept = still_true(json.loads(CACHE.read_text()) if CACHE.is_file() else {}, of)
    pooled, embedded_anew = (*model, "--span-vectors", "pool"), (*model, "--span-vectors", "embed")
    summed = {"embedded": (), "pooled": (*pooled, *OWN), "pooled-default": (*pooled, *DEFAULT)}
    parts = {
        "all": summed,
        "held_out": summed,
        "sample": summed | {"spans": (*embedded_anew, *OWN), "spans-default": (*embedded_anew, *DEFAULT)},
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
    """What is kept and holds of these: another table of weights changes its own rows alone."""
    before = kept.get("of", {})
    if {**before, "align_weights": None} != {**of, "align_weights": None}:
        return {"of": of, "made_by": {}} | {part: {} for part in PARTS}
    tables = before.get("align_weights", {})
    changed = {way for way, path in TABLES.items() if tables.get(path.name) != of["align_weights"][path.name]}
    rows = lambda found: {name: one for name, one in found.items() if name not in changed}
    parts = {part: {name: rows(found) for name, found in kept.get(part, {}).items()} for part in PARTS}
    return {"of": of, "made_by": rows(kept["made_by"]), **parts}


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
    makers = "; ".join(f"{NAMES[way]}: `{kept['made_by'][way]}`" for way in NAMES if way in kept["made_by"])
    out += [
        "```sh",
        "python3 reports/alignment/encoders.py --encoder ~/.cache/bitext/multilingual-e5-small --encoder-bitext target/release/bitext",
        "```", "",
        f"{program['version']}; {model['name']}, SHA-256 of its weights `{model['weights'][:16]}…`, prefix `{model['prefix']}`; kept in",
        f"`reports/alignment/encoders.json`, made by {makers}.",
        *weights(kept),
        "counterpart of. Strict F1 / lax F1 / share of nulls left unaligned (if there are any), for all kinds except `long`.",
        "", "### All documents, with summed vectors", "",
        *table(kept["all"], ("embedded", "pooled", "pooled-default")),
        *left_out("all"), "", "### Held-out manuals", "",
        "The documents of kde that both commands hold out (`--held-out-half`).", "",
        *table(kept.get("held_out", {}), ("embedded", "pooled", "pooled-default")),
        "", "### A sample with embedded spans", "",
        "Embedding all spans means embedding twelve to seventeen times the text. So these rows use an evenly spaced sample of each",
        "set, the same in all rows. The sample is small: differences of a few thousandths mean little.", "",
        *table(kept["sample"], tuple(NAMES)),
        *left_out("sample"),
    ]
    return out


def weights(kept):
    """What the aligner went by; figures from before e5-small had weights of its own say so."""
    if "align_weights" not in kept["of"]:
        return ["The aligner's weights are those learnt with the embedded model, whose word vectors a transformer has no"]
    return [
        "The aligner's weights are those learnt with each model (`src/align/data`), e5-small's with vectors summed; beside them",
        "e5-small with the weights and background of the embedded model, whose word vectors a transformer has no",
    ]


def table(sets, systems):
    out = head("set (documents), aligned as", "vectors", *KINDS)
    for name, of in sets.items():
        for way, label in WAYS.items():
            for at, system in enumerate(systems):
                if way not in of.get(system, {}):
                    continue
                cells = []
                for kind in KINDS:
                    one = of[system][way].get(kind)
                    measures = ("strict", "lax") if kind in ("clean", "merge") else ("strict", "lax", "null")
                    cells.append(" / ".join(share(one[measure]) for measure in measures) if one else "·")
                place = f"{name} ({of['documents']}), {label}" if at == 0 else ""
                out.append(row(place, NAMES[system], *cells))
    return out


def put(page, lines):
    """Replaces the section in a page, or puts it before the data."""
    text = page.read_text(encoding="utf-8")
    made = "\n".join([f"## {TITLE}", "", *lines, "", ""])
    start = text.find(f"\n## {TITLE}\n")
    at = start if start >= 0 else text.find("\n## Where targets are missed\n")
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
