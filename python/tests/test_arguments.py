"""Arguments of every function: an error names its parameter, and None is the default."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bitext
from bitext import _native

from conftest import BRIDGE

TASK = {"id": 1, "src": ["One.", "Two."], "tgt": ["Eins."], "gold": [[[0], [0]]]}
PREDICTED = {"id": 1, "beads": [[[0], [0]]]}
PAIRS = [("See page 3.", "Siehe Seite 3."), ("See page 3.", "Siehe Seite 4."), ("It rained.", "It rained.")]
ROWS = [{"en": english, "de": german} for english, german in PAIRS]
ARTICLES = [{"lang": code, "text": text} for code, text in BRIDGE.items()]

RESULT = bitext.align(id=1, **BRIDGE)

# Functions with the arguments that they need.
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Aligner": (bitext.Aligner, {}),
    "align": (bitext.align, BRIDGE),
    "align_many": (lambda articles, **rest: list(bitext.align_many(articles, **rest)), {"articles": [BRIDGE]}),
    "split": (bitext.split, {"text": "It rained all day. The roads are closed, and nobody comes to the market."}),
    "embed": (bitext.embed, {"texts": ["It rained."], "language": "en"}),
    "Aligner.embed": (bitext.Aligner().embed, {"texts": ["It rained."], "language": "en"}),
    "pair": (bitext.pair, {"articles": ARTICLES}),
    "filter": (bitext.filter, {"rows": ROWS}),
    "mark": (bitext.mark, {"rows": ROWS}),
    "score": (bitext.score, {"gold": [TASK], "predicted": [PREDICTED]}),
    "report": (bitext.report, {"bitexts": [RESULT]}),
    "build": (bitext.build, {"inputs": "examples/data", "folder": "unused"}),
    "from_json": (bitext.Bitext.from_json, {"line": RESULT.to_json()}),
    "rows": (RESULT.rows, {}),
    "spans": (RESULT.spans, {"language": "en"}),
    "beads": (RESULT.beads, {"source": "en", "target": "de"}),
    "explain": (RESULT.explain, {"index": 0}),
    "to_json": (RESULT.to_json, {}),
    "to_tsv": (RESULT.to_tsv, {}),
    "to_tmx": (RESULT.to_tmx, {}),
    "to_dict": (RESULT.to_dict, {}),
    "to_vecalign": (RESULT.to_vecalign, {"source": "en", "target": "de"}),
    "to_ladder": (RESULT.to_ladder, {"source": "en", "target": "de"}),
}

# The parameters of functions that others of theirs hide.
HIDDEN = {
    "align_many": inspect.signature(bitext.align_many),
    "Aligner": inspect.Signature(),
    "align": inspect.Signature(),
}
ALIGNER = ["model", "embedder", "embedder_name", "embedder_languages", "splitter", "splitter_name", "newlines"]
SETTINGS: dict[str, list[str]] = {
    "Aligner": [*ALIGNER, *bitext.Aligner().settings, "weights", "settings"],
    "align": ["id", "crossing", "model", "settings"],
    "align_many": ["max_side", "weights", "settings"],
    "pair": ["neighbours", "min_margin", "max_days", "exact_articles"],
    "filter": ["max_length_ratio", "min_confidence", "exact", "near"],
    "mark": ["max_words", "near"],
    "build": ["pairing", "filter", "duplicates", "sets", "output", "align", "input", "card"],
}


def parameters() -> list[tuple[str, str]]:
    """Each function with each of its parameters."""
    found = []
    for name, (function, _) in CALLS.items():
        signature = HIDDEN.get(name) or inspect.signature(function)
        kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        own = [one for one, parameter in signature.parameters.items() if parameter.kind not in kinds]
        found += [(name, one) for one in [*own, *SETTINGS.get(name, [])]]
    return found


class Strange:
    """A value of a type that no parameter takes."""

    def __repr__(self) -> str:
        return "strange"


@pytest.mark.parametrize(("name", "parameter"), parameters())
def test_an_error_of_a_type_names_its_parameter(name: str, parameter: str) -> None:
    function, needed = CALLS[name]
    more: dict[str, Any] = {}
    if parameter == "embedder_name" or parameter == "embedder_languages":
        more["embedder"] = lambda texts: [[1.0, 0.0]] * len(texts)
    if parameter == "splitter_name":
        more["splitter"] = lambda text: [text]
    with pytest.raises((TypeError, bitext.SettingsError)) as caught:
        function(**{**needed, **more, parameter: Strange()})
    # PyO3 names parameters between other quotes.
    message = str(caught.value)
    assert f"`{parameter}`" in message or f"'{parameter}'" in message
    assert "Strange" in message or "strange" in message


@pytest.mark.parametrize(("name", "parameter"), parameters())
def test_none_is_the_default(name: str, parameter: str, tmp_path: Path) -> None:
    function, needed = CALLS[name]
    needed = {**needed, "folder": tmp_path / "first"} if name == "build" else needed
    if parameter in needed:
        return
    more = {**needed, "folder": tmp_path / "second"} if name == "build" else needed
    default, given = function(**needed), function(**{**more, parameter: None})
    if name == "Aligner":
        assert given.settings == default.settings and given.fingerprint == default.fingerprint
    elif parameter == "id":
        assert given.id is None
    elif name in ("embed", "Aligner.embed"):
        assert (given == default).all()
    elif name == "explain":
        assert str(given) == str(default)
    else:
        assert given == default


def test_none_in_a_section_is_the_default(tmp_path: Path) -> None:
    sections: list[dict[str, Any]] = [
        {"pairing": {"max_days": None, "min_coverage": None}},
        {"filter": {"max_length_ratio": None}, "duplicates": {"near": None}},
        {"align": {"crossing": None, "newlines": None}, "sets": None, "settings": {"card": {"name": None}}},
    ]
    bitext.build("examples/data", tmp_path / "out")
    for one in sections:
        assert bitext.build("examples/data", tmp_path / "out", **one)["status"] == "already complete"
    aligner = bitext.Aligner(newlines="never")
    first = bitext.build("examples/data", tmp_path / "never", aligner=aligner)
    again = bitext.build("examples/data", tmp_path / "never", aligner=aligner, align={"newlines": None})
    assert (first["status"], again["status"]) == ("built", "already complete")


def test_a_name_is_checked_although_its_value_is_none() -> None:
    with pytest.raises(bitext.SettingsError, match="unknown setting `crosing`"):
        bitext.Aligner(crosing=None)  # type: ignore[call-arg]
    with pytest.raises(bitext.SettingsError, match="unknown setting `max_wrods`"):
        bitext.filter([], max_wrods=None)
    with pytest.raises(bitext.SettingsError, match="unknown setting `min_coverag`"):
        bitext.pair([], min_coverag=None)
    with pytest.raises(bitext.SettingsError, match="unknown setting `pairings`"):
        bitext.build([], "out", pairings=None)
    with pytest.raises(bitext.SettingsError, match="`pairing.min_coverag`: unknown setting"):
        bitext.build([], "out", pairing={"min_coverag": None})


def test_words_for_other_meanings() -> None:
    """What None does not mean: off is False, and a missing version is an article that is None."""
    found = bitext.filter(ROWS)
    assert found.counts["kept"] == 1
    assert bitext.filter(ROWS, max_number_mismatch=None) == found
    assert bitext.filter(ROWS, max_number_mismatch=False).counts["kept"] == 2
    twice = [*ROWS[:1], *ROWS[:1]]
    assert bitext.filter(twice, exact=None).counts["kept"] == 1
    assert bitext.filter(twice, exact=False).counts["kept"] == 2
    for texts in ({**BRIDGE, "uk": None}, {**BRIDGE, "uk": None, "fr": None}):
        assert bitext.align(texts).languages == bitext.align(**texts).languages == ["en", "de"]


def test_every_public_function_is_tested_here() -> None:
    functions = {name for name in bitext.__all__ if inspect.isfunction(getattr(bitext, name))}
    methods = {name for name in vars(_native.Bitext) if callable(getattr(RESULT, name)) and name[0] != "_"}
    # Their parameters are those of `to_dict`.
    methods -= {"to_pandas", "to_polars", "to_arrow"}
    assert functions | methods <= set(CALLS)


def test_settings_are_passed_on_whatever_they_are(tmp_path: Path) -> None:
    """The package has no list of its own of the settings of pairing, filters and builds."""
    settings: dict[str, Any] = {
        "pairing": {"max_contradicted": 1.0, "exact_articles": 5},
        "filter": {"max_length_ratio": 3.5, "min_characters": False},
        "duplicates": {"exact": "either", "near": False},
        "output": {"formats": ["tsv"], "keep_rejected": True},
        "card": {"name": "Ferries", "sources": ["samples"]},
        "input": {"max_article_bytes": 1_000_000},
    }
    assert bitext.build("examples/data", tmp_path / "out", settings=settings)["status"] == "built"
    assert "Ferries" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert bitext.build("examples/data", tmp_path / "out", **settings)["status"] == "already complete"
