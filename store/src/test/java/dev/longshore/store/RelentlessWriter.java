package dev.longshore.store;

import dev.longshore.base.Time;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A process of its own that writes from many threads and prints each write once it is acknowledged, until it
/// is killed.
final class RelentlessWriter {

    private RelentlessWriter() {}

    public static void main(String[] args) throws InterruptedException {
        Store store = Stores.embedded(Path.of(args[0]), 0, Time.system());
        Thread last = Thread.currentThread();
        for (int thread = 0; thread < 8; thread++) {
            String name = "t" + thread;
            last = Thread.ofPlatform().start(() -> write(store, name));
        }
        last.join();
    }

    private static void write(Store store, String name) {
        for (int i = 0; ; i++) {
            String key = name + "-" + i;
            String value = i + ".";
            store.commit(Txn.of(new Txn.Operation.Put(Key.of(key), value.getBytes(StandardCharsets.UTF_8))));
            synchronized (RelentlessWriter.class) {
                System.out.println(key + "=" + value);
            }
        }
    }
}
