"""Puts the texts of `texts.units` into pages, and writes their units to `gold.tsv` and their documents to
`documents.units`.

    python3 examples/site/make.py

The pages are committed. They imitate what sites do: three templates (HTML5, boxes with classes, tables of the
nineties), menus, teasers, share buttons, cookie banners, forms, scripts, broken markup and old encodings.
"""

import html
import json
import shutil
from pathlib import Path

SITE = Path(__file__).resolve().parent
LANGUAGES = ["en", "uk", "de"]
HOST = "https://news.orsel.example"

# Articles by template. `chess` names no versions, and its addresses have nothing in common.
MODERN = ["ferry", "library", "honey", "tram", "about", "bakery", "archive", "notice"]
BOXES = ["mill", "garden", "bridge", "clinic", "chess"]
TABLES = ["stars", "flood", "choir"]
# File names that differ between the languages.
NAMES = {
    "ferry": {"uk": "porom", "de": "faehre"},
    "library": {"uk": "biblioteka", "de": "buecherei"},
    "honey": {"uk": "pasika", "de": "imker"},
    "chess": {"en": "2231", "uk": "2249", "de": "2250"},
    "bridge": {"uk": "mist", "de": "bruecke"},
}
ENCODINGS = {
    ("uk", "stars"): "windows-1251",
    ("uk", "flood"): "windows-1251",
    ("uk", "choir"): "windows-1251",
    ("uk", "clinic"): "koi8-u",
    ("de", "stars"): "iso-8859-1",
    ("de", "flood"): "iso-8859-1",
    ("de", "choir"): "iso-8859-1",
    ("en", "choir"): "utf-16",
}

WORDS = {
    "en": {
        "site": "Orsel Valley News",
        "menu": ["Home", "News", "Culture", "Sport", "Weather", "About us"],
        "skip": "Skip to content",
        "cookies": "We use cookies to make this page better. Accept all or choose which ones you allow.",
        "accept": "Accept all",
        "share": ["Share this article", "Copy link", "Print"],
        "read": "Most read",
        "mail": "Get our newsletter every Friday",
        "send": "Subscribe",
        "by": "By",
        "end": ["Imprint", "Privacy", "Advertise with us"],
        "rights": "All texts may be used for anything.",
        "noscript": "Please turn on JavaScript to see all pictures.",
        "latest": "Latest news",
        "more": "Read more",
    },
    "uk": {
        "site": "Новини долини Орселі",
        "menu": ["Головна", "Новини", "Культура", "Спорт", "Погода", "Про нас"],
        "skip": "Перейти до вмісту",
        "cookies": "Ми використовуємо файли cookie, щоб поліпшити цю сторінку. Прийміть усі або виберіть дозволені.",
        "accept": "Прийняти всі",
        "share": ["Поділитися статтею", "Копіювати посилання", "Друкувати"],
        "read": "Найпопулярніше",
        "mail": "Отримуйте нашу розсилку щоп’ятниці",
        "send": "Підписатися",
        "by": "Автор:",
        "end": ["Вихідні дані", "Конфіденційність", "Реклама в нас"],
        "rights": "Усі тексти можна використовувати для будь-чого.",
        "noscript": "Увімкніть JavaScript, щоб побачити всі світлини.",
        "latest": "Останні новини",
        "more": "Читати далі",
    },
    "de": {
        "site": "Nachrichten aus dem Orseltal",
        "menu": ["Startseite", "Nachrichten", "Kultur", "Sport", "Wetter", "Über uns"],
        "skip": "Zum Inhalt springen",
        "cookies": "Wir verwenden Cookies, um diese Seite zu verbessern. Nehmen Sie alle an oder wählen Sie aus.",
        "accept": "Alle annehmen",
        "share": ["Artikel teilen", "Link kopieren", "Drucken"],
        "read": "Meistgelesen",
        "mail": "Jeden Freitag unser Rundbrief",
        "send": "Abonnieren",
        "by": "Von",
        "end": ["Impressum", "Datenschutz", "Werben bei uns"],
        "rights": "Alle Texte dürfen für alles verwendet werden.",
        "noscript": "Schalten Sie JavaScript ein, um alle Bilder zu sehen.",
        "latest": "Neueste Nachrichten",
        "more": "Weiterlesen",
    },
}


def read_texts():
    """The articles: name, date, author, and units of a kind and three texts."""
    articles = []
    for line in (SITE / "texts.units").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            name, date, author = line[2:].split(" ", 2)
            articles.append({"name": name, "date": date, "author": author, "units": []})
        elif line and not line.startswith("#"):
            kind, *texts = [part.strip() for part in line.split(" | ")]
            assert len(texts) == 3 and kind in "hp+clxt", line
            articles[-1]["units"].append((kind, dict(zip(LANGUAGES, texts))))
    return articles


def text(unit, language):
    found = unit[1][language]
    return None if found == "-" else found


def versions(article):
    return [one for one in LANGUAGES if any(text(unit, one) for unit in article["units"])]


def path(article, language):
    name = NAMES.get(article["name"], {}).get(language, article["name"])
    if article["name"] in ("about", "notice"):
        return f"{language}/{name}.html"
    ending = "htm" if article["name"] in TABLES else "html"
    return f"{language}/news/{name}.{ending}"


def title(article, language):
    return next(text(unit, language) for unit in article["units"] if unit[0] == "h")


def others(articles, article, language):
    """Three other articles, whose headlines are teasers."""
    at = articles.index(article)
    turned = articles[at + 1 :] + articles[:at]
    found = [one for one in turned if language in versions(one) and one["name"] not in ("about", "notice")]
    # Other ones in each language, as on sites that count clicks.
    skip = LANGUAGES.index(language)
    return found[skip : skip + 3]


def paragraphs(article, language, escape):
    """Kinds with the sentences of a paragraph, or with another block's text."""
    blocks = []
    for unit in article["units"]:
        found = text(unit, language)
        if found is None:
            continue
        if unit[0] == "+":
            paragraph = next((one for one in reversed(blocks) if one[0] == "p"), None)
            if paragraph is blocks[-1] and paragraph:
                paragraph[1].append(escape(found))
                continue
        blocks.append(("p" if unit[0] == "+" else unit[0], [escape(found)]))
    return blocks


def markup(sentence):
    """Marks names up, and writes some characters as entities."""
    escaped = html.escape(sentence, quote=False)
    for name in ["Orsel", "Орсель", "Taras Melnyk", "Тарас Мельник", "Ida Rosner", "Іда Роснер", "Judith Amsel"]:
        escaped = escaped.replace(name, f"<a href='/topics/'>{name[:2]}<b>{name[2:]}</b></a>", 1)
    return escaped.replace("ß", "&szlig;").replace("€", "&euro;").replace("—", "&mdash;")


def body(article, language, first_is_h1=True):
    out, is_list, is_table = [], False, False
    for at, (kind, sentences) in enumerate(paragraphs(article, language, markup)):
        joined = "\n".join(sentences)
        if is_list and kind != "l":
            out.append("</ul>")
        if is_table and kind != "t":
            out.append("</table>")
        if kind == "l" and not is_list:
            out.append("<ul>")
        if kind == "t" and not is_table:
            out.append("<table>")
        is_list, is_table = kind == "l", kind == "t"
        if kind == "h":
            level = 1 if at == 0 and first_is_h1 else 2
            out.append(f"<h{level}>{joined}</h{level}>")
        elif kind == "p":
            out.append(f"<p>{joined}</p>")
        elif kind == "c":
            out.append(f"<figure><img src=/p.jpg alt=''><figcaption>{joined}</figcaption></figure>")
        elif kind == "l":
            out.append(f"<li>{joined}")
        elif kind == "t":
            cells = "".join(f"<td>{cell}</td>" for cell in joined.split(" ; "))
            out.append(f"<tr>{cells}</tr>")
        elif kind == "x":
            out.append(f"<aside class=box>{joined}</aside>")
    out += ["</ul>"] * is_list + ["</table>"] * is_table
    return "\n".join(out)


def alternates(article, absolute):
    if article["name"] == "chess":
        return ""
    links = []
    for language in versions(article):
        address = f"{HOST}/{path(article, language)}" if absolute else f"/{path(article, language)}"
        links.append(f'<link rel="alternate" hreflang="{language}" href="{address}">')
    return "\n".join(links)


def modern(articles, article, language, content=None, links=""):
    words = WORDS[language]
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title(article, language),
        "datePublished": article["date"] + "T09:00:00+01:00",
        "author": {"@type": "Person", "name": article["author"]},
    }
    menu = "".join(f"<li><a href='/{language}/'>{word}</a></li>" for word in words["menu"])
    teasers = "".join(
        f"<li><a href='/{path(one, language)}'>{title(one, language)}</a></li>"
        for one in others(articles, article, language)
    )
    share = "".join(f"<a href=#>{word}</a> " for word in words["share"])
    end = "".join(f"<a href=/>{word}</a> | " for word in words["end"])
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title(article, language)} | {words["site"]}</title>
<link rel="canonical" href="{HOST}/{path(article, language)}">
{links or alternates(article, absolute=True)}
<link rel="license" href="https://creativecommons.org/publicdomain/zero/1.0/">
<meta name="author" content="{article["author"]}">
<style>.cookie-banner::after {{ content: "<p>style</p>" }}</style>
<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>
<script>document.write("<p>" + "script" + "</p>");</script>
</head>
<body class="has-cookie-banner">
<a class="skip-link" href="#content">{words["skip"]}</a>
<header><div class="logo">{words["site"]}</div><nav><ul>{menu}</ul></nav></header>
<div class="cookie-banner" role="dialog"><p>{words["cookies"]}</p><button>{words["accept"]}</button></div>
<main id="content"><article>
{content or body(article, language)}
<p class="byline"><span>{words["by"]} {article["author"]}</span>, <time datetime="{article["date"]}">{article["date"]}</time></p>
</article></main>
<div class="social-share">{share}</div>
<aside><h2>{words["read"]}</h2><ul>{teasers}</ul></aside>
<form action="/mail"><label>{words["mail"]}</label><input name="mail"><button>{words["send"]}</button></form>
<noscript><p>{words["noscript"]}</p></noscript>
<footer><p>{end}{words["rights"]}</p></footer>
</body>
</html>
"""


def boxes(articles, article, language):
    """Boxes with classes. End tags are missing, and elements overlap."""
    words = WORDS[language]
    menu = "".join(f"<li><a href=/{language}/>{word}</a>" for word in words["menu"])
    teasers = "".join(
        f"<div class=teaser><h4>{title(one, language)}</h4><span>{words['more']}</span></div>"
        for one in others(articles, article, language)
    )
    content = body(article, language).replace("</p>", "").replace("</figcaption>", "").replace("</b></a>", "</a></b>")
    charset = ENCODINGS.get((language, article["name"]), "utf-8")
    return f"""<html lang="{language}"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{words["site"]}: {title(article, language)}
</title>
<meta property="article:published_time" content="{article["date"]}">
{alternates(article, absolute=False)}
<body>
<!-- header -- >
<p>comment</p> -->
<div id="CybotCookiebotDialog"><div>{words["cookies"]}</div></div>
<div class="menu"><ul>{menu}</ul></div>
<div class="breadcrumbs">{words["menu"][0]} &raquo; {words["menu"][1]}</div>
<div class="wrap"><div class="post"><span>
{content}
</div></span></p>
<div style="display: none">{words["noscript"]}</div>
<div class="tags-links">{words["menu"][2]}, {words["menu"][3]}</div></div></i>
<div class="sidebar"><h3>{words["read"]}</h3>{teasers}</div>
<div class="site-footer">{" ".join(words["end"])}</div>
<script>if (a < b && c > d) {{ "</p>" }}
</script>
</body>
"""


def tables(articles, article, language):
    """A page of the nineties: tables for the layout, line breaks for paragraphs, no versions named."""
    words = WORDS[language]
    charset = ENCODINGS.get((language, article["name"]), "utf-8")
    blocks = []
    for at, (kind, sentences) in enumerate(paragraphs(article, language, markup)):
        joined = " ".join(sentences)
        blocks.append(f"<FONT SIZE=5><H1>{joined}</H1></FONT>" if at == 0 else f"{joined}<BR><BR>")
    menu = "".join(f"<A HREF=/{language}/>{word}</A><BR>" for word in words["menu"])
    declared = "" if charset == "utf-16" else f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={charset}">'
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML LANG={language}><HEAD>{declared}
<TITLE>{title(article, language)}</TITLE>
<META NAME=date CONTENT={article["date"]}>
</HEAD>
<BODY BGCOLOR=#FFFFFF>
<TABLE WIDTH=100%><TR><TD COLSPAN=2><IMG SRC=/logo.gif ALT="{words["site"]}"></TD>
<TR><TD WIDTH=120 CLASS=nav>{menu}
<TD>
{chr(10).join(blocks)}
<I>{article["author"]}</I>
</TABLE>
<HR><CENTER><FONT SIZE=1>{" | ".join(words["end"])}</FONT></CENTER>
</BODY></HTML>
"""


def index(articles, language):
    """The start page: headlines and first sentences."""
    words = WORDS[language]
    teasers = []
    for article in articles:
        if language in versions(article) and article["name"] not in ("about", "notice"):
            first = next(text(unit, language) for unit in article["units"] if unit[0] == "p")
            link = f"<a href='/{path(article, language)}'>"
            teasers.append(f"<article><h2>{link}{title(article, language)}</a></h2><p>{markup(first)}</p></article>")
    start = {"name": "index", "date": "2026-03-23", "author": words["site"], "units": [("h", dict.fromkeys(LANGUAGES, words["latest"]))]}
    links = "\n".join(f'<link rel="alternate" hreflang="{one}" href="{HOST}/{one}/">' for one in LANGUAGES)
    page = modern(articles + [start], start, language, f"<h1>{words['latest']}</h1>\n" + "\n".join(teasers), links)
    return page.replace(f"/{language}/news/index.html", f"/{language}/")


def gold(articles):
    rows = ["group\ten\tuk\tde"]
    for article in articles:
        # Both languages are on the English page of `notice`, so there is no German one.
        named = [one for one in versions(article) if (article["name"], one) != ("notice", "de")]
        if len(named) < 2:
            continue
        for kind, texts in article["units"]:
            cells = [texts[one] if one in named else "-" for one in LANGUAGES]
            # Each cell of a table is a unit.
            parts = zip(*[cell.split(" ; ") for cell in cells]) if kind == "t" else [cells]
            for part in parts:
                rows.append("\t".join([article["name"]] + ["" if cell == "-" else cell for cell in part]))
    listed = [one for one in articles if one["name"] not in ("about", "notice")]
    rows.append("\t".join(["index"] + [WORDS[one]["latest"] for one in LANGUAGES]))
    for article in listed:
        for wanted in "hp":
            unit = next(unit for unit in article["units"] if unit[0] == wanted)
            rows.append("\t".join(["index"] + [text(unit, one) or "" for one in LANGUAGES]))
    return "\n".join(rows) + "\n"


def start_units(articles):
    """The units of the start page: headlines and first sentences. Its own heading, `Latest news`, is
    boilerplate."""
    units = []
    for article in articles:
        if article["name"] not in ("about", "notice"):
            units += [next(unit for unit in article["units"] if unit[0] == wanted) for wanted in "hp"]
    return units


def page_units(article, named):
    """Units, each as two dicts by language: its texts, and the numbers of their paragraphs."""
    units, numbers, in_paragraph = [], dict.fromkeys(LANGUAGES, 0), dict.fromkeys(LANGUAGES, False)
    for kind, texts in article["units"]:
        cells = {one: texts[one].split(" ; ") if kind == "t" else [texts[one]] for one in named if texts.get(one, "-") != "-"}
        for at in range(max(map(len, cells.values()), default=0)):
            for one in cells:
                numbers[one] += not (kind == "+" and in_paragraph[one])
                in_paragraph[one] = kind in "p+"
            units.append(({one: cells[one][at] for one in cells}, dict(numbers)))
    return units


def documents(articles):
    """The documents of each two languages. A unit that lacks one of them is left out, and a document is
    divided where more than three consecutive ones lack it."""
    out = [
        "# The documents of the made-up site, as `bitext build --rows documents` should find them. `make.py` writes",
        "# this file. `@ GROUP LANGUAGES` begins a document, or a part of one; `= LANGUAGE` begins its text. A blank",
        "# line separates paragraphs. Bylines are part of a page's text, as far as they name languages and dates.",
    ]
    start = {"name": "index", "date": "2026-03-23", "units": start_units(articles)}
    for article in articles + [start]:
        named = LANGUAGES if article is start else versions(article)
        named = [one for one in named if (article["name"], one) != ("notice", "de")]
        units = page_units(article, named)
        if article["name"] in MODERN or article is start:
            author = {one: article.get("author") or WORDS[one]["site"] for one in named}
            bylines = {one: f"{WORDS[one]['by']} {author[one]}, {article['date']}" for one in named}
            units.append((bylines, dict.fromkeys(LANGUAGES, -1)))
        for at, one in enumerate(named):
            for other in named[at + 1 :]:
                out += pair_documents(article["name"], one, other, units)
    return "\n".join(out) + "\n"


def pair_documents(name, one, other, units):
    rows, missing = [[]], 0
    for texts, numbers in units:
        if one in texts and other in texts:
            if missing > 3:
                rows.append([])
            rows[-1].append((texts, numbers))
            missing = 0
        else:
            missing += bool({one, other} & texts.keys())
    for row in filter(None, rows):
        yield f"\n@ {name} {one}-{other}"
        for language in (one, other):
            yield f"= {language}"
            paragraphs = {}
            for texts, numbers in row:
                paragraphs.setdefault(numbers[language], []).append(texts[language])
            yield "\n\n".join(" ".join(sentences) for sentences in paragraphs.values())


def main():
    articles = read_texts()
    for language in LANGUAGES:
        shutil.rmtree(SITE / language, ignore_errors=True)
        (SITE / language / "news").mkdir(parents=True)
        (SITE / language / "index.html").write_text(index(articles, language), encoding="utf-8")
    for article in articles:
        for language in versions(article):
            if article["name"] == "notice":
                if language == "de":
                    continue
                content = body(article, language)
                if language == "en":
                    content += f"\n<section lang=de>\n{body(article, 'de', False)}\n</section>"
                page = modern(articles, article, language, content, " ")
            elif article["name"] in MODERN:
                page = modern(articles, article, language)
            else:
                template = boxes if article["name"] in BOXES else tables
                page = template(articles, article, language)
            charset = ENCODINGS.get((language, article["name"]), "utf-8")
            # What the encoding lacks is written as a reference.
            data = page.encode(charset, errors="xmlcharrefreplace")
            (SITE / path(article, language)).write_bytes(data)
    (SITE / "gold.tsv").write_text(gold(articles), encoding="utf-8")
    (SITE / "documents.units").write_text(documents(articles), encoding="utf-8")


if __name__ == "__main__":
    main()
