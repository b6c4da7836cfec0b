//! Dates as numbers of days.

/// The days from 1 January 1970 to a date that begins with YYYY-MM-DD; `None` for other texts.
///
/// The calendar is the Gregorian one, and the time of day is ignored.
///
/// ```
/// use bitext::text::day;
///
/// assert_eq!(day("1970-01-03"), Some(2));
/// assert_eq!(day("2024-05-31T23:59:00Z"), Some(19_874));
/// assert_eq!(day("31.05.2024"), None);
/// ```
// After Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*.
pub fn day(date: &str) -> Option<i32> {
    let (date, rest) = date.trim().split_at_checked(10)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut parts = date.split('-').map(|part| {
        part.bytes().all(|c| c.is_ascii_digit()).then(|| part.parse::<i32>().ok()).flatten()
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // The year begins with March, so that its last day is the leap day.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// The date of a day as `YYYY-MM-DD`: the inverse of [`day`]. The day must be in the years 0 to 9999, as those
/// of [`day`] are.
#[cfg(feature = "cli")]
pub(crate) fn date(day: i32) -> String {
    let day = day + 719_468;
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // From March on.
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i32::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "cli")]
    #[test]
    fn a_date_is_that_of_its_day() {
        for text in ["1970-01-01", "2000-02-29", "2024-12-31", "1899-03-01", "0004-02-29"] {
            assert_eq!(date(day(text).unwrap()), text);
        }
        for number in (-719_468..2_932_897).step_by(97) {
            assert_eq!(day(&date(number)), Some(number));
        }
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        let known = [
            ("1970-01-01", 0),
            ("2000-02-29", 11_016),
            ("2000-03-01", 11_017),
            ("2024-12-31T23:59:00Z", 20_088),
            ("1969-12-31", -1),
        ];
        for (date, days) in known {
            assert_eq!(day(date), Some(days), "{date}");
        }
        for bad in
            ["", "2024", "2024-13-01", "2024-1-01", "31.05.2024", "2024-05-311", "20é4-01-01"]
        {
            assert_eq!(day(bad), None, "{bad}");
        }
    }
}
