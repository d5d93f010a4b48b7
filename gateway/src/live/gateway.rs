//! The loop: batches, deadlines and commands become scans; scans become turns; turns are committed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

use latchwork_config::StorePlace;
use latchwork_connectors::{Batch, Receipt, WriteReport};
use latchwork_engine::{Input, Moment, Notice, Sample};
use latchwork_store::{Mark, StoreError};
use tokio::sync::mpsc;

use super::clock::{Clock, following};
use super::commands::Request;
use super::crashes::{Crashes, said, unread};
use super::crowd::Crowd;
use super::elsewhere::{Elsewhere, Heard};
use super::errands::Errand;
use super::flush::Flushes;
use super::inquiries::Inquiry;
use super::jobs::{JobRequest, parted};
use super::ledger::Ledger;
use super::limits::{BATCHES_PER_TURN_MAX, END_PATIENCE, HEARTBEAT, UNCOMMITTED_SCANS_MAX};
use super::links::Links;
use super::publisher::{News, Publisher};
use super::pulse::Pulse;
use super::retained::ChangedRows;
use super::socket::Socket;
use super::supervisor::Supervisor;
use super::taken::TakenMessages;
use super::turn::{Gathering, Turn};
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
            match self.wait(&mut control).await {
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
            self.turn().await?;
            self.supervisor.beat();
        }
        self.supervisor.stopping();
        self.stop().await
    }

    /// Waits for something to do. Who asks much keeps nobody else waiting: of those that are there any may be the next.
    async fn wait(&mut self, control: &mut mpsc::Receiver<Control>) -> Woken {
        let (wake, may_scan) = (self.wake_at(), self.may_scan());
        tokio::select! {
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
        let receipts = self.gathering.receipts.due_at();
        [deadline, self.ledger.retry_at(), self.writes.wake_at(), receipts, self.supervisor.due_at()]
            .into_iter()
            .flatten()
            .fold(self.heartbeat_at, Instant::min)
    }

    /// Takes what is there, lets time pass, and commits what came of it.
    pub(super) async fn turn(&mut self) -> Result<(), Failure> {
        if self.may_scan() {
            for _ in 1..BATCHES_PER_TURN_MAX {
                let Ok(batch) = self.inbox.try_recv() else { break };
                self.take(batch)?;
            }
            let now = self.clock.moment(Instant::now());
            self.step(|drive, gathering| drive.pass(now, gathering))?;
            self.passed = Some(now);
        }
        self.close_turn();
        self.commit().await?;
        if self.hear_of_orders().await? {
            self.close_turn();
            self.commit().await?;
        }
        Ok(())
    }

    /// Has the engine take something. If it fails, the scan is written aside, and the gateway ends as if it was killed: what
    /// is not committed is read or sent again.
    pub(super) fn step(&mut self, take: impl FnOnce(&mut Drive, &mut Gathering)) -> Result<(), Failure> {
        let Self { drive, gathering, crashes, pulse, .. } = self;
        let begun = Instant::now();
        let taken = catch_unwind(AssertUnwindSafe(|| take(drive, gathering))).map_err(|panic| {
            let told = crashes.write_aside(&mut gathering.underway, drive.engine().plant(), said(&*panic));
            Failure::new(Exit::Fault, told)
        });
        pulse.scans.add(begun.elapsed());
        taken
    }

    /// Takes a batch as one scan.
    pub(super) fn take(&mut self, mut batch: Batch) -> Result<(), Failure> {
        if !self.links.translate(&mut batch) {
            return Ok(());
        }
        self.pulse.samples += batch.samples.len() as u64;
        self.pulse.lag.add(batch.received.elapsed());
        let at = self.after_last(self.clock.moment(batch.received));
        self.links.note(&batch, at.wall);
        if let Some((connection, taken)) =
            self.links.name(batch.link).zip(batch.receipt.as_ref().and_then(Receipt::taken))
        {
            self.taken.note(connection, taken);
        }
        if !self.skip(&mut batch, at)? {
            self.take_samples(&mut batch, at)?;
        }
        self.gathering.receipts.add(batch.receipt, Instant::now());
        Ok(())
    }

    fn take_samples(&mut self, batch: &mut Batch, at: Moment) -> Result<(), Failure> {
        let Batch { notice, samples, is_retained, .. } = batch;
        if *is_retained && notice.is_none() {
            self.gathering.recorder.note_retained();
        }
        self.step(|drive, gathering| match notice {
            Some(notice) => drive.notice(at, None, notice, samples, gathering),
            None => drive.samples(at, None, samples, gathering),
        })?;
        let mut taken_back = self.links.doubt(batch, self.drive.engine());
        if taken_back.is_empty() {
            return Ok(());
        }
        let at = self.after_last(at);
        self.step(|drive, gathering| drive.samples(at, None, &mut taken_back, gathering))
    }

    /// Leaves out a batch that the engine failed on again and again; tells whether it is one.
    fn skip(&mut self, batch: &mut Batch, at: Moment) -> Result<bool, Failure> {
        let Batch { notice, samples, .. } = batch;
        let input = match notice {
            Some(notice) => Input::Notice(notice, samples),
            None => Input::Samples(samples),
        };
        let plant = self.drive.engine().plant();
        let Some(poison) = self.crashes.find(&input, plant) else { return Ok(false) };
        if let Some(news) = poison.skip(&batch.samples, plant, Instant::now()) {
            self.tell_skipped(&news, at, unread(&batch.samples))?;
        }
        Ok(true)
    }

    /// Takes the news of a scan that was skipped; `unread` has its tags wait for their next reading, unless that is what
    /// the engine fails on as well.
    pub(super) fn tell_skipped(&mut self, news: &Notice, at: Moment, mut unread: Vec<Sample>) -> Result<(), Failure> {
        let input = Input::Notice(news, &mut unread);
        if self.crashes.find(&input, self.drive.engine().plant()).is_some() {
            unread.clear();
        }
        self.step(|drive, gathering| drive.notice(at, None, news, &mut unread, gathering))
    }

    /// Takes news of the gateway itself.
    pub(super) fn announce(&mut self, notice: &Notice) -> Result<(), Failure> {
        let at = self.now();
        self.step(|drive, gathering| drive.notice(at, None, notice, &mut [], gathering))
    }

    /// Takes news that somebody wants to know to be durable.
    fn take_news(&mut self, News { notice, receipt }: News) -> Result<(), Failure> {
        self.announce(&notice)?;
        self.gathering.receipts.add(Some(receipt), Instant::now());
        Ok(())
    }

    /// Returns the present as the next scan's time.
    pub(super) fn now(&self) -> Moment {
        self.after_last(self.clock.moment(Instant::now()))
    }

    /// Returns a moment as the next scan's time.
    pub(super) fn after_last(&self, at: Moment) -> Moment {
        self.drive.last().map_or(at, |last| following(last, at))
    }

    /// Makes a turn of what was gathered, if there is anything to commit.
    pub(super) fn close_turn(&mut self) {
        let Some(at) = self.drive.last() else { return };
        let mut retained = Vec::new();
        let image = &mut self.gathering.image;
        let has_moved = self.rows.take_changed(self.drive.engine_mut(), at, &mut retained, image);
        let is_due = Instant::now() >= self.heartbeat_at;
        if is_due && self.ledger.is_settled() {
            self.rows.take_aged(self.drive.engine_mut(), at, &mut retained);
        }
        let writes = self.writes.take(&self.gathering.effects, self.drive.engine().plant());
        // A turn without a scan would be taken for the one before it.
        if self.drive.scans() != self.marked {
            self.writes.take_changed(&mut retained, &mut self.forgotten);
        }
        let Gathering { effects, receipts, image, .. } = &self.gathering;
        let is_ahead = self.drive.scans() - self.marked > UNCOMMITTED_SCANS_MAX / 4;
        let flushed = if self.drive.scans() != self.marked && self.ledger.is_settled() {
            self.flushes.take_due(self.drive.engine(), at)
        } else {
            Vec::new()
        };
        let is_empty = effects.is_empty()
            && retained.is_empty()
            && !has_moved
            && !receipts.are_due(Instant::now())
            && flushed.is_empty()
            && self.gathering.asked.answered.is_empty()
            && self.forgotten.is_empty();
        if is_due {
            self.heartbeat_at = Instant::now() + HEARTBEAT;
        }
        let has_news = !image.is_empty() || self.drive.scans() != self.marked;
        let is_heartbeat = is_due && self.ledger.is_settled() && (has_news || self.is_watching());
        if is_empty && !is_heartbeat && !is_ahead {
            return;
        }
        // What is committed can be replayed: the scans are with the system before.
        self.gathering.recorder.flush();
        self.rows.add_guards(self.drive.engine(), &mut retained);
        self.taken.take_changed(&mut retained);
        self.gathering.image.take(self.drive.engine(), &mut retained);
        self.marked = self.drive.scans();
        let (works, waiting) = parted(std::mem::take(&mut self.gathering.jobs));
        self.ledger.add(Turn {
            plant: self.drive.engine().shared_plant(),
            effects: std::mem::take(&mut self.gathering.effects),
            bodies: std::mem::take(&mut self.gathering.bodies),
            flushed,
            retained,
            forgotten: std::mem::take(&mut self.forgotten),
            receipts: self.gathering.receipts.take(),
            answers: std::mem::take(&mut self.gathering.asked.answered),
            audits: std::mem::take(&mut self.gathering.asked.audits),
            works,
            waiting,
            writes,
            mark: Mark { sequence: self.drive.scans(), at },
            seen: self.passed.filter(|passed| passed.monotonic > at.monotonic).unwrap_or(at).wall,
        });
        let (last, next_seq) = ((self.drive.scans(), at), self.ledger.next_seq());
        self.gathering.recorder.rotate_if_due(self.drive.engine(), last, next_seq);
    }

    /// Tells whether a run is open: it is seen as long as the gateway lives, although nothing comes. Looks at every
    /// operation.
    fn is_watching(&self) -> bool {
        self.drive.engine().open_records().next().is_some()
    }

    pub(super) async fn commit(&mut self) -> Result<(), Failure> {
        let orders = self.drive.engine().orders();
        self.ledger.commit(orders, &mut self.supervisor).await.map_err(|error| ended(&error))?;
        self.gathering.number_from(self.ledger.next_seq());
        // Nothing is written that a power cut could still undo.
        self.writes.release(&self.ledger.take_durable());
        self.writes.hand_over(&self.links, Instant::now());
        Ok(())
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
