//! Files beside a ledger that must be whole or not there.

use std::io::ErrorKind;
use std::path::Path;

use tokio::fs;

use crate::error::Failure;

/// Removes a file, if it is there.
pub(super) async fn remove(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Renames a file, if it is there.
pub(super) async fn rename_if_there(from: &Path, to: &Path) -> Result<(), Failure> {
    match fs::rename(from, to).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Gives a file that is written its name, over whatever has it: it is on the disk when the name is.
pub(super) async fn finish(unfinished: &Path, finished: &Path) -> Result<(), Failure> {
    fs::File::open(unfinished).await?.sync_all().await?;
    fs::rename(unfinished, finished).await?;
    synchronise_directory(finished).await
}

/// Has the names in a file's directory written to the disk.
pub(super) async fn synchronise_directory(file: &Path) -> Result<(), Failure> {
    if let Some(directory) = file.parent() {
        fs::File::open(directory).await?.sync_all().await?;
    }
    Ok(())
}
