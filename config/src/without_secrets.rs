//! Reading a configuration where its secrets are not: from the texts that a trace keeps.

use std::io;
use std::path::Path;

use crate::source::{Listed, Memory, Source};

/// Files in memory whose variables and value files may be missing: the variable's name, or the
/// file's path, stands in for what is not there.
///
/// Names that differ stay different, so no two entries become one. What is derived from such a value
/// differs from what it was with the true one: an id from a location's name, for example.
#[derive(Clone, Copy, Debug)]
pub struct WithoutSecrets<'a>(pub &'a Memory);

impl Source for WithoutSecrets<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<Listed>> {
        self.0.list(directory)
    }

    fn variable(&self, name: &str) -> Option<String> {
        Some(self.0.variable(name).unwrap_or_else(|| name.to_owned()))
    }

    fn value_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        Ok(self.0.read(path).unwrap_or_else(|_| path.display().to_string().into_bytes()))
    }

    fn hides_values(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::{Secret, Wire};
    use crate::{Colour, read};

    const PLANT: &str = r#"
[store]
url = "${STORE}"

[[connections]]
name = "plc"
type = "modbus-tcp"
address = "${PLC}"

[[connections]]
name = "broker"
type = "mqtt"
url = "${BROKER}"
username = "gateway"
password = "file:secrets/broker"

[[tags]]
path = "Line1/Running"
type = "bool"
connection = "plc"
address = "${RUNNING}"

[[tags]]
path = "Line1/State"
connection = "broker"
topic = "${SITE}/state"
"#;

    #[test]
    fn a_configuration_is_read_without_its_variables_and_value_files() {
        let memory = Memory::of("plant.toml", PLANT);
        assert!(read(Path::new("plant.toml"), &memory).is_err());
        let configuration = read(Path::new("plant.toml"), &WithoutSecrets(&memory))
            .unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
        assert_eq!(configuration.store.url.as_deref(), Some("STORE"));
        let [plc, broker] = configuration.connections.as_slice() else { panic!("two connections") };
        assert_eq!((plc.tags.len(), broker.tags.len()), (1, 1));
        let Wire::Mqtt(mqtt) = &broker.wire else { panic!("mqtt") };
        assert_eq!(mqtt.password, Some(Secret("secrets/broker".to_owned())));
        assert_eq!(mqtt.topics[0].filter, "SITE/state");
    }

    #[test]
    fn a_tag_has_the_same_wire_with_and_without_the_secrets() {
        let bare = Memory::of("plant.toml", PLANT);
        let mut full = bare.clone().with("secrets/broker", "s3cret");
        for (name, value) in [
            ("STORE", "sqlite:x.db"),
            ("PLC", "10.0.0.1"),
            ("BROKER", "mqtt://10.0.0.2"),
            ("RUNNING", "DI4"),
            ("SITE", "brewery"),
        ] {
            full.variables.insert(name.to_owned(), value.to_owned());
        }
        let wires = |source: &dyn Source| -> Vec<Option<String>> {
            let plant = read(Path::new("plant.toml"), source).unwrap().plant;
            plant.tags.into_iter().map(|tag| tag.wire).collect()
        };
        assert_eq!(wires(&full), wires(&WithoutSecrets(&bare)));
        assert!(wires(&full).iter().all(Option::is_some));
    }

    #[test]
    fn what_is_there_is_used() {
        let mut memory = Memory::of("plant.toml", "[gateway]\nid = \"gw-${SITE}\"\n");
        let id = |memory: &Memory| read(Path::new("plant.toml"), &WithoutSecrets(memory)).unwrap().plant.gateway_id;
        assert_eq!(id(&memory), "gw-SITE");
        memory.variables.insert("SITE".to_owned(), "brewery".to_owned());
        assert_eq!(id(&memory), "gw-brewery");
    }
}
