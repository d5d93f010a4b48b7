//! Why nothing was done, as RFC 9457 tells it: `application/problem+json` with the error's name in `error`.

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value as Json, json};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    /// The status code.
    pub(super) status: StatusCode,
    /// The error's name, such as `StateConflict`.
    pub(super) name: String,
    /// What happened, for people.
    pub(super) detail: String,
    /// What else there is to tell, by name.
    pub(super) more: Box<Map<String, Json>>,
    /// What the answer's head tells besides.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

/// What a handler of a route gives.
pub(super) type Outcome<T> = Result<T, Problem>;

impl Problem {
    /// Returns a problem.
    pub(super) fn new(status: StatusCode, name: &str, detail: impl Into<String>) -> Self {
        let (more, headers) = Default::default();
        Self { status, name: name.to_owned(), detail: detail.into(), more, headers }
    }

    /// Returns that what was sent is not what is taken, and which part of it.
    pub(super) fn unfit(name: &str, field: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, name, detail).with("field", field)
    }

    /// Returns that there is no such thing.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", detail)
    }

    /// Returns that the gateway ends, or that its store cannot be asked.
    pub(super) fn unavailable(name: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, name, detail).header(hyper::header::RETRY_AFTER, "1")
    }

    /// Returns that the gateway ends before it could answer.
    pub(super) fn ending() -> Self {
        Self::unavailable("Ending", "the gateway ends")
    }

    /// Returns the problem that an answer of the loop is: `{"status", "error", "detail", …}`.
    pub(super) fn of_answer(answer: Json) -> Self {
        let Json::Object(mut more) = answer else {
            return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "EngineFault", "the gateway gave no answer");
        };
        let status = more.remove("status").and_then(|status| status.as_u64());
        let status = status.and_then(|status| u16::try_from(status).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        let mut text = |key: &str| more.remove(key).and_then(|text| text.as_str().map(str::to_owned));
        let (name, detail) = (text("error").unwrap_or_default(), text("detail").unwrap_or_default());
        Self { more: Box::new(more), ..Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &name, detail) }
    }

    /// Returns the problem with something more to tell.
    pub(super) fn with(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    /// Returns the problem with a header, which is plain text of ours.
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    /// Returns the body: `type`, `title`, `status`, `detail`, `error`, then what else there is.
    pub(super) fn to_json(&self) -> Json {
        let mut json = json!({
            "type": format!("urn:latchwork:error:{}", self.name),
            "title": title(&self.name),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "error": self.name,
        });
        if let Json::Object(members) = &mut json {
            members.extend((*self.more).clone());
        }
        json
    }
}

/// Returns a name as words: `StateConflict` is `State conflict`.
fn title(name: &str) -> String {
    let mut title = String::with_capacity(name.len() + 4);
    for (place, letter) in name.chars().enumerate() {
        if place > 0 && letter.is_ascii_uppercase() {
            title.push(' ');
            title.push(letter.to_ascii_lowercase());
        } else {
            title.push(letter);
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_tells_its_kind_in_words_and_its_field() {
        let problem = Problem::unfit("UnknownField", "quantitty", "`quantitty` is not taken");
        assert_eq!(
            problem.to_json(),
            json!({
                "type": "urn:latchwork:error:UnknownField", "title": "Unknown field", "status": 422,
                "detail": "`quantitty` is not taken", "error": "UnknownField", "field": "quantitty",
            })
        );
    }

    #[test]
    fn an_answer_of_the_loop_keeps_what_it_tells() {
        let answer = json!({"status": 409, "error": "StateConflict", "detail": "it runs", "record_id": "01"});
        let problem = Problem::of_answer(answer);
        assert_eq!((problem.status, problem.name.as_str()), (StatusCode::CONFLICT, "StateConflict"));
        assert_eq!(problem.to_json()["record_id"], "01");
        assert_eq!(Problem::of_answer(Json::Null).status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}
