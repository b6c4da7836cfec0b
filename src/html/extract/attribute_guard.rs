//! Counts the attributes of tags before the tokenizer reads them.
//!
//! The tokenizer compares the name of each attribute with those of all others of the tag, which takes
//! quadratic time. So a tag with very many attributes must not reach it.

/// Where in a tag the last piece ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    OutsideTags,
    Name,
    /// Between attributes.
    Between,
    AttributeName,
    /// After `=`.
    BeforeValue,
    UnquotedValue,
    Quoted(u8),
}

/// The state of the tag that is being read.
#[derive(Debug, Default)]
pub struct AttributeGuard {
    state: State,
    attributes: usize,
    /// Tokens that the tokenizer had read when this tag began.
    tokens: u64,
}

impl AttributeGuard {
    /// Whether the last piece ended inside a tag that the tokenizer has not read to its end.
    pub fn is_inside_tag(&self, tokens: u64) -> bool {
        self.state != State::OutsideTags && self.tokens == tokens
    }

    /// The largest number of attributes of a tag in a piece that begins with `<` or is the start of the
    /// page. A tag may continue over several pieces. `tokens` counts the tags, comments and document types that
    /// the tokenizer has read.
    pub fn attributes(&mut self, piece: &str, tokens: u64) -> usize {
        if tokens != self.tokens {
            // The tokenizer has ended the tag, or never saw one: it may have been in a comment.
            (self.state, self.attributes, self.tokens) = (State::OutsideTags, 0, tokens);
        }
        let bytes = piece.as_bytes();
        let mut at = 0;
        if self.state == State::OutsideTags {
            let name = bytes.strip_prefix(b"</").or_else(|| bytes.strip_prefix(b"<"));
            let Some([first, ..]) = name else { return 0 };
            if !first.is_ascii_alphabetic() {
                return 0;
            }
            (self.state, self.attributes) = (State::Name, 0);
            at = 2;
        }
        for &byte in &bytes[at..] {
            self.state = match (self.state, byte) {
                (State::Quoted(mark), _) if byte == mark => State::Between,
                (State::Quoted(mark), _) => State::Quoted(mark),
                (_, b'>') => {
                    self.state = State::OutsideTags;
                    break;
                }
                (State::BeforeValue, b'"' | b'\'') => State::Quoted(byte),
                (State::BeforeValue, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c') => State::BeforeValue,
                (State::BeforeValue, _) => State::UnquotedValue,
                (_, b' ' | b'\n' | b'\t' | b'\r' | b'\x0c') => State::Between,
                (State::UnquotedValue, _) => State::UnquotedValue,
                (_, b'/') => State::Between,
                (State::AttributeName, b'=') => State::BeforeValue,
                (State::Between, _) => {
                    self.attributes += 1;
                    State::AttributeName
                }
                (state, _) => state,
            };
        }
        self.attributes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_over_pieces() {
        let mut guard = AttributeGuard::default();
        assert_eq!(guard.attributes("<a href='x y' b c=d e=\"1 2 3\" f=g/h>many words here", 0), 5);
        assert_eq!(guard.attributes("< a b c", 1), 0);
        assert_eq!(guard.attributes("<img alt=\"x ", 1), 1);
        assert_eq!(guard.attributes("<b a b c\" src", 1), 2);
        assert_eq!(guard.attributes("<c d", 1), 3);
        assert_eq!(guard.attributes("<p class", 2), 1);
        assert_eq!(guard.attributes("<!-- a b c d", 3), 0);
    }
}
