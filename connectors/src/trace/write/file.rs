//! A trace as a file: its format and compression by its name.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use latchwork_engine::{Moment, Sample};

use super::{JsonLinesWriter, LongWriter};
use crate::trace::{Catalog, News, OwnHeader, OwnWriter, Packing};

/// Scans of an own trace's frame where nothing waits for it: large frames compress best.
const FRAME_SCANS: u64 = 4096;

/// Writes a trace into a file.
pub struct TraceFile {
    writer: Writer,
    scans: u64,
}

/// The formats.
enum Writer {
    Long(LongWriter<Packed>),
    JsonLines(JsonLinesWriter<Packed>),
    Own(OwnWriter<BufWriter<File>>),
}

/// A file's bytes on their way through a compressor, if it has one.
enum Packed {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

/// What a name says of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Long,
    JsonLines,
    Own,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Zstd,
}

impl TraceFile {
    /// Creates a file: `.csv` is long CSV, `.jsonl` JSON lines, `.lwt` an own trace, which begins with the header;
    /// each may be followed by `.zst`, and the first two by `.gz`.
    pub fn create(path: &Path, header: &OwnHeader) -> io::Result<Self> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some((form, compression)) = form_of(name) else {
            let expected =
                "the name must end in .csv, .jsonl or .lwt, and then perhaps in .zst, or .gz for the first two";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, expected));
        };
        let file = BufWriter::new(File::create(path)?);
        let writer = match form {
            Form::Long => Writer::Long(LongWriter::new(packed(file, compression)?)?),
            Form::JsonLines => Writer::JsonLines(JsonLinesWriter::new(packed(file, compression)?)),
            Form::Own => Writer::Own(OwnWriter::new(file, packing(compression), header)?),
        };
        Ok(Self { writer, scans: 0 })
    }

    /// Adds a scan. Only own traces keep its number, its monotonic time, its bounds and source times.
    pub fn scan(&mut self, catalog: &Catalog, sequence: u64, at: Moment, samples: &[Sample]) -> io::Result<()> {
        self.scans += 1;
        match &mut self.writer {
            Writer::Long(writer) => writer.scan(catalog, at.wall, samples),
            Writer::JsonLines(writer) => writer.scan(catalog, at.wall, samples),
            Writer::Own(writer) => {
                writer.scan(catalog, sequence, at, samples)?;
                if self.scans.is_multiple_of(FRAME_SCANS) { writer.flush() } else { Ok(()) }
            }
        }
    }

    /// Notes that the next scan is of a message that its broker had kept: only own traces keep that.
    pub const fn note_retained(&mut self) {
        if let Writer::Own(writer) = &mut self.writer {
            writer.note_retained();
        }
    }

    /// Hands what was added to the system, for a recording that may be killed.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Long(writer) => writer.flush(),
            Writer::JsonLines(writer) => writer.flush(),
            Writer::Own(writer) => writer.flush(),
        }
    }

    /// Adds a scan that is more than samples: only own traces keep what else it tells, and JSON lines its command. What
    /// began a file that was read is in the header already.
    pub fn news(
        &mut self,
        catalog: &Catalog,
        (sequence, at): (u64, Moment),
        news: &News,
        samples: &[Sample],
    ) -> io::Result<()> {
        let writer = match (&mut self.writer, news) {
            (Writer::Own(writer), _) => writer,
            (Writer::JsonLines(writer), News::Command(command)) => return writer.command(at.wall, command),
            (Writer::Long(_) | Writer::JsonLines(_), _) => return self.scan(catalog, sequence, at, samples),
        };
        match news {
            News::File(_) => Ok(()),
            News::Boot(state) => writer.boot(sequence, at, state),
            News::Reload(change) => writer.reload(sequence, at, change),
            News::Notice(notice) => writer.notice(catalog, sequence, at, notice, samples),
            News::Timer => writer.timer(sequence, at),
            News::Command(command) => writer.command(sequence, at, command),
        }
    }

    /// Writes what is left and ends the file.
    pub fn finish(self) -> io::Result<()> {
        match self.writer {
            Writer::Long(writer) => writer.finish()?.finish(),
            Writer::JsonLines(writer) => writer.finish()?.finish(),
            Writer::Own(writer) => writer.finish()?.flush(),
        }
    }
}

/// Returns what a name says, in any case; `None` when it says nothing that can be written.
fn form_of(name: &str) -> Option<(Form, Compression)> {
    let name = name.to_ascii_lowercase();
    let endings = [(".gz", Compression::Gzip), (".zst", Compression::Zstd)];
    let packed = endings.into_iter().find_map(|(ending, compression)| Some((name.strip_suffix(ending)?, compression)));
    let (name, compression) = packed.unwrap_or((&name, Compression::None));
    let forms = [(".csv", Form::Long), (".jsonl", Form::JsonLines), (".lwt", Form::Own)];
    let (_, form) = forms.into_iter().find(|(ending, _)| name.ends_with(ending))?;
    (form != Form::Own || compression != Compression::Gzip).then_some((form, compression))
}

const fn packing(compression: Compression) -> Packing {
    match compression {
        Compression::None | Compression::Gzip => Packing::Plain,
        Compression::Zstd => Packing::Zstd,
    }
}

fn packed(file: BufWriter<File>, compression: Compression) -> io::Result<Packed> {
    Ok(match compression {
        Compression::None => Packed::Plain(file),
        Compression::Gzip => Packed::Gzip(GzEncoder::new(file, flate2::Compression::default())),
        Compression::Zstd => Packed::Zstd(zstd::Encoder::new(file, zstd::DEFAULT_COMPRESSION_LEVEL)?),
    })
}

impl Packed {
    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(file) => Ok(file),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }?
        .flush()
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_format_and_compression() {
        assert_eq!(form_of("a.csv"), Some((Form::Long, Compression::None)));
        assert_eq!(form_of("a.b.JSONL.gz"), Some((Form::JsonLines, Compression::Gzip)));
        assert_eq!(form_of("a.lwt.zst"), Some((Form::Own, Compression::Zstd)));
        for name in ["a.lwt.gz", "a.parquet", "a", "csv", ".zst"] {
            assert_eq!(form_of(name), None, "{name}");
        }
    }
}
