//! How sweepers and relays share the work: tenants fall into buckets, workers take shares of them.

use sha2::{Digest, Sha256};

use crate::party::TenantId;
use crate::text::{Invalid, Problem};

/// A share of the buckets: those whose number is `index` modulo `count`.
///
/// ```
/// use helpdesk_core::party::TenantId;
/// use helpdesk_core::store::Shard;
/// let acme = TenantId::new("acme").unwrap();
/// let halves = [Shard::new(0, 2).unwrap(), Shard::new(1, 2).unwrap()];
/// assert_eq!(halves.iter().filter(|half| half.contains(&acme)).count(), 1);
/// assert!(Shard::ALL.contains(&acme));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u8,
    count: u8,
}

impl Shard {
    /// How many buckets there are, for ever.
    pub const BUCKETS: u8 = 64;

    /// Everything.
    pub const ALL: Self = Self { index: 0, count: 1 };

    /// Share number `index`, from 0, of `count`.
    ///
    /// # Errors
    /// If `count` is not 1 to 64, or `index` is not below it.
    pub fn new(index: u8, count: u8) -> Result<Self, Invalid> {
        if (1..=Self::BUCKETS).contains(&count) && index < count {
            Ok(Self { index, count })
        } else {
            Err(Invalid::new("shard", Problem::OutOfRange { expected: "an index below a count of 1 to 64" }))
        }
    }

    /// The bucket of a tenant: the same in every process and release.
    pub fn bucket(tenant: &TenantId) -> u8 {
        Sha256::digest(tenant.as_str())[0] % Self::BUCKETS
    }

    /// The buckets of this share, rising.
    pub fn buckets(self) -> impl Iterator<Item = u8> {
        (self.index..Self::BUCKETS).step_by(usize::from(self.count))
    }

    /// Whether a tenant's work belongs to this share.
    pub fn contains(self, tenant: &TenantId) -> bool {
        Self::bucket(tenant) % self.count == self.index
    }
}
