//! Searching bytes for those that a predicate holds for.
//!
//! The text scanners spend most of their time here. Blocks of 16 bytes are tested at once: compilers
//! turn a test without branches (`|`, not `||`) into a few vector instructions.

/// Bytes that are tested at once.
const BLOCK_BYTES: usize = 16;

/// The position of the first byte that `wanted` holds for.
#[inline]
pub(crate) fn find(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut at = 0;
    for block in bytes.chunks_exact(BLOCK_BYTES) {
        let matches = match_bits(block, &wanted);
        if matches != 0 {
            return Some(at + matches.trailing_zeros() as usize / 8);
        }
        at += BLOCK_BYTES;
    }
    bytes[at..].iter().position(|&byte| wanted(byte)).map(|found| at + found)
}

/// The position of the last byte that `wanted` holds for.
#[inline]
pub(crate) fn find_last(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let mut end = bytes.len();
    for block in bytes.rchunks_exact(BLOCK_BYTES) {
        let matches = match_bits(block, &wanted);
        if matches != 0 {
            return Some(end - 1 - matches.leading_zeros() as usize / 8);
        }
        end -= BLOCK_BYTES;
    }
    bytes[..end].iter().rposition(|&byte| wanted(byte))
}

/// A number with one byte per byte of the block: 1 if `wanted` holds, else 0. The first byte of the
/// block is the lowest.
#[inline]
fn match_bits(block: &[u8], wanted: impl Fn(u8) -> bool) -> u128 {
    // Both callers pass blocks of this size.
    let block = <[u8; BLOCK_BYTES]>::try_from(block).unwrap_or_default();
    // Compilers vectorise this loop, but often not the construction of the number below.
    let any = block.iter().fold(0, |any, &byte| any | u8::from(wanted(byte)));
    if any == 0 {
        return 0;
    }
    u128::from_le_bytes(block.map(|byte| u8::from(wanted(byte))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_match_are_found_at_any_position() {
        for len in 0..70 {
            let mut bytes = vec![b'a'; len];
            assert_eq!(
                (find(&bytes, |byte| byte == b'x'), find_last(&bytes, |byte| byte == b'x')),
                (None, None)
            );
            for first in 0..len {
                bytes[first] = b'x';
                for last in first..len {
                    bytes[last] = b'x';
                    assert_eq!(find(&bytes, |byte| byte == b'x'), Some(first));
                    assert_eq!(find_last(&bytes, |byte| byte == b'x'), Some(last));
                    if last > first {
                        bytes[last] = b'a';
                    }
                }
                bytes[first] = b'a';
            }
        }
    }
}
