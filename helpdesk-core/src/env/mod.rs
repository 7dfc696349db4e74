//! What the world gives the desk: the time, its zones and fresh ids. Nothing else of the core touches the world.

mod clock;
mod ids;
mod zone;

pub use clock::{Clock, ManualClock, SystemClock, Timestamp, bounds, micros, to_micros, to_micros_up};
pub use ids::{IdSource, SequentialIds, SystemIds};
pub use zone::Zone;
