//! What an action takes, and the check of what it was given.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A parameter of an action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    name: &'static str,
    kind: Kind,
    required: bool,
    /// Not in the older API.
    new: bool,
}

/// The types of the API's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    String,
    Integer,
    Unsigned,
    Boolean,
    Strings,
    Integers,
    /// Objects of strings.
    Objects,
}

/// A parameter that must be given.
pub(crate) const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: true,
        new: false,
    }
}

/// A parameter that may be left out.
pub(crate) const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: false,
        new: false,
    }
}

/// A parameter that may be left out, and that an older API does not know.
pub(crate) const fn new(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        new: true,
        ..optional(name, kind)
    }
}

/// The body as an object that has what it must and nothing else. `null` counts as left out. An
/// `older` API knows no new parameters.
pub(crate) fn check(
    known: &[Parameter],
    older: bool,
    body: &[u8],
) -> Result<Map<String, Value>, Refusal> {
    let body = match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => body,
        _ if body.is_empty() => Map::new(),
        _ => {
            return Err(Refusal::new(
                "InvalidParameter",
                "The body is not a JSON object.",
                "请求体不是 JSON 对象。",
            ));
        }
    };
    let body: Map<String, Value> = body
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    for (name, value) in &body {
        let parameter = known
            .iter()
            .find(|parameter| parameter.name == name && !(older && parameter.new))
            .ok_or_else(|| Refusal::unknown_parameter(name))?;
        if !parameter.kind.admits(value) {
            return Err(Refusal::wrong_type(name, parameter.kind.word()));
        }
    }
    match known
        .iter()
        .find(|parameter| parameter.required && !body.contains_key(parameter.name))
    {
        Some(parameter) => Err(Refusal::missing(parameter.name)),
        None => Ok(body),
    }
}

/// Checked parameters as the request that they are.
pub(crate) fn request<T: DeserializeOwned>(parameters: Map<String, Value>) -> Result<T, Refusal> {
    serde_json::from_value(Value::Object(parameters)).map_err(|error| {
        Refusal::new(
            "InvalidParameter",
            format!("The parameters cannot be read: {error}."),
            format!("无法解析参数：{error}。"),
        )
    })
}

impl Kind {
    fn admits(self, value: &Value) -> bool {
        let all = |admits: fn(&Value) -> bool| {
            value
                .as_array()
                .is_some_and(|values| values.iter().all(admits))
        };
        match self {
            Self::String => value.is_string(),
            Self::Integer => value.is_i64(),
            Self::Unsigned => value.is_u64(),
            Self::Boolean => value.is_boolean(),
            Self::Strings => all(Value::is_string),
            Self::Integers => all(Value::is_i64),
            Self::Objects => all(|value| {
                value
                    .as_object()
                    .is_some_and(|object| object.values().all(Value::is_string))
            }),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Integer => "Integer",
            Self::Unsigned => "Unsigned Integer",
            Self::Boolean => "Boolean",
            Self::Strings => "Array of String",
            Self::Integers => "Array of Integer",
            Self::Objects => "Array of Object",
        }
    }
}
