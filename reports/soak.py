#!/usr/bin/env python3
"""A long run of `bitext align --jsonl`: memory, speed, the same bytes, leaks. Makes reports/soak.md.

    cargo build --release --features cli --bin bitext
    python3 reports/soak.py

The data are found through BITEXT_DATA (default ../shared beside the repository).
Without them it prints `not run: no data` and exits 0; with a part of them only it
names what is missing and exits 1. Python's own library is all it needs, and valgrind.
With --quick, a fiftieth of the sentences, and the page goes to standard output. It ends
with 1 where a target is missed. Articles are made while they are read, and what comes out is
looked at and dropped: nothing is stored.
"""
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "reports" / "alignment"))
import measuring  # noqa: E402
from setting import LANGUAGES, SOURCES  # noqa: E402

# In three languages, and no verses.
SETS = ("wmt22_news", "wmt22_social", "wmt22_ecommerce", "wmt23_news", "wmt24_literary", "flores_dev", "kde")
SENTENCES = 1_000_000
# Of the runs that are compared.
COMPARED = 60_000
GROWTH = 1.05
EVERY = 0.2
VALGRIND = ["valgrind", "--leak-check=full", "--errors-for-leak-kinds=definite", "--error-exitcode=1"]
EXAMPLES = (
    ["--en", "ferry.en.txt", "--uk", "ferry.uk.txt", "--de", "ferry.de.txt", "--format", "jsonl"],
    ["--en", "market.en.txt", "--uk", "market.uk.txt", "--format", "tmx"],
)


class Articles:
    """Lines of new articles in three languages, made of 8 to 40 segments of one set each, until
    there are as many sentences. A segment is counted as one, which is the least that it is."""

    def __init__(self, data):
        self.pools = {}
        for name in SETS:
            rows = []
            for line in open(data / f"{name}.jsonl", encoding="utf-8"):
                document = json.loads(line)
                rows += zip(*(document[language] for language in LANGUAGES))
            self.pools[name] = [row for row in rows if all(text.strip() for text in row)]

    def lines(self, sentences, seed=5):
        rng = random.Random(seed)
        number = 0
        while sentences > 0:
            pool = self.pools[SETS[number % len(SETS)]]
            chosen = [rng.choice(pool) for _ in range(rng.randint(8, 40))]
            article = {language: "\n".join(row[at] for row in chosen) for at, language in enumerate(LANGUAGES)}
            yield json.dumps({"id": number, **article}, ensure_ascii=False).encode() + b"\n"
            sentences -= len(LANGUAGES) * len(chosen)
            number += 1


class Run:
    """A run over such lines: what came out, what it took, and its memory over time."""

    def __init__(self, program, lines, threads=None):
        command = [program, "align", "--jsonl", *(["--threads", str(threads)] if threads else [])]
        self.given = self.found = self.sentences = self.refused = 0
        self.memory = []
        digest = hashlib.sha256()
        started = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ended = threading.Event()
        feeder = threading.Thread(target=self.feed, args=(child.stdin, lines))
        watcher = threading.Thread(target=self.watch, args=(child.pid, started, ended))
        feeder.start()
        watcher.start()
        for line in child.stdout:
            digest.update(line)
            self.found += 1
            bitext = json.loads(line)
            self.refused += "error" in bitext
            self.sentences += sum(map(len, bitext.get("sentences", {}).values()))
        feeder.join()
        ended.set()
        watcher.join()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - started
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024 / 1e6
        self.digest = digest.hexdigest()
        if child.returncode or self.refused or self.found != self.given:
            raise SystemExit(f"{' '.join(command)}: ended with {child.returncode}; {self.given} articles given, "
                             f"{self.found} lines found, {self.refused} refused")

    def feed(self, pipe, lines):
        try:
            with pipe:
                for line in lines:
                    pipe.write(line)
                    self.given += 1
        except BrokenPipeError:
            pass

    def watch(self, pid, started, ended):
        while not ended.wait(EVERY):
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:
                return
            found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)
            if found:
                self.memory.append((time.monotonic() - started, int(found[1]) * 1024 / 1e6))

    def part(self, number, parts):
        """The most memory in a part of the run's time."""
        end = self.memory[-1][0]
        within = [mb for at, mb in self.memory if end * number / parts <= at <= end * (number + 1) / parts]
        return max(within, default=0.0)


def leaks(program):
    """What valgrind says of each example: (command, bytes definitely lost, errors), and whether all is well."""
    rows, good = [], True
    for arguments in EXAMPLES:
        command = [program, "align", *arguments]
        run = subprocess.run([*VALGRIND, *command], cwd=ROOT / "examples" / "data", stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
        errors = re.search(r"ERROR SUMMARY: ([\d,]+) errors", run.stderr)
        if not errors:
            raise SystemExit(f"{' '.join(command)}: {run.stderr[-2000:]}")
        lost = re.search(r"definitely lost: ([\d,]+) bytes", run.stderr)
        # Where all is freed, it does not count what is lost.
        rows.append((" ".join(["bitext", "align", *arguments]), lost[1] if lost else "0", errors[1]))
        good &= run.returncode == 0 and errors[1] == "0"
    return rows, good


def main():
    parser = measuring.arguments(__doc__, "soak.md", "a fiftieth of the sentences")
    options = parser.parse_args()
    data = measuring.documents(SETS)
    if data is None:
        return
    program = measuring.program(options.bitext)
    articles = Articles(data)
    shorter = 50 if options.quick else 1
    page, missed = [], []
    say = page.append

    def target(name, wanted, value, met):
        if not met:
            missed.append(name)
        say(f"| {name} | {wanted} | {value} | {'met' if met else '**missed**'} |")

    long = Run(program, articles.lines(SENTENCES // shorter))
    compared = {name: Run(program, articles.lines(COMPARED // shorter), threads)
                for name, threads in (("first", None), ("second", None), ("1 thread", 1), ("2 threads", 2), ("4 threads", 4))}
    checked, sound = leaks(program) if shutil.which(VALGRIND[0]) else ([], None)

    say("# A long run\n")
    say("Written by `python3 reports/soak.py`.\n")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    say(f"Program: {version}; {os.cpu_count()} cores, shared with other work; default settings. "
        "`bitext align --jsonl` reads raw articles in three languages through a pipe. Each article is made of 8 to 40 random "
        "segments of one set, so no two are alike. The output is hashed, counted and discarded.\n")
    say("## Targets\n")
    say("| target | wanted | measured | verdict |\n| --- | --: | --: | --- |")
    least = SENTENCES // shorter
    target("sentences", f">= {least:,}", f"{long.sentences:,}", long.sentences >= least)
    first, last = long.part(0, 3), long.part(2, 3)
    target("memory in the last third, relative to the first", f"<= {GROWTH}", f"{last / first:.3f}", last <= GROWTH * first)
    target("outputs of two runs", "1", len({compared[name].digest for name in ("first", "second")}),
           compared["first"].digest == compared["second"].digest)
    threads = {run.digest for name, run in compared.items() if "thread" in name}
    target("outputs of 1, 2 and 4 threads", "1", len(threads | {compared["first"].digest}), threads == {compared["first"].digest})
    if sound is None:
        missed.append("leaks")
        say("| runs with leaks or memory errors | 0 | not run: no valgrind | **missed** |")
    else:
        target("runs with leaks or memory errors", 0, sum(row[2] != "0" for row in checked), sound)

    say("\n## The long run\n")
    say("| articles | sentences | seconds | processor seconds | sentences per second | sentences per processor second |\n| --: | --: | --: | --: | --: | --: |")
    say(f"| {long.found:,} | {long.sentences:,} | {long.seconds:.0f} | {long.cpu:.0f} | {long.sentences / long.seconds:,.0f} "
        f"| {long.sentences / long.cpu:,.0f} |\n")
    say(f"Resident memory was read {len(long.memory)} times, every {EVERY} seconds. The system reports a peak of "
        f"{long.peak:.0f} MB. The maximum in each tenth of the run, MB:\n")
    tenths = [f"{long.part(at, 10):.1f}" for at in range(10)]
    say("| " + " | ".join(map(str, range(1, 11))) + " |\n|" + " --: |" * 10)
    say("| " + " | ".join(tenths) + " |")
    say("\n## The same bytes\n")
    some = compared["first"]
    say(f"{some.found:,} articles, {some.sentences:,} sentences.\n")
    say("| run | seconds | peak memory, MB | SHA-256 of the output |\n| --- | --: | --: | --- |")
    for name, run in compared.items():
        say(f"| {name} | {run.seconds:.1f} | {run.peak:.0f} | `{run.digest[:16]}…` |")
    say("\n## Leaks\n")
    if sound is not None:
        version = subprocess.run([VALGRIND[0], "--version"], capture_output=True, text=True, check=True).stdout.strip()
        say(f"`{' '.join(VALGRIND)}` ({version}), the texts of `examples/data`:\n")
        say("| run | bytes definitely lost | errors |\n| --- | --: | --: |")
        for command, lost, errors in checked:
            say(f"| `{command}` | {lost} | {errors} |")
    else:
        say("not run: no valgrind")
    say("\n## Data\n")
    say("Public test sets, by SHA-256:\n")
    for name in SETS:
        say(f"* {name}.jsonl `{measuring.digest(data, name)}…`: {SOURCES[name]}")

    measuring.end(page, missed, options, "soak.md")


if __name__ == "__main__":
    main()
