//! The plots of the overview, as SVG. The style sheet of the page sets their colours.

use std::fmt::Write;

use super::html::escape;
use super::stats::{CONFIDENCE_BOUNDS, MAX_LOG_RATIO, RATIO_BINS, ReportStats};
use crate::Language;

/// The most shapes of beads that have their own bar; the rest share one.
const MAX_SHAPES: usize = 9;
/// The most reasons that have their own bar.
const MAX_REASONS: usize = 20;

/// Lengths are in SVG user units.
const WIDTH: f32 = 420.0;
const BAR_HEIGHT: f32 = 18.0;
/// The distance from one bar to the next.
const BAR_PITCH: f32 = 24.0;
/// The space before the bars, and the space for the numbers after them.
const LABEL_WIDTH: f32 = 108.0;
const NUMBER_WIDTH: f32 = 70.0;

/// A bar with its label, its number and its CSS class.
struct Bar {
    label: String,
    number: usize,
    class: &'static str,
}

/// All plots of a corpus.
pub(super) fn all(stats: &ReportStats) -> String {
    let mut out = summary(stats);
    out.push_str("<div class=\"plots\">");
    let mut from = 0.0;
    let labels: Vec<(String, f32)> = { CONFIDENCE_BOUNDS.iter() }
        .map(|&end| {
            (format!("{} to {}", decimals(std::mem::replace(&mut from, end)), decimals(end)), end)
        })
        .collect();
    let confidence = |numbers: &[usize; CONFIDENCE_BOUNDS.len()]| -> Vec<Bar> {
        { labels.iter().zip(numbers).rev() }
            .map(|((label, end), number)| Bar {
                label: label.clone(),
                number: *number,
                class: class_of(*end),
            })
            .collect()
    };
    out.push_str(&bars("Confidence of the units", &confidence(&stats.linked)));
    if stats.nulls.iter().any(|number| *number > 0) {
        let title = "Confidence of unaligned sentences";
        out.push_str(&bars(title, &confidence(&stats.nulls)));
    }
    out.push_str(&bars("Shapes of beads", &shapes(stats)));
    for ((source, target), numbers) in &stats.ratios {
        let title = format!("Length in characters, {} to {}", named(target), named(source));
        out.push_str(&histogram(&title, numbers));
    }
    if !stats.discards.is_empty() {
        out.push_str(&bars("Discarded, by reason", &reasons(stats)));
    }
    out.push_str("</div>");
    out
}

fn summary(stats: &ReportStats) -> String {
    let linked: usize = stats.linked.iter().sum();
    let nulls: usize = stats.nulls.iter().sum();
    let mut facts =
        vec![(stats.bitexts, "bitexts"), (linked, "units"), (nulls, "unaligned sentences")];
    let sentences: Vec<(usize, String)> = { stats.sentences.iter() }
        .map(|(language, number)| (*number, format!("{} sentences", named(language))))
        .collect();
    facts.extend(sentences.iter().map(|(number, what)| (*number, what.as_str())));
    if stats.unrelated > 0 {
        facts.push((stats.unrelated, "look unrelated"));
    }
    let left: usize = stats.discards.values().sum();
    if left > 0 {
        facts.push((left, "discarded"));
    }
    let mut out = String::from("<dl class=\"facts\">");
    for (number, what) in facts {
        let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(what), grouped(number));
    }
    out.push_str("</dl>");
    out
}

fn named(language: &Language) -> &str {
    language.name().unwrap_or(language.code())
}

fn shapes(stats: &ReportStats) -> Vec<Bar> {
    let mut all: Vec<(&(usize, usize), &usize)> = stats.shapes.iter().collect();
    all.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let name = |&(one, other): &(usize, usize)| {
        if one == other {
            format!("{one}-{other}")
        } else {
            format!("{one}-{other}, {other}-{one}")
        }
    };
    let mut bars: Vec<Bar> = { all.iter().take(MAX_SHAPES) }
        .map(|(shape, number)| Bar { label: name(shape), number: **number, class: "c4" })
        .collect();
    let rest: usize = all.iter().skip(MAX_SHAPES).map(|(_, number)| **number).sum();
    if rest > 0 {
        bars.push(Bar { label: "others".to_string(), number: rest, class: "c4" });
    }
    bars
}

fn reasons(stats: &ReportStats) -> Vec<Bar> {
    let mut all: Vec<(&String, &usize)> = stats.discards.iter().collect();
    all.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let mut bars: Vec<Bar> = { all.iter().take(MAX_REASONS) }
        .map(|(reason, number)| Bar { label: (*reason).clone(), number: **number, class: "c1" })
        .collect();
    let rest: usize = all.iter().skip(MAX_REASONS).map(|(_, number)| **number).sum();
    if rest > 0 {
        bars.push(Bar { label: "others".to_string(), number: rest, class: "c1" });
    }
    bars
}

/// The CSS class of the confidence bin that ends at `end`. `grade` in dom.js uses the
/// same bounds.
fn class_of(end: f32) -> &'static str {
    match end {
        end if end <= 0.5 => "c0",
        end if end <= 0.7 => "c1",
        end if end <= 0.9 => "c2",
        end if end <= 0.99 => "c3",
        _ => "c4",
    }
}

/// A plot of horizontal bars with their numbers.
fn bars(title: &str, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.number).max().unwrap_or(0).max(1);
    let total: usize = bars.iter().map(|bar| bar.number).sum();
    let height = bars.len() as f32 * BAR_PITCH + 4.0;
    let description: Vec<String> =
        bars.iter().map(|bar| format!("{}: {}", bar.label, grouped(bar.number))).collect();
    let mut out = open(title, &description.join("; "), height);
    for (at, bar) in bars.iter().enumerate() {
        let y = at as f32 * BAR_PITCH + 2.0;
        let width = bar.number as f32 / most as f32 * (WIDTH - LABEL_WIDTH - NUMBER_WIDTH);
        // Small numbers get a visible bar.
        let width = if bar.number > 0 { width.max(1.5) } else { 0.0 };
        let base = y + BAR_HEIGHT * 0.72;
        let share = bar.number as f64 / total.max(1) as f64 * 100.0;
        let label = shortened(&bar.label);
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{}\" x=\"{LABEL_WIDTH}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{BAR_HEIGHT}\" rx=\"2\">\
             <title>{}: {} ({share:.1} %)</title></rect>\
             <text class=\"number\" x=\"{:.1}\" y=\"{base:.1}\">{}</text>",
            LABEL_WIDTH - 8.0,
            escape(&label),
            bar.class,
            escape(&bar.label),
            grouped(bar.number),
            LABEL_WIDTH + width + 6.0,
            grouped(bar.number),
        );
    }
    out.push_str("</svg></figure>");
    out
}

/// A histogram over the logarithm of a ratio.
fn histogram(title: &str, numbers: &[usize; RATIO_BINS]) -> String {
    const HEIGHT: f32 = 150.0;
    const FOOT_HEIGHT: f32 = 24.0;

    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let width = WIDTH / RATIO_BINS as f32;
    let ratio = |edge: f32| 2f32.powf((edge / RATIO_BINS as f32 * 2.0 - 1.0) * MAX_LOG_RATIO);
    let description: Vec<String> = { numbers.iter().enumerate() }
        .filter(|(_, number)| **number > 0)
        .map(|(at, number)| format!("{:.2}: {}", ratio(at as f32 + 0.5), grouped(*number)))
        .collect();
    let mut out = open(title, &description.join("; "), HEIGHT + FOOT_HEIGHT);
    for (at, number) in numbers.iter().enumerate() {
        let tall = *number as f32 / most as f32 * (HEIGHT - 6.0);
        let tall = if *number > 0 { tall.max(1.5) } else { 0.0 };
        let _ = write!(
            out,
            "<rect class=\"c4\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\">\
             <title>{:.2} to {:.2} times as long: {}</title></rect>",
            at as f32 * width + 0.5,
            HEIGHT - tall,
            width - 1.0,
            ratio(at as f32),
            ratio(at as f32 + 1.0),
            grouped(*number),
        );
    }
    let _ = write!(out, "<path class=\"axis\" d=\"M0 {HEIGHT}H{WIDTH}\"/>");
    for mark in [0.5f32, 0.75, 1.0, 1.5, 2.0] {
        let x = (mark.log2() / MAX_LOG_RATIO + 1.0) / 2.0 * WIDTH;
        let _ = write!(
            out,
            "<path class=\"axis\" d=\"M{x:.1} {HEIGHT}v5\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{mark}</text>",
            HEIGHT + FOOT_HEIGHT - 6.0,
        );
    }
    out.push_str("</svg></figure>");
    out
}

/// The start of a plot. `description` is read by screen readers.
fn open(title: &str, description: &str, height: f32) -> String {
    let title = escape(title);
    format!(
        "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {WIDTH} {height:.1}\" role=\"img\" \
         aria-label=\"{title}. {}\">",
        escape(description)
    )
}

/// Shortens a label to the space before the bars.
fn shortened(label: &str) -> String {
    const MAX_LABEL_CHARACTERS: usize = 16;
    if label.chars().count() > MAX_LABEL_CHARACTERS {
        label.chars().take(MAX_LABEL_CHARACTERS - 1).chain(['…']).collect()
    } else {
        label.to_string()
    }
}

fn decimals(value: f32) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Groups digits by commas, like the script of the page.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_labels_cut() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(shortened("длинна-назва-причини"), "длинна-назва-пр…");
        assert_eq!(decimals(0.95), "0.95");
        assert_eq!(decimals(1.0), "1");
    }

    #[test]
    fn all_reasons_are_counted_and_escaped() {
        let mut stats = ReportStats::default();
        for at in 0..25 {
            stats.discards.insert(format!("<b>{at}"), at + 1);
        }
        let svg = all(&stats);
        assert!(svg.contains("&lt;b&gt;24: 25") && !svg.contains("<b>"));
        // The five rarest reasons share one bar.
        assert!(svg.contains("others: 15"));
    }
}
