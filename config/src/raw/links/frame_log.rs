//! The keys of a connection that say where its frames are logged.

use crate::connections::FrameLogSettings;
use crate::limits::{FRAME_LOG_BYTES_MAX, FRAME_LOG_BYTES_MIN};
use crate::problems;
use crate::reader::Reader;

/// The bytes of a log of frames, if the file does not say: some hours of a device that is polled every second.
const BYTES: u64 = 16 << 20;

/// Reads where frames are logged, relative to the file in which that is named.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<FrameLogSettings> {
    let size = "frame_log_bytes_max";
    if !reader.has("frame_log") {
        if let Some(place) = reader.key_place(size) {
            reader.problem(
                problems::NO_EFFECT,
                place,
                format!("`{size}` has no effect: there is no `frame_log`"),
                None,
            );
        }
        reader.pass_over(&["frame_log", size]);
        return None;
    }
    let written = reader.name("frame_log");
    let bytes_max = reader.whole_or(size, FRAME_LOG_BYTES_MIN..=FRAME_LOG_BYTES_MAX, BYTES);
    let written = written?;
    Some(FrameLogSettings { file: reader.desk.folder(written.place).join(written.value), bytes_max })
}
