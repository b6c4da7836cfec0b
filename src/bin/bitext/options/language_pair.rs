//! Language pairs such as `en-uk`.

use bitext::Language;

/// Parses two different languages, in the order given.
pub fn parse(text: &str) -> Result<(Language, Language), String> {
    let (source, target) = text.split_once('-').ok_or("not two languages, such as en-uk")?;
    different((language(source)?, language(target)?))
}

/// Parses two different languages without region or script, in the order of bitexts.
pub fn parse_base(text: &str) -> Result<(Language, Language), String> {
    let (source, target) = parse(text)?;
    let (source, target) = different((source.base(), target.base()))?;
    Ok((source.min(target), source.max(target)))
}

fn different(pair: (Language, Language)) -> Result<(Language, Language), String> {
    if pair.0 == pair.1 {
        return Err("not two different languages, such as en-uk".to_string());
    }
    Ok(pair)
}

fn language(code: &str) -> Result<Language, String> {
    code.parse().map_err(|error: bitext::Error| error.to_string())
}
