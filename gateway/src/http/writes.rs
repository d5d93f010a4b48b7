//! What is changed besides commands: the configuration read again.

use serde_json::json;

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::problem::Outcome;
use crate::live::Deed;

/// Has the configuration read again; one with problems changes nothing, and they are told.
pub(super) async fn reload(asked: Asked) -> Outcome<Answer> {
    let mut done = asked.site.run(Deed::Reload, asked.asker()?).await?;
    Ok(answer::json(&json!({"configuration_version": done["configuration_version"].take()})))
}
