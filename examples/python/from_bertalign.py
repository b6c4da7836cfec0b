"""Aligns two texts in place of Bertalign. The comment on a line is the line of a Bertalign script that it replaces.

    python from_bertalign.py [SOURCE TARGET]

SOURCE is an English text and TARGET a German one. The sample texts are the default.

bitext needs no torch and no download. To keep the vectors of LaBSE, give the aligner its model:

    model = SentenceTransformer("LaBSE")
    aligner = bitext.Aligner(embedder=model, embedder_name="LaBSE")
    result = aligner.align(en=source, de=target)
"""

from __future__ import annotations

import sys
from pathlib import Path

import bitext  # from bertalign import Bertalign

DATA = Path(__file__).resolve().parents[1] / "data"


def main(source_path: Path, target_path: Path) -> None:
    source = source_path.read_text(encoding="utf-8")  # src = open(source_path).read()
    target = target_path.read_text(encoding="utf-8")  # tgt = open(target_path).read()
    result = bitext.align(en=source, de=target)  # aligner = Bertalign(src, tgt); aligner.align_sents()
    for row in result.rows():  # aligner.print_sents()
        print(row["en"])
        print(row["de"])
        print()
    for english, german, _, confidence in result.beads("en", "de"):  # for bead in aligner.result:
        # Bertalign has no confidence. 0.9 means that nine of ten such beads are exactly right.
        if confidence >= 0.9:
            print(list(english), list(german))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        main(DATA / "ferry.en.txt", DATA / "ferry.de.txt")
