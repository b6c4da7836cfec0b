"""Results: bitexts, rows, explanations, and their conversion."""

from __future__ import annotations

import html.parser
import json
import pickle
from typing import Any

import numpy
import pandas
import polars
import pyarrow  # type: ignore[import-untyped]
import pytest

import bitext

from conftest import BRIDGE, FERRY


@pytest.fixture(scope="module")
def ferry() -> bitext.Bitext:
    return bitext.align(id="ferry", **{code: path.read_text(encoding="utf-8") for code, path in FERRY.items()})


def test_a_bitext_is_a_sequence_of_rows(ferry: bitext.Bitext) -> None:
    rows = list(ferry)
    assert len(rows) == len(ferry)
    assert ferry[-1] == rows[-1] == ferry[len(ferry) - 1]
    assert ferry[1:3] == rows[1:3] and ferry[::-2] == rows[::-2] and ferry[5:2] == []
    assert [row.index for row in ferry] == list(range(len(ferry)))
    with pytest.raises(IndexError, match=f"row {len(ferry)} of a bitext with {len(ferry)} rows"):
        ferry[len(ferry)]
    with pytest.raises(IndexError):
        ferry[-len(ferry) - 1]
    with pytest.raises(TypeError, match="the `index` of a row must be an int or a slice, not str"):
        ferry["en"]  # type: ignore[call-overload]


def test_rows_are_selected() -> None:
    result = bitext.align(**BRIDGE)
    assert [row.is_null for row in result] == [False, False, True]
    assert result.rows() == result[:2]
    assert result.rows(nulls=True) == result[:]
    assert result.rows(min_confidence=1.0) == []


def test_a_table_is_no_iterable_of_rows(ferry: bitext.Bitext) -> None:
    """It iterates over the names of its columns."""
    kept = bitext.filter(ferry).counts
    frames: list[tuple[Any, Any]] = [
        (ferry.to_pandas(), ferry.to_pandas().to_dict("records")),
        (ferry.to_polars(), ferry.to_polars().to_dicts()),
    ]
    for frame, rows in frames:
        with pytest.raises(TypeError, match=r"`rows` must be .* not a DataFrame: give its rows, `frame.to_dict"):
            bitext.filter(frame)
        with pytest.raises(TypeError, match="`articles` must be .* not a DataFrame"):
            bitext.align_many(frame)
        assert bitext.filter(rows).counts == kept


def test_a_row_is_a_mapping_of_texts() -> None:
    result = bitext.align(**BRIDGE)
    null = result[2]
    assert dict(null) == {"en": "Share this post:", "uk": None, "de": None}
    assert null.texts == {"en": "Share this post:"}
    assert (null.get("de"), null.get("fr", "-"), "fr" in null, "de" in null) == (None, "-", False, True)
    assert list(null) == null.keys() == ["en", "uk", "de"]
    with pytest.raises(KeyError, match="fr"):
        null["fr"]
    assert repr(result[0]).startswith("Row(en='The bridge is closed.', uk='Міст зачинено.', de='Die")


def test_texts_of_rows_are_on_one_line() -> None:
    result = bitext.align(en=["The bridge\n\tis closed."], de=["Die Brücke ist  gesperrt."])
    assert (result[0]["en"], result[0]["de"]) == ("The bridge is closed.", "Die Brücke ist  gesperrt.")


def test_spans_count_characters(ferry: bitext.Bitext) -> None:
    for code in ferry.languages:
        text = ferry.texts[code]
        assert [text[start:end] for start, end in ferry.spans(code)] == ferry.sentences[code]


def test_beads_may_be_finer_than_rows(ferry: bitext.Bitext) -> None:
    wire = json.loads(ferry.to_json())
    beads = [
        (tuple(bead["en"]), tuple(bead["uk"]), bead["score"], bead["confidence"])
        for bead in wire["pairs"]["en-uk"]
    ]
    assert ferry.beads("en", "uk") == beads and beads
    assert [(bead[1], bead[0]) for bead in ferry.beads("uk", "en")] == [bead[:2] for bead in beads]


def test_numbers_are_those_of_the_json(ferry: bitext.Bitext) -> None:
    units = json.loads(ferry.to_json())["units"]
    assert [row.confidence for row in ferry] == [unit["confidence"] for unit in units]
    assert [row.score for row in ferry] == [unit["score"] for unit in units]


def test_json_and_pickle_lose_nothing(ferry: bitext.Bitext) -> None:
    for copy in (bitext.Bitext.from_json(ferry.to_json()), pickle.loads(pickle.dumps(ferry))):
        assert copy == ferry and hash(copy) == hash(ferry)
        assert copy.to_json() == ferry.to_json()
        assert str(copy.explain(0)) == str(ferry.explain(0))
    assert bitext.align(**BRIDGE) != ferry


def test_outputs_are_filtered(ferry: bitext.Bitext) -> None:
    limit = 0.95
    sure = ferry.rows(min_confidence=limit)
    assert 0 < len(sure) < len(ferry.rows())
    assert len(ferry.to_tsv(min_confidence=limit).splitlines()) == len(sure) + 1
    assert ferry.to_tmx(min_confidence=limit).count("<tu>") == len(sure)
    assert json.loads(ferry.to_json(min_confidence=limit))["min_confidence"] == limit
    assert len(ferry.to_tsv(nulls=True).splitlines()) == len(ferry) + 1
    beads = ferry.to_tsv(pairs=["en-uk", ("uk", "de")]).splitlines()
    assert len(beads) == len(ferry.beads("en", "uk")) + len(ferry.beads("uk", "de")) + 1
    assert list(json.loads(ferry.to_json(pairs="en-de"))["pairs"]) == ["en-de"]


def test_the_columns_are_the_same_everywhere(ferry: bitext.Bitext) -> None:
    columns = ferry.to_dict(nulls=True)
    assert list(columns) == ["document", "unit", "en", "uk", "de", "score", "confidence"]
    assert columns["document"] == ["ferry"] * len(ferry)
    assert columns["en"] == [row["en"] for row in ferry]
    frame = ferry.to_pandas(nulls=True)
    assert isinstance(frame, pandas.DataFrame) and list(frame) == list(columns)
    assert frame["confidence"].tolist() == columns["confidence"]
    assert frame["de"].isna().sum() == sum(row["de"] is None for row in ferry)
    table = ferry.to_arrow(nulls=True)
    assert isinstance(table, pyarrow.Table) and table.column_names == list(columns)
    assert table.column("uk").to_pylist() == columns["uk"]
    assert numpy.array_equal(table.column("score"), numpy.array(columns["score"], "float32"))
    polar = ferry.to_polars(nulls=True)
    assert isinstance(polar, polars.DataFrame) and polar.columns == list(columns)
    assert polar["unit"].to_list() == columns["unit"]


def test_other_libraries_take_a_bitext_by_the_arrow_interface(ferry: bitext.Bitext) -> None:
    table = pyarrow.table(ferry)
    assert table.num_rows == len(ferry.rows())
    assert table.schema == pyarrow.schema(ferry)
    assert polars.DataFrame(ferry).equals(ferry.to_polars())
    reader = pyarrow.RecordBatchReader.from_stream(ferry)
    assert reader.read_all().equals(table)
    # A stream that nobody reads is freed with its capsule.
    assert "arrow_array_stream" in repr(ferry.__arrow_c_stream__())


def test_arrow_texts_outlive_the_bitext() -> None:
    table = bitext.align(**BRIDGE).to_arrow()
    assert table.column("en").to_pylist() == ["The bridge is closed.", "Nobody was hurt in the storm."]


def test_vecalign_and_ladder() -> None:
    result = bitext.align(en=BRIDGE["en"], de=BRIDGE["de"])
    assert result.to_vecalign("en", "de").splitlines()[0] == "[0]:[0]"
    assert result.to_ladder("en", "de").startswith("0\t0\t")


class Cells(html.parser.HTMLParser):
    """The texts of the cells of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_shows_texts_as_texts() -> None:
    result = bitext.align(en=["<b>Sale</b> & \"more\""], de=["<b>Verkauf</b> & „mehr“"])
    page = result._repr_html_()
    assert "<b>" not in page
    cells = Cells()
    cells.feed(page)
    assert {"<b>Sale</b> & \"more\"", "English", "1-1"} <= set(cells.texts)
    assert "warning: uk: has no text" in bitext.align(en="One.", uk="")._repr_html_()


def test_long_tables_are_cut_in_html() -> None:
    english = [f"Number {n}." for n in range(250)]
    result = bitext.align(en=english, de=[f"Nummer {n}." for n in range(250)])
    page = result._repr_html_()
    assert page.count("<tr") == 201 and f"{len(result) - 200} more rows are not shown" in page


def test_a_bitext_prints_as_a_table(ferry: bitext.Bitext) -> None:
    table = str(ferry)
    assert table.splitlines()[0].split() == ["conf", "shape", "English", "Ukrainian", "German"]
    short = bitext.align(**BRIDGE)
    assert repr(short) == str(short)
    many = bitext.align(en=["It rained."] * 3000, de=["Es regnete."] * 3000)
    assert len(str(many)) > 100_000 and len(repr(many)) < 10_000
    assert repr(many).endswith(f"print() shows all {len(many)} rows")
    assert str(many).startswith(repr(many).split("…")[0])


def test_explanations_have_features_and_alternatives(ferry: bitext.Bitext) -> None:
    explanation = ferry.explain(0)
    assert explanation.row == ferry[0]
    assert [(pair["source"], pair["target"]) for pair in explanation.pairs] == [
        ("en", "uk"),
        ("en", "de"),
        ("uk", "de"),
    ]
    bead = explanation.pairs[0]["beads"][0]
    assert (bead["source"], bead["target"], bead["in_result"]) == ([0], [0], True)
    value, weight, nats = bead["features"]["margin"]
    assert nats == pytest.approx(value * weight, rel=1e-4) and bead["posterior"] > 0.5
    [(start, end)] = bead["source_spans"]
    assert ferry.texts["en"][start:end] == ferry.sentences["en"][0]
    assert str(explanation).startswith(f"unit 1 of {len(ferry)}\n")
    assert str(ferry.explain(-1)) == str(ferry.explain(len(ferry) - 1))
    with pytest.raises(IndexError):
        ferry.explain(len(ferry))


def test_rows_and_explanations_can_be_pickled(ferry: bitext.Bitext) -> None:
    rows = pickle.loads(pickle.dumps(list(ferry)))
    assert rows == list(ferry) and [row.index for row in rows] == list(range(len(ferry)))
    assert len(pickle.dumps(list(ferry))) < 2 * len(pickle.dumps(ferry))
    explanation = ferry.explain(2)
    copy = pickle.loads(pickle.dumps(explanation))
    assert (str(copy), copy.pairs) == (str(explanation), explanation.pairs)
    other = bitext.align(crossing=True, **BRIDGE).explain(0)
    with pytest.raises(TypeError, match="cannot pickle an Explanation"):
        pickle.dumps(other)


def test_another_aligner_s_bitext_cannot_be_explained() -> None:
    line = bitext.align(crossing=True, **BRIDGE).to_json()
    with pytest.raises(bitext.InputError, match="align its articles again"):
        bitext.Bitext.from_json(line).explain(0)


def test_a_result_cannot_be_changed() -> None:
    result = bitext.align(**BRIDGE)
    with pytest.raises(AttributeError):
        result.id = 7  # type: ignore[misc]
    with pytest.raises(TypeError):
        result[0]["en"] = ""  # type: ignore[index]
