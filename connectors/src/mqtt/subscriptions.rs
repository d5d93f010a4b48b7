//! What is subscribed to on a connection, a few filters at a time, and what became of it.
//!
//! Pure. Knows no broker.

use std::collections::HashMap;

use latchwork_config::connections::{Topic, TopicTarget};

use crate::limits::MQTT_FILTERS_PER_SUBSCRIBE;

/// The filters of a connection, each once, with the highest `QoS` that is wanted of it.
#[derive(Debug)]
pub(super) struct Subscriptions {
    filters: Vec<(String, u8)>,
    /// How many were answered.
    answered: usize,
    refused: Vec<Refused>,
}

/// A filter that the broker refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) filter: String,
    pub(super) reason: String,
}

impl Subscriptions {
    pub(super) fn new(topics: &[Topic]) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut filters: Vec<(String, u8)> = Vec::new();
        for Topic { filter, qos, .. } in topics {
            let place = *places.entry(filter).or_insert(filters.len());
            match filters.get_mut(place) {
                Some((_, highest)) => *highest = (*highest).max(*qos),
                None => filters.push((filter.clone(), *qos)),
            }
        }
        Self { filters, answered: 0, refused: Vec::new() }
    }

    /// Returns the filters to subscribe to next; none when all are answered.
    pub(super) fn next(&self) -> &[(String, u8)] {
        let rest = &self.filters[self.answered..];
        &rest[..rest.len().min(MQTT_FILTERS_PER_SUBSCRIBE)]
    }

    /// Notes what became of the filters that were next.
    pub(super) fn answered(&mut self, answers: Vec<Result<(), String>>) {
        let asked = self.next().to_vec();
        self.answered += asked.len();
        let refused = asked.into_iter().zip(answers).filter_map(|((filter, _), answer)| {
            let reason = answer.err()?;
            Some(Refused { filter, reason })
        });
        self.refused.extend(refused);
    }

    /// Returns the filters that were refused.
    pub(super) fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Returns a filter that was refused if all were: then nothing can come.
    pub(super) fn all_refused(&self) -> Option<&Refused> {
        self.refused.first().filter(|_| self.refused.len() == self.filters.len())
    }
}

/// Returns the tags that a filter alone is for.
pub(super) fn tags_of_filter_alone(topics: &[Topic], filter: &str) -> Vec<usize> {
    let tag = |topic: &Topic| match topic.target {
        TopicTarget::Tag(tag) => Some(tag),
        TopicTarget::Pattern(_) => None,
    };
    let mut tags: Vec<usize> = topics.iter().filter(|topic| topic.filter == filter).filter_map(tag).collect();
    tags.sort_unstable();
    tags.dedup();
    tags.retain(|&wanted| !topics.iter().any(|topic| topic.filter != filter && tag(topic) == Some(wanted)));
    tags
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::Payload;

    use super::*;

    fn topic(filter: &str, qos: u8, tag: usize) -> Topic {
        Topic { filter: filter.to_owned(), qos, target: TopicTarget::Tag(tag), payload: Payload::Raw }
    }

    #[test]
    fn each_filter_is_subscribed_once_with_its_highest_qos() {
        let subscriptions = Subscriptions::new(&[topic("a", 0, 0), topic("b", 1, 1), topic("a", 2, 2)]);
        assert_eq!(subscriptions.next(), [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    }

    #[test]
    fn filters_go_a_few_at_a_time() {
        let topics: Vec<Topic> = (0..=MQTT_FILTERS_PER_SUBSCRIBE).map(|tag| topic(&tag.to_string(), 1, tag)).collect();
        let mut subscriptions = Subscriptions::new(&topics);
        assert_eq!(subscriptions.next().len(), MQTT_FILTERS_PER_SUBSCRIBE);
        subscriptions.answered(vec![Ok(()); MQTT_FILTERS_PER_SUBSCRIBE]);
        assert_eq!(subscriptions.next().len(), 1);
        subscriptions.answered(vec![Err("no".to_owned())]);
        assert!(subscriptions.next().is_empty());
        let expected = Refused { filter: MQTT_FILTERS_PER_SUBSCRIBE.to_string(), reason: "no".to_owned() };
        assert_eq!(subscriptions.refused(), [expected]);
        assert_eq!(subscriptions.all_refused(), None);
    }

    #[test]
    fn a_refused_filter_spoils_the_tags_that_it_alone_feeds() {
        let topics = [topic("a", 1, 0), topic("a", 1, 1), topic("b", 1, 1), topic("a", 1, 0)];
        assert_eq!(tags_of_filter_alone(&topics, "a"), [0]);
        let mut subscriptions = Subscriptions::new(&topics[..1]);
        subscriptions.answered(vec![Err("no".to_owned())]);
        assert_eq!(subscriptions.all_refused().unwrap().filter, "a");
    }
}
