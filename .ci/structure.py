"""Checks how the modules of `src` depend on each other.

    python3 .ci/structure.py [--list]

It reads the paths of each file (`use` and others), resolves them to the file that defines the name, and
fails if

* two or more files import each other in a circle,
* two or more folders (or a folder and a file at the same level) do,
* a file imports from a layer above its own (`LAYERS`),
* a file has more than 500 lines, or a folder more than 12 files.

Comments, strings and tests (`#[cfg(test)]`) do not count. A re-export is resolved to what it names, so a
`mod.rs` that only re-exports its children imports nothing. `--list` prints all imports between files.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
MAX_LINES = 500
MAX_FILES = 12

# From the bottom to the top. A file uses only its own layer and those before it.
LAYERS = [
    ["split_mix", "setters", "error", "letters", "matrix", "threads", "files"],
    ["text", "language"],
    ["split"],
    ["document", "html", "json"],
    ["embed"],
    ["align"],
    ["evaluate", "format"],
    ["corpus", "report", "train"],
    ["cli_support", "guide", "lib"],
    ["bin"],
]

TOKEN = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | b?r(?P<hash>\#*)".*?"(?P=hash)
      | b?"(?:\\.|[^"\\])*"
      | b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^'\\])'""",
    re.S | re.X,
)
ITEM = re.compile(
    r"\b(?:fn|struct|enum|trait|type|const|static|union)\s+(?:mut\s+)?(\w+)|\bmacro_rules!\s*(\w+)"
)
MODULE = re.compile(r"\bmod\s+(\w+)\s*;")
USE = re.compile(r"(\bpub(?:\([^)]*\))?\s+)?\buse\s+([^;]+);")
PATH = re.compile(r"(?<![\w:])\w+(?:::\w+)+")


def without_comments(text):
    """The code, with comments and strings blanked."""
    return TOKEN.sub(lambda found: '""' if '"' in found[0][:4] else " ", text)


def end_of_item(code, start):
    """Where the item that begins at `start` ends: after its `;` or its block."""
    depth = 0
    for at in range(start, len(code)):
        if code[at] in "([{":
            depth += 1
        elif code[at] in ")]}":
            depth -= 1
            if depth == 0 and code[at] == "}":
                return at + 1
        elif code[at] == ";" and depth == 0:
            return at + 1
    return len(code)


def split_tests(code):
    """The code without what is compiled for tests only, and the modules that are."""
    only_tests = set()
    while found := re.search(r"#\[cfg\((?:test|all\(test\b[^\]]*)\)\]", code):
        start = found.end()
        while attribute := re.compile(r"\s*#\[[^\]]*\]").match(code, start):
            start = attribute.end()
        end = end_of_item(code, start)
        only_tests.update(MODULE.findall(code[start:end]))
        code = code[: found.start()] + code[end:]
    return code, only_tests


def use_paths(tree, prefix=()):
    """The paths of a `use` tree, each with the name that it gets."""
    tree = tree.strip()
    brace = tree.find("{")
    if brace < 0:
        path, _, alias = tree.partition(" as ")
        words = [*prefix, *(word.strip() for word in path.split("::") if word.strip())]
        if words and words[-1] == "self":
            words.pop()
        yield tuple(words), alias.strip() or (words[-1] if words else "")
        return
    head = [word.strip() for word in tree[:brace].split("::") if word.strip()]
    depth, start = 0, brace + 1
    inside = tree[: tree.rindex("}")]
    for at in range(brace + 1, len(inside) + 1):
        letter = inside[at] if at < len(inside) else ","
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            if inside[start:at].strip():
                yield from use_paths(inside[start:at], (*prefix, *head))
            start = at + 1


class Module:
    def __init__(self, path, names, code):
        self.path = path
        self.names = names
        self.children = set(MODULE.findall(code))
        self.items = {a or b for a, b in ITEM.findall(code)}
        self.uses = []
        self.exports = {}
        self.globs = []
        for visibility, tree in USE.findall(code):
            for words, name in use_paths(" ".join(tree.split())):
                self.uses.append((words, bool(visibility)))
                if name == "*":
                    self.globs.append(words[:-1])
                else:
                    self.exports[name] = words
        rest = re.sub(r"\bpub\([^)]*\)", "pub", USE.sub(" ", code))
        self.paths = [tuple(path.split("::")) for path in PATH.findall(rest)]


class Crate:
    """The modules below one root file."""

    def __init__(self, root, library=None):
        self.library = library
        self.modules = {}
        self.read(root, ())

    def read(self, path, names):
        code, only_tests = split_tests(without_comments(path.read_text()))
        module = self.modules[names] = Module(path, names, code)
        folder = path.parent if path.name in ("mod.rs", "lib.rs", "main.rs") else path.with_suffix("")
        for child in module.children - only_tests:
            for candidate in (folder / f"{child}.rs", folder / child / "mod.rs"):
                if candidate.exists():
                    self.read(candidate, (*names, child))

    def resolve(self, names, words, seen=frozenset()):
        """The file that defines what `words` name in the module `names`; `None` if no file here does."""
        if (names, words) in seen:
            return None
        seen = seen | {(names, words)}
        if words and words[0] == "bitext" and self.library:
            return self.library.resolve((), words[1:], seen)
        if words and words[0] in ("crate", "self", "super"):
            at = {"crate": (), "self": names, "super": names[:-1]}[words[0]]
            return self.within(at, words[1:], seen)
        module = self.modules[names]
        if words and (words[0] in module.children or words[0] in module.exports):
            return self.within(names, words, seen)
        return None

    def within(self, names, words, seen):
        module = self.modules.get(names)
        if module is None:
            return None
        if not words or words[0] == "*":
            return module.path
        first = words[0]
        if first == "super":
            return self.within(names[:-1], words[1:], seen)
        if (*names, first) in self.modules and (len(words) > 1 or first not in module.items):
            return self.within((*names, first), words[1:], seen)
        if first in module.items:
            return module.path
        if first in module.exports:
            return self.resolve(names, module.exports[first], seen)
        for glob in module.globs:
            if found := self.resolve(names, (*glob, first), seen):
                return found
        return module.path

    def imports(self):
        """Pairs of files: the first uses something that the second defines."""
        found = set()
        for names, module in self.modules.items():
            root_file = module.path.name in ("mod.rs", "lib.rs")
            for words, visible in module.uses:
                if visible and root_file:
                    continue
                found.add((module.path, self.resolve(names, words)))
            for words in module.paths:
                found.add((module.path, self.resolve(names, words)))
        return {(a, b) for a, b in found if b is not None and a != b}


def circles(edges):
    """The sets of nodes that reach each other (Tarjan's strongly connected components)."""
    graph = defaultdict(set)
    for a, b in edges:
        graph[a].add(b)
    index, low, stack, on_stack, found = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on_stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = []
            while not component or component[-1] != node:
                component.append(stack.pop())
                on_stack.discard(component[-1])
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def place(path):
    """The parts of a file's path below `src`; the head of a folder ends in `mod`."""
    stem = path.with_suffix("")
    return (*stem.relative_to(SOURCE).parts, "mod") if stem.is_dir() else stem.relative_to(SOURCE).parts


def sibling_edges(imports):
    """Imports between the files and folders of each folder, with the imports that they stand for."""
    edges = defaultdict(set)
    for a, b in imports:
        here, there = place(a), place(b)
        shared = 0
        while here[shared] == there[shared]:
            shared += 1
        if here[shared] != "mod" and there[shared] != "mod":
            edges[here[: shared + 1], there[: shared + 1]].add((a, b))
    return edges


def layer(path):
    first = place(path)[0]
    for number, names in enumerate(LAYERS):
        if first in names:
            return number
    return None


def show(path):
    return str(path.relative_to(ROOT))


def main():
    sys.setrecursionlimit(10_000)
    library = Crate(SOURCE / "lib.rs")
    program = Crate(SOURCE / "bin/bitext/main.rs", library)
    imports = library.imports() | program.imports()
    if "--list" in sys.argv[1:]:
        for a, b in sorted(imports):
            print(f"{show(a)} -> {show(b)}")
        return 0
    faults = []
    for circle in circles(imports):
        inside = sorted((a, b) for a, b in imports if a in circle and b in circle)
        lines = "".join(f"\n    {show(a)} -> {show(b)}" for a, b in inside)
        faults.append(f"files import each other in a circle:{lines}")
    siblings = sibling_edges(imports)
    for circle in circles(siblings):
        if not any((SOURCE.joinpath(*node)).is_dir() for node in circle):
            continue
        lines = ""
        for (a, b), through in sorted(siblings.items()):
            if a in circle and b in circle:
                lines += f"\n    {'/'.join(a)} -> {'/'.join(b)}: "
                lines += ", ".join(f"{show(x)} -> {show(y)}" for x, y in sorted(through)[:4])
        faults.append(f"folders import each other in a circle:{lines}")
    for a, b in sorted(imports):
        if layer(a) is None:
            faults.append(f"{show(a)} is in no layer; name it in LAYERS")
        elif layer(b) is not None and layer(a) < layer(b):
            faults.append(f"{show(a)} imports from a higher layer: {show(b)}")
    counts = defaultdict(int)
    for path in sorted(SOURCE.rglob("*.rs")):
        counts[path.parent] += 1
        lines = len(path.read_text().splitlines())
        if lines > MAX_LINES:
            faults.append(f"{show(path)} has {lines} lines, more than {MAX_LINES}")
    for folder, count in sorted(counts.items()):
        if count > MAX_FILES:
            faults.append(f"{show(folder)} has {count} files, more than {MAX_FILES}")
    for fault in faults:
        print(fault)
    print(f"{len(counts)} folders, {sum(counts.values())} files, {len(imports)} imports: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
