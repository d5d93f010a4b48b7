//! A server with a certificate of its own, asked by the command line.

use std::fs;
use std::process::Command;

use super::super::folder::Folder;
use super::super::gateway::Gateway;
use super::super::port::free_port;
use super::super::program::program;
use super::scene::{plant, tokens};

#[test]
fn what_is_said_is_encrypted() {
    let (folder, port) = (Folder::new("http-tls"), free_port());
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    fs::write(folder.join("server.pem"), made.cert.pem()).unwrap();
    fs::write(folder.join("server.key"), made.signing_key.serialize_pem()).unwrap();
    let keys = format!("certificate_file = \"server.pem\"\nkey_file = \"server.key\"\n{}", tokens(&folder));
    folder.configure(&plant(port, &keys));
    let gateway = Gateway::start(&folder);
    let call = |url: &str, ca: &[&str]| {
        let mut command = Command::new(program());
        let command = command.args(["tags", "--json", "--url", url]).args(ca).current_dir(folder.path());
        command.env("LATCHWORK_TOKEN", "viewer-token").output().unwrap()
    };
    let url = format!("https://localhost:{port}");
    let believed = call(&url, &["--ca-file", "server.pem"]);
    assert!(believed.status.success(), "{believed:?}");
    assert!(String::from_utf8_lossy(&believed.stdout).contains("\"path\":\"Line/Speed\""));
    assert_eq!(call(&url, &[]).status.code(), Some(3), "its authority is not one that the system trusts");
    assert_eq!(call(&format!("http://localhost:{port}"), &[]).status.code(), Some(3));
    gateway.stop();
}

#[test]
fn a_server_that_cannot_listen_does_not_start() {
    let (folder, port) = (Folder::new("http-taken"), free_port());
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    folder.configure(&plant(port, ""));
    let (code, told) = Gateway::spawn(&folder).ended();
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains(&format!("nothing is served at 127.0.0.1:{port}")), "{told}");
    // Nor does one whose certificate is not there.
    folder.configure(&plant(free_port(), "certificate_file = \"none.pem\"\nkey_file = \"none.key\"\n"));
    let (code, told) = Gateway::spawn(&folder).ended();
    assert!(code == Some(3) && told.contains("none.pem"), "{told}");
}
