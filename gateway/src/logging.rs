//! Structured logs on standard error: one event a line, `key=value` or JSON.

use std::cell::RefCell;
use std::io::{self, Write};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// How a command logs.
#[derive(Clone, Debug, clap::Args)]
pub struct LogArguments {
    /// How log lines are written.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub log_format: Format,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as
    /// `info,latchwork_connectors=debug`. Without it the environment's `RUST_LOG` counts.
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogArguments {
    /// Begins to log, with `default` as the filter if nobody asks for another. Has no effect the second time in a
    /// process.
    pub fn begin(&self, default: &str) {
        let from_environment = || EnvFilter::try_from_default_env().ok();
        let given = self.log_level.as_deref().and_then(|filter| EnvFilter::try_new(filter).ok());
        let filter = given.or_else(from_environment).unwrap_or_else(|| EnvFilter::new(default));
        let builder = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(|| Lines)
            .with_span_events(FmtSpan::NONE)
            .with_ansi(crate::cli::colour(&io::stderr()) == latchwork_config::Colour::On);
        let begun = match self.log_format {
            Format::Text => builder.try_init(),
            Format::Json => builder.json().try_init(),
        };
        if let Err(error) = begun {
            tracing::debug!(%error, "logging had begun already");
        }
    }
}

thread_local! {
    /// The lines that this thread holds back.
    static HELD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Writes the lines that are logged meanwhile at once, at the end: a line alone costs as much as a row of the ledger.
pub(crate) fn at_once<T>(log: impl FnOnce() -> T) -> T {
    let _release = Hold::begin();
    log()
}

/// Has lines held back as long as it lives, panics included.
struct Hold;

impl Hold {
    fn begin() -> Self {
        HELD.with_borrow_mut(|held| _ = held.get_or_insert_default());
        Self
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(lines) = HELD.take() {
            // Nobody can be told that nothing can be told.
            let _written = io::stderr().write_all(&lines);
        }
    }
}

/// Where lines go: to standard error, now or later.
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        HELD.with_borrow_mut(|held| match held {
            Some(lines) => lines.write(line),
            None => io::stderr().write(line),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
