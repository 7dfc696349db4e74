//! Waiting for several tasks at once, without a runtime.

use std::future::poll_fn;
use std::task::Poll;

use super::Task;

/// Polls every task until all are done.
pub(super) async fn join(mut tasks: Vec<Task>) {
    poll_fn(|context| {
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        if tasks.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
