//! Jobs in files and on a server: the examples of the rules, requests at once, random flows.

mod examples;
mod floor;
mod flows;
mod machines;
mod pruning;
mod races;
mod requests;
