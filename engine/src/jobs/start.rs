//! How the work on a leg begins.

use latchwork_expr::Text;
use serde_json::json;

use super::batch::too_many;
use super::command::{Start, members};
use super::draft::{Actor, Draft};
use super::error::{JobError, JobErrorKind};
use super::rows::QueueEntry;
use super::state::JobState;

impl Draft<'_> {
    /// Begins the work on a leg, as somebody asks.
    pub(super) fn start(&mut self, leg: usize, start: &Start) -> Result<(), JobError> {
        self.check_start()?;
        let serials = if start.batch_serials.is_empty() { &self.rows.job.first_serials } else { &start.batch_serials };
        let serials = serials.clone();
        if too_many(&serials, self.rows.legs[leg].input) {
            return Err(JobError::bad_info("batch_serials", "there are more serial numbers than parts"));
        }
        self.carried = members(json!(Start { batch_serials: Vec::new(), ..start.clone() }));
        self.assign();
        self.begin(leg, serials);
        Ok(())
    }

    /// Complains about a start that nobody may do.
    fn check_start(&self) -> Result<(), JobError> {
        if self.rows.job.assigned_to.is_none() && !self.scene.settings.show_unassigned_jobs_to_operators {
            return Err(JobErrorKind::HasNoAssignee.into());
        }
        if self.rows.order.as_ref().is_some_and(|order| order.status.is_final()) {
            return Err(JobErrorKind::OrderFinal.into());
        }
        Ok(())
    }

    /// Gives a job that is nobody's to who starts it.
    fn assign(&mut self) {
        let Actor::Person(Some(operator)) = &self.scene.actor else { return };
        if self.rows.job.assigned_to.is_none() {
            self.rows.job.assigned_to = Some(operator.clone());
            if self.scene.settings.can_self_assign {
                self.enqueue();
            }
        }
    }

    /// Begins the work on a leg. Its first batch has these serial numbers.
    pub(super) fn begin(&mut self, leg: usize, serials: Vec<Text>) {
        let (at, by) = (self.at, self.by());
        let row = &mut self.rows.legs[leg];
        (row.state, row.started_at, row.started_by) = (JobState::Running, Some(at), by);
        let parts = row.input;
        self.rows.job.started_at.get_or_insert(at);
        self.rows.job.first_serials.clear();
        self.open_batch(leg, serials, parts);
        self.open_session(leg);
    }

    /// Puts the job into its assignee's queue, and into nobody else's.
    pub(super) fn enqueue(&mut self) {
        let assignee = self.rows.job.assigned_to.clone();
        self.rows.queue.retain(|entry| Some(&entry.operator) == assignee.as_ref());
        if let (Some(operator), true) = (assignee, self.rows.queue.is_empty()) {
            let entry = QueueEntry { key: self.mint(), operator, added_at: self.at };
            self.rows.queue.push(entry);
        }
    }
}
