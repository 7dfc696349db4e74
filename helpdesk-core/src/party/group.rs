//! What tickets are grouped by: teams, organisations, categories. Names and colours only.

use serde::{Deserialize, Serialize};

use super::{CategoryId, OrganizationId, TeamId};
use crate::text::{Invalid, Labels};

/// A team of agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The id that tickets carry.
    pub id: TeamId,
    /// The name people see.
    pub name: String,
}

/// An organisation that contacts belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// The id that tickets carry.
    pub id: OrganizationId,
    /// The name people see.
    pub name: String,
}

/// A category of tickets with its colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The id that tickets carry.
    pub id: CategoryId,
    /// The name in each language.
    pub labels: Labels,
    /// The colour in lists.
    pub color: Color,
}

/// A colour as `#rrggbb`.
///
/// ```
/// use helpdesk_core::party::Color;
/// assert_eq!(Color::new("#C0FFEE").unwrap().rgb(), (0xc0, 0xff, 0xee));
/// assert!(Color::new("red").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color(u8, u8, u8);

impl Color {
    /// A neutral grey.
    pub const GREY: Self = Self(0x80, 0x80, 0x80);

    /// Reads `#rrggbb`.
    ///
    /// # Errors
    /// If it is not of that form.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let [_, r, g, b] = value.ok_or_else(|| Invalid::malformed("color", "of the form #rrggbb"))?.to_be_bytes();
        Ok(Self(r, g, b))
    }

    /// Red, green and blue.
    pub fn rgb(self) -> (u8, u8, u8) {
        (self.0, self.1, self.2)
    }
}

impl TryFrom<String> for Color {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<Color> for String {
    fn from(Color(r, g, b): Color) -> Self {
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}
