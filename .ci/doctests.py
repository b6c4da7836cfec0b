"""Fails where a public function or method is called in no example of the documentation.

    python3 .ci/doctests.py target/doc/bitext.json

The file is rustdoc's JSON; `.ci/doctests` makes it. Examples that are not run (`no_run`, `ignore`,
`text`) do not count, nor what stands in their comments. A call is found by its text, as types are
not known here:

* `name(` of a free function, `Type::name` of a method without `self`;
* `.name(` or `Type::name` of a method with `self` or of a trait, in an example that stands at the
  type or its methods or names the type. Where no other public type and none of the standard
  library's common ones has a method of that name, any example will do.
"""

import json
import re
import sys

# Names that a call on something of the standard library has too.
COMMON = set(
    "all any as_bytes as_slice as_str ascii chars clear clone contains count end extend find get get_mut "
    "insert into_iter is_empty iter keys kind len lines map max merge min name new next parse pop push "
    "remove replace rows source split start sum values with write".split()
)
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1", re.M | re.S)
NOT_RUN = {"no_run", "ignore", "text", "compile_fail", "sh", "json", "toml", "html"}


def examples(docs):
    """The code of the examples that are run, without its comments."""
    for _, kind, code in FENCE.findall(docs or ""):
        if NOT_RUN.isdisjoint(re.split(r"[,\s]+", kind.strip())):
            code = re.sub(r"^# ?", "", code, flags=re.M)
            yield re.sub(r"(^|\s)//.*", "", code)


def main(path):
    index = json.load(open(path, encoding="utf-8"))["index"]
    ours = [item for item in index.values() if item["crate_id"] == 0]
    functions = []  # (the type or None, name, has self, place)
    home = {}  # of an id, the type that it belongs to

    def members(owner, ids, public):
        for at in ids:
            item = index.get(str(at))
            home[at] = owner
            if item and "function" in item["inner"] and (public or item["visibility"] == "public"):
                inputs = item["inner"]["function"]["sig"]["inputs"]
                functions.append((owner, item["name"], bool(inputs) and inputs[0][0] == "self", item["span"]))

    def free(ids):
        for at in ids:
            item = index.get(str(at))
            if item and "function" in item["inner"] and item["crate_id"] == 0:
                functions.append((None, item["name"], False, item["span"]))

    free(item["id"] for item in ours if "function" in item["inner"] and item["visibility"] == "public")
    methods = set()
    for item in ours:
        inner = item["inner"]
        if "impl" in inner and inner["impl"]["trait"] is None:
            of = inner["impl"]["for"].get("resolved_path")
            members(of and of["path"].split("::")[-1], inner["impl"]["items"], False)
            methods.update(inner["impl"]["items"])
        if "trait" in inner:
            members(item["name"], inner["trait"]["items"], True)
            methods.update(inner["trait"]["items"])
        for kind in ("struct", "enum"):
            if kind in inner:
                home[item["id"]] = item["name"]
        if "trait" in inner:
            home[item["id"]] = item["name"]
    spans = {json.dumps(span) for owner, _, _, span in functions if owner}
    functions = [f for f in functions if f[0] or json.dumps(f[3]) not in spans]
    if len(functions) < 100:
        sys.exit(f"{path}: {len(functions)} functions only; has rustdoc's JSON changed?")

    owners = {}
    for owner, name, has_self, _ in functions:
        if owner and has_self:
            owners.setdefault(name, set()).add(owner)
    codes = [(home.get(item["id"]), code) for item in ours for code in examples(item["docs"])]

    def called(owner, name, has_self):
        if owner is None:
            return any(re.search(rf"(?<![.\w]){name}(::<[^(]*>)?\(", code) for _, code in codes)
        path = rf"\b{owner}(::<[^(]*?>)?::{name}\b"
        unique = len(owners.get(name, ())) == 1 and name not in COMMON
        for of, code in codes:
            if re.search(path, code):
                return True
            near = unique or of == owner or re.search(rf"\b{owner}\b", code)
            if has_self and near and re.search(rf"\.{name}(::<[^(]*>)?\(", code):
                return True
        return False

    lacking = [f for f in functions if not called(*f[:3])]
    for owner, name, _, span in sorted(lacking, key=lambda f: (f[3]["filename"], f[3]["begin"])):
        print(f"{span['filename']}:{span['begin'][0]}: {owner + '::' if owner else ''}{name} is called in no example")
    print(f"{len(functions)} public functions and methods, {len(lacking)} of them without an example")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
