#!/usr/bin/env python3
"""Compares the numbers in README.md, COMPARE.md and the guide with the reports. Needs no data and no build.

    python3 reports/check.py            exit status 1 if they disagree
    python3 reports/check.py --list     the source of each claim
    python3 reports/check.py --write    copies the reports' numbers into the pages and the table

Claims are the rows of the table in reports/README.md, which explains how they are written. The tables
of COMPARE.md are checked cell by cell: a comment above each names the report's table, with {row} and
{column} for the headings of a cell, and optionally the number of decimals. A number that looks measured
and is in no claim is an error, too. `--root DIR` checks a copy.
"""
import argparse
import re
import sys
from fractions import Fraction
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent / "claims"))
from anchors import NUMBER, Missing, Reports, cells, like, value  # noqa: E402

PAGES = ("README.md", "COMPARE.md", "guide/transformers.md")
TABLE = "reports/README.md"
SHOWN = re.compile(r"⟨(.*?)⟩")
FROM = re.compile(r"<!-- cells: (.*) -->")
# Numbers with a unit of what is measured, shares, and counts as of large texts.
MEASURED = re.compile(r"\d[\d,.]*(?: to \d[\d,.]*)? (?:ms|s|seconds?|minutes?|kB|MB|GB|%|times|more crates|sentences)\b"
                      r"|\d[\d,.]* ?%|(?<![\w.*])0?\.\d\d+\b")


class Claim:
    def __init__(self, line, page, text, command, anchors):
        self.line, self.page, self.text, self.command = line, page, text, command
        self.anchors = [anchor.strip() for anchor in anchors.split("<br>")]

    @property
    def plain(self):
        return SHOWN.sub(r"\1", self.text)

    def pattern(self):
        """Finds the claim in its page, whatever the numbers and line ends there."""
        join = lambda text: r"\s+".join(map(re.escape, re.split(r"\s+", text)))
        figure = lambda text: NUMBER.pattern if NUMBER.fullmatch(text) else join(text)
        return re.compile("".join(f"({figure(part)})" if at % 2 else join(part) for at, part in enumerate(SHOWN.split(self.text))))


def claims(text):
    """The rows of the table of claims, as they stand: texts and expressions have marks of their own."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        row = [part.strip().replace("\\|", "|") for part in re.split(r"(?<!\\)\|", line)[1:-1]]
        if row == ["page", "text", "command", "source"]:
            inside = True
        elif not row:
            inside = False
        elif inside and not row[0].startswith("---"):
            if len(row) != 4:
                raise SystemExit(f"{TABLE}:{number}: {len(row)} cells in a row of four")
            found.append(Claim(number, *row))
    return found


def expected(reports, anchor, shown):
    """What should be shown, what the report has, and where."""
    words = r"(.+?)(?: part (\d))?(?: × (\d+(?:/\d+)?))?(?: (?:to (\d) digits|in ([\d.]+) to ([\d.]+)))?"
    place, part, scale, digits, low, high = re.fullmatch(words, anchor).groups()
    text, line = reports.find(place)
    where = f"{reports.path(place.split()[0]).relative_to(reports.root)}:{line}"
    exact = value(text, int(part or 1)) * Fraction(scale or 1)
    if low:
        inside = Fraction(low) <= exact <= Fraction(high)
        return (shown if inside else f"something for {float(exact):g}"), text, where
    if not NUMBER.fullmatch(shown):
        raise Missing(f"`{shown}` is no number: give its anchor bounds, `in LOW to HIGH`")
    return like(shown, exact, int(digits) if digits else None), text, where


class Check:
    def __init__(self, root, write):
        self.root, self.write, self.reports = root, write, Reports(root)
        self.errors, self.places = [], []
        self.pages = {name: (root / name).read_text(encoding="utf-8") for name in (*PAGES, TABLE)}
        self.covered = {name: [] for name in PAGES}

    def error(self, where, message):
        self.errors.append(f"{where}: {message}")

    def claim(self, claim):
        here = f"{TABLE}:{claim.line}"
        if claim.page not in PAGES:
            return self.error(here, f"no page `{claim.page}`")
        match = claim.pattern().search(self.pages[claim.page])
        if not match:
            return self.error(here, f"{claim.page} does not say: {claim.plain}")
        self.covered[claim.page].append(match.span())
        line = self.pages[claim.page].count("\n", 0, match.start()) + 1
        if claim.anchors[0].startswith("by hand:"):
            return self.places.append(f"{claim.page}:{line}: {claim.plain}  <-  by hand")
        shown = SHOWN.findall(claim.text)
        if len(shown) != len(claim.anchors):
            return self.error(here, f"{len(shown)} figures, {len(claim.anchors)} anchors")
        for at, (figure, anchor) in enumerate(zip(shown, claim.anchors), 1):
            try:
                wanted, text, where = expected(self.reports, anchor, figure)
            except Missing as missing:
                self.error(here, f"{claim.plain}: {missing}")
                continue
            self.places.append(f"{claim.page}:{line}: {claim.plain}  <-  {where}: {text}")
            said = match[at]
            if wanted != said:
                self.error(f"{claim.page}:{line}", f"says {said}, and {where} has {text}, so {wanted}: {claim.plain}")
            elif wanted != figure:
                self.error(here, f"the row says {figure}, and {where} has {text}, so {wanted}: {claim.plain}")
            if wanted != said or wanted != figure:
                self.put(claim, at, wanted)

    def put(self, claim, at, wanted):
        """The reports' figure into the page and the table."""
        if not self.write or not NUMBER.fullmatch(wanted):
            return
        match = claim.pattern().search(self.pages[claim.page])
        page = self.pages[claim.page]
        self.pages[claim.page] = page[:match.start(at)] + wanted + page[match.end(at):]
        texts = SHOWN.split(claim.text)
        texts[2 * at - 1] = wanted
        changed = "".join(f"⟨{part}⟩" if odd % 2 else part for odd, part in enumerate(texts))
        self.pages[TABLE] = self.pages[TABLE].replace(claim.text.replace("|", "\\|"), changed.replace("|", "\\|"))
        claim.text = changed

    def tables(self, name):
        """Tables whose cells are a report's."""
        template, columns, lines, at = None, None, self.pages[name].splitlines(keepends=True), 0
        for number, line in enumerate(lines):
            start, at = at, at + len(line)
            found = FROM.search(line)
            if found:
                template, columns = found[1], None
            elif template and line.startswith("|"):
                self.covered[name].append((start, at))
                row = cells(line)
                if columns is None:
                    columns = row
                elif not re.fullmatch(r"[|\s:-]+", line.strip()):
                    lines[number] = self.row(f"{name}:{number + 1}", template, columns, row, line)
            elif line.strip():
                if template and columns is None:
                    self.error(f"{name}:{number + 1}", "a comment on cells without a table")
                template = None
        if self.write:
            self.pages[name] = "".join(lines)

    def row(self, here, template, columns, row, line):
        if len(row) != len(columns):
            self.error(here, f"{len(row)} cells, {len(columns)} columns")
            return line
        rounded = re.fullmatch(r"(.*), (\d) decimals", template)
        template, decimals = (rounded[1], int(rounded[2])) if rounded else (template, None)
        for column, cell in list(zip(columns, row))[1:]:
            anchor = template.replace("{row}", row[0]).replace("{column}", column)
            try:
                text, number = self.reports.find(anchor)
            except Missing as missing:
                self.error(here, str(missing))
                continue
            if decimals is not None:
                text = re.sub(r"(?<!\d)0?\.\d+|\d\.\d+", lambda one: f"{float(one[0]):.{decimals}f}", text)
            where = f"{self.reports.path(anchor.split()[0]).relative_to(self.root)}:{number}"
            self.places.append(f"{here}: {row[0]}, {column}: {cell}  <-  {where}")
            if cell != text:
                self.error(here, f"{row[0]}, {column}: says {cell}, and {where} has {text}")
                row[columns.index(column)] = text
        return "| " + " | ".join(row) + " |\n"

    def strays(self, name):
        """What looks measured and is in no claim: code, links and comments are left out."""
        blank = lambda match: re.sub(r"[^\n]", "_", match[0])
        page = re.sub(r"```.*?```|`[^`]*`|<!--.*?-->|\]\([^)]*\)", blank, self.pages[name], flags=re.DOTALL)
        for match in MEASURED.finditer(page):
            if not any(start <= match.start() and match.end() <= end for start, end in self.covered[name]):
                line = page.count("\n", 0, match.start()) + 1
                self.error(f"{name}:{line}", f"`{match[0]}` is in no claim of {TABLE}")

    def run(self):
        rows = claims(self.pages[TABLE])
        if not rows:
            self.error(TABLE, "no table of claims")
        for claim in rows:
            self.claim(claim)
        for name in PAGES:
            self.tables(name)
        if not self.write:
            for name in PAGES:
                self.strays(name)
        for name, page in self.pages.items():
            path = self.root / name
            if self.write and path.read_text(encoding="utf-8") != page:
                path.write_text(page, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    root = options.root.resolve()
    if options.write:
        Check(root, True).run()
    check = Check(root, False)
    check.run()
    if options.list:
        print("\n".join(check.places))
    for error in check.errors:
        print(error, file=sys.stderr)
    if check.errors:
        sys.exit(f"{len(check.errors)} disagreements; where the reports are right: python3 reports/check.py --write")
    print(f"{len(check.places)} figures of {', '.join(PAGES)} agree with the reports")


if __name__ == "__main__":
    main()
