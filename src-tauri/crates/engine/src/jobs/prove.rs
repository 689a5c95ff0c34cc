//! The end of a change of SSL: its certificate, a real handshake, and what else shows it. The change itself is done
//! by then, so what goes wrong here is told and is no failure of the job.

use rediseal_probe::{Report, Trust};
use serde_json::json;

use super::run::{Run, Stop, cause};
use crate::certificates::sha256;
use crate::connection_test::leaf;
use crate::error::Error;
use crate::readiness::facts;
use crate::rows::last_test;
use crate::store::CertificateSeen;
use crate::view::{Action, EdgeError, EventCode, Phase};

impl Run {
    pub(super) async fn prove(&mut self) -> Result<(), Stop> {
        if !self.is_ssl() {
            return Ok(());
        }
        self.cloud().await?;
        self.answers();
        let account = self.account()?;
        let instance_id = self.record.job.instance_id.clone();
        let downloaded = self.engine.download(&account, &instance_id).await;
        if matches!(self.record.job.action, Action::DisableSsl { .. }) {
            // There is no certificate to have any more; one that is still there only serves to
            // judge a server that still speaks TLS.
            let trust = downloaded.map_or(Trust::Os, |ca| Trust::Authorities(ca.authorities()));
            self.test_and_tell(trust).await;
            return Ok(());
        }
        let downloaded = match downloaded {
            Ok(downloaded) => downloaded,
            Err(error) => {
                self.degraded(EventCode::CertificateFailed, &error);
                return Ok(());
            }
        };
        let found = facts([
            ("sha256", json!(downloaded.sha256())),
            ("certificates", json!(downloaded.certificates().count())),
        ]);
        self.enter(Phase::Testing, EventCode::CertificateOpened, found);
        let authorities = downloaded.certificates().map(sha256).collect();
        let trust = Trust::Authorities(downloaded.authorities());
        let report = self.test_and_tell(trust).await;
        match self.record.job.action {
            Action::SetEncryptionMode { .. } => self.look_without_tls().await,
            Action::UpdateCertificate { .. } => self.compare(CertificateSeen {
                leaf: report.as_ref().and_then(leaf),
                authorities: Some(authorities),
            }),
            _ => {}
        }
        Ok(())
    }

    async fn look_without_tls(&mut self) {
        let Some(known) = self.engine.inner.fleet.known(&self.record.job.instance_id) else {
            return;
        };
        let Ok(account) = self.account() else {
            return;
        };
        let seen = self.engine.without_tls(&account, &known).await;
        self.event(EventCode::TriedWithoutTls, facts([("seen", json!(seen))]));
    }

    /// Tells whether certificate and authorities are others than before; null where one of the
    /// two was not seen.
    fn compare(&mut self, now: CertificateSeen) {
        let before = self.record.sending.certificate.clone().unwrap_or_default();
        let is_new = |before: Option<bool>| before.map(|same| !same);
        let leaf = before.leaf.as_ref().zip(now.leaf.as_ref());
        let authorities = before.authorities.as_ref().zip(now.authorities.as_ref());
        let told = facts([
            ("leaf_is_new", json!(is_new(leaf.map(|(a, b)| a == b)))),
            (
                "authorities_are_new",
                json!(is_new(authorities.map(|(a, b)| a == b))),
            ),
            ("leaf_before", json!(before.leaf)),
            ("leaf", json!(now.leaf)),
        ]);
        self.event(EventCode::CertificateCompared, told);
    }

    async fn test_and_tell(&mut self, trust: Trust) -> Option<Report> {
        match self.test(trust).await {
            Ok(report) => Some(report),
            Err(error) => {
                self.degraded(EventCode::TestFailed, &error);
                None
            }
        }
    }

    async fn test(&mut self, trust: Trust) -> Result<Report, Error> {
        let account = self.account()?;
        let known = self
            .engine
            .read_instance(&account, &self.record.job.instance_id)
            .await?;
        let report = self.engine.test_instance(&account, &known, trust).await?;
        self.record.job.test = Some(last_test(&report));
        let told = facts([
            ("verdict", json!(report.verdict)),
            ("cause", json!(report.cause)),
        ]);
        self.event(EventCode::Tested, told);
        Ok(report)
    }

    fn degraded(&mut self, code: EventCode, error: &Error) {
        let error = EdgeError::from(error);
        let mut facts = cause(&error);
        facts.extend(error.details);
        self.event(code, facts);
    }
}
