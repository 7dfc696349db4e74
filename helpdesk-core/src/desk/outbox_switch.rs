//! Whether a tenant's events are put into the outbox: one of its settings, changed by itself.

use super::record_writer::{ATTEMPTS, RecordWriter};
use super::{AdminDesk, Error, RecordAct, Written};
use crate::settings::Settings;
use crate::store::{Expected, RecordKey, RecordWrite};

impl<'s> AdminDesk<'s> {
    /// Says whether events are put into the outbox from now on; everything else of the settings stays as it stands. What
    /// happened before is in no outbox: [`AdminDesk::replay_since`] tells it. The version is that of the settings.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use helpdesk_core::desk::OpenTicket;
    /// use helpdesk_core::{Helpdesk, MemoryStore};
    ///
    /// let desk = Helpdesk::builder(MemoryStore::new()).build();
    /// let admin = desk.tenant("acme")?.admin("root")?;
    /// admin.agent().open(OpenTicket::new("Nobody is told")).await?;
    /// assert!(admin.set_outbox(true).await?.value.outbox);
    /// admin.agent().open(OpenTicket::new("Others are told")).await?;
    /// assert_eq!(desk.waiting(10).await?.len(), 1);
    /// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// When awaited: `Conflict` if the settings are not at the version expected.
    pub fn set_outbox(&self, on: bool) -> RecordAct<'s, Settings> {
        RecordAct::new(self, async move |writer| writer.set_outbox(on).await)
    }
}

impl RecordWriter<'_> {
    async fn set_outbox(self, on: bool) -> Result<Written<Settings>, Error> {
        for _ in 0..ATTEMPTS {
            let attempt = self.begin(&("outbox", on), &[]).await?;
            let (mut settings, version) = self.admin.settings().await?;
            if attempt.replayed {
                return Ok(Self::replayed(settings, version));
            }
            self.as_seen(version)?;
            if settings.outbox == on {
                return Ok(self.written(settings, version));
            }
            settings.outbox = on;
            let value = Some(super::stored::encode(&settings)?);
            let write = RecordWrite { key: RecordKey::settings(), expected: Expected::now(version), value };
            if self.settle(attempt, vec![write]).await? {
                return Ok(self.written(settings, version.next()));
            }
        }
        Err(Error::Contended)
    }
}
