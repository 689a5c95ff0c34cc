import './styles/index.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { tauriHost } from './host/tauri'
import { Session } from './state/session.svelte'
import { useLanguage } from './i18n/index.svelte'
import { useTheme } from './state/theme'

useLanguage('system')
useTheme('system')
const target = document.getElementById('app')
if (target) mount(App, { target, props: { session: new Session(tauriHost) } })
