#!/usr/bin/env python3
"""The speed of the Python package: beside scripts with Vecalign and Bertalign, and beside the command line.

    cargo build --release --features cli --bin bitext --example call
    python3 reports/speed.py

It builds the package's wheel, and installs it with the peers in a virtual environment in BITEXT_CACHE. It needs no
evaluation data: the articles are made of the sample texts. All times are those of whole processes.
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
MAX_IMPORT_MS, MAX_RATIO, MAX_OVERHEAD = 60, 1.05, 30
CALLS = ("of one sentence", "of two sentences")

PAGE = """# Speed of the Python package

Made by `python3 reports/speed.py` on {machine}. Times are seconds on a processor, user and system, of whole processes on
one thread: the start of Python, imports, embedding, aligning. Each is the least of {rounds} runs. Memory is the peak of the
process.

## Beside scripts with other aligners

Each script reads articles as lists of sentences and aligns them. All use the vectors of bitext's model, through `bitext.embed`.
Vecalign and Bertalign need the vectors of all spans of up to four sentences; the times include them. Vecalign is the package
`sentalign`; Bertalign's two passes are those of `benches/peers`, compiled by numba, whose cache is warm. The articles have
{sentences} sentences in each language, drawn from the sample texts.

| script | one article, s | MB | {some} articles, s | MB |
| --- | ---: | ---: | ---: | ---: |
{peers}

## A call

`bitext.align` of two articles, and `Aligner::align` of the library (`benches/peers/call.rs`) on the same articles. Microseconds of a call,
the least mean of 15 rounds of 400 calls, by the clock.

| articles | library | package | more |
| --- | ---: | ---: | ---: |
{calls}

A call takes at most {overhead:.0f} µs more (target: at most {max_overhead}).

## Beside the command line

{many} articles of {sentences} sentences, one thread. Both write the same JSON.

| | s | MB |
| --- | ---: | ---: |
| `bitext align --jsonl` | {command_seconds:.2f} | {command_mb:.0f} |
| `bitext.align_many`, `to_json` | {package_seconds:.2f} | {package_mb:.0f} |

The package takes {ratio:.2f} times as long as the command (target: at most {max_ratio}). `import bitext` takes {import_ms:.0f} ms
(target: at most {max_import} ms), the start of Python not counted.
"""

MANY_SCRIPT = """
import sys, bitext
with open(sys.argv[1], encoding="utf-8") as lines:
    for result in bitext.align_many(lines, threads=1):
        sys.stdout.write(result.to_json() + "\\n")
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


def calls(library, python, env, rounds):
    """By articles: the least microseconds of a call of the library and of the package, which take turns."""
    least = [[float("inf")] * 2 for _ in CALLS]
    for _ in range(rounds):
        for column, command in enumerate(([library], [python, "-c", CALL_SCRIPT])):
            found = subprocess.run(list(map(str, command)), stdout=-1, env=env, check=True, text=True).stdout
            for row, value in zip(least, map(float, found.split())):
                row[column] = min(row[column], value)
    return least


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return f"{model}, {os.cpu_count()} cores"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitext", type=Path, default=TARGET / "release" / "bitext", help="the program")
    parser.add_argument("--output", type=Path, default=ROOT / "reports" / "speed.md")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command")
    options = parser.parse_args()
    python, env = environment()
    some = 200
    both = calls(options.bitext.resolve().parent / "examples" / "call", python, env, options.rounds)
    overhead = max(package - library for library, package in both)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        one, several = write(folder / "1.jsonl", articles(1)), write(folder / "some.jsonl", articles(some))
        peers = []
        for system, name in SYSTEMS.items():
            cells = [f"| {name}"]
            for path in (one, several):
                script = [python, ROOT / "reports/speed/peer.py", system, path]
                measured(script, env, 1)  # compiles, and fills caches
                seconds, peak, _ = measured(script, env, options.rounds)
                cells.append(f"{seconds:.2f} | {peak:.0f}")
            peers.append(" | ".join(cells) + " |")
        many = write(folder / "many.jsonl", articles(MANY))
        command = [options.bitext.resolve(), "align", "--jsonl", "--threads", "1", many]
        package = [python, "-c", MANY_SCRIPT, many]
        command_seconds, command_mb, expected = measured(command, env, options.rounds)
        package_seconds, package_mb, output = measured(package, env, options.rounds)
        assert output == expected, "the package and the command line write different lines"
        ratio = package_seconds / command_seconds
        spent = import_ms(python, options.rounds)
    page = PAGE.format(
        machine=machine(), rounds=options.rounds, sentences=SENTENCES, some=some, peers="\n".join(peers), many=f"{MANY:,}",
        command_seconds=command_seconds, command_mb=command_mb, package_seconds=package_seconds, package_mb=package_mb,
        calls="\n".join(f"| {name} | {one:.1f} | {two:.1f} | {two - one:.1f} |" for name, (one, two) in zip(CALLS, both)),
        overhead=overhead, max_overhead=MAX_OVERHEAD, ratio=ratio, max_ratio=MAX_RATIO, import_ms=spent, max_import=MAX_IMPORT_MS,
    )
    options.output.write_text(page, encoding="utf-8")
    print(page)
    if ratio > MAX_RATIO or spent > MAX_IMPORT_MS or overhead > MAX_OVERHEAD:
        raise SystemExit("a target is missed")


if __name__ == "__main__":
    main()
