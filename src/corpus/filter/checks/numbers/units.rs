//! Units of measurement, so that 5 miles and 8 kilometres do not contradict each other.

/// A physical dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Dimension {
    Length,
    Mass,
    Volume,
    Area,
    Temperature,
}

/// An amount in the base unit of its dimension: metres, kilograms, litres, square metres, degrees
/// Celsius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measure {
    pub dimension: Dimension,
    pub amount: f64,
    /// Whether the unit is metric.
    pub metric: bool,
    /// Whether the unit is the inch, which may follow feet in one amount.
    pub inches: bool,
}

/// The relative difference of a converted amount, at most. Translators round.
const MAX_RELATIVE_ROUNDING: f64 = 0.1;
/// The difference of a converted temperature in degrees Celsius, at most.
const MAX_ROUNDING_DEGREES: f64 = 1.0;

impl Measure {
    /// Whether the amounts are equal after a conversion between metric and other units.
    pub fn converts_to(&self, other: &Measure) -> bool {
        let off = (self.amount - other.amount).abs();
        let most = match self.dimension {
            Dimension::Temperature => MAX_ROUNDING_DEGREES,
            _ => MAX_RELATIVE_ROUNDING * self.amount.abs().max(other.amount.abs()),
        };
        self.dimension == other.dimension && self.metric != other.metric && off <= most
    }
}

/// A unit with the stems of its names in English, Ukrainian and German, and its abbreviations.
struct MeasureUnit {
    dimension: Dimension,
    /// The unit in base units of its dimension.
    size: f64,
    metric: bool,
    stems: &'static [&'static str],
    short: &'static [&'static str],
}

const fn unit(
    dimension: Dimension,
    size: f64,
    metric: bool,
    stems: &'static [&'static str],
    short: &'static [&'static str],
) -> MeasureUnit {
    MeasureUnit { dimension, size, metric, stems, short }
}

#[rustfmt::skip]
const UNITS: [MeasureUnit; 19] = [
    unit(Dimension::Length, 1609.34, false, &["mile", "meile", "миль", "мил"], &["mi"]),
    unit(Dimension::Length, 0.9144, false, &["yard", "ярд"], &["yd", "yds"]),
    unit(Dimension::Length, 0.3048, false, &["foot", "feet", "fuß", "fuss", "фут"], &["ft"]),
    unit(Dimension::Length, INCH, false, &["inch", "zoll", "дюйм"], &[]),
    unit(Dimension::Length, 1000.0, true, &["kilomet", "кілометр"], &["km", "км"]),
    unit(Dimension::Length, 1.0, true, &["meter", "metre", "метр"], &["m", "м"]),
    unit(Dimension::Length, 0.01, true, &["centimet", "zentimeter", "сантиметр"], &["cm", "см"]),
    unit(Dimension::Length, 0.001, true, &["millimet", "міліметр"], &["mm", "мм"]),
    unit(Dimension::Mass, 0.453_592, false, &["pound", "pfund", "фунт"], &["lb", "lbs"]),
    unit(Dimension::Mass, 0.028_349_5, false, &["ounce", "unze", "унці"], &["oz"]),
    unit(Dimension::Mass, 1.0, true, &["kilogram", "kilo", "кілограм", "кіло"], &["kg", "кг"]),
    unit(Dimension::Mass, 0.001, true, &["gram", "грам"], &["g", "г"]),
    unit(Dimension::Volume, 3.785, false, &["gallon", "галон"], &["gal"]),
    unit(Dimension::Volume, 0.473, false, &["pint", "пінт"], &[]),
    unit(Dimension::Volume, 1.0, true, &["liter", "litre", "літр"], &["l", "л"]),
    unit(Dimension::Volume, 0.001, true, &["millilit", "мілілітр"], &["ml", "мл"]),
    unit(Dimension::Area, 4046.86, false, &["acre", "акр"], &[]),
    unit(Dimension::Area, 10_000.0, true, &["hectare", "hektar", "гектар"], &["ha", "га"]),
    unit(Dimension::Area, 1.0, true, &["quadratmet"], &[]),
];

/// An inch in metres.
const INCH: f64 = 0.0254;

/// The amount of a number, from the unit after it.
pub(super) fn measure(after: &str, number: f64) -> Option<Measure> {
    let degrees = after.trim_start_matches([' ', '\u{a0}', '\u{202f}', '°', 'º']);
    let (word, apart) = word_after(degrees);
    let begins = |stem: &str| word.starts_with(stem);
    let marked = degrees.len() < after.len() && after.trim_start().starts_with(['°', 'º']);
    let temperature = |amount, metric| {
        Some(Measure { dimension: Dimension::Temperature, amount, metric, inches: false })
    };
    if begins("fahrenheit") || begins("фаренгейт") || (marked && word == "f") {
        return temperature((number - 32.0) / 1.8, false);
    }
    if begins("celsius") || begins("цельсі") || (marked && matches!(word.as_str(), "c" | "с"))
    {
        return temperature(number, true);
    }
    // `6in` is a length, `6 in the morning` is not.
    let apart = apart || degrees.len() < after.len();
    let inch = word == "in" && !apart;
    let found = UNITS.iter().find(|unit| {
        unit.short.contains(&word.as_str())
            || unit.stems.iter().any(|stem| begins(stem))
            || (inch && unit.size == INCH)
    })?;
    Some(Measure {
        dimension: found.dimension,
        amount: number * found.size,
        metric: found.metric,
        inches: found.size == INCH,
    })
}

/// The word after a number in small letters, and whether there is something between the two.
pub(super) fn word_after(after: &str) -> (String, bool) {
    /// Bytes between a number and its unit, at most.
    const MAX_GAP_BYTES: usize = 4;
    /// Characters that are read of a word, at most.
    const MAX_WORD_CHARACTERS: usize = 32;
    let start = after.trim_start_matches(|c: char| c.is_whitespace() || c == '-');
    let gap = after.len() - start.len();
    if gap > MAX_GAP_BYTES {
        return (String::new(), true);
    }
    let letters = start.chars().take_while(|c| c.is_alphabetic()).take(MAX_WORD_CHARACTERS);
    (letters.flat_map(char::to_lowercase).collect(), gap > 0)
}
