//! The id of a bitext.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The id of a bitext: a string or a whole number. The two are distinct: `"7"` is not `7`.
///
/// ```
/// use bitext::Id;
///
/// let ids: Vec<Id> = serde_json::from_str(r#"["7", 7]"#)?;
/// assert_eq!(ids, [Id::from("7"), Id::from(7)]);
/// assert_eq!(ids[0].to_string(), ids[1].to_string());
/// assert!(serde_json::from_str::<Id>("7.5").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i128),
}

impl From<&str> for Id {
    fn from(text: &str) -> Id {
        Id::Text(text.to_string())
    }
}

impl From<String> for Id {
    fn from(text: String) -> Id {
        Id::Text(text)
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Id {
            fn from(number: $integer) -> Id {
                Id::Integer(i128::from(number))
            }
        }
    )*};
}

from_integers!(i32, i64, i128, u32, u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Text(text) => f.write_str(text),
            Id::Integer(number) => write!(f, "{number}"),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Id::Text(text) => serializer.serialize_str(text),
            Id::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
                (Ok(number), _) => serializer.serialize_i64(number),
                (_, Ok(number)) => serializer.serialize_u64(number),
                _ => serializer.serialize_i128(*number),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id that is a string or a whole number")
            }
            fn visit_str<E>(self, text: &str) -> Result<Id, E> {
                Ok(Id::Text(text.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Id, E> {
                Ok(Id::Integer(number.into()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Id, E> {
                Ok(Id::Integer(number.into()))
            }
            fn visit_i128<E>(self, number: i128) -> Result<Id, E> {
                Ok(Id::Integer(number))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
