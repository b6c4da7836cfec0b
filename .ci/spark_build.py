"""Runs examples/spark/build.py on the made-up site, on a web archive and on the development documents, kills an
executor at work, and compares what comes out with what `bitext build` makes of the same input on one machine. Called by
`.ci/spark PROGRAM FOLDER`."""
import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path("reports").resolve()))
import corpus  # noqa: E402
import spark  # noqa: E402

JOB = Path("examples/spark/build.py").resolve()
SITE = Path("examples/site").resolve()
FOLDER, PROGRAM = spark.FOLDER, spark.PROGRAM


def single(name, given, *more):
    """What one machine makes of the input: the lines of each file of rows, and the errors."""
    out = FOLDER / f"{name}-single"
    done = subprocess.run([PROGRAM, "build", given, "-o", out, *more], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    rows = {path.name: path.read_bytes() for path in out.glob("*.jsonl") if path.name.split(".")[0] in ("train", "dev", "test")}
    return rows, [json.loads(line)["error"] for line in (out / "problems.jsonl").open(encoding="utf-8")]


def check(name, rows, errors, told):
    """That the job wrote the same bytes, and reported the same errors."""
    out, found = FOLDER / name, {}
    for folder in (out / "rows").glob("*/languages=*"):
        file = f"{folder.parent.name}.{folder.name.removeprefix('languages=')}.jsonl"
        found[file] = b"".join(part.read_bytes() for part in sorted(folder.glob("part-*")))
    assert found.keys() == rows.keys(), (found.keys(), rows.keys())
    for file, lines in rows.items():
        differ = set(lines.splitlines()) ^ set(found[file].splitlines())
        assert found[file] == lines, (file, len(differ), sorted(differ)[:4])
    ours = pyarrow.parquet.read_table(out / "errors").to_pylist()
    assert sorted(error["error"] for error in ours) == sorted(errors), (ours, errors)
    count = sum(lines.count(b"\n") for lines in rows.values())
    assert told["rows"] == {name: sum(lines.count(b"\n") for file, lines in rows.items() if file.startswith(name)) for name in told["rows"]}, told
    assert min(told["rows"].values()) > 0, told
    print(f"{name}: {count} rows in {len(rows)} files are those of one machine, byte for byte; {len(errors)} errors too")


def job(name, given, *arguments, cluster=False):
    """Runs the job, on a cluster of which an executor is killed while it aligns, or on this machine."""
    master = "local-cluster[2,1,1024]" if cluster else "local[2]"
    command = [given, "--out", FOLDER / name, "--partitions", "4", *arguments]
    told, events, killed = spark.spark(name, master, command, kill=cluster, job=JOB, word="build", calls=1)
    if cluster:
        assert killed, "the job was over before an executor could be killed"
        spark.check_killed(events, killed)
    return told


def settings(name, text):
    path = FOLDER / f"{name}.toml"
    path.write_text("[sets]\ndev = 0.15\ntest = 0.15\n" + text)
    return ["--config", path]


def archive(path):
    """The pages of the site as a crawler saves them, and those of a second site with other hosts for the languages."""
    pages = [(f"https://news.orsel.example/{page.relative_to(SITE)}", page) for page in sorted(SITE.glob("*/**/*.htm*"))]
    articles = [json.loads(line) for line in open("tests/data/corpus/articles.jsonl", encoding="utf-8")][:24]
    with path.open("wb") as out:
        def put(address, page):
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n".encode()
            size = len(head) + len(page)
            record = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: {size}\r\n\r\n"
            out.write(gzip.compress(record.encode() + head + page + b"\r\n\r\n", mtime=0))

        for address, page in pages:
            put(address, page.read_bytes())
        for number, article in enumerate(articles):
            for language in ("en", "uk", "de"):
                text = "".join(f"<p>{sentence}</p>" for sentence in article[language])
                page = f'<html lang="{language}"><title>{number}</title><body><article>{text}</article></body></html>'
                put(f"https://{language}.valley.example/{number}", page.encode())


def main():
    spark.install()

    # Pages and known groups, by days, with test texts to leave out.
    given = FOLDER / "pages"
    given.mkdir()
    for folder in ("en", "uk", "de"):
        shutil.copytree(SITE / folder, given / folder)
    written = Path("tests/data/corpus/articles.jsonl").read_bytes().splitlines()
    (given / "known.jsonl").write_bytes(b"\n".join([*written[:30], b"{", b'{"id": "x", "text": "7"}']) + b"\n")
    excluded = FOLDER / "excluded"
    excluded.mkdir()
    (excluded / "test.en.txt").write_text("\n".join(json.loads(written[3])["en"][:2]) + "\n", encoding="utf-8")
    more = [*settings("days", '[pairing]\nmax_days = 3\n[duplicates]\nnear = "either"\n'), "--exclude", excluded]
    rows, errors = single("days", given, *more)
    told = job("days", given, "--blocks", "days", *more, cluster=True)
    check("days", rows, errors, told)
    assert len(errors) == 2 and told["rejected"]["excluded"] > 0, (errors, told)

    # A web archive of two sites, by site, with rows of three languages.
    crawl = FOLDER / "crawl"
    crawl.mkdir()
    archive(crawl / "crawl.warc.gz")
    more = settings("sites", '[output]\nrows = "units"\n')
    rows, errors = single("sites", crawl, *more)
    check("sites", rows, errors, job("sites", crawl, "--blocks", "site", *more))
    homes = pyarrow.parquet.read_table(FOLDER / "sites/blocks").column("home").to_pylist()
    assert set(homes) == {"news.orsel.example", "valley.example"}, set(homes)

    # The development documents, by cells of their vectors.
    data = Path(os.environ.get("BITEXT_DATA", "../shared")) / "eval" / "docs"
    if not all((data / f"{name}.jsonl").exists() for name in corpus.SETS):
        print("cells: not run: no data")
        return
    documents = FOLDER / "documents"
    documents.mkdir()
    lines = corpus.Corpus(8).fill(corpus.documents(data)).lines
    for at in range(3):
        (documents / f"{at}.jsonl").write_bytes(b"\n".join(lines[at::3]) + b"\n")
    more = settings("cells", "")
    rows, errors = single("cells", documents, *more)
    told = job("cells", documents, "--cell-size", str(len(lines) // 4), "--probes", "3", *more, cluster=True)
    check("cells", rows, errors, told)


main()
