"""The peers: `benches/peers/run.py`, its tables, and ours against the best."""
import json
import subprocess
import sys

import setting
from page import head, row, share

CACHE = setting.ROOT / "reports" / "alignment-peers.json"
# Sets where the aligner must be ahead of every peer, and where not behind.
AHEAD, NOT_BEHIND = ("literary", "wmt22_uken", "wmt23_news"), ("kde",)


def run(program, reuse):
    """Measures bitext and the peers, and keeps the numbers. With `reuse` the peers are run only for
    what the kept numbers lack: their vectors are those of the model alone."""
    out, kept = program.file("peers.json"), values() or {}
    command = [sys.executable, setting.PEERS / "run.py", "--bitext", program.path, "--json", out]
    model = lambda fingerprint: fingerprint.split()[0]
    if reuse and kept and model(kept["fingerprint"]) == model(program.fingerprint):
        command += ["--kept", CACHE]
    with program.file("peers.md").open("w") as page:
        status = subprocess.run([*map(str, command)], stdout=page).returncode
    if status or not out.is_file():
        raise SystemExit("benches/peers/run.py failed")
    found = {"fingerprint": program.fingerprint, **json.loads(out.read_text())}
    setting.write(CACHE, json.dumps(found, indent=1) + "\n")


def values():
    return json.loads(CACHE.read_text()) if CACHE.is_file() else None


def best(of, kind, ours):
    """The best strict F1 of a peer, and whose it is."""
    peers = ((one["quality"][kind]["strict"], name) for name, one in of["systems"].items() if not name.startswith(ours))
    return max(peers, default=(None, None))


def summary(found, sheet):
    for name, of in found["sets"].items():
        for kind in of["tasks"] if name in AHEAD + NOT_BEHIND else ():
            ours, (theirs, who) = of["systems"]["bitext"]["quality"][kind]["strict"], best(of, kind, "bitext")
            if theirs is not None:
                # Nothing can be ahead of 1.
                equal = name in NOT_BEHIND or theirs == 1
                sheet.better(f"{name} {kind}, pairs alone, against {who}", ours, theirs, "peers", equal)


def section(program, found):
    sys.path.insert(0, str(setting.PEERS))
    import report

    out = []
    if found.get("fingerprint") != program.fingerprint:
        out += [f"**Stale: of {found.get('fingerprint')}, not of this program.**", ""]
    out += [f"{found['program']['version']}, program `{found['program']['sha256'][:16]}`; {found['processor']}; {', '.join(found['pins'])}."]
    out += ["", "### bitext and the best peer of each set and kind", ""]
    out += ["Strict F1, pairs alone. The best peer is the best in that row, in whatever setting. Bold: bitext is at least as good.", ""]
    out += head("set and kind", "bitext", "best peer", "which")
    for name, of in found["sets"].items():
        for kind in setting.making.KINDS:
            if kind in of["tasks"]:
                ours, (theirs, who) = of["systems"]["bitext"]["quality"][kind]["strict"], best(of, kind, "bitext")
                mark = "**" if theirs is None or ours >= theirs else ""
                out.append(row(f"{name} {kind}", f"{mark}{share(ours)}{mark}", share(theirs), who or "·"))
    parts = report.quality(found) + report.time_table(found) if found["sets"] else []
    parts += report.size_tables(found) if found["sizes"] else []
    # One level deeper than on a page of their own.
    return out + ["#" + line if line.startswith("#") else line for line in parts + report.quoted()]
