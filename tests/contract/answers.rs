//! Our types of answers against the vendor's: every field has its name and type there, and the
//! published examples come through whole.

use std::fmt::Debug;

use rediseal_tencent::{
    action::Action,
    redis::{
        DealDetail, DealDetails, DealResponse, DescribeInstancesResponse, FlowResponse, Instance,
        MaintenanceWindow, SslStatus, Tag, TaskInfo, TaskList, TaskListItem, TaskResponse,
    },
    region::{DescribeRegionsResponse, Region},
    sts::CallerIdentity,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::description::{self, NEWER};

#[test]
fn every_published_answer_comes_through_whole() {
    for action in Action::ALL {
        let name = action.name;
        let examples = description::examples(action);
        assert!(
            !examples.is_empty() || NEWER.contains(&name),
            "{name} has no published example"
        );
        for example in examples {
            for shape in shapes(action) {
                for value in shape.values(&example) {
                    let read = (shape.read)(value).unwrap_or_else(|error| {
                        panic!("{name}{}: {error} in {value}", shape.place());
                    });
                    let (again, before) = (plain(&read.again), plain(value));
                    assert_eq!(again, before, "{name}{}", shape.place());
                }
            }
        }
    }
}

#[test]
fn every_field_of_an_answer_is_described() {
    let mut strangers = Vec::new();
    for action in Action::ALL {
        let description = description::of(action.product);
        let Some(described) = description.find(action) else {
            continue;
        };
        let specimen = description.specimen(&described.output);
        for shape in shapes(action) {
            for value in shape.values(&specimen) {
                let read = (shape.read)(value)
                    .unwrap_or_else(|error| panic!("{}{}: {error}", action.name, shape.place()));
                strangers.extend(
                    read.absent()
                        .map(|field| format!("{}{}.{field}", action.name, shape.place())),
                );
            }
        }
    }
    assert_eq!(strangers, [""; 0]);
}

/// A type of ours, and what it reads: an answer, or the elements of a list in it.
struct Shape {
    list: &'static [&'static str],
    read: fn(&Value) -> Result<Read, serde_json::Error>,
}

/// What came of reading.
struct Read {
    again: Value,
    debug: String,
}

/// Lists of answers are read with forbearance, so their elements stand here for themselves.
fn shapes(action: Action) -> Vec<Shape> {
    match action {
        Action::DESCRIBE_INSTANCES => vec![
            whole::<DescribeInstancesResponse>(),
            elements::<Instance>(&["InstanceSet"]),
            elements::<Tag>(&["InstanceSet", "InstanceTags"]),
        ],
        Action::DESCRIBE_SSL_STATUS => vec![whole::<SslStatus>()],
        Action::OPEN_SSL
        | Action::CLOSE_SSL
        | Action::MODIFY_SSL_ENCRYPTION_MODE
        | Action::UPDATE_SSL_CERT
        | Action::RESET_PASSWORD => vec![whole::<TaskResponse>()],
        Action::DESCRIBE_TASK_INFO => vec![whole::<TaskInfo>()],
        Action::DESCRIBE_TASK_LIST => {
            vec![whole::<TaskList>(), elements::<TaskListItem>(&["Tasks"])]
        }
        Action::UPGRADE_PROXY_VERSION | Action::UPGRADE_SMALL_VERSION => {
            vec![whole::<FlowResponse>()]
        }
        Action::UPGRADE_INSTANCE_VERSION => vec![whole::<DealResponse>()],
        Action::DESCRIBE_INSTANCE_DEAL_DETAIL => vec![
            whole::<DealDetails>(),
            elements::<DealDetail>(&["DealDetails"]),
        ],
        Action::DESCRIBE_MAINTENANCE_WINDOW => vec![whole::<MaintenanceWindow>()],
        Action::DESCRIBE_REGIONS => vec![
            whole::<DescribeRegionsResponse>(),
            elements::<Region>(&["RegionSet"]),
        ],
        Action::GET_CALLER_IDENTITY => vec![whole::<CallerIdentity>()],
        other => panic!("{} has no answer here", other.name),
    }
}

fn whole<T: DeserializeOwned + Serialize + Debug>() -> Shape {
    elements::<T>(&[])
}

fn elements<T: DeserializeOwned + Serialize + Debug>(list: &'static [&'static str]) -> Shape {
    Shape {
        list,
        read: |value| {
            let read = T::deserialize(value)?;
            Ok(Read {
                again: serde_json::to_value(&read)?,
                debug: format!("{read:?}"),
            })
        },
    }
}

impl Shape {
    fn values<'a>(&self, answer: &'a Value) -> Vec<&'a Value> {
        self.list.iter().fold(vec![answer], |values, name| {
            let element = |value: &'a Value| value[name].as_array().into_iter().flatten();
            values.into_iter().flat_map(element).collect()
        })
    }

    fn place(&self) -> String {
        self.list.iter().map(|name| format!(".{name}[]")).collect()
    }
}

impl Read {
    /// Fields that the value did not fill.
    fn absent(&self) -> impl Iterator<Item = &str> {
        let end = self.debug.trim_end_matches([' ', '}']);
        end.split([',', '{'])
            .filter_map(|field| Some(field.trim().strip_suffix(": None")?.trim()))
    }
}

/// Without what is null, and with every number as a float: 1024 and 1024.0 are the same.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect(),
        other => other.clone(),
    }
}
