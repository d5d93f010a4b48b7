//! A gateway with an HTTP interface, memory tags and an operation that they drive.

use serde_json::{Value as Json, json};

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::plant::Plant;
use super::super::port::free_port;
use super::client::Client;

/// The tokens of the tests, and their hashes: `printf %s TOKEN | sha256sum`.
pub(super) const TOKENS: [(&str, &str, &str); 4] = [
    ("viewer", "viewer-token", "d036bd6d01a1cae081d39a2f8dab751dc042de814fd60df31fcb553170950f29"),
    ("operator", "operator-token", "0850123315d21ab90f4f7236408a52ef6dbd6a02a6550e5c10dc73f4d993680e"),
    ("admin", "admin-token", "10a4c7c9fc5206d6f36dc6944a81bb6f4a3cb0e25014ae3b12e6c3e52712292a"),
    ("expired", "expired-token", "b52b3ef2233858ce1156d85f235cf2c41eddfa8ca1eedc924398b9af1db303cb"),
];

/// A gateway that runs, and who asks it.
pub(super) struct Scene {
    pub(super) folder: Folder,
    pub(super) gateway: Gateway,
    pub(super) client: Client,
    pub(super) port: u16,
}

impl Scene {
    /// Starts a gateway without tokens.
    pub(super) fn new(name: &str) -> Self {
        Self::with(name, "")
    }

    /// Starts a gateway with more keys or tables of `[http]`.
    pub(super) fn with(name: &str, http: &str) -> Self {
        Self::of(Folder::new(name), |_| http.to_owned())
    }

    /// Starts a gateway with the tokens of the tests, and more keys of `[http]`.
    pub(super) fn with_tokens(name: &str, http: &str) -> Self {
        Self::of(Folder::new(name), |folder| format!("{http}\n{}", tokens(folder)))
    }

    fn of(folder: Folder, http: impl FnOnce(&Folder) -> String) -> Self {
        let port = free_port();
        folder.configure(&plant(port, &http(&folder)));
        let gateway = Gateway::start(&folder);
        Self { folder, gateway, client: Client::new(port), port }
    }

    /// Returns a client with the token of this name.
    pub(super) fn who(&self, name: &str) -> Client {
        let token = TOKENS.iter().find(|(other, ..)| *other == name).map_or(name, |(_, token, _)| token);
        self.client.token(token)
    }

    /// Has the filler run or stand, and waits until that is told.
    pub(super) fn run(&self, runs: bool) {
        self.client.put("/api/tags/Line/Running", &json!({"value": runs})).done();
    }

    /// Waits until a list has as many items as it should; returns them.
    pub(super) fn wait_for(&self, path: &str, count: usize) -> Vec<Json> {
        until(&format!("{count} items at {path}"), || {
            let items = self.client.get(path).done()["items"].as_array().unwrap().clone();
            (items.len() == count).then_some(items)
        })
    }
}

/// Writes the hashes of all tokens into a folder, and returns the tables that name them.
pub(super) fn tokens(folder: &Folder) -> String {
    let table = |&(name, _, hash): &(&str, &str, &str)| {
        folder.write(&format!("{name}.hash"), hash);
        let (role, expires) = if name == "expired" { ("admin", "expires = 2020-01-01\n") } else { (name, "") };
        format!("[[http.tokens]]\nname = \"{name}\"\nrole = \"{role}\"\nhash = \"file:{name}.hash\"\n{expires}")
    };
    TOKENS.iter().map(table).collect()
}

/// Returns the plant of a gateway that listens at a port.
pub(super) fn plant(port: u16, http: &str) -> Plant {
    Plant::new()
        .operation("Filling", "{Line/Running}")
        .manual("Cleaning")
        .and("running_conflict_strategy = \"THROW_EXCEPTION\"")
        .and("[[tags]]\npath = \"Line/Running\"\ntype = \"bool\"\ninitial = false")
        .and("[[tags]]\npath = \"Line/Speed\"\ntype = \"float\"")
        .derived("Line/Fast", "{Line/Speed} > 5")
        .and("[[production_orders]]\nname = \"PO-1\"\nquantity = 12")
        .and("[[schedule]]\noperation = \"Filling\"\nproduction_order = \"PO-1\"\nstart_date = 2036-01-01T00:00:00Z")
        .and(&format!("[http]\nbind = \"127.0.0.1:{port}\"\n{http}"))
}
