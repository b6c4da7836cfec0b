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
    "similarity": ["similarity", "similarity_above_2", "similarity_above_4", "similarity_above_6", "similarity_times_log_length"],
    "bends of the similarity": ["similarity_above_2", "similarity_above_4", "similarity_above_6"],
    "rivals": ["competitor_margin", "competitor_margin_above_0"],
    "lengths": ["length_mismatch", "length_mismatch_root"],
    "size": ["log_length", "margin_times_log_length", "similarity_times_log_length", "unmatched_words_times_log_length"],
    "ends of given units": ["boundary_inside", "boundary_mismatch", "no_boundary"],
    "words that look alike": ["shared_cognates"],
    "numbers": ["shared_numbers", "unshared_numbers"],
    "punctuation": ["question_mark_mismatch", "final_mark_mismatch", "opening_quote_mismatch"],
    "words compared one by one": ["better_match_nearby", "unmatched_words", "unmatched_words_times_log_length"],
    "words found elsewhere": ["better_match_nearby"],
    "words lost": ["unmatched_words", "unmatched_words_times_log_length"],
    "ends of the articles": ["gap_at_start", "gap_at_end", "gap_both_sides_at_start", "gap_both_sides_at_end"],
    "runs of both sides": ["gap_both_sides", "gap_both_sides_at_start", "gap_both_sides_at_end"],
    "runs of both sides at the ends": ["gap_both_sides_at_start", "gap_both_sides_at_end"],
    "sizes in runs": ["gap_log_length", "gap_short", "gap_best_similarity_times_log_length", "gap_short_times_unmatched_words"],
    "similarity in runs": [
        "gap_best_similarity", "gap_best_similarity_above_2", "gap_best_similarity_above_4",
        "gap_best_similarity_times_log_length", "gap_better_partner",
    ],
    "better partners in runs": ["gap_better_partner"],
    "words in runs": ["gap_unmatched_words", "gap_short_times_unmatched_words"],
    "models without words": ["without_words", "similarity_without_words", "gap_without_words"],
    "site lines in runs": ["gap_no_final_mark", "gap_boilerplate", "gap_short", "gap_short_times_unmatched_words"],
}
# Weights that a model needs in any case.
ALWAYS = {"bias", "gap_open", "gap_extend"}
# First words of the rows that are no weights.
NO_WEIGHTS = {"feature", "share", "gap_share_one_side", "gap_share_both_sides", "background"}
STEPS, MOST = 40, 4


def known_rows():
    """The names of features and gap costs in the table of weights."""
    lines = setting.WEIGHTS.read_text().splitlines()
    names = {line.split("\t")[0] for line in lines if line and not line.startswith("#")}
    return {name for name in names - NO_WEIGHTS if not name.startswith("calibration_")}


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
    differing = {name for names in GROUPS.values() for name in names} ^ known_rows() - ALWAYS
    if differing:
        raise SystemExit(f"{setting.WEIGHTS} and the groups of ablations.py differ in {', '.join(sorted(differing))}")
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
