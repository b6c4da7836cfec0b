"""Aligns the sentences of an article and its translations.

>>> import bitext
>>> result = bitext.align(
...     en="The library reopens on Monday. It was closed for a year.",
...     uk="Бібліотека знову відкриється в понеділок. Вона була зачинена рік.",
... )
>>> for row in result:
...     print(row["en"], "|", row["uk"])
The library reopens on Monday. | Бібліотека знову відкриється в понеділок.
It was closed for a year. | Вона була зачинена рік.

The model is in the package: nothing is downloaded. It knows English, Ukrainian and German.

align, align_many
    Align the versions of one article, or of many.
Aligner
    Keeps a model, settings and functions of your own.
split, embed
    Split a text into sentences; turn sentences into vectors.
pair, filter, mark, score, report, build
    Find versions of articles, filter and judge pairs, score alignments, make pages, build training sets.
Bitext, Row, Explanation
    Results.
Error and its subclasses
    What goes wrong. A value of a wrong type is a ``TypeError``.
"""

from bitext._align import Segment, align, align_many, embed, split
from bitext._corpus import Filtered, Group, Mark, Rejected, build, filter, mark, pair, report, score
from bitext._errors import (
    BuildError,
    EmbedderError,
    Error,
    FileError,
    InputError,
    LanguageError,
    ModelError,
    SettingsError,
    VectorError,
)
from bitext._native import VERSION as __version__
from bitext._native import Aligner, Bitext, Explanation, Row

__all__ = [
    "Aligner",
    "Bitext",
    "BuildError",
    "EmbedderError",
    "Error",
    "Explanation",
    "FileError",
    "Filtered",
    "Group",
    "InputError",
    "LanguageError",
    "Mark",
    "ModelError",
    "Rejected",
    "Row",
    "Segment",
    "SettingsError",
    "VectorError",
    "__version__",
    "align",
    "align_many",
    "build",
    "embed",
    "filter",
    "mark",
    "pair",
    "report",
    "score",
    "split",
]
