"""Seconds and memory of aligning alone, and the evidence and search that the
library lets be switched off: both by the example `peers_ours`."""
import json
import statistics

import setting
from page import head, row, share

RUNS, SHORT_RUNS = 5, 200
# Sentences a side: most seconds, most MB; cut to that number where it is small.
BOUNDS = {15: (0.001, None), 1000: (0.5, None), 3000: (5.0, None), 10000: (None, None), 30000: (15.0, 1024)}
CUT = 3000
GROWTH = (10000, 30000, 3.5)
WAYS = {"whole": "sentences as given", "pieces": "split into sentences"}
LIMIT = 900
# What the search can be told, and what it is called.
SEARCH = {
    "default settings": [],
    "given sentences whole, not in pieces": ["whole"],
    "beads 1-1 only": ['{"max_side": 1, "max_bead": 2}'],
    "beads up to 2-2": ['{"max_side": 2, "max_bead": 4}'],
    "margin over one neighbour": ['{"neighbours": 1}'],
    "background estimated from the articles": ['{"background": null}'],
    "beads of any confidence": ['{"min_link_confidence": 0.0}'],
}


def command(program):
    path = program.path.parent / "examples" / "peers_ours"
    if not path.is_file():
        raise SystemExit(f"{path}: no such program; build it with `cargo build --release --example peers_ours --features cli`")
    return path


def measured(program, tasks, name, *args):
    """The answers, and the measurement of the process."""
    import run as peers

    folder = program.file("speed")
    folder.mkdir()
    (folder / "tasks.jsonl").write_text("".join(json.dumps(task) + "\n" for task in tasks))
    out, process = peers.measured([command(program), *args], folder, name, LIMIT, folder / "tasks.jsonl")
    if process["status"]:
        raise SystemExit(f"peers_ours {' '.join(args)}: exit status {process['status']} (-9: over {LIMIT} s)")
    return setting.read(out), process


def sizes(program):
    """By size and way: numbers of sentences, seconds, MB."""
    found = {}
    for size in BOUNDS:
        if program.quick and size > 1000:
            continue
        task = setting.making.speed_task(program.data, size)
        if size <= CUT:
            task.update(src=task["src"][:size], tgt=task["tgt"][:size])
        task.pop("gold")
        # The clock is too coarse for a few of the short ones.
        runs = RUNS if size >= 1000 else SHORT_RUNS
        for way in WAYS:
            args = ["whole"] if way == "whole" else []
            answers, process = measured(program, [{**task, "id": str(at)} for at in range(runs)], way, *args)
            seconds = statistics.median(answer["seconds"] for answer in answers)
            found[size, way] = {"sides": [len(task["src"]), len(task["tgt"])], "seconds": seconds, "mb": process["peak_mb"]}
    return found


def summary(found, sheet):
    for (size, way), of in found.items():
        if way == "whole":
            seconds, memory = BOUNDS[size]
            if seconds:
                sheet.at_most(f"{size:,} sentences a side, seconds", seconds, of["seconds"], "s", "speed")
            if memory:
                sheet.at_most(f"{size:,} sentences a side, peak memory", memory, of["mb"], "MB", "speed")
    small, large, most = GROWTH
    if (large, "whole") in found:
        sheet.at_most(f"growth from {small:,} to {large:,}", most, growth(found, "whole"), "-fold", "speed")


def growth(found, way):
    small, large, _ = GROWTH
    return found[large, way]["seconds"] / found[small, way]["seconds"]


def table(found):
    out = head("sentences", *(f"{label}: seconds" for label in WAYS.values()), *(f"{label}: peak MB" for label in WAYS.values()))
    for size in dict.fromkeys(size for size, _ in found):
        of = [found[size, way] for way in WAYS]
        seconds = (f"{one['seconds']:.2g}" if one["seconds"] < 1 else f"{one['seconds']:.2f}" for one in of)
        name = " x ".join(f"{side:,}" for side in of[0]["sides"])
        out.append(row(name, *seconds, *(f"{one['mb']:.0f}" for one in of)))
    if (GROWTH[1], "whole") in found:
        out.append(row(f"growth, {GROWTH[0]:,} to {GROWTH[1]:,}", *(f"{growth(found, way):.2f}" for way in WAYS), "·", "·"))
    return out


def search(program, sets):
    """Strict F1 by setting and set, all kinds but `long` together, pairs alone."""
    found, differing = {}, 0
    for name, args in SEARCH.items():
        for of in sets.values():
            tasks = [task for task in of.tasks if task["kind"] != "long"]
            kept = ("id", "src_lang", "tgt_lang", "src", "tgt")
            answers, _ = measured(program, [{key: task[key] for key in kept} for task in tasks], "search", *args)
            beads = {answer["id"]: answer["beads"] for answer in answers}
            if not args:
                wanted = ({task["id"]: [[x, y] for x, y, _ in of.beads("pairs", task)]} for task in tasks)
                differing += sum(beads[name] != one for of_task in wanted for name, one in of_task.items())
            found[name, of.name] = pooled(program, tasks, beads)
    for of in sets.values():
        tasks = [task for task in of.tasks if task["kind"] != "long"]
        if of.triples:
            beads = {task["id"]: [bead[:2] for bead in of.beads("joint", task)] for task in tasks}
            found["*three languages together*", of.name] = pooled(program, tasks, beads)
    return found, differing


def pooled(program, tasks, beads):
    total = None
    for task in tasks:
        counts = program.scorer.counts(task["gold"], beads[task["id"]], len(task["src"]), len(task["tgt"]))
        total = program.scorer.add(total, counts)
    return program.scorer.report(total)["F1ns"]


def search_table(found, differing):
    names = list(dict.fromkeys(name for _, name in found))
    out = head("search", *names)
    for label in dict.fromkeys(label for label, _ in found):
        out.append(row(label, *(share(found.get((label, name))) for name in names)))
    if differing:
        out += ["", f"**{differing} tasks come out otherwise in `peers_ours` than in the command.**"]
    return out
