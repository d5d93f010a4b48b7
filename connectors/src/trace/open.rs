//! From a path to bytes: files, standard input, gzip and zstd.
//!
//! Knows endings and magic numbers of compression, and no format of traces.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

use super::error::{TraceError, TraceProblem};

/// The path that means standard input.
const STANDARD_INPUT: &str = "-";

/// The longest magic number that is looked for.
const MAGIC_BYTES: usize = 4;

/// A stream of a trace's bytes.
pub type Bytes = Box<dyn Read + Send>;

/// An opened trace.
pub(crate) struct Opened {
    pub(crate) name: Arc<str>,
    /// Decompressed.
    pub(crate) bytes: Bytes,
    pub(crate) meter: Meter,
}

/// How far a file has been read, in bytes as they lie on the disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    read: Arc<AtomicU64>,
    /// `None` for streams that do not tell their length.
    pub(crate) total: Option<u64>,
}

impl Meter {
    pub(crate) fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// Compression, as the bytes or the name tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Zstd,
}

/// Tells whether a path means standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// Opens a file or standard input.
pub(crate) fn open(path: &Path) -> Result<Opened, TraceError> {
    if is_standard_input(path) {
        return open_stream("standard input", Box::new(io::stdin()), None);
    }
    let name: Arc<str> = path.to_string_lossy().into();
    let file = File::open(path).map_err(|error| not_opened(&name, error))?;
    let metadata = file.metadata().map_err(|error| TraceError::new(&name, TraceProblem::Io(error)))?;
    if metadata.is_dir() {
        return Err(TraceError::new(&name, TraceProblem::Directory));
    }
    // A pipe has no length that says anything.
    let total = metadata.is_file().then_some(metadata.len());
    open_stream(&name, Box::new(file), total)
}

/// Opens a stream; its name stands in errors, and its ending counts.
pub(crate) fn open_stream(name: &str, stream: Bytes, total: Option<u64>) -> Result<Opened, TraceError> {
    let name: Arc<str> = name.into();
    let meter = Meter { read: Arc::default(), total };
    let mut stream = Metered { stream, read: Arc::clone(&meter.read) };
    let magic = first_bytes(&mut stream).map_err(|error| TraceError::reading(&name, error))?;
    let compression = compression(&name, &magic)?;
    let whole = io::Cursor::new(magic).chain(stream);
    let bytes: Bytes = match compression {
        Compression::None => Box::new(whole),
        Compression::Gzip => Box::new(MultiGzDecoder::new(whole)),
        Compression::Zstd => Box::new(ZstdDecoder::new(whole).map_err(|error| TraceError::reading(&name, error))?),
    };
    Ok(Opened { name, bytes, meter })
}

fn not_opened(name: &Arc<str>, error: io::Error) -> TraceError {
    let problem = if error.kind() == io::ErrorKind::NotFound { TraceProblem::Missing } else { TraceProblem::Io(error) };
    TraceError::new(name, problem)
}

fn first_bytes(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut magic = Vec::with_capacity(MAGIC_BYTES);
    stream.take(MAGIC_BYTES as u64).read_to_end(&mut magic)?;
    Ok(magic)
}

fn compression(name: &Arc<str>, magic: &[u8]) -> Result<Compression, TraceError> {
    let told = match magic {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Compression::Zstd,
        _ => Compression::None,
    };
    let refused = |problem| Err(TraceError::new(name, problem));
    match Path::new(&**name).extension().and_then(|ending| ending.to_str()) {
        _ if magic.is_empty() => refused(TraceProblem::Empty),
        Some("gz") if told != Compression::Gzip => refused(TraceProblem::NotCompressed(".gz")),
        Some("zst") if told != Compression::Zstd => refused(TraceProblem::NotCompressed(".zst")),
        Some(_) | None => Ok(told),
    }
}

/// Counts what is read.
struct Metered {
    stream: Bytes,
    read: Arc<AtomicU64>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.stream.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression as Level;
    use flate2::write::GzEncoder;

    use super::*;

    fn text(name: &str, bytes: Vec<u8>) -> Result<String, TraceError> {
        let mut opened = open_stream(name, Box::new(io::Cursor::new(bytes)), None)?;
        let mut text = String::new();
        opened.bytes.read_to_string(&mut text).map_err(|error| TraceError::reading(&opened.name, error))?;
        Ok(text)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn the_first_bytes_tell_the_compression_of_a_stream() {
        assert_eq!(text("-", b"abc".to_vec()).unwrap(), "abc");
        assert_eq!(text("-", gzip(b"abc")).unwrap(), "abc");
        assert_eq!(text("-", zstd::encode_all(b"abc".as_slice(), 0).unwrap()).unwrap(), "abc");
    }

    #[test]
    fn gzip_members_and_zstd_frames_follow_each_other() {
        assert_eq!(text("a.gz", [gzip(b"abc"), gzip(b"def")].concat()).unwrap(), "abcdef");
        let frame = zstd::encode_all(b"abc".as_slice(), 0).unwrap();
        assert_eq!(text("a.zst", [frame.clone(), frame].concat()).unwrap(), "abcabc");
    }

    #[test]
    fn a_cut_stream_is_told() {
        for whole in [gzip(&[7; 1000]), zstd::encode_all([7_u8; 1000].as_slice(), 0).unwrap()] {
            let error = text("-", whole[..whole.len() - 3].to_vec()).unwrap_err();
            assert!(matches!(error.problem(), TraceProblem::CutOff), "{error}");
        }
    }

    #[test]
    fn an_ending_must_hold_what_it_says() {
        let error = text("a.csv.gz", b"timestamp,a\n".to_vec()).unwrap_err();
        assert!(matches!(error.problem(), TraceProblem::NotCompressed(".gz")));
        assert!(matches!(text("a.csv", Vec::new()).unwrap_err().problem(), TraceProblem::Empty));
    }

    #[test]
    fn a_missing_file_and_a_directory_are_told_apart() {
        let missing = open(Path::new("/nowhere/at/all.csv")).err().unwrap();
        assert!(matches!(missing.problem(), TraceProblem::Missing));
        let directory = open(Path::new("/")).err().unwrap();
        assert!(matches!(directory.problem(), TraceProblem::Directory));
    }
}
