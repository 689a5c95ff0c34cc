//! Plans: what an action would do, from facts read for it, and whether it may be done.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt};
use jiff::SignedDuration;
use rediseal_tencent::kind::kind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::accounts::Account;
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::{RUNNING, at_least, facts};
use crate::store::Known;
use crate::view::{
    Action, Consequence, FactMap, InstanceRow, Plan, PlanTarget, Readiness, Ssl, When,
};

/// Instances of one plan.
const MOST: usize = 100;
/// Instances read together.
const TOGETHER: usize = 8;

/// Plans that were made and can be applied; gone when the process ends.
#[derive(Default)]
pub(crate) struct Plans(Mutex<HashMap<String, Made>>);

/// A plan and whose it is.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) plan: Plan,
    pub(crate) account: String,
}

impl Plans {
    fn put(&self, made: Made) {
        let mut plans = self.lock();
        plans.retain(|_, old| old.plan.expires > made.plan.expires - SignedDuration::from_hours(1));
        plans.insert(made.plan.id.clone(), made);
    }

    pub(crate) fn find(&self, id: &str) -> Option<Made> {
        self.lock().get(id).cloned()
    }

    pub(crate) fn remove(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Made>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// What an action would do to these instances, from facts read now. Changes nothing.
    ///
    /// # Errors
    ///
    /// When there is no account, an instance cannot be read, or the action cannot be done to so
    /// many at once.
    pub async fn plan(&self, action: Action, instance_ids: &[String]) -> Result<Plan, Error> {
        let mut seen = HashSet::new();
        let ids: Vec<String> = instance_ids
            .iter()
            .filter(|id| seen.insert(*id))
            .cloned()
            .collect();
        let most = match action {
            // Typed confirmations and passwords are for one instance each.
            Action::DisableSsl | Action::RequirePassword => 1,
            _ => MOST,
        };
        if ids.is_empty() || ids.len() > most {
            return Err(Error::InvalidInput {
                field: "instance_ids",
                problem: format!("{} are given, 1 to {most} can be", ids.len()),
            });
        }
        let account = self.inner.accounts.active()?;
        let mut facts = Vec::new();
        for known in self.read_all(&account, ids.clone()).await? {
            let row = self.row(&account, &known);
            facts.push((known, row));
        }
        let window = match (&action, facts.first()) {
            (
                Action::UpgradeProxy {
                    when: When::MaintenanceWindow,
                }
                | Action::UpgradeVersion {
                    when: When::MaintenanceWindow,
                    ..
                },
                Some((known, _)),
            ) => self.maintenance_window(&account, known).await,
            _ => None,
        };
        let plan = Plan {
            id: Uuid::new_v4().to_string(),
            consequences: consequences(&action, &facts, window),
            targets: facts
                .iter()
                .map(|(known, row)| target(&action, known, row))
                .collect(),
            confirmation: (action == Action::DisableSsl).then(|| ids[0].clone()),
            needs_password: action == Action::RequirePassword,
            expires: self.now()
                + SignedDuration::try_from(self.inner.timings.plan)
                    .unwrap_or(SignedDuration::from_mins(5)),
            action,
        };
        self.inner.plans.put(Made {
            plan: plan.clone(),
            account: account.id,
        });
        Ok(plan)
    }

    /// Reads instances anew, in the order given.
    pub(crate) async fn read_all(
        &self,
        account: &Account,
        ids: Vec<String>,
    ) -> Result<Vec<Known>, Error> {
        futures::stream::iter(ids)
            .map(|id| async move { self.read_instance(account, &id).await })
            .buffered(TOGETHER)
            .try_collect()
            .await
    }
}

pub(crate) fn target(action: &Action, known: &Known, row: &InstanceRow) -> PlanTarget {
    PlanTarget {
        instance_id: row.instance_id.clone(),
        name: row.name.clone(),
        region: row.region.clone(),
        ssl: row.ssl,
        findings: row.findings.clone(),
        applicable: nothing_to_do(action, known, row) || applicable(action, known, row),
    }
}

/// The instance is as the action would leave it.
pub(crate) fn nothing_to_do(action: &Action, known: &Known, row: &InstanceRow) -> bool {
    match action {
        Action::EnableSsl => row.ssl == Ssl::On,
        Action::DisableSsl => row.ssl == Ssl::Off,
        Action::RequirePassword => known.instance.no_auth == Some(false),
        Action::UpgradeVersion { target_type, .. } => known.instance.kind == Some(*target_type),
        Action::UpgradeProxy { .. } => false,
    }
}

fn applicable(action: &Action, known: &Known, row: &InstanceRow) -> bool {
    let instance = &known.instance;
    let idle = instance.status == Some(RUNNING) && row.ssl != Ssl::Updating && row.job_id.is_none();
    let able = match action {
        Action::EnableSsl => row.readiness == Readiness::Ready,
        Action::DisableSsl => row.ssl == Ssl::On,
        Action::UpgradeProxy { .. } => !row.proxy_upgrade.is_empty(),
        Action::RequirePassword => instance.no_auth == Some(true),
        // To a newer version of the same architecture; there is no way back.
        Action::UpgradeVersion { target_type, .. } => {
            match (instance.kind.and_then(kind), kind(*target_type)) {
                (Some(from), Some(to)) => {
                    from.engine == "Redis"
                        && to.engine == "Redis"
                        && from.architecture == to.architecture
                        && at_least(from.version, to.version) == Some(false)
                }
                _ => false,
            }
        }
    };
    idle && able
}

fn consequences(
    action: &Action,
    facts: &[(Known, InstanceRow)],
    window: Option<String>,
) -> Vec<Consequence> {
    let done = facts
        .iter()
        .filter(|(known, row)| nothing_to_do(action, known, row))
        .count();
    let mut found = Vec::new();
    let mut add = |code: &str, facts: FactMap| {
        found.push(Consequence {
            code: code.to_owned(),
            facts,
        });
    };
    if done > 0 {
        add("nothing_to_do", one("count", json!(done)));
    }
    if done == facts.len() {
        return found;
    }
    match action {
        Action::EnableSsl => {
            add("plaintext_still_accepted", FactMap::new());
            add("new_connections_handshake", FactMap::new());
            add("seconds_of_disconnection", one("certain", json!(false)));
        }
        Action::DisableSsl => {
            add("tls_clients_cut_off", FactMap::new());
            add("plaintext_again", FactMap::new());
        }
        Action::UpgradeProxy { .. } => {
            if let Some((_, row)) = facts.first() {
                add(
                    "proxy_version_changes",
                    crate::readiness::facts([
                        ("from", json!(row.proxy_version)),
                        ("to", json!(row.proxy_upgrade)),
                    ]),
                );
            }
            add("read_only_up_to_one_minute", FactMap::new());
            add("seconds_of_disconnection", one("certain", json!(true)));
        }
        Action::UpgradeVersion { target_type, .. } => {
            let to = kind(*target_type).map_or("", |kind| kind.version);
            add("version_changes", one("to", json!(to)));
            add("no_downgrade", FactMap::new());
            add("read_only_up_to_one_minute", FactMap::new());
            add("seconds_of_disconnection", one("certain", json!(true)));
        }
        Action::RequirePassword => {
            add("clients_without_password_cut_off", FactMap::new());
        }
    }
    match action {
        Action::UpgradeProxy {
            when: When::MaintenanceWindow,
        }
        | Action::UpgradeVersion {
            when: When::MaintenanceWindow,
            ..
        } => add("waits_for_maintenance_window", one("window", json!(window))),
        _ => add("task_cannot_be_cancelled", FactMap::new()),
    }
    found
}

fn one(key: &str, value: Value) -> FactMap {
    facts([(key, value)])
}
