//! One store over several, which asks another one with every call: what one of them acknowledged, the next one has to
//! know.

use std::any::Any;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{LockSlot, Message, Ticket, TicketId};
use helpdesk_store_sql::SqlStore;

use crate::through::{Told, through};

pub(crate) struct Spread {
    stores: Vec<Arc<SqlStore>>,
    next: AtomicUsize,
}

impl Spread {
    pub(crate) fn over(stores: Vec<Arc<SqlStore>>) -> Self {
        Self { stores, next: AtomicUsize::new(0) }
    }

    fn next(&self) -> &SqlStore {
        &self.stores[self.next.fetch_add(1, Ordering::SeqCst) % self.stores.len()]
    }

    fn like(&self) -> &SqlStore {
        &self.stores[0]
    }

    async fn close_all(&self) -> Told<()> {
        for store in &self.stores {
            store.close().await?;
        }
        Ok(())
    }
}

macro_rules! ask_next {
    ($spread:expr, $store:ident, $call:expr) => {{
        let $store = $spread.next();
        $call
    }};
}

through!(Spread, ask_next);
