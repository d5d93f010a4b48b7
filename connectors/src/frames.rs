//! The frame log: every frame of a connection as it goes over the wire, for whoever has to find out why a device and we
//! do not understand each other. Off unless a connection asks for it.
//!
//! Knows no protocol. A log that cannot be written is told once and left behind: the connection goes on without it.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use latchwork_config::connections::FrameLogSettings;
use latchwork_expr::{Timestamp, instant_text};

use crate::limits::FRAME_BYTES_SHOWN_MAX;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the device or the broker.
    Out,
    /// From it.
    In,
}

/// The frame log of a connection, whose links share it.
#[derive(Clone, Debug)]
pub(crate) struct FrameLog(Arc<Mutex<Pages>>);

/// Two files, of which one is written: when it is full it takes the place of the other.
#[derive(Debug)]
struct Pages {
    settings: FrameLogSettings,
    file: Option<File>,
    written: u64,
    is_given_up: bool,
}

impl FrameLog {
    /// Returns the log that a connection asks for.
    pub(crate) fn of(settings: Option<&FrameLogSettings>) -> Option<Self> {
        let settings = settings?.clone();
        Some(Self(Arc::new(Mutex::new(Pages { settings, file: None, written: 0, is_given_up: false }))))
    }

    /// Notes a frame of so many bytes, of which these are the first.
    pub(crate) fn frame(&self, way: Way, length: usize, bytes: &[u8]) {
        let arrow = match way {
            Way::Out => '>',
            Way::In => '<',
        };
        let shown = &bytes[..bytes.len().min(FRAME_BYTES_SHOWN_MAX)];
        let mut text = format!("{arrow} {length}:");
        for byte in shown {
            // Writing to memory cannot fail.
            let _ = write!(text, " {byte:02x}");
        }
        if shown.len() < length {
            text.push_str(" …");
        }
        self.note(&text);
    }

    /// Notes what happened to the link.
    pub(crate) fn note(&self, text: &str) {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
        let line = format!("{} {text}\n", instant_text(now));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).add(line.as_bytes());
    }
}

impl Pages {
    fn add(&mut self, line: &[u8]) {
        if self.is_given_up {
            return;
        }
        if let Err(error) = self.write(line) {
            let file = self.settings.file.display();
            tracing::warn!(%file, %error, "frames are not logged any more: the file cannot be written");
            self.is_given_up = true;
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        // Both files together are no longer than what is allowed.
        if self.written + line.len() as u64 > self.settings.bytes_max / 2 && self.file.take().is_some() {
            std::fs::rename(&self.settings.file, self.before())?;
        }
        let file = if let Some(file) = &mut self.file {
            file
        } else {
            let file = OpenOptions::new().create(true).append(true).open(&self.settings.file)?;
            self.written = file.metadata()?.len();
            self.file.insert(file)
        };
        self.written += line.len() as u64;
        file.write_all(line)
    }

    /// Returns where the full file goes.
    fn before(&self) -> PathBuf {
        let mut name = self.settings.file.clone().into_os_string();
        name.push(".1");
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("latchwork-frames-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn log(&self, bytes_max: u64) -> FrameLog {
            let settings = FrameLogSettings { file: self.0.join("frames.log"), bytes_max };
            FrameLog::of(Some(&settings)).unwrap()
        }

        fn read(&self, name: &str) -> String {
            std::fs::read_to_string(self.0.join(name)).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone_already = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_line_has_time_direction_length_and_bytes() {
        let folder = Folder::new("line");
        let log = folder.log(1 << 20);
        log.note("= connected");
        log.frame(Way::Out, 3, &[0, 0x1f, 0xff]);
        log.frame(Way::In, FRAME_BYTES_SHOWN_MAX + 1, &[7; FRAME_BYTES_SHOWN_MAX + 1]);
        let text = folder.read("frames.log");
        let lines: Vec<&str> = text.lines().map(|line| line.split_once(' ').unwrap().1).collect();
        assert_eq!(lines[..2], ["= connected", "> 3: 00 1f ff"]);
        let cut_short = format!("< {}:{} …", FRAME_BYTES_SHOWN_MAX + 1, " 07".repeat(FRAME_BYTES_SHOWN_MAX));
        assert_eq!(lines[2], cut_short);
        assert!(text.starts_with("20") && text.contains("Z = connected"), "{text}");
    }

    #[test]
    fn two_files_are_no_longer_than_what_is_allowed() {
        let folder = Folder::new("bound");
        let log = folder.log(2_000);
        for number in 0..200_u8 {
            log.frame(Way::In, 4, &[number; 4]);
        }
        let (now, before) = (folder.read("frames.log"), folder.read("frames.log.1"));
        assert!(now.len() + before.len() <= 2_000 && before.len() > 900);
        assert!(now.ends_with("< 4: c7 c7 c7 c7\n"), "{now}");
        // What goes on later goes on in the same files.
        folder.log(2_000).frame(Way::In, 1, &[1]);
        assert!(folder.read("frames.log").len() + folder.read("frames.log.1").len() <= 2_000);
    }

    #[test]
    fn a_log_that_cannot_be_written_is_left_behind() {
        let settings = FrameLogSettings { file: PathBuf::from("/nowhere/at/all/frames.log"), bytes_max: 1 << 20 };
        let log = FrameLog::of(Some(&settings)).unwrap();
        log.frame(Way::Out, 1, &[1]);
        log.frame(Way::Out, 1, &[1]);
        assert!(log.0.lock().unwrap().is_given_up);
        assert!(FrameLog::of(None).is_none());
    }
}
