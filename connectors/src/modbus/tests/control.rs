//! Why the guard exists: what the library's own client makes of the same answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_modbus::Slave;
use tokio_modbus::client::{Reader, tcp};

use super::bench::Bench;
use super::device::{Asked, Devices, Script, after, numbered};
use super::plant::{PERIOD, modbus, point};
use crate::modbus::dial::Dial;

/// A device whose second answer comes after its timeout, and every other one at once.
fn late_once() -> Script {
    Arc::new(|asked: Asked| after(if asked.number == 1 { 1500 } else { 5 }, numbered(asked)))
}

#[tokio::test(start_paused = true)]
async fn the_plain_client_never_recovers_from_one_late_answer() {
    let stream = Devices::new([Some(late_once())]).dial().await.unwrap();
    let mut client = tcp::attach_slave(stream, Slave(1));
    let limit = Duration::from_secs(1);
    assert_eq!(timeout(limit, client.read_holding_registers(0, 1)).await.unwrap().unwrap(), Ok(vec![0]));
    assert!(timeout(limit, client.read_holding_registers(0, 1)).await.is_err());
    tokio::time::sleep(limit).await;
    for _ in 0..20 {
        tokio::time::sleep(PERIOD.unwrap()).await;
        // The device answers each of them, at once and rightly; the client reads the answer before it.
        let answer = timeout(limit, client.read_holding_registers(0, 1)).await.unwrap();
        assert!(answer.unwrap_err().to_string().starts_with("mismatching headers"));
    }
}

#[tokio::test(start_paused = true)]
async fn ours_does() {
    let mut bench = Bench::new(&modbus(vec![point(0)]), [Some(late_once())]);
    let told = bench.told_until(3_000).await;
    assert_eq!(told[..4], ["Press up", "T0=0", "T0=Bad_Failure", "T0=2"]);
    assert!(told[3..].iter().all(|line| !line.contains("Bad")), "{told:?}");
}

/// A device that tells one register where two were asked for: whose value it is, nobody knows.
#[tokio::test(start_paused = true)]
async fn the_plain_client_takes_an_answer_of_another_length() {
    let short: Script = Arc::new(|asked| after(5, super::device::words(asked, &[7])));
    let stream = Devices::new([Some(short.clone())]).dial().await.unwrap();
    let mut client = tcp::attach_slave(stream, Slave(1));
    let request = tokio_modbus::Request::ReadHoldingRegisters(0, 2);
    let answer = tokio_modbus::client::Client::call(&mut client, request).await.unwrap();
    assert_eq!(answer, Ok(tokio_modbus::Response::ReadHoldingRegisters(vec![7])));

    let mut bench = Bench::new(&modbus(vec![point(0), point(1)]), [Some(short)]);
    assert_eq!(bench.told_until(100).await, ["Press up", "T0=Bad_Failure T1=Bad_Failure"]);
}
