//! A scenario that is played by the clock into registers and messages.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::error::SimulatorError;
use super::modbus::{Device, Registers, Server};
use super::pace::Pace;
use super::publisher::{self, Message};
use super::scenario::Scenario;
use super::world::{Change, World};
use crate::limits::{PUBLISH_QUEUE_MAX, SPEED_MAX, SPEED_MIN};

/// How much of the scenario's time is played at once when the clock is ahead: what happens in it is held in memory.
const SLICE: Duration = Duration::from_secs(10);

/// The entrance: starts a scenario.
#[derive(Debug)]
pub struct Simulation;

/// A scenario that runs. It ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    /// Where the registers are served, if the scenario has any.
    pub modbus: Option<SocketAddr>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Waits until the simulation has ended, which it does when it is stopped.
    pub async fn ended(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                warn!(%error, "a part of the simulation ended by a fault");
            }
        }
    }
}

impl Simulation {
    /// Serves and publishes a scenario, `speed` times as fast as it is written, until it is stopped. The registers
    /// can be read when it returns; the broker is connected to from then on.
    ///
    /// # Errors
    ///
    /// The speed is out of range, or the address to serve at cannot be had.
    pub async fn start(scenario: Scenario, speed: f64, stop: CancellationToken) -> Result<Running, SimulatorError> {
        if !(SPEED_MIN..=SPEED_MAX).contains(&speed) {
            return Err(SimulatorError::Speed(speed));
        }
        let scenario = Arc::new(scenario);
        let mut clock = Clock::new(&scenario, speed);
        let mut tasks = JoinSet::new();
        let modbus = serve(&mut tasks, &scenario, &clock, &stop).await?;
        if let Some(broker) = &scenario.mqtt {
            let (sender, messages) = mpsc::channel(PUBLISH_QUEUE_MAX);
            publisher::start(&mut tasks, &scenario, broker, messages, &stop);
            clock.messages = Some(sender);
        }
        clock.begin();
        tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = clock.run() => {}
            }
        });
        Ok(Running { modbus, tasks })
    }
}

async fn serve(
    tasks: &mut JoinSet<()>,
    scenario: &Scenario,
    clock: &Clock,
    stop: &CancellationToken,
) -> Result<Option<SocketAddr>, SimulatorError> {
    let Some(modbus) = &scenario.modbus else { return Ok(None) };
    let log = scenario.log.as_deref();
    let device = Device::new(scenario, Arc::clone(&clock.registers), clock.pace, log)
        .map_err(|source| SimulatorError::Log { path: log.map(Path::to_owned).unwrap_or_default(), source })?;
    let bound = Server::bind(modbus.bind, device).await;
    let (server, address) = bound.map_err(|source| SimulatorError::Listen { address: modbus.bind, source })?;
    tasks.spawn(server.run(stop.clone()));
    Ok(Some(address))
}

/// Plays a world by the clock.
struct Clock {
    scenario: Arc<Scenario>,
    world: World,
    pace: Pace,
    /// The wall's time at the start: messages carry times.
    began: DateTime<Utc>,
    registers: Arc<Mutex<Registers>>,
    messages: Option<mpsc::Sender<Message>>,
    lost: u64,
}

impl Clock {
    fn new(scenario: &Arc<Scenario>, speed: f64) -> Self {
        Self {
            scenario: Arc::clone(scenario),
            world: World::new(Arc::clone(scenario)),
            pace: Pace { started: Instant::now(), speed },
            began: SystemTime::now().into(),
            registers: Arc::new(Mutex::new(Registers::of(scenario))),
            messages: None,
            lost: 0,
        }
    }

    /// Shows what there is at the beginning, before anybody can ask.
    fn begin(&mut self) {
        let shown = self.world.shown();
        self.show(&shown);
    }

    async fn run(mut self) {
        while let Some(due) = self.world.next_due() {
            tokio::time::sleep_until(self.pace.at(due)).await;
            // The timer may be a hair early by the arithmetic, and late by any amount.
            let changes = self.world.step(self.pace.elapsed().clamp(due, due + SLICE));
            self.show(&changes);
        }
        // Nothing will ever happen again; what there is can still be read.
        std::future::pending::<()>().await;
    }

    fn show(&mut self, changes: &[Change]) {
        self.serve(changes);
        for change in changes {
            self.tell(change);
        }
    }

    /// Shows all changes at once: an answer never has a half of them.
    fn serve(&self, changes: &[Change]) {
        let mut registers = self.registers.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            if let Some(register) = &self.scenario.signals[change.signal].register {
                registers.show(register, &change.value);
            }
        }
    }

    fn tell(&mut self, change: &Change) {
        let Some((messages, topic)) = self.messages.as_ref().zip(self.scenario.signals[change.signal].topic.as_ref())
        else {
            return;
        };
        let payload = topic.template.render(&change.value, self.wall(change.at));
        if messages.try_send(Message { signal: change.signal, payload }).is_err() {
            if self.lost == 0 {
                warn!(topic = topic.topic, "simulated machines have more to tell than can wait");
            }
            self.lost += 1;
        }
    }

    /// Returns the wall's time at an instant of the scenario.
    fn wall(&self, at: Duration) -> DateTime<Utc> {
        let real = TimeDelta::from_std(self.pace.real(at)).unwrap_or(TimeDelta::MAX);
        self.began.checked_add_signed(real).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod fault_tests;
