//! How a job is given up: it failed, or nobody wants it any more.

use serde_json::{Map, json};

use super::draft::Draft;
use super::event::JobEventKind;
use super::job::JobFault;
use super::state::JobState;

impl Draft<'_> {
    /// Gives the job up: something went wrong.
    pub(super) fn fail(&mut self, fault: &JobFault) {
        self.rows.job.error = Some(fault.clone());
        self.give_up(JobState::Failed);
    }

    /// Gives the job up: somebody wants that. The records that its legs follow are to be cancelled too.
    pub(super) fn cancel(&mut self) {
        let unfinished = self.rows.legs.iter().filter(|leg| !leg.state.is_final());
        self.cancelled_records = unfinished.filter_map(|leg| leg.operation_record_id).collect();
        self.give_up(JobState::Cancelled);
    }

    /// Ends every leg. What is on its way is lost, also what was counted as good: it never went on.
    fn give_up(&mut self, state: JobState) {
        let mut lost = 0;
        for leg in 0..self.rows.legs.len() {
            if self.rows.legs[leg].state.is_final() {
                continue;
            }
            self.close_sessions(leg, self.at);
            self.close_batches(leg);
            let (at, by) = (self.at, self.by());
            let row = &mut self.rows.legs[leg];
            lost += row.in_process();
            (row.lost, row.good) = (row.lost + row.in_process(), 0);
            if row.completed_at.is_none() {
                (row.completed_at, row.completed_by) = (Some(at), by);
            }
            (row.state, row.pause) = (state, None);
        }
        self.rows.job.state = state;
        if lost > 0 {
            let told = Map::from_iter([("lost".to_owned(), json!(lost))]);
            self.tell(JobEventKind::PartsLost, told);
        }
    }
}
