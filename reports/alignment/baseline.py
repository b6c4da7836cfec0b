"""Version 0.1 and the program of the page, side by side.

`python3 reports/alignment.py --bitext OLD --keep-baseline` measures another program and keeps its
numbers in version-0.1.json, beside this file.
"""
import json
from pathlib import Path

import quality
import setting
from page import head, row, share
from setting import making

CACHE = Path(__file__).with_name("version-0.1.json")
# By how much a number may be lower than version 0.1's.
TOLERANCE = 0.001
MEASURES = {
    "strict": "Strict F1",
    "null": "Unaligned sentences left unaligned",
    "error": "Expected calibration error of beads",
    "sure_right": "Beads right at .9 and above",
}
# Those that may not be lower.
KEPT = ("strict", "null")


def data(program):
    names = making.files(list(making.SETS), False)
    return {name: setting.digest(making.documents(program.data, name)) for name in names}


def values(sets):
    """By set, way and kind."""
    found = {}
    for name, of in sets.items():
        found[name] = {way: {kind: measured(of, way, kind) for kind in of.kinds} for way in of.files}
    return found


def measured(of, way, kind):
    scores, beads = of.scores[way][kind, "all"], of.reliability[way][kind]["beads"]
    null = scores["null"] if quality.null_says(kind) else None
    return {"strict": scores["strict"], "null": null, "error": beads["expected_error"], "sure_right": beads["sure_right"]}


def measure(program):
    """Measures a program, and keeps its numbers."""
    sets = {name: quality.Set(program, name) for name in making.SETS}
    of = {"version": program.version, "fingerprint": program.fingerprint, "data": data(program)}
    setting.write(CACHE, json.dumps({"of": of, "sets": values(sets)}, indent=1) + "\n")


def read(program):
    """What is kept, if it is of these documents; a quick run has others."""
    if program.quick or not CACHE.is_file():
        return None
    kept = json.loads(CACHE.read_text())
    return kept if kept["of"]["data"] == data(program) else None


def pairs_of(kept, sets, measure):
    """Before and now, by set, way and kind."""
    now = values(sets)
    for name, ways in kept["sets"].items():
        for way, kinds in ways.items() if name in now else ():
            for kind, before in kinds.items():
                if before[measure] is not None:
                    yield (name, way, kind), (before[measure], now[name][way][kind][measure])


def summary(kept, sets, sheet):
    """Of each set the largest loss."""
    for measure in KEPT if kept and sets else ():
        found = dict(pairs_of(kept, sets, measure))
        for name in sets:
            changes = {at: after - before for at, (before, after) in found.items() if at[0] == name}
            at = min(changes, key=changes.get)
            label = f"{name}, {measure}, change since version 0.1: worst kind ({at[2]}, {quality.WAYS[at[1]]})"
            sheet.change(label, -TOLERANCE, changes[at])


def section(kept, sets):
    if not kept:
        return ["Not compared: a quick run, or `reports/alignment/version-0.1.json` is of other documents."]
    of = kept["of"]
    out = [
        f"Version 0.1 ({of['fingerprint']}) → this version, on the same tasks, all language pairs together. Struck out: lower by more than",
        f"{share(TOLERANCE, 3)} (strict F1, unaligned sentences).",
    ]
    for measure, title in MEASURES.items():
        out += ["", f"### {title}, version 0.1 and now", ""]
        found = dict(pairs_of(kept, sets, measure))
        kinds = [kind for kind in making.KINDS if any(at[2] == kind for at in found)]
        out += head("set, aligned as", *kinds)
        for name, way in dict.fromkeys(at[:2] for at in found):
            cells = (cell(found.get((name, way, kind)), measure) for kind in kinds)
            out.append(row(f"{name}, {quality.WAYS[way]}", *cells))
    return out


def cell(both, measure):
    if both is None or both[1] is None:
        return "·"
    before, after = map(share, both)
    lost = measure in KEPT and both[1] - both[0] < -TOLERANCE
    return f"{before} → ~~{after}~~" if lost else f"{before} → {after}"
