//! The gateway while it runs: connections in front of the engine, the store behind it.
//!
//! A turn is some scans and one transaction; what waits for them is told afterwards.

mod chores;
mod clock;
mod commands;
mod crashes;
mod crowd;
mod doubt;
mod elsewhere;
mod errands;
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
mod pulse;
mod recorder;
mod recording;
mod retained;
mod scans;
mod socket;
mod start;
mod supervisor;
mod tag_pages;
mod taken;
mod trial;
mod turn;
mod turns;
mod vitals;
mod writes;

pub(crate) use clock::wall_now;
pub use commands::Request;
pub(crate) use errands::{Deed, Errand, TagPut};
pub use gateway::{Control, Gateway};
pub(crate) use inquiries::{Inquiry, Wish};
pub use jobs::JobRequest;
pub use ledger::Watch;
pub(crate) use link_state::LinkRow;
pub(crate) use pulse::{TIME_CLASSES, Times};
pub use recording::Recording;
pub(crate) use socket::Doors;
pub use socket::SOCKET;
pub use start::Start;
pub use supervisor::Supervisor;
pub(crate) use tag_pages::{TagPage, TagWish};
pub use trial::{Trial, TriedTag, try_all};
pub(crate) use vitals::Vitals;
