//! `latchwork store`: care of a store, also while its gateway runs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use latchwork_config::Configuration;
use latchwork_expr::Timestamp;
use latchwork_store::{Care, Options, Pruned, StoreError, Table, Target, Written};

use super::runtime::block_on;
use super::{load, tell};
use crate::exit::{Exit, Failure, write_failure};
use crate::live::wall_now;

/// What `store` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Looks through the whole store and tells what is wrong with it: exit code 1 if anything is.
    Check(Place),
    /// Copies the whole store as of one moment, while it is written.
    Backup {
        #[command(flatten)]
        place: Place,
        /// The file to write, which must not be there: a store of SQLite, or what `pg_restore` reads.
        #[arg(value_name = "TO")]
        to: PathBuf,
    },
    /// Writes a table as JSON lines, or as CSV.
    Export {
        #[command(flatten)]
        place: Place,
        /// Which table.
        #[arg(value_enum)]
        table: Exported,
        /// The file to write, `.csv` or `.jsonl`; without one, JSON lines to standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Removes what ended long ago: records, entries of the schedule, jobs, and what was asked.
    Prune {
        #[command(flatten)]
        place: Place,
        /// How many days stay; without it, `[store] retention_days`.
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
        days: Option<u32>,
    },
    /// Brings the tables up to date, with a copy before, as a gateway does that starts.
    Migrate(Place),
}

#[derive(Debug, clap::Args)]
struct Place {
    /// The configuration of the gateway whose store it is.
    #[arg(short, long = "config", value_name = "FILE")]
    config: PathBuf,
}

/// The tables, as people call them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Exported {
    Records,
    Operations,
    Orders,
    Schedule,
    Events,
    Locations,
    Materials,
    Jobs,
    Legs,
    Batches,
    WorkSessions,
    Audit,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.task {
        Task::Check(place) => check(&place.care()?.1),
        Task::Backup { place, to } => back_up(&place.care()?.1, to),
        Task::Export { place, table, output } => export(&place.care()?.1, (*table).into(), output.as_deref()),
        Task::Prune { place, days } => {
            let (configuration, care) = place.care()?;
            prune(&care, days.or(configuration.store.retention_days))
        }
        Task::Migrate(place) => migrate(&place.care()?.1),
    }
}

impl Place {
    fn care(&self) -> Result<(Configuration, Care), Failure> {
        let configuration = load(&self.config)?;
        let written =
            Written { url: configuration.store.url.as_deref(), ca_file: configuration.store.ca_file.as_deref() };
        let gateway_id = &configuration.plant.gateway_id;
        let options = Options::of(written, &configuration.data_directory, gateway_id, wall_now());
        let care = Care::of(&options.map_err(|error| refused(&error))?);
        Ok((configuration, care))
    }
}

fn check(care: &Care) -> Result<Exit, Failure> {
    let found = wait(care.check())?;
    for line in &found {
        println!("{line}");
    }
    if found.is_empty() {
        tell("nothing is wrong with the store");
        return Ok(Exit::Done);
    }
    Ok(Exit::Problems)
}

fn back_up(care: &Care, to: &Path) -> Result<Exit, Failure> {
    wait(care.back_up(to))?;
    tell(&format!("store copied to {}", to.display()));
    Ok(Exit::Done)
}

fn export(care: &Care, table: Table, output: Option<&Path>) -> Result<Exit, Failure> {
    let rows = if let Some(path) = output {
        let name = path.display().to_string();
        let file = File::create(path)
            .map_err(|error| Failure::new(Exit::NotStarted, format_args!("cannot write `{name}`: {error}")))?;
        let mut file = BufWriter::new(file);
        let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
        let target = if is_csv { Target::Csv(&mut file) } else { Target::JsonLines(&mut file) };
        let rows = wait(care.export(table, target))?;
        file.flush().map_err(|error| write_failure(&name, &error))?;
        rows
    } else {
        wait(care.export(table, Target::JsonLines(&mut BufWriter::new(io::stdout()))))?
    };
    tell(&format!("{rows} rows"));
    Ok(Exit::Done)
}

fn prune(care: &Care, days: Option<u32>) -> Result<Exit, Failure> {
    let Some(days) = days else {
        return Err(Failure::new(Exit::Usage, "how many days stay is said by `--days` or by `[store] retention_days`"));
    };
    let before = Timestamp(wall_now().0.saturating_sub(i64::from(days) * 86_400_000_000));
    let pruned = wait(care.prune(before))?;
    let Pruned { records, schedule, jobs, audit } = pruned;
    tell(&format!(
        "removed: {records} records, {schedule} entries of the schedule, {jobs} jobs, {audit} requests of the audit log"
    ));
    Ok(Exit::Done)
}

fn migrate(care: &Care) -> Result<Exit, Failure> {
    wait(care.migrate())?;
    tell("the tables are those of this program");
    Ok(Exit::Done)
}

fn wait<T>(task: impl Future<Output = Result<T, StoreError>>) -> Result<T, Failure> {
    block_on(async { task.await.map_err(|error| refused(&error)) })
}

fn refused(error: &StoreError) -> Failure {
    Failure::new(Exit::NotStarted, error)
}

impl From<Exported> for Table {
    fn from(table: Exported) -> Self {
        match table {
            Exported::Records => Self::Records,
            Exported::Operations => Self::Operations,
            Exported::Orders => Self::Orders,
            Exported::Schedule => Self::Schedule,
            Exported::Events => Self::Events,
            Exported::Locations => Self::Locations,
            Exported::Materials => Self::Materials,
            Exported::Jobs => Self::Jobs,
            Exported::Legs => Self::Legs,
            Exported::Batches => Self::Batches,
            Exported::WorkSessions => Self::WorkSessions,
            Exported::Audit => Self::Audit,
        }
    }
}
