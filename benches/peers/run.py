#!/usr/bin/env python3
"""bitext beside its peers: quality, time and memory on the same tasks.

    cargo build --release --features cli --bin bitext --example peers_ours
    python3 benches/peers/run.py --json OUT.json --markdown OUT.md

The data are not part of the repository: they are found through BITEXT_DATA
(default ../shared). Without them it prints `not run: no data` and exits 0; with
a part of them only it names what is missing and exits 1. On its first run it
makes a virtual environment in BITEXT_PEERS_CACHE (default: a folder for caches
of the user) and installs what requirements.txt pins. Needs Python 3.11 or later
with `venv`. A full run takes some minutes on one core.

The systems, all but Gale-Church on the vectors of the embedded model:

  bitext        default settings: `bitext align --jsonl` on given sentences, which it
                searches in pieces
  bitext-whole  the same without pieces, as peers_ours has it: it sees the very
                spans that the peers see
  galechurch    lengths only; the package galechurch
  nearest       mutual nearest neighbours by margin, above .02, 1-1 only
  nearest-05    the same above .05: the vectors' cosines spread more than those of
                the transformers that .02 is from
  vecalign      Vecalign's program as packaged in sentalign, published settings,
                seed fixed
  vecalign-05   the same, deletion cost at the 5th percentile instead of the 20th, so
                that more is left alone
  vecalign-02   the same at the 2nd; at the 1st nearly nothing is aligned any more
  bertalign     Bertalign's two passes, written from its paper
  bertalign-0   the same, with nothing to pay for unaligned sentences

Peers get the vectors of joined sentences by embedding the joined text. Times are
seconds on a processor, one thread, so that other programs hardly count. Those of
peers are of aligning alone, vectors at hand; those of bitext are given in both ways:
aligning alone (by the example peers_ours, or the command --ours-speed, which must
read and write what that does) and the whole command from text to JSON. Peak memory
is that of the process, with interpreter, libraries and the vectors of all tasks of
a set for the peers, with model and texts for bitext.

Checked against earlier figures for the programs themselves (64 documents of news and
social media, transformer vectors). Gale-Church, which sees no vectors, differs by up
to .04, on one tail by .09: those tasks were not quite these. Vecalign is within .02,
on merge .02 to .05 better. Bertalign is within .02 on merge and .06 on mixed; on
clean it loses .01 to .02 (2-2 beads of a headline and the sentence that repeats it),
on tail .03 to .04, on drop it gains .03 to .10, without a skip cost it loses up to
.04 there. Nearest neighbours leave fewer of the unrelated sentences alone.

The files: `tasks` makes tasks, `vectors` embeds, `worker` runs one peer in a
process of its own, `measure` times a process, `report` scores and writes tables,
`nearest` and `bertalign` are the peers written here, `ours.rs` times our side.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Loading and compiling come on top of what a peer may take for a text.
LIMIT, LOADING, SET_LIMIT = 120, 60, 3600
OURS = ("bitext", "bitext-whole")
PEERS = (
    "galechurch",
    "nearest",
    "nearest-05",
    "vecalign",
    "vecalign-05",
    "vecalign-02",
    "bertalign",
    "bertalign-0",
)
SIZES = (1000, 3000, 10000, 30000)


def arguments():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = lambda text: [name for name in text.split(",") if name]
    parser.add_argument("--bitext", type=Path, default=target / "release" / "bitext", help="the program")
    parser.add_argument("--ours-speed", metavar="CMD", help="times our aligning alone, with or without the argument `whole` [default: peers_ours beside the program]")
    parser.add_argument("--sets", type=names, help="of wmt22, flores, wmt23_news, wmt22_uken, literary, kde; empty for none")
    parser.add_argument("--kinds", type=names, help="of clean, merge, drop, tail, mixed, replace, lines, ends, long")
    parser.add_argument("--systems", type=names, default=list(OURS + PEERS))
    parser.add_argument("--sizes", type=lambda text: [int(n) for n in names(text)], default=list(SIZES), help="sentences a side of the speed texts; empty for none")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds a system may take for a speed text")
    parser.add_argument("--jobs", type=int, default=1, help="systems at a time; times are only good with 1")
    parser.add_argument("--quick", action="store_true", help="three documents a set and kind, sizes up to 3000")
    parser.add_argument("--kept", type=Path, metavar="JSON", help="an earlier --json of the same model: peers run only for the kinds and sizes that it lacks")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    return parser.parse_args()


def enter_environment():
    """Starts again in the virtual environment, made where it is not there."""
    cache = Path(os.environ.get("BITEXT_PEERS_CACHE") or default_cache())
    pins = (HERE / "requirements.txt").read_text()
    folder = cache / f"python-{sys.version_info[0]}.{sys.version_info[1]}"
    program, mark = folder / "bin" / "python", folder / "installed.txt"
    if not mark.is_file() or mark.read_text() != pins:
        print("installing the peers ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", HERE / "requirements.txt"], check=True)
        mark.write_text(pins)
    if Path(sys.prefix).resolve() != folder.resolve():
        os.execv(program, [str(program), *sys.argv])
    os.environ["NUMBA_CACHE_DIR"] = str(folder / "numba")


def default_cache():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "bitext-peers"


def one_thread():
    """The environment of whatever is timed."""
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    for name in ("OMP", "OPENBLAS", "MKL", "NUMBA", "RAYON"):
        env[f"{name}_NUM_THREADS"] = "1"
    # A kernel named for older builds would slow the peers down.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        env.pop(name, None)
    return env


def measured(command, folder, name, limit, stdin=None):
    """Runs a command; its output is in the folder under its name."""
    out, result = folder / f"{name}.out", folder / f"{name}.measured"
    with out.open("wb") as stdout, open(stdin or os.devnull, "rb") as given:
        subprocess.run(
            [sys.executable, "-I", "-S", HERE / "measure.py", result, str(limit), *map(str, command)],
            stdin=given, stdout=stdout, env=one_thread(), check=True,
        )
    return out, json.loads(result.read_text())


def ours_command(options):
    if options.ours_speed:
        return options.ours_speed.split()
    beside = options.bitext.parent / "examples" / "peers_ours"
    return [str(beside)] if beside.is_file() else None


def write_ours(tasks, folder):
    """The tasks as both our programs read them."""
    with (folder / "tasks.jsonl").open("w") as out, (folder / "articles.jsonl").open("w") as articles:
        for task in tasks:
            kept = {key: task[key] for key in ("id", "src_lang", "tgt_lang", "src", "tgt")}
            out.write(json.dumps(kept) + "\n")
            both = {task["src_lang"]: task["src"], task["tgt_lang"]: task["tgt"]}
            articles.write(json.dumps({"id": task["id"], **both}) + "\n")


def run_ours(system, tasks, folder, options, limit):
    """Beads by task, aligning seconds by task where they can be had, and the
    whole command's measurement."""
    speed = ours_command(options)
    plain, line = folder / "tasks.jsonl", folder / "articles.jsonl"
    answer = {"beads": {}, "seconds": None, "refused": {}}
    if system == "bitext":
        command = [options.bitext, "align", "--jsonl", "--threads", "1"]
        out, answer["command"] = measured(command, folder, "bitext-command", limit, line)
        by_id = {task["id"]: task for task in tasks}
        for text in out.open():
            found = json.loads(text)
            if "error" in found:
                answer["refused"][found["id"]] = found["error"]
            else:
                answer["beads"][found["id"]] = beads_of(found, by_id[found["id"]])
    if speed:
        whole = ["whole"] if system == "bitext-whole" else []
        out, answer["process"] = measured([*speed, *whole], folder, system, limit, plain)
        found = [json.loads(text) for text in out.read_text().splitlines()]
        answer["seconds"] = {one["id"]: one["seconds"] for one in found if "seconds" in one}
        alone = {one["id"]: [[list(x), list(y)] for x, y in one["beads"]] for one in found if "beads" in one}
        if system == "bitext":
            # Both ways must say the same, or the time is another program's.
            answer["differing"] = sum(alone.get(name) != beads for name, beads in answer["beads"].items())
        else:
            answer["beads"] = alone
            answer["refused"] = {one["id"]: one["error"] for one in found if "error" in one}
    elif system == "bitext-whole":
        return None
    ways = [answer[way]["status"] for way in ("command", "process") if way in answer]
    answered = len(answer["beads"]) + len(answer["refused"])
    # 1 says that a text was refused, -9 that the time was up.
    if any(status not in (0, 1, -9) for status in ways) or (-9 not in ways and answered < len(tasks)):
        raise SystemExit(f"{system}: the program failed")
    return answer


def beads_of(bitext, task):
    (beads,) = bitext["pairs"].values()
    sides = ([bead.get(task["src_lang"]), bead.get(task["tgt_lang"])] for bead in beads)
    return [[source, target] for source, target in sides if source and target]


def run_peer(system, folder, limit):
    out = folder / f"{system}.jsonl"
    command = [sys.executable, HERE / "worker.py", system, folder, out]
    _, process = measured(command, folder, system, limit)
    if process["status"] not in (0, -9):
        raise SystemExit(f"{system}: the worker failed")
    found = [json.loads(line) for line in out.read_text().splitlines()] if process["status"] == 0 else []
    return {
        "beads": {one["id"]: one["beads"] for one in found},
        "seconds": {one["id"]: one["seconds"] for one in found},
        "process": process,
        "refused": {},
    }


def run_all(systems, tasks, folder, options, limit):
    """Answers by system."""
    import vectors

    started = time.perf_counter()
    if any(system in PEERS for system in systems):
        count = vectors.prepare(options.bitext, tasks, folder)
        print(f"  {count} vectors in {time.perf_counter() - started:.0f} s", file=sys.stderr)

    write_ours(tasks, folder)

    def run(system):
        if system in OURS:
            return run_ours(system, tasks, folder, options, limit)
        return run_peer(system, folder, limit + LOADING)

    with ThreadPoolExecutor(options.jobs) as pool:
        answers = list(pool.map(run, systems))
    return {system: answer for system, answer in zip(systems, answers) if answer}


def run_lacking(tasks, lacking, options, limit):
    """Answers by system: ours to all tasks, the peers' to those that are lacking."""
    answers = {}
    for systems, given in ((OURS, tasks), (PEERS, lacking)):
        wanted = [system for system in options.systems if system in systems]
        if wanted and given:
            with tempfile.TemporaryDirectory() as folder:
                answers |= run_all(wanted, given, Path(folder), options, limit)
    return answers


def main():
    options = arguments()
    data = Path(os.environ.get("BITEXT_DATA") or ROOT / ".." / "shared")
    if not data.is_dir():
        print("not run: no data")
        return
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE))
    import tasks as making

    options.sets = list(making.SETS) if options.sets is None else options.sets
    options.kinds = list(making.KINDS) if options.kinds is None else options.kinds
    unknown = set(options.sets) - set(making.SETS) | set(options.kinds) - set(making.KINDS)
    unknown |= set(options.systems) - set(OURS + PEERS)
    if unknown:
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}")
    if options.quick:
        options.sizes = [size for size in options.sizes if size <= 3000]
    missing = making.missing(data, options.sets, bool(options.sizes))
    if missing:
        raise SystemExit("incomplete data: " + ", ".join(map(str, missing)) + " missing")
    if not options.bitext.is_file():
        raise SystemExit(f"{options.bitext}: no such program; build it with `cargo build --release --features cli`")
    enter_environment()
    import report

    results = report.Results(data, options)
    peers = [system for system in options.systems if system in PEERS]
    kept = report.Kept(json.loads(options.kept.read_text()) if options.kept else {}, results.values, peers)
    for name in options.sets:
        print(name, file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            limit = 3 if options.quick else 10**9
            made = making.make(data, name, options.kinds, limit, Path(folder))
        if made:
            kinds, known = kept.of_set(name, made)
            lacking = [task for task in made if task["kind"] not in kinds]
            results.add_set(name, made, run_lacking(made, lacking, options, SET_LIMIT), known)
    for size in options.sizes:
        print(f"{size} sentences a side", file=sys.stderr)
        task = making.speed_task(data, size)
        known = kept.of_size(size, task)
        answers = run_lacking([task], [] if known else [task], options, options.limit)
        results.add_size(size, task, answers, known)
    markdown = report.markdown(results.values)
    print(markdown)
    if options.markdown:
        options.markdown.write_text(markdown)
    if options.json:
        options.json.write_text(json.dumps(results.values, indent=1) + "\n")


if __name__ == "__main__":
    main()
