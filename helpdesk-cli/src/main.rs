//! The `helpdesk` command.

mod demo;

fn main() {
    // The command line that calls it comes with its own branch.
    let _ = demo::play;
}
