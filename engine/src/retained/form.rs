//! How the parts of retained state look as JSON.

use latchwork_expr::{Quality, Timestamp, Value, exact};
use serde::{Deserialize, Serialize};

/// Tells whether a field can be left out.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Returns the quality that is left out.
pub(super) const fn good() -> Quality {
    Quality::Good
}

/// Tells whether a quality can be left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
pub(super) fn is_good(quality: &Quality) -> bool {
    *quality == Quality::Good
}

/// A value, exact to the bit and to the type.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exact(#[serde(with = "exact")] pub Value);

/// ULIDs as their 26 characters.
pub(crate) mod ulid_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use ulid::Ulid;

    pub(crate) fn serialize<S: Serializer>(id: &Ulid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ulid::from_string(&text).map_err(|_| D::Error::custom(format_args!("`{text}` is not an id")))
    }
}

/// ULIDs that may be missing.
pub(crate) mod optional_ulid_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use ulid::Ulid;

    #[derive(Serialize, Deserialize)]
    struct Text(#[serde(with = "super::ulid_text")] Ulid);

    #[expect(clippy::ref_option, reason = "serde asks with a reference")]
    pub(crate) fn serialize<S: Serializer>(id: &Option<Ulid>, serializer: S) -> Result<S::Ok, S::Error> {
        id.map(Text).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Ulid>, D::Error> {
        Ok(Option::<Text>::deserialize(deserializer)?.map(|Text(id)| id))
    }
}

/// Instants as RFC 3339.
pub(crate) mod instant_text {
    use latchwork_expr::{Timestamp, instant_of, instant_text};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
    pub(crate) fn serialize<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&instant_text(*instant))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        let refused = || D::Error::custom(format_args!("`{text}` is not a time such as 2026-03-02T06:00:00Z"));
        instant_of(&text).ok_or_else(refused)
    }
}

/// An instant that is written as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(#[serde(with = "instant_text")] pub Timestamp);

/// Instants that may be missing.
pub(crate) mod optional_instant_text {
    use latchwork_expr::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Text(#[serde(with = "super::instant_text")] Timestamp);

    #[expect(clippy::ref_option, reason = "serde asks with a reference")]
    pub(crate) fn serialize<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        instant.map(Text).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<Text>::deserialize(deserializer)?.map(|Text(instant)| instant))
    }
}
