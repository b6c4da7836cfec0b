"""Bertalign's two passes, written from its paper (Liu and Zhu, 2023).

Pass 1: the heaviest 1-1 path through each source sentence's 3 nearest target
sentences. The paper searches it in a band; over so few candidates it can be
found exactly without one, which is at least as good and quicker.

Pass 2: beads of up to 5 sentences in a window of 5 around that path. A bead
scores (cosine - mean cosine of each side with the sentences just beside the
other side) * log2(1 + ratio of the lengths); an unaligned sentence costs `skip`.
"""
import numba
import numpy as np

CANDIDATES = 3
WINDOW = 5
MAX_BEAD = 5
MAX_SIDE = MAX_BEAD - 1
BLOCK = 2048


def align(source, target, source_lengths, target_lengths, skip):
    """Vectors of spans -> beads.

    `source[k]` has the unit vectors of the spans of k + 1 sentences, by their
    first one; lengths are the single sentences'.
    """
    n, m = source.shape[1], target.shape[1]
    if not n or not m:
        return []
    candidates, cosines = _candidates(source[0], target[0])
    anchors = _path(candidates, cosines, m)
    low, high = _window(anchors, n, m)
    # Lengths of different languages are made comparable.
    ratio = target_lengths.sum() / max(1.0, source_lengths.sum())
    from_source = np.concatenate([[0.0], np.cumsum(source_lengths * ratio)])
    from_target = np.concatenate([[0.0], np.cumsum(target_lengths)])
    steps = _search(source, target, from_source, from_target, low, high, skip)
    return [
        (list(range(i - a, i)), list(range(j - b, j)))
        for i, j, a, b in steps[::-1].tolist()
        if a and b
    ]


def _candidates(source, target):
    count = min(CANDIDATES, len(target))
    index = np.empty((len(source), count), dtype=np.int64)
    cosine = np.empty((len(source), count), dtype=np.float64)
    for start in range(0, len(source), BLOCK):
        block = source[start : start + BLOCK] @ target.T
        top = np.argpartition(block, len(target) - count, axis=1)[:, -count:]
        index[start : start + BLOCK] = top
        cosine[start : start + BLOCK] = np.take_along_axis(block, top, axis=1)
    return index, cosine


@numba.njit(cache=True)
def _path(candidates, cosines, m):
    """The heaviest chain of candidates that ascends on both sides: rows in
    order, best chain up to each column in a Fenwick tree of maxima."""
    n, count = candidates.shape
    tree = np.full(m + 1, -1, dtype=np.int64)
    total = np.zeros(n * count)
    before = np.full(n * count, -1, dtype=np.int64)
    for i in range(n):
        for k in range(count):
            node = i * count + k
            at, best = candidates[i, k], -1
            while at > 0:
                other = tree[at]
                if other >= 0 and (best < 0 or total[other] > total[best]):
                    best = other
                at -= at & -at
            before[node] = best
            total[node] = cosines[i, k] + (total[best] if best >= 0 else 0.0)
        # Only now: a row is used once.
        for k in range(count):
            node = i * count + k
            at = candidates[i, k] + 1
            while at <= m:
                if tree[at] < 0 or total[node] > total[tree[at]]:
                    tree[at] = node
                at += at & -at
    node = 0
    for other in range(n * count):
        if total[other] > total[node]:
            node = other
    anchors = np.full(n, -1, dtype=np.int64)
    while node >= 0:
        anchors[node // count] = candidates[node // count, node % count]
        node = before[node]
    return anchors


def _window(anchors, n, m):
    """For each number of source sentences passed, the numbers of target
    sentences that the search may have passed."""
    low = np.zeros(n + 1, dtype=np.int64)
    high = np.full(n + 1, m, dtype=np.int64)
    known = np.flatnonzero(anchors >= 0)
    if len(known):
        rows = np.arange(n + 1)
        last = np.searchsorted(known, rows - 1, side="right") - 1
        following = np.searchsorted(known, rows, side="left")
        has_last, has_next = last >= 0, following < len(known)
        low[has_last] = anchors[known[last[has_last]]] + 1 - WINDOW
        high[has_next] = anchors[known[following[has_next]]] + WINDOW
        low[0], high[n] = 0, m
    return np.clip(low, 0, m), np.clip(high, 0, m)


# Sums in any order, so that they can be taken several at a time.
@numba.njit(cache=True, fastmath=True)
def _dot(x, y):
    total = np.float32(0.0)
    for at in range(len(x)):
        total += x[at] * y[at]
    return total


@numba.njit(cache=True)
def _search(source, target, from_source, from_target, low, high, skip):
    n, m = len(low) - 1, target.shape[1]
    starts = np.zeros(n + 2, dtype=np.int64)
    for i in range(n + 1):
        starts[i + 1] = starts[i] + high[i] - low[i] + 1
    total = np.full(starts[n + 1], -np.inf)
    step = np.zeros((starts[n + 1], 2), dtype=np.int8)
    total[0] = 0.0
    for i in range(n + 1):
        for j in range(low[i], high[i] + 1):
            here = starts[i] + j - low[i]
            if i > 0 and low[i - 1] <= j <= high[i - 1]:
                value = total[starts[i - 1] + j - low[i - 1]] + skip
                if value > total[here]:
                    total[here] = value
                    step[here, 0], step[here, 1] = 1, 0
            if j > low[i]:
                value = total[here - 1] + skip
                if value > total[here]:
                    total[here] = value
                    step[here, 0], step[here, 1] = 0, 1
            for a in range(1, min(i, MAX_SIDE) + 1):
                x = i - a
                for b in range(1, min(j, MAX_BEAD - a) + 1):
                    y = j - b
                    if y < low[x] or y > high[x]:
                        continue
                    before = total[starts[x] + y - low[x]]
                    if before == -np.inf:
                        continue
                    own, other = source[a - 1, x], target[b - 1, y]
                    value = _dot(own, other)
                    # What each side has in common with the other's surroundings.
                    beside, count = 0.0, 0
                    if y > 0:
                        beside += _dot(own, target[0, y - 1])
                        count += 1
                    if j < m:
                        beside += _dot(own, target[0, j])
                        count += 1
                    if x > 0:
                        beside += _dot(source[0, x - 1], other)
                        count += 1
                    if i < n:
                        beside += _dot(source[0, i], other)
                        count += 1
                    if count:
                        value -= beside / count
                    one = from_source[i] - from_source[x]
                    two = from_target[j] - from_target[y]
                    ratio = min(one, two) / max(one, two, 1.0)
                    value = before + value * np.log2(1.0 + ratio)
                    if value > total[here]:
                        total[here] = value
                        step[here, 0], step[here, 1] = a, b
    path = np.empty((n + m, 4), dtype=np.int64)
    i, j, count = n, m, 0
    while i > 0 or j > 0:
        at = starts[i] + j - low[i]
        a, b = np.int64(step[at, 0]), np.int64(step[at, 1])
        if a == 0 and b == 0:
            break
        path[count, 0], path[count, 1], path[count, 2], path[count, 3] = i, j, a, b
        count += 1
        i -= a
        j -= b
    return path[:count]
