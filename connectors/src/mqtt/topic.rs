//! From a message's topic to the tags that it feeds.
//!
//! Pure. Knows nothing of payloads, and no broker.

use std::collections::HashMap;
use std::sync::Arc;

use latchwork_config::connections::{ConnectionTag, Topic, TopicTarget};
use latchwork_expr::Scheme;

use crate::limits::{MQTT_TOPIC_REMEMBERED_BYTES_MAX, MQTT_TOPICS_REMEMBERED_MAX};

/// What a message is for: a subscription's tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The index in the connection's topics: how the payload is read.
    pub(super) topic: usize,
    /// The index in the connection's tags.
    pub(super) tag: usize,
    /// How many subscriptions before this one are for the same tag: each is a scan of its own.
    pub(super) turn: usize,
}

/// Finds what topics are for. Remembers what it found within bounds, in maps whose order an outsider who chooses the
/// topics cannot spoil.
#[derive(Debug)]
pub(super) struct Router {
    /// Filters without wildcards.
    exact: HashMap<String, Vec<usize>>,
    /// The indices of the others.
    wild: Vec<usize>,
    rules: Vec<Rule>,
    tags: HashMap<String, usize>,
    remembered: HashMap<String, Arc<[Target]>>,
}

/// A subscription without its payload.
#[derive(Debug)]
struct Rule {
    filter: String,
    target: TopicTarget,
}

impl Router {
    /// Returns the router of a connection.
    pub(super) fn new(topics: &[Topic], tags: &[ConnectionTag]) -> Self {
        let rules: Vec<Rule> = topics.iter().map(Rule::of).collect();
        let tags = tags.iter().enumerate().map(|(index, tag)| (tag.path.clone(), index)).collect();
        let mut exact: HashMap<String, Vec<usize>> = HashMap::new();
        let mut wild = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if rule.filter.contains(['+', '#']) {
                wild.push(index);
            } else {
                exact.entry(rule.filter.clone()).or_default().push(index);
            }
        }
        Self { exact, wild, rules, tags, remembered: HashMap::new() }
    }

    /// Returns what messages of a topic are for, in the order of the configuration.
    pub(super) fn targets(&mut self, topic: &str) -> Arc<[Target]> {
        if let Some(targets) = self.remembered.get(topic) {
            return Arc::clone(targets);
        }
        let targets: Arc<[Target]> = self.find(topic).into();
        // A topic that is for nobody is not worth remembering: those are what floods are made of.
        if !targets.is_empty() && topic.len() <= MQTT_TOPIC_REMEMBERED_BYTES_MAX {
            self.remember(topic, &targets);
        }
        targets
    }

    fn find(&self, topic: &str) -> Vec<Target> {
        let exact = self.exact.get(topic).map_or(&[][..], Vec::as_slice);
        let mut matching: Vec<usize> = [exact, &self.wild].concat();
        matching.sort_unstable();
        let mut turns: HashMap<usize, usize> = HashMap::new();
        let found = matching.into_iter().filter_map(|rule| Some((rule, self.tag(rule, topic)?)));
        found
            .map(|(rule, tag)| {
                let next = turns.entry(tag).or_default();
                let turn = std::mem::replace(next, *next + 1);
                Target { topic: rule, tag, turn }
            })
            .collect()
    }

    /// Returns the tag that a rule gives a topic; `None` if the rule is not for the topic, or the tag is not there.
    fn tag(&self, rule: usize, topic: &str) -> Option<usize> {
        let Rule { filter, target } = &self.rules[rule];
        let captured = captures(filter, topic)?;
        match target {
            TopicTarget::Tag(tag) => Some(*tag),
            TopicTarget::Pattern(pattern) => self.tags.get(&Scheme::canonical(&fill(pattern, &captured))).copied(),
        }
    }

    fn remember(&mut self, topic: &str, targets: &Arc<[Target]>) {
        if self.remembered.len() >= MQTT_TOPICS_REMEMBERED_MAX {
            self.remembered.clear();
        }
        self.remembered.insert(topic.to_owned(), Arc::clone(targets));
    }
}

impl Rule {
    fn of(topic: &Topic) -> Self {
        Self { filter: unshared(&topic.filter).to_owned(), target: topic.target.clone() }
    }
}

/// Returns the filter that the topics of a shared subscription match: `$share/group/filter` without its group.
pub(super) fn unshared(filter: &str) -> &str {
    let shared = filter.strip_prefix("$share/").and_then(|rest| rest.split_once('/'));
    shared.map_or(filter, |(_, filter)| filter)
}

/// Returns what the wildcards of a filter stand for in a topic: one level for each `+`, the rest for `#`. `None` if
/// the filter does not match (MQTT 3.1.1, section 4.7).
pub(super) fn captures<'a>(filter: &str, topic: &'a str) -> Option<Vec<&'a str>> {
    // 4.7.2: what the broker tells about itself is not for a filter that begins with a wildcard.
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return None;
    }
    let mut captured = Vec::new();
    let mut rest = Some(topic);
    for wanted in filter.split('/') {
        if wanted == "#" {
            // 4.7.1.2: `a/#` is for `a` too.
            captured.push(rest.unwrap_or_default());
            return Some(captured);
        }
        let (level, after) = split_level(rest?);
        match wanted {
            "+" => captured.push(level),
            _ if wanted == level => {}
            _ => return None,
        }
        rest = after;
    }
    rest.is_none().then_some(captured)
}

/// Returns the first level, and what follows its `/` if there is one.
fn split_level(topic: &str) -> (&str, Option<&str>) {
    topic.split_once('/').map_or((topic, None), |(level, rest)| (level, Some(rest)))
}

/// Returns a pattern with `{1}`, `{2}` … replaced. Braces around anything else stand for themselves, which no path has.
fn fill(pattern: &str, captured: &[&str]) -> String {
    let mut path = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let level = after.split_once('}').and_then(|(number, after)| Some((nth(number, captured)?, after)));
        let (shown, after) = level.unwrap_or(("{", after));
        path.push_str(before);
        path.push_str(shown);
        rest = after;
    }
    path.push_str(rest);
    path
}

fn nth<'a>(number: &str, captured: &[&'a str]) -> Option<&'a str> {
    let number: usize = number.parse().ok()?;
    captured.get(number.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::Payload;
    use latchwork_expr::{TagSlot, Type};
    use proptest::prelude::*;

    use super::*;

    fn check(filter: &str, topic: &str, expected: Option<&[&str]>) {
        assert_eq!(captures(filter, topic).as_deref(), expected, "{filter} {topic}");
    }

    #[test]
    fn wildcards_capture_levels() {
        check("a/b", "a/b", Some(&[]));
        check("a/+/c", "a/b/c", Some(&["b"]));
        check("+/+", "/finance", Some(&["", "finance"]));
        check("a/#", "a/b/c", Some(&["b/c"]));
        check("a/#", "a", Some(&[""]));
        check("#", "a/b", Some(&["a/b"]));
        check("+/x/#", "line/x/y/z", Some(&["line", "y/z"]));
        check("a/+", "a/", Some(&[""]));
    }

    #[test]
    fn what_does_not_match() {
        check("a/b", "a/b/c", None);
        check("a/b/c", "a/b", None);
        check("a/+", "a", None);
        check("+", "/finance", None);
        check("a/+", "a/b/c", None);
        check("A", "a", None);
        check("a/#", "ab", None);
    }

    #[test]
    fn the_brokers_own_topics_are_not_for_everyone() {
        check("#", "$SYS/uptime", None);
        check("+/uptime", "$SYS/uptime", None);
        check("$SYS/#", "$SYS/uptime", Some(&["uptime"]));
        check("a/#", "a/$b", Some(&["$b"]));
    }

    #[test]
    fn shared_subscriptions_match_what_they_share() {
        assert_eq!(unshared("$share/group/a/+"), "a/+");
        assert_eq!(unshared("a/$share/b"), "a/$share/b");
    }

    #[test]
    fn patterns_are_filled_once() {
        assert_eq!(fill("{1}/{2}/State", &["{2}", "b"]), "{2}/b/State");
        assert_eq!(fill("{2}{1}{3}{", &["a", "b"]), "ba{3}{");
        assert_eq!(fill("{0}{x}{}", &["a"]), "{0}{x}{}");
    }

    fn topic(filter: &str, target: TopicTarget) -> Topic {
        Topic { filter: filter.to_owned(), qos: 1, target, payload: Payload::Raw }
    }

    fn tag(path: &str) -> ConnectionTag {
        ConnectionTag { path: format!("[default]{path}"), slot: TagSlot(0), kind: Type::Any, shaping: None }
    }

    #[test]
    fn a_message_may_feed_several_tags() {
        let topics = [
            topic("line/+/state", TopicTarget::Pattern("{1}/State".to_owned())),
            topic("line/a/state", TopicTarget::Tag(1)),
            topic("line/a/state", TopicTarget::Tag(0)),
            topic("other", TopicTarget::Tag(2)),
        ];
        let mut router = Router::new(&topics, &[tag("a/State"), tag("x"), tag("y")]);
        let target = |(topic, tag, turn)| Target { topic, tag, turn };
        let expected = [(0, 0, 0), (1, 1, 0), (2, 0, 1)].map(target);
        assert_eq!(*router.targets("line/a/state"), expected);
        assert_eq!(*router.targets("line/a/state"), expected);
        assert!(router.targets("line/b/state").is_empty());
        assert!(router.targets("nowhere").is_empty());
    }

    #[test]
    fn a_flood_of_topics_is_not_remembered() {
        let topics = [topic("#", TopicTarget::Tag(0)), topic("unknown/+", TopicTarget::Pattern("{1}".to_owned()))];
        let mut router = Router::new(&topics, &[tag("a")]);
        for number in 0..=MQTT_TOPICS_REMEMBERED_MAX {
            assert_eq!(router.targets(&format!("t/{number}")).len(), 1);
        }
        assert_eq!(router.remembered.len(), 1);
        assert_eq!(router.targets(&"x".repeat(MQTT_TOPIC_REMEMBERED_BYTES_MAX + 1)).len(), 1);
        assert_eq!(router.remembered.len(), 1);
    }

    proptest! {
        #[test]
        fn a_filter_made_of_a_topic_captures_what_it_left_out(
            levels in prop::collection::vec("[a-z]{0,3}", 1..6),
            open in prop::collection::vec(any::<bool>(), 6),
        ) {
            let filter: Vec<&str> =
                levels.iter().zip(&open).map(|(level, &open)| if open { "+" } else { level.as_str() }).collect();
            let left_out: Vec<&str> =
                levels.iter().zip(&open).filter(|&(_, &open)| open).map(|(level, _)| level.as_str()).collect();
            let topic = levels.join("/");
            prop_assert_eq!(captures(&filter.join("/"), &topic), Some(left_out));
            prop_assert_eq!(captures("#", &topic), Some(vec![topic.as_str()]));
        }

        #[test]
        fn no_filter_topic_or_pattern_panics(filter in ".*", topic in ".*", pattern in ".*") {
            let captured = captures(&filter, &topic).unwrap_or_default();
            let _path = fill(&pattern, &captured);
        }
    }
}
