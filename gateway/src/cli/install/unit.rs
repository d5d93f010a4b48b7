//! The unit of the service, as text: what systemd starts, watches and keeps in its sandbox.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::places::state;

/// The mode of the directory that the service works in: nobody else reads what a plant makes.
pub(super) const STATE_MODE: u32 = 0o750;

/// What the unit is made of.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) name: String,
    pub(super) user: String,
    /// The program, the configuration: absolute paths.
    pub(super) program: PathBuf,
    pub(super) config: PathBuf,
    /// Where the black box is kept.
    pub(super) trace: Option<PathBuf>,
    /// What the service writes besides its directory.
    pub(super) elsewhere: Vec<PathBuf>,
    /// Whether it talks to devices over serial lines.
    pub(super) has_serial_lines: bool,
}

/// What starts it again and what does not: a configuration with problems has them the next time too.
const LIFE: &str = "\
Type=notify
# Told by the loop itself, a third of this apart: a gateway that hangs is ended, and started again.
WatchdogSec=60
# A large store is copied before a new program changes its tables.
TimeoutStartSec=15min
TimeoutStopSec=60
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=1 2
";

/// What it may not do. Held against `systemd-analyze security` by the tests.
const SANDBOX: &str = "\
UMask=0077
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateUsers=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
";

/// The devices of a gateway without serial lines: none. `ProtectClock=` would leave one.
const NO_DEVICES: &str = "\
PrivateDevices=yes
ProtectClock=yes
";

/// Those of one with serial lines: by their kinds, for a converter that is plugged in later has no number yet.
const SERIAL_DEVICES: &str = "\
DevicePolicy=closed
DeviceAllow=char-ttyS rw
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
DeviceAllow=char-ttyAMA rw
SupplementaryGroups=dialout
";

impl Unit {
    /// Returns the unit's text.
    pub(super) fn text(&self) -> String {
        let Self { name, user, .. } = self;
        let (state, command) = (state(name), self.command());
        let state = state.display();
        let mut text = String::new();
        // Nothing can fail here: it is memory.
        let _ = write!(
            text,
            "# Written by `latchwork install`. Changes belong into a drop-in: `systemctl edit {name}`.\n\
             [Unit]\nDescription=Latchwork gateway\nWants=network-online.target\nAfter=network-online.target\n\
             # It is tried for ever: nobody is there at night.\nStartLimitIntervalSec=0\n\n\
             [Service]\nExecStart={command}\n{LIFE}\
             # Secrets that the configuration takes from the environment.\nEnvironmentFile=-/etc/{name}/environment\n\
             User={user}\nStateDirectory={name}\nStateDirectoryMode={STATE_MODE:04o}\nWorkingDirectory={state}\n\
             LimitNOFILE=65536\n\n{SANDBOX}{devices}",
            devices = if self.has_serial_lines { SERIAL_DEVICES } else { NO_DEVICES },
        );
        for path in &self.elsewhere {
            let _ = writeln!(text, "ReadWritePaths={}", plain(path));
        }
        text.push_str("\n[Install]\nWantedBy=multi-user.target\n");
        text
    }

    fn command(&self) -> String {
        let mut command = format!("{} run -c {}", plain(&self.program), word(&self.config));
        if let Some(trace) = &self.trace {
            command = format!("{command} --trace {}", word(trace));
        }
        command
    }

    /// Returns what the sandbox hides and the service needs.
    pub(super) fn unseen(&self) -> Vec<&Path> {
        const HIDDEN: [&str; 5] = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"];
        let needed = [&self.program, &self.config].into_iter().chain(&self.elsewhere).map(PathBuf::as_path);
        needed.filter(|path| HIDDEN.iter().any(|hidden| path.starts_with(hidden))).collect()
    }
}

/// Returns a path where `$` is no variable: as a setting, or the first word of a command line.
fn plain(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// Returns a path as a later word of a command line.
fn word(path: &Path) -> String {
    quoted(&path.display().to_string().replace('$', "$$"))
}

/// Returns a text as one word of a unit (`systemd.syntax(7)`), in quotes if it needs them.
fn quoted(text: &str) -> String {
    let text = text.replace('%', "%%");
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+@:%$=,".contains(letter);
    if text.chars().all(is_plain) {
        return text;
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> Unit {
        Unit {
            name: "line2".into(),
            user: "plant".into(),
            program: "/opt/latch work/latchwork".into(),
            config: "/etc/latchwork/100% $filler.toml".into(),
            trace: None,
            elsewhere: Vec::new(),
            has_serial_lines: false,
        }
    }

    #[test]
    fn paths_mean_what_they_are() {
        let text = unit().text();
        let command = "ExecStart=\"/opt/latch work/latchwork\" run -c \"/etc/latchwork/100%% $$filler.toml\"\n";
        assert!(text.contains(command), "{text}");
        let boxed = Unit { trace: Some("box".into()), config: "/etc/a.toml".into(), ..unit() }.text();
        assert!(boxed.contains(" run -c /etc/a.toml --trace box\n"), "{boxed}");
    }

    #[test]
    fn a_service_has_a_directory_a_user_and_secrets_of_its_own() {
        let text = unit().text();
        for line in [
            "User=plant",
            "StateDirectory=line2",
            "StateDirectoryMode=0750",
            "WorkingDirectory=/var/lib/line2",
            "EnvironmentFile=-/etc/line2/environment",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} in {text}");
        }
        assert!(!text.contains("ReadWritePaths"), "{text}");
        let elsewhere = Unit { elsewhere: vec!["/data/line 2".into()], ..unit() }.text();
        assert!(elsewhere.contains("ReadWritePaths=\"/data/line 2\"\n"), "{elsewhere}");
    }

    #[test]
    fn only_a_gateway_with_serial_lines_sees_them() {
        let lines =
            |unit: &Unit| unit.text().lines().filter(|line| line.contains("Device")).map(str::to_owned).collect();
        let none: Vec<String> = lines(&unit());
        assert_eq!(none, ["PrivateDevices=yes"]);
        let some: Vec<String> = lines(&Unit { has_serial_lines: true, ..unit() });
        assert_eq!((some[0].as_str(), some.len()), ("DevicePolicy=closed", 5));
    }

    #[test]
    fn what_the_sandbox_hides_is_told() {
        let hidden = Unit { config: "/home/anna/plant.toml".into(), elsewhere: vec!["/tmp/data".into()], ..unit() };
        assert_eq!(hidden.unseen(), [Path::new("/home/anna/plant.toml"), Path::new("/tmp/data")]);
        assert!(unit().unseen().is_empty());
    }
}
