#!/usr/bin/env python3
"""How well `bitext pair` keeps pages of one template apart: makes reports/twins.md.

    cargo build --release --features cli --bin bitext
    python3 reports/twins.py

The pile has localized pages of real sites, documents of public sets, and pages that are made here
from templates: release notes, help pages, weather, matches, products, jobs. Of each kind, 45 % of
the pages stand in one language only, next to pages that differ from them in numbers and names.
The data are found through BITEXT_DATA (default ../shared beside the repository). Without them it
prints `not run: no data` and exits 0; with a part of them only it names what is missing and exits 1.
It ends with 1 where a target is missed. --quick takes a third of the documents of public sets and
prints the page.
"""
import collections
import itertools
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import measuring  # noqa: E402

LANGUAGES = ("en", "uk", "de")
REAL = ("12factor", "conventions", "elixir", "maps", "osguide", "scala", "wz2100")
SETS = ("wmt22_news", "wmt22_ecommerce", "wmt22_uken", "kde", "flores_dev")
CUT = {"kde": 30, "flores_dev": 25}
LEAST = 4
# The share of documents that stand in one language only.
ALONE = 0.45
# Lines in three languages; what stands in braces differs from page to page.
TEMPLATES = {
    "release": [
        ("{app} {v} released", "Вийшов {app} {v}", "{app} {v} erschienen"),
        ("Version {v} of {app} is available as of today.", "Версія {v} програми {app} доступна від сьогодні.", "Die Version {v} von {app} ist ab heute verfügbar."),
        ("It fixes several bugs and improves stability.", "Вона виправляє кілька помилок і поліпшує стабільність.", "Sie behebt mehrere Fehler und verbessert die Stabilität."),
        ("We recommend that all users update.", "Радимо оновитися всім користувачам.", "Wir empfehlen allen Benutzern die Aktualisierung."),
        ("?The list of changes is in the repository.", "Перелік змін міститься в репозиторії.", "Die Liste der Änderungen steht im Repository."),
        ("?Translations were updated as well.", "Також оновлено переклади.", "Auch die Übersetzungen wurden aktualisiert."),
        ("Thanks to everyone who reported problems.", "Дякуємо всім, хто повідомляв про проблеми.", "Danke an alle, die Probleme gemeldet haben."),
    ],
    "help": [
        ("Help for people who arrive in {place}", "Допомога людям, які прибувають до {place_uk}", "Hilfe für Menschen, die in {place} ankommen"),
        ("Information is given by the office for newcomers.", "Інформацію надає служба для новоприбулих.", "Auskunft gibt das Amt für Neuankömmlinge."),
        ("Telephone of the office: {tel1}", "Телефон служби: {tel1}", "Telefon des Amtes: {tel1}"),
        ("Medical help: {tel2}", "Медична допомога: {tel2}", "Medizinische Hilfe: {tel2}"),
        ("Border police: {tel3}", "Прикордонна поліція: {tel3}", "Grenzpolizei: {tel3}"),
        ("?You can use buses and trains free of charge.", "Автобусами й поїздами можна користуватися безкоштовно.", "Busse und Züge können kostenlos benutzt werden."),
        ("?Children may go to school from the first day.", "Діти можуть ходити до школи від першого дня.", "Kinder können vom ersten Tag an zur Schule gehen."),
        ("The red cross of {place} helps with clothes and food.", "Червоний хрест {place_uk} допомагає одягом і їжею.", "Das Rote Kreuz von {place} hilft mit Kleidung und Essen."),
    ],
    "weather": [
        ("Weather in {town} on {day} {month_en}", "Погода в місті {town_uk} {day} {month_uk}", "Wetter in {town} am {day}. {month_de}"),
        ("During the day it will be up to {t1} degrees.", "Удень буде до {t1} градусів.", "Tagsüber werden es bis zu {t1} Grad."),
        ("At night the temperature falls to {t2} degrees.", "Уночі температура впаде до {t2} градусів.", "In der Nacht sinkt die Temperatur auf {t2} Grad."),
        ("The wind blows at {wind} kilometres an hour.", "Вітер дме зі швидкістю {wind} кілометрів на годину.", "Der Wind weht mit {wind} Kilometern pro Stunde."),
        ("?Showers are possible in the afternoon.", "По обіді можливі зливи.", "Am Nachmittag sind Schauer möglich."),
        ("?The roads are dry.", "Дороги сухі.", "Die Straßen sind trocken."),
    ],
    "match": [
        ("{club1} beat {club2} {g1}:{g2}", "{club1_uk} перемагає {club2_uk} {g1}:{g2}", "{club1} besiegt {club2} {g1}:{g2}"),
        ("The game in {town} was watched by {crowd} people.", "Гру в місті {town_uk} дивилися {crowd} людей.", "Das Spiel in {town} sahen {crowd} Menschen."),
        ("The first goal was scored by {man1} in the {min1}th minute.", "Перший гол забив {man1_uk} на {min1}-й хвилині.", "Das erste Tor schoss {man1} in der {min1}. Minute."),
        ("After the break {man2} made it two.", "Після перерви {man2_uk} забив удруге.", "Nach der Pause erhöhte {man2}."),
        ("?The coach was happy with the team.", "Тренер був задоволений командою.", "Der Trainer war mit der Mannschaft zufrieden."),
        ("?It rained during the whole second half.", "Протягом усього другого тайму йшов дощ.", "Während der gesamten zweiten Halbzeit regnete es."),
        ("On Saturday the team plays away.", "У суботу команда грає на виїзді.", "Am Samstag spielt die Mannschaft auswärts."),
    ],
    "product": [
        ("{brand} {model}", "{brand} {model}", "{brand} {model}"),
        ("The {brand} {model} is a quiet washing machine for small flats.", "{brand} {model} – тиха пральна машина для невеликих квартир.", "Die {brand} {model} ist eine leise Waschmaschine für kleine Wohnungen."),
        ("It holds {kg} kilograms of laundry.", "Вона вміщує {kg} кілограмів білизни.", "Sie fasst {kg} Kilogramm Wäsche."),
        ("Width: {width} cm, weight: {mass} kg.", "Ширина: {width} см, вага: {mass} кг.", "Breite: {width} cm, Gewicht: {mass} kg."),
        ("?A timer delays the start.", "Таймер відкладає початок прання.", "Eine Zeitschaltuhr verzögert den Start."),
        ("?The drum is made of steel.", "Барабан виготовлено зі сталі.", "Die Trommel ist aus Stahl."),
        ("Delivery takes three days.", "Доставка триває три дні.", "Die Lieferung dauert drei Tage."),
    ],
    "job": [
        ("{firm} is looking for a bookkeeper", "{firm} шукає бухгалтера", "{firm} sucht eine Buchhalterin"),
        ("Our office is in {town}.", "Наш офіс розташований у місті {town_uk}.", "Unser Büro ist in {town}."),
        ("You work in a small team and report to {man1}.", "Ви працюєте в невеликій команді й підпорядковуєтеся {man1_uk}.", "Sie arbeiten in einem kleinen Team und berichten an {man1}."),
        ("?We offer flexible hours and paid holidays.", "Пропонуємо гнучкий графік і оплачувану відпустку.", "Wir bieten flexible Zeiten und bezahlten Urlaub."),
        ("Write to {mail} by the end of the month.", "Пишіть на {mail} до кінця місяця.", "Schreiben Sie bis Ende des Monats an {mail}."),
        ("?Knowledge of a second language is an advantage.", "Знання другої мови буде перевагою.", "Kenntnisse einer zweiten Sprache sind von Vorteil."),
    ],
}
# Names in Latin and Ukrainian letters.
NAMES = [("Norland", "Норланд"), ("Sudmark", "Судмарк"), ("Velmora", "Вельмора"), ("Tarvik", "Тарвік"), ("Osterby", "Остербі"),
         ("Kaldora", "Калдора"), ("Brenwick", "Бренвік"), ("Lumsden", "Ламсден"), ("Harrow", "Гарроу"), ("Petrov", "Петров"),
         ("Marlow", "Марлоу"), ("Gruber", "Ґрубер"), ("Novak", "Новак"), ("Silvester", "Сильвестер"), ("Dorner", "Дорнер"),
         ("Kovalenko", "Коваленко"), ("Lindqvist", "Ліндквіст"), ("Bergmann", "Берґманн"), ("Castellan", "Кастеллан"), ("Wexford", "Вексфорд")]
PRODUCTS = ["Kestrel", "Mangrove", "Quillpad", "Orbita", "Teasel", "Fennec", "Larkspur", "Zephyrus"]
MONTHS = [("May", "травня", "Mai"), ("June", "червня", "Juni"), ("October", "жовтня", "Oktober")]


def fields(rng):
    """What differs between two pages of a template."""
    picked = rng.sample(NAMES, 8)
    month = rng.choice(MONTHS)
    found = {
        "app": rng.choice(PRODUCTS[:3]), "v": f"{rng.randint(1, 3)}.{rng.randint(0, 6)}.{rng.randint(0, 6)}",
        "brand": rng.choice(PRODUCTS[3:6]), "model": f"{rng.choice('ABW')}{rng.randint(20, 90) * 10}",
        "firm": rng.choice(PRODUCTS) + " " + rng.choice(["Logistics", "Media", "Foods", "Systems"]),
        "day": rng.randint(1, 28), "month_en": month[0], "month_uk": month[1], "month_de": month[2],
        "t1": rng.randint(14, 33), "t2": rng.randint(2, 13), "wind": rng.randint(11, 60),
        "g1": rng.randint(2, 6), "g2": rng.randint(0, 1), "crowd": rng.randint(300, 999), "min1": rng.randint(13, 44),
        "kg": rng.randint(4, 9), "width": rng.randint(40, 60), "mass": rng.randint(45, 80),
    }
    for key in ("tel1", "tel2", "tel3"):
        found[key] = f"+{rng.randint(20, 99)} {rng.randint(300, 899)} {rng.randint(100000, 999999)}"
    for (latin, cyrillic), key in zip(picked, ("place", "town", "club1", "club2", "man1", "man2")):
        found[key], found[key + "_uk"] = latin, cyrillic
    found["mail"] = f"{found['man1'].lower()}@{found['firm'].split()[0].lower()}.example"
    return found


def twins(rng, pages):
    """Pages of each template: (name, {language: lines})."""
    for kind, template in TEMPLATES.items():
        seen = set()
        while len(seen) < pages:
            values = fields(rng)
            lines = [line for line in template if not line[0].startswith("?") or rng.random() < 0.7]
            sides = {l: [line[at].lstrip("?").format(**values) for line in lines] for at, l in enumerate(LANGUAGES)}
            text = "\n".join(sides["en"])
            if text not in seen:
                seen.add(text)
                yield f"twin-{kind}-{len(seen)}", sides


def stale(rng, sides):
    """One number in ten of one language is out of date."""
    language = rng.choice(list(sides))
    def outdated(word):
        digits = word.strip(".,;:()")
        if digits.isdigit() and len(digits) > 1 and rng.random() < 0.1:
            return word.replace(digits, str(int(digits) + rng.choice([-1, 1, 2])))
        return word
    return {**sides, language: [" ".join(map(outdated, line.split(" "))) for line in sides[language]]}


def documents(data, quick):
    """All documents as (set, name, {language: lines})."""
    for name in REAL:
        for line in open(data.parent / "real" / f"{name}.jsonl", encoding="utf-8"):
            page = json.loads(line)
            yield name, page["id"], {l: page[l].split("\n") for l in LANGUAGES if page.get(l)}
    for name in SETS:
        found = []
        for number, line in enumerate(open(data / f"{name}.jsonl", encoding="utf-8")):
            document = json.loads(line)
            sides = {l: document[l] for l in LANGUAGES if document.get(l)}
            length = len(next(iter(sides.values())))
            step = CUT.get(name, length)
            for start in range(0, length, step):
                part = {l: s[start:start + step] for l, s in sides.items()}
                if len(part[min(part)]) >= LEAST:
                    found.append((name, f"{name}-{number}-{start}", part))
        yield from found[::3 if quick else 1]


def pile(data, quick):
    """Lines of articles in random order, the pairs of ids that belong together, and the sets."""
    rng = random.Random(18)
    found = list(documents(data, quick))
    found += [("-".join(name.split("-")[:2]), name, sides) for name, sides in twins(rng, 40)]
    lines, gold = [], {}
    for of, name, sides in found:
        if of in REAL:
            sides = stale(rng, sides)
        if rng.random() < ALONE:
            language = rng.choice(list(sides))
            sides = {language: sides[language]}
        for language, texts in sides.items():
            text = "\n".join(texts)
            lines.append(json.dumps({"id": f"{of}|{name}.{language}", "lang": language, "text": text}, ensure_ascii=False))
        ids = [f"{of}|{name}.{language}" for language in sides]
        gold.update({frozenset(pair): of for pair in itertools.combinations(ids, 2)})
    rng.shuffle(lines)
    return lines, gold


def main():
    parser = measuring.arguments(__doc__, "twins.md", "a third of the documents of public sets")
    parser.add_argument("--show", action="store_true", help="print the wrong and the lost pairs on standard error")
    parser.add_argument("--pile", type=Path, help="write the pile to this file")
    options = parser.parse_args()
    data = measuring.documents(SETS)
    if data is None:
        return
    missing = [name for name in REAL if not (data.parent / "real" / f"{name}.jsonl").is_file()]
    if missing:
        raise SystemExit(f"incomplete data: {', '.join(missing)} missing in {data.parent / 'real'}")
    program = measuring.program(options.bitext)
    lines, gold = pile(data, options.quick)
    with tempfile.TemporaryDirectory() as folder:
        articles, groups = options.pile or Path(folder) / "pile.jsonl", Path(folder) / "groups.jsonl"
        articles.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = subprocess.run([program, "pair", str(articles), "-o", str(groups)], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise SystemExit(done.stderr)
        found = {frozenset(pair) for line in open(groups, encoding="utf-8")
                 for pair in itertools.combinations(json.loads(line)["ids"].values(), 2)}
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for pair in found | set(gold):
        of = gold.get(pair) or min(pair).split("|")[0]
        for at, is_in in enumerate((pair in found and pair in gold, pair in found, pair in gold)):
            counts[of][at] += is_in
        if options.show and (pair in found) != (pair in gold):
            print("lost " if pair in gold else "wrong", *sorted(pair), file=sys.stderr)
    page, missed = [], []
    say = page.append

    def total(chosen):
        right, given, wanted = (sum(counts[of][at] for of in counts if chosen(of)) for at in range(3))
        return right / max(given, 1), right / max(wanted, 1)

    say("# Pages made from one template\n")
    say("Written by `python3 reports/twins.py`.\n")
    say(f"{len(lines)} articles; {ALONE:.0%} of the documents are in one language only. In the pages of real sites, one number "
        "in ten of one language is out of date.\n")
    say("## Targets\n")
    say("| target | wanted | measured | verdict |\n| --- | --: | --: | --: |")
    precision, recall = total(lambda of: True)
    for name, wanted, value in (("precision of all pairs", .99, precision), ("recall of all pairs", .97, recall),
                                ("recall of pages of real sites", .98, total(lambda of: of in REAL)[1])):
        met = value >= wanted
        if not met:
            missed.append(name)
        say(f"| {name} | >= {wanted} | {value:.4f} | {'met' if met else '**missed**'} |")
    say("\n## By set\n")
    say("| set | pairs wanted | found | right | precision | recall |\n| --- | --: | --: | --: | --: | --: |")
    for of, (right, given, wanted) in sorted(counts.items()):
        say(f"| {of} | {wanted} | {given} | {right} | {right / max(given, 1):.4f} | {right / max(wanted, 1):.4f} |")
    say("\nThe last line of the program: " + done.stderr.strip().split("\n")[-1].removeprefix("bitext: "))
    measuring.end(page, missed, options, "twins.md")


if __name__ == "__main__":
    main()
