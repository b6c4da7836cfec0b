//! Folds a line, so that it can be compared with the boilerplate phrases of a
//! lexicon.

/// The most bytes of a folded line. Lexicon phrases are shorter.
pub(super) const MAX_FOLDED_BYTES: usize = 96;

/// A buffer for a folded line: lower case, each number as `0`, one space
/// between words, no punctuation at the ends. It is on the stack, so folding
/// allocates nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct FoldedLine {
    bytes: [u8; MAX_FOLDED_BYTES],
    len: usize,
    /// Whether the line was longer than the buffer.
    truncated: bool,
}

impl Default for FoldedLine {
    fn default() -> FoldedLine {
        FoldedLine { bytes: [0; MAX_FOLDED_BYTES], len: 0, truncated: false }
    }
}

impl FoldedLine {
    /// Folds a line; `None` if it has no letter or digit.
    pub fn fold(&mut self, line: &str) -> Option<&str> {
        let outer = |c: char| !c.is_alphanumeric();
        let line = line.trim_start_matches(outer);
        let mut chars = line.chars().peekable();
        let mut kept = 0;
        while let Some(c) = chars.next() {
            if c.is_ascii_lowercase() {
                self.push(c);
            } else if c.is_ascii_digit() {
                while chars.next_if(char::is_ascii_digit).is_some() {}
                self.push('0');
            } else if c.is_whitespace() {
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                self.push(' ');
            } else {
                c.to_lowercase().for_each(|c| self.push(c));
            }
            if self.truncated {
                break;
            }
            if c.is_alphanumeric() {
                kept = self.len;
            }
        }
        if !self.truncated {
            self.len = kept;
        }
        std::str::from_utf8(&self.bytes[..self.len]).ok().filter(|folded| !folded.is_empty())
    }

    fn push(&mut self, c: char) {
        let end = self.len + c.len_utf8();
        match self.bytes.get_mut(self.len..end) {
            Some(place) if !self.truncated => {
                c.encode_utf8(place);
                self.len = end;
            }
            _ => self.truncated = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_lowers_case_replaces_numbers_and_trims() {
        let fold = |line| FoldedLine::default().fold(line).map(str::to_string);
        assert_eq!(fold(" • Read   MORE »").as_deref(), Some("read more"));
        assert_eq!(fold("123 Kommentare:").as_deref(), Some("0 kommentare"));
        assert_eq!(fold("…"), None);
        assert_eq!(fold(&"Ж".repeat(99)).map(|f| f.len()), Some(MAX_FOLDED_BYTES));
    }
}
