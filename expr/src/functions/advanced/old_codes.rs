//! The quality codes of versions before 8, and what they are called today.

use crate::functions::Failure;
use crate::quality::Quality;

const OLD_CODES: &[(i64, Quality)] = &[
    (0, Quality::Bad),
    (4, Quality::ErrorConfiguration),
    (8, Quality::BadNotConnected),
    (12, Quality::BadFailure),
    (16, Quality::BadFailure),
    (20, Quality::Bad),
    (24, Quality::BadNotConnected),
    (28, Quality::BadDisabled),
    (32, Quality::BadStale),
    (64, Quality::Uncertain),
    (68, Quality::UncertainLastKnownValue),
    (80, Quality::Uncertain),
    (84, Quality::UncertainEngineeringUnitsExceeded),
    (88, Quality::UncertainDataSubNormal),
    (192, Quality::Good),
    (200, Quality::GoodProvisional),
    (300, Quality::ErrorConfiguration),
    (301, Quality::BadNotConnected),
    (310, Quality::ErrorExpressionEval),
    (330, Quality::ErrorTagExecution),
    (340, Quality::ErrorTypeConversion),
    (403, Quality::BadAccessDenied),
    (404, Quality::BadNotFound),
    (410, Quality::BadDisabled),
    (500, Quality::BadStale),
    (600, Quality::Bad),
    (700, Quality::GoodWritePending),
    (900, Quality::BadTrialExpired),
    (901, Quality::BadGatewayCommOff),
    (902, Quality::BadLicenseExceeded),
];

/// Returns the quality of an old code; what is none may be a subcode or a whole code of today.
pub(super) fn quality_of_code(code: i64) -> Result<Quality, Failure> {
    let old = OLD_CODES.iter().find(|(old, _)| *old == code).map(|(_, quality)| *quality);
    old.or_else(|| Quality::from_code(code)).ok_or_else(|| format!("there is no quality {code}").into())
}
