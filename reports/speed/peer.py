"""Aligns articles with a peer, in one process from the texts to the beads: peer.py SYSTEM ARTICLES

ARTICLES has {"id", "en": [...], "de": [...]} a line. The vectors are those of the Python package, of all spans that
the peer looks at. SYSTEM is `vecalign`, `bertalign`, or `bitext` for the package itself. Prints the number of beads.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def align_with_package(articles):
    import bitext

    results = bitext.align_many(articles, threads=1, languages=["en", "de"])
    return sum(len(result.rows()) for result in results)


def align_with_peer(system, articles):
    sys.path.insert(0, str(ROOT / "benches" / "peers"))
    import warnings

    import numpy
    from vectors import MAX_SPAN, PAD
    from worker import PEERS

    import bitext

    # As in the worker: sentalign casts memory that it fills afterwards.
    warnings.filterwarnings("ignore", "invalid value encountered in cast")
    beads = 0
    for article in articles:
        task, vectors = {}, {}
        for side, code in (("src", "en"), ("tgt", "de")):
            sentences, texts, rows = article[code], [PAD], []
            for size in range(1, MAX_SPAN + 1):
                spans = [" ".join(sentences[at : at + size]) for at in range(len(sentences) - size + 1)]
                rows.append(numpy.arange(len(texts), len(texts) + len(spans)))
                texts += spans
            vectors[code] = bitext.embed(texts, code)
            task |= {f"{side}_lang": code, side: sentences, f"{side}_rows": rows}
        found, _ = PEERS[system](task, vectors)
        beads += len(found)
    return beads


def main():
    system, path = sys.argv[1], Path(sys.argv[2])
    with path.open(encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    beads = align_with_package(articles) if system == "bitext" else align_with_peer(system, articles)
    print(beads)


if __name__ == "__main__":
    main()
