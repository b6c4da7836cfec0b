//! Decides whether a sentence ends at a stop.
//!
//! [`ends_sentence`] distinguishes the kinds of stops. A single full stop before
//! white space is the hard case, which `after_full_stop` decides by the word
//! before and the word after it.

use super::super::chars::{
    first_word, is_closing_bracket, is_number, is_opening_bracket, is_roman, last_word,
    single_letter, trim_end_near,
};
use super::super::lexicon::Lexicon;
use super::super::word_kinds::WordKinds;
use super::cyrillic_letters;
use super::following::{FirstCharacter, Following};
use super::missing_space::{ends_unspaced, is_missing_space};
use super::numbers::{
    ends_inside_unit, ends_with_amount, ends_with_section_number, is_bare_date_or_amount,
    is_list_number, is_lone_item, is_numbered_heading,
};
use super::quotations::{is_inside_title, is_speaker};
use super::stop::{Stop, white_space_len};

/// What a decision needs to know besides the text around the stop.
#[derive(Clone, Copy, Debug)]
pub(in crate::split) struct Context {
    /// The position of the last quotation mark before the stop; 0 if there is none.
    pub last_quote: usize,
    /// Whether the text has only this paragraph.
    pub is_only_paragraph: bool,
}

/// Whether the sentence that begins at `begin` ends at `stop`.
pub(in crate::split) fn ends_sentence(
    lexicon: &Lexicon,
    text: &str,
    begin: usize,
    stop: &Stop,
    context: Context,
) -> bool {
    if stop.next_start == stop.end {
        return stop.full_width && ends_unspaced(lexicon, text, begin, stop)
            || is_missing_space(lexicon, text, stop);
    }
    let next = Following::read(&text[stop.next_start..]);
    if next.first == FirstCharacter::Continuation
        || stop.bracketed && !stop.second_stop && !stop.has_note
    {
        return false;
    }
    // In `“Ready?” – Anna nodded.`, the dash introduces the speaker.
    if stop.closes_quote && next.dash && !next.opens_quote && next.first == FirstCharacter::Upper {
        return false;
    }
    if context.last_quote > begin
        && next.first != FirstCharacter::Lower
        && is_inside_title(lexicon, text, begin, context.last_quote, stop)
    {
        return false;
    }
    if stop.second_stop && next.first != FirstCharacter::Lower {
        return true;
    }
    if stop.is_emoticon {
        return next.first == FirstCharacter::Upper && !next.dash && !next.opens_bracket;
    }
    if stop.strong {
        return after_strong_stop(lexicon, text, stop, &next);
    }
    if stop.ellipsis {
        let elision = text[..stop.start].ends_with(char::is_whitespace);
        return match next.first {
            FirstCharacter::Lower => false,
            FirstCharacter::Digit => !elision,
            _ => true,
        };
    }
    let before = &text[begin..stop.start];
    if is_list_number(before) && next.first != FirstCharacter::Lower {
        return context.is_only_paragraph
            && lexicon.separate_item_numbers
            && begin == 0
            && is_lone_item(before, &text[stop.end..]);
    }
    after_full_stop(lexicon, before, stop, &next)
}

/// Whether a sentence ends after an exclamation or question mark.
fn after_strong_stop(lexicon: &Lexicon, text: &str, stop: &Stop, next: &Following<'_>) -> bool {
    let stops = &text[stop.start..];
    let word = last_word(&text[..stop.start]);
    let marked = stops.chars().next().map_or(0, char::len_utf8) + word.len();
    if lexicon.is_marked_name(&text[stop.start - word.len()..][..marked]) {
        return false;
    }
    if word.is_empty() && is_mention(lexicon, &text[..stop.start]) {
        return false;
    }
    match next.first {
        FirstCharacter::Lower => {
            lexicon.lowercase_starts
                && !stop.closes_quote
                && !stop.closes_bracket
                && !next.dash
                && !next.opens_bracket
        }
        FirstCharacter::Upper => {
            !stop.closes_quote || next.opens_quote || next.dash || !is_speaker(lexicon, next)
        }
        _ => true,
    }
}

/// Whether the text mentions a mark instead of using it: `Type a ? to see the list.`
fn is_mention(lexicon: &Lexicon, before: &str) -> bool {
    let near = trim_end_near(before);
    let kinds = lexicon.word(last_word(near));
    near.len() < before.len() && kinds.has(WordKinds::DETERMINER.or(WordKinds::ORDINAL))
}

/// Whether a sentence ends after a single full stop before white space.
fn after_full_stop(lexicon: &Lexicon, before: &str, stop: &Stop, next: &Following<'_>) -> bool {
    let word = last_word(before);
    let front = &before[..before.len() - word.len()];
    let (kinds, counted) = lexicon.abbreviation_and_front(front, word);
    if next.first == FirstCharacter::Lower {
        return before_lowercase(lexicon, before, kinds, stop, next);
    }
    if word.is_empty() || kinds.is_none() && !next.dotted() && is_plain(word) {
        // A closing mark, a space or an ordinary word precedes the stop.
        return true;
    }
    if is_numbered_heading(lexicon, before) || is_fixed_phrase(lexicon, word, next) {
        return false;
    }
    if next.dotted() && lexicon.continues_abbreviation(word, next.word) {
        return false;
    }
    if ends_inside_unit(lexicon, front) {
        return true;
    }
    if !kinds.is_none() && next.opens_bracket && is_inserted(next) {
        return false;
    }
    if kinds.has(WordKinds::NEVER.or(WordKinds::TITLE).or(WordKinds::SELDOM).or(WordKinds::OFTEN))
        || kinds.has(WordKinds::UNIT) && is_measure(lexicon, word, counted)
        || kinds.has(WordKinds::NUMBER) && next.is_number(lexicon)
    {
        return after_abbreviation(lexicon, kinds, word, counted, stop, next);
    }
    if is_number_sign(lexicon, word, front, next) {
        return false;
    }
    if let Some(letter) = single_letter(word) {
        if let Some(ends) = cyrillic_letters::ends_sentence(lexicon, letter, front, stop, next) {
            return ends;
        }
        return after_single_letter(lexicon, letter, front, stop, next);
    }
    if is_number(word) {
        if lexicon.word(next.word).has(WordKinds::ACT) && ends_with_section_number(lexicon, before)
        {
            return false;
        }
        return after_number(lexicon, word, front, next);
    }
    // `23rd. May`
    if is_english_ordinal(word) && lexicon.word(next.word).has(WordKinds::MONTH) {
        return false;
    }
    if is_roman(word) && lexicon.dotted_ordinals {
        return next.first != FirstCharacter::Upper || next.starts(lexicon);
    }
    true
}

/// Whether a word is certainly no number, numeral, single letter or `no`, which
/// have special rules.
fn is_plain(word: &str) -> bool {
    /// Two Cyrillic letters, or a letter with its accents, have fewer bytes.
    const MIN_BYTES: usize = 5;
    word.len() >= MIN_BYTES
        && word.starts_with(|c: char| !c.is_ascii_digit() && !c.is_ascii_uppercase())
}

/// Whether a sentence ends after an abbreviation.
fn after_abbreviation(
    lexicon: &Lexicon,
    kinds: WordKinds,
    word: &str,
    front: &str,
    stop: &Stop,
    next: &Following<'_>,
) -> bool {
    if stop.closes_bracket || kinds.has(WordKinds::NEVER) {
        return false;
    }
    let starts = next.starts(lexicon);
    if kinds.has(WordKinds::UNIT) && is_measure(lexicon, word, front) {
        let ends = match next.first {
            FirstCharacter::Upper => true,
            // `5 ft. 3 in.`
            FirstCharacter::Digit => lexicon.lowercase_starts && !kinds.has(WordKinds::NUMBER),
            _ => next.dash,
        };
        return ends && (starts || !is_bare_date_or_amount(lexicon, front, word));
    }
    if kinds.has(WordKinds::NUMBER) && next.is_number(lexicon) {
        return false;
    }
    if kinds.has(WordKinds::OFTEN) {
        return !next.is_zone(lexicon);
    }
    if kinds.has(WordKinds::SELDOM) {
        let quoted = next.opens_quote && !next.opens_bracket && next.first == FirstCharacter::Upper;
        // `3 Mio. Menschen leben`, `H. Müller`, `Hale & Co. Printers closed`
        let joined = kinds.has(WordKinds::AMOUNT)
            && lexicon.word(next.word).has(WordKinds::COUNTED)
            || lexicon.dotted_ordinals && single_letter(word).is_some()
            || trim_end_near(front).ends_with('&');
        return starts || quoted || next.dash || !joined && next.is_clause(lexicon);
    }
    if kinds.has(WordKinds::TITLE) {
        let street = || ends_with_name(front) && next.is_clause(lexicon);
        return starts && !next.opens_quote || next.dash || street();
    }
    true
}

/// Whether a name precedes an abbreviation, so that it is no title: `on Elm St.`
fn ends_with_name(front: &str) -> bool {
    let front = trim_end_near(front);
    let name = last_word(front);
    name.starts_with(char::is_uppercase) && front.len() > name.len()
}

/// Whether `no.` abbreviates *number*: in `item no. 5`, but not in
/// `The answer is no. 5 people came.`
fn is_number_sign(lexicon: &Lexicon, word: &str, front: &str, next: &Following<'_>) -> bool {
    if !matches!(word, "no" | "nos") || !lexicon.lowercase_starts {
        return false;
    }
    // `no. AB-12`
    let coded = |word: &str| word.contains(|c: char| c.is_ascii_digit());
    if next.first != FirstCharacter::Digit {
        return coded(next.word);
    }
    let behind = next.rest.trim_start();
    let counted = first_word(behind);
    let plural = behind.len() < next.rest.len() && is_english_plural(counted)
        || lexicon.word(counted).has(WordKinds::COUNTED);
    !plural || lexicon.word(last_word(trim_end_near(front))).has(WordKinds::DETERMINER)
}

/// Whether a word may be an English plural: `votes`, but not `is`, `less`.
fn is_english_plural(word: &str) -> bool {
    const MIN_BYTES: usize = 4;
    word.len() >= MIN_BYTES && word.ends_with('s') && !word.ends_with("ss")
}

/// Whether a word is an English ordinal: `1st`, `23rd`
fn is_english_ordinal(word: &str) -> bool {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let figures = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    is_number(figures) && matches!(&word[figures.len()..], "st" | "nd" | "rd" | "th")
}

/// Whether a number precedes a unit. After a year, a single letter is an initial:
/// `In 1990 J. Hale came.`
fn is_measure(lexicon: &Lexicon, word: &str, front: &str) -> bool {
    const YEARS: std::ops::Range<usize> = 1500..2100;
    let figure = last_word(trim_end_near(front));
    let year = single_letter(word).is_some_and(char::is_uppercase)
        && figure.len() == 4
        && figure.parse().is_ok_and(|year| YEARS.contains(&year));
    !year && ends_with_amount(lexicon, front)
}

/// Whether a sentence ends after a single letter: an initial, a label, or the last
/// part of an abbreviation such as `U.S.`
fn after_single_letter(
    lexicon: &Lexicon,
    letter: char,
    front: &str,
    stop: &Stop,
    next: &Following<'_>,
) -> bool {
    if stop.closes_bracket {
        return false;
    }
    let starts = next.starts(lexicon);
    if front.ends_with('.') {
        return starts
            || next.dash
            || letter.is_uppercase() && next.first == FirstCharacter::Symbol;
    }
    // `km/h.`, `°C.`: part of a unit.
    if front.ends_with(['/', '°']) {
        return next.first == FirstCharacter::Upper;
    }
    let near = trim_end_near(front);
    let front_word = last_word(near);
    let label = lexicon.word(front_word).has(WordKinds::LABEL) || ends_with_listed_letter(front);
    // X is hardly an initial: it is a name or a variable.
    let name = matches!(letter, 'x' | 'X') && front_word.starts_with(char::is_lowercase);
    // Initials are capitals.
    let small = letter.is_lowercase() && lexicon.lowercase_starts && !near.ends_with('.');
    if letter.is_uppercase() && label || name || small {
        return next.first == FirstCharacter::Upper || name && next.first == FirstCharacter::Symbol;
    }
    // In German, a surname and a participle look like a clause as well.
    let clause = || {
        lexicon.lowercase_starts
            && front_word.starts_with(char::is_lowercase)
            && next.is_clause(lexicon)
    };
    (starts || clause()) && !next.opens_quote && !next.opens_bracket
}

/// Whether the text ends with a single capital and a conjunction, as in
/// `the points A, B and `. The letter after it is then a label too: an initial
/// before the conjunction would have a stop.
fn ends_with_listed_letter(front: &str) -> bool {
    const MAX_CONJUNCTION_CHARS: usize = 4;
    let front = trim_end_near(front);
    let conjunction = last_word(front);
    let joined = conjunction.chars().all(char::is_lowercase)
        && conjunction.chars().count() <= MAX_CONJUNCTION_CHARS;
    let before = trim_end_near(&front[..front.len() - conjunction.len()]);
    let first = last_word(before);
    // At the start of a sentence, the letter may be a preposition or conjunction.
    let starts = before.len() == first.len();
    let upper = single_letter(first).is_some_and(|c| c.is_uppercase() && !matches!(c, 'I' | 'Я'));
    joined && !conjunction.is_empty() && !starts && upper
}

/// Whether a bracket after an abbreviation is inside the sentence: it holds a year,
/// or a lowercase letter or a comma follows it: `et al. (2020) show`
fn is_inserted(next: &Following<'_>) -> bool {
    const MAX_CHARS: usize = 80;
    let mut inside = next.rest.char_indices().take(MAX_CHARS);
    let Some((at, close)) = inside.find(|&(_, c)| is_closing_bracket(c) || is_opening_bracket(c))
    else {
        return false;
    };
    if is_opening_bracket(close) {
        return false;
    }
    let figures = is_number(next.word) && at <= 1;
    let behind = &next.rest[at + close.len_utf8()..];
    let behind = behind[white_space_len(behind)..].chars().next();
    figures || behind.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | ';' | ':' | '.'))
}

/// Whether the capitalised word after an abbreviation belongs to the same name or
/// amount: `дол. США`
fn is_fixed_phrase(lexicon: &Lexicon, word: &str, next: &Following<'_>) -> bool {
    !next.opens_quote
        && !next.opens_bracket
        && !next.dash
        && lexicon.is_fixed_phrase(word, next.word)
}

/// Whether a sentence ends after a number: a cardinal may end one, an ordinal
/// does not.
fn after_number(lexicon: &Lexicon, word: &str, front: &str, next: &Following<'_>) -> bool {
    const MAX_ORDINAL_DIGITS: usize = 3;
    if !lexicon.dotted_ordinals || word.len() > MAX_ORDINAL_DIGITS || front.ends_with([',', ':']) {
        return true;
    }
    if next.first == FirstCharacter::Digit || next.starts(lexicon) {
        return next.first != FirstCharacter::Digit;
    }
    let near = trim_end_near(front);
    let before = last_word(near);
    if lexicon.word(before).has(WordKinds::ORDINAL) {
        return false;
    }
    if next.first != FirstCharacter::Upper {
        return true;
    }
    if lexicon.word(next.word).has(WordKinds::MONTH.or(WordKinds::RANKED)) {
        return false;
    }
    if front.ends_with('.') {
        return !is_date(front, word) || next.is_clause(lexicon);
    }
    if near.ends_with('.') {
        // `Abs. 2. Firmen`: an abbreviation of kind `number` precedes a cardinal.
        let inner = near.trim_end_matches('.');
        let word = last_word(inner);
        return lexicon
            .abbreviation(&inner[..inner.len() - word.len()], word)
            .has(WordKinds::NUMBER);
    }
    // `Klasse 3. Lehrer`, `§ 5. Firmen`, but not `In 3. Lesung`
    let noun =
        before.starts_with(char::is_uppercase) && !lexicon.word(before).has(WordKinds::STARTER);
    if near.ends_with('§') || noun {
        return true;
    }
    !before.is_empty() && next.is_clause(lexicon)
}

/// Whether `word` may be the month of a date whose day and stop are at the end of
/// `front`: `3.10`, but not `1.20`
fn is_date(front: &str, word: &str) -> bool {
    let day = last_word(front.trim_end_matches('.'));
    let within = |figures: &str, most| figures.parse().is_ok_and(|n| (1..=most).contains(&n));
    within(day, 31u32) && within(word, 12)
}

/// Whether a sentence ends before a lowercase letter: one in brackets follows, or
/// the writer is careless.
fn before_lowercase(
    lexicon: &Lexicon,
    before: &str,
    kinds: WordKinds,
    stop: &Stop,
    next: &Following<'_>,
) -> bool {
    const MIN_CHARS: usize = 2;
    let word = last_word(before);
    let front = &before[..before.len() - word.len()];
    if next.dash
        || next.opens_quote
        || stop.closes_quote
        || stop.closes_bracket
        || front.ends_with('.')
    {
        return false;
    }
    // `(ex. names`: an abbreviation at the start of a bracket.
    if front.ends_with(is_opening_bracket) || is_consonants(word) {
        return false;
    }
    let plain = kinds.is_none()
        && word.chars().count() >= MIN_CHARS
        && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’');
    if next.opens_bracket {
        return plain && word.ends_with(char::is_lowercase) || front.ends_with(is_closing_bracket);
    }
    let begins = lexicon.word(next.word).has(WordKinds::LOWERCASE_STARTER);
    let other = word.is_empty() || is_number(word) && !is_list_number(before);
    if lexicon.lowercase_after_vowels {
        let known = lexicon.word(word).has(WordKinds::LOWERCASE_STARTER);
        let vowels = ['а', 'е', 'є', 'и', 'і', 'ї', 'о', 'у', 'ю', 'я'];
        return plain && (known || word.ends_with(vowels) || is_inflected(word));
    }
    lexicon.lowercase_starts
        && (plain && (begins || word.starts_with(char::is_lowercase)) || other && begins)
}

/// Whether a lowercase word has no vowel, such as `mgmt`.
fn is_consonants(word: &str) -> bool {
    !word.is_empty()
        && word.bytes().all(|b| {
            b.is_ascii_lowercase() && !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
        })
}

/// Whether a long Ukrainian word ends with an inflection, as no abbreviation does:
/// `іменем`, `нових`
fn is_inflected(word: &str) -> bool {
    const MIN_CHARS: usize = 6;
    const ENDINGS: [&str; 11] = ["ів", "їв", "их", "іх", "ий", "ам", "ям", "ом", "ем", "ах", "ях"];
    word.chars().count() >= MIN_CHARS && ENDINGS.iter().any(|ending| word.ends_with(ending))
}
