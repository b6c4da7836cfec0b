//! Corrections are rejected, or the corrected bitext can be read again. Units without corrections do not change.
//!
//! How to run it: `fuzz/README.md`.
#![no_main]

use bitext::format::{Selection, from_json, to_json};
use bitext::report::{Corrections, text_key};
use libfuzzer_sys::fuzz_target;

const LINE: &str = r#"{"id":1,"mine":{"a": 1.0},"sentences":{"en":["a","b","c","d"],"uk":["а","б","в"],"de":["x","y","z"]},
"units":[{"en":[0,1],"uk":[0],"de":[0,1],"score":0.5,"confidence":0.5,"by": "me"},{"en":[2],"uk":[1],"de":[2],"score":0.5,"confidence":0.5},
{"en":[3],"score":0,"confidence":0.5},{"uk":[2],"score":0,"confidence":0.5}],
"pairs":{"en-uk":[{"en":[0,1],"uk":[0],"score":0.5,"confidence":0.5,"by": "me"}],"de-en":[{"en":[0],"de":[0],"score":0.5,"confidence":0.5}]}}"#;

fuzz_target!(|text: &str| {
    let bitext = from_json(LINE).expect("a bitext");
    let key = text_key(&bitext);
    let mut corrections = Corrections::default();
    for (at, units) in text.split('\n').enumerate() {
        let line = format!(
            r#"{{"format":"bitext-corrections","format_version":1,"id":1,"text":"{key}","units":{units}}}"#
        );
        // The input is a whole line as well as the units of a valid line.
        let _ = corrections.add("fuzz", at + 1, units);
        let _ = corrections.add("fuzz", at + 1, &line);
    }
    let Some(corrected) = corrections.apply(LINE, &mut Vec::new()).expect("a bitext") else {
        return;
    };
    assert!(corrected.contains(r#""mine":{"a": 1.0}"#));
    let after = from_json(&corrected).expect("a corrected bitext is valid");
    assert_eq!(from_json(&to_json(&after, &Selection::default())).expect("again"), after);
    for unit in after.units().iter().filter(|unit| !unit.reviewed()) {
        assert!(bitext.units().contains(unit));
    }
    // Unknown keys stay with their unit as long as it exists, corrected or not.
    let first = bitext.units()[0].parts();
    if after.units().iter().any(|unit| unit.parts() == first) {
        assert!(corrected.contains(r#""by":"#));
    }
});
