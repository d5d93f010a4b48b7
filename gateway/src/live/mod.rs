//! The gateway while it runs: connections in front of the engine, the store behind it.
//!
//! A turn is some scans and one transaction; what waits for them is told afterwards.

mod chores;
mod clock;
mod commands;
mod crashes;
mod doubt;
mod elsewhere;
mod flush;
mod gateway;
mod image;
mod inquiries;
mod jobs;
mod ledger;
mod limits;
mod link_state;
mod links;
mod publisher;
mod recorder;
mod recording;
mod retained;
mod socket;
mod start;
mod supervisor;
mod tag_pages;
mod taken;
mod trial;
mod turn;
mod writes;

pub(crate) use clock::wall_now;
pub use commands::Request;
pub use gateway::{Control, Gateway};
pub use jobs::JobRequest;
pub use ledger::Watch;
pub use recording::Recording;
pub use socket::SOCKET;
pub use start::Start;
pub use supervisor::Supervisor;
pub use trial::{Trial, TriedTag, try_all};
