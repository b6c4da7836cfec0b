"""Functions on many articles: pairing, filters, scores, pages and training sets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from bitext import _arguments, _native
from bitext._errors import FileError, InputError, SettingsError
from bitext._native import Aligner, Bitext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal, Union

    Path = Union[str, os.PathLike[str]]

# Keys of tasks by whose values scores are grouped.
_KEYS = ("set", "kind", "pair")
# Rows that are judged at a time.
_BATCH_ROWS = 4096


class Group(NamedTuple):
    """Articles that are versions of each other."""

    members: tuple[int, ...]
    """Indexes of the articles, in the order of their languages."""
    coverage: float
    """The lowest share of text that aligns between two of them, 0 to 1."""
    margin: float
    """The lowest margin of their vectors, -2 to 2."""


def pair(
    articles: Iterable[Any],
    *,
    aligner: Aligner | None = None,
    threads: int | None = None,
    settings: Mapping[str, Any] | None = None,
    **keywords: Any,
) -> list[Group]:
    """Find which articles are versions of each other.

    Parameters
    ----------
    articles : iterable
        Each is a tuple of the code of its language and its text (or list of sentences), a mapping such as
        ``{'lang': 'uk', 'title': ..., 'text': ..., 'date': '2024-05-31'}``, of which only ``'text'`` is
        required, or a str or path. The language is detected if it is not given. A date is a str that
        begins with YYYY-MM-DD, or a ``datetime.date``; other strings are no dates, as on the command
        line. Addresses of articles are only used by `build`.
    aligner : Aligner, optional
    threads : int, optional
        Number of threads. Default: all cores. The result does not depend on it.
    settings : mapping, optional
    **keywords
        Settings of pairing, as a mapping or as keywords: ``neighbours``, ``candidates``,
        ``default_neighbour_cosine``, ``min_margin``, ``min_coverage``, ``min_side_coverage``,
        ``early_stop_coverage``, ``max_contradicted``, ``max_contradicted_names``, ``agreement_weight``,
        ``exact_articles``, and ``max_days``, the largest number of days between two articles with dates
        (default: unlimited).

    Returns
    -------
    list of Group
        Groups of two or three articles, at most one in each language.

    Examples
    --------
    >>> import bitext
    >>> articles = [
    ...     ("de", "Die Brücke ist gesperrt. Der Sturm hat sie beschädigt."),
    ...     ("en", "The price of wheat rose by four percent last week."),
    ...     ("en", "The bridge is closed. The storm damaged it."),
    ... ]
    >>> [group.members for group in bitext.pair(articles)]
    [(2, 0)]
    """
    groups = _native.pair(articles, aligner, threads, _arguments.merged(settings, keywords))
    return [Group(*group) for group in groups]


class Rejected(NamedTuple):
    """A row that a filter rejects."""

    row: Any
    """The row as it was given."""
    reasons: list[str]
    """Codes of the reasons, such as ``'number_mismatch'``."""
    scores: dict[str, float]
    """The scores behind the reasons, by code."""


class Filtered(NamedTuple):
    """The rows that filters keep and reject."""

    kept: list[Any]
    """The rows that are kept, as they were given."""
    rejected: list[Rejected]
    counts: dict[str, Any]
    """Counts of all rows, and of rejected ones by reason; as ``bitext filter --counts`` writes them."""


def filter(
    rows: Iterable[Any],
    *,
    languages: Sequence[str] | Mapping[str, str] | None = None,
    threads: int | None = None,
    settings: Mapping[str, Any] | None = None,
    **keywords: Any,
) -> Filtered:
    """Filter out sentence pairs that are unfit for training, and duplicates.

    Parameters
    ----------
    rows : iterable
        Rows of a `Bitext`, whole bitexts, mappings such as ``{'en': ..., 'de': ...}`` or
        ``{'translation': {...}, 'confidence': 0.9}``, or with ``languages`` tuples of texts. Rows without
        a counterpart are left out.
    languages : sequence of str, or mapping from str to str, optional
        Codes of the languages, which are the keys of the texts too, or a mapping from codes to keys.
        Default: the keys that are codes of languages, and all of ``'translation'``.
    threads : int, optional
        Number of threads. Default: all cores. The result does not depend on it.
    settings : mapping, optional
    **keywords
        Thresholds of the filters, as a mapping or as keywords, such as ``max_length_ratio=2.0`` or
        ``min_confidence=0.8``. False switches a filter off, None is the default. ``exact`` and ``near``
        are ``'both'``, ``'either'`` or False: which texts a duplicate repeats. By default, near duplicates
        are kept.

    Returns
    -------
    Filtered
        A named tuple with ``kept``, ``rejected`` and ``counts``.

    Examples
    --------
    >>> import bitext
    >>> rows = [("See page 3.", "Siehe Seite 3."), ("See page 3.", "Siehe Seite 4.")]
    >>> result = bitext.filter(rows, languages=["en", "de"])
    >>> result.kept
    [('See page 3.', 'Siehe Seite 3.')]
    >>> result.rejected[0].reasons
    ['number_mismatch']
    """
    judge = _native.Filter(languages, threads, _arguments.merged(settings, keywords))
    kept: list[Any] = []
    rejected: list[Rejected] = []
    for batch in _batches(_flat(rows)):
        for row, verdict in zip(batch, judge.judge(batch)):
            if verdict is None:
                continue
            if verdict[0]:
                rejected.append(Rejected(row, *verdict))
            else:
                kept.append(row)
    return Filtered(kept, rejected, judge.counts())


class Mark(NamedTuple):
    """What the filters find in a row, without comparing it with others."""

    reasons: list[str]
    """Codes of the reasons to reject the row; empty if there are none."""
    scores: dict[str, float]
    """The scores behind the reasons, by code."""
    exact_keys: list[bytes]
    """Keys of 16 bytes. Rows with a key in common are exact duplicates. Empty if there are reasons."""
    near_keys: list[bytes]
    """Keys of 8 bytes. Rows with a key in common are near duplicates."""


def mark(
    rows: Iterable[Any],
    *,
    languages: Sequence[str] | Mapping[str, str] | None = None,
    threads: int | None = None,
    settings: Mapping[str, Any] | None = None,
    **keywords: Any,
) -> list[Mark | None]:
    """Judge sentence pairs one by one, so that parts of a corpus can be judged on several machines.

    Duplicates are the rows that share a key. Keys are the same on every machine.

    Parameters
    ----------
    rows, languages, threads, settings, **keywords
        As for `filter`. Whole bitexts are not taken.

    Returns
    -------
    list of Mark or None
        One for each row; None for a row without a counterpart.

    Examples
    --------
    >>> import bitext
    >>> [mark] = bitext.mark([("See page 3.", "Siehe Seite 4.")], languages=["en", "de"])
    >>> mark.reasons
    ['number_mismatch']
    """
    judge = _native.Filter(languages, threads, _arguments.merged(settings, keywords))
    marks: list[Mark | None] = []
    for batch in _batches(_rows(rows)):
        marks.extend(None if one is None else Mark(*one) for one in judge.mark(batch))
    return marks


def _flat(rows: Iterable[Any]) -> Iterator[Any]:
    if isinstance(rows, Bitext):
        yield from rows
        return
    for row in _rows(rows):
        if isinstance(row, Bitext):
            yield from row
        else:
            yield row


def _rows(rows: Iterable[Any]) -> Iterable[Any]:
    if isinstance(rows, (str, bytes, bytearray, Mapping)) or not isinstance(rows, Iterable):
        raise _arguments.wrong_type("rows", "an iterable of rows", rows)
    _arguments.refuse_frame("rows", rows)
    return rows


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def score(
    gold: Iterable[Any] | Path,
    predicted: Iterable[Any] | Path,
    *,
    nulls: Literal["each", "as-given"] | None = "each",
    by: Sequence[str] | None = _KEYS,
) -> dict[str, Any]:
    """Score alignments against gold.

    Parameters
    ----------
    gold : iterable or path
        Tasks, as mappings such as ``{'id': 'a', 'src_lang': 'en', 'tgt_lang': 'de', 'src': [...],
        'tgt': [...], 'gold': [[[0], [0, 1]], ...]}`` or as lines of JSON, or the path of a file of lines.
    predicted : iterable or path
        Bitexts with the ids of the tasks, mappings such as ``{'id': 'a', 'beads': [[[0], [0, 1]]]}``,
        lines of JSON, or the path of a file of lines.
    nulls : {'each', 'as-given'}, default 'each'
        Whether each unaligned sentence counts as one null bead, or null beads count as given.
    by : list of str, default ('set', 'kind', 'pair')
        Keys of the tasks by whose values the scores are grouped.

    Returns
    -------
    dict
        ``'total'`` and ``'groups'`` with precision ``'P'``, recall ``'R'``, ``'F1'`` and others, as
        ``bitext score --json`` writes them.

    Examples
    --------
    >>> import bitext
    >>> gold = [{"id": 1, "src": ["One.", "Two."], "tgt": ["Eins."], "gold": [[[0], [0]]]}]
    >>> bitext.score(gold, [{"id": 1, "beads": [[[0], [0]]]}])["total"]["F1"]
    1.0
    """
    keys: Any = _KEYS if by is None else by
    if isinstance(keys, (str, bytes)) or not isinstance(keys, Iterable):
        raise _arguments.wrong_type("by", "a list of keys, such as ['set']", keys)
    keys = list(keys)
    for at, key in enumerate(keys):
        if not isinstance(key, str):
            raise _arguments.wrong_type(f"by[{at}]", "a str", key)
    policy: Any = "each" if nulls is None else nulls
    if not isinstance(policy, str):
        raise _arguments.wrong_type("nulls", "'each' or 'as-given'", policy)
    return _native.score(_lines("gold", gold), _lines("predicted", predicted), policy, keys)


def _lines(name: str, source: Iterable[Any] | Path) -> tuple[str, list[tuple[int, str]]]:
    """Numbered lines of JSON from a file, or from mappings, bitexts and lines, with the name of the input."""
    if isinstance(source, (str, os.PathLike)):
        name = os.fspath(source)
        lines = _read(name).removeprefix("\ufeff").split("\n")
        return name, [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if isinstance(source, (bytes, bytearray, Bitext)) or not isinstance(source, Iterable):
        raise _arguments.wrong_type(name, "an iterable of mappings or a path", source)
    import json

    lines = []
    for at, item in enumerate(source):
        if isinstance(item, str):
            lines.append(item)
        elif isinstance(item, Bitext):
            lines.append(item.to_json())
        elif isinstance(item, Mapping):
            try:
                lines.append(json.dumps(item if isinstance(item, dict) else dict(item)))
            except TypeError as error:
                raise TypeError(f"`{name}[{at}]`: {error}") from error
        else:
            expected = "a mapping, a line of JSON or a Bitext"
            raise _arguments.wrong_type(f"{name}[{at}]", expected, item)
    return name, list(enumerate(lines, 1))


def _read(path: str) -> str:
    """The text of a file."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise _file_error(path, "read", error) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{path}:{line}: not UTF-8 at byte {error.start}"
        raise InputError(message, kind="not_utf8", source_name=path, line=line, byte=error.start) from error


def _file_error(path: str, action: str, error: OSError) -> FileError:
    why = error.strerror or str(error)
    return FileError(f"{path}: cannot {action}: {why}", kind=action, source_name=path, errno=error.errno)


def report(
    bitexts: Bitext | Iterable[Bitext],
    path: Path | None = None,
    *,
    title: str | None = None,
    features: bool | None = None,
    page_size: int | None = None,
) -> str:
    """Make an HTML page on which a reviewer can view and correct bitexts.

    Parameters
    ----------
    bitexts : Bitext or iterable of Bitext
    path : str or os.PathLike, optional
        File to write, ``*.html``. If the bitexts need several pages, the others are next to it. Default:
        the page is only returned.
    title : str, optional
    features : bool, optional
        Whether the page explains the units, for which the bitexts are aligned again. Default: only those
        whose aligner is known.
    page_size : int, optional
        Largest size of a page in bytes. Default: 64 MiB with ``path``, unlimited without.

    Returns
    -------
    str
        The HTML of the page, or of the overview if there are several.

    Examples
    --------
    >>> import bitext
    >>> result = bitext.align(en="It rained.", de="Es regnete.")
    >>> bitext.report(result, title="Rain")[:15]
    '<!doctype html>'
    """
    if not isinstance(bitexts, Iterable):
        raise _arguments.wrong_type("bitexts", "a Bitext or an iterable of them", bitexts)
    if title is not None and not isinstance(title, str):
        raise _arguments.wrong_type("title", "a str", title)
    if features is not None:
        _arguments.flag("features", features)
    if page_size is not None and _arguments.whole("page_size", page_size) < 1:
        raise SettingsError("setting `page_size`: must be 1 or more", kind="invalid_config")
    all_bitexts = [bitexts] if isinstance(bitexts, Bitext) else list(bitexts)
    if not all_bitexts:
        raise InputError("there is no bitext to show", kind="invalid_bitext")
    if path is None:
        limit = 2**62 if page_size is None else page_size
        pages = _native.pages(all_bitexts, "page", title, features, limit)
        if len(pages) > 1:
            raise SettingsError("the report has several pages: name a file with `path`", kind="invalid_config")
        return pages[-1][1]
    target = _arguments.path("path", path)
    folder, name = os.path.split(target)
    stem, extension = os.path.splitext(name)
    if extension != ".html" or not stem:
        raise SettingsError(f"{target}: the name must end in .html", kind="invalid_config")
    pages = _native.pages(all_bitexts, stem, title, features, page_size)
    for page, html in pages:
        file_path = os.path.join(folder, page)
        try:
            with open(file_path, "w", encoding="utf-8", newline="\n") as file:
                file.write(html)
        except OSError as error:
            raise _file_error(file_path, "write", error) from error
    return pages[-1][1]


def build(
    inputs: Path | Iterable[Path],
    folder: Path,
    *,
    aligner: Aligner | None = None,
    threads: int | None = None,
    fresh: bool | None = False,
    on_event: Callable[[dict[str, Any]], object] | None = None,
    settings: Mapping[str, Any] | None = None,
    **keywords: Any,
) -> dict[str, Any]:
    """Build a training set from files of articles: pair, align, filter, and split into sets.

    Parameters
    ----------
    inputs : path or iterable of paths
        Files and folders of articles: ``.txt``, and ``.jsonl`` as for ``bitext build``.
    folder : path
        Folder of the training set. A build that was interrupted continues there.
    aligner : Aligner, optional
        Its ``crossing`` and ``newlines`` are those of the build, unless ``align`` names others. A build
        with another splitter is another build if the ``splitter_name`` differs.
    threads : int, optional
        Number of threads. Default: all cores. The result does not depend on it.
    fresh : bool, default False
        Whether to discard what an earlier build wrote to the folder.
    on_event : callable, optional
        Is called with a dict for each step of the progress and each problem of the input: its ``'event'``
        is ``'stage_started'``, ``'advanced'``, ``'stage_finished'`` or ``'problem'``.
    settings : mapping, optional
    **keywords
        Sections of the settings as dicts, as a mapping or as keywords: ``pairing={'min_coverage': 0.5}``,
        ``filter={...}``, ``duplicates``, ``sets``, ``output``, ``align``, ``input`` and ``card``. Their
        names and values are those of the file of settings of ``bitext build``; None is the default.

    Returns
    -------
    dict
        The counts, as the build writes them to ``counts.json``, with its ``'status'``.

    Raises
    ------
    BuildError
        The folder has another build, or its files were changed.
    """
    is_one = isinstance(inputs, (str, os.PathLike))
    if not is_one and (isinstance(inputs, (bytes, bytearray)) or not isinstance(inputs, Iterable)):
        raise _arguments.wrong_type("inputs", "a path or an iterable of paths", inputs)
    if on_event is not None and not callable(on_event):
        raise _arguments.wrong_type("on_event", "a function", on_event)
    paths: list[Path] = [inputs] if is_one else list(inputs)  # type: ignore[list-item, arg-type]
    names = [_arguments.path(f"inputs[{at}]", path) for at, path in enumerate(paths)]
    output = _arguments.path("folder", folder)
    is_fresh = _arguments.flag("fresh", fresh)
    all_settings = _arguments.merged(settings, keywords)
    return _native.build(names, output, aligner, threads, is_fresh, on_event, all_settings)
