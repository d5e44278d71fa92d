/** Give a map other entries; who shows it keeps looking at the same map. */
export function refill<Key, Value>(map: Map<Key, Value>, entries: Iterable<[Key, Value]>): void {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
}
