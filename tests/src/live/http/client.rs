//! A client over a plain socket, so that the tests say exactly what they mean to, also what no library would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use serde_json::Value as Json;

use super::super::patience::PATIENCE;

/// Asks a gateway on this machine.
#[derive(Clone, Debug)]
pub(super) struct Client {
    port: u16,
    headers: Vec<(String, String)>,
}

/// What a gateway answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

/// A message of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: String,
    pub(super) id: Option<u64>,
    pub(super) text: String,
}

/// A stream of messages.
#[derive(Debug)]
pub(super) struct Messages(BufReader<TcpStream>);

impl Client {
    pub(super) const fn new(port: u16) -> Self {
        Self { port, headers: Vec::new() }
    }

    /// Returns a client that says this in every request.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// Returns a client with a token.
    pub(super) fn token(&self, token: &str) -> Self {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    pub(super) fn put(&self, path: &str, body: &Json) -> Answer {
        self.send("PUT", path, &body.to_string())
    }

    pub(super) fn post(&self, path: &str, body: &Json) -> Answer {
        self.send("POST", path, &body.to_string())
    }

    pub(super) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send_bytes(method, path, body.as_bytes())
    }

    pub(super) fn send_bytes(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut stream = self.connect();
        let length = format!("Content-Length: {}\r\nConnection: close\r\n", body.len());
        // A server that refuses what comes closes before all of it came: its answer is there all the same.
        let head = self.head(method, path, &length);
        let _refused = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        Answer::read(&mut BufReader::new(stream))
    }

    /// Opens a stream; `None` if that is refused.
    pub(super) fn stream(&self, path: &str) -> Result<Messages, Answer> {
        let mut stream = self.connect();
        stream.write_all(self.head("GET", path, "").as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let answer = Answer::read_head(&mut reader);
        if answer.status == 200 {
            return Ok(Messages(reader));
        }
        Err(answer)
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn head(&self, method: &str, path: &str, more: &str) -> String {
        let headers: String = self.headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        let has_host = self.headers.iter().any(|(name, _)| name == "Host");
        let host = if has_host { String::new() } else { format!("Host: 127.0.0.1:{}\r\n", self.port) };
        format!("{method} {path} HTTP/1.1\r\n{host}{headers}{more}\r\n")
    }
}

impl Answer {
    /// Reads an answer that ends with its connection.
    pub(super) fn read(reader: &mut impl BufRead) -> Self {
        let mut answer = Self::read_head(reader);
        let mut body = Vec::new();
        // A server that did not read all that was sent resets the connection behind its answer.
        let _reset = reader.read_to_end(&mut body);
        answer.body = String::from_utf8(body).unwrap();
        if let Some(length) = answer.header("content-length") {
            assert_eq!(length.parse::<usize>().unwrap(), answer.body.len(), "{answer:?}");
        }
        answer
    }

    fn read_head(reader: &mut impl BufRead) -> Self {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            assert!(reader.read_line(&mut line).unwrap() > 0, "no answer: {lines:?}");
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines[1..].iter().map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: String::new() }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Returns the JSON of a success.
    pub(super) fn done(&self) -> Json {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }

    /// Sees to it that nothing was done, for this reason.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, name: &str) -> Json {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let json = self.json();
        assert_eq!((&json["error"], &json["status"]), (&Json::from(name), &Json::from(status)), "{self:?}");
        json
    }
}

impl Messages {
    /// Returns the next message of a kind; others are passed over.
    pub(super) fn next(&mut self, kind: &str) -> Message {
        loop {
            let message = self.any().unwrap_or_else(|| panic!("the stream ended before a message `{kind}`"));
            if message.kind == kind {
                return message;
            }
        }
    }

    /// Returns the next message; `None` when the stream has ended.
    pub(super) fn any(&mut self) -> Option<Message> {
        let mut message = Message::default();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if let Some(kind) = line.strip_prefix("event: ") {
                kind.clone_into(&mut message.kind);
            } else if let Some(id) = line.strip_prefix("id: ") {
                message.id = Some(id.parse().unwrap());
            } else if let Some(text) = line.strip_prefix("data: ") {
                text.clone_into(&mut message.text);
            } else if line.is_empty() && !message.kind.is_empty() {
                return Some(message);
            }
            // What else there is are lengths of pieces, comments, and how long to wait.
        }
    }
}

impl Message {
    pub(super) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Reads all that comes until the other side closes.
pub(super) fn rest(stream: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    let _reset = stream.read_to_end(&mut rest);
    String::from_utf8_lossy(&rest).into_owned()
}
