"""The exceptions of the package."""

from __future__ import annotations

from typing import Any


class Error(Exception):
    """What is wrong, where, and what to do about it: the base class of the exceptions of this package.

    Attributes
    ----------
    kind : str
        What went wrong, such as ``'invalid_language'``.
    article : str or None
        Label of the article: its id if it has one, else its language.
    item : int or None
        Index of the item of ``align_many``, from 0.
    source_name : str or None
        Name of the file or other input.
    line : int or None
        Line of the input, from 1.
    byte : int or None
        Byte offset in the input, from 0.
    """

    kind: str
    article: str | None
    item: int | None
    source_name: str | None
    line: int | None
    byte: int | None

    def __init__(
        self,
        message: str = "",
        *,
        kind: str = "other",
        article: str | None = None,
        source_name: str | None = None,
        line: int | None = None,
        byte: int | None = None,
        errno: int | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.article = article
        self.item = None
        self.source_name = source_name
        self.line = line
        self.byte = byte
        if errno is not None:
            # An attribute of OSError, which only FileError is.
            setattr(self, "errno", errno)

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), str(self), dict(self.__dict__))


def _rebuild(kind: type[Error], message: str, fields: dict[str, Any]) -> Error:
    error = kind(message)
    error.__dict__.update(fields)
    return error


class LanguageError(Error, ValueError):
    """A language code is wrong, or a text is not in a language that can be used."""


class InputError(Error, ValueError):
    """Articles, rows, spans or alignments cannot be used as they are."""


class SettingsError(Error, ValueError):
    """A setting is unknown or out of its range."""


class VectorError(Error, ValueError):
    """A matrix of vectors has a wrong shape, or holds NaN or infinity."""


class EmbedderError(Error):
    """An embedder of the caller failed; ``__cause__`` is its exception."""


class ModelError(Error):
    """A file or folder is not a model."""


class FileError(Error, OSError):
    """A file cannot be read or written."""


class BuildError(Error):
    """A training set cannot be built."""
