//! The verbs of `ticket`.

use clap::{Args, Subcommand};

use super::{Page, Recover, Write};

/// What to do with tickets. `TICKET` is any spelling of the number, or the id.
#[derive(Debug, Subcommand)]
pub(crate) enum TicketVerb {
    /// Open a ticket; as a requester, for oneself
    Create(Box<Create>),
    /// List tickets: everything but spam, unless said
    List(Box<List>),
    /// Show a ticket with its conversation
    Show {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// Note that it has been read
        #[arg(long, conflicts_with = "mark_unread")]
        mark_read: bool,
        /// Note that it has not been read
        #[arg(long)]
        mark_unread: bool,
    },
    /// Answer the requester in public; as the requester, answer the desk
    Reply(Say),
    /// Write an internal note
    Note(Say),
    /// Give it to an agent or a team, or to nobody
    Assign {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// To whom
        #[arg(required_unless_present_any = ["team", "none"], conflicts_with = "none")]
        agent: Option<String>,
        /// To which team
        #[arg(long, value_name = "TEAM", conflicts_with = "none")]
        team: Option<String>,
        /// Take it from whoever has it
        #[arg(long)]
        none: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Take it for oneself
    Claim(Plain),
    /// Change the status
    Status {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// open, `in_progress`, pending, `on_hold`, resolved, closed, cancelled, or what the workflow has instead
        status: String,
        /// Wait until then (RFC 3339); `helpdesk sla sweep` wakes what is due
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        /// And go there then; where it came from, unless said
        #[arg(long, value_name = "STATUS", requires = "until")]
        then: Option<String>,
        #[command(flatten)]
        write: Write,
    },
    /// Confirm the solution, as the requester
    Confirm(Plain),
    /// Change the priority
    Priority {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// low, medium, high or critical
        #[arg(required_unless_present_any = ["clear", "impact", "urgency"], conflicts_with_all = ["clear", "impact", "urgency"])]
        priority: Option<String>,
        /// Back to what impact and urgency say
        #[arg(long, conflicts_with_all = ["impact", "urgency"])]
        clear: bool,
        /// How much it hurts: low, medium or high
        #[arg(long, value_name = "LEVEL")]
        impact: Option<String>,
        /// How soon it must be mended: low, medium or high
        #[arg(long, value_name = "LEVEL")]
        urgency: Option<String>,
        #[command(flatten)]
        write: Write,
    },
    /// Change the category
    Category {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// To which category
        #[arg(required_unless_present = "none", conflicts_with = "none")]
        category: Option<String>,
        /// To none
        #[arg(long)]
        none: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Add and remove tags
    Tag {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// Tags to add
        tags: Vec<String>,
        /// A tag to add
        #[arg(long, value_name = "TAG")]
        add: Vec<String>,
        /// A tag to remove
        #[arg(long, value_name = "TAG")]
        remove: Vec<String>,
        #[command(flatten)]
        write: Write,
    },
    /// Set custom fields; an empty value clears one
    Field {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// What, as KEY=VALUE
        #[arg(required = true, value_name = "KEY=VALUE")]
        fields: Vec<String>,
        #[command(flatten)]
        write: Write,
    },
    /// Let somebody watch it: oneself, unless said
    Watch {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// Who: `agent:ID` or `requester:ID`
        #[arg(long, value_name = "ACTOR")]
        who: Option<String>,
        /// Not any more
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Merge it into another: it ends and leads there
    Merge {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// Into which
        #[arg(required_unless_present = "undo", conflicts_with = "undo")]
        into: Option<String>,
        /// Undo the merge
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Make a new ticket from messages of this one
    Split {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// The positions of the messages
        #[arg(required = true, value_name = "POSITION", allow_negative_numbers = true)]
        messages: Vec<String>,
        /// What the new one is about
        #[arg(long, value_name = "SUBJECT")]
        subject: String,
        #[command(flatten)]
        write: Write,
    },
    /// Link it to another
    Link {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// How it stands to the other: `relates_to`, `child_of`, `blocks`, `duplicates`, …
        kind: String,
        /// To which
        other: String,
        /// Take the link away
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Take its lock, or renew one's own
    Lock {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// What for
        #[arg(long, value_name = "WORDS")]
        purpose: Option<String>,
        /// Take it from whoever holds it, and say why
        #[arg(long, value_name = "REASON")]
        steal: Option<String>,
        /// Only try it, and show what would happen
        #[arg(long)]
        dry_run: bool,
    },
    /// Give its lock back
    Unlock {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// The token; the newest one, unless said
        #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
        token: Option<String>,
        /// Take it from whoever holds it first, and say why
        #[arg(long, value_name = "REASON")]
        steal: Option<String>,
        /// Only try it, and show what would happen
        #[arg(long)]
        dry_run: bool,
    },
    /// Show everything that happened to it
    History {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
    },
    /// Say that it is spam
    Spam {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
        /// It is not, after all
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        write: Write,
    },
    /// Erase it; its number stays taken
    Delete(Plain),
    /// Print everything of it as one line that `import jsonl` takes
    Export {
        /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
        ticket: String,
    },
}

/// A ticket and conditions, nothing else.
#[derive(Debug, Args)]
pub(crate) struct Plain {
    /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
    pub(crate) ticket: String,
    #[command(flatten)]
    pub(crate) write: Write,
}

/// A ticket and a text.
#[derive(Debug, Args)]
pub(crate) struct Say {
    /// The number in any spelling (#2026-000001, 2026-1, 1), or the id
    pub(crate) ticket: String,
    /// The text; `-` for standard input, `@FILE` for a file
    #[arg(required_unless_present = "recover", conflicts_with = "recover", allow_hyphen_values = true)]
    pub(crate) text: Option<String>,
    /// And change the status in the same act
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<String>,
    #[command(flatten)]
    pub(crate) recover: Recover,
    #[command(flatten)]
    pub(crate) write: Write,
}

/// Options of `ticket create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What it is about
    #[arg(long)]
    pub(crate) subject: String,
    /// The requester's words; `-` for standard input, `@FILE` for a file
    #[arg(long, conflicts_with = "recover", allow_hyphen_values = true)]
    pub(crate) body: Option<String>,
    /// Who asks: an address, or the host's id
    #[arg(long, value_name = "ADDRESS-OR-ID")]
    pub(crate) requester: Option<String>,
    /// The requester's name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// low, medium, high or critical
    #[arg(long)]
    pub(crate) priority: Option<String>,
    /// The category
    #[arg(long)]
    pub(crate) category: Option<String>,
    /// The team
    #[arg(long)]
    pub(crate) team: Option<String>,
    /// The agent
    #[arg(long, value_name = "AGENT")]
    pub(crate) assignee: Option<String>,
    /// A tag
    #[arg(long)]
    pub(crate) tag: Vec<String>,
    /// How it came in: mail, form, phone, chat, api, …
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// What sort it is: ticket, incident, bug, …
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// A custom field
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) field: Vec<String>,
    #[command(flatten)]
    pub(crate) recover: Recover,
    #[command(flatten)]
    pub(crate) write: Write,
}

/// Options of `ticket list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// priority, updated, due or created
    #[arg(long, value_name = "ORDER")]
    pub(crate) sort: Option<String>,
    #[command(flatten)]
    pub(crate) page: Page,
}

/// The conditions of a list. All of them hold at once.
#[derive(Debug, Default, Args, PartialEq)]
#[command(next_help_heading = "Which")]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a command line")]
pub(crate) struct Filter {
    /// A status, a status category, or open, waiting, unsolved, closed, spam, all; may be given again
    #[arg(long, value_delimiter = ',')]
    pub(crate) status: Vec<String>,
    /// Those that I work on
    #[arg(long, conflicts_with_all = ["unassigned", "assignee"])]
    pub(crate) mine: bool,
    /// Those that nobody works on
    #[arg(long, conflicts_with = "assignee")]
    pub(crate) unassigned: bool,
    /// Those that this agent works on
    #[arg(long, value_name = "AGENT")]
    pub(crate) assignee: Option<String>,
    /// Those of this team
    #[arg(long)]
    pub(crate) team: Option<String>,
    /// Those of this category
    #[arg(long)]
    pub(crate) category: Option<String>,
    /// Those with this tag; may be given again
    #[arg(long)]
    pub(crate) tag: Vec<String>,
    /// Those of this priority; may be given again
    #[arg(long, value_delimiter = ',')]
    pub(crate) priority: Vec<String>,
    /// Those of this requester
    #[arg(long, value_name = "ADDRESS-OR-ID")]
    pub(crate) requester: Option<String>,
    /// Those of this organisation
    #[arg(long)]
    pub(crate) org: Option<String>,
    /// Those of this kind
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Those that came in this way
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// Those that I watch
    #[arg(long)]
    pub(crate) watching: bool,
    /// Those past their due time
    #[arg(long)]
    pub(crate) overdue: bool,
    /// Due within this span, or overdue: <2h, 30m
    #[arg(long, value_name = "SPAN")]
    pub(crate) due: Option<String>,
    /// A service level was missed
    #[arg(long)]
    pub(crate) breached: bool,
    /// Those that somebody has locked
    #[arg(long)]
    pub(crate) locked: bool,
    /// Those that I have something to read in
    #[arg(long)]
    pub(crate) unread: bool,
    /// Those that came in at this time or later
    #[arg(long, value_name = "TIME")]
    pub(crate) created_after: Option<String>,
    /// Those that came in before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) created_before: Option<String>,
    /// Those that changed at this time or later
    #[arg(long, value_name = "TIME")]
    pub(crate) updated_after: Option<String>,
    /// Those that last changed before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) updated_before: Option<String>,
    /// Those with all of these words in the subject
    #[arg(long)]
    pub(crate) words: Option<String>,
}
