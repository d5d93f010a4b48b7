//! Power cuts: a gateway dies under load, and its disk loses any part of what was not synchronised. What it had answered
//! or published is there when it starts again. `LATCHWORK_POWER_CUTS` says how often, for a long run.

mod disk;
mod load;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use super::broker::Broker;
use super::folder::Folder;
use super::gateway::Gateway;
use super::ledger::Ledger;
use super::patience::until;
use super::plant::Plant;
use super::port::free_port;
use super::preload::preload;
use super::program::program;
use super::subscriber::Subscriber;
use crate::model::Dice;
use disk::{Care, Disk};
use load::{Answer, Load, missing};

/// How often the power goes in the ordinary run.
const CUTS: u32 = 12;
/// The operations that are started and stopped at a time.
const OPERATIONS: [&str; 4] = ["Cleaning", "Rinsing", "Heating", "Cooling"];
/// How many answers a gateway gives at least before its power goes; the cut falls anywhere into what comes then.
const ANSWERS: [i64; 2] = [1, 200];

fn cuts() -> u32 {
    env::var("LATCHWORK_POWER_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(CUTS)
}

/// A gateway's folder whose `data` is on a disk that is watched.
struct Scene {
    folder: Folder,
    data: PathBuf,
    watcher: PathBuf,
    journal: PathBuf,
}

impl Scene {
    fn new(port: u16) -> Self {
        let folder = Folder::new("power-cuts");
        let plant = OPERATIONS.iter().fold(Plant::new(), |plant, name| plant.manual(name));
        folder.configure(&plant.and(&format!("[publish]\nurl = \"mqtt://127.0.0.1:{port}\"\n")));
        fs::create_dir(folder.join("data")).unwrap();
        // The system tells paths without links.
        let data = folder.join("data").canonicalize().unwrap();
        let (watcher, journal) = (preload(&folder, "power/journal.c"), folder.join("journal"));
        Self { folder, data, watcher, journal }
    }

    fn start(&self) -> Gateway {
        let mut command = Command::new(program());
        command.args(["run", "-c", "plant.toml"]).env("LD_PRELOAD", &self.watcher);
        command.env("LATCHWORK_DISK", &self.data).env("LATCHWORK_DISK_JOURNAL", &self.journal);
        let gateway = Gateway::of(&mut command, &self.folder);
        gateway.wait_for_message("commands are taken", 1);
        gateway
    }

    /// Has a gateway live until its power goes; returns the disk, and what it answered.
    fn live(&self, dice: &mut Dice, look: impl FnOnce(&Ledger)) -> (Disk, Vec<u8>, Vec<Answer>) {
        fs::write(&self.journal, []).unwrap();
        let disk = Disk::read(&self.data);
        let gateway = self.start();
        look(&self.folder.ledger());
        assert_eq!(gateway.count_messages("store was damaged"), 0);
        let load = Load::start(&self.data.join("latchwork.sock"), &OPERATIONS.map(str::to_owned));
        let enough = usize::try_from(dice.between(ANSWERS[0], ANSWERS[1])).unwrap();
        until("some answers", || (load.count() >= enough).then_some(()));
        gateway.kill();
        (disk, fs::read(&self.journal).unwrap(), load.end())
    }

    /// Returns what a ledger of less care would have lost of the answers.
    fn lost_with_less_care(&self, mut disk: Disk, journal: &[u8], answers: &[Answer], dice: &mut Dice) -> usize {
        let control = self.folder.join("control");
        disk.replay(journal, Care::Normal);
        disk.cut(dice);
        disk.write(&self.data, &control);
        missing(&Ledger::new(control.join("latchwork.db")), answers).len()
    }
}

#[test]
fn what_was_answered_or_published_survives_every_power_cut() {
    let port = free_port();
    let (scene, mut dice) = (Scene::new(port), Dice::new(1));
    let _broker = Broker::start(&scene.folder, port);
    let subscriber = Subscriber::start(port);
    let (mut answers, mut control_losses) = (Vec::new(), 0);
    let look = |ledger: &Ledger, answers: &[Answer]| {
        assert_eq!(missing(ledger, answers), [], "answered, and lost");
        let published = subscriber.ids();
        let log: BTreeMap<u64, String> = ledger
            .rows("SELECT seq, id FROM events")
            .into_iter()
            .map(|(seq, id): (i64, _)| (seq.unsigned_abs(), id))
            .collect();
        for (seq, id) in &published {
            assert_eq!(log.get(seq), Some(id), "event {seq} was published");
        }
    };
    for _ in 0..cuts() {
        let (mut disk, journal, answered) = scene.live(&mut dice, |ledger| look(ledger, &answers));
        answers.extend(answered);
        control_losses += u32::from(scene.lost_with_less_care(disk.clone(), &journal, &answers, &mut dice) > 0);
        disk.replay(&journal, Care::Full);
        disk.cut(&mut dice);
        disk.write(&scene.data, &scene.data);
    }
    let gateway = scene.start();
    look(&scene.folder.ledger(), &answers);
    gateway.stop();
    println!("{} cuts, {} answers, {} events published, none lost", cuts(), answers.len(), subscriber.count());
    println!("with synchronous = NORMAL {control_losses} of the cuts would have lost answers");
    assert!(control_losses > 0, "a test that cannot see a loss");
}
