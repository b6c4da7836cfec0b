"""Runs the parts and puts the page together."""
import ablations
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
        if wanted("peers") and not options.quick and not options.reuse_peers:
            say("peers")
            beside.run(program)
        self.peers = beside.values() if wanted("peers") else None
        if options.encoder:
            encoders.run(program, options)
        quality.summary(self.sets, self.sheet)
        raw.summary(self.raws, self.sheet)
        quality.lost_to_pairs(self.sets, self.sheet)
        calibration.summary(self.reliability, self.sheet)
        speed.summary(self.speed, self.sheet)
        if self.peers:
            beside.summary(self.peers, self.sheet)


def page(program, options):
    parts = Parts(program, options)
    out = ["# How well bitext aligns", ""]
    if options.quick:
        out += ["**A quick run: a few documents a set. The figures say nothing of quality.**", ""]
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
        f"Made by `{COMMAND}`, every figure and verdict; see its `--help`.", "",
        f"* Program: {program.version}, {program.fingerprint} (model and settings, weights included).",
        f"* Weights: `src/align/data/weights.tsv`, SHA-256 `{setting.digest(setting.WEIGHTS)[:16]}…`, made by `{setting.weights_command()}`.",
    ]
    if half:
        out += [
            f"* Held out: of the documents of {', '.join(files)} those of half {half} (`bitext fit FILE --held-out-half {half} --list-held-out` names them)",
            "  were not learnt from. The others were, with noise of another making: tables that do not",
            "  say otherwise are of all documents. Settings in the code were chosen on these sets.",
        ]
    else:
        out += ["* Nothing is held out: the weights were learnt from these documents, with noise of another making."]
    return out


def sections(parts):
    sheet, program = parts.sheet, parts.program
    yield "Targets", targets(sheet)
    yield "Development sets", parts.sets and [
        *command("../shared/tools/make_align_tasks.py --docs ../shared/eval/docs --out . --set wmt22=wmt22_news,wmt22_social,wmt22_ecommerce",
                 "bitext align --jsonl < wmt22.jsonl > bitexts.jsonl; bitext score --by set,kind,pair wmt22.jsonl bitexts.jsonl"),
        "Every cell was scored twice, by `bitext score` and by `score_align.py`; all their columns agree.",
        *quality.tables(parts.sets, sheet),
        "", "### Documents learnt from, and others", "",
        "Strict F1 of the documents that the weights were learnt from / of those held out.", "",
        *quality.halves_table(parts.sets),
    ]
    yield "Three languages", parts.sets and [
        "Units of two sentences and more that are exactly right, as F1 against the closure of the",
        "three golds: the joint search / the closure of the beads of the three pairs, each aligned alone.",
        "The joint search's beads against those of pairs alone stand in the tables above.", "",
        *quality.units_table(parts.sets), "",
        "### All kinds together", "",
        "Strict F1 of the beads of the three pairs and of the units, every task once. Beside them: in how many",
        "documents the joint search errs less and in how many more, and how often chance alone would split",
        "them as unevenly (two-sided sign test).", "",
        *joint.table(parts.sets), "",
        f"No worse than pairs alone, cell by cell: {sheet.count(sheet.of('beside'))}. Where it is not:", "",
        *(sheet.table([one for one in sheet.of("beside") if not one["met"]])),
    ]
    yield "Raw articles, books, manuals", parts.raws and [
        *command("../shared/tools/raw_tasks.py make --docs ../shared/eval/docs --set wmt22_news --out tasks.jsonl",
                 "../shared/tools/raw_tasks.py input tasks.jsonl | bitext align --jsonl > bitexts.jsonl",
                 "../shared/tools/raw_tasks.py score tasks.jsonl bitexts.jsonl"),
        "Strict F1 / link F1 / lax precision; `para`: paragraphs in the same places in all languages, `reflow`: each its own,",
        "`reflow-tail`: and unrelated headlines at the end. Books are made with `--join`; their target is link F1.",
        *raw.tables(parts.raws, sheet),
        "", "### Manuals of which one language lags behind", "",
        "`eval/kde_noisy`: strict F1 / lax F1 / share of the unrelated sentences left alone. Gold's pairs are 1-1. Of",
        "some sentences gold says that it knows nothing: a bead wholly of these is left out, one that joins",
        "a known sentence to them counts as it stands, and whether they are left alone does not count.", "",
        *raw.noisy_table(parts.manuals), "",
        "Text+Berg (German and French) is not run: the library aligns French where it is given vectors",
        "(`Aligner::align_vectors`), but the embedded model was not made for it, and no other model comes with it.",
    ]
    yield "A few lines behind an article", parts.ends and [
        f"Documents of {', '.join(ends.SETS)}, cut to 4, 6, 10 or 20 segments, and behind them so many lines",
        "(mostly headlines) of other documents, others in each language: the share of these lines that is in a unit with others, at any",
        "confidence, at .5 and more, and at .9 and more; and the share of the articles' segments that is aligned rightly. In the sets above",
        "8 to 16 lines stand there, as in what the weights were learnt from. What ends both articles and stands alone must be",
        "surer than elsewhere (`LAST` in `src/align/decode.rs`).", "",
        *ends.table(parts.ends),
    ]
    yield "Confidence", parts.reliability and [
        *command("bitext score --reliability --by '' tasks.jsonl bitexts.jsonl"),
        "Documents that the weights were not learnt from, all sets, kinds (but `long`) and pairs together:",
        "mean confidence : share that is exactly right (how many). A null bead is right where gold leaves the",
        "sentence alone. The lines from posteriors to confidences (`src/align/units.rs`) are no part of the weights.", "",
        *calibration.shown(parts.reliability),
    ]
    yield "What the evidence is worth", [
        f"`bitext fit` on the weights' own files with `--max-documents {ablations.MOST} --steps {ablations.STEPS}`, and `--ablate` each kind of evidence:",
        "log-likelihood of a training example, and strict F1 of all kinds but `long` together (languages",
        "together where there are three), as the difference from all evidence.", "",
        *ablations.section(program),
    ]
    yield "What the search is worth", parts.search and [
        "Strict F1 of all kinds but `long` together, pairs alone, by `peers_ours` with settings of `AlignConfig`.", "",
        *speed.search_table(*parts.search),
    ]
    yield "Speed", parts.speed and [
        *command("peers_ours [whole] < tasks.jsonl"),
        f"Median of {speed.RUNS} runs ({speed.SHORT_RUNS} of 15 x 15); one thread, seconds on a processor, vectors given; evidence read off the texts, posteriors and",
        "decoding included. Memory is that of the whole process with model, texts and vectors. English and German with all kinds",
        "of noise, most of it verses.", "",
        *speed.table(parts.speed),
    ]
    yield "Beside other aligners", beside.section(program, parts.peers) if parts.peers else [
        "Not run in the quick form." if parts.options.quick else "Not run."
    ]
    yield encoders.TITLE, encoders.section(program.fingerprint)
    yield "Where targets are missed", missed(parts)
    yield "Data", data(program)


def command(*lines):
    return ["```sh", *lines, "```", ""]


def targets(sheet):
    wanted = sheet.of("quality", "calibration", "speed", "peers")
    if not wanted:
        return []
    return [
        f"{sheet.count(wanted)}. Measured: the languages of a document together, where there are three; pairs alone",
        "beside it. Unrounded figures decide. Development sets, not test sets.", "",
        *sheet.table(wanted),
    ]


def missed(parts):
    """Ten disagreements for each missed target, by number only."""
    out = [
        "Disagreements with the gold, up to ten of each, taken at even steps from all. Numbers of sentences, from 0; no texts",
        f"(`{COMMAND} --errors DIR` writes all of them with texts, to judge the gold by).", "",
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
