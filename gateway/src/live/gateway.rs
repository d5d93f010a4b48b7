//! The loop: whatever comes becomes scans ([`super::scans`]), scans become turns, turns are committed ([`super::turns`]).

use std::path::PathBuf;
use std::time::Instant;

use latchwork_config::StorePlace;
use latchwork_connectors::{Batch, WriteReport};
use latchwork_engine::{Moment, Notice};
use latchwork_store::StoreError;
use tokio::sync::mpsc;

use super::clock::Clock;
use super::commands::Request;
use super::crashes::Crashes;
use super::crowd::Crowd;
use super::elsewhere::{Elsewhere, Heard};
use super::errands::Errand;
use super::flush::Flushes;
use super::inquiries::Inquiry;
use super::jobs::JobRequest;
use super::ledger::{Ledger, Outcome};
use super::limits::{END_PATIENCE, HEARTBEAT, UNCOMMITTED_SCANS_MAX};
use super::links::Links;
use super::publisher::{News, Publisher};
use super::pulse::Pulse;
use super::retained::ChangedRows;
use super::socket::Socket;
use super::supervisor::Supervisor;
use super::taken::TakenMessages;
use super::turn::Gathering;
use super::writes::Writes;
use crate::drive::Drive;
use crate::exit::{Exit, Failure};
use crate::http::Server;

/// What people ask of a running gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Read the configuration again.
    Reload,
    /// End as it should.
    Stop,
}

/// A gateway that runs.
pub struct Gateway {
    pub(super) drive: Drive,
    pub(super) clock: Clock,
    pub(super) links: Links,
    pub(super) inbox: mpsc::Receiver<Batch>,
    /// Who gives commands.
    pub(super) asked: Crowd<Request>,
    /// Who asks something of jobs.
    pub(super) jobs: Crowd<JobRequest>,
    /// What other gateways did, if there may be any.
    pub(super) elsewhere: Elsewhere,
    /// Questions how things stand, and who asks them: this end is kept, so that the other is never closed.
    pub(super) inquired: (mpsc::Sender<Inquiry>, mpsc::Receiver<Inquiry>),
    /// What people ask that is no command, and who asks it.
    pub(super) errands: (mpsc::Sender<Errand>, mpsc::Receiver<Errand>),
    pub(super) socket: Option<Socket>,
    /// What answers over HTTP, if the configuration says where.
    pub(super) server: Option<Server>,
    /// How the loop does.
    pub(super) pulse: Pulse,
    pub(super) gathering: Gathering,
    pub(super) rows: ChangedRows,
    pub(super) flushes: Flushes,
    pub(super) ledger: Ledger,
    /// The messages that brokers may send once more.
    pub(super) taken: TakenMessages,
    pub(super) writes: Writes,
    /// What became of writes.
    pub(super) reports: mpsc::UnboundedReceiver<WriteReport>,
    /// What tells the plant of events, if the configuration says where.
    pub(super) publisher: Option<Publisher>,
    /// What the publisher has the log tell: this end is kept, for a reload may bring a publisher.
    pub(super) news: (mpsc::Sender<News>, mpsc::Receiver<News>),
    pub(super) running: Running,
    /// What the engine failed on.
    pub(super) crashes: Crashes,
    /// Who is told how the gateway goes.
    pub(super) supervisor: Supervisor,
    /// The keys of retained rows that mean nothing any more.
    pub(super) forgotten: Vec<String>,
    /// The last scan of the turn before.
    pub(super) marked: u64,
    /// Up to when deadlines have run.
    pub(super) passed: Option<Moment>,
    pub(super) heartbeat_at: Instant,
}

/// What a configuration must not change while the gateway runs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) path: PathBuf,
    pub(super) gateway_id: String,
    pub(super) data_directory: PathBuf,
    pub(super) store: StorePlace,
}

/// What the loop waited for.
enum Woken {
    Committed(Outcome),
    Batch(Option<Batch>),
    Request(Option<Request>),
    Jobs(Option<JobRequest>),
    Report(Option<WriteReport>),
    Inquiry(Option<Inquiry>),
    Elsewhere(Heard),
    Errand(Option<Errand>),
    News(Option<News>),
    Control(Option<Control>),
    Time,
}

impl Woken {
    /// Tells whether it can be taken while a turn is committed: what it does is of the next turn, and it neither asks the
    /// store nor tells anybody how things stand.
    const fn may_come_meanwhile(&self) -> bool {
        match self {
            Self::Committed(_)
            | Self::Batch(Some(_))
            | Self::Request(_)
            | Self::Report(_)
            | Self::News(_)
            | Self::Time => true,
            Self::Batch(None)
            | Self::Jobs(_)
            | Self::Inquiry(_)
            | Self::Elsewhere(_)
            | Self::Errand(_)
            | Self::Control(_) => false,
        }
    }
}

impl Gateway {
    /// Has a service manager be told how the gateway goes.
    #[must_use]
    pub fn supervised_by(self, supervisor: Supervisor) -> Self {
        Self { supervisor, ..self }
    }

    /// Runs until it is asked to stop.
    pub async fn run(mut self, mut control: mpsc::Receiver<Control>) -> Result<(), Failure> {
        self.supervisor.ready();
        loop {
            let woken = self.wait(&mut control).await;
            if !woken.may_come_meanwhile() {
                self.finish().await?;
            }
            match woken {
                Woken::Committed(outcome) => self.settle(outcome)?,
                Woken::Control(Some(Control::Reload)) => {
                    self.supervisor.reloading();
                    // Why one is not taken stands in the log.
                    let _taken_or_told = self.reload().await?;
                    self.supervisor.ready();
                }
                Woken::Control(Some(Control::Stop) | None) | Woken::Batch(None) => break,
                Woken::Batch(Some(batch)) => self.take(batch)?,
                Woken::Request(Some(request)) => self.take_requests(request).await?,
                Woken::Jobs(Some(request)) => self.take_jobs(request).await?,
                Woken::Report(Some(report)) => self.writes.take_report(&report, Instant::now()),
                Woken::Inquiry(Some(inquiry)) => self.answer(inquiry),
                Woken::Elsewhere(heard) => self.hear(heard).await?,
                Woken::News(Some(news)) => self.take_news(news)?,
                Woken::Errand(Some(errand)) => self.take_errand(errand).await?,
                Woken::Request(None)
                | Woken::Jobs(None)
                | Woken::Report(None)
                | Woken::Inquiry(None)
                | Woken::Errand(None)
                | Woken::News(None)
                | Woken::Time => {}
            }
            self.go_on().await?;
            // To wait for a commit is no progress.
            if !self.ledger.is_underway() {
                self.supervisor.beat();
            }
        }
        self.supervisor.stopping();
        self.stop().await
    }

    /// Waits for something to do. Who asks much keeps nobody else waiting: of those that are there any may be the next.
    async fn wait(&mut self, control: &mut mpsc::Receiver<Control>) -> Woken {
        let (wake, may_scan) = (self.wake_at(), self.may_scan());
        tokio::select! {
            outcome = self.ledger.outcome() => Woken::Committed(outcome),
            control = control.recv() => Woken::Control(control),
            request = self.asked.first(), if may_scan => Woken::Request(request),
            request = self.jobs.first() => Woken::Jobs(request),
            report = self.reports.recv() => Woken::Report(report),
            inquiry = self.inquired.1.recv() => Woken::Inquiry(inquiry),
            heard = self.elsewhere.next(), if may_scan => Woken::Elsewhere(heard),
            errand = self.errands.1.recv(), if may_scan => Woken::Errand(errand),
            news = self.news.1.recv(), if may_scan => Woken::News(news),
            batch = self.inbox.recv(), if may_scan => Woken::Batch(batch),
            () = tokio::time::sleep_until(wake.into()) => Woken::Time,
        }
    }

    /// Tells whether more scans may be taken: the engine runs only so far ahead of what is committed.
    pub(super) fn may_scan(&self) -> bool {
        self.ledger.has_room() && self.drive.scans() - self.ledger.committed() < UNCOMMITTED_SCANS_MAX
    }

    /// Returns when the loop has something to do whatever comes.
    fn wake_at(&self) -> Instant {
        let deadline = self.drive.engine().next_deadline().filter(|_| self.may_scan());
        let deadline = deadline.and_then(|deadline| self.clock.instant(deadline));
        // They are of the next turn, which comes once the one is committed that is under way.
        let next_turn = [Some(self.heartbeat_at), self.gathering.receipts.due_at(), self.supervisor.due_at()];
        let next_turn = next_turn.into_iter().flatten().filter(|_| !self.ledger.is_underway());
        [deadline, self.ledger.retry_at(), self.writes.wake_at()]
            .into_iter()
            .flatten()
            .chain(next_turn)
            .fold(Instant::now() + HEARTBEAT, Instant::min)
    }

    /// Lets go of what was asked and not taken: who waits for an answer is told that the gateway ends.
    fn refuse_what_waits(&mut self) {
        self.asked = Crowd::new(1);
        self.jobs = Crowd::new(1);
        self.inquired = mpsc::channel(1);
        self.errands = mpsc::channel(1);
    }

    /// Ends as it should: what is on the way is taken, everything is committed.
    async fn stop(mut self) -> Result<(), Failure> {
        self.socket = None;
        let server = self.server.take().map(Server::stop);
        self.refuse_what_waits();
        let links = self.links.stop();
        self.gathering.receipts.hurry();
        self.turn().await?;
        tokio::pin!(links);
        loop {
            tokio::select! {
                biased;
                batch = self.inbox.recv(), if self.may_scan() => match batch {
                    Some(batch) => self.take(batch)?,
                    None => break,
                },
                () = &mut links => break,
            }
            self.turn().await?;
        }
        self.announce(&Notice::GatewayStopped)?;
        self.turn().await?;
        let Self { drive, ledger, publisher, mut supervisor, .. } = self;
        if let Some(server) = server {
            server.await;
        }
        if let Some(publisher) = publisher {
            publisher.stop().await;
        }
        let closed = ledger.close(drive.engine().orders(), END_PATIENCE, &mut supervisor).await;
        let turns_lost = closed.map_err(|error| ended(&error))?;
        if turns_lost > 0 {
            let message = format_args!("the store cannot be written: what {turns_lost} turns decided is lost");
            return Err(Failure::new(Exit::Fault, message));
        }
        Ok(())
    }
}

/// Returns how the gateway ends when its store failed for good.
pub(super) fn ended(error: &StoreError) -> Failure {
    Failure::new(Exit::Fault, error)
}
