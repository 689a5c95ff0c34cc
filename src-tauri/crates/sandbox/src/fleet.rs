//! The fleet as data: `fleet.json` and the instances generated beside it.

use jiff::civil::Date;
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde::Deserialize;

use crate::authority::KeyKind;

/// The built-in fleet: one instance for every state that the vendor's documents name, and some
/// that are wrong in an instructive way.
const BUILT_IN: &str = include_str!("../fleet.json");

/// Regions and their instances.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fleet {
    pub(crate) regions: Vec<RegionData>,
    pub(crate) instances: Vec<InstanceData>,
}

/// A region, also one without instances.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegionData {
    pub(crate) region: String,
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) name_zh: String,
    /// The zone that all of its instances are in.
    pub(crate) zone: i64,
    /// What its CA and servers sign with.
    pub(crate) key: KeyKind,
}

/// An instance as the fleet's file describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceData {
    /// Why it is in the fleet, for the reader of the file.
    #[expect(dead_code, reason = "documentation that lives in the data")]
    pub(crate) shows: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) region: String,
    /// The code of [`rediseal_tencent::kind`].
    #[serde(rename = "type")]
    pub(crate) kind: i64,
    /// MB over all shards.
    pub(crate) size: i64,
    #[serde(default = "one")]
    pub(crate) shards: i64,
    pub(crate) created: Date,
    /// The value of its `env` tag.
    pub(crate) env: String,
    #[serde(default = "running")]
    pub(crate) status: i64,
    /// When it was isolated.
    pub(crate) closed: Option<Date>,
    /// Empty: an engine without a proxy of its own.
    #[serde(default = "current_proxy")]
    pub(crate) proxy: String,
    #[serde(default)]
    pub(crate) proxy_offer: String,
    /// The kernel's version; follows the type when not given.
    pub(crate) redis: Option<String>,
    #[serde(default)]
    pub(crate) redis_offer: String,
    /// Password-free access.
    #[serde(default)]
    pub(crate) no_auth: bool,
    /// Its password is not the one that the sandbox tells.
    #[serde(default)]
    pub(crate) own_password: bool,
    /// Has a public address.
    #[serde(default)]
    pub(crate) public: bool,
    /// `OpenSSL` and `CloseSSL` answer `TaskId` -1 although they take time.
    #[serde(default)]
    pub(crate) no_task_id: bool,
    pub(crate) ssl: Option<SslData>,
    pub(crate) task: Option<TaskData>,
}

/// SSL is on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SslData {
    pub(crate) since: Date,
    /// `private`, `public`, or an address that is not its own; none: no SAN extension.
    pub(crate) names: Option<String>,
    #[serde(default)]
    pub(crate) issuer: Issuer,
    /// Days from the sandbox's start to the end of the certificate, in the place of 20 years.
    pub(crate) ends_in_days: Option<i64>,
}

/// Who signed a certificate, as seen from the archive of the region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Issuer {
    /// The CA in the archive.
    #[default]
    Region,
    /// A CA with the same name and another key.
    Renewed,
    /// A CA with another name.
    Another,
    /// Of the certificate that the account has in the SSL Certificates service.
    Own,
}

/// A task that runs when the sandbox starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskData {
    /// `OpenSSL`, or a task code of the vendor's list.
    pub(crate) action: String,
    /// Simulated; an `OpenSSL` takes as long as any other.
    #[serde(default)]
    pub(crate) seconds: u64,
}

impl Fleet {
    /// The built-in fleet, with generated instances added until there are `size`.
    pub(crate) fn new(size: Option<usize>, random: &mut StdRng) -> Result<Self, serde_json::Error> {
        let mut fleet: Self = serde_json::from_str(BUILT_IN)?;
        let wanted = size.unwrap_or(0).saturating_sub(fleet.instances.len());
        for number in 0..wanted {
            let generated = fleet.generate(number, random);
            fleet.instances.push(generated);
        }
        Ok(fleet)
    }

    fn generate(&self, number: usize, random: &mut StdRng) -> InstanceData {
        const KINDS: [i64; 10] = [6, 7, 8, 9, 15, 15, 16, 17, 18, 19];
        const USES: [&str; 8] = [
            "cache", "session", "queue", "feed", "cart", "token", "search", "geo",
        ];
        let region = &self.regions[number % self.regions.len()].region;
        let kind = *KINDS.choose(random).unwrap_or(&15);
        let usage = USES.choose(random).unwrap_or(&"cache");
        let shards = if kind % 2 == 1 && kind < 15 || kind > 15 && kind % 2 == 0 {
            random.random_range(2..=8)
        } else {
            1
        };
        let created = Date::constant(2022, 1, 1)
            .checked_add(jiff::Span::new().days(random.random_range(0_i64..1500)))
            .unwrap_or(Date::constant(2022, 1, 1));
        let old_proxy = random.random_bool(0.15);
        let ssl = (!old_proxy && random.random_bool(0.4)).then(|| SslData {
            since: Date::constant(2026, 3, 1),
            names: random.random_bool(0.5).then(|| "private".to_owned()),
            issuer: Issuer::Region,
            ends_in_days: None,
        });
        InstanceData {
            shows: "generated".to_owned(),
            id: format!("crs-{}", token(random, 8)),
            name: format!("{usage}-{:05}", number + 1),
            region: region.clone(),
            kind,
            size: 1024 * shards,
            shards,
            created,
            env: if random.random_bool(0.7) {
                "prod"
            } else {
                "test"
            }
            .to_owned(),
            status: running(),
            closed: None,
            proxy: if old_proxy {
                "5.5.0".to_owned()
            } else {
                current_proxy()
            },
            proxy_offer: if old_proxy {
                current_proxy()
            } else {
                String::new()
            },
            redis: None,
            redis_offer: String::new(),
            no_auth: ssl.is_none() && random.random_bool(0.1),
            own_password: false,
            public: false,
            no_task_id: false,
            ssl,
            task: None,
        }
    }
}

/// The proxy that every upgrade ends at.
pub(crate) fn current_proxy() -> String {
    "5.8.20".to_owned()
}

/// Lowercase letters and digits.
pub(crate) fn token(random: &mut StdRng, length: usize) -> String {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    (0..length)
        .map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]))
        .collect()
}

fn one() -> i64 {
    1
}

fn running() -> i64 {
    2
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::collections::HashSet;

    use rand::{SeedableRng, rngs::StdRng};

    use super::{Fleet, InstanceData};

    #[test]
    fn the_default_fleet_spans_at_least_six_regions_and_a_large_one_all_twelve() {
        let fleet = Fleet::new(None, &mut StdRng::seed_from_u64(1)).unwrap();
        let known: HashSet<_> = fleet.regions.iter().map(|region| &region.region).collect();
        let used: HashSet<_> = fleet.instances.iter().map(|one| &one.region).collect();
        let ids: HashSet<_> = fleet.instances.iter().map(|one| &one.id).collect();
        assert!(fleet.instances.len() >= 24 && used.len() >= 6);
        assert!(used.is_subset(&known));
        assert_eq!(ids.len(), fleet.instances.len());
        let large = Fleet::new(Some(5_000), &mut StdRng::seed_from_u64(1)).unwrap();
        assert_eq!(large.regions.len(), 12);
        for region in &large.regions {
            let here = |one: &&InstanceData| one.region == region.region;
            let count = large.instances.iter().filter(here).count();
            assert!((400..=440).contains(&count), "{}: {count}", region.region);
        }
    }

    #[test]
    fn the_seed_fixes_generated_instances() {
        let names = |seed| {
            let fleet = Fleet::new(Some(300), &mut StdRng::seed_from_u64(seed)).unwrap();
            assert_eq!(fleet.instances.len(), 300);
            let ids = fleet.instances.into_iter().map(|instance| instance.id);
            ids.collect::<Vec<_>>()
        };
        assert_eq!(names(7), names(7));
        assert_ne!(names(7), names(8));
    }
}
