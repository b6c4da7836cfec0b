#!/usr/bin/env python3
"""Makes what the tests of multilingual-e5-small expect, without rust-bert.

usage: reference.py MODEL_FOLDER SENTENCES.tsv OUT.jsonl OUT.f16

SENTENCES.tsv has a language, a tab and a JSON string a line. The ids are from the library
sentencepiece (C++), the vectors from onnxruntime, one text at a time, stored as 16-bit floats.
"""

import json
import sys
from pathlib import Path

import numpy as np
import sentencepiece
from onnx_model import Encoder


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    folder, sentences, lines, vectors = map(Path, sys.argv[1:])
    pieces = sentencepiece.SentencePieceProcessor(str(folder / "sentencepiece.bpe.model"))
    encoder = Encoder(folder, threads=2)
    rows = []
    with open(lines, "w", encoding="utf-8") as out:
        for line in sentences.read_text(encoding="utf-8").splitlines():
            language, text = line.split("\t")
            text = json.loads(text)
            # XLM-R has four special ids where sentencepiece has three; its unknown is 3.
            ids = [at + 1 if at else 3 for at in pieces.encode(encoder.prefix + text)]
            ids = [0, *ids, 2]
            theirs = encoder.tokenizer.encode(encoder.prefix + text).ids
            if ids != theirs:
                print(f"tokenizers differs from sentencepiece: {text!r}\n  {ids}\n  {theirs}")
            rows.append(encoder.encode([text])[0])
            print(json.dumps({"lang": language, "text": text, "ids": ids}, ensure_ascii=False), file=out)
    np.array(rows, dtype="<f2").tofile(vectors)


main()
