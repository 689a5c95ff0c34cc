//! The shell: the only code that names tauri.

#[cfg(test)]
mod bindings;
mod commands;
mod ipc;

/// Opens the window and returns when it is closed.
///
/// # Errors
///
/// When the system has no window to give.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default()
        .manage(commands::Shell)
        .invoke_handler(ipc::handler())
        .run(tauri::generate_context!())
}
