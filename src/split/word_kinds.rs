//! The kinds of abbreviations and words that a lexicon distinguishes.

/// A set of kinds of an abbreviation or a word. The comment at the top of each
/// `data/*.txt` says what the kinds mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WordKinds(u32);

impl WordKinds {
    pub const NEVER: WordKinds = WordKinds(1);
    pub const TITLE: WordKinds = WordKinds(1 << 1);
    pub const SELDOM: WordKinds = WordKinds(1 << 2);
    pub const OFTEN: WordKinds = WordKinds(1 << 3);
    pub const NUMBER: WordKinds = WordKinds(1 << 4);
    pub const UNIT: WordKinds = WordKinds(1 << 5);
    pub const STARTER: WordKinds = WordKinds(1 << 6);
    pub const SAYS: WordKinds = WordKinds(1 << 7);
    pub const ZONE: WordKinds = WordKinds(1 << 8);
    pub const LABEL: WordKinds = WordKinds(1 << 9);
    pub const ORDINAL: WordKinds = WordKinds(1 << 10);
    /// A starter in lower case. The data files do not name this kind; the lexicon
    /// derives it.
    pub const LOWERCASE_STARTER: WordKinds = WordKinds(1 << 11);
    pub const WEAK: WordKinds = WordKinds(1 << 12);
    pub const OPENS: WordKinds = WordKinds(1 << 13);
    pub const CLOSES: WordKinds = WordKinds(1 << 14);
    pub const FRONT: WordKinds = WordKinds(1 << 15);
    pub const QUANTITY: WordKinds = WordKinds(1 << 16);
    pub const MONTH: WordKinds = WordKinds(1 << 17);
    pub const NUMBERED: WordKinds = WordKinds(1 << 18);
    pub const SUBJECT: WordKinds = WordKinds(1 << 19);
    pub const NAME: WordKinds = WordKinds(1 << 20);
    pub const RANKED: WordKinds = WordKinds(1 << 21);
    pub const COUNTED: WordKinds = WordKinds(1 << 22);
    pub const TAG: WordKinds = WordKinds(1 << 23);
    pub const DETERMINER: WordKinds = WordKinds(1 << 24);
    pub const PARTICLE: WordKinds = WordKinds(1 << 25);
    pub const CLIPPED: WordKinds = WordKinds(1 << 26);
    pub const AMOUNT: WordKinds = WordKinds(1 << 27);
    pub const ACT: WordKinds = WordKinds(1 << 28);

    /// The kinds that an abbreviation can have.
    const ABBREVIATIONS: WordKinds = WordKinds::NEVER
        .or(WordKinds::TITLE)
        .or(WordKinds::SELDOM)
        .or(WordKinds::OFTEN)
        .or(WordKinds::NUMBER)
        .or(WordKinds::UNIT)
        .or(WordKinds::CLIPPED)
        .or(WordKinds::AMOUNT);

    const NAMES: [(&str, WordKinds); 28] = [
        ("never", WordKinds::NEVER),
        ("title", WordKinds::TITLE),
        ("seldom", WordKinds::SELDOM),
        ("often", WordKinds::OFTEN),
        ("number", WordKinds::NUMBER),
        ("unit", WordKinds::UNIT),
        ("starter", WordKinds::STARTER),
        ("says", WordKinds::SAYS),
        ("zone", WordKinds::ZONE),
        ("label", WordKinds::LABEL),
        ("ordinal", WordKinds::ORDINAL),
        ("weak", WordKinds::WEAK),
        ("opens", WordKinds::OPENS),
        ("closes", WordKinds::CLOSES),
        ("front", WordKinds::FRONT),
        ("quantity", WordKinds::QUANTITY),
        ("month", WordKinds::MONTH),
        ("act", WordKinds::ACT),
        ("numbered", WordKinds::NUMBERED),
        ("subject", WordKinds::SUBJECT),
        ("name", WordKinds::NAME),
        ("ranked", WordKinds::RANKED),
        ("counted", WordKinds::COUNTED),
        ("tag", WordKinds::TAG),
        ("determiner", WordKinds::DETERMINER),
        ("particle", WordKinds::PARTICLE),
        ("clipped", WordKinds::CLIPPED),
        ("amount", WordKinds::AMOUNT),
    ];

    /// Parses a list such as `title,unit`; `None` if a kind is unknown.
    pub fn parse(names: &str) -> Option<WordKinds> {
        let mut kinds = WordKinds::default();
        for name in names.split(',') {
            kinds = kinds.or(WordKinds::NAMES.iter().find(|(known, _)| *known == name)?.1);
        }
        Some(kinds)
    }

    /// The union of both sets.
    pub const fn or(self, other: WordKinds) -> WordKinds {
        WordKinds(self.0 | other.0)
    }

    /// Whether the sets have a kind in common.
    pub fn has(self, other: WordKinds) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether the set is empty.
    pub fn is_none(self) -> bool {
        self == WordKinds::default()
    }

    pub fn is_abbreviation(self) -> bool {
        self.has(WordKinds::ABBREVIATIONS)
    }
}
