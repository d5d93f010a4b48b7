//! Tags by a path that may be computed, and when they were read.

use super::{ROW, example};
use crate::functions::{Basis, Body, Function};
use crate::value::Type;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "tag",
        arguments: "path",
        summary: "Gives the tag of a path, which may be computed: a reference to a tag whose name is another tag's \
                  value. A path that leads nowhere gives null with `Bad_NotFound`; one that is constant is checked \
                  like a reference. In a derived tag, a computed path may not lead to a derived tag that is evaluated \
                  later: that is `Error_CycleDetected`.",
        examples: &[
            example("tag(\"Speed\")", "41.5"),
            example("tag(\"[default]\" + \"Count\")", "7 (Bad_Stale)"),
            example("tag(if({Speed} > 40, \"Speed\", \"Level\"))", "41.5"),
            example("tag(\"Spe\" + if({Speed} > 50, \"ed\", \"cial\"))", "null (Bad_NotFound)"),
            example("tag(null)", "error"),
        ],
        basis: Basis::Measured,
        body: Body::Tag,
        ..ROW
    },
    Function {
        name: "timestampOf",
        result: Type::Date,
        summary: "Gives the time of a tag's last reading, also through `tag(path)`. What is not a tag, or a tag that \
                  does not exist, is of this very scan: look at the quality, too. The result is Good.",
        examples: &[
            example("timestampOf({Speed})", "1970-01-01 00:00:00.000"),
            example("timestampOf(tag(\"Count\"))", "1970-01-01 00:00:00.000"),
            example("timestampOf({Missing})", "1970-01-01 00:00:00.000"),
        ],
        basis: Basis::Measured,
        body: Body::TimestampOf,
        ..ROW
    },
];

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use crate::coerce::text;
    use crate::evaluate::{Context, Host, Note};
    use crate::image::{Cell, TagSlot};
    use crate::program::Program;
    use crate::quality::Quality;
    use crate::scheme::{Scheme, Scope, UnknownTag};
    use crate::value::{Text, Timestamp, Type, Value};

    const TAGS: [(&str, Type); 4] = [
        ("Line/Path", Type::String),
        ("Line/Speed", Type::Float),
        ("Line/Count", Type::Integer),
        ("Other", Type::String),
    ];

    fn scheme() -> Scheme {
        let mut scheme = Scheme::new();
        for (path, kind) in TAGS {
            scheme.add(path, kind);
        }
        scheme
    }

    fn scope(scheme: &Scheme) -> Scope<'_> {
        Scope { folder: "Line", unknown_tag: UnknownTag::BadNotFound, ..Scope::of(scheme) }
    }

    /// Evaluates with the path being `path`, one second into the epoch; `Count` was read at 5 seconds, `Other` is
    /// Uncertain. Shows value, quality, the tags that were read by path, and the first note.
    fn run(expression: &str, path: Value) -> String {
        let scheme = scheme();
        let (program, _) = Program::compile(expression, &scope(&scheme)).unwrap();
        let values = [path, 1.5.into(), 7.into(), "Line/Speed".into()];
        let qualities = [Quality::Good, Quality::Good, Quality::BadStale, Quality::Uncertain];
        let cell = |(slot, value)| Cell { value, quality: qualities[slot], time: Timestamp(5_000_000) };
        let image: Vec<Cell> = values.into_iter().enumerate().map(cell).collect();
        let (mut sites, mut notes, host) = (program.fresh_sites(), Vec::<Note>::new(), Host::default());
        let (now, zone) = (Timestamp(9_000_000), Tz::UTC);
        let mut context = Context { notes: Some(&mut notes), ..Context::of(&image, now, zone, &host, &mut sites) };
        let result = program.evaluate(&mut context);
        let read: Vec<u32> = sites.iter().filter_map(|site| site.tag().map(|TagSlot(slot)| slot)).collect();
        let note = notes.first().map(|note| note.message.as_str()).unwrap_or_default();
        format!("{} {} {read:?} {note}", text(&result.value, zone), result.quality.name()).trim_end().to_owned()
    }

    fn check(expression: &str, path: impl Into<Value>, wanted: &str) {
        assert_eq!(run(expression, path.into()), wanted, "{expression}");
    }

    #[test]
    fn a_computed_path_leads_to_a_tag_or_one_of_its_properties() {
        check("tag({Line/Path})", "Line/Speed", "1.5 Good [1]");
        check("tag({[.]Path})", "[default]Line/Speed", "1.5 Good [1]");
        check("tag({Line/Path})", "[.]Count", "7 Bad_Stale [2] the tag has the quality `Bad_Stale`");
        check("tag({Line/Path})", "[.]Count.quality", "Bad_Stale Good [2]");
        check("tag({Line/Path})", "Line/Count.timestamp", "1970-01-01 00:00:05.000 Good [2]");
        check("tag({Line/Path})", "Line/Count.name", "Count Good []");
        check("tag({Line/Path}) + tag('Line/' + 'Speed')", "[.]Path", "[.]Path1.5 Good [0]");
        check("tag(tag({Line/Path}))", "Other", "1.5 Uncertain [3, 1] the tag has the quality `Uncertain`");
    }

    #[test]
    fn a_path_that_leads_nowhere_is_not_found_and_read_as_such() {
        let nowhere = "null Bad_NotFound [] there is no tag `Line/Sped`; did you mean `Line/Speed`?";
        check("tag({Line/Path})", "Line/Sped", nowhere);
        check("tag({Line/Path})", "", "null Bad_NotFound [] there is no tag ``");
        check("tag({Line/Path})", "[.]../../x", "null Bad_NotFound [] there is no tag `[.]../../x`");
        check("tag({Line/Path})", "Line/Sped.quality", "Bad_NotFound Good []");
        check(
            "tag({Line/Path})",
            "{Line/Speed}",
            "null Bad_NotFound [] there is no tag `{Line/Speed}`; did you mean `Line/Speed`?",
        );
        check("qualityOf(tag({Line/Path}))", "x", "Bad_NotFound Good [] there is no tag `x`");
        check("toFloat(tag({Line/Path}), -1.0)", "x", "-1.0 Good [] there is no tag `x`");
        check("tag({Line/Path})", 5, "null Bad_NotFound [] there is no tag `5`");
    }

    #[test]
    fn a_path_that_is_none_is_an_evaluation_error() {
        check("tag({Line/Path})", Value::Null, "null Error_ExpressionEval [] null is not a text");
        check("tag(1 + {Line/Path} * 2)", "x", "null Error_ExpressionEval [] `x` is not a number");
    }

    #[test]
    fn times_are_those_of_tags_or_of_the_scan() {
        let (tags_own, scans) = ("1970-01-01 00:00:05.000 Good", "1970-01-01 00:00:09.000 Good");
        check("timestampOf({Line/Count})", Value::Null, &format!("{tags_own} []"));
        check("timestampOf((tag('Line/Count')))", Value::Null, &format!("{tags_own} []"));
        check("timestampOf(tag({Line/Path}))", "Line/Count", &format!("{tags_own} [2]"));
        check("timestampOf(tag({Line/Path}))", "Line/None", &format!("{scans} []"));
        check("timestampOf({Line/None})", Value::Null, &format!("{scans} [] there is no such tag"));
        check("timestampOf({Line/Speed} + 1)", Value::Null, &format!("{scans} []"));
        check("timestampOf({Line/Path} * 2)", "x", "null Error_ExpressionEval [] `x` is not a number");
    }

    #[test]
    fn what_is_skipped_keeps_what_it_read_last() {
        let scheme = scheme();
        let (program, lints) =
            Program::compile("{Line/Speed} > 1 && tag({Line/Path}) = 7", &Scope::of(&scheme)).unwrap();
        assert!(lints.is_empty() && program.computes_paths() && !program.keeps_state());
        let mut sites = program.fresh_sites();
        let host = Host::default();
        for speed in [2.0, 0.5] {
            let values: [Value; 4] = ["Line/Count".into(), speed.into(), 7.into(), Value::Null];
            let image = values.map(|value| Cell { value, quality: Quality::Good, time: Timestamp(0) });
            let (now, zone) = (Timestamp(0), Tz::UTC);
            let mut context = Context::of(&image, now, zone, &host, &mut sites);
            assert_eq!(program.truth(&mut context).value, speed > 1.0);
            assert_eq!(sites[0].tag(), Some(TagSlot(2)));
        }
    }

    #[test]
    fn constant_paths_are_references() {
        let scheme = scheme();
        let compile = |text| Program::compile(text, &Scope { folder: "Line", ..Scope::of(&scheme) });
        let (program, _) = compile("tag('[.]' + 'Speed') + tag('Line/Count')").unwrap();
        assert_eq!(
            (program.reads(), program.sites(), program.result()),
            (&[TagSlot(1), TagSlot(2)][..], 0, Type::Float)
        );
        let problems = compile("1 + tag('Line/Sped')").unwrap_err();
        assert_eq!((problems[0].code.0, problems[0].span.clone()), ("E107", 8..19));
        assert_eq!(problems[0].hint.as_deref(), Some("did you mean `Line/Speed`?"));
    }

    #[test]
    fn a_site_of_a_path_is_that_of_the_tag_there_now() {
        let scheme = scheme();
        let (program, _) = Program::compile("tag({Line/Path})", &scope(&scheme)).unwrap();
        let tag = |path: &str| program.site_of_path(Text::from(path)).tag();
        assert_eq!((tag("[.]Count.quality"), tag("gone")), (Some(TagSlot(2)), None));
    }
}
