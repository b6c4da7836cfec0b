"""Vectors of sentences and of spans: the embedded model's, from `bitext embed`.

Spans of several sentences are embedded as joined text, the best that the peers
can get. All texts of a set are embedded once; a task refers to rows.
"""
import io
import pickle
import subprocess

import numpy as np

MAX_SPAN = 4
# What Vecalign puts where a span would begin before the text.
PAD = "PAD"


def prepare(program, tasks, folder):
    """Writes `tasks.pickle` and `LANG.npy` for the workers; returns the number
    of vectors."""
    rows, prepared = {}, []
    for task in tasks:
        entry = {"id": task["id"]}
        for side, lang in (("src", task["src_lang"]), ("tgt", task["tgt_lang"])):
            known = rows.setdefault(lang, {PAD: 0})
            texts = task[side]
            entry[side + "_lang"] = lang
            entry[side] = texts
            entry[side + "_rows"] = [
                np.array(
                    [
                        known.setdefault(" ".join(texts[at : at + size]), len(known))
                        for at in range(len(texts) - size + 1)
                    ],
                    dtype=np.int64,
                )
                for size in range(1, MAX_SPAN + 1)
            ]
        prepared.append(entry)
    for lang, known in rows.items():
        np.save(folder / f"{lang}.npy", embed(program, lang, list(known)))
    with (folder / "tasks.pickle").open("wb") as out:
        pickle.dump(prepared, out)
    return sum(map(len, rows.values()))


def embed(program, lang, texts):
    lines = "".join(text + "\n" for text in texts).encode()
    run = subprocess.Popen([program, "embed", "--lang", lang], stdin=-1, stdout=-1)
    with run:
        # A thread of its own feeds, so that neither side waits for the other.
        feeder = _feed(run.stdin, lines)
        vectors = None
        count = 0
        for line in io.BufferedReader(run.stdout):
            row = np.fromstring(line.strip()[1:-1], dtype=np.float32, sep=",")
            if vectors is None:
                vectors = np.zeros((len(texts), len(row)), dtype=np.float32)
            vectors[count] = row
            count += 1
        feeder.join()
    if run.returncode or count != len(texts):
        raise SystemExit(f"bitext embed gave {count} vectors for {len(texts)} texts")
    return vectors


def _feed(pipe, data):
    from threading import Thread

    def write():
        with pipe:
            pipe.write(data)

    thread = Thread(target=write)
    thread.start()
    return thread
