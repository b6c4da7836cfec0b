"""Articles with a few lines of a site behind them, other lines in each language."""
import random

import setting
from page import head, row, share

SETS = ("wmt22_news", "wmt22_social", "wmt22_ecommerce")
# Where the lines are from: the headlines of others, mostly.
HEADLINES = "wmt22_news"
COUNTS = (1, 2, 3, 5, 8)
LENGTHS = (4, 6, 10, 20)
HEADLINE = 0.8


class Ends:
    """Documents cut to a few segments, with so many unrelated lines at the end of each side."""

    def __init__(self, program):
        documents = {name: self.documents(program, name) for name in SETS}
        every = [one for name in SETS for one in documents[name]]
        every = every[: setting.QUICK] if program.quick else every
        self.rows = []
        for count in COUNTS:
            lines = [self.line(at, document, documents[HEADLINES], count) for at, document in enumerate(every)]
            bodies = {line["id"]: line.pop("body") for line in lines}
            together = setting.read(program.align(lines))
            alone = []
            for pair in setting.PAIRS:
                alone += setting.read(program.align([{key: line[key] for key in ("id", *pair)} for line in lines]))
            self.rows.append((count, judge(alone, bodies), judge(together, bodies)))

    @staticmethod
    def documents(program, name):
        found = []
        for document in setting.read(setting.making.documents(program.data, name)):
            rows = zip(*(document[language] for language in setting.LANGUAGES))
            rows = [row for row in rows if all(text.strip() for text in row)]
            if len(rows) >= min(LENGTHS):
                found.append({language: list(side) for language, side in zip(setting.LANGUAGES, zip(*rows))})
        return found

    @staticmethod
    def line(at, document, others, count):
        rng = random.Random(f"{at}/{count}")
        body = min(len(document["en"]), rng.choice(LENGTHS))
        # No two lines are of one document, whatever the language.
        chosen = rng.sample([one for one in others if one is not document], count * len(setting.LANGUAGES))
        line = {"id": f"{at}/{count}", "body": body}
        for place, language in enumerate(setting.LANGUAGES):
            of = chosen[place * count : (place + 1) * count]
            ends = [one[language][0] if rng.random() < HEADLINE else rng.choice(one[language]) for one in of]
            line[language] = document[language][:body] + ends
        return line


def judge(bitexts, bodies):
    """Shares: of the lines behind the articles those in a unit with others, at any
    confidence, at .5 and at .9; of the articles' segments those that are aligned rightly."""
    lines, linked, segments, right = 0, {0: 0, 0.5: 0, 0.9: 0}, 0, 0
    for bitext in bitexts:
        body, languages = bodies[bitext["id"]], list(bitext["sentences"])
        lines += sum(len(bitext["sentences"][language]) - body for language in languages)
        segments += body
        for unit in bitext["units"]:
            sides = [unit[language] for language in languages if unit.get(language)]
            if len(sides) > 1:
                wrong = sum(place >= body for side in sides for place in side)
                for least in linked:
                    linked[least] += wrong * (unit["confidence"] >= least)
            whole = len(sides) == len(languages) and all(side == sides[0] for side in sides)
            right += whole and len(sides[0]) == 1 and sides[0][0] < body
    return [linked[0] / lines, linked[0.5] / lines, linked[0.9] / lines, right / segments]


def table(ends):
    out = head("lines per side", "pairs alone: linked / at 0.5 / at 0.9", "body right", "joint search: linked / at 0.5 / at 0.9", "body right")
    for count, alone, together in ends.rows:
        cells = []
        for shares in (alone, together):
            cells += [" / ".join(map(share, shares[:3])), share(shares[3])]
        out.append(row(count, *cells))
    return out
