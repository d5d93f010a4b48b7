//! From a message's topic to the tags that it feeds, and to what of its payload is wanted for them.
//!
//! Knows no broker, and of a payload only where things stand in it.

use std::collections::HashMap;
use std::sync::Arc;

use latchwork_config::connections::{ConnectionTag, Payload, Topic, TopicTarget};
use latchwork_expr::Scheme;

use super::chart::{Chart, Form, GroupSlots, Slots};
use crate::limits::{MQTT_TOPIC_REMEMBERED_BYTES_MAX, MQTT_TOPICS_REMEMBERED_MAX};

/// What the messages of a topic are for.
#[derive(Debug, Default)]
pub(super) struct Route {
    /// One value for one tag each, in the order of the configuration.
    pub(super) targets: Vec<Target>,
    /// Many points each.
    pub(super) groups: Vec<Group>,
    /// What is wanted of a JSON document; `None` if the payload is none.
    pub(super) chart: Option<Chart>,
}

/// What a message is for: a subscription's tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The index in the connection's topics.
    pub(super) topic: usize,
    /// The index in the connection's tags.
    pub(super) tag: usize,
    /// How many subscriptions before this one are for the same tag: each is a scan of its own.
    pub(super) turn: usize,
    /// How its value is read.
    pub(super) reads: Reads,
}

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// The whole text.
    Raw,
    /// Out of a document.
    Json(Slots),
    /// The whole text, which is a document.
    Document(Slots),
}

/// The points of a subscription.
#[derive(Debug)]
pub(super) struct Group {
    /// The index in the connection's topics.
    pub(super) topic: usize,
    pub(super) tags: GroupTags,
    pub(super) slots: GroupSlots,
}

/// Whose points these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GroupTags {
    /// One tag's.
    One(usize),
    /// Those of the tags whose paths are a name between these two.
    Named {
        /// What stands before the name.
        before: String,
        /// What stands behind it.
        behind: String,
    },
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
    remembered: HashMap<String, Arc<Route>>,
    /// Memory for a path.
    path: String,
}

/// A subscription.
#[derive(Debug)]
struct Rule {
    filter: String,
    target: TopicTarget,
    payload: Payload,
}

/// Finds the tags of points by their names.
pub(super) struct Names<'a> {
    tags: &'a HashMap<String, usize>,
    groups: &'a [Group],
    path: &'a mut String,
}

impl Route {
    /// Tells whether it leads nowhere.
    pub(super) const fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.groups.is_empty()
    }
}

impl Names<'_> {
    /// Returns the tag of a group's point.
    pub(super) fn tag(&mut self, group: usize, name: &str) -> Option<usize> {
        named(&self.groups[group].tags, name, self.tags, self.path)
    }
}

/// Returns the tag of a point; `path` is memory for its path.
fn named(of: &GroupTags, name: &str, tags: &HashMap<String, usize>, path: &mut String) -> Option<usize> {
    match of {
        GroupTags::One(tag) => Some(*tag),
        GroupTags::Named { before, behind } => {
            path.clear();
            let first = if before.is_empty() { name } else { before };
            if !first.starts_with('[') {
                path.push_str(DEFAULT_PROVIDER);
            }
            for part in [before, name, behind] {
                path.push_str(part);
            }
            tags.get(path.as_str()).copied()
        }
    }
}

/// What stands before a path that names no provider.
const DEFAULT_PROVIDER: &str = "[default]";

impl GroupTags {
    /// Tells whether a tag may be meant.
    fn may_be(&self, tag: usize, path: &str) -> bool {
        match self {
            Self::One(one) => *one == tag,
            Self::Named { before, behind } => {
                let is_between =
                    |path: &str| path.strip_prefix(before.as_str()).is_some_and(|rest| rest.ends_with(behind.as_str()));
                is_between(path) || path.strip_prefix(DEFAULT_PROVIDER).is_some_and(is_between)
            }
        }
    }
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
        Self { exact, wild, rules, tags, remembered: HashMap::new(), path: String::new() }
    }

    /// Returns what messages of a topic are for.
    pub(super) fn route(&mut self, topic: &str) -> Arc<Route> {
        if let Some(route) = self.remembered.get(topic) {
            return Arc::clone(route);
        }
        let route = Arc::new(self.find(topic));
        // A topic that is for nobody is not worth remembering: those are what floods are made of.
        if !route.is_empty() && topic.len() <= MQTT_TOPIC_REMEMBERED_BYTES_MAX {
            self.remember(topic, &route);
        }
        route
    }

    /// Returns what finds the tags of a route's points.
    pub(super) fn names<'a>(&'a mut self, route: &'a Route) -> Names<'a> {
        Names { tags: &self.tags, groups: &route.groups, path: &mut self.path }
    }

    /// Returns the tag of a group's point.
    pub(super) fn tag_of(&mut self, group: &Group, name: &str) -> Option<usize> {
        named(&group.tags, name, &self.tags, &mut self.path)
    }

    /// Returns the tags that a group's points may be of. Looks at every tag: for what seldom happens.
    pub(super) fn tags_of(&self, group: &Group) -> Vec<usize> {
        let may_be = |(path, tag): (&String, &usize)| group.tags.may_be(*tag, path).then_some(*tag);
        let mut tags: Vec<usize> = self.tags.iter().filter_map(may_be).collect();
        tags.sort_unstable();
        tags
    }

    fn find(&self, topic: &str) -> Route {
        let exact = self.exact.get(topic).map_or(&[][..], Vec::as_slice);
        let mut matching: Vec<usize> = [exact, &self.wild].concat();
        matching.sort_unstable();
        let (mut route, mut turns) = (Route::default(), HashMap::<usize, usize>::new());
        for rule in matching {
            let Some(captured) = captures(&self.rules[rule].filter, topic) else { continue };
            self.add(rule, &captured, &mut route, &mut turns);
        }
        route
    }

    /// Adds what a rule makes of a topic, whose wildcards have captured these levels.
    fn add(&self, index: usize, captured: &[&str], route: &mut Route, turns: &mut HashMap<usize, usize>) {
        let Rule { payload, target, .. } = &self.rules[index];
        let (form, paths) = match payload {
            Payload::Object(paths) => (Form::Members, paths),
            Payload::Array(paths) => (Form::Elements, paths),
            Payload::Raw | Payload::Json(_) | Payload::Document(_) => {
                let Some(tag) = self.tag(target, captured) else { return };
                let next = turns.entry(tag).or_default();
                let turn = std::mem::replace(next, *next + 1);
                let reads = route.reads(payload);
                return route.targets.push(Target { topic: index, tag, turn, reads });
            }
        };
        let Some(tags) = self.group_tags(target, captured) else { return };
        let slots = route.chart.get_or_insert_default().add_points(form, paths);
        route.groups.push(Group { topic: index, tags, slots });
    }

    /// Returns the one tag that a target is; `None` if it is not there.
    fn tag(&self, target: &TopicTarget, captured: &[&str]) -> Option<usize> {
        match target {
            TopicTarget::Tag(tag) => Some(*tag),
            TopicTarget::Pattern(pattern) => self.tags.get(&Scheme::canonical(&fill(pattern, captured))).copied(),
        }
    }

    fn group_tags(&self, target: &TopicTarget, captured: &[&str]) -> Option<GroupTags> {
        if let TopicTarget::Pattern(pattern) = target
            && let Some((before, behind)) = pattern.split_once(NAME)
        {
            return Some(GroupTags::Named { before: fill(before, captured), behind: fill(behind, captured) });
        }
        self.tag(target, captured).map(GroupTags::One)
    }

    fn remember(&mut self, topic: &str, route: &Arc<Route>) {
        if self.remembered.len() >= MQTT_TOPICS_REMEMBERED_MAX {
            self.remembered.clear();
        }
        self.remembered.insert(topic.to_owned(), Arc::clone(route));
    }
}

impl Route {
    /// Returns how the value of a payload is read, and enters what is wanted for that.
    fn reads(&mut self, payload: &Payload) -> Reads {
        match payload {
            Payload::Json(paths) => Reads::Json(self.chart.get_or_insert_default().add(paths)),
            Payload::Document(paths) => Reads::Document(self.chart.get_or_insert_default().add(paths)),
            Payload::Raw | Payload::Object(_) | Payload::Array(_) => Reads::Raw,
        }
    }
}

/// What stands for a point's name in a pattern.
const NAME: &str = "{name}";

impl Rule {
    fn of(topic: &Topic) -> Self {
        let Topic { filter, target, payload, .. } = topic;
        Self { filter: unshared(filter).to_owned(), target: target.clone(), payload: payload.clone() }
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
    use latchwork_config::connections::{JsonPaths, JsonStep, PointPaths, TimeUnit};
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
        let target = |(topic, tag, turn)| Target { topic, tag, turn, reads: Reads::Raw };
        let expected = [(0, 0, 0), (1, 1, 0), (2, 0, 1)].map(target);
        assert_eq!(router.route("line/a/state").targets, expected);
        assert_eq!(router.route("line/a/state").targets, expected);
        assert!(router.route("line/b/state").is_empty());
        assert!(router.route("nowhere").is_empty());
    }

    fn points(name: Option<&str>) -> PointPaths {
        let each = JsonPaths { value: Vec::new(), time: None, time_unit: TimeUnit::Millis, quality: None };
        let name = name.map(|name| vec![JsonStep::Key(name.to_owned())]);
        PointPaths { points: Vec::new(), name, each, shared_time: None, shared_quality: None }
    }

    #[test]
    fn points_find_their_tags_by_name() {
        let target = |pattern: &str| TopicTarget::Pattern(pattern.to_owned());
        let topics = [
            Topic { payload: Payload::Object(points(None)), ..topic("line/+", target("{1}/{name}/Now")) },
            Topic { payload: Payload::Array(points(Some("n"))), ..topic("all", target("{name}")) },
            Topic { payload: Payload::Array(points(None)), ..topic("one/+", target("{1}")) },
        ];
        let tags = ["a/Speed/Now", "a/b/State/Now", "b/Speed/Now", "x"].map(tag);
        let mut router = Router::new(&topics, &tags);
        let mut check = |topic: &str, name: &str, expected: Option<usize>| {
            let route = router.route(topic);
            assert_eq!(router.names(&route).tag(0, name), expected, "{topic} {name}");
        };
        check("line/a", "Speed", Some(0));
        check("line/a", "b/State", Some(1));
        check("line/a", "Count", None);
        check("line/b", "Speed", Some(2));
        check("all", "x", Some(3));
        check("all", "[default]x", Some(3));
        check("all", "[other]x", None);
        check("one/x", "whatever", Some(3));
        assert!(router.route("one/y").is_empty());
        let mut tags_of = |topic: &str| {
            let route = router.route(topic);
            router.tags_of(&route.groups[0])
        };
        assert_eq!(tags_of("line/a"), [0, 1]);
        assert_eq!(tags_of("all"), [0, 1, 2, 3]);
        assert_eq!(tags_of("one/x"), [3]);
    }

    #[test]
    fn a_flood_of_topics_is_not_remembered() {
        let topics = [topic("#", TopicTarget::Tag(0)), topic("unknown/+", TopicTarget::Pattern("{1}".to_owned()))];
        let mut router = Router::new(&topics, &[tag("a")]);
        for number in 0..=MQTT_TOPICS_REMEMBERED_MAX {
            assert_eq!(router.route(&format!("t/{number}")).targets.len(), 1);
        }
        assert_eq!(router.remembered.len(), 1);
        assert_eq!(router.route(&"x".repeat(MQTT_TOPIC_REMEMBERED_BYTES_MAX + 1)).targets.len(), 1);
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
