//! The table of a bitext for notebooks.

use std::fmt::Write;

use bitext::report::escape;
use bitext::{Bitext, Unit};

use super::row;

/// Rows that are shown. A notebook keeps the table in its file.
const MAX_ROWS: usize = 200;
/// Rows below this confidence are marked, as in the table for terminals.
const DOUBTFUL_CONFIDENCE: f32 = 0.5;

const CELL: &str = "text-align:left;vertical-align:top";
const CELL_RIGHT_TO_LEFT: &str = "text-align:right;vertical-align:top";

/// A table with a row for each unit.
pub fn table(bitext: &Bitext) -> String {
    let mut out = String::from("<table><thead><tr><th></th><th>confidence</th><th>shape</th>");
    for article in bitext.articles() {
        let language = article.language();
        let name = escape(language.name().unwrap_or(language.code()));
        // Writing to a string cannot fail, here and below.
        let _ = write!(out, "<th style=\"{CELL}\">{name}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for (at, unit) in bitext.units().iter().enumerate().take(MAX_ROWS) {
        write_row(&mut out, bitext, at, unit);
    }
    out.push_str("</tbody></table>");
    let hidden = bitext.units().len().saturating_sub(MAX_ROWS);
    if hidden > 0 {
        let _ = write!(out, "<p>{hidden} more rows are not shown</p>");
    }
    for warning in bitext.warnings() {
        let _ = write!(out, "<p>warning: {}</p>", escape(&warning.to_string()));
    }
    out
}

fn write_row(out: &mut String, bitext: &Bitext, at: usize, unit: &Unit) {
    let style = if unit.is_null() {
        " style=\"opacity:0.6\""
    } else if unit.confidence() < DOUBTFUL_CONFIDENCE {
        " style=\"background:rgba(255,200,0,0.2)\""
    } else {
        ""
    };
    let confidence = (unit.confidence() * 100.0).floor() / 100.0;
    let shape = row::shape(bitext, unit);
    let _ = write!(out, "<tr{style}><th>{at}</th><td>{confidence:.2}</td><td>{shape}");
    out.push_str(if unit.crossing() { " ↕</td>" } else { "</td>" });
    for article in bitext.articles() {
        let text = row::text(bitext, at, article.language()).unwrap_or_default();
        let language = article.language();
        let code = escape(language.code());
        let (dir, style) = if language.is_right_to_left() {
            (" dir=\"rtl\"", CELL_RIGHT_TO_LEFT)
        } else {
            ("", CELL)
        };
        let text = escape(&text);
        let _ = write!(out, "<td lang=\"{code}\"{dir} style=\"{style}\">{text}</td>");
    }
    out.push_str("</tr>");
}
