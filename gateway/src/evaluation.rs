//! One expression with its tags, as `eval` is asked, and what it answers.

use std::sync::Arc;

use chrono::DateTime;
use latchwork_config::{Position, Problem};
use latchwork_expr::{
    Cell, Context, Diagnostic, Evaluated, Explained, Host, Note, Program, Quality, Scheme, Scope, Severity, TagSlot,
    Timestamp, Type, Tz, UnknownTag, Value, value_to_json,
};
use serde_json::{Map, Value as Json, json};

use crate::json::{json_to_value, object};

/// How long after the one before a step without `at` is, in microseconds.
const STEP_MICROS: i64 = 1_000_000;

/// What is asked: an expression, and one or more images.
#[derive(Debug)]
pub struct Question {
    text: String,
    zone: Tz,
    scheme: Scheme,
    steps: Vec<Step>,
    many: bool,
}

/// One image: what changes in it, and when.
#[derive(Debug)]
struct Step {
    at: Timestamp,
    cells: Vec<(TagSlot, Cell)>,
}

/// How much is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The result.
    Result,
    /// The result, and under `tree` what every part of the expression gave.
    Tree,
}

/// What is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The expression cannot be used.
    Refused(Json),
    /// One result.
    One(Json),
    /// One result a step.
    Many(Json),
}

impl Answer {
    /// Returns the answer as JSON.
    pub fn into_json(self) -> Json {
        match self {
            Self::Refused(json) | Self::One(json) | Self::Many(json) => json,
        }
    }
}

impl Question {
    /// Reads a question: `{"expr", "tags"?, "at"?, "timezone"?, "steps"?: [{"at"?, "tags"?}]}`. Other
    /// keys are ignored. Without `at` it is asked at `now`, without `timezone` in `zone`.
    pub fn of(json: Json, zone: Tz, now: Timestamp) -> Result<Self, String> {
        let Json::Object(mut json) = json else { return Err("expected an object with `expr`".into()) };
        let Some(Json::String(text)) = json.remove("expr") else { return Err("expected a text in `expr`".into()) };
        let zone = match json.remove("timezone") {
            None | Some(Json::Null) => zone,
            Some(Json::String(name)) => name.parse().map_err(|_| format!("there is no time zone `{name}`"))?,
            Some(other) => return Err(format!("expected the name of a time zone in `timezone`, found {other}")),
        };
        let mut scheme = Scheme::new();
        let first = step(&mut json, &mut scheme, now)?;
        let mut steps = Vec::new();
        let many = json.contains_key("steps");
        match json.remove("steps") {
            None => steps.push(first),
            Some(Json::Array(rows)) => {
                let mut at = first.at;
                for (place, row) in rows.into_iter().enumerate() {
                    let Json::Object(mut row) = row else { return Err("expected objects in `steps`".into()) };
                    let next = Timestamp(if place == 0 { at.0 } else { at.0.saturating_add(STEP_MICROS) });
                    let mut step = step(&mut row, &mut scheme, next)?;
                    if place == 0 {
                        step.cells.splice(0..0, first.cells.iter().cloned());
                    }
                    at = step.at;
                    steps.push(step);
                }
            }
            Some(other) => return Err(format!("expected a list in `steps`, found {other}")),
        }
        Ok(Self { text, zone, scheme, steps, many })
    }

    fn compile(&self) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
        let scope = Scope { unknown_tag: UnknownTag::BadNotFound, zone: self.zone, ..Scope::of(&self.scheme) };
        Program::compile(&self.text, &scope)
    }

    /// Returns the problems and lints of the expression, for people.
    pub fn problems(&self) -> Vec<Problem> {
        let diagnostics = match self.compile() {
            Ok((_, lints)) => lints,
            Err(problems) => problems,
        };
        diagnostics.iter().map(|diagnostic| problem("expression", &self.text, diagnostic)).collect()
    }

    /// Evaluates, step by step, the image and the call sites kept from one to the next.
    pub fn answer(&self, detail: Detail) -> Answer {
        let results = match detail {
            Detail::Result => self.each_step(result),
            Detail::Tree => self.each_step(|program, context| explained_json(&program.explain(context))),
        };
        match results {
            Err(problems) => Answer::Refused(refusal(&self.text, &problems)),
            Ok(results) if self.many => Answer::Many(Json::Array(results)),
            Ok(mut results) => Answer::One(results.pop().unwrap_or(Json::Null)),
        }
    }

    /// Evaluates, step by step, and tells what every part of the expression gave; gives the problems of one that
    /// cannot be used.
    pub fn explain(&self) -> Result<Vec<Explained>, Vec<Diagnostic>> {
        self.each_step(Program::explain)
    }

    fn each_step<R>(&self, evaluate: fn(&Program, &mut Context<'_>) -> R) -> Result<Vec<R>, Vec<Diagnostic>> {
        let (program, _) = self.compile()?;
        let mut image = vec![Cell::default(); self.scheme.tags().len()];
        let (host, mut sites) = (Host::default(), program.fresh_sites());
        let results = self.steps.iter().map(|step| {
            for (slot, cell) in &step.cells {
                image[slot.index()] = cell.clone();
            }
            evaluate(&program, &mut Context::of(&image, step.at, self.zone, &host, &mut sites))
        });
        Ok(results.collect())
    }
}

fn result(program: &Program, context: &mut Context<'_>) -> Json {
    let mut notes: Vec<Note> = Vec::new();
    let sites = &mut *context.sites;
    let evaluated = program.evaluate(&mut Context { sites, notes: Some(&mut notes), ..*context });
    Json::Object(result_json(&evaluated, &notes))
}

fn explained_json(explained: &Explained) -> Json {
    let mut answer = result_json(&explained.result, &explained.notes);
    answer.insert("tree".to_owned(), explained.to_json());
    Json::Object(answer)
}

/// Returns a result as JSON, with the first note that explains its quality.
fn result_json(Evaluated { value, quality }: &Evaluated, notes: &[Note]) -> Map<String, Json> {
    let mut answer = Map::new();
    answer.insert("value".to_owned(), value_to_json(value));
    answer.insert("type".to_owned(), Json::from(value.kind().name()));
    answer.insert("quality".to_owned(), Json::from(quality.name()));
    if let Some(note) = notes.iter().find(|note| note.quality == *quality).filter(|_| !quality.is_good()) {
        answer.insert("diagnostic".to_owned(), Json::from(note.message.as_str()));
    }
    answer
}

/// Returns a diagnostic with its place in the text that was compiled, under the name that the text has for people.
pub fn problem(file: &str, text: &str, diagnostic: &Diagnostic) -> Problem {
    Problem {
        code: diagnostic.code,
        severity: diagnostic.severity(),
        file: file.to_owned(),
        position: Some(Position::of(text, &diagnostic.span)),
        message: diagnostic.message.clone(),
        hint: diagnostic.hint.clone(),
    }
}

/// Returns the first problem as JSON; `start` and `end` count characters.
fn refusal(text: &str, problems: &[Diagnostic]) -> Json {
    let first = problems.iter().find(|problem| problem.severity() == Severity::Problem);
    let Some(problem) = first.or(problems.first()) else { return Json::Null };
    let characters = |bytes: usize| text.char_indices().take_while(|&(place, _)| place < bytes).count();
    let hint = problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    object([(
        "error",
        json!({
            "code": problem.code.0,
            "message": format!("{}{hint}", problem.message),
            "start": characters(problem.span.start),
            "end": characters(problem.span.end),
        }),
    )])
}

/// Reads `at` and `tags` of a question or a step.
fn step(json: &mut Map<String, Json>, scheme: &mut Scheme, at: Timestamp) -> Result<Step, String> {
    let at = match json.remove("at") {
        None | Some(Json::Null) => at,
        Some(other) => instant(&other)?,
    };
    let tags = match json.remove("tags") {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(tags)) => tags,
        Some(other) => return Err(format!("expected an object in `tags`, found {other}")),
    };
    let cells = tags.into_iter().map(|(path, json)| Ok((scheme.add(&path, Type::Any), cell(json, at)?)));
    Ok(Step { at, cells: cells.collect::<Result<_, String>>()? })
}

/// Reads a tag: a bare value, or an object with `value`, `quality`, `timestamp`.
fn cell(json: Json, at: Timestamp) -> Result<Cell, String> {
    let mut cell = Cell { value: Value::Null, quality: Quality::Good, time: at };
    match json {
        Json::Object(mut members) if members.contains_key("value") || members.contains_key("quality") => {
            cell.value = json_to_value(members.remove("value").unwrap_or_default());
            if let Some(quality) = members.remove("quality") {
                cell.quality = self::quality(&quality)?;
            }
            if let Some(time) = members.remove("timestamp") {
                cell.time = instant(&time)?;
            }
        }
        Json::Object(_) => cell.value = Value::Document(Arc::new(json)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            cell.value = json_to_value(json);
        }
    }
    Ok(cell)
}

fn quality(json: &Json) -> Result<Quality, String> {
    let found = json.as_str().map_or_else(|| json.as_i64().and_then(Quality::from_code), Quality::from_name);
    found.ok_or_else(|| format!("there is no quality {json}; an example is \"Bad_Stale\""))
}

/// Reads an instant: RFC 3339 text, or milliseconds since the epoch.
fn instant(json: &Json) -> Result<Timestamp, String> {
    if let Some(millis) = json.as_i64() {
        return Ok(Timestamp::from_millis(millis));
    }
    let parsed = json.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let parsed = parsed.ok_or_else(|| format!("expected a time such as \"2026-03-02T06:00:00Z\", found {json}"))?;
    Ok(Timestamp(parsed.timestamp_micros()))
}
