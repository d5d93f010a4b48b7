//! Gateway, broker and collector are killed by turns while machines run: in the end the collector's rows are the gateway's.
//!
//! `LATCHWORK_KILLS=300` is the long run.

use std::thread;
use std::time::Duration;

use super::super::broker::Broker;
use super::super::device::Device;
use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::super::port::free_port;
use super::collector::{Collector, kept, wait_for_log};
use super::faults::kills;
use super::plant;
use super::rows::assert_same_rows;
use crate::model::Dice;

/// How many events wait for the broker at first, for each kill: nothing is killed while it is idle.
const WAITING_PER_KILL: u64 = 1_000;
/// How often the machine starts or stops until the next kill.
const SWITCHES: [i64; 2] = [1, 20];
/// How long a machine stays as it is.
const LEVEL_MILLIS: [i64; 2] = [5, 80];
/// The register of the machine.
const FILLER: u16 = 1;

/// A machine that starts and stops.
struct Machine {
    device: Device,
    dice: Dice,
    level: u16,
}

impl Machine {
    fn switch(&mut self) {
        self.level = 1 - self.level;
        self.device.set(FILLER, self.level);
        let [least, most] = LEVEL_MILLIS;
        thread::sleep(Duration::from_millis(self.dice.between(least, most).unsigned_abs()));
    }

    fn stand_still(&mut self) {
        self.level = 0;
        self.device.set_and_read(FILLER, self.level);
    }
}

#[test]
fn rows_are_those_of_the_gateway_whatever_was_killed() {
    let (folder, port, device_port, mut dice) = (Folder::new("collect-storm"), free_port(), free_port(), Dice::new(11));
    let plant = plant("gw-live", port).device("plc", device_port, 500).register("Filler", "plc", FILLER);
    let plant = plant.operation("Filling", "{Filler} = 1");
    folder.configure(
        &plant.and("[[operations.captures]]\nname = \"level\"\nexpression = \"{Filler}\"\nmode = \"AT_START\""),
    );
    Gateway::start(&folder).stop();
    let (ledger, kept) = (folder.ledger(), kept(&folder));
    ledger.lengthen(WAITING_PER_KILL * u64::from(kills()));
    let mut machine = Machine { device: Device::start(device_port, &[]), dice: Dice::new(12), level: 0 };
    let mut broker = Broker::start(&folder, port);
    let mut collector = Collector::start_alone(&folder, port);
    let mut gateway = Gateway::start(&folder);
    for kill in 0..kills() {
        for _ in 0..dice.between(SWITCHES[0], SWITCHES[1]) {
            machine.switch();
        }
        match kill % 3 {
            0 => {
                gateway.kill();
                gateway = Gateway::spawn(&folder);
            }
            1 => {
                broker.kill();
                broker = Broker::start(&folder, port);
            }
            2.. => {
                collector.kill();
                collector = Collector::spawn(&folder, "c");
            }
        }
    }
    gateway.wait_for_message("gateway runs", 1);
    machine.stand_still();
    until("no run", || ledger.open_record("Filling").is_none().then_some(()));
    wait_for_log(&kept, &ledger);
    gateway.stop();
    wait_for_log(&kept, &ledger);
    assert_same_rows(&kept, &ledger);
    assert!(kept.number("SELECT count(*) FROM operation_records WHERE revision > 1") > i64::from(kills()));
    assert_eq!(kept.number("SELECT lost FROM gateways"), 0);
    assert_eq!(kept.number("SELECT count(*) FROM dead_letters"), 0);
    collector.stop();
}
