//! What each command does: a call of the engine, a dialog, or both.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rediseal_engine::view::{
    AccountView, Action, AppSnapshot, AuditLog, CertificateFormat, CertificateView, Confirmation,
    EdgeError, FactMap, InstanceDetail, InventoryFormat, InventorySnapshot, JobSnapshot, Keep,
    Plan, SavedFile, Settings, SignInForm, Site, TestForm, TrustFile,
};
use rediseal_engine::{Code, Engine};
use rediseal_probe::Report;
use tauri::AppHandle;
use tokio::sync::OnceCell;

use crate::dialogs::{Dialogs, Language, Purpose};
use crate::events::Page;
use crate::sandbox::BuiltIn;
use crate::startup;

/// The state behind the commands.
pub(crate) struct Shell {
    app: AppHandle,
    data_folder: Option<PathBuf>,
    // INVARIANT: before the engine, so that its servers outlive nothing that talks to them.
    sandbox: BuiltIn,
    engine: OnceCell<Result<Engine, EdgeError>>,
    dialogs: Dialogs,
    trust: Mutex<Option<PathBuf>>,
}

type Answer<T> = Result<T, EdgeError>;

impl Shell {
    pub(crate) fn new(app: AppHandle, data_folder: Option<PathBuf>) -> Self {
        Self {
            dialogs: Dialogs::new(app.clone()),
            app,
            data_folder,
            sandbox: BuiltIn::default(),
            engine: OnceCell::new(),
            trust: Mutex::default(),
        }
    }

    /// The engine, opened once. When it cannot be opened every command says why, and the page
    /// shows that in the place of everything else.
    pub(crate) async fn engine(&self) -> Answer<&Engine> {
        self.engine
            .get_or_init(|| self.open())
            .await
            .as_ref()
            .map_err(Clone::clone)
    }

    async fn open(&self) -> Answer<Engine> {
        let folder = self.data_folder.clone().ok_or_else(|| EdgeError {
            code: Code::DataFolderUnwritable,
            message: "there is no home folder: set REDISEAL_DATA_DIR".to_owned(),
            retryable: false,
            request_id: None,
            details: FactMap::new(),
        })?;
        let engine = startup::engine(folder, Arc::new(Page(self.app.clone()))).await?;
        engine.resume().await?;
        Ok(engine)
    }

    async fn language(&self) -> Answer<Language> {
        let snapshot = self.engine().await?.app_snapshot().await?;
        Ok(Language::chosen(&snapshot.settings.language))
    }

    fn trust_file(&self) -> Option<PathBuf> {
        self.trust
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
