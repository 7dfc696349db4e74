//! Units of work besides commits: on a connection out of the pool as a transaction of their own, on the host's
//! transaction as a savepoint. What a unit does is said elsewhere.

use async_trait::async_trait;

use super::link::{Answer, Link, Waiting};
use super::retry::{TRIES, retrying};
use super::sql::Sql;
use super::store::{Place, ServerStore};
use crate::fault::Fault;
use crate::meaning::Clash;

/// Something that changes the tables in several statements.
#[async_trait]
pub(crate) trait Unit: Send + Sync {
    type Answer: Send;

    /// Checks and writes; may be done again if others were in the way.
    async fn apply(&self, link: &mut dyn Link) -> Result<Self::Answer, Fault>;
}

impl ServerStore<'_> {
    /// Does a unit.
    pub(crate) async fn unit<U: Unit>(&self, unit: U) -> Result<U::Answer, Fault> {
        self.ready().await?;
        match &self.place {
            Place::Joined(host) => joined(host.link.lock().await.as_mut(), &unit).await,
            Place::Own(own) => {
                own.open()?;
                let source = &own.workshop.source;
                retrying(|| async {
                    let mut link = source.link().await?;
                    if let Err(fault) = link.open(Waiting::Wait).await {
                        if !fault.is_lost() {
                            return Err(fault);
                        }
                        // It had been idle and the server had ended it; nothing was done yet.
                        link = source.clean_link().await?;
                        link.open(Waiting::Wait).await?;
                    }
                    opened(link.as_mut(), &unit).await
                })
                .await
            }
        }
    }

    /// Does what one round trip can do: a unit that finds nothing left to do if it was done before.
    pub(crate) async fn once(&self, sql: Sql) -> Result<Answer, Fault> {
        let Place::Own(own) = &self.place else { return self.unit(sql).await };
        self.ready().await?;
        own.open()?;
        let source = &own.workshop.source;
        retrying(|| async {
            match source.link().await?.once(&sql, Waiting::Wait).await {
                // As above, unless it ended in the middle.
                Err(fault) if fault.is_lost() => source.clean_link().await?.once(&sql, Waiting::Wait).await,
                done => done,
            }
        })
        .await
    }
}

/// Does a unit in a savepoint of the host's transaction: again if somebody else was faster with a row that was not there
/// before, as long as the transaction can see it.
async fn joined<U: Unit>(link: &mut dyn Link, unit: &U) -> Result<U::Answer, Fault> {
    for _ in 1..TRIES {
        match within(link, unit).await {
            Err(fault) if fault.clash() == Some(Clash::Stale) => return Err(Fault::Stale),
            Err(fault) if fault.clash() == Some(Clash::Duplicate) => {}
            done => return done,
        }
    }
    let done = within(link, unit).await;
    done.map_err(|fault| if fault.clash().is_some_and(|clash| clash != Clash::Waited) { Fault::Stale } else { fault })
}

async fn within<U: Unit>(link: &mut dyn Link, unit: &U) -> Result<U::Answer, Fault> {
    link.open(Waiting::Wait).await?;
    opened(link, unit).await
}

async fn opened<U: Unit>(link: &mut dyn Link, unit: &U) -> Result<U::Answer, Fault> {
    let mut open = Open { link, ended: false };
    let answer = unit.apply(open.link).await;
    match &answer {
        Ok(_) => open.link.keep().await?,
        // The fault says more than what may go wrong while it is taken back.
        Err(_) => drop(open.link.undo().await),
    }
    open.ended = true;
    answer
}

#[async_trait]
impl Unit for Sql {
    type Answer = Answer;

    async fn apply(&self, link: &mut dyn Link) -> Result<Answer, Fault> {
        link.once(self, Waiting::Wait).await
    }
}

/// A unit that is open; dropped before its end it is abandoned.
struct Open<'l> {
    link: &'l mut (dyn Link + 'l),
    ended: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.link.abandon();
        }
    }
}
