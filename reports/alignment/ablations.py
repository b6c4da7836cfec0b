"""What each kind of evidence is worth: weights learnt without it."""
import hashlib
import json
import re
import subprocess

import setting
from page import head, row, share

CACHE = setting.ROOT / "reports" / "alignment-ablations.json"
# Rows of the table of weights that are one kind of evidence.
GROUPS = {
    "nothing": [],
    "margin": ["margin", "margin_above_0.1", "margin_above_0.3", "margin_above_0.5", "margin_times_log_length"],
    "bends of the margin": ["margin_above_0.1", "margin_above_0.3", "margin_above_0.5"],
    "rivals": ["competitor_margin", "competitor_margin_above_0"],
    "lengths": ["length_mismatch", "length_mismatch_root"],
    "size": ["log_length", "margin_times_log_length"],
    "ends of given units": ["boundary_inside", "boundary_mismatch", "no_boundary"],
    "words that look alike": ["shared_cognates"],
    "numbers": ["shared_numbers", "unshared_numbers"],
    "punctuation": ["question_mark_mismatch", "final_mark_mismatch", "opening_quote_mismatch"],
    "words compared one by one": ["better_match_nearby", "unmatched_words"],
    "words found elsewhere": ["better_match_nearby"],
    "words lost": ["unmatched_words"],
    "ends of the articles": ["gap_at_start", "gap_at_end", "gap_both_sides_at_start", "gap_both_sides_at_end"],
    "runs of both sides": ["gap_both_sides", "gap_both_sides_at_start", "gap_both_sides_at_end"],
    "runs of both sides at the ends": ["gap_both_sides_at_start", "gap_both_sides_at_end"],
    "sizes in runs": ["gap_log_length"],
}
STEPS, MOST = 40, 4


def known_rows():
    lines = setting.WEIGHTS.read_text().splitlines()
    return {line.split("\t")[0] for line in lines if line and not line.startswith("#")} - {"feature"}


def state(program):
    """What the results depend on."""
    names = setting.documents()
    every = "".join(setting.digest(setting.making.documents(program.data, name)) for name in names)
    return {
        "weights": setting.digest(setting.WEIGHTS), "fingerprint": program.fingerprint,
        "data": hashlib.sha256(every.encode()).hexdigest(), "steps": STEPS, "most": MOST, "groups": GROUPS,
    }


def fit_command(program, names):
    """As the weights were learnt, but with fewer documents and steps."""
    _, files, half = program.held_out()
    command = ["fit", *(setting.making.documents(program.data, name) for name in files)]
    command += ["--held-out-half", half] if half else []
    command += ["--max-documents", MOST, "--steps", STEPS]
    return command + [word for name in names for word in ("--ablate", name)]


def run(program, sets):
    unknown = {name for names in GROUPS.values() for name in names} - known_rows()
    if unknown:
        raise SystemExit(f"{setting.WEIGHTS}: no rows {', '.join(sorted(unknown))} any more; mend ablations.py")
    results = {}
    for label, names in GROUPS.items():
        setting.say(f"ablation: without {label}")
        out = program.file("weights.tsv")
        command = [str(program.path), *map(str, fit_command(program, names)), "-o", str(out)]
        fit = subprocess.run(command, stderr=-1, text=True)
        if fit.returncode:
            raise SystemExit(f"{' '.join(command)}: {fit.stderr[-2000:]}")
        likelihood = re.findall(r"log-likelihood of an example (\S+)", fit.stderr)[-1]
        results[label] = {"likelihood": float(likelihood), "strict": strict(program, sets, out)}
    setting.write(CACHE, json.dumps({**state(program), "results": results}, indent=1) + "\n")


def strict(program, sets, weights):
    """Strict F1 by set, all kinds but `long` together, languages together."""
    found = {}
    for name, of in sets.items():
        total = None
        groups = [tasks for tasks in of.groups.values() if tasks[0]["kind"] != "long"]
        path = program.align([setting.article(tasks) for tasks in groups], "--weights", weights)
        bitexts = {one["id"]: one for one in setting.read(path)}
        for tasks in groups:
            bitext = bitexts[setting.article(tasks)["id"]]
            for task in tasks:
                beads = [bead[:2] for bead in setting.beads(bitext, task["src_lang"], task["tgt_lang"])]
                counts = program.scorer.counts(task["gold"], beads, len(task["src"]), len(task["tgt"]))
                total = program.scorer.add(total, counts)
        found[name] = program.scorer.report(total)["F1ns"]
    return found


def section(program):
    if not CACHE.is_file():
        return ["Not run: `python3 reports/alignment.py --ablations` makes this table."]
    kept = json.loads(CACHE.read_text())
    stale = [key for key, value in state(program).items() if kept.get(key) != value]
    out = []
    if stale:
        out += [f"**Stale: measured with other {', '.join(stale)}; run `--ablations` again.**", ""]
    base = kept["results"]["nothing"]
    names = list(base["strict"])
    out += head("without", "log-likelihood", "loss", *names)
    for label, of in kept["results"].items():
        loss = base["likelihood"] - of["likelihood"]
        cells = (share(of["strict"][name]) if label == "nothing" else f"{of['strict'][name] - base['strict'][name]:+.4f}" for name in names)
        out.append(row(label, f"{of['likelihood']:.4f}", f"{loss:.4f}", *cells))
    return out
