//! Objects whose fields keep their order, and the envelopes around them.

use std::borrow::Cow;

use helpdesk_core::text::{Invalid, Problem};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::failure::Failure;
use crate::lang::Saying;

/// An object in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Object(Vec<(Cow<'static, str>, Value)>);

/// The envelope of a list.
#[derive(serde::Serialize)]
pub(super) struct List<'a> {
    pub(super) schema: &'static str,
    pub(super) items: Vec<Object>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    pub(super) next: Option<&'a str>,
    pub(super) truncated: bool,
}

/// The envelope of one thing.
pub(super) struct Single<'a> {
    pub(super) schema: &'static str,
    pub(super) item: Object,
    pub(super) beside: &'a [(&'static str, Value)],
}

impl Object {
    /// An object with nothing in it.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The same with a field.
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// The fields of a value that is an object, in its order; of another value none.
    pub(crate) fn and(mut self, value: Value) -> Self {
        if let Value::Object(fields) = value {
            self.0.extend(fields.into_iter().map(|(name, value)| (name.into(), value)));
        }
        self
    }

    /// The fields in order.
    pub(crate) fn fields(&self) -> &[(Cow<'static, str>, Value)] {
        &self.0
    }

    /// Only the named fields, in the order named; all if none is.
    ///
    /// # Errors
    /// If there is no such field.
    pub(crate) fn select(self, fields: &[String]) -> Result<Self, Failure> {
        if fields.is_empty() {
            return Ok(self);
        }
        let mut selected = Vec::with_capacity(fields.len());
        for field in fields {
            let Some((name, value)) = self.0.iter().find(|(name, _)| name == field) else {
                let known: Vec<&str> = self.0.iter().map(|(name, _)| &**name).collect();
                let known = known.join(", ");
                let unknown = Failure::from(Invalid::new("json", Problem::Unknown));
                return Err(unknown.hinting(Saying::new(format!("fields are {known}"), format!("Felder sind {known}"))));
            };
            selected.push((name.clone(), value.clone()));
        }
        Ok(Self(selected))
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Single<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", self.schema)?;
        map.serialize_entry("item", &self.item)?;
        for (name, value) in self.beside {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        object.0.into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
    }
}

/// A text or nothing.
pub(crate) fn optional(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, |value| Value::String(value.to_string()))
}

/// A list of texts.
pub(crate) fn names(values: impl IntoIterator<Item = impl ToString>) -> Value {
    values.into_iter().map(|value| Value::String(value.to_string())).collect()
}
