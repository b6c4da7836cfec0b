//! Bitexts written as TSV and TMX, read back with other readers.

use std::io;
use std::ops::Range;

use bitext::format::{Selection, TmxWriter, TsvWriter};
use bitext::{Article, Bitext, Error, ErrorKind, Id, Language, Unit};
use bitext::{LanguagePair, Part};
use proptest::prelude::*;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

const EN: Language = Language::ENGLISH;
const UK: Language = Language::UKRAINIAN;
const DE: Language = Language::GERMAN;

fn unit(parts: &[(Language, Range<usize>)], score: f32, confidence: f32) -> Unit {
    let part = |(language, sentences): &(Language, Range<usize>)| Part {
        language: *language,
        sentences: sentences.clone().collect(),
    };
    Unit::new(parts.iter().map(part).collect(), score, confidence).unwrap()
}

/// Three languages, units of one, two and three of them, and beads.
fn sample() -> Bitext {
    let articles = vec![
        Article::from_sentences(EN, ["Head", "One.", "Two.", "Only here."]),
        Article::from_sentences(UK, ["Заголовок", "Раз і два.", "Разом."]),
        Article::from_sentences(DE, ["Titel", "Eins.", "Zwei.", "Zusammen."]),
    ];
    let units = vec![
        unit(&[(EN, 0..1), (UK, 0..1), (DE, 0..1)], 0.75, 1.0),
        unit(&[(EN, 1..3), (UK, 1..2), (DE, 1..3)], 0.5, 0.25),
        unit(&[(EN, 3..4)], 0.0, 0.875),
        unit(&[(UK, 2..3), (DE, 3..4)], 0.1, 0.5),
    ];
    let beads = vec![
        unit(&[(EN, 0..1), (DE, 0..1)], 0.9, 0.9),
        unit(&[(EN, 1..2), (DE, 1..2)], 0.3, 0.3),
        unit(&[(EN, 2..3), (DE, 2..3)], 0.6, 0.6),
    ];
    let pairs = vec![LanguagePair { source: EN, target: DE, beads }];
    let id = Id::Text("ferry\t7".to_string());
    Bitext::new(articles, units, pairs).unwrap().with_id(id)
}

/// Two articles of as many sentences each, one to one.
fn one_to_one<S: AsRef<str>>(sentences: &[(S, S)]) -> Bitext {
    let articles = vec![
        Article::from_sentences(EN, sentences.iter().map(|pair| &pair.0)),
        Article::from_sentences(UK, sentences.iter().map(|pair| &pair.1)),
    ];
    let units = (0..sentences.len())
        .map(|at| unit(&[(EN, at..at + 1), (UK, at..at + 1)], 0.5, 0.5))
        .collect();
    Bitext::new(articles, units, Vec::new()).unwrap()
}

fn awkward() -> Vec<(String, String)> {
    [
        ("tab\there", "line\nbreak\r\nand\u{2028}another"),
        ("\"quoted\" and \"", "\"\"\""),
        ("<script>alert('&amp;')</script>", "]]> &#0; &lt; <!-- -->"),
        ("\u{0}bell\u{7}\u{b}vertical\u{1f}", "\u{fffe}a\u{ffff} b\u{7f}\u{85}c"),
        ("👩‍👩‍👧 family", "שלום \u{202b}עולם\u{202c} مرحبا"),
        ("", " \u{a0}\t "),
        ("\u{feff}mark", "=1+1"),
    ]
    .map(|(one, other)| (one.to_string(), other.to_string()))
    .to_vec()
}

fn folded(text: &str) -> String {
    let blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The `Char` production of XML 1.0.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn without_illegal(text: &str) -> String {
    folded(&text.chars().filter(|&c| is_xml(c) || c.is_whitespace()).collect::<String>())
}

fn tsv(bitexts: &[&Bitext], languages: &[Language], selection: Selection) -> String {
    let mut writer = TsvWriter::new(Vec::new(), languages, selection).unwrap();
    bitexts.iter().for_each(|bitext| writer.write(bitext).unwrap());
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// The rows, header first, as a reader of tables sees them.
fn rows(table: &str) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').has_headers(false).from_reader(table.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect());
    rows.collect()
}

#[test]
fn a_table_has_the_units_of_several_bitexts_under_one_header() {
    let other = one_to_one(&[("a", "б")]).with_id(-3);
    let found = rows(&tsv(&[&sample(), &other], &[EN, UK, DE], Selection::units()));
    let expected = [
        ["id", "en", "uk", "de", "score", "confidence"],
        ["ferry 7", "Head", "Заголовок", "Titel", "0.75", "1"],
        ["ferry 7", "One. Two.", "Раз і два.", "Eins. Zwei.", "0.5", "0.25"],
        ["ferry 7", "", "Разом.", "Zusammen.", "0.1", "0.5"],
        ["-3", "a", "б", "", "0.5", "0.5"],
    ];
    assert_eq!(found, expected);
}

#[test]
fn selections_choose_the_rows() {
    let texts = |selection, languages: &[Language]| -> Vec<String> {
        let rows = rows(&tsv(&[&sample()], languages, selection));
        rows[1..].iter().map(|row| row[1].clone()).collect()
    };
    let all = [DE, EN, UK];
    let units = Selection::units;
    assert_eq!(texts(units().with_nulls(true), &all), ["Titel", "Eins. Zwei.", "", "Zusammen."]);
    assert_eq!(texts(units().with_min_confidence(0.5), &all), ["Titel", "Zusammen."]);
    assert_eq!(texts(units().with_min_confidence(0.5).with_nulls(true), &all).len(), 3);
    for pair in [Selection::pair(EN, DE), Selection::pair(DE, EN)] {
        assert_eq!(texts(pair.clone(), &[DE, EN]), ["Titel", "Eins.", "Zwei."]);
        assert_eq!(texts(pair.with_min_confidence(0.6), &[DE, EN]), ["Titel", "Zwei."]);
    }
    assert!(texts(Selection::pair(EN, UK), &all).is_empty());
    let absent = Selection::pair(EN, "fr".parse().unwrap());
    assert_eq!(absent.select(&sample()).count(), 0);
}

#[test]
fn a_language_without_a_column_is_an_error_and_not_lost() {
    let mut writer = TsvWriter::new(Vec::new(), &[EN, DE], Selection::units()).unwrap();
    let error = writer.write(&sample()).unwrap_err();
    assert_eq!(error.to_string(), "cannot write: the table has no column for `uk`");
    assert_eq!(writer.finish().unwrap(), b"id\ten\tde\tscore\tconfidence\n");
}

#[test]
fn awkward_texts_survive_in_a_table() {
    let mut texts = awkward();
    texts.push(("long \"word\" ".repeat(90_000), "довге\tслово ".repeat(50_000)));
    let table = tsv(&[&one_to_one(&texts)], &[EN, UK], Selection::units());
    assert_eq!(table.lines().count(), texts.len() + 1);
    for (row, (english, ukrainian)) in rows(&table)[1..].iter().zip(&texts) {
        assert_eq!(row[1..3], [folded(english), folded(ukrainian)]);
    }
}

#[test]
fn an_empty_bitext_is_a_header_or_an_empty_document() {
    let empty = one_to_one::<&str>(&[]);
    assert_eq!(tsv(&[&empty], &[EN, UK], Selection::units()), "id\ten\tuk\tscore\tconfidence\n");
    for bitexts in [&[&empty][..], &[]] {
        let memory = tmx(bitexts, EN, Selection::units());
        assert!(validate(&memory).unwrap().children[1].children.is_empty());
    }
}

#[test]
fn a_closed_pipe_is_reported_as_such() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let broken = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Write);
        assert_eq!(error.io_error().unwrap().kind(), io::ErrorKind::BrokenPipe);
    };
    let long = one_to_one(&[("x".repeat(1 << 20), "y".to_string())]);
    let table = || TsvWriter::new(Closed, &[EN, UK], Selection::units()).unwrap();
    broken(table().write(&long));
    broken(table().finish().map(drop));
    let memory = || TmxWriter::new(Closed, EN, Selection::units()).unwrap();
    broken(memory().write(&long));
    broken(memory().finish().map(drop));
}

fn tmx(bitexts: &[&Bitext], source: Language, selection: Selection) -> String {
    let mut writer = TmxWriter::new(Vec::new(), source, selection).unwrap();
    bitexts.iter().for_each(|bitext| writer.write(bitext).unwrap());
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// An element of a document.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }
}

/// The root of a well-formed document.
fn parse(xml: &str) -> Result<Element, String> {
    if let Some(illegal) = xml.chars().find(|&c| !is_xml(c)) {
        return Err(format!("illegal character {illegal:?}"));
    }
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        let innermost = open.last_mut().ok_or("no element is open")?;
        match event {
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => innermost.children.push(element(&start)?),
            Event::End(_) => {
                let closed = open.pop().unwrap_or_default();
                open.last_mut().ok_or("nothing to close")?.children.push(closed);
            }
            Event::Text(text) => innermost.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => innermost.text.push(resolve(&reference)?),
            Event::Decl(_) | Event::DocType(_) => {}
            Event::Eof => break,
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    let mut document = open.pop().unwrap_or_default();
    if !open.is_empty() || document.children.len() != 1 || !document.text.trim().is_empty() {
        return Err("not one closed root".to_string());
    }
    document.children.pop().ok_or("no root".to_string())
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let value = |attribute: Attribute<'_>| {
        let value = attribute.normalized_value(XmlVersion::Explicit1_0);
        let value = value.map_err(|error| error.to_string())?.into_owned();
        Ok::<_, String>((attribute.key.as_ref().to_string(), value))
    };
    let attributes =
        start.attributes().map(|attribute| value(attribute.map_err(|e| e.to_string())?));
    let name = start.name().as_ref().to_string();
    Ok(Element { name, attributes: attributes.collect::<Result<_, _>>()?, ..Element::default() })
}

/// A character reference, or one of the five entities that TMX allows.
fn resolve(reference: &BytesRef<'_>) -> Result<char, String> {
    let name: &str = reference;
    match reference.resolve_char_ref().map_err(|error| error.to_string())? {
        Some(c) if is_xml(c) => return Ok(c),
        Some(c) => return Err(format!("reference to the illegal character {c:?}")),
        None => {}
    }
    let entity = quick_xml::escape::resolve_xml_entity(name).and_then(|text| text.chars().next());
    entity.ok_or(format!("unknown entity {name}"))
}

/// The content model of an element in TMX 1.4b.
struct Rule {
    name: &'static str,
    required: &'static str,
    optional: &'static str,
    /// Groups of children in their order: which, how many at least and at most.
    children: &'static [(&'static str, usize, usize)],
    text: bool,
}

const ANY: usize = usize::MAX;

const CODES: (&str, usize, usize) = ("bpt ept ph it hi ut", 0, ANY);

#[rustfmt::skip]
const RULES: [Rule; 17] = [
    Rule { name: "tmx", required: "version", optional: "", children: &[("header", 1, 1), ("body", 1, 1)], text: false },
    Rule { name: "header", required: "creationtool creationtoolversion segtype o-tmf adminlang srclang datatype",
        optional: "o-encoding creationdate creationid changedate changeid", children: &[("note prop ude", 0, ANY)], text: false },
    Rule { name: "body", required: "", optional: "", children: &[("tu", 0, ANY)], text: false },
    Rule { name: "tu", required: "", optional: "tuid o-encoding datatype usagecount lastusagedate creationtool creationtoolversion creationdate creationid changedate segtype changeid o-tmf srclang",
        children: &[("note prop", 0, ANY), ("tuv", 1, ANY)], text: false },
    Rule { name: "tuv", required: "xml:lang", optional: "o-encoding datatype usagecount lastusagedate creationtool creationtoolversion creationdate creationid changedate o-tmf changeid",
        children: &[("note prop", 0, ANY), ("seg", 1, 1)], text: false },
    Rule { name: "seg", required: "", optional: "", children: &[CODES], text: true },
    Rule { name: "note", required: "", optional: "o-encoding xml:lang", children: &[], text: true },
    Rule { name: "prop", required: "type", optional: "o-encoding xml:lang", children: &[], text: true },
    Rule { name: "ude", required: "name", optional: "base", children: &[("map", 1, ANY)], text: false },
    Rule { name: "map", required: "unicode", optional: "code ent subst", children: &[], text: false },
    Rule { name: "bpt", required: "i", optional: "x type", children: &[("sub", 0, ANY)], text: true },
    Rule { name: "ept", required: "i", optional: "", children: &[("sub", 0, ANY)], text: true },
    Rule { name: "it", required: "pos", optional: "x type", children: &[("sub", 0, ANY)], text: true },
    Rule { name: "ph", required: "", optional: "x type assoc", children: &[("sub", 0, ANY)], text: true },
    Rule { name: "hi", required: "", optional: "x type", children: &[CODES], text: true },
    Rule { name: "sub", required: "", optional: "datatype type", children: &[CODES], text: true },
    Rule { name: "ut", required: "", optional: "x", children: &[("sub", 0, ANY)], text: true },
];

fn is_allowed(attribute: &str, value: &str) -> bool {
    match attribute {
        "version" => value == "1.4",
        "segtype" => ["block", "paragraph", "sentence", "phrase"].contains(&value),
        "pos" => ["begin", "end"].contains(&value),
        "assoc" => ["p", "f", "b"].contains(&value),
        "srclang" => value == "*all*" || value.parse::<Language>().is_ok(),
        "xml:lang" | "adminlang" => value.parse::<Language>().is_ok(),
        "tuid" => !value.contains(char::is_whitespace),
        "i" | "x" | "usagecount" => value.parse::<u64>().is_ok(),
        _ => true,
    }
}

/// Checks an element and all within it against the rules.
fn check(element: &Element) -> Result<(), String> {
    let refuse = |why: String| Err(format!("{}: {why}", element.name));
    let Some(rule) = RULES.iter().find(|rule| rule.name == element.name) else {
        return refuse("no such element".to_string());
    };
    for required in rule.required.split_whitespace() {
        if element.attribute(required).is_none() {
            return refuse(format!("lacks {required}"));
        }
    }
    for (name, value) in &element.attributes {
        let mut known = rule.required.split_whitespace().chain(rule.optional.split_whitespace());
        if !known.any(|known| known == name) || !is_allowed(name, value) {
            return refuse(format!("has {name}={value:?}"));
        }
    }
    let mut rest = &element.children[..];
    for (names, least, most) in rule.children {
        let belongs = |child: &&Element| names.split(' ').any(|name| name == child.name);
        let found = rest.iter().take_while(belongs).count();
        if !(*least..=*most).contains(&found) {
            return refuse(format!("has {found} of {names}"));
        }
        rest = &rest[found..];
    }
    if let Some(child) = rest.first() {
        return refuse(format!("has a misplaced {}", child.name));
    }
    if !rule.text && !element.text.trim().is_empty() {
        return refuse("has text".to_string());
    }
    if element.name == "seg" && element.text.trim() != element.text {
        return refuse("has white space at an end".to_string());
    }
    element.children.iter().try_for_each(check)
}

/// Checks a document against TMX 1.4b, that each `<tu>` has its source
/// language included; returns the root.
fn validate(xml: &str) -> Result<Element, String> {
    let start =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx";
    if !xml.starts_with(start) {
        return Err("another start".to_string());
    }
    let root = parse(xml)?;
    check(&root)?;
    let source = root.children[0].attribute("srclang");
    for unit in &root.children[1].children {
        let source = unit.attribute("srclang").or(source);
        if source != Some("*all*")
            && !unit.children.iter().any(|child| child.attribute("xml:lang") == source)
        {
            return Err("tu: not in its source language".to_string());
        }
    }
    Ok(root)
}

/// The properties of a `<tu>`, and language and text of each `<tuv>`.
type TuContent = (Vec<String>, Vec<(String, String)>);

fn units(root: &Element) -> Vec<TuContent> {
    let of = |unit: &Element| {
        let (variants, properties): (Vec<&Element>, Vec<&Element>) =
            unit.children.iter().partition(|child| child.name == "tuv");
        let property =
            |prop: &&Element| format!("{}={}", prop.attribute("type").unwrap(), prop.text);
        let variant = |tuv: &&Element| {
            (tuv.attribute("xml:lang").unwrap().to_string(), tuv.children[0].text.clone())
        };
        (properties.iter().map(property).collect(), variants.iter().map(variant).collect())
    };
    root.children[1].children.iter().map(of).collect()
}

#[test]
fn a_document_is_valid_and_has_what_went_in() {
    let other = one_to_one(&[("a", "б")]);
    let nulls = Selection::units().with_nulls(true);
    let memory = tmx(&[&sample(), &other], EN, nulls.clone());
    let root = validate(&memory).unwrap();
    assert_eq!(root.children[0].attribute("srclang"), Some("en"));
    let found = units(&root);
    assert_eq!(found.len(), 4, "nulls are left out");
    let (properties, variants) = &found[1];
    assert_eq!(properties[..], ["x-document=ferry 7", "x-score=0.5", "x-confidence=0.25"]);
    let expected = [("en", "One. Two."), ("uk", "Раз і два."), ("de", "Eins. Zwei.")];
    assert_eq!(variants[..], expected.map(|(code, text)| (code.to_string(), text.to_string())));
    let partial = &root.children[1].children[2];
    assert_eq!(partial.attribute("srclang"), Some("uk"));
    assert_eq!(found[3].0[..], ["x-score=0.5", "x-confidence=0.5"]);

    let pair = validate(&tmx(&[&sample()], DE, Selection::pair(DE, EN))).unwrap();
    assert_eq!(units(&pair).len(), 3);
    assert_eq!(memory, tmx(&[&sample(), &other], EN, nulls));
}

#[test]
fn awkward_texts_survive_in_a_document() {
    let mut texts = awkward();
    texts.push(("long <word> ".repeat(90_000), "довге\tслово ".repeat(50_000)));
    let id = Id::Text("\u{1}<id> &\n\"".to_string());
    let memory = tmx(&[&one_to_one(&texts).with_id(id)], EN, Selection::units());
    let found = units(&validate(&memory).unwrap());
    assert_eq!(found.len(), texts.len());
    for ((properties, variants), (english, ukrainian)) in found.iter().zip(&texts) {
        assert_eq!(properties[0], "x-document=<id> & \"");
        assert_eq!(variants[0].1, without_illegal(english));
        assert_eq!(variants[1].1, without_illegal(ukrainian));
    }
}

#[test]
fn broken_documents_are_refused() {
    let good = tmx(&[&sample()], EN, Selection::units());
    validate(&good).unwrap();
    for (from, to, why) in [
        ("UTF-8", "UTF-16", "another start"),
        ("tmx14.dtd", "tmx13.dtd", "another start"),
        ("version=\"1.4\"", "version=\"1.3\"", "tmx: has version"),
        (" datatype=\"plaintext\"", "", "header: lacks datatype"),
        ("segtype=\"sentence\"", "segtype=\"line\"", "header: has segtype"),
        ("<tu>", "<tu id=\"1\">", "tu: has id"),
        ("<tu>", "<tu tuid=\"a b\">", "tu: has tuid"),
        (" xml:lang=\"de\"", "", "tuv: lacks xml:lang"),
        ("xml:lang=\"uk\"", "xml:lang=\"uk\" xml:lang=\"uk\"", "duplicate"),
        ("<seg>Titel</seg>", "", "tuv: has 0 of seg"),
        ("<seg>Titel</seg>", "<seg>Titel</seg><seg/>", "tuv: has 2 of seg"),
        ("<seg>Titel</seg>", "Titel", "tuv: has 0 of seg"),
        ("<seg>Titel</seg>", "<seg><b>Titel</b></seg>", "seg: has a misplaced b"),
        ("<seg>Titel</seg>", "<seg>Titel</seg>!", "tuv: has text"),
        ("<seg>Titel</seg>", "<seg><ept>!</ept></seg>", "ept: lacks i"),
        ("Titel", "Titel ", "seg: has white space"),
        ("Titel", "&nbsp;", "unknown entity nbsp"),
        ("Titel", "&#1;", "reference to"),
        ("Titel", "\u{1}", "illegal character"),
        ("</tuv>", "", "expected"),
        ("</tmx>", "", "not one closed root"),
        ("</tmx>", "</tmx><tmx/>", "not one closed root"),
        ("</tuv>", "</tuv><note/>", "tu: has a misplaced note"),
        ("<body>", "<body/><body>", "tmx: has 2 of body"),
        (" srclang=\"uk\"", "", "tu: not in its source"),
    ] {
        let broken = good.replacen(from, to, 1);
        assert_ne!(broken, good);
        let refused = validate(&broken).unwrap_err();
        assert!(refused.contains(why), "{from} to {to}: {refused}");
    }
}

/// Any text, with what formats stumble over more often than by chance.
fn text() -> impl Strategy<Value = String> {
    let awkward = "\t\n\r\"'<>&; \u{0}\u{b}\u{1b}\u{85}\u{a0}\u{feff}\u{fffe}\u{ffff}";
    let awkward = proptest::sample::select(awkward.chars().collect::<Vec<_>>());
    proptest::collection::vec(prop_oneof![any::<char>(), awkward], 0..30)
        .prop_map(|characters| characters.into_iter().collect())
}

proptest! {
    #[test]
    fn any_text_survives(
        texts in proptest::collection::vec((text(), text()), 0..6),
        id in text(),
    ) {
        let bitext = one_to_one(&texts).with_id(id.clone());
        let table = tsv(&[&bitext], &[EN, UK], Selection::units());
        prop_assert_eq!(table.matches('\n').count(), texts.len() + 1);
        let table = rows(&table);
        let memory = units(&validate(&tmx(&[&bitext], EN, Selection::units())).unwrap());
        prop_assert_eq!((table.len(), memory.len()), (texts.len() + 1, texts.len()));
        for ((english, ukrainian), (row, unit)) in texts.iter().zip(table[1..].iter().zip(&memory)) {
            let cells = [folded(&id), folded(english), folded(ukrainian)];
            prop_assert_eq!(&row[..3], &cells[..]);
            prop_assert_eq!(&unit.0[0], &format!("x-document={}", without_illegal(&id)));
            prop_assert_eq!(&unit.1[0].1, &without_illegal(english));
            prop_assert_eq!(&unit.1[1].1, &without_illegal(ukrainian));
        }
    }
}
