//! The inventory: every instance of every region, row by row as answers arrive.

use futures::StreamExt;
use rediseal_tencent::Class;
use rediseal_tencent::redis::DescribeInstancesRequest;
use serde_json::json;

use crate::accounts::Account;
use crate::cloud::Cloud;
use crate::engine::Engine;
use crate::error::Error;
use crate::fleet::{Sweep, updated_key};
use crate::store::Known;
use crate::sweep::RegionName;
use crate::view::{EdgeError, InstanceDetail, InstanceRow, InventorySnapshot};

/// Regions that are asked together; the client keeps the rate.
const TOGETHER: usize = 16;

/// Where to look when a key may not ask which regions there are.
const REGIONS: [&str; 19] = [
    "ap-guangzhou",
    "ap-shanghai",
    "ap-nanjing",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-hongkong",
    "ap-singapore",
    "ap-bangkok",
    "ap-jakarta",
    "ap-seoul",
    "ap-tokyo",
    "na-siliconvalley",
    "na-ashburn",
    "eu-frankfurt",
    "sa-saopaulo",
    "ap-shanghai-fsi",
    "ap-shenzhen-fsi",
    "ap-beijing-fsi",
];

impl Engine {
    /// The fleet as far as it is known: from the cache at first, then from the cloud.
    ///
    /// # Errors
    ///
    /// None at present; the snapshot itself carries what went wrong.
    pub async fn inventory_snapshot(&self) -> Result<InventorySnapshot, Error> {
        Ok(self
            .inner
            .fleet
            .snapshot(|account, id| self.job_on(account, id)))
    }

    /// Starts a sweep over all regions of the account in use, unless one runs. Its progress and
    /// its failures are in the snapshots.
    ///
    /// # Errors
    ///
    /// When there is no account or its secret cannot be read.
    pub async fn refresh_inventory(&self) -> Result<(), Error> {
        let account = self.inner.accounts.active()?;
        let cloud = self.cloud(&account).await?;
        if let Some(sweep) = self.inner.fleet.begin(&account.id) {
            self.inner.changes.inventory();
            let engine = self.clone();
            tokio::spawn(async move { engine.sweep(&account, &cloud, sweep).await });
        }
        Ok(())
    }

    /// Reads one region again, beside a sweep over the others if one runs; nothing when the
    /// region is being read or not known.
    ///
    /// # Errors
    ///
    /// As [`Engine::refresh_inventory`].
    pub async fn refresh_region(&self, region: &str) -> Result<(), Error> {
        let account = self.inner.accounts.active()?;
        let cloud = self.cloud(&account).await?;
        if let Some((sweep, region)) = self.inner.fleet.begin_region(&account.id, region) {
            self.inner.changes.inventory();
            let engine = self.clone();
            tokio::spawn(async move {
                engine
                    .sweep_regions(&account, &cloud.api, sweep, vec![region])
                    .await;
                engine.end_sweep(&account, sweep, None);
            });
        }
        Ok(())
    }

    /// Says which instances somebody looks at, from top to bottom: a sweep asks for their SSL
    /// state first.
    pub fn show_first(&self, instance_ids: Vec<String>) {
        self.inner.fleet.see(instance_ids);
    }

    /// Waits until no sweep runs.
    ///
    /// # Errors
    ///
    /// As [`Engine::inventory_snapshot`].
    pub async fn inventory_refreshed(&self) -> Result<InventorySnapshot, Error> {
        self.inner.fleet.idle().await;
        self.inventory_snapshot().await
    }

    /// All that is known of one instance, asked anew. When the cloud does not answer, what was
    /// known before comes with the reason in its row.
    ///
    /// # Errors
    ///
    /// When there is no account, or the instance is not known and cannot be read.
    pub async fn instance_detail(&self, instance_id: &str) -> Result<InstanceDetail, Error> {
        let account = self.inner.accounts.active()?;
        let known = match self.read_instance(&account, instance_id).await {
            Ok(known) => known,
            Err(error) => match self.inner.fleet.known(instance_id) {
                Some(known) => Known {
                    error: Some(error.into()),
                    ..known
                },
                None => return Err(error),
            },
        };
        let window = self.maintenance_window(&account, &known).await;
        Ok(InstanceDetail {
            row: self.row(&account, &known),
            maintenance_window: window,
            report: self.inner.fleet.report(instance_id),
            certificate: self.certificate_view(instance_id),
            history: self.certificate_history(instance_id).await?,
            jobs: self.jobs_on(&account.id, instance_id)?,
            raw: json!({ "instance": known.instance, "ssl": known.ssl }),
        })
    }

    pub(crate) fn row(&self, account: &Account, known: &Known) -> InstanceRow {
        let id = known.id();
        let report = self.inner.fleet.report(id);
        crate::rows::row(
            known,
            report.as_ref(),
            self.inner.fleet.end_of(id).as_ref(),
            self.job_on(&account.id, id).as_deref(),
        )
    }

    /// Reads one instance anew, and shows and keeps what was read.
    pub(crate) async fn read_instance(
        &self,
        account: &Account,
        instance_id: &str,
    ) -> Result<Known, Error> {
        let cloud = self.cloud(account).await?;
        self.read_instance_by(account, &cloud, instance_id).await
    }

    /// The same over this connection.
    pub(crate) async fn read_instance_by(
        &self,
        account: &Account,
        cloud: &Cloud,
        instance_id: &str,
    ) -> Result<Known, Error> {
        let region = match self.inner.fleet.known(instance_id) {
            Some(known) => known.region,
            None => return self.locate(account, cloud, instance_id).await,
        };
        let known = read(cloud, &region, instance_id).await?;
        Ok(self.keep(account, known))
    }

    /// Shows an account's fleet from the cache; its jobs that waited for its key go on.
    pub(crate) async fn show_account(&self) -> Result<(), Error> {
        let active = self.inner.accounts.active_id();
        self.inner.archives.clear();
        self.inner.test_runs.cancel();
        self.inner.fleet.show(&self.inner.store, active.as_deref());
        self.inner.changes.app();
        self.inner.changes.inventory();
        self.key_is_back();
        Ok(())
    }

    /// Shows and keeps what was read of an instance just now.
    fn keep(&self, account: &Account, known: Known) -> Known {
        let known = Known {
            asked: Some(self.now()),
            ..known
        };
        self.inner.fleet.put(&account.id, &known);
        self.inner.changes.rows([known.id().to_owned()]);
        if account.is_kept()
            && let Err(error) = self
                .inner
                .store
                .put_instances(&account.id, std::slice::from_ref(&known))
        {
            tracing::warn!(%error, "an instance is not in the cache");
        }
        known
    }

    /// Looks for an instance in every region.
    async fn locate(
        &self,
        account: &Account,
        cloud: &Cloud,
        instance_id: &str,
    ) -> Result<Known, Error> {
        let offered = regions(cloud).await?;
        let mut answers = futures::stream::iter(offered.regions)
            .map(|(region, _)| async move { read(cloud, &region, instance_id).await })
            .buffer_unordered(TOGETHER);
        let mut failure = None;
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(known) => return Ok(self.keep(account, known)),
                Err(Error::NoSuchInstance { .. }) => {}
                Err(error) if error.code() == crate::Code::InstanceNotFound => {}
                Err(Error::Cloud(error)) if lacks_the_product(&error) => {}
                Err(error) => failure = Some(error),
            }
        }
        // A region that did not answer may be the one.
        Err(failure.unwrap_or_else(|| no_such(instance_id)))
    }

    async fn sweep(&self, account: &Account, cloud: &Cloud, sweep: Sweep) {
        let ended = match regions(cloud).await {
            Ok(offered) => {
                let gone = self.inner.fleet.regions(sweep, &offered);
                self.inner.changes.rows(gone);
                self.sweep_regions(account, &cloud.api, sweep, offered.regions)
                    .await;
                None
            }
            Err(error) => Some(EdgeError::from(error)),
        };
        self.end_sweep(account, sweep, ended);
    }

    fn end_sweep(&self, account: &Account, sweep: Sweep, error: Option<EdgeError>) {
        let complete = error.is_none() && self.inner.fleet.is_complete(sweep);
        let updated = complete.then(|| self.now());
        // Whoever waits for the end finds in the cache what the end shows.
        if let Some(at) = updated
            && account.is_kept()
            && let Err(error) = self
                .inner
                .store
                .put_document(&updated_key(&account.id), &at)
        {
            tracing::warn!(%error, "the time of the sweep is not kept");
        }
        self.inner.fleet.end(sweep, updated, error);
        // The clocks were compared meanwhile, and certificates seen.
        self.inner.changes.app();
        self.inner.changes.inventory();
    }

    pub(crate) async fn maintenance_window(
        &self,
        account: &Account,
        known: &Known,
    ) -> Option<String> {
        let cloud = self.cloud(account).await.ok()?;
        let window = cloud
            .api
            .describe_maintenance_window(&known.region, known.id())
            .await
            .ok()?;
        Some(format!("{}-{}", window.start_time?, window.end_time?))
    }
}

/// The regions to look in.
pub(crate) struct Offered {
    pub(crate) regions: Vec<RegionName>,
    /// Why the cloud did not say which have the product: these are all that are known.
    pub(crate) unsaid: Option<EdgeError>,
}

async fn regions(cloud: &Cloud) -> Result<Offered, Error> {
    match cloud.api.describe_regions().await {
        Ok(answer) => Ok(Offered {
            regions: answer
                .region_set
                .unwrap_or_default()
                .into_iter()
                .filter_map(|region| {
                    let id = region.region?;
                    let name = region.region_name.unwrap_or_else(|| id.clone());
                    Some((id, name))
                })
                .collect(),
            unsaid: None,
        }),
        Err(error)
            if matches!(
                error.class(),
                Class::Permission | Class::Unsupported | Class::NotYet
            ) =>
        {
            Ok(Offered {
                regions: REGIONS
                    .iter()
                    .map(|&region| (region.to_owned(), region.to_owned()))
                    .collect(),
                unsaid: Some(edge(error)),
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a region says that it does not have the product at all.
pub(crate) fn lacks_the_product(error: &rediseal_tencent::Error) -> bool {
    error.code() == Some("UnsupportedRegion")
}

/// One instance with its SSL status.
pub(crate) async fn read(cloud: &Cloud, region: &str, instance_id: &str) -> Result<Known, Error> {
    let request = DescribeInstancesRequest {
        instance_id: Some(instance_id.to_owned()),
        limit: Some(1),
        offset: None,
    };
    let instance = cloud
        .api
        .describe_instances(region, &request)
        .await?
        .instance_set
        .unwrap_or_default()
        .into_iter()
        .find(|instance| instance.instance_id.as_deref() == Some(instance_id))
        .ok_or_else(|| no_such(instance_id))?;
    let mut known = Known {
        region: region.to_owned(),
        instance,
        ..Known::default()
    };
    let answer = cloud.api.describe_ssl_status(region, instance_id).await;
    known.take(answer.map_err(edge));
    Ok(known)
}

fn no_such(instance_id: &str) -> Error {
    Error::NoSuchInstance {
        instance_id: instance_id.to_owned(),
    }
}

fn edge(error: rediseal_tencent::Error) -> EdgeError {
    Error::from(error).into()
}
