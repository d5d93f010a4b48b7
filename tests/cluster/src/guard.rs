//! Who sees to it that a server ends when its test is gone, however that went.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Starts the server `$1` of the directory `$2`, waits until nobody holds the other end of its input, and ends it. The
/// directory goes too, unless `keep` is in it.
pub(crate) const SCRIPT: &str = r#"
"$1" -D "$2/data" >"$2/log" 2>&1 </dev/null &
server=$!
read -r _
kill -INT $server
wait $server
[ -e "$2/keep" ] || rm -rf "$2"
"#;

/// A shell that runs the script. What ends it is that its input is closed, as it is when our process ends.
#[derive(Debug)]
pub(crate) struct Guard(Child);

impl Guard {
    pub(crate) fn start(mut shell: Command, directory: &Path) -> Self {
        let _absent = fs::remove_file(directory.join("keep"));
        let shell = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(shell.spawn().expect("a shell starts"))
    }

    /// Ends the server and waits for that; its files stay in the directory that is named.
    pub(crate) fn end(mut self, kept: Option<&Path>) {
        if let Some(directory) = kept {
            drop(File::create(directory.join("keep")));
        }
        drop(self.0.stdin.take());
        let _ended = self.0.wait();
    }
}
