#!/usr/bin/env python3
"""Sentences per second of multilingual-e5-small through candle or libtorch and through onnxruntime,
the same weights, beside the embedded model, in one run; puts its table into the report of the library.

usage: run.py candle|libtorch OURS[,OURS_AVX512] MODEL_FOLDER SENTENCES [REPEATS]

OURS is the example `encoders_ours` built with `--release` and the feature `candle` or `rust-bert`;
OURS_AVX512 the same built with `candle-avx512`. SENTENCES is a text file with one a line, or the
JSONL of documents whose `en`, `uk` and `de` are lists of sentences, of which 300 are taken at even
steps. The embedded model knows no threads: it is given the sentences once for both rows. Rounds of
all take turns, the median of each counts. By the clock counts what else the machine did; seconds on
a processor hardly do. Needs onnxruntime, onnx, numpy, safetensors and tokenizers; for libtorch, set
OMP_WAIT_POLICY=PASSIVE.
"""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from onnx_model import Encoder, onnxruntime

REPORTS = Path(__file__).resolve().parents[2] / "reports"
PAGES = {"candle": REPORTS / "embedding-candle.md", "libtorch": REPORTS / "embedding-rust-bert.md"}
TITLE = "## Sentences per second"
EMBEDDED, ONNX = "embedded model", "e5-small, onnxruntime"
NAMES = {
    "candle": ["e5-small, candle (`CandleEmbedder`)", "e5-small, candle with `candle-avx512`"],
    "libtorch": ["e5-small, libtorch (`RustBertEmbedder`)"],
}
MOST = 300


def sentences(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".jsonl":
        return text.splitlines()
    documents = [json.loads(line) for line in text.splitlines()]
    found = [one for document in documents for language in ("en", "uk", "de") for one in document.get(language, [])]
    return found[:: -(-len(found) // MOST)]


def main():
    if len(sys.argv) not in (5, 6) or sys.argv[1] not in PAGES:
        sys.exit(__doc__)
    library, programs, folder, given = sys.argv[1:5]
    ours = dict(zip(NAMES[library], programs.split(",")))
    first = programs.split(",")[0]
    repeats = int(sys.argv[5]) if len(sys.argv) == 6 else 3
    texts = sentences(Path(given))

    def run(program, threads, *model):
        command = [program, file.name, str(threads), "1", *model]
        out = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        return [float(value) for value in out.split()]

    def timed(encoder):
        start, busy = time.perf_counter(), time.process_time()
        encoder.encode(texts)
        return [time.perf_counter() - start, time.process_time() - busy]

    rows = {}
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("".join(text.replace("\n", " ") + "\n" for text in texts))
        file.flush()
        for threads in (1, 2):
            theirs = Encoder(folder, threads)
            theirs.encode(texts[:32])
            for _ in range(repeats):
                rows.setdefault((EMBEDDED, threads), []).append(run(first, threads))
                for name, program in ours.items():
                    rows.setdefault((name, threads), []).append(run(program, threads, library, folder))
                rows.setdefault((ONNX, threads), []).append(timed(theirs))
    medians = {key: [statistics.median(one) for one in zip(*found)] for key, found in rows.items()}
    digest = hashlib.sha256(Path(given).read_bytes()).hexdigest()
    lines = [
        f"{len(texts)} sentences of `{Path(given).name}` (SHA-256 `{digest[:16]}…`), medians of {repeats} interleaved rounds, compared with onnxruntime",
        f"{onnxruntime.__version__} on the same weights (`benches/encoders/run.py`). The machine had other work (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores), which affects",
        "wall-clock time much more than processor time. Processor times below 0.1 s are too coarse to compare.", "",
        "| encoder | threads | per second | relative to onnxruntime | per processor second | relative to onnxruntime |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for (name, threads), seconds in medians.items():
        base = medians[ONNX, threads]
        clock, processors = (f"{len(texts) / ours:,.0f} | {theirs / ours:,.2f}" if ours else "" for ours, theirs in zip(seconds, base))
        lines.append(f"| {name} | {threads} | {clock} | {processors if seconds[1] >= 0.1 else '· | ·'} |")
    print("\n".join(lines))
    place = PAGES[library]
    page = place.read_text(encoding="utf-8")
    start = page.index(TITLE)
    end = page.find("\n## ", start)
    rest = page[end:] if end >= 0 else ""
    place.write_text(page[:start] + "\n".join([TITLE, "", *lines]) + "\n" + rest, encoding="utf-8")


main()
