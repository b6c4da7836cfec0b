#!/usr/bin/env python3
"""bitext beside its peers on real translations, whose translators merged and split sentences; makes
reports/real-translations.md.

    cargo build --release --example peers_given
    python3 benches/peers/real.py target/release/examples/peers_given MODEL_FOLDER

MODEL_FOLDER has a transformer as sentence-transformers publishes it, such as
multilingual-e5-small. All systems see its vectors, computed by onnxruntime: of each
sentence, and of each span of up to four sentences as joined text. The gold alignments
are found through BITEXT_DATA (default ../shared), in eval/gold_mn/dev.jsonl; without
them it prints `not run: no data` and exits 0. Needs what requirements.txt pins, and
onnx, onnxruntime, safetensors and tokenizers. It takes some minutes, most of them for
the vectors; --vectors keeps them in a folder.
"""
import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLE = ROOT / "src" / "align" / "data" / "parallel-sample.tsv"
PAGE = ROOT / "reports" / "real-translations.md"
PEERS = ("nearest", "vecalign", "vecalign-05", "bertalign", "bertalign-0")
SETS = {
    "textberg": "Text+Berg: Alpine journals, German to French",
    "AlicesAdventuresInWonderland": "Alice in Wonderland, English to French",
    "Candide": "Candide, English to Spanish",
}
MAX_SPAN = 4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("given", type=Path, help="the example peers_given")
    parser.add_argument("model", type=Path, help="the folder of the transformer")
    parser.add_argument("--vectors", type=Path, help="a folder to keep the vectors in, or to take them from")
    parser.add_argument("--output", type=Path, default=PAGE)
    return parser.parse_args()


def spans(sentences):
    """By number of sentences: the joined texts by their first sentence."""
    return [
        [" ".join(sentences[at : at + size]) for at in range(len(sentences) - size + 1)]
        for size in range(1, MAX_SPAN + 1)
    ]


def embed(tasks, model, folder):
    """Writes `vectors.txt` and `vectors.f32` unless they are there; returns the texts."""
    path = folder / "vectors.txt"
    if path.is_file():
        return [json.loads(line) for line in path.read_text().split("\n")]
    sys.path.insert(0, str(HERE.parent / "encoders"))
    from onnx_model import Encoder

    texts = [text for task in tasks for side in ("src", "tgt") for of_size in spans(task[side]) for text in of_size]
    texts += [text for row in SAMPLE.read_text().splitlines() for text in row.split("\t")]
    texts = list(dict.fromkeys(texts))
    print(f"{len(texts)} texts to embed", file=sys.stderr)
    Encoder(model, os.cpu_count()).encode(texts).astype("<f4").tofile(folder / "vectors.f32")
    path.write_text("\n".join(json.dumps(text, ensure_ascii=False) for text in texts))
    return texts


def run_ours(program, folder, lines):
    """Beads by task, and confidences by task."""
    run = subprocess.run([program, folder / "vectors"], input=lines, stdout=-1, text=True, check=True)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return {one["id"]: one["beads"] for one in found}, {one["id"]: one["confidences"] for one in found}


def run_peers(tasks, texts, folder):
    """Beads by peer and task."""
    import numpy as np

    rows = {text: at for at, text in enumerate(texts)}
    vectors = np.fromfile(folder / "vectors.f32", "<f4").reshape(len(texts), -1)
    prepared = []
    for task in tasks:
        entry = {"id": task["id"], "src": task["src"], "tgt": task["tgt"], "src_lang": "all", "tgt_lang": "all"}
        for side in ("src", "tgt"):
            # Row 0 is what Vecalign puts where a span would begin before the text.
            of_side = [[rows[text] + 1 for text in of_size] for of_size in spans(task[side])]
            entry[side + "_rows"] = [np.array(of_size, dtype=np.int64) for of_size in of_side]
        prepared.append(entry)
    answers = {}
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        padding = np.full((1, vectors.shape[1]), vectors.shape[1] ** -0.5, dtype=np.float32)
        np.save(work / "all.npy", np.concatenate([padding, vectors]))
        (work / "tasks.pickle").write_bytes(pickle.dumps(prepared))
        for peer in PEERS:
            out = work / f"{peer}.jsonl"
            subprocess.run([sys.executable, HERE / "worker.py", peer, work, out], check=True)
            answers[peer] = {one["id"]: one["beads"] for one in map(json.loads, out.read_text().splitlines())}
    return answers


def calibration(tasks, beads, confidences):
    """The expected calibration error in ten bins, and how often a bead of at least .9 is right."""
    bins = [[0, 0, 0.0] for _ in range(10)]
    for task in tasks:
        gold = {(tuple(x), tuple(y)) for x, y in task["gold"]}
        for (x, y), confidence in zip(beads[task["id"]], confidences[task["id"]]):
            if x and y:
                one = bins[min(9, int(confidence * 10))]
                one[0] += 1
                one[1] += (tuple(x), tuple(y)) in gold
                one[2] += confidence
    total = sum(one[0] for one in bins)
    return sum(abs(right - sure) for _, right, sure in bins) / max(total, 1), bins[9][1] / max(bins[9][0], 1)


def report_of(tasks, name, beads):
    """The scores of the beads of one text."""
    import score_align

    counts = None
    for task in tasks:
        if name in task["id"]:
            found = score_align.counts(task["gold"], beads[task["id"]], len(task["src"]), len(task["tgt"]))
            counts = score_align.add(counts, found)
    return score_align.report(counts)


def page(tasks, answers, confidences, model):
    out = [
        "# Real translations", "",
        "Written by `benches/peers/real.py`. The gold alignments were made by hand; a third of the beads are",
        f"not 1-1. All systems see the same vectors of {model.name}, spans embedded as joined text, and the",
        "sentences as they are. No weight of bitext was learnt from these languages or with this encoder, but the",
        "constants of `src/align/crf/adapt.rs` were chosen on these texts.", "",
        "All F1 are of beads with both sides. Strict F1 counts a bead that is exactly right, lax F1 also one that",
        "shares a sentence on each side with a gold bead.",
    ]
    reports = {name: [report_of(tasks, name, found) for found in answers.values()] for name in SETS}
    for title, key in (("Strict F1", "F1ns"), ("Lax F1", "F1nl")):
        out += ["", f"## {title}", "", "| text | " + " | ".join(answers) + " |", "|---|" + "--:|" * len(answers)]
        for name, text in SETS.items():
            out.append(f"| {text} | " + " | ".join(f"{report[key]:.3f}" for report in reports[name]) + " |")
    out += ["", "## Confidences of bitext", "",
            "The expected calibration error, and the share of the beads with a confidence of .9 or more that are",
            "exactly right.", "", "| text | error | right at .9 |", "|---|--:|--:|"]
    for name, text in SETS.items():
        error, right = calibration([task for task in tasks if name in task["id"]], answers["bitext"], confidences)
        out.append(f"| {text} | {error:.3f} | {right:.3f} |")
    return "\n".join(out) + "\n"


def main():
    options = arguments()
    data = Path(os.environ.get("BITEXT_DATA") or ROOT / ".." / "shared")
    if not data.is_dir():
        print("not run: no data")
        return
    gold = data / "eval" / "gold_mn" / "dev.jsonl"
    if not gold.is_file():
        raise SystemExit(f"incomplete data: {gold} missing")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(data / "tools"))
    lines = gold.read_text(encoding="utf-8")
    tasks = [json.loads(line) for line in lines.splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.vectors or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        texts = embed(tasks, options.model, folder)
        ours, confidences = run_ours(options.given, folder, lines)
        answers = {"bitext": ours, **run_peers(tasks, texts, folder)}
    options.output.write_text(page(tasks, answers, confidences, options.model), encoding="utf-8")


if __name__ == "__main__":
    main()
