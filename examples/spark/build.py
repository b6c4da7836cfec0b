"""Makes a training set from web pages and articles, as `bitext build` does, under Apache Spark.

    spark-submit --master 'local[2]' build.py site/ --out corpus --bitext target/release/bitext

INPUT is a folder of pages (.html), web archives (.warc, .warc.gz), texts and JSONL, as `bitext build` reads it.
The steps are those of the program, each on parts of the corpus. Each writes a folder into OUT:

    articles   `bitext extract` reads each file once: text, language, date, addresses, vector
    found      articles are put into blocks, and `bitext pair` finds the groups of each block
    groups     the groups of all blocks are merged
    marked     `bitext build --mark` aligns the groups, judges their rows, and adds the keys of duplicates
    rows       the training set: train, dev and test, without duplicates and rows that two sets share
    errors     what could not be used, and why

`align.py`, beside this file, is for articles whose versions are known already.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy
import pandas
import pyarrow.fs
from align import Died, duplicates, run
from pyspark import SparkFiles
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

ARTICLES = (
    "lang string, id string, place string, source string, error string, day int, keys array<string>,"
    " vector array<float>, line string"
)
FOUND = "block string, place string, members array<string>, score float, set string, line string, error string"
MARKED = "document string, position int, languages string, reasons array<string>, keys array<binary>, sentences string, row string, error string"
# Files for one start of the program, which takes as long as reading a few pages.
FILES, BYTES = 512, 64 << 20
# Groups of two languages and of three are sorted by the first language, in the order of the program.
ORDER = {"en": "0", "uk": "1", "de": "2"}
# An address that more articles name is not that of a version: home pages, for example.
MOST_LINKED = 16


def frame(rows, schema):
    """Rows as a data frame. The type `object` keeps missing values as `None`."""
    columns = [column.split()[0] for column in schema.split(",")]
    return pandas.DataFrame([[row.get(name) for name in columns] for row in rows], columns=columns, dtype=object)


def portions(items, most, size):
    """Splits items into lists with a limited number of items and sum of sizes."""
    some, total = [], 0
    for item in items:
        if some and (len(some) == most or total + size(item) > BYTES):
            yield some
            some, total = [], 0
        some.append(item)
        total += size(item)
    if some:
        yield some


def halving(work, items, failed):
    """The result of `work`. If the program dies, each half of the items is tried again, so that only the item
    that causes it fails."""
    try:
        return work(items)
    except Died as death:
        if len(items) == 1:
            return [failed(items[0], str(death))]
        half = len(items) // 2
        return halving(work, items[:half], failed) + halving(work, items[half:], failed)


class Program:
    """The program and its settings, which Spark sends to the executors."""

    def __init__(self, spark, args):
        self.name, self.config = os.path.basename(args.bitext), os.path.basename(args.config)
        self.exclude = [os.path.basename(os.path.normpath(path)) for path in args.exclude]
        for path in [args.bitext, args.config, *args.exclude]:
            if os.path.isdir(path):
                name = os.path.basename(os.path.normpath(path))
                packed = shutil.make_archive(os.path.join(tempfile.mkdtemp(), name), "zip", path)
                spark.sparkContext.addArchive(f"{packed}#{name}")
            else:
                spark.sparkContext.addFile(path)

    def command(self, name, *arguments):
        command = [SparkFiles.get(self.name), name, *map(str, arguments), "--threads", "1"]
        return [*command, "--config", SparkFiles.get(self.config)]

    def exclusions(self):
        return [word for path in self.exclude for word in ("--exclude", SparkFiles.get(path))]


# 1. Articles


def copy(path, to):
    """Copies a file from any file system that Arrow knows: local, HDFS, S3, Google Cloud Storage."""
    to.parent.mkdir(parents=True, exist_ok=True)
    path = "file://" + path.removeprefix("file:") if path.startswith("file:/") else path.replace("s3a://", "s3://", 1)
    files, path = (pyarrow.fs.LocalFileSystem(), path[7:]) if path.startswith("file:") else pyarrow.fs.FileSystem.from_uri(path)
    with files.open_input_stream(path, compression=None) as source, to.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)


def extract_files(program, root, paths):
    """The articles of some files. Their names are relative to the input, as for `bitext build`."""
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            copy(path, Path(folder, "in", path[len(root):].lstrip("/") or os.path.basename(path)))
        lines = run(program.command("extract", f"{folder}/in", "--vectors"), [], accepted=[0, 1])
    return [article(json.loads(line)) for line in lines]


def article(fields):
    """A line of `bitext extract` as a row. Places are sorted as the program sorts files: part by part."""
    file, number = fields.pop("file"), fields.pop("line", 0)
    place = file.replace("/", "\0") + f"\0{number:012}"
    source = f"{file}:{number}" if number else file
    keys, vector = fields.pop("address_keys", None), fields.pop("vector", None)
    day = fields.get("date") and int(numpy.datetime64(fields["date"], "D").astype(int))
    row = {"place": place, "source": source, "day": day, "keys": keys, "vector": vector}
    return row | {name: fields.get(name) for name in ("lang", "id", "error")} | {"line": json.dumps(fields, ensure_ascii=False)}


def extract(spark, program, args):
    root = args.input.rstrip("/")
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(root).select("path", "length")
    # Spark writes the scheme into the paths that it lists.
    start = "" if "://" in root else "file:" + os.path.abspath(root)

    def work(batches):
        for batch in batches:
            for some in portions(zip(batch["path"], batch["length"]), FILES, lambda file: file[1]):
                failed = lambda path, why: {"place": path, "source": path, "error": why}
                rows = halving(lambda paths: extract_files(program, start or root, paths), [path for path, _ in some], failed)
                yield from (frame(part, ARTICLES) for part in portions(rows, 1024, lambda row: len(row.get("line") or "")))

    articles = files.repartition(args.partitions, "path").mapInPandas(work, ARTICLES)
    articles.write.parquet(f"{args.out}/articles")


def unique(articles):
    """Usable articles, and errors. Of two articles of one language with the same id, the first is used."""
    good = articles.where("error IS NULL")
    same = Window.partitionBy("lang", "id").orderBy("place")
    good = good.withColumn("number", F.row_number().over(same)).withColumn("first", F.first("source").over(same))
    why = F.format_string("its id, `%s`, is that of %s already: give it another", "id", "first")
    errors = articles.where("error IS NOT NULL").select("id", "source", "error")
    errors = errors.union(good.where("number > 1").select("id", "source", why))
    return good.where("number = 1").drop("number", "first", "error", "source"), errors


# 2. Blocks


def site(key):
    """The site of an address: its host, without a part that names the language."""
    host = key.split("/")[0].split("?")[0]
    first, _, rest = host.partition(".")
    return rest if "." in rest and (first == "*" or len(first) == 2) else host


def by_site(args):
    """Articles belong to their own site, and are compared with those of the sites that they name."""

    def place(batch):
        sites = [[site(key) for key in keys] if keys is not None and len(keys) else [""] for keys in batch["keys"]]
        return [own[0] for own in sites], [sorted(set(own)) for own in sites]

    return place


def by_days(args, stretches):
    """Articles belong to a stretch of days. A block also has the days around its own: versions are up to
    `max_days` apart, as are the versions of those, whose neighbours count for the margin."""
    around = 3 * args.max_days

    def place(batch):
        homes, blocks = [], []
        for day in batch["day"]:
            if pandas.isna(day):
                homes.append("undated")
                blocks.append(["undated", *stretches])
            else:
                first, last = ((int(day) + way) // args.days for way in (-around, around))
                homes.append(str(int(day) // args.days))
                blocks.append([str(stretch) for stretch in range(first, last + 1)])
        return homes, blocks

    return place


def by_cells(args, centres):
    """Articles belong to the cell with the nearest centre, and are compared with those of several cells."""

    def place(batch):
        vectors = numpy.array(batch["vector"].tolist(), dtype=numpy.float32)
        far = -(vectors @ centres.T)
        # The nearest cells in any order, then from near to far; ties by number.
        some = min(args.probes, len(centres))
        near = numpy.sort(numpy.argpartition(far, some - 1, axis=1)[:, :some], axis=1)
        order = numpy.argsort(numpy.take_along_axis(far, near, axis=1), axis=1, kind="stable")
        order = numpy.take_along_axis(near, order, axis=1)
        return [str(cells[0]) for cells in order], [[str(cell) for cell in cells] for cells in order]

    return place


def find_centres(articles, cells):
    """The centres of cells: k-means on a sample, which depends on the articles alone."""
    sample = articles.select("vector").orderBy(F.xxhash64("lang", "id"), "lang", "id").limit(64 * cells)
    vectors = numpy.array([row[0] for row in sample.toLocalIterator()], dtype=numpy.float32)
    centres = vectors[:cells]
    for _ in range(8):
        nearest = numpy.argmax(vectors @ centres.T, axis=1)
        sums = numpy.zeros_like(centres)
        numpy.add.at(sums, nearest, vectors)
        lengths = numpy.linalg.norm(sums, axis=1, keepdims=True)
        centres = numpy.where(lengths > 0, sums / numpy.maximum(lengths, 1e-9), centres)
    return centres


def blocks(articles, args):
    """The articles with their blocks: `home`, which decides about the groups that an article leads, and all blocks
    that it is compared in."""
    single = articles.where("lang IS NOT NULL")
    if args.blocks == "site":
        place = by_site(args)
    elif args.blocks == "days":
        days = single.where("day IS NOT NULL").select(F.floor(F.col("day") / args.days).alias("stretch")).distinct()
        place = by_days(args, sorted(str(row[0]) for row in days.collect()))
    else:
        count = max(1, single.count() // args.cell_size)
        place = by_cells(args, find_centres(single, count))

    def work(batches):
        for batch in batches:
            homes, all_blocks = place(batch)
            yield batch[["lang", "id", "keys"]].assign(home=homes, blocks=all_blocks)

    schema = "lang string, id string, keys array<string>, home string, blocks array<string>"
    placed = single.select("lang", "id", "day", "keys", "vector").mapInPandas(work, schema)
    placed.write.parquet(f"{args.out}/blocks")


def placed(spark, args):
    """Each article once for each of its blocks. Articles that share an address are in the homes of each other."""
    own = spark.read.parquet(f"{args.out}/blocks")
    keys = own.select("lang", "id", "home", F.explode(F.array_distinct("keys")).alias("key"))
    linked = keys.groupBy("key").agg(F.collect_set("home").alias("homes"), F.count("*").alias("articles"))
    linked = keys.join(linked.where(f"articles BETWEEN 2 AND {MOST_LINKED}"), "key")
    linked = linked.select("lang", "id", "home", F.explode("homes").alias("block"))
    return own.select("lang", "id", "home", F.explode("blocks").alias("block")).union(linked).distinct()


# 3. Pairs


def pair_block(program, block, articles):
    """The groups of a block whose first article is at home in it. `articles` are rows in the order of their places."""
    homes, places = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "articles.jsonl")
        with path.open("w", encoding="utf-8", newline="\n") as out:
            for row in articles:
                homes[row.lang, row.id], places[row.lang, row.id] = row.home, row.place
                out.write(row.line + "\n")
        if len({lang for lang, _ in homes}) < 2 and not any(lang is None for lang, _ in homes):
            return
        try:
            lines = run(program.command("pair", path), [], accepted=[0, 1])
        except Died as death:
            yield {"block": block, "error": str(death)}
            return
    for line in lines:
        group = json.loads(line)
        if "ids" not in group:
            yield {"block": block, "place": "0" + places[None, str(group["id"])], "members": [], "set": group["set"], "line": line.decode()}
            continue
        members = sorted(group["ids"].items(), key=lambda member: (ORDER.get(member[0], "3"), member[0]))
        home = next((homes[member] for member in members if homes[member] != "undated"), "undated")
        if home == block:
            score = group["coverage"] + group["margin"]
            names = ["\0".join(member) for member in members]
            yield {"block": block, "place": "1" + places[members[0]], "members": names, "score": score, "set": group["set"], "line": line.decode()}


def pair(spark, articles, program, args):
    known = articles.where("lang IS NULL").select("lang", "id", "place", "line")
    known = known.withColumn("home", F.lit("known")).withColumn("block", F.concat(F.lit("known "), F.pmod(F.xxhash64("id"), F.lit(args.partitions))))
    columns = ["lang", "id", "place", "line", "home", "block"]
    single = articles.join(placed(spark, args), ["lang", "id"]).select(columns)
    parts = single.union(known.select(columns)).repartition(args.partitions, "block").sortWithinPartitions("block", "place")

    def work(batches):
        def rows():
            for batch in batches:
                yield from batch.itertuples()

        def runs():
            some = None
            for row in rows():
                if some is None or row.block != some[0]:
                    some = (row.block, [])
                    yield some
                some[1].append(row)

        # A block is complete when the next one begins.
        previous = None
        for current in runs():
            if previous is not None:
                yield from found(previous)
            previous = current
        if previous is not None:
            yield from found(previous)

    def found(block):
        groups = pair_block(program, *block)
        yield from (frame(some, FOUND) for some in portions(groups, 256, lambda row: len(row.get("line") or "")))

    parts.mapInPandas(work, FOUND).write.parquet(f"{args.out}/found")


def merge(found):
    """The groups of all blocks. Blocks that disagree about an article: the group with more versions is used, then
    the one with the higher score, then the one whose article comes first."""
    found = found.where("error IS NULL")
    keys = F.transform("members", lambda member: F.sha2(member, 256).cast("binary"))
    rank = F.concat(F.lit(9) - F.size("members"), F.format_string("%09.6f", F.lit(50) - F.col("score")), "place")
    rows = found.where("size(members) > 0").select(rank.alias("document"), F.lit(0).alias("position"), keys.alias("keys"))
    gone = duplicates(rows)
    good = found.withColumn("document", rank).join(gone.select("document"), "document", "left_anti")
    # Of two groups with the same id, the second gets the language of its first article as a suffix.
    good = good.withColumn("id", F.get_json_object("line", "$.id"))
    same = Window.partitionBy("id").orderBy("place")
    language = F.coalesce(F.split(F.col("members")[0], "\0")[0], F.lit("group"))
    number = F.row_number().over(same)
    name = F.when(number == 1, F.col("id")).otherwise(F.concat("id", F.lit("@"), language))
    return good.select("place", name.alias("id"), "set", "line")


# 4. Rows


def mark_groups(program, held_out, groups):
    """The marked rows of some groups, which are pairs of place and line. `document` is the place."""
    places = {str(json.loads(line)["id"]): place for place, line in groups}
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "groups.jsonl"), Path(folder, "out")
        path.write_text("".join(line + "\n" for _, line in groups), encoding="utf-8", newline="\n")
        texts = [word for name in held_out for word in ("--held-out", SparkFiles.get(name))]
        run(program.command("build", path, "-o", out, "--mark", *texts, *program.exclusions()), [], accepted=[0, 1])
        rows = [marked(line, places) for line in lines_of(out / "rows.jsonl")]
        for line in lines_of(out / "problems.jsonl"):
            problem = json.loads(line)
            rows.append({"document": places.get(problem["id"], problem["id"]), "error": problem["error"]})
    return rows


def lines_of(path):
    with path.open(encoding="utf-8", newline="\n") as lines:
        yield from (line.rstrip("\n") for line in lines)


def marked(line, places):
    """A row with its marks. The row itself is cut out of the line, so that no byte of it changes."""
    marks = json.loads(line)
    keys = [bytes.fromhex(key) for key in marks["exact_keys"] + marks["near_keys"]]
    row = line[line.index(',"row":') + len(',"row":') : -1]
    return {
        "document": places[marks["row"]["document"]], "position": marks["position"], "reasons": marks["reasons"],
        "languages": "-".join(marks["languages"]), "keys": keys, "row": row,
        "sentences": json.dumps(marks.get("sentences", {}), ensure_ascii=False),
    }


def mark(spark, program, args, name, held_out):
    groups = spark.read.parquet(f"{args.out}/groups").where(F.col("set") == name)

    def work(batches):
        for batch in batches:
            lines = ((place, json.dumps(json.loads(line) | {"id": key}, ensure_ascii=False)) for place, key, line in zip(batch["place"], batch["id"], batch["line"]))
            for some in portions(lines, 1024, lambda group: len(group[1])):
                rows = halving(lambda groups: mark_groups(program, held_out, groups), some, lambda group, why: {"document": group[0], "error": why})
                yield frame(rows, MARKED)

    groups.repartition(args.partitions, "place").mapInPandas(work, MARKED).write.parquet(f"{args.out}/marked/{name}")


def make_sets(spark, program, args):
    """The rows of the three sets: those of test first, so that no later set has its texts."""
    before, held_out = None, []
    for rank, name in enumerate(("test", "dev", "train")):
        mark(spark, program, args, name, held_out)
        good = spark.read.parquet(f"{args.out}/marked/{name}").where("error IS NULL AND size(reasons) = 0")
        good = good.withColumn("document", F.concat(F.lit(str(rank)), "document"))
        columns = ["document", "position", "keys"]
        gone = duplicates(good.select(columns) if before is None else before.union(good.select(columns)))
        kept = good.join(gone, ["document", "position"], "left_anti").checkpoint()
        before = kept.select(columns) if before is None else before.union(kept.select(columns))
        rows = kept.orderBy("document", "position")
        rows.select("languages", F.col("row").alias("value")).write.partitionBy("languages").text(f"{args.out}/rows/{name}")
        if name != "train":
            path = Path(tempfile.mkdtemp(), f"{name}-rows.jsonl")
            with path.open("w", encoding="utf-8", newline="\n") as out:
                lines = (f'{{"sentences":{row.sentences},"row":{row.row}}}\n' for row in rows.toLocalIterator())
                out.writelines(lines)
            spark.sparkContext.addFile(str(path))
            held_out.append(path.name)


def counts(spark, args):
    groups = spark.read.parquet(f"{args.out}/groups").groupBy("set").count()
    told = {"errors": spark.read.parquet(f"{args.out}/errors").count(), "groups": dict(map(tuple, groups.collect())), "rejected": {}, "rows": {}}
    for name in ("test", "dev", "train"):
        rows = spark.read.parquet(f"{args.out}/marked/{name}").select(F.explode("reasons").alias("reason"))
        for reason, count in rows.groupBy("reason").count().collect():
            told["rejected"][reason] = told["rejected"].get(reason, 0) + count
        told["rows"][name] = spark.read.text(f"{args.out}/rows/{name}").count()
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", help="folder or file, on any file system that Spark and Arrow read")
    parser.add_argument("--out", required=True, help="new folder for the output, on a file system that all executors share")
    parser.add_argument("--bitext", required=True, help="the bitext program on this machine; it is sent to the executors")
    parser.add_argument("--config", required=True, help="settings of `bitext build` (TOML) on this machine; sent to the executors")
    parser.add_argument("--exclude", action="append", default=[], help="as of `bitext build`: file or folder on this machine; repeatable")
    parser.add_argument("--blocks", choices=["site", "days", "cells"], default="cells", help="what is compared with each other (default: cells)")
    parser.add_argument("--days", type=int, default=7, help="length of a stretch of days (default: 7)")
    parser.add_argument("--max-days", type=int, default=3, help="`max_days` of the settings (default: 3)")
    parser.add_argument("--cell-size", type=int, default=5000, help="articles of a cell (default: 5000)")
    parser.add_argument("--probes", type=int, default=4, help="cells that an article is compared in (default: 4)")
    parser.add_argument("--partitions", type=int, default=200, help="number of tasks of a step (default: 200)")
    args = parser.parse_args()

    spark = SparkSession.builder.appName("bitext").getOrCreate()
    spark.sparkContext.addPyFile(str(Path(__file__).parent / "align.py"))
    spark.sparkContext.setCheckpointDir(f"{args.out}/checkpoints")
    program = Program(spark, args)
    # The settings are read first, so that a mistake in them ends the job at once.
    with tempfile.TemporaryDirectory() as empty:
        subprocess.run([args.bitext, "extract", empty, "--config", args.config], check=True)

    extract(spark, program, args)
    articles, errors = unique(spark.read.parquet(f"{args.out}/articles"))
    blocks(articles, args)
    pair(spark, articles, program, args)
    found = spark.read.parquet(f"{args.out}/found")
    merge(found).write.parquet(f"{args.out}/groups")
    make_sets(spark, program, args)

    lost = [found.where("error IS NOT NULL").select("block", F.lit("").alias("source"), "error")]
    for name in ("test", "dev", "train"):
        failed = spark.read.parquet(f"{args.out}/marked/{name}").where("error IS NOT NULL")
        lost.append(failed.select("document", F.lit("").alias("source"), "error"))
    for part in lost:
        errors = errors.union(part)
    errors.orderBy("source", "id").write.parquet(f"{args.out}/errors")
    print(json.dumps(counts(spark, args)))
    spark.stop()


if __name__ == "__main__":
    main()
