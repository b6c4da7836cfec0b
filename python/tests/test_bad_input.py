"""Bad input of every kind gives the documented exception."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

import bitext

from conftest import BRIDGE

ONE = {"en": "One.", "de": "Eins."}


def align(*articles: Any, **texts: Any) -> Any:
    return lambda: bitext.align(*articles, **texts)


NO_FRENCH = "the bitext has no article in `fr`; its languages are `en`, `de`"

CASES: list[tuple[Any, type[Exception], str]] = [
    # The number and the languages of articles.
    (align(), bitext.InputError, "an alignment needs two or three articles, got 0"),
    (align(en="One."), bitext.InputError, "an alignment needs two or three articles, got 1"),
    (align(**ONE, uk="Один.", fr="Un."), bitext.InputError, "got 4"),
    (align({"en": "One."}, en="One."), bitext.InputError, "two articles in `en`"),
    (align({"English": "One.", "de": "Eins."}), bitext.LanguageError, "`English` is not|two or three"),
    (align({"e!": "One.", "de": "Eins."}), bitext.LanguageError, "`e!` is not a language code"),
    (align({5: "One.", "de": "Eins."}), TypeError, "a key of the articles must be a code of a language, such as 'uk', not int"),
    (align("12:30", "Eins."), bitext.LanguageError, "article"),
    (align("", "Eins."), bitext.LanguageError, "article"),
    (align(en="Снег идёт уже три дня, и дороги закрыты.", uk="Снег идёт уже три дня, и дороги закрыты."),
     bitext.LanguageError, "Russian"),
    # The values of articles.
    (align(en=5, de="Eins."), TypeError, "the article `en` must be a str, a path, or a list of sentences, not int"),
    (align(en=b"One.", de="Eins."), TypeError, "the article `en` must be .*, not bytes"),
    (align(en={"a": 1}, de="Eins."), TypeError, "the article `en` must be .*, not dict"),
    (align(en=["One.", 2], de="Eins."), TypeError, "a sentence of the article `en` must be a str, not int"),
    (align(en=["One.", None], de="Eins."), TypeError, "not NoneType"),
    (align(en="One \ud800.", de="Eins."), bitext.InputError, "en: not a valid text: .*surrogates"),
    (align(en=["One \ud800."], de="Eins."), bitext.InputError, "en: not a valid text"),
    (align(["One."], de="Eins."), TypeError, "an article of `articles` without a language must be a str or a path"),
    (align(en=Path("missing.txt"), de="Eins."), bitext.FileError, "^missing.txt: cannot read: No such file"),
    (align(Path("missing.txt"), "Eins."), bitext.FileError, "^missing.txt: cannot read"),
    (align(id=1.5, **ONE), TypeError, "`id` must be a str or an int, not float"),
    (align(en=["x"] * 200_001, de=["x"]), bitext.InputError, "are too many"),
    # Settings.
    (align(crosing=True, **ONE), bitext.SettingsError, "unknown setting `crosing`, expected one of `model`"),
    (align(max_sides=3, **ONE), bitext.SettingsError, "unknown setting `max_sides`"),
    (align(newline="always", **ONE), bitext.SettingsError, "unknown setting `newline`"),
    (align(max_side=9, **ONE), bitext.SettingsError, "setting `max_side`: must be 1 to 8"),
    (align(max_side=-1, **ONE), bitext.SettingsError, "setting `max_side`: "),
    (align(max_side=2**70, **ONE), bitext.SettingsError, "setting `max_side`: .* is too large"),
    (align(max_side="four", **ONE), bitext.SettingsError, "^setting `max_side`: must be a whole number of 0 or more, not the str"),
    (align(temperature=0.0, **ONE), bitext.SettingsError, "setting `temperature`: must be 0.01 to 100"),
    (align(temperature=float("nan"), **ONE), bitext.SettingsError, "setting `temperature`: must be finite"),
    (align(crossing="yes", **ONE), bitext.SettingsError, "^setting `crossing`: must be True or False, not the str"),
    (align(span_vectors=5, **ONE), bitext.SettingsError, "setting `span_vectors`: must be a str, not the int"),
    (align(span_vectors="mean", **ONE), bitext.SettingsError, "setting `span_vectors`: unknown variant `mean`"),
    (align(weights="nonsense", **ONE), bitext.FileError, "^nonsense: cannot read: No such file"),
    (align(weights="non\nsense", **ONE), bitext.SettingsError, "^setting `weights`: (?!setting)"),
    (align(background=[1], **ONE), bitext.SettingsError, "^setting `background`: "),
    (align(temperature="warm", **ONE), bitext.SettingsError, "must be a number, not the str"),
    (align(crosing=True, **ONE), bitext.SettingsError, "`embedder`.*`max_side`.*is a language code, such as `en`"),
    (align(embedder=len, embedder_name=5, **ONE), TypeError, "setting `embedder_name` must be a str, not int"),
    (align(en="One.", id="Jembatan itu ditutup."), bitext.InputError, "got 1; `id` is the id of the result"),
    (align(embedder=len, embedder_languages=5, **ONE), TypeError, "setting `embedder_languages` must be a list"),
    (align(embedder=len, embedder_languages="en", **ONE), TypeError, "setting `embedder_languages` must be a list"),
    (align(newlines=True, **ONE), TypeError, "setting `newlines` must be a str, not bool"),
    (align(model=5, **ONE), TypeError, "setting `model` must be a str or a path, not int"),
    (align(splitter_name="a", **ONE), bitext.SettingsError, "setting `splitter_name` needs `splitter`"),
    (align(weights=Path("missing.tsv"), **ONE), bitext.FileError, "missing.tsv: cannot read"),
    (align(newlines="sometimes", **ONE), bitext.SettingsError, "setting `newlines`: `sometimes` is none of"),
    (align(background={"mean": 3.0, "deviation": 0.1}, **ONE), bitext.SettingsError, "setting `background`"),
    (align(max_side=object(), **ONE), TypeError, "setting `max_side` must be a number"),
    (align(embedder=5, **ONE), TypeError, "setting `embedder` must be a function"),
    (align(splitter=5, **ONE), TypeError, "setting `splitter` must be a function, not int"),
    (align(embedder_name="a", **ONE), bitext.SettingsError, "need `embedder`"),
    (align(embedder=len, model="a", **ONE), bitext.SettingsError, "give one of them"),
    (align(model="missing.bitext", **ONE), bitext.FileError, "missing.bitext: cannot read"),
    (align(model="README.md", **ONE), bitext.ModelError, "README.md: "),
    (align(model="src", **ONE), bitext.Error, "src"),
    (lambda: bitext.Aligner(en="One."), bitext.SettingsError, "unknown setting `en`"),  # type: ignore[call-arg]
    (lambda: bitext.Aligner().align(crossing=True, **ONE), bitext.SettingsError, "given to the class"),
    (lambda: bitext.Aligner().align(crosing=True, **ONE), bitext.SettingsError, "unknown setting `crosing`"),
    # Many articles.
    (lambda: bitext.align_many(5), TypeError, "`articles` must be an iterable of dicts"),  # type: ignore[call-overload]
    (lambda: bitext.align_many("abc"), TypeError, "`articles` must be an iterable"),
    (lambda: bitext.align_many(ONE), TypeError, "`articles` must be an iterable"),
    (lambda: bitext.align_many([], threads=0), bitext.SettingsError, "setting `threads`: must be 1 to 1024"),
    (lambda: bitext.align_many([], threads=-1), bitext.SettingsError, "setting `threads`: must be 1 to 1024"),
    (lambda: bitext.align_many([], on_error="skip"), bitext.SettingsError, "setting `on_error`: `skip`"),  # type: ignore[call-overload]
    (lambda: bitext.align_many([], languages="en"), TypeError, "`languages` must be a list of codes or a dict"),
    (lambda: bitext.align_many([], languages=5), TypeError, "`languages` must be a list of codes or a dict"),  # type: ignore[call-overload]
    (lambda: bitext.align_many([], languages={"en": 5}), TypeError, "a key in `languages` must be a str, not int"),  # type: ignore[dict-item]
    (lambda: bitext.align_many([], languages=["e!"]), bitext.LanguageError, "is not a language code"),
    (lambda: next(bitext.align_many([{"en": "One."}])), bitext.InputError, "needs two or three languages"),
    (lambda: next(bitext.align_many(["[]"])), bitext.InputError, "not a JSON object"),
    (lambda: next(bitext.align_many([{"en": "One."}], languages=["en", "fr"])), bitext.InputError, "no key `fr`"),
    (lambda: next(bitext.align_many(["[1]"], languages=["en", "fr"])), bitext.InputError, "not a JSON object"),
    (lambda: next(bitext.align_many(["{"], languages=["en", "fr"])), bitext.InputError, "not valid JSON"),
    # Results.
    (lambda: bitext.Bitext(), TypeError, "Bitext"),
    (lambda: bitext.Bitext.from_json(5), TypeError, "`line` must be a str, not int"),  # type: ignore[arg-type]
    (lambda: bitext.Bitext.from_json("{}"), bitext.InputError, "missing field"),
    (lambda: bitext.Bitext.from_json("[1"), bitext.InputError, "JSON"),
    (lambda: bitext.align(**ONE).to_tsv(min_confidence=2), bitext.SettingsError, "must be 0 to 1"),
    (lambda: bitext.align(**ONE).to_json(min_confidence=float("nan")), bitext.SettingsError, "must be 0 to 1"),
    (lambda: bitext.align(**ONE).to_tsv(nulls=True, pairs="en-de"), bitext.SettingsError, "never null"),
    (lambda: bitext.align(**ONE).to_tsv(pairs="ende"), TypeError, "a language pair in `pairs` must be such as 'en-uk'"),
    (lambda: bitext.align(**ONE).to_tsv(pairs="en-fr"), bitext.InputError, NO_FRENCH),
    (lambda: bitext.align(**ONE).to_tmx(pairs="en-fr"), bitext.InputError, NO_FRENCH),
    (lambda: bitext.align(**ONE).to_json(pairs=[("fr", "en")]), bitext.InputError, NO_FRENCH),
    (lambda: bitext.align(**ONE).to_vecalign("en", "fr"), bitext.InputError, NO_FRENCH),
    (lambda: bitext.align(**ONE).to_ladder("en", "fr"), bitext.InputError, NO_FRENCH),
    (lambda: bitext.align(**ONE).beads("en", "fr"), bitext.InputError, NO_FRENCH),
    (lambda: bitext.align(**ONE).spans("fr"), bitext.InputError, NO_FRENCH),
    # Splitting and embedding.
    (lambda: bitext.split("12:30"), bitext.LanguageError, "text"),
    (lambda: bitext.split("One.", "e!"), bitext.LanguageError, "is not a language code"),
    (lambda: bitext.split("One.", "en", newlines="x"), bitext.SettingsError, "setting `newlines`"),  # type: ignore[call-overload]
    (lambda: bitext.split("One.", "en", newlines=5), TypeError, "setting `newlines` must be a str, not int"),  # type: ignore[call-overload]
    (lambda: bitext.split(b"One."), TypeError, "bytes"),  # type: ignore[call-overload]
    (lambda: bitext.split("One \udfff.", "en"), bitext.InputError, "text: not a valid text"),
    (lambda: bitext.embed("One.", "e!"), bitext.LanguageError, "is not a language code"),
    (lambda: bitext.embed(["One.", 5], "en"), TypeError, r"`texts\[1\]` must be a str, not int"),  # type: ignore[list-item]
    (lambda: bitext.embed(5, "en"), TypeError, "`texts` must be a str or a list of str"),  # type: ignore[arg-type]
    (lambda: bitext.embed(b"x", "en"), TypeError, "`texts` must be a str or a list of str, not bytes"),  # type: ignore[arg-type]
    (lambda: bitext.embed("One.", 5), TypeError, "`language` must be a code of a language, such as 'uk', not int"),  # type: ignore[arg-type]
    # Corpora.
    (lambda: bitext.pair("abc"), TypeError, "`articles` must be an iterable of tuples .*, not str"),
    (lambda: bitext.pair(5), TypeError, "`articles` must be an iterable of tuples .*, not int"),  # type: ignore[arg-type]
    (lambda: bitext.pair([("en", "a", "b")]), bitext.InputError, "a tuple of an article needs a language and a text"),
    (lambda: bitext.pair([], threads="two"), TypeError, "`threads` must be an int, not str"),  # type: ignore[arg-type]
    (lambda: bitext.filter("abc"), TypeError, "`rows` must be an iterable of rows, not str"),
    (lambda: bitext.mark(b"abc"), TypeError, "`rows` must be an iterable of rows, not bytes"),
    (lambda: bitext.filter([{"en": "a", "de": 5}]), TypeError, "the text in `de` must be a str, not int"),
    (lambda: bitext.filter([{"translation": 5}]), TypeError, "`translation` of a row must be a dict, not int"),
    (lambda: bitext.filter([{"en": "a", "no": "b"}]), bitext.InputError, "languages=.'en', 'no'."),
    (lambda: bitext.filter([{"en": "a"}], languages=["en", "fr"]), bitext.InputError, "a row has no key `fr`"),
    (lambda: bitext.filter([], max_wrods=3), bitext.SettingsError, "`exact`, `near`"),
    (lambda: bitext.score([], [], by="pair"), TypeError, "`by` must be a list of keys"),
    (lambda: bitext.score(5, []), TypeError, "`gold` must be an iterable of mappings or a path"),  # type: ignore[arg-type]
    (lambda: bitext.pair([5]), TypeError, "an article of `articles` without a language"),
    (lambda: bitext.pair([{"lang": "en"}]), bitext.InputError, "an article of `articles` needs `text`"),
    (lambda: bitext.pair([], max_days="3"), bitext.SettingsError, "^setting `max_days`: must be a whole number of 0 or more"),
    (lambda: bitext.pair([{"text": "One.", "lang": "en", "date": 5}]), TypeError, "`date` of an article must be a date"),
    (lambda: bitext.pair([{"text": "One.", "lang": 5}]), TypeError, "the language of an article of `articles` must be"),
    (lambda: bitext.pair([{"text": "One.", "lang": "en", "title": 5}]), TypeError, "`title` of an article must be a str"),
    (lambda: bitext.pair([{"en": "One.", "de": "Eins."}]), bitext.InputError, "or one key such as `uk`"),
    (lambda: bitext.pair([], min_coverage=2), bitext.SettingsError, "setting `min_coverage`: must be 0 to 1"),
    (lambda: bitext.pair([], min_coverag=2), bitext.SettingsError, "unknown setting `min_coverag`"),
    (lambda: bitext.pair([], threads=0), bitext.SettingsError, "setting `threads`: must be 1 to 1024"),
    (lambda: bitext.filter([5]), TypeError, "a row of `rows` must be a Row"),
    (lambda: bitext.filter([("a", "b")]), TypeError, "a row of `rows` must be a Row"),
    (lambda: bitext.filter(["ab"], languages=["en", "de"]), TypeError, "a row of `rows` must be a Row"),
    (lambda: bitext.filter([("a",)], languages=["en", "de"]), bitext.InputError, "1 texts for 2 languages"),
    (lambda: bitext.filter([("a", 5)], languages=["en", "de"]), TypeError, "the text in `de` must be a str"),
    (lambda: bitext.filter([{"en": "a", "de": "b", "score": "x"}]), TypeError, "`score` of a row must be a number, not str"),
    (lambda: bitext.filter([], max_words="many"), bitext.SettingsError, "setting `max_words`"),
    (lambda: bitext.filter([], max_words=-1), bitext.SettingsError, "setting `max_words`: .*not negative"),
    (lambda: bitext.filter([], max_wrods=3), bitext.SettingsError, "unknown setting `max_wrods`"),
    (lambda: bitext.filter([], near="all"), bitext.SettingsError, "setting `near`"),
    (lambda: bitext.score([{"id": 1}], []), bitext.InputError, "gold:1: the task has no `gold`"),
    (lambda: bitext.score([], [{"beads": []}]), bitext.InputError, "predicted:1: "),
    (lambda: bitext.score([], [], nulls="all"), bitext.SettingsError, "setting `nulls`"),  # type: ignore[arg-type]
    (lambda: bitext.score("missing.jsonl", []), bitext.FileError, "^missing.jsonl: cannot read: No such file"),
    (lambda: bitext.report([]), bitext.InputError, "no bitext to show"),
    (lambda: bitext.report([5]), TypeError, r"`bitexts\[0\]` must be a Bitext, not int"),  # type: ignore[list-item]
    (lambda: bitext.report(bitext.align(**ONE), "page.htm"), bitext.SettingsError, "must end in .html"),
    (lambda: bitext.report(bitext.align(**ONE), "missing/page.html"), bitext.FileError, "page.html: cannot write: No"),
    (lambda: bitext.build("missing", "out"), bitext.Error, "missing"),
    (lambda: bitext.build([], "out", pairing={"min_coverage": 2}), bitext.SettingsError, "`min_coverage`"),
    (lambda: bitext.build([], "out", pairing={"min_coverag": 1}), bitext.SettingsError, "`pairing.min_coverag`: unknown setting"),
    (lambda: bitext.build([], "out", pairing={"neighbours": 3, "min_coverage": "x"}), bitext.SettingsError,
     "^setting `pairing.min_coverage`: must be a number, not the str \"x\""),
    (lambda: bitext.build([], "out", pairing=5), bitext.SettingsError, "^setting `pairing`: must be a dict, not the int"),
    (lambda: bitext.build(5, "out"), TypeError, "`inputs` must be a path or an iterable of paths"),  # type: ignore[arg-type]
    (lambda: bitext.report(5), TypeError, "`bitexts` must be a Bitext or an iterable of them, not int"),  # type: ignore[arg-type]
    (lambda: bitext.report(bitext.align(**ONE), page_size=0), bitext.SettingsError, "setting `page_size`"),
    (lambda: bitext.build([], "out", pairings={}), bitext.SettingsError, "unknown setting `pairings`"),
    (lambda: bitext.build([], "out", threads=0), bitext.SettingsError, "setting `threads`: must be 1 to 1024"),
]


@pytest.mark.parametrize(("call", "kind", "message"), CASES)
def test_bad_input(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as caught:
        call()
    error = caught.value
    if isinstance(error, bitext.Error):
        assert type(error) is not bitext.Error or error.kind in ("other", "read")
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), copy.kind) == (type(error), str(error), error.kind)


def test_errors_say_where(tmp_path: Path) -> None:
    with pytest.raises(bitext.Error) as caught:
        bitext.align(en=tmp_path / "missing.txt", de="Eins.")
    error = caught.value
    assert isinstance(error, OSError) and isinstance(error, bitext.FileError)
    assert (error.kind, error.errno, error.source_name) == ("read", 2, str(tmp_path / "missing.txt"))
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"One \xff.")
    with pytest.raises(bitext.InputError, match="not UTF-8") as caught:
        bitext.align(en=bad, de="Eins.")
    assert caught.value.kind == "not_utf8"
    with pytest.raises(bitext.LanguageError) as caught:
        bitext.align(uk="Мост снова откроют в понедельник, но рабочие ещё не закончили.", de="Eins.")
    assert (caught.value.kind, caught.value.article) == ("russian_for_ukrainian", "uk")
    with pytest.raises(ValueError):
        bitext.align(en="One.")


def test_input_is_not_changed() -> None:
    texts: dict[str, Any] = {"en": ["One."], "de": ["Eins."], "id": 7}
    copy = {key: list(value) if isinstance(value, list) else value for key, value in texts.items()}
    bitext.align(texts)
    list(bitext.align_many([texts]))
    settings = {"crossing": True}
    bitext.align(**ONE, **settings)
    assert texts == copy and settings == {"crossing": True}


def test_the_language_of_a_variant_is_its_own() -> None:
    assert bitext.align(en=BRIDGE["en"], en_GB=BRIDGE["en"]).languages == ["en", "en-GB"]
