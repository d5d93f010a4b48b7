//! How the parts of retained state look as JSON.

use latchwork_expr::{Quality, Value, exact};
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
pub(crate) struct Exact(#[serde(with = "exact")] pub(super) Value);

/// ULIDs as their 26 characters.
pub(super) mod ulid_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use ulid::Ulid;

    pub(in crate::retained) fn serialize<S: Serializer>(id: &Ulid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(in crate::retained) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ulid::from_string(&text).map_err(|_| D::Error::custom(format_args!("`{text}` is not an id")))
    }
}

/// ULIDs that may be missing.
pub(super) mod optional_ulid_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use ulid::Ulid;

    #[derive(Serialize, Deserialize)]
    struct Text(#[serde(with = "super::ulid_text")] Ulid);

    #[expect(clippy::ref_option, reason = "serde asks with a reference")]
    pub(in crate::retained) fn serialize<S: Serializer>(id: &Option<Ulid>, serializer: S) -> Result<S::Ok, S::Error> {
        id.map(Text).serialize(serializer)
    }

    pub(in crate::retained) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Ulid>, D::Error> {
        Ok(Option::<Text>::deserialize(deserializer)?.map(|Text(id)| id))
    }
}
