#!/usr/bin/env python3
"""What aligning costs others who start from the same sentences: used by reports/corpus.py.

    python3 benches/peers/pipelines.py PROGRAM TASKS

TASKS has {"id", "src_lang", "tgt_lang", "src": [...], "tgt": [...]} a line. Prints, as JSON, the
processor seconds of `PROGRAM embed` for the vectors of all spans that Vecalign and Bertalign look
at, and those of aligning with each, one thread, vectors at hand; see run.py for what they are.
"""
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SYSTEMS = ("vecalign", "bertalign")
LIMIT = 3600


def of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    program, given = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    sys.path.insert(0, str(HERE))
    sys.dont_write_bytecode = True
    import run

    run.enter_environment()
    import vectors

    tasks = [json.loads(line) for line in given.open(encoding="utf-8")]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        before = of_children()
        spans = vectors.prepare(program, tasks, folder)
        answer = {"tasks": len(tasks), "spans": spans, "embed": of_children() - before}
        for system in SYSTEMS:
            found = run.run_peer(system, folder, LIMIT)
            if found["process"]["status"] != 0:
                raise SystemExit(f"{system}: took more than {LIMIT} s")
            answer[system] = sum(found["seconds"].values())
            answer[f"{system} beads"] = sum(map(len, found["beads"].values()))
    os.write(1, json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
