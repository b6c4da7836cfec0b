//! TMX of other tools, and what is none.

use super::*;

#[test]
fn tmx_of_other_tools_is_read() {
    let body = "<!-- c --><tu tuid=\"t1\"><note>n</note><prop type=\"x-domain\">news</prop>\
        <tuv lang=\"EN_us\"><prop type=\"x\">of the variant</prop><seg>One <bpt i=\"1\">&lt;b&gt;</bpt>&amp; <hi>two</hi> \
        <![CDATA[<3]]>&#x41;</seg></tuv><tuv xml:lang=\"uk-UA\"><seg/></tuv></tu>";
    let rows = read_all(TmxReader::new("m", memory(body).as_bytes()));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].text("en-US".parse().unwrap()), Some("One & two <3A"));
    assert_eq!(rows[0].text("uk-UA".parse().unwrap()), Some(""));
    assert_eq!(
        (rows[0].id.as_deref(), rows[0].extra["domain"].as_str()),
        (Some("t1"), Some("news"))
    );
    let only = rows[0].clone().only(&[EN, UK]).unwrap();
    assert_eq!(only.text(EN), Some("One & two <3A"));
}

#[test]
fn properties_of_one_type_are_all_kept() {
    let properties = [
        ("domain", "news"),
        ("x-document", "d1"),
        ("x-domain", "sport"),
        ("domain", "news"),
        ("x-document", "d2"),
        ("x-id", "a"),
        ("x-score", "0.5"),
        ("x-score", "0.25"),
        ("note", "[\"a\", \"b\"]"),
        ("x-id", "b"),
        ("x-id", "c"),
    ];
    let properties = properties.map(|(name, value)| format!("<prop type='{name}'>{value}</prop>"));
    let unit = unit_of("a", "b").replacen("<tu>", &format!("<tu>{}", properties.concat()), 1);
    let rows = read_all(TmxReader::new("m", memory(&unit).as_bytes()));
    let row = &rows[0];
    assert_eq!((row.id.as_deref(), row.document.as_deref()), (Some("a"), Some("d1")));
    assert_eq!(row.score, Some(0.5));
    let extras = serde_json::to_value(&row.extra).unwrap();
    let expected = serde_json::json!({
        "domain": ["news", "sport", "news"],
        "note": "[\"a\", \"b\"]",
        "x-document": "d2",
        "x-id": ["b", "c"],
        "x-score": "0.25",
    });
    assert_eq!(extras, expected);
    // And all come back.
    let mut out = TmxWriter::new(Vec::new(), EN, Selection::units()).unwrap();
    out.write_record(row).unwrap();
    let written = String::from_utf8(out.finish().unwrap()).unwrap();
    assert_eq!(written.matches("<prop type=\"x-domain\">").count(), 3, "{written}");
    assert_eq!(read_all(TmxReader::new("m", written.as_bytes())), rows);
    let mut out = HfJsonlWriter::new(Vec::new(), &[EN, DE]);
    out.write(row).unwrap();
    assert_eq!(read_all(HfJsonlReader::new("l", &out.finish().unwrap()[..])), rows);
    let table = "id\ten\tde\tnote\tnote\n1\ta\tb\tone\ttwo\n";
    let rows = read_all(TsvReader::new("t", table.as_bytes(), None));
    assert_eq!(rows[0].extra["note"], serde_json::json!(["one", "two"]));
}

#[test]
fn a_unit_that_is_none_costs_itself_only() {
    let one = "<tu><tuv xml:lang=\"en\"><seg>alone</seg></tuv></tu>\n";
    let nameless = "<tu><tuv><seg>x</seg></tuv><tuv xml:lang=\"de\"><seg>y</seg></tuv></tu>\n";
    let twice = unit_of("a", "b").replace("'de'", "'en'");
    let body = format!("{one}{nameless}{twice}{}", unit_of("last", "letzte"));
    let (errors, texts) = told(TmxReader::new("m", memory(&body).as_bytes()));
    assert_eq!(texts, ["last"]);
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(
        errors[0].starts_with("m: line 2, byte ")
            && errors[0].ends_with("has 1 languages, two are needed"),
        "{}",
        errors[0]
    );
    assert!(errors[1].starts_with("m: line 3"), "{}", errors[1]);
    // A document of one language throughout is as many errors.
    let (errors, texts) = told(TmxReader::new("m", memory(&one.repeat(3)).as_bytes()));
    assert_eq!((errors.len(), texts.len()), (3, 0));
}

#[test]
fn what_is_no_tmx_ends_with_one_error() {
    let good = unit_of("good", "gut");
    let bomb = format!(
        "<!DOCTYPE tmx [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>\
         <tmx><body>{good}{}</body></tmx>",
        unit_of("&c;", "x")
    );
    let external = format!(
        "<!DOCTYPE tmx [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><tmx><body>{good}{}</body></tmx>",
        unit_of("&e;", "x")
    );
    let deep = memory(&format!("{good}<tu>{}", "<x>".repeat(100_000)));
    let cut = memory(&good).replace("</body></tmx>", "<tu><tuv xml:lang=\"en\">");
    let crossed = memory(&format!("{good}<tu></body>"));
    for (document, texts, message) in [
        (bomb, 1, "`&c;` is not known, and is not expanded"),
        (external, 1, "`&e;` is not known, and is not expanded"),
        (deep, 1, "more than 64 deep"),
        (cut, 1, "the document ends in an element"),
        (crossed, 1, "not well-formed XML"),
        (
            memory(&good).replace("\"1.0\"", "\"1.0\" encoding=\"windows-1251\""),
            0,
            "convert it to UTF-8",
        ),
        ("<html><body></body></html>".to_string(), 0, "no `<tmx>`"),
        (memory(&format!("{good}{}", unit_of("&#0;", "x"))), 1, "no character"),
    ] {
        let (errors, found) = told(TmxReader::new("m", document.as_bytes()));
        assert_eq!((errors.len(), found.len()), (1, texts), "{errors:?}");
        assert!(errors[0].contains(message), "{} lacks {message}", errors[0]);
    }
    let utf16: Vec<u8> = memory(&good).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [[&b"\xff\xfe"[..], &utf16].concat(), utf16] {
        let (errors, _) = told(TmxReader::new("m", &bytes[..]));
        assert!(errors.len() == 1 && errors[0].contains("UTF-16"), "{errors:?}");
    }
    let invalid =
        memory(&good).into_bytes().into_iter().map(|byte| if byte == b'g' { 0xff } else { byte });
    let (errors, _) = told(TmxReader::new("m", &invalid.collect::<Vec<u8>>()[..]));
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn an_endless_text_in_tmx_is_an_error_before_memory_ends() {
    let start = &b"<tmx><body><tu><tuv xml:lang=\"en\"><seg>"[..];
    let endless = std::io::repeat(b'x').take(1 << 40);
    let input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 20, start.chain(endless)));
    let (errors, texts) = told(TmxReader::new("m", input));
    assert!(texts.is_empty());
    assert!(errors.len() == 1 && errors[0].contains("more than 67108864 bytes"), "{errors:?}");
}
