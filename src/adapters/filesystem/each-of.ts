/** Disks gain from a few operations at once, and no more from many. */
const AT_ONCE = 8;

/**
 * Runs an action over items, a few at once, started in their order.
 * The first failure keeps further ones from starting, and is thrown once those under way have ended.
 */
export async function eachOf<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const faults: unknown[] = [];
  const runner = async () => {
    for (const item of left) {
      if (faults.length > 0) return;
      await action(item).catch((fault: unknown) => faults.push(fault));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, runner));
  if (faults.length > 0) throw faults[0];
}
