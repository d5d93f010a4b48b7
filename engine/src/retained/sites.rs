//! The state of an expression's call sites.

use latchwork_expr::{Block, Evaluated, Program, Quality, Site, Text, Value, exact};
use serde::{Deserialize, Serialize};

use super::form::{good, is_good};

/// The state of one call with memory; null is a call that was not evaluated yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetainedSite(Option<Kept>);

/// What is kept of a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Block(Box<Block>),
    Read(Read),
    Last(Last),
}

/// What a call saw last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    value: Value,
    #[serde(default = "good", skip_serializing_if = "is_good")]
    quality: Quality,
}

/// What a computed path was last.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    path: Text,
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
    RetainedSite(match site {
        Site::Fresh => None,
        Site::Last(Evaluated { value, quality }) => Some(Kept::Last(Last { value: value.clone(), quality: *quality })),
        Site::Read { path, .. } => Some(Kept::Read(Read { path: path.clone() })),
        Site::Block(block) => Some(Kept::Block(block.clone())),
    })
}

fn resume(program: &Program, RetainedSite(kept): &RetainedSite) -> Site {
    match kept {
        None => Site::Fresh,
        Some(Kept::Last(Last { value, quality })) => Site::Last(Evaluated { value: value.clone(), quality: *quality }),
        Some(Kept::Read(Read { path })) => program.site_of_path(path.clone()),
        Some(Kept::Block(block)) => Site::Block(block.clone()),
    }
}
