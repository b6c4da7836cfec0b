"""Pairing, filters, scores, pages and training sets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

import bitext

from conftest import BRIDGE, FERRY, MARKET

Command = Callable[..., bytes]

PAIRS = [
    ("See page 3.", "Siehe Seite 3."),
    ("See page 3.", "Siehe Seite 4."),
    ("See page 3.", "Siehe Seite 3."),
    ("see  page 3!", "Siehe Seite 3!"),
    ("The bridge is closed.", "The bridge is closed."),
    ("The bridge is closed.", ""),
    ("A <b>bold</b> word and a very long sentence that goes on.", "Wort."),
]


def sample(files: dict[str, Path]) -> list[tuple[str, str]]:
    return [(code, path.read_text(encoding="utf-8")) for code, path in files.items()]


def test_articles_are_paired() -> None:
    articles: list[Any] = [*sample(FERRY), *sample(MARKET), ("en", "A poem about rain. It has no rhymes.")]
    groups = bitext.pair(articles)
    assert [group.members for group in groups] == [(0, 1, 2), (3, 4)]
    assert all(0.4 <= group.coverage <= 1 for group in groups)
    assert bitext.pair(articles, threads=1, aligner=bitext.Aligner()) == groups
    assert bitext.pair(articles, min_coverage=1.0) == []


def test_articles_may_be_mappings_texts_and_paths() -> None:
    (code, english), (_, ukrainian), _ = sample(FERRY)
    title, _, body = english.partition("\n\n")
    articles: list[Any] = [{"text": ukrainian}, {"lang": code, "title": title, "text": body, "id": 3}]
    [group] = bitext.pair(articles)
    assert group.members == (1, 0)
    assert bitext.pair([*FERRY.values()])[0].members == (0, 1, 2)
    lists = [(code, bitext.split(text, code)) for code, text in sample(FERRY)]
    assert bitext.pair(lists)[0].members == (0, 1, 2)


def test_rows_are_filtered_as_on_the_command_line(command: Command, tmp_path: Path) -> None:
    result = bitext.align(id="ferry", **BRIDGE)
    rows: list[dict[str, Any]] = [{"translation": {"en": en, "de": de}} for en, de in PAIRS]
    rows += [{"translation": row.texts, "score": row.score, "confidence": row.confidence} for row in result.rows()]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for settings in ({}, {"max_length_ratio": 1.2, "min_confidence": 0.9999}, {"near": "either", "exact": False}):
        toml = tmp_path / "settings.toml"
        sections: dict[str, list[str]] = {"filter": [], "duplicates": []}
        for name, value in settings.items():
            section = "duplicates" if name in ("exact", "near") else "filter"
            sections[section].append(f"{name} = {json.dumps(value)}")
        toml.write_text("".join(f"[{name}]\n" + "\n".join(all) + "\n" for name, all in sections.items()))
        (counts, rejected) = (tmp_path / "counts.json", tmp_path / "rejected.jsonl")
        kept = command(
            "filter", "-", "--config", toml, "--counts", counts, "--rejected", rejected, input=lines
        ).decode()
        found = bitext.filter(rows, settings=settings)
        expected = json.loads(counts.read_text())
        assert {**found.counts, "unusable": 0, "lacking": 0} == expected
        texts = [json.loads(line)["translation"] for line in kept.splitlines()]
        texts = [{code: text for code, text in one.items() if text is not None} for one in texts]
        assert [row["translation"] for row in found.kept] == texts
        theirs = [json.loads(line) for line in rejected.read_text().splitlines()]
        assert [(one.reasons, one.scores) for one in found.rejected] == [
            (one["reasons"], one["scores"]) for one in theirs
        ]


def test_marks_are_those_of_the_command_line(command: Command, tmp_path: Path) -> None:
    toml = tmp_path / "settings.toml"
    toml.write_text('[duplicates]\nnear = "either"\n')
    rows = [{"translation": {"en": en, "de": de}} for en, de in PAIRS]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    marked = command("filter", "-", "--mark", "--config", toml, input=lines).decode()
    expected = [json.loads(line) for line in marked.splitlines()]
    marks = bitext.mark(PAIRS, languages=["en", "de"], near="either")
    assert len(marks) == len(PAIRS)
    for mark, line in zip(marks, expected):
        assert mark is not None
        assert (mark.reasons, mark.scores) == (line["reasons"], line["scores"])
        assert [key.hex() for key in mark.exact_keys] == line["exact_keys"]
        assert [key.hex() for key in mark.near_keys] == line["near_keys"]
    assert bitext.mark(bitext.align(**BRIDGE)[2:3]) == [None]


def test_rows_of_every_form_are_filtered_alike() -> None:
    pairs = [pair for pair in PAIRS if pair[1]]
    expected = bitext.filter(pairs, languages=["en", "de"])
    assert expected.counts["kept"] < expected.counts["pairs"] == len(pairs)
    dicts = [{"en": en, "de": de, "id": 7} for en, de in pairs]
    columns = [{"source": en, "target": de} for en, de in pairs]
    for found in (
        bitext.filter(dicts),
        bitext.filter(iter(dicts), threads=1),
        bitext.filter(columns, languages={"en": "source", "de": "target"}),
    ):
        assert found.counts == expected.counts
        assert [one.reasons for one in found.rejected] == [one.reasons for one in expected.rejected]


def test_rows_of_bitexts_are_filtered() -> None:
    result = bitext.align(**BRIDGE)
    found = bitext.filter([result, result])
    assert found.kept == result.rows()
    assert [one.reasons for one in found.rejected] == [["duplicate"], ["duplicate"]]
    assert found.rejected[0].row == result[0]
    assert bitext.filter(result).kept == result.rows() == bitext.filter(result.rows()).kept
    assert bitext.filter(result, languages=["en", "fr"]).counts["pairs"] == 0
    assert bitext.filter(result, min_confidence=1).kept == []


def test_filters_can_be_switched_off() -> None:
    rows = [PAIRS[1]]
    assert bitext.filter(rows, languages=["en", "de"], max_number_mismatch=False).kept == rows
    assert bitext.filter(rows, languages=["en", "de"], max_number_mismatch=None).kept == []


def test_many_rows_are_judged_in_batches() -> None:
    rows = [(f"Room {n} is free.", f"Zimmer {n} ist frei.") for n in range(10_000)]
    found = bitext.filter(rows, languages=["en", "de"])
    assert found.kept == rows and found.counts["pairs"] == 10_000


TASKS = [
    {"id": "a", "set": "news", "src_lang": "en", "tgt_lang": "de", "src": ["One.", "Two."], "tgt": ["Eins."],
     "gold": [[[0], [0]]]},
    {"id": "b", "set": "talks", "src_lang": "en", "tgt_lang": "de", "src": ["Three."], "tgt": ["Drei.", "Vier."],
     "gold": [[[0], [0, 1]]]},
]


@pytest.mark.parametrize("nulls", ["each", "as-given"])
def test_scores_are_those_of_the_command_line(command: Command, tmp_path: Path, nulls: Any) -> None:
    results = list(bitext.align_many(TASKS))
    gold, predicted = tmp_path / "gold.jsonl", tmp_path / "predicted.jsonl"
    gold.write_text("".join(json.dumps(task) + "\n" for task in TASKS))
    predicted.write_text("".join(result.to_json() + "\n" for result in results))
    expected = json.loads(command("score", gold, predicted, "--json", "--null-beads", nulls))
    assert bitext.score(TASKS, results, nulls=nulls) == expected
    assert bitext.score(gold, str(predicted), nulls=nulls) == expected
    assert [group["key"]["set"] for group in expected["groups"]] == ["news", "talks"]
    one = bitext.score(TASKS, [{"id": "a", "beads": [[[0], [0]]]}], nulls=nulls, by=[])
    assert (one["total"]["missing"], len(one["groups"])) == (1, 1)


def test_a_report_is_a_page(tmp_path: Path) -> None:
    results = [bitext.align(id=name, **BRIDGE) for name in ("one", "two")]
    page = bitext.report(results, title="The bridge")
    assert page.startswith("<!doctype html>") and "<title>The bridge" in page
    assert "Міст зачинено." in page
    plain = bitext.report(results, title="The bridge", features=False)
    assert "Міст зачинено." in plain and len(plain) < len(page)
    foreign = bitext.Bitext.from_json(bitext.align(crossing=True, **BRIDGE).to_json())
    assert bitext.report(foreign) == bitext.report(foreign, features=False)
    with pytest.raises(bitext.InputError, match="align its articles again"):
        bitext.report(foreign, features=True)
    path = tmp_path / "bridge.html"
    assert bitext.report(results, path) == path.read_text(encoding="utf-8")
    bitext.report(results, path, page_size=1)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "bridge-0001.html", "bridge-0002.html", "bridge.html"
    ]
    with pytest.raises(ValueError, match="name a file"):
        bitext.report(results, page_size=1)


def test_a_training_set_is_built_as_on_the_command_line(command: Command, tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    summary = bitext.build("examples/data", ours, on_event=events.append, output={"formats": ["hf-jsonl", "tsv"]})
    settings = tmp_path / "settings.toml"
    settings.write_text('[output]\nformats = ["hf-jsonl", "tsv"]\n')
    command("build", "examples/data", "-o", theirs, "--config", settings)
    assert (summary["status"], summary["groups"]) == ("built", 2)
    stages = [event["stage"] for event in events if event["event"] == "stage_finished"]
    assert stages == ["read", "pair", "align", "write"]
    names = sorted(path.name for path in theirs.iterdir() if path.is_file())
    assert "train.en-de.jsonl" in names and names == sorted(path.name for path in ours.iterdir() if path.is_file())
    for name in names:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name
    again = bitext.build(["examples/data"], ours, output={"formats": ["hf-jsonl", "tsv"]})
    assert {**again, "status": "built"} == summary and again["status"] == "already complete"
    with pytest.raises(bitext.BuildError) as caught:
        bitext.build("examples/data", ours, pairing={"min_coverage": 0.9})
    assert caught.value.kind == "build"
    fresh = bitext.build("examples/data", ours, fresh=True, aligner=bitext.Aligner(crossing=True))
    assert fresh["status"] == "built"


def test_rows_may_be_documents(command: Command, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    output = {"rows": "documents", "gaps": "keep", "max_row_characters": 900, "max_gap_sentences": False}
    summary = bitext.build("examples/data", ours, output=output)
    settings = tmp_path / "settings.toml"
    settings.write_text('[output]\ngaps = "keep"\nmax_row_characters = 900\nmax_gap_sentences = false\n')
    command("build", "examples/data", "-o", theirs, "--config", settings, "--rows", "documents")
    for name in (path.name for path in theirs.iterdir() if path.is_file()):
        assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name
    row = json.loads((ours / "train.en-de.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert "\n\n" in row["translation"]["en"] and len(row["confidences"]) > 1
    assert summary["units"]["in_rows"] > summary["rows"]["kept"]
    with pytest.raises(bitext.Error, match="a cell of `tsv` cannot have the paragraphs"):
        bitext.build("examples/data", tmp_path / "table", output={"rows": "documents", "formats": ["tsv"]})


def test_functions_of_the_caller_take_part_in_a_build(tmp_path: Path) -> None:
    lines = bitext.Aligner(splitter=lambda text: text.split("\n"))
    summary = bitext.build("examples/data", tmp_path / "lines", aligner=lines)
    assert summary["groups"] == 2
    bad = bitext.Aligner(splitter=lambda text: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bitext.build("examples/data", tmp_path / "bad", aligner=bad)

    def stop(event: dict[str, Any]) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        bitext.build("examples/data", tmp_path / "stopped", on_event=stop)


def test_a_build_has_the_settings_of_its_aligner(tmp_path: Path) -> None:
    (tmp_path / "a.en.txt").write_text("The bridge over the river\nis closed for repairs.\n", encoding="utf-8")
    (tmp_path / "a.de.txt").write_text("Die Brücke über den Fluss\nist wegen Reparatur gesperrt.\n", encoding="utf-8")
    choices: list[Literal["always", "never"]] = ["always", "never"]
    for number, newlines in enumerate(choices):
        aligner = bitext.Aligner(newlines=newlines, crossing=True)
        events: list[dict[str, Any]] = []
        folder = tmp_path / f"out{number}"
        articles = [tmp_path / "a.en.txt", tmp_path / "a.de.txt"]
        bitext.build(articles, folder, aligner=aligner, on_event=events.append)
        # Settings that are the same are the same build; others are not.
        same: dict[str, Any] = {"newlines": newlines, "crossing": True}
        for align in (same, {"newlines": newlines}, {"crossing": True}):
            assert bitext.build(articles, folder, aligner=aligner, align=align)["status"] == "already complete"
        assert bitext.build(articles, folder, align=same)["status"] == "already complete"
        with pytest.raises(bitext.BuildError):
            bitext.build(articles, folder, aligner=aligner, align={"crossing": False})
        with pytest.raises(bitext.BuildError):
            bitext.build(articles, folder, aligner=aligner, align={"newlines": "auto"})


def test_a_build_with_another_splitter_is_another_build(tmp_path: Path) -> None:
    def lines(text: str) -> list[str]:
        return text.split("\n")

    def whole(text: str) -> list[str]:
        return [text]

    out = tmp_path / "out"
    first = bitext.build("examples/data", out, aligner=bitext.Aligner(splitter=lines))
    assert first["status"] == "built"
    again = bitext.build("examples/data", out, aligner=bitext.Aligner(splitter=lines))
    assert again["status"] == "already complete"
    for other in (
        bitext.Aligner(splitter=whole),
        bitext.Aligner(splitter=lines, splitter_name="lines-2"),
        bitext.Aligner(),
    ):
        with pytest.raises(bitext.BuildError):
            bitext.build("examples/data", out, aligner=other)


def test_other_columns_are_no_languages() -> None:
    text = {"en": "The bridge is closed.", "de": "Die Brücke ist gesperrt."}
    row = {**text, "url": "https://a.example", "tag": "news", "src": "crawl", "id": "x", "set": "dev"}
    assert bitext.filter([row]).kept == [row]
    assert bitext.mark([row]) == bitext.mark([text])
    french = {"en": "The bridge is closed.", "fr": "Le pont est fermé."}
    assert bitext.mark([{"translation": french}]) == bitext.mark([french], languages=["en", "fr"])
    assert bitext.mark([{"en": "One.", "de": None}, {"en": "One."}]) == [None, None]


def test_scores_name_the_file_and_the_line(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('\n\n{"id": 1}\n', encoding="utf-8")
    with pytest.raises(bitext.InputError, match="gold.jsonl:3: the task has no `gold`") as caught:
        bitext.score(gold, [])
    assert caught.value.line == 3 and caught.value.source_name == str(gold)
    gold.write_bytes(b"{}\n\xff\n")
    with pytest.raises(bitext.InputError, match="gold.jsonl:2: not UTF-8") as caught:
        bitext.score(gold, [])
    assert (caught.value.kind, caught.value.line, caught.value.byte) == ("not_utf8", 2, 3)
