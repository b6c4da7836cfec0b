"""Whether confidences mean what they say: on documents not learnt from, and for each kind of
tasks."""
import functools
import json

import quality
import setting
from page import head, row, share
from setting import making

ECE_TARGET, SURE, SURE_TARGET = 0.02, 0.9, 0.98
# Of every set and kind: expected error, share of the sure ones that are right, and by how much the
# confidences of nulls in the bins from .7 to .9 may be off.
KIND_ECE_TARGET, KIND_SURE_TARGET = 0.01, 0.995
NULL_BINS, NULL_TOLERANCE = (7, 8), 0.05
# With fewer, one sentence makes a difference that is larger than the tolerance.
MIN_NULLS = 20
# Where the gold has no unaligned sentence, every null is wrong, whatever its confidence.
NULL_KINDS = [kind for kind in making.DOCUMENT_KINDS if kind not in making.WITHOUT_NULLS]
EVERY = "all sets"


def tables_of(program, sets):
    """Reliability tables by name; the first two decide."""
    tables = {}
    for way in quality.WAYS:
        tasks, bitexts = [], {}
        for of in sets.values():
            if way in of.files:
                held = [task for task in of.tasks if program.is_held_out(task["group"]) and task["kind"] != "long"]
                tasks += held
                bitexts.update((id(of.bitext(way, task)), of.bitext(way, task)) for task in held)
        if not tasks:
            continue
        gold, found = program.file("held-out.jsonl"), program.file("held-out-bitexts.jsonl")
        gold.write_text("".join(json.dumps(task) + "\n" for task in tasks))
        found.write_text("".join(json.dumps(one) + "\n" for one in bitexts.values()))
        out = json.loads(program.run("score", "--json", "--by", "", "--reliability", gold, found))
        tables[f"beads, {quality.WAYS[way]}"] = out["total"]["reliability"]["beads"]
        if way == "pairs":
            nulls = out["total"]["reliability"]["nulls"]
    # Null beads last: they are reported apart.
    tables.update(units_tables(program, sets))
    if tables:
        tables["null beads, pairs alone"] = nulls
    return tables


def units_tables(program, sets):
    units, nulls = [], []
    for of in sets.values():
        for group, tasks in of.groups.items() if of.triples else ():
            if tasks[0]["kind"] != "long" and program.is_held_out(group):
                found = judged_units(of, group)
                units += found[0]
                nulls += found[1]
    found = {"units of three languages": units, "null units of three languages": nulls}
    return {name: reliability(given) for name, given in found.items() if given}


def judged_units(of, group):
    """Confidence of each unit of a bitext of three languages and whether it is right: units of
    several sentences, and sentences without a counterpart."""
    units, nulls = [], []
    gold = quality.closure([(task, task["gold"]) for task in of.groups[group]])
    linked = set().union(*gold)
    for unit in of.bitexts["joint"][group]["units"]:
        members = frozenset((lang, at) for lang in setting.LANGUAGES for at in unit.get(lang, []))
        if len(members) > 1:
            units.append((unit["confidence"], members in gold))
        else:
            nulls.append((unit["confidence"], not members & linked))
    return units, nulls


def reliability(given):
    """The same as `bitext score --reliability` has."""
    bins = [{"from": at / 10, "count": 0, "right": 0, "mean_confidence": 0.0} for at in range(10)]
    for confidence, right in given:
        one = bins[min(9, int(confidence * 10))]
        one["count"] += 1
        one["right"] += right
        one["mean_confidence"] += confidence
    error = sum(abs(one["mean_confidence"] - one["right"]) for one in bins) / max(1, len(given))
    for one in bins:
        one["mean_confidence"] /= max(1, one["count"])
    sure = [right for confidence, right in given if confidence >= SURE]
    return {
        "bins": bins, "count": len(given), "expected_error": error,
        "sure": len(sure), "sure_right": sum(sure) / len(sure) if sure else None,
    }


def summary(tables, sheet):
    for name, table in tables.items():
        if name.startswith("beads"):
            sheet.at_most(f"calibration error, {name}, documents not learnt from", ECE_TARGET, table["expected_error"], "", "calibration")
            if table["sure_right"] is not None:
                sheet.at_least(f"right at confidence .9 and above, {name}", SURE_TARGET, {"": table["sure_right"]}, "calibration")


def pooled(tables):
    """One table of several."""
    bins = []
    for at in range(10):
        of = [table["bins"][at] for table in tables if table["bins"][at]["count"]]
        count = sum(one["count"] for one in of)
        said = sum(one["count"] * one["mean_confidence"] for one in of)
        bins.append({"count": count, "right": sum(one["right"] for one in of), "mean_confidence": said / max(1, count)})
    count, sure = sum(table["count"] for table in tables), sum(table["sure"] for table in tables)
    error = sum(abs(one["count"] * one["mean_confidence"] - one["right"]) for one in bins)
    right = sum(table["sure"] * table["sure_right"] for table in tables if table["sure"])
    return {
        "bins": bins, "count": count, "expected_error": error / count if count else 0.0,
        "sure": sure, "sure_right": right / sure if sure else None,
    }


@functools.cache
def of_kind(of, way, kind, what):
    """Reliability of the beads or the nulls of a set and kind. Sentences without a counterpart in
    either of two other languages are units, and in no pair."""
    if (way, what) != ("joint", "nulls"):
        return of.reliability[way][kind][what]
    groups = [group for group, tasks in of.groups.items() if tasks[0]["kind"] == kind]
    return reliability([one for group in groups for one in judged_units(of, group)[1]])


class Kinds:
    """Reliability of beads or nulls by set and kind, with all sets and all kinds pooled."""

    def __init__(self, sets, what, way):
        self.of = {
            (name, kind): of_kind(of, way, kind, what)
            for name, of in sets.items() if way in of.files
            for kind in of.kinds if kind in making.DOCUMENT_KINDS
        }
        self.cells = dict(self.of)
        self.names = [*dict.fromkeys(name for name, _ in self.of), EVERY]
        self.kinds = list(dict.fromkeys(kind for _, kind in self.of))
        for kind in self.kinds:
            self.cells[EVERY, kind] = pooled([table for (_, one), table in self.of.items() if one == kind])
        for name in self.names:
            self.cells[name, "all"] = pooled([table for (one, _), table in self.of.items() if name in (one, EVERY)])


def off(table):
    """Of the nulls with a confidence of .7 to .9: their number, what is said, and what is right."""
    bins = [table["bins"][at] for at in NULL_BINS]
    count = sum(one["count"] for one in bins)
    if not count:
        return 0, None, None
    said = sum(one["count"] * one["mean_confidence"] for one in bins)
    return count, said / count, sum(one["right"] for one in bins) / count


def kinds_summary(sets, sheet):
    """Targets of each set: its worst kind in the worse way of aligning."""
    for name, of in sets.items():
        cells = [
            (f"{kind}, {label}", way, kind)
            for way, label in quality.WAYS.items() if way in of.files
            for kind in of.kinds if kind in making.DOCUMENT_KINDS
        ]
        beads = {at: of_kind(of, way, kind, "beads") for at, way, kind in cells}
        at = max(beads, key=lambda one: beads[one]["expected_error"])
        error = beads[at]["expected_error"]
        sheet.at_most(f"{name}, calibration error of beads: worst kind ({at})", KIND_ECE_TARGET, error, "", "calibration")
        right = {at: table["sure_right"] for at, table in beads.items() if table["sure"]}
        at = min(right, key=right.get)
        sheet.at_least(f"{name}, beads right at .9 and above: worst kind ({at})", KIND_SURE_TARGET, {"": right[at]}, "calibration")
        nulls = {at: off(of_kind(of, way, kind, "nulls")) for at, way, kind in cells if kind in NULL_KINDS}
        apart = {at: abs(said - right) for at, (count, said, right) in nulls.items() if count >= MIN_NULLS}
        if apart:
            at = max(apart, key=apart.get)
            label = f"{name}, nulls of .7 to .9, confidence and share right apart: worst kind ({at}; {nulls[at][0]} nulls)"
            sheet.at_most(label, NULL_TOLERANCE, apart[at], "", "calibration")
    for way, label in quality.WAYS.items():
        count, said, right = off(Kinds(sets, "nulls", way).cells[EVERY, "all"]) if sets else (0, None, None)
        if count:
            name = f"{EVERY}, nulls of .7 to .9, confidence and share right apart ({label}; {count} nulls)"
            sheet.at_most(name, NULL_TOLERANCE, abs(said - right), "", "calibration")


def shown(tables):
    out = head("confidence", *tables)
    for at in range(10):
        cells = []
        for table in tables.values():
            one = table["bins"][at]
            right = one["right"] / one["count"] if one["count"] else None
            cells.append(f"{share(one['mean_confidence'], 3)} : {share(right, 3)} ({one['count']})" if one["count"] else "·")
        out.append(row(f"{at / 10:.1f} to {(at + 1) / 10:.1f}", *cells))
    out.append(row("expected error", *(share(table["expected_error"]) for table in tables.values())))
    out.append(row("right at .9 and above", *(f"{share(table['sure_right'])} ({table['sure']})" for table in tables.values())))
    return out


def kinds_tables(sets):
    """By set and kind, both ways: beads, nulls, and the nulls of .7 to .9."""
    out = []
    for what, title in (("beads", "Beads by set and kind"), ("nulls", "Unaligned sentences by set and kind")):
        out += ["", f"### {title}", "", "Expected calibration error / share that is right at .9 and above (number of them).", ""]
        if what == "beads":
            out[-2] += f" Struck out: over {share(KIND_ECE_TARGET, 2)}, under {share(KIND_SURE_TARGET, 3)}."
        else:
            out[-2] += " Joint search: sentences without a counterpart in any other language."
        out += kinds_table(sets, what, sure_cell)
    out += [
        "", "### Unaligned sentences with a confidence of .7 to .9", "",
        f"Mean confidence : share that is right (number of them). Struck out: more than {share(NULL_TOLERANCE, 2)} apart, of at least {MIN_NULLS} sentences;",
        f"with fewer, one sentence makes a larger difference. The gold of {' and '.join(making.WITHOUT_NULLS)} has no unaligned sentences, so all of them are wrong there.", "",
    ]
    return out + kinds_table(sets, "nulls", off_cell)


def kinds_table(sets, what, cell):
    out = []
    for way, label in quality.WAYS.items():
        of = Kinds(sets, what, way)
        out = out or head("set, aligned as", *of.kinds, "all")
        for name in of.names:
            out.append(row(f"{name}, {label}", *(cell(of.cells[name, kind], what) for kind in (*of.kinds, "all"))))
    return out


def strike(text, wrong):
    return f"~~{text}~~" if wrong else text


def sure_cell(table, what):
    if not table["count"]:
        return "·"
    judged = what == "beads"
    error = strike(share(table["expected_error"]), judged and table["expected_error"] > KIND_ECE_TARGET)
    if not table["sure"]:
        return f"{error} / ·"
    return f"{error} / {strike(share(table['sure_right']), judged and table['sure_right'] < KIND_SURE_TARGET)} ({table['sure']})"


def off_cell(table, _):
    count, said, right = off(table)
    if not count:
        return "·"
    return strike(f"{share(said, 3)} : {share(right, 3)}", count >= MIN_NULLS and abs(said - right) > NULL_TOLERANCE) + f" ({count})"
