//! A scenario over real lines: read by a Modbus client that others wrote, and told to a broker.

use tokio_modbus::ExceptionCode;
use tokio_modbus::client::{Context, Reader, Writer, tcp};
use tokio_modbus::slave::{Slave, SlaveContext};

use super::*;

const PLANT: &str = r#"
    [modbus]
    bind = "127.0.0.1:0"
    serves = ["HR100-HR110"]
    [[machines]]
    name = "Filler"
    states = [{ name = "Stopped", lasts_millis = 60000, next = "Run" }, { name = "Run" }]
    signals = [
      { name = "Running", modbus = "DI4", in.Run = true, otherwise = false },
      { name = "Mode", modbus = "3!C1", otherwise = true },
      { name = "Speed", modbus = { address = "HR100", data_type = "float32", byte_order = "CDAB" }, otherwise = 120.5 },
      { name = "Count", modbus = { address = "IR10", data_type = "uint32" }, initial = 70000 },
    ]
"#;

/// How long something may take that happens at once on a machine with nothing else to do.
const PATIENCE: Duration = Duration::from_secs(20);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn start(speed: f64, stop: &CancellationToken) -> Running {
    let scenario = Scenario::parse("plant.toml", PLANT).unwrap();
    Simulation::start(scenario, speed, stop.clone()).await.unwrap()
}

async fn client(running: &Running, unit: u8) -> Context {
    tcp::connect_slave(running.modbus.unwrap(), Slave(unit)).await.unwrap()
}

#[test]
fn a_client_reads_values_and_exceptions() {
    runtime().block_on(async {
        let stop = CancellationToken::new();
        let running = start(1.0, &stop).await;
        let mut client = client(&running, 1).await;
        assert_eq!(client.read_discrete_inputs(3, 1).await.unwrap().unwrap(), [false]);
        let words = client.read_holding_registers(99, 11).await.unwrap().unwrap();
        assert_eq!(f32::from_bits((u32::from(words[1]) << 16) | u32::from(words[0])).to_bits(), 120.5_f32.to_bits());
        assert_eq!(words[2..], [0; 9]);
        assert_eq!(client.read_input_registers(9, 2).await.unwrap().unwrap(), [1, 4_464]);
        let beyond = client.read_holding_registers(110, 1).await.unwrap();
        assert_eq!(beyond, Err(ExceptionCode::IllegalDataAddress));
        assert_eq!(client.write_single_register(99, 1).await.unwrap(), Err(ExceptionCode::IllegalFunction));
        client.set_slave(Slave(3));
        assert_eq!(client.read_coils(0, 1).await.unwrap().unwrap(), [true]);
        client.set_slave(Slave(4));
        assert_eq!(client.read_coils(0, 1).await.unwrap(), Err(ExceptionCode::GatewayTargetDevice));
        stop.cancel();
        running.ended().await;
    });
}

#[test]
fn the_speed_is_that_of_the_scenario() {
    runtime().block_on(async {
        let stop = CancellationToken::new();
        // A minute of the scenario is 60 ms: the filler soon runs.
        let running = start(1_000.0, &stop).await;
        let mut client = client(&running, 1).await;
        let runs = async { while client.read_discrete_inputs(3, 1).await.unwrap().unwrap() != [true] {} };
        tokio::time::timeout(PATIENCE, runs).await.unwrap();
        stop.cancel();
        running.ended().await;
    });
}

#[test]
fn many_clients_are_answered_and_too_many_are_turned_away() {
    runtime().block_on(async {
        let stop = CancellationToken::new();
        let running = start(1.0, &stop).await;
        let mut clients = Vec::new();
        for _ in 0..crate::limits::MODBUS_CLIENTS_MAX {
            let mut client = client(&running, 1).await;
            client.read_discrete_inputs(3, 1).await.unwrap().unwrap();
            clients.push(client);
        }
        let mut beyond = client(&running, 1).await;
        let answer = tokio::time::timeout(PATIENCE, beyond.read_discrete_inputs(3, 1)).await.unwrap();
        assert!(answer.is_err(), "{answer:?}");
        clients[0].read_discrete_inputs(3, 1).await.unwrap().unwrap();
        stop.cancel();
        running.ended().await;
    });
}

#[test]
fn a_client_that_sends_no_frame_is_cut_off() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    runtime().block_on(async {
        let stop = CancellationToken::new();
        let running = start(1.0, &stop).await;
        for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0, 1, 0, 0, 0, 1, 1], &[0, 1, 0, 0, 1, 0, 1]] {
            let mut stream = tokio::net::TcpStream::connect(running.modbus.unwrap()).await.unwrap();
            stream.write_all(garbage).await.unwrap();
            let mut rest = Vec::new();
            let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.unwrap();
            assert!(end.is_err() || rest.is_empty(), "{rest:?}");
        }
        stop.cancel();
        running.ended().await;
    });
}

#[test]
fn a_taken_address_and_a_strange_speed_are_told() {
    runtime().block_on(async {
        let stop = CancellationToken::new();
        let running = start(1.0, &stop).await;
        let mut scenario = Scenario::parse("plant.toml", PLANT).unwrap();
        scenario.serve_modbus_at(running.modbus.unwrap());
        let error = Simulation::start(scenario.clone(), 1.0, stop.clone()).await.unwrap_err();
        assert!(error.to_string().starts_with("cannot listen at `127.0.0.1:"), "{error}");
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Simulation::start(scenario.clone(), speed, stop.clone()).await.unwrap_err();
            assert!(matches!(error, SimulatorError::Speed(_)), "{error}");
        }
        drop(running);
    });
}
