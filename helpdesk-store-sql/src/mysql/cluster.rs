//! How transactions and reads begin and end, and what a Galera cluster asks of them: a node takes over what others
//! committed a little after they were told so; asked to, it waits until it has everything that was committed before.
//! Which node is asked is the pool's matter.

use std::sync::OnceLock;

use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::server::link::Waiting;
use crate::server::value::Row;

/// How reads and transactions begin, and end.
#[derive(Debug)]
pub(super) struct Manner {
    /// Before a statement that reads outside of a transaction.
    pub(super) read: &'static str,
    /// Begins a transaction that waits for others no longer than a few seconds, after ending one that a cancelled `begin`
    /// of the host may have left.
    pub(super) open: &'static str,
    /// The same with a shorter wait.
    pub(super) open_briefly: &'static str,
    /// The same on a connection that was taken clean.
    pub(super) begin: &'static str,
    /// Begins one view for several statements.
    pub(super) view: &'static str,
    /// Keeps what was done.
    pub(super) keep: &'static str,
}

impl Manner {
    pub(super) fn opening(&self, waiting: Waiting) -> &'static str {
        if waiting == Waiting::Pass { self.open_briefly } else { self.open }
    }
}

/// How long the host's own transactions wait is put back after ours.
pub(super) const UNDO: &str = "ROLLBACK; SET innodb_lock_wait_timeout = @helpdesk_wait";

macro_rules! begin {
    ($seconds:literal, $sync:literal) => {
        concat!(
            "SET @helpdesk_wait = @@innodb_lock_wait_timeout, innodb_lock_wait_timeout = ",
            $seconds,
            "; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; ",
            $sync,
            "START TRANSACTION"
        )
    };
}

macro_rules! view {
    ($sync:literal) => {
        concat!(
            "ROLLBACK; SET @helpdesk_wait = @@innodb_lock_wait_timeout; \
             SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; ",
            $sync,
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
        )
    };
}

/// Of a server by itself, and of reads that may be behind.
pub(super) static PLAIN: Manner = Manner {
    read: "",
    open: concat!("ROLLBACK; ", begin!(5, "")),
    open_briefly: concat!("ROLLBACK; ", begin!(2, "")),
    begin: begin!(2, ""),
    view: view!(""),
    keep: "COMMIT; SET innodb_lock_wait_timeout = @helpdesk_wait",
};

/// Of a node. The setting is the statement's alone: nothing stays on the host's connection.
static WAITING: Manner = Manner {
    read: "SET STATEMENT wsrep_sync_wait = 1 FOR ",
    open: concat!("ROLLBACK; ", begin!(5, "SET STATEMENT wsrep_sync_wait = 1 FOR ")),
    open_briefly: concat!("ROLLBACK; ", begin!(2, "SET STATEMENT wsrep_sync_wait = 1 FOR ")),
    begin: begin!(2, "SET STATEMENT wsrep_sync_wait = 1 FOR "),
    view: view!("SET STATEMENT wsrep_sync_wait = 1 FOR "),
    // A transaction that the node took back meanwhile, and told nobody, is not done.
    keep: "BEGIN NOT ATOMIC IF @@in_transaction = 0 THEN \
           SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'taken back'; END IF; COMMIT; END; \
           SET innodb_lock_wait_timeout = @helpdesk_wait",
};

/// Whether a pool's servers are nodes of a cluster: learnt with the first clean connection, without a round trip of its
/// own.
#[derive(Debug, Default)]
pub(crate) struct Cluster(OnceLock<bool>);

impl Cluster {
    /// Whatever it is, nobody waits for it.
    pub(super) fn behind() -> Self {
        Self(OnceLock::from(false))
    }

    /// How things are said; `None` as long as it is not known.
    pub(super) fn manner(&self) -> Option<&'static Manner> {
        self.0.get().map(|cluster| if *cluster { &WAITING } else { &PLAIN })
    }

    /// Ends a transaction that a cancelled `begin` of the host may have left; asks what is not known yet.
    pub(super) fn cleaning(&self) -> &'static str {
        match self.0.get() {
            Some(_) => super::OUTSIDE,
            // A server that knows nothing of clusters has no such variable.
            None => "ROLLBACK; SHOW VARIABLES LIKE 'wsrep_on'",
        }
    }

    /// Reads what the cleaning gave.
    pub(super) fn learn(&self, rows: &[Row]) -> Result<&'static Manner, Fault> {
        if let Some(known) = self.manner() {
            return Ok(known);
        }
        let value: Option<String> = rows.first().map(|row| row.text(1)).transpose()?;
        let cluster = *self.0.get_or_init(|| value.is_some_and(|value| value == "ON"));
        Ok(if cluster { &WAITING } else { &PLAIN })
    }
}
