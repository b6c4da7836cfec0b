"""Mutual nearest neighbours by margin: 1-1 beads only, in any order."""
import numpy as np

NEIGHBOURS = 4
BLOCK = 2048


def align(source, target, threshold):
    """Unit vectors of sentences, a row each -> beads.

    The margin of a pair is its cosine less the mean of the two sentences' mean
    cosines with their nearest neighbours on the other side (CSLS, halved).
    """
    if not len(source) or not len(target):
        return []
    near_source = _nearness(source, target)
    near_target = _nearness(target, source)
    best, margin = _best(source, target, near_source, near_target)
    back, _ = _best(target, source, near_target, near_source)
    return [
        ([i], [int(j)])
        for i, j in enumerate(best)
        if back[j] == i and margin[i] > threshold
    ]


def _nearness(rows, columns):
    count = min(NEIGHBOURS, len(columns))
    out = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        cosines = rows[start : start + BLOCK] @ columns.T
        top = np.partition(cosines, len(columns) - count, axis=1)[:, -count:]
        out[start : start + BLOCK] = top.mean(axis=1)
    return out


def _best(rows, columns, near_rows, near_columns):
    best = np.empty(len(rows), dtype=np.int64)
    margin = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        margins = rows[part] @ columns.T - near_columns / 2
        best[part] = margins.argmax(axis=1)
        margin[part] = margins.max(axis=1) - near_rows[part] / 2
    return best, margin
