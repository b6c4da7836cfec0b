"""What every part of the report needs: the data, the program, runs of it."""
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "benches" / "peers"
WEIGHTS = ROOT / "src" / "align" / "data" / "weights.tsv"
sys.dont_write_bytecode = True
sys.path.insert(0, str(PEERS))
import tasks as making  # noqa: E402

LANGUAGES = ("en", "uk", "de")
PAIRS = (("en", "uk"), ("en", "de"), ("uk", "de"))
RAW_SETS = ("wmt22_news", "flores_dev")
BOOKS = "bible"
# Documents of a set and kind in a quick run.
QUICK = 3
NOISY = ("konsole", "krusader")
TOOLS = ("make_align_tasks.py", "score_align.py", "raw_tasks.py")
# Where the texts were published, by file of documents.
SOURCES = {
    "wmt22_news": "WMT 2022 general test, news (github.com/wmt-conference/wmt22-news-systems)",
    "wmt22_social": "WMT 2022 general test, social (the same)",
    "wmt22_ecommerce": "WMT 2022 general test, e-commerce (the same)",
    "wmt22_uken": "WMT 2022 general test, uk-en (the same)",
    "flores_dev": "FLORES-101/200 dev (github.com/facebookresearch/flores)",
    "wmt23_news": "WMT 2023 general test, news (github.com/wmt-conference/wmt23-news-systems)",
    "wmt24_literary": "WMT 2024 general test, literary (github.com/wmt-conference/wmt24-news-systems)",
    "wmt21_deen": "WMT 2021 news test, de-en (github.com/wmt-conference/wmt21-news-systems)",
    "kde": "KDE manuals (docs.kde.org)",
    "bible": "verses of the Bible in published translations",
    "konsole": "The Konsole Handbook (docs.kde.org)",
    "krusader": "The Krusader Handbook (docs.kde.org)",
}


def paths(data):
    """Every file of the data that the report reads."""
    found = [data / "tools" / name for name in TOOLS]
    found += [making.documents(data, name) for name in documents()]
    return found + [noisy(data, name) for name in NOISY]


def documents():
    names = making.files(list(making.SETS), True) + list(RAW_SETS) + [BOOKS]
    return list(dict.fromkeys(names))


def noisy(data, name):
    return data / "eval" / "kde_noisy" / f"{name}.json"


class Program:
    """The program under test, and a folder for what it reads and writes."""

    def __init__(self, data, path, folder, quick):
        self.data, self.path, self.folder, self.quick = data, path, Path(folder), quick
        self.scorer = making.tool_module(data, "score_align")
        self.version = self.run("--version").strip()
        line = json.dumps({"id": "", "en": ["A bridge."], "de": ["Eine Brücke."]})
        self.fingerprint = json.loads(self.run("align", "--jsonl", stdin=line))["fingerprint"]
        self.count = 0
        self._held_out = None

    def run(self, *args, stdin=None):
        command = [str(self.path), *map(str, args)]
        run = subprocess.run(command, input=stdin, stdout=-1, stderr=-1, text=True)
        if run.returncode:
            raise SystemExit(f"{' '.join(command)}: {run.stderr.strip()[:2000]}")
        return run.stdout

    def file(self, name):
        self.count += 1
        return self.folder / f"{self.count:03}-{name}"

    def align(self, lines, *args):
        """The file of bitexts of these lines."""
        out = self.file("bitexts.jsonl")
        given = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        self.run("align", "--jsonl", "-o", out, *args, stdin=given)
        return out

    def held_out(self):
        """Documents that the weights did not see, as `FILE/ID`; the files they
        saw; the half that is left out, `None` where nothing is."""
        if self._held_out is None:
            command = weights_command()
            files = re.findall(r"(\w+)\.jsonl", command)
            names, half = set(), hold_out(WEIGHTS)
            if half:
                given = [making.documents(self.data, name) for name in documents()]
                for line in self.run("fit", *given, "--held-out-half", half, "--list-held-out").splitlines():
                    path, name = line.split("\t", 1)
                    names.add(f"{Path(path).stem}/{json.loads(name)}")
            self._held_out = names, files, half
        return self._held_out

    def is_held_out(self, group):
        """Whether the document of a group was not learnt from."""
        names, files, _ = self.held_out()
        document = re.sub(r"#\d+$", "", group.rsplit("/", 1)[0])
        return document in names or document.split("/")[0] not in files


def weights_command(table=WEIGHTS):
    """The command that made the weights, from the head of their table."""
    head = [line[1:].strip() for line in table.read_text().splitlines() if line.startswith("#")]
    command = " ".join(line for line in head if line.startswith("bitext fit"))
    if not command:
        raise SystemExit(f"{table}: the head does not say which command made it")
    return command


def hold_out(table):
    """The half of the documents that a table was not learnt from, `None` where it was from all."""
    half = re.search(r"--held-out-half (\d)", weights_command(table))
    return half and half.group(1)


def make(program, name):
    """The tasks of a set; a few documents of it for a quick run."""
    folder = program.folder / f"tasks-{name}"
    if program.quick:
        return making.make(program.data, name, making.DOCUMENT_KINDS, QUICK, folder)
    return making.make(program.data, name, making.KINDS, 10**9, folder)


def by_group(tasks):
    """The tasks of each document, in order."""
    groups = {}
    for task in tasks:
        groups.setdefault(task["group"], []).append(task)
    return groups


def article(tasks):
    """A line for `bitext align` with all sides of these tasks of one document."""
    line = {"id": tasks[0]["group"] if len(tasks) > 1 else tasks[0]["id"]}
    for task in tasks:
        line[task["src_lang"]], line[task["tgt_lang"]] = task["src"], task["tgt"]
    return line


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def beads(bitext, source, target):
    """The beads of two languages that have both, with confidences."""
    rows = bitext["pairs"][f"{source}-{target}"]
    return [(row[source], row[target], row["confidence"]) for row in rows if row.get(source) and row.get(target)]


def write(path, text):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def say(message, start=time.monotonic()):
    print(f"{time.monotonic() - start:6.0f} s  {message}", file=sys.stderr, flush=True)


def no_bytecode():
    """For tools of the data, which may be read-only."""
    return dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
