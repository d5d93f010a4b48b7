//! A copy of a whole store, as of one moment, while it is written.

use std::path::Path;

use crate::error::Failure;
use crate::options::Place;
use crate::{postgres, sqlite};

/// Copies the store into a file that is not there yet.
pub(super) async fn back_up(place: &Place, target: &Path) -> Result<(), Failure> {
    if target.exists() {
        let reason = format!("`{}` is there already", target.display());
        return Err(Failure::CannotOpen { reason });
    }
    match place {
        Place::File(file) => sqlite::back_up(file, target).await,
        Place::Server(address) => postgres::dump(address, target).await,
    }
}
