"""Aligns the prepared tasks of a folder with one peer: worker.py SYSTEM FOLDER OUT

Writes {"id", "beads", "seconds"} a line, the seconds being those of aligning
alone: the vectors are at hand when the clock starts.
"""
import json
import pickle
import sys
import time
import warnings
from pathlib import Path

import numpy as np

from vectors import MAX_SPAN

SEED = 42


class Spans:
    """Vectors of the spans of one side, by number of sentences and place."""

    def __init__(self, vectors, rows, padded):
        self.count = len(rows[0])
        self.array = np.zeros((len(rows), self.count, vectors.shape[1]), dtype=np.float32)
        for size, of_size in enumerate(rows):
            # By the first sentence, or by the last one after padding.
            start = self.count - len(of_size) if padded else 0
            self.array[size, start : start + len(of_size)] = vectors[of_size]
            if padded:
                self.array[size, :start] = vectors[0]


def galechurch(task, _):
    from galechurch import align

    # No limit on the number of cells: the time limit is enough.
    run = lambda: align(task["src"], task["tgt"], max_block_size=2**40).beads
    beads, seconds = clocked(run)
    sides = ((range(b.source_start, b.source_end), range(b.target_start, b.target_end)) for b in beads)
    return [(list(x), list(y)) for x, y in sides], seconds


def nearest(threshold):
    def run(task, vectors):
        from nearest import align

        source = vectors[task["src_lang"]][task["src_rows"][0]]
        target = vectors[task["tgt_lang"]][task["tgt_rows"][0]]
        return clocked(lambda: align(source, target, threshold))

    return run


def bertalign(skip):
    def run(task, vectors):
        from bertalign import align

        source, target = spans(task, vectors, MAX_SPAN, padded=False)
        lengths = [
            np.array([len(text) for text in task[side]], dtype=np.float64) for side in ("src", "tgt")
        ]
        return clocked(lambda: align(source, target, *lengths, skip))

    return run


def vecalign(percentile, max_bead=4):
    """The published settings but for the percentile of the deletion cost."""

    def run(task, vectors):
        from math import ceil

        from sentalign import dp_utils

        source, target = spans(task, vectors, min(max_bead, MAX_SPAN), padded=True)

        def align():
            np.random.seed(SEED)
            stack = dp_utils.vecalign(
                source,
                target,
                final_alignment_types=dp_utils.make_alignment_types(max_bead),
                del_percentile_frac=percentile,
                width_over2=ceil(max_bead / 2) + 5,
                max_size_full_dp=300,
                costs_sample_size=20000,
                num_samps_for_norm=100,
            )
            return stack[0]["final_alignments"]

        beads, seconds = clocked(align)
        return [([int(i) for i in x], [int(j) for j in y]) for x, y in beads if x and y], seconds

    return run


def spans(task, vectors, sizes, padded):
    return [
        Spans(vectors[task[side + "_lang"]], task[side + "_rows"][:sizes], padded).array
        for side in ("src", "tgt")
    ]


def clocked(run):
    # On a processor: other programs on the machine do not count.
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


PEERS = {
    "galechurch": galechurch,
    "nearest": nearest(0.02),
    "nearest-05": nearest(0.05),
    "vecalign": vecalign(0.2),
    "vecalign-05": vecalign(0.05),
    "vecalign-02": vecalign(0.02),
    "bertalign": bertalign(-0.1),
    "bertalign-0": bertalign(0.0),
}


def main():
    system, folder, out = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    align = PEERS[system]
    vectors = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
    with (folder / "tasks.pickle").open("rb") as file:
        tasks = pickle.load(file)
    # sentalign casts memory that it has not filled yet, and fills it afterwards.
    warnings.filterwarnings("ignore", "invalid value encountered in cast")
    # Compiling and loading is not aligning.
    rows = {side + "_rows": [np.arange(max(0, 3 - size)) for size in range(MAX_SPAN)] for side in ("src", "tgt")}
    small = {**tasks[0], **rows, "src": ["a", "b", "c"], "tgt": ["a", "b", "c"]}
    align(small, vectors)
    with open(out, "w", encoding="utf-8") as file:
        for task in tasks:
            beads, seconds = align(task, vectors)
            file.write(json.dumps({"id": task["id"], "beads": beads, "seconds": seconds}) + "\n")


if __name__ == "__main__":
    main()
