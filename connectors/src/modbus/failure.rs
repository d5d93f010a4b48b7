//! Why a request brought no values → the quality of its tags.

use latchwork_expr::Quality;
use thiserror::Error;
use tokio_modbus::ExceptionCode;

use super::answer::Malformed;

/// Why a request brought no values, in words for whoever looks at a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Failure {
    /// No answer came in time.
    #[error("no answer in time")]
    TimedOut,
    /// What came contradicts the request.
    #[error("a wrong answer: {0}")]
    Malformed(#[from] Malformed),
    /// The device answered with an exception.
    #[error("exception {code}: {0}", code = u8::from(*.0))]
    Exception(ExceptionCode),
    /// Nothing has come from the unit for so long that it is only probed.
    #[error("the unit does not answer")]
    UnitDead,
    /// The last reading is too old.
    #[error("no reading for too long")]
    Stale,
}

/// Why a link that was made is to be made anew.
#[derive(Debug, Error)]
pub(super) enum LinkFault {
    /// The other side closed it.
    #[error("the device closed the connection")]
    Closed,
    /// The system says so.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// What came over it is not, or no longer, Modbus.
    #[error("{0}")]
    OutOfStep(#[from] super::frame::OutOfStep),
    /// Requests go out and nothing comes back.
    #[error("nothing came back for {0} ms")]
    Silent(u128),
}

/// What can be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing but to tell it and to ask again when it is due.
    None,
    /// To wait: the device is busy.
    Wait,
    /// To find out which part of the block the device does not have.
    TakeApart,
    /// To take the unit for gone: a gateway says that it does not reach it.
    GiveUpUnit,
}

impl Failure {
    /// Returns what can be done about it.
    pub(super) const fn remedy(self) -> Remedy {
        match self {
            Self::TimedOut | Self::Malformed(_) | Self::UnitDead | Self::Stale => Remedy::None,
            Self::Exception(code) => match code {
                ExceptionCode::IllegalDataAddress => Remedy::TakeApart,
                ExceptionCode::Acknowledge | ExceptionCode::ServerDeviceBusy => Remedy::Wait,
                ExceptionCode::GatewayPathUnavailable | ExceptionCode::GatewayTargetDevice => Remedy::GiveUpUnit,
                ExceptionCode::IllegalFunction
                | ExceptionCode::IllegalDataValue
                | ExceptionCode::ServerDeviceFailure
                | ExceptionCode::MemoryParityError
                | ExceptionCode::Custom(_) => Remedy::None,
            },
        }
    }

    /// Returns the quality of the tags.
    ///
    /// `Bad_NotConnected` when the device cannot be reached, `Bad_NotFound` when it has no such address (what is
    /// configured is wrong), `Bad_Stale` when the reading is old, else `Bad_Failure`: the device is there, and this
    /// request failed.
    pub(super) const fn quality(self) -> Quality {
        match self {
            Self::TimedOut | Self::Malformed(_) => Quality::BadFailure,
            Self::UnitDead => Quality::BadNotConnected,
            Self::Stale => Quality::BadStale,
            Self::Exception(code) => of_exception(code),
        }
    }

    /// Tells whether it is the unit that answered, if only to refuse. What a gateway says when it cannot reach the
    /// unit is not the unit's answer.
    pub(super) const fn is_an_answer(self) -> bool {
        match self {
            Self::TimedOut | Self::Malformed(_) | Self::UnitDead | Self::Stale => false,
            Self::Exception(code) => !is_of_gateway(code),
        }
    }
}

const fn of_exception(code: ExceptionCode) -> Quality {
    match code {
        ExceptionCode::IllegalDataAddress => Quality::BadNotFound,
        ExceptionCode::GatewayPathUnavailable | ExceptionCode::GatewayTargetDevice => Quality::BadNotConnected,
        ExceptionCode::IllegalFunction
        | ExceptionCode::IllegalDataValue
        | ExceptionCode::ServerDeviceFailure
        | ExceptionCode::Acknowledge
        | ExceptionCode::ServerDeviceBusy
        | ExceptionCode::MemoryParityError
        | ExceptionCode::Custom(_) => Quality::BadFailure,
    }
}

const fn is_of_gateway(code: ExceptionCode) -> bool {
    matches!(code, ExceptionCode::GatewayPathUnavailable | ExceptionCode::GatewayTargetDevice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_is_bad() {
        for code in 0..=u8::MAX {
            let failure = Failure::Exception(ExceptionCode::new(code));
            let expected = match code {
                2 => Quality::BadNotFound,
                10 | 11 => Quality::BadNotConnected,
                _ => Quality::BadFailure,
            };
            assert_eq!(failure.quality(), expected, "{code}");
            assert_eq!(failure.is_an_answer(), code != 10 && code != 11, "{code}");
        }
    }
}
