//! The reports of `bitext align --explain` and `--explain-region`.

use std::io::Write;

use bitext::align::ExplainedBitext;
use bitext::format::{explain_region, explain_unit};

use crate::io::write::output::Output;
use crate::{Failure, Usage};

/// Explains a unit, by its number in the table, from 1.
pub fn write(explained: &ExplainedBitext, number: usize, out: &mut Output) -> Result<(), Failure> {
    let found = number.checked_sub(1).and_then(|index| explain_unit(explained, index));
    let Some(text) = found else {
        let units = explained.bitext().units().len();
        return Err(no_such_unit(&format!("--explain {number}"), units).into());
    };
    Ok(out.write_all(text.as_bytes())?)
}

/// Prints the lattice of each language pair between the sentences of some units, by the numbers of
/// the first and the last unit in the table.
pub fn write_region(
    explained: &ExplainedBitext,
    (first, last): (usize, usize),
    out: &mut Output,
) -> Result<(), Failure> {
    let Some(text) = explain_region(explained, first - 1..last) else {
        let units = explained.bitext().units().len();
        return Err(no_such_unit(&format!("--explain-region {first}-{last}"), units).into());
    };
    Ok(out.write_all(text.as_bytes())?)
}

fn no_such_unit(option: &str, units: usize) -> Usage {
    Usage(match units {
        0 => format!("{option}: the bitext has no units"),
        units => format!("{option}: give a number from 1 to {units}"),
    })
}
