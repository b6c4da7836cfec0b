//! TMX of other tools, and files that are not TMX.

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
fn an_unusable_unit_loses_only_itself() {
    let one = "<tu><tuv xml:lang=\"en\"><seg>alone</seg></tuv></tu>\n";
    let nameless = "<tu><tuv><seg>x</seg></tuv><tuv xml:lang=\"de\"><seg>y</seg></tuv></tu>\n";
    let twice = unit_of("a", "b").replace("'de'", "'en'");
    let body = format!("{one}{nameless}{twice}{}", unit_of("last", "letzte"));
    let (errors, texts) = split_errors(TmxReader::new("m", memory(&body).as_bytes()));
    assert_eq!(texts, ["last"]);
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(
        errors[0].starts_with("m:2 (byte ")
            && errors[0].ends_with("has 1 language, and two are needed"),
        "{}",
        errors[0]
    );
    assert!(errors[1].starts_with("m:3"), "{}", errors[1]);
    // A document of one language throughout is as many errors.
    let (errors, texts) = split_errors(TmxReader::new("m", memory(&one.repeat(3)).as_bytes()));
    assert_eq!((errors.len(), texts.len()), (3, 0));
}

#[test]
fn a_file_that_is_not_tmx_ends_with_one_error() {
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
        (bomb, 1, "nested too deeply"),
        (external, 1, "`&e;` is an external entity"),
        (deep, 1, "more than 64 deep"),
        (cut, 1, "the document ends in this `<tu>`"),
        (memory(&good).replace("</tmx>", ""), 1, "ends without `</tmx>`"),
        (crossed, 1, "not well-formed XML"),
        ("<html><body></body></html>".to_string(), 0, "no `<tmx>`"),
        ("no markup at all".to_string(), 0, "no `<tmx>`"),
        (memory("<unit>x</unit>"), 0, "no `<tu>` was found"),
        (memory(&format!("{good}{}", unit_of("&#0;", "x"))), 1, "no character"),
    ] {
        let (errors, found) = split_errors(TmxReader::new("m", document.as_bytes()));
        assert_eq!((errors.len(), found.len()), (1, texts), "{errors:?}");
        assert!(errors[0].contains(message), "{} lacks {message}", errors[0]);
    }
    let unknown = memory(&good).replace("\"1.0\"", "\"1.0\" encoding=\"x-none\"");
    let unknown = [unknown.as_bytes(), b"\xf6"].concat();
    let (errors, _) = split_errors(TmxReader::new("m", &unknown[..]));
    assert_eq!(errors, ["m:1 (byte 0): the encoding `x-none` is not known: convert it to UTF-8"]);
    let (errors, texts) = split_errors(TmxReader::new("m", &b""[..]));
    assert_eq!((errors.len(), texts.len()), (0, 0));
}

#[test]
fn an_endless_text_in_tmx_is_an_error_before_memory_ends() {
    let start = &b"<tmx><body><tu><tuv xml:lang=\"en\"><seg>"[..];
    let endless = std::io::repeat(b'x').take(1 << 40);
    let input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 20, start.chain(endless)));
    let (errors, texts) = split_errors(TmxReader::new("m", input));
    assert!(texts.is_empty());
    assert!(errors.len() == 1 && errors[0].contains("more than 67108864 bytes"), "{errors:?}");
}

/// The English texts of documents, whose errors are counted.
fn counted(document: &[u8]) -> (usize, Vec<String>) {
    // A small buffer, so that tags span several reads.
    let (errors, texts) = split_errors(TmxReader::new("m", BufReader::with_capacity(5, document)));
    (errors.len(), texts)
}

#[test]
fn damage_loses_only_its_unit_and_names_its_place() {
    let damaged = [
        unit_of("bread & butter", "Brot"),
        unit_of("bread&nbsp;roll", "Brot"),
        unit_of("if a < b", "wenn"),
        unit_of("if a <b and", "wenn"),
        unit_of("a\u{b}b", "c"),
        unit_of("a<bpt i='1'>b</ept>", "c"),
        unit_of("<![CDATA[never closed", "c"),
        unit_of("<!-- never closed", "c"),
        unit_of("a", "b").replacen("<tu>", "", 1),
        unit_of("a", "b").replacen("</tu>", "", 1),
        unit_of("a", "b").replacen("</tu>", "</tu", 1),
        unit_of("a", "b").replacen("<tuv xml:lang=\"en\">", "", 1),
        unit_of("a", "b").replacen("</tuv>", "", 1),
        unit_of("a", "b").replacen("</tuv>", "</tu>", 1),
        unit_of("a", "b").replacen("<seg>", "", 1),
        unit_of("a", "b").replacen("</seg>", "", 1),
        unit_of("a", "b").replacen("</seg></tuv>", "</tuv></seg>", 1),
        unit_of("a", "b").replacen("\"en\"", "\"en", 1),
        unit_of("a", "b").replacen("xml:lang=\"en\"", "", 1),
        unit_of("a", "b").replacen("\"en\"", "\"no language\"", 1),
        "<tu/>".to_string(),
        "<tu></tu>".to_string(),
    ];
    for unit in &damaged {
        let good = |text: &str| unit_of(text, text);
        let body = format!("\n{}\n{unit}\n{}\n{}\n", good("1"), good("2"), good("3"));
        let (errors, texts) = split_errors(TmxReader::new("m", memory(&body).as_bytes()));
        assert_eq!((errors.len(), texts.len()), (1, 3), "{unit}: {errors:?} {texts:?}");
        let byte = memory(&body).find(unit.as_str()).unwrap();
        let place = format!("m:4 (byte {byte}): ");
        assert!(errors[0].starts_with(&place), "{unit}: {} lacks {place}", errors[0]);
        // The same of a unit at the start, at the end, and between two of its kind.
        let body = format!("{unit}{}{unit}{unit}{}{unit}", good("1"), good("2"));
        let (errors, texts) = split_errors(TmxReader::new("m", memory(&body).as_bytes()));
        assert_eq!((errors.len(), texts.len()), (4, 2), "{unit}: {errors:?} {texts:?}");
    }
    // The parts of a unit without a `<tu>` begin with the first `<tuv>`.
    let misnamed = unit_of("a", "b").replacen("<tu>", "<t>", 1);
    let document = memory(&format!("{misnamed}{}", unit_of("c", "d")));
    let (errors, texts) = split_errors(TmxReader::new("m", document.as_bytes()));
    assert_eq!((errors.len(), texts.len()), (1, 1));
    let place = format!("m:2 (byte {}): ", document.find("<tuv").unwrap());
    assert!(errors[0].starts_with(&place), "{}", errors[0]);
    // An arrow in a later unit ends no comment.
    let body = unit_of("<!-- open", "b") + &unit_of("a --> b", "c") + &unit_of("d", "e --> f");
    assert_eq!(counted(memory(&body).as_bytes()), (1, vec!["a --> b".into(), "d".into()]));
    let body = format!("{}{}{}", unit_of("a", "b"), unit_of("QQ", "c"), unit_of("d", "e"));
    let bytes: Vec<u8> =
        memory(&body).bytes().map(|byte| if byte == b'Q' { 0xfc } else { byte }).collect();
    let (errors, texts) = split_errors(TmxReader::new("m", &bytes[..]));
    assert_eq!(texts, ["a", "d"]);
    assert!(errors.len() == 1 && errors[0].contains("not UTF-8"), "{errors:?}");
}

#[test]
fn unusual_but_valid_documents_are_read() {
    let body = format!(
        "<!-- <tu> {} --><![CDATA[<tu>]]>{}</tu>{}",
        unit_of("old", "alt"),
        unit_of("a<![CDATA[</tu><tu>]]>", "b<!-- </tu> -->"),
        unit_of("c", "d").replace("</tu>", "</tu \n>"),
    );
    assert_eq!(counted(memory(&body).as_bytes()), (0, vec!["a</tu><tu>".into(), "c".into()]));
    let namespaced = memory(&unit_of("a", "b"))
        .replace("<tu", "<t:tu")
        .replace("</tu", "</t:tu")
        .replace("<tmx", "<t:tmx")
        .replace("</tmx", "</t:tmx");
    assert_eq!(counted(namespaced.as_bytes()), (0, vec!["a".into()]));
    let capitals = memory(&unit_of("a", "b")).to_uppercase().replace("<?XML", "<?xml");
    assert_eq!(counted(capitals.as_bytes()), (0, vec!["A".into()]));
    let two = [memory(&unit_of("a", "b")), memory(&unit_of("c", "d"))].concat();
    assert_eq!(counted(two.as_bytes()), (0, vec!["a".into(), "c".into()]));
}

#[test]
fn entities_of_the_document_are_expanded() {
    let document = format!(
        "<!DOCTYPE tmx SYSTEM \"tmx14.dtd\" [\n<!ENTITY nbsp \"&#160;\"> <!-- it's ] > -->\n\
         <!ENTITY firm 'Smith &amp; Sons'>]>{}",
        memory(&format!(
            "{}{}",
            unit_of("5&nbsp;km, &firm;", "b"),
            unit_of("x", "y").replace("<tu>", "<tu tuid='&firm;'>")
        ))
        .replace("<?xml version=\"1.0\"?>\n", "")
    );
    let rows = read_all(TmxReader::new("m", document.as_bytes()));
    assert_eq!(rows[0].text(EN), Some("5\u{a0}km, Smith & Sons"));
    assert_eq!(rows[1].id.as_deref(), Some("Smith & Sons"));
    // Each is short, and all together are too much.
    let bomb = document
        .replace("5&nbsp;km", &"&firm;".repeat(20_000))
        .replace("'Smith &amp; Sons'", &format!("'{}'", "x".repeat(1000)));
    let (errors, texts) = counted(bomb.as_bytes());
    assert_eq!((errors, texts.len()), (1, 1));
}

#[test]
fn other_encodings_are_read() {
    let body = format!("{}\n{}", unit_of("Café 5 €", "Brücke"), unit_of("2", "zwei"));
    for name in ["windows-1252", "iso-8859-15", "utf-16", "utf-16le", "UTF-16BE", "utf-8"] {
        let document = memory(&body).replace("\"1.0\"", &format!("\"1.0\" encoding=\"{name}\""));
        let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
        let (little, big) = (encoding_rs::UTF_16LE, encoding_rs::UTF_16BE);
        let units = || document.encode_utf16();
        let bytes: Vec<u8> = match encoding {
            one if one == little => units().flat_map(u16::to_le_bytes).collect(),
            one if one == big => units().flat_map(u16::to_be_bytes).collect(),
            one => one.encode(&document).0.into_owned(),
        };
        let mut reader = TmxReader::new("m", BufReader::with_capacity(7, &bytes[..]));
        let texts: Vec<_> = reader.by_ref().map(|row| row.unwrap().texts()[0].1.clone()).collect();
        assert_eq!(texts.len(), 2, "{name}");
        assert!(texts[0].starts_with("Caf") && texts[0].contains('é'), "{name}: {texts:?}");
        assert_eq!(reader.notes(), [], "{name}");
        // Converted, with the old declaration.
        let mut reader = TmxReader::new("m", document.as_bytes());
        assert_eq!(reader.by_ref().map(Result::unwrap).count(), 2, "{name}");
        assert_eq!(reader.notes().len(), usize::from(name != "utf-8"), "{name}");
        // A damaged unit, and the place of a unit after letters of several bytes.
        let broken = document.replace(">2<", ">2 & 2<");
        let bytes: Vec<u8> = match encoding {
            one if one == little => broken.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            one if one == big => broken.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            one => one.encode(&broken).0.into_owned(),
        };
        let (errors, texts) = split_errors(TmxReader::new("m", &bytes[..]));
        assert_eq!((errors.len(), texts.len()), (1, 1), "{name}: {errors:?}");
        let width = bytes.len() / broken.chars().count();
        let byte = match name {
            "utf-8" => broken.find("\n<tu>").unwrap() + 1,
            _ => width * broken[..broken.find("\n<tu>").unwrap() + 1].chars().count(),
        };
        assert!(errors[0].starts_with(&format!("m:3 (byte {byte}): ")), "{name}: {errors:?}");
    }
}

#[test]
fn one_variant_of_a_language_is_used() {
    let variant =
        |code: &str, text: &str| format!("<tuv xml:lang=\"{code}\"><seg>{text}</seg></tuv>");
    let unit = |variants: &[(&str, &str)]| {
        let variants: String = variants.iter().map(|(code, text)| variant(code, text)).collect();
        format!("<tu>{variants}</tu>")
    };
    let body = [
        unit(&[("en-US", "color"), ("en-GB", "colour"), ("de-DE", "Farbe")]),
        unit(&[("en", "bridge"), ("de", "Brücke"), ("de", "Steg")]),
        unit(&[("en", ""), ("en-GB", "bridge"), ("de", "Brücke")]),
        unit(&[("en", "only"), ("en-GB", "only")]),
        unit(&[("en", "twice"), ("en", "twice")]),
        unit(&[("en", "x"), ("de", "y")]),
    ];
    let document = memory(&body.concat());
    let read = |languages: &[&str]| {
        let languages: Vec<Language> = languages.iter().map(|code| code.parse().unwrap()).collect();
        let reader = TmxReader::new("m", document.as_bytes()).with_languages(&languages);
        texts_and_errors(reader)
    };
    let first = ["color|Farbe", "bridge|Brücke", "bridge|Brücke", "only|only", "1 language", "x|y"];
    assert_eq!(read(&[]), first);
    assert_eq!(read(&["en", "de"]), first);
    let british =
        ["colour|Farbe", "bridge|Brücke", "bridge|Brücke", "only|only", "1 language", "x|y"];
    assert_eq!(read(&["en-GB", "de"]), british);
    let both = read(&["en-GB", "en-US", "de"]);
    assert_eq!(both[0].matches('|').count(), 2, "{both:?}");
    let mut reader = TmxReader::new("m", document.as_bytes());
    reader.by_ref().for_each(drop);
    let [note] = reader.notes() else { panic!("{:?}", reader.notes()) };
    assert!(matches!(note, TmxNote::SeveralVariants { units: 3, line: 2, .. }), "{note:?}");
}

/// The texts of rows, and the end of messages.
fn texts_and_errors(rows: impl Iterator<Item = Result<Record, Error>>) -> Vec<String> {
    let texts = |row: Record| {
        row.texts().iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("|")
    };
    let error = |error: Error| {
        let message = error.to_string();
        let at = message.find("1 language").unwrap_or(0);
        message[at..].split(',').next().unwrap_or_default().to_string()
    };
    rows.map(|row| row.map_or_else(error, texts)).collect()
}

#[test]
fn a_unit_that_is_too_long_is_skipped() {
    let long = unit_of(&"x".repeat(1000), "y");
    let open = long.replace("</tu>", "");
    for long in [long, open] {
        let body = format!("{}{long}{}", unit_of("a", "b"), unit_of("c", "d"));
        let document = memory(&body);
        let input = BufReader::with_capacity(16, document.as_bytes());
        let (errors, texts) = split_errors(TmxReader::new("m", input).with_limit(200));
        assert_eq!(texts, ["a", "c"]);
        assert!(errors.len() == 1 && errors[0].ends_with("more than 200 bytes"), "{errors:?}");
    }
}

#[test]
fn any_damage_is_read_in_linear_time() {
    let pieces = [
        "<tu>",
        "<!--",
        "<![CDATA[",
        "<",
        "&",
        "<tu><tuv><seg>",
        "</tu>",
        "<tuv>",
        "]]>",
        "-->",
        "<tu><![CDATA[<!--",
        "--",
        "]]",
        "<!---->",
        "<![CDATA[]]>",
        "<tu><x>",
    ];
    for piece in pieces {
        let time = |bytes: usize| {
            let body = piece.repeat(bytes / piece.len());
            let document = memory(&body);
            let start = std::time::Instant::now();
            TmxReader::new("m", document.as_bytes()).for_each(drop);
            start.elapsed()
        };
        time(1 << 12);
        let (few, many) = (time(1 << 16), time(1 << 20));
        // Quadratic time would be minutes; a busy machine can add a few hundred milliseconds.
        let floor = std::time::Duration::from_millis(50);
        assert!(many < 80 * few.max(floor), "{piece}: {few:?}, and {many:?} for 16 times as much");
    }
}

/// Ways to damage a unit.
fn damage(unit: &str, kind: usize) -> String {
    match kind {
        0 => unit.replacen("</seg>", " & more</seg>", 1),
        1 => unit.replacen("<seg>", "<seg>&nbsp;", 1),
        2 => unit.replacen("</seg>", " < 3</seg>", 1),
        3 => unit.replacen("<tu>", "", 1),
        4 => unit.replacen("</tu>", "", 1),
        5 => unit.replacen("</seg>", "", 1),
        6 => unit.replacen("</tuv>", "", 1),
        7 => unit.replacen("<seg>", "", 1),
        8 => unit.replacen("</seg>", "\u{1}</seg>", 1),
        9 => unit.replacen("</seg></tuv>", "</tuv></seg>", 1),
        10 => unit.replacen("<seg>", "<seg><![CDATA[", 1),
        _ => unit.replacen("<seg>", "<seg><!--", 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn exactly_the_other_units_are_read(
        kinds in proptest::collection::vec(proptest::option::of(0usize..12), 1..12),
        space in "[\\n ]{0,2}",
        utf16 in any::<bool>(),
    ) {
        let units: Vec<String> = kinds
            .iter()
            .enumerate()
            .map(|(n, kind)| {
                let unit = unit_of(&format!("text {n}"), &format!("Text {n} ü"));
                kind.map_or(unit.clone(), |kind| damage(&unit, kind))
            })
            .collect();
        let document = memory(&units.join(&space));
        let bytes = match utf16 {
            true => document.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            false => document.into_bytes(),
        };
        let good = |(n, kind): (usize, &Option<usize>)| kind.is_none().then(|| format!("text {n}"));
        let expected: Vec<String> = kinds.iter().enumerate().filter_map(good).collect();
        // Two units are one without the tags between them, and nothing shows it.
        let joined = kinds.windows(2).any(|pair| *pair == [Some(4), Some(3)]);
        let (errors, texts) = counted(&bytes);
        if !joined {
            prop_assert_eq!(texts, expected);
            prop_assert_eq!(errors, kinds.iter().flatten().count());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever becomes of one character of a unit, the others are read, and no more than one row
    /// is lost.
    #[test]
    fn one_wrong_character_costs_one_unit_at_most(
        at in 0usize..4,
        place in any::<prop::sample::Index>(),
        other in prop::sample::select(vec!["", "<", ">", "/", "&", "\"", "!", "-", " ", "a", ";", "\u{1}", "<!--", "]]>"]),
    ) {
        let mut units: Vec<String> =
            (0..4).map(|n| unit_of(&format!("text {n}"), &format!("Text {n}"))).collect();
        let place = place.index(units[at].len());
        units[at].replace_range(place..=place, other);
        let document = memory(&units.join("\n"));
        let rows: Vec<_> = TmxReader::new("m", document.as_bytes()).collect();
        let errors = rows.iter().filter(|row| row.is_err()).count();
        let texts: Vec<String> = rows
            .iter()
            .flatten()
            .map(|row| row.texts().iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("|"))
            .collect();
        prop_assert!(errors <= 1, "{} errors: {rows:?} in {document}", errors);
        prop_assert!(rows.len() == 4, "{rows:?} in {document}");
        for n in (0..4).filter(|n| *n != at) {
            let text = format!("text {n}|Text {n}");
            prop_assert!(texts.contains(&text), "no {text}: {rows:?} in {document}");
        }
    }
}

#[test]
fn names_of_columns_lose_characters_that_xml_forbids() {
    let mut row = Record::new([(EN, "rain"), (DE, "Regen")]).unwrap();
    row.extra.insert("sco\u{b}\u{0}re".to_string(), "1".into());
    let mut memory = TmxWriter::new(Vec::new(), EN, Selection::units()).unwrap();
    memory.write_record(&row).unwrap();
    let memory = memory.finish().unwrap();
    let rows: Vec<Record> = TmxReader::new("m", &memory[..]).map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].extra.keys().collect::<Vec<_>>(), ["sco re"]);
}
