//! The description of the API that `tccli` works from: actions, structures and examples.

use std::{collections::BTreeMap, fs, path::PathBuf};

use rediseal_tencent::action::{Action, Product};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::vendor;

/// Actions that are documented on the vendor's site and not yet in its tools.
pub(crate) const NEWER: &[&str] = &["ModifySSLEncryptionMode", "UpdateSSLCert"];

/// One product's description.
#[derive(Deserialize)]
pub(crate) struct Description {
    pub(crate) actions: BTreeMap<String, Described>,
    objects: BTreeMap<String, Object>,
}

/// The structures of an action, by name.
#[derive(Deserialize)]
pub(crate) struct Described {
    pub(crate) input: String,
    pub(crate) output: String,
}

#[derive(Deserialize)]
struct Object {
    members: Vec<Member>,
}

/// A field of a structure.
#[derive(Deserialize)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// `list`, `object`, or as `member` but for the width of integers.
    #[serde(rename = "type")]
    kind: String,
    /// The type, of the elements where it is a list.
    pub(crate) member: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) output_required: bool,
    #[serde(default)]
    value_allowed_null: bool,
    /// Deprecated.
    #[serde(default)]
    disabled: bool,
}

/// Which of a field's rules apply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Answer,
}

#[derive(Deserialize)]
struct Examples {
    actions: BTreeMap<String, Vec<Example>>,
}

#[derive(Deserialize)]
struct Example {
    output: String,
}

/// The description of a product.
pub(crate) fn of(product: Product) -> Description {
    load(product, "api.json")
}

/// The published answers to an action, unwrapped.
pub(crate) fn examples(action: Action) -> Vec<Value> {
    let all: Examples = load(action.product, "examples.json");
    let examples = all.actions.get(action.name).map_or(&[][..], Vec::as_slice);
    let unwrap = |example: &Example| {
        let mut answer: Value = serde_json::from_str(&example.output).unwrap();
        answer["Response"].take()
    };
    examples.iter().map(unwrap).collect()
}

fn load<T: DeserializeOwned>(product: Product, file: &str) -> T {
    let version = format!("v{}", product.version().replace('-', ""));
    let path: PathBuf = ["tccli", "services", product.service(), &version, file]
        .iter()
        .collect();
    let path = vendor::packages().join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

impl Description {
    /// An action that the tools have to know, unless it is [`NEWER`].
    pub(crate) fn find(&self, action: Action) -> Option<&Described> {
        let found = self.actions.get(action.name);
        let name = action.name;
        assert!(
            found.is_some() || NEWER.contains(&name),
            "{name} is not an action of the vendor's"
        );
        found
    }

    pub(crate) fn members(&self, object: &str) -> &[Member] {
        &self.objects[object].members
    }

    pub(crate) fn is_object(&self, name: &str) -> bool {
        self.objects.contains_key(name)
    }

    /// Where `value` is not what the structure `object` says, each with its path.
    pub(crate) fn misfits(&self, object: &str, value: &Value, direction: Direction) -> Vec<String> {
        let mut misfits = Vec::new();
        self.compare(object, value, direction, "", &mut misfits);
        misfits
    }

    /// A value of the structure with every field.
    pub(crate) fn specimen(&self, object: &str) -> Value {
        let value = |member: &Member| match (member.kind.as_str(), member.member.as_str()) {
            ("list", element) => json!([self.scalar(element)]),
            (_, element) => self.scalar(element),
        };
        self.members(object)
            .iter()
            .map(|member| (member.name.clone(), value(member)))
            .collect()
    }

    fn scalar(&self, member: &str) -> Value {
        match member {
            "string" => json!("text"),
            "int64" | "uint64" => json!(7),
            "float" => json!(1.5),
            "bool" => json!(true),
            object => self.specimen(object),
        }
    }

    fn compare(
        &self,
        object: &str,
        value: &Value,
        direction: Direction,
        path: &str,
        misfits: &mut Vec<String>,
    ) {
        let Some(fields) = value.as_object() else {
            misfits.push(format!("{path} is {value}, not {object}"));
            return;
        };
        let members = self.members(object);
        for name in fields.keys() {
            if !members.iter().any(|member| member.name == *name) {
                misfits.push(format!("{path}{name} is not described"));
            }
        }
        for member in members {
            let path = format!("{path}{}", member.name);
            let required = match direction {
                Direction::Request => member.required,
                Direction::Answer => member.output_required && !member.disabled,
            };
            match fields.get(&member.name) {
                None if required => misfits.push(format!("{path} is missing")),
                Some(Value::Null) if direction == Direction::Request => {
                    misfits.push(format!("{path} is null"));
                }
                Some(Value::Null) if required && !member.value_allowed_null => {
                    misfits.push(format!("{path} is null"));
                }
                None | Some(Value::Null) => {}
                Some(value) if member.kind == "list" => match value.as_array() {
                    None => misfits.push(format!("{path} is {value}, not a list")),
                    Some(elements) => {
                        for element in elements {
                            let path = format!("{path}[]");
                            self.one(&member.member, element, direction, &path, misfits);
                        }
                    }
                },
                Some(value) => self.one(&member.member, value, direction, &path, misfits),
            }
        }
    }

    fn one(
        &self,
        member: &str,
        value: &Value,
        direction: Direction,
        path: &str,
        misfits: &mut Vec<String>,
    ) {
        let fits = match member {
            "string" => value.is_string(),
            "int64" => value.is_i64(),
            "uint64" => value.is_u64(),
            "float" => value.is_number(),
            "bool" => value.is_boolean(),
            object => {
                let path = format!("{path}.");
                return self.compare(object, value, direction, &path, misfits);
            }
        };
        if !fits {
            misfits.push(format!("{path} is {value}, not {member}"));
        }
    }
}
