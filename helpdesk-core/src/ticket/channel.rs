//! How a ticket or a message came in.

use crate::text::slug;

slug!(
    /// A channel. The known ones are constants; a host may name others.
    Channel, "channel"
);

impl Channel {
    /// E-mail.
    pub const MAIL: &'static str = "mail";
    /// A form on a page.
    pub const FORM: &'static str = "form";
    /// A telephone call that an agent wrote down.
    pub const PHONE: &'static str = "phone";
    /// A chat.
    pub const CHAT: &'static str = "chat";
    /// A program: the default.
    pub const API: &'static str = "api";
}

impl Default for Channel {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "the literal is a slug; a test builds it")]
        Self::new(Self::API).expect("a literal channel is a slug")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_channels_are_well_formed() {
        assert_eq!(Channel::default().as_str(), "api");
        for known in [Channel::MAIL, Channel::FORM, Channel::PHONE, Channel::CHAT] {
            assert!(Channel::new(known).is_ok());
        }
    }
}
