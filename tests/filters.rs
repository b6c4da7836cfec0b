//! Filters keep good pairs and report the right reason for each kind of damage.

use bitext::Language;
use bitext::corpus::filter::{
    CandidatePair, DedupConfig, Deduplicator, FilterConfig, FilterCounts, Reason,
};
use proptest::prelude::*;

const EN: Language = Language::ENGLISH;
const UK: Language = Language::UKRAINIAN;
const DE: Language = Language::GERMAN;

fn codes(source: (Language, &str), target: (Language, &str)) -> Vec<&'static str> {
    let verdict = FilterConfig::default().judge(&CandidatePair::new(source, target));
    verdict.reasons().iter().map(Reason::code).collect()
}

#[test]
fn good_pairs_are_kept() {
    for (source, target) in [
        ((EN, "Yes."), (UK, "Так.")),
        ((EN, "No"), (DE, "Nein")),
        (
            (EN, "On 12 May 2024, at 2:30 pm, 1,234.5 tonnes were unloaded."),
            (DE, "Am 12.05.2024 um 14:30 Uhr wurden 1.234,5 Tonnen entladen."),
        ),
        (
            (EN, "Twenty-five people, half of them children, came in the 1990s."),
            (UK, "У 90-х роках приїхало 25 людей, половина з них – діти."),
        ),
        ((EN, "The XIX century"), (UK, "19 століття")),
        ((EN, "Budget: $1.5bn"), (UK, "Бюджет: 1,5 млрд доларів")),
        (
            (EN, "See https://www.example.org/en/ or write to info@example.org."),
            (DE, "Siehe https://www.example.org/de/, oder schreiben Sie an info@example.org."),
        ),
        ((EN, "“Stop!” he cried."), (DE, "„Halt!“, rief er.")),
        (
            (UK, "П’ятниця – день без фондю, об’їзду і ґав."),
            (DE, "Freitag ist ein Tag ohne Fondue, Umleitung und Krähen."),
        ),
        ((UK, "Компанія Microsoft випустила Windows 11."), (EN, "Microsoft released Windows 11.")),
        (
            (EN, "R&D costs rose by 5% in Q3 <see below>."),
            (DE, "Die F&E-Kosten stiegen im 3. Quartal um 5 % <siehe unten>."),
        ),
        (
            (EN, "Visit example.org for help."),
            (UK, "По допомогу завітайте на https://example.org."),
        ),
        ((EN, "Like this:"), (UK, "Ось так:")),
        (
            (EN, "See <https://example.org/help?id=7>."),
            (UK, "Див. <https://example.org/help?id=7>."),
        ),
        ((EN, "Joining A || B"), (UK, "Поєднання A || B")),
        ((EN, "The letter a has forms: àáâäã."), (UK, "Літера a має форми: àáâäã.")),
        ((EN, "The line has \\u0323 for it."), (UK, "Для цього рядок має \\u0323.")),
        ((EN, "All plug-ins are listed here."), (UK, "Тут наведено всі plug-in-и.")),
        ((EN, "KDE on FreeBSD"), (UK, "KDE у FreeBSD")),
        ((EN, "So: 1.9.0 -> 1.10.0 -> 1.11.0."), (DE, "Also: 1.9.0 -> 1.10.0 -> 1.11.0.")),
        ((EN, "It takes 1 1/2 cups."), (DE, "Man braucht 1,5 Tassen.")),
        (
            (EN, "Very, very good, he said, very good indeed."),
            (UK, "Дуже, дуже добре, сказав він, справді дуже добре."),
        ),
    ] {
        assert_eq!(codes(source, target), [""; 0], "{source:?} {target:?}");
    }
}

#[test]
fn damaged_pairs_are_rejected_for_the_right_reason() {
    let long = "The ferry that links the two banks of the river will stop for a month.";
    let translation = "Пором, що сполучає два береги річки, зупинять на місяць.";
    for (source, target, reason) in [
        ((EN, long), (UK, "–"), "too_short"),
        ((EN, long), (UK, "Пором."), "length_ratio"),
        ((EN, long), (UK, long), "wrong_script"),
        ((EN, long), (DE, long), "untranslated"),
        (
            (EN, long),
            (DE, "Le bac qui relie les deux rives du fleuve sera arrêté pendant un mois entier."),
            "wrong_language",
        ),
        (
            (EN, long),
            (UK, "Паром, который соединяет берега реки, остановят на месяц."),
            "russian_in_ukrainian",
        ),
        ((EN, "It costs 15 euros."), (UK, "Це коштує 51 євро."), "number_mismatch"),
        ((EN, "See https://example.org"), (DE, "Siehe https://anderswo.net"), "url_mismatch"),
        (
            (EN, long),
            (UK, "зупинять зупинять зупинять зупинять зупинять зупинять зупинять"),
            "repetition",
        ),
        ((EN, long), (UK, "<p>Пором</p> <b>зупинять</b>&nbsp;на місяць"), "markup"),
        ((EN, "Share this post:"), (UK, translation), "boilerplate"),
        ((EN, long), (UK, "ÐŸÐ¾Ñ€Ð¾Ð¼ Ð·ÑƒÐ¿Ð¸Ð½ÑÑ‚ÑŒ Ð½Ð° Ð¼Ñ–ÑÑÑ†ÑŒ"), "mojibake"),
        (
            (EN, long),
            (DE, "Die F\u{fffd}hre h\u{fffd}lt einen Monat lang nicht mehr an den Ufern."),
            "mojibake",
        ),
        ((EN, long), (UK, "\\u041f\\u043e\\u0440\\u043e\\u043c зупинять на місяць"), "escapes"),
        ((EN, "12:30 – 14:45 (2)"), (UK, "12:30 – 14:45 (2)"), "few_letters"),
    ] {
        let found = codes(source, target);
        assert!(found.contains(&reason), "{target:?}: {found:?} lacks {reason}");
    }
    let unsure = CandidatePair::new((EN, long), (UK, translation)).with_confidence(Some(0.2));
    assert!(FilterConfig::default().judge(&unsure).reasons().contains(Reason::LowConfidence));
    assert!(FilterConfig::off().judge(&unsure).is_kept());
    let mut punctuation_only = FilterConfig::off();
    punctuation_only.max_end_mismatch = Some(0.6);
    let verdict = punctuation_only.judge(&CandidatePair::new((EN, "Is it so?"), (UK, "Це так.")));
    assert!(verdict.reasons().contains(Reason::TerminalPunctuation));
}

/// The texts of the table in the documentation of [`Reason`].
struct Example {
    reason: Reason,
    rejected: [(Language, &'static str); 2],
    kept: [(Language, &'static str); 2],
}

/// Reasons whose examples are described in the table, or need more than two texts.
const WITHOUT_EXAMPLE: [Reason; 8] = [
    Reason::Excluded,
    Reason::TooLong,
    Reason::ManyWords,
    Reason::LowConfidence,
    Reason::LowScore,
    Reason::Duplicate,
    Reason::NearDuplicate,
    Reason::RenamedCopy,
];

fn examples() -> Vec<Example> {
    let example = |reason, rejected, kept| Example { reason, rejected, kept };
    let ferry = "The ferry that links the two banks will stop for a month.";
    vec![
        example(Reason::TooShort, [(EN, "The ferry runs."), (DE, "–")], [(EN, "No"), (DE, "Nein")]),
        example(
            Reason::FewWords,
            [(EN, "More news"), (DE, "Mehr Nachrichten")],
            [(EN, "The ferry runs."), (DE, "Die Fähre fährt.")],
        ),
        example(
            Reason::LengthRatio,
            [(EN, ferry), (UK, "Пором.")],
            [(EN, "Yes."), (UK, "Так, звісно.")],
        ),
        example(
            Reason::WrongScript,
            [(EN, ferry), (UK, "The bridge is closed.")],
            [(EN, "KDE on FreeBSD"), (UK, "KDE у FreeBSD")],
        ),
        example(
            Reason::WrongLanguage,
            [
                (EN, ferry),
                (
                    DE,
                    "Le bac qui relie les deux rives du fleuve sera arrêté pendant un mois entier.",
                ),
            ],
            [(EN, "Anna Miller plays Tern 3."), (DE, "Anna Miller spielt Tern 3.")],
        ),
        example(
            Reason::RussianInUkrainian,
            [(EN, "x"), (UK, "Он сказал, что это хорошо.")],
            [(EN, "The letter “и” in the alphabet"), (UK, "Літера «и» в абетці")],
        ),
        example(
            Reason::RussianWords,
            [(EN, "May I go?"), (UK, "Мені можно йти?")],
            [(EN, "But he went."), (UK, "Однако він пішов.")],
        ),
        example(
            Reason::Surzhyk,
            [(EN, "The next tram comes in an hour."), (UK, "Слідуючий трамвай за годину.")],
            [(EN, "The next tram comes in an hour."), (UK, "Наступний трамвай за годину.")],
        ),
        example(
            Reason::Calques,
            [(EN, "They took part in the exhibition."), (UK, "Вони приймали участь у виставці.")],
            [(EN, "They received guests."), (UK, "Вони приймали гостей.")],
        ),
        example(
            Reason::MixedScript,
            [(EN, "He came."), (UK, "Вiн прийшов")],
            [(EN, "URLs and PCs"), (UK, "URLи та PCи")],
        ),
        example(
            Reason::MissingApostrophe,
            [(EN, "Five years passed."), (UK, "Пройшло пять років.")],
            [(EN, "Five years passed."), (UK, "Пройшло п’ять років.")],
        ),
        example(
            Reason::Untranslated,
            [(EN, "Open the bridge."), (DE, "Open the bridge")],
            [(EN, "Windows 11"), (UK, "Операційна система Windows 11")],
        ),
        example(
            Reason::PartlyUntranslated,
            [
                (EN, "The ferry will stop for a month."),
                (DE, "The ferry will stop einen Monat lang."),
            ],
            [(EN, "He read “The Times” daily."), (DE, "Er las täglich „The Times“.")],
        ),
        example(
            Reason::NumberMismatch,
            [(EN, "It costs 15 euros."), (DE, "Es kostet 51 Euro.")],
            [(EN, "Budget: $1.5bn"), (UK, "Бюджет: 1,5 млрд доларів")],
        ),
        example(
            Reason::UrlMismatch,
            [(EN, "See https://example.org"), (DE, "Siehe https://anderswo.net")],
            [(EN, "See https://example.org/en"), (DE, "Siehe https://de.example.org")],
        ),
        example(
            Reason::TerminalPunctuation,
            [(EN, "Is it so?"), (UK, "Це так.")],
            [(EN, "“Stop!” he cried."), (DE, "„Halt!“, rief er.")],
        ),
        example(
            Reason::Repetition,
            [(EN, "the ferry the ferry the ferry the ferry"), (DE, "Fähre")],
            [
                (EN, "Very, very good, he said, very good indeed."),
                (DE, "Sehr, sehr gut, sagte er, wirklich sehr gut."),
            ],
        ),
        example(
            Reason::Doubled,
            [(EN, "It rained."), (DE, "Es hat geregnet. Es hat geregnet.")],
            [
                (EN, "We wait here. We wait here. Nobody comes to the ferry today."),
                (DE, "Wir warten hier. Wir warten hier. Heute kommt niemand zur Fähre."),
            ],
        ),
        example(
            Reason::Markup,
            [(EN, "<p>The port</p>"), (DE, "<p>Der Hafen</p>")],
            [(EN, "Use <br> here."), (DE, "Verwenden Sie hier <br>.")],
        ),
        example(
            Reason::Boilerplate,
            [(EN, "Share this post:"), (DE, "Diesen Beitrag teilen")],
            [(EN, "Like this:"), (DE, "So:")],
        ),
        example(
            Reason::Mojibake,
            [(EN, "at"), (UK, "Ð¿Ñ€Ð¸")],
            [(EN, "The letter a has forms: àáâäã."), (UK, "Літера a має форми: àáâäã.")],
        ),
        example(
            Reason::Escapes,
            [(EN, "x"), (UK, r"\u0456\u0457\u0457")],
            [(EN, r"Ended %s.\nGo on?"), (DE, r"%s beendet.\nWeiter?")],
        ),
        example(
            Reason::FewLetters,
            [(EN, "12:30 – 14:45 (2)"), (UK, "12:30 – 14:45 (2)")],
            [(EN, "So: 1.9.0 -> 1.10.0"), (DE, "Also: 1.9.0 -> 1.10.0")],
        ),
    ]
}

#[test]
fn documented_examples_are_rejected_or_kept() {
    // The filters that are off by default, at the thresholds of their examples.
    let strict = FilterConfig::default()
        .with_min_words(3.0)
        .with_max_end_mismatch(0.6)
        .with_max_calques(0.0);
    let examples = examples();
    for Example { reason, rejected, kept } in &examples {
        let strict = |[source, target]: [(Language, &str); 2]| {
            strict.judge(&CandidatePair::new(source, target)).reasons()
        };
        assert!(strict(*rejected).contains(*reason), "{reason}: {rejected:?} is kept");
        assert!(!strict(*kept).contains(*reason), "{reason}: {kept:?} is rejected");
        assert_eq!(codes(kept[0], kept[1]), [""; 0], "{reason}: {kept:?}");
    }
    for reason in Reason::ALL {
        let shown = examples.iter().any(|example| example.reason == reason);
        assert_ne!(
            shown,
            WITHOUT_EXAMPLE.contains(&reason),
            "{reason} must be in one list: examples() or WITHOUT_EXAMPLE"
        );
    }
}

#[test]
fn short_sentences_are_kept() {
    for text in ["Go", "Go on", "Go on now"] {
        let verdict = FilterConfig::default().judge(&CandidatePair::new((EN, text), (UK, "Далі")));
        assert!(verdict.is_kept(), "{text}");
    }
}

#[test]
fn rows_with_a_common_near_key_are_equal_on_one_side() {
    let english = ["ferry", "bridge", "winter", "mayor", "school", "river", "market", "train"];
    let german = ["Fähre", "Brücke", "Winter", "Rat", "Schule", "Fluss", "Markt", "Bahn"];
    let mut seen = std::collections::HashMap::new();
    for (one, two) in (0..8).flat_map(|one| (0..8).map(move |two| (one, two))) {
        for (index, adverb) in [(one, ""), (two, " wohl")] {
            let source = format!("The {} in the old town is closed on Monday.", english[one]);
            let target =
                format!("Die {} in der alten Stadt ist am Montag{adverb} zu.", german[index]);
            for key in DedupConfig::default().keys(&[(EN, &source), (DE, &target)]).near {
                let other: &(String, String) =
                    seen.entry(key).or_insert_with(|| (source.clone(), target.clone()));
                assert!(other.0 == source || other.1 == target, "{other:?} / {source} {target}");
            }
        }
    }
}

#[test]
fn renamed_copies_are_found_on_request() {
    let check = |config: DedupConfig, rows: &[(&str, &str)]| -> Vec<Vec<&str>> {
        let mut seen = Deduplicator::default();
        let check = |(english, ukrainian): &(&str, &str)| {
            let reasons = seen.check(&config.keys(&[(EN, *english), (UK, *ukrainian)]));
            reasons.iter().map(Reason::code).collect()
        };
        rows.iter().map(check).collect()
    };
    let rows = [
        ("The town of Hov has 1,200 inhabitants.", "У місті Гов 1200 мешканців."),
        ("The town of Belvarn has 31 inhabitants.", "У місті Бельварн 31 мешканець."),
        ("The town of Old Ouda has 77 inhabitants.", "У місті Стара Оуда 77 мешканців."),
        ("The town of Hov had 1,200 inhabitants.", "У місті Гов було 1200 мешканців."),
        ("Chapter 1: Hov", "Розділ 1: Гов"),
        ("Chapter 2: Belvarn", "Розділ 2: Бельварн"),
    ];
    let config = DedupConfig::default().with_renamed(true);
    let none = Vec::new();
    let found = check(config, &rows);
    assert_eq!(found, [&none[..], &none, &["renamed_copy"], &none, &none, &none]);
    assert!(check(DedupConfig::default(), &rows).iter().all(Vec::is_empty));
}

#[test]
fn counts_of_parts_merge_to_counts_of_the_whole() {
    let config = FilterConfig::default();
    let dedup = DedupConfig::default();
    let texts =
        [("one thing", "одна річ"), ("one thing", "одна річ"), ("5 and 6", "7 і 8"), ("x", "")];
    let mut seen = Deduplicator::default();
    let mut whole = FilterCounts::default();
    let mut parts = [FilterCounts::default(), FilterCounts::default()];
    for (at, (english, ukrainian)) in texts.into_iter().enumerate() {
        let verdict = config.judge(&CandidatePair::new((EN, english), (UK, ukrainian)));
        let mut reasons = verdict.reasons();
        if verdict.is_kept() {
            reasons.extend(seen.check(&dedup.keys(&[(EN, english), (UK, ukrainian)])));
        }
        whole.add(reasons);
        parts[at % 2].add(reasons);
    }
    let [mut one, other] = parts;
    one.merge(&other);
    assert_eq!(one, whole);
    assert_eq!((whole.pairs, whole.kept(), whole.rejected_for(Reason::Duplicate)), (4, 1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn scores_are_in_range_and_symmetric(
        one in prop_oneof![any::<String>(), "[ a-zа-я0-9.,:<>&;%\\\\u@/]{0,60}"],
        other in prop_oneof![any::<String>(), "[ a-zа-я0-9.,:<>&;%\\\\u@/]{0,60}"],
        languages in (0usize..3, 0usize..3),
    ) {
        let all = [EN, UK, DE];
        let (source, target) = (all[languages.0], all[languages.1]);
        let config = FilterConfig::default();
        let forth = config.judge(&CandidatePair::new((source, &one), (target, &other)));
        let back = config.judge(&CandidatePair::new((target, &other), (source, &one)));
        prop_assert_eq!(forth.reasons(), back.reasons());
        for (reason, score) in forth.scores() {
            prop_assert!(score >= 0.0 && score.is_finite(), "{reason}: {score}");
            prop_assert_eq!(score, back.score(reason));
            let amount = matches!(reason, Reason::TooShort | Reason::TooLong | Reason::FewWords
                | Reason::ManyWords | Reason::LengthRatio);
            prop_assert!(amount || score <= 1.0, "{reason}: {score}");
        }
    }
}

#[test]
fn digits_that_are_a_version_and_a_telephone_number_count_once() {
    for text in ["00-111.0.0000-111.0.0000", "Call 049.30.1234567 or 049.30.1234567."] {
        assert!(!codes((EN, text), (DE, text)).contains(&"number_mismatch"), "{text}");
    }
}

proptest! {
    /// Adjacent numbers can be parsed in several ways.
    #[test]
    fn number_mismatch_is_symmetric(
        one in "[01. \t+/-]{0,60}",
        other in "[01. \t+/-]{0,60}",
    ) {
        let config = FilterConfig::default();
        let forth = config.judge(&CandidatePair::new((EN, &one), (DE, &other)));
        let back = config.judge(&CandidatePair::new((DE, &other), (EN, &one)));
        prop_assert_eq!(forth.score(Reason::NumberMismatch), back.score(Reason::NumberMismatch));
        prop_assert!((0.0..=1.0).contains(&forth.score(Reason::NumberMismatch)));
    }
}

/// The sentences of `tests/data/filter/surzhyk.txt`, which are faulty and clean.
#[test]
fn faulty_ukrainian_is_found_and_clean_ukrainian_is_kept() {
    /// Share of the faulty sentences that a filter for Ukrainian finds, at least.
    const MIN_FOUND: f64 = 0.85;
    let config = FilterConfig::off()
        .with_max_russian(0.34)
        .with_max_russian_words(0.0)
        .with_max_surzhyk(0.0)
        .with_max_calques(0.0)
        .with_max_mixed_script(0.0)
        .with_max_missing_apostrophe(0.0);
    let reasons = |text: &str| config.judge(&CandidatePair::new((EN, "x"), (UK, text))).reasons();
    let cases = include_str!("data/filter/surzhyk.txt");
    let cases = cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut found, mut all, mut flagged) = (0, 0, Vec::new());
    for line in cases {
        let [_, faulty, clean] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("not three columns: {line}")
        };
        if !reasons(clean).is_empty() {
            flagged.push((clean, reasons(clean)));
        }
        all += 1;
        if reasons(faulty).is_empty() {
            println!("not found: {line}");
        } else {
            found += 1;
        }
    }
    println!("found {found} of {all}");
    assert!(flagged.is_empty(), "{flagged:?}");
    assert!(all >= 150 && f64::from(found) >= MIN_FOUND * f64::from(all), "{found} of {all}");
}
