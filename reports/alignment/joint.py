"""The joint search against pairs alone, over all kinds of tasks: every bead and
unit counted once, and whether the difference could be chance."""
from math import comb

import quality
from page import head, row, share


def errors(of, tasks):
    """Of a document: beads of the three pairs and units that are wrong or missed,
    by the joint search and by pairs alone, with the sums that F1 is made of."""
    gold = [{(tuple(a), tuple(b)) for a, b in task["gold"] if a and b} for task in tasks]
    found = {
        way: [{(tuple(bead[0]), tuple(bead[1])) for bead in of.beads(way, task)} for task in tasks]
        for way in ("joint", "pairs")
    }
    beads = {way: [counts(*both) for both in zip(gold, all_beads)] for way, all_beads in found.items()}
    alone = [(task, [bead[:2] for bead in of.beads("pairs", task)]) for task in tasks]
    whole = quality.closure([(task, task["gold"]) for task in tasks])
    units = {
        "joint": [counts(whole, quality.units(of.bitexts["joint"][tasks[0]["group"]]))],
        "pairs": [counts(whole, quality.closure(alone))],
    }
    return {"beads": beads, "units": units}


def counts(gold, found):
    return len(gold & found), len(found), len(gold)


def f1(all_counts):
    right, found, wanted = (sum(column) for column in zip(*all_counts))
    return 2 * right / (found + wanted) if found + wanted else 1.0


def wrong(all_counts):
    return sum(found + wanted - 2 * right for right, found, wanted in all_counts)


def chance(better, worse):
    """Two-sided sign test: how often a fair coin falls as unevenly."""
    n = better + worse
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1)) / 2**n
    return min(1.0, 2 * tail)


def table(sets):
    """By set and for all: F1 of beads and of units in both ways, and the documents
    in which the joint search errs less or more."""
    out = head("set", "beads: joint / alone", "less / more errors", "chance", "units: joint / closure", "less / more errors", "chance")
    whole = []
    for name, of in sets.items():
        if of.triples:
            documents = [errors(of, tasks) for tasks in of.groups.values()]
            whole += documents
            out.append(line(name, documents))
    out.append(line("**all**", whole))
    return out


def line(name, documents):
    cells = []
    for what in ("beads", "units"):
        joint, alone = ([count for one in documents for count in one[what][way]] for way in ("joint", "pairs"))
        differences = [wrong(one[what]["joint"]) - wrong(one[what]["pairs"]) for one in documents]
        better, worse = sum(d < 0 for d in differences), sum(d > 0 for d in differences)
        p = chance(better, worse)
        cells += [f"{share(f1(joint))} / {share(f1(alone))}", f"{better} / {worse}", "< .0001" if p < 1e-4 else share(p)]
    return row(name, *cells)
