//! `latchwork install`: the unit, as systemd itself reads and judges it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use super::folder::Folder;
use super::plant::Plant;
use super::program::program;

/// The most that `systemd-analyze security` may find, in tenths (`spec/reliability.md`: below 2.0).
const EXPOSURE_MAX: &str = "19";

fn install(folder: &Folder, words: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.arg("install").args(words).current_dir(folder.path()).output().unwrap()
}

/// Returns the unit that would be written.
fn dry_run(folder: &Folder, words: &[&str]) -> String {
    let output = install(folder, &[&["--dry-run"], words].concat());
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Sees to it that systemd takes a unit, and finds it closed enough.
fn assert_fit(folder: &Folder, unit: &str) {
    folder.write("latchwork.service", unit);
    let analyze = |words: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        let found = command.args(words).arg(folder.join("latchwork.service")).output();
        found.expect("systemd-analyze (tests/live/install.sh gets it)")
    };
    let verified = analyze(&["verify", "--man=no"]);
    assert!(verified.status.success() && verified.stderr.is_empty(), "{}", told(&verified));
    let judged = analyze(&["security", "--offline=true", &format!("--threshold={EXPOSURE_MAX}")]);
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
}

#[test]
fn systemd_takes_the_unit_and_finds_it_closed() {
    let folder = Folder::new("unit");
    let unit = dry_run(&folder, &[]);
    for line in ["Type=notify", "WatchdogSec=60", "Restart=on-failure", "User=latchwork", "NoNewPrivileges=yes"] {
        assert!(unit.lines().any(|known| known == line), "{line} in {unit}");
    }
    assert!(unit.contains(" run -c /etc/latchwork/plant.toml\n"), "{unit}");
    assert_fit(&folder, &unit);
    assert!(fs::read_dir(folder.path()).unwrap().count() == 1, "nothing but the test's own file is written");
}

#[test]
fn a_plant_with_a_serial_line_sees_the_line_and_is_still_closed() {
    let folder = Folder::new("unit-serial");
    let serial = "[[connections]]\nname = \"line\"\ntype = \"modbus-rtu\"\nport = \"/dev/ttyUSB0\"\nbaud_rate = 9600\n";
    folder.configure(&Plant::new().and(serial));
    let unit = dry_run(&folder, &["-c", "plant.toml", "--trace", "/data/black box"]);
    assert!(unit.contains("DeviceAllow=char-ttyUSB rw\n") && !unit.contains("PrivateDevices"), "{unit}");
    assert!(unit.contains("ReadWritePaths=\"/data/black box\"\n"), "{unit}");
    assert_fit(&folder, &unit);
}

#[test]
fn what_is_installed_is_where_systemd_looks_and_nobodys_work_is_lost() {
    let folder = Folder::new("installed");
    let done = install(&folder, &["--root", "image"]);
    assert!(done.status.success() && done.stdout.is_empty(), "{}", told(&done));
    assert!(told(&done).contains("useradd --system") && told(&done).contains("systemctl enable --now latchwork"));
    let unit = folder.join("image/etc/systemd/system/latchwork.service");
    assert_eq!(fs::read_to_string(&unit).unwrap(), dry_run(&folder, &["--root", "image"]));
    let state = fs::metadata(folder.join("image/var/lib/latchwork")).unwrap();
    assert_eq!(state.permissions().mode() & 0o777, 0o750);
    // The same once more changes nothing.
    assert!(install(&folder, &["--root", "image"]).status.success());

    fs::write(&unit, "[Service]\nExecStart=/bin/true\n").unwrap();
    let refused = install(&folder, &["--root", "image"]);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains("systemctl edit"), "{}", told(&refused));
    assert_eq!(fs::read_to_string(&unit).unwrap(), "[Service]\nExecStart=/bin/true\n");
    assert!(install(&folder, &["--root", "image", "--force"]).status.success());
    assert!(fs::read_to_string(&unit).unwrap().contains("Type=notify"));
}

#[test]
fn what_cannot_be_installed_is_told() {
    let folder = Folder::new("not-installed");
    folder.write("image", "this is no directory");
    let output = install(&folder, &["--root", "image"]);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    folder.write("plant.toml", "[gateway]\nidd = \"x\"\n");
    let output = install(&folder, &["--dry-run", "-c", "plant.toml"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert_eq!(install(&folder, &["--name", "a b"]).status.code(), Some(2));
}
