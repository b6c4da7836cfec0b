//! Units together with their texts.

use std::borrow::Cow;
use std::ops::Deref;

use super::unit::Unit;
use crate::Language;
use crate::text::fold::fold;

/// A unit, or a bead, together with its texts: an item of [`Bitext::rows`](crate::Bitext::rows),
/// [`Bitext::rows_with_nulls`](crate::Bitext::rows_with_nulls) and [`Bitext::rows_between`](crate::Bitext::rows_between).
///
/// A row derefs to its [`Unit`], so it has the unit's methods, such as
/// [`confidence`](Unit::confidence). Each text is one line: line breaks, tabs and the white space
/// around them are one space.
///
/// ```
/// use bitext::{Aligner, Article, Language};
///
/// let bitext = Aligner::new().align([
///     Article::new(Language::ENGLISH, "The bridge\nis closed. Nobody was hurt in the storm."),
///     Article::new(Language::GERMAN, "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt."),
/// ])?;
/// let row = bitext.rows().next().unwrap();
/// assert_eq!(row.text(Language::ENGLISH), Some("The bridge is closed."));
/// assert_eq!(row.text(Language::UKRAINIAN), None);
/// let texts: Vec<&str> = row.texts().map(|(_, text)| text).collect();
/// assert_eq!(texts, ["The bridge is closed.", "Die Brücke ist gesperrt."]);
/// assert!(row.confidence() > 0.5 && row.sentences(Language::GERMAN) == Some(&[0]));
/// assert_eq!(row.unit(), &bitext.units()[0]);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'b> {
    unit: &'b Unit,
    /// In the order of the bitext's languages.
    texts: Vec<(Language, Cow<'b, str>)>,
}

impl<'b> Row<'b> {
    /// A row of a unit and its texts, which are put on one line.
    pub(super) fn new(
        unit: &'b Unit,
        texts: impl Iterator<Item = (Language, Cow<'b, str>)>,
    ) -> Row<'b> {
        Row { unit, texts: texts.map(|(language, text)| (language, one_line(text))).collect() }
    }

    /// The unit's languages, each with its text, in the order of the bitext's languages.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = (Language, &str)> {
        self.texts.iter().map(|(language, text)| (*language, text.as_ref()))
    }

    /// The text in a language; `None` if the unit has no sentence in it.
    pub fn text(&self, language: Language) -> Option<&str> {
        self.texts().find(|(has, _)| *has == language).map(|(_, text)| text)
    }

    /// The unit, for as long as the bitext lives.
    pub fn unit(&self) -> &'b Unit {
        self.unit
    }
}

impl Deref for Row<'_> {
    type Target = Unit;

    fn deref(&self) -> &Unit {
        self.unit
    }
}

/// The text itself if it is one line without tabs; otherwise the text with every run of white space
/// replaced by a space.
fn one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) { Cow::Owned(fold(&text)) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Article, Bitext, Part};

    fn unit(english: &[usize], german: &[usize]) -> Unit {
        let part = |language, sentences: &[usize]| Part { language, sentences: sentences.to_vec() };
        let parts = [part(Language::ENGLISH, english), part(Language::GERMAN, german)];
        let parts = parts.into_iter().filter(|part| !part.sentences.is_empty()).collect();
        Unit::new(parts, 0.5, 0.9).unwrap()
    }

    #[test]
    fn rows_are_the_units_with_a_counterpart_on_one_line_each() {
        let english = "A ship.\r\n It\tsailed. Share. At night.";
        let articles = vec![
            Article::from_spans(Language::ENGLISH, english, vec![0..7, 10..20, 21..27, 28..37]),
            Ok(Article::from_sentences(Language::GERMAN, ["Ein Schiff fuhr\u{a0}aus.", "Nachts."])),
        ];
        let articles = articles.into_iter().collect::<crate::Result<Vec<_>>>().unwrap();
        let units = vec![unit(&[0, 1], &[0]), unit(&[2], &[]), unit(&[3], &[1])];
        let bitext = Bitext::new(articles, units, Vec::new()).unwrap();
        let rows: Vec<Row<'_>> = bitext.rows().collect();
        assert_eq!(rows.len(), 2);
        let texts: Vec<_> = rows[0].texts().collect();
        let german = (Language::GERMAN, "Ein Schiff fuhr\u{a0}aus.");
        assert_eq!(texts, [(Language::ENGLISH, "A ship. It sailed."), german]);
        assert!(rows[0].texts.iter().all(|(language, text)| {
            matches!(text, Cow::Borrowed(_)) == (*language == Language::GERMAN)
        }));
        assert_eq!(rows[1].text(Language::ENGLISH), Some("At night."));
        assert_eq!((rows[1].score(), rows[1].confidence()), (0.5, 0.9));
    }
}
