//! The socket in the data directory: commands as JSON lines from whoever may open it, which is its owner.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use latchwork_engine::{Ask, Command, CommandError};
use latchwork_store::jobs::Door;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::OwnedReadHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::commands::Request;
use super::errands::Errand;
use super::inquiries::{Inquiry, Wish, ask_for_connections, care_for};
use super::jobs::{JobRequest, ask_of_jobs, from_socket};
use super::limits::{COMMAND_BYTES_MAX, COMMAND_CLIENTS_MAX};
use super::publisher::Care;
use super::tag_pages::TagWish;

/// The name of the socket in the data directory.
pub const SOCKET: &str = "latchwork.sock";

/// Where what people ask goes.
#[derive(Clone, Debug)]
pub(crate) struct Doors {
    pub(crate) commands: mpsc::Sender<Request>,
    pub(crate) jobs: mpsc::Sender<JobRequest>,
    pub(crate) inquiries: mpsc::Sender<Inquiry>,
    pub(crate) errands: mpsc::Sender<Errand>,
}

/// The socket while it is listened to; it goes with this.
#[derive(Debug)]
pub(super) struct Socket {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Socket {
    /// Listens in a data directory. What is asked goes through the doors.
    pub(super) fn listen(directory: &Path, doors: Doors) -> io::Result<Self> {
        let path = directory.join(SOCKET);
        let listener = bind(directory, &path)?;
        Ok(Self { path, task: tokio::spawn(accept(listener, doors)) })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "socket not removed");
        }
    }
}

/// Binds the socket where nobody else can see it before it has its permissions; then it takes its place, and that of one
/// that a killed gateway left.
fn bind(directory: &Path, path: &Path) -> io::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::Error::new(io::ErrorKind::AddrInUse, "another gateway answers there"));
    }
    let hidden = directory.join(".sock");
    match fs::remove_dir_all(&hidden) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    DirBuilder::new().recursive(true).mode(0o700).create(&hidden)?;
    let bound = hidden.join("s");
    let listener = UnixListener::bind(&bound)?;
    fs::set_permissions(&bound, Permissions::from_mode(0o600))?;
    fs::rename(&bound, path)?;
    fs::remove_dir(&hidden)?;
    Ok(listener)
}

/// Takes clients, a bounded number at a time.
async fn accept(listener: UnixListener, doors: Doors) {
    let clients = Arc::new(Semaphore::new(COMMAND_CLIENTS_MAX));
    while let Ok(place) = Arc::clone(&clients).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let doors = doors.clone();
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &doors).await {
                        tracing::debug!(%error, "a client of the socket went away");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file handles, most likely: trying again at once would only burn the processor.
                tracing::warn!(%error, "no client of the socket can be taken");
                tokio::time::sleep(super::limits::ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers a client's lines, one after the other, until it goes away or writes too long a line.
async fn serve(stream: UnixStream, doors: &Doors) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let mut line = Vec::new();
    while read_line(&mut lines, &mut line).await? {
        let Some(answer) = answer(&line, doors).await else { return Ok(()) };
        write.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    if line.len() as u64 > COMMAND_BYTES_MAX {
        let answer = refusal(413, "TooLong", &format!("a command is at most {COMMAND_BYTES_MAX} bytes"));
        write.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    Ok(())
}

/// Reads a line; false at the end and at one that is too long.
async fn read_line(lines: &mut BufReader<OwnedReadHalf>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let length = lines.take(COMMAND_BYTES_MAX + 1).read_until(b'\n', line).await?;
    Ok(length > 0 && length as u64 <= COMMAND_BYTES_MAX)
}

/// Returns the answer to a line; `None` if the gateway ends before there is one.
async fn answer(line: &[u8], doors: &Doors) -> Option<Json> {
    let json = match serde_json::from_slice::<Json>(line) {
        Ok(json) => json,
        Err(error) => return Some(refusal(400, "BadRequest", &error.to_string())),
    };
    if let Some(wish) = json.get("explain") {
        return match Wish::of(wish) {
            Ok(wish) => wish.ask(&doors.inquiries).await,
            Err(reason) => Some(refusal(422, "BadInfo", &reason)),
        };
    }
    if let Some(wish) = json.get("tags") {
        return match TagWish::of(wish) {
            Ok(wish) => wish.ask(&doors.inquiries).await,
            Err(reason) => Some(refusal(422, "BadInfo", &reason)),
        };
    }
    if let Some(order) = json.get("outbox") {
        return match Care::of(order) {
            Ok(care) => care_for(care, &doors.inquiries).await,
            Err(reason) => Some(refusal(422, "BadInfo", &reason)),
        };
    }
    if let Some(wish) = json.get("connections") {
        return match wish.as_object() {
            Some(keys) if keys.is_empty() => ask_for_connections(&doors.inquiries).await,
            Some(_) | None => Some(refusal(422, "BadInfo", "`connections` must be an empty object")),
        };
    }
    if let Some(asked) = from_socket(&json) {
        return match asked {
            Ok(work) => ask_of_jobs(work, &doors.jobs).await,
            Err(error) => Some(refusal(error.kind.status(), error.kind.name(), &error.text)),
        };
    }
    let command = match Command::from_json(json) {
        Ok(Command { ask: Ask::Abandon(_), .. }) => {
            return Some(refusal(404, "UnknownEventType", "the gateway asks that of itself only"));
        }
        Ok(command) => command,
        Err(error) => return Some(refused(&error)),
    };
    let (answer, answered) = oneshot::channel();
    doors.commands.send(Request { command, door: Door::Socket, key: None, answer }).await.ok()?;
    answered.await.ok()
}

fn refused(error: &CommandError) -> Json {
    match error {
        CommandError::Type(_) => refusal(404, "UnknownEventType", &error.to_string()),
        CommandError::Form(_) | CommandError::Info(..) => refusal(422, "BadInfo", &error.to_string()),
    }
}

pub(super) fn refusal(status: u16, name: &str, detail: &str) -> Json {
    json!({"status": status, "error": name, "detail": detail})
}
