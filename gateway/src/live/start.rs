//! How a gateway starts and takes another configuration.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use latchwork_config::connections::Connection;
use latchwork_config::{Colour, Configuration, Http, Problems, Publish};
use latchwork_engine::{Engine, Moment, Notice};
use latchwork_store::{Loaded, Options, Store, StoreError, Written};
use tokio::sync::mpsc;

use super::clock::{Clock, wall_now};
use super::crashes::Crashes;
use super::crowd::Crowd;
use super::elsewhere::Elsewhere;
use super::flush::Flushes;
use super::gateway::{Gateway, Running};
use super::image::ChangedImage;
use super::ledger::{Ledger, Watch};
use super::limits::{
    BATCHES_WAITING_MAX, COMMANDS_WAITING_MAX, ERRANDS_WAITING_MAX, HEARTBEAT, JOBS_WAITING_MAX,
    OUTBOX_ORDERS_WAITING_MAX,
};
use super::links::Links;
use super::publisher::{Means, Publisher};
use super::pulse::Pulse;
use super::recorder::{Recorder, standing};
use super::retained::{ChangedRows, complete, forgotten, retained};
use super::socket::{Doors, SOCKET, Socket};
use super::supervisor::Supervisor;
use super::taken::TakenMessages;
use super::turn::Gathering;
use super::writes::Writes;
use crate::black_box::{self, Standing};
use crate::drive::Drive;
use crate::exit::{Exit, Failure};
use crate::http::{self, Server};

/// A gateway about to start.
pub struct Start {
    /// The file that the configuration was read from: a reload reads it again.
    pub path: PathBuf,
    /// The configuration.
    pub configuration: Configuration,
    /// Where the black box is kept, if there is to be one.
    pub trace: Option<PathBuf>,
    /// How many times as fast as for everybody time passes: 1, but for a simulation.
    pub speed: f64,
    /// Sees what is committed.
    pub watch: Watch,
}

impl Start {
    /// Opens the store, goes on where the gateway was, and connects.
    pub async fn start(self) -> Result<Gateway, Failure> {
        let Self { path, configuration, trace, speed, watch } = self;
        let running = Running::of(path, &configuration);
        let Configuration { plant, connections, publish, http, mut files, hash, scheme, .. } = configuration;
        // Nobody looks for a name any more, and the texts are for the black box: each is as large as the plant.
        drop(scheme);
        if trace.is_none() {
            files.clear();
        }
        let plant = Arc::new(plant);
        let mut ledger = open(&running, watch).await.map_err(|error| refused(&error))?;
        let mut loaded = ledger.mirror(&plant).await.map_err(|error| refused(&error))?;
        let retained = retained(&mut loaded, wall_now()).map_err(|error| Failure::new(Exit::NotStarted, error))?;
        let (writes, taken) = (Writes::resume(&loaded, &plant, &connections), TakenMessages::resume(&loaded.retained));
        let Loaded { mark, next_seq, retained: rows, .. } = loaded;
        // What was loaded is as large as the engine: each form of it goes before the next one comes.
        let keys: Vec<String> = rows.into_iter().map(|row| row.key).collect();
        let engine = Engine::resume(plant, &retained);
        let clock = Clock::new(mark.map(|mark| mark.at), speed);
        let runs = black_box::Running { plant: engine.plant(), hash: &hash, files: &files };
        let standing = || standing(&retained, mark.map(|mark| (mark.sequence, mark.at)), next_seq);
        let recorder = recorder(trace.as_deref(), runs, standing, clock.moment(Instant::now()))?;
        drop((retained, files));
        let ((sender, inbox), (reports_to, reports)) = (mpsc::channel(BATCHES_WAITING_MAX), mpsc::unbounded_channel());
        let mut gateway = Gateway {
            forgotten: forgotten(&engine, keys),
            gathering: Gathering::new(next_seq, recorder, ChangedImage::unwritten(&engine)),
            flushes: Flushes::of(&engine),
            drive: match mark {
                Some(mark) => Drive::resumed(engine, mark.sequence, mark.at),
                None => Drive::new(engine),
            },
            clock,
            links: Links::with_writers(sender, reports_to),
            inbox,
            asked: Crowd::new(COMMANDS_WAITING_MAX),
            jobs: Crowd::new(JOBS_WAITING_MAX),
            elsewhere: Elsewhere::default(),
            inquired: mpsc::channel(COMMANDS_WAITING_MAX),
            errands: mpsc::channel(ERRANDS_WAITING_MAX),
            socket: None,
            server: None,
            pulse: Pulse::default(),
            rows: ChangedRows::default(),
            ledger,
            taken,
            writes,
            reports,
            publisher: None,
            news: mpsc::channel(OUTBOX_ORDERS_WAITING_MAX),
            crashes: Crashes::open(&running.data_directory, &running.gateway_id, &hash),
            running,
            supervisor: Supervisor::default(),
            marked: mark.map_or(0, |mark| mark.sequence),
            passed: None,
            heartbeat_at: Instant::now() + HEARTBEAT,
        };
        gateway.socket = listen(&gateway.running, gateway.doors());
        gateway.begin(connections, publish).await?;
        gateway.serve_first(http)?;
        Ok(gateway)
    }
}

impl Gateway {
    /// Takes the first scan, and connects.
    async fn begin(&mut self, connections: Vec<Connection>, publish: Option<Publish>) -> Result<(), Failure> {
        let at = self.now();
        self.step(|drive, gathering| drive.boot(at, None, gathering))?;
        self.announce(&Notice::GatewayStarted)?;
        self.turn().await?;
        self.connect(connections, publish);
        self.writes.hand_over(&self.links, Instant::now());
        Ok(())
    }

    /// Takes the configuration as it is in its file now. One with problems changes nothing.
    pub(super) async fn reload(&mut self) -> Result<Result<(), NotTaken>, Failure> {
        let taken = match load(self.running.path.clone()).await? {
            Ok(configuration) => match self.reason_to_refuse(&configuration) {
                Some(reason) => Err(NotTaken::new(409, "RestartNeeded", reason)),
                None => self.take_configuration(configuration).await?,
            },
            Err(problems) => Err(NotTaken::new(422, "ConfigurationProblems", problems.render(Colour::Off))),
        };
        match &taken {
            Ok(()) => tracing::info!("configuration taken"),
            Err(NotTaken { detail, .. }) => {
                tracing::error!(reason = detail, "configuration not taken: the one before stays");
            }
        }
        Ok(taken)
    }

    /// Returns why a configuration without problems cannot be taken by a running gateway.
    fn reason_to_refuse(&self, configuration: &Configuration) -> Option<&'static str> {
        let wanted = Running::of(self.running.path.clone(), configuration);
        let Running { gateway_id, data_directory, store, .. } = &self.running;
        if wanted.gateway_id != *gateway_id {
            Some("another gateway id needs a restart")
        } else if wanted.data_directory != *data_directory
            || (&wanted.store.url, &wanted.store.ca_file) != (&store.url, &store.ca_file)
        {
            Some("another data directory or store needs a restart")
        } else {
            None
        }
    }

    async fn take_configuration(&mut self, configuration: Configuration) -> Result<Result<(), NotTaken>, Failure> {
        // What came before speaks of the plant before.
        self.turn().await?;
        if !self.ledger.is_settled() {
            let detail = "the store cannot be written now";
            return Ok(Err(NotTaken::new(503, "StoreUnavailable", detail)));
        }
        let Configuration { plant, connections, publish, http, files, hash, scheme, .. } = configuration;
        drop(scheme);
        let plant = Arc::new(plant);
        let loaded = match self.ledger.mirror(&plant).await {
            Ok(loaded) => loaded,
            Err(error) => return Ok(Err(NotTaken::new(503, "StoreUnavailable", error))),
        };
        let at = self.now();
        // The black box wants the state right before the reload: deadlines up to then run first.
        self.step(|drive, gathering| drive.pass(at, gathering))?;
        // What they did speaks of the plant before: a write must not reach the tag that has its slot now.
        self.close_turn();
        let at = self.after_last(at);
        self.know(&loaded, at);
        let new = black_box::Running { plant: &plant, hash: &hash, files: &files };
        self.gathering.recorder.will_reload(new, self.drive.engine(), at);
        // The reload is a scan without samples: none names a tag of the plant before any more.
        self.crashes = Crashes::open(&self.running.data_directory, &self.running.gateway_id, &hash);
        self.step(|drive, gathering| drive.reload(at, None, plant, gathering))?;
        self.rows.forget();
        self.gathering.image = ChangedImage::unwritten(self.drive.engine());
        self.forgotten = forgotten(self.drive.engine(), loaded.retained.into_iter().map(|row| row.key));
        self.writes.reload(self.drive.engine().plant(), &connections);
        self.flushes = Flushes::of(self.drive.engine());
        self.connect(connections, publish);
        self.serve(http);
        self.turn().await?;
        Ok(Ok(()))
    }
}

impl Gateway {
    /// Has the engine know what the store has of what a configuration names. A replay has it of the state that stands before
    /// the reload, and takes that the same way.
    fn know(&mut self, loaded: &Loaded, at: Moment) {
        let engine = self.drive.engine();
        let mut retained = engine.retained(at);
        if complete(&mut retained, loaded, at) {
            let engine = Engine::resume(engine.shared_plant(), &retained);
            self.drive.restart(engine);
        }
    }

    /// Has the connections of the plant that runs now go on, end or begin, and what publishes as well.
    fn connect(&mut self, connections: Vec<Connection>, publish: Option<Publish>) {
        self.publish(publish);
        self.elsewhere = Elsewhere::watch(&self.ledger.store(), self.drive.engine().plant());
        self.links.run(connections, &self.taken);
        self.links.judge_by(self.drive.engine().plant());
    }

    /// Publishes as a configuration says; a publisher that does so already goes on undisturbed.
    fn publish(&mut self, settings: Option<Publish>) {
        let before = self.publisher.take();
        self.publisher = match (settings, before) {
            (Some(settings), Some(before)) if before.is_as(&settings) => Some(before),
            (Some(settings), before) => Some(Publisher::start(settings, self.means(), before)),
            (None, Some(before)) => {
                tokio::spawn(before.stop());
                None
            }
            (None, None) => None,
        };
    }

    /// Serves HTTP as a configuration says, if it does.
    fn serve_first(&mut self, settings: Option<Http>) -> Result<(), Failure> {
        let Some(settings) = settings else { return Ok(()) };
        let address = settings.bind;
        let served = Server::start(settings, self.http_means());
        let not_served =
            |error| Failure::new(Exit::NotStarted, format_args!("nothing is served at {address}: {error}"));
        self.server = Some(served.map_err(not_served)?);
        Ok(())
    }

    /// Serves HTTP as another configuration says; a server that does so already goes on undisturbed.
    fn serve(&mut self, settings: Option<Http>) {
        let before = self.server.take();
        self.server = match (settings, before) {
            (Some(settings), Some(before)) if before.is_as(&settings) => Some(before),
            (Some(settings), before) => Some(Server::follow(settings, self.http_means(), before)),
            (None, Some(before)) => {
                tokio::spawn(before.stop());
                None
            }
            (None, None) => None,
        };
    }

    fn http_means(&self) -> http::Means {
        http::Means { store: self.ledger.store(), head: self.ledger.head(), doors: self.doors() }
    }

    /// Returns where what people ask goes.
    fn doors(&self) -> Doors {
        let (commands, inquiries) = (self.asked.sender(), self.inquired.0.clone());
        Doors { commands, jobs: self.jobs.sender(), inquiries, errands: self.errands.0.clone() }
    }

    fn means(&self) -> Means {
        Means {
            store: self.ledger.store(),
            gateway_id: self.running.gateway_id.as_str().into(),
            head: self.ledger.head(),
            news: self.news.0.clone(),
        }
    }
}

/// Why a configuration was not taken, with the status and the name that HTTP tells it by.
#[derive(Debug)]
pub(super) struct NotTaken {
    pub(super) status: u16,
    pub(super) name: &'static str,
    pub(super) detail: String,
}

impl NotTaken {
    fn new(status: u16, name: &'static str, detail: impl Display) -> Self {
        Self { status, name, detail: detail.to_string() }
    }
}

impl Running {
    fn of(path: PathBuf, configuration: &Configuration) -> Self {
        Self {
            path,
            gateway_id: configuration.plant.gateway_id.clone(),
            data_directory: configuration.data_directory.clone(),
            store: configuration.store.clone(),
        }
    }
}

/// Begins the black box, if there is to be one.
fn recorder(
    directory: Option<&Path>,
    running: black_box::Running<'_>,
    standing: impl FnOnce() -> Standing,
    now: Moment,
) -> Result<Recorder, Failure> {
    let Some(directory) = directory else { return Ok(Recorder::default()) };
    Recorder::begin(directory, running, standing(), now).map_err(|error| no_black_box(directory, &error))
}

/// Reads a configuration in a thread of its own: a large one takes half a second, and connections do not wait for it.
async fn load(path: PathBuf) -> Result<Result<Configuration, Problems>, Failure> {
    let loaded = tokio::task::spawn_blocking(move || latchwork_config::load(&path)).await;
    loaded.map_err(|error| Failure::new(Exit::Fault, format_args!("the configuration could not be read: {error}")))
}

async fn open(running: &Running, watch: Watch) -> Result<Ledger, StoreError> {
    let (store, directory): (_, &Path) = (&running.store, &running.data_directory);
    let written = Written { url: store.url.as_deref(), ca_file: store.ca_file.as_deref() };
    let opened = Store::open(&Options::of(written, directory, &running.gateway_id, wall_now())?).await?;
    Ok(Ledger::new(opened, store.retention_days, watch))
}

/// Listens for commands. A gateway without that goes on: a data directory may be where no socket can be.
fn listen(running: &Running, doors: Doors) -> Option<Socket> {
    let path = running.data_directory.join(SOCKET);
    match Socket::listen(&running.data_directory, doors) {
        Ok(socket) => {
            tracing::info!(socket = %path.display(), "commands are taken");
            Some(socket)
        }
        Err(error) => {
            tracing::warn!(socket = %path.display(), %error, "no commands are taken");
            None
        }
    }
}

fn no_black_box(directory: &Path, error: &std::io::Error) -> Failure {
    let message = format_args!("no black box in `{}`: {error}", directory.display());
    Failure::new(Exit::NotStarted, message)
}

fn refused(error: &StoreError) -> Failure {
    Failure::new(Exit::NotStarted, error)
}
