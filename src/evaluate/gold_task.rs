//! Reads gold alignments of many documents, one per line of JSON.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::alignment::{Alignment, Bead};
use super::alignment_file::shown;
use super::error::AlignmentError;
use crate::json::{parse_id, parse_object};
use crate::{Id, Language};

/// The fields of a line, unparsed.
pub(super) type TaskFields<'a> = BTreeMap<String, &'a RawValue>;

/// A gold alignment of two texts, with the other fields of its line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GoldTask {
    /// The id, which the prediction shares.
    pub id: Id,
    /// The `group`, which the tasks of all language pairs of one document share.
    pub group: Option<Id>,
    /// The languages of source and target, if the line names them.
    pub languages: Option<(Language, Language)>,
    /// The gold alignment.
    pub gold: Alignment,
    fields: BTreeMap<String, String>,
}

impl GoldTask {
    /// Reads `{"id": ..., "src": [...], "tgt": [...], "gold": [[[0], [0, 1]], ...]}`.
    /// Only the numbers of sentences of `src` and `tgt` are used. `group`,
    /// `src_lang` and `tgt_lang` are optional, but the languages are required if
    /// the prediction is a bitext. Other keys are [fields](GoldTask::field).
    ///
    /// # Errors
    ///
    /// An [`AlignmentError`] if the line is malformed. [`AlignmentError::at`] adds its
    /// place.
    ///
    /// ```
    /// use bitext::evaluate::GoldTask;
    ///
    /// let line = r#"{"id": "a/en-de", "kind": "clean", "src_lang": "en", "tgt_lang": "de",
    ///     "src": ["One.", "Two."], "tgt": ["Eins und zwei."], "gold": [[[0, 1], [0]]]}"#;
    /// let task = GoldTask::parse(line)?;
    /// assert_eq!(task.gold.sizes(), (2, 1));
    /// assert_eq!((task.field("kind"), task.field("pair")), (Some("clean"), Some("en-de")));
    /// # Ok::<(), bitext::evaluate::AlignmentError>(())
    /// ```
    pub fn parse(line: &str) -> Result<GoldTask, AlignmentError> {
        let fields: TaskFields<'_> = parse_object(line).map_err(malformed)?;
        let id = id_of(&fields, "id")?.ok_or_else(|| malformed("the task has no `id`"))?;
        let texts = "an array of sentences";
        let [n, m] = ["src", "tgt"].map(|key| {
            let sentences: Option<Vec<IgnoredAny>> = value(&fields, key, texts)?;
            let missing = || malformed(format!("the task has no `{key}`: it must be {texts}"));
            Ok(sentences.ok_or_else(missing)?.len())
        });
        let gold = beads(&fields, "gold")?.ok_or_else(|| malformed("the task has no `gold`"))?;
        let code = "a language code, such as \"en\"";
        let [source, target]: [Option<String>; 2] =
            [value(&fields, "src_lang", code)?, value(&fields, "tgt_lang", code)?];
        let languages = match (&source, &target) {
            (Some(source), Some(target)) => {
                let parse = |code: &str| code.parse().map_err(|e: crate::Error| malformed(e));
                Some((parse(source)?, parse(target)?))
            }
            _ => None,
        };
        let mut others: BTreeMap<String, String> = fields
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), scalar(value.get())?)))
            .collect();
        if let (Some(source), Some(target)) = (source, target) {
            others.insert("pair".to_string(), format!("{source}-{target}"));
        }
        Ok(GoldTask {
            id,
            group: id_of(&fields, "group")?,
            languages,
            gold: Alignment::new(n?, m?, gold)?,
            fields: others,
        })
    }

    /// The value of a key as text, for grouping. It is `None` if the value is
    /// missing, `null`, an array or an object. The key `pair` combines `src_lang`
    /// and `tgt_lang`: `en-uk`.
    pub fn field(&self, key: &str) -> Option<&str> {
        self.fields.get(key).map(String::as_str)
    }
}

pub(super) fn malformed(why: impl ToString) -> AlignmentError {
    AlignmentError::Malformed(why.to_string())
}

/// Parses a field; `None` if it is missing or `null`. `what` describes the expected
/// value in errors.
pub(super) fn value<'a, T: Deserialize<'a>>(
    fields: &TaskFields<'a>,
    key: &str,
    what: &str,
) -> Result<Option<T>, AlignmentError> {
    let Some(json) = fields.get(key).map(|raw| raw.get()) else { return Ok(None) };
    match json {
        "null" => Ok(None),
        _ => serde_json::from_str(json)
            .map(Some)
            .map_err(|_| malformed(format!("`{key}` must be {what}, not `{}`", shown(json)))),
    }
}

pub(super) fn id_of(fields: &TaskFields<'_>, key: &str) -> Result<Option<Id>, AlignmentError> {
    parse_id(fields.get(key).copied())
        .map_err(|why| malformed(why.to_string().replace("`id`", &format!("`{key}`"))))
}

/// Parses beads such as `[[[0], [0, 1]], ...]`.
pub(super) fn beads(
    fields: &TaskFields<'_>,
    key: &str,
) -> Result<Option<Vec<Bead>>, AlignmentError> {
    let what = "an array of beads, such as [[[0], [0, 1]], [[1], []]]";
    let beads: Option<Vec<(Vec<usize>, Vec<usize>)>> = value(fields, key, what)?;
    let bead = |(source, target)| Bead { source, target };
    Ok(beads.map(|beads| beads.into_iter().map(bead).collect()))
}

/// The text of a string, number or Boolean.
fn scalar(json: &str) -> Option<String> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).ok(),
        Some(b'[' | b'{' | b'n') | None => None,
        Some(_) => Some(json.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = r#"{"id": 7, "group": "g", "set": "s", "n": 2, "ok": true, "x": null,
        "src_lang": "uk", "tgt_lang": "en", "src": ["a", "b"], "tgt": ["c"],
        "gold": [[[1], [0]], [[0], []]]}"#;

    #[test]
    fn tasks_are_parsed_with_their_fields() {
        let task = GoldTask::parse(TASK).unwrap();
        assert_eq!((&task.id, &task.group), (&Id::Integer(7), &Some(Id::Text("g".to_string()))));
        assert_eq!(task.languages, Some((Language::UKRAINIAN, Language::ENGLISH)));
        assert_eq!(task.gold.beads(), [Bead::new([1], [0]), Bead::new([0], [])]);
        let fields = ["set", "n", "ok", "pair", "id"].map(|key| task.field(key).unwrap());
        assert_eq!(fields, ["s", "2", "true", "uk-en", "7"]);
        assert_eq!([task.field("x"), task.field("src"), task.field("none")], [None; 3]);
    }

    #[test]
    fn errors_describe_the_problem() {
        for (from, to, said) in [
            ("{", "[", "not a JSON object"),
            ("true", "tru", "column"),
            ("7", "1.5", "`id` must be"),
            ("7", "null", "no `id`"),
            ("\"g\"", "[]", "`group` must be"),
            ("\"src\"", "\"source\"", "no `src`"),
            ("[\"c\"]", "\"c\"", "`tgt` must be an array of sentences, not `\"c\"`"),
            ("gold", "beads", "no `gold`"),
            ("[[1], [0]]", "[1, 0]", "`gold` must be an array of beads"),
            ("[[1], [0]]", "[[1], [-1]]", "`gold` must be an array of beads"),
            ("[[1], [0]]", "[[1], [1]]", "there are 1 target sentences"),
            ("[[0], []]", "[[1], []]", "source sentence 1 is in bead 0 and again in bead 1"),
            ("\"uk\"", "\"ua\"", "Ukrainian is `uk`"),
            ("\"uk\"", "5", "`src_lang` must be a language code"),
        ] {
            let line = TASK.replacen(from, to, 1);
            let error = GoldTask::parse(&line).unwrap_err().to_string();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
