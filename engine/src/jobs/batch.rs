//! Parts of a leg that are handled together: how batches come and go.

use latchwork_expr::Text;
use serde_json::{Map, json};

use super::command::DoneBatch;
use super::draft::Draft;
use super::error::{JobError, JobErrorKind};
use super::event::JobEventKind;
use super::rows::Batch;

/// Tells whether there are more serial numbers than parts.
pub(super) fn too_many(serials: &[Text], parts: u64) -> bool {
    count(serials) > parts
}

fn count(serials: &[Text]) -> u64 {
    u64::try_from(serials.len()).unwrap_or(u64::MAX)
}

impl Draft<'_> {
    /// Makes a batch of parts of a leg: as many as there are serial numbers, else all of them.
    pub(super) fn open_batch(&mut self, leg: usize, serials: Vec<Text>, parts: u64) {
        let quantity = if serials.is_empty() { parts } else { count(&serials) };
        let batch = Batch {
            key: self.mint(),
            leg: self.rows.legs[leg].key,
            quantity,
            remaining: parts - quantity,
            serials,
            created_at: self.at,
            created_by: self.by(),
            completed_at: None,
            completed_by: None,
        };
        let mut told = Map::new();
        told.insert("batch_key".to_owned(), json!(batch.key.to_string()));
        told.insert("quantity".to_owned(), json!(quantity));
        told.insert("batch_serials".to_owned(), json!(batch.serials));
        self.rows.batches.push(batch);
        self.tell_of(leg, JobEventKind::BatchCreated, told);
    }

    /// Ends the batches of a leg.
    pub(super) fn close_batches(&mut self, leg: usize) {
        let key = self.rows.legs[leg].key;
        let (at, by) = (self.at, self.by());
        for batch in self.rows.batches.iter_mut().filter(|row| row.leg == key && row.completed_at.is_none()) {
            (batch.completed_at, batch.completed_by) = (Some(at), by.clone());
        }
    }

    /// Ends a batch; what is left of its leg's parts is the next one.
    pub(super) fn complete_batch(&mut self, done: &DoneBatch) -> Result<(), JobError> {
        let wanted = done.batch_key.or(self.rows.job.active_batch.map(|(key, _)| key));
        let is_it = |batch: &Batch| Some(batch.key) == wanted && batch.completed_at.is_none();
        let Some(place) = self.rows.batches.iter().position(is_it) else {
            return Err(JobErrorKind::HasNoBatch.into());
        };
        let (at, by) = (self.at, self.by());
        let batch = &mut self.rows.batches[place];
        (batch.completed_at, batch.completed_by) = (Some(at), by);
        let (leg, remaining) = (batch.leg, batch.remaining);
        if too_many(&done.batch_serials, remaining) {
            let text = format!("there are more serial numbers than the {remaining} parts that are in no batch yet");
            return Err(JobError::bad_info("batch_serials", text));
        }
        if let (Some(leg), true) = (self.rows.leg(leg), remaining > 0) {
            self.open_batch(leg, done.batch_serials.clone(), remaining);
        }
        Ok(())
    }
}
