//! Any bytes are read as a web archive. Each page has a place in the archive, and reading ends. Archives that
//! are made of the input have its page.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::html::{Page, PageHints, WarcReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut last = None;
    for page in WarcReader::new("fuzz", data) {
        let offset = match page {
            Ok(page) => page.offset,
            Err(error) => error.byte().expect("errors have a place"),
        };
        assert!(offset <= data.len() as u64 && last.is_none_or(|last| last < offset));
        last = Some(offset);
    }

    // A response whose body is the input, and one whose head is, too.
    let address = "https://example.org/";
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let response = [head, data].concat();
    let archive = [record(address, &response), record(address, data)].concat();
    let mut pages = WarcReader::new("made", &archive[..]);
    let page = pages.next().expect("the first record is a response");
    let hints = PageHints::default().with_address(address.to_string());
    match (page, Page::parse(address, data, &hints)) {
        (Ok(found), Ok(page)) => assert_eq!(found.page, page),
        (Err(_), Err(_)) => {}
        (found, page) => panic!("{found:?}\n{page:?}"),
    }
    assert!(pages.count() <= 1);
});

fn record(address: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {address}\r\nContent-Length: {}\r\n\r\n",
        content.len()
    );
    [head.as_bytes(), content, b"\r\n\r\n"].concat()
}
