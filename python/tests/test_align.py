"""Aligning one article."""

from __future__ import annotations

import numpy
import pytest

import bitext

from conftest import BRIDGE, FERRY


def test_two_texts_are_aligned_by_sentence() -> None:
    result = bitext.align(en=BRIDGE["en"], de=BRIDGE["de"])
    assert result.languages == ["en", "de"]
    assert len(result) == 3
    assert [row.shape for row in result] == ["1-1", "1-1", "1-·"]
    assert result[0]["en"] == "The bridge is closed."
    assert result[0]["de"] == "Die Brücke ist gesperrt."
    assert result[0].confidence > 0.9


def test_three_texts_have_three_columns() -> None:
    result = bitext.align(**BRIDGE)
    assert result.languages == ["en", "uk", "de"]
    assert result[1].sentences == {"en": (1,), "uk": (1,), "de": (1,)}


def test_lists_of_sentences_are_kept() -> None:
    english = ["The bridge is closed. Nobody was hurt.", ""]
    result = bitext.align(en=english, de=("Die Brücke ist gesperrt. Niemand wurde verletzt.",))
    assert result.sentences["en"] == english
    again = bitext.align(en=iter(english), de=["Die Brücke ist gesperrt. Niemand wurde verletzt."])
    assert again == result


def test_paths_are_read_and_become_ids() -> None:
    result = bitext.align(en=FERRY["en"], de=FERRY["de"])
    assert result.texts["en"] == FERRY["en"].read_text(encoding="utf-8")
    assert '"sources":{"en":"examples/data/ferry.en.txt"' in result.to_json()


def test_the_language_of_positional_articles_is_detected() -> None:
    named = bitext.align(en=FERRY["en"], uk=FERRY["uk"])
    assert bitext.align(FERRY["uk"], FERRY["en"]) == named
    texts = [path.read_text(encoding="utf-8") for path in FERRY.values()]
    assert bitext.align(*texts).languages == ["en", "uk", "de"]


def test_a_mapping_may_hold_any_language_and_an_id() -> None:
    result = bitext.align({"en": "The port is open.", "fr": "Le port est ouvert.", "id": 7, "de": None})
    assert (result.languages, result.id) == (["en", "fr"], 7)
    assert result.warning_details[0]["kind"] == "language_not_in_model"


def test_ids_are_texts_or_numbers() -> None:
    assert bitext.align(id="news/7", **BRIDGE).id == "news/7"
    assert bitext.align(id=7, **BRIDGE).id == 7
    assert bitext.align({"id": numpy.int32(7), **BRIDGE}).id == 7
    assert bitext.align(id=2**64 - 1, **BRIDGE).id == 2**64 - 1
    assert bitext.align(**BRIDGE).id is None


def test_codes_of_languages_are_normalised() -> None:
    assert bitext.align(eng=BRIDGE["en"], de_AT=BRIDGE["de"]).languages == ["en", "de-AT"]


def test_settings_are_those_of_the_library() -> None:
    strict = bitext.align(en=BRIDGE["en"], de=BRIDGE["de"], min_link_confidence=1.0)
    plain = bitext.align(en=BRIDGE["en"], de=BRIDGE["de"])
    assert strict.fingerprint != plain.fingerprint
    assert all(row.is_null for row in strict) and len(strict) == 5
    aligner = bitext.Aligner(min_link_confidence=1.0)
    assert aligner.settings["min_link_confidence"] == 1.0
    assert aligner.settings["max_side"] == 4
    assert aligner.align(en=BRIDGE["en"], de=BRIDGE["de"]) == strict
    assert aligner.fingerprint == strict.fingerprint


def test_settings_may_be_a_mapping() -> None:
    settings = {"crossing": True, "max_side": 3}
    expected = bitext.align(crossing=True, max_side=3, **BRIDGE)
    assert bitext.align(settings=settings, **BRIDGE) == expected
    assert bitext.Aligner(settings=settings).align(**BRIDGE) == expected
    assert bitext.Aligner(settings={"crossing": False, "max_side": 3}, crossing=True).align(**BRIDGE) == expected
    assert next(bitext.align_many([BRIDGE], settings=settings)) == expected
    with pytest.raises(bitext.SettingsError, match="unknown setting `crosing`"):
        bitext.align(settings={"crosing": True}, **BRIDGE)
    with pytest.raises(TypeError, match="`settings` must be a mapping, not int"):
        bitext.align(settings=5, **BRIDGE)


def test_crossing_text_is_found_on_request() -> None:
    paragraphs = FERRY["de"].read_text(encoding="utf-8").split("\n\n")
    moved = "\n\n".join([*paragraphs[:2], *paragraphs[3:6], paragraphs[2], *paragraphs[6:]])
    plain = bitext.align(en=FERRY["en"], de=moved)
    assert not any(row.crossing for row in plain)
    crossing = bitext.align(en=FERRY["en"], de=moved, crossing=True)
    assert any(row.crossing for row in crossing)
    assert "↕" in str(crossing) and "↕" in crossing._repr_html_() and "↕" not in str(plain)


def test_newlines_are_a_setting() -> None:
    texts = {"en": "The bridge\nis closed", "de": "Die Brücke ist gesperrt."}
    assert len(bitext.align(newlines="never", **texts).sentences["en"]) == 1
    assert len(bitext.align(newlines="always", **texts).sentences["en"]) == 2


def test_weights_come_from_text_or_a_file(tmp_path: object) -> None:
    import pathlib

    source = pathlib.Path("src/align/data/weights.tsv")
    same = bitext.Aligner(weights=source)
    assert same.fingerprint == bitext.Aligner(weights=source.read_text(encoding="utf-8")).fingerprint
    assert same.fingerprint == bitext.Aligner().fingerprint
    assert same.fingerprint == bitext.Aligner(weights=str(source)).fingerprint


def test_a_model_may_come_from_a_file() -> None:
    aligner = bitext.Aligner(model="models/static-v1.bitext")
    assert aligner.align(**BRIDGE) == bitext.align(**BRIDGE)


def test_an_article_in_indonesian_is_ind() -> None:
    result = bitext.align(en="The bridge is closed.", ind="Jembatan itu ditutup.", id="a b")
    assert result.id == "a b" and result.texts["en"] == "The bridge is closed." and len(result.texts) == 2


def test_warnings_are_sentences() -> None:
    result = bitext.align(en="Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt.", uk="")
    assert any("given as English, but the text looks German" in text for text in result.warnings)
    assert "uk: has no text" in result.warnings
    kinds = [warning["kind"] for warning in result.warning_details]
    assert kinds == ["other_language", "empty_article"] and not result.unrelated


@pytest.mark.parametrize("size", [1, 20, 3000])
def test_results_do_not_depend_on_the_way_of_the_call(size: int) -> None:
    """Short articles are aligned on the caller's thread, long ones on another."""
    english = [f"Ferry {number} leaves at {number} o'clock." for number in range(size)]
    german = [f"Fähre {number} fährt um {number} Uhr." for number in range(size)]
    result = bitext.align(en=english, de=german, exact_cells=100_000)
    assert len(result.sentences["en"]) == size
    [many] = bitext.align_many([{"en": english, "de": german}], exact_cells=100_000)
    assert many == result
    assert ("long articles" in "".join(result.warnings)) == (size == 3000)
