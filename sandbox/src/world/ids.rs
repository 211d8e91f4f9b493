//! Names of people and sites.
use std::fmt;
use std::sync::Arc;

/// Names a person of the sandbox, for example `ada`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(Arc<str>);

/// Names a Cloud site (a UUID).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloudId(Arc<str>);

macro_rules! text_id {
    ($name:ident) => {
        impl $name {
            /// Wraps an id.
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}
text_id!(PersonId);
text_id!(CloudId);
