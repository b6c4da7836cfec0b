//! Every row is recomputed from its bitext, for random bitexts and all rules.

use proptest::prelude::*;
use serde_json::Value;

use super::group::{Passages, passages};
use super::{GapPolicy, PassageKind, PassageRules};
use crate::corpus::filter::{FilterConfig, Reason, SpellingConfig};
use crate::format::{Record, fold};
use crate::split_mix::SplitMix64;
use crate::text::{Newlines, Span, paragraphs};
use crate::{Article, Bitext, Language, LanguagePair, Part, Unit};

const PAIR: [Language; 2] = [Language::ENGLISH, Language::GERMAN];

const RULES: PassageRules = PassageRules {
    kind: PassageKind::Document,
    max_characters: 4_000,
    gaps: GapPolicy::Drop,
    max_gap_sentences: Some(3),
    min_unit_confidence: Some(0.5),
    newlines: Newlines::Auto,
};

fn unit(sides: [&[usize]; 2], confidence: f32, crossing: bool) -> Unit {
    let parts = PAIR.into_iter().zip(sides).filter(|(_, sentences)| !sentences.is_empty());
    let part = |(language, sentences): (Language, &[usize])| Part {
        language,
        sentences: sentences.to_vec(),
    };
    Unit::new(parts.map(part).collect(), 0.5, confidence).unwrap().with_crossing(crossing)
}

/// A bitext of two texts, whose lines are sentences, from its beads.
fn bitext(texts: [&str; 2], beads: Vec<Unit>) -> Bitext {
    let article = |(language, text): (Language, &str)| {
        let lines = text.split('\n').scan(0, |start, line| {
            let span = *start..*start + line.len();
            *start = span.end + 1;
            Some(span)
        });
        let spans: Vec<Span> = lines.filter(|line| !line.is_empty()).collect();
        Article::from_spans(language, text, spans).unwrap()
    };
    let articles: Vec<Article> = PAIR.into_iter().zip(texts).map(article).collect();
    with_beads(articles, beads)
}

/// A bitext in which all sentences without a bead are null units.
fn with_beads(articles: Vec<Article>, beads: Vec<Unit>) -> Bitext {
    let is_free = |side: usize, sentence: usize| {
        beads.iter().all(|bead| !bead.sentences(PAIR[side]).unwrap().contains(&sentence))
    };
    let null = |side: usize, sentence: usize| {
        let mut sides: [&[usize]; 2] = [&[], &[]];
        let alone = [sentence];
        sides[side] = &alone;
        unit(sides, 0.9, false)
    };
    // The order of units: nulls of a side come before the bead that follows them.
    let mut units = Vec::new();
    let mut next = [0, 0];
    let mut nulls_before = |ends: [Option<usize>; 2], units: &mut Vec<Unit>| {
        for side in 0..2 {
            let Some(end) = ends[side] else { continue };
            let free = (next[side]..end).filter(|sentence| is_free(side, *sentence));
            units.extend(free.map(|sentence| null(side, sentence)));
            next[side] = next[side].max(end);
        }
    };
    for bead in &beads {
        let first = |side: usize| bead.sentences(PAIR[side]).map(|of| of[0]);
        let target = first(1).filter(|_| !bead.crossing());
        nulls_before([first(0), target], &mut units);
        units.push(bead.clone());
    }
    let ends = [0, 1].map(|side| Some(articles[side].len()));
    nulls_before(ends, &mut units);
    let pair = LanguagePair { source: PAIR[0], target: PAIR[1], beads };
    Bitext::new(articles, units, vec![pair]).unwrap().with_id("a1")
}

fn texts(passages: &Passages) -> Vec<[&str; 2]> {
    passages.rows.iter().map(|(row, _)| PAIR.map(|one| row.record.text(one).unwrap())).collect()
}

/// Lines of one paragraph; in the German text, the second has no counterpart.
const ENGLISH_LINES: &str = "Title\n\nThe ferry runs.\nIt is green.\n\nThe bridge is closed.";
const GERMAN_LINES: &str =
    "Titel\n\nDie Fähre fährt.\nSie kostet nichts.\nSie ist grün.\n\nDie Brücke ist gesperrt.";

fn ferry() -> Bitext {
    let pairs: [(usize, usize); 4] = [(0, 0), (1, 1), (2, 3), (3, 4)];
    let beads = pairs.iter().map(|&(one, other)| unit([&[one], &[other]], 0.9, false));
    bitext([ENGLISH_LINES, GERMAN_LINES], beads.collect())
}

/// Single newlines are spaces in these texts.
fn rules(kind: PassageKind, gaps: GapPolicy) -> PassageRules {
    PassageRules { kind, gaps, newlines: Newlines::Never, ..RULES }
}

#[test]
fn sentences_without_a_counterpart_are_dropped_kept_or_split_at() {
    let bitext = ferry();
    let of = |gaps| {
        passages(
            &bitext,
            &rules(PassageKind::Document, gaps),
            &FilterConfig::off(),
            &SpellingConfig::default(),
        )
        .unwrap()
    };
    let dropped = of(GapPolicy::Drop);
    let english = "Title\n\nThe ferry runs. It is green.\n\nThe bridge is closed.";
    let german = "Titel\n\nDie Fähre fährt. Sie ist grün.\n\nDie Brücke ist gesperrt.";
    assert_eq!(texts(&dropped), [[english, german]]);
    let record = &dropped.rows[0].0.record;
    assert_eq!(record.id.as_deref(), Some("a1#en-de#0-3"));
    assert_eq!(record.extra["sentences"]["de"][2]["status"], "left_out");
    assert_eq!(record.extra["aligned"]["en"], 1.0);
    // 58 of 76 characters.
    assert_eq!(record.extra["aligned"]["de"], 0.7631579);

    let kept = of(GapPolicy::Keep);
    let german =
        "Titel\n\nDie Fähre fährt. Sie kostet nichts. Sie ist grün.\n\nDie Brücke ist gesperrt.";
    assert_eq!(texts(&kept), [[english, german]]);
    let sentence = &kept.rows[0].0.record.extra["sentences"]["de"][2];
    assert_eq!((&sentence["status"], &sentence["unit"]), (&"unaligned".into(), &Value::Null));

    let split = of(GapPolicy::Split);
    let first = ["Title\n\nThe ferry runs.", "Titel\n\nDie Fähre fährt."];
    let second =
        ["It is green.\n\nThe bridge is closed.", "Sie ist grün.\n\nDie Brücke ist gesperrt."];
    assert_eq!(texts(&split), [first, second]);
}

#[test]
fn paragraphs_are_rows_with_the_unaligned_sentences_at_their_edges() {
    let paragraphs = rules(PassageKind::Paragraphs, GapPolicy::Keep);
    let rows =
        passages(&ferry(), &paragraphs, &FilterConfig::off(), &SpellingConfig::default()).unwrap();
    let second =
        ["The ferry runs. It is green.", "Die Fähre fährt. Sie kostet nichts. Sie ist grün."];
    let third = ["The bridge is closed.", "Die Brücke ist gesperrt."];
    assert_eq!(texts(&rows), [["Title", "Titel"], second, third]);

    // The first and the last German sentence have no counterpart, and the English text has one paragraph
    // where the German has two.
    let (english, german) = ("One.\nTwo.\n\nThree.", "Neu.\nEins.\n\nZwei.\n\nDrei.\nEnde.");
    let beads = [(0, 1), (1, 2), (2, 3)].map(|(one, other)| unit([&[one], &[other]], 0.9, false));
    let bitext = bitext([english, german], beads.to_vec());
    let of = |gaps| {
        let paragraphs = rules(PassageKind::Paragraphs, gaps);
        passages(&bitext, &paragraphs, &FilterConfig::off(), &SpellingConfig::default()).unwrap()
    };
    let kept = of(GapPolicy::Keep);
    let rows = [["One. Two.", "Neu. Eins.\n\nZwei."], ["Three.", "Drei. Ende."]];
    assert_eq!(texts(&kept), rows);
    let dropped = of(GapPolicy::Drop);
    assert_eq!(texts(&dropped), [["One. Two.", "Eins.\n\nZwei."], ["Three.", "Drei."]]);
    assert_eq!(dropped.rows[1].0.record.extra["aligned"]["de"], 0.5);
}

#[test]
fn uncertain_units_and_long_gaps_end_rows_unless_the_user_allows_them() {
    let english = "Zero.\nOne.\nTwo.\nThree.";
    let german = "Null.\nEins.\nZwei.\nA.\nB.\nDrei.";
    let beads = [(0, 0, 0.9), (1, 1, 0.4), (2, 2, 0.9), (3, 5, 0.9)];
    let beads = beads.map(|(one, other, sure)| unit([&[one], &[other]], sure, false));
    let bitext = bitext([english, german], beads.to_vec());
    let rows = |max_gap, min_confidence| {
        let rules = PassageRules {
            max_gap_sentences: max_gap,
            min_unit_confidence: min_confidence,
            ..rules(PassageKind::Document, GapPolicy::Drop)
        };
        let rows =
            passages(&bitext, &rules, &FilterConfig::off(), &SpellingConfig::default()).unwrap();
        texts(&rows).iter().map(|row| row[1].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(rows(Some(1), Some(0.5)), ["Null.", "Zwei.", "Drei."]);
    assert_eq!(rows(Some(2), Some(0.5)), ["Null.", "Zwei. Drei."]);
    assert_eq!(rows(None, Some(0.0)), ["Null. Eins. Zwei. Drei."]);
    assert_eq!(rows(Some(1), None), ["Null. Eins. Zwei.", "Drei."]);
}

#[test]
fn rejected_and_crossing_units_are_in_no_text() {
    let english = "The ferry costs 5 euros.\nIt runs again.\nIt is green.\nMenu";
    let german = "Menü\nDie Fähre kostet 6 Euro.\nSie fährt wieder.\nSie ist grün.";
    let beads = vec![
        unit([&[0], &[1]], 0.9, false),
        unit([&[1], &[2]], 0.9, false),
        unit([&[2], &[3]], 0.9, false),
        unit([&[3], &[0]], 0.9, true),
    ];
    let bitext = bitext([english, german], beads);
    let rules = rules(PassageKind::Document, GapPolicy::Keep);
    let found =
        passages(&bitext, &rules, &FilterConfig::default(), &SpellingConfig::default()).unwrap();
    assert_eq!(texts(&found), [["It runs again. It is green.", "Sie fährt wieder. Sie ist grün."]]);
    let reasons: Vec<_> = found.units.iter().map(|unit| unit.reasons).collect();
    assert!(reasons[0].contains(Reason::NumberMismatch), "{:?}", reasons[0]);
    assert!(reasons[1..].iter().all(|reasons| reasons.is_empty()));
    assert_eq!(found.crossing, 1);
    // Without the filters, only the crossing unit is in no row.
    let all = passages(&bitext, &rules, &FilterConfig::off(), &SpellingConfig::default()).unwrap();
    assert!(texts(&all)[0][1].starts_with("Die Fähre kostet 6 Euro. Sie"), "{:?}", texts(&all));
    assert_eq!((all.crossing, all.rows.len()), (1, 1));
}

#[test]
fn long_rows_are_cut_and_judged_by_other_filters_than_units() {
    let lines = |word: &str| vec![word; 900].join("\n");
    let texts_of = [lines("The river rose."), lines("Der Fluss stieg.")];
    let beads = (0..900).map(|at| unit([&[at], &[at]], 0.9, false)).collect();
    let bitext = bitext([&texts_of[0], &texts_of[1]], beads);
    // The text repeats itself, so nothing but the lengths is judged.
    let mut filter = FilterConfig::off();
    filter.max_characters = Some(2_000.0);
    filter.max_words = Some(300.0);
    let rules = rules(PassageKind::Document, GapPolicy::Drop);
    let found = passages(&bitext, &rules, &filter, &SpellingConfig::default()).unwrap();
    assert!(found.rows.iter().all(|(_, reasons)| reasons.is_empty()));
    // 235 sentences of 16 characters, with a space between them, have 3,994 characters.
    let lengths: Vec<usize> = texts(&found).iter().map(|row| row[1].chars().count()).collect();
    assert_eq!(lengths, [3994, 3994, 3994, 195 * 17 - 1]);
    // A unit that is longer is rejected as a unit.
    filter.max_characters = Some(10.0);
    let found = passages(&bitext, &rules, &filter, &SpellingConfig::default()).unwrap();
    assert!(found.rows.is_empty());
    assert!(found.units.iter().all(|unit| unit.reasons.contains(Reason::TooLong)));
}

#[test]
fn a_unit_with_sentences_of_others_inside_has_none_of_them() {
    let (english, german) = ("One and two.\nThree.", "Eins\nWerbung.\nund zwei.\nDrei.");
    let beads = vec![unit([&[0], &[0, 2]], 0.9, false), unit([&[1], &[3]], 0.9, false)];
    let bitext = bitext([english, german], beads);
    let german = |gaps| {
        let rules = rules(PassageKind::Document, gaps);
        let found =
            passages(&bitext, &rules, &FilterConfig::off(), &SpellingConfig::default()).unwrap();
        assert_eq!(found.rows.len(), 1);
        texts(&found)[0][1].to_string()
    };
    assert_eq!(german(GapPolicy::Drop), "Eins und zwei. Drei.");
    assert_eq!(german(GapPolicy::Split), "Eins und zwei. Drei.");
    assert_eq!(german(GapPolicy::Keep), "Eins Werbung. und zwei. Drei.");
}

#[test]
fn sentences_without_spaces_between_them_stay_so_and_blank_ones_separate_paragraphs() {
    let japanese: Language = "ja".parse().unwrap();
    let text = "橋は閉鎖。船は運航。";
    let source = Article::from_sentences(Language::ENGLISH, ["Closed.", "It runs.", "", "End."]);
    let target = Article::from_spans(japanese, text, vec![0..15, 15..30]).unwrap();
    let part = |language, sentence| Part { language, sentences: vec![sentence] };
    let pair = |at| Unit::new(vec![part(Language::ENGLISH, at), part(japanese, at)], 0.5, 0.9);
    let alone = |at| Unit::new(vec![part(Language::ENGLISH, at)], 0.0, 0.9).unwrap();
    let beads = vec![pair(0).unwrap(), pair(1).unwrap()];
    let units = [beads.clone(), vec![alone(2), alone(3)]].concat();
    let pair = LanguagePair { source: Language::ENGLISH, target: japanese, beads };
    let bitext = Bitext::new(vec![source, target], units, vec![pair]).unwrap();
    let found =
        passages(&bitext, &RULES, &FilterConfig::off(), &SpellingConfig::default()).unwrap();
    let record = &found.rows[0].0.record;
    assert_eq!(record.text(japanese), Some(text));
    assert_eq!(record.text(Language::ENGLISH), Some("Closed. It runs."));
    assert_eq!(record.id, None);
}

/// Random articles with paragraphs, and random beads: some of several sentences, some with sentences of others
/// inside, some uncertain, some crossing.
fn random_bitext(seed: u64) -> Bitext {
    let mut random = SplitMix64::new(seed);
    let mut below = move |most: u64| (random.next_u64() % most) as usize;
    let sizes = [below(30) + 4, below(30) + 4];
    let articles = [0, 1].map(|side| {
        let mut text = String::new();
        let mut spans = Vec::new();
        for at in 0..sizes[side] {
            if at > 0 {
                text.push_str(["", " ", " ", "  \n\n", "\n\n"][below(5)]);
            }
            let start = text.len();
            let word = ["Так.", "Two words.", "x", "A  longer\tsentence, 12.", "Ü"][below(5)];
            text.push_str(word);
            spans.push(start..text.len());
        }
        Article::from_spans(PAIR[side], text, spans).unwrap()
    });
    let (mut beads, mut next) = (Vec::new(), [0, 0]);
    // The last German sentence is kept for a crossing bead.
    let mut ends = sizes;
    let is_crossing = below(2) == 0;
    if is_crossing {
        ends[1] -= 1;
        beads.push(unit([&[0], &[sizes[1] - 1]], 0.9, true));
        next[0] = 1;
    }
    loop {
        let mut sides: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
        for side in 0..2 {
            let gap = if below(3) == 0 { below(6) } else { 0 };
            let first = next[side] + gap;
            sides[side] = (first..first + 1 + below(4) / 2).collect();
            // A sentence inside that is not its own.
            if below(6) == 0 {
                let last = sides[side].last().unwrap() + 2;
                sides[side].push(last);
            }
        }
        if (0..2).any(|side| sides[side].last().unwrap() >= &ends[side]) {
            break;
        }
        next = [0, 1].map(|side| sides[side].last().unwrap() + 1);
        let confidence = [0.2, 0.7, 0.9, 1.0][below(4)];
        beads.push(unit([&sides[0], &sides[1]], confidence, false));
    }
    with_beads(articles.to_vec(), beads)
}

/// A row as a reader of the file sees it: for each sentence its number in the article, and its unit in the row.
struct ReadRow {
    /// The numbers of sentences and of their units, and whether they are in the text; by side.
    sides: [Vec<(usize, Option<usize>, String)>; 2],
}

fn read_row(bitext: &Bitext, record: &Record) -> ReadRow {
    let sides = [0, 1].map(|side| {
        let article = bitext.article(PAIR[side]).unwrap();
        let list = record.extra["sentences"][PAIR[side].code()].as_array().unwrap();
        let sentence = |value: &Value| {
            let number = |name: &str| value[name].as_u64().map(|number| number as usize);
            let span = number("start").unwrap()..number("end").unwrap();
            let sentence = article.spans().iter().position(|of| *of == span).unwrap();
            (sentence, number("unit"), value["status"].as_str().unwrap().to_string())
        };
        list.iter().map(sentence).collect()
    });
    ReadRow { sides }
}

/// Recomputes a text from its spans: paragraphs by the article's text, white space folded.
fn recomputed(article: &Article, newlines: Newlines, sentences: &[usize]) -> String {
    let borders = paragraphs(article.text(), newlines);
    let paragraph_of = |sentence: usize| {
        let start = article.spans()[sentence].start;
        borders.iter().position(|span| span.contains(&start))
    };
    let (mut text, mut last) = (String::new(), None);
    for &sentence in sentences {
        let start = article.spans()[sentence].start;
        if let Some(last) = last {
            let touches = sentence > 0 && article.spans()[sentence - 1].end == start;
            text.push_str(match paragraph_of(last) == paragraph_of(sentence) {
                false => "\n\n",
                true if touches => "",
                true => " ",
            });
        }
        text.push_str(&fold(article.sentence(sentence).unwrap()));
        last = Some(sentence);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_row_is_what_its_columns_say(
        seed in any::<u64>(),
        most in 1_usize..120,
        gaps in prop_oneof![Just(GapPolicy::Drop), Just(GapPolicy::Keep), Just(GapPolicy::Split)],
        max_gap_sentences in prop_oneof![Just(None), (0_usize..5).prop_map(Some)],
        is_document in any::<bool>(),
    ) {
        let bitext = random_bitext(seed);
        let kind =
            if is_document { PassageKind::Document } else { PassageKind::Paragraphs };
        let rules = PassageRules { kind, max_characters: most, gaps, max_gap_sentences, ..RULES };
        let found = passages(&bitext, &rules, &FilterConfig::off(), &SpellingConfig::default()).unwrap();
        let beads = bitext.beads(PAIR[0], PAIR[1]);
        let mut used = vec![false; beads.len()];
        // The last sentence of the row before, by side.
        let mut ends: [Option<usize>; 2] = [None, None];
        for (row, _) in &found.rows {
            let record = &row.record;
            let read = read_row(&bitext, record);
            let confidences = record.extra["confidences"].as_array().unwrap();
            for side in 0..2 {
                let article = bitext.article(PAIR[side]).unwrap();
                let sentences = &read.sides[side];
                // Sentences are consecutive, and come after the row before.
                prop_assert!(sentences.windows(2).all(|two| two[0].0 + 1 == two[1].0));
                prop_assert!(ends[side].is_none_or(|end| end < sentences[0].0));
                ends[side] = sentences.last().map(|last| last.0);
                // The text is that of its spans.
                let in_text = |status: &str| matches!(status, "aligned" | "unaligned");
                let listed: Vec<usize> = sentences
                    .iter().filter(|one| in_text(&one.2)).map(|one| one.0).collect();
                let text = record.text(PAIR[side]).unwrap();
                prop_assert_eq!(text, recomputed(article, rules.newlines, &listed));
                prop_assert_eq!(&row.sentences[side], &(PAIR[side], listed));
                // Only a single unit may be too long.
                let length = text.chars().count();
                prop_assert!(length <= most || confidences.len() == 1, "{length} {most}");
                // The share of aligned characters.
                let count = |only_aligned: bool| -> usize {
                    let of = sentences.iter().filter(|one| !only_aligned || one.2 == "aligned");
                    of.map(|one| fold(article.sentence(one.0).unwrap()).chars().count()).sum()
                };
                let share = count(true) as f64 / count(false) as f64;
                let written = record.extra["aligned"][PAIR[side].code()].as_f64().unwrap();
                prop_assert!((share - written).abs() < 1e-6, "{share} {written}");
                // Gaps are treated as asked.
                let unaligned = sentences.iter().filter(|one| one.2 == "unaligned").count();
                prop_assert!(gaps == GapPolicy::Keep || unaligned == 0);
                let mut gap = 0;
                for one in sentences.iter().skip_while(|one| one.1.is_none()) {
                    gap = if one.1.is_none() { gap + 1 } else { 0 };
                    let is_inside = gap == 1 && gaps == GapPolicy::Split;
                    prop_assert!(max_gap_sentences.is_none_or(|most| gap <= most.max(1)));
                    prop_assert!(gap == 0 || !is_inside || inside_a_unit(sentences, one.0));
                }
            }
            // The units are beads, in order, each in one row.
            for (number, confidence) in confidences.iter().enumerate() {
                let of = |side: usize| -> Vec<usize> {
                    let sentences = read.sides[side].iter().filter(|one| one.1 == Some(number));
                    sentences.map(|one| one.0).collect()
                };
                let at = beads.iter().position(|bead| {
                    (0..2).all(|side| bead.sentences(PAIR[side]).unwrap() == of(side))
                });
                let at = at.unwrap();
                prop_assert!(!used[at] && !beads[at].crossing());
                used[at] = true;
                let same = (confidence.as_f64().unwrap() - f64::from(beads[at].confidence())).abs();
                prop_assert!(same < 1e-6);
                prop_assert!(beads[at].confidence() >= 0.5);
            }
            let units: Vec<usize> = row.units.iter().map(|unit| unit[0].len()).collect();
            prop_assert!(units.iter().all(|sentences| *sentences > 0));
        }
        // Each sure bead that does not cross is in a row.
        let sure = beads.iter().map(|bead| bead.confidence() >= 0.5 && !bead.crossing());
        prop_assert!(sure.eq(used));
    }
}

/// Whether a sentence is between two sentences of one unit.
fn inside_a_unit(sentences: &[(usize, Option<usize>, String)], sentence: usize) -> bool {
    let before = sentences.iter().rev().find(|one| one.0 < sentence && one.1.is_some());
    let after = sentences.iter().find(|one| one.0 > sentence && one.1.is_some());
    before.zip(after).is_some_and(|(before, after)| before.1 == after.1)
}
