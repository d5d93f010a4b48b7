//! What a service manager is told: a real socket in the place of systemd's, and the program as systemd starts it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use super::folder::Folder;
use super::gateway::Gateway;
use super::patience::PATIENCE;
use super::plant::Plant;
use super::program::program;

/// The manager's patience, in microseconds: the gateway has to be heard of within it.
const WATCHDOG_MICROS: u64 = 300_000;

/// A service manager.
struct Manager(UnixDatagram);

impl Manager {
    /// Listens, and starts a gateway as a manager does.
    fn start(folder: &Folder) -> (Self, Gateway) {
        let socket = folder.join("notify");
        let manager = Self(UnixDatagram::bind(&socket).unwrap());
        let mut command = Command::new(program());
        command.env("NOTIFY_SOCKET", socket).env("WATCHDOG_USEC", WATCHDOG_MICROS.to_string());
        (manager, Gateway::of(command.args(["run", "-c", "plant.toml"]), folder))
    }

    /// Returns the next word that comes within a time.
    fn hear_within(&self, time: Duration) -> Option<String> {
        self.0.set_read_timeout(Some(time)).unwrap();
        let mut buffer = [0; 256];
        match self.0.recv(&mut buffer) {
            Ok(length) => Some(String::from_utf8(buffer[..length].to_vec()).unwrap()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("the manager hears nothing: {error}"),
        }
    }

    fn hear(&self) -> String {
        self.hear_within(PATIENCE).expect("a word of the gateway")
    }

    /// Returns the next word that does not only say that the loop turns.
    fn hear_news(&self) -> String {
        loop {
            let word = self.hear();
            if word != "WATCHDOG=1" {
                return word;
            }
        }
    }
}

fn scene(name: &str) -> (Folder, Manager, Gateway) {
    let folder = Folder::new(name);
    folder.configure(&Plant::new().manual("Cleaning"));
    let (manager, gateway) = Manager::start(&folder);
    (folder, manager, gateway)
}

#[test]
fn a_service_manager_is_told_of_the_whole_life() {
    let (folder, manager, gateway) = scene("supervised");
    assert_eq!(manager.hear(), "READY=1");
    assert_eq!(folder.ledger().events_of("gateway.started").len(), 1, "it is ready once it runs");
    for _ in 0..3 {
        assert_eq!(manager.hear(), "WATCHDOG=1");
    }
    gateway.reload();
    assert_eq!([manager.hear_news(), manager.hear_news()], ["RELOADING=1", "READY=1"]);
    folder.write("plant.toml", "this is no plant");
    gateway.reload();
    // The one before goes on.
    assert_eq!([manager.hear_news(), manager.hear_news()], ["RELOADING=1", "READY=1"]);
    assert_eq!(manager.hear(), "WATCHDOG=1");
    gateway.stop();
    assert_eq!(manager.hear_news(), "STOPPING=1");
}

#[test]
fn a_loop_that_hangs_is_not_said_to_turn() {
    let (folder, manager, gateway) = scene("hung");
    assert_eq!(manager.hear(), "READY=1");
    // A file that nobody ever writes: to read it takes for ever, while everything else in the process goes on.
    let configuration = folder.join("plant.toml");
    let text = fs::read_to_string(&configuration).unwrap();
    fs::remove_file(&configuration).unwrap();
    assert!(Command::new("mkfifo").arg(&configuration).status().unwrap().success());
    gateway.reload();
    assert_eq!(manager.hear_news(), "RELOADING=1");
    assert_eq!(manager.hear_within(Duration::from_micros(5 * WATCHDOG_MICROS)), None);
    fs::write(&configuration, text).unwrap();
    assert_eq!(manager.hear_news(), "READY=1");
    assert_eq!(manager.hear(), "WATCHDOG=1");
    gateway.stop();
}
