"""The development tasks: aligned as pairs alone and as triples, scored with the
program's own scorer and with the data's, which must agree; units over three
languages; confidences."""
import json

import setting
from setting import making
from page import head, row, share

WAYS = {"pairs": "pairs alone", "joint": "joint search"}
MEASURES = ("strict", "lax", "null")
# Wanted by way: strict F1, lax F1, and share of the unaligned sentences that are left unaligned.
TARGETS = {
    "pairs": {
        ("wmt22", "drop"): (0.994, None, 0.95),
        ("wmt22", "replace"): (0.993, None, 0.97),
        ("wmt22", "lines"): (0.995, None, 0.985),
        ("wmt22", "ends"): (0.999, None, 0.993),
        ("kde", "merge"): (0.965, None, None),
        ("kde", "mixed"): (0.94, None, None),
        ("kde", "replace"): (0.99, None, None),
        ("kde", "lines"): (0.99, None, None),
    },
    "joint": {
        ("wmt22", "clean"): (0.9995, 1.0, None),
        ("wmt22", "merge"): (0.996, 1.0, None),
        ("wmt22", "drop"): (0.997, 0.997, 0.975),
        ("wmt22", "tail"): (0.998, 0.999, 0.99),
        ("wmt22", "mixed"): (0.988, 0.994, 0.99),
        ("wmt22", "replace"): (0.995, None, 0.98),
        ("wmt22", "lines"): (0.996, None, 0.985),
        ("wmt22", "ends"): (0.9995, None, 0.995),
        ("wmt22", "long"): (0.96, None, None),
        ("kde", "clean"): (0.998, None, None),
        ("kde", "merge"): (0.965, None, None),
        ("kde", "mixed"): (0.94, None, None),
        ("kde", "replace"): (0.99, None, None),
        ("kde", "lines"): (0.99, None, None),
    },
}
# The columns of the two scorers.
COLUMNS = {
    "P": "Ps", "R": "Rs", "F1": "F1s", "Plax": "Pl", "Rlax": "Rl", "F1lax": "F1l",
    "F1n": "F1ns", "F1nlax": "F1nl", "null": "null", "nullprec": "nullp", "pure": "pure",
}


class Set:
    """A set of tasks, aligned in both ways."""

    def __init__(self, program, name):
        self.name, self.program = name, program
        self.tasks = setting.make(program, name)
        self.kinds = [kind for kind in making.KINDS if any(task["kind"] == kind for task in self.tasks)]
        self.groups = setting.by_group(self.tasks)
        self.gold = program.file(f"{name}.jsonl")
        self.gold.write_text("".join(json.dumps(task) + "\n" for task in self.tasks))
        alone = [setting.article([task]) for task in self.tasks]
        self.files = {"pairs": program.align(alone)}
        self.triples = all(len(tasks) == 3 for tasks in self.groups.values())
        if self.triples:
            together = [setting.article(tasks) for tasks in self.groups.values()]
            self.files["joint"] = program.align(together)
        self.bitexts = {way: {one["id"]: one for one in setting.read(path)} for way, path in self.files.items()}
        # By way and kind: what `bitext score --reliability` has.
        self.reliability = {way: {} for way in self.files}
        self.scores = {way: self._score(way) for way in self.files}

    def bitext(self, way, task):
        return self.bitexts[way][task["id"] if way == "pairs" else task["group"]]

    def beads(self, way, task):
        """Of a task: source, target and confidence of each."""
        return setting.beads(self.bitext(way, task), task["src_lang"], task["tgt_lang"])

    def _counts(self, way, tasks):
        total = None
        for task in tasks:
            found = [[source, target] for source, target, _ in self.beads(way, task)]
            sizes = len(task["src"]), len(task["tgt"])
            total = self.program.scorer.add(total, self.program.scorer.counts(task["gold"], found, *sizes))
        return total

    def _score(self, way):
        """By kind and pair (`all` for all of them), after both scorers agree."""
        scores = {}
        for keys in ("kind,pair", "kind"):
            out = self.program.run("score", "--json", "--reliability", "--by", keys, self.gold, self.files[way])
            for group in json.loads(out)["groups"]:
                kind, pair = group["key"]["kind"], group["key"].get("pair", "all")
                if pair == "all":
                    self.reliability[way][kind] = group["reliability"]
                tasks = [
                    task for task in self.tasks
                    if task["kind"] == kind and pair in ("all", f"{task['src_lang']}-{task['tgt_lang']}")
                ]
                other = self.program.scorer.report(self._counts(way, tasks))
                for ours, theirs in COLUMNS.items():
                    if abs(group[ours] - other[theirs]) > 1e-9:
                        raise SystemExit(
                            f"{self.name}/{kind}/{pair}, {way}: `bitext score` has {ours} {group[ours]}, "
                            f"score_align.py {other[theirs]}"
                        )
                scores[kind, pair] = {"strict": group["F1n"], "lax": group["F1nlax"], "null": group["null"]}
        return scores

    def halves(self, way, kind):
        """Strict F1 of the documents learnt from, and of the others."""
        found = []
        for held in (False, True):
            tasks = [
                task for task in self.tasks
                if task["kind"] == kind and self.program.is_held_out(task["group"]) == held
            ]
            counts = self._counts(way, tasks) if tasks else None
            found.append(self.program.scorer.report(counts)["F1ns"] if counts else None)
        return found

    def units(self, kind):
        """F1 of the units of two sentences and more: of the joint search, and of
        the closure of the pairs alone."""
        counts = {"joint": [0, 0, 0], "closure": [0, 0, 0]}
        for tasks in self.groups.values():
            if tasks[0]["kind"] != kind:
                continue
            gold = closure([(task, task["gold"]) for task in tasks])
            alone = [(task, [bead[:2] for bead in self.beads("pairs", task)]) for task in tasks]
            found = {"closure": closure(alone), "joint": units(self.bitexts["joint"][tasks[0]["group"]])}
            for way, (right, predicted, wanted) in counts.items():
                counts[way] = [
                    right + len(gold & found[way]), predicted + len(found[way]), wanted + len(gold),
                ]
        f1 = lambda right, predicted, wanted: 2 * right / (predicted + wanted) if predicted + wanted else 1.0
        return {way: f1(*of) for way, of in counts.items()}


def units(bitext):
    """The units of two sentences and more."""
    found = (
        frozenset((language, at) for language in setting.LANGUAGES for at in unit.get(language, []))
        for unit in bitext["units"]
    )
    return {unit for unit in found if len(unit) > 1}


def closure(alignments):
    """The smallest groups of sentences that beads of all pairs leave whole."""
    parent = {}

    def find(sentence):
        while parent.setdefault(sentence, sentence) != sentence:
            parent[sentence] = parent[parent[sentence]]
            sentence = parent[sentence]
        return sentence

    for task, beads in alignments:
        for source, target in beads:
            members = [(task["src_lang"], i) for i in source] + [(task["tgt_lang"], j) for j in target]
            for member in members:
                parent[find(member)] = find(members[0])
    groups = {}
    for sentence in list(parent):
        groups.setdefault(find(sentence), set()).add(sentence)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


def targets_of(way, name, kind):
    return TARGETS[way].get((name, kind), (None,) * len(MEASURES))


def null_says(kind):
    """Where no sentence is without a counterpart the share says nothing."""
    return kind not in making.WITHOUT_NULLS


def summary(sets, sheet):
    """Targets of the dev sets, on the table at the top."""
    for name, of in sets.items():
        for kind in of.kinds:
            for way in ("joint", "pairs") if of.triples else ("pairs",):
                for measure, target in zip(MEASURES, targets_of(way, name, kind)):
                    if target is None:
                        continue
                    values = {one: of.scores[one][kind, "all"][measure] for one in of.files}
                    if way == "joint":
                        sheet.at_least(f"{name} {kind}, {measure}", target, values)
                    else:
                        sheet.at_least(f"{name} {kind}, {measure}, pairs alone", target, {way: values[way]})


def lost_to_pairs(sets, sheet):
    """Joint search must be no worse than pairs alone, and better over all."""
    for name, of in sets.items():
        if not of.triples:
            continue
        for measure in ("strict", "null"):
            kinds = [kind for kind in of.kinds if measure != "null" or null_says(kind)]
            gained = lambda kind: of.scores["joint"][kind, "all"][measure] - of.scores["pairs"][kind, "all"][measure]
            worst = min(kinds, key=gained)
            sheet.change(f"{name}, joint search over pairs alone, {measure}: worst kind ({worst})", 0.0, gained(worst))
        for kind in of.kinds:
            strict = {way: of.scores[way][kind, "all"]["strict"] for way in of.files}
            sheet.better(f"{name} {kind}, joint search over pairs alone, strict", strict["joint"], strict["pairs"])
            found = of.units(kind)
            sheet.better(f"{name} {kind}, units over the closure of pairs alone", found["joint"], found["closure"])


def tables(sets, sheet):
    out = [
        "Strict F1 / lax F1, beads with an empty side left out of both (`F1n`, `F1nlax` of",
        "`bitext score`) / share of the sentences without a counterpart that are left alone (not",
        "where there are none). Bold: the target of the cell is met; struck out: it is missed.",
        "Pairs alone: two languages a line; joint search: the three languages of a document in one line.", "",
        "The kinds: `clean` (no noise), `merge` (sentences joined), `drop` (a tenth of the sentences missing), `tail` (8 to 16",
        "lines of other documents at the end), `mixed` (all of these and an inserted passage), `replace` (about 15 % of the",
        "segments say something else in one or two languages, at the same place), `lines` (short lines of a website between the",
        "segments: about one for five of them), `ends` (1 to 3 lines of other documents at the end, in some documents one at",
        "the start), `long` (many `mixed` documents in one).",
    ]
    for name, of in sets.items():
        sources, options, what = making.SETS[name]
        tasks = ", ".join(f"{kind} {sum(task['kind'] == kind for task in of.tasks)}" for kind in of.kinds)
        out += ["", f"### {name}", "", f"{what} ({', '.join(sources)}). Tasks: {tasks}.", ""]
        if options:
            out[-2] += f" Made with `{' '.join(options)}`."
        out += head("aligned as, pair", *of.kinds)
        pairs = list(dict.fromkeys(pair for _, pair in of.scores["pairs"] if pair != "all"))
        for way, label in WAYS.items():
            for pair in ("all", *pairs) if way in of.files and len(pairs) > 1 else pairs if way in of.files else ():
                cells = []
                for kind in of.kinds:
                    scores, targets = of.scores[way][kind, pair], targets_of(way, name, kind)
                    shown = [
                        sheet.mark(scores[measure], target if pair == "all" else None)
                        for measure, target in zip(MEASURES, targets)
                        if measure != "null" or null_says(kind)
                    ]
                    cells.append(" / ".join(shown))
                out.append(row(f"{label}, {pair}", *cells))
        for way, label in WAYS.items():
            if way in of.files and any((name, kind) in TARGETS[way] for kind in of.kinds):
                wanted = (targets_of(way, name, kind) for kind in of.kinds)
                cells = (" / ".join("·" if target is None else share(target) for target in targets) for targets in wanted)
                out.append(row(f"*target*, {label}", *cells))
    return out


def halves_table(sets):
    out = head("set", *making.KINDS)
    for name, of in sets.items():
        way = "joint" if of.triples else "pairs"
        cells = []
        for kind in making.KINDS:
            seen, unseen = of.halves(way, kind) if kind in of.kinds and kind != "long" else (None, None)
            cells.append(f"{share(seen)} / {share(unseen)}")
        out.append(row(name, *cells))
    return out


def units_table(sets):
    out = head("set", *making.KINDS)
    for name, of in sets.items():
        if of.triples:
            cells = []
            for kind in making.KINDS:
                found = of.units(kind) if kind in of.kinds else None
                cells.append(f"{share(found['joint'])} / {share(found['closure'])}" if found else "·")
            out.append(row(name, *cells))
    return out
