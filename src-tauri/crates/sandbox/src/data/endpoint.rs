//! What the connections of one instance share.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio::sync::watch;

use crate::{authority::Identity, ledger::Connections};

/// Most that the keys and values of an instance may take.
const MEMORY: usize = 4 * 1024 * 1024;
/// Most connections to an instance.
const CLIENTS: usize = 1000;

/// The data plane of one instance.
#[derive(Debug)]
pub(crate) struct Endpoint {
    address: SocketAddr,
    policy: watch::Sender<Policy>,
    store: Mutex<Store>,
    clients: Mutex<BTreeMap<u64, Client>>,
    next_client: AtomicU64,
    tls: AtomicU64,
    plain: AtomicU64,
    failed: AtomicU64,
    refused: AtomicU64,
}

/// What the control plane wants of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// Takes connections at all.
    pub(crate) open: bool,
    /// SSL is on.
    pub(crate) tls: Option<Arc<Identity>>,
    /// Connections without TLS are cut and refused.
    pub(crate) tls_only: bool,
    /// `None`: password-free access.
    pub(crate) password: Option<Arc<str>>,
    /// The instance's id, which is also the name of an account.
    pub(crate) account: Arc<str>,
    /// The kernel's version.
    pub(crate) redis: Arc<str>,
    /// How often all connections were cut.
    pub(crate) restarts: u64,
}

/// A connection as `CLIENT LIST` shows it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) peer: SocketAddr,
    pub(crate) since: Instant,
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) protocol: u8,
}

#[derive(Debug, Default)]
struct Store {
    values: HashMap<Vec<u8>, Vec<u8>>,
    size: usize,
}

/// Removes its client when the connection ends.
#[derive(Debug)]
pub(crate) struct Registration {
    endpoint: Arc<Endpoint>,
    pub(crate) id: u64,
}

impl Endpoint {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            policy: watch::Sender::new(Policy {
                open: false,
                tls: None,
                tls_only: false,
                password: None,
                account: "".into(),
                redis: "".into(),
                restarts: 0,
            }),
            store: Mutex::default(),
            clients: Mutex::default(),
            next_client: AtomicU64::new(1),
            tls: AtomicU64::new(0),
            plain: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts `policy` in force; `restarted` cuts every connection.
    pub(crate) fn publish(&self, policy: Policy, restarted: bool) {
        self.policy.send_modify(|current| {
            let restarts = current.restarts + u64::from(restarted);
            *current = Policy { restarts, ..policy };
        });
    }

    pub(crate) fn policy(&self) -> Policy {
        self.policy.borrow().clone()
    }

    /// Returns when a connection that was accepted under `then` has to be cut.
    pub(crate) async fn until_cut(&self, then: &Policy, tls: bool) {
        let mut policy = self.policy.subscribe();
        let cut = |now: &Policy| {
            let refused = match tls {
                true => !same(&now.tls, &then.tls),
                false => now.tls_only,
            };
            !now.open || now.restarts != then.restarts || refused
        };
        // The sender lives as long as `self`: it cannot be gone.
        let _ = policy.wait_for(cut).await;
    }

    pub(crate) fn connections(&self) -> Connections {
        Connections {
            tls: self.tls.load(Ordering::Relaxed),
            plain: self.plain.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            open: self.clients().len() as u64,
        }
    }

    pub(crate) fn count(&self, tls: bool) {
        let counter = if tls { &self.tls } else { &self.plain };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// `None` when there are too many.
    pub(crate) fn register(self: &Arc<Self>, peer: SocketAddr) -> Option<Registration> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= CLIENTS {
            return None;
        }
        let id = self.next_client.fetch_add(1, Ordering::Relaxed);
        clients.insert(
            id,
            Client {
                peer,
                since: Instant::now(),
                name: String::new(),
                command: String::new(),
                protocol: 2,
            },
        );
        Some(Registration {
            endpoint: self.clone(),
            id,
        })
    }

    pub(crate) fn clients(&self) -> BTreeMap<u64, Client> {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.clone()
    }

    pub(crate) fn update_client(&self, id: u64, change: impl FnOnce(&mut Client)) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get_mut(&id) {
            change(client);
        }
    }

    pub(crate) fn value(&self, key: &[u8]) -> Option<Vec<u8>> {
        self.store().values.get(key).cloned()
    }

    /// Whether there was memory for it.
    pub(crate) fn set(&self, key: &[u8], value: &[u8]) -> bool {
        let mut store = self.store();
        let freed = store
            .values
            .get(key)
            .map_or(0, |value| key.len() + value.len());
        let size = store.size - freed + key.len() + value.len();
        if size > MEMORY {
            return false;
        }
        store.size = size;
        store.values.insert(key.to_owned(), value.to_owned());
        true
    }

    /// Whether it was there.
    pub(crate) fn delete(&self, key: &[u8]) -> bool {
        let mut store = self.store();
        match store.values.remove(key) {
            Some(value) => {
                store.size -= key.len() + value.len();
                true
            }
            None => false,
        }
    }

    pub(crate) fn size(&self) -> usize {
        self.store().values.len()
    }

    fn store(&self) -> std::sync::MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut clients = self
            .endpoint
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        clients.remove(&self.id);
    }
}

fn same(one: &Option<Arc<Identity>>, other: &Option<Arc<Identity>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
