"""Aligning many articles."""

from __future__ import annotations

import concurrent.futures
import json
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import bitext

from conftest import BRIDGE


def articles(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "id": number,
            "en": f"Ferry {number} is late. It leaves at noon.",
            "de": f"Fähre {number} hat Verspätung. Sie fährt mittags.",
        }


@pytest.mark.parametrize("threads", [1, 2, 7, None])
def test_results_are_in_order_whatever_the_number_of_threads(threads: int | None) -> None:
    results = list(bitext.align_many(articles(300), threads=threads))
    assert [result.id for result in results] == list(range(300))
    assert [result.to_json() for result in results] == [
        bitext.align(article).to_json() for article in articles(300)
    ]


def test_nothing_is_no_result() -> None:
    assert list(bitext.align_many([])) == []
    iterator = bitext.align_many(articles(1))
    assert next(iterator).id == 0
    for _ in range(3):
        with pytest.raises(StopIteration):
            next(iterator)


def test_articles_are_taken_as_they_are_needed() -> None:
    taken = 0

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for article in articles(1_000_000):
            taken += 1
            yield article

    iterator = bitext.align_many(endless(), threads=2)
    assert taken == 0
    for number in range(50):
        assert next(iterator).id == number
    assert 50 <= taken <= 50 + 2 * 16


def test_large_articles_are_few_at_a_time() -> None:
    taken = 0
    text = "The ferry is late. " * 1_000_000

    def endless() -> Iterator[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"en": [text], "de": ["Die Fähre hat Verspätung."]}

    assert len(next(bitext.align_many(endless(), threads=8))) == 1
    # 64 MiB are four texts of 19 MB.
    assert taken <= 4


def test_a_slow_source_does_not_hold_results_back() -> None:
    def slow() -> Iterator[dict[str, Any]]:
        for number, article in enumerate(articles(40)):
            if number >= 4:
                time.sleep(0.2)
            yield article

    start = time.monotonic()
    first = next(bitext.align_many(slow(), threads=2))
    assert first.id == 0 and time.monotonic() - start < 3


def test_keys_and_languages() -> None:
    [by_code] = bitext.align_many([{"en_US": BRIDGE["en"], "deu": BRIDGE["de"], "title": "Bridge", "uk": None}])
    assert by_code.languages == ["en", "de"]
    task = {"id": "a", "src_lang": "en", "tgt_lang": "fr", "src": ["One."], "tgt": ["Un."], "gold": []}
    [of_task] = bitext.align_many([task])
    assert (of_task.id, of_task.languages) == ("a", ["en", "fr"])
    row = {"text_en": "One.", "fr": "Un.", "de": "Eins.", "id": 3}
    [named] = bitext.align_many([row], languages={"en": "text_en", "fr": "fr"})
    assert (named.id, named.languages) == (3, ["en", "fr"])
    [listed] = bitext.align_many([row], languages=["de", "fr"])
    assert listed.languages == ["de", "fr"]
    [of_line] = bitext.align_many([json.dumps(row)], languages={"en": "text_en", "fr": "fr"})
    assert of_line == named


def test_lines_of_json_are_read_as_on_the_command_line() -> None:
    line = json.dumps({"id": 9, **BRIDGE})
    for item in (line, line + "\n", line.encode()):
        [result] = bitext.align_many([item])
        assert result == bitext.align(id=9, **BRIDGE)


def test_an_error_is_raised_in_its_turn_and_the_rest_follows() -> None:
    bad: list[Any] = [{"en": "One."}, "{", {"en": "One.", "de": 5}, 7, b"\xff"]
    items = [*articles(3), *bad, *articles(2)]
    iterator = bitext.align_many(items, threads=2)
    seen: list[object] = []
    while True:
        try:
            seen.append(next(iterator).id)
        except StopIteration:
            break
        except (bitext.Error, TypeError) as error:
            seen.append(type(error).__name__)
    expected = [0, 1, 2, "InputError", "InputError", "TypeError", "TypeError", "InputError", 0, 1]
    assert seen == expected
    returned = list(bitext.align_many(items, on_error="return", threads=3))
    kinds = [one.id if isinstance(one, bitext.Bitext) else type(one).__name__ for one in returned]
    assert kinds == expected


def test_an_error_names_its_item() -> None:
    items: list[Any] = [
        *articles(2), {"id": "b", "en": "One."}, '{"id": 7, "en": "One."}', 5, {"en": "x", "de": "y", "id": 1.5}
    ]
    returned = [one for one in bitext.align_many(items, on_error="return") if not isinstance(one, bitext.Bitext)]
    assert [getattr(error, "item") for error in returned] == [2, 3, 4, 5]
    assert [getattr(error, "article", None) for error in returned] == ["b", "7", None, None]
    if sys.version_info >= (3, 11):
        assert returned[0].__notes__ == ["item 2 of `articles`, with the id b"]


def test_threads_take_turns_with_an_iterator() -> None:
    def slow(texts: list[str]) -> list[list[float]]:
        time.sleep(0.001)
        return [[1.0, 0.0]] * len(texts)

    iterator = bitext.align_many(articles(60), threads=2, embedder=slow)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _: [result.id for result in iterator], range(4)))
    assert sorted(number for part in parts for number in part if isinstance(number, int)) == list(range(60))


def test_next_inside_of_next_is_an_error() -> None:
    def source() -> Iterator[dict[str, Any]]:
        yield from articles(1)
        next(iterator)

    iterator = bitext.align_many(source())
    assert next(iterator).id == 0
    with pytest.raises(RuntimeError, match="inside of a call"):
        next(iterator)


def test_an_error_of_the_source_comes_after_the_results_before_it() -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield from articles(5)
        raise OSError("the disk is gone")

    iterator = bitext.align_many(failing())
    assert [next(iterator).id for _ in range(5)] == list(range(5))
    with pytest.raises(OSError, match="the disk is gone"):
        next(iterator)
    with pytest.raises(StopIteration):
        next(iterator)


def test_an_iterator_can_be_dropped_at_any_time() -> None:
    before = threading.active_count()
    for _ in range(50):
        iterator = bitext.align_many(articles(1000), threads=3)
        next(iterator)
        del iterator
    assert threading.active_count() == before


def test_other_threads_of_python_run_meanwhile() -> None:
    """Alignment releases the lock of the interpreter."""
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    english = [f"Ferry {number} leaves at {number} o'clock." for number in range(1500)]
    german = [f"Fähre {number} fährt um {number} Uhr." for number in range(1500)]
    thread = threading.Thread(target=tick)
    thread.start()
    start = time.monotonic()
    bitext.align(en=english, de=german)
    seconds = time.monotonic() - start
    done.set()
    thread.join()
    assert ticks > 20 * seconds


def test_a_progress_bar_is_shown_on_request(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    assert len(list(bitext.align_many(list(articles(20)), progress=True))) == 20
    assert "20/20" in capfd.readouterr().err


def test_a_progress_bar_does_not_end_at_an_error() -> None:
    pytest.importorskip("tqdm")
    iterator = bitext.align_many([*articles(2), {"en": "One."}, *articles(2)], progress=True)
    assert [next(iterator).id for _ in range(2)] == [0, 1]
    with pytest.raises(bitext.InputError):
        next(iterator)
    assert [result.id for result in iterator] == [0, 1]
