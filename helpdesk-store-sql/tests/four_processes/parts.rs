//! What each of several processes does at once with the others. What must have come of it is not known here.

use std::fs::OpenOptions;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, Error, OpenTicket};
use helpdesk_core::env::{Clock, ManualClock};
use helpdesk_core::store::{ClaimToken, Maintenance, Outbox, Shard};
use helpdesk_core::ticket::{LockToken, Rejection, TicketId};
use helpdesk_store_sql::{SqlOptions, SqlStore};
use tokio::task::JoinSet;

use super::servers::Server;
use super::{CONTENDERS, CREATES, RAISES, TAKES, TOLD, start};

/// One of the processes.
struct Me {
    desk: Helpdesk,
    store: Arc<SqlStore>,
    clock: Arc<ManualClock>,
    folder: PathBuf,
    tickets: Vec<TicketId>,
}

impl Me {
    fn agent(&self, n: usize) -> AgentDesk<'static> {
        self.desk.tenant("acme").unwrap().agent(&format!("agent-{}-{n}", std::process::id())).unwrap()
    }
}

/// Tells the parent.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nsaid {line}").unwrap();
    out.flush().unwrap();
}

/// Takes the part that was told.
pub(crate) async fn take() {
    let told = std::env::var(TOLD).unwrap();
    let [server, url, part, folder, tickets] = told.split(' ').collect::<Vec<_>>()[..] else { panic!("{told}") };
    let server = [Server::Postgres, Server::MySql].into_iter().find(|known| known.name() == server).unwrap();
    let store = Arc::new(SqlOptions::new(server.pool(url, 4, std::time::Duration::from_secs(30)).await).build());
    let clock = Arc::new(ManualClock::at(start()));
    let desk = Helpdesk::over(store.clone()).clock(clock.clone()).build();
    let tickets = tickets.split(',').filter_map(|id| uuid::Uuid::parse_str(id).ok()).map(TicketId).collect();
    let me = Me { desk, store, clock, folder: folder.into(), tickets };
    me.store.schema().await.unwrap();
    say("ready");
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    match part {
        "creates" => creates(&me).await,
        "locks" => locks(&me).await,
        "sweeps" => sweeps(&me).await,
        "tells" => tells(&me).await,
        "one-key" => one_key(&me).await,
        "raises" => raises(&me).await,
        other => panic!("there is no part {other}"),
    }
    me.store.close().await.unwrap();
}

async fn creates(me: &Me) {
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let agent = me.agent(task);
        tasks.spawn(async move {
            for n in (0..CREATES).filter(|n| n % 8 == task) {
                let subject = format!("{} {n}", std::process::id());
                let opened = agent.open(OpenTicket::new(subject)).await.unwrap();
                say(opened.ticket.number.as_str());
            }
        });
    }
    tasks.join_all().await;
}

/// Inside a lock a file is made that must not be there, and the token is greater than the one that stands in another.
async fn locks(me: &Me) {
    let mut tasks = JoinSet::new();
    for (place, ticket) in me.tickets.repeat(CONTENDERS).into_iter().enumerate() {
        let (agent, folder) = (me.agent(place), me.folder.clone());
        tasks.spawn(async move {
            let mut taken = 0;
            while taken < TAKES {
                let lock = match agent.lock(ticket, None).await {
                    Ok(lock) => lock,
                    Err(Error::Rejected(Rejection::Locked(_)) | Error::Contended) => {
                        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                        continue;
                    }
                    Err(other) => panic!("{other:?}"),
                };
                let (inside, newest) = (folder.join(format!("in {ticket}")), folder.join(format!("newest {ticket}")));
                OpenOptions::new().write(true).create_new(true).open(&inside).expect("nobody else is inside");
                let before = std::fs::read_to_string(&newest).map_or(0, |token| token.parse().unwrap());
                assert!(before < lock.token.0, "{before} was given before {}", lock.token.0);
                std::fs::write(&newest, lock.token.0.to_string()).unwrap();
                agent.reply(ticket, "Held.").under_lock(lock.token).await.unwrap();
                let stale = agent.reply(ticket, "Stale.").under_lock(LockToken(lock.token.0 - 1)).await;
                assert!(stale.is_err(), "a stale token is refused");
                std::fs::remove_file(&inside).unwrap();
                agent.unlock(ticket, lock.token).await.unwrap();
                say("held");
                taken += 1;
            }
        });
    }
    tasks.join_all().await;
}

async fn sweeps(me: &Me) {
    me.clock.advance(TimeDelta::days(2));
    loop {
        let report = me.desk.sweep(100).await.unwrap();
        assert!(report.failed.is_empty(), "{:?}", report.failed);
        say(&report.fired.to_string());
        if report.fired + report.gone == 0 && !report.more {
            return;
        }
    }
}

/// What is acknowledged is written to one file before, so that its lines are in the order of holding.
async fn tells(me: &Me) {
    let mut log = OpenOptions::new().append(true).create(true).open(me.folder.join("told")).unwrap();
    loop {
        let (token, now) = (ClaimToken(uuid::Uuid::new_v4()), me.clock.now());
        let held = me.store.claim(Shard::ALL, token, now, now + TimeDelta::hours(1), 100).await.unwrap();
        if held.is_empty() {
            return;
        }
        let lines: Vec<_> =
            held.iter().map(|d| format!("{} {} {} {}\n", d.position, d.ticket, d.event.seq, d.attempts)).collect();
        log.write_all(lines.concat().as_bytes()).unwrap();
        let positions: Vec<_> = held.iter().map(|delivery| delivery.position).collect();
        assert_eq!(me.store.acknowledge(token, &positions).await.unwrap(), held.len());
    }
}

async fn one_key(me: &Me) {
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let act = me.desk.tenant("acme").unwrap().agent("anna").unwrap().open(OpenTicket::new("Once"));
        let act = act.idempotent("the same for all").unwrap();
        tasks.spawn(async move {
            let opened = act.await.unwrap();
            say(&format!("{} {}", opened.ticket.id, opened.replayed));
        });
    }
    tasks.join_all().await;
}

async fn raises(me: &Me) {
    let agent = me.agent(0);
    for n in 0..RAISES {
        let raised = loop {
            match agent.note(me.tickets[0], format!("Note {n}")).await {
                Err(Error::Contended) => {}
                raised => break raised.unwrap(),
            }
        };
        say(&raised.ticket.version.0.to_string());
    }
}
