//! Brokers that are reached over TLS, and everything that can be wrong with a certificate.

use std::cell::Cell;
use std::fmt::Write;
use std::path::PathBuf;

use latchwork_config::connections::{Mqtt, Tls};

use super::VERSIONS;
use super::bench::{Bench, mqtt};
use super::broker::Broker;
use crate::tls::tests::{Authority, Folder, Signed};

/// A year in which no test runs any more.
const LATER: i32 = 2999;

/// Whom the broker believes, and the files of the test.
struct Scene {
    authority: Authority,
    folder: Folder,
    ca_file: PathBuf,
    brokers: Cell<u32>,
}

impl Scene {
    fn new() -> Self {
        let (authority, folder) = (Authority::new("plant"), Folder::new());
        let ca_file = folder.write("ca.pem", &authority.pem());
        Self { authority, folder, ca_file, brokers: Cell::new(0) }
    }

    /// Starts a broker that shows a certificate. It reads its files once it listens, so each has its own.
    fn broker(&self, shown: &Signed, more: &str) -> Broker {
        self.brokers.update(|count| count + 1);
        let files = shown.written(&self.folder, &format!("broker-{}", self.brokers.get()));
        let mut settings = "allow_anonymous true\n".to_owned();
        writeln!(settings, "certfile {}", files.certificate_file.display()).unwrap();
        writeln!(settings, "keyfile {}", files.key_file.display()).unwrap();
        settings.push_str(more);
        Broker::with(&settings)
    }

    /// Starts a broker that wants a certificate of the plant's authority.
    fn strict_broker(&self) -> Broker {
        let wants = format!("cafile {}\nrequire_certificate true\n", self.ca_file.display());
        self.broker(&self.authority.signs("localhost", LATER), &wants)
    }

    fn tls(&self) -> Tls {
        Tls { ca_file: Some(self.ca_file.clone()), identity: None, server_name: "localhost".to_owned() }
    }
}

fn with(tls: Tls, settings: Mqtt) -> Mqtt {
    Mqtt { tls: Some(tls), ..settings }
}

/// Checks that a link fails, and says this of it.
async fn check_down(settings: Mqtt, expected: &str) {
    let mut bench = Bench::run(settings);
    let reason = bench.expect_down().await;
    assert!(reason.contains(expected), "{reason:?} does not say {expected:?}");
    bench.stop().await;
}

#[tokio::test]
async fn messages_come_over_tls_and_a_certificate_is_shown_to_who_wants_one() {
    let scene = Scene::new();
    let identity = scene.authority.signs("gateway", LATER).written(&scene.folder, "gateway");
    for (broker, identity) in
        [(scene.broker(&scene.authority.signs("localhost", LATER), ""), None), (scene.strict_broker(), Some(identity))]
    {
        for version in VERSIONS {
            let settings = with(Tls { identity: identity.clone(), ..scene.tls() }, mqtt(version, broker.port));
            let mut bench = Bench::run(settings.clone());
            bench.expect(&["broker up"]).await;
            // It is heard by whoever can read it: the link's own writer would need a permission.
            let mut other = Bench::run(Mqtt { client_id: "other".to_owned(), ..settings });
            other.expect(&["broker up"]).await;
            other.stop().await;
            bench.stop().await;
        }
    }
}

#[tokio::test]
async fn each_bad_certificate_is_told_as_what_it_is() {
    let scene = Scene::new();
    for version in VERSIONS {
        let broker = scene.broker(&scene.authority.signs("localhost", 2001), "");
        let expired = "the certificate has expired: it was valid until 2001-12-31";
        check_down(with(scene.tls(), mqtt(version, broker.port)), expired).await;

        let broker = scene.broker(&scene.authority.signs("other.example", LATER), "");
        let wrong_name = "the certificate is not for `localhost` but for `other.example`";
        check_down(with(scene.tls(), mqtt(version, broker.port)), wrong_name).await;

        let broker = scene.broker(&Authority::new("somebody").signs("localhost", LATER), "");
        let unknown = "by an authority that is not believed";
        check_down(with(scene.tls(), mqtt(version, broker.port)), unknown).await;
    }
}

#[tokio::test]
async fn a_broker_that_wants_a_certificate_says_so() {
    let scene = Scene::new();
    let broker = scene.strict_broker();
    for version in VERSIONS {
        let missing = "the other side wants a certificate of ours: give `certificate_file` and `key_file`";
        check_down(with(scene.tls(), mqtt(version, broker.port)), missing).await;
        let foreign = Authority::new("somebody").signs("gateway", LATER).written(&scene.folder, "foreign");
        let foreign = Tls { identity: Some(foreign), ..scene.tls() };
        check_down(with(foreign, mqtt(version, broker.port)), "the other side refuses our certificate").await;
    }
}

#[tokio::test]
async fn a_port_without_encryption_and_one_with_it_are_told_apart() {
    let scene = Scene::new();
    for version in VERSIONS {
        let bare = Broker::start();
        check_down(with(scene.tls(), mqtt(version, bare.port)), "does it speak TLS at this port?").await;
        let broker = scene.broker(&scene.authority.signs("localhost", LATER), "");
        check_down(mqtt(version, broker.port), "does it want TLS (`mqtts://`)?").await;
    }
}
