"""Makes a training set with texts of all kinds, has bitext write it in every format, and
reads each file with a reader of somebody else's. Called by `.ci/formats PROGRAM FOLDER`."""
import json
import subprocess
import sys
from pathlib import Path

import datasets
import pandas
import pyarrow.parquet
from translate.storage import factory

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
AWKWARD = ["plain", "a \"quoted\" <b> & 'c'", "zwei\u2028Zeilen\u2029und\u0085mehr", "a\rb\nc\r\nd", "\u000bvertical\u000cfeed",
           "\u001cseparators\u001d\u001e\u001f", "👩‍👩‍👧 шість", "\ttabs\t", "]]> &#0; &lt;", "-- =1+1", "\u202bעולם\u202c"]


def run(*args):
    command = [PROGRAM, "filter", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)


def fold(text):
    return " ".join(text.split())


rows = []
for number in range(2500):
    text = AWKWARD[number % len(AWKWARD)]
    languages = {"en": f"{number} {text}", "uk": f"{text} {number}", "de": f"{number} {text} {number}"}
    if number % 5 == 0:
        del languages["de"]
    row = {"id": f"a#{number}", "translation": languages, "document": "a" if number % 2 else None, "confidence": 0.75}
    if number % 3 == 0:
        row["crossing"] = True
    rows.append(row)
given = FOLDER / "given.jsonl"
given.write_text("".join(json.dumps(row) + "\n" for row in rows))
defaults = subprocess.run([PROGRAM, "filter", "--print-defaults"], capture_output=True, text=True, check=True).stdout
none = FOLDER / "none.toml"
none.write_text("".join(line.split(" = ")[0] + (" = false\n" if " = " in line else "\n") for line in defaults.splitlines()))
for name in ("set.jsonl", "set.parquet", "set.tmx", "set.tsv"):
    run(given, "--config", none, "-o", FOLDER / name)
run(given, "--config", none, "--langs", "en,uk", "--to", "moses", "-o", FOLDER / "set")

loaded = datasets.load_dataset("json", data_files=str(FOLDER / "set.jsonl"), split="train", cache_dir=str(FOLDER / "cache"))
assert len(loaded) == len(rows)
for row, found in zip(rows, loaded):
    for language in ("en", "uk", "de"):
        assert found["translation"][language] == row["translation"].get(language), (row, found)
    assert (found["id"], found["document"], found["confidence"]) == (row["id"], row["document"], 0.75)
print(f"datasets {datasets.__version__}: {len(loaded)} rows, {loaded.features}")

frame = pandas.read_parquet(FOLDER / "set.parquet")
assert list(frame.columns) == ["id", "translation", "document", "score", "confidence", "extra"], frame.columns
assert list(frame["id"]) == [row["id"] for row in rows]
for row, found in zip(rows, frame["translation"]):
    assert {key: text for key, text in found.items() if text is not None} == row["translation"], (row, found)
loaded = datasets.load_dataset("parquet", data_files=str(FOLDER / "set.parquet"), split="train", cache_dir=str(FOLDER / "cache"))
assert len(loaded) == len(rows) and loaded[1]["translation"]["uk"] == rows[1]["translation"]["uk"]
schema = pyarrow.parquet.read_schema(FOLDER / "set.parquet")
print(f"pandas {pandas.__version__}: {len(frame)} rows, {schema.field('translation').type}")

# What another tool writes is read too.
frame.drop(columns="extra").to_parquet(FOLDER / "theirs.parquet")
run(FOLDER / "theirs.parquet", "--config", none, "-o", FOLDER / "theirs.jsonl")
assert len((FOLDER / "theirs.jsonl").read_text(encoding="utf-8").split("\n")) == len(rows) + 1

memory = factory.getobject(str(FOLDER / "set.tmx"))
assert len(memory.units) == len(rows), len(memory.units)
for row, unit in zip(rows, memory.units):
    legal = "".join(c for c in row["translation"]["en"] if c.isspace() and c not in "\x1c\x1d\x1e\x1f" or c >= " ")
    assert fold(unit.source) == fold(legal), (row, unit.source)
print(f"translate-toolkit: {len(memory.units)} units")

both = [row for row in rows if {"en", "uk"} <= set(row["translation"])]
for language in ("en", "uk"):
    text = (FOLDER / f"set.{language}").read_text(encoding="utf-8")
    # `splitlines` ends lines at everything that anybody ends them at.
    lines = text.splitlines()
    assert len(lines) == text.count("\n") == len(both), (language, len(lines))
    for row, line in zip(both, lines):
        assert line == fold(row["translation"][language]), (row, line)
table = pandas.read_csv(FOLDER / "set.tsv", sep="\t", keep_default_na=False)
assert list(table.columns) == ["id", "en", "uk", "de", "score", "confidence"] and len(table) == len(rows)
print(f"line-aligned text and a table: {len(both)} lines each, {len(table)} rows")


def check_passages(kind, rows, frame, units, lines):
    """The columns of documents and paragraphs, their paragraphs in TMX, and the borders in line-aligned text."""
    for row, extra, unit in zip(rows, frame["extra"], units):
        extra = json.loads(extra)
        assert row["confidences"] == extra["confidences"], (row, extra)
        for language, listed in row["sentences"].items():
            if listed is None:
                continue
            assert listed == extra["sentences"][language]
            numbers = [one["unit"] for one in listed if one["status"] == "aligned"]
            assert sorted(set(numbers)) == list(range(len(row["confidences"]))), row
            assert 0 < row["aligned"][language] <= 1
        assert unit.source == row["translation"]["en"], (unit.source, row)
    blocks = "\n".join(lines).split("\n\n")
    if kind == "documents":
        assert [block.count("\n") + 1 for block in blocks] == [len(row["confidences"]) for row in rows]
        folded = [fold(row["translation"]["en"]) for row in rows]
        assert [fold(block) for block in blocks] == folded
    else:
        assert len(blocks) == len(set(rows["document"]))


# A whole training set, as its card says that it is to be loaded.
articles = Path("tests/data/corpus/articles.jsonl").read_text(encoding="utf-8").split("\n")
groups = [json.loads(line) for line in articles if line]
given = FOLDER / "groups.jsonl"
given.write_text("".join(json.dumps({**group, "id": f"../{at}"}) + "\n" for at, group in enumerate(groups)))
settings = FOLDER / "build.toml"
formats = ["hf-jsonl", "parquet", "moses", "tsv", "tmx", "vecalign", "ladder"]
for kind, languages in (("pairs", "en-uk"), ("units", "en-uk-de"), ("documents", "en-uk"), ("paragraphs", "en-uk")):
    if kind == "documents":
        formats.remove("tsv")
    settings.write_text(f'[sets]\ndev = 0.2\ntest = 0.2\n[output]\nrows = "{kind}"\nformats = {json.dumps(formats)}\n')
    out = FOLDER / kind
    subprocess.run([PROGRAM, "build", given, "--output", out, "--config", settings], check=True, capture_output=True)
    counts = json.loads((out / "counts.json").read_text())
    wanted = {one["name"]: dict(one["by_languages"]) for one in counts["sets"]}
    # A list of sentences is one paragraph.
    assert kind != "pairs" or wanted["train"][languages] > 10, wanted
    loaded = datasets.load_dataset(str(out), languages, cache_dir=str(FOLDER / "cache"))
    for split, rows in loaded.items():
        name = {"validation": "dev"}.get(split, split)
        stem = out / f"{name}.{languages}"
        frame, memory = pandas.read_parquet(f"{stem}.parquet"), factory.getobject(f"{stem}.tmx")
        assert len(rows) == len(frame) == len(memory.units) > 0, (split, len(rows), len(frame), len(memory.units))
        assert kind == "units" or len(rows) == wanted[name][languages], (split, len(rows), wanted)
        assert list(rows["id"]) == list(frame["id"]), split
        one, other = ((Path(f"{out}/{name}.en-uk.{language}")).read_text(encoding="utf-8").splitlines() for language in ("en", "uk"))
        assert len(one) == len(other) > 0
        assert [not line for line in one] == [not line for line in other]
        if kind in ("pairs", "units"):
            assert len(one) == len(factory.getobject(f"{out}/{name}.en-uk.tmx").units)
        else:
            check_passages(kind, rows, frame, memory.units, one)
    print(f"a build of {kind}: {({split: len(rows) for split, rows in loaded.items()})} rows of {languages}, by its card")
