//! What becomes of a reading: the transform is compiled, the rest is as it was written.

use latchwork_expr::{Program, Scheme, Scope, Tz, UnknownTag};

use crate::connections::{Shaping, Transform};
use crate::conversion::{convertible, type_name};
use crate::desk::Desk;
use crate::lower::expressions::compile;
use crate::path;
use crate::problems;
use crate::raw::RawShaping;
use crate::reader::ExpressionText;

/// Lowers the rules of the tag at a path.
pub(super) fn lower(rules: &RawShaping, tag_path: &str, scheme: &Scheme, zone: Tz, desk: &mut Desk<'_>) -> Shaping {
    let transform = rules.transform.as_ref().and_then(|text| transform(text, rules, tag_path, scheme, zone, desk));
    let RawShaping { range, invert, names, deadband, .. } = rules.clone();
    Shaping { range, invert, names, transform, deadband }
}

fn transform(
    text: &ExpressionText,
    rules: &RawShaping,
    tag_path: &str,
    scheme: &Scheme,
    zone: Tz,
    desk: &mut Desk<'_>,
) -> Option<Transform> {
    let folder = path::folder_of(tag_path);
    let scope =
        Scope { scheme, folder, unknown_tag: UnknownTag::Problem, operation: false, value: true, zone, own: None };
    let program = compile(text, &scope, desk)?;
    if !program.reads().is_empty() || program.computes_paths() || program.keeps_state() || program.reads_datasets() {
        let message = "a transform reads nothing but `{value}`, and keeps nothing from one reading to the next";
        let hint = "calculate in a derived tag";
        desk.findings.add(problems::TRANSFORM_READS, text.place, message).hint(hint);
    }
    check_type(&program, rules, desk);
    Some(Transform { program, zone })
}

/// Complains about a result that can never be of the tag's type.
fn check_type(program: &Program, rules: &RawShaping, desk: &mut Desk<'_>) {
    let Some((kind, place)) = rules.kind else { return };
    let result = program.result();
    if !convertible(result, kind) {
        let message = format!("the transform gives {}, but the tag's type is {}", type_name(result), type_name(kind));
        desk.findings.add(problems::UNFIT_RULE, place, message);
    }
}
