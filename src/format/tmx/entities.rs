//! The entities that a document declares, expanded within bounds.

use std::collections::HashMap;

use quick_xml::escape::resolve_xml_entity;

/// The largest number of entities. The sets of HTML have 253 together.
const MAX_ENTITIES: usize = 512;
/// The largest length of the text of an entity, in bytes, which is enough for characters and names.
const MAX_ENTITY_TEXT_BYTES: usize = 1024;
/// The largest nesting: an entity of text, and an entity that refers to it.
const MAX_ENTITY_DEPTH: usize = 2;
/// The largest number of bytes that entities may add to one unit: 64 KiB.
pub(super) const MAX_EXPANSION: usize = 64 << 10;

/// The error for a unit with an unescaped `&`.
pub(super) const BARE_AMPERSAND: &str = "not well-formed XML: a bare `&`: write `&amp;`";

/// The entities of a document, by name.
#[derive(Debug, Default)]
pub(super) struct Entities {
    known: HashMap<String, Result<String, String>>,
}

enum Declaration {
    Text(String),
    External,
}

impl Entities {
    /// Takes the declarations of a document type.
    pub fn declare(&mut self, doctype: &str) {
        let mut declared = HashMap::new();
        let mut rest = doctype.find('[').map_or("", |at| &doctype[at + 1..]);
        while let Some(at) = rest.find('<') {
            rest = &rest[at..];
            let comment = rest.strip_prefix("<!--").map(|inner| inner.split_once("-->"));
            match comment {
                Some(Some((_, behind))) => rest = behind,
                Some(None) => break,
                None => {
                    if let Some((name, declaration)) =
                        rest.strip_prefix("<!ENTITY").and_then(declaration)
                    {
                        // The first declaration of a name holds.
                        if declared.len() < MAX_ENTITIES {
                            declared.entry(name).or_insert(declaration);
                        }
                    }
                    rest = &rest[1..];
                }
            }
        }
        for name in declared.keys() {
            let text = expand(name, &declared, MAX_ENTITY_DEPTH);
            self.known.insert(name.clone(), text);
        }
    }

    /// The text of a reference: the `name` of `&name;`, or `#160` of `&#160;`.
    pub fn resolve(&self, name: &str) -> Result<String, String> {
        if let Some(number) = name.strip_prefix('#') {
            return character(number).map(String::from);
        }
        if let Some(text) = resolve_xml_entity(name) {
            return Ok(text.to_string());
        }
        if !is_name(name) {
            return Err(BARE_AMPERSAND.to_string());
        }
        self.known.get(name).cloned().unwrap_or_else(|| {
            Err(format!("`&{name};` is not declared in the document: write the character"))
        })
    }

    /// Expands the references of a text; `added` counts the additional bytes.
    pub fn expand(&self, text: &str, added: &mut usize) -> Result<String, String> {
        let mut expanded = String::with_capacity(text.len());
        for part in parts(text) {
            match part? {
                EntityPart::Text(text) => expanded.push_str(text),
                EntityPart::Reference(name) => {
                    let text = self.resolve(name)?;
                    grow(added, name, &text)?;
                    expanded.push_str(&text);
                }
            }
        }
        Ok(expanded)
    }
}

/// Counts the bytes that a reference adds.
pub(super) fn grow(added: &mut usize, name: &str, text: &str) -> Result<(), String> {
    *added += text.len().saturating_sub(name.len() + 2);
    if *added > MAX_EXPANSION {
        return Err(format!("`&{name};`: entities add more than {MAX_EXPANSION} bytes"));
    }
    Ok(())
}

/// Reads a declaration from after `<!ENTITY`; `None` for parameter entities and malformed ones.
fn declaration(rest: &str) -> Option<(String, Declaration)> {
    let name_and_value = rest.strip_prefix(|c: char| c.is_ascii_whitespace())?.trim_ascii_start();
    let end = name_and_value.find(|c: char| c.is_ascii_whitespace())?;
    let (name, value) = name_and_value.split_at(end);
    if name.contains(['%', '<', '>', '"', '\'', '&', ';']) {
        return None;
    }
    let value = value.trim_ascii_start();
    let declaration = match value.chars().next()? {
        quote @ ('"' | '\'') => {
            let value = &value[1..];
            Declaration::Text(value[..value.find(quote)?].to_string())
        }
        _ => Declaration::External,
    };
    Some((name.to_string(), declaration))
}

enum EntityPart<'a> {
    Text(&'a str),
    Reference(&'a str),
}

fn parts(text: &str) -> impl Iterator<Item = Result<EntityPart<'_>, String>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(behind) = rest.strip_prefix('&') else {
            let (text, behind) = rest.split_at(rest.find('&').unwrap_or(rest.len()));
            rest = behind;
            return Some(Ok(EntityPart::Text(text)));
        };
        match behind.split_once(';') {
            Some((name, behind)) if is_name(name) => {
                rest = behind;
                Some(Ok(EntityPart::Reference(name)))
            }
            _ => {
                rest = "";
                Some(Err(BARE_AMPERSAND.to_string()))
            }
        }
    })
}

fn is_name(name: &str) -> bool {
    let rest = name.strip_prefix('#').unwrap_or(name);
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
    !rest.is_empty() && rest.chars().all(fits)
}

fn expand(
    name: &str,
    declared: &HashMap<String, Declaration>,
    depth: usize,
) -> Result<String, String> {
    if depth == 0 {
        return Err("entities nested too deeply are not expanded".to_string());
    }
    let value = match declared.get(name) {
        Some(Declaration::Text(value)) => value,
        Some(Declaration::External) => {
            return Err(format!("`&{name};` is an external entity: these are never read"));
        }
        None => return Err(format!("`&{name};` is not declared in the document")),
    };
    let long = || format!("`&{name};` stands for more than {MAX_ENTITY_TEXT_BYTES} bytes");
    if value.len() > MAX_ENTITY_TEXT_BYTES {
        return Err(long());
    }
    // References to characters hold at once, and those to names when the entity is used.
    let mut literal = String::new();
    for part in parts(value) {
        match part? {
            EntityPart::Text(text) => literal.push_str(text),
            EntityPart::Reference(name) => match name.strip_prefix('#') {
                Some(number) => literal.push(character(number)?),
                None => literal.push_str(&format!("&{name};")),
            },
        }
    }
    if literal.contains('<') {
        return Err(format!("`&{name};` stands for markup, which is not expanded"));
    }
    let mut text = String::new();
    for part in parts(&literal) {
        match part? {
            EntityPart::Text(part) => text.push_str(part),
            EntityPart::Reference(inner) => {
                match (inner.strip_prefix('#'), resolve_xml_entity(inner)) {
                    (Some(number), _) => text.push(character(number)?),
                    (None, Some(known)) => text.push_str(known),
                    (None, None) => {
                        let inner = expand(inner, declared, depth - 1);
                        text.push_str(&inner.map_err(|why| format!("`&{name};`: {why}"))?);
                    }
                }
            }
        }
        if text.len() > MAX_ENTITY_TEXT_BYTES {
            return Err(long());
        }
    }
    Ok(text)
}

/// The character of a number: decimal, or hexadecimal after `x`.
fn character(number: &str) -> Result<char, String> {
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    let c = code.ok().and_then(char::from_u32).filter(|&c| is_xml(c));
    c.ok_or_else(|| format!("`&#{number};` is no character of XML"))
}

/// Whether XML 1.0 allows the character.
pub(super) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(doctype: &str, name: &str) -> Result<String, String> {
        let mut entities = Entities::default();
        entities.declare(doctype);
        entities.resolve(name)
    }

    #[test]
    fn internal_entities_are_expanded() {
        let doctype = "tmx SYSTEM \"tmx14.dtd\" [<!-- <!ENTITY nbsp 'no'> -->\n\
            <!ENTITY nbsp \"&#160;\"> <!ENTITY nbsp 'twice'><!ENTITY % p 'x'>\n\
            <!ENTITY firm 'Smith &amp; Sons&trade;'><!ENTITY\ttrade \"&#x2122;\">\
            <!ENTITY out SYSTEM 'file:///etc/passwd'><!ENTITY pub PUBLIC 'a' 'b'>\
            <!ENTITY tag '<ph/>'><!ENTITY amp2 '&#38;#38;'><!ENTITY self '&self;'>\
            <!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]";
        for (name, text) in [
            ("nbsp", "\u{a0}"),
            ("firm", "Smith & Sons™"),
            ("amp2", "&"),
            ("b", "haha"),
            ("lt", "<"),
            ("#65", "A"),
            ("#x1F309", "🌉"),
        ] {
            assert_eq!(resolved(doctype, name).as_deref(), Ok(text));
        }
        for (name, why) in [
            ("out", "external"),
            ("pub", "external"),
            ("tag", "markup"),
            ("self", "nested too deeply"),
            ("c", "nested too deeply"),
            ("p", "not declared"),
            ("eacute", "not declared"),
            ("#0", "no character"),
            ("#x1", "no character"),
            ("#xFFFE", "no character"),
            ("#99999999999", "no character"),
        ] {
            let error = resolved(doctype, name).unwrap_err();
            assert!(error.contains(why), "{error} lacks {why}");
        }
    }

    #[test]
    fn expansion_has_bounds() {
        let wide = format!("[<!ENTITY a '{}'><!ENTITY b '{}'>]", "x".repeat(1000), "&a;".repeat(9));
        assert!(resolved(&wide, "a").is_ok());
        assert!(resolved(&wide, "b").unwrap_err().contains("more than 1024 bytes"));
        let many: String = (0..600).map(|n| format!("<!ENTITY e{n} 'x'>")).collect();
        assert!(resolved(&format!("[{many}]"), "e511").is_ok());
        assert!(resolved(&format!("[{many}]"), "e512").is_err());
        let mut entities = Entities::default();
        entities.declare(&wide);
        assert_eq!(entities.expand("1 &lt; 2 &amp; 3", &mut 0).as_deref(), Ok("1 < 2 & 3"));
        assert!(entities.expand("1 & 2;", &mut 0).unwrap_err().contains("bare"));
        let text = "&a;".repeat(70);
        assert!(entities.expand(&text, &mut 0).unwrap_err().contains("65536"));
    }
}
