"""Makes a training set from a corpus of parallel articles, with bitext under Apache Spark.

    spark-submit --master 'local[2]' align.py articles.jsonl --out corpus --bitext target/release/bitext

INPUT is JSONL as `bitext align --jsonl` reads it. With --parquet it is Parquet with a column `id` and
two or three of the columns that --langs names, such as `en`, `uk` and `de`. Every article needs a unique id.
The rows have a column for each of these languages; an article in another one is an error.

The job writes three folders into OUT: `marked` (all rows with the reasons to reject them), `errors`
(articles that could not be processed, and why) and `rows` (the training set, sorted by document and
position through all files). The rows are those of one machine for the same articles, sorted by id:

    bitext align --jsonl < articles.jsonl | bitext filter -

With --package instead of --bitext, the executors use the Python package, which must be installed on them.
"""

import argparse
import json
import os
import subprocess
import tomllib

import pandas
from pyspark import SparkFiles
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F



def schema(languages):
    """The columns of marked rows."""
    texts = "".join(f" {language} string," for language in languages)
    return (
        f"document string, position int, id string,{texts} score float,"
        " confidence float, reasons array<string>, keys array<binary>, error string, line string"
    )


def table(rows, languages):
    """Marked rows as a data frame. A row with a language that is no column becomes an error."""
    columns = [column.split()[0] for column in schema(languages).split(",")]
    for at, row in enumerate(rows):
        others = sorted(set(row.get("translation", {})) - set(languages))
        if others and not row.get("error"):
            rows[at] = bad(row["document"], b"", f"the language {', '.join(others)} is not in --langs")
    # The type `object` keeps missing values as `None`; otherwise they would become NaN.
    rows = [[row.get(column) for column in columns] for row in rows]
    return pandas.DataFrame(rows, columns=columns, dtype=object)


class Died(Exception):
    """The program ended unexpectedly; one of its articles may be the cause."""


def run(command, lines, accepted):
    """Runs the program on some lines and returns the lines of its output. `accepted` has the exit
    statuses of a complete output. Both outputs are read while the input is written, so that a full pipe
    cannot block the program."""
    text = b"".join(line + b"\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True)
    if done.returncode not in accepted:
        last = done.stderr.decode("utf-8", "replace")[-500:].strip()
        raise Died(f"bitext {command[1]} ended with status {done.returncode}: {last}")
    return done.stdout.split(b"\n")[:-1]


def commands(program, settings=None, pairs=None):
    """The commands `bitext align` and `bitext filter`. Both are run without input first: if that fails,
    no article is the cause, and the job must end."""
    align = [program, "align", "--jsonl", "--threads", "1"]
    judge = [program, "filter", "-", "--mark", "--threads", "1"]
    judge += ["--config", settings] if settings else []
    judge += ["--pairs", pairs] if pairs else []
    run(align, [], accepted=[0])
    run(judge, [], accepted=[0])
    return align, judge


def mark(align, judge, articles):
    """The rows of some articles, which are pairs of id and line. If the program ends unexpectedly, each
    half of the articles is tried again, so that only the article that causes it becomes an error."""
    try:
        return mark_all(align, judge, articles)
    except Died as death:
        if len(articles) == 1:
            return [bad(*articles[0], str(death))]
        half = len(articles) // 2
        return mark(align, judge, articles[:half]) + mark(align, judge, articles[half:])


def mark_all(align, judge, articles):
    # The program skips blank lines.
    articles = [(key, line) for key, line in articles if line.decode("utf-8", "replace").strip()]
    if not articles:
        return []
    # Status 1: some lines could not be processed; their answers have the errors.
    answers = run(align, [line for _, line in articles], accepted=[0, 1])
    if len(answers) != len(articles):
        raise Died(f"bitext align gave {len(answers)} answers for {len(articles)} lines")
    rows, aligned = [], []
    for article, answer in zip(articles, answers):
        fields = json.loads(answer)
        if "error" in fields:
            rows.append(bad(*article, fields["error"]))
        elif fields["id"] is None:
            rows.append(bad(*article, "the article has no id"))
        else:
            aligned.append(answer)
    document, position = None, 0
    for line in run(judge, aligned, accepted=[0]):
        row = json.loads(line)
        position = position + 1 if row["document"] == document else 0
        document = row["document"]
        row |= row["translation"]
        row["keys"] = [bytes.fromhex(key) for key in row["exact_keys"] + row["near_keys"]]
        rows.append({"position": position} | row)
    return rows


def bad(key, line, error):
    return {"document": key, "error": error, "line": line[:200].decode("utf-8", "replace")}


def worker(program, settings, pairs, max_bytes, languages):
    """The function that executors run on a partition. Its articles are sorted by id."""

    def mark_batches(batches):
        shipped = SparkFiles.get(settings) if settings else None
        align, judge = commands(SparkFiles.get(program), shipped, pairs)
        previous = None
        for batch in batches:
            rows, articles = [], []
            for key, line, size in zip(batch["key"], batch["line"], batch["size"]):
                if key == previous:
                    rows.append(bad(key, line or b"", "an article before this one has the same id"))
                elif size > max_bytes:
                    rows.append(bad(key, b"", f"{size} bytes are more than {max_bytes}"))
                else:
                    articles.append((key, line))
                previous = key
            if articles:
                rows += mark(align, judge, articles)
            yield table(rows, languages)

    return mark_batches


def package_worker(settings, max_bytes, languages):
    """The same with the Python package. `settings` are those of `bitext.mark`."""

    def mark_batches(batches):
        # On the executor: the driver needs no package.
        import bitext

        previous = None
        for batch in batches:
            rows, articles = [], []
            for key, line, size in zip(batch["key"], batch["line"], batch["size"]):
                if key == previous:
                    rows.append(bad(key, line or b"", "an article before this one has the same id"))
                elif size > max_bytes:
                    rows.append(bad(key, b"", f"{size} bytes are more than {max_bytes}"))
                elif line.decode("utf-8", "replace").strip():
                    articles.append((key, line))
                previous = key
            lines = (line for _, line in articles)
            aligned = []
            for article, result in zip(articles, bitext.align_many(lines, threads=1, on_error="return")):
                if not isinstance(result, bitext.Bitext):
                    rows.append(bad(*article, str(result)))
                elif result.id is None:
                    rows.append(bad(*article, "the article has no id"))
                else:
                    aligned += [(str(result.id), at, row) for at, row in enumerate(result.rows())]
            marks = bitext.mark([row for _, _, row in aligned], threads=1, settings=settings)
            for (document, position, row), mark in zip(aligned, marks):
                texts = {code: text and " ".join(text.split()) for code, text in dict(row).items()}
                rows.append({
                    "document": document, "position": position, "id": f"{document}#{row.index}", "score": row.score,
                    "confidence": row.confidence, "reasons": mark.reasons, "keys": mark.exact_keys + mark.near_keys,
                    "translation": texts,
                } | texts)
            yield table(rows, languages)

    return mark_batches


def filter_settings(path):
    """The settings of `bitext.mark` from a file of `bitext filter`."""
    if path is None:
        return {}
    with open(path, "rb") as file:
        sections = tomllib.load(file)
    return {name: value for section in sections.values() for name, value in section.items()}


def read(spark, args):
    """The articles: `key` is the id, `line` is the JSON."""
    if args.parquet:
        table = spark.read.parquet(*args.input)
        columns = [name for name in ("id", *args.langs) if name in table.columns]
        lines = table.select(F.to_json(F.struct(*columns)).alias("value"))
    else:
        lines = spark.read.text(args.input, lineSep="\n")
    # As bytes, because invalid UTF-8 would be an error in Python; the program reports it by line.
    line, size = F.col("value").cast("binary"), F.octet_length("value")
    key = F.coalesce(F.get_json_object("value", "$.id"), F.sha1(line))
    lines = lines.select(key.alias("key"), F.when(size <= args.max_bytes, line).alias("line"), size.alias("size"))
    # Partitions by id bring articles with the same id together; the first by its bytes is kept. They also
    # distribute long articles that are neighbours in the files.
    return lines.repartition(args.partitions, "key").sortWithinPartitions("key", "line")


def duplicates(good):
    """The rows that `bitext filter` drops as duplicates in one pass: rows that share a key with an earlier
    row that is kept. A dropped row makes no other row a duplicate.

    Each round decides two kinds of rows. Rows that are first under all of their keys are kept, and rows
    that share a key with one of these are dropped. The other rows remain for the next round."""
    row, key = Window.partitionBy("row"), Window.partitionBy("key")
    keys = good.select(F.struct("document", "position").alias("row"), F.explode("keys").alias("key"))
    # Most rows share no key with any other.
    open_rows = keys.withColumn("rows", F.count("*").over(key)).where("rows > 1").select("row", "key")
    gone = None
    while True:
        first = open_rows.withColumn("first", F.col("row") == F.min("row").over(key))
        settled = (
            first.withColumn("stays", F.bool_and("first").over(row))
            .withColumn("taken", F.bool_or("stays").over(key))
            .withColumn("goes", ~F.col("stays") & F.bool_or("taken").over(row))
            .checkpoint()  # so that no round is repeated if an executor is lost
        )
        going = settled.where("goes").select("row.document", "row.position").distinct()
        gone = going if gone is None else gone.union(going)
        open_rows = settled.where("NOT stays AND NOT goes").select("row", "key")
        if open_rows.isEmpty():
            return gone


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="+", help="files or folders of articles, on any file system that Spark reads")
    parser.add_argument("--out", required=True, help="new folder for the output, on a file system that all executors share")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--bitext", help="the bitext program on this machine; it is sent to the executors")
    how.add_argument("--package", action="store_true", help="use the Python package `bitext`, which all executors have")
    parser.add_argument("--config", help="settings of `bitext filter` (TOML) on this machine; sent to the executors")
    parser.add_argument("--pairs", help="language pairs, such as en-uk,en-de, instead of rows in all languages")
    parser.add_argument("--langs", default="en,uk,de", help="languages of the articles (default: en,uk,de)")
    parser.add_argument("--parquet", action="store_true", help="read Parquet instead of JSONL")
    parser.add_argument("--partitions", type=int, default=200, help="number of aligning tasks (default: 200)")
    parser.add_argument("--max-bytes", type=int, default=16 << 20, help="bytes of an article, at most (default: 16 MiB); longer ones are errors")
    parser.add_argument("--resume", action="store_true", help="use OUT/marked of an earlier run and skip aligning")
    args = parser.parse_args()
    if args.package and args.pairs:
        parser.error("--pairs needs --bitext")
    args.langs = args.langs.split(",")

    spark = SparkSession.builder.appName("bitext").getOrCreate()
    # Articles for one start of the program, which takes as long as aligning one article.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 256)
    spark.sparkContext.setCheckpointDir(f"{args.out}/checkpoints")
    if not args.resume:
        if args.package:
            mark_batches = package_worker(filter_settings(args.config), args.max_bytes, args.langs)
        else:
            for path in filter(None, [args.bitext, args.config]):
                spark.sparkContext.addFile(path)
            settings = os.path.basename(args.config) if args.config else None
            mark_batches = worker(os.path.basename(args.bitext), settings, args.pairs, args.max_bytes, args.langs)
        marked = read(spark, args).mapInPandas(mark_batches, schema(args.langs))
        marked.write.parquet(f"{args.out}/marked")

    marked = spark.read.parquet(f"{args.out}/marked")
    errors = marked.where("error IS NOT NULL")
    judged = marked.where("error IS NULL")
    good = judged.where("size(reasons) = 0")
    errors.select("document", "error", "line").orderBy("document", "line").write.parquet(f"{args.out}/errors")
    gone = duplicates(good)
    rows = good.join(gone, ["document", "position"], "left_anti").orderBy("document", "position")
    texts = F.struct(*args.langs).alias("translation")
    rows.select("id", texts, "document", "score", "confidence").write.parquet(f"{args.out}/rows")

    reasons = judged.select(F.explode("reasons").alias("reason")).groupBy("reason").count()
    counts = {
        "errors": errors.count(),
        "rows": judged.count(),
        "rejected": {reason: count for reason, count in sorted(reasons.collect())},
        "duplicates": gone.count(),
        "kept": spark.read.parquet(f"{args.out}/rows").count(),
    }
    print(json.dumps(counts))
    spark.stop()


if __name__ == "__main__":
    main()
