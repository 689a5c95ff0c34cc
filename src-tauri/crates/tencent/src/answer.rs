//! How an answer of the service is read: nothing in it can make it unreadable.
//!
//! Every field is optional. A name this crate does not know, and a known name with a value of
//! another type than documented, are kept in `other`, so that one surprise costs one field and
//! not the page it came in.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

/// Fields that this client has no place for, by their name on the wire.
pub type Other = BTreeMap<String, Value>;

/// A struct whose fields are all optional and that keeps the rest.
pub(crate) trait Answer: DeserializeOwned + Default {
    fn other_mut(&mut self) -> &mut Other;
}

/// Declares answers: every field becomes an `Option`, absent when `None`, and `other` is added.
macro_rules! answers {
    ($(
        $(#[$meta:meta])*
        $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty, )* }
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub struct $name {
            $(
                #[doc = concat!("`", stringify!($field), "` in the vendor's spelling.")]
                #[serde(skip_serializing_if = "Option::is_none")]
                $(#[$field_meta])*
                pub $field: Option<$type>,
            )*
            /// Whatever else came.
            #[serde(flatten)]
            pub other: $crate::answer::Other,
        }

        impl $crate::answer::Answer for $name {
            fn other_mut(&mut self) -> &mut $crate::answer::Other {
                &mut self.other
            }
        }
    )* };
}
pub(crate) use answers;

/// Reads `value`, moving fields of an unexpected type to `other`.
pub(crate) fn read<T: Answer>(value: Value) -> T {
    if let Ok(answer) = T::deserialize(&value) {
        return answer;
    }
    let Value::Object(fields) = value else {
        let mut answer = T::default();
        answer.other_mut().insert("raw".to_owned(), value);
        return answer;
    };
    let (fitting, misfits): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(name, value)| {
        T::deserialize(Value::from_iter([(name.as_str(), value.clone())])).is_ok()
    });
    let mut answer = T::deserialize(Value::from_iter(fitting)).unwrap_or_default();
    answer.other_mut().extend(misfits);
    answer
}

/// `deserialize_with` for a list of answers: an element that does not fit loses no other.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Answer,
{
    let elements = Option::<Vec<Value>>::deserialize(deserializer)?;
    Ok(elements.map(|elements| elements.into_iter().map(read).collect()))
}
