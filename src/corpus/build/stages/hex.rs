//! Vectors as hexadecimal digits: exact, and legible for every tool that reads JSON.

/// Eight digits for each number, its bytes in little-endian order.
pub fn to_hex(vector: &[f32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bytes = vector.iter().flat_map(|value| value.to_le_bytes());
    let digits = bytes.flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)] as char).collect()
}

/// The vector that [`to_hex`] has written; `None` for another text.
pub fn from_hex(text: &str) -> Option<Vec<f32>> {
    let value = |digits: &[u8]| -> Option<f32> {
        let mut bytes = [0; 4];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16);
            *byte = (digit(0)? * 16 + digit(1)?) as u8;
        }
        Some(f32::from_le_bytes(bytes))
    };
    text.as_bytes().chunks(8).map(|digits| (digits.len() == 8).then(|| value(digits))?).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_read_back_exactly() {
        let vector = [0.0, -1.5, f32::MIN_POSITIVE, 0.1];
        assert_eq!(from_hex(&to_hex(&vector)).unwrap(), vector);
        assert_eq!(from_hex("123"), None);
        assert_eq!(from_hex("1234567x"), None);
    }
}
