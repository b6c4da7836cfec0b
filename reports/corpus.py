#!/usr/bin/env python3
"""How well `bitext pair` and `bitext build` do: makes reports/corpus.md.

    cargo build --release --features cli --bin bitext
    python3 reports/corpus.py

The data are found through BITEXT_DATA (default ../shared beside the repository).
Without them it prints `not run: no data` and exits 0; with a part of them only it
names what is missing and exits 1. The peers of its section on speed come from PyPI (see
benches/peers/run.py); for the rest Python's own library is enough. With --quick, one article in
eight, no large corpus, no peers, and the page goes to standard output. It ends with 1 where a
target is missed.
"""
import collections
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import measuring  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "uk", "de")
# News, talk, trade, novels, encyclopaedia, manuals, verses; public test sets' development
# use is the owner's: nothing is learnt here.
SETS = ("wmt22_news", "wmt22_social", "wmt22_ecommerce", "wmt22_conversation", "wmt23_news",
        "wmt23_social", "wmt24_literary", "flores_dev", "wmt22_uken", "wmt21_deen", "kde", "bible")
# These are one or few long texts: they are cut into articles.
CUT = {"wmt23_social": 30, "wmt21_deen": 25, "kde": 30, "flores_dev": 25}
LEAST = 4
# Lines of sites, written for this.
DEBRIS = {
    "en": ["Share this article", "Subscribe to our newsletter", "Read also:", "All rights reserved", "Log in", "Most read"],
    "uk": ["Поділитися", "Підписатися на розсилку", "Читайте також:", "Усі права захищено", "Увійти", "Популярне"],
    "de": ["Artikel teilen", "Newsletter abonnieren", "Lesen Sie auch:", "Alle Rechte vorbehalten", "Anmelden", "Meistgelesen"],
}


def documents(data):
    """All documents as (set, name, {language: segments})."""
    found = []
    for name in SETS:
        for number, line in enumerate(open(data / f"{name}.jsonl", encoding="utf-8")):
            document = json.loads(line)
            sides = {l: document[l] for l in LANGUAGES if document.get(l)}
            length = len(next(iter(sides.values())))
            step = CUT.get(name, length)
            for start in range(0, length, step):
                part = {l: s[start:start + step] for l, s in sides.items()}
                if len(part[min(part)]) >= LEAST:
                    found.append((name, f"{name}-{number}-{start}", part))
    return found


class Corpus:
    """A corpus with its gold."""

    def __init__(self, every, seed=7):
        self.random = random.Random(seed)
        self.lines, self.gold, self.segments, self.copy_of = [], [], {}, {}
        self.kinds = collections.Counter()
        self.broken = 0
        self.every = every

    def article(self, document, part, language, segments):
        name = f"{document}/{part}.{language}"
        self.segments[name] = segments
        body = [s for s in segments if s.strip()]
        tail = []
        if self.random.random() < 0.5:
            tail = self.random.sample(DEBRIS[language], self.random.randint(2, 5))
            tail += self.random.sample(self.teasers[language], 2)
        line = {"id": name, "lang": language, "text": "\n".join(body + tail)}
        self.lines.append(json.dumps(line, ensure_ascii=False).encode())
        if self.random.random() < 0.03:
            self.copy_of[name + "~"] = name
            self.lines.append(json.dumps({**line, "id": name + "~"}, ensure_ascii=False).encode())
        return name

    def fill(self, documents):
        documents = documents[::self.every]
        # Headlines of other articles, different ones in each language.
        self.teasers = {l: [d[2][l][0] for d in documents if l in d[2]] for l in LANGUAGES}
        for _, name, sides in documents:
            languages, length = list(sides), len(next(iter(sides.values())))
            kind = self.random.choices(("whole", "alone", "two halves", "different halves"), (60, 15, 10, 15))[0]
            if length < 2 * LEAST and "half" in kind.replace("halves", "half"):
                kind = "whole"
            self.kinds[kind] += 1
            half = length // 2
            if kind == "whole":
                self.gold.append([self.article(name, "all", l, sides[l]) for l in languages])
            elif kind == "alone":
                language = self.random.choice(languages)
                self.article(name, "all", language, sides[language])
            elif kind == "two halves":
                for part, (a, b) in {"one": (0, half), "two": (half, length)}.items():
                    self.gold.append([self.article(name, part, l, sides[l][a:b]) for l in languages])
            else:
                one, other = self.random.sample(languages, 2)
                self.article(name, "one", one, sides[one][:half])
                self.article(name, "two", other, sides[other][half:])
        bad = [b"not JSON", b'{"id": "b1", "lang": "de", "text": 5}', b'{"id": "b2", "text": "7 8 9"}',
               b'{"id": "b3", "lang": "de", "text": "Stra\xdfe"}', b'{"id": "b4"}', b'{"id": "b5", "lang": "xx-yy-zz-?", "text": "a"}']
        self.broken = len(bad)
        self.lines += bad
        self.random.shuffle(self.lines)
        return self

    def write(self, path):
        path.write_bytes(b"\n".join(self.lines) + b"\n")

    def original(self, name):
        return self.copy_of.get(name, name)

    def edges(self):
        return {frozenset(pair) for group in self.gold for pair in itertools.combinations(group, 2)}


def run(command):
    """Runs a command; its seconds, peak memory in MB, and standard error."""
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - started
        said.seek(0)
        text = said.read().decode()
    # 1: some articles are broken, and were reported.
    if child.returncode not in (0, 1):
        raise SystemExit(f"{command}: {child.returncode}\n{text}")
    return seconds, usage.ru_maxrss / 1000, text


def read(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def judge_pairing(corpus, groups):
    """Right, found and wanted pairs of articles, and the wrong ones."""
    gold = corpus.edges()
    found = {frozenset(map(corpus.original, pair))
             for group in groups for pair in itertools.combinations(group["ids"].values(), 2)}
    return len(found & gold), len(found), len(gold), found - gold, gold - found


def fold(text):
    return " ".join(text.split())


class Places:
    """Which segments of an article a text is from."""

    def __init__(self, segments):
        self.text, self.starts = "", []
        for at, segment in enumerate(segments):
            segment = fold(segment)
            if segment:
                self.text += " " if self.text else ""
                self.starts.append((len(self.text), len(self.text) + len(segment), at))
                self.text += segment

    def of(self, text):
        found, start = set(), self.text.find(text)
        while start >= 0:
            end = start + len(text)
            found |= {at for a, b, at in self.starts if a < end and start < b}
            start = self.text.find(text, start + 1)
        return found


def judge_rows(corpus, rows):
    """Of kept rows: how many share a segment; of true pairs of segments: how many are kept."""
    by_document = collections.defaultdict(list)
    for name, segments in corpus.segments.items():
        document, part = name.split("/")
        by_document[document, name[-2:]].append((part, Places(segments)))
    right, covered, wrong = 0, set(), []
    for row in rows:
        document = corpus.original(row["document"]).split("/")[0]
        (one, x), (other, y) = row["translation"].items()
        good = False
        for (part, source), (part_too, target) in itertools.product(by_document[document, one], by_document[document, other]):
            if part.split(".")[0] != part_too.split(".")[0]:
                continue
            shared = source.of(fold(x)) & target.of(fold(y))
            good |= bool(shared)
            covered |= {(document, part.split(".")[0], one, other, at) for at in shared}
        right += good
        if not good:
            wrong.append(row)
    wanted = set()
    for group in corpus.gold:
        for a, b in itertools.combinations(group, 2):
            document, part = a.split("/")
            for at, (x, y) in enumerate(zip(corpus.segments[a], corpus.segments[b])):
                if x.strip() and y.strip():
                    wanted.add((document, part.split(".")[0], a[-2:], b[-2:], at))
    return right, covered & wanted, wanted, wrong


def mixed(documents, times, path):
    """A corpus as many times as large: new articles of segments of old ones."""
    rng = random.Random(11)
    pools = collections.defaultdict(list)
    for name, _, sides in documents:
        if len(sides) == 3:
            pools[name] += list(zip(*(sides[l] for l in LANGUAGES)))
    names = sorted(pools)
    with open(path, "wb") as out:
        for number in range(times):
            pool = pools[names[number % len(names)]]
            chosen = [pool[rng.randrange(len(pool))] for _ in range(rng.randint(8, 40))]
            for at, language in enumerate(LANGUAGES):
                line = {"id": f"m{number}.{language}", "lang": language, "text": "\n".join(c[at] for c in chosen)}
                out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def contents(folder):
    """All files of a build."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def killed(command, whole, seconds, folder, times=10):
    """Kills a build at random moments, each time a new one, and lets it go on: how many of them
    were under way, and whether all came out as `whole`."""
    rng, under_way, same = random.Random(), 0, 0
    for at in range(times):
        out = folder / f"killed-{at}"
        # One in each tenth of the time.
        moment = seconds * (at + rng.random()) / times
        child = subprocess.Popen([*command, str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moment)
        child.kill()
        under_way += child.wait() < 0
        run([*command, str(out)])
        same += contents(out) == whole
        shutil.rmtree(out)
    return under_way, same


def killed_on(command, whole, seconds, out, times=10):
    """Kills one build ten times, and lets it end: the seconds of all runs, and whether it came
    out as `whole`."""
    rng, total = random.Random(), 0.0
    for _ in range(times):
        begun = time.monotonic()
        child = subprocess.Popen([*command, str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(timeout=seconds * 2 * rng.random() / times)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        total += time.monotonic() - begun
    return total + run([*command, str(out)])[0], contents(out) == whole


def processor(command, given=None):
    """Runs a command; its seconds on a processor and what it writes."""
    before = os.times()
    with open(given or os.devnull, "rb") as text:
        done = subprocess.run(command, stdin=text, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: {done.returncode}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, done.stdout


def peers(program, groups, folder):
    """Seconds on a processor, one thread, to split, embed and align the groups: ours, and what
    others take."""
    ours, lines = processor([program, "align", "--jsonl", "--threads", "1"], groups)
    tasks, texts = folder / "tasks.jsonl", collections.defaultdict(list)
    with open(tasks, "w", encoding="utf-8") as out:
        for line in lines.decode().split("\n")[:-1]:
            sentences = json.loads(line).get("sentences", {})
            for one, other in itertools.combinations(sorted(sentences), 2):
                task = {"id": f"{json.loads(line)['id']} {one}-{other}", "src_lang": one, "tgt_lang": other,
                        "src": sentences[one], "tgt": sentences[other]}
                # Vecalign wants two sentences at least.
                if min(len(task["src"]), len(task["tgt"])) > 1:
                    out.write(json.dumps(task, ensure_ascii=False) + "\n")
    for group in read(groups):
        for language in LANGUAGES:
            if language in group:
                texts[language].append(group[language])
    split = 0.0
    for language, articles in texts.items():
        path = folder / f"all.{language}.txt"
        path.write_text("\n\n".join(articles), encoding="utf-8")
        split += processor([program, "split", "--lang", language, str(path)])[0]
    command = [sys.executable, str(ROOT / "benches" / "peers" / "pipelines.py"), program, str(tasks)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the peers do not run here:\n{done.stderr[-3000:]}")
    return ours, split, sum(map(len, texts.values())), json.loads(done.stdout.splitlines()[-1])


def share(part, whole):
    return part / whole if whole else 1.0


def main():
    parser = measuring.arguments(__doc__, "corpus.md", "one article in eight")
    parser.add_argument("--show", action="store_true", help="print what is wrong, with texts, on standard error")
    options = parser.parse_args()
    data = measuring.documents(SETS)
    if data is None:
        return
    program = measuring.program(options.bitext)
    texts = documents(data)
    corpus = Corpus(8 if options.quick else 1).fill(texts)
    page, missed = [], []
    say = page.append

    def target(name, wanted, value):
        met = value >= wanted
        if not met:
            missed.append(name)
        return f"| {name} | >= {wanted} | {value:.4f} | {'met' if met else '**missed**'} |"

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        corpus.write(folder / "articles.jsonl")
        say("# From articles to a training set\n")
        say("Written by `python3 reports/corpus.py`.\n")
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        say(f"Program: {version}; {os.cpu_count()} cores. All settings have their defaults, which were chosen on these sets.\n")
        say("## The corpus\n")
        say(f"{len(corpus.lines)} lines of JSON, shuffled: {len(corpus.segments)} articles in three languages, "
            f"{len(corpus.copy_of)} copies of some of them under another id, {corpus.broken} broken lines. "
            "Half of the articles end with boilerplate and with headlines of two other articles. "
            "Documents by how they were divided:\n")
        what = {"whole": "an article in each language", "alone": "one language only, nothing to pair",
                "two halves": "two articles in each language, the two halves of the document",
                "different halves": "the first half in one language and the second in another, nothing to pair"}
        say("| documents | |\n| --: | --- |")
        for kind, count in corpus.kinds.most_common():
            say(f"| {count} | {what[kind]} |")
        say("\n## Targets\n")
        say("| target | wanted | measured | verdict |\n| --- | --: | --: | --: |")

        seconds, memory, _ = run([program, "pair", str(folder / "articles.jsonl"), "-o", str(folder / "groups.jsonl")])
        groups = read(folder / "groups.jsonl")
        right, found, wanted, wrong, lost = judge_pairing(corpus, groups)
        say(target("pairing, precision", .99, share(right, found)))
        say(target("pairing, recall", .98, share(right, wanted)))
        pairing_seconds, pairing_memory = seconds, memory
        if options.show:
            print("wrong", *map(sorted, wrong), "lost", *map(sorted, lost), sep="\n", file=sys.stderr)

        settings = folder / "settings.toml"
        settings.write_text("[sets]\ndev = 0.05\ntest = 0.05\n")
        command = [program, "build", str(folder / "articles.jsonl"), "--config", str(settings), "--output"]
        seconds, memory, _ = run([*command, str(folder / "out")])
        rows = [row for path in sorted((folder / "out").glob("*.jsonl")) if path.name != "problems.jsonl" for row in read(path)]
        counts = json.load(open(folder / "out" / "counts.json"))
        good, covered, true, bad = judge_rows(corpus, rows)
        say(target("kept rows that are right", .99, share(good, len(rows))))
        say(target("true pairs of segments that are kept", .90, share(len(covered), len(true))))
        problems = read(folder / "out" / "problems.jsonl")
        say(target("malformed lines reported", 1.0, share(len(problems), corpus.broken) if len(problems) <= corpus.broken else 0.0))
        # Of a smaller corpus, as it is built ten times over.
        Corpus(8).fill(texts).write(folder / "eighth.jsonl")
        eighth = [program, "build", str(folder / "eighth.jsonl"), "--config", str(settings), "--output"]
        brief = run([*eighth, str(folder / "eighth")])[0]
        times = 3 if options.quick else 10
        under_way, same = killed(eighth, contents(folder / "eighth"), brief, folder, times)
        say(target("builds killed at random moments that end with the same bytes", times, same))
        total, whole_again = killed_on(eighth, contents(folder / "eighth"), brief, folder / "killed")
        say(target("a build that is killed ten times ends with the same bytes", 1, float(whole_again)))
        again = run([*eighth, str(folder / "again")])[0]
        if options.show:
            for row in bad:
                print(json.dumps(row, ensure_ascii=False), file=sys.stderr)

        say(f"\nPairs of articles: {right} right of {found} found, {wanted} wanted. Rows: {good} right of {len(rows)} "
            f"kept; {len(covered)} of {len(true)} true pairs. A row is right if both of its sides share a segment "
            "of the gold (lax). A text that occurs twice in its article may be either occurrence.\n")
        say(f"{times} builds of one document in eight, which take {brief:.0f} s each, were killed at random moments; {under_way} of them were still running. "
            f"The build that was killed ten times took {total:.1f} s in total; an undisturbed build took {again:.1f} s.\n")
        by_set = collections.defaultdict(lambda: [0, 0])
        for edge in corpus.edges():
            of = min(edge).split("-")[0]
            by_set[of][1] += 1
            by_set[of][0] += edge not in lost
        wrong_by_set = collections.Counter(min(edge).split("-")[0] for edge in wrong)
        say("| set | pairs wanted | recall | wrong |\n| --- | --: | --: | --: |")
        for name, (hit, all_) in sorted(by_set.items()):
            say(f"| {name} | {all_} | {share(hit, all_):.4f} | {wrong_by_set[name]} |")
        say("\n## What was dropped\n")
        say(f"Of {counts['rows']['pairs']} aligned rows {counts['rows']['kept']} were kept; "
            f"{counts['held_out']} of the near duplicates were dropped because an earlier set has them.\n")
        say("| reason | rows | for this reason alone |\n| --- | --: | --: |")
        for reason, one in counts["rows"]["reasons"].items():
            if one["rejected"]:
                say(f"| {reason} | {one['rejected']} | {one['alone']} |")
        say("\n| set | groups | rows |\n| --- | --: | --: |")
        for one in counts["sets"]:
            say(f"| {one['name']} | {one['groups']} | {one['rows']} |")
        say("\n## Time and memory\n")
        say("| | articles | seconds | articles a second | peak memory, MB |\n| --- | --: | --: | --: | --: |")
        line = lambda name, n, s, m: say(f"| {name} | {n} | {s:.1f} | {n / s:.0f} | {m:.0f} |")
        n = len(corpus.segments) + len(corpus.copy_of)
        line("pair", n, pairing_seconds, pairing_memory)
        line("build", n, seconds, memory)
        if not options.quick:
            small = 0.0
            for times in (1, 10):
                path = folder / f"mixed{times}.jsonl"
                mixed(texts, 350 * times, path)
                seconds, memory, _ = run([program, "build", str(path), "--output", str(folder / f"mixed{times}")])
                line(f"build, made of mixed segments, {times}x", 1050 * times, seconds, memory)
                small = small or memory
            say(f"\nA corpus ten times as large takes {share(memory, small):.2f} times the memory. Only article vectors, ids and "
                "the duplicate keys of kept rows grow.\n")
            ours, split, articles, others = peers(program, folder / "groups.jsonl", folder)
            say("\n## Compared with pipelines of other aligners\n")
            say(f"The groups that were found, {articles} articles, from text to alignment: processor seconds, one thread. "
                "bitext aligns the languages of a group together, the others pair by pair. All use the "
                f"sentences and vectors of `bitext`: `bitext split`, {split:.1f} s, and `bitext embed`, {others['embed']:.1f} s for the "
                f"{others['spans']} spans that they look at, written as text. `vecalign` and `bertalign` are those of "
                "[alignment.md](alignment.md); *aligning alone* is their time without splitting and embedding.\n")
            say("| | aligning alone, s | all, s | articles a second | ratio of time to ours | aligning alone to all of ours |")
            say("| --- | --: | --: | --: | --: | --: |")
            say(f"| bitext | – | {ours:.1f} | {articles / ours:.0f} | 1.00 | – |")
            for name in ("vecalign", "bertalign"):
                alone = others[name]
                all_ = split + others["embed"] + alone
                say(f"| {name} | {alone:.1f} | {all_:.1f} | {articles / all_:.0f} | {all_ / ours:.2f} | {alone / ours:.2f} |")
        say("\n## Data\n")
        say("Public development and test sets, by SHA-256:\n")
        for name in SETS:
            say(f"* {name}.jsonl `{measuring.digest(data, name)}…`")

    measuring.end(page, missed, options, "corpus.md")


if __name__ == "__main__":
    main()
