"""Scores the answers and writes the tables."""
import platform
import random
import subprocess
from collections import Counter
from pathlib import Path

import tasks as making

MEASURES = {"strict": "F1ns", "lax": "F1nl", "null": "null"}
# The tables of a set: heading, measure.
TABLES = {
    "strict F1": "strict",
    "lax F1": "lax",
    "unaligned sentences left unaligned": "null",
    "95 % interval of the strict F1": "interval",
}
# Bootstrap: documents are drawn with replacement this many times.
RESAMPLES = 1000
# From the research note beside the data: news of WMT 2022, vectors of
# multilingual-e5-small; strict F1 and share of unrelated sentences left alone,
# the mean of en-uk, en-de and uk-de. These programs are not run here.
QUOTED = {
    "hunalign": {"clean": (1.0, None), "merge": (0.794, None), "drop": (0.883, 0.36), "tail": (0.78, 0.11), "mixed": (0.313, None)},
    "SentAlign, cutoff .8": {"clean": (0.993, None), "merge": (0.823, None), "drop": (0.889, 0.47), "tail": (0.903, 0.41), "mixed": (0.587, None)},
}
QUOTED_PUBLISHED = "On Text+Berg SentAlign's authors report a strict F1 of .932 (own scorer), Bertalign's .936, Vecalign's .902."


class Results:
    def __init__(self, data, options):
        self.scorer = making.tool_module(data, "score_align")
        used = making.files(options.sets, bool(options.sizes))
        version = subprocess.run([options.bitext, "--version"], capture_output=True, text=True)
        self.values = {
            "program": {"version": version.stdout.strip(), "sha256": making.digest(options.bitext)},
            "processor": processor(),
            "pins": (Path(__file__).parent / "requirements.txt").read_text().split("\n")[1:-1],
            "files": {name: making.digest(making.documents(data, name)) for name in used},
            "tools": {name: making.digest(data / "tools" / name) for name in making.TOOLS},
            "jobs": options.jobs,
            "quick": options.quick,
            "limit": options.limit,
            "sets": {},
            "sizes": {},
        }

    def score(self, tasks, beads):
        documents = {}
        for task in tasks:
            counts = self.scorer.counts(
                task["gold"], beads.get(task["id"], []), len(task["src"]), len(task["tgt"])
            )
            group = task.get("group", task["id"])
            documents[group] = self.scorer.add(documents.get(group), counts)
        scores = self.scorer.report(self.sum(documents.values()))
        return {**{name: scores[key] for name, key in MEASURES.items()}, "interval": self.interval(list(documents.values()))}

    def sum(self, counts):
        return [sum(column) for column in zip(*counts)]

    def interval(self, documents):
        """The 95 % bootstrap interval of the strict F1: its ends, over documents drawn with
        replacement. `None` for fewer than ten documents."""
        if len(documents) < 10:
            return None
        draw = random.Random(1)
        found = sorted(
            self.scorer.report(self.sum(draw.choices(documents, k=len(documents))))[MEASURES["strict"]]
            for _ in range(RESAMPLES)
        )
        return [found[round(share * (RESAMPLES - 1))] for share in (0.025, 0.975)]

    def add_set(self, name, tasks, answers, kept):
        """The answers to the tasks of a set; `kept` has systems with earlier numbers of some kinds."""
        kinds = {}
        for task in tasks:
            kinds.setdefault(task["kind"], []).append(task)
        systems = {}
        for system in dict.fromkeys([*answers, *kept]):
            before, answer = kept.get(system), answers.get(system)
            known = before["quality"] if before else {}
            quality = {
                kind: known[kind] if kind in known else self.score(of, answer["beads"])
                for kind, of in kinds.items()
            }
            measured = [numbers for numbers in (before, answer and times(answer)) if numbers]
            systems[system] = {"quality": quality, **together(measured)}
        self.values["sets"][name] = {
            "what": making.SETS[name][2],
            "files": list(making.SETS[name][0]),
            "tasks": {kind: len(of) for kind, of in kinds.items()},
            "systems": systems,
        }

    def add_size(self, size, task, answers, kept):
        systems = {}
        for system, answer in answers.items():
            done = task["id"] in answer["beads"]
            quality = self.score([task], answer["beads"]) if done else None
            slow = any(answer.get(way, {}).get("status") == -9 for way in ("process", "command"))
            seconds = (answer["seconds"] or {}).get(task["id"])
            # The allowance for loading is not for aligning.
            slow |= seconds is not None and seconds > self.values["limit"]
            systems[system] = {"quality": quality, "cut_off": slow, **times(answer)}
        systems |= kept
        self.values["sizes"][str(size)] = {
            "sentences": [len(task["src"]), len(task["tgt"])],
            "systems": systems,
        }


class Kept:
    """The peers' numbers of an earlier run, as far as they hold for this one. That the vectors
    are of the same model, the caller knows."""

    def __init__(self, earlier, values, peers):
        same = all(earlier.get(key) == values[key] for key in ("processor", "pins", "quick", "limit"))
        self.earlier = earlier if same and not values["quick"] else {}
        self.files, self.peers = values["files"], peers

    def holds(self, names):
        return all(self.earlier.get("files", {}).get(name) == self.files[name] for name in names)

    def of_set(self, name, tasks):
        """The kinds that the peers need not be run for, and the peers' numbers."""
        of = self.earlier.get("sets", {}).get(name)
        if not of or not self.holds(of["files"]) or not set(self.peers) <= set(of["systems"]):
            return (), {}
        counts = Counter(task["kind"] for task in tasks)
        if any(counts[kind] != count for kind, count in of["tasks"].items()):
            return (), {}
        return tuple(of["tasks"]), {system: of["systems"][system] for system in self.peers}

    def of_size(self, size, task):
        """The peers' numbers, if all of them were run."""
        of = self.earlier.get("sizes", {}).get(str(size))
        same = of and of["sentences"] == [len(task["src"]), len(task["tgt"])] and self.holds(making.SPEED_DOCUMENTS)
        if not same or not set(self.peers) <= set(of["systems"]):
            return {}
        return {system: of["systems"][system] for system in self.peers}


def together(parts):
    """The times, memory and refusals of runs over parts of a set: seconds are added."""
    if len(parts) == 1:
        return {key: value for key, value in parts[0].items() if key != "quality"}
    seconds = [part["seconds"] for part in parts]
    return {
        "seconds": total(seconds),
        "refused": sum(part["refused"] for part in parts),
        "reasons": sorted({reason for part in parts for reason in part["reasons"]})[:3],
        "peak_mb": peak([part.get("peak_mb") for part in parts]),
    }


def times(answer):
    seconds = answer["seconds"]
    out = {
        "seconds": sum(seconds.values()) if seconds else None,
        "refused": len(answer["refused"]),
        "reasons": sorted(set(answer["refused"].values()))[:3],
    }
    if "process" in answer:
        out["peak_mb"] = answer["process"]["peak_mb"]
    if "command" in answer:
        out["command_seconds"] = answer["command"]["seconds"]
        out["command_peak_mb"] = answer["command"]["peak_mb"]
    if "differing" in answer:
        out["differing"] = answer["differing"]
    return out


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def share(value):
    return "·" if value is None else f"{value:.3f}".lstrip("0")


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def head(*cells):
    return [row(*cells), row("---", *["--:"] * (len(cells) - 1))]


def markdown(values):
    out = ["# bitext and its peers", ""]
    program = values["program"]
    out += [f"{program['version']}, program {program['sha256'][:16]}; {values['processor']}; {', '.join(values['pins'])}."]
    if values["quick"]:
        out += ["", "**A quick run: a few documents only.**"]
    if values["sets"]:
        out += quality(values)
        out += time_table(values)
    if values["sizes"]:
        out += size_tables(values)
    out += quoted()
    out += ["", "## Data", ""]
    out += head("file of documents", "SHA-256")
    out += [row(name, f"`{digest}`") for name, digest in values["files"].items()]
    out += [row(f"tool {name}", f"`{digest}`") for name, digest in values["tools"].items()]
    return "\n".join(out) + "\n"


def quality(values):
    out = ["", "## Quality", ""]
    out += [
        "Beads with an empty side count in neither F1. A strict bead is exactly right, a lax one overlaps a gold",
        "bead on both sides. The third table of each set has the share of the sentences without a counterpart that a",
        "system left unaligned. Language pairs are pooled. The mean is over the kinds. The best strict F1 is bold.",
        f"Intervals are bootstrap intervals over documents ({RESAMPLES} resamples).",
    ]
    for name, of in values["sets"].items():
        kinds, systems = list(of["tasks"]), of["systems"]
        tasks = ", ".join(f"{kind} {count}" for kind, count in of["tasks"].items())
        out += ["", f"### {name}", ""]
        out += [f"{of['what']} ({', '.join(of['files'])}). Tasks: {tasks}."]
        for title, measure in TABLES.items():
            out += ["", f"#### {name}, {title}", ""]
            out += quality_table(kinds, systems, measure)
    return out


def quality_table(kinds, systems, measure):
    """One measure of all systems by kind, the strict F1 with its mean."""
    strict = measure == "strict"
    value = lambda system, kind: system["quality"][kind].get(measure)
    mean = lambda system: sum(value(system, kind) for kind in kinds) / len(kinds)
    # `long` has few documents.
    left_out = {"null": making.WITHOUT_NULLS, "interval": ("long",)}.get(measure, ())
    shown = [kind for kind in kinds if kind not in left_out]
    best = {kind: max(value(system, kind) for system in systems.values()) for kind in shown} if strict else {}
    top = max(map(mean, systems.values())) if strict else None
    bold = lambda text, is_best: f"**{text}**" if is_best else text
    out = head("system", *shown, *(["mean"] if strict else []))
    for label, system in systems.items():
        cells = []
        for kind in shown:
            found = value(system, kind)
            if measure == "interval":
                cells.append(f"{share(found[0])} to {share(found[1])}" if found else "·")
            else:
                cells.append(bold(share(found), best.get(kind) == found))
        if strict:
            cells.append(bold(share(mean(system)), mean(system) == top))
        note = f" ({system['refused']} refused)" if system["refused"] else ""
        out.append(row(label + note, *cells))
    return out


def time_table(values):
    systems = list(dict.fromkeys(name for of in values["sets"].values() for name in of["systems"]))
    gather = lambda name, key: [of["systems"][name].get(key) for of in values["sets"].values() if name in of["systems"]]
    out = ["", "## Time and memory of the tasks above", ""]
    out += [
        "Seconds on a processor, one thread; a time limit is in seconds passed. Aligning",
        "alone: vectors at hand, no start-up, no reading or writing.",
        "`bitext`'s also has the posteriors, which the peers have nothing like, and all pieces of",
        "the given sentences. The whole command: start, reading, splitting, embedding, aligning,",
        "writing JSON. Peak memory is that of the process for the largest set, with the vectors",
        "of all its tasks for the peers, a task at a time for bitext.",
    ]
    if values["jobs"] > 1:
        out += ["", "**Measured with several systems at a time: the times are not good.**"]
    out += [""]
    out += head("system", "seconds", "ratio to bitext", "peak MB", "ratio to bitext")
    rows = []
    for name in systems:
        rows.append((f"{name}, aligning alone", gather(name, "seconds"), gather(name, "peak_mb")))
        if "command_seconds" in next(iter(values["sets"].values()))["systems"].get(name, {}):
            rows.append((f"{name}, whole command", gather(name, "command_seconds"), gather(name, "command_peak_mb")))
    base = next(((total(seconds), peak(memory)) for label, seconds, memory in rows if label == "bitext, aligning alone"), (None, None))
    for label, seconds, memory in rows:
        out.append(row(label, *against(total(seconds), base[0], 2), *against(peak(memory), base[1], 0)))
    differing = sum(filter(None, gather("bitext", "differing"))) if "bitext" in systems else 0
    if differing:
        out += ["", f"**{differing} tasks come out otherwise in `peers_ours` than in the command: its times are another program's.**"]
    return out


def total(values):
    return None if not values or None in values else sum(values)


def peak(values):
    return None if not values or None in values else max(values)


def against(value, base, digits):
    if value is None:
        return "·", "·"
    return f"{value:.{digits}f}", "·" if not base else f"{value / base:.2f}"


def size_tables(values):
    out = ["", "## Long texts", ""]
    out += [
        "English and German, all kinds of noise, most of it verses, little of it repeated up to",
        "10,000 sentences; 30,000 have everything three times, which leaves nearest neighbours",
        f"without a hold. Seconds as above. A system that takes more than {values['limit']:.0f} s is cut off;",
        "refused: the program says that the text is too long.",
    ]
    for of in values["sizes"].values():
        out += ["", f"### {of['sentences'][0]} x {of['sentences'][1]} sentences", ""]
        out += head("system", "seconds", "ratio to bitext", "peak MB", "strict F1", "lax F1", "nulls alone")
        base = of["systems"].get("bitext", {}).get("seconds")
        if of["systems"].get("bitext", {}).get("refused"):
            base = None
        for name, system in of["systems"].items():
            ways = [("aligning alone", "seconds", "peak_mb")]
            if "command_seconds" in system:
                ways.append(("whole command", "command_seconds", "command_peak_mb"))
            for way, seconds, memory in ways:
                label = f"{name}, {way}"
                if system["refused"]:
                    out.append(row(label, "refused", *"·····"))
                elif system["cut_off"]:
                    out.append(row(label, f"cut off at {values['limit']:.0f}", *"·····"))
                else:
                    scores = system["quality"] or {}
                    out.append(row(
                        label, *against(system[seconds], base, 2),
                        f"{system.get(memory) or 0:.0f}", *(share(scores.get(key)) for key in MEASURES),
                    ))
    return out


def quoted():
    out = ["", "## Quoted, not run", ""]
    out += [
        "News of WMT 2022 with the vectors of multilingual-e5-small, mean of three language pairs, from the research",
        f"note that comes with the data. {QUOTED_PUBLISHED}",
    ]
    kinds = list(next(iter(QUOTED.values())))
    for at, title in enumerate(("strict F1", "unaligned sentences left unaligned")):
        out += ["", f"### Quoted, {title}", ""]
        out += head("system (quoted)", *kinds)
        out += [row(name, *(share(values[at]) for values in scores.values())) for name, scores in QUOTED.items()]
    return out
