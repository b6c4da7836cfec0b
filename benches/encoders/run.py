#!/usr/bin/env python3
"""Sentences per second of multilingual-e5-small through libtorch and through onnxruntime, the
same weights, beside the embedded model, in one run.

usage: run.py OURS MODEL_FOLDER SENTENCES [REPEATS]

OURS is the example `encoders_ours` built with `--release --features rust-bert`, SENTENCES a text
file with one a line. The embedded model knows no threads: it is given the sentences once for
both rows. Rounds of all take turns, the median of each counts. Needs onnxruntime, onnx, numpy,
safetensors and tokenizers; set OMP_WAIT_POLICY=PASSIVE.
"""

import statistics
import subprocess
import sys
import time

from onnx_model import Encoder


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    ours, folder, file = sys.argv[1:4]
    repeats = int(sys.argv[4]) if len(sys.argv) == 5 else 3
    texts = open(file, encoding="utf-8").read().splitlines()

    def run(threads, *model):
        command = [ours, file, str(threads), "1", *model]
        return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    def timed(encoder):
        start = time.perf_counter()
        encoder.encode(texts)
        return time.perf_counter() - start

    rows = {}
    for threads in (1, 2):
        theirs = Encoder(folder, threads)
        theirs.encode(texts[:32])
        for _ in range(repeats):
            rows.setdefault(("embedded model", threads), []).append(run(threads))
            rows.setdefault(("e5-small, libtorch (`RustBertEmbedder`)", threads), []).append(run(threads, folder))
            rows.setdefault(("e5-small, onnxruntime", threads), []).append(timed(theirs))
    print("| encoder | threads | sentences a second | to onnxruntime |\n|---|---|---|---|")
    for (name, threads), seconds in rows.items():
        median = statistics.median(seconds)
        base = statistics.median(rows["e5-small, onnxruntime", threads])
        print(f"| {name} | {threads} | {len(texts) / median:,.0f} | {base / median:.2f} |")


main()
