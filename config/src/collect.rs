//! The configuration of a collector: a file of its own, read like that of a plant, all problems at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::configuration::StorePlace;
use crate::connections::Mqtt;
use crate::desk::Desk;
use crate::files;
use crate::findings::Findings;
use crate::problem::Problems;
use crate::raw::collect::read_root;
use crate::source::{Disk, Source};

/// What a collector works with.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectorConfiguration {
    /// `[collect]`.
    pub collect: Collect,
    /// `[store]`. Without a url it is `collected.db` in the data directory.
    pub store: StorePlace,
    /// Where files are, relative to the working directory (`[collect] data_directory`).
    pub data_directory: PathBuf,
}

/// What is collected, and how (`[collect]`).
#[derive(Clone, Debug, PartialEq)]
pub struct Collect {
    /// The broker. It keeps the session: what comes while the collector is away is not lost.
    pub broker: Mqtt,
    /// What the topics of gateways begin with (`topic_prefix`, `latchwork`).
    pub topic_prefix: String,
    /// Among whom the messages are shared (`group`, `latchwork`).
    pub group: String,
    /// How many messages the broker may send before one is acknowledged (`receive_maximum`, 4,096).
    pub receive_maximum: u16,
    /// Most events of one transaction (`batch_events_max`, 1,000).
    pub batch_events_max: u32,
    /// How long a batch waits for more (`batch_wait_millis`, 20).
    pub batch_wait: Duration,
    /// How long a hole in the numbers of a gateway stands before it is asked for (`gap_wait_seconds`, 5).
    pub gap_wait: Duration,
    /// How long until it is asked for again, twice as long each time (`ask_again_seconds`, 10).
    pub ask_again: Duration,
    /// After how many requests it is given up (`requests_max`, 10).
    pub requests_max: u32,
    /// How many dead letters are kept (`dead_letters_max`, 10,000).
    pub dead_letters_max: u32,
}

impl Collect {
    /// Returns what is subscribed to.
    pub fn filter(&self) -> String {
        format!("$share/{}/{}/#", self.group, self.topic_prefix)
    }
}

/// Reads the configuration of a collector from this machine's files and environment, or gives all its problems.
pub fn load_collector(path: &Path) -> Result<CollectorConfiguration, Problems> {
    read_collector(path, &Disk)
}

/// Reads the configuration of a collector from anywhere, or gives all its problems.
pub fn read_collector(path: &Path, source: &dyn Source) -> Result<CollectorConfiguration, Problems> {
    let mut findings = Findings::default();
    let files = files::read_alone(path, source, &mut findings);
    let root = match files.first() {
        Some(file) if !findings.has_problems() => &file.root,
        Some(_) | None => return Err(findings.into_problems(&files)),
    };
    let mut desk = Desk::new(&files, source, findings, None);
    let configuration = read_root(&mut desk, root);
    let findings = desk.findings;
    match configuration {
        Some(configuration) if !findings.has_problems() => Ok(configuration),
        Some(_) | None => Err(findings.into_problems(&files)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::MqttVersion;
    use crate::{Colour, Memory};

    fn read(text: &str) -> Result<CollectorConfiguration, String> {
        let source = Memory::of("collect.toml", text);
        read_collector(Path::new("collect.toml"), &source).map_err(|problems| problems.render(Colour::Off))
    }

    #[test]
    fn what_the_file_does_not_say_has_a_default() {
        let text = "[collect]\nurl = \"mqtt://broker\"\nclient_id = \"collector-1\"\n";
        let CollectorConfiguration { collect, store, data_directory } = read(text).unwrap();
        assert_eq!((collect.broker.host.as_str(), collect.broker.port), ("broker", 1883));
        assert_eq!((collect.broker.version, collect.broker.clean_start), (MqttVersion::V5, false));
        assert_eq!(collect.broker.session_expiry, Duration::from_hours(24));
        assert_eq!(collect.filter(), "$share/latchwork/latchwork/#");
        assert_eq!((collect.receive_maximum, collect.batch_events_max), (4096, 1000));
        assert_eq!((collect.gap_wait, collect.ask_again), (Duration::from_secs(5), Duration::from_secs(10)));
        assert_eq!((store, data_directory), (StorePlace::default(), PathBuf::from("./latchwork-data")));
    }

    #[test]
    fn every_key_arrives() {
        let text = "[collect]\nurl = \"mqtts://broker\"\nclient_id = \"c\"\nversion = 5\ngroup = \"g\"\n\
                    topic_prefix = \"plant/a\"\nusername = \"u\"\nreceive_maximum = 10\nbatch_events_max = 5\n\
                    batch_wait_millis = 0\ngap_wait_seconds = 1\nask_again_seconds = 2\nrequests_max = 3\n\
                    dead_letters_max = 4\nkeep_alive_seconds = 7\nsession_expiry_seconds = 8\ndata_directory = \"d\"\n\
                    [store]\nurl = \"sqlite:all.db\"\n";
        let CollectorConfiguration { collect, store, data_directory } = read(text).unwrap();
        assert_eq!(collect.filter(), "$share/g/plant/a/#");
        assert!(collect.broker.tls.is_some());
        assert_eq!((collect.receive_maximum, collect.batch_events_max, collect.batch_wait), (10, 5, Duration::ZERO));
        assert_eq!((collect.gap_wait, collect.ask_again), (Duration::from_secs(1), Duration::from_secs(2)));
        assert_eq!((collect.requests_max, collect.dead_letters_max), (3, 4));
        assert_eq!((store.url.as_deref(), data_directory), (Some("sqlite:all.db"), PathBuf::from("d")));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let text = "[collect]\nurl = \"http://broker\"\ngroup = \"a/b\"\ntopic_prefix = \"a/#\"\nreceive_maximum = 0\n\
                    password = \"secret\"\nbatch = 5\n[store]\nretention_days = 5\n[publish]\n";
        let told = read(text).unwrap_err();
        for part in [
            "begins with neither `mqtt://` nor `mqtts://`",
            "`client_id` is missing",
            "the group `a/b` has a `/`",
            "the topic prefix `a/#` has a `#`",
            "`receive_maximum` is 0, expected 1 to 65535",
            "`password` stands in the file itself",
            "`collect` has no key `batch`",
            "`store` has no key `retention_days`",
            "has no key `publish`",
        ] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
        assert!(!told.contains("secret"), "{told}");
        assert!(read("").unwrap_err().contains("`collect` is missing"));
    }
}
