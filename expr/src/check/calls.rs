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
    let function = find_name(name, name_span(name, span, text))?;
    if function.takes(count) {
        return Ok(function);
    }
    let message = format!("`{}` takes {}, found {count}", function.name, expected_arguments(function));
    let shape = format!("write `{}({})`", function.name, function.arguments);
    Err(Diagnostic::new(Code::ARGUMENTS, span, message).hint(shape))
}

/// Returns the function of a name that stands at `span`, if there is one that can be used.
pub(super) fn find_name(name: &str, span: (usize, usize)) -> Result<&'static Function, Diagnostic> {
    let function = find(name).ok_or_else(|| unknown_function(name, span))?;
    if let Body::Refused(reason) = function.body {
        let message = format!("`{}` is refused: {reason}", function.name);
        return Err(Diagnostic::new(Code::REFUSED_FUNCTION, span, message));
    }
    Ok(function)
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
