import { invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import { HostError, type Host } from './host'

export const tauriHost: Host = {
  async call(name, ...args) {
    try {
      return await invoke(name, args[0])
    } catch (thrown) {
      throw HostError.from(thrown)
    }
  },
  on(name, handler) {
    return listen(name, (event) => handler(event.payload as Parameters<typeof handler>[0]))
  },
}
