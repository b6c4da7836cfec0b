"""Writes `site.warc.gz`: three pages of the made-up site as a crawler keeps them.

    python3 tests/data/html/make_warc.py

Each record is a member of the gzip file, as usual. One response is chunked, one is compressed and chunked;
the encoding of one is named by the server only. Records without a page are between them.
"""

import gzip
from pathlib import Path

HERE = Path(__file__).resolve().parent
SITE = HERE.parents[2] / "examples" / "site"
HOST = "https://news.orsel.example"


def record(kind, fields, content):
    head = [f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2026-03-24T10:00:00Z"]
    head += [f"{name}: {value}" for name, value in fields.items()]
    head.append(f"Content-Length: {len(content)}")
    return gzip.compress("\r\n".join(head).encode() + b"\r\n\r\n" + content + b"\r\n\r\n", mtime=0)


def response(path, head, body, status="200 OK"):
    fields = {"WARC-Target-URI": f"{HOST}/{path}", "Content-Type": "application/http; msgtype=response"}
    return record("response", fields, f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode() + body)


def chunked(body, size=700):
    parts = [body[at : at + size] for at in range(0, len(body), size)] + [b""]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)


def main():
    english = (SITE / "en/news/ferry.html").read_bytes()
    german = (SITE / "de/news/faehre.html").read_bytes()
    ukrainian = (SITE / "uk/news/porom.html").read_text(encoding="utf-8")
    legacy = ukrainian.replace('<meta charset="utf-8">\n', "").encode("windows-1251", "xmlcharrefreplace")
    uri = {"WARC-Target-URI": f"{HOST}/en/news/ferry.html"}
    html = "Content-Type: text/html"
    records = [
        record("warcinfo", {"Content-Type": "application/warc-fields"}, b"software: made up\r\n"),
        record("request", uri | {"Content-Type": "application/http; msgtype=request"}, b"GET / HTTP/1.1\r\n\r\n"),
        response("en/news/ferry.html", f"{html}; charset=UTF-8\r\nTransfer-Encoding: chunked", chunked(english)),
        response("p.jpg", "Content-Type: image/jpeg", b"\xff\xd8\xff\xe0" * 500),
        response("missing", html, b"<html><p>This page does not exist.", "404 Not Found"),
        response("uk/news/porom.html", f"{html}; charset=windows-1251", legacy),
        record("revisit", uri | {"Content-Type": "application/http; msgtype=response"}, b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        response(
            "de/news/faehre.html",
            f"{html}\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked",
            chunked(gzip.compress(german, mtime=0)),
        ),
    ]
    (HERE / "site.warc.gz").write_bytes(b"".join(records))


if __name__ == "__main__":
    main()
