"""The tasks: made from the evaluation documents by the data's own tool."""
import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path

# The kinds of tasks: of one document each, and of many documents in one.
DOCUMENT_KINDS = ("clean", "merge", "drop", "tail", "mixed", "replace", "lines", "ends")
KINDS = (*DOCUMENT_KINDS, "long")
# Kinds without unaligned sentences.
WITHOUT_NULLS = ("clean", "merge")

# Name -> files of documents, further options of the tool, what it is.
SETS = {
    "wmt22": (
        ("wmt22_news", "wmt22_social", "wmt22_ecommerce"),
        (),
        "WMT 2022 general test: news, social media, shops; from English",
    ),
    "flores": (("flores_dev",), (), "FLORES dev: news, guides, an encyclopedia; in blocks"),
    "wmt23_news": (
        ("wmt23_news",),
        ("--min-segments", "4"),
        "WMT 2023 general test: news, a paragraph a segment",
    ),
    "wmt22_uken": (
        ("wmt22_uken",),
        ("--langs", "en,uk"),
        "WMT 2022 general test: written in Ukrainian, no German",
    ),
    "literary": (("wmt24_literary",), (), "WMT 2024 general test: stories"),
    "kde": (("kde",), (), "manuals of KDE programs: headings, menu labels, repeated lines"),
}
# The long texts are made of all prose, so that little must be repeated: some
# 10,000 sentences, most of them verses.
SPEED_DOCUMENTS = (
    "wmt22_news",
    "wmt22_social",
    "wmt22_ecommerce",
    "flores_dev",
    "wmt24_literary",
    "wmt21_deen",
    "bible",
)
SPEED_PAIR = ("en", "de")
TOOLS = ("make_align_tasks.py", "score_align.py")


def missing(data, sets, speed):
    """What the data folder lacks."""
    wanted = [data / "tools" / name for name in TOOLS]
    wanted += [documents(data, name) for name in files(sets, speed)]
    return [path for path in wanted if not path.is_file()]


def files(sets, speed):
    names = [name for of in sets for name in SETS[of][0]]
    return list(dict.fromkeys(names + list(SPEED_DOCUMENTS if speed else ())))


def documents(data, name):
    return data / "eval" / "docs" / f"{name}.jsonl"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(data, name, kinds, documents_limit, folder):
    """The tasks of a set, in order."""
    sources, options, _ = SETS[name]
    made = [kind for kind in DOCUMENT_KINDS if kind in kinds] or DOCUMENT_KINDS[:1]
    subprocess.run(
        [sys.executable, data / "tools" / "make_align_tasks.py", "--docs", data / "eval" / "docs"]
        + ["--out", folder, "--set", f"{name}={','.join(sources)}", *options]
        + ["--kinds", ",".join(made)],
        check=True,
    )
    tasks, seen = [], {}
    for path in (folder / f"{name}.jsonl", folder / f"{name}.long.jsonl"):
        for line in path.open(encoding="utf-8"):
            task = json.loads(line)
            groups = seen.setdefault(task["kind"], {})
            groups.setdefault(task["group"])
            if task["kind"] in kinds and len(groups) <= documents_limit:
                tasks.append(task)
    return tasks


def speed_task(data, size):
    """One task of at least `size` sentences a side: documents with all kinds
    of noise, a tail after 3 of 10, gone through again in another order where
    they are too few."""
    tool = tool_module(data, "make_align_tasks")
    tool.LANGS, tool.PAIRS = SPEED_PAIR, (SPEED_PAIR,)
    pool = tool.load(data / "eval" / "docs", SPEED_DOCUMENTS, 3, 10**9)
    sides, segments, rounds = {lang: [] for lang in SPEED_PAIR}, 0, 0
    while min(map(len, sides.values())) < size:
        order = list(range(len(pool)))
        random.Random(rounds).shuffle(order)
        for at in order:
            # Another name, so that the noise differs each time.
            document = {**pool[at], "id": f"{pool[at]['id']}/{rounds}"}
            noise = random.Random(document["id"])
            tail, inserted = noise.random() < 0.3, noise.choice(SPEED_PAIR)
            for lang in SPEED_PAIR:
                units = tool.side(document, pool, "mixed", lang, wtail=tail, wins=lang == inserted)
                sides[lang] += [(text, [segments + at for at in ids]) for text, ids in units]
            segments += len(document[lang])
            if min(map(len, sides.values())) >= size:
                break
        rounds += 1
    source, target = (sides[lang] for lang in SPEED_PAIR)
    return {
        "id": f"speed/{size}",
        "kind": "speed",
        "src_lang": SPEED_PAIR[0],
        "tgt_lang": SPEED_PAIR[1],
        "src": [text for text, _ in source],
        "tgt": [text for text, _ in target],
        "gold": tool.gold(source, target),
    }


def tool_module(data, name):
    folder = str(data / "tools")
    if folder not in sys.path:
        # The data may be read-only.
        sys.dont_write_bytecode = True
        sys.path.insert(0, folder)
    return __import__(name)
