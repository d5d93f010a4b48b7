//! The HTTP interface of the program as people start it: every route, every role, every bound.

mod answers;
mod client;
mod commands;
mod encryption;
mod flood;
mod handover;
mod jobs;
mod limits;
mod planning;
mod python;
mod roles;
mod scene;
mod streaming;
