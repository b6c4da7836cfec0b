"""Raw articles and whole books, split by the program itself; manuals with gold
for a part of their sentences."""
import json
import subprocess
import sys

import setting
from page import head, row, share

TARGETS = {"reflow": 0.999, "reflow-tail": 0.996}
BOOK_TARGET = 0.97
ALL = "all"
PAIR_NAMES = [f"{source}-{target}" for source, target in setting.PAIRS]


class Raw:
    """A set of raw articles, aligned in both ways."""

    def __init__(self, program, name, *options):
        self.name, self.program = name, program
        self.tasks = program.file(f"raw-{name}.jsonl")
        docs = program.data / "eval" / "docs"
        self.tool("make", "--docs", docs, "--set", name, "--out", self.tasks, *options)
        lines = [json.loads(line) for line in self.tool("input", self.tasks).splitlines()]
        together = program.align(lines)
        alone = {}
        for pair in setting.PAIRS:
            path = program.align([{key: line[key] for key in ("id", *pair)} for line in lines])
            for bitext in setting.read(path):
                kept = alone.setdefault(bitext["id"], {"id": bitext["id"], "sentences": {}, "pairs": {}, "units": []})
                kept["sentences"].update(bitext["sentences"])
                kept["pairs"].update(bitext["pairs"])
        merged = program.file("bitexts.jsonl")
        merged.write_text("".join(json.dumps(one) + "\n" for one in alone.values()))
        self.files = {"pairs": merged, "joint": together}
        self.scores = {}
        for way, path in self.files.items():
            found = json.loads(self.tool("score", self.tasks, path, "--json"))
            self.scores[way] = {tuple(key.split("/")): scores for key, scores in found.items()}

    def tool(self, *args):
        command = [sys.executable, self.program.data / "tools" / "raw_tasks.py", *args]
        run = subprocess.run(list(map(str, command)), stdout=-1, text=True, env=setting.no_bytecode())
        if run.returncode:
            raise SystemExit(f"raw_tasks.py {args[0]} failed")
        return run.stdout

    def kinds(self):
        return list(dict.fromkeys(kind for kind, _ in self.scores["joint"]))


def summary(raws, sheet):
    for raw in raws:
        for kind in raw.kinds():
            of = {way: scores[kind, ALL] for way, scores in raw.scores.items()}
            if raw.name == setting.BOOKS:
                values = {way: scores["link_F1"] for way, scores in of.items()}
                sheet.at_least(f"{raw.name}, whole books, link F1", BOOK_TARGET, values)
            elif kind in TARGETS:
                values = {way: scores["strict_F1"] for way, scores in of.items()}
                sheet.at_least(f"{raw.name} raw, {kind}, strict", TARGETS[kind], values)


def tables(raws, sheet):
    out = []
    for raw in raws:
        out += ["", f"### {raw.name}, raw", ""]
        out += head("kind, aligned as", *(f"{name}" for name in (ALL, *PAIR_NAMES)))
        for kind in raw.kinds():
            books = raw.name == setting.BOOKS
            for way, label in (("pairs", "pairs alone"), ("joint", "joint search")):
                cells = []
                for pair in (ALL, *PAIR_NAMES):
                    scores = raw.scores[way][kind, pair]
                    target = (BOOK_TARGET if books else TARGETS.get(kind)) if pair == ALL else None
                    strict = sheet.mark(scores["strict_F1"], None if books else target)
                    link = sheet.mark(scores["link_F1"], target if books else None)
                    cells.append(f"{strict} / {link} / {share(scores['lax_P'])}")
                out.append(row(f"{kind}, {label}", *cells))
        if raw.name == setting.BOOKS:
            out += ["", "Link F1 by book, pairs alone / joint search:", "", *books_table(raw)]
    return out


def books_table(raw):
    """Link F1 of each book, both ways."""
    tool = setting.making.tool_module(raw.program.data, "raw_tasks")
    bitexts = {way: {one["id"]: one for one in setting.read(path)} for way, path in raw.files.items()}
    out = head("book (segments)", *PAIR_NAMES)
    for task in setting.read(raw.tasks):
        cells = []
        for pair in setting.PAIRS:
            counts = (tool.judge(task, bitexts[way][task["id"]], *pair) for way in ("pairs", "joint"))
            cells.append(" / ".join(share(tool.report(one)["link_F1"]) for one in counts))
        out.append(row(f"{task['id'].split('/')[1]} ({task['segments']:,})", *cells))
    return out


class Noisy:
    """A manual of which one language lags behind. Gold has pairs of sentences;
    of some sentences it says that it knows nothing."""

    def __init__(self, program, name):
        document = json.loads(setting.noisy(program.data, name).read_text(encoding="utf-8"))
        self.name, self.program = name, program
        self.sizes = {language: len(document[language]) for language in setting.LANGUAGES}
        sides = {language: document[language] for language in setting.LANGUAGES}
        (together,) = setting.read(program.align([{"id": name, **sides}]))
        alone = [{"id": name, source: sides[source], target: sides[target]} for source, target in setting.PAIRS]
        apart = [setting.read(program.align([line]))[0] for line in alone]
        self.scores, self.judged = {}, {}
        for (source, target), bitext in zip(setting.PAIRS, apart):
            gold = document["gold"][f"{source}-{target}"]
            for way, found in (("pairs", bitext), ("joint", together)):
                beads = setting.beads(found, source, target)
                sizes = self.sizes[source], self.sizes[target]
                self.scores[way, f"{source}-{target}"] = judge(program.scorer, gold, beads, sizes)
            self.judged[f"{source}-{target}"] = len(gold["pairs"])


def judge(scorer, gold, beads, sizes):
    """Scores the sentences that gold knows of. A bead wholly of others is left
    out; one that joins a known sentence to others is judged as it is."""
    right = {((source,), (target,)) for source, target in gold["pairs"]}
    unknown = set(gold["ignore_src"]), set(gold["ignore_tgt"])
    linked = {(tuple(source), tuple(target)) for source, target, _ in beads}
    known = lambda bead: any(set(side) - others for side, others in zip(bead, unknown))

    def alone(of):
        """The null beads of an alignment: known sentences in no bead."""
        sides = [set(range(size)) - others for size, others in zip(sizes, unknown)]
        for bead in of:
            sides = [side - set(members) for side, members in zip(sides, bead)]
        return {((at,), ()) for at in sides[0]} | {((), (at,)) for at in sides[1]}

    found = {bead for bead in linked if known(bead)}
    nulls, left = alone(right), alone(linked)
    hits = scorer.hits(right | nulls, found | left), scorer.hits(right, found), scorer.hits(found, right)
    counts = [*hits[0], *hits[1], *hits[2], len(nulls), len(nulls & left), len(left)]
    scores = scorer.report(counts)
    return {"strict": scores["F1ns"], "lax": scores["F1nl"], "null": scores["null"]}


def noisy_table(manuals):
    out = head("manual, aligned as", *PAIR_NAMES)
    for manual in manuals:
        for way, label in (("pairs", "pairs alone"), ("joint", "joint search")):
            cells = (manual.scores[way, pair] for pair in PAIR_NAMES)
            out.append(row(f"{manual.name}, {label}", *(" / ".join(map(share, one.values())) for one in cells)))
    return out
