//! How an act or a page can end other than well.

use std::error::Error;
use std::fmt;

use crate::Permission;

/// A rule's no: a sentence to the user, and the clause that it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is refused and what to do, in Chinese.
    pub text: String,
    /// The obligation or clause, e.g. `2.1.2-2`.
    pub clause: Option<&'static str>,
}

/// Implemented by each slice's own refusal enum: its `Display` is the sentence, `clause` its basis.
pub trait Refuses: fmt::Display {
    /// The obligation or clause that the refusal rests on.
    fn clause(&self) -> Option<&'static str> {
        None
    }
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name in the form.
    pub field: &'static str,
    /// What was expected and what to do, in Chinese.
    pub text: String,
}

/// A form that does not parse; its page shows it again with what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invalid(pub Vec<FieldFault>);

impl Invalid {
    /// One faulty field.
    pub fn field(field: &'static str, text: impl Into<String>) -> Self {
        Self(vec![FieldFault { field, text: text.into() }])
    }
    /// Notes a faulty field.
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.0.push(FieldFault { field, text: text.into() });
    }
    /// `Ok` when no field is faulty.
    pub fn or_ok(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Invalid(self)) }
    }
    /// The message of a field, if it has one.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|fault| fault.field == field).map(|fault| fault.text.as_str())
    }
}

/// Everything that a page or an act can end with.
#[derive(Debug)]
pub enum Failure {
    /// Not there, or out of reach: the same answer (404).
    NotFound,
    /// The post lacks the permission (403).
    Forbidden(Permission),
    /// A rule says no (422).
    Refused(Refusal),
    /// A form does not parse (422).
    Invalid(Invalid),
    /// Somebody was first: what was seen is no longer so (409). The sentence says who and what to do.
    Stale(String),
    /// Something of ours broke (500): logged with its cause, shown as a request number.
    Broken(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// A failure of ours, from its cause.
    pub fn broken(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken(cause.into())
    }
    /// A refusal without an enum of its own: for messages that carry a rule's own text.
    pub fn refused(text: impl Into<String>, clause: Option<&'static str>) -> Self {
        Self::Refused(Refusal { text: text.into(), clause })
    }
}

impl<R: Refuses> From<R> for Failure {
    fn from(refusal: R) -> Self {
        Self::Refused(Refusal { text: refusal.to_string(), clause: refusal.clause() })
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("没有找到"),
            Self::Forbidden(permission) => write!(f, "当前岗位不能{}", permission.label()),
            Self::Refused(refusal) => f.write_str(&refusal.text),
            Self::Invalid(invalid) => {
                for (place, fault) in invalid.0.iter().enumerate() {
                    if place > 0 {
                        f.write_str("；")?;
                    }
                    f.write_str(&fault.text)?;
                }
                Ok(())
            }
            Self::Stale(text) => f.write_str(text),
            Self::Broken(cause) => write!(f, "系统出错：{cause}"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Broken(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }
}
