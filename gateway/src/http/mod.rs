//! The HTTP interface: what a running gateway shows and takes over the network.
//!
//! A thread and a runtime of its own, so that whatever comes over the network does not take the loop's time: it only asks
//! the loop through bounded channels, and reads what is committed from the store. One table says which routes there are
//! ([`table`]): the requests find their way by it, roles are held against it, and the OpenAPI document is made of it.

mod answer;
mod asked;
mod body;
mod connection;
mod counts;
mod dispatch;
mod docs_page;
mod encryption;
mod event;
mod feed;
mod health;
mod job_stream;
mod jobs;
mod limits;
mod lists;
mod lockout;
mod metrics;
mod openapi;
mod origin;
mod patience;
mod places;
mod planning;
mod problem;
mod query;
mod rate;
mod reads;
mod records;
mod route;
mod schema;
mod server;
mod site;
mod streams;
mod table;
mod told;
mod who;
mod writes;

pub(crate) use query::encoded;
pub(crate) use server::Server;
pub(crate) use site::Means;
