"""Interrupts, processes, threads and memory."""

from __future__ import annotations

import concurrent.futures
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bitext

from conftest import BRIDGE, FERRY

# From the signal to the exception.
MAX_SECONDS = 0.5

def ferries(count: int) -> dict[str, list[str]]:
    return {
        "en": [f"Ferry {number} leaves at {number} o'clock." for number in range(count)],
        "uk": [f"Пором {number} відпливає о {number} годині." for number in range(count)],
        "de": [f"Fähre {number} fährt um {number} Uhr." for number in range(count)],
    }


LONG = ferries(2900)
# Some seconds of work.
LONGER = ferries(12_000)


# Few bytes, and more than a second of work. It goes on in the background after the interrupt, for not too long.
SHORT = {code: [letter] * 7_000 for code, letter in (("en", "a"), ("de", "b"))}


def endless() -> Iterator[dict[str, Any]]:
    while True:
        yield LONG


def many_articles(folder: Path) -> Path:
    """A file of articles that takes seconds to build."""
    path = folder / "articles.jsonl"
    with open(path, "w", encoding="utf-8") as file:
        for number in range(4000):
            for code, text in (("en", "Ferry {} is late. Captain {} waits."), ("de", "Fähre {} hat Verspätung.")):
                file.write(f'{{"id": "{number}", "lang": "{code}", "text": "{text.replace("{}", str(number))}"}}\n')
    return path


def long_work(name: str, folder: Path) -> Callable[[], object]:
    def embed_slowly(texts: list[str]) -> list[list[float]]:
        time.sleep(0.05 * len(texts) if len(texts) > 700 else 0)
        return [[1.0, 0.0]] * len(texts)

    slow = bitext.Aligner(embedder=embed_slowly)
    calls: dict[str, Callable[[], object]] = {
        "align": lambda: bitext.align(LONGER),
        "align_many": lambda: list(bitext.align_many(endless())),
        "explain": lambda: bitext.Bitext.from_json(bitext.align(id=1, **BRIDGE).to_json()) and [
            bitext.align(LONGER).explain(0) for _ in range(3)
        ],
        "split": lambda: bitext.split("Dr. Smith came. He left at noon. " * 4_000_000, "en"),
        "embed": lambda: bitext.embed(LONG["uk"] * 400, "uk"),
        "pair": lambda: bitext.pair([(code, text) for code in ("en", "de") for text in LONG[code] * 2]),
        "filter": lambda: bitext.filter(zip(LONG["en"] * 1000, LONG["de"] * 1000), languages=["en", "de"]),
        "build": lambda: bitext.build(many_articles(folder), folder / "out"),
        "own embedder": lambda: slow.align(LONG),
        "short sentences": lambda: bitext.align(SHORT),
    }
    return calls[name]


@pytest.mark.parametrize(
    "name",
    ["short sentences", "align", "align_many", "explain", "split", "embed", "pair", "filter", "build", "own embedder"],
)
def test_control_c_stops_work_within_half_a_second(name: str, tmp_path: Path) -> None:
    work = long_work(name, tmp_path)
    sent: list[float] = []

    def send() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(1.0, send)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
        stopped = time.monotonic()
    finally:
        timer.cancel()
        timer.join()
    assert stopped - sent[0] < MAX_SECONDS


UNFINISHED = """
import os, signal, sys, threading, time
import bitext

def embed(texts):
    if len(texts) > 700:
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
        time.sleep(60)
    return [[1.0, 0.0]] * len(texts)

aligner = bitext.Aligner(embedder=embed)
texts = {"en": ["Ferry 1 is late and nobody waits for it, as on every other day of the year."] * 1000, "de": ["Spät."]}
unfinished = aligner.align_many([{"en": "One.", "de": "Eins."}] * 500, threads=3)
next(unfinished)
try:
    aligner.align(texts) if sys.argv[1] == "align" else list(aligner.align_many([texts] * 3))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("call", ["align", "align_many"])
def test_the_interpreter_exits_cleanly_with_unfinished_work(call: str) -> None:
    done = subprocess.run([sys.executable, "-c", UNFINISHED, call], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


def test_an_interrupted_build_continues(tmp_path: Path) -> None:
    articles = many_articles(tmp_path)

    def interrupt(event: dict[str, Any]) -> None:
        if event["event"] == "advanced" and event["stage"] == "align":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bitext.build(articles, tmp_path / "out", on_event=interrupt)
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + 30
    while True:
        # The stopped build may hold its folder for a moment.
        try:
            bitext.build(articles, tmp_path / "out", on_event=events.append)
            break
        except bitext.BuildError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert any(event.get("resumed") for event in events)


def table_of(number: int) -> str:
    texts = {code: path.read_text(encoding="utf-8") for code, path in FERRY.items()}
    results = list(bitext.align_many([{"id": number, **texts}] * 3, threads=2))
    return results[number % 3].to_json()


def align_in_child(number: int) -> bitext.Bitext:
    return bitext.align(id=number, **BRIDGE)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_every_kind_work(method: str) -> None:
    # The parent has used threads and the model before the fork.
    expected = [table_of(number) for number in range(6)]
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        assert pool.map_async(table_of, range(6)).get(timeout=60) == expected
        results = pool.map_async(align_in_child, range(6)).get(timeout=60)
        assert [result.id for result in results] == list(range(6))
        errors = pool.map_async(bitext.Bitext.from_json, ["{}"])
        with pytest.raises(bitext.InputError, match="missing field"):
            errors.get(timeout=60)


def next_in_child(connection: Any, iterator: Any) -> None:
    try:
        next(iterator)
    except ValueError as error:
        connection.send(str(error))


def test_an_iterator_does_not_hang_in_a_forked_child() -> None:
    iterator = bitext.align_many([BRIDGE] * 100, threads=2)
    next(iterator)
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=next_in_child, args=(theirs, iterator))
    child.start()
    assert ours.poll(30) and "belongs to the process that made it" in ours.recv()
    child.join(30)
    assert child.exitcode == 0
    assert len(list(iterator)) == 99


@pytest.mark.parametrize(
    "pool", [concurrent.futures.ThreadPoolExecutor, concurrent.futures.ProcessPoolExecutor]
)
def test_executors_work(pool: Any) -> None:
    with pool(4) as executor:
        results = list(executor.map(table_of, range(12), timeout=120))
    assert results == [table_of(number) for number in range(12)]


def test_an_aligner_is_shared_by_threads() -> None:
    aligner = bitext.Aligner(crossing=True)
    expected = aligner.align(**BRIDGE)
    with concurrent.futures.ThreadPoolExecutor(8) as executor:
        assert all(executor.map(lambda _: aligner.align(**BRIDGE) == expected, range(400)))


def resident_bytes() -> int:
    gc.collect()
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def one_of_each(number: int) -> None:
    result = bitext.align(id=number, en=f"Ferry {number} is late.", de=f"Fähre {number} hat Verspätung.")
    result.to_json()
    result.to_arrow()
    result.to_dict()
    result.to_tsv()
    dict(result[0])
    str(result)
    bitext.split(f"Ferry {number} is late. Nobody waits.", "en")
    bitext.embed(f"Ferry {number} is late.", "en")
    bitext.filter([("a", "b")], languages=["en", "de"])
    for bad in ({"en": 5, "de": ""}, {"en": "a"}, {"en": "a", "de": "b", "max_side": 99}):
        with pytest.raises((bitext.Error, TypeError)):
            bitext.align(**bad)


def test_memory_is_flat_over_many_small_calls() -> None:
    """BITEXT_CALLS is the number of rounds; a round has a dozen calls."""
    rounds = int(os.environ.get("BITEXT_CALLS", 4000))
    for number in range(rounds // 4):
        one_of_each(number)
    before = resident_bytes()
    for number in range(rounds):
        one_of_each(number)
    assert resident_bytes() - before < 4 << 20


def test_memory_is_flat_over_many_articles() -> None:
    texts = {code: path.read_text(encoding="utf-8") for code, path in FERRY.items()}
    count = int(os.environ.get("BITEXT_ARTICLES", 1200))
    before = 0
    for number, result in enumerate(bitext.align_many((texts for _ in range(count)), threads=2)):
        assert len(result) > 10
        if number == count // 4:
            before = resident_bytes()
    assert resident_bytes() - before < 8 << 20
