//! What an administrator does with endpoints besides keeping them, which goes as with every catalogue: trying one.

use super::{AdminDesk, Error};
use crate::party::Actor;
use crate::ticket::EventId;
use crate::webhook::{Endpoint, Tested, Transport};

impl AdminDesk<'_> {
    /// Posts a signed ping to an endpoint, whether it is active or not. Nothing is stored, and nothing is switched off.
    ///
    /// # Errors
    /// `NotFound` if there is no such endpoint; `Forbidden` if the caller may not edit settings; if the store fails.
    pub async fn test_webhook(&self, endpoint: &str, transport: &dyn Transport) -> Result<Tested, Error> {
        let endpoint = self.agent().entry::<Endpoint>(endpoint).await?.value;
        let now = self.desk.now();
        let id = EventId(self.desk.fresh_id(now));
        let actor = Actor::Agent(self.id.clone());
        Ok(Tested::by_ping(&endpoint, id, self.tenant.clone(), actor, now, transport).await)
    }
}
