"""The package writes the same bytes as the command line tool."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy
import pytest

import bitext

from conftest import BRIDGE, FERRY, MARKET, ROOT

Command = Callable[..., bytes]

DATA = Path(os.environ.get("BITEXT_DATA", ROOT.parent / "shared"))


def choices() -> list[dict[str, Path]]:
    """Every choice of two or three versions of the sample articles."""
    found = [dict(pair) for pair in itertools.combinations(FERRY.items(), 2)]
    return [*found, FERRY, MARKET]


@pytest.mark.parametrize("files", choices(), ids=lambda files: "-".join(path.stem for path in files.values()))
def test_files(command: Command, files: dict[str, Path]) -> None:
    given = [part for code, path in files.items() for part in (f"--{code}", path)]

    def run(*more: object) -> str:
        return command("align", *given, *more).decode()

    result = bitext.align(**files)
    assert run("--format", "jsonl") == result.to_json() + "\n"
    assert run("--format", "tsv") == result.to_tsv()
    assert run("--format", "tsv", "--nulls", "--min-confidence", "0.9") == result.to_tsv(
        nulls=True, min_confidence=0.9
    )
    assert run("--format", "tmx") == result.to_tmx()
    assert run("--format", "table").strip() == str(result).strip()
    first, second = list(files)[:2]
    pair = f"{first}-{second}"
    assert run("--format", "jsonl", "--pairs", pair) == result.to_json(pairs=[pair]) + "\n"
    assert run("--format", "tsv", "--pairs", pair) == result.to_tsv(pairs=pair)
    assert run("--format", "tmx", "--pairs", pair) == result.to_tmx(pairs=pair)
    assert run("--format", "vecalign", "--pairs", pair) == result.to_vecalign(first, second)
    assert run("--format", "ladder", "--pairs", pair) == result.to_ladder(first, second)
    for unit in (0, len(result) - 1):
        assert run("--explain", unit + 1) == str(result.explain(unit))
    assert run("--format", "jsonl", "--crossing") == bitext.align(crossing=True, **files).to_json() + "\n"


def test_lines(command: Command) -> None:
    texts = {code: path.read_text(encoding="utf-8") for code, path in FERRY.items()}
    rows: list[Any] = [
        {"id": "ferry", **texts},
        {"id": 7, "en": texts["en"], "uk": texts["uk"]},
        {"id": 2**60, **BRIDGE},
        {"en": ["One.", "Two."], "de": ["Eins und zwei."]},
        {"id": "a", "src_lang": "en", "tgt_lang": "fr", "src": ["One."], "tgt": ["Un."]},
        {"en": "", "de": ""},
    ]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    expected = command("align", "--jsonl", input=lines.encode()).decode()
    given: list[list[Any]] = [rows, lines.splitlines()]
    for items in given:
        results = bitext.align_many(items)
        assert "".join(result.to_json() + "\n" for result in results) == expected


def test_sentences(command: Command) -> None:
    for code, path in FERRY.items():
        text = path.read_text(encoding="utf-8")
        lines = command("split", "--lang", code, "--kinds", "--format", "jsonl", path).decode()
        expected = [json.loads(line) for line in lines.splitlines()]
        found = bitext.split(text, details=True)
        assert [(one.text, one.kind) for one in found] == [(one["text"], one["kind"]) for one in expected]
        assert all(text[one.start : one.end] == one.text for one in found)


def test_vectors(command: Command) -> None:
    sentences = bitext.split(FERRY["uk"].read_text(encoding="utf-8"), "uk")
    folded = [" ".join(sentence.split()) for sentence in sentences]
    lines = command("embed", "--lang", "uk", input="\n".join(folded).encode()).decode().splitlines()
    vectors = bitext.embed(folded, "uk")
    assert [json.loads(line) for line in lines] == [
        [float(str(value)) for value in vector] for vector in vectors
    ]


def dated_articles() -> list[dict[str, Any]]:
    """Reports of three weeks that differ little, with their dates, and some articles without one."""
    places = ["bridge", "harbour", "market", "library"]
    orte = ["Brücke", "Hafen", "Markt", "Bücherei"]
    articles: list[dict[str, Any]] = []
    for day in range(1, 22, 4):
        for place, ort in zip(places, orte):
            date = f"2024-05-{day:02}"
            english = f"The {place} is closed on day {day}. Nobody was hurt in the storm. Work begins next week."
            german = f"Ort: {ort}. Gesperrt am Tag {day}. Im Sturm wurde niemand verletzt. Die Arbeit beginnt nächste Woche."
            number = len(articles)
            articles.append({"id": f"e{number}", "lang": "en", "title": f"Storm at the {place}", "text": english, "date": date})
            late = f"2024-05-{day + 2:02}T09:00:00Z"
            articles.append({"id": f"d{number}", "lang": "de", "title": f"Sturm: {ort}", "text": german, "date": late})
    for code, path in FERRY.items():
        articles.append({"id": f"ferry.{code}", code: path.read_text(encoding="utf-8"), "date": None})
    return articles


@pytest.mark.parametrize("max_days", [None, 0, 1, 2, 6])
def test_pairs_of_dated_articles(command: Command, tmp_path: Path, max_days: int | None) -> None:
    articles = dated_articles()
    lines = tmp_path / "articles.jsonl"
    lines.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    limit: list[object] = [] if max_days is None else ["--max-days", max_days]
    groups = [json.loads(line) for line in command("pair", lines, *limit).decode().splitlines()]
    found = bitext.pair(articles, max_days=max_days)
    # The groups of the command line name their members by id.
    # It writes numbers of 32 bits with all digits, the package has the shortest ones.
    single = numpy.float32
    ours = [
        (sorted(articles[at]["id"] for at in group.members), single(group.coverage), single(group.margin))
        for group in found
    ]
    theirs = [(sorted(group["ids"].values()), single(group["coverage"]), single(group["margin"])) for group in groups]
    assert ours == theirs and len(ours) >= 1
    dates = {article["id"]: article["date"] for article in articles}
    if max_days in (0, 1):
        assert [ids for ids, _, _ in ours] == [["ferry.de", "ferry.en", "ferry.uk"]]
    elif max_days == 2:
        assert len(ours) > 1
        assert all(dates[ids[0]] is None or abs(day(dates[ids[0]]) - day(dates[ids[1]])) <= 2 for ids, _, _ in ours)
    as_dates = [{**one, "date": one["date"] and datetime.fromisoformat(one["date"].rstrip("Z"))} for one in articles]
    assert bitext.pair(as_dates, max_days=max_days) == found
    days = [{**one, "date": one["date"] and one["date"].date()} for one in as_dates]
    assert bitext.pair(days, max_days=max_days) == found


def day(text: str) -> int:
    return datetime.fromisoformat(text.rstrip("Z")).date().toordinal()


@pytest.mark.parametrize("code", ["fr", "zh", "pl", "es"])
def test_another_language(command: Command, tmp_path: Path, code: str) -> None:
    """A language that the model does not know: sentences, rows and warnings are those of the command line."""
    texts = {
        "fr": "Le pont est fermé. M. Durand n'a pas été blessé. On attend 12 ouvriers.",
        "zh": "这座桥已经关闭。暴风雨中没有人受伤。十二名工人将于星期一到达。",
        "pl": "Most jest zamknięty. Nikt nie ucierpiał. W poniedziałek przyjedzie 12 robotników.",
        "es": "El puente está cerrado. El Sr. López no resultó herido. Llegarán 12 obreros el lunes.",
    }
    english = "The bridge is closed. Nobody was hurt in the storm. 12 workers come on Monday."
    (tmp_path / f"other.{code}.txt").write_text(texts[code], encoding="utf-8")
    (tmp_path / "own.en.txt").write_text(english, encoding="utf-8")
    split = command("split", "--lang", code, tmp_path / f"other.{code}.txt").decode().splitlines()
    assert bitext.split(texts[code], code) == split and len(split) == 3
    row = {"id": 1, "en": english, code: texts[code]}
    line = command("align", "--jsonl", input=json.dumps(row).encode()).decode()
    result = bitext.align(id=1, **{"en": english, code: texts[code]})
    assert result.to_json() + "\n" == line
    assert result.languages == ["en", code] and list(bitext.align_many([row])) == [result]
    assert [one["kind"] for one in result.warning_details].count("language_not_in_model") == 1
    # Own vectors make it a usual language.
    knows = bitext.Aligner(embedder=by_place([*bitext.split(english, "en")], split), embedder_languages=["en", code])
    known = knows.align(id=1, **{"en": english, code: texts[code]})
    assert [one.shape for one in known] == ["1-1"] * 3
    assert all(one["kind"] != "language_not_in_model" for one in known.warning_details)
    groups = bitext.pair([("en", english), (code, texts[code])], aligner=knows)
    assert [group.members for group in groups] == [(0, 1)]


def by_place(*sides: list[str]) -> Callable[[list[str]], list[list[float]]]:
    """An embedder that knows which sentences correspond: those at the same place."""

    def embed(texts: list[str]) -> list[list[float]]:
        vectors = []
        for text in texts:
            vector = [0.0] * 8
            for side in sides:
                for at, sentence in enumerate(side):
                    if sentence in text:
                        vector[at] += 1.0
            if not any(vector):
                # Texts for the background have vectors of their own.
                vector = [((hash_of(text) >> at) % 97) / 97 - 0.5 for at in range(8)]
            vectors.append(vector)
        return vectors

    return embed


def hash_of(text: str) -> int:
    return zlib.crc32(text.encode()) * 2_654_435_761


SETS = ("wmt22=wmt22_news,wmt22_social,wmt22_ecommerce", "literary=wmt24_literary", "kde=kde")


def test_development_tasks(command: Command, tmp_path: Path) -> None:
    tool = DATA / "tools" / "make_align_tasks.py"
    if not tool.is_file():
        pytest.skip("no evaluation data")
    sets = [part for one in SETS for part in ("--set", one)]
    subprocess.run([sys.executable, tool, "--docs", DATA / "eval" / "docs", "--out", tmp_path, *sets], check=True)
    files = [*sorted(tmp_path.glob("*.jsonl")), DATA / "eval" / "gold_mn" / "dev.jsonl"]
    assert len(files) > len(SETS)
    for file in files:
        expected = command("align", "--jsonl", file).decode()
        with open(file, encoding="utf-8") as lines:
            results = bitext.align_many(lines)
            assert "".join(result.to_json() + "\n" for result in results) == expected, file
