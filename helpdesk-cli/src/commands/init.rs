//! `init`: a store and a tenant to begin with.

use helpdesk_core::Settings;
use helpdesk_core::desk::Error;
use helpdesk_core::ticket::{NumberTemplate, Version};
use serde_json::json;

use crate::args::Init;
use crate::backend::Opening;
use crate::config::masked;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet};

/// Makes the store and the tenant; what is there is left alone.
///
/// # Errors
/// If a value is not acceptable, or the store cannot be made.
pub(super) async fn run(options: Init, env: &Env) -> Result<(), Failure> {
    let settings = Settings {
        language: env.output.language,
        time_zone: options.time_zone,
        number_template: options.numbers.as_deref().map(NumberTemplate::new).transpose()?.unwrap_or_default(),
        ..Settings::usual()
    };
    let made = if options.dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
        match env.rehearsal().await?.set_settings(&settings, Version::NONE).dry_run().await {
            Ok(_) => true,
            Err(Error::Conflict { .. }) => false,
            Err(error) => return Err(error.into()),
        }
    } else {
        env.admin(Opening::Create).await?.init(&settings).await?
    };
    let url = masked(env.config.url());
    let item = Object::new().with("url", url.as_str()).with("tenant", env.config.tenant()).with("created", made);
    let sheet = Sheet {
        columns: vec!["url", "tenant", "created"],
        rows: vec![vec![Cell::new(url), Cell::new(env.config.tenant()), Cell::new(made.to_string())]],
    };
    env.output.item("helpdesk/init/1", item, &[("dry_run", json!(options.dry_run))], &sheet)?;
    if options.dry_run {
        return Ok(());
    }
    env.output.next("helpdesk ticket create --subject SUBJECT --body TEXT --requester ADDRESS");
    Ok(())
}
