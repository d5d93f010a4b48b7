//! An MQTT broker: mosquitto, which knows nothing of us.

use std::env;
use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{ChildStdin, Command, Stdio};
use std::thread;
use std::time::Duration;

use super::child::Child;
use super::folder::Folder;
use super::patience::{Done, until};

/// The pause after each of many bursts: without it there would be as many as the test has time.
const BETWEEN_BURSTS: Duration = Duration::from_millis(1);

/// A broker at a port of its own. What it remembers is kept when it is stopped, and lost when it is killed.
#[derive(Debug)]
pub(super) struct Broker {
    child: Child,
    port: u16,
}

impl Broker {
    /// Starts the broker of a folder and waits until it listens.
    pub(super) fn start(folder: &Folder, port: u16) -> Self {
        Self::with(folder, port, "max_queued_messages 0\n")
    }

    /// Starts a broker that writes down at once whatever it takes over.
    pub(super) fn start_careful(folder: &Folder, port: u16) -> Self {
        Self::with(folder, port, "max_queued_messages 0\nautosave_on_changes true\nautosave_interval 1\n")
    }

    /// Starts a broker that keeps so many messages for a client that is away, and throws away the others.
    pub(super) fn start_forgetful(folder: &Folder, port: u16, messages: u32) -> Self {
        Self::with(folder, port, &format!("max_queued_messages {messages}\n"))
    }

    fn with(folder: &Folder, port: u16, more: &str) -> Self {
        let memory = folder.path().display();
        // As root it would become another user, who may not write here.
        let configuration = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n\
             persistence true\npersistence_location {memory}/\n{more}"
        );
        folder.write("mosquitto.conf", &configuration);
        let mut command = Command::new("mosquitto");
        // Where Debian puts it, and where the path of ordinary users does not lead.
        let path = env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin:/usr/local/sbin"));
        let child = Child::start(
            "mosquitto (tests/live/install.sh gets it)",
            command.arg("-c").arg(folder.join("mosquitto.conf")),
        );
        until("mosquitto listening", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
        Self { child, port }
    }

    /// Publishes a message that stays, and waits until the broker has it; returns when that was.
    pub(super) fn publish(&self, topic: &str, message: &str) -> Done {
        Done::by(|| self.send(topic, &[message], &["-r"]))
    }

    /// Publishes messages that do not stay, one right after the other, and waits until the broker has all.
    pub(super) fn publish_burst(&self, topic: &str, messages: &[&str]) {
        self.send(topic, messages, &[]);
    }

    /// Publishes the same messages that do not stay, a burst every moment, until `is_over` was told before one began;
    /// returns how many bursts there were, when the broker has all.
    pub(super) fn publish_bursts_until(&self, topic: &str, burst: &[&str], is_over: impl Fn() -> bool) -> usize {
        let mut bursts = 0;
        self.send_what(topic, &[], |mut input| {
            loop {
                let is_last = is_over();
                input.write_all(lines(burst).as_bytes()).unwrap();
                bursts += 1;
                if is_last {
                    return;
                }
                thread::sleep(BETWEEN_BURSTS);
            }
        });
        bursts
    }

    fn send(&self, topic: &str, messages: &[&str], options: &[&str]) {
        self.send_what(topic, options, |mut input| input.write_all(lines(messages).as_bytes()).unwrap());
    }

    fn send_what(&self, topic: &str, options: &[&str], write: impl FnOnce(ChildStdin)) {
        let mut command = Command::new("mosquitto_pub");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-q", "1", "-l", "-t", topic]).args(options);
        let mut publisher = command.stdin(Stdio::piped()).spawn().expect("mosquitto_pub starts");
        write(publisher.stdin.take().unwrap());
        assert!(publisher.wait().unwrap().success(), "the messages were not published");
    }

    /// Ends it as people do.
    pub(super) fn stop(&mut self) {
        self.child.signal("TERM");
        self.child.wait();
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(&mut self) {
        self.child.kill();
    }
}

/// Returns messages as `mosquitto_pub` reads them.
fn lines(messages: &[&str]) -> String {
    messages.join("\n") + "\n"
}
