//! Plans: what an action would do, from facts read for it, and whether it may be done.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt};
use jiff::SignedDuration;
use rediseal_tencent::kind::kind;
use rediseal_tencent::redis::Instance;
use uuid::Uuid;

use crate::accounts::Account;
use crate::consequences::consequences;
use crate::engine::Engine;
use crate::error::Error;
use crate::readiness::{RUNNING, at_least};
use crate::rows::{ipv6_address, private_address, public_address};
use crate::store::Known;
use crate::view::{
    Action, AddressChoice, CertificateAddress, EncryptionMode, InstanceRow, Plan, PlanTarget,
    Readiness, Ssl, When,
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
            // Typed confirmations, passwords and certificates are for one instance each.
            Action::DisableSsl { .. }
            | Action::RequirePassword
            | Action::SetEncryptionMode { .. }
            | Action::UpdateCertificate { .. } => 1,
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
            addresses: addresses(&action, &facts),
            confirmation: cuts_clients_off(&action).then(|| ids[0].clone()),
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
        Action::EnableSsl { .. } => row.ssl == Ssl::On,
        Action::DisableSsl { .. } => row.ssl == Ssl::Off,
        Action::RequirePassword => known.instance.no_auth == Some(false),
        Action::UpgradeVersion { target_type, .. } => known.instance.kind == Some(*target_type),
        Action::SetEncryptionMode { mode } => {
            row.ssl == Ssl::On && row.encryption_mode.as_deref() == Some(mode_word(*mode))
        }
        Action::UpgradeProxy { .. } | Action::UpdateCertificate { .. } => false,
    }
}

/// The vendor's word.
pub(crate) const fn mode_word(mode: EncryptionMode) -> &'static str {
    match mode {
        EncryptionMode::Flexible => "flexible",
        EncryptionMode::Required => "required",
    }
}

const fn cuts_clients_off(action: &Action) -> bool {
    matches!(
        action,
        Action::DisableSsl { .. }
            | Action::SetEncryptionMode {
                mode: EncryptionMode::Required
            }
    )
}

/// The address that an action asks for; none for an action that cannot ask.
const fn asked_address(action: &Action) -> Option<Option<CertificateAddress>> {
    match action {
        Action::EnableSsl { address }
        | Action::DisableSsl { address }
        | Action::UpdateCertificate { address, .. } => Some(*address),
        _ => None,
    }
}

/// The host that a certificate for this address would be for.
pub(crate) fn host(instance: &Instance, address: CertificateAddress) -> Option<String> {
    let with_port = match address {
        CertificateAddress::PrivateIpv4 => private_address(instance),
        CertificateAddress::PrivateIpv6 => ipv6_address(instance),
        CertificateAddress::Public => public_address(instance),
    }?;
    let (host, _) = with_port.rsplit_once(':')?;
    Some(host.trim_matches(['[', ']']).to_owned())
}

fn addresses(action: &Action, facts: &[(Known, InstanceRow)]) -> Vec<AddressChoice> {
    if asked_address(action).is_none() {
        return Vec::new();
    }
    let host = |known: &Known, address| host(&known.instance, address);
    [
        CertificateAddress::PrivateIpv4,
        CertificateAddress::PrivateIpv6,
        CertificateAddress::Public,
    ]
    .into_iter()
    .filter(|address| {
        facts
            .iter()
            .all(|(known, _)| host(known, *address).is_some())
    })
    .map(|address| AddressChoice {
        address,
        host: match facts {
            [(known, _)] => host(known, address),
            _ => None,
        },
    })
    .collect()
}

fn applicable(action: &Action, known: &Known, row: &InstanceRow) -> bool {
    let instance = &known.instance;
    let idle = instance.status == Some(RUNNING) && row.ssl != Ssl::Updating && row.job_id.is_none();
    let able = match action {
        Action::EnableSsl { .. } => row.readiness == Readiness::Ready,
        Action::DisableSsl { .. } => row.ssl == Ssl::On,
        Action::UpgradeProxy { .. } => !row.proxy_upgrade.is_empty(),
        Action::RequirePassword => instance.no_auth == Some(true),
        Action::SetEncryptionMode { .. } | Action::UpdateCertificate { .. } => row.ssl == Ssl::On,
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
    let addressed = asked_address(action)
        .flatten()
        .is_none_or(|address| host(instance, address).is_some());
    idle && able && addressed
}
