"""Runs the parts and puts the page together."""
import ablations
import baseline
import beside
import calibration
import encoders
import ends
import errors
import joint
import quality
import raw
import setting
import speed
from page import Sheet, head, row
from setting import making, say

COMMAND = "python3 reports/alignment.py"


class Parts:
    """What was run; `None` or empty where it was left out."""

    def __init__(self, program, options):
        self.program, self.options, self.sheet = program, options, Sheet()
        wanted = lambda name: name not in options.skip
        self.sets, self.raws, self.manuals = {}, [], []
        for name in making.SETS if wanted("sets") else ():
            say(f"set {name}")
            self.sets[name] = quality.Set(program, name)
        if wanted("raw"):
            wanted_sets = [(name,) for name in setting.RAW_SETS] + [(setting.BOOKS, "--join")]
            for name, *more in wanted_sets[:1] if options.quick else wanted_sets:
                say(f"raw {name}")
                self.raws.append(raw.Raw(program, name, *more))
            names = setting.NOISY[:1] if options.quick else setting.NOISY
            self.manuals = [raw.Noisy(program, name) for name in names]
        self.ends = None
        if wanted("ends"):
            say("lines behind articles")
            self.ends = ends.Ends(program)
        if options.ablations:
            ablations.run(program, self.sets)
        say("calibration")
        self.reliability = calibration.tables_of(program, self.sets) if wanted("calibration") else {}
        self.search = None
        if wanted("search") and self.sets:
            say("search settings")
            self.search = speed.search(program, self.sets)
        self.speed = {}
        if wanted("speed"):
            say("speed")
            self.speed = speed.sizes(program)
        if wanted("peers") and not options.quick:
            say("peers")
            beside.run(program, options.reuse_peers)
        self.peers = beside.values() if wanted("peers") else None
        if options.encoder:
            encoders.run(program, options)
        self.baseline = baseline.read(program)
        quality.summary(self.sets, self.sheet)
        baseline.summary(self.baseline, self.sets, self.sheet)
        raw.summary(self.raws, self.sheet)
        quality.lost_to_pairs(self.sets, self.sheet)
        calibration.summary(self.reliability, self.sheet)
        calibration.kinds_summary(self.sets if self.reliability else {}, self.sheet)
        speed.summary(self.speed, self.sheet)
        if self.peers:
            beside.summary(self.peers, self.sheet)


def page(program, options):
    parts = Parts(program, options)
    out = ["# How well bitext aligns", ""]
    if options.quick:
        out += ["**A quick run with a few documents per set. The numbers say nothing about quality.**", ""]
    if options.skip:
        out += [f"**Left out: {', '.join(options.skip)}.**", ""]
    out += provenance(parts)
    for title, body in sections(parts):
        out += ["", f"## {title}", "", *(body or ["Not run."])]
    return "\n".join(out) + "\n"


def provenance(parts):
    program = parts.program
    _, files, half = program.held_out()
    out = [
        f"Written by `{COMMAND}`.", "",
        f"* Program: {program.version}, {program.fingerprint} (model and settings, weights included).",
        f"* Weights: `src/align/data/weights.tsv`, SHA-256 `{setting.digest(setting.WEIGHTS)[:16]}…`, made by `{setting.weights_command()}`.",
    ]
    if half:
        out += [
            f"* Held out: half {half} of the documents of {', '.join(files)} was not used to learn the weights",
            f"  (`bitext fit FILE --held-out-half {half} --list-held-out` names these documents). The other half was, with noise made in",
            "  another way (`src/align/fit/noise`). The confidences were calibrated on noisy copies of the held-out half, also made in",
            "  another way. Tables are over all documents unless they say otherwise. The settings in the code were chosen on these sets.",
        ]
    else:
        out += ["* Nothing is held out: the weights were learnt on these documents, with noise made in another way."]
    return out


def sections(parts):
    sheet, program = parts.sheet, parts.program
    yield "Targets", targets(sheet)
    yield "Development sets", parts.sets and [
        *command("../shared/tools/make_align_tasks.py --docs ../shared/eval/docs --out . --set wmt22=wmt22_news,wmt22_social,wmt22_ecommerce",
                 "bitext align --jsonl < wmt22.jsonl > bitexts.jsonl; bitext score --by set,kind,pair wmt22.jsonl bitexts.jsonl"),
        "`bitext score` and `score_align.py` scored every cell; all their columns agree.",
        *quality.tables(parts.sets, sheet),
        "", "### Training documents and held-out documents", "",
        "Strict F1 of the documents on which the weights were learnt / of the documents held out.", "",
        *quality.halves_table(parts.sets),
    ]
    yield "Version 0.1 and this version", parts.sets and baseline.section(parts.baseline, parts.sets)
    yield "Three languages", parts.sets and [
        "F1 of the units with at least two sentences against the closure of the three gold alignments: the joint",
        "search / the closure of the beads of the three pairs, each aligned alone. The tables above compare the beads.", "",
        *quality.units_table(parts.sets), "",
        "### All kinds together", "",
        "Strict F1 of the beads of the three pairs and of the units, over all tasks. The last columns have the number of",
        "documents in which the joint search makes fewer and more errors, and the p-value of a two-sided sign test.", "",
        *joint.table(parts.sets), "",
        f"Cells in which the joint search is at least as good as pairs alone: {sheet.count(sheet.of('beside'))}. The others:", "",
        *(sheet.table([one for one in sheet.of("beside") if not one["met"]])),
    ]
    yield "Raw articles, books, manuals", parts.raws and [
        *command("../shared/tools/raw_tasks.py make --docs ../shared/eval/docs --set wmt22_news --out tasks.jsonl",
                 "../shared/tools/raw_tasks.py input tasks.jsonl | bitext align --jsonl > bitexts.jsonl",
                 "../shared/tools/raw_tasks.py score tasks.jsonl bitexts.jsonl"),
        "Strict F1 / link F1 / lax precision. `para`: all languages have the same paragraphs. `reflow`: each language has its",
        "own. `reflow-tail`: the same with unrelated headlines at the end. Books are made with `--join`; their target is link F1.",
        *raw.tables(parts.raws, sheet),
        "", "### Manuals with an outdated language", "",
        "`eval/kde_noisy`: strict F1 / lax F1 / share of the unrelated sentences left unaligned. Gold pairs are 1-1. Gold",
        "marks some sentences as unknown. A bead of unknown sentences only is ignored, a bead that joins a known",
        "sentence to them counts, and it does not count whether unknown sentences are unaligned.", "",
        *raw.noisy_table(parts.manuals), "",
        "Text+Berg (German and French) was not run, because the embedded model was not trained on French.",
    ]
    yield "A few lines after an article", parts.ends and [
        f"Documents of {', '.join(ends.SETS)}, cut to 4, 6, 10 or 20 segments. Each is followed by lines of other documents, mostly",
        "headlines, different in each language. The table has the share of these lines that are linked at any confidence, at 0.5 or",
        "more, and at 0.9 or more, and the share of the articles' segments that are aligned correctly. In the development sets the kind",
        "`ends` has 1 to 3 such lines, and `tail` 8 to 16.", "",
        *ends.table(parts.ends),
    ]
    yield "Confidence", parts.reliability and [
        *command("bitext score --reliability --by '' tasks.jsonl bitexts.jsonl"),
        "Held-out documents, all sets, pairs and kinds except `long`: mean confidence : share that is exactly right (count). A",
        "null bead is right if the gold leaves the sentence unaligned. The weights were not learnt from these documents, but the",
        "calibration was fitted to other noisy copies of them.", "",
        *calibration.shown(parts.reliability),
        "", "The tables below are over all documents.",
        *calibration.kinds_tables(parts.sets),
    ]
    yield "What the features are worth", [
        f"`bitext fit` on the files of the weights with `--max-documents {ablations.MOST} --steps {ablations.STEPS}`, and `--ablate` for each feature of a group: the",
        "log-likelihood of a training example, and the strict F1 over all kinds except `long` (joint search if there are three",
        "languages), as the difference from all features.", "",
        *ablations.section(program),
    ]
    yield "What the search is worth", parts.search and [
        "Strict F1 over all kinds except `long`, pairs alone, measured with `peers_ours` and settings of `AlignConfig`.", "",
        *speed.search_table(*parts.search),
    ]
    yield "Speed", parts.speed and [
        *command("peers_ours [whole] < tasks.jsonl"),
        f"Median of {speed.RUNS} runs ({speed.SHORT_RUNS} of 15 x 15); one thread, processor seconds, vectors given. The time includes features of the texts,",
        "posteriors and decoding. Memory is that of the process with model, texts and vectors. The texts are English and German with",
        "all kinds of noise; most of them are verses.", "",
        *speed.table(parts.speed),
    ]
    yield "Compared with other aligners", beside.section(program, parts.peers) if parts.peers else [
        "Not run in the quick form." if parts.options.quick else "Not run."
    ]
    yield encoders.TITLE, encoders.section(program.fingerprint)
    yield "Missed targets", missed(parts)
    yield "Data", data(program)


def command(*lines):
    return ["```sh", *lines, "```", ""]


def targets(sheet):
    wanted = sheet.of("quality", "calibration", "speed", "peers")
    if not wanted:
        return []
    return [
        f"{sheet.count(wanted)}. *Measured* is the joint search if a document has three languages. Unrounded",
        "numbers decide. These are development sets, not test sets.", "",
        *sheet.table(wanted),
    ]


def missed(parts):
    """Ten disagreements for each missed target, by number only."""
    out = [
        "Up to ten evenly spaced disagreements with the gold for each missed target. Sentences are numbered from 0.",
        f"`{COMMAND} --errors DIR` writes all of them with their texts.", "",
        *(f"* {name}: {what}." for name, what in errors.CLASSES.items()),
    ]
    folder = parts.options.errors
    late = [one["name"] for one in parts.sheet.of("quality", "peers") if not one["met"]]
    for name, of in parts.sets.items():
        for kind in of.kinds:
            start = f"{name} {kind}, "
            found = [one[len(start) :] for one in late if one.startswith(start)]
            if found:
                out += errors.of_kind(of, kind, found, folder)
    for one in parts.raws:
        for kind in one.kinds():
            start = f"{one.name}, whole books, " if one.name == setting.BOOKS else f"{one.name} raw, {kind}, "
            found = [name[len(start) :] for name in late if name.startswith(start)]
            if found:
                out += errors.raw_section(one, kind, found, folder)
    if parts.sets:
        out += errors.argued(parts.sets)
    return out


def data(program):
    out = head("file", "source", "SHA-256")
    for path in setting.paths(program.data):
        source = setting.SOURCES.get(path.stem, "tool that comes with the data")
        out.append(row(path.relative_to(program.data), source, f"`{setting.digest(path)}`"))
    return out
