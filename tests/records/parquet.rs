//! Parquet files.

use super::*;
use bitext::format::{ParquetReader, ParquetWriter};

fn parquet(rows: &[Record]) -> std::fs::File {
    let mut out = ParquetWriter::new(tempfile::tempfile().unwrap(), &[EN, UK, DE]).unwrap();
    rows.iter().for_each(|row| out.write(row).unwrap());
    out.finish().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn parquet_round_trips(rows in proptest::collection::vec(any_record(), 0..6)) {
        let found = read_all(ParquetReader::new("p", parquet(&rows)).unwrap());
        prop_assert_eq!(found, rows);
    }
}

#[test]
fn several_groups_and_the_same_bytes() {
    let rows: Vec<Record> =
        (0..45_000).map(|at| record(&format!("row {at}"), &format!("Zeile {at}"))).collect();
    let bytes = |mut file: std::fs::File| {
        use std::io::Seek;
        file.rewind().unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(bytes(parquet(&rows)), bytes(parquet(&rows)));
    assert_eq!(read_all(ParquetReader::new("p", parquet(&rows)).unwrap()), rows);
}

#[test]
fn a_file_that_is_not_parquet_is_an_error() {
    use std::io::{Seek, Write};
    let file = |bytes: &[u8]| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        file
    };
    for bytes in [&b""[..], b"PAR1", b"{}", b"PAR1xxxxxxxxPAR1"] {
        assert_eq!(
            ParquetReader::new("p", file(bytes)).unwrap_err().kind(),
            ErrorKind::InvalidRecord
        );
    }
    let mut good = Vec::new();
    let mut whole = parquet(&[record("one", "eins")]);
    whole.rewind().unwrap();
    whole.read_to_end(&mut good).unwrap();
    for at in 0..good.len() {
        let mut broken = good.clone();
        broken[at] ^= 0x55;
        if let Ok(rows) = ParquetReader::new("p", file(&broken)) {
            // Ends, whatever it finds.
            rows.take(10).for_each(drop);
        }
    }
}
