//! Which function a call means, or why it means none.

use crate::diagnostic::{Code, Diagnostic, closest, quoted};
use crate::functions::{Body, Function, find, functions};

/// Returns the function of a call with this many arguments.
pub(super) fn find_function(
    name: &str,
    count: usize,
    span: (usize, usize),
    text: &str,
) -> Result<&'static Function, Diagnostic> {
    let name_span = name_span(name, span, text);
    let function = find(name).ok_or_else(|| unknown_function(name, name_span))?;
    if let Body::Refused(reason) = function.body {
        let message = format!("`{}` is refused: {reason}", function.name);
        return Err(Diagnostic::new(Code::REFUSED_FUNCTION, name_span, message));
    }
    if function.takes(count) {
        return Ok(function);
    }
    let message = format!("`{}` takes {}, found {count}", function.name, expected_arguments(function));
    let shape = format!("write `{}({})`", function.name, function.arguments);
    Err(Diagnostic::new(Code::ARGUMENTS, span, message).hint(shape))
}

/// Returns where the name stands: a call that is grouped begins before it.
fn name_span(name: &str, span: (usize, usize), text: &str) -> (usize, usize) {
    let start = span.0 + text[span.0..span.1].find(name).unwrap_or(0);
    (start, start + name.len())
}

fn unknown_function(name: &str, span: (usize, usize)) -> Diagnostic {
    let problem = Diagnostic::new(Code::UNKNOWN_FUNCTION, span, format!("there is no function {}", quoted(name)));
    match closest(name, functions().map(|function| function.name)) {
        Some(meant) => problem.hint(format!("did you mean `{meant}`?")),
        None => problem,
    }
}

fn expected_arguments(function: &Function) -> String {
    let plural = |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    match function.most {
        Some(most) if most == function.least => plural(most),
        Some(most) => format!("{} to {}", function.least, plural(most)),
        None if function.step == 1 => format!("at least {}", plural(function.least)),
        None => format!("at least {}, and more in steps of {}", plural(function.least), function.step),
    }
}
