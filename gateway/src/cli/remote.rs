//! A gateway that is asked over HTTP instead of its socket: the same questions, and the same answers.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use latchwork_config::connections::Tls;
use latchwork_connectors::tls;
use serde_json::{Value as Json, json};

use super::remote_question::Question;
use crate::exit::{Exit, Failure};

/// Names the token, so that it need not stand in a command line that others see.
const TOKEN: &str = "LATCHWORK_TOKEN";

/// How long a connection may take to be made.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Longest answer in bytes that is read: a thousand tags with long values.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// How a gateway is reached over HTTP.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct RemoteArguments {
    /// The gateway's address, such as `http://10.0.0.5:8470`, instead of its socket.
    #[arg(long, value_name = "URL", global = true, conflicts_with = "socket")]
    url: Option<String>,
    /// The token to ask with; better in the variable `LATCHWORK_TOKEN`, for others see command lines.
    #[arg(long, value_name = "TOKEN", global = true, requires = "url")]
    token: Option<String>,
    /// PEM certificates of the authorities that are believed, instead of those that the system trusts.
    #[arg(long, value_name = "FILE", global = true, requires = "url")]
    ca_file: Option<PathBuf>,
}

/// A gateway at an address.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    host: String,
    port: u16,
    tls: Option<Tls>,
    token: Option<String>,
    /// Who asks, if that is said.
    actor: Option<String>,
}

impl RemoteArguments {
    /// Returns the gateway that is meant, if one at an address is.
    pub(super) fn remote(&self, actor: Option<&str>) -> Result<Option<Remote>, Failure> {
        let Some(url) = &self.url else { return Ok(None) };
        let token = self.token.clone().or_else(|| std::env::var(TOKEN).ok()).filter(|token| !token.is_empty());
        let mut remote = Remote::parse(url).ok_or_else(|| {
            Failure::new(Exit::Usage, format_args!("`{url}` is no address such as `http://10.0.0.5:8470`"))
        })?;
        if let Some(tls) = &mut remote.tls {
            tls.ca_file.clone_from(&self.ca_file);
        }
        Ok(Some(Remote { token, actor: actor.map(str::to_owned), ..remote }))
    }
}

impl Remote {
    /// Reads `http://host:port` or `https://host:port`.
    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let standard = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, standard),
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).to_owned();
        let is_host = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
        let tls = (scheme == "https").then(|| Tls { ca_file: None, identity: None, server_name: host.clone() });
        is_host.then_some(Self { host, port, tls, token: None, actor: None })
    }

    /// Asks what would be asked over the socket; the answer is what the socket's would be.
    pub(super) fn exchange(&self, question: &Json) -> Result<Json, Failure> {
        let asked = Question::of(question);
        let (status, date, body) = self.send(&asked).map_err(|error| self.failure(&error))?;
        let read = if asked.wants_text && status == 200 {
            json!({"text": String::from_utf8_lossy(&body)})
        } else {
            serde_json::from_slice(&body).map_err(|error| self.failure(&io::Error::other(error)))?
        };
        Ok(asked.answer(status, date.as_deref(), read))
    }

    fn send(&self, asked: &Question) -> io::Result<(u16, Option<String>, Vec<u8>)> {
        let mut stream = self.connect()?;
        stream.write_all(self.request(asked).as_bytes())?;
        let mut answer = Vec::new();
        stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
        parsed(&answer).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "what answers speaks no HTTP"))
    }

    fn connect(&self) -> io::Result<Box<dyn ReadWrite>> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
        for address in (self.host.as_str(), self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECT_PATIENCE) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE))?;
                    stream.set_write_timeout(Some(PATIENCE))?;
                    return match &self.tls {
                        None => Ok(Box::new(stream)),
                        Some(tls) => Ok(Box::new(tls::encrypted_blocking(tls, stream)?)),
                    };
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn request(&self, asked: &Question) -> String {
        let Self { host, port, token, actor, .. } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let mut head =
            format!("{} {} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n", asked.method, asked.path);
        for (name, value) in [
            ("Authorization", token.as_ref().map(|token| format!("Bearer {token}"))),
            ("Latchwork-Actor", actor.clone()),
        ] {
            let value = value.filter(|value| !value.contains(['\r', '\n']));
            head.extend(value.map(|value| format!("{name}: {value}\r\n")));
        }
        let body = asked.body.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    fn failure(&self, error: &io::Error) -> Failure {
        let (exit, host, port) = (Exit::NotStarted, &self.host, self.port);
        Failure::new(
            exit,
            format_args!(
                "the gateway at `{host}:{port}` did not answer: {error}; whether a command was done is not known"
            ),
        )
    }
}

/// What is read and written.
trait ReadWrite: Read + Write {}

impl<S: Read + Write> ReadWrite for S {}

/// Takes an answer apart: its status, its date, its body. The gateway says how long each body is, and closes.
fn parsed(answer: &[u8]) -> Option<(u16, Option<String>, Vec<u8>)> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let header = |name: &str| {
        let mut pairs = head.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let body = &answer[end + 4..];
    let length: usize = header("content-length")?.parse().ok()?;
    (body.len() == length).then(|| (status, header("date"), body.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let read = |url: &str| Remote::parse(url).map(|remote| (remote.host, remote.port, remote.tls.is_some()));
        assert_eq!(read("http://10.0.0.5:8470"), Some(("10.0.0.5".to_owned(), 8470, false)));
        assert_eq!(read("https://plant.example/"), Some(("plant.example".to_owned(), 443, true)));
        assert_eq!(read("http://[::1]:8470"), Some(("::1".to_owned(), 8470, false)));
        assert_eq!(read("http://[::1]"), Some(("::1".to_owned(), 80, false)));
        for wrong in ["10.0.0.5:8470", "ftp://a", "http://", "http://a:b", "http://a/b", "http://u@a"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_answer_that_breaks_off_is_none() {
        let answer = b"HTTP/1.1 200 OK\r\ndate: Sun, 22 Nov 2026 19:00:00 GMT\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(parsed(answer).unwrap().2, b"{}");
        assert_eq!(parsed(&answer[..answer.len() - 1]), None);
        assert_eq!(parsed(b"SSH-2.0\r\n\r\n"), None);
    }
}
