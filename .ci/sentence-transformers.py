"""Aligns with a model of sentence-transformers, in the one line that the guide shows: sentence-transformers.py MODEL"""

import itertools
import sys
import time
from pathlib import Path

import numpy
import torch
from sentence_transformers import SentenceTransformer

import bitext

FERRY = {code: Path(f"examples/data/ferry.{code}.txt") for code in ("en", "uk", "de")}
# Beads of the sample article that only one of two models finds.
MAX_OTHER_BEADS = 4


def beads(result):
    """The linked beads of English and German."""
    return {(source, target) for source, target, _, _ in result.beads("en", "de") if source and target}


def main():
    torch.set_num_threads(1)
    start = time.monotonic()
    model = SentenceTransformer(sys.argv[1], device="cpu")
    print(f"the model loads in {time.monotonic() - start:.1f} s")

    english = "The library reopens on Monday. It was closed for a year. Share this post:"
    french = "La bibliothèque rouvre lundi. Elle a été fermée pendant un an."
    start = time.monotonic()
    result = bitext.align(en=english, fr=french, embedder=model.encode)
    print(result)
    print(f"the first alignment takes {time.monotonic() - start:.1f} s, with 601 texts for the background")
    assert [row.shape for row in result] == ["1-1", "1-1", "1-·"], result

    # The model itself, with a name; `align_many` in order, on threads.
    aligner = bitext.Aligner(embedder=model, embedder_name="multilingual-e5-small")
    results = list(aligner.align_many(itertools.repeat({"en": english, "fr": french}, 5), threads=2))
    assert all([row.texts for row in one] == [row.texts for row in result] for one in results)
    vectors = aligner.embed(["It rained.", "Il a plu."], "en")
    assert vectors.shape == (2, 384) and numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    # Three languages: nearly the links of the embedded model.
    start = time.monotonic()
    theirs, ours = aligner.align(**FERRY), bitext.align(**FERRY)
    print(f"the sample article takes {time.monotonic() - start:.1f} s")
    both = beads(theirs), beads(ours)
    print(f"{len(both[0] & both[1])} beads in common, {len(both[0] ^ both[1])} others")
    assert len(both[0] & both[1]) >= 15 and len(both[0] ^ both[1]) <= MAX_OTHER_BEADS, both
    assert theirs.fingerprint != ours.fingerprint and "multilingual-e5-small" in theirs.fingerprint


main()
print("sentence-transformers: 1 model, aligned")
