"""Fails where the public API breaks what the crate's documentation promises ("What may change").

    python3 .ci/api.py target/doc/bitext.json [--no-run]

The file is rustdoc's JSON; `.ci/api` makes it.

Examples. Every public function and method is called in an example. Those that are not run (`no_run`,
`ignore`, `text`) do not count (with `--no-run`, `no_run` does), nor what stands in their comments. A call is found by its text, as
types are not known here:

* `name(` of a free function, `Type::name` of a method without `self`;
* `.name(` or `Type::name` of a method with `self` or of a trait, in an example that stands at the
  type or its methods or names the type. Where no other public type and none of the standard
  library's common ones has a method of that name, any example will do. A type whose name another
  has too is known by where the example stands only.

Types. Every public type is `Send`, `Sync` and `Debug`, for some types at least that it is generic over.

Other crates. Only those in `SHOWN` have their types and traits in signatures, public fields and
implementations.
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
# Crates whose types and traits the API shows.
SHOWN = {"std", "core", "alloc", "ndarray", "serde", "serde_core", "serde_json"}
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1", re.M | re.S)
NOT_RUN = {"no_run", "ignore", "text", "compile_fail", "sh", "json", "toml", "html"}


def examples(docs):
    """The code of the examples that are run, without its comments."""
    for _, kind, code in FENCE.findall(docs or ""):
        if NOT_RUN.isdisjoint(re.split(r"[,\s]+", kind.strip())):
            code = re.sub(r"^# ?", "", code, flags=re.M)
            yield re.sub(r"(^|\s)//.*", "", code)


def read(documented):
    """The public functions, as (type's id or None, name, has self, place), and the examples, as (id of
    the type that they stand at, code); the names of types by id."""
    index = documented["index"]
    ours = [item for item in index.values() if item["crate_id"] == 0]
    types = {item["id"]: item["name"] for item in ours if {"struct", "enum", "trait"} & set(item["inner"])}
    home = {at: at for at in types}
    functions = []
    for item in ours:
        inner = item["inner"]
        if "trait" in inner:
            owner, members = item["id"], inner["trait"]["items"]
        elif "impl" in inner and inner["impl"]["trait"] is None and "resolved_path" in inner["impl"]["for"]:
            owner, members = inner["impl"]["for"]["resolved_path"]["id"], inner["impl"]["items"]
        else:
            continue
        for at in members:
            home[at] = owner
            member = index.get(str(at))
            if member and "function" in member["inner"] and ("trait" in inner or member["visibility"] == "public"):
                inputs = member["inner"]["function"]["sig"]["inputs"]
                functions.append((owner, member["name"], inputs[:1] and inputs[0][0] == "self", member["span"]))
    for item in ours:
        if "function" in item["inner"] and item["visibility"] == "public" and item["id"] not in home:
            functions.append((None, item["name"], False, item["span"]))
    if len(functions) < 200:
        sys.exit(f"{len(functions)} functions only; has rustdoc's JSON changed?")
    return functions, [(home.get(item["id"]), code) for item in ours for code in examples(item["docs"])], types


def without_example(functions, codes, types):
    owners = {}
    for owner, name, has_self, _ in functions:
        if has_self:
            owners.setdefault(name, set()).add(owner)
    names = list(types.values())

    def called(owner, name, has_self):
        if owner is None:
            return any(re.search(rf"(?<![.\w]){name}(::<[^(]*>)?\(", code) for _, code in codes)
        of_type = types[owner]
        alone = names.count(of_type) == 1
        unique = len(owners.get(name, ())) == 1 and name not in COMMON
        for at, code in codes:
            named = at == owner or (alone and re.search(rf"\b{of_type}\b", code))
            if named and re.search(rf"\b{of_type}(::<[^(]*?>)?::{name}\b", code):
                return True
            if has_self and (unique or named) and re.search(rf"\.{name}(::<[^(]*>)?\(", code):
                return True
        return False

    return [f for f in functions if not called(*f[:3])]


def check_itself(functions, codes, types):
    """What is in no example any more must be told, and nothing else."""
    for name in ("fit", "from_spans", "with_reviewed", "is_empty"):
        fewer = [(at, re.sub(rf"\b{name}\b", "", code)) for at, code in codes]
        told = {f[1] for f in without_example(functions, fewer, types)}
        if told != {name}:
            sys.exit(f"without its examples, `{name}` should be told, and not {sorted(told)}")


def traits_lacking(documented):
    """(type, trait) for each public type that lacks one of the promised traits."""
    index = documented["index"]
    has = {}
    for item in index.values():
        found = item["inner"].get("impl")
        if found and found["trait"] and "resolved_path" in found["for"] and not found["is_negative"]:
            trait = found["trait"]["path"].split("::")[-1]
            has.setdefault(found["for"]["resolved_path"]["id"], set()).add(trait)
    types = [item for item in index.values() if item["crate_id"] == 0 and {"struct", "enum"} & set(item["inner"])]
    return [(item, trait) for item in types for trait in ("Send", "Sync", "Debug") if trait not in has.get(item["id"], ())]


def strangers(documented):
    """(place, path) for what other crates have in signatures, fields and implementations of ours."""
    index, paths, crates = documented["index"], documented["paths"], documented["external_crates"]
    found = set()

    def walk(value, place):
        if isinstance(value, dict):
            known = paths.get(str(value["id"])) if "path" in value and "id" in value else None
            if known and known["crate_id"] and crates[str(known["crate_id"])]["name"] not in SHOWN:
                found.add((f"{place['filename']}:{place['begin'][0]}", "::".join(known["path"])))
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                walk(one, place)

    for item in index.values():
        if item["crate_id"] != 0 or not item["span"]:
            continue
        for kind in ("function", "struct_field", "type_alias", "constant", "assoc_const", "trait"):
            walk(item["inner"].get(kind), item["span"])
        impl = item["inner"].get("impl")
        # Automatic and blanket implementations are others' business.
        if impl and impl["trait"] and not impl["is_synthetic"] and not impl["blanket_impl"]:
            walk([impl["trait"], impl["generics"]], item["span"])
    return sorted(found)


def main(path):
    documented = json.load(open(path, encoding="utf-8"))
    functions, codes, types = read(documented)
    wrong = []
    for owner, name, _, span in without_example(functions, codes, types):
        name = f"{types[owner]}::{name}" if owner in types else name
        wrong.append(f"{span['filename']}:{span['begin'][0]}: `{name}` is called in no example")
    for item, trait in traits_lacking(documented):
        wrong.append(f"{item['span']['filename']}:{item['span']['begin'][0]}: `{item['name']}` is not `{trait}`")
    wrong += [f"{place}: shows `{of}`, of a crate that users need not have" for place, of in strangers(documented)]
    print(*sorted(wrong), sep="\n", end="\n" if wrong else "")
    print(f"{len(functions)} public functions and methods, {len(types)} types and traits: {len(wrong)} things wrong")
    if not wrong:
        check_itself(functions, codes, types)
    return 1 if wrong else 0


if __name__ == "__main__":
    if "--no-run" in sys.argv:
        NOT_RUN.discard("no_run")
    sys.exit(main(sys.argv[1]))
