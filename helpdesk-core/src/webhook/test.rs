//! Trying an endpoint: a signed ping, outside of any history.

use super::outcome::Posted;
use super::sink::post;
use super::{Endpoint, Payload, Transport};
use crate::env::Timestamp;
use crate::party::{Actor, TenantId};
use crate::ticket::EventId;

/// What trying an endpoint came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The id that was posted.
    pub id: EventId,
    /// Why it did not arrive; none if it did.
    pub problem: Option<String>,
}

impl Tested {
    /// Posts a ping.
    pub(crate) async fn by_ping(
        endpoint: &Endpoint,
        id: EventId,
        tenant: TenantId,
        actor: Actor,
        now: Timestamp,
        transport: &dyn Transport,
    ) -> Self {
        let payload = Payload::ping(id, tenant, now, actor);
        let answer = transport.post(&post(endpoint, &payload, now)).await;
        let problem = match Posted::of(answer, now) {
            Posted::Arrived => None,
            Posted::Gone => Some("status 410".to_owned()),
            Posted::Later { reason, .. } | Posted::Never { reason } => Some(reason),
        };
        Self { id, problem }
    }
}
