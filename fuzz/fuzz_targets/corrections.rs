//! Any line of corrections is refused, or makes a bitext that is read back.

#![no_main]

use bitext::format::{Selection, from_json, to_json};
use bitext::report::{Corrections, text_key};
use libfuzzer_sys::fuzz_target;

const LINE: &str = r#"{"id":1,"sentences":{"en":["a","b","c"],"uk":["а","б"],"de":["x","y","z"]},
"units":[{"en":[0,1],"uk":[0],"de":[0,1],"score":0.5,"confidence":0.5},{"en":[2],"uk":[1],"de":[2],"score":0.5,"confidence":0.5}],
"pairs":{"en-uk":[{"en":[0,1],"uk":[0],"score":0.5,"confidence":0.5}],"en-de":[{"en":[0],"de":[0],"score":0.5,"confidence":0.5}]}}"#;

fuzz_target!(|units: &str| {
    let bitext = from_json(LINE).expect("a bitext");
    let key = text_key(&bitext);
    let line = format!(
        r#"{{"format":"bitext-corrections","format_version":1,"id":1,"text":"{key}","units":{units}}}"#
    );
    let mut corrections = Corrections::default();
    // As a whole line too.
    let _ = corrections.add("fuzz", 1, units);
    if corrections.add("fuzz", 2, &line).is_ok() {
        if let Ok(Some(corrected)) = corrections.apply(LINE, &mut Vec::new()) {
            let after = from_json(&corrected).expect("it is read back");
            assert_eq!(from_json(&to_json(&after, &Selection::default())).expect("again"), after);
        }
    }
});
