"""Aligning, splitting and embedding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from bitext import _arguments, _native
from bitext._native import Aligner, Bitext

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from typing import Literal, Union

    import numpy
    from numpy.typing import NDArray

    from bitext._errors import Error

    Article = Union[str, os.PathLike[str], Iterable[str]]

# Keywords that are never settings, so that a usual call is not sorted.
_ARTICLES = frozenset(["en", "uk", "de", "id"])

# Aligners by settings, for calls that repeat them.
_aligners: dict[Any, Aligner] = {}
_MAX_ALIGNERS = 8


def _frozen(value: Any) -> Any:
    """A key for a setting, in which 4 is not 4.0 and 1 is not True."""
    if isinstance(value, Mapping):
        return "mapping", tuple((name, _frozen(value[name])) for name in sorted(value))
    if isinstance(value, (list, tuple)):
        return "list", tuple(_frozen(item) for item in value)
    return type(value), value


def _aligner(settings: dict[str, Any]) -> Aligner:
    """An aligner with some settings. The last few are kept."""
    try:
        key = _frozen(settings)
        known = _aligners.get(key)
    except TypeError:
        # A setting cannot be hashed or compared.
        return Aligner(**settings)
    if known is None:
        known = Aligner(**settings)
        if len(_aligners) >= _MAX_ALIGNERS:
            _aligners.pop(next(iter(_aligners)), None)
        _aligners[key] = known
    return known


def align(*articles: Article | Mapping[str, Any], **texts_and_settings: Any) -> Bitext:
    """Align the two or three versions of an article.

    Parameters
    ----------
    *articles : str, os.PathLike or mapping
        Texts or files whose language is detected, or a mapping from codes of languages to articles.
    **texts_and_settings
        Articles by language: ``en=...``, ``uk=...``, ``de=...``, or another code. An article is a text,
        the path of a text file in UTF-8, or a list of sentences, which are kept as they are. A version
        that is None is missing. ``id`` is the id of the result, a str or an int; an article in Indonesian
        is ``ind=...``. Other names are the settings of `Aligner`; ``settings={...}`` gives several in a
        mapping.

    Returns
    -------
    Bitext

    Raises
    ------
    InputError
        There are not two or three articles, two are in the same language, or one is too long.
    LanguageError
        A name is not the code of a language, or a language cannot be detected.
    SettingsError
        A setting is unknown or out of its range.
    EmbedderError, VectorError
        An embedder of yours fails or returns other vectors than asked for.
    FileError
        A file cannot be read.

    Notes
    -----
    The aligners of the last eight different settings are kept, so that repeated calls do not read a model
    or measure an embedder again. An `Aligner` makes that explicit.

    Examples
    --------
    >>> import bitext
    >>> result = bitext.align(en=["The bridge is closed."], de=["Die Brücke ist gesperrt."])
    >>> result[0].shape
    '1-1'
    >>> bitext.align(en="It rained.", de="Es regnete.", crossing=True, min_link_confidence=0.9)[0]["de"]
    'Es regnete.'
    """
    if _ARTICLES.issuperset(texts_and_settings):
        return _aligner({}).align(*articles, **texts_and_settings)
    texts, settings = _native.divide_keywords(texts_and_settings)
    return _aligner(settings).align(*articles, **texts)


@overload
def align_many(
    articles: Iterable[Mapping[str, Any] | str | bytes],
    *,
    threads: int | None = ...,
    languages: Sequence[str] | Mapping[str, str] | None = ...,
    on_error: Literal["raise"] | None = ...,
    progress: bool | None = ...,
    **settings: Any,
) -> Iterator[Bitext]: ...
@overload
def align_many(
    articles: Iterable[Mapping[str, Any] | str | bytes],
    *,
    threads: int | None = ...,
    languages: Sequence[str] | Mapping[str, str] | None = ...,
    on_error: Literal["return"],
    progress: bool | None = ...,
    **settings: Any,
) -> Iterator[Bitext | Error | TypeError]: ...
def align_many(
    articles: Iterable[Mapping[str, Any] | str | bytes],
    *,
    threads: int | None = None,
    languages: Sequence[str] | Mapping[str, str] | None = None,
    on_error: Literal["raise", "return"] | None = "raise",
    progress: bool | None = False,
    **settings: Any,
) -> Iterator[Any]:
    """Align many articles, in their order, on several threads.

    Articles are taken from the iterable as they are needed, so memory does not depend on their number.

    Parameters
    ----------
    articles : iterable of mapping, str or bytes
        Each item has the versions of one article: a mapping such as ``{'id': 7, 'en': ..., 'de': ...}``,
        or a line of JSON with such an object, as ``bitext align --jsonl`` reads it. Keys other than
        codes of languages are ignored, unless ``languages`` names them.
    threads : int, optional
        Number of threads. Default: all cores. The results do not depend on it.
    languages : sequence of str, or mapping from str to str, optional
        Codes of the languages, which are the keys of the articles too, or a mapping from codes to keys:
        ``{'en': 'text_en', 'fr': 'text_fr'}``.
    on_error : {'raise', 'return'}, default 'raise'
        Whether an item that cannot be aligned raises its exception when its turn comes, or gives the
        exception in place of a result. After an exception, the iterator continues with the next item.
        An exception has the index of its item in the attribute ``item``, and its id, if it is known, in
        ``article``.
    progress : bool, default False
        Whether to show a progress bar, if ``tqdm`` is installed.
    **settings
        Settings of `Aligner`; ``settings={...}`` gives several in a mapping.

    Returns
    -------
    iterator of Bitext

    Examples
    --------
    >>> import bitext
    >>> rows = [{"en": "It rained.", "de": "Es regnete."}, {"en": "It snowed.", "de": "Es schneite."}]
    >>> [result[0]["de"] for result in bitext.align_many(rows)]
    ['Es regnete.', 'Es schneite.']
    """
    _arguments.refuse_frame("articles", articles)
    shows_progress = _arguments.flag("progress", progress)
    results: Iterator[Any] = _aligner(settings).align_many(
        articles, threads=threads, languages=languages, on_error=on_error
    )
    if not shows_progress:
        return results
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return results
    total = len(articles) if isinstance(articles, Sized) else None
    return _WithProgress(results, tqdm(total=total))


class _WithProgress(Iterator[Any]):
    """Moves a progress bar for each item. Unlike a generator, it continues after an exception."""

    def __init__(self, results: Iterator[Any], bar: Any) -> None:
        self._results = results
        self._bar = bar

    def __next__(self) -> Any:
        try:
            item = next(self._results)
        except StopIteration:
            self._bar.close()
            raise
        except Exception:
            self._bar.update()
            raise
        self._bar.update()
        return item


class Segment(NamedTuple):
    """A sentence of a text: ``text[segment.start:segment.end] == segment.text``."""

    text: str
    start: int
    """Index of its first character."""
    end: int
    """Index after its last character."""
    kind: str
    """``'text'``, ``'heading'`` or ``'boilerplate'``, such as menus."""


@overload
def split(
    text: str,
    language: str | None = ...,
    *,
    newlines: Literal["auto", "always", "never"] | None = ...,
    details: Literal[False] | None = ...,
) -> list[str]: ...
@overload
def split(
    text: str,
    language: str | None = ...,
    *,
    newlines: Literal["auto", "always", "never"] | None = ...,
    details: Literal[True],
) -> list[Segment]: ...
def split(
    text: str,
    language: str | None = None,
    *,
    newlines: Literal["auto", "always", "never"] | None = "auto",
    details: bool | None = False,
) -> list[str] | list[Segment]:
    """Split a text into sentences.

    Parameters
    ----------
    text : str
    language : str, optional
        Code of the language. English, Ukrainian and German have the most rules, some forty other
        languages have abbreviations, and the rest is split by general rules. Default: it is detected.
    newlines : {'auto', 'always', 'never'}, default 'auto'
        When a single newline ends a paragraph.
    details : bool, default False
        Whether to return the place and the kind of each sentence, too.

    Returns
    -------
    list of str, or list of Segment

    Raises
    ------
    LanguageError
        The code is wrong, or the language cannot be detected.

    Examples
    --------
    >>> import bitext
    >>> bitext.split("Dr. Smith came. He left.", "en")
    ['Dr. Smith came.', 'He left.']
    """
    has_details = _arguments.flag("details", details)
    segments = _native.segments(text, language, newlines)
    if has_details:
        return [Segment(*segment) for segment in segments]
    return [segment[0] for segment in segments]


def embed(
    texts: str | Iterable[str],
    language: str,
    *,
    model: str | os.PathLike[str] | None = None,
) -> NDArray[numpy.float32]:
    """Turn sentences into vectors whose cosines say how similar they are, across languages.

    Parameters
    ----------
    texts : str or iterable of str
    language : str
        Code of the language of the texts.
    model : str or os.PathLike, optional
        File or folder of a static model. Default: the model in the package.

    Returns
    -------
    numpy.ndarray
        Of type ``float32`` and shape *(n, d)*, with a vector of length 1 in each row, or of zeros for a
        text of which the model knows nothing. For a single str, the shape is *(d,)*. The model in the
        package has *d* = 256.

    Examples
    --------
    >>> import bitext
    >>> english = bitext.embed(["The train was late."], "en")
    >>> german = bitext.embed(["Der Zug hatte Verspätung.", "Es gab Suppe."], "de")
    >>> english.shape, german.shape
    ((1, 256), (2, 256))
    >>> int((english @ german.T).argmax())
    0
    """
    return _native.embed(texts, language, model)
