"""Aligns two files of sentences in place of Vecalign, and writes what Vecalign writes.

    python from_vecalign.py [SOURCE TARGET]

SOURCE has one English sentence per line and TARGET one German sentence. Without files, the sample texts are
split. It replaces these commands, of which the first two make vectors of all spans of up to ten sentences:

    ./overlap.py -i SOURCE -o SOURCE.overlaps -n 10      # and LASER's embed.sh on the result
    ./overlap.py -i TARGET -o TARGET.overlaps -n 10      # and LASER's embed.sh on the result
    ./vecalign.py --alignment_max_size 8 --src SOURCE --tgt TARGET \\
        --src_embed SOURCE.overlaps SOURCE.vectors --tgt_embed TARGET.overlaps TARGET.vectors

`max_bead` is the setting `--alignment_max_size`. The third number of Vecalign's output, the cost, is left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bitext

DATA = Path(__file__).resolve().parents[1] / "data"


def sentences(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def main(source: list[str], target: list[str]) -> None:
    result = bitext.align(en=source, de=target, max_bead=8)
    print(result.to_vecalign("en", "de"), end="")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(sentences(Path(sys.argv[1])), sentences(Path(sys.argv[2])))
    else:
        texts = {code: (DATA / f"ferry.{code}.txt").read_text(encoding="utf-8") for code in ("en", "de")}
        main(bitext.split(texts["en"], "en"), bitext.split(texts["de"], "de"))
