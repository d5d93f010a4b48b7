//! What a call that keeps state remembers, in a few words.

use super::source::shown_value;
use crate::evaluate::Context;
use crate::monotonic::Monotonic;
use crate::site::{Block, Edge, Memory, Site, Timer};

/// Returns what a call remembers after an evaluation, or remembered before it where that is what it compared with.
/// `frozen` tells whether it is a block that an input froze.
pub(super) fn remembered(before: &Site, after: &Site, frozen: bool, context: &Context<'_>) -> Option<String> {
    match after {
        Site::Fresh | Site::Read { .. } => frozen.then(|| "frozen".to_owned()),
        Site::Last(_) => Some(last(before, context)),
        Site::Block(block) => {
            let words = block_words(before, block, frozen, context.monotonic);
            let frozen = frozen.then(|| "frozen".to_owned());
            let told: Vec<String> = frozen.into_iter().chain(words).collect();
            (!told.is_empty()).then(|| told.join(", "))
        }
    }
}

/// Returns the value that `hasChanged` compared with.
fn last(before: &Site, context: &Context<'_>) -> String {
    match before {
        Site::Last(last) if last.quality.is_good() => format!("was {}", shown_value(&last.value, context.zone)),
        Site::Last(last) => format!("was {} {}", shown_value(&last.value, context.zone), last.quality.name()),
        Site::Fresh | Site::Block(_) | Site::Read { .. } => "first evaluation".to_owned(),
    }
}

fn block_words(before: &Site, block: &Block, frozen: bool, now: Monotonic) -> Option<String> {
    let left = block.due.map(|due| format!(", {} left", seconds(due.micros_since(now)))).unwrap_or_default();
    match &block.memory {
        Memory::Edge(_) => Some(edge(before)),
        Memory::Latch(_) => None,
        Memory::Timer(timer) => Some(running(timer, block, frozen, now) + &left),
        Memory::Counter(counter) => Some(format!("count {}", counter.count)),
        Memory::Watch(watch) => Some(format!("unchanged for {}{left}", seconds(now.micros_since(watch.since)))),
        Memory::Window(window) if window.0.len() == 1 => Some("1 change remembered".to_owned()),
        Memory::Window(window) => Some(format!("{} changes remembered", window.0.len())),
    }
}

/// Returns the input that an edge was looked for against.
fn edge(before: &Site) -> String {
    if let Site::Block(block) = before
        && let Memory::Edge(Edge(Some(input))) = block.memory
    {
        return format!("input was {input}");
    }
    "first evaluation".to_owned()
}

fn running(timer: &Timer, block: &Block, frozen: bool, now: Monotonic) -> String {
    match timer.since {
        None => "not running".to_owned(),
        Some(since) => {
            let over = if block.due.is_none() && !frozen { ", over" } else { "" };
            format!("runs for {}{over}", seconds(now.micros_since(since)))
        }
    }
}

/// Returns a time in seconds, with as many decimals as it has.
fn seconds(micros: i64) -> String {
    let size = micros.unsigned_abs();
    let decimals = format!("{:06}", size % 1_000_000);
    let decimals = decimals.trim_end_matches('0');
    let (sign, point) = (if micros < 0 { "-" } else { "" }, if decimals.is_empty() { "" } else { "." });
    format!("{sign}{}{point}{decimals} s", size / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds() {
        let cases = [(0, "0 s"), (3_000_000, "3 s"), (1_500_000, "1.5 s"), (250, "0.00025 s"), (-2_100_000, "-2.1 s")];
        for (micros, wanted) in cases {
            assert_eq!(seconds(micros), wanted);
        }
    }
}
