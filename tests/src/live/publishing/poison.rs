//! An event that the broker refuses: the others go on, it is tried ten times, and then it is shown until somebody decides.

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::patience::until;
use super::refusing::Refusing;
use super::{call, lengthen, plant, stats};

/// The payload of event 20 has it.
const POISON: &str = "\"seq\":20,";

#[test]
fn a_refused_event_is_quarantined_after_ten_times_and_taken_when_somebody_has_it_tried_again() {
    let (folder, broker) = (Folder::new("poison"), Refusing::start(POISON));
    folder.configure(&plant(broker.port(), "version = 5"));
    lengthen(&folder, 40);
    let gateway = Gateway::start(&folder);
    gateway.wait_for_message("event refused by the broker", 1);
    until("the others", || (broker.taken().len() > 40).then_some(()));
    // What was refused survives the gateway.
    until("the refusal written down", || (stats(&folder)["refused"] == 1).then_some(()));
    gateway.kill();
    let gateway = Gateway::start(&folder);
    gateway.wait_for_message("event quarantined", 1);
    assert!(broker.refused().len() >= 10, "{} times", broker.refused().len());
    until("the quarantine written down", || (stats(&folder)["quarantined"] == 1).then_some(()));
    assert_eq!(stats(&folder)["waiting"], 0, "the others were published");

    let listed = String::from_utf8(call(&folder, &["outbox", "list"]).stdout).unwrap();
    assert!(listed.contains("        20  ") && listed.contains("does not accept the payload"), "{listed}");
    let before = broker.taken().len();
    broker.take_all();
    let retried = String::from_utf8(call(&folder, &["outbox", "retry", "20"]).stdout).unwrap();
    assert_eq!(retried, "1 events are tried again\n");
    until("the event", || broker.taken()[before..].iter().any(|message| message.contains(POISON)).then_some(()));
    until("an empty quarantine", || (stats(&folder)["quarantined"] == 0).then_some(()));
    gateway.stop();
    assert_eq!(stats(&folder)["refused"], 0);
}

#[test]
fn a_quarantined_event_can_be_given_up_without_a_gateway() {
    let (folder, broker) = (Folder::new("purge"), Refusing::start(POISON));
    folder.configure(&plant(broker.port(), "version = 5"));
    lengthen(&folder, 40);
    let gateway = Gateway::start(&folder);
    gateway.wait_for_message("event quarantined", 1);
    gateway.stop();
    let purge = |words: &[&str]| String::from_utf8(call(&folder, words).stdout).unwrap();
    assert_eq!(purge(&["outbox", "purge", "19", "21"]), "0 events are given up\n");
    assert_eq!(purge(&["outbox", "purge", "--all", "--format", "json"]), "{\"events\":[20]}\n");
    assert_eq!(stats(&folder)["quarantined"], 0);
    assert_eq!(call(&folder, &["outbox", "purge"]).status.code(), Some(2), "it must be said which");
}
