//! Pairs with numbers that agree, and pairs with numbers that contradict each other.

use super::*;

const EN: Language = Language::ENGLISH;
const UK: Language = Language::UKRAINIAN;
const DE: Language = Language::GERMAN;

#[test]
fn notations_words_and_dates_agree() {
    for (source, target) in [
        ((EN, "1,234.5 tonnes"), (UK, "1 234,5 тонни")),
        ((EN, "1,234.5 tonnes"), (DE, "1.234,5 Tonnen")),
        ((EN, "1.5 million people"), (DE, "1.500.000 Menschen")),
        ((EN, "$1.5bn"), (UK, "1,5 млрд доларів")),
        ((EN, "1.5 million"), (UK, "1500 тис.")),
        ((EN, "EUR 12.3 million"), (DE, "12,3 Mio. Euro")),
        ((EN, "on May 12, 2024"), (DE, "am 12.05.2024")),
        ((EN, "on 12/05/2024"), (UK, "12 травня 2024 року")),
        ((EN, "at 2 pm"), (DE, "um 14 Uhr")),
        ((EN, "at 2:30 p.m."), (UK, "о 14:30")),
        ((EN, "at 5.30pm"), (DE, "um 17.30 Uhr")),
        ((EN, "0430 hours"), (UK, "о 4:30")),
        ((EN, "at 9:00"), (DE, "um 9 Uhr")),
        ((EN, "in the 1990s"), (UK, "у 90-х роках")),
        ((EN, "the 19th century"), (UK, "XIX століття")),
        ((EN, "25 people"), (DE, "fünfundzwanzig Menschen")),
        ((EN, "two boats"), (UK, "2 човни")),
        ((EN, "call 0800 123 456"), (DE, "0800 123456")),
        ((EN, "version 1.5"), (DE, "VersionNumber 1.5")),
        ((EN, "half a million"), (DE, "0,5 Mio.")),
        ((EN, "from 1 to 2 pm"), (UK, "13:00-14:00")),
        ((EN, "in the 1800s"), (DE, "im 19. Jahrhundert")),
        ((EN, "10.345 Lsh 3"), (DE, "10.345 Lsh 3")),
        ((EN, "none"), (DE, "keine")),
    ] {
        let score = mismatch(source, target);
        assert_eq!(score, 0.0, "{source:?} {target:?}");
        assert_eq!(mismatch(target, source), score);
    }
}

#[test]
fn contradictions_are_worse_than_omissions() {
    assert_eq!(mismatch((EN, "It cost 15 euros."), (DE, "Es kostete 51 Euro.")), 1.0);
    assert_eq!(mismatch((EN, "1.5 million"), (DE, "1,5 Mrd.")), 1.0);
    assert_eq!(mismatch((EN, "15 and 99"), (UK, "15 і 98")), 0.5);
    assert_eq!(mismatch((EN, "It cost 15 euros."), (DE, "Es war teuer.")), 0.125);
    assert_eq!(mismatch((EN, "in 1990"), (DE, "1991")), 1.0);
}

#[test]
fn versions_are_compared_as_a_whole() {
    for (source, target) in [
        ((EN, "Fern 2.4.3 is out."), (DE, "Fern 2.4.4 ist da.")),
        ((EN, "Fern 3.2.3 is out."), (UK, "Вийшов Fern 3.1.2.")),
        ((EN, "Fern 1.2.3 is out."), (DE, "Fern 3.2.1 ist da.")),
        ((EN, "from 2.4.6 to 3.1.9 in May"), (UK, "з 2.2.1 на 3.0.4 у травні")),
        ((EN, "Fern 3.3.0-preview3"), (UK, "Fern 3.3.0-rc1")),
        ((EN, "at 10.0.0.17"), (DE, "unter 10.0.0.71")),
        ((EN, "Fern 4.2 is out."), (UK, "Вийшов Fern 4.7.")),
        ((EN, "Fern 2.5"), (DE, "Fern 25")),
    ] {
        let score = mismatch(source, target);
        assert!(score >= 0.5, "{source:?} {target:?}: {score}");
        assert_eq!(mismatch(target, source), score);
    }
    for (source, target) in [
        ((EN, "Fern 2.4.3 is out."), (DE, "Fern v2.4.3 ist da.")),
        ((EN, "Fern 3.3.0-rc.1"), (UK, "Fern 3.3.0-rc1")),
        ((EN, "Fern 3.3.0-beta2"), (UK, "Fern 3.3.0")),
        ((EN, "See chapter 2.3.1."), (DE, "Siehe Abschnitt 2.3.1.")),
        ((EN, "on March 12, 2024"), (DE, "am 12.03.2024")),
        ((EN, "on 2024-03-12"), (UK, "12.03.2024")),
        ((EN, "1,500,000 euros"), (UK, "1.500.000 євро")),
        ((EN, "1,500,000 euros"), (DE, "1 500 000 Euro")),
        ((EN, "1.500.000 euros"), (DE, "1500000 Euro")),
        ((EN, "10.0.0.17 and 192.168.100.200"), (DE, "192.168.100.200 und 10.0.0.17")),
        ((EN, "at 10:30 it stood 2:1"), (DE, "um 10.30 Uhr stand es 2:1")),
    ] {
        assert_eq!(mismatch(source, target), 0.0, "{source:?} {target:?}");
        assert_eq!(mismatch(target, source), 0.0, "{source:?} {target:?}");
    }
    assert!(mismatch((EN, "Fern 2.4.3"), (DE, "Fern 2.4")) < 0.15);
}

#[test]
fn repeated_numbers_are_matched_one_to_one() {
    assert_eq!(mismatch((EN, "5 boats and 5 cars"), (DE, "5 Boote und 7 Autos")), 0.5);
    // A repetition may be omitted.
    assert!(mismatch((EN, "in 2020, and 2020 was dry"), (UK, "у 2020 році")) < 0.15);
}

#[test]
fn fractions_and_telephone_numbers_agree_in_any_notation() {
    for (source, target) in [
        ((EN, "It takes 1 1/2 cups."), (DE, "Man braucht 1,5 Tassen.")),
        ((EN, "It takes 1½ cups."), (UK, "Потрібно 1,5 склянки.")),
        ((EN, "It takes 2 ¼ cups."), (DE, "Man braucht 2 1/4 Tassen.")),
        ((EN, "¾ of them and ½ cup"), (DE, "3/4 von ihnen und eine halbe Tasse")),
        ((EN, "1/2 cup"), (UK, "пів склянки")),
        ((EN, "1 1/2 million"), (DE, "1,5 Mio.")),
        ((EN, "1/2/2024"), (DE, "1.2.2024")),
        ((EN, "call +49 30 1234567"), (DE, "Tel. 030 1234567")),
        ((EN, "call +49 (0)30 123-45-67"), (DE, "Tel. (030) 12 34 567")),
        ((EN, "call +380 44 123 45 67"), (UK, "тел. (044) 123-45-67")),
        ((EN, "call 0800 123 4567"), (DE, "Tel. 0800/1234567")),
    ] {
        assert_eq!(mismatch(source, target), 0.0, "{source:?} {target:?}");
        assert_eq!(mismatch(target, source), 0.0, "{source:?} {target:?}");
    }
    for (source, target) in [
        ((EN, "1 1/2 cups"), (DE, "2,5 Tassen")),
        ((EN, "½ cup"), (DE, "¼ Tasse")),
        ((EN, "call +49 30 1234567"), (DE, "Tel. 030 7654321")),
    ] {
        assert!(mismatch(source, target) > 0.15, "{source:?} {target:?}");
    }
}

#[test]
fn converted_units_agree() {
    for (source, target) in [
        ((EN, "The road is 5 miles long."), (DE, "Die Straße ist 8 Kilometer lang.")),
        ((EN, "It was 68 °F."), (DE, "Es waren 20 °C.")),
        ((EN, "He is 6 feet 2 inches tall."), (DE, "Er ist 1,88 Meter groß.")),
        ((EN, "a 6in x 6in canvas"), (UK, "полотно 15 x 15 см")),
        ((EN, "10 pounds of flour"), (UK, "4,5 кг борошна")),
    ] {
        assert_eq!(mismatch(source, target), 0.0, "{source:?} {target:?}");
        assert_eq!(mismatch(target, source), 0.0, "{source:?} {target:?}");
    }
    assert!(mismatch((EN, "5 miles"), (DE, "9 Kilometer")) > 0.15);
    assert!(mismatch((EN, "5 miles"), (DE, "8 Meilen")) > 0.15);
    assert!(mismatch((EN, "5 km"), (UK, "8 км")) > 0.15);
}
