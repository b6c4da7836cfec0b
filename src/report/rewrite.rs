//! Replaces the units of a line of JSON and preserves everything else in it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::format::{unit_from_json, unit_to_json};
use crate::json::parse_object;
use crate::{Bitext, Error, Language, LanguagePair, Result, Unit};

/// Replaces the units and beads in the line of the bitext `before` by those of `after`.
/// Unchanged units are copied. Units with the same sentences keep their unknown keys.
pub(super) fn with_units(line: &str, before: &Bitext, after: &Bitext) -> Result<String> {
    let languages: Vec<Language> = before.languages().collect();
    let fields: JsonFields = parse_object(line)?;
    let values = fields.0.iter().map(|(key, value)| {
        Ok(match key.as_str() {
            "units" => units(value, after.units(), &languages)?,
            "pairs" => pairs(value, after.language_pairs(), &languages)?,
            _ => value.get().to_string(),
        })
    });
    let values: Vec<String> = values.collect::<Result<_>>()?;
    Ok(object(fields.0.iter().map(|(key, _)| key.as_str()).zip(values.iter().map(String::as_str))))
}

/// The beads of each pair, under the pair's name in the line.
fn pairs(json: &RawValue, new: &[LanguagePair], languages: &[Language]) -> Result<String> {
    let fields: JsonFields = parse_object(json.get())?;
    let names = |pair: &LanguagePair| {
        [format!("{}-{}", pair.source, pair.target), format!("{}-{}", pair.target, pair.source)]
    };
    let mut out = Vec::with_capacity(fields.0.len());
    for (key, value) in &fields.0 {
        let value = match new.iter().find(|pair| names(pair).contains(key)) {
            Some(pair) => units(value, &pair.beads, languages)?,
            // A pair of other languages.
            None => value.get().to_string(),
        };
        out.push((key.clone(), value));
    }
    for pair in new.iter().filter(|pair| !pair.beads.is_empty()) {
        let [name, reversed] = names(pair);
        if !fields.0.iter().any(|(key, _)| *key == name || *key == reversed) {
            out.push((name, array(pair.beads.iter().map(unit_to_json))));
        }
    }
    Ok(object(out.iter().map(|(key, value)| (key.as_str(), value.as_str()))))
}

fn units(json: &RawValue, new: &[Unit], languages: &[Language]) -> Result<String> {
    let raw: Vec<&RawValue> = serde_json::from_str(json.get()).map_err(Error::record)?;
    let mut known = BTreeMap::new();
    for raw in raw {
        let unit = unit_from_json(raw.get(), languages)?;
        known.insert(held(&unit), (unit, raw.get()));
    }
    let written = new.iter().map(|unit| match known.get(&held(unit)) {
        Some((old, raw)) if old == unit => Ok((*raw).to_string()),
        Some((old, raw)) => changed(old, raw, unit, languages),
        None => Ok(unit_to_json(unit)),
    });
    Ok(array(written.collect::<Result<Vec<_>>>()?.into_iter()))
}

fn held(unit: &Unit) -> Vec<(Language, Vec<usize>)> {
    unit.parts().iter().map(|part| (part.language, part.sentences.clone())).collect()
}

/// A changed unit with the same sentences, with the unknown keys of the line.
fn changed(old: &Unit, raw: &str, unit: &Unit, languages: &[Language]) -> Result<String> {
    let before: JsonFields = parse_object(raw)?;
    let mut after: JsonFields = parse_object(&unit_to_json(unit))?;
    for (key, value) in before.0 {
        let is_ours = matches!(key.as_str(), "score" | "confidence" | "crossing" | "reviewed")
            || languages.iter().any(|language| language.code() == key);
        match after.0.iter_mut().find(|(name, _)| *name == key) {
            // Keep all digits of the score.
            Some((_, own)) if key == "score" && old.score() == unit.score() => *own = value,
            None if !is_ours => after.0.push((key, value)),
            _ => {}
        }
    }
    Ok(object(after.0.iter().map(|(key, value)| (key.as_str(), value.get()))))
}

fn array(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(","))
}

fn object<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    // Strings always serialise.
    let name = |key: &str| serde_json::to_string(key).unwrap_or_default();
    let fields: Vec<String> = fields.map(|(key, value)| format!("{}:{value}", name(key))).collect();
    format!("{{{}}}", fields.join(","))
}

/// The fields of an object in their order, with unparsed values.
struct JsonFields(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for JsonFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonFields, D::Error> {
        struct All;

        impl<'de> Visitor<'de> for All {
            type Value = JsonFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonFields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(JsonFields(fields))
            }
        }

        deserializer.deserialize_map(All)
    }
}
