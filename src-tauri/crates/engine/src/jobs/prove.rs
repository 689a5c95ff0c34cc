//! The end of a change of SSL: its certificate and a real handshake. The change itself is done
//! by then, so what goes wrong here is told and is no failure of the job.

use serde_json::json;

use super::run::{Run, Stop, cause};
use crate::error::Error;
use crate::readiness::facts;
use crate::rows::last_test;
use crate::view::{EdgeError, Phase};

impl Run {
    pub(super) async fn prove(&mut self) -> Result<(), Stop> {
        if !self.is_ssl() {
            return Ok(());
        }
        self.cloud().await?;
        self.answers();
        let account = self.account()?;
        let instance_id = self.record.job.instance_id.clone();
        let downloaded = match self.engine.download(&account, &instance_id).await {
            Ok(downloaded) => downloaded,
            Err(error) => {
                self.degraded("certificate_failed", &error);
                return Ok(());
            }
        };
        let found = facts([
            ("sha256", json!(downloaded.sha256())),
            ("certificates", json!(downloaded.certificates().count())),
        ]);
        self.enter(Phase::Testing, "certificate_opened", found);
        match self.test(downloaded.authorities()).await {
            Ok(()) => {}
            Err(error) => self.degraded("test_failed", &error),
        }
        Ok(())
    }

    async fn test(&mut self, authorities: Vec<Vec<u8>>) -> Result<(), Error> {
        let account = self.account()?;
        let known = self
            .engine
            .read_instance(&account, &self.record.job.instance_id)
            .await?;
        let report = self
            .engine
            .test_instance(&account, &known, authorities)
            .await?;
        self.record.job.test = Some(last_test(&report));
        let told = facts([
            ("verdict", json!(report.verdict)),
            ("cause", json!(report.cause)),
        ]);
        self.event("tested", told);
        Ok(())
    }

    fn degraded(&mut self, code: &str, error: &Error) {
        let error = EdgeError::from(error);
        let mut facts = cause(&error);
        facts.extend(error.details);
        self.event(code, facts);
    }
}
