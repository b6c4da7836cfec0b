#!/usr/bin/env python3
"""How well bitext aligns: makes reports/alignment.md.

    cargo build --release --features cli --bin bitext --example peers_ours
    python3 reports/alignment.py

The data are found through BITEXT_DATA (default ../shared beside the repository).
Without them it prints `not run: no data` and exits 0; with a part of them only it
names what is missing and exits 1. Python's own library is all it needs; the peers
are installed into an environment of their own (see benches/peers/run.py).

With --quick, a few documents a set, no peers and no long texts, and the page goes to
standard output unless --output says where. --reuse-peers runs the peers only for the kinds
and sizes that the kept figures lack; bitext is measured in any case. --ablations learns
weights without each kind of evidence first, and keeps the figures; they are shown until the
weights or the data change. --keep-baseline measures the development sets with an older
program, whose numbers the page shows beside the new ones. With --errors, all disagreements
with the gold are written to a folder, with the texts, which are not ours to pass on: keep
that folder out of the repository.
"""
import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE / "alignment"))
import encoders  # noqa: E402
import setting  # noqa: E402

SECTIONS = ("sets", "raw", "ends", "calibration", "search", "speed", "peers")


def arguments():
    target = Path(os.environ.get("CARGO_TARGET_DIR", setting.ROOT / "target"))
    names = lambda text: [name for name in text.split(",") if name]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitext", type=Path, default=target / "release" / "bitext", help="the program")
    parser.add_argument("--output", type=Path, help="the page [default: reports/alignment.md]")
    parser.add_argument("--errors", type=Path, metavar="DIR", help="write all disagreements there, with texts")
    parser.add_argument("--quick", action="store_true", help="a few documents")
    parser.add_argument("--reuse-peers", action="store_true")
    parser.add_argument("--ablations", action="store_true")
    parser.add_argument("--keep-baseline", action="store_true", help="keep the numbers of this program as version 0.1's; make no page")
    parser.add_argument("--skip", type=names, default=[], help=f"leave out some of {', '.join(SECTIONS)}; the page says so")
    encoders.add_arguments(parser)
    return parser.parse_args()


def main():
    options = arguments()
    data = Path(os.environ.get("BITEXT_DATA") or setting.ROOT / ".." / "shared")
    if not data.is_dir():
        print("not run: no data")
        return
    missing = [path for path in setting.paths(data) if not path.is_file()]
    if missing:
        raise SystemExit("incomplete data: " + ", ".join(map(str, missing)) + " missing")
    if set(options.skip) - set(SECTIONS):
        raise SystemExit(f"--skip: one of {', '.join(SECTIONS)}")
    if not options.bitext.is_file():
        raise SystemExit(f"{options.bitext}: no such program; build it with `cargo build --release --features cli --bin bitext --example peers_ours`")
    if options.errors and options.errors.resolve().is_relative_to(setting.ROOT):
        raise SystemExit("--errors: a folder outside the repository, please: it will hold texts of others")
    import baseline
    import content

    with tempfile.TemporaryDirectory() as folder:
        program = setting.Program(data, options.bitext.resolve(), folder, options.quick)
        if options.keep_baseline:
            baseline.measure(program)
            return
        page = content.page(program, options)
    output = options.output or (None if options.quick else HERE / "alignment.md")
    if output:
        setting.write(output, page)
        setting.say(f"written: {output}")
    else:
        print(page)


if __name__ == "__main__":
    main()
