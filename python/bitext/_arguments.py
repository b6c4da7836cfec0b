"""Checks of arguments, whose errors name the parameter. None always stands for the default."""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping
from typing import Any


def wrong_type(name: str, expected: str, value: object) -> TypeError:
    """The error of a value of a wrong type."""
    return TypeError(f"`{name}` must be {expected}, not {type(value).__name__}")


def flag(name: str, value: object) -> bool:
    """A bool; False is the default."""
    if value is None or isinstance(value, bool):
        return bool(value)
    raise wrong_type(name, "True or False", value)


def path(name: str, value: object) -> str:
    """The text of a path."""
    try:
        text = os.fspath(value)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if isinstance(text, str):
        return text
    raise wrong_type(name, "a str or a path", value)


def refuse_frame(name: str, value: object) -> None:
    """Refuses a table of pandas or Polars, which iterates over the names of its columns."""
    if hasattr(value, "columns") and hasattr(value, "to_dict"):
        given = "a DataFrame: give its rows, `frame.to_dict('records')` of pandas or `frame.to_dicts()` of Polars"
        raise TypeError(f"`{name}` must be an iterable of rows, not {given}")


def whole(name: str, value: object) -> int:
    """A whole number."""
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise wrong_type(name, "an int", value) from None


def merged(settings: object, keywords: dict[str, Any]) -> dict[str, Any]:
    """The settings of a mapping and of keywords, which come first."""
    if settings is None:
        return keywords
    if not isinstance(settings, Mapping):
        raise wrong_type("settings", "a mapping", settings)
    return {**settings, **keywords}
