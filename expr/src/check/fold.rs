//! Constant parts become their value once. A part whose value is not Good stays as it is: why it is not
//! belongs to the evaluation, with its note.

use chrono_tz::Tz;

use super::tree::Folded;
use super::{Checked, CheckedNode};
use crate::compile;
use crate::evaluate::{Context, Host};
use crate::functions::{Body, Function};
use crate::limits::FOLDED_BYTES_MAX;
use crate::value::Timestamp;

/// Returns the constant that a part always gives, or the part itself where the constants of its expression would hold
/// too much; `held_bytes` counts what they hold.
pub(super) fn folded(checked: Checked, zone: Tz, held_bytes: &mut usize) -> Checked {
    if !is_constant(&checked.node) {
        return checked;
    }
    // Nothing that is folded looks at the image, the host or the clock.
    let host = Host::default();
    let mut context = Context::of(&[], Timestamp(0), zone, &host, &mut []);
    let value = compile::value(&checked)(&mut context);
    let held = held_bytes.saturating_add(value.value.held_bytes());
    if !value.quality.is_good() || held > FOLDED_BYTES_MAX {
        return checked;
    }
    *held_bytes = held;
    let kind = value.value.kind();
    let constant = Checked::new(CheckedNode::Constant(value), kind, checked.span);
    Checked { folded: Some(Folded::Part(Box::new(checked))), ..constant }
}

/// Tells whether a part computes something from constants alone.
fn is_constant(node: &CheckedNode) -> bool {
    match node {
        CheckedNode::Unary(_, operand) => operand.constant().is_some(),
        CheckedNode::Logic(_, operands) => all_constant(operands),
        CheckedNode::Chain(first, rest) => {
            first.constant().is_some() && rest.iter().all(|(_, operand)| operand.constant().is_some())
        }
        CheckedNode::Call(function, arguments) => is_pure(function) && !arguments.is_empty() && all_constant(arguments),
        CheckedNode::Subscript(base, keys) => base.constant().is_some() && all_constant(keys),
        CheckedNode::Constant(_)
        | CheckedNode::Tag(..)
        | CheckedNode::Host(_)
        | CheckedNode::NotFound(_)
        | CheckedNode::ComputedTag(_)
        | CheckedNode::StatefulCall(..) => false,
    }
}

fn all_constant(parts: &[Checked]) -> bool {
    parts.iter().all(|part| part.constant().is_some())
}

/// Tells whether a function depends on its arguments alone: a body of these kinds may read the scan's
/// time only when it has none, and `now` is lazy.
pub(crate) const fn is_pure(function: &Function) -> bool {
    match function.body {
        Body::Plain(_) | Body::Qualified(_) => true,
        Body::Lazy(_) | Body::Stateful(_) | Body::Tag | Body::TimestampOf | Body::Refused(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::coerce::text;
    use crate::parse::parse;
    use crate::scheme::{Scheme, Scope};
    use crate::value::Type;

    /// Returns the constant that a text is folded to.
    fn constant(source: &str) -> Option<String> {
        let mut scheme = Scheme::new();
        scheme.add("x", Type::Integer);
        let expression = parse(source).expect("an expression");
        let Ok((tree, _)) = check(source, &expression, &Scope::of(&scheme)) else { panic!("{source} has problems") };
        tree.constant().map(|constant| format!("{} {}", text(&constant.value, Tz::UTC), constant.quality.name()))
    }

    #[test]
    fn constant_parts_become_their_value() {
        assert_eq!(constant("2 * (3 + 4) > 10 && !false").as_deref(), Some("true Good"));
        assert_eq!(constant("upper('a') + 1").as_deref(), Some("A1 Good"));
        assert_eq!(constant("split('x;y', ';')[1, 'parts']").as_deref(), Some("y Good"));
        assert_eq!(constant("{x.name}").as_deref(), Some("x Good"));
    }

    #[test]
    fn what_changes_or_fails_stays() {
        for text in ["{x} + 1", "1 + null", "if(true, 1, 2)", "hasChanged(1)", "{x} = {x}", "toInt('x')"] {
            assert_eq!(constant(text), None, "{text}");
        }
    }
}
