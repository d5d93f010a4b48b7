//! The configurations of a gateway's own recording: what it ran, and when it changed.
//!
//! The texts are in the trace; secrets are not. Where a configuration is given that has the same texts, it is taken in
//! their place: it knows the secrets.

use std::path::Path;
use std::sync::Arc;

use latchwork_config::{Colour, Configuration, Memory, WithoutSecrets};
use latchwork_connectors::trace::{OwnFile, OwnHeader, Traces};
use latchwork_engine::Plant;
use latchwork_expr::Tz;

use crate::exit::{Exit, Failure};

/// What a replay as recorded runs.
#[derive(Debug)]
pub struct Recording {
    gateway_id: String,
    /// The configuration that is given, if it is one of those in the trace.
    given: Option<Known>,
    current: Known,
}

/// A configuration by its hash.
#[derive(Clone, Debug)]
struct Known {
    hash: String,
    plant: Arc<Plant>,
}

impl Recording {
    /// Returns the recording that traces are, and the zone of times that are written without one.
    pub fn of(traces: &Traces) -> Result<(Self, Tz), Failure> {
        let header = traces.recording().ok_or_else(|| no_recording(traces))?;
        let Configuration { plant, replay, .. } = read(&header.files)?;
        let plant = Arc::new(owned(plant, &header.gateway_id));
        let current = Known { hash: header.configuration_hash.clone(), plant };
        Ok((Self { gateway_id: header.gateway_id.clone(), given: None, current }, replay.zone))
    }

    /// Returns the recording that traces are, if they begin with the very configuration that is given.
    pub fn with(traces: &Traces, hash: &str, plant: &Plant) -> Option<Self> {
        let OwnHeader { gateway_id, configuration_hash, .. } = &**traces.recording()?;
        (configuration_hash == hash).then(|| {
            let plant = Arc::new(owned(plant.clone(), gateway_id));
            let given = Known { hash: hash.to_owned(), plant };
            Self { gateway_id: gateway_id.clone(), current: given.clone(), given: Some(given) }
        })
    }

    /// Returns the plant that runs.
    pub(super) const fn plant(&self) -> &Arc<Plant> {
        &self.current.plant
    }

    /// Tells whether the configuration of this hash runs.
    pub(super) fn runs(&self, hash: &str) -> bool {
        self.current.hash == hash
    }

    /// Takes another configuration of the trace.
    pub(super) fn change_to(&mut self, hash: &str, files: &[OwnFile]) -> Result<(), Failure> {
        self.current = match self.given.as_ref().filter(|given| given.hash == hash) {
            Some(given) => given.clone(),
            None => Known { hash: hash.to_owned(), plant: Arc::new(owned(read(files)?.plant, &self.gateway_id)) },
        };
        Ok(())
    }
}

/// Returns the plant as the gateway ran it: its id may have been a secret.
fn owned(plant: Plant, gateway_id: &str) -> Plant {
    let gateway_id = if gateway_id.is_empty() { plant.gateway_id.clone() } else { gateway_id.to_owned() };
    Plant { gateway_id, ..plant }
}

/// Reads a configuration from the texts in a trace.
fn read(files: &[OwnFile]) -> Result<Configuration, Failure> {
    let Some(first) = files.first() else {
        return Err(Failure::new(Exit::Usage, "the trace holds no configuration; give one with `-c`"));
    };
    let add = |memory: Memory, file: &OwnFile| memory.with(file.path.as_str(), file.text.as_str());
    let memory = files.iter().fold(Memory::default(), add);
    latchwork_config::read(Path::new(&first.path), &WithoutSecrets(&memory)).map_err(|problems| {
        let told = problems.render(Colour::Off);
        Failure::new(Exit::Problems, format_args!("the configuration in the trace cannot be used:\n{told}"))
    })
}

/// Returns why a configuration must be given.
fn no_recording(traces: &Traces) -> Failure {
    let message = match traces.foreign() {
        Some(name) => format!("`{name}` is no trace of a gateway: give the configuration with `-c`"),
        None => "the traces are of several gateways: give the configuration with `-c`".to_owned(),
    };
    Failure::new(Exit::Usage, message)
}
