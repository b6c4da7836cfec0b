//! Damage: characters that are not part of the sentence, left over from crawling and decoding.

pub(super) mod boilerplate;
pub(super) mod escapes;
pub(super) mod markup;
pub(super) mod mojibake;

/// The share of `count` characters in the characters of a text.
fn share_of(count: usize, text: &str) -> f32 {
    count as f32 / text.chars().count().max(1) as f32
}
