//! The conformance kit on the memory store.

use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::conformance::{Fresh, Subject, stamp};

struct Memory;

#[async_trait::async_trait]
impl Subject for Memory {
    async fn fresh(&self) -> Fresh {
        Fresh::new(Arc::new(MemoryStore::new()), ())
    }
}

stamp!(Memory);
