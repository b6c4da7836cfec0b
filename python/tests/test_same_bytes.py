"""The package writes the same bytes as the command line tool."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
