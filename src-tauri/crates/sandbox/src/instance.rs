//! An instance: its facts, its rules and how the API shows it.

use std::{net::Ipv4Addr, sync::Arc};

use jiff::{Timestamp, civil::Date, tz};
use rediseal_tencent::{
    kind::kind,
    redis::{Other, Tag},
};
use serde_json::json;

use crate::{
    authority::{Identity, Subject, twenty_years_after},
    clock::stamp,
    data::Endpoint,
    fleet::{InstanceData, Issuer, RegionData},
};

/// The first proxy that speaks TLS.
const FIRST_TLS_PROXY: &str = "5.6.0";
const APP_ID: i64 = 1_300_000_001;

/// An instance's status on the wire.
pub(crate) mod status {
    pub(crate) const BUSY: i64 = 1;
    pub(crate) const RUNNING: i64 = 2;
    pub(crate) const ISOLATED: i64 = -2;
    pub(crate) const TO_BE_DELETED: i64 = -3;
}

/// What an `AddressType` binds a certificate to.
pub(crate) mod address_type {
    pub(crate) const UNSPECIFIED: i64 = -1;
    pub(crate) const PRIVATE_IPV4: i64 = 1;
    pub(crate) const PRIVATE_IPV6: i64 = 2;
    pub(crate) const PUBLIC: i64 = 3;
}

/// An instance.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) data: InstanceData,
    pub(crate) region: Arc<RegionData>,
    pub(crate) kind: i64,
    /// Status without regard to tasks.
    pub(crate) status: i64,
    pub(crate) proxy: String,
    pub(crate) proxy_offer: String,
    pub(crate) redis: String,
    pub(crate) redis_offer: String,
    pub(crate) no_auth: bool,
    pub(crate) password: Arc<str>,
    pub(crate) window: (String, String),
    pub(crate) ssl: Option<Ssl>,
    /// `None` when the fleet is too large to give each its own port.
    pub(crate) endpoint: Option<Arc<Endpoint>>,
}

/// What `DescribeInstances` shows of an instance and tasks change.
#[derive(Clone, Debug)]
pub(crate) struct Versions {
    pub(crate) kind: i64,
    proxy: String,
    proxy_offer: String,
    redis: String,
    redis_offer: String,
    no_auth: bool,
}

/// SSL is on.
#[derive(Clone, Debug)]
pub(crate) struct Ssl {
    /// What the certificate is bound to.
    pub(crate) address_type: i64,
    /// The name in the certificate; empty for none.
    pub(crate) address: String,
    pub(crate) identity: Arc<Identity>,
    /// Connections without TLS are not served.
    pub(crate) required: bool,
    /// Whose CA the archive has.
    pub(crate) archive: Issuer,
}

impl Instance {
    pub(crate) fn id(&self) -> &str {
        &self.data.id
    }

    /// The private address, which is a loopback one here.
    pub(crate) fn address(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.address().ip().to_string(),
            None => {
                let hash = self.data.id.bytes().fold(7_u32, |hash, byte| {
                    hash.wrapping_mul(31).wrapping_add(u32::from(byte))
                });
                Ipv4Addr::from(0x0a00_0000 | hash >> 8).to_string()
            }
        }
    }

    pub(crate) fn port(&self) -> u16 {
        match &self.endpoint {
            Some(endpoint) => endpoint.address().port(),
            None => 6379,
        }
    }

    /// The public address; the vendor's has the form `gz-crs-….sql.tencentcdb.com`, this one
    /// has to lead here.
    pub(crate) fn public_address(&self) -> String {
        if self.data.public {
            format!("localhost:{}", self.port())
        } else {
            String::new()
        }
    }

    /// What the certificate would name for an `AddressType`; empty when it binds nothing.
    pub(crate) fn bound_address(&self, address_type: i64) -> String {
        match address_type {
            address_type::PRIVATE_IPV4 => self.address(),
            address_type::PUBLIC if self.data.public => "localhost".to_owned(),
            _ => String::new(),
        }
    }

    /// The instance can have SSL.
    pub(crate) fn supports_ssl(&self) -> bool {
        !self.is_other_engine() && !self.is_redis_2_8() && self.proxy_speaks_tls()
    }

    /// CKV and Memcached.
    pub(crate) fn is_other_engine(&self) -> bool {
        matches!(self.kind, 3 | 4 | 200)
    }

    pub(crate) fn is_redis_2_8(&self) -> bool {
        matches!(self.kind, 2 | 5)
    }

    pub(crate) fn proxy_speaks_tls(&self) -> bool {
        !self.proxy.is_empty() && version(&self.proxy) >= version(FIRST_TLS_PROXY)
    }

    /// What a certificate issued now is for.
    pub(crate) fn subject(&self, address: &str, not_before: Timestamp) -> Subject {
        Subject {
            common_name: self.data.id.clone(),
            names: if address.is_empty() {
                Vec::new()
            } else {
                vec![address.to_owned()]
            },
            not_before,
            not_after: twenty_years_after(not_before),
        }
    }

    pub(crate) fn versions(&self) -> Versions {
        Versions {
            kind: self.kind,
            proxy: self.proxy.clone(),
            proxy_offer: self.proxy_offer.clone(),
            redis: self.redis.clone(),
            redis_offer: self.redis_offer.clone(),
            no_auth: self.no_auth,
        }
    }

    /// As an element of `InstanceSet`, with its versions, a status and its text.
    pub(crate) fn wire(
        &self,
        versions: Versions,
        status: i64,
        title: &str,
    ) -> rediseal_tencent::redis::Instance {
        let kind = kind(versions.kind);
        let cluster = kind.is_some_and(|kind| kind.architecture == "cluster");
        let created = morning(self.data.created);
        rediseal_tencent::redis::Instance {
            instance_id: Some(self.data.id.clone()),
            instance_name: Some(self.data.name.clone()),
            appid: Some(APP_ID),
            project_id: Some(0),
            project_name: Some("default".to_owned()),
            region_id: Some(self.region.id),
            region: Some(self.region.region.clone()),
            zone_id: Some(self.region.zone),
            uniq_vpc_id: Some(format!("vpc-{}", &self.data.id[4..])),
            uniq_subnet_id: Some(format!("subnet-{}", &self.data.id[4..])),
            status: Some(status),
            sub_status: Some(0),
            instance_title: Some(title.to_owned()),
            wan_ip: Some(self.address()),
            port: Some(i64::from(self.port())),
            ipv6: Some(String::new()),
            wan_address: Some(self.public_address()),
            createtime: Some(stamp(created)),
            deadline_time: Some(String::new()),
            close_time: Some(match self.data.closed {
                Some(date) => stamp(morning(date)),
                None => NEVER.to_owned(),
            }),
            size: Some(self.data.size as f64),
            kind: Some(versions.kind),
            engine: Some(kind.map_or("Redis", |kind| kind.engine).to_owned()),
            product_type: Some(if cluster { "cluster" } else { "standalone" }.to_owned()),
            product_version: Some("local".to_owned()),
            billing_mode: Some(0),
            auto_renew_flag: Some(0),
            instance_tags: Some(vec![Tag {
                tag_key: Some("env".to_owned()),
                tag_value: Some(self.data.env.clone()),
            }]),
            redis_shard_size: Some(self.data.size / self.data.shards.max(1)),
            redis_shard_num: Some(self.data.shards),
            redis_replicas_num: Some(1),
            no_auth: Some(versions.no_auth),
            client_limit: Some(10_000),
            current_proxy_version: Some(versions.proxy),
            upgrade_proxy_version: Some(versions.proxy_offer),
            current_redis_version: Some(versions.redis),
            upgrade_redis_version: Some(versions.redis_offer),
            other: other(),
        }
    }
}

/// A time that has not come, as the vendor writes it.
pub(crate) const NEVER: &str = "0000-00-00 00:00:00";

/// Fields that clients rarely use, as the vendor's example has them: `ApplicationVersion` is in
/// no published structure.
fn other() -> Other {
    [
        ("ApplicationVersion", json!("6.3.0")),
        ("BackupMode", json!("SecondLevelBackup")),
        ("ClientLimitMax", json!(40_000)),
        ("ClientLimitMin", json!(10_000)),
        ("DedicatedClusterId", json!("")),
        ("DeleteProtectionSwitch", json!(1)),
        ("DiskSize", json!(0)),
        ("DtsStatus", json!(0)),
        ("InstanceNode", json!([])),
        ("MonitorVersion", json!("5s")),
        ("NetLimit", json!(192)),
        ("NodeSet", json!([])),
        ("OfflineTime", json!("")),
        ("PasswordFree", json!(0)),
        ("PolarisServer", json!("")),
        ("PriceId", json!(0)),
        ("ReadOnly", json!(0)),
        ("RedisClusterId", json!("")),
        ("RemainBandwidthDuration", json!("")),
        ("SlaveReadWeight", json!(0)),
        ("SubnetId", json!(0)),
        ("Tags", json!([])),
        ("Vip6", json!("")),
        ("VpcId", json!(0)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// A moment of a date in UTC+8, for the fleet, which has dates only.
pub(crate) fn morning(date: Date) -> Timestamp {
    tz::offset(8)
        .to_timestamp(date.at(10, 0, 0, 0))
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The kernel version that a type starts with.
pub(crate) fn kernel(code: i64) -> String {
    match code {
        2 | 5 => "2.8.23",
        3 | 4 => "3.2.0",
        6 | 7 => "4.4.8",
        8 | 9 => "5.2.8",
        15 | 16 => "6.2.12",
        17 | 18 => "7.0.15",
        19 | 20 => "8.0.2",
        200 => "1.6.9",
        _ => "8.1.0",
    }
    .to_owned()
}

/// Dotted numbers, compared as numbers: 5.10 is newer than 5.6.
pub(crate) fn version(text: &str) -> Vec<u64> {
    text.split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}
