//! The smallest embedding: open a desk on a file, take a request, answer it, print what the requester sees.

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{Error, NewRequest, Options};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "embed.db".to_owned());
    let store = SqliteStore::open(SqliteOptions::new(path).create(true)).await?;
    let desk = Helpdesk::builder(store).build();
    let tenant = desk.tenant("acme")?;
    let (max, anna) = (tenant.requester("max@example.com")?.named("Max"), tenant.agent("anna")?);

    let request =
        NewRequest { subject: "Where is my parcel?".into(), message: "It is late.".into(), ..NewRequest::default() };
    let asked = max.open(request, &Options::default()).await?;
    anna.note(asked.id, "The carrier lost it.").await?;
    anna.reply(asked.id, "A new one is on its way.").then_status("resolved")?.await?;

    let seen = max.show(asked.id).await?;
    println!("#{} {} ({})", seen.number, seen.subject, seen.status.en);
    for message in max.conversation(asked.id).await? {
        println!("  {}: {}", if message.from_requester { "you" } else { "us" }, message.body);
    }
    Ok(())
}
