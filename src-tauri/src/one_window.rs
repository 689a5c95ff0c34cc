//! One window for each data folder: a second start shows the first one and ends.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager as _, Wry};

/// As in `tauri.conf.json`.
const IDENTIFIER: &str = "io.rediseal.desktop";

/// Must be the first plugin: what comes after it does not run in a second start.
pub(crate) fn plugin(data_folder: Option<&Path>) -> TauriPlugin<Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(name(data_folder))
        .callback(|app, _, _| show(app))
        .build()
}

/// The name on the session bus. Elsewhere the system's own name is the same for every folder.
fn name(data_folder: Option<&Path>) -> String {
    let Some(folder) = data_folder.and_then(|folder| folder.canonicalize().ok()) else {
        return IDENTIFIER.to_owned();
    };
    // Of no use beyond this computer and this version, so any stable hash does.
    let mut hash = DefaultHasher::new();
    folder.hash(&mut hash);
    format!("{IDENTIFIER}.folder_{:016x}", hash.finish())
}

fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else {
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_folder_has_one_name_however_it_is_written() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let roundabout = one.path().join(".");
        assert_eq!(name(Some(one.path())), name(Some(&roundabout)));
        assert_ne!(name(Some(one.path())), name(Some(other.path())));
    }
}
