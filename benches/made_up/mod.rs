//! Generated text for the benches: sentences of made-up words, the same in every run.

use bitext::Language;

/// Pseudo-random numbers with a fixed seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit
    }
}

/// About `bytes` of text in paragraphs: made-up long words between real function words, with abbreviations,
/// numbers and quotations.
pub(crate) fn text(language: Language, bytes: usize) -> String {
    let (syllables, small): (&[&str], &[&str]) = match language.primary() {
        "uk" => (
            &["ма", "ро", "ві", "тан", "лю", "пер", "зо", "ни", "ст", "ськ", "жа", "ць"],
            &["і", "на", "що", "з", "у", "до", "р.", "м. Київ", "12,5", "«так»", "не"],
        ),
        "de" => (
            &["ver", "lan", "gen", "stü", "ber", "ma", "kun", "schi", "hei", "ten", "rau", "fel"],
            &["und", "die", "in", "z. B.", "am 3. Mai", "12,5", "„so“", "mit", "Dr. Weiß", "nicht"],
        ),
        _ => (
            &["mo", "ter", "in", "pla", "con", "sti", "ver", "ness", "al", "ra", "hu", "den"],
            &["and", "the", "of", "e.g.", "Mr. Hill", "12.5", "“so”", "with", "at 5 p.m.", "not"],
        ),
    };
    let mut random = Random::new(1);
    let mut out = String::with_capacity(bytes + 200);
    while out.len() < bytes {
        let words = 8 + random.below(20);
        for at in 0..words {
            if at > 0 && random.below(2) == 0 {
                out.push_str(small[random.below(small.len())]);
                out.push(' ');
            }
            let start = out.len();
            for _ in 0..1 + random.below(4) {
                out.push_str(syllables[random.below(syllables.len())]);
            }
            if at == 0 {
                let word = out.split_off(start);
                let mut letters = word.chars();
                out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                out.push_str(letters.as_str());
            }
            if at + 1 < words {
                out.push_str(if random.below(9) == 0 { ", " } else { " " });
            }
        }
        out.push_str([". ", ". ", ". ", "! ", "? ", ".\n\n"][random.below(6)]);
    }
    out
}
