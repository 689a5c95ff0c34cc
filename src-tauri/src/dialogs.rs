//! The system's file dialogs. The page never names a file: the user does, here.

use std::path::{Path, PathBuf};

use rediseal_engine::Code;
use rediseal_engine::view::{EdgeError, FactMap};
use rfd::{AsyncFileDialog, FileHandle};
use tauri::{AppHandle, Manager as _};
use tokio::sync::Mutex;

/// What a file is for; decides the dialog's title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Certificate,
    Instances,
    Audit,
    Report,
    Calendar,
    Program,
    Trust,
    Inspect,
    SshKey,
    ApiCa,
}

/// The language of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

/// Where the user wants to have a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// The dialog has asked about a file of this very name, so it may be replaced.
    pub(crate) replace: bool,
}

impl Place {
    /// A name without an extension gets the usual one. The dialog did not see that name, so a
    /// file that has it stays.
    fn chosen(path: &Path, extension: &str) -> Self {
        match path.extension() {
            Some(_) => Self {
                path: path.to_owned(),
                replace: true,
            },
            None => Self {
                path: path.with_extension(extension),
                replace: false,
            },
        }
    }
}

/// Asks one question at a time.
pub(crate) struct Dialogs {
    app: AppHandle,
    open: Mutex<()>,
}

impl Dialogs {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self {
            app,
            open: Mutex::default(),
        }
    }

    /// Where to write.
    pub(crate) async fn save(
        &self,
        purpose: Purpose,
        language: Language,
        name: &str,
    ) -> Result<Place, EdgeError> {
        let _one = self.open.try_lock().map_err(|_| cancelled())?;
        let extension = name.rsplit('.').next().unwrap_or_default();
        let mut dialog = self
            .dialog(purpose, language)
            .set_file_name(name)
            .add_filter(extension.to_uppercase(), &[extension]);
        if let Ok(folder) = self.app.path().download_dir() {
            dialog = dialog.set_directory(folder);
        }
        let path = answer(dialog.save_file().await)?;
        Ok(Place::chosen(&path, extension))
    }

    /// What to read.
    pub(crate) async fn pick(
        &self,
        purpose: Purpose,
        language: Language,
    ) -> Result<PathBuf, EdgeError> {
        let _one = self.open.try_lock().map_err(|_| cancelled())?;
        answer(self.dialog(purpose, language).pick_file().await)
    }

    /// What to read, several at once.
    pub(crate) async fn pick_all(
        &self,
        purpose: Purpose,
        language: Language,
    ) -> Result<Vec<PathBuf>, EdgeError> {
        let _one = self.open.try_lock().map_err(|_| cancelled())?;
        let files = self.dialog(purpose, language).pick_files().await;
        let files = files.ok_or_else(cancelled)?;
        Ok(files.iter().map(|file| file.path().to_owned()).collect())
    }

    fn dialog(&self, purpose: Purpose, language: Language) -> AsyncFileDialog {
        let dialog = AsyncFileDialog::new().set_title(purpose.title(language));
        match self.app.get_webview_window("main") {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

impl Language {
    /// As the user chose; `system` asks the system.
    pub(crate) fn chosen(setting: &str) -> Self {
        let tag = match setting {
            "system" => sys_locale::get_locale().unwrap_or_default(),
            chosen => chosen.to_owned(),
        };
        if tag.starts_with("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

impl Purpose {
    fn title(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Certificate, Language::English) => "Save certificate",
            (Self::Certificate, Language::Chinese) => "保存证书",
            (Self::Instances, Language::English) => "Export instances",
            (Self::Instances, Language::Chinese) => "导出实例",
            (Self::Audit, Language::English) => "Export audit log",
            (Self::Audit, Language::Chinese) => "导出审计日志",
            (Self::Report, Language::English) => "Save report",
            (Self::Report, Language::Chinese) => "保存报告",
            (Self::Calendar, Language::English) => "Save calendar file",
            (Self::Calendar, Language::Chinese) => "保存日历文件",
            (Self::Program, Language::English) => "Save program",
            (Self::Program, Language::Chinese) => "保存程序",
            (Self::Trust, Language::English) => "Choose trusted certificates",
            (Self::Trust, Language::Chinese) => "选择受信任的证书",
            (Self::Inspect, Language::English) => "Choose certificate files",
            (Self::Inspect, Language::Chinese) => "选择证书文件",
            (Self::SshKey, Language::English) => "Choose the private key",
            (Self::SshKey, Language::Chinese) => "选择私钥",
            (Self::ApiCa, Language::English) => "Choose the CA to trust for the API",
            (Self::ApiCa, Language::Chinese) => "选择云 API 信任的 CA 证书",
        }
    }
}

fn answer(file: Option<FileHandle>) -> Result<PathBuf, EdgeError> {
    file.map(|file| file.path().to_owned())
        .ok_or_else(cancelled)
}

fn cancelled() -> EdgeError {
    EdgeError {
        code: Code::Cancelled,
        message: "the dialog was closed".to_owned(),
        retryable: false,
        request_id: None,
        details: FactMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_the_dialog_saw_is_replaced() {
        for (chosen, path, replace) in [
            ("/x/ca.zip", "/x/ca.zip", true),
            ("/x/ca.crt", "/x/ca.crt", true),
            ("/x/ca", "/x/ca.zip", false),
            ("/x/ca.d/ca", "/x/ca.d/ca.zip", false),
            ("/x/.ca", "/x/.ca.zip", false),
            ("/x/ca.", "/x/ca.", true),
        ] {
            let expected = Place {
                path: path.into(),
                replace,
            };
            assert_eq!(Place::chosen(chosen.as_ref(), "zip"), expected, "{chosen}");
        }
    }
}
