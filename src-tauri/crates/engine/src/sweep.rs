//! One sweep: every region is listed, every instance asked for its SSL state. What comes is
//! shown and kept as it comes.

use std::sync::Arc;
use std::time::Duration;

use rediseal_tencent::action::Action;
use rediseal_tencent::{Client, Slot};
use tokio::task::JoinSet;

use crate::accounts::Account;
use crate::code::Code;
use crate::engine::Engine;
use crate::error::Error;
use crate::fleet::Sweep;
use crate::inventory::lacks_the_product;
use crate::order::{Next, Order};
use crate::view::EdgeError;

/// Instances whose answers are waited for together: enough for the whole rate when an answer
/// takes three seconds.
const TOGETHER: usize = 64;
/// The pause between two writes to the cache: what a crash can lose.
const SAVE: Duration = Duration::from_secs(1);

/// A region with its name.
pub(crate) type RegionName = (String, String);

/// A running sweep.
struct Sweeping {
    engine: Engine,
    account: Account,
    api: Client,
    sweep: Sweep,
    order: Order,
}

impl Engine {
    /// Sweeps over regions that the fleet already shows as loading.
    pub(crate) async fn sweep_regions(
        &self,
        account: &Account,
        api: &Client,
        sweep: Sweep,
        regions: Vec<RegionName>,
    ) {
        let sweeping = Arc::new(Sweeping {
            engine: self.clone(),
            account: account.clone(),
            api: api.in_background(),
            sweep,
            order: Order::new(regions.len()),
        });
        let mut lists = JoinSet::new();
        for (region, _) in regions {
            lists.spawn(Arc::clone(&sweeping).list(region));
        }
        tokio::select! {
            () = Arc::clone(&sweeping).ask() => {}
            () = sweeping.save_now_and_then() => {}
        }
        sweeping.save();
    }
}

impl Sweeping {
    async fn list(self: Arc<Self>, region: String) {
        let inner = &self.engine.inner;
        let ids = match self.api.all_instances(&region).await {
            Ok(listing) => {
                let listed = inner.fleet.listed(self.sweep, &region, listing);
                inner.changes.rows(listed.changed);
                self.save_region(&region);
                listed.all
            }
            Err(error) => {
                let left_out = match lacks_the_product(&error) {
                    true => inner.fleet.not_offered(self.sweep, &region),
                    false => None,
                };
                inner.changes.rows(left_out.unwrap_or_else(|| {
                    let error = Error::from(error).into();
                    inner.fleet.region_failed(self.sweep, &region, error)
                }));
                Vec::new()
            }
        };
        inner.changes.inventory();
        if self.order.listed(&region, ids) {
            tracing::info!("every region is listed");
        }
    }

    /// Asks every instance that is listed, until all lists are through.
    async fn ask(self: Arc<Self>) {
        let mut asked = JoinSet::new();
        while let Some((slot, next)) = self.next().await {
            while asked.try_join_next().is_some() {}
            if asked.len() == TOGETHER {
                asked.join_next().await;
            }
            asked.spawn(Arc::clone(&self).ask_one(slot, next));
        }
        while asked.join_next().await.is_some() {}
    }

    async fn ask_one(self: Arc<Self>, slot: Slot, Next { region, id }: Next) {
        let answer = self.api.describe_ssl_status_in(slot, &region, &id).await;
        let answer = answer.map_err(|error| EdgeError::from(Error::from(error)));
        let inner = &self.engine.inner;
        let silence = answer.as_ref().err().filter(|error| is_silence(error));
        if self.order.answered(&region, silence.is_none())
            && let Some(error) = silence
        {
            inner
                .fleet
                .region_failed(self.sweep, &region, error.clone());
        }
        let now = self.engine.now();
        inner.fleet.ssl(self.sweep, &id, now, answer);
        inner.changes.rows([id]);
    }

    /// The slot comes first, so that whoever is looked at by then is asked.
    async fn next(&self) -> Option<(Slot, Next)> {
        let fleet = &self.engine.inner.fleet;
        while self.order.has_more().await {
            let slot = self.api.slot(Action::DESCRIBE_SSL_STATUS).await;
            let seen = fleet.seen(self.sweep)?;
            if let Some(next) = self.order.take(&seen) {
                return Some((slot, next));
            }
        }
        None
    }

    async fn save_now_and_then(&self) {
        loop {
            tokio::time::sleep(SAVE).await;
            self.save();
        }
    }

    /// What the sweep learned since the last time, in one transaction.
    fn save(&self) {
        let inner = &self.engine.inner;
        let known = inner.fleet.unsaved(self.sweep);
        if self.account.is_kept()
            && !known.is_empty()
            && let Err(error) = inner.store.put_instances(&self.account.id, &known)
        {
            tracing::warn!(%error, "what was read is not in the cache");
        }
    }

    fn save_region(&self, region: &str) {
        if self.account.is_kept()
            && let Some(known) = self.engine.inner.fleet.known_in(self.sweep, region)
            && let Err(error) = self
                .engine
                .inner
                .store
                .put_region(&self.account.id, region, &known)
        {
            tracing::warn!(%error, region, "a region is not in the cache");
        }
    }
}

/// Whether the question itself found no answer, which has nothing to do with the instance.
fn is_silence(error: &EdgeError) -> bool {
    error.retryable
        || matches!(
            error.code,
            Code::CredentialsRejected | Code::TokenExpired | Code::ClockSkewed | Code::BadAnswer
        )
}
