#!/usr/bin/env python3
"""What the filters cost and what they catch: makes reports/filters.md.

    cargo build --release --features cli --bin bitext
    python3 reports/filters.py

Gold pairs of the development sets should all be kept; pairs damaged on purpose should
not. The data are found through BITEXT_DATA (default ../shared beside the repository).
Without them it prints `not run: no data` and exits 0; with a part of them only it names
what is missing and exits 1. With --quick, a few hundred pairs a set. With --rejected DIR, the
gold pairs that are rejected are written there, with the texts, which are not ours to pass
on: keep that folder out of the repository.
"""
import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE / "alignment"))
import setting  # noqa: E402

LANGUAGES = ("en", "uk", "de")
PAIRS = (("en", "uk"), ("en", "de"), ("uk", "de"))
SETS = ("wmt22_news", "wmt22_social", "wmt22_ecommerce", "wmt22_conversation", "wmt22_uken", "wmt21_deen",
        "wmt23_news", "wmt23_social", "wmt24_literary", "flores_dev", "kde", "bible")
SOURCES = dict(setting.SOURCES) | {
    "wmt22_conversation": "WMT 2022 general test, conversation (the same)",
    "wmt23_social": "WMT 2023 general test, social (the same)",
}
# Sets whose pairs are damaged: clean, and of all kinds of text.
CLEAN = ("wmt22_news", "wmt22_social", "wmt22_ecommerce", "wmt24_literary", "flores_dev")
EVERY = 4000
# The thresholds at which filters are measured that are off by default, by reason.
MEASURED_AT = {"terminal_punctuation": 0.6}

RUSSIAN = """Мост снова откроют в понедельник утром.
Городские власти обещали закончить ремонт до зимы.
Она сказала, что ничего об этом не знает.
Где находится ближайшая остановка автобуса?
Мы ждали его почти два часа, но он так и не пришёл.
Дети играли во дворе, пока не стемнело.
Если пойдёт дождь, праздник перенесут на воскресенье.
Этот дом построили ещё до войны.
В музее открылась новая выставка старых фотографий.
Он купил хлеб, молоко и три яблока.
Никто не мог объяснить, почему закрыли дорогу.
Рыбаки вернулись в порт поздно вечером.
Скажите, пожалуйста, который час?
Учительница попросила всех сесть на свои места.
Поезд опоздал на сорок минут из-за снега.
Зимой здесь очень холодно и темно.
Хорошо, что ты пришёл.
Река разлилась и затопила нижнюю часть города.
Вчера вечером в театре погас свет.
Надо было позвонить мне раньше.
Совет решит этот вопрос на следующей неделе.
Старый паром больше не ходит.
У него есть сестра, которая живёт за границей.
Сколько стоит билет до столицы?
Работы были остановлены после аварии.
Все жители улицы вышли на собрание.
Книга лежит на столе рядом с лампой.
Врач советует больше гулять.
Мальчик нашёл на берегу красивый камень.
Когда он проснулся, солнце уже взошло.
Цены выросли на пять процентов за год.
Она поёт лучше всех в хоре.
Дверь была закрыта изнутри.
Спасибо за помощь!
Собака лаяла всю ночь.
Мне нужно два килограмма картошки.
Завтра будет новый день.
Письмо пришло только через месяц.
Они живут в маленькой деревне у леса.
Компания сообщила об этом в пятницу.""".splitlines()

BELARUSIAN = """Мост зноў адкрыюць у панядзелак раніцай.
Яна сказала, што нічога пра гэта не ведае.
Дзеці гулялі ў двары, пакуль не сцямнела.
Гэты дом пабудавалі яшчэ да вайны.
Рыбакі вярнуліся ў порт позна ўвечары.
Настаўніца папрасіла ўсіх сесці на свае месцы.
Узімку тут вельмі холадна і цёмна.
Учора ўвечары ў тэатры згасла святло.
У яго ёсць сястра, якая жыве за мяжой.
Колькі каштуе білет да сталіцы?""".splitlines()

DEBRIS = {
    "en": ["Share this post:", "Read more", "Home | News | Sport", "12 comments", "Subscribe to our newsletter"],
    "uk": ["Поділитися", "Читайте також:", "Головна | Новини | Спорт", "12 коментарів", "Реклама"],
    "de": ["Teilen", "Lesen Sie auch:", "Start | Nachrichten | Sport", "12 Kommentare", "Anzeige"],
}


def filters():
    """The filters of single pairs, from the guide's table, which a test compares with the program: by reason, the
    name of the threshold and whether the filter is on by default."""
    page = (setting.ROOT / "guide" / "filtering.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+) = ([^`]+)`", page, re.M)
    return {reason: (name, default != "false") for reason, name, default in rows if "duplicate" not in reason and reason != "renamed_copy"}


def switched_on(reasons):
    """Settings that switch on those of these filters that are off by default."""
    lines = [f"{filters()[reason][0]} = {MEASURED_AT[reason]}" for reason in reasons if reason in MEASURED_AT]
    return "\n".join(["[filter]", *lines, ""])


def misread(text, page):
    """Text whose UTF-8 was read in another code page."""
    read = "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in text.encode())
    return read if read != text else None


def one_digit(text, draw):
    """Another digit in one of the numbers."""
    places = [at for at, c in enumerate(text) if c.isascii() and c.isdigit()]
    if not places:
        return None
    at = draw.choice(places)
    other = draw.choice([d for d in "123456789" if d != text[at]])
    return text[:at] + other + text[at + 1:]


def without_word(text, draw):
    words = text.split()
    if len(words) < 6:
        return None
    words.pop(draw.randrange(len(words)))
    return " ".join(words)


def damages():
    """Name, the reason that should be given, and what becomes of a pair: `(source, target)` or
    `None` where the damage cannot be done. A pair is `(languages, source, target, others)`."""
    def on_target(change):
        return lambda pair, draw: (lambda text: text and (pair["source"], text))(change(pair, draw))

    def html(pair, draw):
        return f"<p>{pair['target'].replace(' ', '&nbsp;', 1)}</p><br/>"

    def escaped(pair, draw):
        text = json.dumps(pair["target"])[1:-1]
        return text if "\\u" in text else None

    def percent(pair, draw):
        from urllib.parse import quote
        text = quote(pair["target"], safe=" ")
        return text if text.count("%") > 8 else None

    def replaced(pair, draw):
        at = [i for i, c in enumerate(pair["target"]) if not c.isascii() and c.isalpha()]
        if not at:
            return None
        at = draw.choice(at)
        return pair["target"][:at] + "\ufffd" + pair["target"][at + 1:]

    def question(pair, draw):
        return pair["target"].rstrip(".") + "?" if pair["target"].endswith(".") else None

    def half_copied(pair, draw):
        source, target = pair["source"].split(), pair["target"].split()
        if min(len(source), len(target)) < 10:
            return None
        if draw.random() < 0.5:
            return pair["source"], " ".join(source[: len(source) // 2] + target[len(target) // 2:])
        return pair["source"], " ".join(target[: len(target) // 2] + source[len(source) // 2:])

    def doubled(pair, draw):
        sentences = re.split(r"(?<=[.!?…])\s+", pair["target"])
        at = draw.randrange(len(sentences))
        if len(sentences) < 2 or len(sentences[at].split()) < 3:
            return None
        return " ".join(sentences[: at + 1] + sentences[at:])

    uk = lambda pair: pair["languages"][1] == "uk"
    return [
        ("another number", "number_mismatch", on_target(lambda p, d: one_digit(p["target"], d))),
        ("untranslated", "untranslated", lambda p, d: (p["source"], p["source"])),
        ("untranslated, a word less", "untranslated",
         lambda p, d: (lambda t: t and (p["source"], t))(without_word(p["source"], d))),
        ("half untranslated", "partly_untranslated", half_copied),
        ("Russian for Ukrainian", "russian_in_ukrainian",
         lambda p, d: (p["source"], d.choice(RUSSIAN)) if uk(p) else None),
        ("Belarusian for Ukrainian", "russian_in_ukrainian",
         lambda p, d: (p["source"], d.choice(BELARUSIAN)) if uk(p) else None),
        ("the third language", "wrong_script or wrong_language",
         lambda p, d: p["third"] and (p["source"], p["third"])),
        ("cut to a third", "length_ratio", on_target(lambda p, d: p["target"][:len(p["target"]) // 3])),
        ("cut to a half", "length_ratio", on_target(lambda p, d: p["target"][:len(p["target"]) // 2])),
        ("twice over", "length_ratio or repetition or doubled", on_target(lambda p, d: f"{p['target']} {p['target']}")),
        ("a sentence doubled", "doubled", on_target(doubled)),
        ("the end ten times", "repetition",
         on_target(lambda p, d: p["target"] + (" " + " ".join(p["target"].split()[-2:])) * 10)),
        ("another sentence", "length_ratio or number_mismatch", lambda p, d: (p["source"], p["other"])),
        ("tags", "markup", on_target(html)),
        ("lines of a site", "boilerplate",
         lambda p, d: tuple(d.choice(DEBRIS[language]) for language in p["languages"])),
        ("UTF-8 read as windows-1252", "mojibake", on_target(lambda p, d: misread(p["target"], "cp1252"))),
        ("UTF-8 read as windows-1251", "mojibake", on_target(lambda p, d: misread(p["target"], "cp1251"))),
        ("a letter lost", "mojibake", on_target(replaced)),
        ("escapes", "escapes", on_target(escaped)),
        ("percent signs", "escapes", on_target(percent)),
        ("another address", "url_mismatch",
         lambda p, d: (p["source"] + " https://example.org/a", p["target"] + " https://elsewhere.net/a")),
        ("statement as question", "terminal_punctuation", on_target(question)),
        ("one side empty", "too_short", lambda p, d: (p["source"], "–")),
        ("low confidence", "low_confidence", lambda p, d: (p["source"], p["target"])),
    ]


class Program:
    def __init__(self, path, folder):
        self.path, self.folder, self.count = path, Path(folder), 0

    def filter(self, rows, config="", rejected=False):
        """The counts, and where asked for what was rejected."""
        self.count += 1
        names = [self.folder / f"{self.count}.{kind}" for kind in ("jsonl", "json", "rejected.jsonl", "toml")]
        given, counts, dropped, settings = names
        given.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        settings.write_text(config)
        command = [self.path, "filter", given, "-o", os.devnull, "--counts", counts, "--config", settings, "--to", "jsonl"]
        command += ["--rejected", dropped] if rejected else []
        run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"{command}: {run.stderr.strip()[:2000]}")
        found = json.loads(counts.read_text())
        rows = [json.loads(line) for line in dropped.read_text(encoding="utf-8").split("\n") if line] if rejected else []
        return found, rows


SINGLE = "[duplicates]\nexact = false\nnear = false\n"


def gold(data, name, pair, most):
    """The gold pairs of a set: corresponding segments."""
    source, target = pair
    third = next(language for language in LANGUAGES if language not in pair)
    rows = []
    with open(data / "eval" / "docs" / f"{name}.jsonl", encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            if source not in document or target not in document:
                continue
            for at, (one, other) in enumerate(zip(document[source], document[target])):
                thirds = document.get(third)
                rows.append({"id": f"{name}/{document['doc_id']}#{at}", "languages": pair, "source": one,
                             "target": other, "third": thirds[at] if thirds else None})
    if len(rows) > most:
        rows = random.Random(1).sample(rows, most)
    return rows


def row(pair, source, target, **more):
    languages = pair["languages"]
    return {"id": pair["id"], "translation": dict(zip(languages, (source, target)))} | more


def share(part, whole):
    return "–" if not whole else f"{100 * part / whole:.2f}"


def main():
    target = Path(os.environ.get("CARGO_TARGET_DIR", setting.ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitext", type=Path, default=target / "release" / "bitext", help="the program")
    parser.add_argument("--output", type=Path, help="the page [default: reports/filters.md]")
    parser.add_argument("--quick", action="store_true", help="a few hundred pairs a set")
    parser.add_argument("--rejected", type=Path, metavar="DIR", help="write the gold pairs that are rejected there")
    options = parser.parse_args()
    data = Path(os.environ.get("BITEXT_DATA") or setting.ROOT / ".." / "shared")
    if not data.is_dir():
        print("not run: no data")
        return
    files = [data / "eval" / "docs" / f"{name}.jsonl" for name in SETS]
    files += [data / "eval" / "flores_multi" / f"{code}.txt" for code in ("en", "ru")]
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise SystemExit("incomplete data: " + ", ".join(missing) + " missing")
    if not options.bitext.is_file():
        raise SystemExit(f"{options.bitext}: not there; build it as the head of this script says")
    with tempfile.TemporaryDirectory() as folder:
        page = report(Program(options.bitext, folder), data, options)
    if options.quick and not options.output:
        sys.stdout.write(page)
        return
    (options.output or HERE / "filters.md").write_text(page, encoding="utf-8")


def report(program, data, options):
    most = 200 if options.quick else 10**9
    pairs = {(name, pair): gold(data, name, pair, most) for name in SETS for pair in PAIRS}
    pairs = {key: rows for key, rows in pairs.items() if rows}
    counts, measured = {}, {}
    for (name, pair), rows in pairs.items():
        given = [row(p, p["source"], p["target"]) for p in rows]
        counts[name, pair], dropped = program.filter(given, SINGLE, True)
        measured[name, pair], _ = program.filter(given, SINGLE + switched_on(MEASURED_AT))
        if options.rejected:
            options.rejected.mkdir(parents=True, exist_ok=True)
            path = options.rejected / f"{name}.{'-'.join(pair)}.jsonl"
            path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in dropped), encoding="utf-8")
    reasons = [reason for reason in next(iter(counts.values()))["reasons"] if reason in filters()]
    whole = sum(found["pairs"] for found in counts.values())
    out = ["# What the filters cost and what they catch", "",
           "Written by `python3 reports/filters.py`. The thresholds are the defaults, which were chosen on these sets and",
           "these kinds of damage.", ""]
    version = subprocess.run([str(options.bitext), "--version"], capture_output=True, text=True).stdout.strip()
    out += [f"Program: {version}. {whole:,} gold pairs.", ""]

    out += ["## Gold pairs rejected", "",
            "Gold pairs are corresponding segments of the development sets. Nearly all of them should be kept. The table has the",
            "percentage of pairs that each filter rejects. A filter that is off by default has a row if it was measured, with the",
            "threshold. *Any* is any filter that is on by default.", ""]
    head = ["reason", *("-".join(pair) for pair in PAIRS), "all", "all but KDE"]
    out += [table(head), table(["---"] + ["--:"] * (len(head) - 1))]
    # Gold pairs have no confidence.
    shown = {reason for reason, (_, on) in filters().items() if on or reason in MEASURED_AT} - {"low_confidence"}
    for reason in [*(reason for reason in reasons if reason in shown), "any"]:
        def rejected(chosen):
            of = measured if reason in MEASURED_AT else counts
            found = [found for key, found in of.items() if chosen(*key)]
            part = sum(f["rejected"] if reason == "any" else f["reasons"][reason]["rejected"] for f in found)
            return share(part, sum(f["pairs"] for f in found))
        cells = [rejected(lambda name, own, pair=pair: own == pair) for pair in PAIRS]
        cells += [rejected(lambda *_: True), rejected(lambda name, _: name != "kde")]
        at = f" at {MEASURED_AT[reason]}" if reason in MEASURED_AT else ""
        out.append(table([reason if reason == "any" else f"`{reason}`{at}", *cells]))
    out += ["", "By set, pairs rejected for any reason:", ""]
    out += [table(["set", "pairs", "rejected, %", "most frequent reasons"]), table(["---", "--:", "--:", "---"])]
    for name in SETS:
        found = [found for (own, _), found in counts.items() if own == name]
        total, dropped = sum(f["pairs"] for f in found), sum(f["rejected"] for f in found)
        by_reason = {reason: sum(f["reasons"][reason]["rejected"] for f in found) for reason in reasons}
        common = [f"{reason} {count}" for reason, count in sorted(by_reason.items(), key=lambda item: -item[1]) if count][:4]
        out.append(table([name, f"{total:,}", share(dropped, total), ", ".join(common) or "–"]))

    out += ["", "## Damaged pairs rejected", "",
            "Gold pairs of " + ", ".join(CLEAN) + " with one side damaged: the percentage rejected for the reason that",
            "fits the damage, and for any reason. *Another sentence* is a misalignment inside the document: the aligner's confidence",
            "finds such pairs, filters find few. A filter that is off by default is switched on for its rows, with the threshold",
            "above.", ""]
    out += [table(["damage", "reason", "pairs", "for this reason, %", "for any reason, %"]), table(["---", "---", "--:", "--:", "--:"])]
    draw = random.Random(7)
    clean = [pair for name in CLEAN for languages in PAIRS for pair in pairs.get((name, languages), [])]
    draw.shuffle(clean)
    for at, pair in enumerate(clean):
        pair["other"] = clean[at - 1]["target"] if clean[at - 1]["languages"] == pair["languages"] else None
    for name, wanted, damage in damages():
        rows = []
        for pair in clean:
            changed = damage(pair, draw)
            if changed and all(changed) and changed != (pair["source"], pair["target"]) or name == "low confidence":
                more = {"confidence": 0.3} if name == "low confidence" else {}
                rows.append(row(pair, *changed, **more))
            if len(rows) >= (200 if options.quick else EVERY):
                break
        wanted_set = set(wanted.split(" or "))
        if unknown := wanted_set - filters().keys():
            raise SystemExit(f"damages(): no filter has the reason {', '.join(unknown)}")
        found, dropped = program.filter(rows, SINGLE + switched_on(wanted_set), True)
        caught = sum(bool(wanted_set & set(line["reasons"])) for line in dropped)
        out.append(table([name, wanted, f"{len(rows):,}", share(caught, len(rows)), share(found["rejected"], len(rows))]))

    out += alone(program, pairs, options)
    out += ukrainian(program, data, pairs)
    out += duplicates(program, pairs, clean, draw, options)
    out += ["", "## Lengths", "", "Characters of the second language per character of the first, all sets:", ""]
    for pair in PAIRS:
        rows = [p for (_, own), found in pairs.items() if own == pair for p in found]
        ratio = sum(len(p["target"]) for p in rows) / sum(len(p["source"]) for p in rows)
        out.append(f"* {pair[0]}-{pair[1]}: {ratio:.3f} ({len(rows):,} pairs)")
    out += ["", "## Data", "", table(["file", "source", "SHA-256"]), table(["---"] * 3)]
    for name in SETS:
        path = data / "eval" / "docs" / f"{name}.jsonl"
        out.append(table([f"eval/docs/{path.name}", SOURCES[name], f"`{hashlib.sha256(path.read_bytes()).hexdigest()}`"]))
    return "\n".join(out) + "\n"


def table(cells):
    return "| " + " | ".join(cells) + " |"


# The share of rows that `alone` damages.
PLANTED = 0.1


def alone(program, pairs, options):
    """How many of the rows that one filter alone rejects have damage of its kind."""
    draw = random.Random(11)
    kinds = [kind for kind in damages() if kind[1].split(" or ")[0] not in MEASURED_AT]
    rows, planted = [], {}
    for found in pairs.values():
        for at, pair in enumerate(found):
            pair = pair | {"other": found[at - 1]["target"], "id": f"{pair['id']}/{'-'.join(pair['languages'])}"}
            texts, more, wanted = (pair["source"], pair["target"]), {}, None
            if draw.random() < PLANTED:
                name, reason, damage = draw.choice(kinds)
                changed = damage(pair, draw)
                if name == "low confidence":
                    wanted, more = reason, {"confidence": 0.3}
                elif changed and all(changed) and changed != texts:
                    wanted, texts = reason, changed
            planted[pair["id"]] = set(wanted.split(" or ")) if wanted else set()
            rows.append(row(pair, *texts, **more))
    _, dropped = program.filter(rows, SINGLE, True)
    single = [(line["reasons"][0], planted[line["id"]]) for line in dropped if len(line["reasons"]) == 1]
    out = ["", "## What one filter alone rejects", "",
           f"All gold pairs, of which {sum(map(bool, planted.values())):,} have one kind of damage of the table above, chosen at random: the rows that",
           "one filter alone rejects, and the percentage of them that have damage which fits the filter.", "",
           table(["reason", "rows", "right, %", "right without KDE, %"]), table(["---", "--:", "--:", "--:"])]
    outside = [(line["reasons"][0], planted[line["id"]]) for line in dropped
               if len(line["reasons"]) == 1 and not line["id"].startswith("kde/")]
    for reason in dict.fromkeys(reason for _, wanted, _ in kinds for reason in wanted.split(" or ")):
        def right(lines):
            of = [reason in wanted for found, wanted in lines if found == reason]
            return share(sum(of), len(of))
        count = sum(found == reason for found, _ in single)
        out.append(table([f"`{reason}`", f"{count:,}", right(single), right(outside)]))
    return out


UKRAINIAN = ("russian_in_ukrainian", "russian_words", "surzhyk", "mixed_script", "missing_apostrophe")


def ukrainian(program, data, pairs):
    """What the filters for clean Ukrainian find in gold texts and in Russian ones."""
    clean = [p for (_, languages), found in pairs.items() if languages == ("en", "uk") for p in found]
    clean = list({p["target"]: p for p in clean}.values())
    lines = [(data / "eval" / "flores_multi" / f"{code}.txt").read_text(encoding="utf-8").splitlines() for code in ("en", "ru")]
    russian = [{"id": str(at), "languages": ("en", "uk"), "source": source, "target": target}
               for at, (source, target) in enumerate(zip(*lines))]
    counts = [program.filter([row(p, p["source"], p["target"]) for p in rows], SINGLE)[0] for rows in (clean, russian)]
    out = ["", "## Clean Ukrainian", "",
           f"The number of texts that each filter for Ukrainian rejects: of {len(clean):,} different gold texts, and of the",
           f"{len(russian):,} Russian sentences of FLORES dev, given as Ukrainian.", "",
           table(["reason", "gold texts", "gold, %", "Russian", "Russian, %"]), table(["---", *["--:"] * 4])]
    for reason in UKRAINIAN:
        found = [(c["reasons"][reason]["rejected"], len(rows)) for c, rows in zip(counts, (clean, russian))]
        out.append(table([f"`{reason}`", *(text for n, all in found for text in (f"{n:,}", share(n, all)))]))
    return out


def duplicates(program, pairs, clean, draw, options):
    """Pairs that are there twice: how many second ones are found, and how many others are taken for one."""
    base, seen = [], set()
    for pair in clean:
        if pair["languages"] == ("en", "uk") and len(pair["source"]) >= 40 and pair["source"] not in seen:
            seen.add(pair["source"])
            base.append(pair)
    base = base[:200 if options.quick else 3000]

    def words(text, many):
        words = text.split()
        for _ in range(many):
            words[draw.randrange(len(words))] = "щось"
        return " ".join(words)

    def renamed(p):
        """Other numbers, and other words for those with a capital letter inside a sentence."""
        def change(text, names):
            words = text.split(" ")
            for at in range(1, len(words)):
                starts = words[at - 1][-1:] in ".!?:;…"
                if words[at][:1].isupper() and words[at].isalpha() and not starts:
                    words[at] = names[at % len(names)]
            return re.sub(r"\d", lambda digit: str((int(digit[0]) + 3) % 10), " ".join(words))
        return change(p["source"], ("Belvarn", "Ouda")), change(p["target"], ("Бельварн", "Оуда"))

    kinds = [
        ("the same", lambda p: (p["source"], p["target"])),
        ("spaces and apostrophes", lambda p: (f" {p['source']} ".replace("'", "’").replace(" ", "\u00a0", 1), p["target"])),
        ("no case, no marks", lambda p: tuple(re.sub(r"[^\w\s]", " ", p[side]).lower() for side in ("source", "target"))),
        ("a number more on both sides", lambda p: (p["source"] + " (2)", p["target"] + " (2)")),
        ("a prefix of one word", lambda p: ("Update: " + p["source"], "Оновлено: " + p["target"])),
        ("another word on one side", lambda p: (p["source"], words(p["target"], 1))),
        ("other words on both sides", lambda p: (words(p["source"], 2), words(p["target"], 2))),
        ("other names and numbers", renamed),
        ("half of each side", lambda p: (p["source"][: len(p["source"]) // 2], p["target"][: len(p["target"]) // 2])),
    ]
    out = ["", "## Duplicates", "",
           f"{len(base):,} English-Ukrainian pairs of at least 40 characters, followed by a changed copy of each: the",
           "percentage of the copies that are found as exact or near duplicates by both sides together (`near = \"both\"`).", ""]
    out += [table(["change", "exact, %", "near, %", "renamed, %"]), table(["---", "--:", "--:", "--:"])]
    config = "[filter]\n" + "".join(f"{name} = false\n" for name, _ in filters().values()) + '[duplicates]\nnear = "both"\nrenamed = true\n'
    found, _ = program.filter([row(p, p["source"], p["target"]) for p in base], config)
    first = {reason: found["reasons"][reason]["rejected"] for reason in ("duplicate", "near_duplicate", "renamed_copy")}
    for name, change in kinds:
        rows = [row(p, p["source"], p["target"]) for p in base] + [row(p, *change(p)) for p in base]
        found, _ = program.filter(rows, config)
        cells = [share(found["reasons"][reason]["rejected"] - first[reason], len(base)) for reason in first]
        out.append(table([name, *cells]))
    out += ["", f"Among the {len(base):,} different pairs themselves, {first['duplicate']} were found as exact and"
            f" {first['near_duplicate']} as near duplicates, and {first['renamed_copy']} as renamed copies."]
    whole = [row(p, p["source"], p["target"]) for found in pairs.values() for p in found]
    found, _ = program.filter(whole, config)
    copies = found["reasons"]["renamed_copy"]["rejected"]
    out += ["", f"Among all {len(whole):,} gold pairs, {copies} ({share(copies, len(whole))} %) are renamed copies of another one."]
    return out


if __name__ == "__main__":
    main()
