//! Guesses the kind of a file that should have lines of JSON but has none.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

/// Bytes at the start of a file that are examined.
pub const SNIFFED_BYTES: u64 = 1 << 16;

/// The apparent kind of a file with this start, and what to do about it; `None` if it may have lines of
/// JSON. One line of JSON, complete or not, is enough: a broken line must not hide the others.
pub fn foreign_kind(head: &[u8]) -> Option<&'static str> {
    let marked = |marks: &[&[u8]]| marks.iter().any(|mark| head.starts_with(mark));
    if marked(&[b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ"]) {
        return Some("seems to be compressed: unpack it first");
    }
    if marked(&[b"PAR1"]) {
        return Some("seems to be Parquet: `bitext filter` reads that, with the feature `parquet`");
    }
    if marked(&[b"%PDF-"]) {
        return Some("seems to be a PDF: take the text out of it first");
    }
    if marked(&[b"\xff\xfe", b"\xfe\xff"]) {
        return Some("seems to be UTF-16: convert it to UTF-8");
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let cut = head.len() as u64 + 3 >= SNIFFED_BYTES;
    let mut lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    let last = lines.pop().unwrap_or_default();
    let rest = last.trim_ascii_start();
    if !cut {
        lines.push(last);
    }
    lines.retain_mut(|line| {
        *line = line.trim_ascii();
        !line.is_empty()
    });
    let first = *lines.first().or((!rest.is_empty()).then_some(&rest))?;
    if let Some(markup) = markup(first, head) {
        return Some(markup);
    }
    let whole = lines.iter().filter(|line| is_object(line)).count();
    if matches!(first, b"[" | b"{") && whole <= 1 || first.starts_with(b"[{") && whole == 0 {
        return Some("seems to be JSON over many lines: write one object a line, as `jq -c` does");
    }
    // An object may be broken. The last line, or a long first line, may continue after the head.
    let begun = lines.iter().any(|line| line.starts_with(b"{") && line.len() > 1);
    if begun || cut && (rest.starts_with(b"{") || lines.is_empty()) {
        return None;
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head ends within a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return Some("seems to be binary, or text that is not in UTF-8"),
    };
    if text.contains('\0') {
        return Some("seems to be binary");
    }
    Some(table(text).unwrap_or("seems to be plain text, without a line of JSON"))
}

fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && line.ends_with(b"}")
}

fn markup(first: &[u8], head: &[u8]) -> Option<&'static str> {
    let small = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let first = small(&first[..first.len().min(64)]);
    if !["<?xml", "<tmx", "<!doctype", "<html"].iter().any(|start| first.starts_with(start)) {
        return None;
    }
    let head = small(head);
    Some(match (head.contains("<tmx"), head.contains("<html")) {
        (true, _) => "seems to be TMX: `bitext filter` reads that",
        (_, true) => "seems to be HTML: name it `.html`, and read it without --jsonl",
        _ => "seems to be XML: take the text out of it first",
    })
}

/// Recognises a table by its first two lines, which have the same number of separators.
fn table(text: &str) -> Option<&'static str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, second) = (lines.next()?, lines.next());
    let alike = |separator: char| {
        let count = |line: &str| line.matches(separator).count();
        count(first) > 0 && second.is_none_or(|second| count(second) == count(first))
    };
    if alike('\t') {
        return Some("seems to be TSV: `bitext filter` reads that");
    }
    let is_csv = second.is_some() && (alike(',') || alike(';'));
    is_csv.then_some("seems to be CSV: write lines of JSON, or TSV for `bitext filter`")
}

/// Whether there is a complete line of JSON, and each one has a key of `any_of` and none of `none_of`.
pub fn all_have(head: &[u8], any_of: &[&str], none_of: &[&str]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let has = |line: &[u8]| {
        let fields: Result<BTreeMap<String, IgnoredAny>, _> = serde_json::from_slice(line);
        fields.is_ok_and(|fields| {
            let any = |keys: &[&str]| keys.iter().any(|key| fields.contains_key(*key));
            any(any_of) && !any(none_of)
        })
    };
    let mut objects = lines.by_ref().filter(|line| is_object(line)).peekable();
    objects.peek().is_some() && objects.all(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kinds_of_files_are_recognised() {
        let zip = b"PK\x03\x04\n{\"text\": \"a\"}\n";
        let tmx =
            "<?xml version=\"1.0\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\">";
        let long = format!("<tmx version=\"1.4\">{}", "x".repeat(SNIFFED_BYTES as usize));
        let cases: [(&[u8], &str); 15] = [
            (zip, "compressed"),
            (b"PAR1\x15\x04", "Parquet"),
            (b"\xff\xfea\0", "UTF-16"),
            (tmx.as_bytes(), "TMX"),
            (&long.as_bytes()[..SNIFFED_BYTES as usize], "TMX"),
            (b"<!doctype html>\n<HTML lang=en>", "HTML"),
            (b"<?xml version=\"1.0\"?><rss>", "XML"),
            (b"[\n{\"text\": \"a\"},\n{\"text\": \"b\"}\n]", "over many lines"),
            (b"[{\"text\": \"a\"}, {\"text\": \"b\"}]", "over many lines"),
            (b"{\n  \"text\": \"a\"\n}\n", "over many lines"),
            (b"en\tde\nrain\tRegen\n", "TSV"),
            (b"id,en,de\n1,rain,Regen\n", "CSV"),
            (b"It rained.\nFor days, all day.\n", "plain text"),
            (b"Br\xfccke\nzu\n", "not in UTF-8"),
            (b"a\0\x01\x02\n", "binary"),
        ];
        for (head, kind) in cases {
            let said = foreign_kind(head).unwrap_or_default();
            assert!(said.contains(kind), "{kind}: {said}");
        }
    }

    #[test]
    fn one_line_of_json_makes_a_file_acceptable() {
        let long = [b"{\"text\": \"".to_vec(), vec![b'x'; SNIFFED_BYTES as usize - 10]].concat();
        let broken = [b"not JSON\n", &long[..long.len() - 9]].concat();
        let very = vec![b'x'; SNIFFED_BYTES as usize];
        let cases: [&[u8]; 9] = [
            b"",
            b"{\"text\": \"a\n",
            b"\n \n",
            b"{\"text\": \"a\"}",
            b"\xef\xbb\xbf{\"text\": \"a\"}\n",
            b"not JSON\n\xff\0\n<tmx>\n[\n{\"text\": \"a\"}\n",
            &long,
            &broken,
            &very,
        ];
        for head in cases {
            assert_eq!(foreign_kind(head), None, "{:?}", &head[..head.len().min(20)]);
        }
    }

    #[test]
    fn rows_are_distinguished_from_articles() {
        let rows = b"{\"translation\": {\"en\": \"a\"}}\n{\"translation\": {}, \"id\": 1}\n{\"tra";
        assert!(all_have(rows, &["translation"], &["text"]));
        assert!(!all_have(rows, &["text"], &[]));
        assert!(!all_have(
            b"{\"translation\": {}, \"text\": \"a\"}\n",
            &["translation"],
            &["text"]
        ));
        assert!(!all_have(
            b"{\"translation\": {}}\n{\"text\": \"a\"}",
            &["translation"],
            &["text"]
        ));
        assert!(!all_have(b"", &["translation"], &[]));
    }
}
