//! Quality: how far a value can be trusted, with the codes that plants already use.

use serde::{Deserialize, Serialize};

/// The four levels, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Trusted.
    Good = 0,
    /// Usable, with doubt.
    Uncertain = 1,
    /// Not to be used.
    Bad = 2,
    /// No value could be made.
    Error = 3,
}

macro_rules! qualities {
    ($($variant:ident $name:literal $subcode:literal $level:ident;)*) => {
        /// A quality with its subcode (`spec/expression.md` section 4).
        ///
        /// The names and subcodes are those of Ignition's quality codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum Quality {
            $(#[doc = concat!("`", $name, "`, subcode ", stringify!($subcode), ".")] #[serde(rename = $name)] $variant,)*
        }

        impl Quality {
            /// Every quality, in the order of the specification.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the name, such as `Bad_Stale`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Returns the subcode, such as 516 for `Bad_Stale`.
            pub const fn subcode(self) -> i32 {
                match self { $(Self::$variant => $subcode),* }
            }

            /// Returns the level that the subcode belongs to.
            pub const fn level(self) -> Level {
                match self { $(Self::$variant => Level::$level),* }
            }
        }
    };
}

qualities! {
    Good "Good" 192 Good;
    GoodUnspecified "Good_Unspecified" 0 Good;
    GoodWritePending "Good_WritePending" 2 Good;
    GoodProvisional "Good_Provisional" 200 Good;
    GoodInitial "Good_Initial" 201 Good;
    GoodOverload "Good_Overload" 202 Good;
    GoodBackfill "Good_Backfill" 203 Good;
    Uncertain "Uncertain" 256 Uncertain;
    UncertainLastKnownValue "Uncertain_LastKnownValue" 257 Uncertain;
    UncertainInitialValue "Uncertain_InitialValue" 258 Uncertain;
    UncertainDataSubNormal "Uncertain_DataSubNormal" 259 Uncertain;
    UncertainEngineeringUnitsExceeded "Uncertain_EngineeringUnitsExceeded" 260 Uncertain;
    UncertainIncompleteOperation "Uncertain_IncompleteOperation" 261 Uncertain;
    Bad "Bad" 512 Bad;
    BadUnauthorized "Bad_Unauthorized" 513 Bad;
    BadAccessDenied "Bad_AccessDenied" 514 Bad;
    BadDisabled "Bad_Disabled" 515 Bad;
    BadStale "Bad_Stale" 516 Bad;
    BadTrialExpired "Bad_TrialExpired" 517 Bad;
    BadLicenseExceeded "Bad_LicenseExceeded" 518 Bad;
    BadNotFound "Bad_NotFound" 519 Bad;
    BadReferenceNotFound "Bad_ReferenceNotFound" 520 Bad;
    BadAggregateNotFound "Bad_AggregateNotFound" 521 Bad;
    BadNotConnected "Bad_NotConnected" 522 Bad;
    BadGatewayCommOff "Bad_GatewayCommOff" 523 Bad;
    BadOutOfRange "Bad_OutOfRange" 524 Bad;
    BadDatabaseNotConnected "Bad_DatabaseNotConnected" 525 Bad;
    BadReadOnly "Bad_ReadOnly" 526 Bad;
    BadFailure "Bad_Failure" 527 Bad;
    BadUnsupported "Bad_Unsupported" 528 Bad;
    Error "Error" 768 Error;
    ErrorConfiguration "Error_Configuration" 769 Error;
    ErrorExpressionEval "Error_ExpressionEval" 770 Error;
    ErrorTagExecution "Error_TagExecution" 771 Error;
    ErrorTypeConversion "Error_TypeConversion" 772 Error;
    ErrorDatabaseQuery "Error_DatabaseQuery" 773 Error;
    ErrorIo "Error_IO" 774 Error;
    ErrorTimeoutExpired "Error_TimeoutExpired" 775 Error;
    ErrorException "Error_Exception" 776 Error;
    ErrorInvalidPathSyntax "Error_InvalidPathSyntax" 777 Error;
    ErrorFormatting "Error_Formatting" 778 Error;
    ErrorScriptEval "Error_ScriptEval" 779 Error;
    ErrorCycleDetected "Error_CycleDetected" 780 Error;
}

impl Quality {
    /// Returns the whole code: the level's bits (0x0, 0x4, 0x8, 0xC in the top nibble) with the
    /// subcode, as the signed 32-bit number that Ignition prints.
    #[expect(clippy::cast_possible_wrap, reason = "Ignition prints the code as a signed 32-bit number")]
    pub const fn code(self) -> i32 {
        let level = match self.level() {
            Level::Good => 0x0000_0000_u32,
            Level::Uncertain => 0x4000_0000,
            Level::Bad => 0x8000_0000,
            Level::Error => 0xC000_0000,
        };
        (level as i32) | self.subcode()
    }

    /// Returns the quality of this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|quality| quality.name().eq_ignore_ascii_case(name))
    }

    /// Returns the quality of this subcode or whole code.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|q| i64::from(q.subcode()) == code || i64::from(q.code()) == code)
    }

    /// Returns the worse of two, the first on a tie of levels.
    #[must_use]
    pub const fn worst(self, other: Self) -> Self {
        if (other.level() as u8) > (self.level() as u8) { other } else { self }
    }

    /// Tells whether the level is Good.
    pub const fn is_good(self) -> bool {
        matches!(self.level(), Level::Good)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_carry_the_level_in_the_top_nibble() {
        assert_eq!(Quality::Good.code(), 192);
        assert_eq!(Quality::BadStale.code(), -2_147_483_132);
        assert_eq!(Quality::from_code(-2_147_483_132), Some(Quality::BadStale));
        assert_eq!(Quality::from_name("bad_stale"), Some(Quality::BadStale));
    }

    #[test]
    fn the_first_wins_a_tie() {
        assert_eq!(Quality::BadStale.worst(Quality::BadNotFound), Quality::BadStale);
        assert_eq!(Quality::BadStale.worst(Quality::ErrorIo), Quality::ErrorIo);
    }
}
