#!/usr/bin/env python3
"""The speed of the Python package: beside scripts with Vecalign and Bertalign, the library and the command line.

    cargo build --release --features cli --bin bitext --example call
    python3 reports/speed.py
    python3 reports/speed.py --only library

It builds the package's wheel, and installs it with the peers in a virtual environment in BITEXT_CACHE. It needs no
evaluation data: the articles are made of the sample texts. All times are those of whole processes, but for calls and
for the library. With `--only`, the page keeps its other sections, each of which says when it was measured.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("BITEXT_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bitext")
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
SYSTEMS = {"bitext": "bitext", "vecalign": "Vecalign (sentalign)", "bertalign": "Bertalign's two passes"}
SENTENCES = 16
MANY = 10_000
SOME = 200
MAX_IMPORT_MS, MAX_RATIO, MAX_OVERHEAD = 60, 1.05, 30
CALL_SIZES = ("of one sentence", "of two sentences")

HEAD = """# Speed of the Python package

Made by `python3 reports/speed.py`. Each section says when and where it was measured; `--only` measures some of them again.
Times are the least of some runs. Memory is the peak of a process.

"""

PEERS = """## Beside scripts with other aligners

{when}. Seconds on a processor, user and system, of whole processes on one thread: the start of Python, imports, embedding,
aligning. Each script reads articles as lists of sentences and aligns them. All use the vectors of bitext's model, through
`bitext.embed`. Vecalign and Bertalign need the vectors of all spans of up to four sentences; the times include them. Vecalign is
the package `sentalign`; Bertalign's two passes are those of `benches/peers`, compiled by numba, whose cache is warm. The articles
have {sentences} sentences in each language, drawn from the sample texts.

| script | one article, s | MB | {some} articles, s | MB |
| --- | ---: | ---: | ---: | ---: |
{rows}

"""

CALLS = """## A call

{when}. `bitext.align` of two articles, and `Aligner::align` of the library (`benches/peers/call.rs`) on the same articles.
Microseconds of a call by the clock, the least mean of 15 rounds of 400 calls in each of {rounds} runs, which take turns.

| articles | library | package | more |
| --- | ---: | ---: | ---: |
{rows}

A call takes at most {overhead:.0f} µs more (target: at most {max_overhead}). `import bitext` takes {import_ms:.0f} ms (target: at
most {max_import}), the start of Python not counted.

"""

LIBRARY = """## Many articles, and the library

{when}. {many} articles of {sentences} sentences, which are read before, as lists of sentences: `bitext.align_many`, and
`Aligner::align` of the library in as many threads (`benches/peers/call.rs`). Both get the same units. Seconds by the clock from
the first article to the last result, and seconds on a processor of the whole process without its start and the reading; the least
of {rounds} runs, which take turns.

| threads | library, clock | package, clock | ratio | library, processor | package, processor | ratio |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}

The package takes at most {worst:.3f} times as long as the library by the clock (target: at most {max_ratio}).

"""

COMMAND = """## Beside the command line

{when}. {many} articles of {sentences} sentences, one thread. Both write the same JSON. Seconds on a processor of whole processes.

| | s | MB |
| --- | ---: | ---: |
| `bitext align --jsonl` | {command_seconds:.2f} | {command_mb:.0f} |
| `bitext.align_many`, `to_json` | {package_seconds:.2f} | {package_mb:.0f} |

The package takes {ratio:.2f} times as long as the command (target: at most {max_ratio}).

"""

MEMORY = """## Memory

{when}. `bitext.align_many` on {articles:,} articles with {million:,} sentences from a generator, {threads} threads. The process has
{early:.0f} MB after a tenth of the articles and {late:.0f} MB after all (target: flat).

"""

MANY_SCRIPT = """
import sys, bitext
with open(sys.argv[1], encoding="utf-8") as lines:
    for result in bitext.align_many(lines, threads=1):
        sys.stdout.write(result.to_json() + "\\n")
"""

LIBRARY_SCRIPT = """
import json, sys, time, bitext
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
units, start = 0, time.perf_counter()
threads = int(sys.argv[2])
for result in bitext.align_many(rows, threads=threads) if threads else []:
    units += len(result)
print(f"{time.perf_counter() - start:.4f} {units}")
"""

MEMORY_SCRIPT = """
import os, sys, bitext
sys.path.insert(0, sys.argv[1])
import speed

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

sentences = 0
count = int(sys.argv[2])
for number, result in enumerate(bitext.align_many(speed.articles(count), threads=int(sys.argv[3]))):
    sentences += sum(map(len, result.sentences.values()))
    if number == count // 10:
        early = resident()
print(sentences, early, resident())
"""

CALL_SCRIPT = """
import time, bitext
ARTICLES = [
    ("The bridge is closed.", "Die Brücke ist gesperrt."),
    ("The bridge is closed. The storm damaged it badly.", "Die Brücke ist gesperrt. Der Sturm hat sie schwer beschädigt."),
]
for english, german in ARTICLES:
    least = float("inf")
    for _ in range(15):
        start = time.perf_counter()
        for _ in range(400):
            bitext.align(en=english, de=german)
        least = min(least, (time.perf_counter() - start) * 1e6 / 400)
    print(f"{least:.1f}")
"""


def environment():
    """The Python with the package and the peers."""
    pins = (ROOT / "benches/peers/requirements.txt").read_text()
    folder = CACHE / "speed-python"
    program, mark = folder / "bin" / "python", folder / "installed.txt"
    pip = [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not mark.is_file() or mark.read_text() != pins:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([*pip, "-r", ROOT / "benches/peers/requirements.txt"], check=True)
        mark.write_text(pins)
    build = dict(os.environ, CARGO_TARGET_DIR=str(TARGET / "python"), MATURIN_PEP517_ARGS="--locked")
    subprocess.run([*pip, "--no-deps", "--force-reinstall", ROOT / "python"], check=True, env=build)
    return program, dict(one_thread(), NUMBA_CACHE_DIR=str(folder / "numba"))


def one_thread():
    return dict(os.environ, **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")})


def measured(command, env, rounds):
    """The least processor seconds of some runs, the peak memory in MB, and the output."""
    best, peak, output = None, 0, b""
    for _ in range(rounds):
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(list(map(str, command)), stdout=out, env=env)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise SystemExit(f"{command}: ended with {process.returncode}")
            out.seek(0)
            output = out.read()
        seconds = usage.ru_utime + usage.ru_stime
        best = seconds if best is None else min(best, seconds)
        peak = max(peak, usage.ru_maxrss / 1024)
    return best, peak, output


def articles(count):
    """Articles of sentences of the sample texts. Always the same."""
    rows = [json.loads(line) for line in (ROOT / "tests/data/corpus/articles.jsonl").open(encoding="utf-8")]
    pairs = [pair for row in rows if row["en"] and row["de"] for pair in zip(row["en"], row["de"])]
    dice = random.Random(1)
    for number in range(count):
        chosen = [dice.choice(pairs) for _ in range(SENTENCES)]
        english = [f"{source} ({number}.{at})" for at, (source, _) in enumerate(chosen)]
        german = [f"{target} ({number}.{at})" for at, (_, target) in enumerate(chosen) if dice.random() < 0.95]
        yield {"id": number, "en": english, "de": german}


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def import_ms(program, rounds):
    """Milliseconds that the import adds to the start of Python, on a clock."""
    least = {}
    for code in ("pass", "import bitext"):
        times = []
        for _ in range(rounds * 5):
            start = time.perf_counter()
            subprocess.run([program, "-c", code], check=True)
            times.append(time.perf_counter() - start)
        least[code] = min(times)
    return 1000 * (least["import bitext"] - least["pass"])


def peers(python, env, rounds, folder):
    """Rows of the table of peers."""
    one, several = write(folder / "1.jsonl", articles(1)), write(folder / "some.jsonl", articles(SOME))
    rows = []
    for system, name in SYSTEMS.items():
        cells = [f"| {name}"]
        for path in (one, several):
            script = [python, ROOT / "reports/speed/peer.py", system, path]
            measured(script, env, 1)  # compiles, and fills caches
            seconds, peak, _ = measured(script, env, rounds)
            cells.append(f"{seconds:.2f} | {peak:.0f}")
        rows.append(" | ".join(cells) + " |")
    return rows


def calls(library, python, env, rounds):
    """By articles: the least microseconds of a call of the library and of the package, which take turns."""
    least = [[float("inf")] * 2 for _ in CALL_SIZES]
    for _ in range(rounds):
        for column, command in enumerate(([library], [python, "-c", CALL_SCRIPT])):
            found = subprocess.run(list(map(str, command)), stdout=-1, env=env, check=True, text=True).stdout
            for row, value in zip(least, map(float, found.split())):
                row[column] = min(row[column], value)
    return least


def library(program, python, env, rounds, folder):
    """Rows of the table, and the largest ratio by the clock."""
    many, rows, worst = write(folder / "many.jsonl", articles(MANY)), [], 0.0
    # The start and the reading: without threads, nothing is aligned.
    loaded = [measured([*command, many, 0], env, rounds)[0] for command in ([program, "many"], [python, "-c", LIBRARY_SCRIPT])]
    for threads in sorted({1, os.cpu_count() or 1}):
        commands = [[program, "many"], [python, "-c", LIBRARY_SCRIPT]]
        clock, processor, units = [float("inf")] * 2, [float("inf")] * 2, set()
        for _ in range(rounds):
            for at, command in enumerate(commands):
                seconds, _, output = measured([*command, many, threads], env, 1)
                elapsed, found = output.split()
                clock[at] = min(clock[at], float(elapsed))
                processor[at] = min(processor[at], seconds)
                units.add(int(found))
        assert len(units) == 1, units
        processor = [seconds - load for seconds, load in zip(processor, loaded)]
        ratios = clock[1] / clock[0], processor[1] / processor[0]
        worst = max(worst, ratios[0])
        rows.append(
            f"| {threads} | {clock[0]:.2f} | {clock[1]:.2f} | {ratios[0]:.3f} "
            f"| {processor[0]:.2f} | {processor[1]:.2f} | {ratios[1]:.3f} |"
        )
    return rows, worst


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return f"{model}, {os.cpu_count()} cores"


def sections(page):
    """The sections of a page by their headings."""
    parts = page.split("\n## ")[1:]
    return {part.split("\n", 1)[0]: "## " + part.strip() + "\n\n" for part in parts}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitext", type=Path, default=TARGET / "release" / "bitext", help="the program")
    parser.add_argument("--output", type=Path, default=ROOT / "reports" / "speed.md")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command")
    parser.add_argument("--only", choices=["peers", "calls", "library", "command", "memory"], action="append")
    options = parser.parse_args()
    python, env = environment()
    call = options.bitext.resolve().parent / "examples" / "call"
    when = f"Measured on {time.strftime('%Y-%m-%d')} on {machine()}"
    common = {"when": when, "rounds": options.rounds, "sentences": SENTENCES, "many": f"{MANY:,}", "max_ratio": MAX_RATIO}
    chosen = options.only or ["peers", "calls", "library", "command", "memory"]
    found, missed = {}, []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        if "peers" in chosen:
            found["peers"] = PEERS.format(some=SOME, rows="\n".join(peers(python, env, options.rounds, folder)), **common)
        if "calls" in chosen:
            both = calls(call, python, env, options.rounds)
            overhead, spent = max(package - own for own, package in both), import_ms(python, options.rounds)
            rows = [f"| {name} | {own:.1f} | {package:.1f} | {package - own:.1f} |" for name, (own, package) in zip(CALL_SIZES, both)]
            found["calls"] = CALLS.format(
                rows="\n".join(rows), overhead=overhead, max_overhead=MAX_OVERHEAD, import_ms=spent, max_import=MAX_IMPORT_MS,
                **common,
            )
            missed += ["calls"] * (overhead > MAX_OVERHEAD) + ["import"] * (spent > MAX_IMPORT_MS)
        if "library" in chosen:
            rows, worst = library(call, python, env, options.rounds, folder)
            found["library"] = LIBRARY.format(rows="\n".join(rows), worst=worst, **common)
            missed += ["library"] * (worst > MAX_RATIO)
        if "command" in chosen:
            many = write(folder / "many.jsonl", articles(MANY))
            command = [options.bitext.resolve(), "align", "--jsonl", "--threads", "1", many]
            command_seconds, command_mb, expected = measured(command, env, options.rounds)
            package_seconds, package_mb, output = measured([python, "-c", MANY_SCRIPT, many], env, options.rounds)
            assert output == expected, "the package and the command line write different lines"
            ratio = package_seconds / command_seconds
            found["command"] = COMMAND.format(
                command_seconds=command_seconds, command_mb=command_mb, package_seconds=package_seconds, package_mb=package_mb,
                ratio=ratio, **common,
            )
            missed += ["command"] * (ratio > MAX_RATIO)
        if "memory" in chosen:
            count, threads = 1_000_000 // (2 * SENTENCES - 1), os.cpu_count() or 1
            script = [python, "-c", MEMORY_SCRIPT, ROOT / "reports", count, threads]
            million, early, late = map(float, measured(script, env, 1)[2].split())
            found["memory"] = MEMORY.format(
                articles=count, million=int(million), threads=threads, early=early, late=late, **common
            )
    old = sections(options.output.read_text(encoding="utf-8")) if options.output.is_file() else {}
    titles = {"peers": PEERS, "calls": CALLS, "library": LIBRARY, "command": COMMAND, "memory": MEMORY}
    page = HEAD
    for name, template in titles.items():
        title = template.split("\n", 1)[0].removeprefix("## ")
        page += found.get(name) or old.get(title, "")
    options.output.write_text(page.rstrip() + "\n", encoding="utf-8")
    print("\n".join(found.values()))
    if missed:
        raise SystemExit(f"targets are missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
