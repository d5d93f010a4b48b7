//! Enums whose members are words that people and files know: each member and its word stand together, once.

/// Defines an enum with the word of each member and the list of all of them.
macro_rules! words {
    (
        $(#[$about:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$member_about:meta])* $member:ident = $word:literal,)+
        }
    ) => {
        $(#[$about])*
        $visibility enum $name {
            $($(#[$member_about])* $member,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$member,)+];

            /// The words for all of them.
            pub const NAMES: &'static [&'static str] = &[$($word,)+];

            /// Returns the word for it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }
        }
    };
}

pub(crate) use words;
