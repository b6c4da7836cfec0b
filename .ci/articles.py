"""Checks the alignment of the five articles; see .ci/articles."""
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys

folder, program = sys.argv[1], os.environ["BITEXT"]
LANGUAGES = ("en", "uk", "de")
# Headline and body come first in each version: these are their lines.
BODY = 12
MENU = 5


def path(name):
    return os.path.join(folder, name + ".txt")


def align(*names):
    command = [program, "align", "--format", "jsonl", *map(path, names)]
    run = subprocess.run(command, capture_output=True, check=True)
    return json.loads(run.stdout)


for name in ("nato.en", "nato.uk", "nato.de", "call.en", "bid.en"):
    digest = hashlib.sha256(open(path(name), "rb").read()).hexdigest()
    print("sha256", digest, name)

bitext = align("nato.en", "nato.uk", "nato.de")
assert not bitext["unrelated"]
body = [unit for unit in bitext["units"] if any(unit.get(l, [99])[0] < BODY for l in LANGUAGES)]
assert len(body) == BODY, body
for at, unit in enumerate(body):
    assert all(unit.get(language) == [at] for language in LANGUAGES), unit
print(f"nato: headline and body are {BODY} units 1-1-1, least confidence",
      round(min(unit["confidence"] for unit in body), 4))
teasers = {l: len(bitext["sentences"][l]) for l in LANGUAGES}
linked = [
    bead
    for beads in bitext["pairs"].values()
    for bead in beads
    if all(bead[l][-1] >= BODY + MENU for l in bead if l in LANGUAGES)
]
assert not linked, linked
print("nato: no teaser is aligned to another; sentences", teasers)

for name in ("call.en", "bid.en"):
    bitext = align(name, "nato.uk")
    units = [unit for unit in bitext["units"] if "en" in unit and "uk" in unit]
    assert bitext["unrelated"] and len(units) <= 2, units
    print(f"{name} against nato.uk: unrelated, {len(units)} units")

seconds, kilobytes = [], []
command = ["/usr/bin/time", "-v", program, "align", *(path("nato." + l) for l in LANGUAGES)]
for _ in range(5):
    report = subprocess.run(command, capture_output=True, check=True, text=True).stderr
    minutes, rest = re.search(r"Elapsed.*: (\d+):([\d.]+)", report).groups()
    seconds.append(60 * int(minutes) + float(rest))
    kilobytes.append(int(re.search(r"Maximum resident.*: (\d+)", report).group(1)))
seconds, megabytes = statistics.median(seconds), statistics.median(kilobytes) / 1000
print(f"nato, start included, median of five: {seconds:.2f} s, {megabytes:.1f} MB")
assert seconds <= 0.1 and megabytes <= 100
