//! What follows from an action, told by the facts that its plan rests on.

use rediseal_tencent::kind::kind;
use serde_json::{Value, json};

use crate::plan::{host, nothing_to_do};
use crate::readiness;
use crate::store::Known;
use crate::view::{
    Action, CertificateAddress, Consequence, EncryptionMode, FactMap, InstanceRow, When,
};

/// Each with a code; where nothing has to be done, nothing follows.
pub(crate) fn consequences(
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
        Action::EnableSsl { address } => {
            add("plaintext_still_accepted", FactMap::new());
            add("new_connections_handshake", FactMap::new());
            add("seconds_of_disconnection", one("certain", json!(false)));
            match address {
                None => add("certificate_without_names", FactMap::new()),
                Some(address) => for_address(*address, facts, &mut add),
            }
        }
        Action::DisableSsl { address } => {
            add("tls_clients_cut_off", FactMap::new());
            add("plaintext_again", FactMap::new());
            if address.is_some() {
                add("address_of_closing_undocumented", FactMap::new());
                add("newer_api", one("parameter", json!("AddressType")));
            }
        }
        Action::SetEncryptionMode { mode } => {
            match mode {
                EncryptionMode::Required => {
                    // Neither the API nor a server that nobody logs in to counts them.
                    add(
                        "plaintext_connections_dropped",
                        one("connected", Value::Null),
                    );
                    add("plaintext_refused", FactMap::new());
                }
                EncryptionMode::Flexible => add("plaintext_accepted_again", FactMap::new()),
            }
            if facts.iter().any(|(_, row)| row.encryption_mode.is_none()) {
                add("mode_not_reported", FactMap::new());
            }
            add(
                "newer_api",
                one("parameter", json!("ModifySSLEncryptionMode")),
            );
        }
        Action::UpdateCertificate {
            address,
            min_version,
            certificate_id,
        } => {
            add("certificate_replaced", FactMap::new());
            match certificate_id {
                None => add("authority_may_change", FactMap::new()),
                Some(id) => add("authority_of_that_certificate", one("id", json!(id))),
            }
            if let Some(version) = min_version {
                add("older_tls_refused", one("version", json!(version)));
            }
            add("seconds_of_disconnection", one("certain", json!(false)));
            match address {
                None => add("newer_api", one("parameter", json!("UpdateSSLCert"))),
                Some(address) => for_address(*address, facts, &mut add),
            }
        }
        Action::UpgradeProxy { .. } => {
            if let Some((_, row)) = facts.first() {
                add(
                    "proxy_version_changes",
                    readiness::facts([
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

/// What follows from a certificate that is asked to be for an address.
fn for_address(
    address: CertificateAddress,
    facts: &[(Known, InstanceRow)],
    add: &mut impl FnMut(&str, FactMap),
) {
    match facts {
        [(known, _)] => {
            let host = host(&known.instance, address);
            add("certificate_for_address", one("host", json!(host)));
        }
        _ => add("certificate_for_addresses", FactMap::new()),
    }
    add("other_addresses_not_named", FactMap::new());
    add("new_address_needs_new_certificate", FactMap::new());
    add("newer_api", one("parameter", json!("AddressType")));
}

fn one(key: &str, value: Value) -> FactMap {
    readiness::facts([(key, value)])
}
