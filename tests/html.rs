//! Pages and web archives through the public API.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use bitext::article::BlockKind;
use bitext::format::ArticlesLine;
use bitext::html::{MAX_DEPTH, MAX_HEADER_BYTES, MAX_PAGE_BYTES, Page, PageHints, WarcReader};
use bitext::{Error, ErrorKind, Language};

fn site() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/site")
}

fn parse(page: &[u8]) -> Result<Page, Error> {
    Page::parse("page.html", page, &PageHints::default())
}

/// The pages of the made-up site, by their paths in it.
fn pages() -> Vec<(String, Page)> {
    let mut found = Vec::new();
    for language in ["en", "uk", "de"] {
        for folder in [language.to_string(), format!("{language}/news")] {
            let entries = fs::read_dir(site().join(&folder)).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            for name in names.into_iter().filter_map(|name| name.into_string().ok()) {
                if name.contains(".htm") {
                    let path = format!("{folder}/{name}");
                    found.push((path.clone(), Page::read(site().join(&path)).unwrap()));
                }
            }
        }
    }
    found
}

#[test]
fn every_text_of_the_site_is_extracted_and_nothing_hidden_is() {
    let gold = fs::read_to_string(site().join("gold.tsv")).unwrap();
    let columns = ["en", "uk", "de"];
    let pages = pages();
    assert_eq!(pages.len(), 46);
    let text = |page: &Page| page.article(None).unwrap().text().replace(['\n', '\u{a0}'], " ");
    let texts: Vec<(String, String)> =
        pages.iter().map(|(path, page)| (path.clone(), text(page))).collect();
    let mut checked = 0;
    for row in gold.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        for (language, cell) in columns.iter().zip(&cells[1..]) {
            let own = |path: &str| path.starts_with(&format!("{language}/"));
            let is_found = texts.iter().any(|(path, text)| own(path) && text.contains(cell));
            assert!(is_found, "{language}: {cell}");
            checked += usize::from(!cell.is_empty());
        }
    }
    assert!(checked > 350, "{checked}");
    for (path, page) in &pages {
        for hidden in ["cookie", "Cookie", "JavaScript", "script", "style", "comment", "Skip to"] {
            assert!(!page.text().contains(hidden), "{path}: {hidden}");
        }
        let article = page.article(None).unwrap();
        let language = path.split('/').next().unwrap();
        assert_eq!(article.language().code(), language, "{path}");
        assert!(page.metadata().day().is_some() || path.contains("mill"), "{path}");
        let menu = ["Weather", "Погода", "Wetter"];
        assert!(
            !menu.iter().any(|word| article.text().lines().any(|line| line == *word)),
            "{path}"
        );
        assert!(page.article_with_navigation(None).unwrap().text().len() > article.text().len());
    }
}

#[test]
fn encodings_and_metadata_of_the_site_are_read() {
    let page = |path: &str| Page::read(site().join(path)).unwrap();
    for (path, encoding) in [
        ("en/news/ferry.html", "UTF-8"),
        ("uk/news/stars.htm", "windows-1251"),
        ("uk/news/clinic.html", "KOI8-U"),
        ("de/news/stars.htm", "windows-1252"),
        ("en/news/choir.htm", "UTF-16LE"),
    ] {
        assert_eq!(page(path).encoding(), encoding, "{path}");
    }
    let ferry = page("en/news/ferry.html");
    let metadata = ferry.metadata();
    assert_eq!(metadata.address.as_deref(), Some("https://news.orsel.example/en/news/ferry.html"));
    assert_eq!(metadata.author.as_deref(), Some("Olha Marchenko"));
    assert_eq!(metadata.date.as_deref(), Some("2026-03-02T09:00:00+01:00"));
    let title = metadata.title.as_deref().unwrap();
    assert_eq!(title, "Chain ferry runs again after two winters");
    assert!(metadata.licence.as_deref().unwrap().ends_with("publicdomain/zero/1.0/"));
    let languages: Vec<&str> = metadata.alternates.iter().map(|one| &*one.language).collect();
    assert_eq!(languages, ["en", "uk", "de"]);
    // Each language of the bilingual page has its own article.
    let notice = page("en/notice.html");
    let german = notice.article(Some(Language::GERMAN)).unwrap();
    assert!(german.text().starts_with("Am Donnerstag wird das Wasser abgestellt"));
    assert!(
        !german.text().contains("Water")
            && !notice.article(None).unwrap().text().contains("Wasser")
    );
}

#[test]
fn relative_addresses_are_resolved_against_the_base() {
    let html = "<base href=/news/><link rel=alternate hreflang=uk href=porom>\
        <link rel=canonical href=ferry><a rel='nofollow license' href=//l.example/by>CC</a>";
    let hints = PageHints::default().with_address("https://example.org/en/x".to_string());
    let page = Page::parse("x", html.as_bytes(), &hints).unwrap();
    let metadata = page.metadata();
    assert_eq!(metadata.alternates[0].address, "https://example.org/news/porom");
    assert_eq!(metadata.licence.as_deref(), Some("https://l.example/by"));
}

#[test]
fn hostile_pages_are_read_or_refused_in_time() {
    let repeated = |part: &str, bytes: usize| part.repeat(bytes / part.len()).into_bytes();
    // Ten megabytes each; a debug build on a busy machine is some ten times slower than the release.
    for (part, is_refused) in [
        ("<b>", false),
        ("<div>", true),
        ("<p><i></p>", false),
        ("<ul><li>", true),
        ("</x></div>", false),
        ("<!-- <p> ", false),
        ("&amp;&nbsp;&#1078;", false),
    ] {
        let page = repeated(part, 10 << 20);
        let begun = Instant::now();
        let found = parse(&page);
        assert!(begun.elapsed().as_secs() < 20, "{part}: {:?}", begun.elapsed());
        assert_eq!(found.is_err(), is_refused, "{part}");
        if let Err(error) = found {
            assert_eq!(error.kind(), ErrorKind::InvalidPage);
            assert!(error.byte().is_some() && error.message().contains(&MAX_DEPTH.to_string()));
        }
    }
    let error = parse(&vec![b'a'; MAX_PAGE_BYTES + 1]).unwrap_err();
    assert!(
        error.to_string().starts_with("page.html (byte 67108864): the page has 67108865 bytes")
    );
}

#[test]
fn blocks_survive_json() {
    use bitext::Aligner;
    use bitext::format::{ArticlesLine, Selection, from_json, to_json};
    let article = |language: &str, text: &str| {
        let html = format!("<html lang={language}><h1>{text}</h1><ul><li>{text}</ul>");
        parse(html.as_bytes()).unwrap().article(None).unwrap()
    };
    let articles = [article("en", "The ferry runs."), article("de", "Die Fähre fährt.")];
    let bitext = Aligner::new().align(articles).unwrap();
    let line = to_json(&bitext, &Selection::default());
    assert!(line.contains(r#""blocks":{"en":[[0,15,"heading",14],[17,32,"list-item","#), "{line}");
    let again = from_json(&line).unwrap();
    assert_eq!(again.articles()[1].blocks(), bitext.articles()[1].blocks());
    assert_eq!(again, bitext);
    assert!(from_json(&line.replace("[0,15,", "[0,99,")).is_err());

    let line = r#"{"en": {"html": "<h1>The ferry</h1>"}, "de": {"text": "Die Fähre", "blocks": [[0, 10, "heading", 7]]}}"#;
    let read = ArticlesLine::parse(line).articles.unwrap();
    let kinds = |at: usize| read[at].blocks().iter().map(|one| one.kind).collect::<Vec<_>>();
    assert_eq!((kinds(0), kinds(1)), (vec![BlockKind::Heading], vec![BlockKind::Heading]));
    for bad in [r#"{"html": 5}"#, r#"{"html": "a", "text": "b"}"#, r#"{}"#] {
        let line = format!(r#"{{"en": {bad}, "de": "Die Fähre"}}"#);
        assert!(
            ArticlesLine::parse(&line).articles.unwrap_err().to_string().contains("`en`"),
            "{bad}"
        );
    }
}

#[test]
fn articles_of_any_language_may_be_pages_in_json() {
    let line = r#"{"fr": {"html": "<p>Le bac."}, "pl": {"text": "Prom.", "blocks": []}, "de": "Die Fähre."}"#;
    let articles = ArticlesLine::parse(line).articles.unwrap();
    let texts: Vec<_> =
        articles.iter().map(|one| (one.language().to_string(), one.text())).collect();
    let expected = [("de", "Die Fähre."), ("fr", "Le bac."), ("pl", "Prom.")];
    assert_eq!(texts, expected.map(|(code, text)| (code.to_string(), text)));
    // Other objects are no articles.
    let line = r#"{"en": "A ferry.", "de": "Eine Fähre.", "fr": {"id": 3}}"#;
    assert_eq!(ArticlesLine::parse(line).articles.unwrap().len(), 2);
}

#[test]
fn the_language_of_a_page_may_have_a_region() {
    let page = parse(b"<html lang=en><p>The ferry runs.<p lang=de>Sie f\xc3\xa4hrt.").unwrap();
    let text = |code: &str| page.article(Some(code.parse().unwrap())).unwrap().text().to_string();
    assert_eq!(
        (text("en-GB"), text("de-AT")),
        ("The ferry runs.".to_string(), "Sie fährt.".to_string())
    );
    // A template that names another language than that of the text.
    let french = "<html lang=en><p>Le bac traverse de nouveau la rivière depuis samedi matin. Les passagers \
        doivent réserver leur place, car la compagnie n'a plus que deux bateaux pour les quatre îles.";
    assert_eq!(parse(french.as_bytes()).unwrap().language().unwrap(), Language::FRENCH);
}

#[test]
fn a_page_takes_the_place_of_a_text_in_json() {
    use bitext::format::ArticlesLine;
    let html = "<html lang=de><meta name=date content=1970-01-03>\
        <link rel=alternate hreflang=uk href=/uk/a><h1>Die Fähre</h1><p>Sie fährt wieder.";
    let line = serde_json::json!({"id": 5, "url": "https://example.org/de/a", "html": html});
    let line = ArticlesLine::parse_any(&line.to_string());
    assert_eq!(line.day, Some(2));
    assert_eq!(line.links.address.as_deref(), Some("https://example.org/de/a"));
    assert_eq!(line.links.alternates, ["https://example.org/uk/a"]);
    let articles = line.articles.unwrap();
    assert_eq!((articles[0].language(), articles[0].id()), (Language::GERMAN, None));
    assert_eq!(articles[0].text(), "Die Fähre\n\nSie fährt wieder.");
    // If a line has both a text and a page, the page is ignored.
    for line in
        [r#"{"text": "It rains.", "lang": "en", "html": 5}"#, r#"{"en": "It rains.", "html": "x"}"#]
    {
        assert_eq!(ArticlesLine::parse_any(line).articles.unwrap()[0].text(), "It rains.");
    }
    let deep = serde_json::json!({"html": "<div>".repeat(MAX_DEPTH + 1)}).to_string();
    let error = ArticlesLine::parse_any(&deep).articles.unwrap_err();
    assert!(error.to_string().contains("elements are open"), "{error}");
}

fn archive() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/html/site.warc.gz");
    let mut bytes = Vec::new();
    let file = fs::File::open(path).unwrap();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn pages_of_an_archive_are_those_of_the_site() {
    let bytes = archive();
    // A small buffer, as records are read in pieces.
    let input = BufReader::with_capacity(7, &bytes[..]);
    let pages: Vec<_> = WarcReader::new("a", input).map(Result::unwrap).collect();
    let read = |path: &str| Page::read(site().join(path)).unwrap();
    let paths = ["en/news/ferry.html", "uk/news/porom.html", "de/news/faehre.html"];
    for (found, path) in pages.iter().zip(paths) {
        assert_eq!(found.page.text(), read(path).text(), "{path}");
        assert_eq!(found.page.name(), format!("https://news.orsel.example/{path}"));
        assert!(bytes[found.offset as usize..].starts_with(b"WARC/1.0"));
    }
    assert_eq!(pages.len(), 3);
    assert_eq!(pages[1].page.encoding(), "windows-1251");
}

#[test]
fn a_damaged_archive_is_an_error_after_its_intact_pages() {
    let bytes = archive();
    let read = |bytes: &[u8]| {
        let (mut pages, mut errors) = (0, Vec::new());
        for page in WarcReader::new("a", bytes) {
            match page {
                Ok(_) => pages += 1,
                Err(error) => errors.push(error),
            }
        }
        (pages, errors)
    };
    let (pages, errors) = read(&bytes[..bytes.len() - 100]);
    assert_eq!((pages, errors.len()), (2, 1));
    assert_eq!((errors[0].kind(), errors[0].source_name()), (ErrorKind::InvalidPage, Some("a")));
    assert!(errors[0].to_string().contains("cut short"), "{}", errors[0]);

    let long = format!("WARC/1.0\r\nX: {}", "x".repeat(10 * MAX_HEADER_BYTES));
    assert!(read(long.as_bytes()).1[0].to_string().contains("header has more than"));
    assert!(read(b"something else").1[0].to_string().contains("must begin with `WARC/`"));
    assert!(read(b"WARC/1.0\r\n\r\n").1[0].to_string().contains("Content-Length"));
    assert_eq!(read(b"\r\n\r\n").0, 0);

    // The length of the record and of its header together are more than 64 bits can hold.
    let head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/\r\n";
    let endless = format!("{head}Content-Length: {}\r\n\r\n", u64::MAX);
    let (pages, errors) = read(&[endless.as_bytes(), &bytes].concat());
    assert_eq!((pages, errors.len(), errors[0].byte()), (0, 1, Some(0)));
    assert!(errors[0].to_string().contains("is too large"), "{}", errors[0]);

    // A page that cannot be used does not hide the next.
    let deep = "<div>".repeat(MAX_DEPTH + 1);
    let response = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{deep}");
    let head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/deep\r\n";
    let record = format!("{head}Content-Length: {}\r\n\r\n{response}\r\n\r\n", response.len());
    let (pages, errors) = read(&[record.as_bytes(), &bytes].concat());
    assert_eq!((pages, errors.len()), (3, 1));
    assert_eq!((errors[0].byte(), errors[0].source_name()), (Some(0), Some("a")));
    let said = errors[0].to_string();
    assert!(said.contains("http://example.org/deep (byte 50000): more than 10000"), "{said}");
}

#[test]
fn a_bomb_in_an_archive_is_refused_in_little_memory() {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..(MAX_PAGE_BYTES >> 20) + 8 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n";
    let response = [head, &bomb[..]].concat();
    let head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/bomb\r\n";
    let head = format!("{head}Content-Length: {}\r\n\r\n", response.len());
    let archive = [head.as_bytes(), &response, b"\r\n\r\n"].concat();
    let found: Vec<_> = WarcReader::new("a", &archive[..]).collect();
    assert_eq!(found.len(), 1);
    let error = found[0].as_ref().unwrap_err();
    assert!(error.to_string().contains("http://example.org/bomb"), "{error}");
    assert!(error.to_string().contains("when unpacked"), "{error}");
}
