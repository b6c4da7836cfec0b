"""Embedders and splitters of the caller."""

from __future__ import annotations

import json
import pickle
import re
import threading
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray

import bitext

from conftest import BRIDGE

EN, DE = BRIDGE["en"], BRIDGE["de"]


def by_package(texts: list[str], language: str) -> NDArray[numpy.float32]:
    """The vectors of the package's own model."""
    return bitext.embed(texts, language)


def digits(texts: list[str]) -> list[list[float]]:
    """Counts digits, which are the same in every language."""
    return [[float(text.count(digit)) for digit in "0123456789"] for text in texts]


class Encoder:
    """Has the interface of sentence-transformers, whose models can also be called with other inputs."""

    def __call__(self, features: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("not called with texts")

    def encode(self, texts: list[str], batch_size: int = 32) -> NDArray[numpy.float64]:
        return numpy.array(digits(texts))


def test_an_embedder_is_a_function_of_texts() -> None:
    calls: list[int] = []

    def counting(texts: list[str]) -> list[list[float]]:
        calls.append(len(texts))
        return digits(texts)

    aligner = bitext.Aligner(embedder=counting, embedder_name="digits-1")
    result = aligner.align(
        en=["It was founded in 1873.", "It has 250 rooms."], de=["Es wurde 1873 gegründet.", "Es hat 250 Zimmer."]
    )
    assert [row.shape for row in result] == ["1-1", "1-1"]
    assert result.fingerprint.startswith("python:digits-1 ")
    assert len(calls) >= 3


def test_a_function_may_take_the_language() -> None:
    own = bitext.align(en=EN, de=DE, embedder=by_package)
    assert [row.sentences for row in own] == [row.sentences for row in bitext.align(en=EN, de=DE)]
    assert own.fingerprint.startswith("python:test_own_parts.by_package ")


def test_an_object_with_encode_is_an_embedder() -> None:
    aligner = bitext.Aligner(embedder=Encoder())
    assert aligner.fingerprint.startswith("python:test_own_parts.Encoder ")
    assert aligner.align(en=["Room 12."], de=["Zimmer 12."])[0].shape == "1-1"
    assert aligner.embed(["Room 12."], "en").shape == (1, 10)
    assert numpy.linalg.norm(aligner.embed("Room 12.", "en")) > 0


def test_threads_share_an_embedder() -> None:
    rows = [{"id": n, "en": [f"Room {n}.", "Yes 99."], "de": [f"Zimmer {n}.", "Ja 99."]} for n in range(60)]
    results = list(bitext.align_many(rows, threads=4, embedder=digits))
    assert [result.id for result in results] == list(range(60))
    assert all(len(result) == 2 for result in results)


def test_functions_run_on_the_thread_that_asks(tmp_path: Any) -> None:
    threads: set[int] = set()

    def embed(texts: list[str], language: str) -> NDArray[numpy.float32]:
        threads.add(threading.get_ident())
        return bitext.embed(texts, language)

    def split(text: str) -> list[str]:
        threads.add(threading.get_ident())
        return text.split("\n")

    aligner = bitext.Aligner(embedder=embed, splitter=split)
    # Long articles, and builds, are aligned on other threads.
    english = [f"Ferry {number} leaves at {number} o'clock, and nobody waits for it." for number in range(1200)]
    german = [f"Fähre {number} fährt um {number} Uhr, und niemand wartet auf sie." for number in range(1200)]
    assert len(aligner.align(en=english, de=german)) == 1200
    assert len(list(aligner.align_many([{"en": "One 1.", "de": "Eins 1."}] * 50, threads=3))) == 50
    assert len(bitext.pair([("en", EN), ("de", DE)], aligner=aligner)) == 1
    assert aligner.embed(english, "en").shape == (1200, 256)
    assert bitext.build("examples/data", tmp_path / "out", aligner=aligner, threads=2)["groups"] == 2
    assert threads == {threading.get_ident()}


def test_known_languages_prevent_or_cause_a_warning() -> None:
    aligner = bitext.Aligner(embedder=digits, embedder_name="digits", embedder_languages=["en", "fr"])
    assert aligner.align(en="Room 12.", fr="Chambre 12.").warnings == []
    [warning] = aligner.align(en="Room 12.", de="Zimmer 12.").warning_details
    assert (warning["kind"], warning["known"]) == ("language_not_in_model", ["en", "fr"])


@pytest.mark.parametrize(
    ("result", "kind", "message"),
    [
        (lambda texts: [[0.0, 1.0]], bitext.VectorError, "expected 3 vectors of dimension 2, got 1"),
        (lambda texts: [1.0] * len(texts), bitext.VectorError, "an array of shape"),
        (lambda texts: [[[1.0]]], bitext.VectorError, "an array of shape"),
        (lambda texts: [[float("nan")]] * len(texts), bitext.VectorError, "not finite"),
        (lambda texts: [[float("inf")]] * len(texts), bitext.VectorError, "not finite"),
        (lambda texts: None, bitext.VectorError, "an array of shape"),
        (lambda texts: ["a"] * len(texts), bitext.EmbedderError, "could not convert string to float"),
        (lambda texts: 1 / 0, bitext.EmbedderError, "the embedder failed: ZeroDivisionError"),
    ],
)
def test_wrong_vectors_are_errors(result: Any, kind: type[bitext.Error], message: str) -> None:
    def embed(texts: list[str]) -> Any:
        # The first call learns the dimension; the second ones are the background and the sentences.
        return result(texts) if "Room 12." in texts else [[1.0, 0.0]] * len(texts)

    aligner = bitext.Aligner(embedder=embed)
    with pytest.raises(kind, match=message):
        aligner.align(en=["Room 12.", "Two.", "Three."], de=["Room 12."])


def test_the_exception_of_a_function_is_the_cause() -> None:
    def fail(texts: list[str]) -> Any:
        raise RuntimeError("out of memory")

    with pytest.raises(bitext.EmbedderError, match="the embedder failed: RuntimeError: out of memory") as first:
        bitext.Aligner(embedder=fail)
    assert isinstance(first.value.__cause__, RuntimeError) and first.value.kind == "embedder"

    def late(texts: list[str]) -> Any:
        return fail(texts) if len(texts) > 1 else [[1.0]]

    with pytest.raises(bitext.EmbedderError) as caught:
        bitext.align(en=["One."], de=["Eins."], embedder=late)
    assert isinstance(caught.value.__cause__, RuntimeError) and caught.value.kind == "embedder"


def test_an_exception_that_is_no_error_is_passed_on() -> None:
    def interrupted(texts: list[str]) -> Any:
        if len(texts) == 1:
            return [[1.0]]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bitext.align(en=["One."], de=["Eins."], embedder=interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(bitext.align_many([{"en": ["One."], "de": ["Eins."]}], embedder=interrupted, on_error="return"))


def test_embed_checks_and_scales_own_vectors() -> None:
    results: list[Any] = [[[3.0, 4.0]]]
    aligner = bitext.Aligner(embedder=lambda texts: results[-1])
    assert aligner.embed(["One."], "en").tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]
    assert aligner.embed([], "en").shape == (0, 2)
    wrong: list[tuple[Any, type[bitext.Error], str]] = [
        ([[1.0, 2.0]] * 2, bitext.VectorError, "returned 2 vectors of dimension 2 for 1 texts"),
        ([[1.0]], bitext.VectorError, "returned 1 vectors of dimension 1 for 1 texts"),
        ([[float("nan"), 1.0]], bitext.VectorError, "not finite"),
        ([["a", "b"]], bitext.EmbedderError, "the embedder failed: ValueError"),
    ]
    for result, kind, message in wrong:
        results.append(result)
        with pytest.raises(kind, match=message):
            aligner.embed("One.", "en")


def test_an_aligner_is_kept_for_equal_settings() -> None:
    calls: list[list[str]] = []

    def embed(texts: list[str]) -> list[list[float]]:
        calls.append(texts)
        return digits(texts)

    background = {"mean": 0.1, "deviation": 0.2}
    for _ in range(3):
        result = bitext.align(
            en=["One 1."], de=["Eins 1."], embedder=embed, embedder_languages=["en", "de"], background=background,
            settings={"max_side": 3},
        )
    # The first call is that of the class, which learns the dimension.
    assert len(result) == 1 and calls.count(calls[0]) == 1
    # 4.0 is no number of sentences, and 1 is not True, whatever was kept before.
    bitext.align(en="One.", de="Eins.", max_side=4, crossing=True)
    with pytest.raises(bitext.SettingsError, match="`max_side`: must be a whole number"):
        bitext.align(en="One.", de="Eins.", max_side=4.0)
    with pytest.raises(bitext.SettingsError, match="`crossing`: must be True or False, not the int"):
        bitext.align(en="One.", de="Eins.", max_side=4, crossing=1)


def lines(text: str) -> list[str]:
    return text.split("\n")


def test_a_splitter_returns_sentences_or_spans() -> None:
    texts = {"en": "one. two\nthree – four", "de": "eins. zwei\ndrei – vier"}

    def spans(text: str, language: str) -> list[tuple[int, int]]:
        assert language in texts
        return [(found.start(), found.end()) for found in re.finditer("[^\n]+", text)]

    for splitter in (lines, spans):
        result = bitext.align(splitter=splitter, **texts)
        assert result.sentences == {code: text.split("\n") for code, text in texts.items()}
        assert result.texts == texts
        assert "gaps" in result.to_json()
        [many] = bitext.align_many([texts], splitter=splitter)
        assert many == result


def test_a_splitter_is_used_for_files_and_not_for_lists(tmp_path: Any) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one. two\nthree", encoding="utf-8")
    result = bitext.align(en=path, de=["eins. zwei\ndrei"], splitter=lines)
    assert result.sentences == {"en": ["one. two", "three"], "de": ["eins. zwei\ndrei"]}
    assert str(path) in result.to_json()


@pytest.mark.parametrize(
    ("sentences", "kind", "message"),
    [
        (["One.", "absent"], bitext.InputError, "sentence 1 is not in the text after the one before"),
        (["Two.", "One."], bitext.InputError, "sentence 1 is not in the text"),
        ([(0, 4), (2, 5)], bitext.InputError, "sentence 1 has a span"),
        ([(0, 99)], bitext.InputError, "sentence 0 has a span"),
        ([(4, 0)], bitext.InputError, "sentence 0 has a span"),
        ("One.", TypeError, "the result of `splitter` must be a list of sentences .*, not str"),
        (None, TypeError, "the result of `splitter` must be a list of sentences .*, not NoneType"),
        ([(0, 1.5)], TypeError, r"a span from `splitter` must be a tuple of two ints, not \(0, 1.5\)"),
        ([5], TypeError, "the result of `splitter` must be texts, or tuples"),
        ([(-1, 2)], bitext.InputError, "sentence 0 has a span that is not within the text"),
        (5, TypeError, "the result of `splitter` must be a list of sentences .*, not int"),
    ],
)
def test_wrong_sentences_are_errors(sentences: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        bitext.align(en="One. Two.", de="Eins.", splitter=lambda text: sentences if "One" in text else [text])


def test_an_exception_of_a_splitter_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        bitext.align(en="One.", de="Eins.", splitter=lambda text: 1 / 0)


def test_an_aligner_with_functions_can_be_pickled() -> None:
    aligner = bitext.Aligner(embedder=by_package, splitter=lines, crossing=True, temperature=0.9)
    copy = pickle.loads(pickle.dumps(aligner))
    assert copy.fingerprint == aligner.fingerprint
    assert copy.align(en=EN, de=DE) == aligner.align(en=EN, de=DE)
    assert repr(bitext.Aligner(crossing=True)) == "Aligner(crossing=True)"


def test_a_splitter_splits_lines_of_json() -> None:
    line = json.dumps({"id": 3, "en": "one. two\nthree", "de": ["eins. zwei\ndrei"]})
    [result] = bitext.align_many([line], splitter=lines)
    assert result.id == 3
    assert result.sentences == {"en": ["one. two", "three"], "de": ["eins. zwei\ndrei"]}


def test_align_many_continues_after_an_interrupt_in_an_embedder() -> None:
    interrupts = iter([True])

    def embed(texts: list[str], language: str) -> NDArray[numpy.float32]:
        if "Room 5." in texts and next(interrupts, False):
            raise KeyboardInterrupt
        return bitext.embed(texts, language)

    rows = [{"id": n, "en": [f"Room {n}."], "de": [f"Zimmer {n}."]} for n in range(60)]
    results = bitext.align_many(rows, threads=4, on_error="return", embedder=embed)
    found: list[Any] = []
    interrupted = 0
    while True:
        try:
            found.append(next(results))
        except KeyboardInterrupt:
            interrupted += 1
        except StopIteration:
            break
    assert (interrupted, len(found)) == (1, 60)
    assert [one.article for one in found if isinstance(one, bitext.Error)] == ["5"]
