//! Angles and the functions of them, in radians.

use super::{ROW, apply, example};
use crate::functions::{Body, Function};

const OF_ANGLE: Function = Function { arguments: "radians", ..ROW };

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "acos",
        summary: "Gives the angle from 0 to π whose cosine is the number; NaN outside −1 to 1.",
        examples: &[example("acos(1)", "0.0"), example("acos(-1)", "3.141592653589793"), example("acos(2)", "NaN")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::acos)),
        ..ROW
    },
    Function {
        name: "asin",
        summary: "Gives the angle from −π/2 to π/2 whose sine is the number; NaN outside −1 to 1.",
        examples: &[example("asin(0)", "0.0"), example("asin(1)", "1.5707963267948966"), example("asin(1.5)", "NaN")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::asin)),
        ..ROW
    },
    Function {
        name: "atan",
        summary: "Gives the angle from −π/2 to π/2 whose tangent is the number.",
        examples: &[example("atan(0)", "0.0"), example("atan(1)", "0.7853981633974483")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::atan)),
        ..ROW
    },
    Function {
        name: "cos",
        summary: "Gives the cosine of an angle.",
        examples: &[example("cos(0)", "1.0"), example("cos(toradians(180))", "-1.0")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::cos)),
        ..OF_ANGLE
    },
    Function {
        name: "sin",
        summary: "Gives the sine of an angle.",
        examples: &[example("sin(0)", "0.0"), example("sin(toradians(90))", "1.0"), example("sin(1/0)", "NaN")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::sin)),
        ..OF_ANGLE
    },
    Function {
        name: "tan",
        summary: "Gives the tangent of an angle.",
        examples: &[example("tan(0)", "0.0"), example("round(tan(toradians(45)), 9)", "1.0")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::tan)),
        ..OF_ANGLE
    },
    Function {
        name: "todegrees",
        arguments: "radians",
        summary: "Gives an angle in degrees.",
        examples: &[example("todegrees(acos(-1))", "180.0"), example("todegrees(0)", "0.0")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::to_degrees)),
        ..ROW
    },
    Function {
        name: "toradians",
        arguments: "degrees",
        summary: "Gives an angle in radians.",
        examples: &[example("toradians(180)", "3.141592653589793"), example("toradians(\"90\")", "1.5707963267948966")],
        body: Body::Plain(|_, arguments| apply(arguments, f64::to_radians)),
        ..ROW
    },
];
