// Tells the updater plugin that this version works. Without it, within ten seconds of the start, the plugin
// goes back to the version before and reports `update_fail`. In a plain browser there is no plugin.
export async function reportReady() {
  await globalThis.Capacitor?.Plugins?.CapacitorUpdater?.notifyAppReady();
}
