"""Where the tasks' gold and the answers differ, sorted by kind of difference."""
import json
from collections import Counter
from pathlib import Path

import setting
from page import head, row

EXAMPLES = 10
ARGUED = Path(__file__).with_name("argued.json")
CLASSES = {
    "hole": "gold has a hole: an inserted passage separates sentences of one bead",
    "large": "gold has more than four sentences on a side",
    "missing": "the gold bead is unaligned",
    "cut": "our bead is a part of the gold bead",
    "glued": "our bead contains the gold bead and more",
    "shifted": "our bead overlaps the gold bead, and neither contains the other",
    "torn": "the gold bead is spread over several of our beads",
    "spurious": "our bead links sentences that the gold leaves unaligned",
}


def has_hole(side):
    return side[-1] - side[0] + 1 != len(side)


def disagreements(task, found):
    """Gold beads that were not found, and beads of sentences that gold leaves
    alone: class, gold's bead, ours, and the confidence of ours."""
    gold = {(tuple(x), tuple(y)) for x, y in task["gold"] if x and y}
    ours = {(tuple(x), tuple(y)): confidence for x, y, confidence in found}
    at = [{i: bead for bead in ours for i in bead[side]} for side in (0, 1)]
    known = [{i for bead in gold for i in bead[side]} for side in (0, 1)]
    for bead in sorted(gold - set(ours)):
        touched = sorted({at[side][i] for side in (0, 1) for i in bead[side] if i in at[side]})
        yield kind_of(bead, touched), bead, touched, [ours[one] for one in touched]
    for bead, confidence in sorted(ours.items()):
        if not any(set(bead[side]) & known[side] for side in (0, 1)):
            yield "spurious", None, [bead], [confidence]


def kind_of(bead, touched):
    if any(map(has_hole, bead)):
        return "hole"
    if max(map(len, bead)) > 4:
        return "large"
    if not touched:
        return "missing"
    if len(touched) > 1:
        return "torn"
    within = lambda one, other: all(set(a) <= set(b) for a, b in zip(one, other))
    if within(touched[0], bead):
        return "cut"
    return "glued" if within(bead, touched[0]) else "shifted"


def listed(bead):
    return ":".join(str(list(side)).replace(" ", "") for side in bead) if bead else "nothing"


def of_set(of, kind, way):
    found = []
    for task in of.tasks:
        if task["kind"] == kind:
            found += [(task, *one) for one in disagreements(task, of.beads(way, task))]
    return found


def of_kind(of, kind, missed, folder):
    """A part of the report, and the same with texts in a folder."""
    # Targets of pairs alone say so in their names.
    way = "joint" if of.triples and not all("pairs alone" in name for name in missed) else "pairs"
    found = of_set(of, kind, way)
    if folder:
        lines = (with_texts(*one) for one in found)
        setting.write(folder / f"{of.name}-{kind}.txt", "\n".join(lines) + "\n")
    counts = Counter(one[1] for one in found)
    gold = sum(bool(x and y) for task in of.tasks if task["kind"] == kind for x, y in task["gold"])
    out = ["", f"### {of.name} {kind}", ""]
    out += [f"Missed: {'; '.join(missed)}. Gold beads: {gold}; differences of {'the joint search' if way == 'joint' else 'pairs alone'}: "]
    out[-1] += ", ".join(f"{name} {counts[name]}" for name in CLASSES if counts[name]) + "."
    if not found:
        return out
    out += [""] + head("task", "gold", "ours (confidence)", "what")
    for task, name, bead, touched, confidences in spread(found):
        ours = ", ".join(f"{listed(one)} ({sure:.2f})" for one, sure in zip(touched, confidences))
        out.append(row(f"`{task['id']}`", listed(bead), ours or "nothing", name))
    return out


def argued(sets):
    """Differences that somebody looked at, and whose fault they are."""
    out = ["", "### Judged by hand", ""]
    out += ["These differences were judged by reading the texts (`argued.json`). A bead of ours is in brackets if the gold has none there.", ""]
    out += head("task", "bead", "at fault", "why")
    for one in json.loads(ARGUED.read_text(encoding="utf-8")):
        task = next((task for task in sets[one["set"]].tasks if task["id"] == one["task"]), None)
        if task is None:
            continue
        bead = tuple(map(tuple, one["bead"]))
        way = "joint" if sets[one["set"]].triples else "pairs"
        differs = [(gold, ours) for _, gold, ours, _ in disagreements(task, sets[one["set"]].beads(way, task))]
        mine = any(gold is None and bead in ours for gold, ours in differs)
        there = mine or any(gold == bead for gold, _ in differs)
        shown = f"({listed(bead)})" if mine else listed(bead)
        out.append(row(f"`{one['task']}`", shown, one["fault"], one["why"] if there else f"**no difference any more**; was: {one['why']}"))
    return out


def spread(found):
    """Ten of them, from all over the list."""
    count = min(EXAMPLES, len(found))
    return [found[at * len(found) // count] for at in range(count)]


def with_texts(task, name, bead, touched, confidences):
    out = [f"{task['id']}: {name}", f"  gold {listed(bead)}"]
    out += [f"  ours {listed(one)} confidence {sure:.3f}" for one, sure in zip(touched, confidences)]
    for side, key in ((0, "src"), (1, "tgt")):
        shown = {i for one in (bead, *touched) if one for i in one[side]}
        out += [f"    {task[key + '_lang']} {i}: {task[key][i]}" for i in sorted(shown)]
    return "\n".join(out) + "\n"


def raw_section(raw, kind, missed, folder):
    """Beads of raw articles whose two sides are not of the same segments, and
    segments that are in no bead."""
    tool = setting.making.tool_module(raw.program.data, "raw_tasks")
    bitexts = {one["id"]: one for one in setting.read(raw.files["joint"])}
    found, texts = [], []
    for task in setting.read(raw.tasks):
        if task["kind"] != kind:
            continue
        bitext = bitexts[task["id"]]
        covered = {language: segments(tool, task, bitext, language) for language in setting.LANGUAGES}
        for source, target in setting.PAIRS:
            for one in differing(task, bitext, covered, source, target):
                found.append((f"{task['id']}/{source}-{target}", *one))
                if folder:
                    texts.append(raw_texts(found[-1], bitext, source, target))
    if folder:
        setting.write(folder / f"{raw.name}-{kind}.txt", "\n".join(texts) + "\n")
    out = ["", f"### {raw.name}, {kind}", ""]
    out += [f"Missed: {'; '.join(missed)}. Beads whose sides are not of the same segments: {len(found)} (-1: an unrelated headline)."]
    if found:
        out += [""] + head("document", "sentences (confidence)", "segments of them")
        for name, bead, of, confidence in spread(found):
            out.append(row(f"`{name}`", f"{listed(bead)} ({confidence:.2f})", listed(of)))
    return out


def segments(tool, task, bitext, language):
    """For each sentence the segments that it holds a part of."""
    flat, index = tool.flatten(task["text"][language])
    rank = {at: place for place, at in enumerate(index)}
    spans = []
    for start, end in task["spans"][language]:
        places = [rank[at] for at in range(start, end) if at in rank]
        spans.append((places[0], places[-1] + 1) if places else (0, 0))
    found = tool.locate(task["text"][language], bitext["sentences"][language], (flat, index))
    overlaps = lambda at: [k for k, span in enumerate(spans) if span[1] > at[0] and span[0] < at[1]]
    return [overlaps(at) if at else [] for at in found]


def differing(task, bitext, covered, source, target):
    real = lambda language, ids: sorted(
        {k if k < task["segments"] else -1 for i in ids for k in covered[language][i]}
    )
    for x, y, confidence in setting.beads(bitext, source, target):
        sides = real(source, x), real(target, y)
        # Half of a segment may well be linked to half of the same.
        if sides[0] != sides[1] or sides[0] == [-1]:
            yield (x, y), sides, confidence


def raw_texts(one, bitext, source, target):
    name, bead, of, confidence = one
    out = [f"{name}: {listed(bead)} of segments {listed(of)}, confidence {confidence:.3f}"]
    for language, ids in ((source, bead[0]), (target, bead[1])):
        out += [f"    {language} {i}: {bitext['sentences'][language][i]}" for i in ids]
    return "\n".join(out) + "\n"
