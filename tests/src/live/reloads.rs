//! SIGHUP: what did not change goes on, what changed begins anew, and what is wrong changes nothing.

use super::device::Device;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::plant::Plant;
use super::port::free_port;

const FILLER: u16 = 1;
const SPEED: u16 = 2;
const MARK: u16 = 3;

/// Three operations: one that nobody changes, one that runs while the line is faster than that, one to look at.
fn plant(id: &str, port: u16, faster_than: u16) -> Plant {
    let plant = Plant::of_gateway(id).device("plc", port, 500);
    let plant = plant.register("Filler", "plc", FILLER).register("Speed", "plc", SPEED).register("Mark", "plc", MARK);
    let plant = plant.operation("Filling", "{Filler} = 1").operation("Fast", &format!("{{Speed}} > {faster_than}"));
    plant.operation("Mark", "{Mark} = 1")
}

/// Has one run of the operation to look at pass: all that was read before is committed then.
fn mark(device: &mut Device, ledger: &Ledger) {
    device.set(MARK, 1);
    let run = ledger.wait_for_open("Mark");
    device.set(MARK, 0);
    ledger.wait_for_closed(&run);
}

/// A gateway whose first operation runs, and whose second does not: the line is not fast enough.
struct Scene {
    folder: Folder,
    port: u16,
    device: Device,
    ledger: Ledger,
    gateway: Gateway,
}

impl Scene {
    fn new(name: &str) -> Self {
        let (folder, port) = (Folder::new(name), free_port());
        folder.configure(&plant("gw-live", port, 50));
        let mut device = Device::start(port, &[(SPEED, 40)]);
        let (gateway, ledger) = (Gateway::start(&folder), folder.ledger());
        ledger.wait_for_quality("Filler", "Good");
        device.set(FILLER, 1);
        ledger.wait_for_open("Filling");
        Self { folder, port, device, ledger, gateway }
    }

    /// Sees to it that the first operation's run ends as if nothing had happened.
    fn end(mut self) {
        let run = self.ledger.open_record("Filling").unwrap();
        assert_eq!(self.ledger.records("Filling"), std::slice::from_ref(&run));
        let end = self.device.set(FILLER, 0);
        let run = self.ledger.wait_for_closed(&run);
        end.assert_dates(run.end_date.as_deref().unwrap());
        assert!(!run.detected_after_gap);
        assert_eq!(self.ledger.records("Filling"), [run]);
        assert_eq!(self.ledger.events_of("connection.down"), [] as [serde_json::Value; 0]);
        assert_eq!(self.ledger.events_of("connection.up").len(), 1);
        self.gateway.stop();
    }
}

#[test]
fn a_reload_rearms_what_changed_and_leaves_the_rest_alone() {
    let mut scene = Scene::new("reload");
    scene.folder.configure(&plant("gw-live", scene.port, 30));
    scene.gateway.reload();
    scene.gateway.wait_for_message("configuration taken", 1);
    // The line is fast enough now, but it did not become so: that is no start.
    mark(&mut scene.device, &scene.ledger);
    assert_eq!(scene.ledger.records("Fast"), []);

    scene.device.set(SPEED, 0);
    mark(&mut scene.device, &scene.ledger);
    let start = scene.device.set(SPEED, 40);
    start.assert_dates(&scene.ledger.wait_for_open("Fast").start_date);
    scene.end();
}

#[test]
fn a_reload_with_problems_changes_nothing_and_says_so() {
    let mut scene = Scene::new("bad-reload");
    scene.folder.configure(&plant("gw-live", scene.port, 30).operation("Broken", "{Nowhere} = 1"));
    scene.gateway.reload();
    let refusal = scene.gateway.wait_for_message("configuration not taken", 1);
    assert!(refusal.contains("ERROR"), "{refusal}");
    scene.gateway.wait_for_message("there is no tag `Nowhere`", 1);
    // The line would have become fast enough if the new configuration counted.
    scene.device.set(SPEED, 0);
    mark(&mut scene.device, &scene.ledger);
    scene.device.set(SPEED, 40);
    mark(&mut scene.device, &scene.ledger);
    assert_eq!(scene.ledger.records("Fast"), []);
    scene.device.set(SPEED, 60);
    scene.ledger.wait_for_open("Fast");
    scene.end();
}

#[test]
fn a_reload_with_another_gateway_id_is_refused() {
    let scene = Scene::new("other-id");
    scene.folder.configure(&plant("gw-other", scene.port, 30));
    scene.gateway.reload();
    scene.gateway.wait_for_message("another gateway id needs a restart", 1);
    assert_eq!(scene.ledger.number("SELECT count(*) FROM gateways"), 1);
    scene.end();
}
