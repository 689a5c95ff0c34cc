//! From a plan to jobs: the rule that only an unexpired, confirmed plan whose facts still hold is
//! carried out.

use std::collections::BTreeSet;

use rediseal_tencent::redis::DescribeTaskListRequest;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::run::Begin;
use crate::accounts::Account;
use crate::audit::{self, Note};
use crate::engine::Engine;
use crate::error::Error;
use crate::plan::{self, Made};
use crate::readiness::facts;
use crate::store::{JobRecord, Known, Sending, insert_job, is_busy};
use crate::view::{
    Action, Confirmation, EventCode, FactMap, InstanceRow, JobEvent, JobSnapshot, Phase, Plan,
};

impl Engine {
    /// Carries a plan out, one job for each instance that it can be applied to. The same request
    /// id gives the same jobs, so a call may be repeated.
    ///
    /// Facts are read again first. What has nothing to do becomes a job that ends at once,
    /// without a request. The intent is on disk before this returns, and before anything is sent.
    ///
    /// # Errors
    ///
    /// When the plan is over or does not hold, the confirmation is not the one asked for, a job
    /// runs on an instance, or the intent cannot be recorded. Nothing is sent then.
    pub async fn apply(
        &self,
        plan_id: &str,
        confirmation: Confirmation,
        request_id: &str,
    ) -> Result<Vec<JobSnapshot>, Error> {
        if request_id.is_empty() {
            return Err(Error::InvalidInput {
                field: "request_id",
                problem: "it is empty".to_owned(),
            });
        }
        let _one_at_a_time = self.inner.jobs.one_at_a_time(request_id).await;
        let before = self.inner.store.jobs_of_request(request_id)?;
        if !before.is_empty() {
            return Ok(before.into_iter().map(|job| self.newest(job)).collect());
        }
        let made = self
            .inner
            .plans
            .find(plan_id)
            .filter(|made| made.plan.expires > self.now())
            .ok_or(Error::PlanExpired { reason: "time" })?;
        let account = self.inner.accounts.find(&made.account)?;
        let outcome = self.carry_out(&made, &account, confirmation, request_id);
        match outcome.await {
            Ok(jobs) => {
                self.inner.plans.remove(plan_id);
                Ok(jobs)
            }
            Err(error) => {
                self.note_refusal(&made.plan, &account, &error);
                Err(error)
            }
        }
    }

    async fn carry_out(
        &self,
        made: &Made,
        account: &Account,
        confirmation: Confirmation,
        request_id: &str,
    ) -> Result<Vec<JobSnapshot>, Error> {
        let plan = &made.plan;
        confirmed(plan, &confirmation)?;
        let password = match plan.needs_password {
            true => Some(acceptable(confirmation.password.as_ref())?),
            false => None,
        };
        let facts = self.facts_that_hold(plan, account).await?;
        let mut records = Vec::new();
        for (known, row) in facts {
            records.push(self.record(plan, account, known, row).await?);
        }
        self.write_unwritten()?;
        self.write_intent(&records, account, &confirmation, request_id)?;
        let jobs = records.iter().map(|record| record.job.clone()).collect();
        for record in records {
            self.start(record, password.clone(), Begin::New);
        }
        Ok(jobs)
    }

    /// Reads the targets again and compares.
    async fn facts_that_hold(
        &self,
        plan: &Plan,
        account: &Account,
    ) -> Result<Vec<(Known, InstanceRow)>, Error> {
        let targets: Vec<_> = plan.targets.iter().filter(|t| t.applicable).collect();
        if targets.is_empty() {
            let first = plan.targets.first();
            return Err(Error::PreconditionFailed {
                instance_id: first.map(|t| t.instance_id.clone()).unwrap_or_default(),
                findings: first.map(|t| t.findings.clone()).unwrap_or_default(),
            });
        }
        let ids = targets.iter().map(|t| t.instance_id.clone()).collect();
        let mut facts = Vec::new();
        for (known, target) in self.read_all(account, ids).await?.into_iter().zip(targets) {
            let row = self.row(account, &known);
            if row.job_id.is_some() {
                return Err(Error::InstanceBusy {
                    instance_id: row.instance_id,
                });
            }
            let now = plan::target(&plan.action, &known, &row);
            if !now.applicable {
                return Err(Error::PreconditionFailed {
                    instance_id: now.instance_id,
                    findings: now.findings,
                });
            }
            let done = plan::nothing_to_do(&plan.action, &known, &row);
            if !done && now != *target {
                return Err(Error::PlanExpired { reason: "facts" });
            }
            facts.push((known, row));
        }
        Ok(facts)
    }

    async fn record(
        &self,
        plan: &Plan,
        account: &Account,
        known: Known,
        row: InstanceRow,
    ) -> Result<JobRecord, Error> {
        let nothing_to_do = plan::nothing_to_do(&plan.action, &known, &row);
        let earlier_tasks = match nothing_to_do {
            true => None,
            false => self.tasks(account, &known.region, known.id()).await,
        };
        let certificate = match plan.action {
            Action::UpdateCertificate { .. } => Some(self.certificate_seen(account, &known).await),
            _ => None,
        };
        let proxy = matches!(plan.action, Action::UpgradeProxy { .. })
            .then_some((row.proxy_version, row.proxy_upgrade));
        let now = self.now();
        Ok(JobRecord {
            job: JobSnapshot {
                id: Uuid::new_v4().to_string(),
                action: plan.action.clone(),
                account_id: account.id.clone(),
                account: account.name.clone(),
                instance_id: row.instance_id,
                instance_name: row.name,
                region: row.region,
                phase: Phase::Queued,
                started: now,
                finished: None,
                task_id: None,
                events: vec![JobEvent {
                    at: now,
                    phase: Phase::Queued,
                    code: EventCode::IntentRecorded,
                    facts: FactMap::new(),
                }],
                error: None,
                trouble: None,
                test: None,
                past_runs_ms: self.inner.store.past_runs(&plan.action)?,
            },
            sending: Sending {
                earlier_tasks,
                proxy,
                deal: None,
                certificate,
                nothing_to_do,
            },
        })
    }

    /// The instance's tasks before the request. Their times have no documented zone, so new ones
    /// are told by their ids.
    pub(super) async fn tasks(
        &self,
        account: &Account,
        region: &str,
        instance_id: &str,
    ) -> Option<BTreeSet<i64>> {
        let cloud = self.cloud(account).await.ok()?;
        let request = task_list(instance_id);
        let answer = cloud.api.describe_task_list(region, &request).await;
        let tasks = answer.ok()?.tasks.unwrap_or_default();
        Some(tasks.into_iter().filter_map(|task| task.task_id).collect())
    }

    /// All jobs and their audit entries, or none.
    fn write_intent(
        &self,
        records: &[JobRecord],
        account: &Account,
        confirmation: &Confirmation,
        request_id: &str,
    ) -> Result<(), Error> {
        let now = self.now();
        let busy = self.inner.store.write(|transaction| {
            for JobRecord { job, .. } in records {
                if is_busy(transaction, job)? {
                    return Ok(Some(job.instance_id.clone()));
                }
            }
            for record in records {
                insert_job(transaction, record, request_id, self.inner.session.id())?;
                let mut facts = chosen(&record.job.action);
                facts.insert("job_id".to_owned(), json!(record.job.id));
                if let Some(reason) = &confirmation.reason {
                    facts.insert("reason".to_owned(), json!(reason));
                }
                let note = Note {
                    action: name(&record.job.action),
                    target: record.job.instance_id.clone(),
                    result: "accepted",
                    facts,
                    ..self.by(account)
                };
                audit::append(transaction, now, note)?;
            }
            Ok(None)
        })?;
        match busy {
            Some(instance_id) => Err(Error::InstanceBusy { instance_id }),
            None => Ok(()),
        }
    }

    fn note_refusal(&self, plan: &Plan, account: &Account, error: &Error) {
        let targets: Vec<_> = plan
            .targets
            .iter()
            .map(|t| t.instance_id.as_str())
            .collect();
        let noted = self.note(Note {
            action: name(&plan.action),
            target: targets.join(" "),
            result: "refused",
            facts: facts([("code", json!(error.code()))]),
            ..self.by(account)
        });
        if let Err(error) = noted {
            tracing::warn!(%error, "a refusal is not in the audit log");
        }
    }
}

/// The action's name in the audit log.
pub(super) const fn name(action: &Action) -> &'static str {
    match action {
        Action::EnableSsl { .. } => "enable_ssl",
        Action::DisableSsl { .. } => "disable_ssl",
        Action::UpgradeProxy { .. } => "upgrade_proxy",
        Action::UpgradeVersion { .. } => "upgrade_version",
        Action::RequirePassword => "require_password",
        Action::SetEncryptionMode { .. } => "set_encryption_mode",
        Action::UpdateCertificate { .. } => "update_certificate",
    }
}

/// What the action was asked to be like.
fn chosen(action: &Action) -> FactMap {
    match serde_json::to_value(action) {
        Ok(Value::Object(mut fields)) => {
            fields.remove("kind");
            fields
        }
        _ => FactMap::new(),
    }
}

pub(super) fn task_list(instance_id: &str) -> DescribeTaskListRequest {
    DescribeTaskListRequest {
        instance_id: Some(instance_id.to_owned()),
        limit: Some(100),
        ..DescribeTaskListRequest::default()
    }
}

fn confirmed(plan: &Plan, confirmation: &Confirmation) -> Result<(), Error> {
    match &plan.confirmation {
        Some(expected) if confirmation.typed.as_deref().map(str::trim) != Some(expected) => {
            Err(Error::ConfirmationMismatch {
                expected: expected.clone(),
            })
        }
        _ => Ok(()),
    }
}

/// The vendor's rule: 8 to 32 characters, at least two classes, no leading slash.
fn acceptable(password: Option<&SecretString>) -> Result<SecretString, Error> {
    let invalid = |problem: &str| {
        Err(Error::InvalidInput {
            field: "password",
            problem: problem.to_owned(),
        })
    };
    let Some(password) = password else {
        return invalid("it is missing");
    };
    let text = password.expose_secret();
    let classes = [
        text.chars().any(|c| c.is_ascii_lowercase()),
        text.chars().any(|c| c.is_ascii_uppercase()),
        text.chars().any(|c| c.is_ascii_digit()),
        text.chars().any(|c| c.is_ascii_punctuation()),
    ];
    if !(8..=32).contains(&text.chars().count()) {
        return invalid("it must have 8 to 32 characters");
    }
    if !text.chars().all(|c| c.is_ascii_graphic()) {
        return invalid("it has characters that are not allowed");
    }
    if text.starts_with('/') {
        return invalid("it must not start with a slash");
    }
    if classes.into_iter().filter(|&class| class).count() < 2 {
        return invalid("it needs two of: small letters, capital letters, digits, symbols");
    }
    Ok(password.clone())
}
