"""Finds a figure in a report: a cell of a table, or what a regular expression catches."""
import re
from fractions import Fraction

HEADING = re.compile(r"(#+) +(.*)")
NUMBER = re.compile(r"[-+]?(?:\d[\d,]*)?\.?\d+")


class Missing(Exception):
    """What an anchor names is not there; says what."""


def cells(line):
    """The cells of a line of a table, without bold and struck-out."""
    parts = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return [re.sub(r"\*\*|~~|^\*(?=\w)|(?<=\w)\*$", "", part.strip()).replace("\\|", "|") for part in parts]


def tables(text):
    """Of each table: the headings above it, its columns, and its rows with their lines."""
    above, found, table = [], [], None
    for number, line in enumerate(text.splitlines(), 1):
        heading = HEADING.match(line)
        if heading:
            above = [one for one in above if one[0] < len(heading[1])] + [(len(heading[1]), heading[2].strip())]
        if not line.startswith("|"):
            table = None
        elif table is None:
            table = ([name for _, name in above], cells(line), [])
            found.append(table)
        elif not re.fullmatch(r"[|\s:-]+", line):
            table[2].append((number, cells(line)))
    return found


class Reports:
    """The files of a repository that claims lean on, read once each."""

    def __init__(self, root):
        self.root, self.texts, self.tables = root, {}, {}

    def path(self, name):
        """`name` as from `reports/`, or as from the repository's root."""
        for path in (self.root / "reports" / name, self.root / name):
            if path.is_file():
                return path
        raise Missing(f"there is no file {name}")

    def text(self, name):
        path = self.path(name)
        if path not in self.texts:
            self.texts[path] = path.read_text(encoding="utf-8")
        return self.texts[path]

    def find(self, anchor):
        """What the anchor names: the text of a cell or of a group, and its line."""
        match = re.fullmatch(r"(\S+) /(.*)/", anchor)
        return self.caught(*match.groups()) if match else self.cell(anchor)

    def caught(self, name, pattern):
        found = list(re.finditer(pattern, self.text(name), re.MULTILINE))
        if len(found) != 1:
            raise Missing(f"{name} has {len(found)} places that match /{pattern}/, not one")
        return found[0][1], self.text(name).count("\n", 0, found[0].start(1)) + 1

    def cell(self, anchor):
        match = re.fullmatch(r"(\S+) § (.+?) › (.+?) › (.+)", anchor)
        if not match:
            raise Missing(f"`{anchor}` is no anchor: FILE § HEADING / HEADING › ROW › COLUMN, or FILE /EXPRESSION/")
        name, headings, row, column = match.groups()
        if name not in self.tables:
            self.tables[name] = tables(self.text(name))
        within = [heading.strip() for heading in headings.split(" / ")]
        known = [table for table in self.tables[name] if table[0][-1:] == within[-1:] and set(within) <= set(table[0])]
        if not known:
            raise Missing(f"{name} has no table under `{headings}`")
        columns = [table for table in known if column in table[1]]
        if not columns:
            raise Missing(f"{name}, `{headings}`: no column `{column}`")
        for _, header, rows in columns:
            for number, row_cells in rows:
                if row_cells[0] == row and len(row_cells) == len(header):
                    return row_cells[header.index(column)], number
        raise Missing(f"{name}, `{headings}`: no row `{row}`")


def value(text, part=1):
    """A number of the text as a fraction: the first, or that of a part between slashes."""
    parts = text.split(" / ")
    if part > len(parts):
        raise Missing(f"`{text}` has no part {part}")
    number = NUMBER.search(parts[part - 1])
    if not number:
        raise Missing(f"`{text}` holds no number")
    return Fraction(number[0].replace(",", ""))


def like(shown, exact, digits=None):
    """`exact` written as `shown` is: decimals, commas, a zero before the stop; or to so many digits."""
    decimals = len(shown.partition(".")[2])
    if digits:
        size = len(str(int(abs(exact))))
        unit = Fraction(10) ** (size - digits)
        exact = round(exact / unit) * unit
    text = f"{float(round(exact, decimals)):.{decimals}f}" if decimals else str(round(exact))
    if "," in shown or (not decimals and len(text) > 4 and len(shown) > 4):
        whole, _, rest = text.partition(".")
        text = f"{int(whole):,}" + (f".{rest}" if rest else "")
    # A share: `.98`, and 1.0000 where it is all.
    if shown.startswith(".") or (shown.startswith("1.") and decimals > 2):
        text = re.sub(r"^0(?=\.)", "", text)
    return text
