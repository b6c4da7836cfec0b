//! Identifiers of licences on the Hugging Face Hub.

/// The identifiers that the Hub knows for licences of texts and data. It knows others for models.
const KNOWN: [&str; 57] = [
    "afl-3.0",
    "agpl-3.0",
    "apache-2.0",
    "artistic-2.0",
    "bsd",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-3-clause-clear",
    "bsl-1.0",
    "c-uda",
    "cc",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cc-by-nd-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc0-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "cdla-sharing-1.0",
    "ecl-2.0",
    "epl-1.0",
    "epl-2.0",
    "etalab-2.0",
    "eupl-1.1",
    "eupl-1.2",
    "gfdl",
    "gpl",
    "gpl-2.0",
    "gpl-3.0",
    "isc",
    "lgpl",
    "lgpl-2.1",
    "lgpl-3.0",
    "lppl-1.3c",
    "mit",
    "mpl-2.0",
    "ms-pl",
    "ncsa",
    "odbl",
    "odc-by",
    "ofl-1.1",
    "osl-3.0",
    "pddl",
    "postgresql",
    "unlicense",
    "zlib",
];

/// Licences whose identifiers on the Hub have no version.
const UNVERSIONED: [&str; 4] = ["gfdl-", "odbl-", "odc-by-", "pddl-"];

/// The Hub's identifier of a licence, which is given by its SPDX identifier or a common variant of
/// it (`CC-BY-4.0`, `CC BY 4.0`, `GPL-3.0-or-later`); `None` if the Hub does not know the licence.
fn identifier(licence: &str) -> Option<&'static str> {
    let words: Vec<String> = licence.split_whitespace().map(str::to_lowercase).collect();
    let name = words.join("-");
    let name = name.strip_prefix("creative-commons-").unwrap_or(&name);
    let bare = ["-only", "-or-later", "+", "-deed", "-international"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let bare = match bare {
        "cc0" | "cc-0" | "cc-zero" => "cc0-1.0",
        "apache-license-2.0" | "apache2" | "apache-2" => "apache-2.0",
        "mit-license" => "mit",
        "the-unlicense" => "unlicense",
        bare => UNVERSIONED
            .iter()
            .find(|start| bare.starts_with(**start))
            .map_or(bare, |start| start.trim_end_matches('-')),
    };
    KNOWN.iter().find(|known| **known == bare).copied()
}

/// The identifiers of a licence, or of several that a user may choose from (`MIT OR Apache-2.0`).
/// Empty if the Hub does not know one of them.
pub fn identifiers(licence: &str) -> Vec<&'static str> {
    let parts = licence.trim().trim_start_matches('(').trim_end_matches(')');
    let found: Option<Vec<&str>> = parts.split(" OR ").map(identifier).collect();
    let mut found = found.unwrap_or_default();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spdx_identifiers_become_identifiers_of_the_hub() {
        for (spelled, expected) in [
            ("CC0-1.0", "cc0-1.0"),
            ("CC-BY-4.0", "cc-by-4.0"),
            ("CC BY-SA 4.0", "cc-by-sa-4.0"),
            ("Creative Commons BY-NC 4.0 International", ""),
            ("Apache-2.0", "apache-2.0"),
            ("GPL-3.0-or-later", "gpl-3.0"),
            ("AGPL-3.0-only", "agpl-3.0"),
            ("LGPL-2.1+", "lgpl-2.1"),
            ("ODbL-1.0", "odbl"),
            ("ODC-By-1.0", "odc-by"),
            ("PDDL-1.0", "pddl"),
            ("GFDL-1.3-or-later", "gfdl"),
            ("CDLA-Permissive-2.0", "cdla-permissive-2.0"),
            ("MIT", "mit"),
            ("mit", "mit"),
            // Licences that the Hub does not know.
            ("CC-BY-5.0", ""),
            ("Proprietary", ""),
            ("MIT AND Apache-2.0", ""),
            ("", ""),
        ] {
            let expected: Vec<&str> =
                Some(expected).into_iter().filter(|id| !id.is_empty()).collect();
            assert_eq!(identifiers(spelled), expected, "{spelled}");
        }
        assert_eq!(identifiers("MIT OR Apache-2.0"), ["mit", "apache-2.0"]);
        assert!(identifiers("MIT OR Ours").is_empty());
    }

    #[test]
    fn every_identifier_of_the_hub_stays_the_same() {
        assert!(KNOWN.is_sorted());
        assert!(KNOWN.iter().all(|known| identifiers(known) == [*known]));
    }
}
