package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.base.Time;
import dev.longshore.store.Txn.Operation;
import dev.longshore.store.Watcher.Batch;
import dev.longshore.store.Watcher.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What every engine must do, one subclass for each topic. An engine's test nests one class a topic and says
/// how to open a store.
abstract class StoreContract {

    static final Duration SOON = Duration.ofSeconds(5);

    final ManualTime time = new ManualTime();
    private final Function<Time, ? extends Store> engine;
    Store store;

    StoreContract(Function<Time, ? extends Store> engine) {
        this.engine = engine;
    }

    @BeforeEach
    void open() {
        store = engine.apply(time);
    }

    @AfterEach
    void close() {
        store.close();
    }

    static Key key(String text) {
        return Key.of(text);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(KeyValue entry) {
        return entry.key() + "=" + new String(entry.value(), StandardCharsets.UTF_8);
    }

    long put(String key, String value) {
        return store.commit(Txn.of(new Operation.Put(key(key), bytes(value)))).revision();
    }

    long delete(String key) {
        return store.commit(Txn.of(new Operation.Delete(key(key)))).revision();
    }

    static KeyRange prefix(String prefix) {
        return KeyRange.prefix(key(prefix));
    }

    List<String> read(KeyRange range, long revision) {
        return store.range(new RangeQuery(range, revision, 0, false, false)).entries().stream()
                .map(StoreContract::text)
                .toList();
    }

    static void assertFault(Class<? extends StoreFault> fault, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.fault()).isInstanceOf(fault));
    }

    /// The next `count` events, as `revision key=value` or `revision -key`.
    static List<String> events(Watcher watcher, int count) throws InterruptedException {
        var seen = new ArrayList<String>();
        while (seen.size() < count) {
            Batch batch = watcher.next(SOON).orElseThrow(() -> new AssertionError("only " + seen));
            batch.events().forEach(event -> seen.add(line(event)));
        }
        return seen;
    }

    static String line(Event event) {
        long revision = event.entry().modRevision();
        return switch (event) {
            case Event.Put(var entry, var _) -> revision + " " + text(entry);
            case Event.Delete(var entry, var _) -> revision + " -" + entry.key();
        };
    }
}
