"""Scores answers and writes the tables."""
import platform
import subprocess
from pathlib import Path

import tasks as making

MEASURES = {"strict": "F1ns", "lax": "F1nl", "null": "null"}
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
        total = None
        for task in tasks:
            counts = self.scorer.counts(
                task["gold"], beads.get(task["id"], []), len(task["src"]), len(task["tgt"])
            )
            total = self.scorer.add(total, counts)
        scores = self.scorer.report(total)
        return {name: scores[key] for name, key in MEASURES.items()}

    def add_set(self, name, tasks, answers):
        kinds = {}
        for task in tasks:
            kinds.setdefault(task["kind"], []).append(task)
        systems = {}
        for system, answer in answers.items():
            quality = {kind: self.score(of, answer["beads"]) for kind, of in kinds.items()}
            systems[system] = {"quality": quality, **times(answer)}
        self.values["sets"][name] = {
            "what": making.SETS[name][2],
            "files": list(making.SETS[name][0]),
            "tasks": {kind: len(of) for kind, of in kinds.items()},
            "systems": systems,
        }

    def add_size(self, size, task, answers):
        systems = {}
        for system, answer in answers.items():
            done = task["id"] in answer["beads"]
            quality = self.score([task], answer["beads"]) if done else None
            slow = any(answer.get(way, {}).get("status") == -9 for way in ("process", "command"))
            seconds = (answer["seconds"] or {}).get(task["id"])
            # The allowance for loading is not for aligning.
            slow |= seconds is not None and seconds > self.values["limit"]
            systems[system] = {"quality": quality, "cut_off": slow, **times(answer)}
        self.values["sizes"][str(size)] = {
            "sentences": [len(task["src"]), len(task["tgt"])],
            "systems": systems,
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
        "Strict F1 / lax F1 (beads with an empty side left out of both) / share of the",
        "sentences without a counterpart that were left alone (`·`: there are none). Language",
        "pairs pooled; the mean is that of the kinds' strict F1. Best strict F1 bold.",
    ]
    for name, of in values["sets"].items():
        kinds = list(of["tasks"])
        out += ["", f"### {name}", ""]
        out += [f"{of['what']} ({', '.join(of['files'])}). Tasks: {', '.join(f'{kind} {count}' for kind, count in of['tasks'].items())}.", ""]
        out += head("system", *kinds, "mean")
        mean = lambda system: sum(system["quality"][kind]["strict"] for kind in kinds) / len(kinds)
        best = {kind: max(system["quality"][kind]["strict"] for system in of["systems"].values()) for kind in kinds}
        top = max(map(mean, of["systems"].values()))
        for label, system in of["systems"].items():
            cells = []
            for kind in kinds:
                scores = system["quality"][kind]
                strict, lax = share(scores["strict"]), share(scores["lax"])
                # Where no sentence is without a counterpart the share says nothing.
                null = "·" if kind in ("clean", "merge") else share(scores["null"])
                mark = "**" if scores["strict"] == best[kind] else ""
                cells.append(f"{mark}{strict}{mark} / {lax} / {null}")
            mark = "**" if mean(system) == top else ""
            note = f" ({system['refused']} refused)" if system["refused"] else ""
            out.append(row(label + note, *cells, f"{mark}{share(mean(system))}{mark}"))
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
        "News of WMT 2022 with vectors of multilingual-e5-small, the mean of three language",
        "pairs: strict F1 / share of unrelated sentences left alone, from the research note",
        f"beside the data. {QUOTED_PUBLISHED}",
        "",
    ]
    kinds = list(next(iter(QUOTED.values())))
    out += head("system (quoted)", *kinds)
    for name, scores in QUOTED.items():
        out.append(row(name, *(share(strict) + " / " + share(null) for strict, null in scores.values())))
    return out
