//! A copy of a whole store, made by the program that Postgres has for it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::address::Address;
use crate::error::Failure;

/// Has `pg_dump` write the database into a file, as `pg_restore` reads it.
pub(crate) async fn dump(address: &Address, target: &Path) -> Result<(), Failure> {
    let mut command = Command::new("pg_dump");
    address.tell(&mut command);
    command.args(["--format=custom", "--no-password", "--file"]).arg(target);
    command.stdin(Stdio::null());
    let ended = tokio::task::spawn_blocking(move || command.output()).await;
    let ended = ended.map_err(|error| Failure::Other { reason: error.to_string() })?;
    let ended = ended.map_err(|error| Failure::CannotOpen { reason: format!("`pg_dump` does not start: {error}") })?;
    if !ended.status.success() {
        let told = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        return Err(Failure::CannotOpen { reason: format!("`pg_dump`: {told}") });
    }
    Ok(tokio::fs::File::open(target).await?.sync_all().await?)
}
