"""Cells, tables, and the sheet of targets met and missed."""


def share(value, digits=4):
    if value is None:
        return "·"
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0") else text


def signed(value):
    """A difference: `+.0012`, `-.0003`, `0`."""
    text = f"{value:+.4f}"
    return "0" if text in ("+0.0000", "-0.0000") else text[0] + share(abs(value))


def row(*cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def head(*cells):
    return [row(*cells), row("---", *["--:"] * (len(cells) - 1))]


def table(cells, *rows):
    return [*head(*cells), *(row(*one) for one in rows)]


class Sheet:
    """Targets against what was measured; unrounded figures decide."""

    def __init__(self):
        self.rows = []

    def add(self, name, target, shown, met, section="quality"):
        self.rows.append({"name": name, "target": target, "shown": shown, "met": met, "section": section})

    def at_least(self, name, target, values, section="quality"):
        """`values` by way of aligning: the last one is what counts."""
        met = list(values.values())[-1] >= target
        self.add(name, f">= {share(target)}", [share(value) for value in values.values()], met, section)

    def at_most(self, name, target, value, unit, section):
        digits = 4 if target < 0.1 else 2
        self.add(name, f"<= {target:g} {unit}".rstrip(), [f"{value:.{digits}f}"], value <= target, section)

    def better(self, name, ours, theirs, section="beside", equal=True):
        met = ours >= theirs if equal else ours > theirs
        self.add(name, f"{'>=' if equal else '>'} {share(theirs)}", [share(ours)], met, section)

    def change(self, name, least, value, section="quality"):
        """A difference of two figures, which may be no less than that."""
        self.add(name, f">= {signed(least)}", [signed(value)], value >= least, section)

    def mark(self, value, target):
        """A figure with its verdict."""
        if target is None:
            return share(value)
        return f"**{share(value)}**" if value >= target else f"~~{share(value)}~~"

    def of(self, *sections):
        return [one for one in self.rows if one["section"] in sections]

    def count(self, rows):
        return f"{sum(one['met'] for one in rows)} of {len(rows)} met"

    def table(self, rows):
        out = head("target", "wanted", "measured", "pairs alone", "verdict")
        for one in rows:
            shown = one["shown"]
            alone = shown[0] if len(shown) > 1 else "·"
            verdict = "met" if one["met"] else "**missed**"
            out.append(row(one["name"], one["target"], shown[-1], alone, verdict))
        return out
