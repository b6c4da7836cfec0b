//! Units as their texts.

use std::borrow::Cow;

use super::{Bitext, Unit};
use crate::{Language, format};

/// The texts of a unit that has at least two languages: an item of [`Bitext::rows`].
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
/// assert_eq!(row.unit(), &bitext.units()[0]);
/// assert!(row.confidence() > 0.5 && row.score() > 0.0);
/// # Ok::<(), bitext::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'b> {
    unit: &'b Unit,
    /// In the order of the bitext's languages, at least two.
    texts: Vec<(Language, Cow<'b, str>)>,
}

impl<'b> Row<'b> {
    /// The row of a unit; `None` for a null unit.
    pub(super) fn new(bitext: &'b Bitext, unit: &'b Unit) -> Option<Row<'b>> {
        if unit.is_null() {
            return None;
        }
        let text = |language| Some((language, one_line(bitext.text(unit, language)?)));
        Some(Row { unit, texts: bitext.languages().filter_map(text).collect() })
    }

    /// The languages that the unit has, with its text in each, in the bitext's order.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = (Language, &str)> {
        self.texts.iter().map(|(language, text)| (*language, text.as_ref()))
    }

    /// The text in a language; `None` where the unit lacks it.
    pub fn text(&self, language: Language) -> Option<&str> {
        self.texts().find(|(has, _)| *has == language).map(|(_, text)| text)
    }

    /// The unit, with the indices of its sentences.
    pub fn unit(&self) -> &'b Unit {
        self.unit
    }

    /// The unit's score: see [`Unit::score`].
    pub fn score(&self) -> f32 {
        self.unit.score()
    }

    /// The unit's confidence: see [`Unit::confidence`].
    pub fn confidence(&self) -> f32 {
        self.unit.confidence()
    }
}

/// The text as it stands if it is one line without tabs, else with every run of white space as one
/// space.
fn one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.contains(breaks) { Cow::Owned(format::fold(&text)) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Article, Part};

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
