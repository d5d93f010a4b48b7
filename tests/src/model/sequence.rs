//! Section 13: the counter of the machine's runs.

use super::expression::Expression;
use super::names::EventKind;
use super::world::World;

impl World<'_> {
    /// A start that the machine asked for has opened a record: its number, and those of the records below that opened
    /// with it, must follow the ones before.
    pub(super) fn compare_sequences(&mut self, operation: usize) {
        self.compare_sequence(operation);
        let run = self.open_run(operation);
        for child in self.plant.children_of(operation) {
            let childs_run = self.open_run(child);
            if childs_run.is_some_and(|childs_run| self.runs[childs_run].parent == run) {
                self.compare_sequences(child);
            }
        }
    }

    fn compare_sequence(&mut self, operation: usize) {
        let Some(sequence) = &self.plant.operations[operation].sequence else { return };
        let number = self.known(&Expression::tag(&sequence.tag)).and_then(|value| value.number());
        let Some(number) = number.filter(|number| number.fract() == 0.0) else { return };
        if let Some(before) = self.sequences[operation].replace(number) {
            let next = if Some(before + 1.0) == sequence.rollover { 0.0 } else { before + 1.0 };
            if (number - next).abs() > 0.5 {
                self.tell(EventKind::SequenceGap, operation);
            }
        }
    }
}
