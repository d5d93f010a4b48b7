//! The limit: Rust functions that say of an image what the programs say, written by hand for their tags.
//!
//! They keep the language's rules of quality: an operand that was evaluated contributes its level, one that
//! was skipped does not, and a null or a value of another type is an evaluation error.

use latchwork_expr::{Cell, Status, Truth, Value};

/// `{speed} > 5 && !{fault}`.
#[inline(never)]
pub fn speed(image: &[Cell]) -> Truth {
    let [speed, fault, ..] = image else { return failed(Status::GOOD) };
    let status = Status::of(speed.quality);
    let Value::Float(value) = speed.value else { return failed(status) };
    if value > 5.0 {
        let status = status.with(Status::of(fault.quality));
        let Value::Boolean(fault) = fault.value else { return failed(status) };
        Truth { value: !fault, status }
    } else {
        Truth { value: false, status }
    }
}

/// `({temp} - {setpoint} > 2.5 || {pressure} >= 7) && {mode} = 3`.
#[inline(never)]
pub fn temperature(image: &[Cell]) -> Truth {
    let [temp, setpoint, pressure, mode, ..] = image else { return failed(Status::GOOD) };
    let mut status = Status::of(temp.quality).with(Status::of(setpoint.quality));
    let (Value::Float(temp), Value::Float(setpoint)) = (&temp.value, &setpoint.value) else { return failed(status) };
    let mut is_high = temp - setpoint > 2.5;
    if !is_high {
        status = status.with(Status::of(pressure.quality));
        let Value::Float(pressure) = pressure.value else { return failed(status) };
        is_high = pressure >= 7.0;
    }
    if is_high {
        let status = status.with(Status::of(mode.quality));
        let Value::Integer(mode) = mode.value else { return failed(status) };
        Truth { value: mode == 3, status }
    } else {
        Truth { value: false, status }
    }
}

/// `{state} = "RUN" && {order} != ""`.
#[inline(never)]
pub fn order(image: &[Cell]) -> Truth {
    let [state, order, ..] = image else { return failed(Status::GOOD) };
    let status = Status::of(state.quality);
    let Value::String(state) = &state.value else { return failed(status) };
    if state.as_str() == "RUN" {
        let status = status.with(Status::of(order.quality));
        let Value::String(order) = &order.value else { return failed(status) };
        Truth { value: !order.is_empty(), status }
    } else {
        Truth { value: false, status }
    }
}

const fn failed(status: Status) -> Truth {
    Truth { value: false, status: status.with(Status::ERROR).with(Status::NULL) }
}
