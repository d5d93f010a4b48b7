//! The proof against the world: the program as people start it, with servers that others wrote around it.
//!
//! Each test starts what it needs at ports of its own and ends it. It waits for what it can see in the ledger and in
//! the log, however long that takes, and never for a time to pass.

mod audit;
mod believed;
mod black_box;
mod broker;
mod broker_kills;
mod bursts;
mod chaos;
mod checks;
mod child;
mod collecting;
mod commands;
mod connections;
mod damage;
mod dead_units;
mod demo;
mod device;
mod disk;
mod drains;
mod engine_failures;
mod example;
mod explain;
mod faults;
mod folder;
mod gateway;
mod handshakes;
mod http;
mod interruptions;
mod jobs;
mod json_schema;
mod kills;
mod ledger;
mod naive;
mod operator;
mod parts;
mod patience;
mod plant;
mod port;
mod power;
mod program;
mod publishing;
mod refusals;
mod relay;
mod reloads;
mod server;
mod service;
mod simulated;
mod slow;
mod slow_gateway;
mod subscriber;
mod supervised;
mod tags;
mod types;
mod unseen;
