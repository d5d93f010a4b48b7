//! What a request says of a column: nothing, that it is empty, or what it holds.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What somebody says of something that may be missing. As JSON: no key, null, a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Given<T> {
    /// Nothing: it stays as it is.
    #[default]
    Unsaid,
    /// There is to be none.
    Empty,
    /// It is to be this.
    Value(T),
}

impl<T> Given<T> {
    /// Tells whether nothing is said.
    pub(super) const fn is_unsaid(&self) -> bool {
        matches!(self, Self::Unsaid)
    }

    /// Makes it so.
    pub(super) fn put(self, into: &mut Option<T>) {
        match self {
            Self::Unsaid => {}
            Self::Empty => *into = None,
            Self::Value(value) => *into = Some(value),
        }
    }

    /// Returns the same said of what its value means, which may be nothing that is known.
    pub(super) fn try_map<U, E>(&self, meaning: impl FnOnce(&T) -> Result<U, E>) -> Result<Given<U>, E> {
        Ok(match self {
            Self::Unsaid => Given::Unsaid,
            Self::Empty => Given::Empty,
            Self::Value(value) => Given::Value(meaning(value)?),
        })
    }
}

impl<T: Serialize> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unsaid | Self::Empty => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Empty, Self::Value))
    }
}
