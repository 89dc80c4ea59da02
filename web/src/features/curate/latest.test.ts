import { expect, test } from "vitest";
import { latest } from "./latest";

test("the first and the last are done, those in between are passed over", async () => {
  const done: number[] = [];
  const run = latest<number>(async (n) => {
    await Promise.resolve();
    done.push(n);
  });
  void run(1);
  void run(2);
  void run(3);
  await run(4);
  expect(done).toEqual([1, 4]);
  await run(5);
  expect(done).toEqual([1, 4, 5]);
});

test("work that failed does not stop the next", async () => {
  const run = latest<number>((n) => (n === 1 ? Promise.reject(new Error("no")) : Promise.resolve()));
  await expect(run(1)).rejects.toThrow("no");
  await expect(run(2)).resolves.toBeUndefined();
});
