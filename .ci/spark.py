"""Runs examples/spark/align.py on a cluster of two workers, kills an executor at work, and compares
what comes out with what one machine makes of the same articles. Called by `.ci/spark PROGRAM FOLDER`."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pyspark

PROGRAM, FOLDER = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
EXAMPLE = Path("examples/spark/align.py").resolve()
SPARK = FOLDER / "spark"
LANGUAGES = ("en", "uk", "de")
SYLLABLES = [("ba", "ба"), ("dor", "дор"), ("fen", "фен"), ("gal", "ґал"), ("hu", "гу"), ("kis", "кіс"), ("lo", "ло"),
             ("mer", "мер"), ("nad", "над"), ("pol", "пол"), ("ru", "ру"), ("tam", "там"), ("ves", "вес"), ("zo", "зо")]
SAID = {"en": "{} {} told the town of {}: {}", "uk": "{} {} розповіла місту {}: {}", "de": "{} {} sagte der Stadt {}: {}"}


def corpus():
    """Lines of articles, and those that the job itself must refuse, with a part of what it says. Always the same."""
    written = [json.loads(line) for line in Path("tests/data/corpus/articles.jsonl").open()]
    dice = random.Random(7)

    def name():
        parts = dice.choices(SYLLABLES, k=dice.randint(2, 5))
        return ["".join(part[way] for part in parts).capitalize() for way in (0, 1)]

    lines, refused = [], {}
    for number in range(600):
        article = {language: [] for language in LANGUAGES}
        for _ in range(dice.randint(3, 16)):
            source, at, names = dice.choice(written), dice.randrange(5), [name(), name(), name()]
            for language in LANGUAGES:
                sentence = source[language][at]
                if dice.random() < 0.97:
                    # One in five as it stands, so that there are duplicates, exact and near.
                    told = [pair[language == "uk"] for pair in names]
                    article[language].append(SAID[language].format(*told, sentence) if names[0][0] > "D" else sentence)
        if number % 7 == 0:
            article["de"] = None
        if number % 2:
            article = {language: given and " ".join(given) for language, given in article.items()}
        key = {0: number, 1: f"ключ-{number}", 2: f"a/{number:04}"}[number % 3]
        lines.append(json.dumps({"id": key, **article}, ensure_ascii=number % 5 > 0).encode())
    fine = lines[100]
    lines += [b"{", b"", b"not json", b'{"id": "bytes", "en": "\xff\xfe", "de": "B."}', b'{"id": "alone", "en": "A."}',
              b'{"id": [1], "en": ["A."], "de": ["B."]}', b'{"id": "five", "en": 5, "de": ["B."]}',
              '{"id": "russian", "en": ["It rained."], "uk": "Никто не знал, что вчера были ещё и эти работы."}'.encode()]
    no_id = b'{"en": ["The bridge is closed."], "de": ["Die Br\xc3\xbccke ist gesperrt."]}'
    twice = b'{"id": 597, "en": ["~"], "de": ["~"]}'
    long = b'{"id": "long", "en": "' + b"A. " * 200_000 + b'", "de": "B."}'
    ours = [(no_id, "no id"), (twice, "same id"), (fine, "same id"), (long, "more than 500000")]
    dice.shuffle(lines)
    return lines, ours


def order(line):
    """Where a line stands for one machine: by id, as text."""
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError):
        return ""


def alone(lines, *more):
    """What one machine makes of them: rows, and errors."""
    text = b"".join(line + b"\n" for line in sorted(lines, key=order))
    begun = time.monotonic()
    aligned = subprocess.run([PROGRAM, "align", "--jsonl"], input=text, capture_output=True)
    took = time.monotonic() - begun
    assert aligned.returncode in (0, 1), aligned.stderr
    answers = [(answer, json.loads(answer)) for answer in aligned.stdout.split(b"\n")[:-1]]
    bitexts = b"".join(answer + b"\n" for answer, fields in answers if "error" not in fields)
    done = subprocess.run([PROGRAM, "filter", "-", "--counts", FOLDER / "counts.json", *more], input=bitexts, capture_output=True)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.split(b"\n")[:-1]]
    counts = json.loads((FOLDER / "counts.json").read_text())
    print(f"one machine: {len(lines)} lines aligned in {took:.1f} s, {counts['pairs']} rows, {counts['kept']} kept")
    return rows, [fields["error"] for _, fields in answers if "error" in fields], counts


def processes(session):
    """The processes of a session: parent, and command line, by number."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    found[int(entry.name)] = (int(fields[1]), (entry / "cmdline").read_bytes().decode().split("\0"))
            except OSError:
                pass
    return found


def listening(pids):
    """The addresses, as the kernel writes them, that processes listen on."""
    sockets = set()
    for pid in pids:
        try:
            sockets |= {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}
        except OSError:
            pass
    tables = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return {fields[1].split(":")[0] for fields in tables if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets}


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def executor_at_work(session, seen, word, calls_before):
    """An executor that has begun to run a command of `bitext` so many times, and its number in Spark."""
    alive = processes(session)
    for pid, (parent, command) in alive.items():
        if len(command) > 1 and Path(command[0]).name == "bitext" and command[1] == word:
            while parent in alive and "org.apache.spark.executor.CoarseGrainedExecutorBackend" not in alive[parent][1]:
                parent = alive[parent][0]
            if parent in alive:
                calls = seen.setdefault(parent, set())
                if not calls:
                    assert (addresses := listening(alive)) and addresses <= LOOPBACK, addresses
                calls.add(pid)
                if len(calls) == calls_before:
                    arguments = alive[parent][1]
                    return parent, arguments[arguments.index("--executor-id") + 1]
    return None


def spark(name, master, arguments, kill=False, job=EXAMPLE, word="align", calls=4):
    """Runs a job, and kills an executor that runs a command of `bitext` for the fourth time: a try without articles,
    the first ones, a try, the second ones; gives its counts and the events of its log. Ends whatever it started, come what may."""
    logs = FOLDER / f"{name}-events"
    logs.mkdir()
    settings = {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.driver.memory": "1g", "spark.executor.memory": "1g", "spark.sql.shuffle.partitions": "2",
        # So that the rows come in several files.
        "spark.sql.adaptive.coalescePartitions.enabled": "false",
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": logs.as_uri(), "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false", "spark.local.dir": str(FOLDER / "local"),
        # For a short job the second compiler costs more than it gives.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1", "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    }
    command = [SPARK / "bin/spark-submit", "--master", master]
    command += [word for key, value in settings.items() for word in ("--conf", f"{key}={value}")]
    environment = os.environ | {
        "SPARK_HOME": str(SPARK), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost",
        "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1"}
    begun, said = time.monotonic(), FOLDER / f"{name}.log"
    how = [] if "--package" in arguments else ["--bitext", PROGRAM]
    with said.open("wb") as log:
        process = subprocess.Popen([*command, job, *arguments, *how], cwd=FOLDER, env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    killed = None
    try:
        seen = {}
        while kill and killed is None and process.poll() is None:
            if found := executor_at_work(process.pid, seen, word, calls):
                os.kill(found[0], signal.SIGKILL)
                killed = found[1]
                print(f"{time.monotonic() - begun:.1f} s: killed executor {killed}, process {found[0]}, with `bitext {word}` at work")
            time.sleep(0.02)
        output = process.communicate(timeout=800)[0].decode()
    finally:
        # By the session's number, which nothing else has.
        for _ in range(100):
            left = processes(process.pid)
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if not left:
                break
            time.sleep(0.1)
        process.wait()
    if process.returncode != 0:
        print(said.read_text()[-6000:])
        raise SystemExit(f"{name}: the job ended with status {process.returncode}")
    counts = json.loads(output.splitlines()[-1])
    print(f"{name}: {time.monotonic() - begun:.1f} s, {counts}")
    (log,) = logs.iterdir()
    return counts, [json.loads(line) for line in log.open()], killed


def check_killed(events, executor):
    """That the executor was lost with a task, which another one then did."""
    removed = [event for event in events if event["Event"] == "SparkListenerExecutorRemoved" and event["Executor ID"] == executor]
    assert removed, "no executor was removed"
    ends = [event for event in events if event["Event"] == "SparkListenerTaskEnd"]
    # Where a stage is begun again, its tasks are numbered anew, but a partition keeps its number.
    place = lambda event: (event["Stage ID"], event["Task Info"]["Partition ID"])
    lost = {place(end) for end in ends if end["Task End Reason"]["Reason"] == "ExecutorLostFailure" and end["Task Info"]["Executor ID"] == executor}
    assert lost, "it was lost without a task"
    again = [end["Task Info"]["Executor ID"] for end in ends if place(end) in lost and end["Task End Reason"]["Reason"] == "Success"]
    assert again and executor not in again, (again, lost, [(place(end), end["Task Info"]["Executor ID"], end["Task End Reason"]["Reason"]) for end in ends])
    print(f"lost with executor {executor}: tasks {sorted(lost)}; done again by executors {sorted(set(again))}")


def check_rows(name, rows):
    """Row for row, in the order of the files."""
    files = sorted((FOLDER / name / "rows").glob("part-*.parquet"))
    table = pyarrow.concat_tables([pyarrow.parquet.read_table(file) for file in files])
    single = pyarrow.float32()
    texts = pyarrow.struct([(language, pyarrow.string()) for language in LANGUAGES])
    schema = pyarrow.schema([("id", pyarrow.string()), ("translation", texts), ("document", pyarrow.string()), ("score", single), ("confidence", single)])
    assert [(field.name, field.type) for field in table.schema] == [(field.name, field.type) for field in schema], table.schema
    expected = pyarrow.Table.from_pylist(rows, schema=schema)
    for at, (one, other) in enumerate(zip(expected.to_pylist(), table.to_pylist())):
        assert one == other, (at, one, other)
    assert table.num_rows == expected.num_rows > 0
    assert len(files) > 1, files
    print(f"{name}: {table.num_rows} rows in {len(files)} files are those of one machine, in the same order")


def check_counts(counts, expected):
    reasons = {reason: count["rejected"] for reason, count in expected["reasons"].items()}
    duplicates = reasons.pop("duplicate"), reasons.pop("near_duplicate")
    assert (counts["rows"], counts["kept"], counts["duplicates"]) == (expected["pairs"], expected["kept"], sum(duplicates)), (counts, expected)
    assert counts["rejected"] == {reason: count for reason, count in reasons.items() if count}, (counts, expected)


def check_errors(name, told, ours):
    """What one machine refuses, in its words, and what the job does."""
    rows = pyarrow.parquet.read_table(FOLDER / name / "errors").to_pylist()
    errors = [row["error"] for row in rows]
    for line, part in ours:
        found = [row for row in rows if part in row["error"] and (not row["line"] or line.startswith(row["line"].encode()))]
        assert len(found) == 1, (part, found, errors)
        errors.remove(found[0]["error"])
    assert sorted(errors) == sorted(told), (errors, told)
    print(f"{name}: {len(rows)} articles could not be used, and are told")


def check_worker():
    """An article that the program dies of costs nobody else; a program that does not run ends the job."""
    sys.path.insert(0, str(EXAMPLE.parent))
    import align as job

    text = b'{"id": %d, "en": ["The bridge is closed.%s"], "de": ["Die Br\xc3\xbccke ist gesperrt."]}'
    articles = [(str(at), text % (at, b" poison" if at in (3, 77) else b"")) for at in range(100)]
    fragile = FOLDER / "fragile"
    fragile.write_text(f'#!/bin/sh\ncat > "{FOLDER}/fed"\ngrep -q poison "{FOLDER}/fed" && kill -9 $$\nexec "{PROGRAM}" "$@" < "{FOLDER}/fed"\n')
    fragile.chmod(0o755)
    rows = job.mark(*job.commands(str(fragile)), articles)
    errors = {row["document"]: row["error"] for row in rows if "error" in row}
    assert errors.keys() == {"3", "77"} and all("status -9" in error for error in errors.values()), errors
    assert sorted({int(row["document"]) for row in rows}) == list(range(100)) and len(rows) == 100, rows
    broken = FOLDER / "broken.toml"
    broken.write_text("[filter]\nmax_wrods = 3\n")
    for attempt in (["/bin/false"], [str(PROGRAM), str(broken)], [str(PROGRAM), None, "en"]):
        try:
            job.commands(*attempt)
        except job.Died as death:
            assert "ended with status" in str(death), death
        else:
            raise AssertionError(attempt)
    print("worker: two articles that it died of are errors, 98 were processed")


def install():
    """Spark in a folder of its own: workers write into SPARK_HOME, which is to stay as it was installed."""
    SPARK.mkdir()
    for entry in Path(pyspark.__file__).parent.iterdir():
        (SPARK / entry.name).symlink_to(entry)


def main():
    install()
    check_worker()

    lines, ours = corpus()
    # Near duplicates are dropped only where that is asked for.
    near = FOLDER / "near.toml"
    near.write_text('[duplicates]\nnear = "either"\n')
    rows, told, counts = alone(lines, "--config", near)
    all_lines = lines + [line for line, _ in ours]
    folder = FOLDER / "articles"
    folder.mkdir()
    for at in range(3):
        (folder / f"{at}.jsonl").write_bytes(b"\n".join(all_lines[at::3]) + b"\n")
    given, limits = [folder, "--out", FOLDER / "jsonl"], ["--partitions", "8", "--max-bytes", "500000", "--config", near]
    found, events, killed = spark("jsonl", "local-cluster[2,1,1024]", [*given, *limits], kill=True)
    assert killed, "the job was over before an executor could be killed"
    check_killed(events, killed)
    check_rows("jsonl", rows)
    check_counts(found, counts)
    reasons = {reason: count["rejected"] for reason, count in counts["reasons"].items()}
    assert min(reasons["duplicate"], reasons["near_duplicate"], sum(found["rejected"].values())) > 0, reasons
    check_errors("jsonl", told, ours)

    # Marks that are there are not made again; another order of work changes nothing.
    shutil.rmtree(FOLDER / "jsonl/rows")
    shutil.rmtree(FOLDER / "jsonl/errors")
    again, _, _ = spark("again", "local[2]", [*given, "--resume"])
    assert again == found, (again, found)
    check_rows("jsonl", rows)

    # The Python package in place of the program.
    packaged = [folder, "--out", FOLDER / "package", "--package"]
    found, _, _ = spark("package", "local[2]", [*packaged, *limits])
    check_rows("package", rows)
    check_counts(found, counts)
    check_errors("package", told, ours)

    # Parquet, beads of two languages, settings.
    some = [article for line in lines if "ключ" in order(line) for article in [json.loads(line)]]
    lists = [article for article in some if type(article["en"]) is list][:60]
    (FOLDER / "table").mkdir()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(lists), FOLDER / "table/0.parquet")
    settings = FOLDER / "settings.toml"
    settings.write_text('[filter]\nmin_confidence = 0.7\n[duplicates]\nexact = "either"\nnear = false\n')
    more = ["--pairs", "en-uk,uk-de", "--config", settings]
    rows, _, counts = alone([json.dumps(article).encode() for article in lists], *more)
    found, _, _ = spark("table", "local[2]", [FOLDER / "table", "--parquet", "--out", FOLDER / "pairs", "--partitions", "3", *more])
    check_rows("pairs", rows)
    check_counts(found, counts)


if __name__ == "__main__":
    main()
