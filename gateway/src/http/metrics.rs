//! `/metrics`: numbers for Prometheus, in its text format (version 0.0.4).

use std::fmt::{Display, Write};

use latchwork_expr::{Timestamp, instant_of};
use latchwork_store::outbox::Overview;

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::problem::Outcome;
use super::site::Site;
use crate::live::{TIME_CLASSES, Times, Vitals};

/// The type of the text.
pub(super) const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Numbers as text.
#[derive(Default)]
struct Page(String);

/// What a number is.
#[derive(Clone, Copy)]
enum Is {
    Counter,
    Gauge,
}

/// Shows every number.
pub(super) async fn metrics(asked: Asked) -> Outcome<Answer> {
    let site = &asked.site;
    let vitals = site.vitals().await?;
    let outbox = if vitals.is_publishing { site.store().outbox_overview().await? } else { None };
    let mut page = Page::default();
    page.engine(&vitals);
    page.tags(&vitals);
    page.links(&vitals);
    if let Some(outbox) = outbox {
        page.outbox(&outbox, vitals.now);
    }
    page.server(site);
    Ok(answer::text(KIND, page.0))
}

impl Page {
    fn engine(&mut self, vitals: &Vitals) {
        self.times(
            "scan_duration_seconds",
            "how long the engine took for what it was given at once",
            &vitals.pulse.scans,
        );
        self.times("scan_lag_seconds", "how long what connections brought waited for its scan", &vitals.pulse.lag);
        let counted = &vitals.counters;
        for (name, about, number) in [
            ("scans_total", "scans taken, ever", vitals.scans),
            ("samples_total", "samples that connections brought", vitals.pulse.samples),
            ("faults_total", "evaluations that failed", counted.faults),
            ("starts_held_off_total", "starts within the restart hold-off", counted.held_off),
            ("starts_ignored_total", "starts that an open run made void", counted.ignored),
            ("starts_refused_total", "starts that an open run refused", counted.refused),
            ("sequence_gaps_total", "runs that the PLC counted and nobody saw", counted.sequence_gaps),
        ] {
            self.one(name, Is::Counter, about, number);
        }
        self.one("open_records", Is::Gauge, "records that are open", vitals.open_records);
        self.one("store_up", Is::Gauge, "whether the last commit was done", u8::from(vitals.is_store_written));
        self.one("turns_waiting", Is::Gauge, "turns that wait for the store", vitals.turns_waiting);
    }

    fn tags(&mut self, vitals: &Vitals) {
        let rows = || {
            vitals.tags.iter().map(|(class, ages)| {
                let period = class.period_millis.map_or_else(|| "-".to_owned(), |millis| millis.to_string());
                (labels(&[("connection", &class.connection), ("period_millis", &period)]), ages)
            })
        };
        let count = |number: usize| number.to_string();
        self.head("tags", Is::Gauge, "tags, by how they are fed");
        rows().for_each(|(labels, ages)| self.row("tags", &labels, count(ages.tags)));
        self.head("tags_bad", Is::Gauge, "those of them that are Bad or stale");
        rows().for_each(|(labels, ages)| self.row("tags_bad", &labels, count(ages.bad)));
        self.head("tag_age_seconds", Is::Gauge, "how old the oldest value of the others is");
        rows().for_each(|(labels, ages)| self.row("tag_age_seconds", &labels, seconds(ages.oldest_micros)));
    }

    fn links(&mut self, vitals: &Vitals) {
        self.head("connection_up", Is::Gauge, "whether a connection stands");
        for link in &vitals.links {
            let labels = labels(&[("connection", &link.connection)]);
            self.row("connection_up", &labels, u8::from(link.state() == "up"));
        }
        self.head("connection_counts_total", Is::Counter, "what a connection counted");
        for link in &vitals.links {
            for (count, number) in link.counts() {
                let labels = labels(&[("connection", &link.connection), ("count", count)]);
                self.row("connection_counts_total", &labels, number);
            }
        }
    }

    fn outbox(&mut self, outbox: &Overview, now: Timestamp) {
        let oldest = outbox.oldest_waiting_at.as_deref().and_then(instant_of);
        let age = oldest.map_or(0, |oldest| now.0.saturating_sub(oldest.0).max(0));
        self.one("outbox_waiting", Is::Gauge, "events that wait to be published", outbox.waiting);
        self.one("outbox_age_seconds", Is::Gauge, "how long the oldest of them has waited", seconds(age));
        self.one(
            "outbox_refused",
            Is::Gauge,
            "events that the broker refused and that are tried again",
            outbox.refused,
        );
        self.one("outbox_quarantined", Is::Gauge, "events that are not tried any more", outbox.quarantined);
        self.one("outbox_dropped_total", Is::Counter, "events that a limit dropped", outbox.dropped);
    }

    fn server(&mut self, site: &Site) {
        self.one("events_total", Is::Counter, "events in the log, ever", *site.means.head.borrow());
        self.head("http_requests_total", Is::Counter, "requests, by what became of them");
        for (path, method, status, number) in site.counts.requests() {
            let labels = labels(&[("path", path), ("method", method), ("status", status)]);
            self.row("http_requests_total", &labels, number);
        }
        let (micros, connections, turned_away) = site.counts.totals();
        let took = seconds(i64::try_from(micros).unwrap_or(i64::MAX));
        self.one("http_request_seconds_total", Is::Counter, "how long all of them took together", took);
        self.one("http_connections", Is::Gauge, "clients now", connections);
        self.one("http_streams", Is::Gauge, "streams now", site.places.open());
        self.one("http_turned_away_total", Is::Counter, "clients for whom there was no place", turned_away);
    }

    /// Writes a number without labels.
    fn one(&mut self, name: &str, is: Is, about: &str, number: impl Display) {
        self.head(name, is, about);
        self.row(name, "", number);
    }

    fn head(&mut self, name: &str, is: Is, about: &str) {
        let kind = match is {
            Is::Counter => "counter",
            Is::Gauge => "gauge",
        };
        self.line(format_args!("# HELP latchwork_{name} {about}\n# TYPE latchwork_{name} {kind}"));
    }

    fn row(&mut self, name: &str, labels: &str, number: impl Display) {
        self.line(format_args!("latchwork_{name}{labels} {number}"));
    }

    /// Writes durations by classes: each class holds those of the ones before.
    fn times(&mut self, name: &str, about: &str, times: &Times) {
        self.line(format_args!("# HELP latchwork_{name} {about}\n# TYPE latchwork_{name} histogram"));
        let mut count = 0;
        let bounds = TIME_CLASSES.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        for (bound, number) in bounds.zip(times.classes) {
            count += number;
            self.line(format_args!("latchwork_{name}_bucket{{le=\"{bound}\"}} {count}"));
        }
        self.line(format_args!("latchwork_{name}_sum {}\nlatchwork_{name}_count {count}", times.sum_seconds));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{line}").expect("writing text to memory cannot fail");
    }
}

/// Writes labels: `{name="value"}`.
fn labels(pairs: &[(&str, &str)]) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}=\"{}\"", quoted(value))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// Writes microseconds as seconds.
fn seconds(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_holds_those_before_it() {
        let mut page = Page::default();
        page.times("lag", "how long", &Times { classes: [2, 1, 0, 0, 0, 0, 0, 1], sum_seconds: 20.5 });
        assert!(page.0.contains("latchwork_lag_bucket{le=\"0.00001\"} 2\n"), "{}", page.0);
        assert!(
            page.0.contains("latchwork_lag_bucket{le=\"10\"} 3\nlatchwork_lag_bucket{le=\"+Inf\"} 4\n"),
            "{}",
            page.0
        );
        assert!(page.0.ends_with("latchwork_lag_sum 20.5\nlatchwork_lag_count 4\n"), "{}", page.0);
    }

    #[test]
    fn labels_hold_any_text() {
        assert_eq!(labels(&[("a", "x \"y\"\n\\")]), "{a=\"x \\\"y\\\"\\n\\\\\"}");
        assert_eq!(seconds(1_500_000), "1.500000");
    }
}
