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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use std::fmt::Debug;

    use serde::Serialize;
    use serde_json::json;

    use super::*;
    use crate::{redis, region, sts};

    #[test]
    fn ssl_status() {
        let status: redis::SslStatus = survives(json!({
            "AddressType": -1,
            "CertDownloadUrl": "https://tencentdb-user-crt-1256375829.cos.ap-nanjing.myqcloud.com/TencentDB-SSL-CA.zip",
            "EncryptAddress": "",
            "FeatureSupport": true,
            "SSLConfig": false,
            "Status": 2,
            "UrlExpiredTime": "2042-06-16 20:29:32",
        }));
        assert_eq!(status.ssl_config, Some(false));
        assert_eq!(status.address_type, Some(-1));
    }

    #[test]
    fn tasks_and_orders() {
        let id = "req";
        let task: redis::TaskResponse = survives(json!({"TaskId": -1, "RequestId": id}));
        assert_eq!(task.task(), None);
        let task: redis::TaskResponse = survives(json!({"TaskId": 329, "RequestId": id}));
        assert_eq!(task.task().unwrap().get(), 329);
        assert_eq!(redis::TaskResponse::default().task(), None);
        let flow: redis::FlowResponse = survives(json!({"FlowId": 7, "RequestId": id}));
        assert_eq!(flow.task().unwrap().get(), 7);
        survives::<redis::DealResponse>(
            json!({"DealName": "20200101", "DealId": "1", "RequestId": id}),
        );
        survives::<redis::TaskInfo>(json!({
            "Status": "succeed", "StartTime": "2020-01-01 00:00:00", "TaskType": "清空实例",
            "InstanceId": "crs-1", "TaskMessage": "ok",
        }));
        let list: redis::TaskList = survives(json!({
            "TotalCount": 1,
            "Tasks": [{
                "TaskId": 1, "StartTime": "", "EndTime": "", "TaskType": "071", "InstanceName": "",
                "InstanceId": "crs-1", "ProjectId": 0, "Progress": 1, "Result": 2,
            }],
        }));
        assert_eq!(list.tasks.unwrap()[0].task_type.as_deref(), Some("071"));
        survives::<redis::TaskListItem>(
            json!({"TaskId": 1, "Progress": 0.5, "Result": 4, "TaskType": "043"}),
        );
        let deals: redis::DealDetails = survives(json!({"DealDetails": [{
            "DealName": "2020", "Status": 4, "Description": "", "InstanceIds": ["crs-1"],
            "Creater": "1",
        }]}));
        assert_eq!(deals.deal_details.unwrap()[0].other["Creater"], "1");
        survives::<redis::MaintenanceWindow>(json!({"StartTime": "03:00", "EndTime": "06:00"}));
    }

    #[test]
    fn instances() {
        let instance: redis::Instance = survives(json!({
            "InstanceName": "crs-5a4py64p", "InstanceId": "crs-5a4py64p", "Appid": 1_255_000_000,
            "ProjectId": 0, "ProjectName": "默认项目", "RegionId": 1, "Region": "ap-guangzhou",
            "ZoneId": 100_003, "UniqVpcId": "vpc-1", "UniqSubnetId": "subnet-1", "Status": 2,
            "SubStatus": 37, "InstanceTitle": "运行中", "WanIp": "10.0.0.1", "Port": 6379,
            "IPv6": "", "WanAddress": "", "Createtime": "2020-01-01 00:00:00",
            "DeadlineTime": "", "CloseTime": "0000-00-00 00:00:00", "Size": 1024, "Type": 7,
            "Engine": "Redis", "ProductType": "cluster", "ProductVersion": "local",
            "BillingMode": 0, "AutoRenewFlag": 0,
            "InstanceTags": [{"TagKey": "env", "TagValue": "test"}], "RedisShardSize": 1024,
            "RedisShardNum": 3, "RedisReplicasNum": 1, "NoAuth": false, "ClientLimit": 10_000,
            "CurrentProxyVersion": "5.5.0", "UpgradeProxyVersion": "5.8.20",
            "CurrentRedisVersion": "92.0.0", "UpgradeRedisVersion": "",
        }));
        assert_eq!(instance.wan_ip.as_deref(), Some("10.0.0.1"));
        assert_eq!(instance.size, Some(1024.0));
    }

    #[test]
    fn regions_and_identity() {
        let regions: region::DescribeRegionsResponse = survives(json!({
            "TotalCount": 1,
            "RegionSet": [{
                "Region": "ap-guangzhou", "RegionName": "华南地区(广州)",
                "RegionState": "AVAILABLE", "RegionTypeMC": null,
            }],
        }));
        assert_eq!(
            regions.region_set.unwrap()[0].region_state.as_deref(),
            Some("AVAILABLE")
        );
        survives::<region::Region>(
            json!({"Region": "ap-x", "RegionName": "x", "RegionState": "NEW"}),
        );
        survives::<sts::CallerIdentity>(json!({
            "Arn": "qcs::cam::uin/1:uin/2", "AccountId": "1", "UserId": "2", "PrincipalId": "2",
            "Type": "CAMUser",
        }));
    }

    #[test]
    fn one_bad_element_loses_no_other() {
        let page: redis::DescribeInstancesResponse = read(json!({
            "TotalCount": 4,
            "InstanceSet": [
                {"InstanceId": "crs-1", "Status": 2},
                {"InstanceId": "crs-2", "Status": "running", "Port": 6379},
                "crs-3",
                {"InstanceId": 4, "Status": 1},
            ],
        }));
        let instances = page.instance_set.unwrap();
        assert_eq!(instances.len(), 4);
        assert_eq!(instances[0].instance_id.as_deref(), Some("crs-1"));
        assert_eq!(instances[1].instance_id.as_deref(), Some("crs-2"));
        assert_eq!(instances[1].port, Some(6379));
        assert_eq!(instances[1].status, None);
        assert_eq!(instances[1].other["Status"], "running");
        assert_eq!(instances[2].other["raw"], "crs-3");
        assert_eq!(instances[3].other["InstanceId"], 4);
        assert_eq!(instances[3].status, Some(1));
    }

    /// Reads an example whole, with every field null, with every field missing, with unknown
    /// fields and with every field of a wrong type.
    fn survives<T: Answer + Serialize + PartialEq + Debug>(example: Value) -> T {
        let answer: T = read(example.clone());
        let written = serde_json::to_string(&answer).unwrap();
        assert_eq!(read::<T>(serde_json::from_str(&written).unwrap()), answer);

        let fields = example.as_object().unwrap();
        let nulls = fields.keys().map(|name| (name.as_str(), Value::Null));
        assert_eq!(read::<T>(Value::from_iter(nulls)), T::default());
        assert_eq!(read::<T>(json!({})), T::default());

        let mut unknown = example.clone();
        unknown["SSLMinVersion"] = json!("TLSv1.3");
        let mut more: T = read(unknown);
        assert_eq!(
            more.other_mut().remove("SSLMinVersion"),
            Some(json!("TLSv1.3"))
        );
        assert_eq!(more, answer);

        let surprise = json!({"not": ["what", "was", "documented"]});
        for name in fields.keys() {
            let mut changed = example.clone();
            changed[name] = surprise.clone();
            let odd: T = read(changed.clone());
            let text = serde_json::to_string(&odd).unwrap();
            assert_eq!(text.matches(&format!("\"{name}\":")).count(), 1, "{text}");
            changed[name] = Value::Null;
            let mut rest: T = read(changed);
            rest.other_mut().insert(name.clone(), surprise.clone());
            assert_eq!(odd, rest, "{name}");
        }
        answer
    }
}
