//! Where lines go: a file, standard output or memory.

use std::io::Write;

use crate::exit::{Failure, write_failure};

/// A file, standard output or memory, with the name that people know it by.
pub struct Output {
    name: String,
    writer: Box<dyn Write>,
}

impl Output {
    /// Returns an output.
    pub fn new(name: impl Into<String>, writer: impl Write + 'static) -> Self {
        Self { name: name.into(), writer: Box::new(writer) }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write_all(bytes).map_err(|error| write_failure(&self.name, &error))
    }

    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| write_failure(&self.name, &error))
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("name", &self.name).finish_non_exhaustive()
    }
}
