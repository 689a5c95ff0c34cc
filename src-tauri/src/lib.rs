//! The shell: the window around the engine, and the only code that names tauri.

#[cfg(test)]
mod bindings;
mod commands;
mod dialogs;
mod events;
mod ipc;
mod notifications;
mod one_window;
mod quit;
mod sandbox;
mod startup;
mod window;

use std::sync::Arc;

use tauri::{DragDropEvent, Manager as _, WindowEvent};

use commands::Shell;

/// Opens the window and returns when it is closed.
///
/// # Errors
///
/// When the system has no window to give.
pub fn run() -> tauri::Result<()> {
    let data_folder = startup::data_folder();
    startup::log_to(data_folder.as_deref());
    tauri::Builder::default()
        .plugin(one_window::plugin(data_folder.as_deref()))
        .invoke_handler(ipc::handler())
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. }
                if !window.state::<Arc<Shell>>().may_close() =>
            {
                api.prevent_close();
            }
            WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
                let shell = Arc::clone(&window.state::<Arc<Shell>>());
                let paths = paths.clone();
                tauri::async_runtime::spawn(async move { shell.dropped(paths).await });
            }
            _ => {}
        })
        .setup(move |app| {
            let shell = Arc::new(Shell::new(app.handle().clone(), data_folder.clone()));
            app.manage(Arc::clone(&shell));
            // The window does not wait for the engine, nor jobs of the last run for the window.
            tauri::async_runtime::spawn(async move { shell.engine().await.map(drop) });
            window::open(app.handle(), data_folder.as_deref())?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
