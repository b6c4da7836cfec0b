"""Whether confidences mean what they say, on documents not learnt from."""
import json

import quality
import setting
from page import head, row, share

ECE_TARGET, SURE, SURE_TARGET = 0.02, 0.9, 0.98


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
            if tasks[0]["kind"] == "long" or not program.is_held_out(group):
                continue
            gold = quality.closure([(task, task["gold"]) for task in tasks])
            linked = set().union(*gold)
            for unit in of.bitexts["joint"][group]["units"]:
                members = frozenset((lang, at) for lang in setting.LANGUAGES for at in unit.get(lang, []))
                if len(members) > 1:
                    units.append((unit["confidence"], members in gold))
                else:
                    nulls.append((unit["confidence"], not members & linked))
    found = {"units of three languages": units, "null units of three languages": nulls}
    return {name: reliability(given) for name, given in found.items() if given}


def reliability(given):
    """The same as `bitext score --reliability` has."""
    bins = [{"from": at / 10, "count": 0, "right": 0, "mean_confidence": 0.0} for at in range(10)]
    for confidence, right in given:
        one = bins[min(9, int(confidence * 10))]
        one["count"] += 1
        one["right"] += right
        one["mean_confidence"] += confidence
    error = sum(abs(one["mean_confidence"] - one["right"]) for one in bins) / len(given)
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
