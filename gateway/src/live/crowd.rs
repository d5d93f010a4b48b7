//! Those who ask for something that is written: what many ask at once is one transaction.
//!
//! Whoever was answered asks again, and not all of a crowd at the same instant. Were the first of them taken alone, every
//! other transaction would carry one request, at the price of all.

use std::mem;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio::time::timeout_at;

use super::limits::CROWD_PATIENCE;

/// The way in of requests.
#[derive(Debug)]
pub(super) struct Crowd<T> {
    /// Kept, so that the way is never closed.
    sender: mpsc::Sender<T>,
    receiver: mpsc::Receiver<T>,
    /// How many were taken at once the last time.
    before: usize,
    /// How many are taken this time, and until when others are waited for.
    now: Option<(usize, Instant)>,
}

impl<T> Crowd<T> {
    /// Returns the way in for so many that wait.
    pub(super) fn new(waiting_max: usize) -> Self {
        let (sender, receiver) = mpsc::channel(waiting_max);
        Self { sender, receiver, before: 0, now: None }
    }

    /// Returns where requests go.
    pub(super) fn sender(&self) -> mpsc::Sender<T> {
        self.sender.clone()
    }

    /// Waits for the first request. Whoever stops waiting loses nothing.
    pub(super) async fn first(&mut self) -> Option<T> {
        self.receiver.recv().await
    }

    /// Returns the next of those that are taken with the first. Waits for a moment, as long as there were more the last
    /// time.
    pub(super) async fn next(&mut self) -> Option<T> {
        let (taken, until) = self.now.unwrap_or_else(|| (1, Instant::now() + CROWD_PATIENCE));
        let next = match self.receiver.try_recv() {
            Ok(request) => Some(request),
            Err(_) if taken < self.before => timeout_at(until.into(), self.receiver.recv()).await.ok().flatten(),
            Err(_) => None,
        };
        self.now = Some((taken + usize::from(next.is_some()), until));
        next
    }

    /// Ends what is taken at once.
    pub(super) fn end(&mut self) {
        self.before = mem::take(&mut self.now).map_or(1, |(taken, _)| taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes what comes at once.
    async fn take(crowd: &mut Crowd<u32>) -> Vec<u32> {
        let mut taken = vec![crowd.first().await.unwrap()];
        while let Some(next) = crowd.next().await {
            taken.push(next);
        }
        crowd.end();
        taken
    }

    fn send(crowd: &Crowd<u32>, requests: &[u32]) {
        for &request in requests {
            crowd.sender().try_send(request).unwrap();
        }
    }

    #[tokio::test]
    async fn who_asks_alone_is_not_kept_waiting() {
        let mut crowd = Crowd::new(8);
        for request in [1, 2] {
            send(&crowd, &[request]);
            let begun = Instant::now();
            assert_eq!(take(&mut crowd).await, [request]);
            assert!(begun.elapsed() < CROWD_PATIENCE, "nobody is waited for");
        }
    }

    #[tokio::test]
    async fn those_who_asked_together_are_taken_together_again() {
        let mut crowd = Crowd::new(8);
        send(&crowd, &[1, 2, 3]);
        assert_eq!(take(&mut crowd).await, [1, 2, 3]);
        // The others come while the first is taken.
        let late = crowd.sender();
        send(&crowd, &[4]);
        let (taken, ()) = tokio::join!(take(&mut crowd), async {
            tokio::task::yield_now().await;
            late.try_send(5).unwrap();
            tokio::task::yield_now().await;
            late.try_send(6).unwrap();
            late.try_send(7).unwrap();
        });
        assert_eq!(taken, [4, 5, 6, 7]);
        // Two of the four went away: they are waited for once.
        send(&crowd, &[8, 9]);
        let begun = Instant::now();
        assert_eq!(take(&mut crowd).await, [8, 9]);
        assert!(begun.elapsed() >= CROWD_PATIENCE);
        assert_eq!(crowd.before, 2);
    }
}
