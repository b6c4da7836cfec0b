"""Runs the command line on this processor and on those that QEMU plays, and compares the bytes.

    python3 .ci/processors.py BITEXT
"""
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "examples" / "data"
# By the instructions that matter here: SSE2 alone, SSE4.2, AVX2 with fused operations.
PROCESSORS = ("qemu64", "Nehalem", "Haswell")
# Raw documents of these sets of the evaluation data, where there are any.
SETS = ("wmt22_news", "flores_dev", "wmt24_literary", "kde")
DOCUMENTS_PER_SET = 3
MAX_SEGMENTS = 50


def sample_lines():
    """Articles from the samples: raw, as lists, and so long that they are searched near a path."""
    texts = {}
    for path in sorted(SAMPLES.glob("*.??.txt")):
        name, language, _ = path.name.split(".")
        texts.setdefault(name, {})[language] = path.read_text(encoding="utf-8")
    for name, article in texts.items():
        yield {"id": name, **article}
        yield {"id": f"{name}, lines", **{key: text.splitlines() for key, text in article.items()}}
    # Languages that the model does not know: their lengths are learnt.
    languages = ROOT / "examples" / "languages"
    others = {code: (languages / f"ferry.{code}.txt").read_text(encoding="utf-8") for code in ("fr", "pl")}
    yield {"id": "other languages", **others}
    # The numbers keep the copies apart.
    long = {key: "\n\n".join(f"{number}. {texts['ferry'][key]}" for number in range(1, 31)) for key in ("en", "de")}
    yield {"id": "ferry, 30 times", **long}


def evaluation_lines(data):
    for name in SETS:
        documents = [json.loads(line) for line in open(data / "eval" / "docs" / f"{name}.jsonl", encoding="utf-8")]
        short = [one for one in documents if len(one["en"]) <= MAX_SEGMENTS]
        for document in short[:DOCUMENTS_PER_SET]:
            texts = {key: " ".join(document[key]) for key in ("en", "uk", "de") if document.get(key)}
            yield {"id": f"{name}/{document['doc_id']}", **texts}


def as_bytes(lines):
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def digest(command, given):
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    return hashlib.sha256(done.stdout).hexdigest()


def main():
    bitext = sys.argv[1]
    lines = list(sample_lines())
    # Crossing compares all sentences with each other, which takes QEMU long for the last one.
    samples = as_bytes(lines[:-1])
    data = Path(os.environ.get("BITEXT_DATA", ROOT.parent / "shared"))
    if data.is_dir():
        lines += evaluation_lines(data)
    else:
        print("not run on evaluation data: no data")
    given = as_bytes(lines)
    text = "".join(line for path in sorted(SAMPLES.glob("*.en.txt")) for line in open(path, encoding="utf-8")).encode()
    commands = {
        f"align {len(lines)} articles": (["align", "--jsonl", "--threads", "1"], given),
        "align samples with crossing": (["align", "--jsonl", "--crossing", "--threads", "1"], samples),
        "embed": (["embed", "--lang", "en"], text),
    }
    failed = False
    for name, (arguments, stdin) in commands.items():
        expected = digest([bitext, *arguments], stdin)
        for processor in PROCESSORS:
            start = time.monotonic()
            same = digest(["qemu-x86_64", "-cpu", processor, bitext, *arguments], stdin) == expected
            failed |= not same
            print(f"{name}, {processor}: {'same bytes' if same else 'OTHER BYTES'}, {time.monotonic() - start:.0f} s")
    sys.exit(failed)


if __name__ == "__main__":
    main()
