"""Makes a training set of a corpus of parallel articles, with bitext under Apache Spark.

    spark-submit align.py articles/ --out corpus --bitext target/release/bitext

INPUT is JSONL, lines as `bitext align --jsonl` reads them, or with --parquet Parquet with columns
`id` and two or three of `en`, `uk`, `de`. Every article needs an id of its own.

OUT gets `marked` (all rows, with the reasons to drop them), `errors` (articles that could not be
used, and why), and `rows`, the training set, sorted by document and position through all of its
files. It is what one machine makes of the same articles, sorted by id:

    bitext align --jsonl < articles.jsonl | bitext filter -
"""

import argparse
import json
import os
import subprocess

import pandas
from pyspark import SparkFiles
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

MARKED = (
    "document string, position int, id string, en string, uk string, de string, score float,"
    " confidence float, reasons array<string>, keys array<binary>, error string, line string"
)
COLUMNS = [column.split()[0] for column in MARKED.split(",")]


class Died(Exception):
    """The program ended as it never should; some article may be to blame."""


def run(command, lines, fine):
    """What the program prints for some lines. Both its outputs are read while it is fed, so that
    no full pipe holds it up; `fine` are the exit statuses that go with a whole output."""
    text = b"".join(line + b"\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True)
    if done.returncode not in fine:
        last = done.stderr.decode("utf-8", "replace")[-500:].strip()
        raise Died(f"bitext {command[1]} ended with status {done.returncode}: {last}")
    return done.stdout.split(b"\n")[:-1]


def commands(program, settings=None, pairs=None):
    """`bitext align` and `bitext filter`, tried without any line: where that fails, it is not for
    an article, and the job has to end."""
    align = [program, "align", "--jsonl", "--threads", "1"]
    judge = [program, "filter", "-", "--mark", "--threads", "1"]
    judge += ["--config", settings] if settings else []
    judge += ["--pairs", pairs] if pairs else []
    run(align, [], fine=[0])
    run(judge, [], fine=[0])
    return align, judge


def mark(align, judge, articles):
    """The rows of some articles, pairs of id and line. Where the program dies of them, they are
    tried by halves, so that in the end only the article that it dies of is an error."""
    try:
        return mark_all(align, judge, articles)
    except Died as death:
        if len(articles) == 1:
            return [bad(*articles[0], str(death))]
        half = len(articles) // 2
        return mark(align, judge, articles[:half]) + mark(align, judge, articles[half:])


def mark_all(align, judge, articles):
    # The program passes over blank lines.
    articles = [(key, line) for key, line in articles if line.decode("utf-8", "replace").strip()]
    if not articles:
        return []
    # Status 1 says that some lines could not be used; their answers tell which.
    answers = run(align, [line for _, line in articles], fine=[0, 1])
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
    for line in run(judge, aligned, fine=[0]):
        row = json.loads(line)
        position = position + 1 if row["document"] == document else 0
        document = row["document"]
        row |= row["translation"]
        row["keys"] = [bytes.fromhex(key) for key in row["exact_keys"] + row["near_keys"]]
        rows.append({"position": position} | row)
    return rows


def bad(key, line, error):
    return {"document": key, "error": error, "line": line[:200].decode("utf-8", "replace")}


def worker(program, settings, pairs, longest):
    """What an executor does with the articles of a partition, which come sorted by id."""

    def serve(batches):
        shipped = SparkFiles.get(settings) if settings else None
        align, judge = commands(SparkFiles.get(program), shipped, pairs)
        previous = None
        for batch in batches:
            rows, articles = [], []
            for key, line, size in zip(batch["key"], batch["line"], batch["size"]):
                if key == previous:
                    rows.append(bad(key, line or b"", "an article before this one has the same id"))
                elif size > longest:
                    rows.append(bad(key, b"", f"{size} bytes are more than {longest}"))
                else:
                    articles.append((key, line))
                previous = key
            if articles:
                rows += mark(align, judge, articles)
            # Of objects, so that what is not there stays `None` and does not become NaN.
            rows = [[row.get(column) for column in COLUMNS] for row in rows]
            yield pandas.DataFrame(rows, columns=COLUMNS, dtype=object)

    return serve


def read(spark, args):
    """Articles by `key`, their id, as a `line` of JSON."""
    if args.parquet:
        table = spark.read.parquet(*args.input)
        columns = [name for name in ("id", "en", "uk", "de") if name in table.columns]
        lines = table.select(F.to_json(F.struct(*columns)).alias("value"))
    else:
        lines = spark.read.text(args.input, lineSep="\n")
    # As bytes: what is no UTF-8 is for the program to refuse, and must not stop Python.
    line, size = F.col("value").cast("binary"), F.octet_length("value")
    key = F.coalesce(F.get_json_object("value", "$.id"), F.sha1(line))
    lines = lines.select(key.alias("key"), F.when(size <= args.longest, line).alias("line"), size.alias("size"))
    # By id, so that two articles with one id meet, the first by its bytes staying; and not as
    # the files have them, so that long articles that stand together are shared out.
    return lines.repartition(args.partitions, "key").sortWithinPartitions("key", "line")


def duplicates(good):
    """The rows that `bitext filter` would drop in a single pass from first to last: those that
    share a key with a row before them that stays. A row that goes makes no other go.

    Each round settles the rows that are the first under all of their keys, which stay, and those
    that share a key with one of them, which go; the others wait for the next round."""
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
            .checkpoint()  # of a lost executor no round is done again
        )
        going = settled.where("goes").select("row.document", "row.position").distinct()
        gone = going if gone is None else gone.union(going)
        open_rows = settled.where("NOT stays AND NOT goes").select("row", "key")
        if open_rows.isEmpty():
            return gone


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="+", help="files or folders, of any file system that Spark reads")
    parser.add_argument("--out", required=True, help="a new folder, on a file system that all executors share")
    parser.add_argument("--bitext", required=True, help="the program, here; it is sent to the executors")
    parser.add_argument("--config", help="settings of `bitext filter`, here; sent too")
    parser.add_argument("--pairs", help="take pairs of languages, such as en-uk,en-de, not all together")
    parser.add_argument("--parquet", action="store_true", help="INPUT is Parquet")
    parser.add_argument("--partitions", type=int, default=200, help="tasks to align in; 200 by default")
    parser.add_argument("--longest", type=int, default=16 << 20, help="bytes of the longest article that is taken")
    parser.add_argument("--go-on", action="store_true", help="OUT/marked is there: begin behind it")
    args = parser.parse_args()

    spark = SparkSession.builder.appName("bitext").getOrCreate()
    # Articles that the program is given at a time: its start takes as long as one of them.
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 256)
    spark.sparkContext.setCheckpointDir(f"{args.out}/checkpoints")
    if not args.go_on:
        for path in filter(None, [args.bitext, args.config]):
            spark.sparkContext.addFile(path)
        settings = os.path.basename(args.config) if args.config else None
        serve = worker(os.path.basename(args.bitext), settings, args.pairs, args.longest)
        marked = read(spark, args).mapInPandas(serve, MARKED)
        marked.write.parquet(f"{args.out}/marked")

    marked = spark.read.parquet(f"{args.out}/marked")
    errors = marked.where("error IS NOT NULL")
    judged = marked.where("error IS NULL")
    good = judged.where("size(reasons) = 0")
    errors.select("document", "error", "line").orderBy("document", "line").write.parquet(f"{args.out}/errors")
    gone = duplicates(good)
    rows = good.join(gone, ["document", "position"], "left_anti").orderBy("document", "position")
    texts = F.struct("en", "uk", "de").alias("translation")
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
