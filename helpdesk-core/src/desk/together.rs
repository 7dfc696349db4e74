//! Several futures at once, without a runtime: so that a store can put what they commit into one transaction.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// A future among others.
pub(crate) type Part<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The outcomes of all, in their order. Each wake-up polls those that are not done; meant for a few dozen.
pub(crate) async fn together<T>(mut parts: Vec<Part<'_, T>>) -> Vec<T> {
    let mut outcomes: Vec<Option<T>> = parts.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut done = true;
        for (part, outcome) in parts.iter_mut().zip(&mut outcomes).filter(|(_, outcome)| outcome.is_none()) {
            match part.as_mut().poll(context) {
                Poll::Ready(value) => *outcome = Some(value),
                Poll::Pending => done = false,
            }
        }
        if done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}
