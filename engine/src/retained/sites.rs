//! The state of an expression's call sites.

use latchwork_expr::{Evaluated, Program, Quality, Site, Text, Value, exact};
use serde::{Deserialize, Serialize};

use super::form::{good, is_default, is_good};

/// The state of one call with memory; null is a call that was not evaluated yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetainedSite(Option<Last>);

/// What a call saw last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    value: Value,
    #[serde(default = "good", skip_serializing_if = "is_good")]
    quality: Quality,
    /// For a computed path, what it was: that of the tag that is read.
    #[serde(default, skip_serializing_if = "is_default")]
    path: Option<Text>,
}

/// Returns what survives of call sites: nothing while all are fresh.
pub(crate) fn retain_sites(sites: &[Site]) -> Vec<RetainedSite> {
    if sites.iter().all(|site| matches!(site, Site::Fresh)) {
        return Vec::new();
    }
    sites.iter().map(retain).collect()
}

/// Returns a program's call sites as they were; fresh ones where they are not those of this program.
pub(crate) fn resume_sites(program: &Program, retained: &[RetainedSite]) -> Box<[Site]> {
    if retained.len() == program.sites() {
        retained.iter().map(|site| resume(program, site)).collect()
    } else {
        program.fresh_sites()
    }
}

fn retain(site: &Site) -> RetainedSite {
    match site {
        Site::Fresh => RetainedSite(None),
        Site::Last(Evaluated { value, quality }) => {
            RetainedSite(Some(Last { value: value.clone(), quality: *quality, path: None }))
        }
        Site::Read { path, .. } => {
            RetainedSite(Some(Last { value: Value::Null, quality: Quality::Good, path: Some(path.clone()) }))
        }
    }
}

fn resume(program: &Program, RetainedSite(last): &RetainedSite) -> Site {
    match last {
        None => Site::Fresh,
        Some(Last { path: Some(path), .. }) => program.site_of_path(path.clone()),
        Some(Last { value, quality, path: None }) => Site::Last(Evaluated { value: value.clone(), quality: *quality }),
    }
}
